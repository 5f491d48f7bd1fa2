/** Errors of checkpoint starts, as operators meet them. Codes are API. */
import { defineError } from "../../kernel/errors.js";

export const CheckpointNotOnChainError = defineError<{ height: number; checkpoint: string; found: string; where: string }>(
  "CHECKPOINT_NOT_ON_CHAIN",
  "conflict",
  ({ height, checkpoint, found, where }) =>
    `the checkpoint ${checkpoint} at height ${height} is not on ${where}, which has ${found} there; compare node.sync.checkpoint with a source that you trust: correct it if it is wrong, connect to other peers if they are (and use another data directory if this one followed them)`,
);
