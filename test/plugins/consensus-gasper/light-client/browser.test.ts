/** The light client as a browser gets it: bundled, without anything of Node. */
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import t from "tap";
import { ROOT } from "../../../functional/node-process.js";

const folder = "../../../../plugins/consensus-gasper/light-client";
const { outputFiles, metafile } = await build({
  entryPoints: [fileURLToPath(new URL(`${folder}/index${extname(import.meta.url)}`, import.meta.url))],
  absWorkingDir: fileURLToPath(ROOT),
  bundle: true,
  platform: "browser",
  format: "iife",
  globalName: "gasper",
  minify: true,
  metafile: true,
  write: false,
});

t.test("it brings nothing of Node along", async (t) => {
  const allowed =
    /(^|\/)plugins\/consensus-gasper\/light-client\/[a-z-]+\.[jt]s$|(^|\/)core\/proofs\/[a-z-]+\.[jt]s$|(^|\/)core\/primitives\/(codec|canonical-reader|canonical-writer|wire-format|errors)\.[jt]s$|(^|\/)core\/kernel\/(assert|errors)\.[jt]s$|^node_modules\/@noble\//;
  t.same(
    Object.keys(metafile.inputs).filter((path) => !allowed.test(path)),
    [],
  );
  const bytes = outputFiles[0]?.contents.length ?? 0;
  t.ok(bytes > 20_000 && bytes < 120_000, `${bytes} bytes`);
  const { exports } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8"));
  const place = "./dist/plugins/consensus-gasper/light-client/index";
  t.same(exports["./gasper-light-client"], { types: `${place}.d.ts`, default: `${place}.js` });
});

t.test("it runs with what every browser has", async (t) => {
  const context = createContext({ TextEncoder, TextDecoder });
  runInContext(outputFiles[0]?.text ?? "", context);
  const code = `
    const hash = new Uint8Array(32);
    const parameters = { chainId: "browser-1", chainHash: hash, genesisTimeMs: 0, slotMs: 1_000, slotsPerEpoch: 8, namespace: 2, maxValidators: 10,
      maxEffectiveIncrements: 32, minWithdrawabilityDelayEpochs: 256, minChurnPerEpoch: 4, churnQuotient: 65_536 };
    try { gasper.GasperLightClient.start(parameters, { root: hash, certificate: hash, set: hash, nowMs: 0 }); } catch (error) { error.code }`;
  t.equal(runInContext(code, context), "GASPER_LIGHT_ENCODING");
});
