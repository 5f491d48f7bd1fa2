/**
 * A chain that a test writes block by block, time that it moves, a journal that forgets what was not durable yet, and real BLS keys:
 * everything around the validators but themselves. It notes all that was signed, and judges it by the definition of slashing alone.
 */
import { blsPublicKeyOf, blsSecretKeyFromSeed, blsSign } from "../../../../core/bls/index.js";
import { silentLogger, silentMetrics } from "../../../../core/conformance/harness/services.js";
import {
  Address,
  asciiBytes,
  type Block,
  type Bytes,
  type Cancellable,
  type Clock,
  type EngineJournal,
  Hash,
  type Header,
  type ImportVerdict,
  type Logger,
  type ProposalFields,
  type Scheduler,
  type Slicer,
  sha256,
  sha256Of,
  signingRootOf,
  toHex,
  type UnsealedBlock,
} from "../../../../core/sdk.js";
import {
  attestationSigningRoot,
  blockSigningMessage,
  decodeAggregateAndProof,
  decodeAttestation,
  decodeExtra,
} from "../../../../plugins/consensus-gasper/codec/index.js";
import { CommitteeShuffling } from "../../../../plugins/consensus-gasper/duties/index.js";
import { registerMetrics } from "../../../../plugins/consensus-gasper/metrics.js";
import { SlotClock } from "../../../../plugins/consensus-gasper/slot-clock.js";
import type {
  AggregateAndProof,
  Attestation,
  AttestationData,
  Checkpoint,
  GasperPayload,
} from "../../../../plugins/consensus-gasper/types.js";
import type { DutyChain, DutySigner, DutyState, ValidatorOptions } from "../../../../plugins/consensus-gasper/validator/dependencies.js";
import { SlashingProtection, ValidatorClient } from "../../../../plugins/consensus-gasper/validator/index.js";

export const SLOT_MS = 3_000;
export const SLOTS_PER_EPOCH = 4;
export const GENESIS_MS = 1_700_000_000_000;
export const CHAIN_HASH = sha256(asciiBytes("chain"));
export const GENESIS_ROOT = sha256(asciiBytes("genesis"));

const KEYS = Array.from({ length: 16 }, (_, index) => {
  const secretKey = blsSecretKeyFromSeed(sha256(asciiBytes(`validator ${index}`)));
  return { secretKey, publicKey: blsPublicKeyOf(secretKey) };
});

export function publicKey(index: number): Bytes {
  const key = KEYS[index];
  if (key === undefined) throw new Error("there are 16 keys");
  return key.publicKey;
}

export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Wall time that a test moves and sets; timers go by what passes. */
export class Time implements Clock, Scheduler {
  #elapsedMs = 0;
  #offsetMs = GENESIS_MS;
  #timers: { readonly dueMs: number; readonly run: () => void }[] = [];

  nowMs(): number {
    return this.#offsetMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  get timers(): number {
    return this.#timers.length;
  }

  after(delayMs: number, callback: () => void): Cancellable {
    const timer = { dueMs: this.#elapsedMs + delayMs, run: callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  every(): Cancellable {
    throw new Error("nobody needs it");
  }

  yield(): Promise<void> {
    return turn();
  }

  slicer(): Slicer {
    return { due: () => false, pause: turn };
  }

  /** The wall clock is set; nothing passes. */
  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  /** Every timer at its time, each with room for what it begins. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      next.run();
      await turn();
    }
    this.#elapsedMs = untilMs;
    await turn();
  }

  /** The machine stood still: everything that is due afterwards runs at once. */
  stall(ms: number): void {
    this.#elapsedMs += ms;
  }
}

/** A journal over a disk that outlives it. A put reaches the disk after `delay`, and is acknowledged then. */
export class Journal implements EngineJournal {
  /** In the order of acknowledgement. */
  readonly puts: string[] = [];
  underWay = 0;
  mostUnderWay = 0;
  failure: Error | undefined;
  isDead = false;

