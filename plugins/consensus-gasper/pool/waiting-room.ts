/**
 * Messages that came too early: for a block that is not here yet, or for a slot that has not begun. They can't be checked, so anybody can
 * fill the room; when it is full the oldest goes, and no block gets more than its share.
 */
import { type Bytes, Hash, type HashKey, sha256 } from "../../../core/sdk.js";
import type { GossipChannel } from "./gossip-conditions.js";

export interface WaitingMessage {
  readonly channel: GossipChannel;
  readonly bytes: Bytes;
  /** Of the vote. */
  readonly slot: number;
}

interface Entry extends WaitingMessage {
  readonly key: HashKey;
  /** What it waits for: a block's root, or a slot. */
  readonly place: string;
}

export class WaitingRoom {
  /** In order of arrival. */
  readonly #entries = new Map<HashKey, Entry>();
  readonly #places = new Map<string, Set<Entry>>();

  /**
   * @param maxMessages in all
   * @param maxPerPlace that wait for one block, or one slot
   */
  constructor(
    private readonly maxMessages: number,
    private readonly maxPerPlace: number,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Answers whether it is in the room now, or was already. */
  waitForBlock(message: WaitingMessage, root: Hash): boolean {
    return this.#put(message, Hash.key(root));
  }

  waitForSlot(message: WaitingMessage, slot: number): boolean {
    return this.#put(message, String(slot));
  }

  /** Takes out who waited for a block, in order of arrival. */
  takeBlock(root: Hash): readonly WaitingMessage[] {
    return this.#take(Hash.key(root));
  }

  /** Takes out who waited for a slot that has begun. */
  takeSlot(slot: number): readonly WaitingMessage[] {
    return this.#take(String(slot));
  }

  /** Drops what is of slots before `slot`. */
  prune(slot: number): void {
    for (const entry of this.#entries.values()) if (entry.slot < slot) this.#remove(entry);
  }

  #put(message: WaitingMessage, place: string): boolean {
    // An ignored message may come again, from every peer: it waits once.
    const key = Hash.key(sha256(message.bytes));
    if (this.#entries.has(key)) return true;
    let there = this.#places.get(place);
    if (there !== undefined && there.size >= this.maxPerPlace) return false;
    const entry = { ...message, key, place };
    if (there === undefined) {
      there = new Set();
      this.#places.set(place, there);
    }
    this.#entries.set(key, entry);
    there.add(entry);
    if (this.#entries.size > this.maxMessages) this.#removeOldest();
    return true;
  }

  #take(place: string): readonly WaitingMessage[] {
    const waiting = [...(this.#places.get(place) ?? [])];
    for (const entry of waiting) this.#remove(entry);
    return waiting;
  }

  #removeOldest(): void {
    for (const entry of this.#entries.values()) {
      this.#remove(entry);
      return;
    }
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key);
    const there = this.#places.get(entry.place);
    there?.delete(entry);
    if (there?.size === 0) this.#places.delete(entry.place);
  }
}
