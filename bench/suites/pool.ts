/**
 * The worker pool: how much of two cores reaches the signatures, and what the sizes in core/compute/options.ts mean in time.
 *
 * Each round measures, one after the other, one engine on one
 * thread, two independent processes side by side, and the compute service with two worker threads, by wall time; the pool is
 * held against the two processes of the same round, so that what the machine's cores can't give is nobody's fault.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { ComputeService, type ComputeServiceOptions } from "../../core/compute/index.js";
import { PACED_DEFAULTS } from "../../core/compute/options.js";
import { assert } from "../../core/kernel/assert.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { EngineKind } from "../../core/ports/compute.js";
import type { SignatureBatch } from "../../core/primitives/signature-batch.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { createEngine } from "../../native/index.js";
import { lacking } from "../generator/engines.js";
import { batchesOf, batchOf, countValid, signMessages, spoiled } from "../generator/signatures.js";
import { median } from "../statistics.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const UNIT = "signatures/s";
const PROCESS_FILE = new URL(`../generator/verify.process${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
/** Threads and processes; the requirement is on two cores. */
const SIDE_BY_SIDE = 2;

interface Plan {
  readonly rounds: number;
  readonly runMs: number;
  readonly count: number;
  readonly batch: number;
}
const FULL: Plan = { rounds: 11, runMs: 500, count: 8192, batch: 1024 };
const QUICK: Plan = { rounds: 1, runMs: 5, count: 64, batch: 32 };

/** Calls `verify` with one batch after the other for a time. @returns signatures a second */
async function rateOf(plan: Plan, verify: () => number | Promise<number>): Promise<number> {
  const startMs = performance.now();
  let done = 0;
  while (performance.now() - startMs < plan.runMs) done += await verify();
  return (1000 * done) / (performance.now() - startMs);
}

/** Keeps several requests in the service all the time, as a node under load does. */
async function serviceRate(plan: Plan, compute: ComputeService, batches: readonly SignatureBatch[]): Promise<number> {
  const startMs = performance.now();
  let done = 0;
  let next = 0;
  const keepBusy = async () => {
    while (performance.now() - startMs < plan.runMs) {
      const batch = batches[next++ % batches.length] as SignatureBatch;
      // Awaited first: in `done += await …` the loops would read the sum before they wait, and overwrite one another's.
      const verdicts = await compute.verifySignatures(batch, { priority: "block" });
      done += countValid(verdicts);
    }
  };
  await Promise.all(Array.from({ length: 2 * SIDE_BY_SIDE }, keepBusy));
  return (1000 * done) / (performance.now() - startMs);
}

async function startProcesses(context: BenchContext, plan: Plan): Promise<ChildProcess[]> {
  const given = [String(context.seed), String(plan.count), String(plan.batch)];
  const processes = Array.from({ length: SIDE_BY_SIDE }, () => fork(PROCESS_FILE, given));
  await Promise.all(processes.map((child) => once(child, "message")));
  return processes;
}

async function processesRate(plan: Plan, processes: readonly ChildProcess[]): Promise<number> {
  const answers = processes.map(async (child) => {
    const answered = once(child, "message");
    child.send({ runMs: plan.runMs });
    return ((await answered)[0] as { signaturesPerSecond: number }).signaturesPerSecond;
  });
  return (await Promise.all(answers)).reduce((sum, rate) => sum + rate, 0);
}

/** Microseconds of CPU time that one call takes, of the whole process. */
async function cpuOf(rounds: number, call: () => unknown): Promise<number[]> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    let calls = 0;
    let spentUs = 0;
    // Long enough for a clock that ticks in microseconds, and for the threads of garbage collection to even out.
    while (calls === 0 || (rounds > 1 && spentUs < 10_000)) {
      await call();
      calls++;
      const { user, system } = process.cpuUsage(before);
      spentUs = user + system;
    }
    values.push(spentUs / calls);
  }
  return values;
}

