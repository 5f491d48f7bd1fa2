/**
 * A request: what one call of the port asks for, cut into pieces that are done one after the other (inline) or side by
 * side (workers). It knows its pieces and its result; when and where they run is the lanes' business.
 *
 * A request settles once: by its last piece, its first failure, its deadline, its caller's abort, or the service's close.
 * What comes later is dropped.
 */
import type { ComputeEngine } from "../../native/engine.js";
import { assert } from "../kernel/assert.js";
import { ChainwrightError, messageOf, type SerializedError } from "../kernel/errors.js";
import type { ComputePriority, HashTag } from "../ports/compute.js";
import type { Bytes } from "../primitives/bytes.js";
import { MERKLE_LIST_DEPTH } from "../primitives/merkle.js";
import { type SignatureBatch, sharedBatch } from "../primitives/signature-batch.js";
import { type ComputeKind, ComputeTaskFailedError } from "./errors.js";
import type { Job, JobResult, JobRunner } from "./job.js";
import { mixInLength } from "./merkle.js";

/** A piece packed for a worker. Its buffers in `transfer` change hands. */
export interface PackedPiece {
  readonly job: Job;
  readonly transfer: ArrayBuffer[];
}

export abstract class Request<Result> {
  abstract readonly kind: ComputeKind;
  /** What errors call it: the task's name, else the kind. */
  abstract readonly name: string;
  readonly priority: ComputePriority;
  /** Bytes of input that it keeps alive. */
  readonly bytes: number;
  readonly pieces: number;
  readonly promise: Promise<Result>;
  /** Whether a worker that is at one of its pieces must be stopped when the request settles early. */
  readonly stopsWorker: boolean = false;
  /** Called once, when it settles. */
  onSettled: (failure: Error | undefined) => void = () => {};

  #resolve: (result: Result) => void = () => {};
  #reject: (reason: Error) => void = () => {};
  #settled = false;
  #begun = false;
  #remaining: number;
  #next = 0;
  readonly #again: number[] = [];
  readonly #deaths = new Map<number, number>();

