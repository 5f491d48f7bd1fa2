/** Targets, retargeting and timestamp rules: published vectors, and properties that must hold for every input. */
import fc from "fast-check";
import t from "tap";
import { AssertionFailure } from "../../../core/kernel/assert.js";
import { asertTarget, GenesisAsert } from "../../../core/work/asert.js";
import {
  bitsFromBytes,
  bitsOfTarget,
  bitsToBytes,
  formatBits,
  MAX_TARGET,
  parseBits,
  readCompact,
  targetOfBits,
  targetToBytes,
  workOfTarget,
} from "../../../core/work/compact.js";
import { CompactBitsError } from "../../../core/work/errors.js";
import { acceptableFrom, medianTimePast, proposalTimestamp } from "../../../core/work/timestamps.js";
import { retarget, windowEndsAt } from "../../../core/work/window.js";
import { ASERT_RUNS } from "./asert-vectors.js";

/** Bitcoin Core, src/test/arith_uint256_tests.cpp, bignum_SetCompact: bits, magnitude, negative, re-encoded. */
const SET_COMPACT: readonly (readonly [bits: number, magnitude: bigint, negative: boolean, canonical: number])[] = [
  [0x00000000, 0n, false, 0],
  [0x00123456, 0n, false, 0],
  [0x01003456, 0n, false, 0],
  [0x02000056, 0n, false, 0],
  [0x03000000, 0n, false, 0],
  [0x04000000, 0n, false, 0],
  [0x00923456, 0n, false, 0],
  [0x01803456, 0n, false, 0],
  [0x02800056, 0n, false, 0],
  [0x03800000, 0n, false, 0],
  [0x04800000, 0n, false, 0],
  [0x01123456, 0x12n, false, 0x01120000],
  [0x01fedcba, 0x7en, true, 0x017e0000],
  [0x02123456, 0x1234n, false, 0x02123400],
  [0x03123456, 0x123456n, false, 0x03123456],
  [0x04123456, 0x12345600n, false, 0x04123456],
  [0x04923456, 0x12345600n, true, 0x04123456],
  [0x05009234, 0x92340000n, false, 0x05009234],
  [0x20123456, 0x123456n << 232n, false, 0x20123456],
];

const target = fc.bigInt({ min: 1n, max: MAX_TARGET });

t.test("compact targets: Bitcoin Core's vectors", async (t) => {
  for (const [bits, magnitude, negative, canonical] of SET_COMPACT) {
    t.same(readCompact(bits), { magnitude, negative, overflow: false }, formatBits(bits));
    t.equal(bitsOfTarget(magnitude), canonical, `${formatBits(bits)} re-encoded`);
  }
  t.equal(readCompact(0xff123456).overflow, true, "0xff123456 overflows");
  t.equal(bitsOfTarget(0x80n), 0x02008000, "the sign bit is never generated");
  // Genesis of Bitcoin, and the work of difficulty 1 (GetBlockProof).
  t.equal(targetOfBits(0x1d00ffff), 0xffffn << 208n);
  t.equal(workOfTarget(0xffffn << 208n), 0x100010001n);
});

t.test("compact targets: one encoding each, everything else is refused", async (t) => {
  const refused: readonly (readonly [number, RegExp])[] = [
    [0x00000000, /zero/],
    [0x01003456, /zero/],
    [0x04923456, /negative/],
    [0x01fedcba, /negative/],
    [0xff123456, /larger than 2\^256/],
    [0x22010000, /larger than 2\^256/],
    [0x21010000, /larger than 2\^256/],
    [0x01123456, /canonical form is 0x01120000/],
    [0x04000012, /canonical form is 0x02120000/],
    [0x1e0000ff, /canonical form is 0x1d00ff00/],
  ];
  for (const [bits, message] of refused) t.throws(() => targetOfBits(bits), { code: CompactBitsError.code, message }, formatBits(bits));
  t.throws(() => parseBits("1D00FFFF"), { code: CompactBitsError.code });
  t.throws(() => parseBits("1d00fff"), { code: CompactBitsError.code });
  t.throws(() => bitsOfTarget(MAX_TARGET + 1n), RangeError);
  t.throws(() => bitsOfTarget(-1n), RangeError);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (bits) => {
      let decoded: bigint;
      try {
        decoded = targetOfBits(bits);
      } catch (error) {
        return CompactBitsError.matches(error);
      }
      return decoded >= 1n && decoded <= MAX_TARGET && bitsOfTarget(decoded) === bits && bitsFromBytes(bitsToBytes(bits)) === bits;
    }),
  );
});