  constructor(
    readonly disk: Map<string, Bytes> = new Map(),
    private readonly delay: () => Promise<void> = async () => undefined,
  ) {}

  get(key: Bytes): Bytes | undefined {
    return this.disk.get(toHex(key));
  }

  async put(key: Bytes, value: Bytes): Promise<void> {
    if (key.length > 64) throw new Error("too long a key");
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    await this.delay();
    this.underWay--;
    if (this.isDead) return new Promise<void>(() => undefined);
    if (this.failure !== undefined) throw this.failure;
    this.disk.set(toHex(key), value.slice());
    this.puts.push(toHex(key));
  }

  async delete(key: Bytes): Promise<void> {
    this.disk.delete(toHex(key));
  }
}

export interface TestBlock {
  readonly root: Hash;
  readonly slot: number;
  readonly parent: Hash | undefined;
  readonly justified: Checkpoint;
}

/** What the network would see. */
export interface SignedThings {
  readonly votes: { readonly validator: number; readonly attestation: Attestation; readonly atMs: number }[];
  readonly blocks: { readonly validator: number; readonly slot: number; readonly header: Header; readonly atMs: number }[];
  readonly aggregates: AggregateAndProof[];
}

export interface ValidatorFacts {
  activation: number;
  exit: number;
  slashed: boolean;
  balance: number;
  previousFlags: number;
  currentFlags: number;
  /** Its key is in no state yet. */
  isUnknown: boolean;
}

const LIMITS = { committeeSize: 64, attestations: 8, proposerSlashings: 4, attesterSlashings: 2, validators: 64 };

/** The tree, shared by all nodes of a test. */
export class Tree {
  readonly blocks = new Map<string, TestBlock>();
  readonly validators: ValidatorFacts[];
  readonly signed: SignedThings = { votes: [], blocks: [], aggregates: [] };
  head: TestBlock;
  /** Which validator proposes; by default they take turns. */
  proposerOf = (slot: number): number => slot % this.validators.length;
  #made = 0;

  constructor(validators = 8) {
    this.head = { root: GENESIS_ROOT, slot: 0, parent: undefined, justified: { epoch: 0, root: Hash.zero } };
    this.blocks.set(Hash.key(GENESIS_ROOT), this.head);
    this.validators = Array.from({ length: validators }, () => ({
      activation: 0,
      exit: 0xffff_ffff,
      slashed: false,
      balance: 32_000_000_000,
      previousFlags: 0,
      currentFlags: 0,
      isUnknown: false,
    }));
  }

  add(parent: TestBlock, slot: number, justified = parent.justified, root?: Hash): TestBlock {
    const block = { root: root ?? sha256(asciiBytes(`block ${this.#made++}`)), slot, parent: parent.root, justified };
    this.blocks.set(Hash.key(block.root), block);
    return block;
  }

  block(root: Hash): TestBlock | undefined {
    return this.blocks.get(Hash.key(root));
  }

  ancestorAt(root: Hash, slot: number): Hash | undefined {
    let at = this.block(root);
    while (at !== undefined && at.slot > slot) at = at.parent === undefined ? undefined : this.block(at.parent);
    return at?.root;
  }

