/** Protobuf by hand, for tests: fields as bytes, and the liberties that protobuf allows an encoder. */
import type { Bytes } from "../../../../core/primitives/bytes.js";
import { concatBytes } from "../../../../core/primitives/bytes.js";

/** A varint, stretched by `padding` redundant bytes. */
export function varint(value: number | bigint, padding = 0): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  for (let count = 0; count < padding; count++) {
    bytes[bytes.length - 1] = (bytes.at(-1) as number) | 128;
    bytes.push(0);
  }
  return bytes;
}

/** One field: an integer (varint) or bytes (length-delimited). */
export function field(number: number, value: number | bigint | Bytes | readonly number[] | string): Bytes {
  if (typeof value === "number" || typeof value === "bigint") return Uint8Array.from([...varint(number * 8), ...varint(value)]);
  const content = typeof value === "string" ? Buffer.from(value, "utf8") : Uint8Array.from(value);
  return concatBytes(Uint8Array.from([...varint(number * 8 + 2), ...varint(content.length)]), content);
}

export function join(...parts: readonly Bytes[]): Bytes {
  return concatBytes(...parts);
}

export interface WireField {
  readonly number: number;
  readonly wire: number;
  readonly value: bigint;
  /** Of length-delimited fields. */
  readonly content: Bytes;
}

/** Splits well-formed bytes of varints and length-delimited fields: an independent, trusting reader. */
export function fieldsOf(bytes: Bytes): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const read = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(read());
    const value = read();
    const length = tag % 8 === 2 ? Number(value) : 0;
    fields.push({ number: Math.floor(tag / 8), wire: tag % 8, value, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return fields;
}
