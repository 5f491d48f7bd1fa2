/** Bounds of the mempool. Everything that an outsider can fill has one. */

export interface MempoolOptions {
  /** Pooled transactions. */
  readonly maxCount: number;
  /** Raw bytes of the pooled transactions; memory is about three times as much. */
  readonly maxBytes: number;
  /** Pooled transactions of one sender. */
  readonly maxPerSender: number;
  /** How much more than its rivals' fees together a replacement pays, percent. */
  readonly replaceFeePercent: number;
  /** Submissions that wait for their signatures or for the journal. */
  readonly maxPending: number;
  /** The same in raw bytes. */
  readonly maxPendingBytes: number;
  /** Transactions whose signatures are checked in one call to compute. */
  readonly maxBatch: number;
  /** Calls to compute that may be under way at once. */
  readonly maxConcurrentBatches: number;
  /** Hashes of transactions with a bad signature that are remembered. */
  readonly rememberBad: number;
  /** Hashes of verified transactions that are remembered after they left the pool. */
  readonly rememberVerified: number;
  /** Why transactions were dropped: how many are remembered. */
  readonly rememberDropped: number;
  /**
   * Raw bytes (and 256 for each) of transactions that the journal keeps after a block took them, until that block is final, so that
   * a reorg and a crash together don't lose them. Beyond it the oldest are let go: only then, with finality that far behind, a
   * crash between a reorg's two writes can lose one.
   */
  readonly journalRetainedBytes: number;
}

export const DEFAULT_MEMPOOL_OPTIONS: MempoolOptions = {
  maxCount: 50_000,
  maxBytes: 64 * 1024 * 1024,
  maxPerSender: 256,
  replaceFeePercent: 10,
  maxPending: 8_192,
  maxPendingBytes: 16 * 1024 * 1024,
  maxBatch: 256,
  maxConcurrentBatches: 4,
  rememberBad: 10_000,
  rememberVerified: 50_000,
  rememberDropped: 10_000,
  journalRetainedBytes: 64 * 1024 * 1024,
};
