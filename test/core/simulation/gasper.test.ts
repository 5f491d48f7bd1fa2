/**
 * The scenarios of proof of stake. Here two run for some minutes of their time, with few nodes: everybody honest, and one who votes twice. With SIM_SEEDS
 * (`npm run sim`), all of them run as they are written, each with as many seeds; a hundred nodes with one.
 *
 * SIM_ONLY names some of them (`SIM_ONLY=partition,leak`); SIM_FROM is the first seed (1).
 */
import { readdirSync } from "node:fs";
import t, { type Test } from "tap";
import { loadScenario, parseScenario, type Scenario, simulate } from "../../../core/simulation/index.js";
import { ROOT } from "../../functional/node-process.js";

const FOLDER = new URL("config/scenarios/gasper/", ROOT).pathname;
const IS_FULL = process.env.SIM_SEEDS !== undefined;
const FROM = Number(process.env.SIM_FROM ?? 1);
const SEEDS = Array.from({ length: Number(process.env.SIM_SEEDS ?? 1) }, (_, index) => FROM + index);
const ONLY = process.env.SIM_ONLY?.split(",");
/** They take minutes each. */
const ONCE = ["hundred-nodes"];

const names = readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ""));
const load = (name: string): Promise<Scenario> => loadScenario(`${FOLDER}${name}.yaml`);

/** Every scenario is one that can fail: of what it expects, something is beyond the invariants. */
t.test("scenarios are named after their files, and each expects something of finality or of forks", async (t) => {
  for (const name of names) {
    const { name: given, expect } = await load(name);
    t.equal(given, `gasper-${name}`);
    t.ok(expect.finalizedAtLeast > 0 || expect.finalizedAtMost !== undefined, `${name} expects something of finality`);
    t.ok(expect.liveness, `${name} expects blocks while nothing is done to it`);
  }
});

if (IS_FULL) for (const name of names.filter((each) => ONLY?.includes(each) ?? true)) t.test(name, (t) => runSeeds(t, name));
else {
  t.test("happy path, shortened", async (t) => {
    const whole = await load("happy-path");
    const nodes = [{ name: "node", count: 3, validators: 12 }];
    const expect = { finalizedAtLeast: 8, slashedAtMost: 0, deepestReorgAtMost: 0, liveness: "30s" };
    const scenario = await parseScenario({ ...whole, duration: "200s", nodes, traffic: { ...whole.traffic, until: "2m" }, expect });
    const result = await simulate(scenario, { seed: 1 });
    t.equal(result.failure, undefined, String(result.failure));
  });

  t.test("who votes twice is slashed", async (t) => {
    const nodes = [
      { name: "node", count: 3, validators: 14 },
      { name: "liar", validators: 2, byzantine: true, config: { plugins: { "byzantine-gasper": { misbehave: "double-vote" } } } },
    ];
    const whole = await load("double-voters");
    const caught = { slashedAtLeast: 2, slashedAtMost: 2, liveness: "60s" };
    const scenario = await parseScenario({ ...whole, duration: "2m", nodes, expect: caught });
    const first = await simulate(scenario, { seed: 1 });
    t.equal(first.failure, undefined, String(first.failure));
    t.equal((await simulate(scenario, { seed: 1 })).digest, first.digest, "once more is the same");
  });
}

async function runSeeds(t: Test, name: string): Promise<void> {
  const scenario = await load(name);
  for (const seed of ONCE.includes(name) ? SEEDS.slice(0, 1) : SEEDS) {
    const result = await simulate(scenario, { seed });
    t.equal(result.failure, undefined, `seed ${seed}: ${result.failure}`);
    t.comment(`${name} seed ${seed} height ${result.height} stale ${result.stale} reorg ${result.deepestReorg} ${result.digest}`);
  }
}
