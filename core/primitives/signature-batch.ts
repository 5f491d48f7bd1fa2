/** Signatures packed for one crossing into a worker or native code: no object for each signature. */
import type { Bytes } from "./bytes.js";

/**
 * Packed Ed25519 signatures under ZIP-215. Entry i: key `publicKeys[32i, 32i+32)`, signature `signatures[64i, 64i+64)`,
 * message `messages[offsets[i], offsets[i+1])`. `offsets` has count + 1 ascending entries, begins with 0, ends with
 * `messages.length`. Build it with `SignatureBatchBuilder`.
 */
export interface SignatureBatch {
  readonly scheme: "ed25519-zip215";
  readonly count: number;
  readonly publicKeys: Bytes;
  readonly signatures: Bytes;
  readonly messages: Bytes;
  readonly offsets: Uint32Array;
}
