/**
 * The challenge prime ℓ of a proof: the first 256-bit prime that a hash names. A rule of the protocol: every engine finds the same number.
 *
 * Seed: s = SHA-256(tag "cw/helios/seed/1" ‖ N ‖ T (8 bytes) ‖ x ‖ y).
 * Candidate c of s, c = 0, 1, 2 …: SHA-256(tag "cw/helios/cand/1" ‖ s ‖ c (4 bytes)) with the first and the last bit set, big-endian.
 * ℓ is the first candidate n that
 *
 * 1. no odd prime below 1,024 divides, and
 * 2. passes the strong probable prime test (Miller 1976, Rabin 1980) for 29 bases: the first 29 of the values
 *    SHA-256(tag "cw/helios/base/1" ‖ n ‖ j (4 bytes)), j = 0, 1, 2 …, that lie in 2 … n − 2.
 *
 * Why so. Both candidates and bases come out of a hash, so whoever grinds seeds draws n uniformly among the odd 256-bit numbers and bases
 * uniformly for each n (rejection, not reduction: no bias). That is the setting of Damgård, Landrock and Pomerance, "Average case error
 * estimates for the strong probable prime test" (Mathematics of Computation 61, 1993): for k = 256 bits and t ≥ k / 9 rounds, the chance
 * that the first survivor is composite is below 7/20 · k · 2^(−5t) + 1/7 · k^(15/4) · 2^(−k/2 − 2t) + 12 · k · 2^(−k/4 − 3t), which is
 * 2^−137 for t = 29 (their bound for fewer rounds, k^(3/2) · 2^t · t^(−1/2) · 4^(2 − √(tk)), gives 2^−127 for t = 28). Trial division only
 * lowers it. A composite ℓ is thus harder to find than the 2^128 that ℓ's size is good for, and far harder than factoring N. Fixed small
 * bases would not do: composites that pass the first dozens of them are constructed (Arnault 1995), and nothing is proven of random ones.
 * Nor is Baillie–PSW proven, and its Lucas half is one more thing for a second implementation to get wrong.
 *
 * The plain code below is the oracle; the native engine tests candidates and bases side by side.
 */
import { assert, type Bytes, concatBytes, domainTag, sha256, sha256Of } from "../../../core/sdk.js";
import type { ChallengePrime } from "./arithmetic.js";
import { demandSeed, PRIME_BYTES } from "./inputs.js";
import { bytesOfInteger, integerOf, powerModulo } from "./integers.js";

const SEED_TAG = domainTag("cw/helios/seed/1");
export const CANDIDATE_TAG = domainTag("cw/helios/cand/1");
export const BASE_TAG = domainTag("cw/helios/base/1");

export const ROUNDS = 29;
const SIEVE_BOUND = 1_024;
/** One in 89 candidates is prime; that none of so many is has a chance of e^−736. */
const CANDIDATES_MAX = 65_536;

/** What ℓ comes from. x and y: 256 bytes each. */
export function challengeSeed(modulus: Bytes, squarings: number, x: Bytes, y: Bytes): Bytes {
  return sha256(concatBytes(SEED_TAG, modulus, bytesOfInteger(BigInt(squarings), 8), x, y));
}

/** A test that finds composites quickly and never calls a prime composite; what it lets through is judged by the rule. */
export type CompositeFilter = (candidate: Bytes) => boolean;

/**
 * ℓ by the rule. `isComposite` refuses composites sooner. It would change the result only for a composite that passes all rounds, which the rule takes
 * and a better test skips: engines with and without it then disagree, with a chance below 2^−137 (see above).
 *
 * @param seed 32 bytes
 * @throws TimelockInputError
 */
export function findChallengePrime(seed: Bytes, isComposite: CompositeFilter = () => false): ChallengePrime {
  demandSeed(seed);
  for (let counter = 0; counter < CANDIDATES_MAX; counter++) {
    const candidate = candidateOf(seed, counter);
    const value = integerOf(candidate);
    if (hasSmallFactor(value) || isComposite(candidate)) continue;
    if (passesRounds(candidate, value)) return { prime: candidate, counter };
  }
  assert(false, `no prime among ${CANDIDATES_MAX} candidates: SHA-256 is broken`);
}

function candidateOf(seed: Bytes, counter: number): Bytes {
  const candidate = sha256Of(CANDIDATE_TAG, seed, bytesOfInteger(BigInt(counter), 4));
  candidate[0] = (candidate[0] as number) | 0x80;
  candidate[PRIME_BYTES - 1] = (candidate[PRIME_BYTES - 1] as number) | 1;
  return candidate;
}

interface SieveGroup {
  /** Below 2^53, so that the rest of the sieve is in plain numbers. */
  readonly product: bigint;
  readonly primes: readonly number[];
}

const SIEVE = sieveGroups();

function sieveGroups(): readonly SieveGroup[] {
  const groups: { product: bigint; primes: number[] }[] = [{ product: 1n, primes: [] }];
  for (let n = 3; n < SIEVE_BOUND; n += 2) {
    let isPrime = true;
    for (let d = 3; d * d <= n; d += 2) if (n % d === 0) isPrime = false;
    if (!isPrime) continue;
    let last = groups[groups.length - 1] as { product: bigint; primes: number[] };
    if (last.product * BigInt(n) > BigInt(Number.MAX_SAFE_INTEGER)) {
      last = { product: 1n, primes: [] };
      groups.push(last);
    }
    last.product *= BigInt(n);
    last.primes.push(n);
  }
  return groups;
}

function hasSmallFactor(value: bigint): boolean {
  return SIEVE.some(({ product, primes }) => {
    const rest = Number(value % product);
    return primes.some((prime) => rest % prime === 0);
  });
}

/** Rule 2 for an odd number above 3. */
function passesRounds(candidate: Bytes, value: bigint): boolean {
  let rounds = 0;
  for (let j = 0; rounds < ROUNDS; j++) {
    const base = integerOf(sha256Of(BASE_TAG, candidate, bytesOfInteger(BigInt(j), 4)));
    if (base < 2n || base > value - 2n) continue;
    if (!isStrongProbablePrime(value, base)) return false;
    rounds++;
  }
  return true;
}

/** Whether n, odd, is a strong probable prime to the base: with n − 1 = d · 2^s, d odd, base^d = 1 or base^(d · 2^r) = −1 for an r < s. */
export function isStrongProbablePrime(n: bigint, base: bigint): boolean {
  let odd = n - 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos++;
  }
  let power = powerModulo(base, odd, n);
  if (power === 1n || power === n - 1n) return true;
  for (let r = 1; r < twos; r++) {
    power = (power * power) % n;
    if (power === n - 1n) return true;
  }
  return false;
}
