/**
 * Real chains for tests: Chain, Mempool and StateStore over memory, any engine, any ledger; time that a test moves, storage
 * that can be cut off at any write, nodes that hear what others publish, and a naive replay to compare with.
 */
import { createHash } from "node:crypto";
import { Chain, type ChainOptions, ChainReader, type TransactionSource } from "../../../core/chain/index.js";
import { ComputeService } from "../../../core/compute/index.js";
import { Mempool, type MempoolChain, type MempoolOptions } from "../../../core/mempool/index.js";
import type { ChainSpec } from "../../../core/ports/chain-spec.js";
import type { Compute } from "../../../core/ports/compute.js";
import type { Consensus, ImportVerdict, ProposalFields, TreeHeader } from "../../../core/ports/consensus.js";
import type { BlockEnvironment, Ledger, Treasury } from "../../../core/ports/ledger.js";
import type { Cancellable, Clock, Logger, Scheduler, Signer, Slicer } from "../../../core/ports/runtime.js";
import type { Storage, StorageOperation } from "../../../core/ports/storage.js";
import type { ChainEvent } from "../../../core/ports/views.js";
import { buildTransfer } from "../../../core/primitives/account-transaction.js";
import type { Block, Header, HeaderRecord } from "../../../core/primitives/block.js";
import { headerRecord } from "../../../core/primitives/block-codec.js";
import { type Bytes, bytesEqual } from "../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { publicKeyOf, signMessage } from "../../../core/primitives/signing.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../../core/runtime/index.js";
import { StateStore } from "../../../core/state/index.js";
import { MemoryStorage } from "../../../plugins/storage-memory/memory-storage.js";
import { CHAIN_ID, key, ledgerOf, MemoryState, NEVER_DUE, NO_METRICS, SILENT, specOf } from "../../plugins/ledger-account/fixtures.js";
import { modelRoot } from "../state/fixtures.js";
import { GOOD_SEAL, ScriptedEngine, type ScriptedOptions } from "./scripted-engine.js";

export { key } from "../../plugins/ledger-account/fixtures.js";

export const GENESIS_TIME_MS = 1_700_000_000_000;
export const FUNDS = 1_000_000_000;
/** Keys 0 … 7 have FUNDS each. */
export const FUNDED = 8;

export const idOf = (header: { readonly id: Hash }): string => Hash.key(header.id);

/** Time stands still until a test moves it; pauses are real turns of the event loop. */
export class TestTime implements Clock, Scheduler {
  readonly #real = new SystemScheduler(new SystemClock());
  #timers: { readonly dueMs: number; readonly run: () => void }[] = [];
  #nowMs: number;

