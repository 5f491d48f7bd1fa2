/**
 * Arrays of numbers as the bytes that state holds, little-endian whatever the machine's order is, and back.
 *
 * Memory is copied as it lies where that is possible: an epoch writes columns of 100,000 validators, and loops that see arrays of several
 * types are ten times as slow.
 */
import type { Bytes } from "../../../core/sdk.js";

/** Safe integers are held as doubles and stored as 8 bytes. */
export type ColumnArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** All bytes of the elements. */
export function elementsToBytes(items: ColumnArray): Bytes {
  if (items instanceof Float64Array) return swapped(doublesToBytes(items), 4);
  return swapped(memoryOf(items).slice(), items.BYTES_PER_ELEMENT);
}

/** Fills the first elements with what the bytes hold. */
export function elementsFromBytes(bytes: Bytes, items: ColumnArray): void {
  if (items instanceof Float64Array) {
    bytesToDoubles(bytes, items);
    return;
  }
  const memory = memoryOf(items);
  memory.set(bytes);
  swapped(memory, items.BYTES_PER_ELEMENT);
}

/** Both have one type and length. */
export function sameElements(a: ColumnArray, b: ColumnArray): boolean {
  return Buffer.compare(memoryOf(a), memoryOf(b)) === 0;
}

/** How many bytes are left without the zero items at the end. */
export function lengthWithoutZeros(bytes: Bytes, itemBytes: number): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return Math.ceil(length / itemBytes) * itemBytes;
}

function memoryOf(items: ColumnArray): Uint8Array {
  return new Uint8Array(items.buffer, items.byteOffset, items.byteLength);
}

function doublesToBytes(items: Float64Array): Bytes {
  const words = new Uint32Array(2 * items.length);
  for (let index = 0; index < items.length; index++) {
    const value = items[index] as number;
    // Both conversions take the value modulo 2^32.
    words[2 * index] = value;
    words[2 * index + 1] = value / 0x1_0000_0000;
  }
  return memoryOf(words);
}

function bytesToDoubles(bytes: Bytes, items: Float64Array): void {
  const words = new Uint32Array(bytes.length / 4);
  const memory = memoryOf(words);
  memory.set(bytes);
  swapped(memory, 4);
  for (let index = 0; 2 * index < words.length; index++)
    items[index] = (words[2 * index] as number) + (words[2 * index + 1] as number) * 0x1_0000_0000;
}

/** In place, where the machine's order is the other one. */
function swapped(memory: Uint8Array, elementBytes: number): Uint8Array {
  if (IS_LITTLE_ENDIAN || elementBytes === 1) return memory;
  const buffer = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  if (elementBytes === 2) buffer.swap16();
  else buffer.swap32();
  return memory;
}
