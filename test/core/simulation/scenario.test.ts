/** Scenarios as data: what is refused and why, what names mean, what becomes of faults and of chance. */
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import t from "tap";
import { livenessBoundUs } from "../../../core/simulation/checkers/liveness.js";
import { describeDuration, durationUs, loadScenario, parseScenario, timelineOf } from "../../../core/simulation/index.js";
import { chainDocument } from "../../../core/simulation/run/composition.js";
import { calmOfUs, calmStretches } from "../../../core/simulation/scenario/calm.js";
import { parseDuration } from "../../../core/simulation/scenario/duration.js";
import { plansOf, selected } from "../../../core/simulation/scenario/roster.js";
import { type Action, endOfUs } from "../../../core/simulation/scenario/timeline.js";
import { ROOT } from "../../functional/node-process.js";

const FOLDER = new URL("config/scenarios/", ROOT);

const PLAIN = { name: "plain", duration: "10m", nodes: [{ name: "miner", count: 3, hashShare: 90 }, { name: "lone" }] };

async function problemsOf(change: object): Promise<readonly string[]> {
  try {
    await parseScenario({ ...PLAIN, ...change });
    return [];
  } catch (error) {
    const { data } = error as {
      readonly data: { readonly problems: readonly { readonly path: string; readonly message: string; readonly suggestion?: string }[] };
    };
    return data.problems.map(
      ({ path, message, suggestion }) => `${path}: ${message}${suggestion === undefined ? "" : ` (${suggestion}?)`}`,
    );
  }
}

