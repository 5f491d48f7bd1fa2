/** The addon's border: what JavaScript may hand over, and what is refused before native code sees a pointer. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { once } from "node:events";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import t from "tap";
import { PublicKey, Signature } from "../../core/primitives/keys.js";
import { SignatureBatchBuilder } from "../../core/primitives/signature-batch.js";
import { createNativeEngine, loadAddon } from "../../native/addon.js";
import { NativeInputError, NativeTierUnavailableError } from "../../native/errors.js";
import { createJsEngine } from "../../native/js/engine.js";

const loaded = loadAddon();
if ("reason" in loaded) {
  t.pass(`skipped: ${loaded.reason}`);
  t.end();
  process.exit(process.env.REQUIRE_TIERS === "1" ? 1 : 0);
}
const { addon, file } = loaded;
const best = addon.tiers();
const tiers = { ed25519: best.ed25519.best, sha256: best.sha256.best, sha512: best.sha512.best };
const raw = new addon.Engine({ ...tiers, keyCacheEntries: 16 });
const engine = createNativeEngine(addon, {}, 16);
const js = createJsEngine({ keyCacheEntries: 16 });

const COUNT = 21;
const rawKey = (key: KeyObject) => PublicKey.from(Buffer.from(key.export({ format: "jwk" }).x as string, "base64url"));
const builder = new SignatureBatchBuilder(COUNT);
for (let i = 0; i < COUNT; i++) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const message = randomBytes(11 * i);
  builder.add(rawKey(publicKey), Signature.from(sign(null, message, privateKey)), message);
}
const batch = builder.build();
// Every third one is bad.
for (let i = 0; i < COUNT; i += 3) batch.signatures[64 * i + 40] = (batch.signatures[64 * i + 40] as number) ^ 1;
const { publicKeys, signatures, messages, offsets } = batch;
const BITMAP_BYTES = Math.ceil(COUNT / 8);

const bitmapOf = (work: (bitmap: Uint8Array) => void, fill = 0): Uint8Array => {
  const bitmap = new Uint8Array(BITMAP_BYTES).fill(fill);
  work(bitmap);
  return bitmap;
};
const expected = bitmapOf((bitmap) => js.verify(batch, 0, COUNT, bitmap));

/** As the type of a call that is meant to be wrong. */
type Call = (...parameters: unknown[]) => unknown;
const call = (method: "verify" | "hashPairs" | "subtreeRoot", ...parameters: unknown[]) => (raw[method] as Call).apply(raw, parameters);

t.test("it verifies what it is given, wherever that lies", async (t) => {
  t.same(
    bitmapOf((bitmap) => t.equal(engine.verify(batch, 0, COUNT, bitmap), 14)),
    expected,
  );

  // All ranges: bits outside stay as they are, set or not.
  for (const fill of [0, 0xff]) {
    for (let from = 0; from <= COUNT; from++) {
      for (const to of [from, Math.min(COUNT, from + 1), Math.min(COUNT, from + 7), COUNT]) {
        const bitmap = bitmapOf((bitmap) => engine.verify(batch, from, to, bitmap), fill);
        for (let i = 0; i < 8 * BITMAP_BYTES; i++) {
          const bit = ((bitmap[i >> 3] as number) >> (i & 7)) & 1;
          const verdict = ((expected[i >> 3] as number) >> (i & 7)) & 1;
          const wanted = i >= from && i < to ? verdict | (fill & 1) : fill & 1;
          if (bit !== wanted) t.fail(`bit ${i} of range ${from} to ${to} over ${fill} is ${bit}`);
        }
      }
    }
  }

  // Shared memory, at every place that a Uint32Array may have, and bytes at odd ones.
  for (const Block of [ArrayBuffer, SharedArrayBuffer]) {
    for (const shift of [0, 4, 8, 12, 28]) {
      const block = new Block(shift + offsets.byteLength + 1 + 96 * COUNT + messages.length);
      let at = shift;
      const placedOffsets = new Uint32Array(block, at, offsets.length);
      placedOffsets.set(offsets);
      at += offsets.byteLength + 1;
      const place = (bytes: Uint8Array) => {
        const view = new Uint8Array(block, at, bytes.length);
        view.set(bytes);
        at += bytes.length;
        return view;
      };
      const placed = {
        ...batch,
        publicKeys: place(publicKeys),
        signatures: place(signatures),
        messages: place(messages),
        offsets: placedOffsets,
      };
      const bitmap = new Uint8Array(new Block(BITMAP_BYTES));
      engine.verify(placed, 0, COUNT, bitmap);
      t.same(new Uint8Array(bitmap), expected, `${Block.name} at ${shift}`);
    }
  }
  const empty = new SignatureBatchBuilder().build();
  t.equal(engine.verify(empty, 0, 0, new Uint8Array(0)), 0, "an empty batch");
});

