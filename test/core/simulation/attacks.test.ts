/** Attacks: the formulas against published numbers, the tables small, and the adversary on whole nodes. */
import { readFile } from "node:fs/promises";
import t from "tap";
import { simAttack } from "../../../core/cli/commands/sim-attack.js";
import type { Context } from "../../../core/cli/context.js";
import { attackPage } from "../../../core/simulation/attacks/attack-report.js";
import { swingTables, timestampTables, warpTables } from "../../../core/simulation/attacks/difficulty.js";
import { doubleSpendTables } from "../../../core/simulation/attacks/double-spend.js";
import { overtaking, rewrite } from "../../../core/simulation/attacks/majority.js";
import { attempts, doubleSpender, races, SELFISH } from "../../../core/simulation/attacks/node-races.js";
import { clockAhead, nodeTimeTables } from "../../../core/simulation/attacks/node-time.js";
import { withholdingTables } from "../../../core/simulation/attacks/node-withholding.js";
import { selfishTables } from "../../../core/simulation/attacks/selfish-mining.js";
import { deviations, jointConfidence, Ratio, studentDeviations, wilson } from "../../../core/simulation/attacks/statistics.js";
import { type AttackTable, disagreements, mean, proportion, tableOf } from "../../../core/simulation/attacks/table.js";
import {
  asertBlocks,
  asertDifficulty,
  eyalSirer,
  honestBlocksUntilOvertaken,
  nakamoto,
  postdatedBlocks,
  rewriteWithin,
  rosenfeld,
  selfishThreshold,
} from "../../../core/simulation/attacks/theory.js";
import { SeededRandom } from "../../../core/simulation/random.js";
import { barPlot, linePlot } from "../../../core/simulation/report/plot.js";
import { run as runCommand } from "../../functional/node-process.js";

const near = (t: { readonly ok: (fine: boolean, what: string) => unknown }, found: number, wanted: number, within: number, what?: string) =>
  t.ok(Math.abs(found - wanted) <= within, `${what ?? ""} ${found} is ${wanted} within ${within}`);

function agree(t: { readonly ok: (fine: boolean, what: string) => unknown }, tables: readonly AttackTable[]): void {
  for (const { name, rows } of tables)
    for (const { at, theory, measured, agrees } of rows) t.ok(agrees, `${name} ${JSON.stringify(at)}: ${measured} and ${theory}`);
}

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
  near(t, postdatedBlocks(0.5, 2, 12, { halfLife: 3, interval: 1 }), 15 / 16, 1e-12, "four half-lives of the way to one block");
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
  // Of the mean of 1 to 4: √(5/3) / √4, and Student's t with three degrees of freedom, from the tables.
  near(t, ratio.interval(0.99).high, 2.5 + 5.840_909 * Math.sqrt(5 / 12), 1e-6);
  for (const [freedom, quantile] of [
    [1, 63.656_741],
    [2, 9.924_843],
    [5, 4.032_143],
    [10, 3.169_273],
    [99, 2.626_405],
    [100, 2.625_891],
    [1_000, 2.580_755],
  ] as const)
    near(t, studentDeviations(0.99, freedom), quantile, 1e-6, `${freedom} degrees of freedom`);
  near(t, studentDeviations(0.999, 4), 8.610_302, 1e-6);
  t.throws(() => proportion({}, 0.2, { successes: 0, trials: 0 }).interval(0.99), "nothing was tried: no share of it");
  const single = new Ratio();
  single.add(1);
  t.throws(() => mean({}, 1, single).interval(0.99), "one value says nothing of how far values are apart");
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
    ...(await doubleSpendTables({ ...options, trials: 50 })),
    ...(await selfishTables({ ...options, trials: 500 })),
    ...(await swingTables({ ...options, trials: 50 })),
    ...(await timestampTables({ ...options, trials: 50 })),
    ...(await warpTables(options)),
  ];
  agree(t, tables);
  const postdated = tables.find(({ name }) => name === "timestamps")?.rows.at(-1);
  t.equal(postdated?.claim, "equal");
  near(t, postdated?.theory ?? 0, 2 * (15 / 16), 1e-12, "all of two minutes, but for a sixteenth");
  const page = attackPage(tables, options);
  t.match(page, /<svg/);
  t.match(page, /cells agree with theory/);
  t.match(page, /1: Bitcoin&#39;s \(control\), borders ahead; 2: /, "bars are numbered, and the numbers explained");
  t.match(page, /id="swing-asert-blocks"[\s\S]*id="swing-asert-difficulty"/, "blocks and difficulty do not share an axis");
  t.same(
    await timestampTables({ ...options, trials: 50 }),
    tables.filter(({ name }) => name === "timestamps"),
    "the same seed, the same table",
  );
});