t.test("compact targets: rounding down, monotone, at most 2^-15 lost", async () => {
  fc.assert(
    fc.property(target, (value) => {
      const rounded = targetOfBits(bitsOfTarget(value));
      return rounded <= value && (value - rounded) * 32_768n <= value;
    }),
  );
  fc.assert(
    fc.property(target, target, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      return targetOfBits(bitsOfTarget(low)) <= targetOfBits(bitsOfTarget(high)) && workOfTarget(low) >= workOfTarget(high);
    }),
  );
  fc.assert(fc.property(target, (value) => BigInt(`0x${Buffer.from(targetToBytes(value)).toString("hex")}`) === value));
});

t.test("work is floor(2^256 / (target + 1)), as Bitcoin Core computes it in 256 bits", async (t) => {
  fc.assert(fc.property(target, (value) => workOfTarget(value) === (MAX_TARGET - value) / (value + 1n) + 1n));
  t.equal(workOfTarget(MAX_TARGET), 1n);
});

t.test("aserti3-2d: the published runs, in seconds and in milliseconds", async (t) => {
  const powLimit = targetOfBits(0x1d00ffff);
  let rows = 0;
  for (const run of ASERT_RUNS) {
    for (const unit of [1n, 1_000n]) {
      const parameters = { anchorTarget: targetOfBits(run.anchorBits), powLimit, blockInterval: 600n * unit, halfLife: 172_800n * unit };
      const wrong = run.rows.filter(({ height, time, bits }) => {
        const next = asertTarget(parameters, (time - run.anchorParentTime) * unit, height - run.anchorHeight);
        return bitsOfTarget(next) !== bits;
      });
      t.same(wrong, [], `${run.name}, ${unit === 1n ? "s" : "ms"}`);
    }
    rows += run.rows.length;
  }
  t.ok(rows > 500, "the vectors are there");
});

t.test("asert: bounds and monotony", async (t) => {
  const powLimit = targetOfBits(0x1f00ffff);
  const parameters = fc.record({
    anchorTarget: fc.bigInt({ min: 1n, max: powLimit }),
    powLimit: fc.constant(powLimit),
    blockInterval: fc.bigInt({ min: 1n, max: 10n ** 8n }),
    halfLife: fc.bigInt({ min: 1n, max: 10n ** 11n }),
  });
  const time = fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n });
  const height = fc.bigInt({ min: 0n, max: 2n ** 53n });
  fc.assert(
    fc.property(parameters, time, height, (parameters, time, height) => {
      const next = asertTarget(parameters, time, height);
      return next >= 1n && next <= powLimit;
    }),
  );
  fc.assert(
    fc.property(parameters, time, time, height, (parameters, a, b, height) => {
      const [early, late] = a < b ? [a, b] : [b, a];
      return asertTarget(parameters, early, height) <= asertTarget(parameters, late, height);
    }),
  );
  const steady = { anchorTarget: 12_345_678n << 100n, powLimit, blockInterval: 1_000n, halfLife: 60_000n };
  const asert = new GenesisAsert(1_700_000_000_000, steady);
  const at = (height: number, lateMs: number) => asert.nextTarget({ height, timestampMs: 1_700_000_000_000 + 1_000 * height + lateMs });
  t.equal(at(0, 0), steady.anchorTarget, "the block after genesis has its target");
  t.equal(at(10_000, 0), steady.anchorTarget, "on schedule: the anchor's target");
  t.equal(at(77, 60_000), 2n * steady.anchorTarget, "a half-life late: twice as easy");
  t.equal(at(77, -60_000), steady.anchorTarget / 2n, "a half-life early: twice as hard");
});

