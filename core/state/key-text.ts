/** State keys as text, one character (0 to 255) a byte: what the state's maps are keyed by. */
import { type Bytes, toLatin1 } from "../primitives/bytes.js";

export type KeyText = string;

/** Text of `bytes[start, end)`. */
export function keyText(bytes: Bytes, start = 0, end = bytes.length): KeyText {
  return toLatin1(bytes, start, end);
}

export function keyBytes(text: KeyText): Bytes {
  return new Uint8Array(Buffer.from(text, "latin1"));
}