t.test("a majority takes what it wants, as far back as nodes let it, and finality alone is what keeps it from more", async (t) => {
  const random = new SeededRandom("test/majority");
  let [taken, takenUnbounded] = [0, 0];
  for (let trial = 0; trial < 300; trial++) {
    const { isTaken, isTakenUnbounded } = rewrite(random, 0.6, 6);
    if (isTaken) taken++;
    if (isTakenUnbounded) takenUnbounded++;
  }
  const { low, high } = wilson(taken, 300, 0.9999);
  const expected = rewriteWithin(0.6, 6);
  t.ok(low <= expected && expected <= high, `${taken} of 300, and ${expected}`);
  t.ok(taken < 300, "some were refused");
  t.equal(takenUnbounded, 300, "each branch was the heavier one when it was shown");
  t.ok(overtaking(random, 0.7, 3) >= 0);
});

t.test("on whole nodes a selfish pool holds back, shows, and undoes honest blocks", async (t) => {
  const { outcomes } = await races(0.4, SELFISH, 14, "test");
  t.ok(outcomes.length > 5, `${outcomes.length} races`);
  t.ok(
    outcomes.some(({ race, isTaken, own }) => isTaken && own >= 2 && race !== undefined && race.honest >= 1),
    "a branch was shown, and taken",
  );
  t.ok(outcomes.some(({ own }) => own === 0));
});

t.test("on whole nodes a double spender races for real, and sometimes loses", async (t) => {
  const { outcomes } = await races(0.3, doubleSpender(1), 25, "11");
  const { successes, trials } = attempts(outcomes);
  t.ok(successes > 0 && successes < trials, `${successes} of ${trials} attempts`);
  t.same(attempts([]), { successes: 0, trials: 0 }, "no race, no attempt");
});

t.test("on whole nodes clocks and withholding do what the tables say", async (t) => {
  const options = { seed: "1", trials: 40 };
  agree(t, [...(await nodeTimeTables(options)), ...(await withholdingTables(options))]);
  // Without an attacker there are 20 with this seed, and more than those if nodes took blocks from an hour ahead.
  const early = await clockAhead("3600s", 15, "3");
  t.ok(early <= 17, `blocks from a clock that is an hour ahead wait: ${early}`);
});

t.test("labels stand side by side, and the last one is whole", async (t) => {
  const labels = ["Bitcoin's (control) borders ahead", "full windows, borders in order borders back and forth", "c", "d"];
  const frame = { title: "", x: { label: "" }, y: { label: "" }, width: 400 };
  const ticks = (plot: string) => [
    ...plot.matchAll(/<text class="tick" x="([^"]+)"[^>]*text-anchor="(\w+)">(?:<title>([^<]*)<.title>)?([^<]*)</g),
  ];
  const along = ticks(barPlot(frame, labels, [{ name: "a", values: [1, 2, 3, 4] }])).filter(([, , anchor]) => anchor !== "end");
  t.same(
    along.map(([, , , , text]) => text),
    [labels[0]?.replace("'", "&#39;")],
    "long ones have the room of others",
  );
  const numbered = ticks(barPlot(frame, ["1", "2", "3", "4"], [{ name: "a", values: [1, 2, 3, 4] }], labels)).filter(
    ([, , , title]) => title !== undefined,
  );
  t.same(
    numbered.map(([, , , title, text]) => [text, title]),
    labels.map((name, index) => [String(index + 1), name.replace("'", "&#39;")]),
  );
  const points = [
    { x: 1, y: 1 },
    { x: 1_000, y: 2 },
  ];
  const axis = { label: "", logarithmic: true, format: (value: number) => `${value} milliseconds` };
  const last = ticks(linePlot({ ...frame, x: axis }, [{ name: "a", points }])).at(-1);
  t.same([last?.[1], last?.[2], last?.[4]], ["400", "end", "1000 milliseconds"]);
});

t.test("the command prints tables, and refuses what it does not know before it begins", async (t) => {
  const folder = t.testdir({});
  const good = await runCommand([
    ...["sim", "attack", "nodes-flood", "--trials", "100"],
    ...["--report", `${folder}/page.html`, "--json", `${folder}/tables.json`],
  ]);
  t.equal(good.code, 0, good.stderr);
  t.match(good.stdout, /orphans.*agrees[\s\S]*all 9 cells agree with theory\ndigest [0-9a-f]{64}\n$/);
  const { tables } = JSON.parse(await readFile(`${folder}/tables.json`, "utf8")) as { readonly tables: readonly AttackTable[] };
  const bounds = tables.flatMap(({ rows }) => rows).filter(({ claim }) => claim === "equal");
  t.equal(bounds.length, 4, "four bounds are reached, and not passed");
  t.match(await readFile(`${folder}/page.html`, "utf8"), /^<!doctype html>/);
  // Nothing is printed before the options are good.
  const context = {} as Context;
  for (const [name, options] of [
    ["magic", {}],
    ["all", { trials: "3" }],
    ["time-warp", { seed: "a b" }],
    ["time-warp", { report: `${folder}/none/page.html` }],
    ["time-warp", { json: folder }],
  ] as const)
    await t.rejects(simAttack(name, { trials: "100", seed: "1", ...options }, context), { code: "CLI_USAGE" });
});
