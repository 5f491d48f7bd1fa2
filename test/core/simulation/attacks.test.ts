/** Attacks: the formulas against published numbers, the tables small, and the adversary on whole nodes. */
import t from "tap";
import { attackPage } from "../../../core/simulation/attacks/attack-report.js";
import { swingTables, timestampTables, warpTables } from "../../../core/simulation/attacks/difficulty.js";
import { doubleSpendTables } from "../../../core/simulation/attacks/double-spend.js";
import { overtaking, rewrite } from "../../../core/simulation/attacks/majority.js";
import { races, SELFISH } from "../../../core/simulation/attacks/node-attacks.js";
import { selfishTables } from "../../../core/simulation/attacks/selfish-mining.js";
import { deviations, jointConfidence, Ratio, wilson } from "../../../core/simulation/attacks/statistics.js";
import { disagreements, proportion, tableOf } from "../../../core/simulation/attacks/table.js";
import {
  asertBlocks,
  asertDifficulty,
  eyalSirer,
  honestBlocksUntilOvertaken,
  nakamoto,
  rewriteWithin,
  rosenfeld,
  selfishThreshold,
} from "../../../core/simulation/attacks/theory.js";
import { SeededRandom } from "../../../core/simulation/random.js";
import { run as runCommand } from "../../functional/node-process.js";

const near = (t: { readonly ok: (fine: boolean, what: string) => unknown }, found: number, wanted: number, within: number, what?: string) =>
  t.ok(Math.abs(found - wanted) <= within, `${what ?? ""} ${found} is ${wanted} within ${within}`);

t.test("double spend: Rosenfeld's table of 2014, and Nakamoto's of 2008", async (t) => {
  // Rosenfeld, table 1, percent, for 1 to 6 confirmations.
  const published: Readonly<Record<number, readonly number[]>> = {
    0.1: [20, 5.6, 1.712, 0.546, 0.178, 0.059],
    0.2: [40, 20.8, 11.584, 6.669, 3.916, 2.331],
    0.3: [60, 43.2, 32.616, 25.207, 19.762, 15.645],
    0.4: [80, 70.4, 63.488, 57.958, 53.314, 49.3],
  };
  for (const [q, row] of Object.entries(published))
    for (const [index, percent] of row.entries()) near(t, rosenfeld(Number(q), index + 1) * 100, percent, 0.000_6, `q ${q} z ${index + 1}`);
  // Nakamoto, section 11.
  const paper = [1, 0.204_587_3, 0.050_977_9, 0.013_172_2, 0.003_455_2, 0.000_913_7, 0.000_242_8];
  for (const [z, share] of paper.entries()) near(t, nakamoto(0.1, z), share, 5.1e-8, `z ${z}`);
  near(t, nakamoto(0.3, 5), 0.177_352_3, 5.1e-8);
  near(t, nakamoto(0.3, 10), 0.041_660_5, 5.1e-8);
  t.equal(rosenfeld(0.5, 6), 1);
});

t.test("selfish mining pays from Eyal and Sirer's thresholds on; a majority's price and reach", async (t) => {
  for (const [gamma, threshold] of [
    [0, 1 / 3],
    [0.5, 1 / 4],
    [0.9, 0.1 / 1.2],
  ] as const) {
    near(t, selfishThreshold(gamma), threshold, 1e-12);
    near(t, eyalSirer(threshold, gamma), threshold, 1e-12, "at the threshold, as much as honesty");
    t.ok(eyalSirer(threshold + 0.01, gamma) > threshold + 0.01 && eyalSirer(threshold - 0.01, gamma) < threshold - 0.01);
  }
  near(t, honestBlocksUntilOvertaken(0.6, 1), 4, 1e-12);
  // By hand: A, HAA and nothing else within one honest block.
  near(t, rewriteWithin(0.6, 1), 0.6 + 0.4 * 0.36, 1e-12);
  near(t, rewriteWithin(0.3, 3_000), 0.3 / 0.7, 1e-9, "without a bound, the gambler's ruin");
  near(t, asertDifficulty(10, 1, 1), 5.5, 1e-12);
  near(t, asertBlocks(1, 7, 3, 1), 7, 1e-12, "nothing changes");
});