t.test("window: exact steps, clamped to a factor of four", async (t) => {
  const powLimit = 2n ** 240n;
  const rule = { blocks: 10, blockIntervalMs: 1_000, powLimit };
  t.equal(retarget(1_000_000n, 10_000, rule), 1_000_000n);
  t.equal(retarget(1_000_000n, 12_345, rule), 1_234_500n);
  t.equal(retarget(1_000_000n, 1, rule), 250_000n, "at most four times harder");
  t.equal(retarget(1_000_000n, -5_000, rule), 250_000n, "a window that ran backwards counts as short");
  t.equal(retarget(1_000_000n, 10 ** 9, rule), 4_000_000n, "at most four times easier");
  t.equal(retarget(powLimit, 10 ** 9, rule), powLimit, "never easier than the limit");
  t.equal(retarget(1n, 1, rule), 1n, "never zero");
  t.same(
    [0, 1, 9, 10, 11, 20].map((tip) => windowEndsAt(tip, 10)),
    [false, false, false, true, false, true],
  );
});

t.test("window: Bitcoin Core's vectors", async (t) => {
  // src/test/pow_tests.cpp: get_next_work, …_pow_limit, …_lower_limit_actual, …_upper_limit_actual. They measure 2,015 intervals;
  // the arithmetic is the same whichever blocks the times are of.
  const rule = { blocks: 2_016, blockIntervalMs: 600_000, powLimit: targetOfBits(0x1d00ffff) };
  for (const [from, to, bits, expected] of [
    [1_261_130_161, 1_262_152_739, 0x1d00ffff, 0x1d00d86a],
    [1_231_006_505, 1_233_061_996, 0x1d00ffff, 0x1d00ffff],
    [1_279_008_237, 1_279_297_671, 0x1c05a3f4, 0x1c0168fd],
    [1_263_163_443, 1_269_211_443, 0x1c387f6f, 0x1d00e1fd],
  ] as const)
    t.equal(bitsOfTarget(retarget(targetOfBits(bits), 1_000 * (to - from), rule)), expected, `${bits.toString(16)}, ${to - from} s`);
});

t.test("window: bounded by the clamp and the limit, and monotone in time", async () => {
  const powLimit = targetOfBits(0x1f00ffff);
  const rules = fc.record({ blocks: fc.integer({ min: 2, max: 4_000 }), blockIntervalMs: fc.integer({ min: 100, max: 86_400_000 }) });
  const elapsed = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
  fc.assert(
    fc.property(rules, fc.bigInt({ min: 1n, max: powLimit }), elapsed, elapsed, (rule, target, a, b) => {
      const [short, long] = [Math.min(a, b), Math.max(a, b)].map((ms) => retarget(target, ms, { ...rule, powLimit })) as [bigint, bigint];
      const idealMs = BigInt(rule.blocks) * BigInt(rule.blockIntervalMs);
      // A quarter in whole milliseconds.
      const least = (target * (idealMs / 4n)) / idealMs;
      const isWithin = (next: bigint) => next >= 1n && next <= powLimit && next <= 4n * target && next >= least;
      return short <= long && isWithin(short) && isWithin(long);
    }),
  );
});

t.test("timestamps: median of what there is, future bound, proposals above the median", async (t) => {
  const past = (list: readonly number[], blocks?: number) => medianTimePast((distance) => list[distance - 1], blocks);
  t.equal(past([5]), 5);
  t.equal(past([5, 1]), 5, "of two the later, as in Bitcoin");
  t.equal(past([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]), 6, "only the last eleven count");
  t.equal(past([3, 1, 2], 3), 2);
  t.throws(() => past([]), AssertionFailure);
  t.equal(acceptableFrom(1_000, 900, 100), undefined, "exactly at the bound");
  t.equal(acceptableFrom(1_001, 900, 100), 901);
  t.equal(proposalTimestamp(5_000.7, 4_000), 5_000);
  t.equal(proposalTimestamp(5_000, 6_000), 6_001, "a clock behind the chain still makes valid blocks");
});
