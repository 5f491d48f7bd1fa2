/**
 * ASERT: absolutely scheduled, exponentially rising targets, in the exact integers of `aserti3-2d`
 * (https://reference.cash/protocol/forks/2020-11-15-asert, in force on Bitcoin Cash since 2020-11-15).
 *
 *   next target = anchor target · 2^((time since the anchor − ideal interval · (blocks since the anchor + 1)) / half-life)
 *
 * The target depends only on how far the chain is ahead of or behind its schedule: no window, no memory, no oscillation,
 * and rounding never accumulates, because every block computes from the anchor.
 *
 * Units. The published algorithm counts seconds. Only ratios of times enter it, so any unit does, as long as all three
 * times share it; Chainwright counts milliseconds throughout. With whole seconds times 1,000 it answers bit for bit what the
 * published vectors say; between them it is finer.
 *
 * Anchor. Published: the block before the fork, with its *parent's* timestamp. Here the anchor is genesis, which has
 * no parent; it is given a notional one, one ideal interval before it. So `sinceAnchorMs` of `nextTarget` is the
 * tip's timestamp − the genesis timestamp, and a tip at height h that stands exactly h intervals after genesis gets the
 * genesis target again.
 */

/** Fixed point: 16 fractional bits. */
const RADIX_BITS = 16n;
const RADIX = 1n << RADIX_BITS;

export interface AsertParameters {
  /** Target of the anchor block, 1 … powLimit. */
  readonly anchorTarget: bigint;
  /** The easiest target allowed. */
  readonly powLimit: bigint;
  /** Ideal time between blocks, > 0. Same unit as all other times. */
  readonly blockInterval: bigint;
  /** How far behind (ahead of) schedule doubles (halves) the target, > 0. */
  readonly halfLife: bigint;
}

/**
 * The published function: target of the block after the evaluated one.
 *
 * @param timeDelta timestamp of the evaluated block − timestamp of the anchor's parent; may be negative
 * @param heightDelta height of the evaluated block − height of the anchor, ≥ 0
 * @returns 1 … powLimit, not yet rounded to compact form
 */
export function asertTarget(parameters: AsertParameters, timeDelta: bigint, heightDelta: bigint): bigint {
  const { anchorTarget, powLimit, blockInterval, halfLife } = parameters;
  // Division truncates toward zero in the specification and in bigint alike.
  const exponent = ((timeDelta - blockInterval * (heightDelta + 1n)) * RADIX) / halfLife;
  // Arithmetic shift: floor, so that the fraction is within 0 … 65,535 for negative exponents, too.
  const shifts = exponent >> RADIX_BITS;
  const fraction = exponent - (shifts << RADIX_BITS);
  // A target has 256 bits at most: beyond that the answer is known, and a hostile timestamp can't make us shift left by 2^50.
  if (shifts > 256n) return powLimit;

  const scaled = anchorTarget * powerOfTwo(fraction);
  const shift = shifts - RADIX_BITS;
  const target = shift <= 0n ? scaled >> -shift : scaled << shift;
  if (target === 0n) return 1n;
  return target > powLimit ? powLimit : target;
}

/** 2^(fraction / 65,536) in 16-bit fixed point, by the specification's cubic (error below 0.013 %). */
function powerOfTwo(fraction: bigint): bigint {
  const cubic = 195_766_423_245_049n * fraction + 971_821_376n * fraction ** 2n + 5_127n * fraction ** 3n + 2n ** 47n;
  return RADIX + (cubic >> 48n);
}

/** ASERT of a chain whose anchor is its genesis block (see above). */
export class GenesisAsert {
  readonly #parameters: AsertParameters;
  readonly #genesisTimeMs: number;

  constructor(genesisTimeMs: number, parameters: AsertParameters) {
    this.#genesisTimeMs = genesisTimeMs;
    this.#parameters = parameters;
  }

  /** Target of the block after the tip, 1 … powLimit, not yet rounded to compact form. */
  nextTarget(tip: { readonly height: number; readonly timestampMs: number }): bigint {
    const sinceAnchorMs = BigInt(tip.timestampMs) - BigInt(this.#genesisTimeMs);
    return asertTarget(this.#parameters, sinceAnchorMs + this.#parameters.blockInterval, BigInt(tip.height));
  }
}
