/**
 * Builds the native engine with sanitizers and asserted bounds, and runs native/test/driver.cc on it: `npm run test:sanitize`.
 *
 *     node native/test/sanitize.js [--compiler g++] [--seconds 60] [--seed N] [--threads] [--vectors FILE] [--keep]
 *
 * AddressSanitizer and UndefinedBehaviorSanitizer as a rule, ThreadSanitizer with --threads. The vectors are made by
 * dist/test/native/vectors.process.js, whose verdicts are @noble's and node:crypto's. Ends with the driver's exit code.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, sources } from "../sources.js";

const { values: options } = parseArgs({
  options: {
    compiler: { type: "string", default: process.env.CXX ?? "g++" },
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 0x7fff_ffff) },
    threads: { type: "boolean", default: false },
    vectors: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});

/** As binding.gyp has them: only these files may use these instructions. */
const INSTRUCTIONS = {
  portable: [],
  avx2: ["-mavx2", "-mbmi2", "-madx"],
  ifma: ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mavx512ifma", "-mbmi2", "-madx"],
  avx512: ["-mavx512f", "-mavx512bw", "-mavx512vl"],
  "sha-ni": ["-msha", "-msse4.1"],
};
const SANITIZERS = options.threads ? ["-fsanitize=thread"] : ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const COMMON = ["-std=c++17", "-O1", "-g", "-Wall", "-Wextra", "-Wno-ignored-attributes", "-fno-exceptions", "-fno-rtti"];
const FLAGS = [...COMMON, "-fno-omit-frame-pointer", "-DCHAINWRIGHT_CHECK_BOUNDS", ...SANITIZERS];
/** The driver makes these fail on purpose (failures.cc). */
const WRAPPED = ["-Wl,--wrap=aligned_alloc", "-Wl,--wrap=getrandom"];

const isX64 = process.arch === "x64";
const folder = mkdtempSync(join(tmpdir(), "chainwright-sanitize-"));
process.on("exit", () => {
  if (!options.keep) rmSync(folder, { recursive: true, force: true });
});

function end(message, code = 1) {
  console.error(message);
  process.exit(code);
}

/** [source, flags] of the engine and of the checks. The addon's border with JavaScript is tested from JavaScript. */
function files() {
  const found = [];
  for (const [group, instructions] of Object.entries(INSTRUCTIONS)) {
    if (group !== "portable" && !isX64) continue;
    for (const source of sources(group)) if (source !== "native/src/addon.cc") found.push([source, instructions]);
  }
  for (const name of readdirSync(join(ROOT, "native/test")).filter((each) => each.endsWith(".cc"))) {
    const group = /_(avx2|ifma)\.cc$/.exec(name)?.[1] ?? "portable";
    if (group === "portable" || isX64) found.push([`native/test/${name}`, INSTRUCTIONS[group]]);
  }
  return found;
}

function compile([source, instructions]) {
  const object = join(folder, source.replaceAll("/", "-").replace(/\.cc$/, ".o"));
  return new Promise((resolve) => {
    const child = spawn(options.compiler, [...FLAGS, ...instructions, "-c", join(ROOT, source), "-o", object], { stdio: "inherit" });
    child.on("error", (error) => end(`${options.compiler} does not run: ${error.message}`));
    child.on("exit", (code) => (code === 0 ? resolve({ object, source, instructions }) : end(`${source} does not compile`)));
  });
}

async function compileAll() {
  const waiting = files();
  const compiled = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) compiled.push(await compile(next));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return compiled;
}

/**
 * A function that the compiler emits as one of several equal copies may be linked from any file that has it: one copy with
 * AVX-512 in it would run where there is none. So no such function may come from files of different instructions.
 */
function demandNoSharedCopies(compiled) {
  const owners = new Map();
  const faults = [];
  for (const { object, source, instructions } of compiled.filter(({ source }) => source.startsWith("native/src/"))) {
    const { status, stdout } = spawnSync("nm", ["-C", "--defined-only", object], { encoding: "utf8" });
    if (status !== 0) end("nm does not run");
    for (const [, name] of stdout.matchAll(/^\S+ [WVu] (.+)$/gm)) {
      const owner = owners.get(name) ?? { source, instructions };
      owners.set(name, owner);
      if (owner.instructions !== instructions) faults.push(`${name} is in ${owner.source} and in ${source}`);
    }
  }
  if (faults.length > 0) end(`copies of one function with different instructions:\n${faults.join("\n")}`);
}

function run(command, parameters, environment = {}) {
  const { status, signal, error } = spawnSync(command, parameters, { stdio: "inherit", env: { ...process.env, ...environment } });
  if (error !== undefined) end(`${command} does not run: ${error.message}`);
  return signal === null ? status : `signal ${signal}`;
}

mkdirSync(folder, { recursive: true });
const vectors = options.vectors ?? join(folder, "vectors.bin");
if (options.vectors === undefined) {
  const made = run(process.execPath, [join(ROOT, "dist/test/native/vectors.process.js"), vectors]);
  if (made !== 0) end("no vectors: run `npm run build` first");
}

console.log(`${options.compiler} ${SANITIZERS.join(" ")}`);
const compiled = await compileAll();
demandNoSharedCopies(compiled);
const objects = compiled.map(({ object }) => object);
const driver = join(folder, "driver");
const linked = run(options.compiler, [...SANITIZERS, ...WRAPPED, ...objects, "-o", driver, "-lpthread"]);
if (linked !== 0) end("the driver does not link");
const outcome = run(driver, [vectors, options.seed, options.seconds], {
  ASAN_OPTIONS: "detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1",
  UBSAN_OPTIONS: "print_stacktrace=1",
});
console.log(`sanitizers: exit code ${outcome}`);
process.exit(outcome === 0 ? 0 : 1);
