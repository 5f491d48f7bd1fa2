/** Whether this node is too far behind its peers to judge what they gossip: then sync comes first. */
import type { NetworkContext } from "../context.js";

/** Blocks this near to the head are gossiped; what is farther is for sync. */
export const NEAR_BLOCKS = 16;

/**
 * True while at least half of the peers claim heads that are more than `NEAR_BLOCKS` above this node's. Claims cost nothing, so one
 * peer's alone does not count among several.
 */
export function isBehind(context: NetworkContext): boolean {
  const peers = context.peers();
  const height = context.localHead().height + NEAR_BLOCKS;
  let ahead = 0;
  for (const peer of peers) if (peer.head.height > height) ahead++;
  return ahead > 0 && ahead * 2 >= peers.length;
}
