/**
 * Kills a real node under load, again and again, and checks that nothing it had promised is lost. README.md tells how.
 *
 * This process counts and speaks; processes of `lives.process.ts` live through the chains, a few at a time.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { LifeOrder, LifeReport } from "./messages.js";
import { KILLS_PER_LIFE, KINDS, type Kind } from "./plan.js";
import { Tally } from "./tally.js";

const HELP = `Kills a node under load, again and again, and checks that nothing it had promised is lost.

  npm run test:crash -- [options]

  --kills N        how many (default 100)
  --seed S         what is drawn follows from it (default 1)
  --jobs N         chains at a time (default: as many as processors, at most 4)
  --from N         begin at kill N: goes on with a row that was cut off (default 0; whole chains only, so multiples of ${KILLS_PER_LIFE})
  --kind K         only chains of this kind: ${KINDS.join(", ")} (default: they take turns)
  --only N         the plan of kill N again, on a chain of its own
  --keep-going     count losses instead of stopping at the first
  --help

Exit codes: 0 nothing was lost, 1 something was, 2 wrong options, 3 the harness itself failed, 130 interrupted.`;

interface Options {
  readonly kills: number;
  readonly seed: string;
  readonly jobs: number;
  readonly kind: Kind | undefined;
  readonly only: number | undefined;
  readonly from: number;
  readonly keepsGoing: boolean;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Undefined: it was told what is wrong. */
