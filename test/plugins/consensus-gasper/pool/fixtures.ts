/** A chain for the tests of gossip and pools: real states, committees and signatures, blocks without headers, and time that tests set. */
import {
  BlsKeys,
  type BlsSet,
  BlsVerifier,
  type Bytes,
  blsAggregateSignatures,
  blsPublicKeyOf,
  blsSecretKeyFromSeed,
  blsSign,
  type Compute,
  type ConsensusHost,
  concatBytes,
  EMPTY_BYTES,
  Hash,
  type Header,
  type HeaderRecord,
  headerRecord,
  type Metrics,
  present,
} from "../../../../core/sdk.js";
import type { GasperChain, KnownBlock } from "../../../../plugins/consensus-gasper/chain-access.js";
import {
  aggregateSigningRoot,
  attestationSigningRoot,
  blockSigningMessage,
  type CodecLimits,
  emptyBits,
  encodeAggregateAndProof,
  encodeAttestation,
  encodeExtra,
  selectionSigningRoot,
  singleBit,
  unionBits,
} from "../../../../plugins/consensus-gasper/codec/index.js";
import type { CommitteeShuffling } from "../../../../plugins/consensus-gasper/duties/index.js";
import { processSlots } from "../../../../plugins/consensus-gasper/epoch/index.js";
import type { GasperParameters } from "../../../../plugins/consensus-gasper/parameters.js";
import {
  AttestationPool,
  GossipJudge,
  type GossipJudgeOptions,
  registerGossipGauges,
  registerPoolMetrics,
  Slasher,
  SlashingPool,
} from "../../../../plugins/consensus-gasper/pool/index.js";
import { SlotClock } from "../../../../plugins/consensus-gasper/slot-clock.js";
import { GasperState, genesis } from "../../../../plugins/consensus-gasper/state/index.js";
import type {
  AggregateAndProof,
  Attestation,
  AttestationData,
  Checkpoint,
  IndexedAttestation,
} from "../../../../plugins/consensus-gasper/types.js";
import { MemoryState, NEVER_DUE } from "../../ledger-account/fixtures.js";
import { CHAIN_HASH, genesisValidators, hashOf, hex, parametersOf, type SpecChanges, shufflingOf, TREASURY } from "../state/fixtures.js";

/** Two committees of eight in each of four slots; one member in four aggregates. */
export const VALIDATORS = 64;
const CHANGES: SpecChanges = { slotsPerEpoch: 4, committees: { targetSize: 8, maxPerSlot: 2, targetAggregators: 2 } };

const secrets = Array.from({ length: VALIDATORS }, (_, index) => blsSecretKeyFromSeed(hashOf(`seed ${index}`)));
const publicKeys = secrets.map((secret) => blsPublicKeyOf(secret));

export function signBy(validator: number, message: Bytes): Bytes {
  return blsSign(present(secrets[validator], "a validator has a key"), message);
}

/** Metrics that tests can read: counts by name and labels. */
export class CountingMetrics implements Metrics {
  readonly counts = new Map<string, number>();

  counter({ name }: { readonly name: string }) {
    return {
      increment: (by = 1, labels: Readonly<Record<string, string>> = {}) => {
        const key = [name, ...Object.values(labels)].join(" ");
        this.counts.set(key, (this.counts.get(key) ?? 0) + by);
      },
    };
  }
  gauge(options: { readonly name: string; readonly collect?: () => number }) {
    const { collect } = options;
    if (collect !== undefined) this.gauges.set(options.name, collect);
    return { set: () => {} };
  }
  readonly gauges = new Map<string, () => number>();
  histogram({ name }: { readonly name: string }) {
    return { observe: (value: number) => this.observed.push([name, value]) };
  }
  readonly observed: [string, number][] = [];
}

interface TestBlock extends KnownBlock {
  readonly parent: Hash;
  readonly memory: MemoryState;
}

/** Runs tasks on this thread. */
const COMPUTE = {
  engine: { threads: 0 },
  run: async (task: { readonly module: URL }, input: unknown) => {
    const { default: work } = (await import(task.module.href)) as { default: (input: unknown) => unknown };
    return work(input);
  },
} as unknown as Compute;

export class TestChain implements GasperChain {
  readonly parameters: GasperParameters;
  readonly clock: SlotClock;
  readonly chainHash = CHAIN_HASH;
  readonly metrics = new CountingMetrics();
  readonly verifier = new BlsVerifier({ compute: COMPUTE, metrics: this.metrics });
  readonly bls: BlsVerifier;
  readonly host: ConsensusHost;
  readonly genesis: Hash = hashOf("genesis");
  readonly published: { readonly channel: string; readonly bytes: Bytes }[] = [];
  readonly applied: IndexedAttestation[] = [];
  readonly equivocated = new Set<number>();
  readonly #blocks = new Map<string, TestBlock>();
  nowMs = 0;
  headRoot: Hash;
  final: Checkpoint;
  /** How often the verifier was called, and whether it fails. */
  calls = 0;
  isBroken = false;
  /** Committees that were asked for. */
  shufflings = 0;
  /** How often keys were added up. */
  sums = 0;

