/**
 * Transactions that peers announced and this node does not have: who can be asked for which, and who is asked.
 *
 * Outsiders fill it with hashes that cost them nothing. So each peer has a bound, and so has the whole; when that is reached,
 * whoever has most waiting loses its oldest: a flood displaces itself before it displaces others.
 */
import { assert } from "../../kernel/assert.js";
import { Hash, type HashKey } from "../../primitives/hash.js";
import type { Peer } from "../peer.js";

export interface TransactionWant {
  /** Of the raw bytes' hash. */
  readonly key: HashKey;
  /** Who has it and was not asked in vain. */
  readonly announcers: Peer[];
  /** Who is asked. */
  asked: Peer | undefined;
  /** Somebody was asked in vain. */
  isRetried: boolean;
}

export interface TransactionWantsOptions {
  /** Waiting and asked for, altogether. */
  readonly maxCount: number;
  /** Waiting that one peer announced. */
  readonly maxPerPeer: number;
  /** Peers that are remembered for one transaction. */
  readonly maxAnnouncers: number;
}

export class TransactionWants {
  readonly #options: TransactionWantsOptions;
  readonly #onEvicted: () => void;
  readonly #wants = new Map<HashKey, TransactionWant>();
  /** What each peer could be asked for, in the order in which it announced. */
  readonly #waiting = new Map<Peer, Map<HashKey, TransactionWant>>();

  /** @param onEvicted one had to go for another */
  constructor(options: TransactionWantsOptions, onEvicted: () => void = () => undefined) {
    this.#options = options;
    this.#onEvicted = onEvicted;
  }

  get count(): number {
    return this.#wants.size;
  }

  waitingAt(peer: Peer): number {
    return this.#waiting.get(peer)?.size ?? 0;
  }

  /** A peer has it. Answers whether there was room to remember that. */
  note(peer: Peer, hash: Hash): boolean {
    const key = Hash.key(hash);
    const { maxPerPeer, maxAnnouncers } = this.#options;
    let want = this.#wants.get(key);
    if (want?.announcers.includes(peer)) return true;
    if (this.waitingAt(peer) >= maxPerPeer || (want !== undefined && want.announcers.length >= maxAnnouncers)) return false;
    if (want === undefined) {
      if (!this.#makeRoom()) return false;
      want = { key, announcers: [], asked: undefined, isRetried: false };
      this.#wants.set(key, want);
    }
    want.announcers.push(peer);
    if (want.asked === undefined) this.#wait(peer, want);
    return true;
  }

  /** The first that a peer can be asked for: it is asked from now on, and nobody else is. */
  take(peer: Peer): TransactionWant | undefined {
    const first = this.#waiting.get(peer)?.values().next();
    if (first === undefined || first.done === true) return undefined;
    const want = first.value;
    this.#unwait(want);
    want.asked = peer;
    return want;
  }

  /** Whoever is asked does not have it, or does not answer: somebody else may be asked. */
  giveBack(want: TransactionWant): void {
    if (this.#wants.get(want.key) !== want) return;
    assert(want.asked !== undefined, "what is given back was taken");
    drop(want, want.asked);
    want.asked = undefined;
    want.isRetried = true;
    if (want.announcers.length === 0) this.#wants.delete(want.key);
    for (const peer of want.announcers) this.#wait(peer, want);
  }

  /** It came, or nobody needs it any more. */
  remove(key: HashKey): void {
    const want = this.#wants.get(key);
    if (want === undefined) return;
    this.#wants.delete(key);
    this.#unwait(want);
  }

  /** The peer is gone; what it is asked for has been given back. */
  forget(peer: Peer): void {
    this.#waiting.delete(peer);
    for (const want of this.#wants.values()) {
      if (!drop(want, peer)) continue;
      if (want.announcers.length === 0 && want.asked === undefined) this.#wants.delete(want.key);
    }
  }

  clear(): void {
    this.#wants.clear();
    this.#waiting.clear();
  }

  #wait(peer: Peer, want: TransactionWant): void {
    const waiting = this.#waiting.get(peer);
    if (waiting === undefined) this.#waiting.set(peer, new Map([[want.key, want]]));
    else waiting.set(want.key, want);
  }

  #unwait(want: TransactionWant): void {
    for (const peer of want.announcers) {
      const waiting = this.#waiting.get(peer);
      waiting?.delete(want.key);
      if (waiting?.size === 0) this.#waiting.delete(peer);
    }
  }

  /** Answers false if everything is asked for already. */
  #makeRoom(): boolean {
    if (this.#wants.size < this.#options.maxCount) return true;
    let longest: Map<HashKey, TransactionWant> | undefined;
    for (const waiting of this.#waiting.values()) if (waiting.size > (longest?.size ?? 0)) longest = waiting;
    const oldest = longest?.keys().next();
    if (oldest === undefined || oldest.done === true) return false;
    this.remove(oldest.value);
    this.#onEvicted();
    return true;
  }
}

/** Answers whether the peer was among its announcers. */
function drop({ announcers }: TransactionWant, peer: Peer): boolean {
  const index = announcers.indexOf(peer);
  if (index >= 0) announcers.splice(index, 1);
  return index >= 0;
}
