/** Bits of committees against sets. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import t from "tap";
import {
  bitsFit,
  bitsOverlap,
  countBits,
  countBitsBeyond,
  emptyBits,
  hasBit,
  intersectBits,
  isSubsetOf,
  membersOf,
  singleBit,
  unionBits,
} from "../../../../plugins/consensus-gasper/codec/index.js";

function bitsOf(size: number, members: ReadonlySet<number>): Uint8Array {
  return [...members].reduce((bits, member) => unionBits(bits, singleBit(size, member)), emptyBits(size));
}

const positions = (bits: Uint8Array): number[] => Array.from({ length: 8 * bits.length }, (_, i) => i).filter((i) => hasBit(bits, i));

t.test("they are sets", async () => {
  const pairs = fc.integer({ min: 1, max: 70 }).chain((size) => {
    const members = fc.array(fc.integer({ min: 0, max: size - 1 }), { maxLength: 70 }).map((list) => new Set(list));
    return fc.tuple(fc.constant(size), members, members);
  });
  const same = (bits: Uint8Array, expected: Iterable<number>) =>
    deepStrictEqual(
      positions(bits),
      [...new Set(expected)].sort((x, y) => x - y),
    );
  fc.assert(
    fc.property(pairs, ([size, one, two]) => {
      const [a, b] = [bitsOf(size, one), bitsOf(size, two)];
      const both = [...one].filter((member) => two.has(member));
      same(a, one);
      same(unionBits(a, b), [...one, ...two]);
      same(intersectBits(a, b), both);
      const faults = [
        countBits(a) !== one.size,
        bitsOverlap(a, b) !== both.length > 0,
        isSubsetOf(a, b) !== (both.length === one.size),
        countBitsBeyond(a, b) !== one.size - both.length,
        !bitsFit(a, size),
      ];
      if (faults.includes(true)) throw new Error(faults.join());
      const committee = Uint32Array.from({ length: size }, (_, i) => 1_000 - 7 * i);
      const members = positions(a).map((position) => 1_000 - 7 * position);
      if (membersOf(committee, a).join() !== members.join()) throw new Error("members");
    }),
    { numRuns: 150 },
  );
});

t.test("what fits a committee", async (t) => {
  t.ok(bitsFit(Uint8Array.of(255, 1), 9));
  t.notOk(bitsFit(Uint8Array.of(255, 2), 9), "a bit beyond it");
  t.notOk(bitsFit(Uint8Array.of(255), 9), "too short");
  t.notOk(bitsFit(Uint8Array.of(255, 1, 0), 9), "too long");
  t.ok(bitsFit(Uint8Array.of(255), 8));
  t.ok(bitsFit(new Uint8Array(0), 0));
  t.notOk(bitsFit(Uint8Array.of(0), 0));
  t.ok(bitsFit(Uint8Array.of(0), 3), "nobody");
  t.notOk(hasBit(Uint8Array.of(255), 8), "beyond the last byte there is nobody");
});

t.test("what only a bug can ask", async (t) => {
  for (const combine of [unionBits, intersectBits, bitsOverlap, isSubsetOf, countBitsBeyond])
    t.throws(() => combine(new Uint8Array(1), new Uint8Array(2)), { name: "AssertionFailure" });
  t.throws(() => singleBit(3, 3), { name: "AssertionFailure" });
  t.throws(() => membersOf(Uint32Array.of(1, 2), Uint8Array.of(4)), { name: "AssertionFailure" });
});
