/**
 * ComputeService: the compute port over one engine in several threads.
 *
 * It checks what it is given, decides where it runs (small things here, heavy ones in workers), bounds what may wait, and
 * sees to it that every promise settles. What a request is made of is in request.ts; how it runs, in the two lanes.
 */

import { type ComputeEngine, createEngine, type EngineOptions } from "../../native/index.js";

import type {
  Compute,
  ComputeEngineInfo,
  ComputeOptions,
  ComputePriority,
  EngineKind,
  HashTag,
  TrieWalk,
  VerdictBitmap,
  WorkerTask,
} from "../ports/compute.js";
import type { Cancellable, Clock, Logger, Metrics, Scheduler } from "../ports/runtime.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import { MERKLE_LIST_LIMIT } from "../primitives/merkle.js";
import { checkSignatureBatch, type SignatureBatch } from "../primitives/signature-batch.js";
import {
  ComputeAbortedError,
  ComputeClosedError,
  ComputeDeadlineError,
  ComputeInputError,
  type ComputeKind,
  ComputeQueueFullError,
} from "./errors.js";
import { InlineLane } from "./inline-lane.js";
import { JobRunner } from "./job.js";

import { type ComputeMetrics, type ComputePath, computeMetrics, engineMetric } from "./metrics.js";
import { type ComputeServiceOptions, computeOptions, DEFAULT_COMPUTE_OPTIONS } from "./options.js";
import { MerkleRequest, PairsRequest, SignatureRequest, TaskRequest } from "./request.js";
import type { AnyRequest } from "./request-queue.js";
import { WorkerPool } from "./worker-pool.js";

export interface ComputeDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * What an engine does at once on the calling thread; the slice is checked in between. Signatures (a multiple of 8): as many as
 * may all be refused within 7 ms. Hashes (a power of two): about 0.2 ms.
 */
const INLINE_PIECES: { readonly [K in EngineKind]: { readonly signatures: number; readonly hashes: number } } = {
  native: { signatures: 512, hashes: 8192 },
  wasm: { signatures: 64, hashes: 512 },
  js: { signatures: 8, hashes: 512 },
};
/** Below this a piece is not split further among the workers: half of it costs a sixth more a signature. A multiple of 8. */
const MIN_SIGNATURES_PER_PIECE = 256;

/** Share of the queue's bounds that a priority may fill, in quarters: outsiders can fill `mempool`, but never shut out blocks. */
const SHARE_QUARTERS: Readonly<Record<ComputePriority, number>> = { block: 4, mempool: 3, background: 2 };

