/**
 * What is particular to the WebAssembly engine: inputs go through it in pieces, and its memory stays small. That its verdicts
 * and hashes are right is shown with those of all engines (signatures, signature-fuzz and hashing tests beside this one).
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { ChainwrightError } from "../../core/kernel/errors.js";
import { PACKAGE_ROOT } from "../../core/node/version.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import type { ComputeEngine } from "../../native/engine.js";
import { subtreeRoot as jsSubtreeRoot } from "../../native/js/merkle.js";
import { hashPairs as jsHashPairs } from "../../native/js/sha256-pairs.js";
import { createWasmEngine } from "../../native/wasm.js";
import { Random } from "../fixtures/random.js";
import { mistakes } from "./engines.js";
import { goodSignatures, numberedMessage, packed, Signer, withScalarError } from "./signed.js";

function create(keyCacheEntries = 64): ComputeEngine {
  const engine = createWasmEngine({ keyCacheEntries });
  if ("reason" in engine) throw new Error(engine.reason);
  return engine;
}

const same = (left: Bytes, right: Bytes) => Buffer.compare(left, right) === 0;

t.test("says what it is", (t) => {
  const engine = create();
  t.equal(engine.kind, "wasm");
  t.same(engine.tiers, { ed25519: "portable", sha256: "portable", sha512: "portable" });
  t.end();
});

t.test("batches larger than a piece, from any entry on", (t) => {
  const engine = create(0);
  const some = goodSignatures(40);
  const items = Array.from({ length: 9000 }, (_, i) => some[i % some.length] as (typeof some)[number]);
  for (const i of [0, 4095, 4096, 4103, 8191, 8192, 8999]) items[i] = withScalarError(items[i] as (typeof some)[number], 1n);
  t.same(mistakes(engine, items), [], "all");
  t.same(mistakes(engine, items, 3, 8998), [], "from an entry within a byte");
  t.same(mistakes(engine, items, 4090, 4110), [], "around the end of a piece");
  t.same(mistakes(engine, items.slice(0, 8192)), [], "whole pieces");
  t.end();
});

t.test("messages longer than a piece, and many that fill one", (t) => {
  const engine = create();
  const signer = new Signer(1);
  const sign = (number: number, length: number) => signer.sign(numberedMessage(number, length));
  const long = [sign(1, 8 << 20), sign(2, (8 << 20) + 1), sign(3, 9 << 20), sign(4, 3 << 20), sign(5, 3 << 20), sign(6, 3 << 20)];
  const items = [sign(7, 10), ...long, sign(8, 0), withScalarError(long[1] as (typeof long)[number], 1n), sign(9, 100)];
  t.same(mistakes(engine, items), [], "all");
  t.same(mistakes(engine, items, 2, 4), [], "the long ones alone");
  t.end();
});

t.test("memory does not grow with what passes through", (t) => {
  const engine = create(1000);
  const batch = packed(goodSignatures(9000, 64));
  const nodes = new Random(5).bytes(32 * 300_000);
  const rounds = () => {
    engine.verify(batch, 0, batch.count, new Uint8Array(1125));
    engine.subtreeRoot(nodes, 0, 20);
    engine.hashPairs(nodes, new Uint8Array(nodes.length / 2), "plain", 0, nodes.length / 64);
    return process.memoryUsage().arrayBuffers + process.memoryUsage().external;
  };
  rounds();
  const before = rounds();
  for (let i = 0; i < 4; i++) rounds();
  t.ok(rounds() - before < 32 << 20, "six rounds take no more than two");
  t.end();
});

t.test("pairs and trees larger than a piece", (t) => {
  const engine = create();
  const input = new Random(6).bytes(64 * 9000);
  for (const tag of ["plain", "leaf", "inner"] as const) {
    const expected = new Uint8Array(32 * 9000);
    jsHashPairs(input, expected, tag, 5, 8999);
    const output = new Uint8Array(32 * 9000);
    engine.hashPairs(input, output, tag, 5, 8999);
    t.ok(same(output, expected), tag);
    const inPlace = input.slice();
    engine.hashPairs(inPlace, inPlace, tag, 5, 8999);
    t.ok(same(inPlace.subarray(160, 32 * 8999), expected.subarray(160, 32 * 8999)), `${tag}, in place`);
  }
  const nodes = new Random(7).bytes(32 * 65_537);
  for (const [count, fromDepth, toDepth] of [
    [32_768, 0, 15],
    [32_769, 0, 16],
    [65_537, 3, 40],
    [65_536, 0, 17],
  ] as const) {
    const part = nodes.subarray(0, 32 * count);
    t.ok(same(engine.subtreeRoot(part, fromDepth, toDepth), jsSubtreeRoot(part, fromDepth, toDepth)), `${count} nodes`);
  }
  t.end();
});

t.test("inputs that don't fit are refused, and nothing is written", (t) => {
  const engine = create();
  const batch = packed(goodSignatures(9));
  const bitmap = new Uint8Array(2);
  const offsets = (change: (offsets: Uint32Array) => void) => {
    const changed = batch.offsets.slice();
    change(changed);
    return { ...batch, offsets: changed };
  };
  const nodes = new Uint8Array(32 * 5);
  const calls: Readonly<Record<string, () => unknown>> = {
    "keys of a broken length": () => engine.verify({ ...batch, publicKeys: batch.publicKeys.subarray(1) }, 0, 9, bitmap),
    "a signature less": () => engine.verify({ ...batch, signatures: batch.signatures.subarray(64) }, 0, 9, bitmap),
    "an offset less": () => engine.verify({ ...batch, offsets: batch.offsets.subarray(1) }, 0, 9, bitmap),
    "messages shorter than the offsets say": () => engine.verify({ ...batch, messages: batch.messages.subarray(1) }, 0, 9, bitmap),
    "offsets that begin later": () =>
      engine.verify(
        offsets((changed) => changed.fill(1, 0, 1)),
        0,
        9,
        bitmap,
      ),
    "offsets that descend": () =>
      engine.verify(
        offsets((changed) => changed.fill(0xffff_ffff, 4, 5)),
        0,
        9,
        bitmap,
      ),
    "an offset behind the messages": () =>
      engine.verify(
        offsets((changed) => changed.fill(0xffff_ffff, 4, 5)),
        0,
        4,
        bitmap,
      ),
    "numbers that are no indices": () => engine.verify(batch, 0.5, 9, bitmap),
    NaN: () => engine.verify(batch, 0, Number.NaN, bitmap),
    "an entry too many": () => engine.verify(batch, 0, 10, bitmap),
    "a range turned round": () => engine.verify(batch, 5, 4, bitmap),
    "a short bitmap": () => engine.verify(batch, 0, 9, new Uint8Array(1)),
    "pairs behind the input": () => engine.hashPairs(new Uint8Array(128), new Uint8Array(96), "plain", 0, 3),
    "a short output": () => engine.hashPairs(new Uint8Array(128), new Uint8Array(63), "plain", 0, 2),
    "an output inside the input": () => engine.hashPairs(nodes.subarray(0, 128), nodes.subarray(32), "plain", 0, 2),
    "broken nodes": () => engine.subtreeRoot(new Uint8Array(33), 0, 1),
    "too many nodes": () => engine.subtreeRoot(nodes, 0, 2),
    "a tree too deep": () => engine.subtreeRoot(nodes, 0, 41),
    "depths turned round": () => engine.subtreeRoot(nodes.subarray(0, 32), 2, 1),
  };
  for (const [what, call] of Object.entries(calls)) {
    try {
      call();
      t.fail(`${what}: taken`);
    } catch (error) {
      t.ok(ChainwrightError.is(error) && error.code === "NATIVE_INPUT", what);
    }
  }
  t.same(bitmap, new Uint8Array(2), "no verdict");
  t.same(mistakes(engine, goodSignatures(9)), [], "and the engine still works");
  t.end();
});

t.test("keys without end are refused at once or forgotten, and verdicts stay", (t) => {
  const items = goodSignatures(300);
  for (const keyCacheEntries of [0, 1, 2 ** 24]) t.same(mistakes(create(keyCacheEntries), items), [], `${keyCacheEntries} entries`);
  t.end();
});

/** The build script on a copy of what it reads, with one file changed; its exit code and its words. */
function checkOf(change: (root: string) => void): { readonly code: number | null; readonly words: string } {
  const root = mkdtempSync(join(tmpdir(), "chainwright-wasm-check-"));
  try {
    cpSync(fileURLToPath(new URL("native", PACKAGE_ROOT)), join(root, "native"), { recursive: true });
    cpSync(fileURLToPath(new URL("package.json", PACKAGE_ROOT)), join(root, "package.json"));
    change(root);
    // No compiler on the path: what any machine can tell.
    const { status, stderr } = spawnSync(process.execPath, [join(root, "native/wasm/build.js"), "--check"], {
      encoding: "utf8",
      env: { PATH: "" },
    });
    return { code: status, words: stderr };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

t.test("the check of the committed module notices what changed, without a compiler", (t) => {
  const file = (root: string, name: string) => join(root, "native", name);
  t.same(
    checkOf(() => undefined),
    { code: 0, words: "" },
    "nothing changed",
  );
  for (const name of ["src/ed25519/field_wasm.h", "wasm/include/new", "src/wasm.cc", "wasm/engine.wasm"]) {
    const { code, words } = checkOf((root) =>
      writeFileSync(file(root, name), Buffer.concat([readFileSync(file(root, name)), Buffer.from("\n")])),
    );
    t.equal(code, 1, name);
    t.match(words, name.endsWith(".wasm") ? /is not the one of/ : /was built before .* changed/);
    t.match(words, /npm run wasm/);
  }
  const added = checkOf((root) => writeFileSync(file(root, "src/more.cc"), ""));
  t.match(added, { code: 1, words: /was built of other files/ });
  t.end();
});

t.test("the module imports random bytes and nothing else", (t) => {
  const bytes = readFileSync(new URL("native/wasm/engine.wasm", PACKAGE_ROOT));
  const record = JSON.parse(readFileSync(new URL("native/wasm/engine.json", PACKAGE_ROOT), "utf8")) as { readonly module: string };
  t.equal(createHash("sha256").update(bytes).digest("hex"), record.module);
  // Section 2 holds the imports: one, of "chainwright" "random".
  t.same([...bytes.subarray(0, 8)], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  let at = 8;
  while (bytes[at] !== 2) {
    let size = 0;
    let shift = 0;
    for (at++; ; at++) {
      size |= ((bytes[at] as number) & 0x7f) << shift;
      shift += 7;
      if ((bytes[at] as number) < 0x80) break;
    }
    at += 1 + size;
  }
  t.equal(bytes[at + 2], 1, "one import");
  t.equal(bytes.toString("latin1", at + 4, at + 15), "chainwright");
  t.equal(bytes.toString("latin1", at + 16, at + 22), "random");
  t.end();
});
