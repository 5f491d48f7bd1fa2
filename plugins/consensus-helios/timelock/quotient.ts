/**
 * The exponent of a proof, ⌊2^T / ℓ⌋, and how its power is taken from values that the squarings pass anyway (Wesolowski, "Efficient verifiable delay
 * functions", Eurocrypt 2019, § 4.1).
 *
 * With C_i = x^(2^(κγi)) kept every κγ squarings and the exponent in digits of κ bits, π = ∏_{g < γ} (∏_i C_i^{digit γi+g})^(2^(κg)). The inner products go
 * by buckets: one multiplication a digit, and 2^(κ+1) for each g. All in all T / κ + γ 2^(κ+1) multiplications against T squarings.
 */

/** Bytes of values that a chain keeps at most: 4,096 values. */
const KEPT_MAX = 4_096;
const WINDOW_MAX = 12;

export interface CheckpointPlan {
  /** κ: bits of a digit. */
  readonly window: number;
  /** γ: digits between two values kept. */
  readonly digitsApart: number;
}

/** The cheapest κ and γ for so many squarings that keep at most 4,096 values. The native engine has the same rule (chain.cc). */
export function checkpointPlan(squarings: number): CheckpointPlan {
  let best: CheckpointPlan = { window: 1, digitsApart: 1 };
  let least = Number.POSITIVE_INFINITY;
  for (let window = 1; window <= WINDOW_MAX; window++) {
    const digitsApart = Math.max(1, Math.ceil(squarings / (window * KEPT_MAX)));
    const multiplications = Math.ceil(squarings / window) + digitsApart * 2 ** (window + 1);
    if (multiplications >= least) continue;
    least = multiplications;
    best = { window, digitsApart };
  }
  return best;
}

/** ⌊2^squarings / prime⌋. */
export function proofExponent(squarings: number, prime: bigint): bigint {
  return (1n << BigInt(squarings)) / prime;
}

/** Digit `index` (from the least significant one) of `width` bits. `digits`: the number in binary, most significant first. */
export function digitOf(digits: string, index: number, width: number): number {
  const end = digits.length - index * width;
  return end <= 0 ? 0 : Number.parseInt(digits.slice(Math.max(0, end - width), end), 2);
}
