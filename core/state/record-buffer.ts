/**
 * Records of a flush, encoded one behind the other into few pieces of memory: a flush writes some tens of thousands of them,
 * and a byte array of its own for each costs more than encoding it.
 */
import type { Bytes } from "../primitives/index.js";
import type { KeyText } from "./key-text.js";
import type { Page } from "./page.js";
import { encodePageInto, pageRecordBytes } from "./page-record.js";
import { encodeValueInto, valueRecordBytes } from "./records.js";

const PIECE_BYTES = 256 * 1024;

export class RecordBuffer {
  #words = new Uint32Array(0);
  #bytes = new Uint8Array(0);
  #next = 0;

  page(page: Page): Bytes {
    const length = pageRecordBytes(page);
    const at = this.#reserve(length);
    encodePageInto(page, this.#words, this.#bytes, at);
    return new Uint8Array(this.#bytes.buffer, at, length);
  }

  value(text: KeyText, value: Bytes): Bytes {
    const length = valueRecordBytes(text, value);
    const at = this.#reserve(length);
    encodeValueInto(text, value, this.#bytes, at);
    return new Uint8Array(this.#bytes.buffer, at, length);
  }

  /** Where the next `length` bytes begin, a multiple of four. */
  #reserve(length: number): number {
    if (this.#next + length > this.#bytes.length) {
      // Not cleared first: every byte that is handed out is written.
      this.#words = new Uint32Array(Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, (length + 3) & ~3)).buffer);
      this.#bytes = new Uint8Array(this.#words.buffer);
      this.#next = 0;
    }
    const at = this.#next;
    this.#next += (length + 3) & ~3;
    return at;
  }
}
