/** What does not fit is refused with a typed error by every engine and tier, nothing is written, and the engine works on. */
import type { Test } from "tap";
import { ChainwrightError } from "../../core/kernel/errors.js";
import type { ComputeEngine } from "../../native/index.js";
import { create, forEach, HASHERS, mistakes, VERIFIERS } from "./engines.js";
import { goodSignatures, packed } from "./signed.js";

const COUNT = 11;
const items = goodSignatures(COUNT, 3);
const batch = packed(items);

/** As the types forbid it. */
type Wild = (...parameters: readonly unknown[]) => unknown;
const verify = (engine: ComputeEngine, ...parameters: readonly unknown[]) => (engine.verify as Wild).call(engine, ...parameters);
const hashPairs = (engine: ComputeEngine, ...parameters: readonly unknown[]) => (engine.hashPairs as Wild).call(engine, ...parameters);
const subtreeRoot = (engine: ComputeEngine, ...parameters: readonly unknown[]) => (engine.subtreeRoot as Wild).call(engine, ...parameters);

function refuses(t: Test, what: string, call: () => unknown): void {
  try {
    call();
  } catch (error) {
    const code = ChainwrightError.is(error) ? error.code : String(error);
    t.equal(code, "NATIVE_INPUT", what);
    return;
  }
  t.fail(`${what} was taken`);
}

