/**
 * Blocks that are "not yet": their parent is unknown, their time has not come, or their certificate is missing.
 *
 * Outsiders fill it, so it is bounded in count and bytes; the oldest leaves first.
 */
import type { Block } from "../primitives/block.js";
import { Hash, type HashKey } from "../primitives/hash.js";

export interface WaitingBlock {
  readonly block: Block;
  readonly id: Hash;
  readonly sizeBytes: number;
  readonly certificate: Uint8Array | undefined;
  /** A second one that came later: at most one of the two may be good. */
  readonly rival?: Uint8Array | undefined;
  readonly code: string;
}

export class WaitingRoom {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  /** In order of arrival. */
  readonly #byId = new Map<HashKey, WaitingBlock>();
  readonly #byParent = new Map<HashKey, Set<HashKey>>();
  #bytes = 0;

  constructor(options: { readonly maxCount: number; readonly maxBytes: number }) {
    this.#maxCount = options.maxCount;
    this.#maxBytes = options.maxBytes;
  }

  get count(): number {
    return this.#byId.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(id: Hash): WaitingBlock | undefined {
    return this.#byId.get(Hash.key(id));
  }

  /** Keeps a block, unless it alone is over the bound; answers those that had to leave for it. */
  add(waiting: WaitingBlock): readonly WaitingBlock[] {
    if (waiting.sizeBytes > this.#maxBytes || this.#maxCount === 0) return [waiting];
    this.remove(waiting.id);
    const key = Hash.key(waiting.id);
    const parentKey = Hash.key(waiting.block.header.parent);
    this.#byId.set(key, waiting);
    this.#bytes += waiting.sizeBytes;
    const siblings = this.#byParent.get(parentKey);
    if (siblings === undefined) this.#byParent.set(parentKey, new Set([key]));
    else siblings.add(key);
    const left: WaitingBlock[] = [];
    while (this.#byId.size > this.#maxCount || this.#bytes > this.#maxBytes) {
      const oldest = this.#byId.values().next().value;
      if (oldest === undefined) break;
      this.remove(oldest.id);
      left.push(oldest);
    }
    return left;
  }

  remove(id: Hash): WaitingBlock | undefined {
    const key = Hash.key(id);
    const waiting = this.#byId.get(key);
    if (waiting === undefined) return undefined;
    this.#byId.delete(key);
    this.#bytes -= waiting.sizeBytes;
    const parentKey = Hash.key(waiting.block.header.parent);
    const siblings = this.#byParent.get(parentKey);
    siblings?.delete(key);
    if (siblings?.size === 0) this.#byParent.delete(parentKey);
    return waiting;
  }

  /** Takes out all that wait for this parent, in order of arrival. */
  takeChildren(parent: Hash): readonly WaitingBlock[] {
    const keys = this.#byParent.get(Hash.key(parent));
    if (keys === undefined) return [];
    const out: WaitingBlock[] = [];
    for (const key of [...keys]) {
      const waiting = this.#byId.get(key);
      if (waiting !== undefined && this.remove(waiting.id) !== undefined) out.push(waiting);
    }
    return out;
  }
}
