/**
 * A miner on threads of its own: never on the main thread, never in a compute worker, so that mining neither delays
 * the node nor competes with verification for a queue.
 *
 * It knows nothing of hashing. The engine names a module whose default export makes a searcher (see `WorkSource`); the
 * threads load it and call it in slices of a few milliseconds. A new job or a cancellation takes effect within a slice,
 * and what an older job still finds is not accepted.
 */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { assert } from "../kernel/assert.js";
import { messageOf } from "../kernel/errors.js";
import type { Json } from "../ports/ledger.js";
import type { Clock, Scheduler } from "../ports/runtime.js";
import { type SearchJob, TALLIES_MAX, type WorkSource } from "../ports/work-source.js";
import type { Bytes } from "../primitives/bytes.js";
import { MinerStoppedError, SearchFailedError, WorkerDiedError } from "./errors.js";
import {
  attemptCounter,
  CONTROL_BYTES,
  controlWords,
  GENERATION,
  type JobMessage,
  type MinerWorkerData,
  type ResultMessage,
  STOPPING,
  tallyCounters,
} from "./miner-protocol.js";

export interface MinerDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

export interface MinerOptions {
  /** Mining threads, 1 … 64. Default 1. */
  readonly threads?: number;
  /** Share of a core that each thread may use, 0.001 … 1. Default 1. */
  readonly cpuShare?: number;
  /** How long a thread searches before it looks for a new job, ms, 1 … 50. Default 4. */
  readonly sliceMs?: number;
  /** How long `stop` waits for threads to end by themselves before it ends them, ms. Default 50. */
  readonly stopTimeoutMs?: number;
}

/** The URL of a module beside `importer`, as source under a TypeScript loader and compiled in a build. */
export function siblingModule(name: string, importer: string): URL {
  return new URL(`./${name}${importer.endsWith(".ts") ? ".ts" : ".js"}`, importer);
}

/** Mining threads at most. */
export const MINER_THREADS_MAX = 64;

/** How long attempts are counted for one figure of `attemptsPerSecond`, ms. */
const RATE_PERIOD_MS = 500;

interface Lane {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly words: Int32Array;
  readonly counter: BigInt64Array;
  readonly tallies: BigInt64Array;
  readonly ended: Promise<void>;
}

interface Search {
  readonly generation: number;
  readonly module: string;
  readonly resolve: (found: Bytes | undefined) => void;
  readonly reject: (error: Error) => void;
}

export class Miner implements WorkSource {
  readonly #dependencies: MinerDependencies;
  readonly #options: Required<MinerOptions>;
  #threads: number;
  readonly #lanes = new Map<number, Lane>();
  /** Threads that were let go. */
  readonly #ending = new Set<Promise<void>>();
  #search: Search | undefined;
  #generation = 0;
  #stopping: Promise<void> | undefined;
  /** Attempts of threads that are gone, and their tallies. */
  #pastAttempts = 0n;
  readonly #pastTallies: number[] = new Array<number>(TALLIES_MAX).fill(0);
  #sampled = { attempts: 0n, atMs: 0 };
  #rate = 0;

