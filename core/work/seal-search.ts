/**
 * Where the seals of this node's own blocks come from: mining threads, or a work source that another plugin provides in their place;
 * for few and easy blocks on demand, the main thread in slices.
 */
import { present } from "../kernel/assert.js";
import type { ErrorClass } from "../kernel/errors.js";
import type { ConsensusHost } from "../ports/consensus.js";
import type { Json } from "../ports/ledger.js";
import type { SearchFactory, SearchJob, WorkSource } from "../ports/work-source.js";
import type { Bytes } from "../primitives/bytes.js";
import { MINER_THREADS_MAX, Miner } from "./miner.js";

/** Attempts between two looks at the slicer. */
const INLINE_ATTEMPTS = 1_024;

export interface SealSearchDependencies {
  /** Instead of threads of its own; whoever provides it starts and stops it. */
  readonly workSource: WorkSource | undefined;
  /** What the jobs' module exports, for searches on the main thread. */
  readonly createSearcher: SearchFactory<never>;
  readonly threadsError: ErrorClass<{ threads: number; reason: string }>;
}

export interface SealSearchOptions {
  readonly threads: number;
  readonly cpuShare: number;
  /** A search is given up after this long, ms, so that its block can be built anew. */
  readonly refreshMs: number;
  /** Attempts up to which a block on demand is searched on the main thread. */
  readonly inlineAttempts: bigint;
}

export class SealSearch {
  readonly #dependencies: SealSearchDependencies;
  readonly #options: SealSearchOptions;
  #threads: number;
  #miner: Miner | undefined;

  constructor(dependencies: SealSearchDependencies, options: SealSearchOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
    this.#threads = options.threads;
  }

  get attemptsPerSecond(): number {
    return this.#source?.attemptsPerSecond ?? 0;
  }

  /** The searchers' own counts so far (see `SearchSlice.tallies`). */
  get tallies(): readonly number[] {
    return this.#source?.tallies ?? [];
  }

  /** Undefined where the work comes from elsewhere. */
  get threads(): number | undefined {
    return this.#dependencies.workSource === undefined ? this.#threads : undefined;
  }

  /** From the next search on; the one under way is given up. @throws the engine's error of threads */
  setThreads(count: number): void {
    const { threadsError: ThreadsError } = this.#dependencies;
    if (this.threads === undefined) throw new ThreadsError({ threads: count, reason: "another plugin does this node's work" });
    if (!Number.isInteger(count) || count < 1 || count > MINER_THREADS_MAX)
      throw new ThreadsError({ threads: count, reason: `take a whole number from 1 to ${MINER_THREADS_MAX}` });
    this.#threads = count;
    this.#miner?.setThreads(count);
  }

  /** Of the source; undefined before it was used. */
  status(): Json | undefined {
    return this.#source?.status();
  }

  /** @returns undefined if it was cancelled, or has taken too long */
  async inThreads({ scheduler, clock }: ConsensusHost, job: SearchJob): Promise<Bytes | undefined> {
    if (this.#dependencies.workSource === undefined && this.#miner === undefined)
      this.#miner = new Miner({ clock, scheduler }, { threads: this.#threads, cpuShare: this.#options.cpuShare });
    const source = present(this.#source, "there is a miner by now");
    const refresh = scheduler.after(this.#options.refreshMs, () => source.cancel());
    try {
      return await source.search(job);
    } finally {
      refresh.cancel();
    }
  }

  /** For blocks on demand: easy targets on this thread, in slices; hard ones in the mining threads. */
  async onDemand(host: ConsensusHost, job: SearchJob, cancelled: () => boolean): Promise<Bytes | undefined> {
    if (job.expectedAttempts > this.#options.inlineAttempts) return this.inThreads(host, job);
    const searcher = await this.#dependencies.createSearcher(job.input as never, { index: 0, count: 1 });
    const slicer = host.slicer();
    while (!cancelled()) {
      const { found } = await searcher.search(INLINE_ATTEMPTS, cancelled);
      if (found !== undefined) return found;
      if (slicer.due()) await slicer.pause();
    }
    return undefined;
  }

  cancel(): void {
    this.#source?.cancel();
  }

  /** Ends the threads; the next search starts new ones. */
  async stop(): Promise<void> {
    await this.#miner?.stop();
    this.#miner = undefined;
  }

  get #source(): WorkSource | undefined {
    return this.#dependencies.workSource ?? this.#miner;
  }
}
