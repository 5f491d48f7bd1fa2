/** Pseudo-random numbers for tests that print their seed: xorshift32 (Marsaglia, 2003). */
import type { Bytes } from "../../core/primitives/bytes.js";

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 2654435761) >>> 0) | 1;
    for (let i = 0; i < 8; i++) this.below(2);
  }

  /** 0 … below − 1. */
  below(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % below;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  bytes(length: number): Bytes {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** A copy in another order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
    }
    return copy;
  }

  /** `count` different numbers below `below`, ascending. */
  distinct(count: number, below: number): number[] {
    const chosen = new Set<number>();
    while (chosen.size < count) chosen.add(this.below(below));
    return [...chosen].sort((a, b) => a - b);
  }
}
