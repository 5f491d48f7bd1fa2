/** One block while it is processed. */
import type { BlockServices } from "../epoch/index.js";
import type { GasperState } from "../state/index.js";
import type { AttestationData } from "../types.js";
import type { SignatureClaims } from "./signature-claims.js";

export interface BlockContext {
  readonly state: GasperState;
  readonly services: BlockServices;
  readonly claims: SignatureClaims;
  readonly proposerIndex: number;
  readonly outcome: MutableOutcome;
}

export interface Withdrawal {
  /** Counts all withdrawals of the chain. */
  readonly number: number;
  readonly validatorIndex: number;
  /** Smallest unit. */
  readonly amount: number;
}

/** Votes that a block brought: for fork choice. */
export interface IncludedVotes {
  readonly data: AttestationData;
  /** In the order of the committee. */
  readonly indices: Uint32Array;
}

/** What a block did, beside what state says after it. */
export interface BlockOutcome {
  readonly slot: number;
  readonly proposerIndex: number;
  readonly votes: readonly IncludedVotes[];
  /** Validators that were slashed. */
  readonly slashed: readonly number[];
  readonly withdrawals: readonly Withdrawal[];
}

export interface MutableOutcome extends BlockOutcome {
  readonly votes: IncludedVotes[];
  readonly slashed: number[];
  readonly withdrawals: Withdrawal[];
}