  state(root: Hash, slot: number): DutyState {
    const block = this.block(root);
    if (block === undefined) throw new Error("an unknown block has no state");
    const facts = (index: number) => {
      const found = this.validators[index];
      if (found === undefined || found.isUnknown) throw new Error(`there is no validator ${index}`);
      return found;
    };
    const epoch = Math.floor(slot / SLOTS_PER_EPOCH);
    return {
      slot,
      epoch,
      currentJustified: block.justified,
      validatorCount: this.validators.filter(({ isUnknown }) => !isUnknown).length,
      proposerAt: (at) => (at >= epoch * SLOTS_PER_EPOCH && at < (epoch + 2) * SLOTS_PER_EPOCH ? this.proposerOf(at) : undefined),
      publicKey,
      account: (index) => Address.from(sha256Of(asciiBytes("account"), Uint8Array.of(index)).slice(0, 20)),
      indexOf: (key) => {
        const index = KEYS.findIndex((own) => toHex(own.publicKey) === toHex(key));
        return this.validators[index]?.isUnknown === false ? index : undefined;
      },
      isActive: (index, at) => facts(index).activation <= at && at < facts(index).exit,
      isSlashed: (index) => facts(index).slashed,
      balance: (index) => facts(index).balance,
      validator: (index) => ({
        index,
        publicKey: publicKey(index),
        account: Address.zero,
        eligibilityEpoch: 0,
        activationEpoch: facts(index).activation,
        exitEpoch: facts(index).exit,
        withdrawableEpoch: 0xffff_ffff,
        slashed: facts(index).slashed,
        balance: facts(index).balance,
        effectiveIncrements: 32,
        inactivityScore: 0,
        currentFlags: facts(index).currentFlags,
        previousFlags: facts(index).previousFlags,
      }),
    };
  }

  /** Branches with another decision root have other committees. */
  shuffling(epoch: number, root: Hash): CommitteeShuffling {
    const active = this.validators.flatMap(({ activation, exit, isUnknown }, index) =>
      !isUnknown && activation <= epoch && epoch < exit ? [index] : [],
    );
    const seed = sha256Of(this.decisionRoot(epoch, root) ?? Hash.zero, Uint8Array.of(epoch));
    const parameters = { slotsPerEpoch: SLOTS_PER_EPOCH, targetSize: 1, maxPerSlot: 1, shuffleRounds: 10 };
    return CommitteeShuffling.computeSync({ epoch, active: Uint32Array.from(active), seed }, parameters);
  }

  decisionRoot(epoch: number, root: Hash): Hash | undefined {
    return this.ancestorAt(root, Math.max(0, (epoch - 1) * SLOTS_PER_EPOCH - 1));
  }
}

export interface NodeOptions extends Partial<ValidatorOptions> {
  readonly tree?: Tree;
  readonly time?: Time;
  readonly journal?: Journal;
  /** Keys of the file `own`. */
  readonly keys?: readonly number[];
  readonly noProtection?: boolean;
}

/** One node of a test: its validators over the tree. */
export class TestValidators {
  readonly tree: Tree;
  readonly time: Time;
  readonly journal: Journal;
  readonly protection: SlashingProtection;
  readonly client: ValidatorClient;
  readonly logged: { readonly level: string; readonly data: Readonly<Record<string, unknown>>; readonly message: string }[] = [];
  readonly counted = new Map<string, number>();
  readonly ownVotes: Attestation[] = [];
  readonly statesAsked: string[] = [];
  readonly parents: Hash[] = [];
  readonly payloads: Bytes[] = [];
  signatures = 0;
  /** Set by tests that hold something up. */
  beforeState: () => Promise<void> = async () => undefined;
  beforeBuild: (fields: ProposalFields) => Promise<void> = async () => undefined;
  beforeSign: (key: Bytes) => Promise<void> = async () => undefined;
  proposerHead: (slot: number) => Hash = () => this.tree.head.root;
  payload: () => GasperPayload = () => ({ attestations: [], proposerSlashings: [], attesterSlashings: [] });
  /** Another body than before: what a restarted node would build. */
  salt = 0;
  isDead = false;

