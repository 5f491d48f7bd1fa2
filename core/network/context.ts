/**
 * What the parts of the protocol (gossip, sync, exchange) are given, and what they answer to the network that composes them.
 *
 * A part subscribes to chain and mempool itself (`dependencies.chain.onImported`, `dependencies.mempool.onAdded`) in `start()`
 * and ends that in `stop()`. The network sends `status` messages when the head moves; parts never do. Parts register metrics of
 * their own with `dependencies.metrics`; `metrics` is what they share.
 */

import type { SyncStatus } from "../ports/views.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import type { NetworkMetrics } from "./metrics.js";
import type { NetworkDependencies, NetworkOptions } from "./options.js";
import type { Peer, ProtocolPart } from "./peer.js";
import type { HeadClaim } from "./wire/messages.js";

export interface NetworkContext {
  readonly dependencies: NetworkDependencies;
  /** Complete: defaults filled in. */
  readonly options: NetworkOptions;
  readonly metrics: NetworkMetrics;
  /** Those who said Hello and are still connected, oldest connection first. One array until somebody comes or goes. */
  peers(): readonly Peer[];
  /** By node id (hex). */
  peer(nodeId: string): Peer | undefined;
  /** Ids of requests, unique within this run of the node across all parts: 1 … 2^32 − 1, then from 1 again. */
  nextRequestId(): number;
  /** What this node claims of its own chain, as Hello and Status say it. */
  localHead(): HeadClaim;
  /**
   * Gossip met a block whose parent it does not know: sync fetches the chain that leads to `blockId` from `peer`, or from
   * another that has it. Asking again for the same block while that is under way changes nothing.
   */
  syncRequested(peer: Peer, blockId: Hash): void;
}

/** `createGossip(context)` in gossip/index.ts answers this. */
export interface Gossip {
  readonly parts: readonly ProtocolPart[];
  /** Sends a message of this node's engine to all peers. @param channel a name that the engine declares */
  publishEngine(channel: string, payload: Bytes): void;
}

/** `new Sync(context)` in sync/index.ts is this. */
export interface ChainSync extends ProtocolPart {
  /** `isolated` is the network's to say: it knows whom it expects. */
  readonly status: SyncStatus;
  /** Calls back when `status.state` changed; answers the function that ends it. */
  onStatusChanged(listener: (status: SyncStatus) => void): () => void;
  /** See NetworkContext.syncRequested. */
  request(peer: Peer, blockId: Hash): void;
}
