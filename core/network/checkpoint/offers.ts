/** Which snapshots peers have, as they say, and which of them a node may begin with. */
import { Hash, type HashKey } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import type { SnapshotOffer } from "../wire/messages.js";
import type { CheckpointOptions } from "./options.js";
import type { Checkpoint } from "./parts.js";
import type { PartRequests } from "./requests.js";
import type { Roster } from "./roster.js";

/** A snapshot and who has it. */
export interface Candidate {
  readonly offer: SnapshotOffer;
  readonly peers: readonly Peer[];
}

export interface OffersParts {
  readonly context: NetworkContext;
  readonly options: CheckpointOptions;
  readonly requests: PartRequests;
  readonly roster: Roster;
  readonly checkpoint: Checkpoint;
  /** Snapshots above the checkpoint will do: their headers can be checked. */
  readonly takesAbove: boolean;
  /** Somebody answered. */
  readonly onAnswer: () => void;
}

export class Offers {
  readonly #parts: OffersParts;
  readonly #offers = new Map<Peer, { readonly atMs: number; offers: readonly SnapshotOffer[] }>();
  readonly #asking = new Set<Peer>();
  /** Manifests that turned out to be untrue. */
  readonly #refused = new Set<HashKey>();

  constructor(parts: OffersParts) {
    this.#parts = parts;
  }

  /** Asks whoever was not asked lately. */
  look(): void {
    const { roster, context, options } = this.#parts;
    const nowMs = context.dependencies.clock.monotonicMs();
    for (const peer of roster.all()) {
      if (this.#asking.has(peer) || nowMs - (this.#offers.get(peer)?.atMs ?? Number.NEGATIVE_INFINITY) < options.askAgainMs) continue;
      this.#asking.add(peer);
      void this.#ask(peer);
    }
  }

  async #ask(peer: Peer): Promise<void> {
    const { requests, roster, context, onAnswer } = this.#parts;
    const answer = await requests.ask(peer, { type: "snapshots-request" });
    this.#asking.delete(peer);
    if (answer === "gone") return;
    if (answer === "timeout") roster.rest(peer);
    this.#offers.set(peer, { atMs: context.dependencies.clock.monotonicMs(), offers: answer === "timeout" ? [] : answer.offers });
    onAnswer();
  }

  onPeerGone(peer: Peer): void {
    this.#offers.delete(peer);
  }

  /** All that are asked have answered. */
  get isSettled(): boolean {
    return this.#asking.size === 0 && this.#offers.size > 0;
  }

  /** Whether a peer says that it has this snapshot. */
  has(peer: Peer, manifestHash: Hash): boolean {
    const key = Hash.key(manifestHash);
    return this.#offers.get(peer)?.offers.some((offer) => Hash.key(offer.manifestHash) === key) === true;
  }

  /** It does not have it after all. */
  withdraw(peer: Peer, manifestHash: Hash): void {
    const record = this.#offers.get(peer);
    const key = Hash.key(manifestHash);
    if (record !== undefined) record.offers = record.offers.filter((offer) => Hash.key(offer.manifestHash) !== key);
  }

  /** Nobody's manifest with this hash is used any more. */
  refuse(manifestHash: Hash): void {
    this.#refused.add(Hash.key(manifestHash));
  }

  /** The best first: of the checkpoint itself, which nothing but the operator has to be trusted for; then what most peers have; then the newest. */
  candidates(): Candidate[] {
    const { checkpoint, takesAbove } = this.#parts;
    const found = new Map<HashKey, { offer: SnapshotOffer; peers: Peer[] }>();
    for (const [peer, { offers }] of this.#offers) {
      if (!peer.connected) continue;
      for (const offer of offers) {
        const isExact = offer.height === checkpoint.height && Hash.key(offer.id) === Hash.key(checkpoint.id);
        if (!isExact && !(takesAbove && offer.height > checkpoint.height)) continue;
        const key = Hash.key(offer.manifestHash);
        if (this.#refused.has(key)) continue;
        const candidate = found.get(key) ?? { offer, peers: [] };
        candidate.peers.push(peer);
        found.set(key, candidate);
      }
    }
    const isExact = ({ offer }: Candidate) => (offer.height === checkpoint.height ? 1 : 0);
    return [...found.values()].sort(
      (a, b) => isExact(b) - isExact(a) || b.peers.length - a.peers.length || b.offer.height - a.offer.height,
    );
  }
}
