/** Walks over many validators that make room for other work in between. */
import type { Slicer } from "../../../core/sdk.js";

/** Some tens of microseconds of work. */
const RANGE = 4_096;

/** Calls `work` for ranges [from, to) that make up [0, count). */
export async function inRanges(count: number, slicer: Slicer, work: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < count; from += RANGE) {
    if (slicer.due()) await slicer.pause();
    work(from, Math.min(count, from + RANGE));
  }
}
