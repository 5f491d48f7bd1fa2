/**
 * Distributions, by + − × ÷ √ alone: IEEE 754 fixes these to the last bit, but neither `Math.log` nor `Math.exp` nor `Math.pow`,
 * which differ between versions of Node and would make a seed another run there.
 */
import { assert } from "../sdk.js";
import type { SeededRandom } from "./random.js";

/** Terms of the series: beyond, nothing changes in a double. */
const LN_TERMS = 25;
const EXP_TERMS = 18;

/** Natural logarithm, to about 1e-15. @param x > 0 */
export function ln(x: number): number {
  assert(x > 0 && x < Number.POSITIVE_INFINITY, "a logarithm is of a positive number");
  let mantissa = x;
  let halvings = 0;
  while (mantissa >= 1.5) {
    mantissa /= 2;
    halvings++;
  }
  while (mantissa < 0.75) {
    mantissa *= 2;
    halvings--;
  }
  // ln m = 2 artanh((m − 1) / (m + 1))
  const z = (mantissa - 1) / (mantissa + 1);
  const square = z * z;
  let power = z;
  let sum = 0;
  for (let term = 0; term < LN_TERMS; term++) {
    sum += power / (2 * term + 1);
    power *= square;
  }
  return 2 * sum + halvings * Math.LN2;
}

/** e^x, to about 1e-14. @param x −700 … 700 */
export function exp(x: number): number {
  assert(x >= -700 && x <= 700, "an exponent is within the range of a double");
  // e^x = (e^(x / 2^k))^(2^k), with a small argument of the series.
  let argument = x;
  let squarings = 0;
  while (argument > 0.5 || argument < -0.5) {
    argument /= 2;
    squarings++;
  }
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= EXP_TERMS; n++) {
    term *= argument / n;
    sum += term;
  }
  for (; squarings > 0; squarings--) sum *= sum;
  return sum;
}

/**
 * Exponentially distributed with mean 1, exactly: von Neumann's comparison of uniform numbers ("Various techniques used in connection
 * with random digits", 1951), which needs no logarithm.
 */
export function exponential(random: SeededRandom): number {
  for (let whole = 0; ; whole++) {
    const first = random.unit();
    let last = first;
    let isOdd = true;
    for (;;) {
      const next = random.unit();
      if (next >= last) break;
      last = next;
      isOdd = !isOdd;
    }
    if (isOdd) return whole + first;
  }
}

/** Standard normal: Marsaglia's polar method (1964). */
export function normal(random: SeededRandom): number {
  for (;;) {
    const x = 2 * random.unit() - 1;
    const y = 2 * random.unit() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * ln(square)) / square);
  }
}

/** A delay as a scenario writes it, in milliseconds. */
export type Distribution =
  | { readonly kind: "constant"; readonly ms: number }
  | { readonly kind: "uniform"; readonly minMs: number; readonly maxMs: number }
  /** Half of all are below the median; `sigma` is the standard deviation of the logarithm. */
  | { readonly kind: "logNormal"; readonly medianMs: number; readonly sigma: number };

/** One delay, ms ≥ 0. */
export function sample(distribution: Distribution, random: SeededRandom): number {
  switch (distribution.kind) {
    case "constant":
      return distribution.ms;
    case "uniform":
      return distribution.minMs + (distribution.maxMs - distribution.minMs) * random.unit();
    case "logNormal":
      return distribution.medianMs * exp(distribution.sigma * normal(random));
  }
}
