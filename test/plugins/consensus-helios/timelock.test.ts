/** The time-lock: x, y, ℓ and proofs by every engine, against each other and vectors that Python's integers made. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { type Bytes, bytesEqual, Hash, toHex } from "../../../core/sdk.js";
import type { ModularArithmetic } from "../../../plugins/consensus-helios/timelock/arithmetic.js";
import { BigintArithmetic } from "../../../plugins/consensus-helios/timelock/bigint-arithmetic.js";
import { challengeSeed, findChallengePrime, isStrongProbablePrime } from "../../../plugins/consensus-helios/timelock/challenge.js";
import { CryptoArithmetic } from "../../../plugins/consensus-helios/timelock/crypto-arithmetic.js";
import { chooseArithmetic, RSA_2048, Timelock, TimelockFault } from "../../../plugins/consensus-helios/timelock/index.js";
import { bytesOfInteger, integerOf, powerModulo } from "../../../plugins/consensus-helios/timelock/integers.js";
import { NativeArithmetic } from "../../../plugins/consensus-helios/timelock/native-arithmetic.js";
import { checkpointPlan } from "../../../plugins/consensus-helios/timelock/quotient.js";

const N = integerOf(RSA_2048);
const value = (integer: bigint) => bytesOfInteger(integer, 256);
const digest = (bytes: Bytes) => createHash("sha256").update(bytes).digest("hex");

/** All that run here; the first is the oracle. */
function engines(modulus: Bytes): ModularArithmetic[] {
  const native: ModularArithmetic[] = [];
  for (const tier of ["portable", "adx", "ifma"]) {
    try {
      native.push(new NativeArithmetic(modulus, tier));
    } catch (error) {
      if (process.env.REQUIRE_TIERS === "1") throw error;
      t.comment(`skipped: native, ${tier}`);
    }
  }
  return [new BigintArithmetic(modulus), new CryptoArithmetic(modulus), ...native];
}
const ENGINES = engines(RSA_2048);
const ORACLE = ENGINES[0] as ModularArithmetic;
const nameOf = ({ kind, tier }: ModularArithmetic) => `${kind}, ${tier}`;

const ROOT = Hash.from(Uint8Array.from({ length: 32 }, (_, i) => i));
const MEMORY = Uint8Array.from({ length: 32 }, (_, i) => 32 + i);
const NONCE = 0x0123456789abcdefn;

/** SHA-256 of values, made with Python 3.11: pow(x, 2**T, N), pow(x, 2**T // prime, N) and hashlib. */
const X_DIGEST = "61c05cf9a12b72e0294b135914b342ad03b712a4cd5b22ac9ae1842c75c0ab25";
const VECTORS = [
  {
    squarings: 64,
    y: "3fa861b10d343e8d548cf667e0004dcb288a4cf8e6740f0b1cb3f0489ad1649a",
    prime: "ce645d919ab9a526069b5933af75bda05a05f95114194d397f48a22c9dd2f5af",
    counter: 53,
    proof: "408a9e14b19f44ef1a763548b07eae4fd4dd3525b1595c9d103bca15310baa29",
  },
  {
    squarings: 255,
    y: "635d5559c1902b643d01bdc756a1e2acc979c4de992a44d049db001d31167a1d",
    prime: "82612bd98e4910f7a0a328849ca2baa2c02379665e003c6d76f7487e4c6efb75",
    counter: 25,
    proof: "408a9e14b19f44ef1a763548b07eae4fd4dd3525b1595c9d103bca15310baa29",
  },
  {
    squarings: 256,
    y: "95896049150036f27d9b12af6f92e669be03895ec246247f254db6c7ac800412",
    prime: "d47e50c042d6389ab1503a1aa7860ee4c49c5e251a09e554d3b2d5644e748351",
    counter: 164,
    proof: "61c05cf9a12b72e0294b135914b342ad03b712a4cd5b22ac9ae1842c75c0ab25",
  },
  {
    squarings: 3000,
    y: "500abaa9d65efc33edd3f224594e7eeea2c16e06705ec4e8f9c5724ac41b49de",
    prime: "a54bd5a623cf0640575b7d82e94a4a90e0fcfba15a4b7c91420096b6c65c5895",
    counter: 58,
    proof: "19af91a0d500028ca20aa84544e7272161d7d97e93a0b318a4a84904bad2a8c6",
  },
  {
    squarings: 20000,
    y: "6fb0cd62ebc17bedf1a4b8d0fd83c2c12baf7f5967cec332d6762230f7b89b8e",
    prime: "9cccb1158d61a76585966b87596981466ce249e11d613092dc9c3170538f63d9",
    counter: 153,
    proof: "48c7316d3165392129db8cba8ccd03e0980504b1e7a8551be0b3769dcea331bd",
  },
];

