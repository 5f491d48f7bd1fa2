/** A mempool over the real account ledger, a chain in memory, and compute that really verifies (and counts). */
import { createPublicKey, verify } from "node:crypto";
import type { ChainHead, HeadChange } from "../../../core/mempool/chain.js";
import { Mempool, type MempoolChain, type MempoolOptions } from "../../../core/mempool/index.js";
import { JOURNAL_PREFIX } from "../../../core/mempool/journal.js";
import type { Rules } from "../../../core/ports/chain-spec.js";
import type { Compute, SignatureBatch } from "../../../core/ports/compute.js";
import type { Clock, Logger, Scheduler, Slicer } from "../../../core/ports/runtime.js";
import type { Storage, StorageOperation } from "../../../core/ports/storage.js";
import { buildTransfer, type TransferRequest } from "../../../core/primitives/account-transaction.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import type { AccountLedger } from "../../../plugins/ledger-account/ledger.js";
import { MemoryStorage } from "../../../plugins/storage-memory/memory-storage.js";
import {
  CHAIN_ID,
  environment,
  key,
  ledgerOf,
  MemoryState,
  NEVER_DUE,
  NO_METRICS,
  rulesOf,
  SILENT,
  specOf,
} from "../../plugins/ledger-account/fixtures.js";

export { key, rulesOf } from "../../plugins/ledger-account/fixtures.js";

const clock: Clock = { nowMs: () => 0, monotonicMs: () => 0 };

/** Every look is due: each step makes room, so that tests see what may come in between. */
const ALWAYS_DUE: Slicer = { due: () => true, pause: () => new Promise((resolve) => setImmediate(resolve)) };

export function schedulerOf(slicing: boolean): Scheduler {
  return {
    after: () => ({ cancel: () => undefined }),
    every: () => ({ cancel: () => undefined }),
    yield: () => new Promise((resolve) => setImmediate(resolve)),
    slicer: () => (slicing ? ALWAYS_DUE : NEVER_DUE),
  };
}

/** Only what the mempool calls. */
export class TestCompute {
  calls: number[] = [];
  /** Rejects the next call with it. */
  failure: Error | undefined;
  /** Holds verdicts back until it resolves. */
  gate: Promise<void> | undefined;

  async verifySignatures(batch: SignatureBatch): Promise<Bytes> {
    this.calls.push(batch.count);
    await this.gate;
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    const bitmap = new Uint8Array(Math.ceil(batch.count / 8));
    for (let i = 0; i < batch.count; i++) {
      const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), batch.publicKeys.subarray(32 * i, 32 * i + 32)]);
      const message = batch.messages.subarray(batch.offsets[i], batch.offsets[i + 1]);
      const signature = batch.signatures.subarray(64 * i, 64 * i + 64);
      const good = verify(null, message, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
      if (good) bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));
    }
    return bitmap;
  }
}

interface TestBlock {
  readonly raws: readonly Bytes[];
  readonly ids: readonly string[];
  readonly before: MemoryState;
}

/** A chain that executes with the real ledger and can go back. */
export class TestChain implements MempoolChain {
  readonly ledger: AccountLedger;
  readonly blocks: TestBlock[] = [];
  state: MemoryState;
  rules: Rules = rulesOf();
  /** Blocks that can be undone. */
  depth = 6;

  constructor(ledger: AccountLedger) {
    this.ledger = ledger;
    this.state = new MemoryState();
    ledger.genesis(this.state, specOf());
  }

  head(): ChainHead {
    return { height: this.blocks.length, rules: this.rules, view: this.state };
  }

  /** Makes a block of what may be in it; answers what is. */
  async mine(raws: readonly Bytes[]): Promise<readonly Bytes[]> {
    const before = this.state.copy();
    const batch = this.ledger.decodeBlock(raws, this.rules);
    const env = environment(this.blocks.length + 1, key(99).address, this.rules);
    const { included } = await this.ledger.execute(batch, this.state, env, { mode: "produce", slicer: NEVER_DUE });
    const taken = included.map((index) => raws[index] as Bytes);
    const ids = included.map((index) => Hash.key(batch.transactions[index]?.id as Hash));
    this.blocks.push({ raws: taken, ids, before });
    return taken;
  }

  finalizedHeight(): number {
    return Math.max(0, this.blocks.length - this.depth);
  }

  async inclusionHeights(wanted: readonly Hash[]): Promise<(number | undefined)[]> {
    return wanted.map((id) => {
      const index = this.blocks.findIndex(({ ids }) => ids.includes(Hash.key(id)));
      return index < 0 ? undefined : index + 1;
    });
  }

  /** Goes back `count` blocks; answers their transactions, oldest first. */
  undo(count: number): readonly Bytes[] {
    const undone = this.blocks.splice(this.blocks.length - count);
    const [oldest] = undone;
    if (oldest !== undefined) this.state = oldest.before;
    return undone.flatMap(({ raws }) => raws);
  }

