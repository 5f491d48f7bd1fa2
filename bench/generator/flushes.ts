/** Starts flush.process.ts over a state of its own and reports what it measured: for the suite `state`. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { UNMETERED } from "../../core/kernel/quiet.js";
import { NODE_ENVIRONMENT, NODE_FLAGS } from "../../core/node/process-settings.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import type { ComputeEngine } from "../../native/index.js";
import { LevelStorage } from "../../plugins/storage-level/level-storage.js";
import { median } from "../statistics.js";
import type { BenchContext } from "../suite.js";
import { cachesOf, loadAccounts, STORAGE_MEMORY } from "./account-state.js";
import type { FlushFigures } from "./flush.process.js";

const MIB = 1024 * 1024;
const PROCESS_FILE = new URL(`./flush.process${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
/** The part of the state that the small caches have room for. */
const CACHED_PART = 4;
/** Page cache, value cache and half as much for paths and undo, storage's cache and two write buffers; see flush.process.ts. */
function configuredMib(accounts: number): number {
  const { pageCacheBytes, valueCacheBytes } = cachesOf(accounts);
  const { cacheBytes, writeBufferBytes } = STORAGE_MEMORY;
  return (pageCacheBytes + 1.5 * valueCacheBytes + cacheBytes + 2 * writeBufferBytes) / MIB;
}

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
  // Each in a process of its own, as a node is opened once: caches of starts before would be measured, too, until they are collected.
  const starts = await flushes(context, path, accounts, { cached: accounts, blocks: 0, coldStarts: 4 });
  const [blocks, coldStarts] = [16, 0];
  report(context, { ...(await flushes(context, path, accounts, { cached: accounts, blocks, coldStarts })), cold: starts.cold }, accounts);
  reportSmall(context, await flushes(context, path, accounts, { cached: accounts / CACHED_PART, blocks, coldStarts }), accounts);
}

/** @param cached how many accounts the caches have room for @param coldStarts with empty caches, four blocks after each */
async function flushes(
  context: BenchContext,
  path: string,
  accounts: number,
  { cached, blocks, coldStarts }: { readonly cached: number; readonly blocks: number; readonly coldStarts: number },
): Promise<FlushFigures> {
  const few = (count: number, most: number) => (context.quick ? Math.min(most, count) : count);
  const parameters = [path, accounts, context.quick ? 50 : 10_000, few(blocks, 2), cached, few(coldStarts, 1)].map(String);
  // As a node's own process.
  const execArgv = [...process.execArgv, ...NODE_FLAGS];
  const child = fork(PROCESS_FILE, parameters, { execArgv, env: { ...NODE_ENVIRONMENT, ...process.env } });
  const [figures] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the process of the flushes ended with ${code}`))),
  ])) as [FlushFigures];
  await once(child, "exit");
  return figures;
}

/** With caches that are full all the time: what a node takes whose state is larger than its memory. */
function reportSmall(context: BenchContext, figures: FlushFigures, accounts: number): void {
  const { warm, peakMemoryMiB, peakMemorySingleMiB, ownMemoryMiB } = figures;
  const configuredMiB = configuredMib(accounts / CACHED_PART);
  context.record(`flushed with caches for a quarter, ${accounts}`, warm.updatesPerSecond, "updates/s");
  if (ownMemoryMiB === undefined) context.skip(ownMemoryCase(accounts), "read from /proc, which is Linux's");
  else context.record(ownMemoryCase(accounts), [Math.max(0, ownMemoryMiB - configuredMiB)], "MiB");
  context.record(`peak memory beyond the caches, ${accounts}`, [Math.max(0, peakMemorySingleMiB - configuredMiB)], "MiB");
  context.record(`the same with overlays of 8 blocks, ${accounts}`, [Math.max(0, peakMemoryMiB - configuredMiB)], "MiB");
}

function report(context: BenchContext, figures: FlushFigures, accounts: number): void {
  const { plain, flushMs, heldMs } = figures;
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
}
