/** Keeps the house clean: sizes, names, words, a test mirror for each folder of code, the shape of plugins. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import t from "tap";
import { ROOT } from "./functional/node-process.js";

const FOLDERS = ["core", "native", "plugins", "bench", "test", "examples", "config", "proto"];
const LINES_MAX = 400;
/** C++: a field's arithmetic and the proofs of its bounds belong in one file. */
const NATIVE_LINES_MAX = 600;
const GENERATED = /^proto\/generated\/|^config\/node\.schema\.json$/;
const SKIPPED = /(^|\/)(node_modules|dist)\//;

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(new URL(folder, ROOT), { recursive: true });
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry);
    if (!SKIPPED.test(path) && (await stat(new URL(path, ROOT))).isFile()) files.push(path);
  }
  return files;
}

async function read(path: string): Promise<string> {
  return readFile(new URL(path, ROOT), "utf8");
}

const files = (await Promise.all(FOLDERS.map(filesUnder))).flat().filter((path) => !GENERATED.test(path));
const code = files.filter((path) => [".ts", ".mjs", ".js", ".cc", ".h"].includes(extname(path)));

t.test("there is something to look at", async (t) => {
  t.ok(code.length > 150, `${code.length} files of code`);
});

t.test(`files are at most ${LINES_MAX} lines long, open with what they are, and have plain names`, async (t) => {
  const faults: string[] = [];
  for (const path of code) {
    const text = await read(path);
    const lines = text.split("\n").length - 1;
    const linesMax = /\.(cc|h)$/.test(path) ? NATIVE_LINES_MAX : LINES_MAX;
    if (lines > linesMax && !path.startsWith("test/")) faults.push(`${path} has ${lines} lines`);
    const opens = /^(#!.*\n)?\s*(\/\*\*?|\/\/)/.test(text);
    // A .cc whose .h stands beside it is introduced there.
    const isIntroduced = path.endsWith(".cc") && files.includes(path.replace(/\.cc$/, ".h"));
    if (!opens && !isIntroduced && !path.startsWith("test/")) faults.push(`${path} does not open with a comment that says what it is`);
    const name = path.startsWith("native/") && !path.endsWith(".ts") ? /^[a-z0-9._-]+$/ : /^[a-z0-9.-]+$/;
    if (!name.test(basename(path))) faults.push(`${path} is not kebab-case`);
    if (/^(utils?|helpers?|common|misc|manager)\b/.test(basename(path))) faults.push(`${path}: a name that says nothing`);
  }
  t.same(faults, []);
});

t.test("no left-overs in code", async (t) => {
  // Written in pieces, so that this file does not find itself.
  const words = [
    "TO" + "DO",
    "FIX" + "ME",
    "\\bXX" + "X\\b",
    "not impl" + "emented",
    "place" + "holder",
    "for n" + "ow\\b",
    "@ts-" + "ignore",
    "\\.on" + "ly\\(",
  ];
  const pattern = new RegExp(words.join("|"));
  const faults: string[] = [];
  for (const path of code)
    for (const [index, line] of (await read(path)).split("\n").entries())
      if (pattern.test(line)) faults.push(`${path}:${index + 1}: ${line.trim()}`);
  t.same(faults, []);
});

t.test("each folder of code has its mirror with tests", async (t) => {
  const source = code.filter((path) => /^(core|plugins|native)\/.*\.ts$/.test(path) && !["core", "native"].includes(dirname(path)));
  const mirrored = new Set(code.filter((path) => path.endsWith(".test.ts")).map((path) => dirname(path).replace(/^test\//, "")));
  // Interfaces without logic are tested by whoever implements them; the command line by processes in test/functional.
  const exempt = new Set(["core/ports", "core/cli"]);
  const missing = new Set<string>();
  for (const path of source) {
    const folder = path.split("/").slice(0, 2).join("/");
    if (!exempt.has(folder) && ![...mirrored].some((tested) => tested === folder || tested.startsWith(`${folder}/`))) missing.add(folder);
  }
  t.same([...missing], []);
});

t.test("each plugin has its face, schema, errors and README with an options table", async (t) => {
  for (const plugin of await readdir(new URL("plugins", ROOT))) {
    for (const file of ["index.ts", "config.ts", "errors.ts", "metrics.ts", "README.md"])
      t.ok(files.includes(`plugins/${plugin}/${file}`), `plugins/${plugin}/${file}`);
    t.match(await read(`plugins/${plugin}/README.md`), /\| option|## Options/i, `${plugin} documents its options`);
  }
});

t.test("the published schema of node configs is the one that the code makes", async (t) => {
  const { builtInConfigSchema } = await import("../core/node/config-schema.js");
  t.same(
    JSON.parse(await read("config/node.schema.json")),
    JSON.parse(JSON.stringify(await builtInConfigSchema())),
    "npm run config-schema renews it",
  );
});
