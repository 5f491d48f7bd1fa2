/** A small chain of the engine over state in memory, with signatures that need no curve: for tests of state, epochs, blocks and module. */
import { createHash } from "node:crypto";
import type { Slicer, StateReader, Treasury } from "../../../../core/sdk.js";
import { Address, type BlsSet, type Bytes, Hash } from "../../../../core/sdk.js";
import type { GasperSpec } from "../../../../plugins/consensus-gasper/config.js";
import { CommitteeShuffling, dutySeed, SeedDomain } from "../../../../plugins/consensus-gasper/duties/index.js";
import type { BlockServices } from "../../../../plugins/consensus-gasper/epoch/index.js";
import { checkParameters, type GasperParameters } from "../../../../plugins/consensus-gasper/parameters.js";
import { ESCROW, GasperState, genesis } from "../../../../plugins/consensus-gasper/state/index.js";
import { ledgerOf, MemoryState, NEVER_DUE, PREFIX } from "../../ledger-account/fixtures.js";

export const INCREMENT = 1_000_000_000;
export const CHAIN_HASH = hashOf("chain");

export function hashOf(text: string): Hash {
  return Hash.from(new Uint8Array(createHash("sha256").update(text).digest()));
}

export function publicKeyOf(name: number | string): Bytes {
  const key = new Uint8Array(48);
  key.set(hashOf(`key ${name}`));
  key[0] = 0x80;
  return key;
}

export function accountOf(name: number | string): Address {
  return Address.from(hashOf(`account ${name}`).slice(0, 20));
}

/** A signature that `verify` takes, of anything. */
export const GOOD_SIGNATURE: Bytes = new Uint8Array(96).fill(0x81);
/** One that it refuses. */
export const BAD_SIGNATURE: Bytes = new Uint8Array(96).fill(0xbb);

export type SpecChanges = { readonly [K in keyof GasperSpec]?: Partial<GasperSpec[K]> | GasperSpec[K] };

/** Eight slots an epoch, short delays; sections are merged with the changes. */
export function gasperSpec(changes: SpecChanges = {}): GasperSpec {
  const base: GasperSpec = {
    slotMs: 1_000,
    slotsPerEpoch: 8,
    validators: [],
    committees: { targetSize: 4, maxPerSlot: 4, targetAggregators: 16 },
    shuffleRounds: 10,
    balances: { effectiveIncrement: INCREMENT, minDeposit: INCREMENT, maxEffective: 32 * INCREMENT, ejection: 16 * INCREMENT },
    lifecycle: {
      maxSeedLookaheadEpochs: 1,
      minWithdrawabilityDelayEpochs: 4,
      shardCommitteePeriodEpochs: 2,
      minChurnPerEpoch: 2,
      churnQuotient: 32,
      maxPendingDepositsPerEpoch: 3,
      maxValidatorsPerWithdrawalSweep: 16,
      maxWithdrawalsPerBlock: 4,
    },
    rewards: {
      baseRewardFactor: 64,
      inactivityScoreBias: 4,
      inactivityScoreRecovery: 16,
      inactivityPenaltyQuotient: 1_024,
      minEpochsToInactivityPenalty: 4,
    },
    slashing: { vectorEpochs: 16, minPenaltyQuotient: 32, proportionalMultiplier: 3, whistleblowerRewardQuotient: 512 },
    forkChoice: { proposerBoostPercent: 40 },
    limits: { attestations: 64, proposerSlashings: 4, attesterSlashings: 2, validators: 65_536 },
    module: { namespace: 2 },
  };
  const merged: Record<string, unknown> = { ...base };
  for (const [name, change] of Object.entries(changes)) {
    const section = base[name as keyof GasperSpec];
    merged[name] = typeof section === "object" && !Array.isArray(section) ? { ...section, ...(change as object) } : change;
  }
  return merged as GasperSpec;
}

export function hex(bytes: Bytes): string {
  return Buffer.from(bytes).toString("hex");
}

type GenesisValidator = GasperSpec["validators"][number];
/** Made once: texts of addresses take most of a test's time. */
const genesisKnown: GenesisValidator[] = [];

export function genesisValidators(count: number, balance?: number): GasperSpec["validators"] {
  for (let index = genesisKnown.length; index < count; index++)
    genesisKnown.push({
      publicKey: hex(publicKeyOf(index)),
      proofOfPossession: hex(GOOD_SIGNATURE),
      account: Address.format(accountOf(index), PREFIX),
    });
  return genesisKnown.slice(0, count).map((validator) => (balance === undefined ? validator : { ...validator, balance }));
}

export const CHAIN = { addressPrefix: PREFIX, genesisTimeMs: 1_000_000, parametersHash: CHAIN_HASH };

export function parametersOf(changes: SpecChanges = {}): GasperParameters {
  return checkParameters(gasperSpec(changes), CHAIN);
}

const LEDGER = ledgerOf();
export const TREASURY: Treasury = LEDGER;

/** Spendable balance of an account. */
export function balanceOf(view: StateReader, address: Address): bigint {
  const { balance } = LEDGER.describeAccount(address, view) as { readonly balance: string };
  return BigInt(balance);
}

export function escrowOf(view: StateReader): bigint {
  return balanceOf(view, ESCROW);
}

export interface TestServices extends BlockServices {
  /** All sets that were asked about. */
  readonly seen: BlsSet[];
}

export function services(slicer: Slicer = NEVER_DUE): TestServices {
  const seen: BlsSet[] = [];
  return {
    seen,
    slicer,
    verify: async (sets) => {
      seen.push(...sets);
      return sets.map(({ signature }) => signature[0] !== 0xbb);
    },
    shuffling: async (state, epoch) => shufflingOf(state, epoch),
    sumOfKeys: (state, indices) => {
      for (const index of indices) if (index >= state.validatorCount) throw new Error(`there is no validator ${index}`);
      return new Uint8Array(48);
    },
  };
}

export function shufflingOf(state: GasperState, epoch: number): CommitteeShuffling {
  const { slotsPerEpoch, spec } = state.parameters;
  return CommitteeShuffling.computeSync(
    { epoch, active: state.activeIndices(epoch), seed: dutySeed(SeedDomain.attester, epoch, state.randaoMix(epoch - 2)) },
    { slotsPerEpoch, ...spec.committees, shuffleRounds: spec.shuffleRounds },
  );
}

export interface TestChain {
  readonly parameters: GasperParameters;
  readonly memory: MemoryState;
}

/** Genesis with so many validators. */
export function chainOf(count: number, changes: SpecChanges = {}): TestChain {
  const parameters = parametersOf({ validators: genesisValidators(count), ...changes });
  const memory = new MemoryState();
  genesis(memory, parameters, TREASURY);
  return { parameters, memory };
}

export function open({ memory, parameters }: TestChain): GasperState {
  return GasperState.open(memory, parameters);
}

/** Everything that state holds under the engine's namespace, by hex of the key. */
export function entriesOf(memory: MemoryState, namespace = 2): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const [key, value] of [...memory.entries].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (key.charCodeAt(0) === namespace) entries[Buffer.from(key, "latin1").toString("hex")] = hex(value);
  return entries;
}
