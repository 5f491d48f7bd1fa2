/** State keys as text, one character (0 to 255) a byte: what the state's maps are keyed by. */
import type { Bytes } from "../primitives/bytes.js";

export type KeyText = string;

/** Node's own slice to Latin-1 works on any byte array and takes 40 ns; wrapping it in a Buffer first takes three times that. */
type Latin1Slice = (this: Bytes, start: number, end: number) => string;
const slice: Latin1Slice =
  (Buffer.prototype as unknown as { latin1Slice?: Latin1Slice }).latin1Slice ??
  function (this: Bytes, start: number, end: number): string {
    return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString("latin1", start, end);
  };

/** Text of `bytes[start, end)`. */
export function keyText(bytes: Bytes, start = 0, end = bytes.length): KeyText {
  return slice.call(bytes, start, end);
}

export function keyBytes(text: KeyText): Bytes {
  return new Uint8Array(Buffer.from(text, "latin1"));
}
