/** Which snapshots peers have, as they say, and which of them a node may begin with. */
import { Hash } from "../../primitives/hash.js";
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

/** Offers that are the same in all that is asked for by them. */
type OfferKey = string;

interface Aside {
  readonly untilMs: number;
  readonly times: number;
  readonly tried: WeakSet<Peer> | undefined;
}

/** Offers that are refused or put aside: the first is forgotten for one more. */
const REMEMBERED_MAX = 1_024;
/** An offer is put aside for twice as long each time, and waited for as much longer: up to 2^this times. */
const LONGER_MAX = 5;

/**
 * An offer's height, block and size are claims of whoever made it, though the hash be of a good manifest: who makes other claims
 * offers something else, and takes nothing from those who have the good one.
 */
function keyOf({ manifestHash, height, id, manifestBytes }: SnapshotOffer): OfferKey {
  return `${Hash.key(manifestHash)} ${height} ${Hash.key(id)} ${manifestBytes}`;
}

export class Offers {
  readonly #parts: OffersParts;
  readonly #offers = new Map<Peer, { readonly atMs: number; offers: readonly SnapshotOffer[] }>();
  readonly #asking = new Set<Peer>();
  /** What turned out to be untrue. */
  readonly #refused = new Set<OfferKey>();
  /** What did not work, and may another time. */
  readonly #aside = new Map<OfferKey, Aside>();

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

  /** Nobody's offer like this is used any more. */
  refuse(offer: SnapshotOffer): void {
    this.#refused.add(keyOf(offer));
    if (this.#refused.size > REMEMBERED_MAX) for (const first of [...this.#refused].slice(0, 1)) this.#refused.delete(first);
  }

  /**
   * It is looked at again after a while, which this answers, ms: twice as long each time.
   *
   * @param tried it was only these that did not have it: at once, if somebody else has
   */
  setAside(offer: SnapshotOffer, tried?: readonly Peer[]): number {
    const { context, options } = this.#parts;
    const key = keyOf(offer);
    const before = this.#timesAside(offer);
    const restMs = options.askAgainMs * 2 ** Math.min(before, LONGER_MAX);
    this.#aside.delete(key);
    const untilMs = context.dependencies.clock.monotonicMs() + restMs;
    this.#aside.set(key, { untilMs, times: before + 1, tried: tried && new WeakSet(tried) });
    if (this.#aside.size > REMEMBERED_MAX) for (const first of [...this.#aside.keys()].slice(0, 1)) this.#aside.delete(first);
    return restMs;
  }

  /** For so long its manifest, or its chunks, may come too slowly, ms: twice as long each time that it was put aside. */
  patienceMs(offer: SnapshotOffer): number {
    return this.#parts.options.patienceMs * 2 ** Math.min(this.#timesAside(offer), LONGER_MAX);
  }

  #timesAside(offer: SnapshotOffer): number {
    return this.#aside.get(keyOf(offer))?.times ?? 0;
  }

  /**
   * The best first: what somebody has who does not rest, so that who kept this node waiting with one has no other one's turn; of the checkpoint
   * itself, which nothing but the operator has to be trusted for; what most peers have; the newest.
   */
  candidates(): Candidate[] {
    const nowMs = this.#parts.context.dependencies.clock.monotonicMs();
    return this.#known().filter(({ offer, peers }) => {
      const aside = this.#aside.get(keyOf(offer));
      return aside === undefined || aside.untilMs <= nowMs || (aside.tried !== undefined && peers.some((peer) => !aside.tried?.has(peer)));
    });
  }

  /** There are snapshots, and all of them are put aside. */
  get isAllAside(): boolean {
    return this.#known().length > 0 && this.candidates().length === 0;
  }

  /** What was put aside included. */
  #known(): Candidate[] {
    const { checkpoint, takesAbove, roster } = this.#parts;
    const found = new Map<OfferKey, { offer: SnapshotOffer; peers: Set<Peer> }>();
    for (const [peer, { offers }] of this.#offers) {
      if (!peer.connected) continue;
      for (const offer of offers) {
        const isExact = offer.height === checkpoint.height && Hash.key(offer.id) === Hash.key(checkpoint.id);
        if (!isExact && !(takesAbove && offer.height > checkpoint.height)) continue;
        const key = keyOf(offer);
        if (this.#refused.has(key)) continue;
        const candidate = found.get(key) ?? { offer, peers: new Set() };
        candidate.peers.add(peer);
        found.set(key, candidate);
      }
    }
    const rank = ({ offer, peers }: Candidate) =>
      (peers.every((peer) => roster.isResting(peer)) ? 0 : 2) + (offer.height === checkpoint.height ? 1 : 0);
    return [...found.values()]
      .map(({ offer, peers }) => ({ offer, peers: [...peers] }))
      .sort((a, b) => rank(b) - rank(a) || b.peers.length - a.peers.length || b.offer.height - a.offer.height);
  }
}
