/** The addon's arithmetic modulo large numbers: every tier against BigInt, and what it refuses. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import t, { type Test } from "tap";
import { present } from "../../core/kernel/assert.js";
import { ChainwrightError } from "../../core/kernel/errors.js";
import type { Modulus, PrimeTags } from "../../core/ports/modular.js";
import { asciiBytes, type Bytes } from "../../core/primitives/bytes.js";
import { createModulus, describeAddon } from "../../native/index.js";

const ALL_TIERS = ["portable", "adx", "ifma"];
const ADDON = describeAddon();
const TIERS = "tiers" in ADDON ? ADDON.tiers.modular.available : [];
if (TIERS.length === 0) {
  t.pass("skipped: no addon");
  t.end();
  process.exit(process.env.REQUIRE_TIERS === "1" ? 1 : 0);
}

const bytesOf = (value: bigint, length = 256) => new Uint8Array(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));
const integerOf = (bytes: Bytes) => BigInt(`0x0${Buffer.from(bytes).toString("hex")}`);
const bits = (count: bigint) => 1n << count;

function powerModulo(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = 1n;
  for (const bit of exponent === 0n ? "" : exponent.toString(2)) result = (((result * result) % n) * (bit === "1" ? base : 1n)) % n;
  return result;
}

/** Numbers that are random to nobody, from SHA-256. */
const digits = (name: string) => Buffer.concat(Array.from({ length: 8 }, (_, i) => createHash("sha256").update(`${name} ${i}`).digest()));

/** The greatest and the least modulus, with limbs of all ones and all zeros, one with a known factor, and one like any other. */
const FACTOR = bits(521n) - 1n;
const MODULI: Readonly<Record<string, bigint>> = {
  greatest: bits(2048n) - 1n,
  least: bits(2047n) + 1n,
  "ones in the middle": bits(2047n) + bits(1200n) - bits(300n) + 1n,
  "a Mersenne prime's multiple": FACTOR * (bits(1527n) - 1n),
  random: integerOf(digits("modulus")) | bits(2047n) | 1n,
};

const subjects = TIERS.flatMap((tier) =>
  Object.entries(MODULI).map(([name, n]) => {
    const made = createModulus(bytesOf(n), tier);
    if ("reason" in made) throw new Error(made.reason);
    return { name: `${tier}, ${name}`, n, modulus: made };
  }),
);
const first = present(subjects[0], "there is a portable tier");

/** Below n: edges of words and limbs, and anything. */
const valueBelow = (n: bigint) =>
  fc
    .oneof(
      fc.constantFrom(0n, 1n, 2n, n - 1n, n - 2n, n >> 1n, (n >> 1n) + 1n),
      fc.tuple(fc.bigInt(0n, 2047n), fc.bigInt(-2n, 2n)).map(([at, offset]) => bits(at) + offset),
      fc.bigInt(0n, n - 1n),
      fc.tuple(fc.nat(63), fc.nat(40)).map(([width, times]) => BigInt(`0b1${"1".repeat(width)}${"0".repeat(51)}`) ** BigInt(times)),
    )
    .map((value) => ((value % n) + n) % n);

const exponentOf = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 3n),
  fc.bigInt(0n, bits(40n)),
  fc.bigInt(0n, bits(256n) - 1n),
  fc.nat(700).map((at) => bits(BigInt(at)) - 1n),
);
const minimal = (value: bigint) => (value === 0n ? new Uint8Array() : bytesOf(value, Math.ceil(value.toString(16).length / 2)));

function each(t: Test, runs: number, check: (modulus: Modulus, n: bigint, draw: fc.GeneratorValue) => void): void {
  for (const { name, modulus, n } of subjects) {
    fc.assert(
      fc.property(fc.gen(), (draw) => check(modulus, n, draw)),
      { numRuns: runs },
    );
    t.pass(name);
  }
}
const demand = (actual: Bytes, expected: bigint, what: string) => {
  if (integerOf(actual) !== expected) throw new Error(`${what}: ${integerOf(actual)} instead of ${expected}`);
};

t.test("all tiers of this processor are tried", async (t) => {
  for (const tier of ALL_TIERS) {
    if (!TIERS.includes(tier) && process.env.REQUIRE_TIERS === "1") t.fail(`no tier ${tier} here`);
    else if (!TIERS.includes(tier)) t.comment(`skipped: no tier ${tier} here`);
  }
  t.ok(TIERS.includes("portable"));
});

