/**
 * Pruning: what of the past is kept, as `node.chain.pruning` says, and what happens when that changes.
 *
 * It works in the background, a slice at a time with pauses three times as long, so that blocks never wait for it longer than one
 * slice takes. It raises the history pointer (durably, before anything is deleted), lets body-sweep.ts delete what lies below, drops
 * what archive mode left, and then compacts the storage piece by piece. Everything goes on where it was after a kill.
 *
 * Never above what a restart, undo or a reorg may need: bodies go below finality, below the state on disk, and below the undo
 * horizon only, whatever `keepBlocks` says.
 */
import { messageOf } from "../kernel/errors.js";
import type { BlockStore } from "./block-store.js";
import { BodySweep } from "./body-sweep.js";
import { compactionRanges, type KeyRange } from "./compaction-ranges.js";
import type { ChainDependencies, ChainOptions } from "./dependencies.js";
import { BodiesMissingError, ChainStoppedError } from "./errors.js";
import type { ChainMetrics } from "./metrics.js";
import type { HistoryPointer } from "./records.js";

/** The pointer moves by an eighth of what is kept, at most so many blocks: each move is a synced write. */
const RAISE_BLOCKS_MAX = 64;
/** A pause is so many times the slice before it, and at least so long. */
const PAUSE_FACTOR = 3;
const PAUSE_MS_MIN = 1;
/** Less than this is left to the storage's own compaction; and so is less than an eighth of its size. */
const COMPACTION_BYTES_MIN = 8 * 1024 * 1024;
/** About what is compacted in one go. */
const COMPACTION_SLICE_BYTES = 64 * 1024 * 1024;
const PROGRESS_EVERY_MS = 10_000;

/** What is being done, and how much of it is left where that is known: heights, or ranges. */
export interface PruningBacklog {
  /** Undefined: nothing. */
  readonly stage: "blocks" | "archive" | "compaction" | undefined;
  readonly left: number | undefined;
}

export interface PrunerParts {
  readonly dependencies: ChainDependencies;
  readonly options: ChainOptions;
  readonly store: BlockStore;
  readonly metrics: ChainMetrics;
  /** Heights of the head and of the newest final block. */
  readonly heights: () => { readonly head: number; readonly finalized: number };
  /** Runs a step in the chain's lane; refuses it when the chain has stopped. */
  readonly inLane: <T>(step: () => Promise<T>) => Promise<T>;
}

export class Pruner {
  readonly #parts: PrunerParts;
  readonly #sweep: BodySweep;
  #working: Promise<void> | undefined;
  #stopped = false;
  #failure: unknown;
  /** Ranges that are still to be compacted, the next one last. */
  #holes: KeyRange[] = [];
  /** What had been deleted when the storage's size was looked at last. */
  #weighedBytes = 0;
  #toldMs = 0;
  /** Somebody waits for all of it: no pauses, and nothing is left for later. */
  #isUrgent = false;
  /** Ends the pause under way. */
  #endPause: () => void = () => undefined;

  constructor(parts: PrunerParts) {
    this.#parts = parts;
    const { storage, logger } = parts.dependencies;
    const { pruneSliceRecords: sliceRecords } = parts.options;
    this.#sweep = new BodySweep({ storage, logger, sliceRecords, store: parts.store, exclusively: (step) => parts.inLane(step) });
  }

  /** Once the chain has recovered: takes back what is no longer to be pruned, and says what is missing. */
  async start(): Promise<void> {
    const { dependencies, options, store } = this.#parts;
    const { bodiesFrom, sweptTo } = store.history;
    if (options.pruning !== "pruned") {
      // The height that a kill may have left half deleted goes; those above it are whole.
      if (sweptTo + 1 < bodiesFrom) await this.#write({ ...store.history, bodiesFrom: sweptTo === 0 ? 0 : sweptTo + 1 });
      const missing = { bodiesFrom: store.history.bodiesFrom, pruning: options.pruning };
      if (missing.bodiesFrom > 1) {
        const { code, message } = new BodiesMissingError(missing);
        dependencies.logger.warn({ code, ...missing }, message);
      }
    }
    this.#gauge();
    this.poke();
  }

