/**
 * Reads a wire message: protobuf in a single pass, tolerant where tolerance lets networks evolve (unknown fields, any order,
 * non-minimal varints), strict where it would cost memory or make two readers see two things (duplicates, groups, limits).
 *
 * Unlike the canonical reader (core/primitives/codec.ts) it is driven by what stands in the bytes: `next` steps to a field, and
 * the caller's switch asks for it by type or calls `skip`. Every step consumes at least one byte and nothing is read twice, so
 * time is linear in the message; depth is that of the schema, since what is unknown is skipped without looking inside.
 */
import { assert } from "../../kernel/assert.js";
import type { Bytes } from "../../primitives/bytes.js";
import type { MessageShape } from "../../primitives/codec.js";
import { Hash } from "../../primitives/hash.js";
import { WireDuplicateError, type WireErrorData, WireFormatError, WireLimitError, WireValueError } from "./errors.js";
import { WIRE_LIMITS } from "./limits.js";

/** https://protobuf.dev/programming-guides/encoding/#structure */
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

const TAG_BYTES_MAX = 5;
const VARINT_BYTES_MAX = 10;
const TAG_MAX = 2 ** 32 - 1;

const PRINTABLE_FIRST = 0x20;
const PRINTABLE_LAST = 0x7e;

/** Fields are numbered below this, so that a bit set tells which were there. */
const KNOWN_FIELDS_MAX = 30;

export class WireReader {
  readonly #channel: number;
  readonly #bytes: Bytes;
  #shape: MessageShape;
  #at = 0;
  #end: number;
  /** The current field: where its tag began, its number and wire type. */
  #start = 0;
  #field = 0;
  #wire = 0;
  /** Singular fields of the current message that were read. */
  #seen = 0;
  #unknownFields = 0;
  #unknownBytes = 0;

  constructor(channel: number, bytes: Bytes, shape: MessageShape) {
    this.#channel = channel;
    // A Buffer would answer views where a copy is meant: a plain array of the same bytes does not.
    this.#bytes = Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
    this.#shape = shape;
    this.#end = bytes.length;
  }

  /** Whether the message had fields that this version does not know. */
  get sawUnknown(): boolean {
    return this.#unknownFields > 0;
  }