t.test("the cache of keys is bounded and can be emptied", async (t) => {
  engine.verify(batch, 0, COUNT, new Uint8Array(BITMAP_BYTES));
  raw.verify(publicKeys, signatures, messages, offsets, 0, COUNT, new Uint8Array(BITMAP_BYTES));
  t.ok(raw.cachedKeys() <= 16, `${raw.cachedKeys()} of at most 16 keys`);
  raw.clearKeyCache();
  t.equal(raw.cachedKeys(), 0);
});

const NO_COUNTS = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32 + 1, 2 ** 53, 2 ** 64, -(2 ** 63), "1", 1n, null, undefined, {}];
const detached = (length: number) => {
  const bytes = new Uint8Array(length);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
};
const named = (value: unknown): string => inspect(value, { maxArrayLength: 2, maxStringLength: 9, breakLength: Number.POSITIVE_INFINITY });
/** Neither Uint8Arrays nor of any length at all. */
const NO_BYTES = (length: number) => [
  null,
  undefined,
  {},
  [1, 2],
  "x".repeat(length),
  new ArrayBuffer(length),
  new DataView(new ArrayBuffer(length)),
  new Int8Array(length),
  new Uint8ClampedArray(length),
  new Uint16Array(length),
  new Proxy(new Uint8Array(length), {}),
];

t.test("verify refuses what does not fit", async (t) => {
  const good: readonly unknown[] = [publicKeys, signatures, messages, offsets, 0, COUNT, new Uint8Array(BITMAP_BYTES)];
  const refused = (index: number, value: unknown) => {
    const parameters = [...good];
    parameters[index] = value;
    t.throws(() => call("verify", ...parameters), { code: "NATIVE_INPUT" }, `parameter ${index}: ${named(value)}`);
  };
  for (const [index, length] of [
    [0, 32 * COUNT] as const,
    [1, 64 * COUNT] as const,
    [2, messages.length] as const,
    [6, BITMAP_BYTES] as const,
  ]) {
    for (const value of NO_BYTES(length)) refused(index, value);
    for (const wrong of [0, length - 1, ...(index === 6 ? [] : [length + 1, length + 32])]) refused(index, new Uint8Array(wrong));
    refused(index, detached(length));
  }
  for (const value of [
    new Uint8Array(offsets.buffer, 0, 4),
    new Int32Array(offsets),
    [...offsets],
    offsets.subarray(1),
    new Uint32Array(0),
  ])
    refused(3, value);
  const changed = (index: number, value: number) => {
    const copy = Uint32Array.from(offsets);
    copy[index] = value;
    return copy;
  };
  for (const index of [1, 5, COUNT - 1]) for (const value of [messages.length + 1, 0xffff_ffff]) refused(3, changed(index, value));
  refused(3, changed(0, 1));
  refused(3, changed(10, (offsets[9] as number) - 1));
  refused(3, changed(COUNT, messages.length - 1));
  for (const value of [...NO_COUNTS, COUNT + 1]) {
    refused(4, value);
    refused(5, value);
  }
  t.throws(() => call("verify", publicKeys, signatures, messages, offsets, 3, 2, good[6]), { code: "NATIVE_INPUT" }, "from behind to");
  t.throws(() => call("verify"), { code: "NATIVE_INPUT" });
  t.same(good[6], new Uint8Array(BITMAP_BYTES), "and no bit was set");
  t.throws(
    () => engine.verify({ ...batch, signatures: signatures.subarray(1) }, 0, COUNT, new Uint8Array(BITMAP_BYTES)),
    NativeInputError,
    "typed where the service calls it",
  );
});

t.test("hashPairs and subtreeRoot refuse what does not fit", async (t) => {
  const input = new Uint8Array(64 * 5);
  const output = new Uint8Array(32 * 5);
  const refused = (method: "hashPairs" | "subtreeRoot", good: readonly unknown[], index: number, value: unknown) => {
    const parameters = [...good];
    parameters[index] = value;
    t.throws(() => call(method, ...parameters), { code: "NATIVE_INPUT" }, `${method}, parameter ${index}: ${named(value)}`);
  };
  const pairs = [input, output, 0, 0, 5];
  for (const value of [...NO_BYTES(64 * 5), input.subarray(1), detached(64 * 5)]) refused("hashPairs", pairs, 0, value);
  for (const value of [...NO_BYTES(32 * 5), output.subarray(1), detached(32 * 5)]) refused("hashPairs", pairs, 1, value);
  for (const value of [...NO_COUNTS, 3, "plain"]) refused("hashPairs", pairs, 2, value);
  for (const value of [...NO_COUNTS, 6]) {
    refused("hashPairs", pairs, 3, value);
    refused("hashPairs", pairs, 4, value);
  }
  // Work runs upwards and many pairs at a time: it may write behind itself, never ahead.
  const block = new Uint8Array(64 * 40);
  for (const begin of [1, 32, 64, 64 * 20 - 1])
    refused("hashPairs", [block.subarray(0, 64 * 20), null, 0, 0, 20], 1, block.subarray(begin));
  t.doesNotThrow(() => call("hashPairs", block.subarray(0, 64 * 20), block, 0, 0, 20), "the front of the input");
  t.doesNotThrow(() => call("hashPairs", block.subarray(64, 64 * 21), block, 0, 0, 20), "before it");
  t.doesNotThrow(() => call("hashPairs", block.subarray(0, 64 * 20), block.subarray(64 * 20), 0, 0, 20), "behind it");

  const subtree = [new Uint8Array(32 * 5), 0, 3, new Uint8Array(32)];
  for (const value of [...NO_BYTES(32), new Uint8Array(31), new Uint8Array(32 * 9)]) refused("subtreeRoot", subtree, 0, value);
  for (const value of [...NO_COUNTS, 1, 4]) refused("subtreeRoot", subtree, 1, value);
  for (const value of [...NO_COUNTS, 2, 41]) refused("subtreeRoot", subtree, 2, value);
  for (const value of [...NO_BYTES(32), new Uint8Array(31), new Uint8Array(33), detached(32)]) refused("subtreeRoot", subtree, 3, value);
  t.throws(() => engine.subtreeRoot(new Uint8Array(33), 0, 1), NativeInputError);
  t.throws(() => engine.hashPairs(input, output, "plain", 0, 6), NativeInputError);
});