  constructor() {
    const validators = genesisValidators(VALIDATORS).map((validator, index) => ({
      ...validator,
      publicKey: hex(present(publicKeys[index], "one each")),
    }));
    this.parameters = parametersOf({ ...CHANGES, validators });
    this.clock = new SlotClock(this.parameters.genesisTimeMs, this.parameters.slotMs, this.parameters.slotsPerEpoch);
    const memory = new MemoryState();
    genesis(memory, this.parameters, TREASURY);
    this.#blocks.set(Hash.key(this.genesis), { root: this.genesis, slot: 0, parent: Hash.zero, memory });
    this.headRoot = this.genesis;
    this.final = { epoch: 0, root: this.genesis };
    this.at(0);
    this.bls = {
      verify: async (sets: readonly BlsSet[]) => {
        this.calls++;
        if (this.isBroken) throw new Error("no workers");
        return this.verifier.verify(sets);
      },
    } as BlsVerifier;
    this.host = {
      clock: { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs },
      scheduler: {
        after: (_: number, callback: () => void) => {
          const handle = setImmediate(callback);
          return { cancel: () => clearImmediate(handle) };
        },
      },
      logger: { warn: () => {}, error: () => {} },
      publish: (channel: string, bytes: Bytes) => this.published.push({ channel, bytes }),
    } as unknown as ConsensusHost;
  }

  /** Sets the time: so many milliseconds into a slot. */
  at(slot: number, ms = 300): this {
    this.nowMs = this.clock.startOf(slot) + ms;
    return this;
  }

  /** A block without content. */
  async extend(parent: Hash, slot: number, name = `block ${slot}`): Promise<Hash> {
    const before = this.#get(parent);
    const memory = before.memory.copy();
    const state = GasperState.open(memory, this.parameters);
    await processSlots(state, slot, parent, { slicer: NEVER_DUE, verify: async (sets) => sets.map(() => true) });
    state.commit(memory, TREASURY);
    const root = hashOf(name);
    this.#blocks.set(Hash.key(root), { root, slot, parent, memory });
    this.headRoot = root;
    return root;
  }

  /** Blocks in all slots up to `slot`; answers their roots by slot. */
  async chain(slot: number): Promise<Hash[]> {
    const roots = [this.genesis];
    for (let next = 1; next <= slot; next++) roots.push(await this.extend(roots[next - 1] as Hash, next));
    return roots;
  }

