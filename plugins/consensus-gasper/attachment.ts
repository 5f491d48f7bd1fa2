/** The engine's parts over a host, in the order in which they need each other. */
import {
  type BlsSet,
  BlsVerifier,
  blsPossessionSet,
  type ConsensusHost,
  type Hash,
  type Logger,
  type Metrics,
  messageOf,
} from "../../core/sdk.js";
import { BlockIntake } from "./block-intake.js";
import { CertificateMaker } from "./certificate/index.js";
import type { GasperChain } from "./chain-access.js";
import { attestationSigningRoot, type CodecLimits } from "./codec/index.js";
import type { GasperConfig } from "./config.js";
import { DutyWaits } from "./duty-chain.js";
import { GenesisPossessionError } from "./errors.js";
import { HeadChoice } from "./head-choice.js";
import type { GasperMetrics } from "./metrics.js";
import type { GasperParameters } from "./parameters.js";
import { AttestationPool, GossipJudge, type PoolMetrics, registerGossipGauges, Slasher, SlashingPool } from "./pool/index.js";
import type { SlotClock } from "./slot-clock.js";
import { StateAccess } from "./state-access.js";
import { SlashingProtection, ValidatorClient, type ValidatorDependencies } from "./validator/index.js";

/** What the engine was constructed with. */
export interface RuntimeParts {
  readonly parameters: GasperParameters;
  readonly clock: SlotClock;
  readonly limits: CodecLimits;
  readonly config: GasperConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What needs nothing but the host. */
export interface EarlyParts {
  readonly host: ConsensusHost;
  readonly bls: BlsVerifier;
  readonly states: StateAccess;
  readonly choice: HeadChoice;
  readonly pool: AttestationPool;
  readonly slashings: SlashingPool;
}

/** What there is once the host is attached. */
export interface Attached extends EarlyParts {
  readonly slasher: Slasher;
  /** Of this node's validators. */
  readonly waits: DutyWaits;
  readonly judge: GossipJudge;
  readonly intake: BlockIntake;
  readonly client: ValidatorClient;
  readonly certificates: CertificateMaker;
}

interface Listeners {
  /** Blocks are out for good. */
  readonly onPruned: (roots: readonly Hash[]) => void;
  /** A state was moved over the end of an epoch. */
  readonly onEpoch: (seconds: number) => void;
}

/** @throws GenesisPossessionError, BLS_* */
export async function earlyParts(
  { parameters, clock, config, metrics }: RuntimeParts,
  host: ConsensusHost,
  { onPruned, onEpoch }: Listeners,
): Promise<EarlyParts> {
  const bls = new BlsVerifier({ compute: host.compute, metrics });
  await checkGenesis(parameters, bls);
  const verify = (sets: readonly BlsSet[]) => bls.verify(sets, { priority: "block" });
  const states = new StateAccess(host, parameters, verify, onEpoch);
  return {
    host,
    bls,
    states,
    choice: new HeadChoice({ host, parameters, clock, states, onPruned }),
    pool: new AttestationPool({ maxAttestations: config.poolAttestations, slotsPerEpoch: clock.slotsPerEpoch }),
    slashings: new SlashingPool(),
  };
}

export function laterParts(
  chain: GasperChain & { readonly exchangeDuties: (own: ValidatorDependencies) => ValidatorDependencies },
  { parameters, clock, limits, config, metrics, logger }: RuntimeParts,
  early: EarlyParts,
  gasperMetrics: GasperMetrics,
  poolMetrics: PoolMetrics,
): Attached {
  const { host, states, choice, pool, slashings } = early;
  const waits = new DutyWaits();
  const slasher = new Slasher(chain, slashings, poolMetrics);
  const judge = new GossipJudge({ chain, limits, pool, slashings, slasher, metrics: poolMetrics });
  const certificates = new CertificateMaker({ chain, logger });
  const intake = new BlockIntake({ host, clock, limits, parameters, states, choice, pool, slashings, slasher, certificates });
  const client = new ValidatorClient(
    chain.exchangeDuties({
      chain: waits.chain(chain),
      signer: host.signer.bls,
      protection: new SlashingProtection(host.journal),
      metrics: gasperMetrics,
      logger,
      proposerHead: (slot) => choice.choice.proposerHead(slot),
      payloadFor: (parent, slot) => waits.for(intake.payloadFor(parent, slot)),
      bestAggregate: (data) => pool.best(attestationSigningRoot(chain.chainHash, data)),
      onOwnVote: (attestation) => {
        judge.onOwnVote(attestation).catch((error: unknown) => {
          logger.error({ reason: messageOf(error) }, "a vote of this node could not be counted here");
        });
      },
    }),
    {
      validators: config.validators,
      propose: config.propose,
      doppelgangerEpochs: config.doppelgangerEpochs,
      targetAggregators: parameters.spec.committees.targetAggregators,
    },
  );
  registerGossipGauges(metrics, judge, slasher);
  return { ...early, slasher, waits, judge, intake, client, certificates };
}

async function checkGenesis({ validators }: GasperParameters, bls: BlsVerifier): Promise<void> {
  const verdicts = await bls.verify(validators.map(({ publicKey, proofOfPossession }) => blsPossessionSet(publicKey, proofOfPossession)));
  const index = verdicts.indexOf(false);
  if (index >= 0) throw new GenesisPossessionError({ index });
}
