/**
 * BlsVerifier: verdicts on any number of signature sets, in batches on the compute service, each set once.
 *
 * What has not the form of a set is refused at once; what was judged before is remembered (memo.ts); the rest goes to workers in jobs,
 * sets of one message together, since those cost a third to a half.
 */
import { assert, present } from "../kernel/assert.js";
import type { Compute, ComputeOptions, WorkerTask } from "../ports/compute.js";
import type { Metrics } from "../ports/runtime.js";
import { toLatin1 } from "../primitives/bytes.js";
import { isKeyEncoding, isSignatureEncoding, isUncompressedKeyEncoding } from "./encoding.js";
import type { BlsEngineName, BlsSet } from "./engine.js";
import { packSets, type VerifyInput, type VerifyOutput } from "./job.js";
import { type MemoKey, memoKeyOf, VerdictMemo } from "./memo.js";
import { type BlsMetrics, blsMetrics } from "./metrics.js";
import { loadBls } from "./select.js";

/** What a compute worker runs; where there are no workers, it is loaded beforehand (`preload`). */
export const BLS_VERIFY_TASK: WorkerTask<VerifyInput, VerifyOutput> = {
  name: "bls-sets",
  module: new URL(`./verify.task.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url),
};

/**
 * Sets of a job: 18 ms natively, 170 portably; six times that natively, three times portably, if all are bad. On the calling thread, where it
 * holds up everything else: 9 ms and 30.
 */
const SETS_PER_JOB: Readonly<Record<"pool" | "inline", Readonly<Record<BlsEngineName, number>>>> = {
  pool: { native: 32, portable: 8 },
  inline: { native: 16, portable: 1 },
};
/** Jobs of one call that wait or are at work for each thread, so that one call does not fill the queue. */
const JOBS_PER_THREAD = 3;

export interface BlsVerifierDependencies {
  readonly compute: Compute;
  readonly metrics: Metrics;
}

export interface BlsVerifierOptions {
  /** Good verdicts remembered, about 100 bytes each; of bad ones at most a sixteenth beside. Default: 65,536. */
  readonly rememberedSets?: number;
}

interface OpenSet {
  readonly set: BlsSet;
  readonly key: MemoKey;
  /** Where it is among those asked for; more than once where it is twice among them. */
  readonly places: number[];
}

export class BlsVerifier {
  readonly #compute: Compute;
  readonly #memo: VerdictMemo;
  readonly #metrics: BlsMetrics;
  readonly #engine: BlsEngineName;
  readonly #setsPerJob: number;
  readonly #lanes: number;

  /** Loads the engine. @throws BlsSettingError, BlsUnavailableError */
  constructor({ compute, metrics }: BlsVerifierDependencies, { rememberedSets }: BlsVerifierOptions = {}) {
    const { threads } = compute.engine;
    this.#compute = compute;
    this.#memo = new VerdictMemo(rememberedSets);
    this.#engine = loadBls().name;
    this.#metrics = blsMetrics(metrics, this.#engine);
    this.#setsPerJob = SETS_PER_JOB[threads > 0 ? "pool" : "inline"][this.#engine];
    this.#lanes = Math.max(1, threads * JOBS_PER_THREAD);
  }

  /**
   * One verdict a set, in order: whatever is in a set, it is a verdict.
   *
   * @param options of the compute service: priority (default `mempool`), deadline of each job, abort. At priority `block`, jobs are taken even
   * where the queue is full: blocks on their way in are bounded, each has a few jobs in it at a time, and one that is being executed can't fail
   * for the load of others.
   * @throws COMPUTE_* where the work could not be done: nothing is known then
   */
  async verify(sets: readonly BlsSet[], options: ComputeOptions = {}): Promise<readonly boolean[]> {
    const verdicts = sets.map(() => false);
    const open = this.#open(sets, verdicts);
    const jobs: OpenSet[][] = [];
    for (let at = 0; at < open.length; at += this.#setsPerJob) jobs.push(open.slice(at, at + this.#setsPerJob));
    const priority = options.priority ?? "mempool";
    const lane = async (): Promise<void> => {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
        try {
          await this.#run(job, verdicts, { mayExceed: priority === "block", ...options, priority });
        } catch (error) {
          // The call fails as a whole: what has not begun is not worth beginning.
          jobs.length = 0;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#lanes, jobs.length) }, lane));
    this.#metrics.remembered.set(this.#memo.size);
    return verdicts;
  }

  /** Fills in the verdicts that are known, and answers the other sets, those of one message together. */
  #open(sets: readonly BlsSet[], verdicts: boolean[]): OpenSet[] {
    const byMessage = new Map<string, Map<MemoKey, OpenSet>>();
    for (const [index, set] of sets.entries()) {
      if (!hasForm(set)) {
        this.#metrics.sets.increment(1, { verdict: "invalid", by: "form" });
        continue;
      }
      const key = memoKeyOf(set);
      const known = this.#memo.get(key);
      if (known !== undefined) {
        verdicts[index] = known;
        this.#metrics.sets.increment(1, { verdict: known ? "valid" : "invalid", by: "memo" });
        continue;
      }
      const message = toLatin1(set.message);
      const group = byMessage.get(message) ?? new Map<MemoKey, OpenSet>();
      byMessage.set(message, group);
      const same = group.get(key);
      if (same === undefined) group.set(key, { set, key, places: [index] });
      else same.places.push(index);
    }
    return [...byMessage.values()].flatMap((group) => [...group.values()]);
  }

  async #run(job: readonly OpenSet[], verdicts: boolean[], options: ComputeOptions): Promise<void> {
    this.#metrics.jobs.increment();
    const packed = packSets(job.map(({ set }) => set));
    const output = await this.#compute.run(BLS_VERIFY_TASK, { engine: this.#engine, packed }, options);
    assert(output.length === job.length, "a job answers one verdict a set");
    for (const [at, { key, places }] of job.entries()) {
      const verdict = present(output[at], "one verdict a set") === 1;
      this.#memo.set(key, verdict);
      this.#metrics.sets.increment(places.length, { verdict: verdict ? "valid" : "invalid", by: "job" });
      for (const place of places) verdicts[place] = verdict;
    }
  }
}

/** Whether key and signature have the form of theirs: all that is looked at before there is a reason to work. */
function hasForm({ publicKey, signature }: BlsSet): boolean {
  return isSignatureEncoding(signature) && (isKeyEncoding(publicKey) || isUncompressedKeyEncoding(publicKey));
}
