/**
 * Every engine and tier against ZIP-215: published vectors, corners of the curve, and batches of every size in which anything
 * may be wrong. Random input is in signature-fuzz.test.ts.
 */
import t, { type Test } from "tap";
import { Random } from "../fixtures/random.js";
import { edgeCases } from "./edge-cases.js";
import { CHALLENGERS, create, forEach, mistakes, type Subject, VERIFIERS } from "./engines.js";
import { goodSignatures, type Judged, judged, numberedMessage, ORDER, Signer, withScalarError } from "./signed.js";

/** The largest batch: more than two of the addon's pieces, and not a multiple of anything. */
const LARGE = 8201;
/** As `npm run test:fuzz` has it; otherwise a third of the work, so that the tests of everything stay within minutes. */
const THOROUGH = process.env.FUZZ_SIGNATURES !== undefined;
/** The portable tier and WebAssembly are one code: what takes long is asked of the latter alone, but for thorough runs. */
const DIFFERENT = VERIFIERS.filter(({ name }) => THOROUGH || name !== "portable");
const corners = edgeCases();
const good = goodSignatures(LARGE, 1031);
/** Wrong only in the equation: nothing but the sum tells. */
const bad = good.slice(0, 1300).map((item, i) => withScalarError(item, 1n + BigInt(i)));

/** `items` with those at `places` replaced by wrong ones. */
function spoiled(items: readonly Judged[], places: Iterable<number>): Judged[] {
  const copy = [...items];
  for (const place of places) copy[place] = withScalarError(items[place] as Judged, 1n + BigInt(place));
  return copy;
}

/** How many signatures an engine verifies in about `ms` milliseconds, bounded. */
function affordable({ speed }: Subject, ms: number, most: number): number {
  return Math.min(most, Math.ceil(speed * ms));
}

function right(t: Test, faults: readonly string[], what: string): void {
  t.same(faults.slice(0, 10), [], what);
}

t.test("the oracle agrees with what the vectors say of themselves", async (t) => {
  right(
    t,
    corners.filter((item) => judged(item, item.what).valid !== item.valid).map(({ what }) => what),
    "corners",
  );
  const sample = [...good.slice(0, 20), ...bad.slice(0, 20)];
  right(
    t,
    sample.filter((item) => judged(item, item.what).valid !== item.valid).map(({ what }) => what),
    "good and bad ones",
  );
  t.ok(corners.some(({ valid }) => valid) && corners.some(({ valid }) => !valid));
});

forEach(VERIFIERS, "corners of ZIP-215", async (t, subject) => {
  for (const keyCacheEntries of subject.speed > 20 && THOROUGH ? [0, 5, 4096] : [5]) {
    const engine = create(subject, keyCacheEntries);
    right(t, mistakes(engine, corners), `together, ${keyCacheEntries} cached keys`);
    if (subject.name === "js") continue;
    right(
      t,
      corners.flatMap((item) => mistakes(engine, [item])),
      "one by one",
    );
    const random = new Random(keyCacheEntries);
    for (let round = 0; round < (THOROUGH ? 3 : 1); round++)
      right(t, mistakes(engine, random.shuffled(corners)), "shuffled, with warm keys");
    // Batches in which nothing is wrong are decided by one sum.
    const valid = corners.filter((item) => item.valid);
    right(t, mistakes(engine, valid), "only the valid ones");
    right(t, mistakes(engine, random.shuffled([...valid, ...good.slice(0, 700)])), "with good ones around");
    right(t, mistakes(engine, spoiled(valid, [valid.length - 1])), "valid ones and a wrong one");
    right(t, mistakes(engine, random.shuffled([...corners, ...good.slice(0, 700)])), "all, with good ones around");
    engine.clearKeyCache();
    right(t, mistakes(engine, corners), "after the cache was cleared");
  }
});

forEach(VERIFIERS, "batches of every size", async (t, subject) => {
  const engine = create(subject);
  const small = Array.from({ length: 72 }, (_, i) => i).filter((size) => THOROUGH || size < 20 || size % 8 < 2 || size % 8 === 7);
  const sizes = [...small, 127, 128, 129, 255, 256, 257, 511, 1000, 1023, 1024, 1025, 2049, 4097, LARGE];
  const most = affordable(subject, THOROUGH ? 140 : 50, LARGE);
  for (const size of sizes.filter((each) => each <= most)) {
    const items = good.slice(LARGE - size);
    right(t, mistakes(engine, items), `${size} good`);
    if (size > 0) right(t, mistakes(engine, spoiled(items, [(size * 5) >> 3])), `${size}, one bad`);
    if (size <= affordable(subject, 20, 1300)) right(t, mistakes(engine, bad.slice(0, size)), `${size} bad`);
  }
});

