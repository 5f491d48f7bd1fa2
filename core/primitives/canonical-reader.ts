/** Reads the canonical form (see codec.ts) in a single pass, and refuses whatever is not it before allocating anything for it. */
import { assert, present } from "../kernel/assert.js";
import type { Bytes } from "./bytes.js";
import { EncodingError, EncodingLimitError } from "./errors.js";
import { type MessageShape, UINT32_MAX, WIRE_BYTES, WIRE_VARINT } from "./wire-format.js";

/** Lengths above this are refused unread: four varint bytes, 256 MiB. */
const LENGTH_MAX = 2 ** 28 - 1;
/** Up to this length, making a string byte by byte is faster than calling the decoder. */
const SHORT_TEXT_BYTES = 64;

const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes one whole message: limit first, then the fields, then the check that nothing is left.
 *
 * @param maxBytes limit of the whole message
 * @param read asks for every field of the shape, in ascending order
 * @throws EncodingError, EncodingLimitError
 */
export function decodeMessage<T>(shape: MessageShape, bytes: Bytes, maxBytes: number, read: (reader: CanonicalReader) => T): T {
  if (bytes.length > maxBytes) throw new EncodingLimitError({ message: shape.name, field: "bytes", limit: maxBytes, actual: bytes.length });
  const reader = new CanonicalReader(bytes, shape);
  const value = read(reader);
  reader.end();
  return value;
}

/**
 * Reads one message: ask for each field of its shape once, in ascending order, then call `end()` (or use `decodeMessage`,
 * which does). An absent field answers its default. Byte fields are views of the input, not copies: keep them only
 * as long as the input may be kept, and never change them.
 */
export class CanonicalReader {
  readonly #bytes: Bytes;
  readonly #buffer: ArrayBufferLike;
  readonly #base: number;
  #shape: MessageShape;
  #at: number;
  #end: number;
  /** The field that was read last, and the one that was asked for last; 0 before the first. */
  #last = 0;
  #asked = 0;

  constructor(bytes: Bytes, shape: MessageShape) {
    this.#bytes = bytes;
    this.#buffer = bytes.buffer;
    this.#base = bytes.byteOffset;
    this.#shape = shape;
    this.#at = 0;
    this.#end = bytes.length;
  }

