/**
 * The worker threads, with our own queue in front of them.
 *
 * A thread holds the piece that it is at and, while there is work for blocks or the mempool, the next one: without that it
 * would idle from each answer until this thread has its next turn. All else waits here, so the order of urgency is ours.
 * The pool starts with the first request and ends after a time without work, so that a quiet node pays no memory for it.
 */
import type { Piscina } from "piscina";
import { messageOf } from "../kernel/errors.js";
import type { Cancellable, Logger, Scheduler } from "../ports/runtime.js";
import { ComputeTaskFailedError, ComputeWorkerDiedError } from "./errors.js";
import type { JobResult, JobRunner, WorkerSetup } from "./job.js";
import type { ComputeMetrics } from "./metrics.js";
import { type AnyRequest, RequestQueue } from "./request-queue.js";

export interface WorkerPoolOptions {
  readonly threads: number;
  readonly workerHeapMb: number;
  readonly idleTimeoutMs: number;
  readonly setup: WorkerSetup;
}

export interface WorkerPoolDependencies {
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: ComputeMetrics;
  readonly runner: JobRunner;
}

type LoadBalancer = NonNullable<NonNullable<ConstructorParameters<typeof Piscina>[0]>["loadBalancer"]>;

/** The piece at work and the one after it. More would let urgent work wait longer, and gains nothing. */
const PIECES_PER_THREAD = 2;

const WORKER_FILE = new URL(`./compute.worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

export class WorkerPool {
  readonly #queue = new RequestQueue();
  readonly #dependencies: WorkerPoolDependencies;
  readonly #options: WorkerPoolOptions;
  #piscina: Promise<Piscina> | undefined;
  #live: Piscina | undefined;
  /** Pieces handed to Piscina. */
  #running = 0;
  /** Of the threads' room, how much these take: a task has its thread to itself, since nobody knows how long it takes. */
  #slots = 0;
  #idle: Cancellable | undefined;
  #closed = false;

  constructor(dependencies: WorkerPoolDependencies, options: WorkerPoolOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
  }

  /** Threads that are up. */
  get workers(): number {
    return this.#live?.threads.length ?? 0;
  }

  /** Threads, started or not, that are at nothing. */
  get idleThreads(): number {
    return Math.max(0, this.#options.threads - this.#running);
  }

  submit(request: AnyRequest): void {
    this.#queue.add(request);
    this.#pump();
  }

  /** Requests that wait here and have not begun. */
  unbegun(): AnyRequest[] {
    return this.#queue.waiting().filter((request) => !request.begun);
  }

  /** Ends all threads at once. Requests should have settled before. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#idle?.cancel();
    const piscina = this.#piscina;
    this.#retire();
    await (await piscina?.catch(() => undefined))?.destroy();
  }

  #pump(): void {
    this.#idle?.cancel();
    this.#idle = undefined;
    while (!this.#closed) {
      const next = this.#queue.take((request) => this.#mayGo(request));
      if (next === undefined) break;
      const slots = next.request.stopsWorker ? PIECES_PER_THREAD : 1;
      this.#running++;
      this.#slots += slots;
      void this.#run(next.request, next.piece).finally(() => {
        this.#running--;
        this.#slots -= slots;
        this.#pump();
      });
    }
    if (this.#running === 0 && this.#piscina !== undefined && !this.#closed) {
      this.#idle = this.#dependencies.scheduler.after(this.#options.idleTimeoutMs, () => this.#sleep());
    }
  }

  /** Whether a piece of this request may be handed over now: to an idle thread, or as the next one of a thread that is at short work. */
  #mayGo(request: AnyRequest): boolean {
    const { threads } = this.#options;
    if (this.#running < threads) return true;
    const mayWaitThere = !request.stopsWorker && request.priority !== "background";
    return mayWaitThere && this.#slots < PIECES_PER_THREAD * threads;
  }

  /** Never rejects. */
  async #run(request: AnyRequest, piece: number): Promise<void> {
    const { runner, metrics } = this.#dependencies;
    const stop = request.stopsWorker ? new AbortController() : undefined;
    try {
      const piscina = await this.#started();
      // Settled (aborted, late) while the pool came up: there is nothing to do any more.
      if (request.settled) return;
      const { job, transfer } = request.pack(piece);
      const answer = piscina.run(job, { transferList: transfer, ...(stop === undefined ? {} : { signal: stop.signal }) });
      if (stop !== undefined) void request.promise.catch(() => stop.abort());
      request.pieceAnswered(runner.engine, piece, (await answer) as JobResult);
    } catch (thrown) {
      if (request.settled) return;
      // What a task is given, or answers, has to be cloned from one thread to the other.
      if (thrown instanceof Error && thrown.name === "DataCloneError") {
        request.fail(new ComputeTaskFailedError({ name: request.name, reason: thrown.message }, thrown));
        return;
      }
      metrics.workerDeaths.increment(1, { kind: request.kind });
      const reason = messageOf(thrown);
      this.#dependencies.logger.warn({ kind: request.kind, name: request.name, reason }, "a compute worker died at work");
      if (request.returnPiece(piece)) this.#queue.add(request);
      else request.fail(new ComputeWorkerDiedError({ kind: request.kind, name: request.name, reason }, thrown));
    }
  }

  #started(): Promise<Piscina> {
    this.#piscina ??= this.#start().catch((thrown: unknown) => {
      this.#retire();
      throw thrown;
    });
    return this.#piscina;
  }

  async #start(): Promise<Piscina> {
    const { logger, metrics } = this.#dependencies;
    // Loaded here: a node that never needs a worker should not pay for Piscina at start-up.
    const { Piscina } = await import("piscina");
    const piscina = new Piscina({
      filename: WORKER_FILE.href,
      // Threads come as pieces do, up to the maximum, and stay until the pool sleeps.
      minThreads: 1,
      maxThreads: this.#options.threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: PIECES_PER_THREAD,
      loadBalancer: balancer(this.#options.threads),
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: this.#options.workerHeapMb },
      workerData: this.#options.setup,
      // Loaders and inspectors of the main thread are no business of a worker; TypeScript sources need theirs.
      ...(import.meta.url.endsWith(".ts") ? {} : { execArgv: [] }),
    });
    this.#live = piscina;
    piscina.on("workerCreate", () => metrics.workerStarts.increment());
    piscina.on("workerDestroy", () => queueMicrotask(() => this.#rescue(piscina)));
    piscina.on("error", (error: unknown) => logger.warn({ reason: messageOf(error) }, "a compute worker failed"));
    return piscina;
  }

  /**
   * Piscina does not start a worker for what waits in its queue after the last one died during its start. Destroying
   * it rejects these pieces, so they are tried once more in a fresh pool, or fail.
   */
  #rescue(piscina: Piscina): void {
    if (this.#live !== piscina || this.#running === 0 || piscina.threads.length > 0) return;
    this.#retire();
    void piscina.destroy();
  }

  #sleep(): void {
    if (this.#running > 0) return;
    const piscina = this.#live;
    this.#retire();
    void piscina?.destroy();
  }

  #retire(): void {
    this.#piscina = undefined;
    this.#live = undefined;
  }
}

/** An idle thread; a new one as long as there may be more (null); else one that is at its last short piece. */
function balancer(threads: number): LoadBalancer {
  return (task, workers) => {
    const idle = workers.find(({ currentUsage }) => currentUsage === 0);
    if (idle !== undefined) return idle;
    if (workers.length < threads || task.isAbortable) return null;
    // The one that runs a task counts as endlessly busy.
    return workers.find(({ currentUsage }) => currentUsage < PIECES_PER_THREAD) ?? null;
  };
}
