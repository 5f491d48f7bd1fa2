/**
 * Writes a wire message: one envelope with one member, fields ascending, default values left out, integers minimal; so the
 * bytes of a message are always the same, though readers do not insist on it.
 *
 * The canonical writer (core/primitives/codec.ts) is not used because wire messages may be empty, and because here the envelope's
 * few bytes are put before the content once its length is known, so that a block of megabytes is copied once and never moved.
 * What is outside a field's range is a bug of the caller's, hence an assertion.
 */
import { assert } from "../../kernel/assert.js";
import type { Bytes } from "../../primitives/bytes.js";
import { fieldBytes, integerFieldBytes, varintBytes } from "../../primitives/codec.js";

const VARINT = 0;
const DELIMITED = 2;
/** A tag and a length below 2^28 before the content of the envelope. */
const PREFIX_BYTES = 5;
/** Sub-messages are shorter: their length is one byte. */
const NESTED_MAX = 127;
const FIELD_MAX = 15;

/** Most messages are written here and copied once they are whole: short arrays without a buffer of their own cost least. */
const SCRATCH_BYTES = 2_048;
/** Undefined: somebody writes there. */
let scratch: Uint8Array | undefined = new Uint8Array(SCRATCH_BYTES);

export class WireWriter {
  #buffer: Uint8Array;
  #at = PREFIX_BYTES;

  /** @param contentBytes expected size of the member: a good guess saves copies */
  constructor(contentBytes: number) {
    const bytes = PREFIX_BYTES + contentBytes;
    this.#buffer = bytes > SCRATCH_BYTES ? new Uint8Array(bytes) : (scratch ?? new Uint8Array(SCRATCH_BYTES));
    if (this.#buffer === scratch) scratch = undefined;
  }

  /** A safe integer ≥ 0; 0 is not written. */
  integer(field: number, value: number): this {
    assert(Number.isSafeInteger(value) && value >= 0, `field ${field} is a whole number from 0, not ${value}`);
    if (value === 0) return this;
    this.#reserve(integerFieldBytes(value));
    this.#buffer[this.#at++] = tagOf(field, VARINT);
    this.#varint(value);
    return this;
  }

  boolean(field: number, value: boolean): this {
    return this.integer(field, value ? 1 : 0);
  }

  /** Bytes; none are not written. */
  bytes(field: number, value: Bytes): this {
    if (value.length > 0) this.#delimited(field, value);
    return this;
  }

  fixed(field: number, value: Bytes, length: number): this {
    assert(value.length === length, `field ${field} has ${length} bytes, not ${value.length}`);
    this.#delimited(field, value);
    return this;
  }

  /** Printable ASCII. */
  text(field: number, value: string): this {
    return this.bytes(field, asciiOf(field, value));
  }

  repeatedText(field: number, values: readonly string[]): this {
    for (const value of values) {
      assert(value !== "" && !value.includes(" "), `an element of field ${field} is not empty and has no spaces`);
      this.#delimited(field, asciiOf(field, value));
    }
    return this;
  }

  repeatedFixed(field: number, values: readonly Bytes[], length: number): this {
    for (const value of values) this.fixed(field, value, length);
    return this;
  }

  repeatedBytes(field: number, values: readonly Bytes[]): this {
    for (const value of values) {
      assert(value.length > 0, `an element of field ${field} is not empty`);
      this.#delimited(field, value);
    }
    return this;
  }

  /** A sub-message of at most 127 bytes. */
  message(field: number, write: (writer: WireWriter) => void): this {
    this.#reserve(2);
    this.#buffer[this.#at++] = tagOf(field, DELIMITED);
    const lengthAt = this.#at++;
    write(this);
    const length = this.#at - lengthAt - 1;
    assert(length <= NESTED_MAX, `sub-message ${field} has ${length} bytes`);
    this.#buffer[lengthAt] = length;
    return this;
  }

  /** The envelope whose member `field` this is. */
  finish(field: number): Bytes {
    const length = this.#at - PREFIX_BYTES;
    assert(length < 2 ** 28, "a message has less than 256 MiB");
    const start = PREFIX_BYTES - 1 - varintBytes(length);
    const end = this.#at;
    this.#at = start;
    this.#buffer[this.#at++] = tagOf(field, DELIMITED);
    this.#varint(length);
    if (this.#buffer.length !== SCRATCH_BYTES) return this.#buffer.subarray(start, end);
    scratch = this.#buffer;
    return this.#buffer.slice(start, end);
  }

  #delimited(field: number, value: Bytes): void {
    const length = value.length;
    this.#reserve(1 + varintBytes(length) + length);
    this.#buffer[this.#at++] = tagOf(field, DELIMITED);
    this.#varint(length);
    this.#buffer.set(value, this.#at);
    this.#at += length;
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#buffer[this.#at++] = (rest % 128) | 0x80;
    this.#buffer[this.#at++] = rest;
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = grown;
  }
}

/** How many bytes a list of byte strings takes as a repeated field. */
export function repeatedBytesSize(values: readonly Bytes[]): number {
  let total = 0;
  for (const value of values) total += fieldBytes(value.length);
  return total;
}

function tagOf(field: number, wire: number): number {
  assert(field >= 1 && field <= FIELD_MAX, `field ${field} has a tag of one byte`);
  return (field << 3) | wire;
}

function asciiOf(field: number, value: string): Bytes {
  assert(/^[\x20-\x7e]*$/.test(value), `field ${field} is printable ASCII`);
  return Buffer.from(value, "latin1");
}
