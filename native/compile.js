/**
 * Runs node-gyp for install.js: finds headers and compiler, one compilation at a time, bounded in time, its words in a log.
 * Plain JavaScript: it runs before anything is built.
 */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "./sources.js";

const BUILD = join(ROOT, "build");
const LOG = join(BUILD, "native.log");
const LOCK = join(BUILD, ".lock");

/** Configuring takes two seconds, unless headers are to be fetched from a network that may not be there. */
const CONFIGURE_TIMEOUT_MS = 45_000;
/** Compiling takes half a minute on two cores; a small machine may be ten times slower. */
const COMPILE_TIMEOUT_MS = 600_000;
/** Each compiler may take some hundred megabytes. */
const JOBS_MAX = 4;
const LOG_TAIL_LINES = 30;

/** The compiler that is asked for; part of what makes a binary current. */
export function compilerName() {
  return process.env.CXX ?? "";
}

function output(command, ...parameters) {
  const { status, stdout } = spawnSync(command, parameters, { encoding: "utf8", timeout: 15_000, stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 ? stdout.trim() : undefined;
}

/** Node's headers: where npm's configuration says, or beside this Node; undefined leaves it to node-gyp, which fetches them. */
function headersFolder() {
  const folders = [process.env.npm_config_nodedir, dirname(dirname(process.execPath))];
  return folders.find(
    (folder) =>
      folder !== undefined && ["node_api.h", "common.gypi", "config.gypi"].every((file) => existsSync(join(folder, "include/node", file))),
  );
}

/** Our own node-gyp, or the one inside the npm that runs us. */
function nodeGyp() {
  try {
    return createRequire(import.meta.url).resolve("node-gyp/bin/node-gyp.js");
  } catch {
    const inNpm = process.env.npm_config_node_gyp;
    return inNpm !== undefined && existsSync(inNpm) ? inNpm : undefined;
  }
}

/** What is missing before node-gyp need be asked; undefined if nothing is. */
function missingTool(compiler) {
  if (process.platform === "win32") return undefined; // node-gyp looks for Visual Studio itself
  if (output(compiler[0], ...compiler.slice(1), "--version") === undefined) return `no C++ compiler: ${compiler.join(" ")} does not run`;
  if (output(process.env.MAKE ?? "make", "--version") === undefined) return "no make";
  return undefined;
}

/** Whether the compiler can link its runtime into the addon, so that the binary runs where that runtime is older. */
function hasStaticRuntime(compiler) {
  if (process.platform !== "linux") return false;
  const answers = ["libstdc++.a", "libgcc_eh.a"].map((file) => output(compiler[0], ...compiler.slice(1), `-print-file-name=${file}`));
  return answers.every((answer) => answer !== undefined && isAbsolute(answer));
}

/** Runs a command with all of its children, its words going to the log. @returns undefined, or what went wrong */
async function runLogged(command, timeoutMs, log) {
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    stdio: ["ignore", log, log],
    // A group of its own, so that make and its compilers end with it.
    detached: process.platform !== "win32",
  });
  const kill = () => {
    try {
      if (process.platform === "win32") child.kill();
      else process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutMs);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  const onSignal = (signal) => {
    kill();
    rmSync(LOCK, { recursive: true, force: true });
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  for (const signal of signals) process.once(signal, onSignal);
  const failure = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? undefined : "failed"));
  });
  clearTimeout(timer);
  for (const signal of signals) process.removeListener(signal, onSignal);
  return timedOut ? `not done after ${timeoutMs / 1000} s` : failure;
}

/** Lines that say most, for the one line that a user sees; the log has all. */
function causeIn(words) {
  if (/Could not find any Python/.test(words)) return "no Python, which node-gyp needs";
  if (/getaddrinfo|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|bad response|network/i.test(words)) return "Node's headers could not be fetched";
  return undefined;
}

/** Whether the process that holds the lock is gone. */
function isLockStale() {
  try {
    process.kill(Number(readFileSync(join(LOCK, "pid"), "utf8")), 0);
    return false;
  } catch (error) {
    if (error.code === "EPERM") return false;
    // Without a readable process id it is either being made this moment, or was left by a crash in that moment.
    return error.code === "ESRCH" || (existsSync(LOCK) && Date.now() - statSync(LOCK).mtimeMs > 5_000);
  }
}

/** Waits until no other process compiles here. @returns whether that is so */
async function lock() {
  const endMs = Date.now() + COMPILE_TIMEOUT_MS;
  for (;;) {
    try {
      mkdirSync(LOCK);
      writeFileSync(join(LOCK, "pid"), String(process.pid));
      return true;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isLockStale()) rmSync(LOCK, { recursive: true, force: true });
    else if (Date.now() > endMs) return false;
    else await sleep(200);
  }
}

/**
 * Compiles, unless another process did so while this one waited for it (`isDone`).
 *
 * @returns `done` if there was nothing to do; else `reason`, undefined if it went well, whether a compilation was
 * `attempted`, and `words`, the log's last lines.
 * `release` is to be called after the outcome was written.
 */
export async function compile({ isDone, onStart }) {
  const gyp = nodeGyp();
  const release = () => rmSync(LOCK, { recursive: true, force: true });
  if (gyp === undefined) return { reason: "no node-gyp", attempted: false, release: () => {} };
  const compiler = (process.env.CXX ?? "c++").split(" ").filter((word) => word !== "");
  const missing = missingTool(compiler);
  if (missing !== undefined) return { reason: missing, attempted: false, release: () => {} };
  if (!(await lock())) return { reason: "another process has been compiling for too long", attempted: false, release: () => {} };
  try {
    if (isDone()) {
      release();
      return { done: true };
    }
    onStart();
    const reason = await runNodeGyp(gyp, compiler);
    const words = reason === undefined ? undefined : readFileSync(LOG, "utf8").trimEnd().split("\n").slice(-LOG_TAIL_LINES).join("\n");
    return { reason, attempted: true, words, release };
  } catch (error) {
    release();
    throw error;
  }
}

async function runNodeGyp(gyp, compiler) {
  const folder = headersFolder();
  const log = openSync(LOG, "w");
  try {
    const common = folder === undefined ? [] : [`--nodedir=${folder}`];
    const definitions = ["--", `-Dchainwright_static_runtime=${hasStaticRuntime(compiler) ? 1 : 0}`];
    const configured = await runLogged([gyp, "configure", ...common, ...definitions], CONFIGURE_TIMEOUT_MS, log);
    if (configured !== undefined) {
      const cause =
        causeIn(readFileSync(LOG, "utf8")) ?? (folder === undefined ? "no headers of Node" : `node-gyp configure: ${configured}`);
      return `${cause}, see ${LOG}`;
    }
    const jobs = Math.min(availableParallelism(), JOBS_MAX);
    const built = await runLogged([gyp, "build", ...common, "--jobs", String(jobs)], COMPILE_TIMEOUT_MS, log);
    return built === undefined ? undefined : `compilation ${built}, see ${LOG}`;
  } finally {
    closeSync(log);
  }
}
