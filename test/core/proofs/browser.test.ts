/** The verifier as a browser gets it: bundled, and run where there is nothing but the language. */
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import t from "tap";
import { type Bytes, sha256, toHex } from "../../../core/primitives/index.js";
import { ROOT } from "../../functional/node-process.js";
import { encode, FIRST, LAST, Model } from "./model.js";

const text = (words: string): Bytes => new Uint8Array(Buffer.from(words, "latin1"));
const model = new Model(
  Array.from({ length: 50 }, (_, i) => ({ key: text(`k${i}`), value: text(`v${i}`) })),
  sha256,
);
const entry = fileURLToPath(new URL(`../../../core/proofs/index${extname(import.meta.url)}`, import.meta.url));
const { outputFiles, metafile } = await build({
  entryPoints: [entry],
  absWorkingDir: fileURLToPath(ROOT),
  bundle: true,
  platform: "browser",
  format: "iife",
  globalName: "proofs",
  minify: true,
  metafile: true,
  write: false,
});
const script = outputFiles[0]?.text ?? "";

t.test("it brings nothing along", async (t) => {
  const inputs = Object.keys(metafile.inputs);
  const foreign = inputs.filter((path) => !/(^|\/)core\/proofs\/[a-z-]+\.[jt]s$|^node_modules\/@noble\/hashes\/[_a-z0-9]+\.js$/.test(path));
  t.same(foreign, []);
  t.ok(inputs.length > 5, `${inputs.length} files`);
  t.ok(script.length < 20_000, `${script.length} bytes`);
  const { exports } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8"));
  t.same(exports["./proofs"], { types: "./dist/core/proofs/index.d.ts", default: "./dist/core/proofs/index.js" });
});

t.test("it runs without any global of Node or of a browser", async (t) => {
  const keys = ["k7", "nothing"].map(text);
  const [present = FIRST, absent = FIRST] = keys;
  // Text in and text out: what is in the sandbox has classes of its own.
  const given = {
    root: toHex(model.root),
    keys: keys.map(toHex),
    single: keys.map((key) => toHex(encode("single", model.keysProof([key])))),
    multi: toHex(encode("multi", model.keysProof(keys))),
    range: toHex(encode("range", model.rangeProof(FIRST, LAST))),
    from: toHex(FIRST),
    to: toHex(LAST),
  };
  const context = createContext({ given: JSON.stringify(given) });
  const code = `
    const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
    const { root, keys, single, multi, range, from, to } = JSON.parse(given);
    const refused = (call) => { try { call(); } catch (error) { return error.code; } };
    JSON.stringify({
      globals: ["process", "Buffer", "require", "TextEncoder", "crypto", "window"].filter((name) => name in globalThis),
      single: keys.map((key, i) => proofs.verifyProof(bytes(root), bytes(key), bytes(single[i])) ?? null),
      multi: proofs.verifyMultiProof(bytes(root), keys.map(bytes), bytes(multi)).map((value) => value ?? null),
      entries: proofs.verifyRange(bytes(root), bytes(from), bytes(to), bytes(range)).entries.length,
      forged: refused(() => proofs.verifyProof(bytes(to), bytes(keys[0]), bytes(single[0]))),
    });`;
  runInContext(script, context);
  const value = { ...model.get(present) };
  t.same(JSON.parse(runInContext(code, context)), {
    globals: [],
    single: [value, null],
    multi: [value, null],
    entries: 50,
    forged: "PROOF_ROOT_MISMATCH",
  });
  t.equal(model.get(absent), undefined);
});

t.test("bytes of another realm are bytes", async (t) => {
  // As in a frame, a worker, or a test runner's sandbox: `instanceof Uint8Array` is false there.
  const context = createContext({});
  const foreign = (bytes: Bytes): Bytes => runInContext(`Uint8Array.from([${bytes.join()}])`, context);
  t.notOk(foreign(FIRST) instanceof Uint8Array);
  const { verifyProof } = await import("../../../core/proofs/index.js");
  const proof = encode("single", model.keysProof([text("k7")]));
  t.same(verifyProof(foreign(model.root), foreign(text("k7")), foreign(proof))?.length, 2);
});
