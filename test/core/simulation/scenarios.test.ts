/**
 * Every scenario of the repository. Here each runs for a few minutes of its time, with what it expects of its length taken down to
 * match; `npm run sim` runs all of them as they are written, with as many seeds as SIM_SEEDS says (3).
 */
import { readdirSync } from "node:fs";
import t, { type Test } from "tap";
import {
  loadScenario,
  parseScenario,
  type Scenario,
  type SimulationObserver,
  simulate,
  withConsensus,
} from "../../../core/simulation/index.js";
import { ROOT } from "../../functional/node-process.js";

const FOLDER = new URL("config/scenarios/", ROOT).pathname;
const IS_FULL = process.env.SIM_SEEDS !== undefined;
const SEEDS = Array.from({ length: Number(process.env.SIM_SEEDS ?? 1) }, (_, index) => index + 1);

interface Short {
  readonly duration: string;
  readonly timeline?: readonly object[];
  /** Groups by name: what is different. */
  readonly nodes?: Readonly<Record<string, object>>;
  readonly chain?: object;
  readonly chaos?: object;
  readonly expect?: object;
}

const FAST = { consensus: { parameters: { blockIntervalMs: 20_000 } } };
const NO_FLOOR = { blocksAtLeast: 1, staleAtLeast: 0, deepestReorgAtLeast: 0 };
const SPLIT = { at: "1m", do: "partition", for: "7m" };

const SHORT: Readonly<Record<string, Short>> = {
  "happy-path": { duration: "4m" },
  "fresh-node": { duration: "6m", nodes: { follower: { joins: "4m" }, newcomer: { joins: "4m" } } },
  "partial-sync": {
    duration: "9m",
    timeline: [
      { at: "2m", do: "stop", nodes: ["sleeper"] },
      { at: "6m", do: "start", nodes: ["sleeper"] },
      { at: "360.6s", do: "crash", nodes: ["sleeper"], for: "20s" },
    ],
  },
  "slow-node": { duration: "4m" },
  "natural-fork": { duration: "60s", expect: { staleAtLeast: 1, deepestReorgAtLeast: 0, blocksAtLeast: 4 } },
  partition: {
    duration: "12m",
    nodes: { east: { count: 3 }, west: { count: 2 } },
    timeline: [{ ...SPLIT, groups: [["east"], ["west"]] }],
    expect: { deepestReorgAtLeast: 1, staleAtLeast: 1 },
  },
  "deep-reorganization": {
    duration: "10m",
    chain: { consensus: { parameters: { blockIntervalMs: 20_000, maxReorgDepth: 30, confirmations: 6 } } },
    timeline: [{ ...SPLIT, groups: [["heavy"], ["light"]] }],
    expect: { deepestReorgAtLeast: 3, staleAtLeast: 3 },
  },
  "beyond-max-reorg-depth": {
    duration: "11m",
    chain: { consensus: { parameters: { blockIntervalMs: 20_000, maxReorgDepth: 5, confirmations: 3 } } },
    timeline: [{ ...SPLIT, groups: [["east"], ["west"]] }],
  },
  "malicious-fork": { duration: "3m", chain: FAST },
  "third-byzantine": { duration: "2m", chain: FAST },
  "thirty-percent-failing": {
    duration: "6m",
    timeline: [
      { at: "1m", do: "crash", nodes: ["miner-1", "miner-2", "miner-3"], for: "2m" },
      { at: "4m", do: "crash", nodes: ["miner-8", "miner-9", "miner-10"] },
    ],
  },
  "random-crashes": { duration: "4m", chaos: { crashes: "30s", downtime: "20s", until: "3m" } },
  "message-drops": { duration: "4m", timeline: [{ at: "2m", do: "network", loss: 0.05 }] },
  delays: { duration: "80s" },
  "throttled-blocks": { duration: "2m", expect: { blocksAtLeast: 0 } },
  stress: {
    duration: "2m",
    nodes: { america: { count: 5 }, europe: { count: 5 }, asia: { count: 5 }, antarctica: { count: 2 } },
    chain: FAST,
  },
  chaos: {
    duration: "4m",
    nodes: { late: { joins: "1m" } },
    chaos: { until: "150s" },
    timeline: [{ at: "210s", do: "hashRate", nodes: ["miner", "far", "liar"], share: 0 }],
  },
};

/** With Helios, too: here some, in full all of them. */
const HELIOS = ["natural-fork", "malicious-fork"];

async function shortened(scenario: Scenario, { duration, timeline, nodes = {}, chain, chaos, expect }: Short): Promise<Scenario> {
  return parseScenario({
    ...scenario,
    duration,
    ...(chain && { chain }),
    timeline: timeline ?? scenario.timeline,
    nodes: scenario.nodes.map((group) => ({ ...group, ...nodes[group.name] })),
    ...(chaos && { chaos: { ...scenario.chaos, ...chaos } }),
    ...(scenario.traffic && { traffic: { ...scenario.traffic, until: duration } }),
    // Minutes are too short for a bound that was made for an hour; it is seen to fit at full length in scenario.test.ts.
    expect: { ...scenario.expect, ...NO_FLOOR, liveness: undefined, ...expect },
  });
}

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length));

t.test("each scenario is run, and named after its file", async (t) => {
  t.same([...names].sort(), Object.keys(SHORT).sort());
  for (const name of names) t.equal((await loadScenario(`${FOLDER}${name}.yaml`)).name, name);
});

async function runSeeds(t: Test, name: string, scenario: Scenario): Promise<void> {
  for (const seed of SEEDS) {
    const codes = new Set<unknown>();
    const watch = (): SimulationObserver => ({ onLog: ({ data }) => void codes.add((data as { readonly code?: string }).code) });
    const result = await simulate(scenario, { seed, directory: FOLDER, observers: [watch] });
    t.equal(result.failure, undefined, `seed ${seed}: ${result.failure}`);
    if (IS_FULL)
      t.comment(`${name} seed ${seed} height ${result.height} stale ${result.stale} reorg ${result.deepestReorg} ${result.digest}`);
    if (name === "beyond-max-reorg-depth") t.ok(codes.has("NETWORK_FORKED_BELOW_FINALITY"), "who is on its own says so");
  }
}

for (const name of names) {
  const short = SHORT[name];
  if (short === undefined) continue;
  const scenario = async (): Promise<Scenario> => {
    const whole = await loadScenario(`${FOLDER}${name}.yaml`);
    return IS_FULL ? whole : shortened(whole, short);
  };
  t.test(name, async (t) => runSeeds(t, name, await scenario()));
  if (IS_FULL || HELIOS.includes(name))
    t.test(`${name}, with Helios`, async (t) => runSeeds(t, name, withConsensus(await scenario(), "helios")));
}