  /** @param elapsedMs since genesis */
  constructor(elapsedMs = 3_600_000) {
    this.#nowMs = GENESIS_TIME_MS + elapsedMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** As somebody who sets a clock back: timers stay where they are. */
  setBack(byMs: number): void {
    this.#nowMs -= byMs;
  }

  monotonicMs(): number {
    return performance.now();
  }

  get timers(): number {
    return this.#timers.length;
  }

  after(delayMs: number, callback: () => void): Cancellable {
    const timer = { dueMs: this.#nowMs + delayMs, run: callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  every(periodMs: number, callback: () => void): Cancellable {
    let pending = this.after(periodMs, () => undefined);
    const again = () => {
      pending.cancel();
      pending = this.after(periodMs, () => {
        again();
        callback();
      });
    };
    again();
    return { cancel: () => pending.cancel() };
  }

  yield(): Promise<void> {
    return this.#real.yield();
  }

  slicer(budgetMs?: number): Slicer {
    return this.#real.slicer(budgetMs);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#nowMs);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { run } of due) run();
  }
}

const compute = new ComputeService(
  { clock: new SystemClock(), scheduler: new SystemScheduler(new SystemClock()), logger: SILENT, metrics: NO_METRICS },
  { threads: 0 },
);

/** A storage as a process sees it that will be killed: from write `cutAt` on, nothing is written and nothing is answered. */
export class CutStorage implements Storage {
  readonly durability = "device";
  readonly inner: MemoryStorage;
  writes = 0;
  /** Fails the next write. */
  failure: Error | undefined;
  #cutAt: number;
  #onCut: () => void = () => undefined;
  /** Resolves when the process is dead. */
  readonly cut: Promise<"cut">;

  constructor(inner: MemoryStorage, cutAt = Number.POSITIVE_INFINITY) {
    this.inner = inner;
    this.#cutAt = cutAt;
    this.cut = new Promise((resolve) => {
      this.#onCut = () => resolve("cut");
    });
  }

  static async empty(): Promise<CutStorage> {
    const inner = new MemoryStorage(NO_METRICS);
    await inner.start();
    return new CutStorage(inner);
  }

  /** What a new process finds; the old one is dead from now on. */
  reopened(cutAt?: number): CutStorage {
    this.#cutAt = 0;
    return new CutStorage(this.inner, cutAt);
  }

  /** A copy for a test that damages it. */
  async copied(): Promise<CutStorage> {
    const copy = await CutStorage.empty();
    const operations: StorageOperation[] = [];
    for await (const [at, value] of this.inner.range({})) operations.push({ type: "put", key: at, value });
    await copy.inner.write(operations, { durable: true });
    return copy;
  }

  get database(): Storage["database"] {
    return this.inner.database;
  }

  get(at: Bytes): Bytes | undefined {
    return this.inner.get(at);
  }

  getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    return this.inner.getMany(keys);
  }

  async write(operations: readonly StorageOperation[], options: { readonly durable: boolean }): Promise<void> {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    if (this.writes++ >= this.#cutAt) {
      this.#onCut();
      return new Promise(() => undefined);
    }
    await this.inner.write(operations, options);
  }

  range(...args: Parameters<Storage["range"]>): ReturnType<Storage["range"]> {
    return this.inner.range(...args);
  }

  snapshot(): ReturnType<Storage["snapshot"]> {
    return this.inner.snapshot();
  }

  compact(): Promise<void> {
    return this.inner.compact();
  }

  sizeBytes(): Promise<number> {
    return this.inner.sizeBytes();
  }

  /** Keys of all records with this prefix byte. */
  async keys(prefix: number): Promise<Bytes[]> {
    const keys: Bytes[] = [];
    for await (const [at] of this.inner.range({ gte: Uint8Array.of(prefix), lt: Uint8Array.of(prefix + 1) })) keys.push(at);
    return keys;
  }

  async flip(at: Bytes, byte: number): Promise<void> {
    const value = this.inner.get(at);
    if (value === undefined) throw new Error("there is no such record");
    value[byte] = (value[byte] ?? 0) ^ 1;
    await this.inner.write([{ type: "put", key: at, value }], { durable: true });
  }
}

/** A signer over secret keys in memory. */
export function signerOf(secrets: readonly Bytes[]): Signer {
  return {
    publicKeys: async () => secrets.map(publicKeyOf),
    sign: async (publicKey, message) => {
      const secret = secrets.find((each) => bytesEqual(publicKeyOf(each), publicKey));
      if (secret === undefined) throw new Error("this key is held elsewhere");
      return signMessage(secret, message);
    },
  };
}

/** Transactions as a test lays them out, when there is no mempool; notes what it was told. */
export class ListedTransactions implements TransactionSource {
  pending: readonly Bytes[] = [];
  readonly verified = new Set<string>();
  readonly changes: { readonly undone: readonly Bytes[]; readonly applied: readonly Bytes[] }[] = [];
  readonly rechecked: Hash[] = [];
  failure: Error | undefined;

  select(): ReturnType<TransactionSource["select"]> {
    // Their bytes' hash stands in for the id, which few ask for.
    return this.pending.map((raw) => ({
      raw,
      get id() {
        return sha256(raw);
      },
    }));
  }

  isVerified(rawHash: Hash): boolean {
    return this.verified.has(Hash.key(rawHash));
  }

  onHeadChanged(change: { readonly undone: readonly Bytes[]; readonly applied: readonly Bytes[] }): void {
    if (this.failure !== undefined) throw this.failure;
    this.changes.push(change);
  }

