/** Errors of proof of work. Their codes are API. */
import { defineError } from "../kernel/errors.js";
import type { StaleReason } from "../ports/mining.js";

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

/** A template that was never given out, or that so many newer ones were made since that it is forgotten. */
export const TemplateUnknownError = defineError<{ id: string }>(
  "WORK_TEMPLATE_UNKNOWN",
  "missing",
  ({ id }) => `there is no template ${id}: it was never made here, or newer ones took its place; ask for a new one`,
);

/** A template that no block can be made of any more. */
export const TemplateStaleError = defineError<{ id: string; reason: StaleReason; height: number }>(
  "WORK_TEMPLATE_STALE",
  "conflict",
  ({ reason, height }) =>
    `the template for height ${height} is stale: ${reason === "head" ? "the head has moved since" : "its time is up"}; ask for a new one`,
);

/** Nobody is named whom the block would reward. */
export const TemplateAddressError = defineError(
  "WORK_TEMPLATE_ADDRESS",
  "input",
  () => "a template needs an address for its reward, and this node's config has none; name one in the request",
);

/** More requests for templates than are made at a time, or the head moves faster than they are made. */
export const TemplatesBusyError = defineError<{ waiting: number }>(
  "WORK_TEMPLATES_BUSY",
  "limit",
  ({ waiting }) => `the node can't make a template now (${waiting} wait for theirs); ask again in a moment`,
);

/** A seal of another length than this chain's. */
export const SealLengthError = defineError<{ bytes: number; expected: number }>(
  "WORK_SEAL_LENGTH",
  "input",
  ({ bytes, expected }) => `the seal has ${bytes} bytes; this chain's have ${expected}`,
);

/** A seal that does not meet the template's target: the wrong seal, the wrong template, or work that was only near. */
export const AboveTargetError = defineError<{ hash: string; target: string }>(
  "WORK_ABOVE_TARGET",
  "input",
  ({ hash, target }) =>
    `the proof hash ${hash} is above the target ${target}; check that the seal was searched for this template's signing root`,
);

/** A block that was made of a template and a good seal, and was not taken in. */
export const SealedBlockRefusedError = defineError<{ status: string; verdict: string; reason: string }>(
  "WORK_BLOCK_REFUSED",
  "conflict",
  ({ status, verdict, reason }) => `the sealed block was answered ${status}: ${verdict}: ${reason}; ask for a new template`,
);

/** The miner has been stopped; it does not start again. */
export const MinerStoppedError = defineError(
  "WORK_MINER_STOPPED",
  "unavailable",
  () => "the miner has been stopped; make a new one to search again",
);
