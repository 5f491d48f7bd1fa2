/**
 * Verdicts that were given before. A verdict follows from key, message and signature alone, so remembering it changes nothing but the time
 * it takes: the vote that gossip brought is in a block a little later, and comes once more with a fork.
 *
 * Good and bad are kept apart, each in two generations: when the younger one is full it becomes the older, and what was old goes. So
 * whatever comes in, verdicts that are asked for again stay, memory is bounded, and a flood of bad sets drives out bad ones only.
 */
import { type Bytes, toLatin1 } from "../primitives/bytes.js";
import { sha256Of } from "../primitives/hash.js";
import type { BlsSet } from "./engine.js";

/** Name of a set: SHA-256 over its parts. */
export type MemoKey = string;

/** About 100 bytes each. */
const GOOD_MAX = 65_536;
/** Bad ones come back seldom: their sender is cut off. */
const BAD_MAX = 4_096;

export function memoKeyOf({ publicKey, message, signature }: BlsSet): MemoKey {
  // Key and signature have one length each, but for the key's form, which its own bytes tell.
  return toLatin1(sha256Of(publicKey, signature, message) as Bytes);
}

/** A set of names that forgets those that nobody asked for. */
class Generations {
  readonly #max: number;
  #young = new Set<MemoKey>();
  #old = new Set<MemoKey>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  has(key: MemoKey): boolean {
    if (this.#young.has(key)) return true;
    if (!this.#old.has(key)) return false;
    this.add(key);
    return true;
  }

  add(key: MemoKey): void {
    if (2 * this.#young.size >= this.#max) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(key);
  }
}

export class VerdictMemo {
  readonly #good: Generations;
  readonly #bad: Generations;

  /** @param goodMax verdicts kept at most, even; of bad ones a sixteenth, but no more than 4,096 */
  constructor(goodMax = GOOD_MAX) {
    this.#good = new Generations(goodMax);
    this.#bad = new Generations(Math.min(BAD_MAX, Math.ceil(goodMax / 16)));
  }

  get size(): number {
    return this.#good.size + this.#bad.size;
  }

  get(key: MemoKey): boolean | undefined {
    if (this.#good.has(key)) return true;
    return this.#bad.has(key) ? false : undefined;
  }

  set(key: MemoKey, verdict: boolean): void {
    (verdict ? this.#good : this.#bad).add(key);
  }
}

/**
 * What this thread has verified, whoever asked: sixteen nodes of a simulation verify a vote once. It stands behind the verifiers' own ones,
 * inside of the work itself, so that which work is asked for, and when, never depends on what another node did before.
 */
export const THREAD_MEMO = new VerdictMemo();

/** Takes a signature as good that this very thread made: by its key in the form in which it will be asked for. */
export function rememberSigned(set: BlsSet): void {
  THREAD_MEMO.set(memoKeyOf(set), true);
}