forEach(DIFFERENT, "one bad signature at every position", async (t, subject) => {
  const engine = create(subject, 0);
  const sizes = subject.speed > 5 ? [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, ...(THOROUGH ? [64] : [])] : [1, 2, 3, 5, 9];
  for (const size of sizes) {
    const items = good.slice(100, 100 + size);
    right(
      t,
      items.flatMap((_, place) => mistakes(engine, spoiled(items, [place]))),
      `in ${size}`,
    );
  }
  if (subject.speed <= 5) return;
  const random = new Random(7);
  for (const size of [70, 257, 1024]) {
    const items = good.slice(0, size);
    const places = [
      0,
      7,
      64,
      size >> 1,
      size - 1,
      ...random.distinct(affordable(subject, (THOROUGH ? 60 : 15) / size, THOROUGH ? 50 : 10), size),
    ];
    right(
      t,
      places.flatMap((place) => mistakes(engine, spoiled(items, [place]))),
      `in ${size}`,
    );
  }
});

forEach(DIFFERENT, "several bad signatures, of every kind", async (t, subject) => {
  const engine = create(subject, 1000);
  const random = new Random(11);
  const refused = corners.filter(({ valid }) => !valid);
  for (const size of subject.speed > 5 ? [2, 3, 9, 40, 70, 300, 1024] : [2, 9, 40]) {
    for (const share of [2, 3, 5, size >> 5, size >> 4, size >> 3, size >> 1, size - 1, size]) {
      if (share < 1 || share > size || size * share > affordable(subject, THOROUGH ? 2000 : 500, 1 << 20)) continue;
      const items = good.slice(0, size);
      right(t, mistakes(engine, spoiled(items, random.distinct(share, size))), `${share} wrong sums in ${size}`);
      const mixed = spoiled(items, random.distinct(share >> 1, size));
      for (const place of random.distinct(share, size)) mixed[place] = random.pick(refused);
      right(t, mistakes(engine, mixed), `${share} of all kinds in ${size}`);
    }
  }
});

/** Errors that add up to nothing, or to what looks like one bad signature, for whoever weighs them by a rule. */
const CONSPIRACIES: readonly (readonly [what: string, errors: (places: readonly number[]) => bigint[]])[] = [
  ["equal and opposite", (places) => places.map((_, i) => (i % 2 === 0 ? 5n : -5n))],
  ["equal", (places) => places.map(() => 5n)],
  ["a line of three", (places) => places.map((_, i) => ([1n, -2n, 1n] as const)[i % 3] as bigint)],
  ["weighed by their positions", ([a, b]) => [BigInt(Number(b) + 1), -BigInt(Number(a) + 1)]],
  ["weighed by their positions from 0", ([a, b]) => [BigInt(Number(b)), -BigInt(Number(a))]],
  ["weighed by powers of two", ([a, b]) => [2n ** BigInt(Number(b) - Number(a)), -1n]],
  ["as if their centre were bad", (places) => places.map((place, i) => BigInt(place + 1) * (i % 2 === 0 ? 1n : ORDER - 1n))],
  ["small torsion apart", (places) => places.map((_, i) => (i % 2 === 0 ? 8n : ORDER - 8n))],
];

forEach(
  DIFFERENT.filter(({ name }) => name !== "js"),
  "bad signatures whose errors cancel are refused",
  async (t, subject) => {
    const random = new Random(13);
    const conspire = (items: readonly Judged[], places: readonly number[], errors: readonly bigint[]) => {
      const copy = [...items];
      for (const [i, place] of places.entries()) {
        const error = ((errors[i] ?? 0n) % ORDER) + ORDER;
        copy[place] = withScalarError(items[place] as Judged, error % ORDER);
      }
      return copy;
    };
    for (const size of subject.speed > 20 ? [2, 16, 64, 200] : [2, 64]) {
      const items = good.slice(0, size);
      // Neighbours, the same lane of two vectors, two halves, and anywhere.
      const distances = [1, 8, size >> 1, size - 1].filter((distance) => distance > 0 && distance < size);
      const rounds = distances.map((distance) => [0, distance]);
      if (size > 8) rounds.push(random.distinct(2, size), random.distinct(2, size));
      // A fresh engine and a used one: neither may begin with coefficients that can be known.
      const engine = create(subject);
      for (const [what, errors] of CONSPIRACIES) {
        const faults = rounds.flatMap((places) => mistakes(engine, conspire(items, places, errors(places))));
        right(t, faults, `two in ${size}, ${what}`);
        if (size < 64) continue;
        const many = random.distinct(6, size);
        right(t, mistakes(engine, conspire(items, many, errors(many))), `six in ${size}, ${what}`);
      }
    }
  },
);

