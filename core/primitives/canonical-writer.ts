/** Writes the canonical form (see codec.ts): appends fields, and leaves out what has its default value. */
import { assert } from "../kernel/assert.js";
import type { Bytes } from "./bytes.js";
import { ValueError } from "./errors.js";
import { fieldBytes, SAFE_BOUND, UINT32_MAX, UINT64_MAX, varintBytes, WIRE_BYTES, WIRE_VARINT } from "./wire-format.js";

const utf8Encoder = new TextEncoder();
/** Strings of up to 127 ASCII characters skip the encoder: most of ours, and their length is one byte. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const ASCII_SHORT = /^[\x00-\x7f]{0,127}$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Writes one message, fields in ascending order. Default values (0, false, "", no bytes) are not written, which is
 * their canonical encoding; `fixed` writes always.
 *
 * Not reusable after `finish`. Field order is asserted: a wrong one is a bug of the calling code.
 */
export class CanonicalWriter {
  #buffer: Uint8Array;
  #at = 0;
  #last = 0;
  #finished = false;

  /** @param capacityBytes expected size; with exactly this size `finish` answers without a copy */
  constructor(capacityBytes = 256) {
    this.#buffer = new Uint8Array(capacityBytes);
  }

  /** An unsigned integer of up to 64 bits; a number must be a safe integer. @throws ValueError */
  uint64(field: number, value: number | bigint): this {
    if (typeof value === "bigint" ? value < 0n || value > UINT64_MAX : !Number.isSafeInteger(value) || value < 0)
      throw new ValueError({ type: "uint64", reason: `${value} is not an integer within 0 and 2^64 - 1` });
    this.#advance(field);
    if (value === 0 || value === 0n) return this;
    this.#reserve(1 + varintBytes(value));
    this.#buffer[this.#at++] = (field << 3) | WIRE_VARINT;
    this.#varint(value);
    return this;
  }

  /** An unsigned integer of up to 32 bits. @throws ValueError */
  uint32(field: number, value: number): this {
    if (!(value <= UINT32_MAX)) throw new ValueError({ type: "uint32", reason: `${value} is not an integer within 0 and 2^32 - 1` });
    return this.uint64(field, value);
  }

  bool(field: number, value: boolean): this {
    return this.uint64(field, value ? 1 : 0);
  }

  bytes(field: number, value: Bytes): this {
    this.#advance(field);
    if (value.length > 0) this.#delimited(field, value);
    return this;
  }

  /** Bytes of a fixed length: written always, all-zero ones too. */
  fixed(field: number, value: Bytes, length: number): this {
    assert(value.length === length && length > 0, `field ${field} has ${value.length} bytes, its fixed length is ${length}`);
    this.#advance(field);
    this.#delimited(field, value);
    return this;
  }

  /** @throws ValueError if it holds a lone surrogate, which has no UTF-8 */
  string(field: number, value: string): this {
    if (!ASCII_SHORT.test(value)) {
      if (LONE_SURROGATE.test(value)) throw new ValueError({ type: "string", reason: "it holds a lone surrogate" });
      return this.bytes(field, utf8Encoder.encode(value));
    }
    this.#advance(field);
    if (value.length === 0) return this;
    this.#reserve(2 + value.length);
    this.#buffer[this.#at++] = (field << 3) | WIRE_BYTES;
    this.#buffer[this.#at++] = value.length;
    for (let index = 0; index < value.length; index++) this.#buffer[this.#at++] = value.charCodeAt(index);
    return this;
  }

  /** One field for each element, in order. @throws ValueError if one is empty, which has no canonical encoding */
  repeatedBytes(field: number, values: readonly Bytes[]): this {
    this.#advance(field);
    for (const value of values) {
      if (value.length === 0) throw new ValueError({ type: "repeated element", reason: `an element of field ${field} is empty` });
      this.#delimited(field, value);
    }
    return this;
  }

  /** A sub-message, which must write something. */
  message(field: number, write: (writer: CanonicalWriter) => void): this {
    this.#advance(field);
    this.#nested(field, write, undefined);
    return this;
  }

  /** One sub-message for each value, in order. */
  repeatedMessages<T>(field: number, values: readonly T[], write: (writer: CanonicalWriter, value: T) => void): this {
    this.#advance(field);
    for (const value of values) this.#nested(field, write, value);
    return this;
  }

  finish(): Bytes {
    assert(!this.#finished, "a CanonicalWriter finishes once");
    this.#finished = true;
    return this.#at === this.#buffer.length ? this.#buffer : this.#buffer.slice(0, this.#at);
  }

  #advance(field: number): void {
    assert(!this.#finished, "nothing is written after finish");
    assert(field > this.#last && field <= 15, `field ${field} after ${this.#last}: fields are written once, ascending, up to 15`);
    this.#last = field;
  }

  #delimited(field: number, value: Bytes): void {
    const length = value.length;
    this.#reserve(fieldBytes(length));
    const buffer = this.#buffer;
    buffer[this.#at++] = (field << 3) | WIRE_BYTES;
    this.#varint(length);
    const at = this.#at;
    // For few bytes, calling `set` costs more than copying.
    if (length > 64) buffer.set(value, at);
    else for (let index = 0; index < length; index++) buffer[at + index] = value[index] as number;
    this.#at = at + length;
  }

  /** Leaves one byte for the length, which is enough for most, and moves the content when it was not. */
  #nested<T>(field: number, write: (writer: CanonicalWriter, value: T) => void, value: T): void {
    const outerLast = this.#last;
    this.#reserve(2);
    this.#buffer[this.#at++] = (field << 3) | WIRE_BYTES;
    const lengthAt = this.#at++;
    this.#last = 0;
    write(this, value);
    this.#last = outerLast;
    const contentAt = lengthAt + 1;
    const length = this.#at - contentAt;
    assert(length > 0, `sub-message of field ${field} is empty, which has no canonical encoding`);
    const extra = varintBytes(length) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#buffer.copyWithin(contentAt + extra, contentAt, this.#at);
    }
    this.#at = lengthAt;
    this.#varint(length);
    this.#at += length;
  }

  #varint(value: number | bigint): void {
    const buffer = this.#buffer;
    let rest: number;
    if (typeof value === "bigint") {
      let large = value;
      while (large >= SAFE_BOUND) {
        buffer[this.#at++] = Number(large & 0x7fn) | 0x80;
        large >>= 7n;
      }
      rest = Number(large);
    } else {
      rest = value;
    }
    while (rest >= 0x1000_0000) {
      buffer[this.#at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      buffer[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[this.#at++] = rest;
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = grown;
  }
}
