/**
 * What peers say they have, and which of it to believe first.
 *
 * A claim costs nothing to make. So the best one is tried first, but one that led nowhere is not tried again, its peer has to wait
 * longer each time, and what is shown of claims is bounded by what a chain of this age can have.
 */
import type { TreeHeader } from "../../ports/consensus.js";
import { bytesEqual } from "../../primitives/bytes.js";
import { Hash, type HashKey } from "../../primitives/hash.js";
import type { NetworkContext } from "../context.js";
import type { Peer } from "../peer.js";
import { SyncCode } from "./codes.js";
import type { Outcome, Target } from "./outcome.js";

/** What was seen when nobody's claim was worth a look; as long as all of this is so, none is. */
interface Quiet {
  readonly peers: readonly Peer[];
  readonly head: TreeHeader;
  readonly finalized: TreeHeader;
}

interface Record {
  /** Blocks that gossip asked for, newest last. */
  wanted: Hash[];
  /** Claims that led nowhere. */
  readonly dropped: Set<HashKey>;
  failures: number;
  restUntilMs: number;
}

const WANTED_MAX = 4;
const DROPPED_MAX = 64;
const REST_MS = 500;
const REST_MAX_MS = 60_000;

export class Claims {
  readonly #context: NetworkContext;
  readonly #records = new Map<Peer, Record>();
  /** Asked for again and again, and mostly there is nothing. */
  #quiet: Quiet | undefined;

  constructor(context: NetworkContext) {
    this.#context = context;
  }

  /** Gossip met a block of this peer whose parent it does not know. */
  want(peer: Peer, id: Hash): void {
    const record = this.#of(peer);
    this.#quiet = undefined;
    if (record.wanted.some((each) => Hash.key(each) === Hash.key(id))) return;
    record.wanted.push(id);
    if (record.wanted.length > WANTED_MAX) record.wanted.shift();
  }

  /** Claims have changed of which nobody told. */
  lookAnew(): void {
    this.#quiet = undefined;
  }

  /** A peer has come, or says that it has another head. */
  onClaim(peer: Peer): void {
    if (this.#quiet !== undefined && mayLead(peer, this.#quiet.head, this.#quiet.finalized)) this.#quiet = undefined;
  }

  onPeerGone(peer: Peer): void {
    this.#records.delete(peer);
  }

  /** The best that anybody has, by weight, then by height; what only gossip wants comes last. */
  best(): Target | undefined {
    const { chain } = this.#context.dependencies;
    const { head, finalized } = chain;
    const peers = this.#context.peers();
    const quiet = this.#quiet;
    if (quiet !== undefined && quiet.head === head && quiet.finalized === finalized && quiet.peers === peers) return undefined;
    this.#quiet = this.#isQuiet(peers, head, finalized) ? { peers, head, finalized } : undefined;
    if (this.#quiet !== undefined) return undefined;
    let best: Target | undefined;
    // Peers mostly claim one and the same block: it is looked up once.
    let last: { readonly id: Hash; readonly isValid: boolean } | undefined;
    const isValid = (id: Hash): boolean => {
      if (last === undefined || !bytesEqual(last.id, id)) last = { id, isValid: chain.standing(id) === "valid" };
      return last.isValid;
    };
    const nowMs = this.#nowMs;
    for (const peer of peers) {
      const record = this.#of(peer);
      if (record.restUntilMs > nowMs) continue;
      if (mayLead(peer, head, finalized) && !isValid(peer.head.id) && peer.servesChain && !this.#isDropped(record, peer.head.id)) {
        const target = { peer, id: peer.head.id, claim: { height: peer.head.height, weight: peer.head.weight } };
        if (best === undefined || this.#comesBefore(target, best)) best = target;
      }
      // Every head of every peer leads here, and gossip rarely wants anything.
      if (record.wanted.length === 0) continue;
      record.wanted = record.wanted.filter((id) => chain.standing(id) !== "valid" && !this.#isDropped(record, id));
      const wanted = record.wanted.at(-1);
      if (wanted !== undefined) best ??= { peer, id: wanted, claim: undefined };
    }
    return best;
  }

  /** Whether nobody claims anything better than there is here, and gossip wants nothing. */
  #isQuiet(peers: readonly Peer[], head: TreeHeader, finalized: TreeHeader): boolean {
    for (const peer of peers) if (mayLead(peer, head, finalized) || (this.#records.get(peer)?.wanted.length ?? 0) > 0) return false;
    return true;
  }

  /**
   * Whose claims led nowhere wait until the others were tried; and whom this node dialed comes before those who came by themselves,
   * as connections to this node cost no more than claims. Otherwise a few could keep it busy for ever.
   */
  #comesBefore(a: Target, b: Target): boolean {
    if (b.claim === undefined) return true;
    const [failuresA, failuresB] = [this.#of(a.peer).failures, this.#of(b.peer).failures];
    if (failuresA !== failuresB) return failuresA < failuresB;
    if (a.peer.direction !== b.peer.direction) return a.peer.direction === "outbound";
    return isBetter(a, b);
  }

  /** When the next claim that rests may be looked at again; undefined if none rests. */
  nextRestMs(): number | undefined {
    let next: number | undefined;
    const nowMs = this.#nowMs;
    for (const { restUntilMs } of this.#records.values())
      if (restUntilMs > nowMs && restUntilMs < (next ?? Number.POSITIVE_INFINITY)) next = restUntilMs;
    return next;
  }

  /** How the sync of a target ended. */
  settle({ peer, id }: Target, { code, claim }: Outcome): void {
    if (!peer.connected) return;
    const record = this.#of(peer);
    record.wanted = record.wanted.filter((each) => Hash.key(each) !== Hash.key(id));
    if (code === SyncCode.reached) record.failures = 0;
    if (claim === "keep") return;
    const isFailure = code !== SyncCode.reached && code !== SyncCode.notBetter;
    if (isFailure) {
      record.restUntilMs = this.#nowMs + Math.min(REST_MAX_MS, REST_MS * 2 ** record.failures);
      record.failures = Math.min(record.failures + 1, 16);
    }
    if (claim === "drop") record.dropped.add(Hash.key(id));
    for (const oldest of record.dropped) {
      if (record.dropped.size <= DROPPED_MAX) break;
      record.dropped.delete(oldest);
    }
  }

  #isDropped({ dropped }: Record, id: Hash): boolean {
    return dropped.size > 0 && dropped.has(Hash.key(id));
  }

  #of(peer: Peer): Record {
    let record = this.#records.get(peer);
    if (record === undefined) {
      record = { wanted: [], dropped: new Set(), failures: 0, restUntilMs: 0 };
      this.#records.set(peer, record);
    }
    return record;
  }

  get #nowMs(): number {
    return this.#context.dependencies.clock.monotonicMs();
  }
}

/** Whether a peer's head could become this node's, if that does not have it yet. */
function mayLead({ head }: Peer, own: TreeHeader, finalized: TreeHeader): boolean {
  if (head.weight > own.weight) return true;
  // Engines without weights choose otherwise: only what lies at or below finality can't be chosen.
  const isWeightless = head.weight === 0n && own.weight === 0n;
  return isWeightless && head.height > finalized.header.height;
}

function isBetter({ claim }: Target, { claim: other }: Target): boolean {
  if (claim === undefined || other === undefined) return claim !== undefined;
  return claim.weight === other.weight ? claim.height > other.height : claim.weight > other.weight;
}
