/**
 * What reader and writer of the canonical form share: message shapes and the sizes of things on the wire.
 * Fields are numbered 1 to 15 without gaps, so that a tag is one byte; a message that needs more nests.
 */
import { assert } from "../kernel/assert.js";

/** A message's name and the names of its fields, for error messages. Field n is `fields[n - 1]`. */
export interface MessageShape {
  readonly name: string;
  readonly fields: readonly string[];
}

/** Declares a message of up to 15 fields, numbered from 1 in the order given. */
export function messageShape(name: string, fields: readonly string[]): MessageShape {
  assert(fields.length >= 1 && fields.length <= 15, `${name} has 1 to 15 fields`);
  return { name, fields };
}

/** Wire types of https://protobuf.dev/programming-guides/encoding/#structure that are in use here. */
export const WIRE_VARINT = 0;
export const WIRE_BYTES = 2;

export const UINT32_MAX = 0xffff_ffff;
export const UINT64_MAX = 2n ** 64n - 1n;
export const SAFE_BOUND = 2n ** 53n;

/** How many bytes the varint of `value` has: a safe integer or a bigint of up to 64 bits. */
export function varintBytes(value: number | bigint): number {
  if (typeof value === "bigint") return value >= SAFE_BOUND ? 4 + varintBytes(value >> 28n) : varintBytes(Number(value));
  let length = 1;
  for (let bound = 128; value >= bound; bound *= 128) length++;
  return length;
}

/** How many bytes an integer field has with its tag; 0 when it is 0 and therefore not written. */
export function integerFieldBytes(value: number | bigint): number {
  return value === 0 || value === 0n ? 0 : 1 + varintBytes(value);
}

/** How many bytes a length-delimited field has with its tag; 0 when it is empty and therefore not written. */
export function fieldBytes(contentBytes: number): number {
  return contentBytes === 0 ? 0 : 1 + varintBytes(contentBytes) + contentBytes;
}