t.test("squarings, powers and products of powers are BigInt's", async (t) => {
  each(t, 12, (modulus, n, draw) => {
    const [a, b] = [draw(() => valueBelow(n)), draw(() => valueBelow(n))];
    const [ea, eb] = [draw(() => exponentOf), draw(() => exponentOf)];
    const count = draw(fc.nat, 40);
    const padded = new Uint8Array([...new Uint8Array(draw(fc.nat, 3)), ...minimal(ea)]);
    demand(modulus.squarings(bytesOf(a), count), powerModulo(a, bits(BigInt(count)), n), `${a} squared ${count} times`);
    demand(modulus.power(bytesOf(a), padded), powerModulo(a, ea, n), `${a}^${ea}`);
    const expected = (powerModulo(a, ea, n) * powerModulo(b, eb, n)) % n;
    demand(modulus.powerProduct(bytesOf(a), padded, bytesOf(b), minimal(eb)), expected, `${a}^${ea} ${b}^${eb}`);
    demand(modulus.leave(modulus.enter(bytesOf(a))), a, "into an element and out");
  });
  for (const { name, modulus, n } of subjects) {
    const [base, exponent] = [integerOf(digits("base")) % n, integerOf(digits("exponent"))];
    demand(modulus.power(bytesOf(base), bytesOf(exponent)), powerModulo(base, exponent, n), `${name}: an exponent of 2,048 bits`);
  }
});

t.test("a product of two values that is a multiple of the modulus is 0", async (t) => {
  for (const { name, modulus, n } of subjects.filter(({ n }) => n % FACTOR === 0n)) {
    const [factor, other, one] = [bytesOf(FACTOR), bytesOf(n / FACTOR), Uint8Array.of(1)];
    t.equal(integerOf(modulus.powerProduct(factor, one, other, one)), 0n, name);
    t.equal(integerOf(modulus.powerProduct(factor, Uint8Array.of(5), other, Uint8Array.of(3))), 0n, name);
  }
});

t.test("long chains stay right, in slices of any length, and their proofs are the powers that they should be", async (t) => {
  each(t, 4, (modulus, n, draw) => {
    const x = draw(() => valueBelow(n));
    const squarings = draw(() => fc.integer({ min: 1, max: 1_200 }));
    const [window, apart] = [draw(() => fc.integer({ min: 1, max: 12 })), draw(() => fc.integer({ min: 1, max: 5 }))];
    const spacing = window * apart;
    const element = modulus.enter(bytesOf(x));
    const kept = new Uint8Array(modulus.elementBytes * Math.ceil(squarings / spacing));
    for (let done = 0; done < squarings; ) {
      const step = Math.min(squarings - done, draw(fc.nat, 300));
      modulus.advance(element, step, kept, done, spacing);
      done += step;
    }
    demand(modulus.leave(element), powerModulo(x, bits(BigInt(squarings)), n), `${squarings} squarings`);
    const prime = draw(() => fc.bigInt(bits(255n), bits(256n) - 1n));
    const proof = modulus.prove(kept, squarings, window, apart, bytesOf(prime, 32));
    demand(proof, powerModulo(x, bits(BigInt(squarings)) / prime, n), `proof, window ${window}, ${apart} apart`);
  });
});

t.test("long division: quotients with digits that are hard to guess", async (t) => {
  // The worst for an estimate from the upper words: divisors of 100…0 and 011…1 above all ones.
  const primes = [
    bits(255n),
    bits(255n) + 1n,
    bits(256n) - 1n,
    bits(255n) + bits(192n) - 1n,
    bits(256n) - bits(191n),
    bits(255n) + bits(128n),
  ];
  for (const { name, modulus, n } of subjects.filter((each) => each.name.endsWith("random"))) {
    for (const squarings of [255, 256, 319, 320, 1_000, 4_097]) {
      const kept = new Uint8Array(modulus.elementBytes * Math.ceil(squarings / 5));
      modulus.advance(modulus.enter(bytesOf(3n)), squarings, kept, 0, 5);
      for (const prime of primes) {
        const proof = modulus.prove(kept, squarings, 5, 1, bytesOf(prime, 32));
        t.equal(integerOf(proof), powerModulo(3n, bits(BigInt(squarings)) / prime, n), `${name}: 2^${squarings} / ${prime.toString(16)}`);
      }
    }
  }
});

t.test("units", async (t) => {
  const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
  each(t, 25, (modulus, n, draw) => {
    const value = draw(() => valueBelow(n));
    for (const candidate of [value, (value * FACTOR) % n]) {
      const expected = gcd(n, candidate) === 1n;
      if (modulus.isUnit(bytesOf(candidate)) !== expected) throw new Error(`${candidate} is ${expected ? "a" : "no"} unit`);
    }
  });
});

const TAGS: PrimeTags = { candidate: asciiBytes("a tag of sixteen"), base: asciiBytes("sixteen for base") };

