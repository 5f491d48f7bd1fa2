/**
 * Judging many seals at once, on all of compute's threads, so that bad ones buy as little work as can be.
 *
 * First the time-locks of the whole batch, in large jobs (a third of a millisecond a seal); only then Argon2id of what was found good, in small jobs,
 * in order, one more job in flight than there are threads. In a row of headers everything ends with the first bad one: beyond the good headers
 * before it, its sender has bought at most `MEMORY_A_JOB` · (threads + 1) runs of Argon2id, and none at all if it could not even show the time-lock.
 */
import { setMaxListeners } from "node:events";
import { type Clock, type Compute, type SealOptions, type SealVerdict, siblingModule, type WorkerTask } from "../../core/sdk.js";
import { badSeal, type HeaderFault } from "./errors.js";
import type { SealClaim } from "./judge.js";
import { decodeFaults, type JudgeInput, type JudgeOutput, type JudgeStage, packClaims, upToFault } from "./judge-job.js";
import type { HeliosMetrics } from "./metrics.js";
import type { PhaseChoice } from "./phases.js";

/** Seals of a job that looks at time-locks: 10 ms natively, 180 ms portably. */
const PROOFS_A_JOB = 32;
/** Seals of a job that does Argon2id: 16 ms natively, 200 ms portably. */
const MEMORY_A_JOB = 2;

/** What a compute worker runs; a simulation loads it beforehand. */
export const JUDGE_TASK: WorkerTask<JudgeInput, JudgeOutput> = {
  name: "helios-seals",
  module: siblingModule("judge.task", import.meta.url),
};

/** A figure of speed needs so much time behind it, ms. */
const RATE_MS_MIN = 250;

export interface SealVerifierDependencies {
  readonly compute: Compute;
  readonly clock: Clock;
  readonly metrics: Pick<HeliosMetrics, "seals" | "jobSeconds">;
}

export interface SealVerifierOptions {
  readonly phases: PhaseChoice;
  /** Of a job, in queue and at work, ms. */
  readonly deadlineMs: number;
}

type Faults = readonly (HeaderFault | undefined)[];

export class SealVerifier {
  readonly #dependencies: SealVerifierDependencies;
  readonly #options: SealVerifierOptions;
  readonly #abort = new AbortController();
  #pending = 0;
  /** Of the period since something was pending last. */
  #busy = { sinceMs: 0, judged: 0 };
  #perSecond = 0;

  constructor(dependencies: SealVerifierDependencies, options: SealVerifierOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
    // One listener a job under way: they are as many as blocks that come in at the same time.
    setMaxListeners(0, this.#abort.signal);
  }

  /** Seals that are being judged, or wait for it. */
  get pending(): number {
    return this.#pending;
  }

  /** Seals a second, of the batches under way or of the last ones; 0 before there were any. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** Gives up what is under way: it rejects. */
  stop(): void {
    this.#abort.abort();
  }

  /**
   * One verdict for each claim, in order; of a row up to the first bad one.
   *
   * @throws COMPUTE_* when judging was not possible: that says nothing of the claims
   */
  async verify(claims: readonly SealClaim[], { row = false }: SealOptions = {}): Promise<readonly SealVerdict[]> {
    if (claims.length === 0) return [];
    if (this.#pending === 0) this.#busy = { sinceMs: this.#dependencies.clock.monotonicMs(), judged: 0 };
    this.#pending += claims.length;
    let judged = 0;
    const count = (seals: number) => {
      judged += seals;
      this.#pending -= seals;
      this.#busy.judged += seals;
      this.#measure();
    };
    try {
      const faults = claims.length <= MEMORY_A_JOB ? await this.#job("all", claims, row) : await this.#inTwoStages(claims, row, count);
      for (const fault of faults) this.#dependencies.metrics.seals.increment(1, { verdict: fault ?? "good" });
      return faults.map((fault) => (fault === undefined ? { ok: true } : badSeal(fault)));
    } finally {
      count(claims.length - judged);
    }
  }

  async #inTwoStages(claims: readonly SealClaim[], row: boolean, count: (seals: number) => void): Promise<Faults> {
    const proven = await this.#inJobs("proofs", claims, PROOFS_A_JOB, row, () => undefined);
    const good = proven.flatMap((fault, index) => (fault === undefined ? [index] : []));
    count(proven.length - good.length);
    const pending = good.map((index) => claims[index] as SealClaim);
    const remembered = await this.#inJobs("memory", pending, MEMORY_A_JOB, row, count);
    // In a row the good ones are the first, and the first wrong M comes before a wrong time-lock.
    if (row && remembered.some((fault) => fault !== undefined)) return remembered;
    const faults = [...proven];
    for (const [at, index] of good.entries()) faults[index] = remembered[at];
    return faults;
  }

  /**
   * In jobs of `perJob`, in order, one more at a time than there are threads. In a row the answer ends with the first bad one, and no
   * job begins after it was found.
   */
  async #inJobs(
    stage: JudgeStage,
    claims: readonly SealClaim[],
    perJob: number,
    row: boolean,
    onDone: (seals: number) => void,
  ): Promise<Faults> {
    const results: Faults[] = [];
    const jobs = Math.ceil(claims.length / perJob);
    let next = 0;
    let isOver = false;
    const lane = async (): Promise<void> => {
      while (!isOver && next < jobs) {
        const job = next++;
        const part = claims.slice(job * perJob, (job + 1) * perJob);
        const faults = await this.#job(stage, part, row).catch((thrown: unknown) => {
          isOver = true;
          throw thrown;
        });
        results[job] = faults;
        isOver ||= row && faults.some((fault) => fault !== undefined);
        onDone(part.length);
      }
    };
    const lanes = Math.min(jobs, Math.max(1, this.#dependencies.compute.engine.threads) + 1);
    await Promise.all(Array.from({ length: lanes }, lane));
    // Jobs begin in order, so all those before the first bad one have been done.
    return upToFault(results.flat(), row);
  }

  async #job(stage: JudgeStage, claims: readonly SealClaim[], row: boolean): Promise<Faults> {
    const { compute, clock, metrics } = this.#dependencies;
    const { phases, deadlineMs } = this.#options;
    const startMs = clock.monotonicMs();
    const input: JudgeInput = { stage, row, phases, ...packClaims(claims) };
    // Long rows yield to blocks that have just been found.
    const priority = stage === "all" ? "block" : "mempool";
    const output = await compute.run(JUDGE_TASK, input, { priority, deadlineMs, signal: this.#abort.signal });
    metrics.jobSeconds.observe((clock.monotonicMs() - startMs) / 1_000, { stage });
    return decodeFaults(output);
  }

  #measure(): void {
    const elapsedMs = this.#dependencies.clock.monotonicMs() - this.#busy.sinceMs;
    if (elapsedMs >= RATE_MS_MIN) this.#perSecond = (this.#busy.judged * 1_000) / elapsedMs;
  }
}
