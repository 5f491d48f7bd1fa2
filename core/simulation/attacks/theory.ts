/**
 * What the literature says of attacks on proof of work, as functions. By + − × ÷ and this folder's own `exp`, `ln`, so that a table is
 * the same on every machine. `q` is the attacker's share of the hash rate, `p = 1 − q`.
 */
import { assert } from "../../sdk.js";
import { exp, ln } from "../distribution.js";

/** x^n by multiplication. @param n integer ≥ 0 */
export function power(x: number, n: number): number {
  let result = 1;
  for (let i = 0; i < n; i++) result *= x;
  return result;
}

function checkShare(q: number): void {
  assert(q > 0 && q < 1, "a share of the hash rate lies between 0 and 1");
}

/**
 * Probability that a double spend succeeds, exactly: while the merchant waits for `z` confirmations, the attacker's blocks are negative
 * binomial; then follows the gambler's ruin. The attacker has one block before it begins, and must become longer than the honest chain.
 * M. Rosenfeld, "Analysis of hashrate-based double-spending", 2014, section 4: r = 1 − Σ_{m=0}^{z} C(m+z−1, m) (p^z q^m − p^m q^z).
 */
export function rosenfeld(q: number, z: number): number {
  checkShare(q);
  if (q >= 0.5 || z === 0) return 1;
  const p = 1 - q;
  let choose = 1;
  let fails = 0;
  for (let m = 0; m <= z; m++) {
    if (m > 0) choose = (choose * (m + z - 1)) / m;
    fails += choose * (power(p, z) * power(q, m) - power(p, m) * power(q, z));
  }
  return 1 - fails;
}

/**
 * The same as S. Nakamoto has it ("Bitcoin: A Peer-to-Peer Electronic Cash System", 2008, section 11): the honest blocks are taken to
 * come at even intervals, so the attacker's are Poisson with mean z q / p.
 */
export function nakamoto(q: number, z: number): number {
  checkShare(q);
  if (q >= 0.5) return 1;
  const ratio = q / (1 - q);
  const mean = z * ratio;
  let density = exp(-mean);
  let success = 1;
  for (let k = 0; k <= z; k++) {
    if (k > 0) density *= mean / k;
    success -= density * (1 - power(ratio, z - k));
  }
  return success;
}

/**
 * Share of the chain's blocks that a selfish pool gets. I. Eyal, E. G. Sirer, "Majority is not enough", 2014, equation 8.
 * @param gamma part of the honest miners that mine on the pool's block when two branches are of one length, 0 … 1
 */
export function eyalSirer(q: number, gamma: number): number {
  checkShare(q);
  assert(q < 0.5, "half of the hash rate takes all, in time");
  const p = 1 - q;
  return (q * p * p * (4 * q + gamma * (1 - 2 * q)) - q * q * q) / (1 - q * (1 + (2 - q) * q));
}

/** The share above which selfish mining earns more than honesty. The same paper, observation 1: (1 − γ) / (3 − 2γ). */
export function selfishThreshold(gamma: number): number {
  return (1 - gamma) / (3 - 2 * gamma);
}

/** Honest blocks that are found until an attacker with q > p, `behind` blocks behind, is one block ahead (Wald's equation). */
export function honestBlocksUntilOvertaken(q: number, behind: number): number {
  assert(q > 0.5 && q < 1, "only a majority is sure to overtake");
  return ((1 - q) * (behind + 1)) / (2 * q - 1);
}

/**
 * Probability that an attacker who begins at the fork becomes longer before the honest branch has more than `depth` blocks, after which
 * nodes refuse its branch: the race on a grid, cell by cell.
 */
export function rewriteWithin(q: number, depth: number): number {
  checkShare(q);
  // By blocks that the attacker has, with the honest branch one block longer at each turn.
  let row = [1];
  let success = 0;
  for (let honest = 0; honest <= depth; honest++) {
    const next: number[] = [];
    let here = 0;
    for (let attacker = 0; attacker <= honest; attacker++) {
      here = (row[attacker] ?? 0) + here * q;
      next.push(here * (1 - q));
    }
    success += here * q;
    row = next;
  }
  return success;
}

/** log2. */
export function log2(x: number): number {
  return ln(x) / Math.LN2;
}

/** 2^x. */
export function exp2(x: number): number {
  return exp(x * Math.LN2);
}

/**
 * Blocks that ASERT lets through after the hash rate has become `factor` times what it was, in the limit of many small blocks: difficulty
 * goes exponentially, with the half-life, to where it belongs, u(t) = k − (k − 1) 2^(−t/τ), and the chain is then τ log2 u ahead of its schedule.
 *
 * Solves du/dt = (ln 2 / τ) (k − u), which is ASERT's 2^(ahead/τ) at a block rate of k / u.
 */
export function asertBlocks(factor: number, elapsed: number, halfLife: number, interval: number): number {
  return (elapsed + halfLife * log2(asertDifficulty(factor, elapsed, halfLife))) / interval;
}

/** Difficulty after that time, in units of the one before. */
export function asertDifficulty(factor: number, elapsed: number, halfLife: number): number {
  return factor - (factor - 1) * exp2(-elapsed / halfLife);
}

/**
 * Blocks more than otherwise when a share q of them is dated `ahead`, with ASERT, which begins to believe it at once: each such tip makes
 * the next block easier by 2^(ahead/τ), and the surplus y makes it harder by 2^(yT/τ). To first order dy/dt = (ln 2 / τ) (q ahead / T − y).
 */
export function postdatedBlocks(
  q: number,
  ahead: number,
  elapsed: number,
  { halfLife, interval }: { readonly halfLife: number; readonly interval: number },
): number {
  return ((q * ahead) / interval) * (1 - exp2(-elapsed / halfLife));
}