  currentSlot(): number {
    return this.clock.slotAt(this.nowMs);
  }
  head(): KnownBlock {
    return this.#get(this.headRoot);
  }
  justified(): Checkpoint {
    return this.final;
  }
  finalized(): Checkpoint {
    return this.final;
  }
  block(root: Hash): KnownBlock | undefined {
    return this.#blocks.get(Hash.key(root));
  }
  ancestorAt(root: Hash, slot: number): Hash | undefined {
    for (let block = this.#blocks.get(Hash.key(root)); block !== undefined; block = this.#blocks.get(Hash.key(block.parent)))
      if (block.slot <= slot) return block.root;
    return undefined;
  }
  stateOf(root: Hash): GasperState | undefined {
    const block = this.#blocks.get(Hash.key(root));
    return block === undefined ? undefined : GasperState.open(block.memory, this.parameters);
  }
  async stateAt(root: Hash, slot: number): Promise<GasperState> {
    const state = present(this.stateOf(root), "the tests ask for blocks there are");
    if (slot > state.slot) await processSlots(state, slot, root, { slicer: NEVER_DUE, verify: async (sets) => sets.map(() => true) });
    return state;
  }
  async shuffling(epoch: number, root: Hash): Promise<CommitteeShuffling> {
    this.shufflings++;
    return shufflingOf(await this.stateAt(root, Math.max(0, epoch - 1) * this.parameters.slotsPerEpoch), epoch);
  }
  decisionRoot(epoch: number, root: Hash): Hash | undefined {
    return this.ancestorAt(root, Math.max(0, (epoch - 1) * this.parameters.slotsPerEpoch - 1));
  }
  sumOfKeys(state: GasperState, indices: Uint32Array): Bytes {
    this.sums++;
    const keys = new BlsKeys();
    for (const index of indices) keys.set(index, state.publicKey(index));
    return keys.aggregate(indices);
  }
  applyVotes(attestation: IndexedAttestation): void {
    this.applied.push(attestation);
  }
  applyEquivocation(indices: Uint32Array): void {
    for (const index of indices) this.equivocated.add(index);
  }
  /** Writes to a block's state. */
  change(root: Hash, change: (state: GasperState) => void): void {
    const { memory } = this.#get(root);
    const state = GasperState.open(memory, this.parameters);
    change(state);
    state.commit(memory, TREASURY);
  }

  /** An honest vote for `headRoot`. */
  async data(slot: number, committeeIndex: number, headRoot: Hash, changes: Partial<AttestationData> = {}): Promise<AttestationData> {
    const epoch = this.clock.epochOf(slot);
    const state = await this.stateAt(headRoot, this.clock.firstSlotOf(epoch));
    const root = present(this.ancestorAt(headRoot, this.clock.firstSlotOf(epoch)), "blocks begin with genesis");
    return { slot, committeeIndex, headRoot, source: state.currentJustified, target: { epoch, root }, ...changes };
  }

  async committee({ slot, committeeIndex, target, headRoot }: AttestationData): Promise<Uint32Array> {
    return (await this.shuffling(target.epoch, headRoot)).committee(slot, committeeIndex);
  }

  /** The vote of the members at these places, signed. */
  async attest(data: AttestationData, positions: readonly number[], committee?: Uint32Array): Promise<Attestation> {
    const members = committee ?? (await this.committee(data));
    const root = attestationSigningRoot(this.chainHash, data);
    const signatures = positions.map((position) => signBy(members[position] as number, root));
    let bits: Bytes = emptyBits(members.length);
    for (const position of positions) bits = unionBits(bits, singleBit(members.length, position));
    return { data, bits, signature: signatures.length === 1 ? (signatures[0] as Bytes) : blsAggregateSignatures(signatures) };
  }

  /** With the proof of the member at `place`, or of another validator. */
  async prove(aggregate: Attestation, aggregatorIndex: number, changes: Partial<AggregateAndProof> = {}): Promise<AggregateAndProof> {
    const selectionProof = signBy(aggregatorIndex, selectionSigningRoot(this.chainHash, aggregate.data.slot));
    const unsigned = { aggregatorIndex, aggregate, selectionProof, ...changes };
    return { ...unsigned, signature: signBy(aggregatorIndex, aggregateSigningRoot(this.chainHash, unsigned)), ...changes };
  }

  /** A header that `proposer` sealed. */
  seal(proposer: number, slot: number, name: string, sealer = proposer): HeaderRecord {
    const header: Header = {
      chainId: "test-1",
      height: Math.floor(slot) as Header["height"],
      parent: hashOf(name),
      timestampMs: this.clock.startOf(slot),
      transactionsRoot: Hash.zero,
      receiptsRoot: Hash.zero,
      stateRoot: Hash.zero,
      payloadRoot: Hash.zero,
      proposer: new Uint8Array(20) as Header["proposer"],
      extra: encodeExtra({ proposerIndex: proposer, randaoReveal: concatBytes(new Uint8Array(96)) }),
      seal: EMPTY_BYTES,
    };
    const { signingRoot } = headerRecord({ ...header, seal: new Uint8Array(96) });
    return headerRecord({ ...header, seal: signBy(sealer, blockSigningMessage(this.chainHash, signingRoot)) });
  }

  #get(root: Hash): TestBlock {
    return present(this.#blocks.get(Hash.key(root)), "the tests ask for blocks there are");
  }
}

export const LIMITS: CodecLimits = {
  committeeSize: 2_048,
  validators: 65_536,
  attestations: 64,
  proposerSlashings: 4,
  attesterSlashings: 2,
};

/** Everything of the folder on one chain. */
export function setUp(options: GossipJudgeOptions & { readonly poolAttestations?: number } = {}) {
  const chain = new TestChain();
  const metrics = registerPoolMetrics(chain.metrics);
  const pool = new AttestationPool({ maxAttestations: options.poolAttestations ?? 256, slotsPerEpoch: chain.parameters.slotsPerEpoch });
  const slashings = new SlashingPool();
  const slasher = new Slasher(chain, slashings, metrics);
  const judge = new GossipJudge({ chain, limits: LIMITS, pool, slashings, slasher, metrics }, options);
  registerGossipGauges(chain.metrics, judge, slasher);
  return {
    chain,
    pool,
    slashings,
    slasher,
    judge,
    /** The code for a single vote. */
    vote: (attestation: Attestation) => judge.judgeInDetail("attestations", encodeAttestation(attestation)),
    aggregate: (message: AggregateAndProof) => judge.judgeInDetail("aggregates", encodeAggregateAndProof(message)),
  };
}

/** All that was begun is done: verifications take turns of the event loop. */
export async function settled(isDone: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !isDone(); turn++) await new Promise((resolve) => setImmediate(resolve));
  if (!isDone()) throw new Error("it never comes about");
}
