/** Whether this node is too far behind its peers to judge what they gossip: then sync comes first. */
import type { NetworkContext } from "../context.js";

/** Blocks this near to the head are gossiped; what is farther is for sync. */
export const NEAR_BLOCKS = 16;

/**
 * True while more than half of the peers claim heads that are more than `NEAR_BLOCKS` above this node's, and more than half of those
 * that it dialed, if there are any. Claims cost nothing, and neither do connections to this node: whoever is to keep it from
 * gossip has to be among those that it chose, too.
 */
export function isBehind(context: NetworkContext): boolean {
  const height = context.localHead().height + NEAR_BLOCKS;
  const [all, dialed] = [
    { peers: 0, ahead: 0 },
    { peers: 0, ahead: 0 },
  ];
  for (const { head, direction } of context.peers()) {
    for (const count of direction === "outbound" ? [all, dialed] : [all]) {
      count.peers++;
      if (head.height > height) count.ahead++;
    }
  }
  return all.ahead * 2 > all.peers && (dialed.peers === 0 || dialed.ahead * 2 > dialed.peers);
}