  async recheck(ids: readonly Hash[]): Promise<void> {
    this.rechecked.push(...ids);
  }
}

export interface NodeSetup<Engine extends Consensus> {
  readonly engine: (treasury: Treasury) => Engine;
  readonly ledger?: Ledger & Treasury;
  readonly spec?: Partial<ChainSpec>;
  readonly options?: Partial<ChainOptions>;
  readonly undoBlocks?: number;
  readonly secrets?: readonly Bytes[];
  /** A real mempool instead of a list. */
  readonly mempool?: Partial<MempoolOptions> | true;
  readonly compute?: Partial<Compute>;
  readonly storage?: CutStorage;
  readonly time?: TestTime;
}

export function accountLedger(): Ledger & Treasury {
  return ledgerOf({
    allocations: Array.from({ length: FUNDED }, (_, index) => ({ address: key(index).text, amount: FUNDS })),
    issuance: { initialPerBlock: 50 },
  });
}

export function testSpec(fields: Partial<ChainSpec> = {}): ChainSpec {
  return {
    ...specOf(),
    genesisTimeMs: GENESIS_TIME_MS,
    parametersHash: sha256(new Uint8Array([7])),
    consensus: { plugin: "consensus-scripted", parameters: {} },
    ...fields,
  };
}

export class TestNode<Engine extends Consensus = ScriptedEngine> {
  readonly setup: NodeSetup<Engine>;
  readonly spec: ChainSpec;
  readonly storage: CutStorage;
  readonly time: TestTime;
  readonly ledger: Ledger & Treasury;
  readonly engine: Engine;
  readonly state: StateStore;
  readonly mempool: Mempool;
  readonly listed = new ListedTransactions();
  readonly chain: Chain;
  readonly reader: ChainReader;
  readonly fatals: unknown[] = [];
  /** Messages of the log at warn and above. */
  readonly logged: { readonly level: string; readonly message: string; readonly data: Record<string, unknown> }[] = [];
  readonly verdicts: Record<string, string>[] = [];
  readonly published: { readonly channel: string; readonly message: Bytes }[] = [];
  onPublish: ((channel: string, message: Bytes) => void) | undefined;

  constructor(setup: NodeSetup<Engine>, storage: CutStorage) {
    this.setup = setup;
    this.spec = testSpec(setup.spec);
    this.storage = storage;
    this.time = setup.time ?? new TestTime();
    this.ledger = setup.ledger ?? accountLedger();
    this.engine = setup.engine(this.ledger);
    const note = (level: string) => (data: object, message: string) => {
      this.logged.push({ level, message, data: data as Record<string, unknown> });
    };
    const logger: Logger = { ...SILENT, warn: note("warn"), error: note("error"), fatal: note("fatal"), child: () => logger };
    const metrics = {
      ...NO_METRICS,
      counter: ({ name }: { readonly name: string }) => ({
        increment: (_by?: number, labels?: Readonly<Record<string, string>>) => {
          if (name === "block_verdicts_total" && labels !== undefined) this.verdicts.push(labels);
        },
      }),
    };
    const service: Compute = Object.assign(Object.create(compute) as Compute, bound(compute), setup.compute);
    const { spec, ledger, time } = this;
    const shared = { storage, compute: service, clock: time, scheduler: time, logger, metrics };
    const pruning = setup.options?.pruning;
    this.state = new StateStore(shared, {
      pageCacheBytes: 1 << 22,
      valueCacheBytes: 1 << 22,
      undoBlocks: setup.undoBlocks ?? 100,
      ...(pruning === undefined ? {} : { archive: pruning === "archive" }),
    });
    const mempoolChain: MempoolChain = {
      head: () => ({
        height: this.chain.head.header.height,
        rules: spec.rulesAt(this.chain.head.header.height + 1),
        view: this.view(),
      }),
      finalizedHeight: () => this.chain.finalized.header.height,
      inclusionHeights: (ids) => this.chain.store.inclusionHeights(ids),
    };
    this.mempool = new Mempool({ ...shared, ledger, chain: mempoolChain, spec }, setup.mempool === true ? {} : (setup.mempool ?? {}));
    const dependencies = {
      ...shared,
      spec,
      state: this.state,
      ledger,
      treasury: ledger,
      consensus: this.engine,
      entropy: new SystemEntropy(),
      signer: signerOf(setup.secrets ?? []),
      transactions: setup.mempool === undefined ? this.listed : this.mempool,
      publish: (channel: string, message: Bytes) => {
        this.published.push({ channel, message });
        this.onPublish?.(channel, message);
      },
      onFatal: (error: unknown) => {
        this.fatals.push(error);
      },
    };
    this.chain = new Chain(dependencies, setup.options);
    this.reader = new ChainReader(this.chain, dependencies);
  }

