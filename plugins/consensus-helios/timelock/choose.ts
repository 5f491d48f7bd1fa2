/** Which arithmetic it will be: the fastest that gives the oracle's answers here. */
import { type Bytes, bytesEqual, ChainwrightError, messageOf, sha256Of, toHex } from "../../../core/sdk.js";
import { ARITHMETIC_KINDS, type ArithmeticKind, type ModularArithmetic } from "./arithmetic.js";
import { BigintArithmetic } from "./bigint-arithmetic.js";
import { CryptoArithmetic } from "./crypto-arithmetic.js";
import { ArithmeticUnavailableError } from "./errors.js";
import { bytesOfInteger, integerOf } from "./integers.js";
import { RSA_2048, VALUE_BYTES } from "./modulus.js";
import { NativeArithmetic } from "./native-arithmetic.js";

/** The challenge prime of `pattern(32)`, computed apart from this code; and squarings enough that their proof is not 1. */
const KNOWN_PRIME = "87cb62045a89d5447afb00a468be6eca69652849bfc3806188ab76e2cd1a0ba5";
const KNOWN_COUNTER = 30;
const KNOWN_SQUARINGS = 300;

type Maker = (modulus: Bytes, tier: string | undefined) => ModularArithmetic;

/** Why there is no engine. */
interface Absence {
  readonly reason: string;
  /** It is here, and errs or does not load. */
  readonly isBroken: boolean;
}

/** What somebody asked for by name: no other engine will do instead. */
const SETTINGS = ["NATIVE_TIER_UNAVAILABLE", "NATIVE_SETTING"];

const MAKERS: { readonly [K in ArithmeticKind]: Maker } = {
  native: (modulus, tier) => new NativeArithmetic(modulus, tier),
  crypto: (modulus) => new CryptoArithmetic(modulus),
  bigint: (modulus) => new BigintArithmetic(modulus),
};

/**
 * `auto`: native, else crypto, else bigint, each only if it agrees with BigInt on a few values and gives known verdicts (some ms). A kind: that one, or an error.
 *
 * @param tier of the native engine; default: what CHAINWRIGHT_TIERS says, or the best
 * @throws ArithmeticUnavailableError; NATIVE_TIER_UNAVAILABLE, NATIVE_SETTING for a tier that is not here
 */
export function chooseArithmetic(
  kind: ArithmeticKind | "auto" = "auto",
  modulus: Bytes = RSA_2048,
  tier: string | undefined = undefined,
): ModularArithmetic {
  const absences: Absence[] = [];
  for (const candidate of kind === "auto" ? ARITHMETIC_KINDS : [kind]) {
    const made = checked(candidate, modulus, tier);
    if (!("reason" in made)) return made;
    absences.push(made);
  }
  const reason = absences.map((absence) => absence.reason).join("; ");
  throw new ArithmeticUnavailableError({ kind, reason, isBroken: absences.some(({ isBroken }) => isBroken) });
}

/** An engine that passed the self-check, or why there is none. */
function checked(kind: ArithmeticKind, modulus: Bytes, tier: string | undefined): ModularArithmetic | Absence {
  try {
    const made = MAKERS[kind](modulus, tier);
    if (kind === "bigint") return made;
    const fault = disagreement(made, new BigintArithmetic(modulus));
    return fault === undefined ? made : { reason: `its self-check failed: ${fault}`, isBroken: true };
  } catch (error) {
    if (ArithmeticUnavailableError.matches(error)) return error.data;
    if (ChainwrightError.is(error) && SETTINGS.includes(error.code)) throw error;
    return { reason: messageOf(error), isBroken: true };
  }
}

/** An OpenSSL with other limits on exponents, or a miscompiled addon, is found here and not in a header's verdict. */
function disagreement(made: ModularArithmetic, oracle: ModularArithmetic): string | undefined {
  const x = pattern(VALUE_BYTES);
  const exponent = pattern(32);
  // The greatest exponents, without two thousand squarings of BigInt's: 2,046 at once are 1,023 twice.
  const half = made.squarings(x, 1_023);
  const pairs: readonly (readonly [string, Bytes, Bytes])[] = [
    ["squarings", made.squarings(x, 70), oracle.squarings(x, 70)],
    ["power", made.power(x, exponent), oracle.power(x, exponent)],
    ["2,046 squarings", made.squarings(x, 2_046), made.squarings(half, 1_023)],
    ["a product of powers", made.powerProduct(x, exponent, half, pattern(8)), oracle.powerProduct(x, exponent, half, pattern(8))],
  ];
  return pairs.find(([, actual, expected]) => !bytesEqual(actual, expected))?.[0] ?? misjudgement(made, oracle, x);
}

/** What gives verdicts: units, the challenge prime, proofs. */
function misjudgement(made: ModularArithmetic, oracle: ModularArithmetic, x: Bytes): string | undefined {
  if (!made.isUnit(x) || made.isUnit(new Uint8Array(VALUE_BYTES))) return "units";
  const seed = pattern(32);
  const { prime, counter } = made.challengePrime(seed);
  if (toHex(prime) !== KNOWN_PRIME || counter !== KNOWN_COUNTER) return "a challenge prime";
  const chain = made.chain(x, KNOWN_SQUARINGS);
  chain.advance(KNOWN_SQUARINGS);
  const proof = chain.prove(prime);
  const exponent = bytesOfInteger((1n << BigInt(KNOWN_SQUARINGS)) / integerOf(prime), 32);
  if (!bytesEqual(proof, oracle.power(x, exponent))) return "a proof";
  const claim = { x, y: chain.value(), proof, seed };
  const [holds, doesNot] = made.checkProofs([
    { ...claim, squarings: KNOWN_SQUARINGS },
    { ...claim, squarings: KNOWN_SQUARINGS + 1 },
  ]);
  return holds === true && doesNot === false ? undefined : "the check of a proof";
}

/** Bytes that look random, the first of them small. */
function pattern(length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) bytes.set(sha256Of(Uint8Array.of(at / 32)).subarray(0, length - at), at);
  bytes[0] = 0x17;
  return bytes;
}
