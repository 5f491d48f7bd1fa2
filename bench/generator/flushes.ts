/** Starts flush.process.ts over a state of its own and reports what it measured: for the suite `state`. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import type { ComputeEngine } from "../../native/index.js";
import { LevelStorage } from "../../plugins/storage-level/level-storage.js";
import { UNMETERED } from "../quiet.js";
import { median } from "../statistics.js";
import type { BenchContext } from "../suite.js";
import { loadAccounts } from "./account-state.js";
import type { FlushFigures } from "./flush.process.js";

const MIB = 1024 * 1024;
const PROCESS_FILE = new URL(`./flush.process${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
/** Page cache, value cache and half as much for paths and undo, storage's cache and two write buffers; see flush.process.ts. */
const CONFIGURED_MIB = 512 + 64 + 32 + 32 + 2 * 8;

const ownMemoryCase = (accounts: number) => `memory beyond the caches, without mapped files, ${accounts}`;

/** The cases that have targets. */
export function flushTargets(accounts: number): readonly string[] {
  const names = ["flushed warm", "flushed cold", "time of warm flushes against plain writes", "main thread held, p99"];
  return [...names.map((name) => `${name}, ${accounts}`), ownMemoryCase(accounts)];
}

export async function measureFlushes(context: BenchContext, engine: ComputeEngine, accounts: number): Promise<void> {
  const path = await context.directory();
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const options = { cacheBytes: 32 * MIB, writeBufferBytes: 16 * MIB, maxOpenFiles: 512, compression: true };
  const storage = new LevelStorage({ path, resolve: (name) => `${path}/${name}` }, clock, UNMETERED, options, scheduler);
  await storage.start();
  const compute = {
    hashPairsSync: (input: Uint8Array, output: Uint8Array, tag: "plain" | "leaf" | "inner") =>
      engine.hashPairs(input, output, tag, 0, input.length / 64),
    hashPairs: async (input: Uint8Array, output: Uint8Array, tag: "plain" | "leaf" | "inner") =>
      engine.hashPairs(input, output, tag, 0, input.length / 64),
    trieWalk: () => engine.trieWalk?.(),
  };
  context.record(`bulk load of ${accounts}`, [await loadAccounts({ storage, compute, scheduler }, accounts)], "entries/s");
  await storage.compact();
  context.record(`disk, ${accounts}`, [(await storage.sizeBytes()) / MIB], "MiB");
  await storage.stop();
  const [updates, blocks] = context.quick ? [50, 2] : [10_000, 16];
  const child = fork(PROCESS_FILE, [path, accounts, updates, blocks].map(String));
  const [figures] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the process of the flushes ended with ${code}`))),
  ])) as [FlushFigures];
  await once(child, "exit");
  report(context, figures, accounts);
}

function report(context: BenchContext, figures: FlushFigures, accounts: number): void {
  const { plain, flushMs, heldMs, peakMemoryMiB, peakMemorySingleMiB, ownMemoryMiB } = figures;
  const reference = `plain classic-level, synced, ${accounts}`;
  context.record(reference, plain.updatesPerSecond, "updates/s");
  context.record(`flushed warm, ${accounts}`, figures.warm.updatesPerSecond, "updates/s", reference);
  const slower = median(plain.updatesPerSecond) / median(figures.warm.updatesPerSecond);
  context.record(`time of warm flushes against plain writes, ${accounts}`, [slower], "ratio");
  context.record(`flushed cold, ${accounts}`, figures.cold.updatesPerSecond, "updates/s");
  context.record(`flushed warm, 8 blocks together, ${accounts}`, figures.coalesced.updatesPerSecond, "updates/s");
  for (const name of ["plain", "warm", "cold", "coalesced"] as const)
    context.record(`processor time, ${name}, ${accounts}`, [figures[name].cpuUs], "us");
  for (const name of ["warm", "coalesced"] as const)
    context.record(`written an update, ${name}, ${accounts}`, [figures[name].bytes], "bytes");
  context.record(`flush alone, warm, ${accounts}`, flushMs, "ms");
  context.record(`main thread held, p99, ${accounts}`, [heldMs], "ms");
  if (ownMemoryMiB === undefined) context.skip(ownMemoryCase(accounts), "read from /proc, which is Linux's");
  else context.record(ownMemoryCase(accounts), [Math.max(0, ownMemoryMiB - CONFIGURED_MIB)], "MiB");
  context.record(`peak memory beyond the caches, ${accounts}`, [Math.max(0, peakMemorySingleMiB - CONFIGURED_MIB)], "MiB");
  context.record(`the same with overlays of 8 blocks, ${accounts}`, [Math.max(0, peakMemoryMiB - CONFIGURED_MIB)], "MiB");
}
