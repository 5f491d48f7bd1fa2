/**
 * The blocks of a sync, one slot for each header: from "needed" over "asked" and "held" to "importing" and "done".
 *
 * Slots lie in a row by height. Done ones leave at the front, so the row is as long as what is still to do.
 */
import { assert, present } from "../../kernel/assert.js";
import type { Block, HeaderRecord } from "../../primitives/block.js";
import type { Bytes } from "../../primitives/bytes.js";
import { Hash, type HashKey } from "../../primitives/hash.js";
import type { Peer } from "../peer.js";

export interface Body {
  readonly block: Block;
  readonly certificate: Bytes | undefined;
  /** Encoded. */
  readonly sizeBytes: number;
  readonly from: Peer;
}

export interface Slot {
  readonly record: HeaderRecord;
  readonly key: HashKey;
  readonly height: number;
  stage: "needed" | "asked" | "held" | "importing" | "done";
  /** Whose answer is waited for, while it is asked; undefined: another part of the network fetches it. */
  asked: Peer | undefined;
  body: Body | undefined;
  /** Node ids of those who sent a wrong body, or none. */
  refused: Set<string> | undefined;
}

/** Fields of a header but for `extra` and `seal`, and the slot, as JavaScript holds them. */
const OVERHEAD_BYTES = 1_500;
/** Empty places at the front before the array is moved together. */
const SPACE_MAX = 1_024;

export class SlotRow {
  #slots: (Slot | undefined)[] = [];
  /** Index of the lowest that is not done. */
  #front = 0;
  #bytes = 0;

  /** Slots that are not done. */
  get length(): number {
    return this.#slots.length - this.#front;
  }

  /** Memory that the headers take, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get lowest(): Slot | undefined {
    return this.#slots[this.#front];
  }

  get highest(): Slot | undefined {
    return this.length === 0 ? undefined : this.#slots.at(-1);
  }

  at(height: number): Slot | undefined {
    const { lowest } = this;
    return lowest === undefined || height < lowest.height ? undefined : this.#slots[this.#front + height - lowest.height];
  }

  push(record: HeaderRecord): void {
    const { height } = record.header;
    const { highest } = this;
    assert(highest === undefined || height === highest.height + 1, "slots lie in a row");
    this.#slots.push({
      record,
      key: Hash.key(record.id),
      height,
      stage: "needed",
      asked: undefined,
      body: undefined,
      refused: undefined,
    });
    this.#bytes += sizeOf(record);
  }

  /** Lets those go that are done, from the front. */
  shift(): void {
    for (;;) {
      const slot = this.#slots[this.#front];
      if (slot?.stage !== "done") break;
      this.#bytes -= sizeOf(slot.record);
      this.#slots[this.#front++] = undefined;
    }
    if (this.#front < SPACE_MAX || this.#front < this.#slots.length / 2) return;
    this.#slots = this.#slots.slice(this.#front);
    this.#front = 0;
  }

  /** From the lowest upward, at most `count`. */
  *from(height: number, count: number): IterableIterator<Slot> {
    const { lowest } = this;
    if (lowest === undefined) return;
    const first = this.#front + Math.max(0, height - lowest.height);
    const end = Math.min(this.#slots.length, this.#front + count);
    for (let index = first; index < end; index++) yield present(this.#slots[index], "what is not done has a slot");
  }
}

export function sizeOf({ header }: HeaderRecord): number {
  return OVERHEAD_BYTES + header.extra.length + header.seal.length;
}