  /** An integer within 0 … 2^64 − 1. */
  uint64(field: number): bigint {
    if (!this.#take(field, WIRE_VARINT)) return 0n;
    const start = this.#at;
    let low = 0;
    let high = 0;
    let scale = 1;
    for (let index = 0; ; index++) {
      const byte = this.#varintByte(field, index, start);
      // The first seven bytes (49 bits) and the last three add up exactly in doubles.
      if (index === 7) scale = 1;
      if (index < 7) low += (byte & 0x7f) * scale;
      else high += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    if (high >= 0x8000) throw this.#refuse(field, start, "the integer exceeds 64 bits");
    if (low === 0 && high === 0) throw this.#refuse(field, start, "the default value is written");
    return high === 0 ? BigInt(low) : (BigInt(high) << 49n) | BigInt(low);
  }

  /** An integer within 0 … 2^53 − 1: what a JavaScript number holds exactly. */
  safeInteger(field: number): number {
    return this.#integer(field, Number.MAX_SAFE_INTEGER, "2^53 - 1");
  }

  /** An integer within 0 … 2^32 − 1. */
  uint32(field: number): number {
    return this.#integer(field, UINT32_MAX, "2^32 - 1");
  }

  bool(field: number): boolean {
    return this.#integer(field, 1, "1") === 1;
  }

  /** Bytes of any length up to `maxBytes`; empty when absent. */
  bytes(field: number, maxBytes: number): Bytes {
    if (!this.#take(field, WIRE_BYTES)) return this.#view(this.#at, 0);
    return this.#content(this.#length(field, maxBytes));
  }

  /** Exactly `length` bytes; must be there. */
  fixed(field: number, length: number): Bytes {
    this.#require(field);
    const start = this.#at;
    const actual = this.#length(field, LENGTH_MAX);
    if (actual !== length) throw this.#refuse(field, start, `it has ${length} bytes, not ${actual}`);
    return this.#content(length);
  }

  /** Like `bytes`, but must be there. */
  requiredBytes(field: number, maxBytes: number): Bytes {
    this.#require(field);
    return this.#content(this.#length(field, maxBytes));
  }

  /** Valid UTF-8 of up to `maxBytes` bytes; "" when absent. */
  string(field: number, maxBytes: number): string {
    if (!this.#take(field, WIRE_BYTES)) return "";
    const length = this.#length(field, maxBytes);
    const start = this.#at;
    this.#at += length;
    return this.#text(field, start, length);
  }

  /** Like `string`, but must be there. */
  requiredString(field: number, maxBytes: number): string {
    const start = this.#at;
    const text = this.string(field, maxBytes);
    if (text === "") throw this.#refuse(field, start, "the field is missing or not in its place");
    return text;
  }

  /** All elements of a repeated byte field: each of `minBytes` (≥ 1) to `maxBytes` bytes. */
  repeatedBytes(field: number, limits: { readonly maxCount: number; readonly minBytes: number; readonly maxBytes: number }): Bytes[] {
    const elements: Bytes[] = [];
    while (this.#take(field, WIRE_BYTES)) {
      if (elements.length === limits.maxCount) throw this.#tooMany(field, limits.maxCount);
      const start = this.#at;
      const length = this.#length(field, limits.maxBytes);
      if (length < limits.minBytes) throw this.#refuse(field, start, `an element has at least ${limits.minBytes} bytes, not ${length}`);
      elements.push(this.#content(length));
    }
    return elements;
  }

  /** A sub-message, or undefined when absent. `read` asks for its fields; its end is checked here. */
  message<T>(field: number, shape: MessageShape, maxBytes: number, read: (reader: CanonicalReader) => T): T | undefined {
    return this.#take(field, WIRE_BYTES) ? this.#nested(field, shape, maxBytes, read) : undefined;
  }

  /** All elements of a repeated sub-message. */
  repeatedMessages<T>(
    field: number,
    shape: MessageShape,
    limits: { readonly maxCount: number; readonly maxBytes: number },
    read: (reader: CanonicalReader) => T,
  ): T[] {
    const elements: T[] = [];
    while (this.#take(field, WIRE_BYTES)) {
      if (elements.length === limits.maxCount) throw this.#tooMany(field, limits.maxCount);
      elements.push(this.#nested(field, shape, limits.maxBytes, read));
    }
    return elements;
  }

  /** Checks that nothing is left. Call it after the last field. */
  end(): void {
    if (this.#at < this.#end) throw this.#foreign(this.#shape.fields.length + 1);
  }

  /** The error for a value that is well encoded but that its field may not have. Throw what it answers. */
  refusal(field: number, reason: string): Error {
    return this.#refuse(field, this.#at, reason);
  }

  /** Whether the next field is this one; steps over its tag. Whatever can't stand here is refused at once. */
  #take(field: number, wire: number): boolean {
    assert(field >= this.#asked, "fields are asked for in ascending order");
    this.#asked = field;
    if (this.#at >= this.#end) return false;
    const tag = this.#bytes[this.#at] as number;
    if (tag === ((field << 3) | wire)) {
      this.#at++;
      this.#last = field;
      return true;
    }
    const number = tag >> 3;
    if (tag < 0x80 && number > field && number <= this.#shape.fields.length) return false;
    // After the last element of a repeated field comes any later field: only `field` itself is odd then.
    throw this.#foreign(field);
  }

  #require(field: number): void {
    if (!this.#take(field, WIRE_BYTES)) throw this.#refuse(field, this.#at, "the field is missing or not in its place");
  }

  /** Why the tag at the current offset can't stand where `expected` (or a later field) may. */
  #foreign(expected: number): Error {
    const start = this.#at;
    let number = (this.#bytes[start] as number) >> 3;
    if ((this.#bytes[start] as number) >= 0x80) {
      let tag = 0;
      let scale = 1;
      for (let index = 0; ; index++, scale *= 128) {
        const byte = this.#varintByte(expected, index, start);
        tag += (byte & 0x7f) * scale;
        if (byte < 0x80) break;
      }
      number = Math.floor(tag / 8);
    }
    const count = this.#shape.fields.length;
    if (number === 0 || number > count) return this.#refuse(number, start, "the field is unknown");
    if (number === expected) return this.#refuse(number, start, "it has another wire type");
    if (number === this.#last) return this.#refuse(number, start, "the field is written twice");
    assert(number <= this.#asked, `the reader of ${this.#shape.name} asks for every field`);
    return this.#refuse(number, start, "the field is out of order");
  }

  #integer(field: number, max: number, maxText: string): number {
    if (!this.#take(field, WIRE_VARINT)) return 0;
    const start = this.#at;
    let value = 0;
    let scale = 1;
    for (let index = 0; ; index++) {
      const byte = this.#varintByte(field, index, start);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    // Beyond 2^53 the sum is rounded, but never down to 2^53 − 1 or below.
    if (value > max) throw this.#refuse(field, start, `the integer exceeds ${maxText}`);
    if (value === 0) throw this.#refuse(field, start, "the default value is written");
    return value;
  }

  /** One byte of a varint that began at `start`: at most ten bytes, and the last one not zero unless it is the first. */
  #varintByte(field: number, index: number, start: number): number {
    if (this.#at >= this.#end) throw this.#refuse(field, start, "the message ends within an integer");
    if (index === 10) throw this.#refuse(field, start, "the integer exceeds 64 bits");
    const byte = this.#bytes[this.#at++] as number;
    if (byte === 0 && index > 0) throw this.#refuse(field, start, "the integer is not minimal");
    return byte;
  }

  /** A length prefix, checked against what is left and against the limit before anybody uses it. */
  #length(field: number, maxBytes: number): number {
    const start = this.#at;
    let length = 0;
    for (let index = 0, shift = 0; ; index++, shift += 7) {
      const byte = this.#varintByte(field, index, start);
      if (index === 4) throw this.#refuse(field, start, "the message ends within the field");
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (length === 0) throw this.#refuse(field, start, "an empty field is written");
    if (length > this.#end - this.#at) throw this.#refuse(field, start, "the message ends within the field");
    if (length > maxBytes)
      throw new EncodingLimitError({ message: this.#shape.name, field: this.#nameOf(field), limit: maxBytes, actual: length });
    return length;
  }

  #content(length: number): Bytes {
    const start = this.#at;
    this.#at += length;
    return this.#view(start, length);
  }

  /** A plain Uint8Array, whatever subclass the input is: `Buffer.slice` would not copy where callers expect a copy. */
  #view(start: number, length: number): Bytes {
    return new Uint8Array(this.#buffer, this.#base + start, length);
  }

  #text(field: number, start: number, length: number): string {
    if (length > SHORT_TEXT_BYTES) return this.#longText(field, start, length);
    let text = "";
    for (let index = 0; index < length; index++) {
      const byte = this.#bytes[start + index] as number;
      if (byte >= 0x80) return this.#longText(field, start, length);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #longText(field: number, start: number, length: number): string {
    try {
      return utf8Decoder.decode(this.#view(start, length));
    } catch {
      throw this.#refuse(field, start, "the string is not valid UTF-8");
    }
  }

  #nested<T>(field: number, shape: MessageShape, maxBytes: number, read: (reader: CanonicalReader) => T): T {
    const length = this.#length(field, maxBytes);
    const outerShape = this.#shape;
    const outerEnd = this.#end;
    this.#shape = shape;
    this.#end = this.#at + length;
    this.#last = 0;
    this.#asked = 0;
    const value = read(this);
    this.end();
    this.#shape = outerShape;
    this.#end = outerEnd;
    this.#last = field;
    this.#asked = field;
    return value;
  }

  #nameOf(field: number): string {
    return this.#shape.fields[field - 1] ?? String(field);
  }

  #refuse(field: number, offset: number, reason: string): Error {
    return new EncodingError({ message: this.#shape.name, field: this.#nameOf(field), offset, reason });
  }

  #tooMany(field: number, limit: number): Error {
    const name = present(this.#shape.fields[field - 1], "a field of the shape");
    return new EncodingLimitError({ message: this.#shape.name, field: name, limit, actual: limit + 1 });
  }
}
