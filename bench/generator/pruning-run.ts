/**
 * One mode of pruning over a whole chain: import, memory and disk on the way, pruning and compaction, a fresh database to compare with.
 *
 * The node has begun, as one that syncs has: its mempool follows each head. All that is in this process beside it is the row of blocks
 * under way; the chain comes from a file, and the keys that signed it stay with whoever made it.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ComputeService } from "../../core/compute/index.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { StorageOperation } from "../../core/ports/storage.js";
import type { PruningMode } from "../../core/ports/views.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { readBlockFile, readBlockFilePlan } from "./block-file.js";
import { storageOf } from "./fresh-nodes.js";
import { ChainNode } from "./index.js";

export interface PruningRun {
  readonly mode: PruningMode;
  readonly keepBlocks: number;
  /** How many the chain has. */
  readonly blocks: number;
  /** As `writeBlockFile` left them. */
  readonly blockFile: string;
  /** Empty folder. */
  readonly folder: string;
  /** Heights at which memory and disk are looked at, ascending. */
  readonly samples: readonly number[];
  readonly engine: "auto" | "native";
}

interface MemorySample {
  /** Of the whole process: LevelDB's cache, buffers and mapped files, and what the allocator keeps for later. */
  readonly rssMiB: number;
  /** The highest it has been. */
  readonly peakMiB: number;
  /** Of it: objects, garbage included, and their byte arrays. */
  readonly heapMiB: number;
  readonly buffersMiB: number;
}

export type PruningLine =
  | (MemorySample & {
      readonly type: "sample";
      readonly height: number;
      readonly diskMiB: number;
      /** Of the blocks up to here, `PACE_BLOCKS` at most. */
      readonly blocksPerSecond: number;
      readonly cpuMsPerBlock: number;
    })
  | {
      readonly type: "done";
      readonly seconds: number;
      readonly blocksPerSecond: number;
      readonly pruneSeconds: number;
      /** Of the files when the node has stopped: after pruning and its own compaction; after the same of all; of a fresh database. */
      readonly diskMiB: number;
      readonly compactMiB: number;
      readonly freshMiB: number;
      readonly bodiesFrom: number;
      readonly statesFrom: number;
    };

/** As many blocks as a sync has under way. */
const AT_ONCE = 32;
const COPIED_TOGETHER = 1_000;
const MIB = 2 ** 20;
/** As many before a sample show what a block takes there. */
const PACE_BLOCKS = 1_000;

/** Imports the chain, calls back with figures. */
export async function runPruning(run: PruningRun, tell: (line: PruningLine) => void): Promise<void> {
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const compute = new ComputeService({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, { threads: 1, engine: run.engine });
  const path = join(run.folder, "node");
  const storage = storageOf("level", path);
  await storage.start();
  const plan = await readBlockFilePlan(run.blockFile);
  const node = new ChainNode({ plan, storage, compute, chain: { pruning: run.mode, keepBlocks: run.keepBlocks } });
  await node.start();
  const beganMs = performance.now();
  const seconds = () => (performance.now() - beganMs) / 1_000;
  const paces = new Map(run.samples.map((height) => [Math.max(0, height - PACE_BLOCKS), height]));
  const samples = new Set(run.samples);
  const window: Promise<void>[] = [];
  let pace = new Pace(0);
  for await (const block of readBlockFile(run.blockFile)) {
    window.push(
      node.chain.import(block).then((verdict) => {
        if (verdict.status !== "imported" || !verdict.canonical) throw new Error(`not imported: ${JSON.stringify(verdict)}`);
      }),
    );
    const { height } = block.header;
    if (window.length >= AT_ONCE || samples.has(height) || paces.has(height)) await Promise.all(window.splice(0));
    if (samples.has(height)) tell({ type: "sample", height, ...pace.at(height), ...memory(), diskMiB: await diskMiB(path) });
    if (paces.has(height)) pace = new Pace(height);
  }
  await Promise.all(window);
  const importSeconds = seconds();
  await node.chain.prune();
  const pruneSeconds = seconds() - importSeconds;
  const { bodiesFrom, statesFrom } = node.view.status();
  await node.stop();
  await storage.stop();
  await compute.close();
  const pruned = await diskMiB(path);
  const { compactMiB, freshMiB } = await compare(path, join(run.folder, "fresh"));
  tell({
    type: "done",
    seconds: importSeconds,
    blocksPerSecond: run.blocks / importSeconds,
    pruneSeconds,
    diskMiB: pruned,
    compactMiB,
    freshMiB,
    bodiesFrom,
    statesFrom,
  });
}

/** What blocks above a height take, until the next look. */
class Pace {
  readonly #height: number;
  readonly #beganMs = performance.now();
  readonly #cpu = process.cpuUsage();

  constructor(height: number) {
    this.#height = height;
  }

  at(height: number): { readonly blocksPerSecond: number; readonly cpuMsPerBlock: number } {
    const blocks = height - this.#height;
    const { user, system } = process.cpuUsage(this.#cpu);
    return { blocksPerSecond: (blocks * 1_000) / (performance.now() - this.#beganMs), cpuMsPerBlock: (user + system) / 1_000 / blocks };
  }
}

function memory(): MemorySample {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return {
    rssMiB: rss / MIB,
    peakMiB: process.resourceUsage().maxRSS / 1_024,
    heapMiB: heapUsed / MIB,
    buffersMiB: arrayBuffers / MIB,
  };
}

/** Size of a database after a full compaction, and of one that was only ever given the same entries. */
async function compare(path: string, freshPath: string): Promise<{ compactMiB: number; freshMiB: number }> {
  const old = storageOf("level", path);
  const fresh = storageOf("level", freshPath);
  await old.start();
  await fresh.start();
  await old.compact();
  let operations: StorageOperation[] = [];
  for await (const [key, value] of old.range({})) {
    operations.push({ type: "put", key: new Uint8Array(key), value: new Uint8Array(value) });
    if (operations.length < COPIED_TOGETHER) continue;
    await fresh.write(operations, { durable: false });
    operations = [];
  }
  await fresh.write(operations, { durable: true });
  await fresh.compact();
  await old.stop();
  await fresh.stop();
  return { compactMiB: await diskMiB(path), freshMiB: await diskMiB(freshPath) };
}

/** Bytes of all files in a folder and below. Files may go while it looks. */
async function diskMiB(path: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(path, { recursive: true })) {
    const facts = await stat(join(path, entry)).catch(() => undefined);
    if (facts?.isFile() === true) bytes += facts.size;
  }
  return bytes / MIB;
}
