/** A token bucket over two measures at once, messages and bytes: a message passes if both have enough. */
import { assert } from "../../kernel/assert.js";

export interface BucketLimits {
  readonly messagesPerSecond: number;
  readonly messages: number;
  readonly bytesPerSecond: number;
  readonly bytes: number;
}

export class TokenBucket {
  readonly #limits: BucketLimits;
  #messages: number;
  #bytes: number;
  #atMs: number;

  /** Begins full. @param nowMs monotonic, as in all calls */
  constructor(limits: BucketLimits, nowMs: number) {
    assert(limits.messages >= 1 && limits.messagesPerSecond > 0 && limits.bytesPerSecond > 0, "a bucket lets something through");
    this.#limits = limits;
    this.#messages = limits.messages;
    this.#bytes = limits.bytes;
    this.#atMs = nowMs;
  }

  /** Takes one message's tokens if they are there. */
  take(bytes: number, nowMs: number): boolean {
    this.#refill(nowMs);
    // Fractions of tokens that rounding lost must not hold back a message.
    if (this.#messages < 1 - ROUNDING || this.#bytes < bytes - ROUNDING) return false;
    this.#messages -= 1;
    this.#bytes -= bytes;
    return true;
  }

  /** Time until `take` succeeds, if nobody takes before; a message over the bucket's size never passes. */
  waitMs(bytes: number, nowMs: number): number {
    assert(bytes <= this.#limits.bytes, "a message fits into its bucket");
    this.#refill(nowMs);
    const forMessages = (1 - this.#messages) / this.#limits.messagesPerSecond;
    const forBytes = (bytes - this.#bytes) / this.#limits.bytesPerSecond;
    return Math.max(0, forMessages, forBytes) * 1_000;
  }

  /** Adds what `durationMs` would have brought, over the bucket's size if need be: for time in which nothing could be taken. */
  grant(durationMs: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#messages += (durationMs / 1_000) * this.#limits.messagesPerSecond;
    this.#bytes += (durationMs / 1_000) * this.#limits.bytesPerSecond;
  }

  #refill(nowMs: number): void {
    const seconds = (nowMs - this.#atMs) / 1_000;
    this.#atMs = nowMs;
    const { messages, messagesPerSecond, bytes, bytesPerSecond } = this.#limits;
    // What was granted over the size stays until it is taken.
    if (this.#messages < messages) this.#messages = Math.min(messages, this.#messages + seconds * messagesPerSecond);
    if (this.#bytes < bytes) this.#bytes = Math.min(bytes, this.#bytes + seconds * bytesPerSecond);
  }
}

const ROUNDING = 1e-6;
