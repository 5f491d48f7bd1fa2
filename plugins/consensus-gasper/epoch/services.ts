/** What the transition needs from outside: work that is done elsewhere, and that depends on nothing but what it is given. */
import type { BlsSet, Slicer } from "../../../core/sdk.js";
import type { CommitteeShuffling } from "../duties/index.js";
import type { GasperState } from "../state/index.js";

export interface EpochServices {
  readonly slicer: Slicer;
  /** One verdict for each set, in order. */
  verify(sets: readonly BlsSet[]): Promise<readonly boolean[]>;
}

export interface BlockServices extends EpochServices {
  /** Committees of the state's current or previous epoch on its branch. */
  shuffling(state: GasperState, epoch: number): Promise<CommitteeShuffling>;
  /** The sum of validators' public keys, as `BlsSet.publicKey` takes it. At least one index, all registered in `state`. */
  sumOfKeys(state: GasperState, indices: Uint32Array): Uint8Array;
}
