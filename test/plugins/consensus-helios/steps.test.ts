/** Steps, targets and work: the ladder, its thresholds, the block interval over a step, parameters that contradict each other. */
import fc from "fast-check";
import t from "tap";
import { Value } from "typebox/value";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import { MAX_TARGET, targetOfBits } from "../../../core/work/compact.js";
import { HeliosSpec } from "../../../plugins/consensus-helios/config.js";
import {
  attemptsOf,
  Difficulty,
  decodeExtra,
  demandOf,
  encodeExtra,
  rescaled,
  workOf,
} from "../../../plugins/consensus-helios/difficulty.js";
import { checkParameters } from "../../../plugins/consensus-helios/parameters.js";
import {
  attemptCost,
  BASE_COST,
  beginsEpoch,
  memoryKiBAt,
  nextSteps,
  type Steps,
  squaringsAt,
} from "../../../plugins/consensus-helios/steps.js";

const specOf = (differences: object = {}): HeliosSpec => Value.Default(HeliosSpec, differences) as HeliosSpec;
const spec = specOf({ search: { innerNonceBits: 16 } });
const steps = (memory: number, time: number): Steps => ({ memory, time });

t.test("a step adds an eighth, rounded down", async (t) => {
  t.equal(memoryKiBAt(spec, steps(0, 0)), 16_384);
  t.equal(memoryKiBAt(spec, steps(4, 0)), 24_576);
  t.equal(memoryKiBAt(specOf({ memory: { sizeKiB: 65 } }), steps(1, 0)), 73, "73.125");
  t.equal(squaringsAt(specOf({ timeLock: { squarings: 8 } }), steps(3, 2)), 10);
  t.equal(attemptCost(spec, steps(0, 0)), BASE_COST);
  t.equal(attemptCost(spec, steps(4, 0)), BASE_COST + 160n, "half more of 40 percent");
  t.equal(attemptCost(spec, steps(8, 8)), BASE_COST + 560n, "twice 70 percent");
});

t.test("the two kinds take turns, and come back the same way", async (t) => {
  const climbing = specOf({ memory: { stepsMax: 4 }, timeLock: { stepsMax: 2 }, steps: { firstAttempts: 1 } });
  const ladder: Steps[] = [steps(0, 0)];
  for (;;) {
    const last = ladder.at(-1) as Steps;
    const next = nextSteps(climbing, last, 2n ** 200n);
    if (next === last) break;
    ladder.push(next);
  }
  t.same(ladder, [steps(0, 0), steps(1, 0), steps(1, 1), steps(2, 1), steps(2, 2), steps(3, 2), steps(4, 2)]);
  for (let rung = ladder.length - 1; rung > 0; rung--) t.same(nextSteps(climbing, ladder[rung] as Steps, 0n), ladder[rung - 1]);
  t.same(nextSteps(climbing, steps(0, 0), 0n), steps(0, 0));
  const flat = specOf({ memory: { stepsMax: 0 }, timeLock: { stepsMax: 0 } });
  t.same(nextSteps(flat, steps(0, 0), 2n ** 200n), steps(0, 0), "no room to climb");
});

t.test("thresholds: up from firstAttempts times 2^growthBits for each rung, down below half of it", async (t) => {
  const rising = specOf({ steps: { firstAttempts: 1_000, growthBits: 2 } });
  t.same(nextSteps(rising, steps(0, 0), 999n), steps(0, 0));
  t.same(nextSteps(rising, steps(0, 0), 1_000n), steps(1, 0));
  t.same(nextSteps(rising, steps(1, 0), 3_999n), steps(1, 0));
  t.same(nextSteps(rising, steps(1, 0), 4_000n), steps(1, 1));
  t.same(nextSteps(rising, steps(1, 0), 500n), steps(1, 0), "half is enough to stay");
  t.same(nextSteps(rising, steps(1, 0), 499n), steps(0, 0));
  t.same(nextSteps(rising, steps(1, 1), 2_000n), steps(1, 1));
  t.same(nextSteps(rising, steps(1, 1), 1_999n), steps(1, 0));
  t.same(
    [0, 1, 1_439, 1_440, 2_880].map((height) => beginsEpoch(spec, height)),
    [false, false, false, true, true],
  );
});

t.test("extra has six bytes", async (t) => {
  const demand = { bits: 0x1d0fffff, steps: steps(3, 2) };
  t.same(encodeExtra(demand), Uint8Array.of(0x1d, 0x0f, 0xff, 0xff, 3, 2));
  t.same(decodeExtra(encodeExtra(demand)), demand);
  for (const length of [0, 4, 5, 7]) t.equal(decodeExtra(new Uint8Array(length)), undefined);
  t.throws(() => demandOf(new Uint8Array(5)));
});

