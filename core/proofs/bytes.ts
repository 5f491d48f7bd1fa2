/** Byte strings and paths, with nothing that a browser lacks. Of its own, because this folder imports no other. */

export type Bytes = Uint8Array;

/** Whether it is a `Uint8Array`, from whichever realm (a frame, a worker, a test runner's sandbox). */
export function isBytes(value: unknown): value is Bytes {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}

export function bytesEqual(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** Lexicographic order: negative, zero or positive. */
export function compareBytes(a: Bytes, b: Bytes): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function isZero(bytes: Bytes): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}

/** Bit `depth` of a path, the first one being the top bit of byte 0. */
export function bitOf(path: Bytes, depth: number): number {
  return ((path[depth >> 3] as number) >> (7 - (depth & 7))) & 1;
}

/** Whether the first `count` bits are the same. */
export function sharesBits(a: Bytes, b: Bytes, count: number): boolean {
  const whole = count >> 3;
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false;
  const rest = count & 7;
  return rest === 0 || ((a[whole] as number) ^ (b[whole] as number)) >> (8 - rest) === 0;
}
