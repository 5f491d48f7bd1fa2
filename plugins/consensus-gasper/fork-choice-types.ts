/** What fork choice is told, and what it tells: the seam between it and the engine. */
import type { Hash } from "../../core/sdk.js";
import type { Checkpoint } from "./types.js";

export interface ForkChoiceOptions {
  readonly slotsPerEpoch: number;
  /** Weight of a timely proposal, in percent of one slot's committees; 0: none. */
  readonly proposerBoostPercent: number;
}

/** A block with what its state says. */
export interface ForkChoiceBlock {
  readonly root: Hash;
  readonly parentRoot: Hash;
  readonly slot: number;
  readonly proposerIndex: number;
  /** Of the state after it. */
  readonly justified: Checkpoint;
  readonly finalized: Checkpoint;
  /** What the state after it would say if its epoch ended now. */
  readonly unrealizedJustified: Checkpoint;
  readonly unrealizedFinalized: Checkpoint;
}

/** Votes that were found valid: the voters, for which block, in which epoch. */
export interface ForkChoiceVote {
  readonly indices: Uint32Array;
  readonly root: Hash;
  readonly targetEpoch: number;
  /** If it is there, fork choice checks that it is the block's checkpoint of that epoch, as it has to be. */
  readonly targetRoot?: Hash;
}

/**
 * Balances by which votes count: of the state at the justified checkpoint. Effective balance in increments by validator index; 0 for whoever is not
 * active there, or slashed.
 */
export type JustifiedBalances = (checkpoint: Checkpoint) => Uint32Array;
