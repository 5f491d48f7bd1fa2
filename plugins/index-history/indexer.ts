/**
 * Keeps the index at the canonical chain.
 *
 * The chain's events say when to look; what is done follows from comparing the index' newest block with the canonical chain: its
 * child is added, or it is undone if it has become stale. A block names its parent, so an index whose newest block is canonical
 * is right all the way down. That one rule is back-fill, following the head, reorgs of any depth, and whatever happened while the
 * plugin was off or its events were forgotten. It runs in a task of its own: the chain only ever calls `onAppended`, which sets a
 * flag.
 */
import {
  assert,
  type ChainEvents,
  type ChainView,
  ChainwrightError,
  type Clock,
  type Hash,
  type Logger,
  messageOf,
  present,
} from "../../core/sdk.js";
import { HistoryBlockMissingError } from "./errors.js";
import { addGap, gapEndingAt, oldestKept } from "./gaps.js";
import type { HistoryBatch } from "./history-batch.js";
import type { HistoryStore } from "./history-store.js";
import type { HistoryMetrics } from "./metrics.js";
import { nextStep } from "./next-step.js";
import type { Pace } from "./pace.js";
import type { Progress } from "./progress.js";
import { type Cursor, completeFrom, NO_CURSOR } from "./records.js";

export interface IndexerDependencies {
  readonly chain: ChainView;
  readonly events: ChainEvents;
  readonly store: HistoryStore;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: HistoryMetrics;
  readonly progress: Progress;
}

/** A batch is written when it has so many operations or bytes, or when the head is reached; a single block may have more. */
const BATCH_OPERATIONS = 8_192;
const BATCH_BYTES = 1024 * 1024;
/** After a failure; doubled up to the last. */
const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 60_000;
/** A switch of heads is seen half done for a moment; only what lasts is a missing block. */
const MISSING_PAUSE_MS = 20;
const MISSING_PAUSES_MAX = 100;

export class Indexer {
  readonly #dependencies: IndexerDependencies;
  /** Where the batches that were made lead to; the store's cursor is where the written ones do. */
  #tip: Cursor = NO_CURSOR;
  #batch: HistoryBatch | undefined;
  #writing: Promise<void> = Promise.resolve();
  #missing = 0;
  #stopping = false;
  #woken = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #unsubscribe: () => void = () => undefined;

  constructor(dependencies: IndexerDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    const { events, store } = this.#dependencies;
    const wake = () => {
      this.#woken = true;
      this.#wake();
    };
    this.#unsubscribe = events.onAppended(wake);
    store.onDamage = wake;
    this.#running = this.#run();
  }

