/**
 * A mining thread: takes the newest job, searches it in short slices, and sleeps between them for its share of the core.
 *
 * It measures time with `performance.now`, which core forbids elsewhere: only to divide busy from idle time on its own
 * thread, where no simulation runs and nothing that it measures reaches a block.
 */
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Searcher, SearchFactory, SearchSlice } from "../ports/work-source.js";
import {
  attemptCounter,
  controlWords,
  GENERATION,
  type JobMessage,
  type MinerWorkerData,
  type ResultMessage,
  STOPPING,
  tallyCounters,
} from "./miner-protocol.js";

const { port, control, lane, cpuShare, sliceMs } = workerData as MinerWorkerData;
const words = controlWords(control);
const counter = attemptCounter(control);
const tallies = tallyCounters(control);
const monotonicMs = (): number => performance.now();
/** Attempts of the first slice of a job; from then on the slices fit `sliceMs`. */
const FIRST_ATTEMPTS = 256;

let newest: JobMessage | undefined;

/** The job that is current right now, if it has arrived and has not been worked on yet. */
function takeJob(generation: number): JobMessage | undefined {
  for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port)) {
    newest = received.message as JobMessage;
  }
  if (newest?.generation !== generation) return undefined;
  const job = newest;
  newest = undefined;
  return job;
}

/** Attempts for the next slice, so that it takes about `sliceMs`; grows at most fourfold at a time. */
function nextAttempts(attempts: number, busyMs: number): number {
  if (busyMs <= 0) return attempts * 4;
  const fitting = Math.floor((attempts * sliceMs) / busyMs);
  return Math.max(1, Math.min(fitting, attempts * 4, 2 ** 30));
}

function count(slice: SearchSlice): void {
  Atomics.add(counter, 0, BigInt(slice.attempts));
  slice.tallies?.forEach((tally, kind) => {
    if (tally > 0 && kind < tallies.length) Atomics.add(tallies, kind, BigInt(tally));
  });
}

async function searchJob(job: JobMessage): Promise<ResultMessage | undefined> {
  const cancelled = (): boolean => Atomics.load(words, GENERATION) !== job.generation;
  const { default: factory } = (await import(job.module)) as { default: SearchFactory };
  const searcher: Searcher = await factory(job.input, { index: lane, count: job.lanes, monotonicMs });
  let attempts = FIRST_ATTEMPTS;
  while (!cancelled()) {
    const startedMs = performance.now();
    const step = searcher.search(attempts, cancelled);
    const slice: SearchSlice = step instanceof Promise ? await step : step;
    const busyMs = performance.now() - startedMs;
    count(slice);
    if (slice.found !== undefined) return { generation: job.generation, found: slice.found };
    attempts = nextAttempts(attempts, busyMs);
    // Sleeping on the generation word: a new job ends the pause at once.
    if (cpuShare < 1) Atomics.wait(words, GENERATION, job.generation, busyMs / cpuShare - busyMs);
  }
  return undefined;
}

async function serve(): Promise<void> {
  while (Atomics.load(words, STOPPING) === 0) {
    const generation = Atomics.load(words, GENERATION);
    const job = takeJob(generation);
    if (job === undefined) {
      Atomics.wait(words, GENERATION, generation);
      continue;
    }
    let result: ResultMessage | undefined;
    try {
      result = await searchJob(job);
    } catch (thrown) {
      result = { generation, failure: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    if (result !== undefined) port.postMessage(result);
  }
  port.close();
}

await serve();
