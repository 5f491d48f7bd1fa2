/**
 * Builds the native engine with sanitizers and asserted bounds, and runs native/test/driver.cc on it: `npm run test:sanitize`.
 *
 *     node native/test/sanitize.js [--only address|thread] [--compiler g++] [--seconds 60] [--seed N] [--vectors FILE] [--fresh]
 *
 * Two builds: AddressSanitizer with UndefinedBehaviorSanitizer for everything, then ThreadSanitizer for engines of several threads.
 * The vectors are made by dist/test/native/vectors.process.js, whose verdicts are @noble's and node:crypto's.
 *
 * Objects are kept in build/sanitize by what went into them, so that a second run compiles only what changed. Two minutes of compiling
 * on two cores otherwise, then three of checks.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, sources } from "../sources.js";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    compiler: { type: "string", default: process.env.CXX ?? firstWithSanitizers(["clang++-19", "clang++", "g++", "c++"]) },
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 0x7fff_ffff) },
    vectors: { type: "string" },
    fresh: { type: "boolean", default: false },
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
// Lines in reports, but not the place of every variable: that alone took g++ longer than all the rest.
const DEBUG = ["-g1", "-fno-omit-frame-pointer", ...(isGcc() ? ["-fno-var-tracking"] : [])];
const COMMON = ["-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-ignored-attributes", "-fno-exceptions", "-fno-rtti"];
const FLAGS = [...COMMON, ...DEBUG, "-DCHAINWRIGHT_CHECK_BOUNDS"];
/**
 * Curve arithmetic is inlined by the ten thousand lines. Four checks at each access to a member would make 30 MB of object and a
 * quarter of an hour of compiling out of a file, and say little that AddressSanitizer and the processor's aligned loads do not say:
 * there, and only there, they are left out.
 */
const CURVES = /^(tier|field)_\w+\.cc$/;
const CURVE_FLAGS = ["-fno-sanitize=null,alignment,object-size,pointer-overflow"];
const THREAD_RUNS = 12;

const BUILDS = {
  address: {
    sanitizers: ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    curveFlags: CURVE_FLAGS,
    isCheck: () => true,
    // The driver makes these fail on purpose (failures.cc).
    link: ["-Wl,--wrap=aligned_alloc", "-Wl,--wrap=getrandom"],
    environment: {
      ASAN_OPTIONS: "detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1",
      UBSAN_OPTIONS: "print_stacktrace=1",
    },
    runs: () => [[options.seed, options.seconds]],
  },
  thread: {
    sanitizers: ["-fsanitize=thread", "-DCHAINWRIGHT_ONLY_THREADS"],
    curveFlags: [],
    isCheck: (name) => ["driver.cc", "threads.cc"].includes(name),
    link: [],
    environment: { TSAN_OPTIONS: "halt_on_error=1" },
    // Tables are built once a process, by the thread that comes first: each run is another race for it.
    runs: () => Array.from({ length: THREAD_RUNS }, (_, run) => [String(Number(options.seed) + run), "0"]),
  },
};

