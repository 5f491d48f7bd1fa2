/**
 * Helios on one core, by CPU time: the arithmetic of the time-lock in every engine and tier, what a proof costs against the squarings that it is of, whole
 * headers, and how the phases share the time of an attempt.
 */
import { assert } from "../../core/kernel/assert.js";
import type { Hash } from "../../core/primitives/hash.js";
import { createModulus, describeAddon } from "../../native/index.js";
import type { ModularArithmetic } from "../../plugins/consensus-helios/timelock/arithmetic.js";
import { BigintArithmetic } from "../../plugins/consensus-helios/timelock/bigint-arithmetic.js";
import { CryptoArithmetic } from "../../plugins/consensus-helios/timelock/crypto-arithmetic.js";
import { RSA_2048, Timelock } from "../../plugins/consensus-helios/timelock/index.js";
import { NativeArithmetic } from "../../plugins/consensus-helios/timelock/native-arithmetic.js";
import { defaultWork, measureHeaders } from "../generator/helios-headers.js";
import type { BenchContext, BenchSuite, ComparedCase } from "../suite.js";

const NATIVE_TIERS = ["portable", "adx", "ifma"] as const;
/** Of one whole RSA operation, so that no engine is measured by its calls' overhead. */
const CALL_SQUARINGS = 2_046;

/** Tiers that run here, or why there are none. @throws if there is an addon that does not load */
function knownTiers(): { readonly tiers: readonly string[]; readonly reason: string } {
  const addon = describeAddon();
  const made = createModulus(RSA_2048);
  if (!("reason" in made))
    return { tiers: "tiers" in addon ? addon.tiers.modular.available : [], reason: "this processor or build lacks it" };
  if (made.isBroken) throw new Error(made.reason);
  return { tiers: [], reason: made.reason };
}

function arithmetics(context: BenchContext): ReadonlyMap<string, ModularArithmetic> {
  const { tiers: known, reason } = knownTiers();
  const all = new Map<string, ModularArithmetic>([
    ["bigint", new BigintArithmetic(RSA_2048)],
    ["node-crypto", new CryptoArithmetic(RSA_2048)],
  ]);
  for (const tier of NATIVE_TIERS) {
    if (known.includes(tier)) all.set(tier, new NativeArithmetic(RSA_2048, tier));
    else for (const what of ["squarings", "challenge prime"]) context.skip(`${what}/${tier}`, reason);
  }
  if (known.length > 0) all.set("native", new NativeArithmetic(RSA_2048));
  else
    for (const what of [
      "squarings/native",
      "challenge prime/native",
      "time-lock/native: output",
      "time-lock/native: proof",
      "time-lock/native: check",
    ])
      context.skip(what, reason);
  return all;
}

function squaringCases(context: BenchContext, all: ReadonlyMap<string, ModularArithmetic>): ComparedCase[] {
  const count = context.quick ? 16 : CALL_SQUARINGS;
  return [...all].map(([name, arithmetic]) => {
    let value = new Timelock(arithmetic).elementOf(new Uint8Array(32) as Hash, BigInt(context.seed), new Uint8Array(32));
    const run = () => {
      value = arithmetic.squarings(value, count);
    };
    return { name: `squarings/${name}`, operations: count, run, ...(name === "bigint" ? {} : { reference: "squarings/bigint" }) };
  });
}

/** Found and checked: over many seeds, since how many candidates there are before a prime is chance. */
function primeCases(context: BenchContext, all: ReadonlyMap<string, ModularArithmetic>): ComparedCase[] {
  return [...all].map(([name, arithmetic]) => {
    const count = context.quick ? 1 : arithmetic.kind === "native" ? 256 : 16;
    const seeds = Array.from({ length: count }, (_, i) => new Uint8Array(32).fill(i));
    const run = () => {
      for (const seed of seeds) assert((arithmetic.challengePrime(seed).prime[0] as number) >= 0x80, "it has 256 bits");
    };
    return {
      name: `challenge prime/${name}`,
      operations: count,
      run,
      ...(name === "bigint" ? {} : { reference: "challenge prime/bigint" }),
    };
  });
}

/** Squarings, proof and check of one header's time-lock. */
function proofCases(context: BenchContext, label: string, arithmetic: ModularArithmetic): ComparedCase[] {
  const squarings = defaultWork(context.seed, context.quick).squarings;
  const timelock = new Timelock(arithmetic);
  const x = timelock.elementOf(new Uint8Array(32) as Hash, BigInt(context.seed), new Uint8Array(32));
  const begun = timelock.begin(x, squarings);
  begun.advance(squarings);
  const claim = { x, y: begun.output(), proof: begun.prove(), squarings };
  const claims = Array.from({ length: context.quick ? 2 : 16 }, () => claim);
  const check = () =>
    assert(
      timelock.check(claims).every((fault) => fault === undefined),
      "the proofs hold",
    );
  check();
  const output = `time-lock/${label}: output`;
  return [
    { name: output, operations: 1, run: () => void timelock.begin(x, squarings).advance(squarings) },
    { name: `time-lock/${label}: proof`, operations: 1, run: () => void begun.prove(), reference: output },
    { name: `time-lock/${label}: check`, operations: claims.length, run: check, reference: output },
  ];
}

async function timelocks(context: BenchContext): Promise<void> {
  const all = arithmetics(context);
  await context.compare("squarings/s", squaringCases(context, all));
  await context.compare("primes/s", primeCases(context, all));
  const cases = ["native", "node-crypto"].flatMap((name) => {
    const arithmetic = all.get(name);
    return arithmetic === undefined ? [] : proofCases(context, name, arithmetic);
  });
  await context.compare("time-locks/s", cases);
}

const suite: BenchSuite = {
  name: "helios",
  description:
    "Helios: squarings, challenge prime, proof and check of the time-lock, every engine and tier; whole headers; shares of the phases; one core, by CPU time",
  async run(context) {
    await timelocks(context);
    await measureHeaders(context);
  },
};

export default suite;
