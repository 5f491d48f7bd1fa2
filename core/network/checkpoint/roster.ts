/** The peers that a checkpoint start may ask: who knows how, is not resting, and owes little. */
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import type { PartRequests } from "./requests.js";

const REST_MAX_MS = 60_000;

export class Roster {
  readonly #context: NetworkContext;
  readonly #requests: PartRequests;
  readonly #rests = new Map<Peer, { untilMs: number; times: number }>();

  constructor(context: NetworkContext, requests: PartRequests) {
    this.#context = context;
    this.#requests = requests;
  }

  /** Who is connected and knows the messages. */
  all(): readonly Peer[] {
    return this.#context.peers().filter((peer) => peer.connected && peer.servesCheckpoints);
  }

  /** The one that owes least, of those that the caller likes; undefined: all have enough to do. */
  pick(perPeer: number, likes: (peer: Peer) => boolean): Peer | undefined {
    let best: Peer | undefined;
    let bestOwed = perPeer;
    for (const peer of this.all()) {
      const owed = this.#requests.openOf(peer);
      if (owed >= bestOwed || this.isResting(peer) || !likes(peer)) continue;
      best = peer;
      bestOwed = owed;
    }
    return best;
  }

  /** Those who never kept this node waiting come first. */
  byPatience(peers: readonly Peer[]): readonly Peer[] {
    const times = (peer: Peer) => this.#rests.get(peer)?.times ?? 0;
    return [...peers].sort((a, b) => times(a) - times(b));
  }

  isResting(peer: Peer): boolean {
    return (this.#rests.get(peer)?.untilMs ?? 0) > this.#context.dependencies.clock.monotonicMs();
  }

  /** It kept this node waiting: twice as long each time. */
  rest(peer: Peer): void {
    // Nobody would forget it.
    if (!peer.connected) return;
    const times = (this.#rests.get(peer)?.times ?? 0) + 1;
    const nowMs = this.#context.dependencies.clock.monotonicMs();
    const restMs = Math.min(REST_MAX_MS, this.#context.options.requestTimeoutMs * 2 ** Math.min(times - 1, 8));
    this.#rests.set(peer, { untilMs: nowMs + restMs, times });
  }

  /** It delivered. */
  worked(peer: Peer): void {
    this.#rests.delete(peer);
  }

  onPeerGone(peer: Peer): void {
    this.#rests.delete(peer);
  }

  /** Peers that something is under way from. */
  get active(): number {
    return this.all().filter((peer) => this.#requests.openOf(peer) > 0).length;
  }
}