t.test("intervals: known quantiles, Wilson's, and a check that can fail", async (t) => {
  near(t, deviations(0.99), 2.575_829_303_5, 1e-9);
  near(t, deviations(0.95), 1.959_963_984_5, 1e-9);
  near(t, jointConfidence(24), 1 - 0.01 / 24, 1e-15);
  const { low, high } = wilson(10, 100, 0.95);
  near(t, low, 0.055_229, 1e-6);
  near(t, high, 0.174_366, 1e-6);
  t.same(wilson(0, 10, 0.99).low, 0);
  const ratio = new Ratio();
  for (const x of [1, 2, 3, 4]) ratio.add(x);
  t.equal(ratio.value, 2.5);
  const half = deviations(0.99) * Math.sqrt(5 / 16);
  near(t, ratio.interval(0.99).high, 2.5 + half, 1e-12);
  const about = { name: "x", title: "x", source: "s", method: "m", unit: "share" } as const;
  const rows = [
    proportion({ q: 0.1 }, 0.2, { successes: 2_000, trials: 10_000 }),
    proportion({ q: 0.2 }, 0.2, { successes: 2_200, trials: 10_000 }),
  ];
  const table = tableOf(about, rows);
  t.same(
    table.rows.map(({ agrees }) => agrees),
    [true, false],
  );
  t.equal(disagreements([table]), 1, "five standard deviations off is not chance");
  t.ok(
    (table.rows[0]?.interval.high ?? 1) - (table.rows[0]?.interval.low ?? 0) < 0.03,
    "10,000 trials: no wider than 1.5 points either way",
  );
});

t.test("each model agrees with its formula, on the fork choice and difficulty that nodes run", async (t) => {
  const options = { seed: "1", trials: 100 };
  const tables = [
    ...(await doubleSpendTables(options)),
    ...(await selfishTables({ ...options, trials: 1_000 })),
    ...(await swingTables(options)),
    ...(await timestampTables(options)),
    ...(await warpTables(options)),
  ];
  for (const { name, rows } of tables)
    for (const { at, theory, measured, agrees } of rows) t.ok(agrees, `${name} ${JSON.stringify(at)}: ${measured} and ${theory}`);
  const page = attackPage(tables, options);
  t.match(page, /<svg/);
  t.match(page, /cells agree with theory/);
  const again = await selfishTables({ ...options, trials: 1_000 });
  t.same(
    again,
    tables.filter(({ name }) => name === "selfish-mining"),
    "the same seed, the same table",
  );
});

t.test("a majority takes what it wants, as far back as nodes let it", async (t) => {
  const random = new SeededRandom("test/majority");
  let taken = 0;
  for (let trial = 0; trial < 300; trial++) if (rewrite(random, 0.6, 6)) taken++;
  const { low, high } = wilson(taken, 300, 0.9999);
  const expected = rewriteWithin(0.6, 6);
  t.ok(low <= expected && expected <= high, `${taken} of 300, and ${expected}`);
  t.ok(overtaking(random, 0.7, 3) >= 0);
});

t.test("on whole nodes a selfish pool holds back, shows, and undoes honest blocks", async (t) => {
  const { outcomes } = await races(0.4, SELFISH, 1, "test");
  t.ok(outcomes.length > 5, `${outcomes.length} races`);
  t.ok(
    outcomes.some(({ race, isTaken, own }) => isTaken && own >= 2 && race !== undefined && race.honest >= 1),
    "a branch was shown, and taken",
  );
  t.ok(outcomes.some(({ own }) => own === 0));
});

t.test("the command prints tables, and refuses what it does not know", async (t) => {
  const folder = t.testdir({});
  const [good, unknown, few] = await Promise.all([
    runCommand(["sim", "attack", "time-warp", "--trials", "100", "--report", `${folder}/page.html`, "--json", `${folder}/tables.json`]),
    runCommand(["sim", "attack", "magic"]),
    runCommand(["sim", "attack", "all", "--trials", "3"]),
  ]);
  t.equal(good.code, 0, good.stderr);
  t.match(good.stdout, /borders in order.*agrees[\s\S]*all 6 cells agree with theory\ndigest [0-9a-f]{64}\n$/);
  t.equal(unknown.code, 2);
  t.equal(few.code, 2);
});