const REFUSED: Readonly<Record<string, readonly [change: object, problem: RegExp]>> = {
  "shares beyond all there is": [
    {
      nodes: [
        { name: "a", hashShare: 60 },
        { name: "b", hashShare: 50 },
      ],
    },
    /^nodes: hash shares come to 110 percent/,
  ],
  "a negative share": [{ nodes: [{ name: "a", hashShare: -5 }] }, /^nodes\.0\.hashShare: a share is not negative \(-5\)/],
  "an unknown node": [
    { timeline: [{ at: "1m", do: "crash", nodes: ["mner-1"] }] },
    /^timeline\.0\.nodes: there is no node or group mner-1 \(miner-1\?\)/,
  ],
  "an unknown node in a group": [
    { timeline: [{ at: "1m", do: "partition", groups: [["miner"], ["nobody"]] }] },
    /^timeline\.0\.groups\.1: .*nobody/,
  ],
  "a negative time": [{ timeline: [{ at: "-5s", do: "heal" }] }, /^timeline\.0\.at: -5s is negative; times count from the beginning/],
  "a time after the end": [{ timeline: [{ at: "11m", do: "heal" }] }, /^timeline\.0\.at: 11m is behind the end of the run \(10m\)/],
  "no unit": [{ duration: "90" }, /^duration: "90" is no duration; write a number and its unit/],
  "a run of no length": [{ duration: "0" }, /^duration: a run takes some time/],
  "more than a year": [{ duration: "400d" }, /^duration: 400d is more than a year/],
  "a fault without its object": [{ timeline: [{ at: "1m", do: "stall", nodes: ["lone"] }] }, /^timeline\.0: stall needs for/],
  "a fault with another's key": [{ timeline: [{ at: "1m", do: "heal", nodes: ["lone"] }] }, /^timeline\.0\.nodes: heal has no nodes/],
  "an unknown fault": [{ timeline: [{ at: "1m", do: "explode" }] }, /^timeline\.0\.do: .*explode/],
  "an exit of nobody": [{ timeline: [{ at: "1m", do: "exit", nodes: ["lone"] }] }, /^timeline\.0\.nodes: lone has no validators to exit/],
  "a node on two sides": [
    { timeline: [{ at: "1m", do: "partition", groups: [["miner"], ["miner-2"]] }] },
    /^timeline\.0\.groups\.1: miner-2 is on two sides/,
  ],
  "two nodes of one name": [{ nodes: [{ name: "a", count: 2 }, { name: "a-1" }] }, /^nodes\.1\.name: there are two nodes called a-1/],
  "two kinds of latency": [{ network: { latency: { constant: "1s", uniform: ["1s", "2s"] } } }, /^network\.latency: write one of/],
  "a uniform latency upside down": [
    { network: { latency: { uniform: ["2s", "1s"] } } },
    /^network\.latency\.uniform: the first is not above/,
  ],
  "a table that does not fit": [
    { network: { regions: { names: ["eu", "us"], median: [["1ms", "2ms"]] } } },
    /^network\.regions\.median: 2 regions need as many rows, not 1/,
  ],
  "an unknown region": [{ nodes: [{ name: "a", region: "mars" }] }, /^nodes\.0\.region: there is no region mars/],
  "an unknown key": [{ netwrok: {} }, /^netwrok: .*\(network\?\)/],
  "a loss beyond all": [{ network: { loss: 1.5 } }, /^network\.loss: /],
  "traffic for nobody": [{ traffic: { nodes: ["minners"] } }, /^traffic\.nodes: there is no node or group minners/],
  "a change of the network that changes nothing": [
    { timeline: [{ at: "1m", do: "network" }] },
    /^timeline\.0: network needs latency or loss/,
  ],
  "another latency where regions have theirs": [
    {
      nodes: [{ name: "a", region: "eu" }],
      network: { regions: { names: ["eu"], median: [["1ms"]] } },
      timeline: [{ at: "1m", do: "network", latency: { constant: "1s" } }],
    },
    /^timeline\.0\.latency: where there are regions/,
  ],
  "a block that can't be missed": [{ expect: { liveness: "10m" } }, /^expect\.liveness: a block within 10m can't be missed: .* is 9m 59s/],
  "a block that chance leaves no time for": [
    { chaos: { crashes: "1m", from: "4m", until: "8m" }, expect: { liveness: "5m" } },
    /^expect\.liveness: .* is 3m 59s/,
  ],
  "a block that a split leaves no time for": [
    { timeline: [{ at: "3m", do: "partition", groups: [["lone"]] }], expect: { liveness: "5m" } },
    /^expect\.liveness: .* is 2m 59s/,
  ],
  "chaos without time": [{ chaos: { crashes: "0" } }, /^chaos\.crashes: a mean time is above 0/],
  "too many nodes": [
    {
      nodes: [
        { name: "a", count: 9_999 },
        { name: "b", count: 2 },
      ],
    },
    /^nodes: 10001 nodes/,
  ],
};

for (const [name, [change, problem]] of Object.entries(REFUSED)) {
  t.test(`refuses ${name}`, async (t) => {
    const problems = await problemsOf(change);
    t.ok(
      problems.some((each) => problem.test(each)),
      problems.join("\n") || "nothing was refused",
    );
  });
}

t.test("all problems come at once, with file and line", async (t) => {
  const file = `${t.testdir({ "bad.yaml": "name: bad\nduration: -1m\nnodes:\n  - { name: a, hashShare: 200 }\ntimeline:\n  - at: 1s\n    do: crash\n    nodes: [b]\n" })}/bad.yaml`;
  await t.rejects(loadScenario(file), {
    code: "CONFIG_INVALID",
    data: {
      problems: [
        { path: "duration", line: 2 },
        { path: "nodes", line: 3 },
        { path: "timeline.0.nodes", line: 8 },
      ],
    },
  });
  await t.rejects(loadScenario("/nowhere.yaml"), { code: "CONFIG_INVALID" });
});

t.test("every scenario of the repository is one", async (t) => {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".yaml"));
  t.ok(names.length >= 3);
  for (const name of names) {
    const scenario = await loadScenario(fileURLToPath(new URL(name, FOLDER)));
    t.equal(`${scenario.name}.yaml`, name, "a file is named as its scenario");
    t.not(scenario.description, "", `${name} says what it shows`);
    const { parameters } = (
      chainDocument(scenario, plansOf(scenario)) as { readonly consensus: { readonly parameters: { readonly blockIntervalMs: number } } }
    ).consensus;
    const [boundUs, calmUs] = [livenessBoundUs(scenario, parameters.blockIntervalMs), calmOfUs(scenario)];
    t.ok(boundUs < calmUs, `${name} is calm for ${calmUs / 60e6} minutes; a block is missed after ${boundUs / 60e6}`);
  }
});