t.test("an engine is made of tiers that are here, and its methods work on engines alone", async (t) => {
  const make = (options: unknown) => () => new (addon.Engine as unknown as new (options: unknown) => unknown)(options);
  const options = { ...tiers, keyCacheEntries: 0 };
  t.doesNotThrow(make(options));
  t.throws(make(undefined), { code: "NATIVE_INPUT" });
  for (const primitive of ["ed25519", "sha256", "sha512"]) {
    t.throws(make({ ...options, [primitive]: "abacus" }), { code: "NATIVE_TIER", message: /abacus/ });
    t.throws(make({ ...options, [primitive]: "x".repeat(10_000) }), { code: "NATIVE_TIER" });
    t.throws(make({ ...options, [primitive]: 1 }), { code: "NATIVE_INPUT" });
  }
  for (const value of [...NO_COUNTS, 2 ** 24 + 1]) t.throws(make({ ...options, keyCacheEntries: value }), { code: "NATIVE_INPUT" });
  t.throws(() => createNativeEngine(addon, { sha256: "abacus" }, 0), NativeTierUnavailableError);
  t.throws(() => createNativeEngine(addon, { sha256: "abacus" }, 0), {
    code: "NATIVE_TIER_UNAVAILABLE",
    data: { primitive: "sha256", tier: "abacus", available: best.sha256.available },
  });
  t.throws(() => (addon.Engine as unknown as () => void)(), TypeError, "without new");
  for (const receiver of [{}, undefined, Object.create(addon.Engine.prototype), new Uint8Array(8)])
    t.throws(() =>
      addon.Engine.prototype.verify.call(receiver as never, publicKeys, signatures, messages, offsets, 0, 1, new Uint8Array(9)),
    );
});

/** Runs in worker threads, as text: they load the addon by themselves. */
const WORKER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { file, tiers, batch, count } = workerData;
  const engine = new (require(file).Engine)({ ...tiers, keyCacheEntries: 8 });
  const bitmap = new Uint8Array(Math.ceil(count / 8));
  const verify = () => engine.verify(batch.publicKeys, batch.signatures, batch.messages, batch.offsets, 0, count, bitmap);
  verify();
  parentPort.postMessage(bitmap);
  if (workerData.forever) for (;;) verify();
`;

t.test("each thread has its own, and may end in the middle of work", async (t) => {
  for (let round = 0; round < 3; round++) {
    const workers = Array.from(
      { length: 3 },
      (_, i) => new Worker(WORKER, { eval: true, workerData: { file, tiers, batch, count: COUNT, forever: i > 0 } }),
    );
    const answers = await Promise.all(workers.map((worker) => once(worker, "message")));
    for (const [bitmap] of answers) t.same(bitmap, expected);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  t.same(
    bitmapOf((bitmap) => engine.verify(batch, 0, COUNT, bitmap)),
    expected,
    "and this thread's engine is as it was",
  );
});

const SCRIBBLER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const offsets = new Uint32Array(workerData);
  parentPort.postMessage("ready");
  for (let i = 0; ; i++) {
    const at = i % offsets.length;
    const before = Atomics.exchange(offsets, at, (i & 1) === 0 ? 0xffffffff : i % 4000);
    Atomics.store(offsets, at, before);
  }
`;

t.test("another thread that writes to the offsets can't make it read outside", async (t) => {
  const shared = new SharedArrayBuffer(offsets.byteLength);
  const racing = { ...batch, offsets: new Uint32Array(shared) };
  racing.offsets.set(offsets);
  const worker = new Worker(SCRIBBLER, { eval: true, workerData: shared });
  await once(worker, "message");
  let refusals = 0;
  for (let i = 0; i < 400; i++) {
    try {
      engine.verify(racing, 0, COUNT, new Uint8Array(BITMAP_BYTES));
    } catch (error) {
      if (!NativeInputError.matches(error)) throw error;
      refusals++;
    }
  }
  await worker.terminate();
  t.pass(`${refusals} of 400 batches were refused, and none read outside`);
});