/** The rule, as plainly as it can be said. */
function primeOf(tags: PrimeTags, seed: Bytes): { prime: bigint; counter: number } {
  const hash = (tag: Bytes, middle: Bytes, number: number) =>
    integerOf(
      createHash("sha256")
        .update(tag)
        .update(middle)
        .update(bytesOf(BigInt(number), 4))
        .digest(),
    );
  const small = Array.from({ length: 1_023 }, (_, i) => i).filter((n) => n > 2 && [...Array(n).keys()].every((d) => d < 2 || n % d !== 0));
  for (let counter = 0; ; counter++) {
    const n = hash(tags.candidate, seed, counter) | bits(255n) | 1n;
    if (small.some((prime) => n % BigInt(prime) === 0n)) continue;
    let passes = true;
    for (let j = 0, rounds = 0; rounds < 29 && passes; j++) {
      const base = hash(tags.base, bytesOf(n, 32), j);
      if (base < 2n || base > n - 2n) continue;
      rounds++;
      const twos = (n - 1n).toString(2).length - (n - 1n).toString(2).lastIndexOf("1") - 1;
      let power = powerModulo(base, (n - 1n) >> BigInt(twos), n);
      passes = power === 1n || power === n - 1n;
      for (let i = 1; i < twos && !passes; i++) {
        power = (power * power) % n;
        passes = power === n - 1n;
      }
    }
    if (passes) return { prime: n, counter };
  }
}

t.test("the challenge prime is the rule's", async (t) => {
  for (let i = 0; i < 8; i++) {
    const seed = createHash("sha256").update(`seed ${i}`).digest();
    const expected = primeOf(TAGS, seed);
    for (const { name, modulus } of subjects.filter((each) => each.name.endsWith("random"))) {
      const found = modulus.challengePrime(TAGS, seed);
      t.same({ prime: integerOf(found.prime), counter: found.counter }, expected, name);
    }
  }
});

t.test("proofs are judged one by one", async (t) => {
  for (const { name, modulus, n } of subjects) {
    const squarings = 700;
    const [x, seed] = [integerOf(digits("x")) % n, new Uint8Array(32).fill(5)];
    const { prime } = modulus.challengePrime(TAGS, seed);
    const y = powerModulo(x, bits(BigInt(squarings)), n);
    const proof = powerModulo(x, bits(BigInt(squarings)) / integerOf(prime), n);
    const columns = (rows: readonly (readonly [bigint, bigint, bigint, number, Bytes])[]) => ({
      x: Buffer.concat(rows.map(([value]) => bytesOf(value))),
      y: Buffer.concat(rows.map(([, value]) => bytesOf(value))),
      proof: Buffer.concat(rows.map(([, , value]) => bytesOf(value))),
      squarings: Uint32Array.from(rows, ([, , , count]) => count),
      seed: Buffer.concat(rows.map(([, , , , bytes]) => bytes)),
    });
    const other = new Uint8Array(32).fill(6);
    const rows = [
      [x, y, proof, squarings, seed],
      [x, n - y, proof, squarings, seed],
      [x, y, n - proof, squarings, seed],
      [x, (y + 1n) % n, proof, squarings, seed],
      [x, y, (proof + 1n) % n, squarings, seed],
      [x, y, proof, squarings + 1, seed],
      [x, y, proof, squarings, other],
      [(x + 1n) % n, y, proof, squarings, seed],
    ] as const;
    t.same([...modulus.checkProofs(TAGS, columns(rows))], [1, 1, 1, 0, 0, 0, 0, 0], name);
    t.equal(modulus.checkProofs(TAGS, columns([])).length, 0);
    t.throws(() => modulus.checkProofs(TAGS, columns([[x, n, proof, squarings, seed]])), { code: "NATIVE_INPUT" });
  }
});

t.test("memory of a chain that was written over gives wrong values and nothing worse", async (t) => {
  for (const { name, modulus } of subjects) {
    for (const fill of [0xff, 0x80, 0x01]) {
      const element = new Uint8Array(modulus.elementBytes).fill(fill);
      const kept = new Uint8Array(modulus.elementBytes * 20).fill(fill);
      modulus.advance(element, 100, kept.slice(), 0, 5);
      t.equal(modulus.leave(element).length, 256, name);
      t.equal(modulus.prove(kept, 100, 5, 1, new Uint8Array(32).fill(0xc1)).length, 256, name);
      t.equal(modulus.prove(kept, 400, 5, 4, new Uint8Array(32).fill(0xc1)).length, 256, name);
    }
  }
});

/** As the types forbid it. */
type Wild = (...parameters: readonly unknown[]) => unknown;

