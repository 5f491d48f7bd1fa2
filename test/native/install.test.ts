/**
 * npm's install script: whatever is missing on a machine, it says so in one line, and installing goes on. Run as npm runs it,
 * in a scratch copy of the package with an addon of a few lines in place of the engine.
 */
import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t from "tap";
import { ROOT } from "../functional/node-process.js";

const execute = promisify(execFile);
const root = fileURLToPath(ROOT);

/** Has the face that install.js tries out, and nothing behind it. */
const SMALL_ADDON = `
#include <node_api.h>
static napi_value nothing(napi_env, napi_callback_info) { return nullptr; }
static napi_value tiers(napi_env env, napi_callback_info) {
  napi_value script, result;
  const char source[] = "({ed25519:{best:'a'},sha256:{best:'a',available:['a']},sha512:{best:'a'}})";
  napi_create_string_utf8(env, source, sizeof source - 1, &script);
  return napi_run_script(env, script, &result) == napi_ok ? result : nullptr;
}
NAPI_MODULE_INIT() {
  napi_property_descriptor hash = {"hashPairs", nullptr, nothing, nullptr, nullptr, nullptr, napi_default, nullptr};
  napi_value engine, list;
  napi_define_class(env, "Engine", NAPI_AUTO_LENGTH, nothing, nullptr, 1, &hash, &engine);
  napi_set_named_property(env, exports, "Engine", engine);
  napi_create_function(env, "tiers", NAPI_AUTO_LENGTH, tiers, nullptr, &list);
  napi_set_named_property(env, exports, "tiers", list);
  return exports;
}
`;

async function scratchPackage(directory: string): Promise<string> {
  const folder = join(directory, "chainwright");
  await mkdir(join(folder, "native", "src"), { recursive: true });
  for (const file of ["package.json", "binding.gyp", "native/install.js", "native/compile.js", "native/sources.js"])
    await cp(join(root, file), join(folder, file));
  await writeFile(join(folder, "native", "src", "addon.cc"), SMALL_ADDON);
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

async function install(folder: string, environment: Readonly<Record<string, string>> = {}, ...flags: string[]) {
  const { CXX: _compiler, CHAINWRIGHT_SKIP_NATIVE: _skip, npm_lifecycle_event: _event, ...rest } = process.env;
  const { stdout, stderr } = await execute(process.execPath, [join(folder, "native", "install.js"), ...flags], {
    cwd: folder,
    env: { ...rest, npm_lifecycle_event: "install", ...environment },
  });
  return { lines: stdout.split("\n").slice(0, -1), stderr };
}

async function script(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

const LINE = (reason: string) =>
  new RegExp(
    `^chainwright: no native engine \\(${reason}\\): signatures are verified by WebAssembly, .* times slower; .*doctor.* tells more$`,
  );

t.test("without a compiler: one line, and it goes on", { skip: process.platform === "win32" }, async (t) => {
  const folder = await scratchPackage(t.testdir());
  const { lines, stderr } = await install(folder, { CXX: "/nowhere/c++" });
  t.equal(lines.length, 1);
  t.match(lines[0], LINE("no C\\+\\+ compiler: /nowhere/c\\+\\+ does not run"));
  t.equal(stderr, "");
  t.match(JSON.parse(await readFile(join(folder, "build", "chainwright.json"), "utf8")), { built: false, reason: /no C\+\+ compiler/ });
  t.same((await install(folder, { CXX: "/nowhere/c++", npm_lifecycle_event: "build" })).lines, [], "a build does not say it again");
  await t.rejects(install(folder, { CXX: "/nowhere/c++" }, "--strict"), { code: 1 });

  const skipped = await install(folder, { CHAINWRIGHT_SKIP_NATIVE: "1" });
  t.match(skipped.lines, [LINE("skipped by CHAINWRIGHT_SKIP_NATIVE")]);
});

t.test(
  "with a compiler that fails: the line names the log, and there is no stale binary",
  { skip: process.platform === "win32" },
  async (t) => {
    const folder = await scratchPackage(t.testdir());
    await mkdir(join(folder, "build", "Release"), { recursive: true });
    await writeFile(join(folder, "build", "Release", "chainwright.node"), "an older one");
    const compiler = await script(folder, "broken-compiler", '[ "$1" = --version ] && exit 0\necho "no such instruction" >&2\nexit 1');
    const { lines } = await install(folder, { CXX: compiler });
    t.equal(lines.length, 2);
    t.match(lines[0], /building/);
    t.match(lines[1], LINE(`compilation failed, see ${join(folder, "build", "native.log")}`));
    t.match(await readFile(join(folder, "build", "native.log"), "utf8"), /no such instruction/);
    await t.rejects(readFile(join(folder, "build", "Release", "chainwright.node")), { code: "ENOENT" });
    t.same((await install(folder, { CXX: compiler, npm_lifecycle_event: "build" })).lines, [], "a build does not try the same again");
  },
);

const compiler = await execute("c++", ["--version"]).then(
  () => true,
  () => false,
);
t.test("with a compiler: built once, and again where a source changed", { skip: !compiler }, async (t) => {
  const folder = await scratchPackage(t.testdir());
  const first = await install(folder);
  // A compiler alone is not enough: node-gyp wants Python, make and Node's headers.
  if (process.env.REQUIRE_TIERS !== "1" && /no (make|Python|headers|node-gyp)|headers could not/.test(first.lines.join())) {
    t.comment(first.lines.join());
    return;
  }
  t.match(first.lines, [/building/]);
  t.same((await install(folder)).lines, [], "what is current is kept");
  t.same((await install(folder, { CXX: "/nowhere/c++" })).lines.length, 1, "another compiler is another binary");
  t.match((await install(folder)).lines, [/building/]);
  await writeFile(join(folder, "native", "src", "addon.cc"), `${SMALL_ADDON}\n`);
  t.match(
    (await Promise.all([install(folder), install(folder)])).flatMap(({ lines }) => lines),
    [/building/],
    "two at a time build once",
  );

  t.match((await install(folder, {}, "--prebuild")).lines, [/prebuilds/]);
  await rm(join(folder, "build"), { recursive: true });
  t.same((await install(folder, { CXX: "/nowhere/c++" })).lines, [], "a prebuilt binary needs no compiler");
  await writeFile(join(folder, "native", "src", "addon.cc"), `${SMALL_ADDON}\n\n`);
  t.match((await install(folder, { CXX: "/nowhere/c++" })).lines, [LINE(".*")], "unless it is of other sources");
});
