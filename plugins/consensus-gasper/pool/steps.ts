/** Work in steps of a few milliseconds: done at once, or in slices that leave room for others. */
import type { Slicer } from "../../../core/sdk.js";

/** Yields after each step and returns its result. */
export type Steps<T> = Generator<void, T, void>;

export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

export async function sliced<T>(steps: Steps<T>, slicer: Slicer): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (slicer.due()) await slicer.pause();
  }
}
