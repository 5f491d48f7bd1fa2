/** What a sync finds wrong with a peer: codes of offences, of log lines and of ended syncs. They are API. */
export const SyncCode = {
  /** No answer in time. */
  stalled: "SYNC_STALLED",
  /** It claims a block and has no headers that lead to it. */
  noHeaders: "SYNC_NO_HEADERS",
  /** Far fewer headers than asked for, though there must be more. */
  fewHeaders: "SYNC_FEW_HEADERS",
  tooManyHeaders: "SYNC_TOO_MANY_HEADERS",
  /** Bytes that are no header, or a header that the engine's rules refuse. */
  badHeader: "SYNC_BAD_HEADER",
  /** A row with a gap, or one that begins elsewhere than where the locator lets it. */
  unlinkedHeaders: "SYNC_UNLINKED_HEADERS",
  /** The claimed block has another height or weight, or the headers do not lead to it. */
  falseClaim: "SYNC_FALSE_CLAIM",
  /** Too long a row of headers that together weigh less than this node's chain. */
  lightBranch: "SYNC_LIGHT_BRANCH",
  /** So much work on seals for headers that lead nowhere that no more is done for it now. */
  sealBudget: "SYNC_SEAL_BUDGET",
  /** A block on the branch can't be valid. */
  invalidBranch: "SYNC_INVALID_BRANCH",
  /** The branch leaves this node's chain below what is final here. */
  forkedBelowFinality: "NETWORK_FORKED_BELOW_FINALITY",
  /** Not a block, or not the one that was asked for. */
  badBlock: "SYNC_BAD_BLOCK",
  /** A body that its header does not name, or a wrong certificate. */
  wrongBody: "SYNC_WRONG_BODY",
  noCertificate: "SYNC_NO_CERTIFICATE",
  /** It led here and does not have the blocks. */
  missingBlock: "SYNC_MISSING_BLOCK",
  unrequested: "SYNC_UNREQUESTED",
  tooManyRequests: "SYNC_TOO_MANY_REQUESTS",
  // --- nobody's fault: why a sync ended -----------------------------------------------------------------------------
  reached: "SYNC_REACHED",
  /** The branch is known to the end and not better than this node's. */
  notBetter: "SYNC_NOT_BETTER",
  peerGone: "SYNC_PEER_GONE",
  /** The next block is below what any peer keeps. */
  notKept: "SYNC_BLOCKS_NOT_KEPT",
  /** Nobody delivers the next block. */
  starved: "SYNC_STARVED",
  /** The next block's time has not come, or the chain has no room for it now. */
  notYet: "SYNC_NOT_YET",
  failed: "SYNC_FAILED",
  stopped: "SYNC_STOPPED",
} as const;

export type SyncCode = (typeof SyncCode)[keyof typeof SyncCode];
