/**
 * What an engine that runs in JavaScript asks of its inputs before it copies them: the rules of native/src/addon.cc, with
 * the same typed error.
 */
import type { HashTag } from "../core/ports/compute.js";
import type { Bytes } from "../core/primitives/bytes.js";
import type { SignatureBatch } from "../core/primitives/signature-batch.js";
import { NativeInputError } from "./errors.js";

const TREE_DEPTH_MAX = 40;
const TAGS: readonly HashTag[] = ["plain", "leaf", "inner"];

function refuse(call: string, reason: string): never {
  throw new NativeInputError({ call, reason });
}

function demandBytes(call: string, name: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) refuse(call, `${name} is no Uint8Array`);
  if (value.length === 0 && isDetached(value.buffer)) refuse(call, `the memory of ${name} is detached`);
}

/** Memory that was handed to another thread looks empty, but no view of it can be made. */
function isDetached(memory: ArrayBufferLike): boolean {
  try {
    new Uint8Array(memory);
    return false;
  } catch {
    return true;
  }
}

/** A whole number from 0 to `max`. */
function demandCount(call: string, name: string, value: number, max: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value <= max))
    refuse(call, `${name} is no whole number from 0 to ${max}: ${String(value)}`);
}

/** @returns a copy of the offsets of entries `from` to `to`, checked. @throws NativeInputError */
export function checkVerify(batch: SignatureBatch, from: number, to: number, bitmap: Bytes): Uint32Array {
  const call = "verify";
  const { publicKeys, signatures, messages, offsets } = batch;
  for (const [name, value] of Object.entries({ publicKeys, signatures, messages, bitmap })) demandBytes(call, name, value);
  if (!(offsets instanceof Uint32Array)) refuse(call, "offsets is no Uint32Array");
  const count = Math.floor(publicKeys.length / 32);
  if (publicKeys.length % 32 !== 0) refuse(call, `${publicKeys.length} bytes of publicKeys are no packed keys`);
  if (signatures.length !== 64 * count) refuse(call, `${signatures.length} bytes of signatures for ${count} keys`);
  if (offsets.length !== count + 1) refuse(call, `${offsets.length} offsets for ${count} keys`);
  if (8 * bitmap.length < count) refuse(call, `${bitmap.length} bytes of bitmap for ${count} keys`);
  demandCount(call, "to", to, count);
  demandCount(call, "from", from, to);
  const copy = offsets.slice(from, to + 1);
  if (from === to) return copy;
  if (offsets[0] !== 0) refuse(call, `the offsets begin with ${offsets[0]}, not with 0`);
  if (offsets[count] !== messages.length) refuse(call, `the offsets end with ${offsets[count]}, the messages with ${messages.length}`);
  for (let i = 1; i < copy.length; i++)
    if ((copy[i - 1] as number) > (copy[i] as number)) refuse(call, `the offsets do not ascend at ${from + i}`);
  const last = copy[copy.length - 1] as number;
  if (last > messages.length) refuse(call, `an offset lies behind the messages: ${last}`);
  return copy;
}

/** @throws NativeInputError */
export function checkHashPairs(input: Bytes, output: Bytes, tag: HashTag, from: number, to: number): void {
  const call = "hashPairs";
  demandBytes(call, "input", input);
  demandBytes(call, "output", output);
  if (!TAGS.includes(tag)) refuse(call, `tag is none of ${TAGS.join(", ")}`);
  demandCount(call, "to", to, Math.floor(input.length / 64));
  demandCount(call, "from", from, to);
  if (32 * to > output.length) refuse(call, `${output.length} bytes of output for ${to} hashes`);
  // Ascending work overwrites no input that is still needed exactly if the output begins no later than the input.
  const outputBegin = output.byteOffset + 32 * from;
  const isInside = outputBegin > input.byteOffset + 64 * from && outputBegin < input.byteOffset + 64 * to;
  if (input.buffer === output.buffer && isInside) refuse(call, "output begins inside input");
}

/** @throws NativeInputError */
export function checkSubtreeRoot(nodes: Bytes, fromDepth: number, toDepth: number): void {
  const call = "subtreeRoot";
  demandBytes(call, "nodes", nodes);
  demandCount(call, "toDepth", toDepth, TREE_DEPTH_MAX);
  demandCount(call, "fromDepth", fromDepth, toDepth);
  if (nodes.length % 32 !== 0) refuse(call, `${nodes.length} bytes of nodes are no packed nodes`);
  const count = nodes.length / 32;
  if (count > 2 ** (toDepth - fromDepth)) refuse(call, `${count} nodes do not fit below ${toDepth - fromDepth} levels`);
}
