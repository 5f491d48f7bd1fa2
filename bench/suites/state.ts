/**
 * The authenticated state on LevelDB: roots, reads, flushes and proofs over states of several sizes.
 *
 * The reference of writing is the same values written to storage as they are, without a trie, undo or checks; the
 * reference of reading is storage's own synchronous get.
 */

import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { Compute } from "../../core/ports/compute.js";
import type { DataDirectory } from "../../core/ports/data-directory.js";
import type { StateView } from "../../core/ports/state.js";
import type { Storage } from "../../core/ports/storage.js";
import { type Bytes, concatBytes } from "../../core/primitives/bytes.js";
import { Hash, sha256, sha256Of } from "../../core/primitives/hash.js";
import { verifyMultiProof, verifyProof, verifyRange } from "../../core/proofs/index.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { StateStore } from "../../core/state/index.js";
import { type ComputeEngine, createEngine } from "../../native/index.js";
import { LevelStorage } from "../../plugins/storage-level/level-storage.js";
import { accountKey, accountValue, cachesOf, loadAccounts } from "../generator/account-state.js";
import { flushTargets, measureFlushes } from "../generator/flushes.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const MIB = 1024 * 1024;
type StateCompute = Pick<Compute, "hashPairs" | "hashPairsSync" | "hashMessagesSync" | "trieWalk">;

/** An engine on this thread, so that the figures are the state's own and not those of a pool. */
function inline(engine: ComputeEngine): StateCompute {
  return {
    hashPairsSync: (input, output, tag) => engine.hashPairs(input, output, tag, 0, input.length / 64),
    hashPairs: async (input, output, tag) => engine.hashPairs(input, output, tag, 0, input.length / 64),
    hashMessagesSync: engine.hashMessages?.bind(engine),
    trieWalk: () => engine.trieWalk?.(),
  };
}

const JS = createEngine({ engine: "js", keyCacheEntries: 16 });
/** The best that this machine has. */
const BEST = createEngine({ engine: "auto", keyCacheEntries: 16 });
const COMPUTE = inline(BEST);

/** Xorshift: the same accounts in each run of a seed. */
class Numbers {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 1;
  }
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
}

const KEYS_PER_LOAD = 100_000;

class StateBench {
  store: StateStore;
  #height = -1;
  #head: Hash | undefined;
  readonly numbers: Numbers;

  constructor(
    readonly storage: Storage,
    readonly accounts: number,
    seed: number,
  ) {
    this.numbers = new Numbers(seed);
    this.store = this.newStore();
  }

  newStore(compute = COMPUTE): StateStore {
    const scheduler = new SystemScheduler(new SystemClock());
    const dependencies = { storage: this.storage, compute, scheduler, logger: SILENT, metrics: UNMETERED };
    return new StateStore(dependencies, { ...cachesOf(this.accounts), undoBlocks: 4 });
  }

  randomKeys(count: number): Bytes[] {
    return Array.from({ length: count }, () => accountKey(this.numbers.below(this.accounts)));
  }

