/**
 * Sees to it that a current native engine is there, if one can be had: npm's install script, and the first step of
 * `npm run build`.
 *
 * In this order: the binary of an earlier build, a prebuilt binary that came with the package, a compilation. What counts
 * as current is told by a fingerprint of the sources beside each binary, so running this again costs some 60 ms. Without a
 * binary everything still works, on WebAssembly; so whatever goes wrong here is said in one line, and the exit code is 0.
 *
 *     node native/install.js              what npm runs
 *     node native/install.js --strict     the same, but try again, show the compiler's words, and fail if there is no binary
 *     node native/install.js --prebuild   the same, and put the binary where `npm pack` takes it from
 *
 * CHAINWRIGHT_SKIP_NATIVE=1 in the environment: build nothing. Plain JavaScript: it runs before anything is built.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, compilerName } from "./compile.js";
import { fingerprint, ROOT } from "./sources.js";

const BUILD = join(ROOT, "build");
const BUILT = join(BUILD, "Release", "chainwright.node");
/** What the last compilation came to; the loader reads why there is no binary from it (native/addon.ts). */
const OUTCOME = join(BUILD, "chainwright.json");
const PREBUILT = join(ROOT, "prebuilds", `${process.platform}-${process.arch}`, "chainwright.node");
const PREBUILT_STAMP = join(dirname(PREBUILT), "chainwright.json");

const strict = process.argv.includes("--strict");
const prebuild = process.argv.includes("--prebuild");

/** By how much WebAssembly is slower in verifying a batch of 1,024 signatures (bench, suite signatures). */
const SLOWER = "up to 12";

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return {};
  }
}

/**
 * Whether a fresh process can load the binary and hash with each of its tiers: a crash there is none here.
 *
 * @returns what is wrong with it, or undefined
 */
function faultOf(binary) {
  if (!existsSync(binary)) return "it is not there";
  const script = `
    const { Engine, tiers } = require(${JSON.stringify(binary)});
    const { ed25519, sha256, sha512 } = tiers();
    for (const tier of sha256.available) {
      const engine = new Engine({ ed25519: ed25519.best, sha256: tier, sha512: sha512.best, keyCacheEntries: 0 });
      engine.hashPairs(new Uint8Array(64), new Uint8Array(32), 0, 0, 1);
    }`;
  const { status, signal, stderr } = spawnSync(process.execPath, ["-e", script], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 10_000,
  });
  if (status === 0) return undefined;
  return /^\w*Error: (.*)$/m.exec(stderr)?.[1] ?? `it ends with ${signal ?? status}`;
}

const works = (binary) => faultOf(binary) === undefined;

function isCurrentBuild(sources) {
  const outcome = readJson(OUTCOME);
  return outcome.built === true && outcome.sources === sources && outcome.compiler === compilerName() && works(BUILT);
}

/** @returns a sentence's part why there is no binary, or undefined if there is one */
async function obtain(sources) {
  if (isCurrentBuild(sources)) return undefined;
  if (!prebuild && readJson(PREBUILT_STAMP).sources === sources && works(PREBUILT)) return undefined;
  const last = readJson(OUTCOME);
  const failedBefore = last.built === false && last.sources === sources && last.compiler === compilerName();
  // Said when it was installed; a build is not the place to say it, or to wait for it, again.
  const isRepeat = failedBefore && !strict && !prebuild && process.env.npm_lifecycle_event !== "install";
  if (isRepeat && last.attempted) return undefined;
  mkdirSync(BUILD, { recursive: true });
  const result = await compile({
    isDone: () => isCurrentBuild(sources),
    onStart: () => console.log("chainwright: building the native engine (C++), which takes up to a minute"),
  });
  if (result.done === true) return undefined;
  let { reason } = result;
  const fault = reason === undefined ? faultOf(BUILT) : undefined;
  if (fault !== undefined) reason = `the new binary does not work: ${fault}`;
  // An older binary would be an engine that is not the one of these sources.
  if (reason !== undefined) rmSync(BUILT, { force: true });
  const failure = reason === undefined ? {} : { reason, attempted: result.attempted };
  const outcome = { built: reason === undefined, sources, compiler: compilerName(), ...failure };
  writeFileSync(OUTCOME, `${JSON.stringify(outcome, undefined, 2)}\n`);
  result.release();
  if (strict && result.words !== undefined) console.error(result.words);
  return isRepeat && reason === last.reason ? undefined : reason;
}

/** Copies the binary, without its symbols where there is a tool for that, to where `npm pack` finds it. */
function pack(sources) {
  mkdirSync(dirname(PREBUILT), { recursive: true });
  copyFileSync(BUILT, PREBUILT);
  const flags = process.platform === "darwin" ? ["-x"] : ["--strip-unneeded"];
  if (process.platform !== "win32") spawnSync("strip", [...flags, PREBUILT], { stdio: "ignore", timeout: 30_000 });
  const fault = faultOf(PREBUILT);
  if (fault !== undefined) {
    rmSync(PREBUILT);
    return `the packed binary does not work: ${fault}`;
  }
  writeFileSync(PREBUILT_STAMP, `${JSON.stringify({ sources }, undefined, 2)}\n`);
  console.log(`chainwright: ${PREBUILT}`);
  return undefined;
}

async function main() {
  const skip = process.env.CHAINWRIGHT_SKIP_NATIVE;
  if (skip !== undefined && skip !== "" && skip !== "0") return "skipped by CHAINWRIGHT_SKIP_NATIVE";
  const sources = fingerprint();
  return (await obtain(sources)) ?? (prebuild ? pack(sources) : undefined);
}

const reason = await main().catch((error) => `${basename(fileURLToPath(import.meta.url))} failed: ${error.message}`);
if (reason !== undefined) {
  console.log(
    `chainwright: no native engine (${reason}): signatures are verified by WebAssembly, ${SLOWER} times slower; ` +
      "`npx chainwright doctor` tells more",
  );
  if (strict) process.exitCode = 1;
}
