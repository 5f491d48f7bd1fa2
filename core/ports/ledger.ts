/**
 * The ledger: what a transaction is and what it does. It works by the block, not by the transaction, so that decoding,
 * signature batches, prefetch and execution can be columnar.
 *
 * Order of calls for a block: `decodeBlock` → `signatures` (verified by core on compute) → `access` (prefetched by core)
 * → `execute`. For the mempool: `decodeBlock([raw])` → `signatures` → `pool`.
 *
 * Only `execute` gets a slicer. So that no block holds the main thread, core decodes a large one piece by piece and makes one
 * batch of the pieces with `join`, and asks for signatures and keys of one `slice` of it after the other; other work runs in
 * between. These calls are synchronous and see a few dozen transactions at a time.
 *
 * Laws: everything is deterministic: integers only, no clock, no randomness, no iteration order of unordered things.
 * `execute` in mode `import` throws if any transaction may not be in a block at that place; in mode `produce` it leaves
 * such transactions out; for the transactions that it includes, both modes do exactly the same. A transaction that is
 * included but fails yields a receipt with a failure code and pays its fee. Nothing but the writer is changed.
 *
 * A transaction is in a chain once: one that is in the block already, or in any block below, may not be there (sequence numbers
 * and spent outputs see to that). So no signature is good twice, and whoever looks for a transaction by its id finds one place.
 */
import type { Address } from "../primitives/address.js";
import type { Height } from "../primitives/amount.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import type { LedgerEvent, Receipt } from "../primitives/receipt.js";
import type { Transaction } from "../primitives/transaction.js";
import type { ChainSpec, Rules } from "./chain-spec.js";
import type { SignatureBatch } from "./compute.js";
import type { Slicer } from "./runtime.js";
import type { StateReader, StateWriter } from "./state.js";

export type { LedgerEvent, Receipt };

/** Decoded transactions, opaque to core but for their envelopes. */
export interface TransactionBatch {
  readonly transactions: readonly Transaction[];
}

/** Everything about the block being executed that a ledger or engine may depend on. */
export interface BlockEnvironment {
  readonly chainId: string;
  readonly height: Height;
  readonly parent: Hash;
  readonly timestampMs: number;
  readonly proposer: Address;
  readonly rules: Rules;
  /** The engine's header fields. */
  readonly extra: Bytes;
  /** The engine's body (attestations, evidence). */
  readonly payload: Bytes;
}

export interface ExecutionOptions {
  readonly mode: "import" | "produce";
  readonly slicer: Slicer;
}

export interface ExecutionOutcome {
  /** Indexes into the batch that are in the block, ascending. In mode `import`: all of them. */
  readonly included: readonly number[];
  /** One for each included transaction, in order. */
  readonly receipts: readonly Receipt[];
  /** Mode `produce`: what was left out and why; `drop` says that it can never become valid. */
  readonly skipped: readonly { readonly index: number; readonly code: string; readonly drop: boolean }[];
  readonly weight: number;
}

/**
 * What the mempool needs to know of a transaction, the same for nonces and for unspent outputs.
 * Tags are short strings chosen by the ledger (`n:<address>:<nonce>`, `o:<output>`).
 */
export interface PoolFacts {
  /** Whose queue it counts against (bounds per sender). */
  readonly sender: string;
  /** Tags that exist once this is executed. Two transactions that provide the same tag conflict. */
  readonly provides: readonly string[];
  /** Tags that another pooled transaction must provide first; empty: ready now. */
  readonly requires: readonly string[];
  /** Tags that at most one pooled transaction may claim; a rival with the same tag replaces it only with a higher fee. */
  readonly conflicts: readonly string[];
  /** What it takes from an account, against what is there: the pool refuses it when the sum over one `account` exceeds `available`. */
  readonly reserves: readonly { readonly account: string; readonly amount: bigint; readonly available: bigint }[];
  /** Fee, smallest unit. */
  readonly fee: bigint;
  /** Execution weight, upper bound. */
  readonly weight: number;
  /** First height at which it may be in a block. */
  readonly validFrom: number;
  /** Last height at which it may be in a block. */
  readonly validUntil: number;
}

/** JSON for API and explorer: plain values only; amounts and hashes as strings. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Ledger {
  /** `account`, `utxo` …: what clients need to know to build transactions. */
  readonly kind: string;
  /** Writes the initial state (allocations) of the chain. */
  genesis(writer: StateWriter, spec: ChainSpec): void;
  /**
   * Decodes strictly: a block's transactions, or some of them in a row. Ids and raw hashes do not depend on `rules`.
   *
   * @throws a typed error of kind `input` if any is not canonical or too large under `rules`
   */
  decodeBlock(raws: readonly Bytes[], rules: Rules): TransactionBatch;
  /** One batch of several that were decoded under the same rules, in order: the same as if they had been decoded together. */
  join(batches: readonly TransactionBatch[]): TransactionBatch;
  /** The transactions from index `from` up to and without `to`, as a batch of their own. */
  slice(batch: TransactionBatch, from: number, to: number): TransactionBatch;
  /** All signatures of the batch with their exact messages, and which transaction each belongs to (index by entry). */
  signatures(batch: TransactionBatch): { readonly batch: SignatureBatch; readonly transactionIndexes: Uint32Array };
  /** State keys that the batch will touch; `complete` if there are no others. */
  access(batch: TransactionBatch, env: Pick<BlockEnvironment, "proposer">): { readonly keys: readonly Bytes[]; readonly complete: boolean };
  execute(batch: TransactionBatch, writer: StateWriter, env: BlockEnvironment, options: ExecutionOptions): Promise<ExecutionOutcome>;
  /**
   * Facts of transaction `index` of the batch over the state of the head; checks everything but signatures.
   * `env` is that of the next block (`height` is the head's + 1). The facts depend on nothing but the transaction, `env` and
   * what is read from `view`: the mempool asks again when one of the keys that were read changes.
   * @throws typed errors: LEDGER_* for what can't be in the next blocks (stale nonce, too little balance, wrong chain …)
   */
  pool(batch: TransactionBatch, index: number, view: StateReader, env: { readonly height: Height; readonly rules: Rules }): PoolFacts;
  describe(batch: TransactionBatch, index: number): Json;
  /** Account (or address) as clients see it over `view`. */
  describeAccount(address: Address, view: StateReader): Json;
  /**
   * Whom each transaction of the batch concerns, by its receipt: the sender, whoever its operation names (also when it failed),
   * whoever its receipt tells of; each address once. For indexes of history: nothing of consensus depends on it. Optional: over a
   * ledger without it, indexes find transactions by id only.
   */
  addresses?(batch: TransactionBatch, receipts: readonly Receipt[]): readonly (readonly Address[])[];
  /** The state keys under which an address' data lies, for proofs. */
  accountKeys(address: Address): readonly Bytes[];
}

/** Rewards and penalties of engines, without knowing the ledger. Supply changes only here and by the ledger's own issuance. */
export interface Treasury {
  credit(writer: StateWriter, account: Address, amount: bigint): void;
  /** Takes at most what is there; answers what was taken. */
  debit(writer: StateWriter, account: Address, amount: bigint): bigint;
  supply(view: StateReader): bigint;
}
