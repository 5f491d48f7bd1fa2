/**
 * The network of a node without transports: itself. It is in sync with everybody it knows.
 *
 * The node's identity is here from the start, because what it signs and shows must not change when peers come.
 */
import type { NetworkView, PeerInfo } from "../ports/views.js";

export class LocalNetwork implements NetworkView {
  readonly nodeId: string;
  readonly listening: readonly string[] = [];
  readonly peers: readonly PeerInfo[] = [];
  readonly #height: () => number | undefined;

  /** @param height of the head, once the chain has started */
  constructor(nodeId: string, height: () => number | undefined) {
    this.nodeId = nodeId;
    this.#height = height;
  }

  get sync(): NetworkView["sync"] {
    const height = this.#height();
    return { state: height === undefined ? "starting" : "synced", currentHeight: height ?? 0, targetHeight: height ?? 0, headerHeight: height ?? 0, blocksPerSecond: 0 };
  }
}
