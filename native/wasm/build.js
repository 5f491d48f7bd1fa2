/**
 * Builds native/wasm/engine.wasm, the engine's portable tier as WebAssembly, or checks that it is current.
 *
 *   node native/wasm/build.js            compiles it (Debian's clang-19 and lld-19, nothing else)
 *   node native/wasm/build.js --check    exits with 1 and says what to do if it is not what would be compiled
 *
 * The module is committed, so that a machine without a compiler has it. The compiler gives the same bytes for the same
 * sources, flags and version; engine.json says what these were and what came out. So the check works on every machine: it
 * compares the sources with engine.json, and where that very compiler is installed, it compiles again and compares bytes.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { ROOT, sources } from "../sources.js";

const COMPILER = "clang++-19";
const MODULE = "native/wasm/engine.wasm";
const RECORD = "native/wasm/engine.json";

/**
 * Portable sources that mean nothing here: the N-API face, whose counterpart is wasm.cc, and arithmetic modulo large numbers, for which
 * node:crypto is quicker than WebAssembly could be.
 */
const isInModule = (path) => path !== "native/src/addon.cc" && !path.startsWith("native/src/modular/");

const COMPILE_FLAGS = [
  "--target=wasm32",
  "-std=c++17",
  "-O3",
  // All of it runs in Node 20 without a flag.
  "-msimd128",
  "-mbulk-memory",
  "-msign-ext",
  "-mnontrapping-fptoint",
  // The compiler would make pairs of 64-bit products vector operations, and i64x2.mul is nine instructions in V8.
  "-fno-vectorize",
  "-fno-slp-vectorize",
  "-fno-exceptions",
  "-fno-rtti",
  "-fno-threadsafe-statics",
  "-fvisibility=hidden",
  "-Wall",
  "-Wextra",
  "-Werror",
  // No C or C++ library: our own few headers, and the compiler's.
  "-nostdlibinc",
  "-isystem",
  "native/wasm/include",
];

const LINK_FLAGS = [
  "--target=wasm32",
  "-nostdlib",
  "-fuse-ld=lld",
  "-Wl,--no-entry",
  "-Wl,--strip-all",
  "-Wl,--gc-sections",
  // The stack lies below the data, so that running out of it traps instead of overwriting; and an end to all growth.
  "-Wl,--stack-first",
  "-Wl,-z,stack-size=262144",
  "-Wl,--max-memory=268435456",
];

/** Translation units, sorted. */
function units() {
  return [...sources("portable").filter(isInModule), "native/src/wasm.cc"].sort();
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const run = (parameters) => execFileSync(COMPILER, parameters, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

/** First line of what the compiler says about itself, or undefined without one. */
function compilerVersion() {
  const { status, stdout } = spawnSync(COMPILER, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n", 1)[0] : undefined;
}

/** Compiles and links. `inputs` are the files of this package that the compiler read. */
function build() {
  const directory = mkdtempSync(join(tmpdir(), "chainwright-wasm-"));
  try {
    const inputs = new Set();
    const objects = units().map((unit, index) => {
      const object = join(directory, `${index}-${basename(unit)}.o`);
      run([...COMPILE_FLAGS, "-MD", "-MT", "unit", "-c", unit, "-o", object]);
      const rule = readFileSync(object.replace(/\.o$/, ".d"), "utf8");
      for (const path of rule.slice("unit:".length).split(/[\s\\]+/))
        if (path !== "" && !path.startsWith("/")) inputs.add(relative(ROOT, join(ROOT, path)));
      return object;
    });
    const linked = join(directory, "engine.wasm");
    run([...LINK_FLAGS, ...objects, "-o", linked]);
    return { module: readFileSync(linked), inputs: [...inputs].sort() };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const record = (version, { module, inputs }) => ({
  compiler: version,
  flags: [...COMPILE_FLAGS, ...LINK_FLAGS],
  units: units(),
  module: sha256(module),
  inputs: Object.fromEntries(inputs.map((path) => [path, sha256(readFileSync(ROOT + path))])),
});

/** What is not current, or undefined. */
function fault(version) {
  if (!existsSync(ROOT + MODULE) || !existsSync(ROOT + RECORD)) return "is missing";
  const recorded = JSON.parse(readFileSync(ROOT + RECORD, "utf8"));
  if (sha256(readFileSync(ROOT + MODULE)) !== recorded.module) return `is not the one of ${RECORD}`;
  if (JSON.stringify(recorded.flags) !== JSON.stringify([...COMPILE_FLAGS, ...LINK_FLAGS])) return "was built with other flags";
  if (JSON.stringify(recorded.units) !== JSON.stringify(units())) return "was built of other files";
  for (const [path, hash] of Object.entries(recorded.inputs))
    if (!existsSync(ROOT + path) || sha256(readFileSync(ROOT + path)) !== hash) return `was built before ${path} changed`;
  // Rebuilt only by the same compiler: another one may rightly give other bytes.
  if (version === recorded.compiler && sha256(build().module) !== recorded.module) return "is not what its sources compile to";
  return undefined;
}

const version = compilerVersion();
if (process.argv.includes("--check")) {
  const reason = fault(version);
  if (reason !== undefined) {
    console.error(`${MODULE} ${reason}. Run \`npm run wasm\` (Debian: clang-19, lld-19) and commit the result.`);
    process.exitCode = 1;
  }
} else if (version === undefined) {
  console.error(`No ${COMPILER} here. On Debian: apt-get install clang-19 lld-19`);
  process.exitCode = 1;
} else {
  const built = build();
  writeFileSync(ROOT + MODULE, built.module);
  writeFileSync(ROOT + RECORD, `${JSON.stringify(record(version, built), undefined, 2)}\n`);
  console.log(`${MODULE}: ${built.module.length} bytes`);
}
