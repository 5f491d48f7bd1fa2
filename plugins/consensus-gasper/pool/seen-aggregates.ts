/** Voters of valid aggregates by what they voted for, so that what adds nobody is not verified and not passed on. */
import type { Bytes, Hash } from "../../../core/sdk.js";
import { Hash as Hashes } from "../../../core/sdk.js";
import { isSubsetOf } from "../codec/index.js";

/** Maximal sets of voters of one vote; further ones push out the oldest. */
const SETS_MAX = 32;

interface Seen {
  readonly slot: number;
  readonly sets: Bytes[];
}

export class SeenAggregates {
  readonly #seen = new Map<string, Seen>();

  /** @param maxVotes different votes that are remembered; further ones push out the oldest */
  constructor(private readonly maxVotes: number) {}

  /** Whether all of `bits` were in one valid aggregate. @param root signing root of the vote, which names its committee */
  covers(root: Hash, bits: Bytes): boolean {
    return this.#seen.get(Hashes.key(root))?.sets.some((set) => isSubsetOf(bits, set)) ?? false;
  }

  add(root: Hash, slot: number, bits: Bytes): void {
    const key = Hashes.key(root);
    let seen = this.#seen.get(key);
    if (seen === undefined) {
      seen = { slot, sets: [] };
      this.#seen.set(key, seen);
      if (this.#seen.size > this.maxVotes)
        for (const oldest of this.#seen.keys()) {
          this.#seen.delete(oldest);
          break;
        }
    }
    const kept = seen.sets.filter((set) => !isSubsetOf(set, bits));
    kept.push(bits);
    seen.sets.splice(0, seen.sets.length, ...kept.slice(-SETS_MAX));
  }

  /** Forgets votes of slots before `slot`. */
  prune(slot: number): void {
    for (const [key, seen] of this.#seen) if (seen.slot < slot) this.#seen.delete(key);
  }

  get size(): number {
    return this.#seen.size;
  }
}
