/** Errors of proof of work. Their codes are API. */
import { defineError } from "../kernel/errors.js";

/** Compact bits that are no target: zero, negative, too large, or not in their one canonical form. */
export const CompactBitsError = defineError<{ bits: string; reason: string }>(
  "WORK_COMPACT_BITS",
  "input",
  ({ bits, reason }) => `compact target 0x${bits}: ${reason}; write it as Bitcoin's nBits, for example 1d00ffff`,
);

/** A miner's thread ended by itself. The next search starts a new one. */
export const WorkerDiedError = defineError<{ lane: number; reason: string }>(
  "WORK_WORKER_DIED",
  "internal",
  ({ lane, reason }) => `mining thread ${lane} died: ${reason}; a new one is started with the next search`,
);

/** The search module could not be loaded, or threw. */
export const SearchFailedError = defineError<{ module: string; reason: string }>(
  "WORK_SEARCH_FAILED",
  "internal",
  ({ module, reason }) => `the search of ${module} failed: ${reason}`,
);

/** The miner has been stopped; it does not start again. */
export const MinerStoppedError = defineError(
  "WORK_MINER_STOPPED",
  "unavailable",
  () => "the miner has been stopped; make a new one to search again",
);
