/**
 * Where the seals of this node's own blocks come from: mining threads, or a work source that another plugin provides in their place;
 * for few and easy blocks on demand, the main thread in slices.
 */
import {
  type Bytes,
  type ConsensusHost,
  type Hash,
  type Json,
  MINER_THREADS_MAX,
  Miner,
  present,
  type SearchJob,
  siblingModule,
  targetToBytes,
  type WorkSource,
  workOfTarget,
} from "../../core/sdk.js";
import { ThreadsError } from "./errors.js";
import createSearcher, { type NonceSearchInput } from "./search.js";

const SEARCH_MODULE = siblingModule("search", import.meta.url);

/** Expected hashes up to which a block on demand is searched on the main thread, in slices: about a third of a second. */
const INLINE_HASHES = 2n ** 19n;
/** Hashes between two looks at the slicer: about 0.6 ms. */
const INLINE_ATTEMPTS = 1_024;

export interface SealSearchOptions {
  readonly threads: number;
  readonly cpuShare: number;
  /** A search is given up after this long, ms, so that its block can be built anew. */
  readonly refreshMs: number;
}

export class SealSearch {
  /** Instead of threads of its own; whoever provides it starts and stops it. */
  readonly #workSource: WorkSource | undefined;
  readonly #options: SealSearchOptions;
  #threads: number;
  #miner: Miner | undefined;

  constructor(workSource: WorkSource | undefined, options: SealSearchOptions) {
    this.#workSource = workSource;
    this.#options = options;
    this.#threads = options.threads;
  }

  get attemptsPerSecond(): number {
    return this.#source?.attemptsPerSecond ?? 0;
  }

  /** Undefined where the work comes from elsewhere. */
  get threads(): number | undefined {
    return this.#workSource === undefined ? this.#threads : undefined;
  }

  /** From the next search on; the one under way is given up. @throws ThreadsError */
  setThreads(count: number): void {
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
  async inThreads(host: ConsensusHost, signingRoot: Hash, target: bigint): Promise<Bytes | undefined> {
    const { scheduler, clock } = host;
    if (this.#workSource === undefined && this.#miner === undefined)
      this.#miner = new Miner({ clock, scheduler }, { threads: this.#threads, cpuShare: this.#options.cpuShare });
    const source = present(this.#source, "there is a miner by now");
    const refresh = scheduler.after(this.#options.refreshMs, () => source.cancel());
    try {
      return await source.search(jobOf(signingRoot, target));
    } finally {
      refresh.cancel();
    }
  }

  /** For blocks on demand: easy targets on this thread, in slices; hard ones in the mining threads. */
  async onDemand(host: ConsensusHost, signingRoot: Hash, target: bigint, cancelled: () => boolean): Promise<Bytes | undefined> {
    const job = jobOf(signingRoot, target);
    if (job.expectedAttempts > INLINE_HASHES) return this.inThreads(host, signingRoot, target);
    const searcher = await createSearcher(job.input, { index: 0, count: 1 });
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
    return this.#workSource ?? this.#miner;
  }
}

function jobOf(signingRoot: Hash, target: bigint): SearchJob<NonceSearchInput> {
  return {
    module: SEARCH_MODULE,
    input: { signingRoot, target: targetToBytes(target) },
    expectedAttempts: workOfTarget(target),
  };
}
