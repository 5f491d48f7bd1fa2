/**
 * Checks one chunk, and takes it apart: on a worker thread where there is one (chunk.task.ts), with the same code inline.
 *
 * A chunk is a range proof. It is good if its bytes have the hash of the manifest, if it proves its entries against the state root,
 * and if it ends where the next chunk begins. The first shows cheaply that the sender is at fault; the rest shows whether the manifest is true.
 */

import { type Bytes, bytesEqual, toHex } from "../primitives/bytes.js";
import { sha256 } from "../primitives/hash.js";
import { ProofError, verifyRange } from "../proofs/index.js";

/** What a chunk has to prove. Plain bytes, since it goes to a thread. */
export interface ChunkQuestion {
  readonly index: number;
  readonly stateRoot: Bytes;
  readonly first: Bytes;
  /** Where the next chunk begins; undefined for the last one. */
  readonly next: Bytes | undefined;
  readonly entries: number;
  readonly hash: Bytes;
  readonly proof: Bytes;
}

export type ChunkVerdict =
  /** Entries in order of their paths, packed: key length (1) ‖ key ‖ value length (4, big-endian) ‖ value. */
  | { readonly good: true; readonly packed: Bytes }
  /** `forged`: not the bytes that the manifest names. Otherwise the manifest itself is untrue. */
  | { readonly good: false; readonly forged: boolean; readonly reason: string; readonly code?: string };

const LAST_PATH = new Uint8Array(32).fill(255);

export function checkChunk({ stateRoot, first, next, entries, hash, proof }: ChunkQuestion): ChunkVerdict {
  if (!bytesEqual(sha256(proof), hash)) return { good: false, forged: true, reason: "its bytes have another hash than the manifest says" };
  try {
    const range = verifyRange(stateRoot, first, LAST_PATH, proof, { sha256 });
    const isEnd = range.next === undefined ? next === undefined : next !== undefined && bytesEqual(range.next, next);
    if (!isEnd) {
      const end = range.next === undefined ? "at the end of the state" : `before ${toHex(range.next)}`;
      return { good: false, forged: false, reason: `it ends ${end}, not where the next one begins` };
    }
    if (range.entries.length !== entries)
      return { good: false, forged: false, reason: `it has ${range.entries.length} entries instead of ${entries}` };
    return { good: true, packed: pack(range.entries) };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return { good: false, forged: false, reason: error.message, code: error.code };
  }
}

function pack(entries: readonly { readonly key: Bytes; readonly value: Bytes }[]): Bytes {
  let length = 0;
  for (const { key, value } of entries) length += 5 + key.length + value.length;
  const packed = new Uint8Array(length);
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const { key, value } of entries) {
    packed[at] = key.length;
    packed.set(key, at + 1);
    at += 1 + key.length;
    view.setUint32(at, value.length);
    packed.set(value, at + 4);
    at += 4 + value.length;
  }
  return packed;
}

/** Entries of a good chunk; keys and values are views of `packed`. */
export function* unpack(packed: Bytes): Generator<{ readonly key: Bytes; readonly value: Bytes }> {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  for (let at = 0; at < packed.length; ) {
    const keyEnd = at + 1 + (packed[at] as number);
    const end = keyEnd + 4 + view.getUint32(keyEnd);
    yield { key: packed.subarray(at + 1, keyEnd), value: packed.subarray(keyEnd + 4, end) };
    at = end;
  }
}
