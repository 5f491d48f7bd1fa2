/**
 * Intervals around what was measured, in arithmetic that is the same on every machine (+ − × ÷ √ and this folder's `exp`).
 *
 * A table has many cells, and at 99 % one in a hundred lies outside by chance alone. So each cell shows its 99 % interval, and its verdict
 * is that of an interval so wide (Bonferroni) that with 99 % no cell of the whole table lies outside while the theory holds.
 */
import { assert } from "../../sdk.js";
import { exp } from "../distribution.js";

export const CONFIDENCE = 0.99;
const SQRT_TWO_PI = 2.506_628_274_631_000_7;
const TERMS = 200;
const HALVINGS = 60;
const QUANTILE_MAX = 8;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Standard normal distribution: ½ + φ(x) (x + x³/3 + x⁵/15 + …). */
function normalBelow(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < TERMS; n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (exp((-x * x) / 2) / SQRT_TWO_PI) * sum;
}

/** Number of standard deviations on either side that hold `confidence`, 0 … 1 − 1e-12. 0.99: 2.5758. */
export function deviations(confidence: number): number {
  assert(confidence > 0 && confidence <= 1 - 1e-12, "a confidence lies between 0 and 1");
  let [low, high] = [0, QUANTILE_MAX];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (2 * normalBelow(middle) - 1 < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** So many degrees of freedom, and Student's t is the normal distribution with three corrections, to 1e-6. */
const NEARLY_NORMAL = 100;
const ARCTANGENT_HALVINGS = 4;
const ARCTANGENT_TERMS = 16;

/** By halving the angle until the series is short. */
function arctangent(x: number): number {
  let argument = x;
  for (let i = 0; i < ARCTANGENT_HALVINGS; i++) argument /= 1 + Math.sqrt(1 + argument * argument);
  let power = argument;
  let sum = 0;
  for (let term = 0; term < ARCTANGENT_TERMS; term++) {
    sum += power / (2 * term + 1);
    power *= -argument * argument;
  }
  return sum * 2 ** ARCTANGENT_HALVINGS;
}

/** Part of Student's distribution between −t and t. M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 1964, 26.7.3 and 26.7.4. */
function studentWithin(t: number, freedom: number): number {
  const cosine = 1 / Math.sqrt(1 + (t * t) / freedom);
  const sine = (t / Math.sqrt(freedom)) * cosine;
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = 0;
  for (let k = isOdd ? 1 : 0; k <= freedom - 2; k += 2) {
    sum += term;
    term *= ((k + 1) / (k + 2)) * cosine * cosine;
  }
  return isOdd ? (2 / Math.PI) * (arctangent(t / Math.sqrt(freedom)) + sine * sum) : sine * sum;
}

/**
 * As `deviations`, where the standard error is itself an estimate from `freedom` + 1 values: Student's t. With three values, 99 % lie within
 * 9.92 standard errors and not within 2.58.
 *
 * @param freedom degrees of freedom, integer ≥ 1
 */
export function studentDeviations(confidence: number, freedom: number): number {
  assert(Number.isInteger(freedom) && freedom >= 1, "two values at least tell how far values are apart");
  const z = deviations(confidence);
  // Abramowitz and Stegun, 26.7.5.
  const square = z * z;
  const first = (z * (square + 1)) / 4;
  const second = (z * ((5 * square + 16) * square + 3)) / 96;
  const third = (z * (((3 * square + 19) * square + 17) * square - 15)) / 384;
  if (freedom >= NEARLY_NORMAL) return z + (first + (second + third / freedom) / freedom) / freedom;
  let [low, high] = [0, QUANTILE_MAX];
  while (studentWithin(high, freedom) < confidence) high *= 2;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, freedom) < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Confidence of each of `cells`, so that all of them together have `CONFIDENCE`. */
export function jointConfidence(cells: number): number {
  return 1 - (1 - CONFIDENCE) / Math.max(1, cells);
}

/** Of a proportion. E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927. */
export function wilson(successes: number, trials: number, confidence: number): Interval {
  assert(trials > 0 && successes >= 0 && successes <= trials, "successes are among the trials");
  const z = deviations(confidence);
  const share = successes / trials;
  const denominator = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / denominator;
  const half = (z / denominator) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * A mean of independent values, or a ratio of two means of independent pairs, by its standard error. Student's t makes good for that error
 * being an estimate: exactly where values are normal; a mean of few runs of nodes is nearly so, a mean of many trials by the limit theorem.
 */
export class Ratio {
  #trials = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #xy = 0;
  #yy = 0;

  get trials(): number {
    return this.#trials;
  }

  get value(): number {
    return this.#x / this.#y;
  }

  /** @param y 1 for a plain mean */
  add(x: number, y = 1): void {
    this.#trials++;
    this.#x += x;
    this.#y += y;
    this.#xx += x * x;
    this.#xy += x * y;
    this.#yy += y * y;
  }

  /** Delta method: the variance of Σx/Σy is n/(n − 1) Σ(x − ry)² / (Σy)². Of two values at least. */
  interval(confidence: number): Interval {
    const r = this.value;
    const freedom = this.#trials - 1;
    const t = studentDeviations(confidence, freedom);
    const squares = Math.max(0, this.#xx - 2 * r * this.#xy + r * r * this.#yy) * (this.#trials / freedom);
    const half = (t * Math.sqrt(squares)) / this.#y;
    return { low: r - half, high: r + half };
  }
}