  constructor({
    tree = new Tree(),
    time = new Time(),
    journal = new Journal(),
    keys = [0, 1, 2, 3],
    noProtection,
    ...options
  }: NodeOptions = {}) {
    this.tree = tree;
    this.time = time;
    this.journal = journal;
    this.protection = new SlashingProtection(journal);
    const protection =
      noProtection === true
        ? (Object.assign(Object.create(this.protection), {
            permitBlock: async () => undefined,
            permitVote: async () => undefined,
          }) as SlashingProtection)
        : this.protection;
    const signer: DutySigner = {
      keysOf: async (name) => (name === "own" ? keys.map(publicKey) : undefined),
      sign: (key, message) => this.#sign(key, message),
    };
    const metrics = registerMetrics({ ...silentMetrics, counter: ({ name }) => this.#counter(name) }, NO_SOURCES);
    this.client = new ValidatorClient(
      {
        chain: this.#chain(),
        signer,
        protection,
        metrics,
        logger: this.#logger(),
        proposerHead: (slot) => this.proposerHead(slot),
        payloadFor: (parent) => {
          this.parents.push(parent);
          return this.payload();
        },
        bestAggregate: (data) => this.ownVotes.find((vote) => vote.data === data),
        onOwnVote: (attestation) => this.ownVotes.push(attestation),
      },
      { validators: ["own"], propose: true, doppelgangerEpochs: 0, targetAggregators: 16, ...options },
    );
  }

  /** The process is gone: it signs nothing, and what was not durable is lost. */
  kill(): void {
    this.isDead = true;
    this.journal.isDead = true;
    void this.client.stop();
  }

  /** What the chain says of own blocks, where it does not take them. */
  verdict: ImportVerdict | undefined;

  /** Fork choice has another head. */
  choose(block: TestBlock): void {
    this.tree.head = block;
    this.client.onHead();
  }

  atSlot(slot: number, ms = 0): number {
    return GENESIS_MS + slot * SLOT_MS + ms;
  }

  /** Lets time pass until then. */
  async until(slot: number, ms = 0): Promise<void> {
    await this.time.pass(this.atSlot(slot, ms) - this.time.nowMs());
  }

  votesOf(slot: number) {
    return this.tree.signed.votes.filter(({ attestation }) => attestation.data.slot === slot);
  }

  codes(): unknown[] {
    return this.logged.map(({ data }) => data.code).filter((code) => code !== undefined);
  }

  async #sign(key: Bytes, message: Bytes): Promise<Bytes> {
    await this.beforeSign(key);
    if (this.isDead) return new Promise<Bytes>(() => undefined);
    const own = KEYS.find((candidate) => toHex(candidate.publicKey) === toHex(key));
    if (own === undefined) throw new Error("the key is not held");
    this.signatures++;
    return blsSign(own.secretKey, message);
  }

  #chain(): DutyChain {
    const { tree, time } = this;
    const clock = new SlotClock(GENESIS_MS, SLOT_MS, SLOTS_PER_EPOCH);
    return {
      clock,
      chainHash: CHAIN_HASH,
      currentSlot: () => clock.slotAt(time.nowMs()),
      head: () => tree.head,
      block: (root) => tree.block(root),
      ancestorAt: (root, slot) => tree.ancestorAt(root, slot),
      shuffling: async (epoch, root) => tree.shuffling(epoch, root),
      decisionRoot: (epoch, root) => tree.decisionRoot(epoch, root),
      stateOf: (root) => {
        const block = tree.block(root);
        return block === undefined ? undefined : tree.state(root, block.slot);
      },
      stateAt: async (root, slot) => {
        this.statesAsked.push(`${tree.block(root)?.slot}>${slot}`);
        await this.beforeState();
        return tree.state(root, slot);
      },
      host: {
        clock: time,
        scheduler: time,
        buildBlock: (parent, fields) => this.#build(parent, fields),
        submit: (block) => this.#submit(block),
        publish: (channel, message) => this.#publish(channel, message),
      },
    };
  }

  async #build(parent: Hash, fields: ProposalFields): Promise<UnsealedBlock> {
    await this.beforeBuild(fields);
    const header = {
      chainId: "test",
      height: 1 as Header["height"],
      parent,
      timestampMs: fields.timestampMs,
      transactionsRoot: sha256(Uint8Array.of(this.salt)),
      receiptsRoot: Hash.zero,
      stateRoot: Hash.zero,
      payloadRoot: Hash.zero,
      proposer: fields.proposer,
      extra: fields.extra,
    };
    this.payloads.push(fields.payload ?? new Uint8Array(0));
    return { header, signingRoot: signingRootOf(header), transactions: [], payload: fields.payload ?? new Uint8Array(0) };
  }

