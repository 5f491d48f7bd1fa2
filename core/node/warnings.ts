/** What a node tells its operator while it works: each with a stable code and what to do. */
import type { NodeWarning, RefusedBranch } from "../ports/views.js";
import { Hash } from "../primitives/hash.js";

/** A heavier branch leaves this node's chain below the reorg limit. */
export const BRANCH_REFUSED = "CHAIN_BRANCH_REFUSED";

export function refusedBranchWarning(branch: RefusedBranch): NodeWarning {
  const { height, id, weight, forkHeight, forkId, depth, peer, seenAtMs } = branch;
  return {
    code: BRANCH_REFUSED,
    message:
      `a heavier branch, with block ${Hash.key(id)} at height ${height}, leaves this node's chain at height ${forkHeight}, ${depth} blocks below its head ` +
      "and below what is final here, so it is not followed; if the rest of the network is on it, stop the node, run " +
      `\`chainwright db rewind --config FILE --to ${forkHeight} --drop\`, and start it again`,
    data: { height, id: Hash.key(id), weight: weight.toString(), forkHeight, forkId: Hash.key(forkId), depth, peer, seenAtMs },
  };
}
