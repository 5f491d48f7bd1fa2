/** How far indexing has come: for the status route, the metrics and a line in the log every few seconds. */
import type { Clock, Logger } from "../../core/sdk.js";
import type { HistoryStore } from "./history-store.js";
import { completeFrom } from "./records.js";

const LOG_PERIOD_MS = 10_000;
/** Fewer blocks behind than this are followed, not filled in: no line in the log. */
const BACKFILL_BLOCKS = 16;

/** `starting`: not yet at the head for the first time and nothing to report; `failing`: it is tried again. */
export type HistoryState = "starting" | "backfilling" | "following" | "failing";

export class Progress {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #store: HistoryStore;
  #state: HistoryState = "starting";
  #failure: { readonly code: string; readonly reason: string } | undefined;
  #reportedMs = 0;
  #blocksSince = 0;
  #blocksPerSecond = 0;

  constructor(clock: Clock, logger: Logger, store: HistoryStore) {
    this.#clock = clock;
    this.#logger = logger;
    this.#store = store;
  }

  get state(): HistoryState {
    return this.#state;
  }

  get failure(): { readonly code: string; readonly reason: string } | undefined {
    return this.#failure;
  }

  /** While it fills in; 0 otherwise. */
  get blocksPerSecond(): number {
    return this.#state === "backfilling" ? this.#blocksPerSecond : 0;
  }

  added(): void {
    this.#blocksSince++;
  }

  /** Between two blocks. */
  report(headHeight: number): void {
    const nowMs = this.#clock.monotonicMs();
    const { height } = this.#store.cursor;
    if (this.#state !== "backfilling") {
      if (headHeight - height < BACKFILL_BLOCKS) return;
      this.#state = "backfilling";
      this.#failure = undefined;
      this.#reportedMs = nowMs;
      this.#blocksSince = 0;
      this.#logger.info({ fromHeight: height + 1, headHeight }, "filling in the history index");
      return;
    }
    const elapsedMs = nowMs - this.#reportedMs;
    if (elapsedMs < LOG_PERIOD_MS) {
      if (elapsedMs > 1_000) this.#blocksPerSecond = Math.round((1_000 * this.#blocksSince) / elapsedMs);
      return;
    }
    this.#blocksPerSecond = Math.round((1_000 * this.#blocksSince) / elapsedMs);
    const leftSeconds = Math.round(Math.max(0, headHeight - height) / Math.max(1, this.#blocksPerSecond));
    this.#logger.info({ height, headHeight, blocksPerSecond: this.#blocksPerSecond, leftSeconds }, "filling in the history index");
    this.#reportedMs = nowMs;
    this.#blocksSince = 0;
  }

  caughtUp(): void {
    if (this.#state === "backfilling" || this.#state === "failing") {
      const { height, transactions } = this.#store.cursor;
      this.#logger.info({ height, transactions, completeFrom: completeFrom(this.#store.cursor) }, "the history index is at the head");
    }
    this.#state = "following";
    this.#failure = undefined;
  }

  failed(code: string, reason: string): void {
    this.#state = "failing";
    this.#failure = { code, reason };
  }
}
