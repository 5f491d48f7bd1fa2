/**
 * Verdicts on a batch: all at once by a random linear combination, and where that fails by halves, down to the bad ones.
 *
 * One bad set among 32 makes it three times as long. A verdict of bad is only ever given by a verification of the one set, so it
 * never rests on what a batch said.
 */
import { present } from "../kernel/assert.js";
import type { BlsEngine, BlsSet } from "./engine.js";

/** One verdict a set, in order. Nothing that is in a set makes it throw. */
export function judge<Prepared extends object>(engine: BlsEngine<Prepared>, sets: readonly BlsSet[]): boolean[] {
  const verdicts = sets.map(() => false);
  const prepared: Prepared[] = [];
  const places: number[] = [];
  for (const [index, set] of sets.entries()) {
    const one = engine.prepare(set);
    if (one === undefined) continue;
    prepared.push(one);
    places.push(index);
  }
  /** @param isBad there is a bad one among them for certain: asking for all would be idle */
  const search = (from: number, to: number, isBad: boolean): boolean => {
    if (to - from === 1) {
      const isValid = engine.verify(present(prepared[from], "a range lies within its list"));
      verdicts[present(places[from], "a place is kept of each")] = isValid;
      return isValid;
    }
    if (!isBad && engine.verifyAll(prepared.slice(from, to))) {
      for (const place of places.slice(from, to)) verdicts[place] = true;
      return true;
    }
    const middle = (from + to) >>> 1;
    const isFirstHalfGood = search(from, middle, false);
    search(middle, to, isFirstHalfGood);
    return false;
  };
  if (prepared.length > 0) search(0, prepared.length, false);
  return verdicts;
}
