/** Errors of sync, as operators meet them. Codes are API; what peers do wrong is in codes.ts. */
import { defineError } from "../../kernel/errors.js";

/** Every needed block is below what the peers keep. */
export const BlocksNotKeptError = defineError<{ height: number; keptFrom: number; peers: number }>(
  "SYNC_BLOCKS_NOT_KEPT",
  "unavailable",
  ({ height, keptFrom, peers }) =>
    `the next block that this node needs is at height ${height}, and none of its ${peers} peers keeps blocks below height ${keptFrom}; connect to a node that keeps all blocks (node.chain.pruning: full or archive), or start from a snapshot on an empty data directory (node.sync.mode: state with node.sync.checkpoint)`,
);
