/**
 * Strictly ascending validator indices as bytes: the gaps between them, a varint each.
 *
 * The first gap is the first index, every other one the number of indices that were skipped: index − previous − 1. So any list of gaps is
 * strictly ascending by construction, and none has a second form. A committee of 100,000 validators' 128 takes two bytes a member
 * instead of the four of plain integers. On the wire this is protobuf's `repeated uint32 gaps` (packed).
 */
import { type Bytes, type CanonicalReader, EncodingLimitError, ValueError, varintBytes } from "../../../core/sdk.js";

/** Five varint bytes: the longest of 32 bits. */
const LONGEST_GAP = 5;

/** @throws ValueError unless the indices ascend, each once */
export function encodeGaps(indices: Uint32Array): Bytes {
  const bytes = new Uint8Array(gapsLength(indices));
  let at = 0;
  let next = 0;
  for (const index of indices) {
    let gap = index - next;
    while (gap >= 128) {
      bytes[at++] = (gap % 128) | 0x80;
      gap = Math.floor(gap / 128);
    }
    bytes[at++] = gap;
    next = index + 1;
  }
  return bytes;
}

function gapsLength(indices: Uint32Array): number {
  let length = 0;
  let next = 0;
  for (const index of indices) {
    if (index < next) throw new ValueError({ type: "list of validators", reason: "its indices ascend, each once" });
    length += varintBytes(index - next);
    next = index + 1;
  }
  return length;
}

/** Bytes of the gaps of `count` indices below `validators`, at most. */
export function gapsBytes(count: number, validators: number): number {
  return count * varintBytes(Math.max(0, validators - 1));
}

/**
 * The indices of a field that has to be there; at least one.
 *
 * @param message its name, for errors
 * @param maxCount indices at most, checked before anything is allocated
 * @param validators all indices are below it
 * @throws EncodingError, EncodingLimitError
 */
export function readGaps(reader: CanonicalReader, field: number, message: string, maxCount: number, validators: number): Uint32Array {
  const bytes = reader.requiredBytes(field, gapsBytes(maxCount, validators));
  const count = countGaps(bytes);
  if (count > maxCount) throw new EncodingLimitError({ message, field: "gaps", limit: maxCount, actual: count });
  const indices = new Uint32Array(count);
  const fault = decodeGaps(bytes, indices, validators);
  if (fault !== undefined) throw reader.refusal(field, fault);
  return indices;
}

/** Every integer has one byte below 128, its last. */
function countGaps(bytes: Bytes): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) < 0x80) count++;
  return count;
}

/** Fills `indices`, as many as there are gaps; answers what is wrong with them. */
function decodeGaps(bytes: Bytes, indices: Uint32Array, validators: number): string | undefined {
  if ((bytes[bytes.length - 1] as number) >= 0x80) return "it ends within an integer";
  let at = 0;
  let next = 0;
  for (let i = 0; i < indices.length; i++) {
    const start = at;
    let index = next;
    for (let scale = 1; ; scale *= 128) {
      if (at - start === LONGEST_GAP) return "an integer exceeds 32 bits";
      const byte = bytes[at++] as number;
      if (byte === 0 && scale > 1) return "an integer is not minimal";
      index += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    if (index >= validators) return `an index is not below ${validators}`;
    indices[i] = index;
    next = index + 1;
  }
  return undefined;
}