  /** Steps to the next field and answers its number; 0 at the end of the message. The field must then be read or skipped. */
  next(): number {
    if (this.#at >= this.#end) return 0;
    this.#start = this.#at;
    const first = this.#bytes[this.#at] as number;
    let tag = first;
    if (first < 0x80) this.#at++;
    else tag = this.#varint(TAG_BYTES_MAX);
    this.#field = Math.floor(tag / 8);
    this.#wire = tag & 7;
    if (tag > TAG_MAX || this.#field === 0) throw this.#malformed("it is no field number");
    return this.#field;
  }

  /** Steps over a field that this version does not know. */
  skip(): void {
    if (++this.#unknownFields > WIRE_LIMITS.unknownFields)
      throw this.#limit("too many unknown fields", WIRE_LIMITS.unknownFields, this.#unknownFields);
    if (this.#wire === VARINT) this.#varint(VARINT_BYTES_MAX);
    else if (this.#wire === DELIMITED) this.#advance(this.#length());
    else if (this.#wire === FIXED64) this.#advance(8);
    else if (this.#wire === FIXED32) this.#advance(4);
    else throw this.#malformed(`wire type ${this.#wire} is not in use`);
    this.#unknownBytes += this.#at - this.#start;
    if (this.#unknownBytes > WIRE_LIMITS.unknownBytes)
      throw this.#limit("too many bytes of unknown fields", WIRE_LIMITS.unknownBytes, this.#unknownBytes);
  }

  /** An integer within 0 … `max` (≤ 2^53 − 1). */
  integer(max: number): number {
    this.#singular(VARINT);
    const value = this.#varint(VARINT_BYTES_MAX);
    // Beyond 2^53 the value is rounded, but never down to 2^53 − 1 or below.
    if (value > max) throw this.badValue(`the integer exceeds ${max}`);
    return value;
  }

  boolean(): boolean {
    return this.integer(1) === 1;
  }

  /** A copy of up to `maxBytes` bytes. */
  bytes(maxBytes: number): Bytes {
    this.#singular(DELIMITED);
    return this.#copy(this.#bounded(maxBytes));
  }

  /** Up to `maxBytes` bytes as a view of the input: for what is as large as the message itself. */
  view(maxBytes: number): Bytes {
    this.#singular(DELIMITED);
    const length = this.#bounded(maxBytes);
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  /** A copy of exactly `length` bytes. */
  fixed(length: number): Bytes {
    this.#singular(DELIMITED);
    return this.#copyFixed(length);
  }

  hash(): Hash {
    return this.fixed(Hash.bytes) as Hash;
  }

  /** A 32-byte value, or undefined where the field stands empty, which protobuf does not tell from absent. */
  optionalHash(): Hash | undefined {
    const bytes = this.bytes(Hash.bytes);
    if (bytes.length === 0) return undefined;
    if (bytes.length !== Hash.bytes) throw this.badValue(`it has 32 bytes or none, not ${bytes.length}`);
    return bytes as Hash;
  }

  /** At most `maxBytes` characters of printable ASCII: what logs, terminals and web pages can show as it is. */
  text(maxBytes: number): string {
    this.#singular(DELIMITED);
    return this.#printable(this.#bounded(maxBytes));
  }

  /** Adds one 32-byte element (a copy) to `list`. */
  pushHash(list: Hash[], maxCount: number): void {
    this.#element(list.length, maxCount);
    list.push(this.#copyFixed(Hash.bytes) as Hash);
  }

  /** Adds one element (a copy) of 1 to `maxBytes` bytes to `list`. */
  pushBytes(list: Bytes[], maxCount: number, maxBytes: number): void {
    this.#element(list.length, maxCount);
    const length = this.#bounded(maxBytes);
    if (length === 0) throw this.badValue("an element is empty");
    list.push(this.#copy(length));
  }

  /** Adds one element of 1 to `maxBytes` characters of printable ASCII without spaces to `list`. */
  pushAddress(list: string[], maxCount: number, maxBytes: number): void {
    this.#element(list.length, maxCount);
    const text = this.#printable(this.#bounded(maxBytes));
    if (text === "" || text.includes(" ")) throw this.badValue("an address is empty or holds a space");
    list.push(text);
  }

  /** A sub-message: `read` goes through its fields. */
  message<T>(shape: MessageShape, read: (reader: WireReader) => T): T {
    this.#singular(DELIMITED);
    return this.#nested(shape, read);
  }

  /** Adds one sub-message to `list`. */
  pushMessage<T>(list: T[], maxCount: number, shape: MessageShape, read: (reader: WireReader) => T): void {
    this.#element(list.length, maxCount);
    list.push(this.#nested(shape, read));
  }

  /** The value of a field that must be there. @param field its number */
  required<T>(value: T | undefined, field: number): T {
    if (value === undefined) throw new WireValueError(this.#data("the field is missing", field, this.#at));
    return value;
  }

  /** The error for a current field that is well encoded but may not have its value. Throw what it answers. */
  badValue(reason: string): Error {
    return new WireValueError(this.#data(reason));
  }

  /** The error for a field by its number, found when the whole message was read. Throw what it answers. */
  badField(field: number, reason: string): Error {
    return new WireValueError(this.#data(reason, field, this.#at));
  }

  /** The error for what stands a second time where one may. Throw what it answers. */
  duplicate(reason: string): Error {
    return new WireDuplicateError(this.#data(reason));
  }

  #singular(wire: number): void {
    this.#expect(wire);
    assert(this.#field <= KNOWN_FIELDS_MAX, "known fields have low numbers");
    const bit = 1 << this.#field;
    if ((this.#seen & bit) !== 0) throw this.duplicate("the field stands twice");
    this.#seen |= bit;
  }

  #element(count: number, maxCount: number): void {
    this.#expect(DELIMITED);
    if (count >= maxCount) throw this.#limit("too many elements", maxCount, count + 1);
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw this.#malformed(`it has wire type ${this.#wire} instead of ${wire}`);
  }

  #nested<T>(shape: MessageShape, read: (reader: WireReader) => T): T {
    const length = this.#length();
    const [outerShape, outerEnd, outerSeen] = [this.#shape, this.#end, this.#seen];
    this.#shape = shape;
    this.#end = this.#at + length;
    this.#seen = 0;
    const value = read(this);
    assert(this.#at === this.#end, `the reader of ${shape.name} reads every field`);
    this.#shape = outerShape;
    this.#end = outerEnd;
    this.#seen = outerSeen;
    return value;
  }

  /** A varint of at most `maxBytes` bytes and below 2^64, as a double: exact up to 2^53. */
  #varint(maxBytes: number): number {
    let value = 0;
    let scale = 1;
    for (let index = 0; ; index++, scale *= 128) {
      if (this.#at >= this.#end) throw this.#malformed("the message ends within an integer");
      if (index === maxBytes) throw this.#malformed(`an integer has more than ${maxBytes} bytes`);
      const byte = this.#bytes[this.#at++] as number;
      // Nine bytes hold 63 bits.
      if (index === VARINT_BYTES_MAX - 1 && byte > 1) throw this.#malformed("the integer exceeds 64 bits");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** A length prefix, checked against what is left before anybody uses it. */
  #length(): number {
    const first = this.#bytes[this.#at] as number;
    let length = first;
    if (this.#at < this.#end && first < 0x80) this.#at++;
    else length = this.#varint(VARINT_BYTES_MAX);
    if (length > this.#end - this.#at) throw this.#malformed("the message ends within the field");
    return length;
  }

  #bounded(maxBytes: number): number {
    const length = this.#length();
    if (length > maxBytes) throw this.#limit("too long", maxBytes, length);
    return length;
  }

  #advance(count: number): void {
    if (count > this.#end - this.#at) throw this.#malformed("the message ends within the field");
    this.#at += count;
  }

  #copyFixed(length: number): Bytes {
    const actual = this.#length();
    if (actual !== length) throw this.badValue(`it has ${length} bytes, not ${actual}`);
    return this.#copy(length);
  }

  #copy(length: number): Bytes {
    const start = this.#at;
    this.#at += length;
    return this.#bytes.slice(start, this.#at);
  }

  #printable(length: number): string {
    let text = "";
    for (const end = this.#at + length; this.#at < end; this.#at++) {
      const byte = this.#bytes[this.#at] as number;
      if (byte < PRINTABLE_FIRST || byte > PRINTABLE_LAST) throw this.badValue("it holds something else than printable ASCII");
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #malformed(reason: string): Error {
    return new WireFormatError(this.#data(reason));
  }

  #limit(reason: string, limit: number, actual: number): Error {
    return new WireLimitError({ ...this.#data(reason), limit, actual });
  }

  #data(reason: string, field = this.#field, offset = this.#start): WireErrorData {
    const { name, fields } = this.#shape;
    return { channel: this.#channel, message: name, field: fields[field - 1] ?? String(field), offset, reason };
  }
}
