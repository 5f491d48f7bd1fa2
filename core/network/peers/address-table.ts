/**
 * The addresses of the peer book, bounded. What the operator named stays, and so does where we are connected; of the rest, whoever
 * tells us addresses can push out only what was never tried with success, or is not dialed any more.
 */
import { assert } from "../../kernel/assert.js";
import type { AddressRecord } from "./book-records.js";
import type { Standing } from "./score.js";

/** One address; changes in place. */
export type AddressEntry = { -readonly [Field in keyof AddressRecord]: AddressRecord[Field] };

export interface AddressJudge {
  /** Of whoever lives there, or of the address. */
  score(entry: AddressEntry): number;
  isConnected(entry: AddressEntry): boolean;
  readonly dialMinimum: number;
  /** Its record is to be written, or deleted. */
  onChanged(address: string): void;
}

/** How willingly an entry is given up: higher goes first. */
type Dispensability = 0 | 1 | 2 | 3;
const KEPT: Dispensability = 0;
/** A newcomer that nobody asked for replaces only entries from here on. */
const REPLACEABLE: Dispensability = 2;

export class AddressTable {
  readonly #entries = new Map<string, AddressEntry>();
  readonly #byNode = new Map<string, Set<string>>();
  readonly #maxCount: number;
  readonly #judge: AddressJudge;

  constructor(maxCount: number, judge: AddressJudge) {
    assert(maxCount >= 1, "a peer book has room for somebody");
    this.#maxCount = maxCount;
    this.#judge = judge;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(address: string): AddressEntry | undefined {
    return this.#entries.get(address);
  }

  values(): IterableIterator<AddressEntry> {
    return this.#entries.values();
  }

  /** Addresses at which a node was met. */
  ofNode(nodeId: string): readonly AddressEntry[] {
    return [...(this.#byNode.get(nodeId) ?? [])].flatMap((address) => this.#entries.get(address) ?? []);
  }

  /** Puts an entry back as it was stored. */
  restore(entry: AddressEntry): void {
    this.#entries.set(entry.address, entry);
    if (entry.nodeId !== undefined) this.#index(entry.nodeId, entry.address);
  }

  /** Adds an address that is not there; undefined if there is no room for it. */
  add(address: string, fields: Pick<AddressRecord, "source" | "persistent">, standing: Standing): AddressEntry | undefined {
    assert(!this.#entries.has(address), "an address is added once");
    const isWanted = fields.source === "config" || fields.source === "operator";
    // The config is bounded by itself, and what it names must not fail silently.
    if (this.#entries.size >= this.#maxCount && !this.#makeRoom(isWanted) && fields.source !== "config") return undefined;
    const entry: AddressEntry = { address, ...fields, addedMs: standing.atMs, failuresInARow: 0, standing };
    this.#entries.set(address, entry);
    this.#judge.onChanged(address);
    return entry;
  }

  /** Somebody proved an identity there. */
  bind(entry: AddressEntry, nodeId: string): void {
    if (entry.nodeId === nodeId) return;
    if (entry.nodeId !== undefined) this.#byNode.get(entry.nodeId)?.delete(entry.address);
    entry.nodeId = nodeId;
    this.#index(nodeId, entry.address);
    this.#judge.onChanged(entry.address);
  }

  delete(address: string): void {
    const entry = this.#entries.get(address);
    if (entry === undefined) return;
    this.#entries.delete(address);
    if (entry.nodeId !== undefined) {
      const others = this.#byNode.get(entry.nodeId);
      others?.delete(address);
      if (others?.size === 0) this.#byNode.delete(entry.nodeId);
    }
    this.#judge.onChanged(address);
  }

  /** Drops what is over the bound, for one that was lowered. */
  shrink(): void {
    while (this.#entries.size > this.#maxCount && this.#makeRoom(true));
  }

  #index(nodeId: string, address: string): void {
    const addresses = this.#byNode.get(nodeId);
    if (addresses === undefined) this.#byNode.set(nodeId, new Set([address]));
    else addresses.add(address);
  }

  /** Gives up the most dispensable entry. */
  #makeRoom(isWanted: boolean): boolean {
    let victim: AddressEntry | undefined;
    let rank: Dispensability = isWanted ? 1 : REPLACEABLE;
    for (const entry of this.#entries.values()) {
      const other = this.#dispensability(entry);
      if (other === KEPT || other < rank) continue;
      if (victim !== undefined && other === rank && !this.#goesFirst(entry, victim)) continue;
      victim = entry;
      rank = other;
    }
    if (victim !== undefined) this.delete(victim.address);
    return victim !== undefined;
  }

  #dispensability(entry: AddressEntry): Dispensability {
    if (entry.persistent || entry.source === "config" || entry.source === "operator" || this.#judge.isConnected(entry)) return KEPT;
    if (entry.lastConnectedMs === undefined) return 3;
    return this.#judge.score(entry) < this.#judge.dialMinimum ? 2 : 1;
  }

  /** Of two equally dispensable ones: the lower score, then the one that was met, or came, longer ago. */
  #goesFirst(a: AddressEntry, b: AddressEntry): boolean {
    const difference = this.#judge.score(a) - this.#judge.score(b);
    if (difference !== 0) return difference < 0;
    return (a.lastConnectedMs ?? a.addedMs) < (b.lastConnectedMs ?? b.addedMs);
  }
}