const isX64 = process.arch === "x64";
const cache = join(ROOT, "build", "sanitize");
const folder = mkdtempSync(join(tmpdir(), "chainwright-sanitize-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Debian has clang's sanitizers in a package of their own (libclang-rt-19-dev); g++ brings them along. */
function firstWithSanitizers(compilers) {
  const hasThem = (name) => {
    const program = ["-x", "c++", "-", "-fsanitize=address,undefined", "-o", "/dev/null"];
    return spawnSync(name, program, { input: "int main() {}", stdio: ["pipe", "ignore", "ignore"] }).status === 0;
  };
  return compilers.find(hasThem) ?? "c++";
}

function isGcc() {
  return /Free Software Foundation/.test(spawnSync(options.compiler, ["--version"], { encoding: "utf8" }).stdout ?? "");
}

function end(message, code = 1) {
  console.error(message);
  process.exit(code);
}

/** [source, instructions] of the engine and of the checks. The addon's border with JavaScript is tested from JavaScript. */
function files(build) {
  const found = [];
  for (const [group, instructions] of Object.entries(INSTRUCTIONS)) {
    if (group !== "portable" && !isX64) continue;
    for (const source of sources(group)) if (source !== "native/src/addon.cc") found.push([source, instructions]);
  }
  for (const name of readdirSync(join(ROOT, "native/test")).filter((each) => each.endsWith(".cc") && build.isCheck(each))) {
    const group = /_(avx2|ifma)\.cc$/.exec(name)?.[1] ?? "portable";
    if (group === "portable" || isX64) found.push([`native/test/${name}`, INSTRUCTIONS[group]]);
  }
  // The long ones first.
  return found.sort(([a], [b]) => Number(CURVES.test(basename(b))) - Number(CURVES.test(basename(a))));
}

/** What all objects depend on beside their own source: the compiler and every header. */
function surroundings() {
  const { status, stdout } = spawnSync(options.compiler, ["--version"], { encoding: "utf8" });
  if (status !== 0) end(`${options.compiler} does not run`);
  const hash = createHash("sha256").update(options.compiler).update(stdout);
  for (const parent of ["native/src", "native/test"]) {
    const headers = readdirSync(join(ROOT, parent), { recursive: true }).filter((name) => name.endsWith(".h"));
    for (const name of headers.sort()) hash.update(name).update(readFileSync(join(ROOT, parent, name)));
  }
  return hash.digest("hex");
}

function compile(build, around, [source, instructions]) {
  const flags = [...FLAGS, ...instructions, ...build.sanitizers, ...(CURVES.test(basename(source)) ? build.curveFlags : [])];
  const key = createHash("sha256")
    .update(around)
    .update(flags.join(" "))
    .update(source)
    .update(readFileSync(join(ROOT, source)));
  const object = join(cache, `${source.replaceAll("/", "-").replace(/\.cc$/, "")}-${key.digest("hex").slice(0, 16)}.o`);
  if (existsSync(object)) return { object, source, instructions };
  const unfinished = join(folder, basename(object));
  return new Promise((resolve) => {
    const child = spawn(options.compiler, [...flags, "-c", join(ROOT, source), "-o", unfinished], { stdio: "inherit" });
    child.on("error", (error) => end(`${options.compiler} does not run: ${error.message}`));
    child.on("exit", (code) => {
      if (code !== 0) end(`${source} does not compile`);
      renameInto(unfinished, object);
      resolve({ object, source, instructions });
    });
  });
}

/** From the temporary folder, which may be another file system, so that the cache never holds half an object. */
function renameInto(from, to) {
  const beside = `${to}.${process.pid}`;
  const { status } = spawnSync("cp", [from, beside]);
  if (status !== 0) end(`${beside} can't be written`);
  renameSync(beside, to);
  rmSync(from);
}

async function compileAll(build, around) {
  const waiting = files(build);
  const compiled = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) compiled.push(await compile(build, around, next));
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
    const { status, stdout } = spawnSync("nm", ["-C", "--defined-only", object], { encoding: "utf8", maxBuffer: 1 << 28 });
    if (status !== 0) end("nm does not run");
    for (const [, name] of stdout.matchAll(/^\S+ [WVu] (.+)$/gm)) {
      // The sanitizers' own, which are the same everywhere and hold no code of ours.
      if (/^(__asan|__ubsan|__tsan|asan\.|ubsan\.|tsan\.|\.L|DW\.)/.test(name)) continue;
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

async function check(name, around, vectors) {
  const build = BUILDS[name];
  const startMs = Date.now();
  console.log(`\n${options.compiler} ${build.sanitizers.join(" ")}`);
  const compiled = await compileAll(build, around);
  demandNoSharedCopies(compiled);
  const driver = join(folder, `driver-${name}`);
  const objects = compiled.map(({ object }) => object);
  if (run(options.compiler, [...build.sanitizers, ...build.link, ...objects, "-o", driver, "-lpthread"]) !== 0)
    end("the driver does not link");
  console.log(`built in ${Math.round((Date.now() - startMs) / 1000)} s`);
  for (const [seed, seconds] of build.runs()) {
    const outcome = run(driver, [vectors, seed, seconds], build.environment);
    if (outcome !== 0) end(`${name}: the driver ended with ${outcome}`);
  }
  return objects;
}

const names = options.only === undefined ? Object.keys(BUILDS) : [options.only];
if (names.some((name) => BUILDS[name] === undefined)) end("--only takes address or thread", 2);
if (options.fresh) rmSync(cache, { recursive: true, force: true });
mkdirSync(cache, { recursive: true });
const vectors = options.vectors ?? join(folder, "vectors.bin");
if (options.vectors === undefined) {
  const made = run(process.execPath, [join(ROOT, "dist/test/native/vectors.process.js"), vectors]);
  if (made !== 0) end("no vectors: run `npm run build` first");
}
const around = surroundings();
const used = new Set();
for (const name of names) for (const object of await check(name, around, vectors)) used.add(object);
// What nobody asked for this time is of older sources.
if (options.only === undefined) {
  for (const name of readdirSync(cache)) if (!used.has(join(cache, name))) rmSync(join(cache, name));
}
console.log(`\nsanitizers: no finding (${names.join(", ")})`);
