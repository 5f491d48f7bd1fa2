/**
 * Runs test files, each in a process of its own, the longest first, and prints what failed: `npm test`.
 *
 *     node test/run.mjs [--lint] [--jobs N] [--timeout SECONDS] [FILE | FOLDER]…
 *
 * Files are tap's; each is started as plain `node FILE`. tap's own runner puts loaders for TypeScript and for coverage before every
 * file, and before every node that a file starts: a second of processor time each, for files that are compiled already.
 * The steps of `npm run lint` take their turns among the files. Many files mostly wait for nodes that make blocks, hence one more at a time
 * than there are cores. How long each took is kept in dist/test/durations.json, for the order of the next run.
 *
 * A file fails if it ends with another code than 0, checks nothing, takes longer than the timeout, or leaves a process behind.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const DURATIONS = join(ROOT, "dist", "test", "durations.json");
/** Before anything was measured: what starts nodes and compilers takes longest. */
const LONGEST_FOLDERS = ["functional/network/", "functional/", "examples/", "bench/", "native/", "core/chain/", "core/network/"];
const LINT = [
  ["biome", "node_modules/.bin/biome", "check", "."],
  ["layers", "test/lint/layers.mjs"],
  ["knip", "node_modules/.bin/knip"],
  ["lockfile", "test/lint/lockfile.mjs"],
  ["proto", "proto/generate.js", "--check"],
  ["wasm", "native/wasm/build.js", "--check"],
];
/** What a process that was told to end may still take. */
const LEAVING_MS = 3_000;
/** tap's own timeout comes first, since it knows which test hangs. */
const GRACE_MS = 15_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lint: { type: "boolean", default: false },
    jobs: { type: "string", default: process.env.TEST_JOBS ?? String(availableParallelism() + 1) },
    timeout: { type: "string", default: "240" },
  },
});

function testFiles(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true }).filter((name) => name.endsWith(".test.js"));
  return names.sort().map((name) => join(path, name));
}

function durations() {
  try {
    return JSON.parse(readFileSync(DURATIONS, "utf8"));
  } catch {
    return {};
  }
}

/** Milliseconds that a file took last time; a guess by its folder where that is not known. */
function expectedMs(name, known) {
  if (known[name] !== undefined) return known[name];
  const place = LONGEST_FOLDERS.findIndex((folder) => name.startsWith(`dist/test/${folder}`));
  return place === -1 ? 1_000 : 1_000 * (LONGEST_FOLDERS.length + 1 - place);
}

/** Whether a process of the group is there: the group has the id of the process that began it. */
function isGroupAlive(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}

const running = new Set();
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
]) {
  process.on(signal, () => {
    for (const pid of running) endGroup(pid);
    process.exit(code);
  });
}

/** @returns the process's exit code or what else ended it, and all that it wrote */
async function runProcess(parameters, timeoutMs) {
  const child = spawn(process.execPath, parameters, {
    cwd: ROOT,
    env: { ...process.env, TAP_TIMEOUT: options.timeout },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that what it starts can be found and ended.
    detached: true,
  });
  if (child.pid === undefined) return { fault: "does not start", output: "" };
  running.add(child.pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  let fault;
  const timer = setTimeout(() => {
    fault = `not done after ${timeoutMs / 1000} s`;
    endGroup(child.pid);
  }, timeoutMs);
  const [code, signal] = await new Promise((resolve) => child.once("exit", (...ended) => resolve(ended)));
  clearTimeout(timer);
  if (fault === undefined && code !== 0) fault = signal === null ? `exit code ${code}` : signal;
  const endMs = Date.now() + LEAVING_MS;
  while (isGroupAlive(child.pid) && Date.now() < endMs) await sleep(20);
  if (isGroupAlive(child.pid)) {
    fault ??= "left a process behind";
    endGroup(child.pid);
  }
  running.delete(child.pid);
  return { fault, output };
}

/** tap's last line of a file: `# { total: 12, pass: 10, fail: 1, skip: 1 }`. */
function countsIn(output) {
  const counts = { total: 0, pass: 0, fail: 0, skip: 0, todo: 0 };
  const [, words] = [...output.matchAll(/^# \{ (.*) \}$/gm)].at(-1) ?? [];
  for (const [, name, count] of (words ?? "").matchAll(/(\w+): (\d+)/g)) counts[name] = Number(count);
  return counts;
}

/** Output of a failed file without what went well. */
function whatFailed(output) {
  return output
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s*(ok \d|TAP version|1\.\.\d)/.test(line))
    .join("\n");
}

const total = { total: 0, pass: 0, fail: 0, skip: 0, todo: 0 };
/** How many tests, by file and reason. */
const skipped = new Map();
const failed = [];
const tookMs = durations();

function report(name, ms, { fault, output }, words) {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (fault === undefined) {
    console.log(`ok ${name} # ${seconds}${words}`);
    return;
  }
  failed.push(`${name}: ${fault}`);
  console.log(`not ok ${name} # ${seconds}: ${fault}\n${whatFailed(output)}\n`);
}

async function runFile(name) {
  const startMs = performance.now();
  const result = await runProcess(["--enable-source-maps", name], 1000 * Number(options.timeout) + GRACE_MS);
  const ms = Math.round(performance.now() - startMs);
  const counts = countsIn(result.output);
  if (counts.total === 0) result.fault ??= "it checks nothing";
  if (result.fault === undefined) tookMs[name] = ms;
  else counts.fail = Math.max(1, counts.fail);
  for (const key of Object.keys(total)) total[key] += counts[key];
  for (const [, reason] of result.output.matchAll(/^\s*ok \d+ - .* # SKIP ?(.*)$/gm)) {
    const line = `${name}: ${reason}`;
    skipped.set(line, (skipped.get(line) ?? 0) + 1);
  }
  report(name, ms, result, `, ${counts.pass} checks`);
}

async function runLint([name, ...command]) {
  const startMs = performance.now();
  const result = await runProcess(command, 1000 * Number(options.timeout));
  total.total++;
  total[result.fault === undefined ? "pass" : "fail"]++;
  report(`lint ${name}`, performance.now() - startMs, result, "");
}

const paths = positionals.length === 0 && !options.lint ? ["dist/test"] : positionals;
const absent = paths.find((path) => !existsSync(path));
if (absent !== undefined) {
  console.error(`${absent} is not there: npm run build`);
  process.exit(2);
}
const startMs = performance.now();
const files = paths.flatMap((path) => testFiles(path)).map((file) => relative(ROOT, resolve(file)).replaceAll("\\", "/"));
files.sort((a, b) => expectedMs(b, tookMs) - expectedMs(a, tookMs));
const waiting = [...(options.lint ? LINT : []).map((step) => () => runLint(step)), ...files.map((file) => () => runFile(file))];
const work = async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
};
await Promise.all(Array.from({ length: Math.max(1, Number(options.jobs)) }, work));
if (files.length > 0) writeFileSync(DURATIONS, JSON.stringify(tookMs, null, 1));
for (const [line, count] of skipped) console.log(`# skipped: ${count} in ${line}`);
for (const line of failed) console.log(`# failed: ${line}`);
const counted = Object.entries(total).filter(([name, count]) => count > 0 || name === "pass");
console.log(`# { ${counted.map(([name, count]) => `${name}: ${count}`).join(", ")} }`);
console.log(`# ${files.length} files in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
process.exit(failed.length === 0 ? 0 : 1);
