/** A transaction's result. Canonical bytes: receipt-codec.ts; their hashes are the leaves under `receiptsRoot`. */
import type { Hash } from "./hash.js";

/** What happened, for indexers: a name and plain values, in order of occurrence. */
export interface LedgerEvent {
  /** `<module>.<what>`: `bank.transfer`. */
  readonly type: string;
  /** Short keys in a fixed order; values are encoded in the receipt as text. */
  readonly attributes: readonly (readonly [string, string])[];
}

export interface Receipt {
  readonly transactionId: Hash;
  readonly ok: boolean;
  /** Stable code of the failure; empty when ok. */
  readonly code: string;
  readonly feePaid: bigint;
  /** Execution weight used. */
  readonly weight: number;
  readonly events: readonly LedgerEvent[];
}
