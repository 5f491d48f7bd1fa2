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
  const peers = context.peers();
  let ahead = 0;
  for (const { head } of peers) if (head.height > height) ahead++;
  // Asked at each announcement; that nobody is ahead is the rule.
  if (ahead * 2 <= peers.length) return false;
  const dialed = { peers: 0, ahead: 0 };
  for (const { head, direction } of peers) {
    if (direction !== "outbound") continue;
    dialed.peers++;
    if (head.height > height) dialed.ahead++;
  }
  return dialed.peers === 0 || dialed.ahead * 2 > dialed.peers;
}