function readOptions(): Options | "help" | undefined {
  try {
    const { values } = parseArgs({
      options: {
        kills: { type: "string", default: "100" },
        seed: { type: "string", default: "1" },
        jobs: { type: "string", default: String(Math.min(4, availableParallelism())) },
        kind: { type: "string" },
        only: { type: "string" },
        from: { type: "string", default: "0" },
        "keep-going": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return "help";
    const whole = (name: string, text: string, least: number): number => {
      const value = Number(text);
      if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} ${text}: use a whole number from ${least} on`);
      return value;
    };
    const kind = KINDS.find((each) => each === values.kind);
    if (values.kind !== undefined && kind === undefined) throw new Error(`--kind ${values.kind}: there are ${KINDS.join(", ")}`);
    const from = whole("from", values.from, 0);
    const kills = whole("kills", values.kills, 1);
    if (from % KILLS_PER_LIFE !== 0 || from >= kills)
      throw new Error(`--from ${from}: use a multiple of ${KILLS_PER_LIFE} below ${kills}, the number of kills`);
    return {
      kills,
      from,
      seed: values.seed,
      jobs: whole("jobs", values.jobs, 1),
      kind,
      only: values.only === undefined ? undefined : whole("only", values.only, 0),
      keepsGoing: values["keep-going"],
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}\n`);
    return undefined;
  }
}

function spanOf(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Counts what the processes report, and says it. */
class Progress {
  readonly tally = new Tally();
  readonly #options: Options;
  readonly #total: number;
  readonly #beganMs = performance.now();
  readonly #kinds = new Map<number, Kind>();
  kills = 0;
  losses = 0;

  constructor(options: Options, total: number) {
    this.#options = options;
    this.#total = total;
  }

  take(report: LifeReport): void {
    if (report.type === "chain") {
      this.#kinds.set(report.life, report.kind);
      say(`chain ${report.life}: ${report.kind}, ${JSON.stringify(report.tuning)}`);
      return;
    }
    if (report.type === "skipped") {
      this.tally.count("skipped", `${this.#kinds.get(report.life)}: ${report.reason}`);
      say(`chain ${report.life}: no ${this.#kinds.get(report.life)}, ${report.reason}; it is a plain one`);
      return;
    }
    if (report.type === "done") {
      this.tally.add(report.tally);
      return;
    }
    const { number, point, faults, height, accepted } = report;
    const kind = this.#kinds.get(Math.floor(number / KILLS_PER_LIFE)) ?? "plain";
    this.losses += faults.length;
    for (const fault of faults.slice(0, 10)) say(`LOSS at kill ${number} (${point}, ${kind}): ${fault}`);
    if (faults.length > 10) say(`  … and ${faults.length - 10} more`);
    if (faults.length > 0) say(`  again: npm run test:crash -- --seed ${this.#options.seed} --kind ${kind} --only ${number}`);
    if (point === "from genesis") return;
    this.tally.count("kills", kind);
    this.kills++;
    if (this.kills % 10 !== 0 && this.kills !== this.#total) return;
    const ms = performance.now() - this.#beganMs;
    const left = ((this.#total - this.kills) * ms) / this.kills;
    const share = Math.floor((100 * this.kills) / this.#total);
    say(
      `${String(this.kills).padStart(5)} of ${this.#total} kills (${share} %) in ${spanOf(ms)}, ${(ms / this.kills / 1_000).toFixed(2)} s each, ${spanOf(left)} to go: ${kind} at block ${height} with ${accepted} transfers accepted; ${this.losses} losses`,
    );
  }

  /** The table. */
  end(directory: string): void {
    const { seed } = this.#options;
    say("");
    for (const line of this.tally.lines()) say(line);
    say("");
    say(
      this.losses === 0
        ? `${this.kills} kills in ${spanOf(performance.now() - this.#beganMs)}: nothing was lost (seed ${seed})`
        : `${this.losses} LOSSES in ${this.kills} kills (seed ${seed}); the chains that lost are in ${directory}`,
    );
  }
}

function ordersOf(options: Options, directory: string): LifeOrder[] {
  const { seed, kind, only, keepsGoing } = options;
  const first = only ?? options.from;
  const end = only === undefined ? options.kills : only + 1;
  const orders: LifeOrder[] = [];
  for (let from = first; from < end; ) {
    const life = Math.floor(from / KILLS_PER_LIFE);
    const to = Math.min(end, (life + 1) * KILLS_PER_LIFE);
    orders.push({ type: "live", seed, life, from, to, kind, directory, keepsGoing });
    from = to;
  }
  return orders;
}

/** One process after the other's orders, until there are none; false if it failed. */
function work(orders: LifeOrder[], progress: Progress, children: Set<ChildProcess>, keepsGoing: boolean): Promise<boolean> {
  const child = fork(new URL("./lives.process.js", import.meta.url));
  children.add(child);
  const next = () => {
    const order = progress.losses > 0 && !keepsGoing ? undefined : orders.shift();
    if (order === undefined) child.disconnect();
    else child.send(order);
  };
  child.on("message", (report: LifeReport) => {
    progress.take(report);
    if (report.type === "done") next();
  });
  next();
  return new Promise((resolve) => {
    child.on("exit", (code) => {
      children.delete(child);
      resolve(code === 0);
    });
  });
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === "help") say(HELP);
  if (options === "help") return 0;
  if (options === undefined) return 2;
  const directory = await mkdtemp(join(tmpdir(), "chainwright-crash-"));
  const orders = ordersOf(options, directory);
  const total = options.only === undefined ? options.kills - options.from : 1;
  const progress = new Progress(options, total);
  const children = new Set<ChildProcess>();
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    for (const child of children) child.kill("SIGTERM");
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  say(`${total} kills of seed ${options.seed}, ${Math.min(options.jobs, orders.length)} chains at a time, in ${directory}`);
  const workers = Array.from({ length: Math.min(options.jobs, orders.length) }, () => work(orders, progress, children, options.keepsGoing));
  const isWhole = (await Promise.all(workers)).every(Boolean);
  progress.end(directory);
  if (progress.losses === 0) await rm(directory, { recursive: true, force: true });
  if (interrupted) return 130;
  if (progress.losses > 0) return 1;
  return isWhole && progress.kills >= total ? 0 : 3;
}

process.exitCode = await main();
