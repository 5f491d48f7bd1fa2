/** What crosses into a worker that verifies sets, and back: one byte string each, since copying views would copy what they are views of. */
import { assert, present } from "../kernel/assert.js";
import { type Bytes, putUint32, uint32At } from "../primitives/bytes.js";
import { judge } from "./batch.js";
import { SIGNATURE_BYTES } from "./encoding.js";
import type { BlsEngine, BlsEngineName, BlsSet } from "./engine.js";
import { memoKeyOf, type VerdictMemo } from "./memo.js";

export interface VerifyInput {
  /** The one of the thread that asks. */
  readonly engine: BlsEngineName;
  /** Of each set: bytes of its key (1) and of its message (4, big-endian), key, signature, message. */
  readonly packed: Bytes;
}

/** One byte a set: 1 is valid. */
export type VerifyOutput = Bytes;

const LENGTHS_BYTES = 5;

/** @param sets their keys and signatures have been looked at for their form */
export function packSets(sets: readonly BlsSet[]): Bytes {
  let length = 0;
  for (const { publicKey, message } of sets) length += LENGTHS_BYTES + publicKey.length + SIGNATURE_BYTES + message.length;
  const packed = new Uint8Array(length);
  let at = 0;
  for (const { publicKey, message, signature } of sets) {
    assert(signature.length === SIGNATURE_BYTES && publicKey.length < 256, "what is packed has the form of a set");
    packed[at] = publicKey.length;
    putUint32(packed, at + 1, message.length);
    at += LENGTHS_BYTES;
    for (const part of [publicKey, signature, message]) {
      packed.set(part, at);
      at += part.length;
    }
  }
  return packed;
}

export function unpackSets(packed: Bytes): BlsSet[] {
  const sets: BlsSet[] = [];
  for (let at = 0; at < packed.length; ) {
    const keyBytes = present(packed[at], "a set begins with the length of its key");
    const messageBytes = uint32At(packed, at + 1);
    const signatureAt = at + LENGTHS_BYTES + keyBytes;
    const messageAt = signatureAt + SIGNATURE_BYTES;
    const end = messageAt + messageBytes;
    assert(end <= packed.length, "packed sets are whole");
    sets.push({
      publicKey: packed.slice(at + LENGTHS_BYTES, signatureAt),
      signature: packed.slice(signatureAt, messageAt),
      message: packed.slice(messageAt, end),
    });
    at = end;
  }
  return sets;
}

/** Verifies what the thread has not verified before. */
export function runVerifyJob(engine: BlsEngine, memo: VerdictMemo, { packed }: VerifyInput): VerifyOutput {
  const sets = unpackSets(packed);
  const keys = sets.map(memoKeyOf);
  const open = sets.map((_, index) => index).filter((index) => memo.get(present(keys[index], "each set has a key")) === undefined);
  const verdicts = judge(
    engine,
    open.map((index) => present(sets[index], "an open set is one of them")),
  );
  const output = new Uint8Array(sets.length);
  const found = new Map(open.map((index, at) => [index, verdicts[at] === true]));
  for (const [index, key] of keys.entries()) {
    const verdict = found.get(index) ?? memo.get(key) === true;
    if (found.has(index)) memo.set(key, verdict);
    output[index] = verdict ? 1 : 0;
  }
  return output;
}