  static async start<Engine extends Consensus>(setup: NodeSetup<Engine>): Promise<TestNode<Engine>> {
    const node = new TestNode(setup, setup.storage ?? (await CutStorage.empty()));
    await node.start();
    return node;
  }

  async start(): Promise<this> {
    await this.chain.start();
    if (this.setup.mempool !== undefined) await this.mempool.start();
    return this;
  }

  async stop(): Promise<void> {
    if (this.setup.mempool !== undefined) await this.mempool.stop();
    await this.chain.stop();
  }

  /** Another process over the same storage: after a clean stop, or after a crash. */
  async restart(how: "clean" | "crash", setup: Partial<NodeSetup<Engine>> = {}): Promise<TestNode<Engine>> {
    if (how === "clean") await this.stop();
    return new TestNode({ ...this.setup, ...setup }, this.storage.reopened()).start();
  }

  view(id: Hash = this.chain.head.id) {
    const view = this.state.view(id);
    if (view === undefined) throw new Error("that block has no state here");
    return view;
  }

  balance(index: number, id?: Hash): bigint {
    const account = this.ledger.describeAccount(key(index).address, this.view(id)) as { readonly balance: string };
    return BigInt(account.balance);
  }

  get head(): string {
    return idOf(this.chain.head);
  }

  get height(): number {
    return this.chain.head.header.height;
  }

  events(after = 0): Promise<readonly ChainEvent[]> {
    return this.chain.events.read(after, 1_000);
  }

  /** Resolves once the head is `id`; choices are acted upon in their own time. */
  async headIs(id: Hash): Promise<void> {
    for (let turn = 0; turn < 2_000 && this.head !== Hash.key(id); turn++) await this.time.yield();
    if (this.head !== Hash.key(id)) throw new Error(`the head is ${this.head}, not ${Hash.key(id)}`);
  }

  /** Gives whatever is under way many turns: nothing more is coming then. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 100; turn++) await this.time.yield();
  }

  /** Canonical blocks from 1 up. */
  async canonical(): Promise<Block[]> {
    const blocks: Block[] = [];
    for (let height = 1; height <= this.height; height++) {
      const id = this.reader.idAt(height);
      const block = id === undefined ? undefined : await this.reader.block(id);
      if (block === undefined) throw new Error(`there is no canonical block at ${height}`);
      blocks.push(block);
    }
    return blocks;
  }
}

/** Methods with private fields need their own object as `this`. */
function bound(service: ComputeService): Compute {
  return {
    engine: service.engine,
    verifySignatures: (...args) => service.verifySignatures(...args),
    hashPairs: (...args) => service.hashPairs(...args),
    hashPairsSync: (...args) => service.hashPairsSync(...args),
    merkleRoot: (...args) => service.merkleRoot(...args),
    run: (...args) => service.run(...args),
    trieWalk: () => service.trieWalk(),
  };
}

export function scripted(options: ScriptedOptions = {}, setup: Partial<NodeSetup<ScriptedEngine>> = {}): Promise<TestNode> {
  return TestNode.start({ engine: () => new ScriptedEngine(options), ...setup });
}

export interface MadeBlock {
  readonly block: Block;
  readonly record: HeaderRecord;
  readonly id: Hash;
}

export interface BlockWish extends Partial<ProposalFields> {
  readonly transactions?: readonly Bytes[];
  /** Fork-choice weight, 1 … 255. */
  readonly weight?: number;
  /** Makes blocks differ that are alike otherwise. */
  readonly salt?: number;
}

/** Makes blocks on any branch: a chain of its own whose engine needs state, so that every branch is executed. */
export class BlockMaker {
  readonly node: TestNode;

  constructor(node: TestNode) {
    this.node = node;
  }