  holds(raw: Bytes): boolean {
    return this.blocks.some(({ raws }) => raws.some((each) => Buffer.compare(each, raw) === 0));
  }
}

export interface Setup {
  readonly accounts?: number;
  readonly balance?: number;
  readonly options?: Partial<MempoolOptions>;
  readonly slicing?: boolean;
  readonly maxNonceAhead?: number;
}

export class Bench {
  readonly ledger: AccountLedger;
  readonly chain: TestChain;
  readonly storage = new MemoryStorage(NO_METRICS);
  readonly compute = new TestCompute();
  readonly warnings: object[] = [];
  /** Throws for the next write. */
  writeFailure: Error | undefined;
  readonly writes: { operations: readonly StorageOperation[]; durable: boolean }[] = [];
  readonly #setup: Setup;
  pool: Mempool;

  constructor(setup: Setup = {}) {
    this.#setup = setup;
    const allocations = Array.from({ length: setup.accounts ?? 8 }, (_, index) => ({
      address: key(index).text,
      amount: setup.balance ?? 1_000_000,
    }));
    this.ledger = ledgerOf({ allocations, ...(setup.maxNonceAhead === undefined ? {} : { maxNonceAhead: setup.maxNonceAhead }) });
    this.chain = new TestChain(this.ledger);
    this.pool = this.#newPool();
  }

  static async opened(setup: Setup = {}): Promise<Bench> {
    const bench = new Bench(setup);
    await bench.storage.start();
    await bench.pool.start();
    return bench;
  }

  /** As after kill -9: nothing of the old one is asked, everything stored is there. */
  async crash(options?: Partial<MempoolOptions>): Promise<void> {
    this.reopen(options);
    await this.pool.start();
  }

  /** The same, before the start. */
  reopen(options?: Partial<MempoolOptions>): void {
    this.pool = this.#newPool(options);
  }

  /** Records in the journal. */
  async journaled(): Promise<number> {
    let count = 0;
    for await (const _ of this.storage.range({ gte: Uint8Array.of(JOURNAL_PREFIX), lt: Uint8Array.of(JOURNAL_PREFIX + 1) })) count++;
    return count;
  }

  transfer(from: number, nonce: number, fields: Partial<TransferRequest> = {}): Bytes {
    return buildTransfer({
      chainId: CHAIN_ID,
      from: key(from).secret,
      to: key(from + 1).address,
      amount: 1n,
      nonce,
      fee: 1_000n,
      ...fields,
    });
  }

  submit(from: number, nonce: number, fields: Partial<TransferRequest> = {}): ReturnType<Mempool["submit"]> {
    return this.pool.submit(this.transfer(from, nonce, fields));
  }

  /** A block of these, or of what the pool selects. */
  async mine(
    raws: readonly Bytes[] = this.pool.select({ maxBytes: 1e6, maxWeight: 1e6, maxCount: 1e3 }).map(({ raw }) => raw),
  ): Promise<readonly Bytes[]> {
    const applied = await this.chain.mine(raws);
    // With ids, as the chain tells them; changes that tests make up come without.
    const appliedIds = this.ledger.decodeBlock(applied, this.chain.rules).transactions.map(({ id }) => id);
    await this.changed({ undone: [], applied, appliedIds });
    return applied;
  }

  changed(change: HeadChange): Promise<void> {
    return this.pool.onHeadChanged(change);
  }

  ids(): string[] {
    return this.pool.list(0, 1_000).map(({ id }) => Hash.key(id));
  }

  standings(sender: number): string[] {
    return this.pool.ofSender(key(sender).text).map(({ standing }) => standing);
  }

  #newPool(options: Partial<MempoolOptions> = {}): Mempool {
    const storage: Storage = new Proxy(this.storage as Storage, {
      get: (target, name) => {
        if (name === "write") return this.#write.bind(this);
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const logger: Logger = { ...SILENT, warn: (data) => this.warnings.push(data) };
    return new Mempool(
      {
        ledger: this.ledger,
        chain: this.chain,
        spec: specOf(),
        storage,
        compute: this.compute as unknown as Compute,
        clock,
        scheduler: schedulerOf(this.#setup.slicing ?? false),
        logger,
        metrics: NO_METRICS,
      },
      { ...this.#setup.options, ...options },
    );
  }

  async #write(operations: readonly StorageOperation[], options: { readonly durable: boolean }): Promise<void> {
    const { writeFailure } = this;
    this.writeFailure = undefined;
    if (writeFailure !== undefined) throw writeFailure;
    this.writes.push({ operations, durable: options.durable });
    await this.storage.write(operations, options);
  }
}

/** The code and message of what a promise is rejected with. */
export async function refusal(promise: Promise<unknown>): Promise<{ code: string; message: string; data: Record<string, unknown> }> {
  try {
    await promise;
  } catch (error) {
    return error as { code: string; message: string; data: Record<string, unknown> };
  }
  throw new Error("it was not refused");
}
