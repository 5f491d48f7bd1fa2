/** How fast a sync goes, how far it has to go, and what is plausible of that. */
import type { Clock } from "../../ports/runtime.js";

/** Blocks a second over the last while. */
export class RateMeter {
  readonly #clock: Clock;
  readonly #samples: { readonly atMs: number; readonly count: number }[] = [];
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(): void {
    this.#count++;
    const nowMs = this.#clock.monotonicMs();
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs - last.atMs < SAMPLE_MS) return;
    this.#samples.push({ atMs: nowMs, count: this.#count });
    while ((this.#samples[0]?.atMs ?? nowMs) < nowMs - WINDOW_MS) this.#samples.shift();
  }

  get perSecond(): number {
    const first = this.#samples[0];
    const elapsedMs = this.#clock.monotonicMs() - (first?.atMs ?? 0);
    return first === undefined || elapsedMs <= 0 ? 0 : ((this.#count - first.count) * 1_000) / elapsedMs;
  }

  reset(): void {
    this.#samples.length = 0;
    this.#samples.push({ atMs: this.#clock.monotonicMs(), count: this.#count });
  }
}

const SAMPLE_MS = 250;
const WINDOW_MS = 10_000;

/** A point of a chain: any header that was found good. */
export interface Milestone {
  readonly height: number;
  readonly timestampMs: number;
}

/** A chain may have grown so many times faster than it did so far. */
const GROWTH_SLACK = 4;
/** What is believed above the highest milestone of a chain whose pace nobody knows yet. */
const UNKNOWN_BLOCKS = 20_000;
/** Heights below which a pace says nothing. */
const PACE_BLOCKS_MIN = 100;

/**
 * The height that a claim may be shown with: no more than a chain can have by now that came to `milestone` in its time.
 *
 * @param witnessed the highest that anybody else claims
 */
export function plausibleHeight(claimed: number, witnessed: number, genesisTimeMs: number, milestone: Milestone, nowMs: number): number {
  const { height, timestampMs } = milestone;
  const ageMs = Math.max(1, timestampMs - genesisTimeMs);
  const grown = height < PACE_BLOCKS_MIN ? 0 : (GROWTH_SLACK * Math.max(0, nowMs - timestampMs) * height) / ageMs;
  const bound = height + UNKNOWN_BLOCKS + Math.floor(grown);
  return Math.min(claimed, Math.max(bound, witnessed));
}