t.test("names mean nodes, groups, everybody", async (t) => {
  const plans = plansOf(await parseScenario(PLAIN));
  const named = (...names: string[]) => selected(plans, names).map(({ name }) => name);
  t.same(named("miner-2", "lone"), ["miner-2", "lone"]);
  t.same(named("miner"), ["miner-1", "miner-2", "miner-3"]);
  t.equal(named("*").length, 4);
  t.same(
    plans.map(({ hashShare }) => hashShare),
    [30, 30, 30, 0],
  );
});

t.test("faults become plain actions, in order of time", async (t) => {
  const scenario = await parseScenario({
    ...PLAIN,
    nodes: [...PLAIN.nodes, { name: "late", joins: "2m" }],
    timeline: [
      { at: "3m", do: "partition", groups: [["miner"], ["lone"]], for: "1m" },
      { at: "1m", do: "crash", nodes: ["lone"], for: "30s" },
      { at: "5m", do: "skew", nodes: ["miner-1"], by: "-1.5s" },
    ],
  });
  t.same(
    timelineOf(scenario, "1")
      .slice(4)
      .map((action) => `${action.atUs / 1e6} ${action.do} ${"nodes" in action ? action.nodes : ""}`.trim()),
    ["60 crash lone", "90 start lone", "120 start late", "180 partition", "300 skew miner-1"],
  );
  t.match(timelineOf(scenario, "1")[7], { do: "partition", forUs: 60e6 });
});

t.test("chance is the seed's, and each kind of it has its own", async (t) => {
  const chaos = { crashes: "30s", stalls: "1m", partitions: "2m", skews: "1m" };
  const scenario = await parseScenario({ ...PLAIN, chaos });
  const text = (seed: string, of = scenario) => JSON.stringify(timelineOf(of, seed));
  t.equal(text("1"), text("1"));
  t.not(text("1"), text("2"));
  const without = await parseScenario({ ...PLAIN, chaos: { crashes: "30s" } });
  const crashes = (actions: ReturnType<typeof timelineOf>) => JSON.stringify(actions.filter((action) => action.do === "crash"));
  t.equal(crashes(timelineOf(without, "7")), crashes(timelineOf(scenario, "7")), "other kinds do not move it");
  const actions = timelineOf(scenario, "3");
  t.ok(["crash", "start", "stall", "partition", "skew"].every((kind) => actions.some((action) => action.do === kind)));
  t.ok(
    actions.every((action) => endOfUs(action) <= (2 * 600e6) / 3),
    "it ends before the run does",
  );
});

t.test("calm is where nothing is done and nothing lasts", async (t) => {
  const actions: readonly Action[] = [
    { atUs: 0, do: "start", nodes: ["a"] },
    { atUs: 10, do: "partition", groups: [["a"]], forUs: 50 },
    { atUs: 20, do: "cut", from: ["a"], to: ["b"], forUs: 5 },
    { atUs: 100, do: "cut", from: ["a"], to: ["b"] },
    { atUs: 130, do: "heal" },
    { atUs: 140, do: "stall", nodes: ["a"], forUs: 10 },
    { atUs: 160, do: "crash", nodes: ["a"] },
    { atUs: 190, do: "partition", groups: [["a"]] },
  ];
  const spans = (from: number) => calmStretches(actions.slice(from), 200).map(({ fromUs, toUs }) => [fromUs, toUs]);
  t.same(spans(0), [
    [0, 10],
    [60, 100],
    [130, 140],
    [150, 160],
    [160, 190],
  ]);
  t.same(spans(8), [[0, 200]]);
});

t.test("durations", async (t) => {
  t.same(["1.5s", "250ms", "2h", "0", "3us", "1d"].map(parseDuration), [1_500_000, 250_000, 7_200e6, 0, 3, 86_400e6]);
  t.equal(durationUs("90s"), 90e6);
  t.throws(() => durationUs("soon"), /no duration/);
  t.same([1_500_000, 61e6, 3_661e6].map(describeDuration), ["1.5s", "1m 01s", "1h 01m 01s"]);
});