/** What the default sizes cost: the most that runs on the calling thread, a worker's piece good and bad, a trip to a worker. */
async function sizes(context: BenchContext, kind: EngineKind): Promise<void> {
  const rounds = context.quick ? 1 : 7;
  const { inlineSignatures, inlineHashes, signaturesPerPiece } = PACED_DEFAULTS[kind];
  const engine = createEngine({ engine: kind, keyCacheEntries: 4096 });
  const items = signMessages(context.seed, context.quick ? 16 : signaturesPerPiece, 1024);
  const verify = (batch: SignatureBatch, valid: number) => () => {
    engine.clearKeyCache();
    const counted = engine.verify(batch, 0, batch.count, new Uint8Array((batch.count + 7) >> 3));
    assert(counted === valid, "the verdicts are right");
  };
  const record = async (name: string, call: () => unknown) => context.record(`${kind}/${name}`, await cpuOf(rounds, call), "us");
  const few = batchOf(items.slice(0, inlineSignatures));
  await record(`${inlineSignatures} signatures here`, verify(few, few.count));
  const piece = batchOf(items);
  await record(`a piece of ${signaturesPerPiece} signatures`, verify(piece, piece.count));
  await record(`a piece of ${signaturesPerPiece}, all refused`, verify(batchOf(items.map(spoiled)), 0));
  const leaves = new Uint8Array(32 * inlineHashes).fill(7);
  await record(`${inlineHashes} hashes here`, () => engine.subtreeRoot(leaves, 0, 20));
  const { compute, close } = serviceOf({ threads: 1, engine: kind, inlineSignatures: 0 });
  const one = batchOf(items.slice(0, 1));
  const trip = () => compute.verifySignatures(one, { priority: "block" });
  try {
    await trip();
    await record("one signature here", verify(one, 1));
    await record("one signature in a worker, both threads", trip);
  } finally {
    await close();
  }
}

function serviceOf(options: Partial<ComputeServiceOptions>): { readonly compute: ComputeService; readonly close: () => Promise<void> } {
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const compute = new ComputeService({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, options);
  const close = async () => {
    await compute.close();
    scheduler.close();
  };
  return { compute, close };
}

/** Engines that run here. */
function engines(context: BenchContext): EngineKind[] {
  return (["native", "wasm", "js"] as const).filter((kind) => {
    const reason = lacking({ engine: kind, keyCacheEntries: 0 });
    if (reason !== undefined) context.skip(`${kind}/…`, reason);
    return reason === undefined;
  });
}

async function run(context: BenchContext): Promise<void> {
  await scaling(context);
  for (const kind of engines(context)) await sizes(context, kind);
}

async function scaling(context: BenchContext): Promise<void> {
  const plan = context.quick ? QUICK : FULL;
  if (availableParallelism() < SIDE_BY_SIDE) context.log("pool: fewer than two cores: scaling means nothing here");
  const batches = batchesOf(signMessages(context.seed, plan.count, plan.count), plan.batch);
  const engine = createEngine({ engine: "auto", keyCacheEntries: 0 });
  const { compute, close } = serviceOf({ threads: SIDE_BY_SIDE, keyCacheEntries: 0 });
  const processes = await startProcesses(context, plan);
  const alone: number[] = [];
  const apart: number[] = [];
  const pooled: number[] = [];
  let next = 0;
  const verifyHere = () => {
    const batch = batches[next++ % batches.length] as SignatureBatch;
    const valid = engine.verify(batch, 0, batch.count, new Uint8Array((batch.count + 7) >> 3));
    assert(valid === batch.count, "all are valid");
    return valid;
  };
  try {
    await serviceRate(plan, compute, batches);
    for (let round = 0; round < plan.rounds; round++) {
      alone.push(await rateOf(plan, verifyHere));
      apart.push(await processesRate(plan, processes));
      pooled.push(await serviceRate(plan, compute, batches));
    }
  } finally {
    for (const child of processes) child.kill();
    await close();
  }
  context.record("one thread", alone, UNIT);
  context.record("two processes", apart, UNIT, "one thread");
  const gain = median(apart.map((rate, round) => rate / (alone[round] as number)));
  if (gain < 1.8 && !context.quick)
    context.log(`pool: two processes reach only ${gain.toFixed(2)} × one thread: the cores are shared or busy`);
  context.record("two workers of the pool", pooled, UNIT, "two processes");
}

const suite: BenchSuite = {
  name: "pool",
  description: "signature batches through the worker pool on two cores, beside two independent processes",
  run,
};
export default suite;
