/**
 * Blocks of random updates over a state on disk, in a process of their own, so that its memory and its hold of the main thread are
 * those of the state: `flush.process.js FOLDER ACCOUNTS UPDATES BLOCKS CACHED_ACCOUNTS COLD_STARTS`, either of blocks and cold starts may be 0. Answers one message, `FlushFigures`.
 *
 * Each block is prefetched, executed (one write a key), rooted, adopted and flushed. Cold: a storage and a state store that were
 * opened just now. Warm: after all accounts were read, as far as the caches hold them. Between the blocks, the same values are
 * written with classic-level alone, synced: what the port's promise costs at least.
 */
import { readFileSync } from "node:fs";
import { ClassicLevel } from "classic-level";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { Counter, Metrics } from "../../core/ports/runtime.js";
import { type Bytes, concatBytes } from "../../core/primitives/bytes.js";
import { Hash, sha256Of } from "../../core/primitives/hash.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { StateStore } from "../../core/state/index.js";
import { createEngine } from "../../native/index.js";
import { LevelStorage } from "../../plugins/storage-level/level-storage.js";
import { accountKey, accountValue, cachesOf, STORAGE_MEMORY } from "./account-state.js";
import { HeldWatch } from "./held-watch.js";

const COALESCED_BLOCKS = 8;
/** After each start with empty caches: their keys are new to them but for chance. */
const COLD_BLOCKS = 4;

/** Updates a second, wall time, one figure a flush; processor time of the whole process, microseconds an update. */
interface Series {
  readonly updatesPerSecond: number[];
  cpuUs: number;
  bytes: number;
}

export interface FlushFigures {
  readonly cold: Series;
  readonly warm: Series;
  readonly coalesced: Series;
  readonly plain: Series;
  /** Milliseconds of each warm flush alone. */
  readonly flushMs: number[];
  /** 99th percentile of how long the main thread was held in one piece, warm and coalesced, milliseconds. */
  readonly heldMs: number;
  readonly peakMemoryMiB: number;
  /** What of the memory at the end of the warm blocks belongs to the process alone: without tables that are mapped, and its own code. Linux only. */
  readonly ownMemoryMiB: number | undefined;
  /** Before blocks were flushed together: without the overlays that wait for that. */
  readonly peakMemorySingleMiB: number;
}

const newSeries = (): Series => ({ updatesPerSecond: [], cpuUs: 0, bytes: 0 });
const [folder = "", ...numbers] = process.argv.slice(2);
const [accounts = 0, updates = 0, blocks = 0, cached = 0, coldStarts = 0] = numbers.map(Number);
const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);
const engine = createEngine({ engine: "auto", keyCacheEntries: 16 });
const compute = {
  hashPairsSync: (input: Bytes, output: Bytes, tag: "plain" | "leaf" | "inner") =>
    engine.hashPairs(input, output, tag, 0, input.length / 64),
  hashPairs: async (input: Bytes, output: Bytes, tag: "plain" | "leaf" | "inner") =>
    engine.hashPairs(input, output, tag, 0, input.length / 64),
  hashMessagesSync: engine.hashMessages?.bind(engine),
  trieWalk: () => engine.trieWalk?.(),
};

let writtenBytes = 0;
const counting: Metrics = {
  ...UNMETERED,
  counter: ({ name }): Counter => ({
    increment: (by = 1) => {
      if (name === "storage_written_bytes_total") writtenBytes += by;
    },
  }),
};

let state = 0x9e3779b9;
function below(limit: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}
const randomKeys = () => Array.from({ length: updates }, () => accountKey(below(accounts)));

class Bench {
  storage: LevelStorage | undefined;
  store: StateStore | undefined;
  #head: Hash = Hash.zero;
  #height = 0;

  async reopen(): Promise<StateStore> {
    await this.storage?.stop();
    const options = { ...STORAGE_MEMORY, maxOpenFiles: 512, compression: true };
    const directory = { path: folder, resolve: (name: string) => `${folder}/${name}` };
    const storage = new LevelStorage(directory, clock, counting, options, scheduler);
    await storage.start();
    const store = new StateStore(
      { storage, compute, scheduler, logger: SILENT, metrics: UNMETERED },
      { ...cachesOf(cached), undoBlocks: 4 },
    );
    const flushed = await store.open();
    if (flushed === undefined) throw new Error(`${folder} has no state`);
    this.storage = storage;
    this.store = store;
    this.#head = flushed.blockId;
    this.#height = flushed.height;
    return store;
  }

