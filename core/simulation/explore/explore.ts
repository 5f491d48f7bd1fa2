/**
 * Runs a scenario with many seeds, in several processes, and finds the first that fails. What comes out depends on scenario and seeds, and
 * not on how many processes there are or which is faster: seeds above the first failing one do not count, those below all do.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { assert } from "../../sdk.js";
import { SeedWorkerError } from "../errors.js";
import type { Scenario } from "../scenario/schema.js";
import { combinedDigest, type SeedOutcome } from "./outcome.js";
import type { FromWorker, ToWorker } from "./seed-worker.js";

const WORKER = fileURLToPath(new URL("./seed-worker.js", import.meta.url));

export interface ExploreOptions {
  /** First seed, a whole number; the others follow it. */
  readonly from: number;
  readonly count: number;
  /** Processes, ≥ 1. */
  readonly jobs: number;
  /** Where paths of plugins in the scenario start from. */
  readonly directory: string;
  /** Goes on after failures, to find all that there are. */
  readonly all?: boolean;
  readonly onOutcome?: (outcome: SeedOutcome, done: number) => void;
  /** Ends the search; what is there until then is answered. */
  readonly signal?: AbortSignal;
}

export interface Exploration {
  /** In the order of the seeds, without gaps; up to the first failure, unless `all`. */
  readonly outcomes: readonly SeedOutcome[];
  readonly failures: readonly SeedOutcome[];
  /** 64 hex digits, over all outcomes. */
  readonly digest: string;
}

/** @throws SIMULATION_WORKER_FAILED */
export async function explore(scenario: Scenario, options: ExploreOptions): Promise<Exploration> {
  assert(options.count >= 1 && options.jobs >= 1, "a search has seeds, and somebody who runs them");
  const search = new Search(options);
  const jobs = Math.min(options.jobs, options.count);
  const workers = Array.from({ length: jobs }, () => runWorker(scenario, search, options));
  try {
    await Promise.all(workers.map(({ done }) => done));
  } finally {
    for (const { process } of workers) process.kill("SIGKILL");
  }
  return search.exploration();
}

class Search {
  readonly #options: ExploreOptions;
  readonly #outcomes = new Map<number, SeedOutcome>();
  #next: number;
  #firstFailing = Number.POSITIVE_INFINITY;

  constructor(options: ExploreOptions) {
    this.#options = options;
    this.#next = options.from;
  }

  /** Undefined: there is nothing left to do. */
  take(): number | undefined {
    const { from, count, signal } = this.#options;
    if (signal?.aborted === true || this.#next >= from + count || this.#next > this.#firstFailing) return undefined;
    return this.#next++;
  }

  put(seed: number, outcome: SeedOutcome): void {
    const { all, onOutcome } = this.#options;
    this.#outcomes.set(seed, outcome);
    if (outcome.failure !== undefined && all !== true) this.#firstFailing = Math.min(this.#firstFailing, seed);
    onOutcome?.(outcome, this.#outcomes.size);
  }

  exploration(): Exploration {
    const outcomes: SeedOutcome[] = [];
    for (let seed = this.#options.from; seed <= this.#firstFailing; seed++) {
      const outcome = this.#outcomes.get(seed);
      if (outcome === undefined) break;
      outcomes.push(outcome);
    }
    return { outcomes, failures: outcomes.filter(({ failure }) => failure !== undefined), digest: combinedDigest(outcomes) };
  }
}

function runWorker(
  scenario: Scenario,
  search: Search,
  { directory, signal }: ExploreOptions,
): { readonly process: ChildProcess; readonly done: Promise<void> } {
  const process = fork(WORKER, { serialization: "json" });
  const done = new Promise<void>((resolve, reject) => {
    let seed: number | undefined;
    const send = (message: ToWorker): void => void process.send(message);
    const fail = (reason: string): void => {
      if (signal?.aborted === true) resolve();
      else reject(new SeedWorkerError({ seed: seed === undefined ? "none" : String(seed), reason }));
    };
    signal?.addEventListener("abort", () => resolve(), { once: true });
    process.on("error", (error) => fail(error.message));
    process.on("exit", (code, by) => fail(`it ended with ${by ?? code}`));
    process.on("message", (message: FromWorker) => {
      if ("broken" in message) {
        fail(message.broken.message);
        return;
      }
      if ("outcome" in message && seed !== undefined) search.put(seed, message.outcome);
      seed = search.take();
      if (seed === undefined) resolve();
      else send({ seed: String(seed) });
    });
    send({ scenario, directory });
  });
  return { process, done };
}
