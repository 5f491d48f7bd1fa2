/** All blocks that any node of a run has imported, with when and where they were seen first: the block tree over time. */
import { Hash, type HashKey, type TreeHeader } from "../../sdk.js";

export interface LoggedBlock {
  readonly key: HashKey;
  readonly header: TreeHeader;
  readonly parent: HashKey;
  readonly height: number;
  /** When the first node had it, µs. */
  readonly seenUs: number;
  /** Name of that node. */
  readonly seenBy: string;
}

export class BlockLog {
  readonly #blocks = new Map<HashKey, LoggedBlock>();
  #highest = 0;

  get size(): number {
    return this.#blocks.size;
  }

  get highest(): number {
    return this.#highest;
  }

  get(key: HashKey): LoggedBlock | undefined {
    return this.#blocks.get(key);
  }

  all(): IterableIterator<LoggedBlock> {
    return this.#blocks.values();
  }

  /** Answers whether it is new. */
  add(header: TreeHeader, seenUs: number, seenBy: string): boolean {
    const key = Hash.key(header.id);
    if (this.#blocks.has(key)) return false;
    const { parent, height } = header.header;
    this.#blocks.set(key, { key, header, parent: Hash.key(parent), height, seenUs, seenBy });
    this.#highest = Math.max(this.#highest, height);
    return true;
  }

  /** How many blocks above their last common one a node leaves behind when its head moves. */
  undone(from: HashKey, to: HashKey): number {
    let [left, right] = [this.get(from), this.get(to)];
    let count = 0;
    while (left !== undefined && left.key !== right?.key) {
      if (right !== undefined && right.height >= left.height) right = this.get(right.parent);
      else {
        count++;
        left = this.get(left.parent);
      }
    }
    return count;
  }
}