  static async start(setup: Partial<NodeSetup<ScriptedEngine>> = {}): Promise<BlockMaker> {
    return new BlockMaker(await scripted({ headers: "state", payloads: true }, setup));
  }

  get genesis(): TreeHeader {
    return this.node.chain.genesis;
  }

  /** A sealed block on `parent`, which it knows. */
  async make(parent: { readonly id: Hash }, wish: BlockWish = {}): Promise<MadeBlock> {
    const { chain, listed } = this.node;
    const { transactions = [], weight = 1, salt = 0, ...fields } = wish;
    listed.pending = transactions;
    const unsealed = await chain.build(parent.id, {
      timestampMs: (chain.header(parent.id)?.header.timestampMs ?? 0) + 1_000,
      proposer: key(20).address,
      extra: Uint8Array.of(weight, salt),
      ...fields,
    });
    const { header, payload } = unsealed;
    return made({ header: { ...header, seal: GOOD_SEAL }, transactions: unsealed.transactions, payload });
  }

  /** The same, and imported here, so that more can be built upon it. */
  async extend(parent: { readonly id: Hash }, wish: BlockWish = {}): Promise<MadeBlock> {
    const block = await this.make(parent, wish);
    const verdict = await this.node.chain.import(block.block);
    if (verdict.status !== "imported") throw new Error(`the maker's own block is ${JSON.stringify(verdict)}`);
    return block;
  }

  /** Blocks in a row, each with the wish for its place. */
  async row(parent: { readonly id: Hash }, count: number, wish: (index: number) => BlockWish = () => ({})): Promise<MadeBlock[]> {
    const blocks: MadeBlock[] = [];
    for (let index = 0; index < count; index++) blocks.push(await this.extend(blocks.at(-1) ?? parent, wish(index)));
    return blocks;
  }
}

export function made(block: Block): MadeBlock {
  const record = headerRecord(block.header);
  return { block, record, id: record.id };
}

/** A copy with other header fields (sealed all the same), and another body where given. */
export function tampered({ block }: MadeBlock, header: Partial<Header>, body: Partial<Omit<Block, "header">> = {}): MadeBlock {
  return made({ ...block, ...body, header: { ...block.header, ...header } });
}

export function transfer(from: number, nonce: number, to: number, amount = 100n, fee = 1_000n): Bytes {
  return buildTransfer({ chainId: CHAIN_ID, from: key(from).secret, to: key(to).address, amount, nonce, fee });
}

export async function importAll(node: TestNode, blocks: readonly MadeBlock[]): Promise<ImportVerdict[]> {
  const verdicts: ImportVerdict[] = [];
  for (const { block } of blocks) verdicts.push(await node.chain.import(block));
  return verdicts;
}

/** `status`, or `status CODE`. */
export function worded(verdict: ImportVerdict): string {
  return "code" in verdict ? `${verdict.status} ${verdict.code}` : verdict.status;
}

/** Everything again in the plainest way: one map, one block after the other. Answers the state after the last. */
export async function replay(blocks: readonly Block[], ledger = accountLedger(), spec = testSpec()): Promise<MemoryState> {
  let last = new MemoryState();
  for await (const state of replayEach(blocks, ledger, spec)) last = state;
  return last;
}

/** The same, with the state after genesis and after each block: one map that goes on changing. */
export async function* replayEach(
  blocks: readonly Block[],
  ledger = accountLedger(),
  spec = testSpec(),
): AsyncGenerator<MemoryState, void, void> {
  const state = new MemoryState();
  ledger.genesis(state, spec);
  yield state;
  for (const { header, transactions, payload } of blocks) {
    const env: BlockEnvironment = { ...header, rules: spec.rulesAt(header.height), payload };
    const batch = ledger.decodeBlock(transactions, env.rules);
    await ledger.execute(batch, state, env, { mode: "import", slicer: NEVER_DUE });
    yield state;
  }
}

/** The root that a replay comes to, by the rule of the trie word for word. */
export function rootOf(state: MemoryState): string {
  return Hash.key(modelRoot(state.entries));
}

/** Numbers that look random and are the same in every run. */
export function seeded(seed: string): () => number {
  let counter = 0;
  return () => createHash("sha256").update(`${seed} ${counter++}`).digest().readUInt32BE(0) / 2 ** 32;
}
