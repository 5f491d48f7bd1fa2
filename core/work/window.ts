/**
 * Retargeting by windows, as in Bitcoin: the target holds for N blocks, then moves by how long they took, by at most
 * a factor of four either way.
 *
 * One thing differs. Bitcoin measures N − 1 of the N intervals, so that consecutive windows share no block and a miner
 * who controls the timestamps at their borders can pull the difficulty down (the "timewarp" attack, see BIP 94). Here a
 * window runs from its border block to the next one, N full intervals, and neighbouring windows share that block.
 * The border blocks are genesis, N, 2N …; the new target is first used by the block after the border.
 */

export interface WindowParameters {
  /** Blocks in a window, ≥ 1. */
  readonly blocks: number;
  /** Ideal time between blocks, ms, > 0. */
  readonly blockIntervalMs: number;
  /** The easiest target allowed. */
  readonly powLimit: bigint;
}

/** At most this factor between the targets of two windows. */
export const WINDOW_CLAMP = 4n;

/** Whether the block after a tip at `tipHeight` is the first with a new target. */
export function windowEndsAt(tipHeight: number, blocks: number): boolean {
  return tipHeight > 0 && tipHeight % blocks === 0;
}

/**
 * The target after a window.
 *
 * @param target the window's target, as its headers carry it
 * @param elapsedMs timestamp of its last block − timestamp of the border block before it; may be negative
 * @returns 1 … powLimit, not yet rounded to compact form
 */
export function retarget(target: bigint, elapsedMs: number, parameters: WindowParameters): bigint {
  const idealMs = BigInt(parameters.blocks) * BigInt(parameters.blockIntervalMs);
  const least = idealMs / WINDOW_CLAMP;
  const most = idealMs * WINDOW_CLAMP;
  const measured = BigInt(elapsedMs);
  const clamped = measured < least ? least : measured > most ? most : measured;
  const next = (target * clamped) / idealMs;
  if (next === 0n) return 1n;
  return next > parameters.powLimit ? parameters.powLimit : next;
}
