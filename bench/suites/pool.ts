/**
 * The worker pool: how much of two cores reaches the signatures. Each round measures, one after the other, one engine on one
 * thread, two independent processes side by side, and the compute service with two worker threads, by wall time; the pool is
 * held against the two processes of the same round, so that what the machine's cores can't give is nobody's fault.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { ComputeService } from "../../core/compute/index.js";
import { assert } from "../../core/kernel/assert.js";
import type { SignatureBatch } from "../../core/primitives/signature-batch.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { createEngine } from "../../native/index.js";
import { batchesOf, countValid, signMessages } from "../generator/signatures.js";
import { SILENT, UNMETERED } from "../quiet.js";
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
      done += countValid(await compute.verifySignatures(batch, { priority: "block" }));
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

async function run(context: BenchContext): Promise<void> {
  const plan = context.quick ? QUICK : FULL;
  if (availableParallelism() < SIDE_BY_SIDE) context.log("pool: fewer than two cores: scaling means nothing here");
  const batches = batchesOf(signMessages(context.seed, plan.count, plan.count), plan.batch);
  const engine = createEngine({ engine: "auto", keyCacheEntries: 0 });
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const compute = new ComputeService(
    { clock, scheduler, logger: SILENT, metrics: UNMETERED },
    { threads: SIDE_BY_SIDE, keyCacheEntries: 0 },
  );
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
    await compute.close();
    scheduler.close();
  }
  context.record("one thread", alone, UNIT);
  context.record("two processes", apart, UNIT, "one thread");
  context.record("two workers of the pool", pooled, UNIT, "two processes");
}

const suite: BenchSuite = {
  name: "pool",
  description: "signature batches through the worker pool on two cores, beside two independent processes",
  run,
};
export default suite;
