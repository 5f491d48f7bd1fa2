/** What all miners of a chain did lately, guessed from what its last blocks say. */
import type { TreeHeader } from "../ports/consensus.js";
import type { Hash } from "../primitives/hash.js";

/** Blocks from which the rate is guessed. Genesis is none of them: its time says nothing of work. */
const RATE_BLOCKS = 60;

/** Work a second, by the weights of the last blocks and the time that they say they took; 0 at genesis. */
export function networkWorkPerSecond(head: TreeHeader, lookup: (id: Hash) => TreeHeader | undefined): bigint {
  let from = head;
  for (let blocks = 0; blocks < RATE_BLOCKS && from.header.height > 1; blocks++) {
    const parent = lookup(from.header.parent);
    if (parent === undefined) break;
    from = parent;
  }
  const elapsedMs = head.header.timestampMs - from.header.timestampMs;
  return elapsedMs <= 0 ? 0n : ((head.weight - from.weight) * 1_000n) / BigInt(elapsedMs);
}

/** How many times harder `target` is than `easiest`, in thousandths rounded down; for people, never for rules. */
export function difficultyRatio(easiest: bigint, target: bigint): number {
  return Number((easiest * 1_000n) / target) / 1_000;
}
