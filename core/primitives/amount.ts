/** Integers that mean something: amounts of the chain's unit, heights, timestamps. Checked once, at the edge. */
import { ValueError } from "./errors.js";

declare const brand: unique symbol;

/** An amount in the chain's smallest unit: 0 … 2^64 − 1. Arithmetic on it yields plain bigint, re-checked by `Amount.from`. */
export type Amount = bigint & { readonly [brand]: "Amount" };

const AMOUNT_MAX = 2n ** 64n - 1n;
const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;

export const Amount = {
  max: AMOUNT_MAX as Amount,
  zero: 0n as Amount,
  /** @throws ValueError */
  from(value: bigint): Amount {
    if (value < 0n || value > AMOUNT_MAX) throw new ValueError({ type: "amount", reason: `${value} is not within 0 and 2^64 - 1` });
    return value as Amount;
  },
  /** Parses a decimal integer without sign, point or leading zeros. @throws ValueError */
  parse(text: string): Amount {
    if (!DECIMAL.test(text)) throw new ValueError({ type: "amount", reason: "it is written as a decimal integer in the smallest unit" });
    return Amount.from(BigInt(text));
  },
};

/** A block's height: 0 (genesis) … 2^53 − 1. */
export type Height = number & { readonly [brand]: "Height" };

export const Height = {
  genesis: 0 as Height,
  /** @throws ValueError */
  from(value: number): Height {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new ValueError({ type: "height", reason: `${value} is not an integer within 0 and 2^53 - 1` });
    return value as Height;
  },
  next(height: Height): Height {
    return Height.from(height + 1);
  },
};
