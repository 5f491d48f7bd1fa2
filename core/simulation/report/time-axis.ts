/** Virtual time along x: where it lies, its labels, and what spans it. */
import { describeDuration } from "../scenario/duration.js";
import type { Span } from "./analysis.js";
import { coordinate, escaped, figure } from "./markup.js";

const STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400];
/** A label needs so much room. */
const LABEL_PIXELS = 86;

export class TimeAxis {
  readonly #left: number;
  readonly #scale: number;
  readonly #endMs: number;

  /** @param right where the run ends, px */
  constructor(left: number, right: number, endMs: number) {
    this.#left = left;
    this.#scale = (right - left) / Math.max(1, endMs);
    this.#endMs = endMs;
  }

  x(atMs: number): number {
    return this.#left + Math.min(this.#endMs, Math.max(0, atMs)) * this.#scale;
  }

  /** Lines from `top` to `bottom`, and times below. */
  grid(top: number, bottom: number): string {
    const leastS = LABEL_PIXELS / this.#scale / 1e3;
    const last = STEPS_S.at(-1) as number;
    const stepMs = (STEPS_S.find((step) => step >= leastS) ?? Math.ceil(leastS / last) * last) * 1e3;
    const lines: string[] = [];
    for (let atMs = 0; atMs <= this.#endMs; atMs += stepMs) {
      const x = coordinate(this.x(atMs));
      const anchor = atMs === 0 ? "start" : atMs + stepMs / 3 > this.#endMs ? "end" : "middle";
      lines.push(`<path class="grid" d="M${x} ${coordinate(top)}V${coordinate(bottom)}"/>`);
      lines.push(
        `<text x="${x}" y="${coordinate(bottom + 14)}" text-anchor="${anchor}">${timeText(atMs)
          .replace(/(?<=\dm) 00s$/, "")
          .replace(/(?<=\dh) 00m$/, "")}</text>`,
      );
    }
    return lines.join("");
  }

  spans(spans: readonly Span[], top: number, bottom: number, look: string): string {
    return spans
      .map(({ fromMs, toMs, label }) => {
        const [from, to] = [this.x(fromMs), this.x(toMs)];
        const title = `${timeText(fromMs)} to ${timeText(toMs)}: ${label}`;
        return `<rect class="${look}" x="${coordinate(from)}" y="${coordinate(top)}" width="${coordinate(Math.max(1, to - from))}" height="${coordinate(bottom - top)}"><title>${escaped(title)}</title></rect>`;
      })
      .join("");
  }
}

/** `12m 05s`, below ten seconds with milliseconds. */
export function timeText(atMs: number): string {
  return describeDuration(Math.round(atMs * 1e3));
}

/** How long something took: `180 ms`, `1.8 s`, `30 min`. */
export function delayText(ms: number): string {
  if (ms < 1_000) return `${figure(ms)} ms`;
  return ms < 120_000 ? `${Number((ms / 1e3).toPrecision(3))} s` : `${Number((ms / 60e3).toPrecision(3))} min`;
}