  async #submit({ header }: Block): Promise<ImportVerdict> {
    const { tree, time } = this;
    const slot = (header.timestampMs - GENESIS_MS) / SLOT_MS;
    const validator = decodeExtra(header.extra)?.proposerIndex ?? -1;
    tree.signed.blocks.push({ validator, slot, header, atMs: time.nowMs() });
    if (this.verdict !== undefined) return this.verdict;
    const parent = tree.block(header.parent);
    if (parent === undefined) throw new Error("a block has a parent");
    const block = tree.add(parent, slot);
    if (!this.isDead) this.choose(block);
    return { status: "imported", id: block.root, canonical: true };
  }

  #publish(channel: string, message: Bytes): void {
    const { tree, time } = this;
    if (channel === "aggregates") {
      tree.signed.aggregates.push(decodeAggregateAndProof(message, LIMITS));
      return;
    }
    const attestation = decodeAttestation(message, LIMITS);
    const { data, bits } = attestation;
    const committee = tree.shuffling(data.target.epoch, data.headRoot).committee(data.slot, data.committeeIndex);
    const position = committee.findIndex((_, at) => (((bits[at >> 3] ?? 0) >> (at & 7)) & 1) === 1);
    tree.signed.votes.push({ validator: committee[position] ?? -1, attestation, atMs: time.nowMs() });
  }

  #counter(name: string) {
    return {
      increment: (by = 1, labels: Readonly<Record<string, string>> = {}) => {
        const key = [name, ...Object.values(labels)].join(" ");
        this.counted.set(key, (this.counted.get(key) ?? 0) + by);
      },
    };
  }

  #logger(): Logger {
    const note = (level: string) => (data: object, message: string) => {
      this.logged.push({ level, data: data as Readonly<Record<string, unknown>>, message });
    };
    return { ...silentLogger, warn: note("warn"), error: note("error"), info: note("info") };
  }
}

const nothing = () => 0;
const NO_SOURCES = {
  slot: nothing,
  epoch: nothing,
  headSlot: nothing,
  justifiedEpoch: nothing,
  finalizedEpoch: nothing,
  certifiedEpoch: nothing,
  participation: nothing,
  activeValidators: nothing,
  ownValidators: nothing,
};

/** Pairs of votes and blocks that prove their signer guilty, by the definition (`is_slashable_attestation_data`) and nothing else. */
export function slashablePairs({ votes, blocks }: SignedThings): string[] {
  const found: string[] = [];
  const rootOf = (data: AttestationData) => toHex(attestationSigningRoot(CHAIN_HASH, data));
  for (const [i, a] of votes.entries())
    for (const b of votes.slice(i + 1)) {
      if (a.validator !== b.validator) continue;
      const [x, y] = [a.attestation.data, b.attestation.data];
      const surrounds = (p: AttestationData, q: AttestationData) => p.source.epoch < q.source.epoch && q.target.epoch < p.target.epoch;
      if (x.target.epoch === y.target.epoch && rootOf(x) !== rootOf(y)) found.push(`double vote of ${a.validator}`);
      if (surrounds(x, y) || surrounds(y, x)) found.push(`surround vote of ${a.validator}`);
    }
  for (const [i, a] of blocks.entries())
    for (const b of blocks.slice(i + 1))
      if (a.validator === b.validator && a.slot === b.slot && toHex(signingRootOf(a.header)) !== toHex(signingRootOf(b.header)))
        found.push(`double proposal of ${a.validator}`);
  return found;
}

/** What a block's seal is a signature of. */
export function sealMessage(header: Header): Hash {
  return blockSigningMessage(CHAIN_HASH, signingRootOf(header));
}
