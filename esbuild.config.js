/**
 * Bundles the packages of a node's start into dist/bundled, one file each, imported as `#bundled/<package>`.
 *
 * Node pays for each file that it finds, reads and links. Measured, these packages are a thousand files and 570 ms of CPU
 * time; bundled they are 16 files and 90 ms, of a start-up of which users wait for less than half a second.
 *
 * - Types come from the packages themselves (condition `types` in package.json), so that third-party code sees what it knows.
 * - `node --conditions=chainwright-unbundled` takes the packages from node_modules instead: to try a dependency's fix before
 *   there is a release that has it.
 * - Only packages without an identity that matters: schemas are told by their JSON Schema keywords, errors by their codes,
 *   so a plugin may bring a copy of its own.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const outdir = join(root, "dist", "bundled");

/** Options of all bundles. Names stay whole: stack traces are for people. */
const common = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "node20",
  logLevel: "warning",
  metafile: true,
};
/** ECMAScript modules, or packages that have them, too. */
const modules = {
  ...common,
  platform: "node",
  mainFields: ["module", "main"],
  chunkNames: "shared/esm-[hash]",
  entryPoints: { tsyringe: "tsyringe", typebox: "typebox", "typebox/schema": "typebox/schema", "typebox/value": "typebox/value" },
};
/** For Node it is CommonJS; what it has for browsers is the same as modules. */
const neutral = { ...common, platform: "neutral", entryPoints: { yaml: "yaml" } };
/** What fastify loads only when it is asked to (Ajv, its serializer, `inject`) stays outside, among its own dependencies. */
const commonJs = {
  ...common,
  platform: "node",
  chunkNames: "shared/cjs-[hash]",
  entryPoints: {
    commander: "commander",
    fastify: "fastify",
    pino: "pino",
    "prom-client": "metrics",
    "reflect-metadata": "reflect-metadata",
  },
  external: ["@fastify/ajv-compiler", "@fastify/fast-json-stringify-compiler", "light-my-request"],
  banner: {
    js: `import { createRequire } from "node:module";
const require = createRequire(createRequire(import.meta.url).resolve("fastify"));`,
  },
  plugins: [{ name: "metrics", setup: partsOfPrometheusClient }],
};

/** Of prom-client, what is used: the whole also brings cluster aggregation and collectors, 25 ms. */
function partsOfPrometheusClient({ onResolve, onLoad }) {
  onResolve({ filter: /^metrics$/ }, ({ path }) => ({ path, namespace: "metrics" }));
  const names = ["Registry", "Counter", "Gauge", "Histogram"];
  const lines = names.map((name) => `export { default as ${name} } from "prom-client/lib/${name.toLowerCase()}.js";`);
  onLoad({ filter: /.*/, namespace: "metrics" }, () => ({ contents: lines.join("\n"), resolveDir: root }));
}

const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
for (const name of [modules, neutral, commonJs].flatMap(({ entryPoints }) => Object.keys(entryPoints))) {
  // Their types are met by whoever compiles against this package, and the unbundled packages by whoever asks for them.
  if (!Object.hasOwn(dependencies, name.split("/")[0])) throw new Error(`${name} is bundled, so it belongs to dependencies`);
}

const results = await Promise.all([modules, neutral, commonJs].map((options) => build(options)));
const outputs = results.flatMap(({ metafile }) => Object.keys(metafile.outputs));
const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));

/** Most licences ask that their text goes with every copy; a few packages only name theirs. */
function licenceOf(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file !== undefined) return readFileSync(join(folder, file), "utf8").trim();
  const { license, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (typeof license !== "string") throw new Error(`${folder} names no licence: it can't be copied into a bundle`);
  return `${license}, ${repository?.url ?? repository}`;
}
const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
const licences = [...folders].sort().map((path) => `${path.replace(/^node_modules\//, "")}\n\n${licenceOf(join(root, path))}\n`);
const separator = `\n${"-".repeat(80)}\n\n`;
mkdirSync(outdir, { recursive: true });
writeFileSync(join(outdir, "LICENSES"), licences.join(separator));

// Shared parts are named by their content: those of an earlier build would be packed, too.
const current = new Set(["LICENSES", ...outputs.map((path) => relative(outdir, join(root, path)))]);
for (const name of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
  if (name.isDirectory()) continue;
  const path = join(name.parentPath, name.name);
  if (!current.has(relative(outdir, path))) rmSync(path);
}
