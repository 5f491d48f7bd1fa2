/** What the engines need to run in a simulation: parameters of the chain, and the config of a node. Another engine is another entry. */
import { devValidator, devValidatorsReference } from "../../node/simulation-seam.js";
import { bitsOfTarget, toHex } from "../../sdk.js";
import { type Document, merged } from "../node/documents.js";
import type { NodePlan } from "../scenario/roster.js";
import type { Scenario } from "../scenario/schema.js";

/** What the parameters of a chain follow from. */
export interface SimulatedChain {
  /** At proof of work that a block takes at first. */
  readonly attempts: number;
  /** Accounts of the genesis validators, by number from 1: addresses as text. */
  readonly validatorAccounts: readonly string[];
}

export interface SimulatedEngine {
  /** Parameters in the chain spec, under those of the scenario. */
  parameters(chain: SimulatedChain): Document;
  /** The plugin's section of a node config, under that of the scenario. */
  config(node: { readonly address: string } & Pick<NodePlan, "hashShare" | "validators" | "newcomers">): Document;
  /** The ledger's parameters, where they are other than those of all simulations. */
  readonly ledger?: Document;
  /** Whether the chain's randomness follows from its id alone: then that has the seed in it, or all seeds would have the same proposers. */
  readonly isSeeded?: boolean;
  /** Where validators come and go by transactions. */
  readonly staking?: Staking;
}

export interface Staking {
  /** Number of the ledger module. */
  readonly module: number;
  /** Of a validator that comes, smallest unit. */
  readonly deposit: bigint;
}

const HASHES = 2n ** 256n;
/** A template is made anew with each head; in between, only now and then for transactions: a hundred miners do so at every turn. */
const TEMPLATE_REFRESH_MS = 120_000;

function workParameters({ attempts }: SimulatedChain): Document {
  return {
    blockIntervalMs: 60_000,
    initialTargetBits: bitsOfTarget(HASHES / BigInt(attempts))
      .toString(16)
      .padStart(8, "0"),
    powLimitBits: "207fffff",
  };
}

const minerConfig: SimulatedEngine["config"] = ({ address, hashShare }) =>
  hashShare > 0 ? { mine: true, address, templateRefreshMs: TEMPLATE_REFRESH_MS } : {};

const nakamoto: SimulatedEngine = { parameters: workParameters, config: minerConfig };

/**
 * True seals by phases so small that one takes less than a millisecond: every node verifies every one of them. A step of memory and squarings
 * is taken after an hour or so. As fast to follow hash rates as the other engine, so that scenarios may expect the same of both.
 */
const helios: SimulatedEngine = {
  parameters: (chain) => ({
    ...workParameters(chain),
    memory: { sizeKiB: 64, budgetKiB: 96 },
    timeLock: { squarings: 300 },
    search: { innerNonceBits: 6 },
    steps: { epochBlocks: 50, firstAttempts: 1 },
    difficulty: { halfLifeMs: 3_600_000 },
  }),
  config: minerConfig,
};

/** Of the ledger module that the engine brings along. */
const VALIDATORS_MODULE = { name: "validators", namespace: 2 };

/**
 * Eight slots of six seconds an epoch, small committees, and all that takes days on a real network within some epochs: leak, churn, exits. True
 * signatures; in one process each is verified once, since a verdict is a pure function (core/bls/memo.ts).
 */
const gasper: SimulatedEngine = {
  parameters: ({ validatorAccounts }) => ({
    slotMs: 6_000,
    slotsPerEpoch: 8,
    committees: { targetSize: 4, maxPerSlot: 2, targetAggregators: 2 },
    shuffleRounds: 10,
    lifecycle: {
      maxSeedLookaheadEpochs: 1,
      minWithdrawabilityDelayEpochs: 4,
      shardCommitteePeriodEpochs: 1,
      minChurnPerEpoch: 4,
      churnQuotient: 16,
    },
    rewards: { inactivityPenaltyQuotient: 4_096, minEpochsToInactivityPenalty: 4 },
    slashing: { vectorEpochs: 16 },
    module: { namespace: VALIDATORS_MODULE.namespace },
    validators: validatorAccounts.map((account, index) => ({ ...genesisKey(index + 1), account })),
  }),
  config: ({ validators, newcomers }) => ({
    validators: [validators, newcomers].filter((range) => range !== undefined).map(devValidatorsReference),
  }),
  isSeeded: true,
  staking: { module: VALIDATORS_MODULE.namespace, deposit: 32_000_000_000n },
  ledger: { issuance: { initialPerBlock: 0 }, modules: [VALIDATORS_MODULE] },
};

/** Keys in hex by number: a run of a hundred seeds asks for the same ones. */
const GENESIS_KEYS = new Map<number, Document>();

function genesisKey(number: number): Document {
  const known = GENESIS_KEYS.get(number);
  if (known !== undefined) return known;
  const { publicKey, proofOfPossession } = devValidator(number);
  const made = { publicKey: toHex(publicKey), proofOfPossession: toHex(proofOfPossession) };
  GENESIS_KEYS.set(number, made);
  return made;
}

const ENGINES: Readonly<Record<string, SimulatedEngine>> = {
  "consensus-nakamoto": nakamoto,
  "consensus-helios": helios,
  "consensus-gasper": gasper,
};

/** Engines by the names that the command line knows them by. */
export const SIMULATED_CONSENSUS = ["nakamoto", "helios"] as const;
export type SimulatedConsensus = (typeof SIMULATED_CONSENSUS)[number];

/** The scenario as it is, on a chain with another engine. */
export function withConsensus(scenario: Scenario, name: SimulatedConsensus): Scenario {
  return { ...scenario, chain: merged(scenario.chain as Document, { consensus: { plugin: `consensus-${name}` } }) };
}

const PLAIN: SimulatedEngine = { parameters: () => ({}), config: () => ({}) };

export function engineOf(plugin: string): SimulatedEngine {
  return (Object.hasOwn(ENGINES, plugin) ? ENGINES[plugin] : undefined) ?? PLAIN;
}