  constructor(priority: ComputePriority, bytes: number, pieces: number) {
    assert(pieces > 0, "a request has pieces");
    this.priority = priority;
    this.bytes = bytes;
    this.pieces = pieces;
    this.#remaining = pieces;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Whether a piece of it was handed out. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether `takePiece` has more to hand out. */
  get hasPieces(): boolean {
    return !this.#settled && (this.#again.length > 0 || this.#next < this.pieces);
  }

  /** Index of the next piece to do; `hasPieces` must hold. */
  takePiece(): number {
    assert(this.hasPieces, "no piece is left to take");
    this.#begun = true;
    return this.#again.pop() ?? this.#next++;
  }

  /** Takes back a piece whose worker died. @returns false if it was the second time, so that the request should fail */
  returnPiece(piece: number): boolean {
    const deaths = (this.#deaths.get(piece) ?? 0) + 1;
    this.#deaths.set(piece, deaths);
    if (deaths > 1) return false;
    this.#again.push(piece);
    return true;
  }

  /** Does a piece on this thread. A promise only where the piece itself is asynchronous (tasks). */
  abstract runInline(runner: JobRunner, piece: number): void | Promise<void>;
  /** Packs a piece for a worker. Callable again after the worker died. */
  abstract pack(piece: number): PackedPiece;
  /** Stores what a worker answered. */
  protected abstract store(piece: number, value: unknown): void;
  /** The result, once all pieces are done. */
  protected abstract finish(engine: ComputeEngine): Result;

  /** Notes that a piece is done; the last one settles the request. */
  pieceDone(engine: ComputeEngine): void {
    if (this.#settled) return;
    this.#remaining--;
    assert(this.#remaining >= 0, "a piece was done twice");
    if (this.#remaining > 0) return;
    let result: Result;
    try {
      result = this.finish(engine);
    } catch (thrown) {
      // Memory was short, or the caller gave its output away: a failure like any other, not one that settles nothing.
      this.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
      return;
    }
    this.#settled = true;
    this.#resolve(result);
    this.onSettled(undefined);
  }

  /** Takes a worker's answer. */
  pieceAnswered(engine: ComputeEngine, piece: number, result: JobResult): void {
    if (this.#settled) return;
    if (!result.ok) {
      this.fail(taskFailure(this.name, result.error));
      return;
    }
    this.store(piece, result.value);
    this.pieceDone(engine);
  }

  fail(reason: Error): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#reject(reason);
    this.onSettled(reason);
  }
}

function taskFailure(name: string, error: SerializedError): ChainwrightError {
  const cause = error.code === "" ? undefined : ChainwrightError.from(error);
  return new ComputeTaskFailedError({ name, reason: error.message, ...(error.code === "" ? {} : { code: error.code }) }, cause);
}

export class SignatureRequest extends Request<Bytes> {
  readonly kind = "signatures";
  readonly name = "signatures";
  readonly #perPiece: number;
  #batch: SignatureBatch;
  /** Shared with the workers once a piece went to one. Nothing else writes to it. */
  #bitmap: Bytes;
  #shared = false;

  /** @param perPiece a multiple of 8, so that pieces write different bytes of the bitmap */
  constructor(priority: ComputePriority, batch: SignatureBatch, perPiece: number) {
    super(priority, batch.count * 100 + batch.messages.length, Math.ceil(batch.count / perPiece));
    assert(perPiece % 8 === 0 || this.pieces === 1, "pieces write whole bytes");
    this.#batch = batch;
    this.#perPiece = perPiece;
    this.#bitmap = new Uint8Array((batch.count + 7) >> 3);
  }

  #range(piece: number): readonly [from: number, to: number] {
    const from = piece * this.#perPiece;
    return [from, Math.min(from + this.#perPiece, this.#batch.count)];
  }

  runInline(runner: JobRunner, piece: number): void {
    const [from, to] = this.#range(piece);
    runner.engine.verify(this.#batch, from, to, this.#bitmap);
  }

  pack(piece: number): PackedPiece {
    if (!this.#shared) {
      this.#batch = sharedBatch(this.#batch);
      this.#bitmap = new Uint8Array(new SharedArrayBuffer(this.#bitmap.length));
      this.#shared = true;
    }
    const [from, to] = this.#range(piece);
    return { job: { kind: "signatures", batch: this.#batch, from, to, bitmap: this.#bitmap }, transfer: [] };
  }

  /** The worker wrote the verdicts to their place; what it answers is their count. */
  protected store(): void {}

  protected finish(): Bytes {
    // A copy: a piece that was given up on may still be at work in a thread, and the caller's bytes must not change.
    return this.#shared ? new Uint8Array(this.#bitmap) : this.#bitmap;
  }
}

export class PairsRequest extends Request<void> {
  readonly kind = "pairs";
  readonly name = "pairs";
  readonly #input: Bytes;
  readonly #output: Bytes;
  readonly #tag: HashTag;
  readonly #perPiece: number;
  /** Answers of workers. Written to the output at the end, since it may be the front of the input that is still read. */
  readonly #answers: Bytes[] = [];

  constructor(priority: ComputePriority, input: Bytes, output: Bytes, tag: HashTag, perPiece: number) {
    super(priority, input.length, Math.ceil(input.length / 64 / perPiece));
    this.#input = input;
    this.#output = output;
    this.#tag = tag;
    this.#perPiece = perPiece;
  }

  runInline(runner: JobRunner, piece: number): void {
    const from = piece * this.#perPiece;
    const to = Math.min(from + this.#perPiece, this.#input.length / 64);
    runner.engine.hashPairs(this.#input, this.#output, this.#tag, from, to);
  }

  pack(piece: number): PackedPiece {
    const from = 64 * piece * this.#perPiece;
    const input = new Uint8Array(this.#input.subarray(from, from + 64 * this.#perPiece));
    return { job: { kind: "pairs", input, tag: this.#tag }, transfer: buffersOf(input) };
  }

  protected store(piece: number, value: unknown): void {
    this.#answers[piece] = value as Bytes;
  }

  protected finish(): void {
    this.#answers.forEach((answer, piece) => {
      this.#output.set(answer, 32 * piece * this.#perPiece);
    });
  }
}

export class MerkleRequest extends Request<Bytes> {
  readonly kind = "merkle";
  readonly name = "merkle";
  readonly #leaves: Bytes;
  readonly #leavesPerPiece: number;
  readonly #depth: number;
  readonly #roots: Bytes;

  /** @param leavesPerPiece a power of two */
  constructor(priority: ComputePriority, leaves: Bytes, leavesPerPiece: number) {
    super(priority, leaves.length, Math.max(1, Math.ceil(leaves.length / 32 / leavesPerPiece)));
    this.#leaves = leaves;
    this.#leavesPerPiece = leavesPerPiece;
    this.#depth = Math.log2(leavesPerPiece);
    this.#roots = new Uint8Array(32 * this.pieces);
  }

  #part(piece: number): Bytes {
    return this.#leaves.subarray(32 * piece * this.#leavesPerPiece, 32 * (piece + 1) * this.#leavesPerPiece);
  }

  runInline(runner: JobRunner, piece: number): void {
    this.store(piece, runner.engine.subtreeRoot(this.#part(piece), 0, this.#depth));
  }

  pack(piece: number): PackedPiece {
    const leaves = new Uint8Array(this.#part(piece));
    return { job: { kind: "merkle", leaves, depth: this.#depth }, transfer: buffersOf(leaves) };
  }

  protected store(piece: number, value: unknown): void {
    this.#roots.set(value as Bytes, 32 * piece);
  }

  protected finish(engine: ComputeEngine): Bytes {
    return mixInLength(engine, engine.subtreeRoot(this.#roots, this.#depth, MERKLE_LIST_DEPTH), this.#leaves.length / 32);
  }
}

export class TaskRequest extends Request<unknown> {
  readonly kind = "task";
  readonly name: string;
  // A task may run as long as it likes; only ending its thread ends it.
  override readonly stopsWorker = true;
  readonly #module: string;
  readonly #input: unknown;
  #output: unknown;

  constructor(priority: ComputePriority, name: string, module: string, input: unknown) {
    super(priority, shallowBytes(input), 1);
    this.name = name;
    this.#module = module;
    this.#input = input;
  }

  async runInline(runner: JobRunner, piece: number): Promise<void> {
    let input: unknown;
    try {
      // The law of `run`: a task works on a copy, whichever path it takes.
      input = structuredClone(this.#input);
    } catch (thrown) {
      this.fail(new ComputeTaskFailedError({ name: this.name, reason: messageOf(thrown) }, thrown));
      return;
    }
    const result = await runner.run({ kind: "task", module: this.#module, input });
    if (result.ok) this.store(piece, result.value);
    else this.fail(taskFailure(this.name, result.error));
  }

  pack(): PackedPiece {
    return { job: { kind: "task", module: this.#module, input: this.#input }, transfer: [] };
  }

  protected store(_piece: number, value: unknown): void {
    this.#output = value;
  }

  protected finish(): unknown {
    return this.#output;
  }
}

function buffersOf(...views: readonly (Uint8Array | Uint32Array)[]): ArrayBuffer[] {
  return views.map((view) => view.buffer as ArrayBuffer);
}

/** Bytes of the buffers in a task's input, one level deep: what a bound on memory has to count, without walking everything. */
function shallowBytes(input: unknown): number {
  if (ArrayBuffer.isView(input) || input instanceof ArrayBuffer) return input.byteLength;
  if (typeof input === "string") return 2 * input.length;
  if (typeof input !== "object" || input === null) return 8;
  let bytes = 64;
  for (const value of Object.values(input)) {
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) bytes += value.byteLength;
    else if (typeof value === "string") bytes += 2 * value.length;
  }
  return bytes;
}
