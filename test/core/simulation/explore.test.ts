/** Searching seeds: the same digest with any number of jobs, the first failing seed, and a small scenario that fails in the same way. */
import { readFileSync } from "node:fs";
import t from "tap";
import { withEnds } from "../../../core/simulation/explore/fault-ends.js";
import { writtenOut } from "../../../core/simulation/explore/shrink.js";
import { durationUs, explore, loadScenario, parseScenario, scenarioText, shrink, simulate } from "../../../core/simulation/index.js";
import type { Fault } from "../../../core/simulation/scenario/schema.js";
import { endOfUs, timelineOf } from "../../../core/simulation/scenario/timeline.js";
import { run as runCommand } from "../../functional/node-process.js";

/** Two miners, of whom one is away too long for the run's end, in a crowd of faults that have nothing to do with it. */
const FAILING = {
  name: "failing",
  duration: "12m",
  nodes: [
    { name: "miner", count: 3, hashShare: 100, slowness: 1 },
    { name: "follower", count: 2 },
  ],
  timeline: [
    { at: "30s", do: "crash", nodes: ["follower-1"], for: "20s" },
    { at: "60s", do: "stall", nodes: ["follower-2"], for: "5s" },
    { at: "90s", do: "skew", nodes: ["miner-2"], by: "2s" },
    { at: "2m", do: "partition", groups: [["miner-1"]] },
    { at: "718s", do: "heal" },
  ],
  chaos: { crashes: "2m", downtime: "20s", until: "2m" },
  traffic: { perMinute: 4, accounts: 2 },
  network: { loss: 0.01 },
  expect: { agreementDepth: 1_000, convergedWithin: 1 },
};

t.test("the combined digest, the first failing seed and the exit code do not depend on the number of jobs", async (t) => {
  const folder = t.testdir({
    "shaky.yaml": `
name: shaky
duration: 3m
nodes: [{ name: miner, count: 2, hashShare: 100 }]
expect: { blocksAtLeast: 3 }
`,
  });
  const scenario = await loadScenario(`${folder}/shaky.yaml`);
  const options = { from: 1, count: 5, directory: folder };
  const [one, two] = [
    await explore(scenario, { ...options, jobs: 1, all: true }),
    await explore(scenario, { ...options, jobs: 2, all: true }),
  ];
  t.equal(one.outcomes.length, 5);
  t.match(one.digest, /^[0-9a-f]{64}$/);
  t.same(two, one);
  const own: string[] = [];
  for (const { seed, digest } of one.outcomes.slice(3)) if ((await simulate(scenario, { seed })).digest === digest) own.push(seed);
  t.same(own, ["4", "5"], "each is the run that its seed is");
  const [first] = one.failures;
  if (first === undefined) {
    t.fail("some seed fails");
    return;
  }
  t.match(first.failure, { code: "SIMULATION_INVARIANT_BROKEN", invariant: "expectation" });
  const early = await explore(scenario, { ...options, jobs: 2 });
  t.equal(early.outcomes.at(-1)?.seed, first.seed);
  t.same(early.failures, [first]);
  t.not(early.digest, one.digest);
});

t.test("what chance adds is written out without changing the run, and what ends a fault with it", async (t) => {
  const chaos = { crashes: "1m", stalls: "1m", partitions: "30s", partitionTime: "60s", skews: "1m", until: "5m" };
  const timeline = [...FAILING.timeline, { at: "3m", do: "cut", from: ["miner"], to: ["follower"], for: "10s" }];
  const scenario = await parseScenario({ ...FAILING, timeline, chaos });
  const overlaps = timelineOf(scenario, "3").filter((action) => action.do === "partition");
  t.ok(
    overlaps.some((one, at) => endOfUs(one) > (overlaps[at + 1]?.atUs ?? Number.POSITIVE_INFINITY)),
    "partitions overlap",
  );
  const plain = writtenOut(scenario, "3");
  t.equal(plain.chaos, undefined);
  // As text, as they are in the digest.
  t.equal(JSON.stringify(timelineOf(plain, "3")), JSON.stringify(timelineOf(scenario, "3")));
});

t.test("a failing scenario becomes small on the command line, and the small one fails again", async (t) => {
  const folder = t.testdir({ "failing.yaml": JSON.stringify(FAILING) });
  const found = await runCommand(["sim", "failing.yaml", "--seeds", "3", "--from", "3", "--jobs", "1"], { cwd: folder });
  t.equal(found.code, 1, found.stdout + found.stderr);
  t.match(found.stdout, /failed: seed 3: convergence/);
  t.match(found.stdout, /small: chainwright sim failing-seed-3\.yaml --seed 3\ndigest [0-9a-f]{64}\n$/);
  const file = `${folder}/failing-seed-3.yaml`;
  t.match(readFileSync(file, "utf8"), /^# From failing, seed 3, made small/);
  const small = await loadScenario(file);
  t.same(
    small.timeline.map(({ do: what }) => what),
    ["partition", "heal"],
    "what ends a fault stays beside it",
  );
  t.ok(small.nodes.reduce((sum, { count = 1 }) => sum + count, 0) <= 3 && small.traffic === undefined && small.network.loss === 0);
  t.match(await simulate(small, { seed: 3 }), { failure: { data: { invariant: "convergence" } } });
});

t.test("a fault is kept with what ends it, so that a small scenario is no other one", (t) => {
  const of = (at: string, rest: object) => ({ at, ...rest }) as Fault;
  const partition = of("1s", { do: "partition", groups: [["a"]] });
  const crash = of("2s", { do: "crash", nodes: ["a", "b"] });
  const timed = of("3s", { do: "crash", nodes: ["c"], for: "1s" });
  const back = of("4s", { do: "start", nodes: ["b"] });
  const heal = of("5s", { do: "heal" });
  const both = of("6s", { do: "start", nodes: ["a", "b"] });
  const again = of("7s", { do: "heal" });
  const whole = [partition, crash, timed, back, heal, both, again];
  t.same(withEnds(whole, [partition]), [partition, heal]);
  t.same(withEnds(whole, [crash, timed]), [crash, timed, back, both]);
  t.same(withEnds(whole, [timed, heal]), [timed, heal]);
  t.same(withEnds(whole, [back, again]), [back, again], "what ends nothing goes alone");
  t.end();
});

t.test("a bound on liveness that is too long for what is left of a run does not keep it from being made small", async (t) => {
  const nodes = [{ name: "miner", count: 2, hashShare: 100 }];
  const timeline = [{ at: "30s", do: "skew", nodes: ["miner-1"], by: "1s" }];
  const scenario = await parseScenario({ name: "slow", duration: "8m", nodes, timeline, expect: { blocksAtLeast: 1_000, liveness: "7m" } });
  const small = await shrink(scenario, { seed: "1" });
  t.match(small?.outcome.failure, { invariant: "expectation" });
  t.ok(
    durationUs(small?.scenario.duration ?? "1h") < 420e6 && small?.scenario.expect.liveness === undefined,
    `${small?.scenario.duration}`,
  );
});

t.test("a scenario that holds is not shrunk; a file goes elsewhere with its plugins", async (t) => {
  const scenario = await parseScenario({ name: "calm", duration: "2m", nodes: [{ name: "a" }] });
  t.equal(await shrink(scenario, { seed: "1" }), undefined);
  const text = await scenarioText({ ...scenario, config: { plugins: { "./mute.js": null } } }, ["why"], "/somewhere");
  t.equal(text, '# why\nname: "calm"\nduration: "2m"\nconfig: {"plugins":{"/somewhere/mute.js":null}}\nnodes:\n  - {"name":"a"}\n');
});
