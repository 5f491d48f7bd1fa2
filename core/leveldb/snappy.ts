/**
 * Snappy's raw format, reading only: LevelDB compresses the blocks of its tables with it, the index of a table among them.
 *
 * Source: Snappy's format_description.txt. What it reads has passed a checksum, but may still be anything: every length is checked.
 */
import type { Bytes } from "../primitives/bytes.js";

const LITERAL = 0;
const COPY_ONE_BYTE = 1;
const COPY_TWO_BYTES = 2;
/** Literals of up to 60 bytes have their length in the tag, longer ones in 1 to 4 bytes behind it. */
const LITERAL_IN_TAG_MAX = 60;

/** @param limitBytes refuses what would become larger. @throws RangeError where it is not Snappy's format */
export function unsnappy(input: Bytes, limitBytes: number): Bytes {
  let at = 0;
  const byte = (): number => {
    const value = input[at++];
    if (value === undefined) throw new RangeError("it ends early");
    return value;
  };
  /** Little-endian. */
  const number = (bytes: number): number => {
    let value = 0;
    for (let i = 0; i < bytes; i++) value += byte() * 256 ** i;
    return value;
  };
  let size = 0;
  for (let factor = 1; ; factor *= 128) {
    const part = byte();
    size += (part & 0x7f) * factor;
    if (size > limitBytes) throw new RangeError("it is too large");
    if (part < 0x80) break;
  }
  const output = new Uint8Array(size);
  let filled = 0;
  while (at < input.length) {
    const tag = byte();
    const kind = tag & 3;
    if (kind === LITERAL) {
      const inTag = (tag >>> 2) + 1;
      const length = inTag <= LITERAL_IN_TAG_MAX ? inTag : number(inTag - LITERAL_IN_TAG_MAX) + 1;
      if (at + length > input.length || filled + length > size) throw new RangeError("a literal is too long");
      output.set(input.subarray(at, at + length), filled);
      at += length;
      filled += length;
      continue;
    }
    const length = kind === COPY_ONE_BYTE ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const back = kind === COPY_ONE_BYTE ? (tag >>> 5) * 256 + byte() : number(kind === COPY_TWO_BYTES ? 2 : 4);
    if (back === 0 || back > filled || filled + length > size) throw new RangeError("a copy reaches beyond what is there");
    // A copy may overlap what it makes.
    for (let i = 0; i < length; i++, filled++) output[filled] = output[filled - back] as number;
  }
  if (filled !== size) throw new RangeError("it ends early");
  return output;
}