  /** Executes a block that writes `keys` and adopts it as the head. */
  async extend(keys: readonly Bytes[], root: "now" | "later" = "now"): Promise<void> {
    const parent = this.#head;
    const writer = this.store.writer(parent);
    for (const key of keys) writer.set(key, accountValue(this.numbers.below(0x7fffffff)));
    const overlay = await this.store.finish(writer, { root });
    const id = Hash.from(sha256Of(new Uint8Array(new Float64Array([++this.#height]).buffer)));
    this.store.adopt(id, this.#height, parent, overlay);
    this.#head = id;
  }

  /** Executes a block that writes `keys`. The answer makes its root and adopts it as the head. */
  block(keys: readonly Bytes[]): () => Promise<void> {
    const parent = this.#head;
    const writer = this.store.writer(parent);
    for (const key of keys) writer.set(key, accountValue(this.numbers.below(0x7fffffff)));
    return async () => {
      const overlay = await this.store.finish(writer);
      const id = Hash.from(sha256Of(new Uint8Array(new Float64Array([++this.#height]).buffer)));
      this.store.adopt(id, this.#height, parent, overlay);
      this.#head = id;
    };
  }

  /** Brings all pages into the cache, by updates that are dropped. */
  async loadPages(): Promise<void> {
    const { blockId } = this.view();
    for (let from = 0; from < this.accounts; from += KEYS_PER_LOAD) {
      const writer = this.store.writer(blockId);
      for (let i = from; i < Math.min(this.accounts, from + KEYS_PER_LOAD); i++) writer.set(accountKey(i), accountValue(0));
      await this.store.finish(writer);
    }
  }

  async flush(): Promise<void> {
    await this.store.flush(this.view().blockId);
  }

  view(): StateView {
    const view = this.#head === undefined ? undefined : this.store.view(this.#head);
    if (view === undefined) throw new Error("the bench has no head");
    return view;
  }

  /** Forgets all overlays: back to what is on disk, with empty caches. */
  async reopen(compute = COMPUTE): Promise<void> {
    this.store = this.newStore(compute);
    const flushed = await this.store.open();
    this.#head = flushed?.blockId;
    this.#height = flushed?.height ?? -1;
  }

  async fill(): Promise<void> {
    const scheduler = new SystemScheduler(new SystemClock());
    await loadAccounts({ storage: this.storage, compute: COMPUTE, scheduler }, this.accounts);
    await this.reopen();
  }
}

async function roots(context: BenchContext, bench: StateBench, updates: number): Promise<void> {
  const { accounts } = bench;
  const keys = bench.randomKeys(updates);
  const root = async () => {
    const writer = bench.store.writer(bench.view().blockId);
    for (const key of keys) writer.set(key, accountValue(bench.numbers.below(0x7fffffff)));
    await bench.store.finish(writer);
  };
  await context.measure(`root of ${updates} updates over ${accounts}`, root, { unit: "keys/s", operations: updates });
}

/** The size of the state for which roots over overlays have a target. */
const OVERLAY_ACCOUNTS = 1_000_000;
/** Blocks that lie over each other unflushed before a flush makes way. */
const OVERLAYS = 8;

/**
 * Roots over overlays in memory: each block builds upon the one before it, and its root is what is measured (hashing keys and
 * values, pages, node hashes), not its execution and not the flush after each eighth.
 */
async function overlays(context: BenchContext, bench: StateBench, updates: number): Promise<void> {
  await overlaysOf(context, bench, updates, JS);
  if (BEST.kind === "native") await overlaysOf(context, bench, updates, BEST);
  else context.skip("overlay/native", BEST.fallback ?? "another engine is chosen");
  await bench.reopen();
}

async function overlaysOf(context: BenchContext, bench: StateBench, updates: number, engine: ComputeEngine): Promise<void> {
  await bench.reopen(inline(engine));
  let blocks = 0;
  let finish = async () => {};
  const before = async () => {
    if (blocks++ % OVERLAYS === 0 && blocks > 1) await bench.flush();
    finish = bench.block(bench.randomKeys(updates));
  };
  // What is measured is memory, not the disk: random blocks alone would leave pages unread that later ones come upon.
  await bench.loadPages();
  for (let i = 0; i < 2 * OVERLAYS; i++) {
    await before();
    await finish();
  }
  const reference = engine === JS ? {} : { reference: "overlay/js" };
  await context.measure(`overlay/${engine.kind}`, () => finish(), { unit: "keys/s", operations: updates, before, ...reference });
}

async function reads(context: BenchContext, bench: StateBench, updates: number): Promise<void> {
  const { accounts, storage } = bench;
  const keys = bench.randomKeys(updates);
  let view = bench.view();
  const readAll = () => {
    for (const key of keys) view.get(key);
  };
  const restart = async () => {
    await bench.reopen();
    view = bench.view();
  };
  const unit = { unit: "reads/s", operations: updates };
  const plain = keys.map((key) => concatBytes(new Uint8Array([0x20]), sha256Of(key)));
  const reference = `storage.get, ${accounts}`;
  const getAll = () => {
    for (const key of plain) storage.get(key);
  };
  await context.measure(reference, getAll, unit);
  await context.measure(`read cold, checked, ${accounts}`, readAll, { ...unit, reference, before: restart });
  await context.measure(`prefetch cold, checked, ${accounts}`, () => view.prefetch(keys), { ...unit, reference, before: restart });
  await context.measure(`read warm, ${accounts}`, readAll, { ...unit, reference });
}

async function deep(context: BenchContext, bench: StateBench, blocks: number, keysPerBlock: number): Promise<void> {
  const { accounts } = bench;
  await bench.reopen();
  const layers = Array.from({ length: blocks }, () => bench.randomKeys(keysPerBlock));
  await bench.view().prefetch(layers.flat());
  const execute = async (root: "now" | "later") => {
    for (const [i, keys] of layers.entries()) {
      const writer = bench.store.writer(bench.view().blockId);
      for (const key of keys) writer.get(key);
      await bench.extend(keys, i === blocks - 1 ? "now" : root);
    }
  };
  const unit = { unit: "ms", before: () => bench.reopen() };
  await context.measure(
    `re-execute ${blocks} blocks of ${keysPerBlock} keys over ${accounts}, a root each, cold`,
    () => execute("now"),
    unit,
  );
  await context.measure(
    `re-execute ${blocks} blocks of ${keysPerBlock} keys over ${accounts}, one root, cold`,
    () => execute("later"),
    unit,
  );
  const touched = layers[0] ?? [];
  bench.store.writer(bench.view().blockId);
  const view = bench.view();
  const readAll = () => {
    for (const key of touched) view.get(key);
  };
  await context.measure(`read through ${blocks} overlays, ${accounts}`, readAll, { unit: "reads/s", operations: touched.length });
}

async function flushes(context: BenchContext, bench: StateBench, updates: number): Promise<void> {
  const { accounts, storage } = bench;
  await bench.reopen();
  const keys = bench.randomKeys(updates);
  const reference = `storage.write ${updates} values, durable, ${accounts}`;
  const operations = keys.map((key) => {
    return { type: "put", key: concatBytes(new Uint8Array([0xf0]), sha256Of(key)), value: concatBytes(key, accountValue(1)) } as const;
  });
  await context.measure(reference, () => storage.write(operations, { durable: true }), { unit: "ms" });
  const before = () => bench.extend(keys);
  await context.measure(`flush ${updates} updates over ${accounts}`, () => bench.flush(), { unit: "ms", reference, before });
}

const KEYS_PER_PROOF = 100;
const ENTRIES_PER_RANGE = 1_000;

async function proofs(context: BenchContext, bench: StateBench, count: number): Promise<void> {
  const { accounts } = bench;
  await bench.reopen();
  const view = bench.view();
  const { root } = view;
  const keys = bench.randomKeys(count);
  const single: Bytes[] = [];
  const make = async () => {
    single.length = 0;
    for (const key of keys) single.push(await view.prove(key));
  };
  // Once without measuring: what is measured is the proof, not the disk.
  await make();
  await context.measure(`make a proof, ${accounts}`, make, { unit: "ops/s", operations: count });
  const check = () => {
    for (const [i, key] of keys.entries()) if (verifyProof(root, key, single[i] as Bytes) === undefined) throw new Error("a key is absent");
  };
  await context.measure(`check a proof, ${accounts}`, check, { unit: "ops/s", operations: count });
  await multiProofs(context, view, keys.slice(0, KEYS_PER_PROOF), accounts);
  await rangeProofs(context, view, accounts);
}

async function multiProofs(context: BenchContext, view: StateView, keys: readonly Bytes[], accounts: number): Promise<void> {
  const { root } = view;
  const proof = await view.proveMany(keys);
  const operations = keys.length;
  const name = `multi-proof of ${operations} keys, ${accounts}`;
  await context.measure(`make a ${name}`, async () => void (await view.proveMany(keys)), { unit: "keys/s", operations });
  await context.measure(`check a ${name}`, () => void verifyMultiProof(root, keys, proof), { unit: "keys/s", operations });
  context.record(`size of a ${name}, a key`, [proof.length / operations], "bytes");
}

async function rangeProofs(context: BenchContext, view: StateView, accounts: number): Promise<void> {
  const { root } = view;
  const from = Hash.zero;
  const limits = { entries: Math.min(ENTRIES_PER_RANGE, accounts), bytes: 1_048_576 };
  const { proof, entries: operations } = await view.proveRange(from, limits);
  const name = `range proof of ${operations} entries, ${accounts}`;
  const last = new Uint8Array(32).fill(255);
  const unit = { unit: "entries/s", operations };
  await context.measure(`make a ${name}`, async () => void (await view.proveRange(from, limits)), unit);
  await context.measure(`check a ${name}`, () => void verifyRange(root, from, last, proof), unit);
  await context.measure(`check a ${name}, node:crypto`, () => void verifyRange(root, from, last, proof, { sha256 }), unit);
  context.record(`size of a ${name}, an entry`, [proof.length / operations], "bytes");
}

/** What has targets, which are for one size of state. */
function skipTargeted(context: BenchContext): void {
  const size = OVERLAY_ACCOUNTS;
  for (const name of [`read warm, ${size}`, ...flushTargets(size)]) context.skip(name, `measured with ${size} accounts`);
}

const suite: BenchSuite = {
  name: "state",
  description: "roots, reads, flushes and proofs of the authenticated state on LevelDB",
  async run(context) {
    const sizes = context.accounts === undefined ? [100_000, 1_000_000] : [context.accounts];
    for (const accounts of context.quick ? [1_000] : sizes) {
      const path = await context.directory();
      const directory: DataDirectory = { path, resolve: (name) => `${path}/${name}` };
      const storage = new LevelStorage(directory, new SystemClock(), UNMETERED, {
        cacheBytes: 64 * MIB,
        writeBufferBytes: 16 * MIB,
        maxOpenFiles: 256,
        compression: false,
      });
      await storage.start();
      try {
        const bench = new StateBench(storage, accounts, context.seed);
        await bench.fill();
        const updates = context.quick ? 100 : 10_000;
        await roots(context, bench, updates);
        if (accounts === OVERLAY_ACCOUNTS || context.quick) await overlays(context, bench, updates);
        else context.skip("overlay/native", `measured with ${OVERLAY_ACCOUNTS} accounts`);
        await reads(context, bench, updates);
        await deep(context, bench, context.quick ? 4 : 32, context.quick ? 20 : 2_001);
        await flushes(context, bench, updates);
        await proofs(context, bench, context.quick ? 20 : 1_000);
      } finally {
        await storage.stop();
      }
      await measureFlushes(context, BEST, accounts);
    }
    if (context.quick || !sizes.includes(OVERLAY_ACCOUNTS)) skipTargeted(context);
  },
};

export default suite;