interface Made {
  readonly x: Bytes;
  readonly y: Bytes;
  readonly proof: Bytes;
  readonly squarings: number;
}

function make(arithmetic: ModularArithmetic, squarings: number, slice = squarings): Made {
  const timelock = new Timelock(arithmetic);
  const x = timelock.elementOf(ROOT, NONCE, MEMORY);
  const run = timelock.begin(x, squarings);
  while (!run.advance(slice));
  return { x, y: run.output(), proof: run.prove(), squarings };
}

t.test("the modulus is the one that was published", async (t) => {
  // MathWorld and the challenge's own page: 617 digits, digit sum 2738; the decimal number begins and ends so.
  const decimal = N.toString();
  t.equal(decimal.length, 617);
  t.equal(
    [...decimal].reduce((sum, digit) => sum + Number(digit), 0),
    2_738,
  );
  t.match(decimal, /^25195908475657893494027183240048398571429282126204.*12010397122822120720357$/);
});

t.test("vectors, in every engine and in slices", async (t) => {
  for (const arithmetic of ENGINES) {
    for (const { squarings, y, prime, counter, proof } of VECTORS) {
      if (arithmetic.kind === "bigint" && squarings > 3_000) continue;
      const made = make(arithmetic, squarings, 1_234);
      t.equal(digest(made.x), X_DIGEST);
      t.equal(digest(made.y), y, `${nameOf(arithmetic)}: y of ${squarings}`);
      t.equal(digest(made.proof), proof, `${nameOf(arithmetic)}: proof of ${squarings}`);
      const found = arithmetic.challengePrime(challengeSeed(RSA_2048, squarings, made.x, made.y));
      t.same({ prime: toHex(found.prime), counter: found.counter }, { prime, counter });
      t.same(new Timelock(arithmetic).check([made]), [undefined]);
    }
  }
});

t.test("engines agree on powers of anything", async (t) => {
  const values = fc.oneof(fc.constantFrom(0n, 1n, 2n, N - 1n, N >> 1n), fc.bigInt(0n, N - 1n)).map(value);
  const exponents = fc.oneof(
    fc.constantFrom(new Uint8Array(), Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(0, 0, 2)),
    fc.uint8Array({ maxLength: 40 }),
    // Above N: OpenSSL would not take it as it is.
    fc.constantFrom(new Uint8Array(256).fill(0xff), RSA_2048, value(N - 1n), value(N + 1n)),
  );
  fc.assert(
    fc.property(values, values, exponents, exponents, fc.nat(60), (a, b, ea, eb, count) => {
      const answers = ENGINES.map((each) => [each.squarings(a, count), each.power(a, ea), each.powerProduct(a, ea, b, eb), each.isUnit(a)]);
      for (const answer of answers) if (JSON.stringify(answer) !== JSON.stringify(answers[0])) return false;
      return integerOf(answers[0]?.[1] as Bytes) === powerModulo(integerOf(a), integerOf(ea), N);
    }),
    { numRuns: 12 },
  );
  t.pass();
});

