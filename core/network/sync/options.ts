/** Bounds of a sync that are its own business; what operators set is in NetworkOptions. */
const MIBIBYTE = 1024 * 1024;

export interface SyncOptions {
  /** Headers of one answer, where headers can be judged alone. At most 2,000 (wire/messages.ts). */
  readonly headersPerRequest: number;
  /** The same where they can't: fewer, since anybody can make them up. */
  readonly stateHeadersPerRequest: number;
  /** Checked headers that are held ahead of their blocks, in count … */
  readonly headersAhead: number;
  /** … and in bytes of memory. */
  readonly headerBytesAhead: number;
  /** Unchecked headers that are held ahead of their blocks. */
  readonly stateHeadersAhead: number;
  /** Blocks that are asked for or held, counted from the lowest that is not imported. */
  readonly windowBlocks: number;
  /** Encoded bytes of blocks that are held until their turn has come, or are being imported. */
  readonly windowBytes: number;
  /** Blocks that are being imported at the same time, in count and in encoded bytes. */
  readonly importBlocks: number;
  readonly importBytes: number;
  /**
   * Work on seals, by what the engine says that one costs: that is done between two looks at what else there is; that a peer may cause for
   * headers that lead nowhere; and in how long that comes back. Milliseconds, the first two of one core.
   */
  readonly sealPieceMs: number;
  readonly sealBudgetMs: number;
  readonly sealBudgetPeriodMs: number;
  /** How long gossip has to bring a block of which only the peer's claim is known, when it is a near one. */
  readonly graceMs: number;
  /** Up to this many blocks behind is near: gossip's to fetch at first, and never called syncing. */
  readonly nearBlocks: number;
  /** More blocks behind than this is called syncing at once … */
  readonly lagBlocks: number;
  /** … and fewer, if the node lacks what its network had all through so long. See following.ts. */
  readonly lagMs: number;
  /** Good headers ahead count for so long after the sync that fetched them broke off: it is about to be tried again. */
  readonly retryMs: number;
  /** Between two lines of the log. */
  readonly logIntervalMs: number;
}

export const DEFAULT_SYNC_OPTIONS: SyncOptions = {
  headersPerRequest: 2_000,
  stateHeadersPerRequest: 256,
  headersAhead: 20_000,
  headerBytesAhead: 48 * MIBIBYTE,
  stateHeadersAhead: 512,
  windowBlocks: 2_048,
  windowBytes: 64 * MIBIBYTE,
  importBlocks: 64,
  importBytes: 32 * MIBIBYTE,
  sealPieceMs: 2_000,
  sealBudgetMs: 60_000,
  sealBudgetPeriodMs: 3_600_000,
  graceMs: 300,
  nearBlocks: 2,
  lagBlocks: 8,
  lagMs: 5_000,
  retryMs: 10_000,
  logIntervalMs: 5_000,
};
