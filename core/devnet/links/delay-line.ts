/** Bytes come out as they went in, a fixed time later: the latency of a link. */
import { Transform, type TransformCallback } from "node:stream";
import type { Scheduler } from "../../ports/runtime.js";

/** Bytes under way beyond which the writer waits: about what fits into a long, fast line. */
const UNDER_WAY_MAX_BYTES = 4 * 1024 * 1024;

export class DelayLine extends Transform {
  readonly #latencyMs: number;
  readonly #scheduler: Scheduler;
  readonly #underWay: Buffer[] = [];
  #underWayBytes = 0;
  /** The writer, while it waits for room. */
  #writer: TransformCallback | undefined;
  #flushed: TransformCallback | undefined;

  constructor(latencyMs: number, scheduler: Scheduler) {
    super();
    this.#latencyMs = latencyMs;
    this.#scheduler = scheduler;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#underWay.push(chunk);
    this.#underWayBytes += chunk.length;
    // All take equally long, so whichever timer fires, the oldest chunk has arrived.
    this.#scheduler.after(this.#latencyMs, () => this.#arrive());
    if (this.#underWayBytes > UNDER_WAY_MAX_BYTES) this.#writer = done;
    else done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#underWay.length === 0) done();
    else this.#flushed = done;
  }

  #arrive(): void {
    const chunk = this.#underWay.shift();
    if (chunk === undefined || this.destroyed) return;
    this.#underWayBytes -= chunk.length;
    this.push(chunk);
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.();
    if (this.#underWay.length === 0) this.#flushed?.();
  }
}