export class ComputeService implements Compute {
  readonly engine: ComputeEngineInfo;
  readonly hashMessagesSync: ((messages: Bytes, offsets: Uint32Array, output: Bytes) => void) | undefined;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #options: ComputeServiceOptions;
  readonly #metrics: ComputeMetrics;
  readonly #engine: ComputeEngine;
  readonly #runner: JobRunner;
  readonly #lane: InlineLane;
  readonly #pool: WorkerPool;
  readonly #requests = new Set<AnyRequest>();
  #bytes = 0;
  #refusalTokens: number;
  #refusalTokensAtMs: number;
  #closing: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  /** @throws ComputeOptionError */
  constructor(dependencies: ComputeDependencies, options: Partial<ComputeServiceOptions> = {}) {
    const { engine = "auto", tiers = {}, keyCacheEntries = DEFAULT_COMPUTE_OPTIONS.keyCacheEntries } = options;
    const engineOptions: EngineOptions = { engine, tiers, keyCacheEntries };
    const chosen = createEngine(engineOptions);
    this.#engine = chosen;
    this.hashMessagesSync =
      chosen.hashMessages === undefined ? undefined : (messages, offsets, output) => chosen.hashMessages?.(messages, offsets, output);
    this.#options = computeOptions(options, this.#engine.kind);
    this.#clock = dependencies.clock;
    this.#scheduler = dependencies.scheduler;
    this.#runner = new JobRunner(this.#engine);
    this.engine = {
      kind: this.#engine.kind,
      tiers: this.#engine.tiers,
      threads: this.#options.threads,
      ...(this.#engine.fallback === undefined ? {} : { fallback: this.#engine.fallback }),
    };
    engineMetric(dependencies.metrics, this.engine);
    this.#metrics = computeMetrics(dependencies.metrics, {
      queuedRequests: () => this.#requests.size,
      queuedBytes: () => this.#bytes,
      workers: () => this.#pool.workers,
    });
    this.#lane = new InlineLane(dependencies.clock, dependencies.scheduler, this.#runner);
    this.#pool = new WorkerPool(
      { scheduler: dependencies.scheduler, logger: dependencies.logger, metrics: this.#metrics, runner: this.#runner },
      {
        threads: this.#options.threads,
        workerHeapMb: this.#options.workerHeapMb,
        idleTimeoutMs: this.#options.idleTimeoutMs,
        setup: { engine: engineOptions },
      },
    );
    this.#refusalTokens = this.#options.inlineRefusalsPerSecond;
    this.#refusalTokensAtMs = dependencies.clock.monotonicMs();
  }

  async verifySignatures(batch: SignatureBatch, options: ComputeOptions = {}): Promise<VerdictBitmap> {
    checkSignatureBatch(batch);
    if (batch.count === 0) return new Uint8Array(0);
    const path = this.#pathFor(batch.count <= this.#options.inlineSignatures && this.#mayRefuseInline());
    const perPiece = path === "inline" ? INLINE_PIECES[this.#engine.kind].signatures : this.#signaturesPerPiece(batch.count);
    const request = new SignatureRequest(options.priority ?? "mempool", batch, perPiece);
    const bitmap = await this.#submit(request, path, options);
    const valid = countBits(bitmap);
    this.#metrics.signatures.increment(valid, { verdict: "valid" });
    if (valid < batch.count) {
      this.#metrics.signatures.increment(batch.count - valid, { verdict: "invalid" });
      if (path === "inline") this.#refusalTokens -= batch.count - valid;
    }
    return bitmap;
  }

  async hashPairs(input: Bytes, output: Bytes, tag: HashTag, options: ComputeOptions = {}): Promise<void> {
    const pairs = checkPairs("hashPairs", input, output);
    if (pairs === 0) return;
    const path = this.#pathFor(pairs <= this.#options.inlineHashes);
    const perPiece = path === "inline" ? INLINE_PIECES[this.#engine.kind].hashes : this.#options.hashesPerPiece;
    await this.#submit(new PairsRequest(options.priority ?? "block", input, output, tag, perPiece), path, options);
  }

  hashPairsSync(input: Bytes, output: Bytes, tag: HashTag): void {
    const pairs = checkPairs("hashPairsSync", input, output);
    this.#engine.hashPairs(input, output, tag, 0, pairs);
  }

  trieWalk(): TrieWalk | undefined {
    return this.#engine.trieWalk?.();
  }

  async merkleRoot(leaves: Bytes, options: ComputeOptions = {}): Promise<Hash> {
    const count = leaves.length / 32;
    if (!Number.isInteger(count))
      throw new ComputeInputError({ call: "merkleRoot", reason: `${leaves.length} bytes are no packed 32-byte leaves` });
    if (count > MERKLE_LIST_LIMIT)
      throw new ComputeInputError({ call: "merkleRoot", reason: `${count} leaves, the list holds at most ${MERKLE_LIST_LIMIT}` });
    const path = this.#pathFor(count <= this.#options.inlineHashes);
    const perPiece = path === "inline" ? INLINE_PIECES[this.#engine.kind].hashes : this.#options.hashesPerPiece;
    return Hash.from(await this.#submit(new MerkleRequest(options.priority ?? "block", leaves, perPiece), path, options));
  }

  async run<Input, Output>(task: WorkerTask<Input, Output>, input: Input, options: ComputeOptions = {}): Promise<Output> {
    const request = new TaskRequest(options.priority ?? "background", task.name, task.module.href, input);
    return (await this.#submit(request, this.#pathFor(false), options)) as Output;
  }

  /** Loads a task's module on this thread, so that without workers (`threads: 0`) a later `run` completes in microtasks. */
  async preload(task: Pick<WorkerTask<unknown, unknown>, "module">): Promise<void> {
    await this.#runner.load(task.module.href);
  }

  /**
   * Takes nothing any more, rejects what has not begun (COMPUTE_CLOSED), gives the rest `closeTimeoutMs` to finish, and
   * ends the threads. Every promise has settled when it resolves. May be called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const request of [...this.#lane.unbegun(), ...this.#pool.unbegun()]) {
      request.fail(new ComputeClosedError({ kind: request.kind }));
    }
    if (this.#requests.size > 0) {
      let timer: Cancellable | undefined;
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
        timer = this.#scheduler.after(this.#options.closeTimeoutMs, resolve);
      });
      timer?.cancel();
    }
    for (const request of [...this.#requests]) request.fail(new ComputeClosedError({ kind: request.kind }));
    await this.#pool.close();
  }

  #pathFor(small: boolean): ComputePath {
    return small || this.#options.threads === 0 ? "inline" : "pool";
  }

  /** Splits a batch evenly among the idle workers, as far as that pays: where all have work, it stays whole. A multiple of 8. */
  #signaturesPerPiece(count: number): number {
    const share = 8 * Math.ceil(count / Math.max(1, this.#pool.idleThreads) / 8);
    return Math.min(this.#options.signaturesPerPiece, Math.max(MIN_SIGNATURES_PER_PIECE, share));
  }

  /** A token bucket of refusals, filled up over one second. */
  #mayRefuseInline(): boolean {
    const nowMs = this.#clock.monotonicMs();
    const rate = this.#options.inlineRefusalsPerSecond;
    this.#refusalTokens = Math.min(rate, this.#refusalTokens + ((nowMs - this.#refusalTokensAtMs) * rate) / 1000);
    this.#refusalTokensAtMs = nowMs;
    return this.#refusalTokens >= 1;
  }

  /** Admits a request, watches over its deadline and abort, and hands it to its lane. */
  async #submit<Result>(
    request: AnyRequest & { readonly promise: Promise<Result> },
    path: ComputePath,
    options: ComputeOptions,
  ): Promise<Result> {
    const refusal = this.#refusal(request, options);
    if (refusal !== undefined) {
      // Nobody awaits this promise: the caller gets the refusal from here.
      request.promise.catch(() => {});
      this.#metrics.failures.increment(1, { kind: request.kind, code: refusal.code });
      throw refusal;
    }
    const startedMs = this.#clock.monotonicMs();
    const unwatch = this.#watch(request, options);
    this.#requests.add(request);
    this.#bytes += request.bytes;
    request.onSettled = (failure) => {
      unwatch();
      this.#requests.delete(request);
      this.#bytes -= request.bytes;
      this.#note(request.kind, path, startedMs, failure);
      if (this.#requests.size === 0) this.#drained?.();
    };
    this.#metrics.requests.increment(1, { kind: request.kind, path, priority: request.priority });
    if (path === "inline") this.#lane.submit(request);
    else this.#pool.submit(request);
    return request.promise;
  }

  #refusal(request: AnyRequest, { signal, mayExceed = false }: ComputeOptions) {
    const kind = request.kind;
    if (this.#closing !== undefined) return new ComputeClosedError({ kind });
    if (signal?.aborted === true) return new ComputeAbortedError({ kind }, signal.reason);
    const quarters = SHARE_QUARTERS[request.priority];
    const tooMany = 4 * (this.#requests.size + 1) > quarters * this.#options.maxQueuedRequests;
    const tooLarge = 4 * (this.#bytes + request.bytes) > quarters * this.#options.maxQueuedBytes;
    // Alone, a request is taken whatever its size, so that a small bound can't stop the node for good.
    if ((tooMany || tooLarge) && this.#requests.size > 0 && !mayExceed) {
      return new ComputeQueueFullError({
        kind,
        priority: request.priority,
        queuedRequests: this.#requests.size,
        queuedBytes: this.#bytes,
        requestBytes: request.bytes,
      });
    }
    return undefined;
  }

  /** @returns what ends the watch */
  #watch(request: AnyRequest, { deadlineMs, signal }: ComputeOptions): () => void {
    const kind = request.kind;
    const timer =
      deadlineMs === undefined
        ? undefined
        : this.#scheduler.after(Math.max(0, deadlineMs), () => request.fail(new ComputeDeadlineError({ kind, deadlineMs })));
    const onAbort = () => request.fail(new ComputeAbortedError({ kind }, signal?.reason));
    signal?.addEventListener("abort", onAbort, { once: true });
    return () => {
      timer?.cancel();
      signal?.removeEventListener("abort", onAbort);
    };
  }

  #note(kind: ComputeKind, path: ComputePath, startedMs: number, failure: Error | undefined): void {
    if (failure === undefined) this.#metrics.seconds.observe((this.#clock.monotonicMs() - startedMs) / 1000, { kind, path });
    else this.#metrics.failures.increment(1, { kind, code: "code" in failure ? String(failure.code) : "INTERNAL" });
  }
}

/** @returns the number of pairs. @throws ComputeInputError */
function checkPairs(call: string, input: Bytes, output: Bytes): number {
  const pairs = input.length / 64;
  if (!Number.isInteger(pairs)) throw new ComputeInputError({ call, reason: `${input.length} bytes are no packed 64-byte pairs` });
  if (output.length < 32 * pairs) {
    throw new ComputeInputError({ call, reason: `${pairs} pairs need ${32 * pairs} bytes of output, there are ${output.length}` });
  }
  // Results overwrite input that was read already only if they lie at its front.
  const inputEnd = input.byteOffset + input.length;
  if (output.buffer === input.buffer && output.byteOffset > input.byteOffset && output.byteOffset < inputEnd) {
    throw new ComputeInputError({ call, reason: "the output lies inside the input, but not at its front" });
  }
  return pairs;
}

function countBits(bitmap: Bytes): number {
  let count = 0;
  for (let byte of bitmap) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}
