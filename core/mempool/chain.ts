/** What the mempool needs to see of the chain. The chain implements it; the layers stay apart. */
import type { Rules } from "../ports/chain-spec.js";
import type { StateView } from "../ports/state.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";

export interface ChainHead {
  readonly height: number;
  /** Rules of the next block (`height` + 1). */
  readonly rules: Rules;
  /** State after the head. */
  readonly view: StateView;
}

export interface MempoolChain {
  /** The executed head. Asked for each submission: cheap. */
  head(): ChainHead;
  /** Height of the newest block that can't be undone any more: what it and those below it hold is never handed back. */
  finalizedHeight(): number;
  /** Heights of the canonical blocks that hold these transactions, as durably as the head is; undefined where none does. */
  inclusionHeights(ids: readonly Hash[]): Promise<readonly (number | undefined)[]>;
}

/** The head moved: what left the canonical chain and what joined it. Told after `MempoolChain.head()` answers the new head. */
export interface HeadChange {
  /** Raw transactions of the old branch's blocks, oldest first; their signatures were verified at import. */
  readonly undone: readonly Bytes[];
  /** Raw transactions of the new branch's blocks, oldest first. */
  readonly applied: readonly Bytes[];
  /** Ids of `applied`, if the caller knows them: what is pooled is then found without hashing it again. */
  readonly appliedIds?: readonly Hash[];
  /**
   * All state keys that differ between old and new head, if the caller knows them. Without them, the keys that
   * `Ledger.access` names for these transactions are taken, which leaves out what engines do in `begin` and `end`.
   */
  readonly changedKeys?: readonly Bytes[];
}

/** What a block has room for. */
export interface SelectionLimits {
  readonly maxBytes: number;
  readonly maxWeight: number;
  readonly maxCount: number;
}
