/**
 * Requests that were given up and whose answers may still come: an answer to one of them is late, any other that nobody waits for
 * was never asked for. A slow peer is no liar.
 */
import type { Peer } from "./peer.js";

export class LateAnswers {
  readonly #ids = new Map<Peer, Set<number>>();
  readonly #most: number;

  /** @param most how many are remembered of each peer; the oldest go first */
  constructor(most: number) {
    this.#most = most;
  }

  expect(peer: Peer, requestId: number): void {
    const ids = this.#ids.get(peer) ?? new Set<number>();
    ids.add(requestId);
    for (const oldest of ids) {
      if (ids.size <= this.#most) break;
      ids.delete(oldest);
    }
    this.#ids.set(peer, ids);
  }

  /** Whether an answer with this id was expected; it comes once. */
  take(peer: Peer, requestId: number): boolean {
    return this.#ids.get(peer)?.delete(requestId) === true;
  }

  onPeerGone(peer: Peer): void {
    this.#ids.delete(peer);
  }
}