  /** Reads each account once. */
  async readAll(): Promise<void> {
    const view = this.store?.view(this.#head);
    for (let from = 0; from < accounts; from += updates)
      await view?.prefetch(Array.from({ length: Math.min(updates, accounts - from) }, (_, i) => accountKey(from + i)));
  }

  /** `count` blocks and one flush, into `series`. Answers the time of the flush. */
  async run(count: number, series: Series, held?: HeldWatch): Promise<number> {
    const store = this.store ?? (await this.reopen());
    const keys: Bytes[][] = [];
    for (let i = 0; i < count; i++) {
      keys.push(randomKeys());
      await scheduler.yield();
    }
    held?.begin();
    const bytesBefore = writtenBytes;
    const cpuBefore = process.cpuUsage();
    const startMs = performance.now();
    for (const block of keys) {
      await store.view(this.#head)?.prefetch(block);
      const writer = store.writer(this.#head);
      // In slices, as a chain executes.
      const slicer = scheduler.slicer();
      for (const key of block) {
        writer.set(key, accountValue(below(0x7fffffff)));
        if (slicer.due()) await slicer.pause();
      }
      const overlay = await store.finish(writer);
      const id = Hash.from(sha256Of(new Uint8Array(new Float64Array([++this.#height]).buffer)));
      store.adopt(id, this.#height, this.#head, overlay);
      this.#head = id;
    }
    const flushFromMs = performance.now();
    await store.flush(this.#head);
    const endMs = performance.now();
    held?.end();
    note(series, count * updates, endMs - startMs, cpuBefore);
    series.bytes += writtenBytes - bytesBefore;
    return endMs - flushFromMs;
  }
}

function note(series: Series, done: number, ms: number, cpuBefore: NodeJS.CpuUsage): void {
  const used = process.cpuUsage(cpuBefore);
  series.updatesPerSecond.push((done * 1000) / ms);
  series.cpuUs += (used.user + used.system) / done;
}

function mean(series: Series, done: number): Series {
  return { ...series, cpuUs: series.cpuUs / series.updatesPerSecond.length, bytes: series.bytes / done };
}

/** Memory that no file stands behind: LevelDB maps its tables, and the system takes such pages back whenever it wants. */
function anonymousMiB(): number | undefined {
  try {
    const kib = /^RssAnon:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}

async function run(): Promise<FlushFigures> {
  const bench = new Bench();
  await bench.reopen();
  // Once for the compiler.
  await bench.run(1, newSeries());
  const cold = newSeries();
  const coldRuns = coldStarts * COLD_BLOCKS;
  for (let i = 0; i < coldRuns; i++) {
    if (i % COLD_BLOCKS === 0) await bench.reopen();
    await bench.run(1, cold);
  }
  if (blocks > 0) await bench.readAll();
  const raw = new ClassicLevel<Uint8Array, Uint8Array>(`${folder}/plain`, { keyEncoding: "view", valueEncoding: "view" });
  await raw.open();
  const [warm, coalesced, plain] = [newSeries(), newSeries(), newSeries()];
  const flushMs: number[] = [];
  const held = new HeldWatch();
  for (let i = 0; i < blocks; i++) {
    flushMs.push(await bench.run(1, warm, held));
    const batch = randomKeys().map((key) => ({ type: "put" as const, key: sha256Of(key), value: concatBytes(key, accountValue(1)) }));
    const cpuBefore = process.cpuUsage();
    const startMs = performance.now();
    await raw.batch(batch, { sync: true });
    note(plain, updates, performance.now() - startMs, cpuBefore);
  }
  const peakMemorySingleMiB = process.resourceUsage().maxRSS / 1024;
  const ownMemoryMiB = anonymousMiB();
  const flushesTogether = Math.ceil(blocks / COALESCED_BLOCKS);
  for (let i = 0; i < flushesTogether; i++) await bench.run(COALESCED_BLOCKS, coalesced, held);
  held.close();
  await raw.close();
  await bench.storage?.stop();
  return {
    cold: mean(cold, coldRuns * updates),
    warm: mean(warm, blocks * updates),
    coalesced: mean(coalesced, flushesTogether * COALESCED_BLOCKS * updates),
    plain: mean(plain, blocks * updates),
    flushMs,
    heldMs: held.percentile(99),
    peakMemorySingleMiB,
    ownMemoryMiB,
    peakMemoryMiB: process.resourceUsage().maxRSS / 1024,
  };
}

process.send?.(await run());
process.disconnect?.();