t.test("chains agree at every place, and their proofs pass everywhere", async (t) => {
  for (const squarings of [1, 255, 257, 2_046, 2_047, 4_500]) {
    const made = ENGINES.filter(({ kind }) => kind !== "bigint" || squarings < 2_100).map((each) => make(each, squarings, 999));
    for (const each of made) t.same(each, made[0]);
    for (const arithmetic of ENGINES)
      t.same(
        new Timelock(arithmetic).check(made),
        made.map(() => undefined),
        nameOf(arithmetic),
      );
  }
  for (const arithmetic of ENGINES) {
    const chain = arithmetic.chain(value(7n), 300);
    t.equal(chain.advance(0), false);
    t.ok(bytesEqual(chain.value(), value(7n)));
    t.equal(chain.advance(299), false);
    t.throws(() => chain.prove(new Uint8Array(32).fill(0x81)), { code: "HELIOS_TIMELOCK_INPUT" });
    t.equal(chain.advance(1_000), true, "no further than to its end");
    t.equal(chain.done, 300);
    t.ok(bytesEqual(chain.value(), arithmetic.squarings(value(7n), 300)));
  }
});

t.test("x takes all of its sources in, and nothing is the same for two of them", async (t) => {
  const timelock = new Timelock(ORACLE);
  const seen = new Set([digest(timelock.elementOf(ROOT, NONCE, MEMORY))]);
  const flipped = (bytes: Bytes, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  for (let at = 0; at < 32; at++) {
    seen.add(digest(timelock.elementOf(Hash.from(flipped(ROOT, at)), NONCE, MEMORY)));
    seen.add(digest(timelock.elementOf(ROOT, NONCE, flipped(MEMORY, at))));
  }
  for (let bit = 0n; bit < 64n; bit++) seen.add(digest(timelock.elementOf(ROOT, NONCE ^ (1n << bit), MEMORY)));
  t.equal(seen.size, 1 + 64 + 64);
});

t.test("tampering with any byte of y, proof or x is refused", async (t) => {
  const made = make(ENGINES[ENGINES.length - 1] as ModularArithmetic, 600);
  const arithmetic = ENGINES[ENGINES.length - 1] as ModularArithmetic;
  const timelock = new Timelock(arithmetic);
  const step = arithmetic.kind === "native" ? 1 : 16;
  const forged: { claim: Made; what: string }[] = [];
  for (const field of ["x", "y", "proof"] as const) {
    for (let at = 0; at < 256; at += step) {
      const bytes = made[field].slice();
      bytes[at] = (bytes[at] as number) ^ (1 << (at & 7));
      forged.push({ claim: { ...made, [field]: bytes }, what: `${field}, byte ${at}` });
    }
  }
  const faults = timelock.check([made, ...forged.map(({ claim }) => claim), made]);
  t.equal(faults[0], undefined);
  t.equal(faults[faults.length - 1], undefined);
  for (const [i, { what }] of forged.entries()) if (faults[i + 1] === undefined) t.fail(`${what} was taken`);
  t.same(timelock.check([{ ...made, squarings: 599 }]), [TimelockFault.proof], "another T");
});

t.test("each fault has its code, in every engine", async (t) => {
  const made = make(ENGINES[1] as ModularArithmetic, 300);
  const [y, proof, x] = [integerOf(made.y), integerOf(made.proof), integerOf(made.x)];
  const other = make(ENGINES[1] as ModularArithmetic, 301);
  const short = make(ENGINES[1] as ModularArithmetic, 100);
  const cases: readonly (readonly [string, Partial<Made>, TimelockFault | undefined])[] = [
    ["as it is", {}, undefined],
    ["y short", { y: made.y.subarray(1) }, TimelockFault.outputLength],
    ["y long", { y: new Uint8Array(257) }, TimelockFault.outputLength],
    ["y 0", { y: value(0n) }, TimelockFault.outputRange],
    ["y 1", { y: value(1n) }, TimelockFault.outputRange],
    ["y N - 1", { y: value(N - 1n) }, TimelockFault.outputRange],
    ["y N", { y: value(N) }, TimelockFault.outputRange],
    ["y N + 1", { y: value(N + 1n) }, TimelockFault.outputRange],
    ["y 2^2048 - 1", { y: new Uint8Array(256).fill(0xff) }, TimelockFault.outputRange],
    ["the other y", { y: value(N - y) }, TimelockFault.outputNotCanonical],
    ["y above half", { y: value((N >> 1n) + 1n) }, TimelockFault.outputNotCanonical],
    ["y half", { y: value(N >> 1n) }, TimelockFault.proof],
    ["y 2", { y: value(2n) }, TimelockFault.proof],
    ["y + 1", { y: value(y + 1n) }, TimelockFault.proof],
    ["proof short", { proof: made.proof.subarray(1) }, TimelockFault.proofLength],
    ["proof empty", { proof: new Uint8Array() }, TimelockFault.proofLength],
    ["proof 0", { proof: value(0n) }, TimelockFault.proofRange],
    ["proof 1", { proof: value(1n) }, TimelockFault.proofRange],
    ["proof N - 1", { proof: value(N - 1n) }, TimelockFault.proofRange],
    ["proof N", { proof: value(N) }, TimelockFault.proofRange],
    ["the other proof", { proof: value(N - proof) }, TimelockFault.proofNotCanonical],
    ["proof + 1", { proof: value(proof + 1n) }, TimelockFault.proof],
    ["the proof of another T", { proof: other.proof }, TimelockFault.proof],
    ["another T", { squarings: 301 }, TimelockFault.proof],
    ["x 0", { x: value(0n) }, TimelockFault.element],
    ["x 1", { x: value(1n) }, TimelockFault.element],
    ["the other x", { x: value(N - x) }, TimelockFault.element],
    ["x² for x", { x: ORACLE.squarings(made.x, 1) }, undefined],
    ["a short chain's proof", { ...short }, undefined],
    ["a short chain with a proof", { ...short, proof: made.proof }, TimelockFault.proofRange],
    ["a short chain with N - 1", { ...short, proof: value(N - 1n) }, TimelockFault.proofRange],
    ["a long chain with a short one's proof", { proof: short.proof }, TimelockFault.proofRange],
  ];
  const squared = integerOf(ORACLE.squarings(made.x, 1));
  for (const arithmetic of ENGINES) {
    const timelock = new Timelock(arithmetic);
    for (const [what, change, expected] of cases) {
      const claim = { ...made, ...change };
      const [fault] = timelock.check([claim]);
      // x² may be the one or the other of its pair.
      if (what === "x² for x") t.equal(fault, squared > N >> 1n ? TimelockFault.element : TimelockFault.proof, what);
      else t.equal(fault, expected, `${nameOf(arithmetic)}: ${what}`);
      const shape = timelock.shapeFault(claim.y, claim.proof, claim.squarings);
      if (expected !== TimelockFault.proof && expected !== TimelockFault.element && what !== "x² for x") t.equal(shape, expected, what);
      else t.equal(shape, undefined, what);
    }
  }
});

t.test("values that share a factor with the modulus are refused: who has one has factored it", async (t) => {
  // Ours to factor: a Mersenne prime and a cofactor.
  const factor = (1n << 521n) - 1n;
  const n = factor * ((1n << 1527n) - 1n);
  for (const arithmetic of engines(value(n))) {
    const timelock = new Timelock(arithmetic);
    const canonical = (integer: bigint) => value(integer > n >> 1n ? n - integer : integer);
    const good = make(arithmetic, 300);
    const bad = canonical((integerOf(good.y) * factor) % n);
    const claims = [good, { ...good, y: bad }, { ...good, proof: bad }, { ...good, x: bad }, { ...good, y: value(2n) }];
    const expected = [undefined, TimelockFault.notUnit, TimelockFault.notUnit, TimelockFault.element, TimelockFault.proof];
    t.same(timelock.check(claims), expected, nameOf(arithmetic));
  }
});

t.test("the proof holds for no composite ℓ that a sloppy test would take", async (t) => {
  // Arnault's kind of composite, strong probable primes to their bases: 3215031751 to 2, 3, 5 and 7 (Pomerance, Selfridge, Wagstaff 1980),
  // 3825123056546413051 to the first nine primes (Jaeschke 1993).
  for (const [composite, bases] of [
    [3_215_031_751n, [2n, 3n, 5n, 7n]],
    [3_825_123_056_546_413_051n, [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n]],
  ] as const) {
    for (const base of bases) t.ok(isStrongProbablePrime(composite, base), `${composite} passes ${base}`);
    const random = Array.from({ length: 29 }, (_, i) => integerOf(createHash("sha256").update(`${i}`).digest()) % composite);
    t.ok(
      random.filter((base) => isStrongProbablePrime(composite, base)).length < 15,
      "at most a quarter of all bases lie (Rabin 1980), so 29 at random will not",
    );
  }
  for (const [prime, base] of [
    [2n ** 127n - 1n, 3n],
    [2n ** 255n - 19n, 5n],
    [65_537n, 12_345n],
  ] as const)
    t.ok(isStrongProbablePrime(prime, base));
});

t.test("a filter of composites does not change the challenge prime", async (t) => {
  const seed = new Uint8Array(32).fill(1);
  t.same(ENGINES[1]?.challengePrime(seed), findChallengePrime(seed));
});

t.test("the plan for kept values is cheap in time and bounded in memory", async (t) => {
  for (const squarings of [1, 64, 256, 2_000, 25_000, 50_000, 2 ** 20, 2 ** 26, 2 ** 30]) {
    const { window, digitsApart } = checkpointPlan(squarings);
    const kept = Math.ceil(squarings / (window * digitsApart));
    t.ok(kept <= 4_096, `${squarings}: ${kept} values kept`);
    const share = (Math.ceil(squarings / window) + digitsApart * 2 ** (window + 1)) / squarings;
    if (squarings >= 20_000) t.ok(share < 0.16, `${squarings}: the proof takes ${share} of the squarings`);
  }
});

t.test("what callers may not hand over is a typed error", async (t) => {
  for (const arithmetic of ENGINES) {
    const x = value(5n);
    const seed = new Uint8Array(32);
    const claim = { x, y: x, proof: x, squarings: 5, seed };
    const calls: readonly (() => unknown)[] = [
      () => arithmetic.squarings(value(N), 1),
      () => arithmetic.squarings(new Uint8Array(255), 1),
      () => arithmetic.squarings(x, -1),
      () => arithmetic.squarings(x, 1.5),
      () => arithmetic.squarings(x, 2 ** 30 + 1),
      () => arithmetic.power(value(N), x),
      () => arithmetic.power(x, new Uint8Array(257)),
      () => arithmetic.powerProduct(x, x, value(N), x),
      () => arithmetic.isUnit(value(N)),
      () => arithmetic.challengePrime(new Uint8Array(33)),
      () => arithmetic.chain(x, 0),
      () => arithmetic.chain(value(N), 5),
      () => arithmetic.chain(x, 5).advance(Number.NaN),
      () => arithmetic.chain(x, 1).prove(new Uint8Array(32)),
      () => arithmetic.checkProofs([claim, { ...claim, y: value(N) }]),
      () => arithmetic.checkProofs([{ ...claim, squarings: 0 }]),
      () => arithmetic.checkProofs([{ ...claim, seed: new Uint8Array(1) }]),
    ];
    for (const [i, call] of calls.entries()) t.throws(call, { code: "HELIOS_TIMELOCK_INPUT" }, `${nameOf(arithmetic)}: call ${i}`);
    t.same(arithmetic.checkProofs([]), []);
  }
  for (const wrong of [new Uint8Array(256), value(N - 1n), value(N >> 1n), new Uint8Array(1)])
    for (const make of [BigintArithmetic, CryptoArithmetic, NativeArithmetic])
      t.throws(() => new make(wrong), { code: "HELIOS_TIMELOCK_INPUT" });
});

t.test("the choice of engine", async (t) => {
  for (const kind of ["crypto", "bigint"] as const) t.equal(chooseArithmetic(kind).kind, kind);
  const auto = chooseArithmetic();
  t.equal(auto.kind, ENGINES.length > 2 ? "native" : "crypto");
  t.equal(new Timelock(auto).tier, auto.tier);
  t.throws(() => chooseArithmetic("native", new Uint8Array(256)), { code: "HELIOS_ARITHMETIC_UNAVAILABLE", data: { isBroken: true } });
});