forEach(VERIFIERS, "ranges of a batch, unaligned and shared memory", async (t, subject) => {
  const random = new Random(17);
  const engine = create(subject, 7);
  const size = subject.speed > 5 ? 150 : 40;
  const items = spoiled(good.slice(50, 50 + size), [3, 4, 20, 39]);
  for (let round = 0; round < (subject.speed > 5 && THOROUGH ? 60 : 12); round++) {
    const [from, to] = random.distinct(2, size + 1) as [number, number];
    const packing = { shift: random.below(9), shared: random.chance(50) };
    right(t, mistakes(engine, items, from, to, packing), `${from} to ${to}, ${JSON.stringify(packing)}`);
  }
  right(t, mistakes(engine, items, 5, 5), "an empty range");
  right(t, mistakes(engine, items, size, size), "an empty range at the end");
  right(t, mistakes(engine, [], 0, 0), "an empty batch");
  right(
    t,
    mistakes(
      engine,
      good.slice(0, 9).map((item) => ({ ...item, message: new Uint8Array(0), valid: item.message.length === 0 })),
    ),
    "no message bytes at all",
  );
});

forEach(DIFFERENT, "hot keys and a cache that forgets", async (t, subject) => {
  const random = new Random(19);
  const size = Math.max(40, affordable(subject, 5, 300));
  for (const keys of [1, 3, 64]) {
    const signers = Array.from({ length: keys }, (_, i) => new Signer(5000 + i));
    const items = Array.from({ length: size }, (_, i) => random.pick(signers).sign(numberedMessage(i, 20 + (i % 90))));
    for (const keyCacheEntries of THOROUGH ? [0, 1, 5, 64, 1000] : [0, 5, 1000]) {
      const engine = create(subject, keyCacheEntries);
      const faults: string[] = [];
      for (let round = 0; round < 3; round++)
        faults.push(...mistakes(engine, spoiled(random.shuffled(items), random.distinct(round, size))));
      // Single ones between batches use the same cache.
      for (const item of items.slice(0, 12)) faults.push(...mistakes(engine, [item]));
      faults.push(...mistakes(engine, [...items.slice(0, 30), ...items.slice(0, 30), ...spoiled(items.slice(0, 30), [0, 29])]));
      right(t, faults, `${keys} keys, ${keyCacheEntries} cached`);
    }
  }
});

forEach(VERIFIERS, "keys that differ in one bit are different keys", async (t, subject) => {
  const [item] = good.slice(77) as [Judged];
  const bits = subject.name === "js" ? [0, 31, 32, 100, 254, 255] : Array.from({ length: 256 }, (_, i) => i);
  const flipped = bits.map((bit) => {
    const publicKey = item.publicKey.slice();
    publicKey[bit >> 3] = (publicKey[bit >> 3] as number) ^ (1 << (bit & 7));
    return { ...item, publicKey, valid: false, what: `bit ${bit} of the key flipped` };
  });
  for (const keyCacheEntries of [0, 3, 1024]) {
    const engine = create(subject, keyCacheEntries);
    const faults = mistakes(engine, [item]);
    for (let round = 0; round < 2; round++) {
      faults.push(...flipped.flatMap((each, i) => (i % 16 === 0 ? mistakes(engine, [item, each, item]) : [])));
      faults.push(...mistakes(engine, [item, ...flipped, item]));
    }
    right(t, faults, `${keyCacheEntries} cached`);
  }
});

forEach(CHALLENGERS, "messages of every length", async (t, subject) => {
  const engine = create(subject);
  const signer = new Signer(9000);
  const lengths = subject.name === "js" ? [0, 1, 47, 48, 63, 64, 175, 176, 300] : Array.from({ length: 301 }, (_, i) => i);
  const items = lengths.map((length) => signer.sign(numberedMessage(length, length)));
  right(t, mistakes(engine, items), "ascending");
  const random = new Random(23);
  right(t, mistakes(engine, random.shuffled(items), 0, items.length, { shift: 3 }), "in any order");
  const changed = items
    .filter(({ message }) => message.length > 0)
    .map((item) => {
      const message = item.message.slice();
      const at = random.chance(50) ? message.length - 1 : random.below(message.length);
      message[at] = (message[at] as number) ^ 0x80;
      return { ...item, message, valid: false, what: `${item.what}, byte ${at} changed` };
    });
  right(t, mistakes(engine, changed), "with one byte changed");
  const long = [1 << 20, 1000, 4095, 4096, 1 << 16].map((length) => signer.sign(numberedMessage(length, length)));
  const mixed = [...items.slice(0, 20), ...long, ...items.slice(20, 40)];
  right(t, mistakes(engine, mixed), "up to a megabyte");
  right(t, mistakes(engine, long.slice(0, 1)), "a megabyte alone");
});