t.test("what does not fit is refused, and the next call works", async (t) => {
  const { modulus, n } = first;
  const [good, above, short] = [bytesOf(5n), bytesOf(n), new Uint8Array(255)];
  const seed = new Uint8Array(32);
  const kept = new Uint8Array(modulus.elementBytes * 4);
  const element = () => modulus.enter(good);
  const prime = new Uint8Array(32).fill(0x81);
  const numbers = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "3", undefined, null, {}];
  const cases: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
    power: [[above, good], [short, good], [good, new Uint8Array(257)], [good], ["5", good], [good, new Uint16Array(4)], []],
    powerProduct: [
      [good, good, above, good],
      [above, good, good, good],
      [good, good, good, new Uint8Array(257)],
      [good, good],
    ],
    squarings: [[above, 1], [short, 1], ...numbers.map((number) => [good, number])],
    isUnit: [[above], [short], [undefined], [new DataView(new ArrayBuffer(256))]],
    challengePrime: [
      [TAGS, new Uint8Array(31)],
      [{ ...TAGS, base: new Uint8Array(15) }, seed],
      [{ ...TAGS, candidate: "tag" }, seed],
    ],
    enter: [[above], [short]],
    leave: [[new Uint8Array(modulus.elementBytes - 1)], [undefined]],
    advance: [
      [element(), 5, kept, 16, 4],
      [element(), 1, new Uint8Array(), 0, 4],
      [element(), 1, kept, 0, 0],
      [new Uint8Array(8), 1, kept, 0, 4],
      ...numbers.flatMap((number) => [
        [element(), number, kept, 0, 4],
        [element(), 1, kept, number, 4],
        [element(), 1, kept, 0, number],
      ]),
    ],
    prove: [
      [kept, 17, 4, 1, prime],
      [kept, 16, 13, 1, prime],
      [kept, 16, 0, 1, prime],
      [kept, 16, 4, 0, prime],
      [kept, 0, 4, 1, prime],
      [kept, 16, 4, 1, new Uint8Array(32).fill(0x7f)],
      [kept, 16, 4, 1, new Uint8Array(31).fill(0x81)],
    ],
  };
  for (const [method, calls] of Object.entries(cases)) {
    for (const parameters of calls) {
      try {
        (modulus[method as keyof Modulus] as Wild).call(modulus, ...parameters);
        t.fail(`${method}(${parameters.map(String).join(", ").slice(0, 60)}) was taken`);
      } catch (error) {
        t.equal(ChainwrightError.is(error) ? error.code : String(error), "NATIVE_INPUT", method);
      }
    }
  }
  t.equal(integerOf(modulus.squarings(good, 2)), 625n);
});

t.test("moduli that are none, and tiers that are not here", async (t) => {
  for (const wrong of [bytesOf(bits(2048n) - 2n), bytesOf(bits(2047n) - 1n), new Uint8Array(255).fill(0xff), new Uint8Array()])
    t.throws(() => createModulus(wrong), { code: "NATIVE_INPUT" });
  t.throws(() => createModulus(bytesOf(MODULI.random as bigint), "avx2"), { code: "NATIVE_TIER_UNAVAILABLE" });
  const best = createModulus(bytesOf(MODULI.random as bigint));
  t.equal("tier" in best ? best.tier : best.reason, TIERS[TIERS.length - 1]);
});

t.test("a process that is kept off the addon is kept off this", async (t) => {
  const before = process.env.CHAINWRIGHT_ENGINE;
  t.teardown(() => {
    if (before === undefined) delete process.env.CHAINWRIGHT_ENGINE;
    else process.env.CHAINWRIGHT_ENGINE = before;
  });
  process.env.CHAINWRIGHT_ENGINE = "js";
  t.same(createModulus(bytesOf(MODULI.random as bigint)), { reason: "CHAINWRIGHT_ENGINE is js", isBroken: false });
});

t.test("CHAINWRIGHT_TIERS forces a tier, an argument goes before it, and what is not here is an error", async (t) => {
  const before = process.env.CHAINWRIGHT_TIERS;
  t.teardown(() => {
    if (before === undefined) delete process.env.CHAINWRIGHT_TIERS;
    else process.env.CHAINWRIGHT_TIERS = before;
  });
  const modulus = bytesOf(MODULI.random as bigint);
  for (const tier of TIERS) {
    process.env.CHAINWRIGHT_TIERS = `sha256=portable,modular=${tier}`;
    t.match(createModulus(modulus), { tier });
    t.match(createModulus(modulus, "portable"), { tier: "portable" });
  }
  process.env.CHAINWRIGHT_TIERS = "modular=abacus";
  t.throws(() => createModulus(modulus), { code: "NATIVE_TIER_UNAVAILABLE", data: { primitive: "modular", available: TIERS } });
  process.env.CHAINWRIGHT_TIERS = "modulus=adx";
  t.throws(() => createModulus(modulus), { code: "NATIVE_SETTING", message: /ed25519, sha256, sha512, modular/ });
});