function detached(length: number): Uint8Array {
  const view = new Uint8Array(length);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

function detachedWords(length: number): Uint32Array {
  const view = new Uint32Array(length);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

/** Of ES2024; Node 20 has it, the library that we compile against has not. */
type ResizableBuffer = new (length: number, options: { maxByteLength: number }) => ArrayBuffer & { resize(length: number): void };

/** Memory that shrinks under its view. */
function shrunk(length: number): Uint8Array {
  const memory = new (ArrayBuffer as unknown as ResizableBuffer)(length, { maxByteLength: length });
  const view = new Uint8Array(memory, 0, length);
  memory.resize(length >> 1);
  return view;
}

/** No numbers of anything, whatever the bound. */
const NO_NUMBERS: readonly unknown[] = [
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -Infinity,
  2 ** 32,
  2 ** 53,
  2 ** 64,
  -(2 ** 53),
  1e300,
  "1",
  null,
  undefined,
  1n,
  {},
  [1],
  true,
  Symbol("1"),
];
const NO_BYTES: readonly unknown[] = [
  undefined,
  null,
  7,
  "bytes",
  {},
  [1, 2],
  new ArrayBuffer(64),
  new DataView(new ArrayBuffer(64)),
  new Float64Array(64),
  new Uint32Array(64),
  new Int8Array(64),
  () => 0,
];

function changedOffsets(change: (offsets: Uint32Array) => void): Uint32Array {
  const offsets = batch.offsets.slice();
  change(offsets);
  return offsets;
}

const WRONG_BATCHES: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["a byte of keys too few", { publicKeys: batch.publicKeys.subarray(1) }],
  ["a key too few", { publicKeys: batch.publicKeys.subarray(32) }],
  ["a byte of keys too many", { publicKeys: new Uint8Array(32 * COUNT + 1) }],
  ["a signature too few", { signatures: batch.signatures.subarray(64) }],
  ["a byte of signatures too few", { signatures: batch.signatures.subarray(1) }],
  ["no signatures", { signatures: new Uint8Array(0) }],
  ["a byte of messages too few", { messages: batch.messages.subarray(1) }],
  ["a byte of messages too many", { messages: new Uint8Array(batch.messages.length + 1) }],
  ["no messages", { messages: new Uint8Array(0) }],
  ["an offset too few", { offsets: batch.offsets.subarray(0, COUNT) }],
  ["an offset too many", { offsets: Uint32Array.of(...batch.offsets, batch.messages.length) }],
  ["no offsets", { offsets: new Uint32Array(0) }],
  ["offsets that begin behind 0", { offsets: changedOffsets((offsets) => offsets.fill(1, 0, 1)) }],
  ["offsets that fall", { offsets: changedOffsets((offsets) => offsets.fill((offsets[7] as number) + 1, 6, 7)) }],
  ["an offset behind the end", { offsets: changedOffsets((offsets) => offsets.fill(0xffff_ffff, 5, 6)) }],
  ["a last offset behind the end", { offsets: changedOffsets((offsets) => offsets.fill(batch.messages.length + 1, COUNT)) }],
  ["offsets of another type", { offsets: Int32Array.from(batch.offsets) }],
  ["offsets as a list", { offsets: [...batch.offsets] }],
  ["offsets as bytes", { offsets: new Uint8Array(batch.offsets.buffer) }],
  ["detached keys", { publicKeys: detached(32 * COUNT) }],
  ["detached signatures", { signatures: detached(64 * COUNT) }],
  ["detached messages", { messages: detached(batch.messages.length) }],
  ["detached offsets", { offsets: detachedWords(COUNT + 1) }],
  ["keys that shrank", { publicKeys: shrunk(32 * COUNT) }],
  ["signatures that shrank", { signatures: shrunk(64 * COUNT) }],
  ["messages that shrank", { messages: shrunk(batch.messages.length) }],
];

forEach(VERIFIERS, "batches", async (t, subject) => {
  const engine = create(subject);
  const bitmap = new Uint8Array(2);
  for (const [what, change] of WRONG_BATCHES) refuses(t, what, () => verify(engine, { ...batch, ...change }, 0, COUNT, bitmap));
  for (const [i, value] of NO_BYTES.entries()) {
    for (const part of ["publicKeys", "signatures", "messages"])
      refuses(t, `${part}: no bytes, ${i}`, () => verify(engine, { ...batch, [part]: value }, 0, COUNT, bitmap));
    refuses(t, `bitmap: no bytes, ${i}`, () => verify(engine, batch, 0, COUNT, value));
  }
  for (const [i, value] of NO_NUMBERS.entries()) {
    refuses(t, `from: no number, ${i}`, () => verify(engine, batch, value, COUNT, bitmap));
    refuses(t, `to: no number, ${i}`, () => verify(engine, batch, 0, value, bitmap));
  }
  refuses(t, "a range behind the end", () => verify(engine, batch, 0, COUNT + 1, bitmap));
  refuses(t, "a range that begins behind the end", () => verify(engine, batch, COUNT + 1, COUNT + 1, bitmap));
  refuses(t, "a range backwards", () => verify(engine, batch, 5, 4, bitmap));
  refuses(t, "a bitmap too short", () => verify(engine, batch, 0, COUNT, new Uint8Array(1)));
  refuses(t, "no bitmap", () => verify(engine, batch, 0, COUNT, new Uint8Array(0)));
  refuses(t, "a detached bitmap", () => verify(engine, batch, 0, COUNT, detached(2)));
  refuses(t, "a bitmap that shrank", () => verify(engine, batch, 0, COUNT, shrunk(2)));
  t.same([...bitmap], [0, 0], "nothing was written");
  t.same(mistakes(engine, items), [], "and the engine works on");
});

forEach(HASHERS, "pairs and roots", async (t, subject) => {
  const engine = create(subject);
  const input = new Uint8Array(64 * 40).fill(3);
  const output = new Uint8Array(32 * 40);
  for (const [i, value] of NO_BYTES.entries()) {
    refuses(t, `input: no bytes, ${i}`, () => hashPairs(engine, value, output, "plain", 0, 1));
    refuses(t, `output: no bytes, ${i}`, () => hashPairs(engine, input, value, "plain", 0, 1));
    refuses(t, `nodes: no bytes, ${i}`, () => subtreeRoot(engine, value, 0, 10));
  }
  for (const [i, value] of NO_NUMBERS.entries()) {
    refuses(t, `from: no number, ${i}`, () => hashPairs(engine, input, output, "plain", value, 40));
    refuses(t, `to: no number, ${i}`, () => hashPairs(engine, input, output, "plain", 0, value));
    refuses(t, `fromDepth: no number, ${i}`, () => subtreeRoot(engine, input, value, 40));
    refuses(t, `toDepth: no number, ${i}`, () => subtreeRoot(engine, input, 0, value));
  }
  for (const tag of ["", "PLAIN", 0, null, undefined, "toString", "__proto__"])
    refuses(t, `tag ${tag}`, () => hashPairs(engine, input, output, tag, 0, 1));
  refuses(t, "pairs behind the input", () => hashPairs(engine, input, new Uint8Array(4096), "plain", 0, 41));
  refuses(t, "half a pair", () => hashPairs(engine, input.subarray(0, 96), output, "plain", 0, 2));
  refuses(t, "a range backwards", () => hashPairs(engine, input, output, "plain", 4, 3));
  refuses(t, "hashes behind the output", () => hashPairs(engine, input, output.subarray(1), "plain", 0, 40));
  refuses(t, "no output", () => hashPairs(engine, input, new Uint8Array(0), "plain", 0, 1));
  refuses(t, "an output that begins inside what is still read", () => hashPairs(engine, input, input.subarray(32), "plain", 0, 39));
  refuses(t, "detached input", () => hashPairs(engine, detached(64), output, "plain", 0, 1));
  refuses(t, "detached output", () => hashPairs(engine, input, detached(32), "plain", 0, 1));
  refuses(t, "an input that shrank", () => hashPairs(engine, shrunk(128), output, "plain", 0, 1));
  t.ok(
    output.every((byte) => byte === 0),
    "nothing was written",
  );

  refuses(t, "half a node", () => subtreeRoot(engine, input.subarray(0, 48), 0, 10));
  refuses(t, "nodes that do not fit below", () => subtreeRoot(engine, input.subarray(0, 160), 0, 2));
  refuses(t, "two nodes without a level", () => subtreeRoot(engine, input.subarray(0, 64), 7, 7));
  refuses(t, "levels downwards", () => subtreeRoot(engine, input.subarray(0, 32), 5, 4));
  refuses(t, "more than 40 levels", () => subtreeRoot(engine, input, 0, 41));
  refuses(t, "from more than 40 levels", () => subtreeRoot(engine, input.subarray(0, 32), 41, 41));
  refuses(t, "detached nodes", () => subtreeRoot(engine, detached(32), 0, 3));
  t.equal(engine.subtreeRoot(input.subarray(0, 32), 0, 0)[0], 3, "and the engine works on");
});