t.test("a block weighs what it costs, whatever its steps, and an attempt is worth as much in time", async (t) => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 2n ** 40n, max: 2n ** 250n }),
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 8 }),
      (target, memory, time) => {
        const at = rescaled(spec, target, steps(memory, time));
        // Exact to the last place of the division.
        t.ok(at * BASE_COST <= target * attemptCost(spec, steps(memory, time)));
        t.ok((at + 1n) * BASE_COST > target * attemptCost(spec, steps(memory, time)));
      },
    ),
  );
  t.equal(rescaled(spec, MAX_TARGET, steps(4, 4)), MAX_TARGET);
  const plain = workOf(spec, { bits: 0x1c100000, steps: steps(0, 0) });
  const stepped = workOf(spec, { bits: 0x1c100000, steps: steps(8, 8) });
  t.equal(stepped, (plain * (BASE_COST + 560n)) / BASE_COST, "the same hash count at dearer attempts");
  t.equal(workOf(spec, { bits: 0x207fffff, steps: steps(0, 0) }), 2n);
  t.equal(
    attemptsOf(spec, { bits: 0x1d010000, steps: steps(0, 0) }),
    (2n ** 31n - 1n) >> 15n,
    "2^256 / (2^224 + 1) hashes, 2^16 an attempt",
  );
});

/** A parent that states `extra` and stands `lateMs` behind its schedule. */
function parentOf(height: number, extra: Uint8Array, { blockIntervalMs }: HeliosSpec, lateMs = 0): TreeHeader {
  return { header: { height, extra, timestampMs: 1_000_000 + height * blockIntervalMs + lateMs } } as TreeHeader;
}

t.test("demand: ASERT's target at step 0, rescaled; steps move at epoch borders only", async (t) => {
  const stepping = specOf({ initialTargetBits: "1d0fffff", steps: { epochBlocks: 10, firstAttempts: 1 } });
  const parameters = checkParameters(stepping);
  const difficulty = new Difficulty(parameters, { header: { timestampMs: 1_000_000 } } as TreeHeader);
  const genesis = Difficulty.genesis(parameters);
  t.same(genesis, { bits: 0x1d0fffff, steps: steps(0, 0) });
  const demandAfter = (height: number, extra: Uint8Array, lateMs = 0) =>
    difficulty.demand({ at: (distance) => (distance === 1 ? parentOf(height, extra, stepping, lateMs) : undefined) });
  const start = encodeExtra(genesis);
  t.same(demandAfter(0, start), genesis);
  t.same(demandAfter(8, start), genesis, "on schedule nothing moves");
  const border = demandAfter(9, start);
  t.same(border.steps, steps(1, 0));
  const ratio = Number((targetOfBits(border.bits) * 10_000n) / targetOfBits(genesis.bits));
  t.ok(ratio >= 10_499 && ratio <= 10_500, "an attempt that costs 5 percent more succeeds 5 percent more often");
  t.same(demandAfter(10, encodeExtra(border)), border, "and stays within the epoch");
  t.same(demandAfter(19, encodeExtra(border)).steps, steps(1, 1));
  const late = demandAfter(5, start, stepping.difficulty.halfLifeMs);
  t.equal(Number((targetOfBits(late.bits) * 100n) / targetOfBits(genesis.bits)), 200, "half-life behind: twice as easy");
  t.equal(difficulty.ratio(late), 7.999);
  const easiest = demandAfter(5, start, 1_000 * stepping.difficulty.halfLifeMs);
  t.equal(targetOfBits(easiest.bits), targetOfBits(0x1e00ffff), "never easier than powLimit");
});

t.test("parameters that contradict each other are refused with their path", async (t) => {
  const refused = (differences: object) => {
    try {
      checkParameters(specOf(differences));
      return "taken";
    } catch (error) {
      return (error as { data?: { path?: string } }).data?.path;
    }
  };
  t.equal(refused({}), "taken");
  t.equal(refused({ initialTargetBits: "1f00ffff" }), "initialTargetBits");
  t.equal(refused({ initialTargetBits: "1d000000" }), "initialTargetBits");
  t.equal(refused({ shares: { memory: 41 } }), "shares");
  t.equal(refused({ memory: { stepsMax: 5 } }), "memory.budgetKiB", "a header's check would exceed its budget");
  t.equal(refused({ memory: { passes: 2 } }), "memory.budgetKiB");
  t.equal(refused({ memory: { stepsMax: 5, budgetKiB: 26_624 } }), "taken");
  t.equal(refused({ medianTimeBlocks: 10 }), "medianTimeBlocks");
  t.equal(refused({ confirmations: 101 }), "confirmations");
});