  /** Looks whether there is something to do: after the start, and whenever the head has moved. */
  poke(): void {
    if (this.#working !== undefined || this.#stopped || !this.#isDue()) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when nothing is being deleted any more; what is left is for the next start. */
  async stop(): Promise<void> {
    this.cancel();
    await this.#working;
  }

  /** As `stop`, without waiting. */
  cancel(): void {
    this.#stopped = true;
    this.#endPause();
  }

  /** Does all there is to do, without pauses. For tools: a node never waits for it. @throws what ended it before */
  async finish(): Promise<void> {
    this.#isUrgent = true;
    this.#endPause();
    try {
      while (!this.#stopped && (this.#working !== undefined || this.#isDue())) {
        this.poke();
        await this.#working;
      }
      if (this.#failure !== undefined) throw this.#failure;
    } finally {
      this.#isUrgent = false;
    }
  }

  /** For tools that show how far `finish` is. */
  get backlog(): PruningBacklog {
    const { bodiesFrom, sweptTo } = this.#parts.store.history;
    if (sweptTo < bodiesFrom) return { stage: "blocks", left: bodiesFrom - sweptTo };
    if (this.#parts.dependencies.state.isDroppingArchive) return { stage: "archive", left: undefined };
    return this.#holes.length > 0 ? { stage: "compaction", left: this.#holes.length } : { stage: undefined, left: 0 };
  }

  #isDue(): boolean {
    const { history } = this.#parts.store;
    const { state } = this.#parts.dependencies;
    this.#parts.metrics.statesFrom.set(state.statesFrom ?? 0);
    return this.#due() !== undefined || history.sweptTo < history.bodiesFrom || state.isDroppingArchive || this.#mayCompact();
  }

  #mayCompact(): boolean {
    const { deletedBytes } = this.#parts.store.history;
    if (this.#holes.length > 0) return true;
    return this.#isUrgent ? deletedBytes > 0 : deletedBytes >= Math.max(COMPACTION_BYTES_MIN, 1.25 * this.#weighedBytes);
  }

  /** The height that the pointer should move to, if it is time. */
  #due(): number | undefined {
    const { options, store, heights, dependencies } = this.#parts;
    if (options.pruning !== "pruned") return undefined;
    const { head, finalized } = heights();
    const { flushed, undoFrom } = dependencies.state;
    const target = Math.min(head - options.keepBlocks + 1, finalized, flushed?.height ?? 0, undoFrom ?? 0);
    const step = this.#isUrgent ? 1 : Math.max(1, Math.min(RAISE_BLOCKS_MAX, options.keepBlocks >> 3));
    return target >= Math.max(1, store.history.bodiesFrom) + step ? target : undefined;
  }

  async #work(): Promise<void> {
    const { clock, logger } = this.#parts.dependencies;
    try {
      this.#toldMs = clock.monotonicMs();
      while (!this.#stopped) {
        const beganMs = clock.monotonicMs();
        if (!(await this.#step())) break;
        await this.#pause(Math.max(PAUSE_MS_MIN, PAUSE_FACTOR * (clock.monotonicMs() - beganMs)));
      }
    } catch (error) {
      if (this.#stopped || ChainStoppedError.matches(error)) return;
      // What is not deleted takes space and nothing else.
      this.#stopped = true;
      this.#failure = error;
      logger.error({ reason: messageOf(error) }, "pruning has ended until the next start");
    }
  }

  /** One bounded piece of work; false: there is none. */
  async #step(): Promise<boolean> {
    const { dependencies, store } = this.#parts;
    const target = this.#due();
    if (target !== undefined) await this.#write({ ...store.history, bodiesFrom: target });
    if (store.history.sweptTo < store.history.bodiesFrom) return this.#sweepBodies();
    if (dependencies.state.isDroppingArchive) return this.#dropArchive();
    return this.#compact();
  }

  async #sweepBodies(): Promise<boolean> {
    const { dependencies, store, metrics } = this.#parts;
    const { heights, bytes } = await this.#sweep.slice(dependencies.scheduler.slicer());
    metrics.prunedBlocks.increment(heights);
    metrics.prunedBytes.increment(bytes);
    this.#gauge();
    const { sweptTo, bodiesFrom } = store.history;
    this.#tell({ height: sweptTo, to: bodiesFrom }, "deleting old blocks");
    return true;
  }

  async #dropArchive(): Promise<boolean> {
    const { dependencies, options, store, metrics } = this.#parts;
    const { entries, bytes } = await dependencies.state.dropArchive(2 * options.pruneSliceRecords);
    metrics.prunedBytes.increment(bytes);
    const history = { ...store.history, deletedBytes: store.history.deletedBytes + bytes };
    await dependencies.storage.write([store.putHistory(history)], { durable: false });
    store.adoptHistory(history);
    this.#tell({ entries, droppedBytes: history.deletedBytes }, "deleting what archive mode left");
    return true;
  }

  /** Compacts one range with holes; begins with it if enough was deleted. */
  async #compact(): Promise<boolean> {
    const { dependencies, store, metrics } = this.#parts;
    const { storage, logger } = dependencies;
    if (this.#holes.length === 0) {
      if (!this.#mayCompact()) return false;
      const size = await storage.sizeBytes();
      const { deletedBytes } = store.history;
      this.#weighedBytes = deletedBytes;
      if (deletedBytes < size / 8 && !this.#isUrgent) return false;
      const parts = Math.max(1, Math.min(256, Math.ceil(size / COMPACTION_SLICE_BYTES)));
      this.#holes = compactionRanges(parts).reverse();
      logger.info({ deletedBytes, sizeBytes: size, ranges: this.#holes.length }, "compacting the storage after pruning");
    }
    const range = this.#holes.pop();
    if (range !== undefined) await storage.compact(range);
    metrics.compactedRanges.increment();
    if (this.#holes.length === 0) {
      // What was deleted meanwhile may have come too late for its range.
      const history = { ...store.history, deletedBytes: Math.max(0, store.history.deletedBytes - this.#weighedBytes) };
      this.#weighedBytes = 0;
      await storage.write([store.putHistory(history)], { durable: false });
      store.adoptHistory(history);
      logger.info({ sizeBytes: await storage.sizeBytes() }, "the storage is compact");
    }
    return true;
  }

  async #write(history: HistoryPointer): Promise<void> {
    const { dependencies, store } = this.#parts;
    await dependencies.storage.write([store.putHistory(history)], { durable: true });
    store.adoptHistory(history);
    this.#gauge();
  }

  #gauge(): void {
    const { metrics, store, dependencies } = this.#parts;
    const { bodiesFrom, sweptTo } = store.history;
    metrics.bodiesFrom.set(bodiesFrom);
    metrics.pruningBacklog.set(Math.max(0, bodiesFrom - sweptTo));
    metrics.statesFrom.set(dependencies.state.statesFrom ?? 0);
  }

  #tell(progress: object, message: string): void {
    const { clock, logger } = this.#parts.dependencies;
    if (clock.monotonicMs() - this.#toldMs < PROGRESS_EVERY_MS) return;
    this.#toldMs = clock.monotonicMs();
    logger.info(progress, message);
  }

  #pause(delayMs: number): Promise<void> {
    const { scheduler } = this.#parts.dependencies;
    if (this.#isUrgent) return scheduler.yield();
    return new Promise((resolve) => {
      const pause = scheduler.after(delayMs, resolve);
      this.#endPause = () => {
        pause.cancel();
        resolve();
      };
    });
  }
}