  /** Ends after the step that is under way; what was not written is indexed again next time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unsubscribe();
    this.#dependencies.pace.end();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { pace, progress, store } = this.#dependencies;
    let retryMs = RETRY_FIRST_MS;
    let isOpen = true;
    while (!this.#stopping) {
      try {
        if (!isOpen) await store.open();
        isOpen = true;
        this.#tip = store.cursor;
        await this.#noticeForgottenEvents();
        for (;;) {
          this.#woken = false;
          await this.#follow();
          if (this.#stopping) break;
          store.requireSound();
          retryMs = RETRY_FIRST_MS;
          progress.caughtUp();
          await this.#untilWoken();
        }
      } catch (error) {
        this.#failed(error, retryMs);
        await this.#abandon();
        // Whether the last write is there is known for sure only after reading it anew; and LevelDB takes no writes after one failed.
        isOpen = false;
        await store.close().catch(() => undefined);
        await pace.wait(retryMs);
        retryMs = Math.min(RETRY_LAST_MS, retryMs * 2);
      }
    }
    await this.#abandon();
  }

  async #untilWoken(): Promise<void> {
    if (this.#woken || this.#stopping) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = () => undefined;
    this.#dependencies.pace.restart();
  }

  #failed(error: unknown, retryMs: number): void {
    const { logger, metrics, progress } = this.#dependencies;
    const code = ChainwrightError.is(error) ? error.code : "internal";
    metrics.failures.increment();
    progress.failed(code, messageOf(error));
    logger.error({ code, retryMs, indexedHeight: this.#dependencies.store.cursor.height }, `indexing failed: ${messageOf(error)}`);
  }

  async #abandon(): Promise<void> {
    const batch = this.#batch;
    this.#batch = undefined;
    await this.#writing.catch(() => undefined);
    this.#writing = Promise.resolve();
    await batch?.abandon().catch(() => undefined);
  }

  /** Events that are gone do no harm, since the chain itself is read; but whoever looks after the node may want to know. */
  async #noticeForgottenEvents(): Promise<void> {
    const { events, logger, metrics } = this.#dependencies;
    const { sequence, height } = this.#tip;
    if (height < 0) return;
    try {
      await events.read(sequence, 1);
    } catch (error) {
      const code = ChainwrightError.is(error) ? error.code : undefined;
      if (code !== "EVENTS_PRUNED" && code !== "EVENTS_AHEAD") throw error;
      const what = code === "EVENTS_PRUNED" ? "events-forgotten" : "other-events";
      metrics.gaps.increment(1, { what });
      logger.info(
        { sequence, latest: events.latest, what },
        "the events after the index' cursor are gone; what it missed is read from the blocks",
      );
    }
  }

  /** Brings the index to the head. Answers early when it is to stop. */
  async #follow(): Promise<void> {
    const { chain, events, pace, progress } = this.#dependencies;
    pace.restart();
    while (!this.#stopping) {
      // Before the chain is read: what is in the chain by then includes every event up to this one.
      const sequence = events.latest;
      const step = nextStep(chain, this.#tip);
      if (step.what === "none") {
        if (this.#batch !== undefined) this.#write({ ...this.#tip, sequence });
        await this.#writing;
        return;
      }
      if (step.what === "undo") await this.#undo();
      else if (step.what === "missing" || !(await this.#add(step.id, step.height))) await this.#skipTo(this.#tip.height + 1);
      else this.#missing = 0;
      // The block that was being added is in the batch by half, under the cursor of the one before.
      if (this.#stopping) return;
      const { operations = 0, bytes = 0 } = this.#batch ?? {};
      if (operations >= BATCH_OPERATIONS || bytes >= BATCH_BYTES) await this.#writeOn();
      progress.report(chain.status().head.header.height);
      if (pace.due()) await pace.pause();
    }
  }

  /** Adds the canonical block after the tip; answers false if it is not kept. */
  async #add(id: Hash, height: number): Promise<boolean> {
    const { chain, store, pace, metrics, progress } = this.#dependencies;
    const header = chain.blockInfo(id)?.record.header;
    const outcomes = header === undefined ? undefined : chain.outcomes(id);
    if (header === undefined || outcomes === undefined) return false;
    this.#batch ??= store.batch();
    const batch = this.#batch;
    let position = 0;
    for (const piece of outcomes) {
      for (const { receipt, addresses = [] } of piece) {
        const place = { height, position: position++ };
        batch.putTransaction(place, { id: receipt.transactionId, code: receipt.code, addresses });
        for (const address of addresses) {
          batch.putAddress(address, place);
          if (pace.due()) await pace.pause();
        }
      }
      if (pace.due()) await pace.pause();
      // Half a block is in the batch: it is given up as a whole.
      if (this.#stopping) return true;
    }
    batch.putBlock(height, { id, timestampMs: header.timestampMs, transactions: position });
    this.#tip = { ...this.#tip, height, id, transactions: this.#tip.transactions + position };
    metrics.blocks.increment(1, { what: "added" });
    metrics.transactions.increment(position);
    progress.added();
    return true;
  }

  /** Takes the tip out of the index: by what the index has of it, since the block itself may be gone. */
  async #undo(): Promise<void> {
    const { store, pace, metrics } = this.#dependencies;
    // What is undone is read from the disk.
    if (this.#batch?.adds === true) this.#write(this.#tip);
    await this.#writing;
    pace.restart();
    this.#batch ??= store.batch();
    const batch = this.#batch;
    const { height } = this.#tip;
    assert(height >= 0, "there is a block to undo");
    if (gapEndingAt(this.#tip, height) !== undefined) {
      await this.#standOn(height);
      return;
    }
    let count = 0;
    await store.read(async (view) => {
      for await (const [place, { id, addresses }] of view.transactionsAt(height)) {
        batch.deleteTransaction(place, id);
        for (const address of addresses) batch.deleteAddress(address, place);
        count++;
        if (pace.due()) await pace.pause();
      }
    });
    batch.deleteBlock(height);
    this.#tip = { ...this.#tip, transactions: this.#tip.transactions - count };
    await this.#standOn(height - 1);
    metrics.blocks.increment(1, { what: "undone" });
  }

  /** Makes the newest indexed block at `height` or below the tip: not one of a gap, whose ids nobody knows any more. */
  async #standOn(height: number): Promise<void> {
    const gap = gapEndingAt(this.#tip, height);
    const standing = gap === undefined ? height : gap.from - 1;
    const gaps = gap === undefined ? this.#tip.gaps : this.#tip.gaps.slice(0, -1);
    const id = await this.#dependencies.store.read((view) =>
      standing < 0 ? NO_CURSOR.id : present(view.block(standing), `block ${standing} is in the index`).id,
    );
    this.#tip = { ...this.#tip, height: standing, id, gaps };
  }

  /** The block at `height` is not kept: goes on at the lowest one above it that is. @throws HISTORY_BLOCK_MISSING */
  async #skipTo(height: number): Promise<void> {
    const { chain, store, pace, logger, metrics } = this.#dependencies;
    const found = await oldestKept(chain, height, pace);
    if (found === undefined || found.height <= height) {
      if (++this.#missing > MISSING_PAUSES_MAX) throw new HistoryBlockMissingError({ height });
      await pace.wait(MISSING_PAUSE_MS);
      return;
    }
    this.#missing = 0;
    this.#batch ??= store.batch();
    const last = found.height - 1;
    this.#tip = { ...this.#tip, height: last, id: found.parent, gaps: addGap(this.#tip.gaps, { from: height, to: last }) };
    metrics.gaps.increment(1, { what: "blocks-not-kept" });
    logger.warn(
      { from: height, to: last, completeFrom: completeFrom(this.#tip) },
      "blocks are not kept any more: the index is complete only above them",
    );
  }

  /** Writes the batch; the next one may be filled meanwhile. */
  async #writeOn(): Promise<void> {
    await this.#writing;
    this.#dependencies.pace.restart();
    this.#write(this.#tip);
  }

  #write(cursor: Cursor): void {
    const batch = present(this.#batch, "there is a batch to write");
    this.#batch = undefined;
    this.#tip = cursor;
    this.#writing = this.#writeAfter(this.#writing, batch, cursor);
    // It is awaited later; until then nobody is told.
    this.#writing.catch(() => undefined);
  }

  async #writeAfter(before: Promise<void>, batch: HistoryBatch, cursor: Cursor): Promise<void> {
    const { clock, metrics } = this.#dependencies;
    await before;
    const startedMs = clock.monotonicMs();
    await batch.write(cursor);
    metrics.batchSeconds.observe((clock.monotonicMs() - startedMs) / 1_000);
  }
}
