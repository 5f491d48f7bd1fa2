/**
 * Whether a node follows its network or has to catch up: what it says of itself, which must not change with every few blocks.
 *
 * A gap of some blocks means nothing by itself: where blocks come fast, a node that has each of them a second after it was made is
 * always some behind. So a small gap is judged by time: who has what its network had a while ago follows it.
 */
import type { Clock } from "../../ports/runtime.js";
import type { SyncOptions } from "./options.js";

export type Pace = "synced" | "syncing";

/** Samples within `lagMs`, about. */
const SAMPLES = 16;

export class Following {
  readonly #clock: Clock;
  readonly #options: Pick<SyncOptions, "nearBlocks" | "lagBlocks" | "lagMs">;
  /** Heights that the network was seen at, oldest first: the first is of before the last `lagMs`, once there is one so old. */
  readonly #samples: { readonly atMs: number; height: number }[] = [];
  #pace: Pace = "synced";

  constructor(clock: Clock, options: Pick<SyncOptions, "nearBlocks" | "lagBlocks" | "lagMs">) {
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * To be called whenever one of them may have moved, and every now and then.
   *
   * @param own height of this node's head
   * @param network height that its network is at, as far as known; `own` where nothing better is known
   */
  look(own: number, network: number): Pace {
    const { nearBlocks, lagBlocks } = this.#options;
    const nowMs = this.#clock.monotonicMs();
    this.#note(nowMs, network);
    const gap = network - own;
    if (gap <= nearBlocks) this.#pace = "synced";
    else if (gap > lagBlocks) this.#pace = "syncing";
    else {
      const lasting = this.#lasting(nowMs);
      // Not the same bound both ways: who is between them stays what it was.
      if (lasting !== undefined && lasting - own > nearBlocks) this.#pace = "syncing";
      else if (lasting !== undefined && lasting <= own) this.#pace = "synced";
    }
    return this.#pace;
  }

  #note(nowMs: number, height: number): void {
    const { lagMs } = this.#options;
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs - last.atMs < lagMs / SAMPLES) last.height = Math.min(last.height, height);
    else this.#samples.push({ atMs: nowMs, height });
    while ((this.#samples[1]?.atMs ?? nowMs) <= nowMs - lagMs) this.#samples.shift();
  }

  /** The height that the network had all through the last `lagMs`; undefined if it has not been seen for so long. */
  #lasting(nowMs: number): number | undefined {
    const oldest = this.#samples[0];
    if (oldest === undefined || oldest.atMs > nowMs - this.#options.lagMs) return undefined;
    return this.#samples.reduce((lowest, { height }) => Math.min(lowest, height), Number.POSITIVE_INFINITY);
  }
}