  constructor(dependencies: MinerDependencies, options: MinerOptions = {}) {
    this.#dependencies = dependencies;
    this.#options = { threads: 1, cpuShare: 1, sliceMs: 4, stopTimeoutMs: 50, ...options };
    this.#threads = threadCount(this.#options.threads);
    assert(this.#options.cpuShare >= 0.001 && this.#options.cpuShare <= 1, "a share of a core is within 0.001 and 1");
  }

  search(job: SearchJob): Promise<Bytes | undefined> {
    if (this.#stopping !== undefined) return Promise.reject(new MinerStoppedError({}));
    this.#settle((search) => search.resolve(undefined));
    const generation = this.#nextGeneration();
    return new Promise((resolve, reject) => {
      this.#search = { generation, module: job.module.href, resolve, reject };
      this.#beginSample();
      const lanes = this.#threads;
      const message: JobMessage = { generation, module: job.module.href, input: job.input, lanes };
      for (let lane = 0; lane < lanes; lane++) {
        const { port, words } = this.#lanes.get(lane) ?? this.#spawn(lane);
        // The message first: once the thread sees the new number, its job is there.
        port.postMessage(message);
        announce(words, generation);
      }
    });
  }

  cancel(): void {
    if (this.#search === undefined) return;
    this.#halt();
    this.#settle((search) => search.resolve(undefined));
  }

  get attemptsPerSecond(): number {
    const nowMs = this.#dependencies.clock.monotonicMs();
    const elapsedMs = nowMs - this.#sampled.atMs;
    if (elapsedMs >= RATE_PERIOD_MS) {
      const attempts = this.#attempts();
      this.#rate = Math.round((Number(attempts - this.#sampled.attempts) * 1_000) / elapsedMs);
      this.#sampled = { attempts, atMs: nowMs };
    }
    return this.#rate;
  }

  get tallies(): readonly number[] {
    const sums = [...this.#pastTallies];
    for (const { tallies } of this.#lanes.values()) addTallies(sums, tallies);
    return sums;
  }

  get threads(): number {
    return this.#threads;
  }

  /**
   * So many threads search from the next job on, 1 … 64; the search under way is given up. Those that are too many end in the background.
   */
  setThreads(count: number): void {
    this.#threads = threadCount(count);
    this.cancel();
    const surplus = [...this.#lanes].filter(([index]) => index >= count);
    // Out of the map at once: a later search for more threads starts new ones in their place.
    for (const [index, lane] of surplus) {
      this.#lanes.delete(index);
      this.#keepCounts(lane);
    }
    const lanes = surplus.map(([, lane]) => lane);
    const ending = this.#endLanes(lanes).then(() => {
      this.#ending.delete(ending);
    });
    this.#ending.add(ending);
  }

  status(): Json {
    const { cpuShare } = this.#options;
    return {
      kind: "threads",
      threads: this.#threads,
      cpuShare,
      searching: this.#search !== undefined,
      attemptsPerSecond: this.attemptsPerSecond,
    };
  }

  /** Ends all threads; pending searches settle with `undefined`. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#settle((search) => search.resolve(undefined));
    await Promise.all([this.#endLanes([...this.#lanes.values()]), ...this.#ending]);
  }

  async #endLanes(lanes: readonly Lane[]): Promise<void> {
    if (lanes.length === 0) return;
    const generation = this.#nextGeneration();
    for (const { words } of lanes) {
      Atomics.store(words, STOPPING, 1);
      announce(words, generation);
    }
    // A thread in the middle of a long attempt does not look: it is ended from outside.
    const timeout = this.#dependencies.scheduler.after(this.#options.stopTimeoutMs, () => {
      for (const { worker } of lanes) void worker.terminate();
    });
    await Promise.all(lanes.map((lane) => lane.ended));
    timeout.cancel();
  }

  #spawn(index: number): Lane {
    const { cpuShare, sliceMs } = this.#options;
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    const { port1: port, port2 } = new MessageChannel();
    const workerData: MinerWorkerData = { port: port2, control, lane: index, cpuShare, sliceMs };
    const worker = new Worker(siblingModule("miner.worker", import.meta.url), {
      name: `miner-${index}`,
      workerData,
      transferList: [port2],
      // Loaders and inspectors of the main thread are no business of a miner; TypeScript sources need theirs.
      ...(import.meta.url.endsWith(".ts") ? {} : { execArgv: [] }),
    });
    let reason = "it ended by itself";
    const ended = new Promise<void>((resolve) => {
      worker.on("error", (error) => {
        reason = messageOf(error);
      });
      worker.once("exit", () => {
        port.close();
        this.#ended(index, lane, reason);
        resolve();
      });
    });
    const lane: Lane = {
      worker,
      port,
      words: controlWords(control),
      counter: attemptCounter(control),
      tallies: tallyCounters(control),
      ended,
    };
    port.on("message", (message: ResultMessage) => this.#take(message));
    this.#lanes.set(index, lane);
    return lane;
  }

  #take(message: ResultMessage): void {
    if (message.generation !== this.#search?.generation) return;
    this.#halt();
    this.#settle((search) => {
      if ("found" in message) search.resolve(message.found);
      else search.reject(new SearchFailedError({ module: search.module, reason: message.failure }));
    });
  }

  #ended(index: number, lane: Lane, reason: string): void {
    // One that was let go, whose place another may have taken.
    if (this.#lanes.get(index) !== lane) return;
    this.#keepCounts(lane);
    this.#lanes.delete(index);
    if (this.#stopping !== undefined || this.#search === undefined) return;
    this.#halt();
    this.#settle((search) => search.reject(new WorkerDiedError({ lane: index, reason })));
  }

  #keepCounts({ counter, tallies }: Lane): void {
    this.#pastAttempts += Atomics.load(counter, 0);
    addTallies(this.#pastTallies, tallies);
  }

  /** Makes every thread give up what it searches. */
  #halt(): void {
    const generation = this.#nextGeneration();
    for (const { words } of this.#lanes.values()) announce(words, generation);
  }

  #settle(how: (search: Search) => void): void {
    const search = this.#search;
    this.#search = undefined;
    if (search !== undefined) how(search);
  }

  #nextGeneration(): number {
    this.#generation = (this.#generation + 1) | 0;
    return this.#generation;
  }

  #attempts(): bigint {
    let attempts = this.#pastAttempts;
    for (const { counter } of this.#lanes.values()) attempts += Atomics.load(counter, 0);
    return attempts;
  }

  /** The first search starts the first period of measurement. */
  #beginSample(): void {
    if (this.#sampled.atMs === 0) this.#sampled = { attempts: this.#attempts(), atMs: this.#dependencies.clock.monotonicMs() };
  }
}

function threadCount(count: number): number {
  assert(Number.isInteger(count) && count >= 1 && count <= MINER_THREADS_MAX, `1 to ${MINER_THREADS_MAX} threads`);
  return count;
}

function addTallies(sums: number[], tallies: BigInt64Array): void {
  for (let kind = 0; kind < TALLIES_MAX; kind++) sums[kind] = (sums[kind] ?? 0) + Number(Atomics.load(tallies, kind));
}

function announce(words: Int32Array, generation: number): void {
  Atomics.store(words, GENERATION, generation);
  Atomics.notify(words, GENERATION);
}
