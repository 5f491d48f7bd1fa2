/**
 * Casper FFG over the target votes of two epochs: `weigh_justification_and_finalization` of the phase-0 specification.
 *
 * The sums of votes are kept in the summary as blocks bring them, so that what would be justified if the epoch ended now is known after
 * each block without a walk over validators.
 */
import { type Hash, present } from "../../../core/sdk.js";
import type { GasperState } from "../state/index.js";
import type { Checkpoint } from "../types.js";

/** Justification bits that are kept: of the current epoch and three before. */
const BITS_MASK = 0b1111;

export interface Justification {
  /** Bit i: the epoch i before the current one is justified. */
  readonly bits: number;
  readonly previousJustified: Checkpoint;
  readonly currentJustified: Checkpoint;
  readonly finalized: Checkpoint;
}

/** What the end of the state's current epoch makes of it, with the votes that are there. Changes nothing. */
export function weighJustification(state: GasperState): Justification {
  const { epoch, previousJustified, currentJustified, finalized, summary, activeIncrements } = state;
  // In the first two epochs nothing is weighed: the checkpoints of genesis have no roots to vote for.
  if (epoch <= 1) return { bits: summary.justificationBits, previousJustified, currentJustified, finalized };
  let bits = (summary.justificationBits << 1) & BITS_MASK;
  let justified = currentJustified;
  // Sums of increments are below 2^36.
  if (summary.previousTargetIncrements * 3 >= activeIncrements * 2) {
    justified = { epoch: epoch - 1, root: rootOf(state, epoch - 1) };
    bits |= 0b10;
  }
  if (summary.currentTargetIncrements * 3 >= activeIncrements * 2) {
    justified = { epoch, root: rootOf(state, epoch) };
    bits |= 0b1;
  }
  return {
    bits,
    previousJustified: currentJustified,
    currentJustified: justified,
    finalized: finalizedBy(bits, epoch, previousJustified, currentJustified) ?? finalized,
  };
}

/**
 * Pull-up of fork choice: the checkpoints as if the epoch ended now (`compute_pulled_up_tip`).
 */
export function unrealizedCheckpoints(state: GasperState): { readonly justified: Checkpoint; readonly finalized: Checkpoint } {
  const { currentJustified, finalized } = weighJustification(state);
  return { justified: currentJustified, finalized };
}

/** A justified checkpoint is final once all epochs up to one that votes link to it are justified: 2, 3 or 4 in a row. */
function finalizedBy(bits: number, epoch: number, previous: Checkpoint, current: Checkpoint): Checkpoint | undefined {
  const all = (mask: number): boolean => (bits & mask) === mask;
  // The last rule that holds decides, as in the specification: it finalizes the newest.
  if (all(0b0011) && current.epoch + 1 === epoch) return current;
  if (all(0b0111) && current.epoch + 2 === epoch) return current;
  if (all(0b0110) && previous.epoch + 2 === epoch) return previous;
  if (all(0b1110) && previous.epoch + 3 === epoch) return previous;
  return undefined;
}

function rootOf(state: GasperState, epoch: number): Hash {
  return present(state.blockRootAt(state.firstSlotOf(epoch)), "votes for an epoch come after its first slot");
}
