/**
 * The time-lock: T sequential squarings modulo N that nobody can skip, and a proof of Wesolowski's that they were done.
 *
 * ```ts
 * const timelock = new Timelock(chooseArithmetic());
 * const x = timelock.elementOf(signingRoot, outerNonce, memory);
 * const run = timelock.begin(x, squarings);
 * while (!run.advance(10_000)) if (headHasMoved()) return;
 * const y = run.output();                       // the search of inner nonces hashes this
 * const proof = run.prove();                    // by who found one
 * timelock.check([{ x, y, proof, squarings }]); // [undefined]: nothing is wrong
 * ```
 *
 * Protocol: group.ts (x, canonical values), challenge.ts (ℓ), this file (the equation). Arithmetic: arithmetic.ts and its engines.
 */
import type { Bytes, Hash } from "../../../core/sdk.js";
import type { ArithmeticKind, ModularArithmetic, SquaringChain } from "./arithmetic.js";
import { challengeSeed } from "./challenge.js";
import { TimelockFault } from "./errors.js";
import { canonical, elementFault, elementOf, type Group, groupOf, outputFault, proofFault } from "./group.js";
import { bytesOfInteger, integerOf } from "./integers.js";
import { VALUE_BYTES } from "./modulus.js";

export type { ArithmeticKind, ModularArithmetic } from "./arithmetic.js";
export { chooseArithmetic } from "./choose.js";
export { TimelockFault } from "./errors.js";
export { RSA_2048 } from "./modulus.js";

/** What a header claims of its time-lock. */
export interface TimelockClaim {
  /** By `elementOf`, from the header's own fields. */
  readonly x: Bytes;
  readonly y: Bytes;
  readonly proof: Bytes;
  readonly squarings: number;
}

export class Timelock {
  readonly #arithmetic: ModularArithmetic;
  readonly #group: Group;

  constructor(arithmetic: ModularArithmetic) {
    this.#arithmetic = arithmetic;
    this.#group = groupOf(arithmetic.modulus);
  }

  get kind(): ArithmeticKind {
    return this.#arithmetic.kind;
  }

  /** Implementation inside the engine: `ifma`, `adx`, `portable`, `openssl`, `v8`. */
  get tier(): string {
    return this.#arithmetic.tier;
  }

  /** x of a header's signing root (32 bytes), outer nonce (below 2^64) and M (32 bytes). 256 bytes, canonical. */
  elementOf(root: Hash, outerNonce: bigint, memory: Bytes): Bytes {
    return elementOf(this.#group, root, outerNonce, memory);
  }

  /** Begins the squarings of x. @throws TimelockInputError */
  begin(x: Bytes, squarings: number): TimelockRun {
    return new TimelockRun(this.#arithmetic, this.#group, x, squarings);
  }

  /**
   * What is wrong with y and proof by their bytes alone: lengths, ranges, canonical form. Costs a microsecond; comes before the target and everything dear.
   */
  shapeFault(y: Bytes, proof: Bytes, squarings: number): TimelockFault | undefined {
    return outputFault(this.#group, y) ?? proofFault(this.#group, proof, squarings);
  }

  /** Everything, for several headers at once: for each what is wrong with it first, or undefined. Never throws on what a header can hold. */
  check(claims: readonly TimelockClaim[]): readonly (TimelockFault | undefined)[] {
    const faults = claims.map(({ x, y, proof, squarings }) => this.shapeFault(y, proof, squarings) ?? elementFault(this.#group, x));
    const shaped = claims.map((_, i) => i).filter((i) => faults[i] === undefined);
    this.#refuseFactors(claims, shaped, faults);
    const left = shaped.filter((i) => faults[i] === undefined);
    const { modulus } = this.#arithmetic;
    const holds = this.#arithmetic.checkProofs(
      left.map((i) => {
        const claim = claims[i] as TimelockClaim;
        return { ...claim, seed: challengeSeed(modulus, claim.squarings, claim.x, claim.y) };
      }),
    );
    for (const [k, i] of left.entries()) if (holds[k] !== true) faults[i] = TimelockFault.proof;
    return faults;
  }

  /** One gcd for all values of all claims; only where it finds a factor, one for each value. */
  #refuseFactors(claims: readonly TimelockClaim[], indexes: readonly number[], faults: (TimelockFault | undefined)[]): void {
    const { n } = this.#group;
    let product = 1n;
    for (const i of indexes) {
      const { x, y, proof } = claims[i] as TimelockClaim;
      for (const value of [x, y, proof]) product = (product * integerOf(value)) % n;
    }
    if (this.#arithmetic.isUnit(bytesOfInteger(product, VALUE_BYTES))) return;
    for (const i of indexes) {
      const { x, y, proof } = claims[i] as TimelockClaim;
      if (!this.#arithmetic.isUnit(x)) faults[i] = TimelockFault.element;
      else if (!this.#arithmetic.isUnit(y) || !this.#arithmetic.isUnit(proof)) faults[i] = TimelockFault.notUnit;
    }
  }
}

/** The squarings of one x. */
export class TimelockRun {
  readonly #arithmetic: ModularArithmetic;
  readonly #group: Group;
  readonly #x: Bytes;
  readonly #chain: SquaringChain;

  constructor(arithmetic: ModularArithmetic, group: Group, x: Bytes, squarings: number) {
    this.#arithmetic = arithmetic;
    this.#group = group;
    this.#x = x;
    this.#chain = arithmetic.chain(x, squarings);
  }

  get done(): number {
    return this.#chain.done;
  }

  /** Memory of what `prove` will need, at the end of the run. */
  get keptBytes(): number {
    return this.#chain.keptBytes;
  }

  /** Does up to `count` squarings; answers whether all are done. Bounds how long a new head waits. */
  advance(count: number): boolean {
    return this.#chain.advance(count);
  }

  /** y, canonical, of a run that is done. */
  output(): Bytes {
    return canonical(this.#group, this.#chain.value());
  }

  /** The canonical proof of `output`, of a run that is done. @throws TimelockInputError before that */
  prove(): Bytes {
    const seed = challengeSeed(this.#group.modulus, this.#chain.squarings, this.#x, this.output());
    const { prime } = this.#arithmetic.challengePrime(seed);
    return canonical(this.#group, this.#chain.prove(prime));
  }
}
