/** Errors of fork choice: what it can't take in. Their codes are API. */
import { defineError } from "../../../core/sdk.js";

export const UnknownParentError = defineError<{ readonly root: string; readonly parent: string }>(
  "GASPER_FORK_CHOICE_UNKNOWN_PARENT",
  "missing",
  ({ root, parent }) => `block ${root} follows ${parent}, which fork choice does not know; hand over parents first`,
);

export const KnownBlockError = defineError<{ readonly root: string }>(
  "GASPER_FORK_CHOICE_KNOWN_BLOCK",
  "conflict",
  ({ root }) => `fork choice has block ${root} already`,
);

export const FutureBlockError = defineError<{ readonly root: string; readonly slot: number; readonly currentSlot: number }>(
  "GASPER_FORK_CHOICE_FUTURE_BLOCK",
  "unavailable",
  ({ root, slot, currentSlot }) => `block ${root} is of slot ${slot}, and it is slot ${currentSlot}; hand it over when its slot has come`,
);

export const BeforeFinalizedError = defineError<{ readonly root: string; readonly slot: number; readonly finalizedEpoch: number }>(
  "GASPER_FORK_CHOICE_BEFORE_FINALIZED",
  "conflict",
  ({ root, slot, finalizedEpoch }) =>
    `block ${root} of slot ${slot} does not descend from the checkpoint of epoch ${finalizedEpoch}, which is final`,
);

export const SnapshotError = defineError<{ readonly reason: string }>(
  "GASPER_FORK_CHOICE_SNAPSHOT",
  "input",
  ({ reason }) => `the saved votes can't be read: ${reason}; go on without them, blocks and gossip bring votes anew`,
);
