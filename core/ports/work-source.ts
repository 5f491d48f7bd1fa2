/**
 * Where proof of work comes from: threads of this machine, or a virtual miner in a simulation.
 *
 * An engine hands over a job and gets back the bytes that solve it. Laws: at most one job is searched at a time; a new
 * `search` or `cancel` settles the last one with `undefined` and nothing of it is ever answered afterwards; every promise
 * settles. The search itself is pure: which solution is found depends on the job and the lane only.
 */
import type { Bytes } from "../primitives/bytes.js";
import type { Json } from "./ledger.js";

/** What to search, in a form that crosses a thread border. */
export interface SearchJob<Input = unknown> {
  /** An ES module whose default export is a `SearchFactory<Input>`. Loaded in the miner's own thread: keep its imports few. */
  readonly module: URL;
  /** Structured-cloneable. */
  readonly input: Input;
  /** Mean number of attempts to a solution; a virtual miner draws its time from it. ≥ 1. */
  readonly expectedAttempts: bigint;
}

/** Which part of the nonce space a thread takes: `index` of `count`. */
export interface SearchLane {
  readonly index: number;
  readonly count: number;
  /** For tallies of time, ms; absent where there is none to measure (virtual miners, searches on the main thread). Never for what is searched. */
  readonly monotonicMs?: () => number;
}

/** Kinds of tallies at most. */
export const TALLIES_MAX = 8;

/** What a stretch of searching came to. */
export interface SearchSlice {
  /** Attempts made, for the hash rate. */
  readonly attempts: number;
  /** What else was done since the last slice, in units and an order of the engine's own: whole numbers ≥ 0, at most TALLIES_MAX. They are summed up. */
  readonly tallies?: readonly number[];
  /** The solution, at most 8,192 bytes; the search is over. */
  readonly found?: Bytes;
}

/** One search under way, in one lane. */
export interface Searcher {
  /**
   * Tries up to `attempts` (≥ 1) more candidates. A single attempt that takes longer than a few milliseconds should ask
   * `cancelled` meanwhile and return early when it says so.
   */
  search(attempts: number, cancelled: () => boolean): SearchSlice | Promise<SearchSlice>;
}

/** Default export of a search module. */
export type SearchFactory<Input = unknown> = (input: Input, lane: SearchLane) => Searcher | Promise<Searcher>;

export interface WorkSource {
  /**
   * Searches until found, replaced or cancelled.
   * @returns the solution; `undefined` if it was replaced or cancelled
   * @throws WORK_SEARCH_FAILED, WORK_WORKER_DIED; the next `search` starts afresh
   */
  search(job: SearchJob): Promise<Bytes | undefined>;
  /** Gives up the search under way, if there is one. */
  cancel(): void;
  /** Attempts a second, measured lately; 0 when idle. */
  readonly attemptsPerSecond: number;
  /** Sums of the slices' tallies, of all lanes and searches. Absent where nobody sums them up. */
  readonly tallies?: readonly number[];
  /** For status: kind, threads, share of a core … */
  status(): Json;
}
