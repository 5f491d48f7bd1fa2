/** Whole runs: repeatable bit for bit, faults survived, and each invariant seen to fail when something is broken on purpose. */
import t from "tap";
import {
  type CheckerFactory,
  parseScenario,
  type SimulatedNode,
  type SimulationObserver,
  type SimulationOptions,
  type SimulationProgress,
  simulate,
} from "../../../core/simulation/index.js";
import { run as runCommand } from "../../functional/node-process.js";

const NETWORK = { topology: "full", latency: { logNormal: { median: "60ms", sigma: 0.4 } } };
const MINERS = [{ name: "miner", count: 3, hashShare: 100 }];

async function outcome(change: object, options: Partial<SimulationOptions> = {}) {
  const scenario = await parseScenario({ name: "test", duration: "15m", nodes: MINERS, network: NETWORK, ...change });
  return simulate(scenario, { seed: 1, ...options });
}

t.test("three real nodes mine, sync and agree; the same seed is the same run, another seed another", async (t) => {
  const traffic = { perMinute: 6, accounts: 3, until: "8m" };
  const first = await outcome({ duration: "10m", traffic });
  t.equal(first.failure, undefined, String(first.failure));
  t.ok(first.height >= 5 && first.imports >= 3 * first.height, `height ${first.height}, ${first.imports} imports`);
  t.ok(first.traffic.accepted > 20, `${first.traffic.accepted} transfers`);
  t.match(first.digest, /^[0-9a-f]{64}$/);
  const again = await outcome({ duration: "10m", traffic }, { engine: "js" });
  t.same({ ...again }, { ...first }, "whatever computes");
  t.not((await outcome({ duration: "10m", traffic }, { seed: 2 })).digest, first.digest);
});

t.test("two processes come to one digest, on the command line; a broken invariant is named and ends with another code", async (t) => {
  const folder = t.testdir({
    "chaos.yaml": `
name: chaos
duration: 9m
nodes: [{ name: miner, count: 4, hashShare: 100, sync: 4ms, slowness: 1 }, { name: late, joins: 5m }]
network: { loss: 0.02, upload: 100000, download: 500000 }
chaos: { crashes: 1m, downtime: 40s, stalls: 2m, partitions: 3m, partitionTime: 40s, skews: 4m, until: 6m }
traffic: { perMinute: 6, accounts: 3, until: 7m }
expect: { agreementDepth: 20 }
`,
    "split.yaml":
      "name: split\nduration: 20m\nnodes: [{ name: a, hashShare: 50 }, { name: b, hashShare: 50 }]\ntimeline: [{ at: 10s, do: partition, groups: [[a]] }]\n",
  });
  const [one, other, split] = await Promise.all([
    runCommand(["sim", `${folder}/chaos.yaml`, "--seed", "5"]),
    runCommand(["sim", `${folder}/chaos.yaml`, "--seed", "5"]),
    runCommand(["sim", `${folder}/split.yaml`, "--json"]),
  ]);
  t.equal(one.code, 0, one.stdout + one.stderr);
  t.match(one.stdout, /all invariants held\ndigest [0-9a-f]{64}\n$/);
  t.equal(one.stdout.split("\n").at(-2), other.stdout.split("\n").at(-2));
  t.equal(split.code, 1);
  t.match(JSON.parse(split.stdout), {
    failure: { code: "SIMULATION_INVARIANT_BROKEN", invariant: /agreement|convergence/ },
    digest: /^[0-9a-f]{64}$/,
  });
});

t.test("crashes in the middle of writes, lost packets, slow disks: everybody comes back and agrees", async (t) => {
  const lost: number[] = [];
  const watch = (run: { readonly nodes: readonly SimulatedNode[] }): SimulationObserver => ({
    atEnd: () => void lost.push(...run.nodes.map(({ machine }) => machine.disk.lostWrites)),
  });
  const result = await outcome(
    {
      duration: "12m",
      nodes: [{ name: "miner", count: 4, hashShare: 100, sync: "2s", slowness: 2 }],
      network: { ...NETWORK, loss: 0.05 },
      chaos: { crashes: "20s", downtime: "20s", until: "7m" },
      traffic: { perMinute: 10, accounts: 4, until: "9m" },
      expect: { agreementDepth: 20 },
    },
    { observers: [watch] },
  );
  t.equal(result.failure, undefined, String(result.failure));
  t.ok(Math.max(...lost) > 0, `crashes undid ${lost} writes`);
  t.ok(result.network.losses > 10 && result.traffic.accepted > 50);
});

t.test("a partition heals by a reorganization", async (t) => {
  const result = await outcome({
    duration: "30m",
    nodes: [
      { name: "east", count: 2, hashShare: 70 },
      { name: "west", count: 2, hashShare: 30 },
    ],
    timeline: [{ at: "2m", do: "partition", groups: [["east"], ["west"]], for: "15m" }],
    expect: { agreementDepth: 30, deepestReorgAtLeast: 1 },
  });
  t.equal(result.failure, undefined, String(result.failure));
});

/** By invariant; what comes behind a colon tells apart the ways in which one fails. */
const BROKEN: Readonly<
  Record<string, readonly [change: object, plant?: (node: SimulatedNode) => void, options?: Partial<SimulationOptions>]>
> = {
  agreement: [{ duration: "60m", timeline: [{ at: "10s", do: "partition", groups: [["miner-1"]] }], expect: { agreementDepth: 1 } }],
  finality: [
    {
      duration: "60m",
      chain: { consensus: { parameters: { maxReorgDepth: 2, confirmations: 1 } } },
      timeline: [{ at: "10s", do: "partition", groups: [["miner-1"]] }],
      expect: { agreementDepth: 1_000 },
    },
  ],
  liveness: [{ duration: "20m", timeline: [{ at: "1m", do: "hashRate", nodes: ["*"], share: 0 }], expect: { liveness: "5m" } }],
  "liveness: in a calm between two faults": [
    {
      duration: "12m",
      timeline: [
        { at: "1m", do: "hashRate", nodes: ["*"], share: 0 },
        { at: "7m", do: "hashRate", nodes: ["*"], share: 100 },
        { at: "11m", do: "skew", nodes: ["miner-1"], by: "1s" },
      ],
      expect: { liveness: "5m" },
    },
  ],
  "liveness: whoever was started is not there": [
    { duration: "3m", timeline: [{ at: "1m", do: "crash", nodes: ["miner-1"], for: "10s" }], expect: { agreementDepth: 20 } },
    (node) => {
      node.start = () => undefined;
    },
  ],
  "liveness: nobody is there": [{ duration: "2m", timeline: [{ at: "1m", do: "crash", nodes: ["*"] }] }],
  convergence: [
    { timeline: [{ at: "10s", do: "partition", groups: [["miner-1"]] }], expect: { agreementDepth: 1_000, convergedWithin: 0 } },
  ],
  expectation: [{ expect: { blocksAtLeast: 1_000 } }],
  "memory-bounds": [{ expect: { heapBytes: 1_000_000 } }],
  "event-bounds": [{ expect: { queuedEvents: 1 } }],
  "mempool-bounds": [{}, (node) => void Object.defineProperty(node.mempool, "count", { get: () => 1e9 })],
  supply: [
    {},
    (node) => {
      const treasury = node.capability<{ supply: (view: unknown) => bigint }>("chainwright:treasury");
      const honest = treasury.supply.bind(treasury);
      treasury.supply = (view) => honest(view) + 1n;
    },
  ],
  "acknowledged-transactions": [
    { traffic: { perMinute: 2 } },
    (node) => {
      const id = new Uint8Array(32).fill(7);
      Object.assign(node.submission, { submit: async () => ({ id, standing: "ready" }) });
    },
  ],
  "acknowledged-transactions: dropped, says another one": [
    { duration: "3m", traffic: { perMinute: 6, nodes: ["miner-1"] } },
    (node) => {
      const id = new Uint8Array(32).fill(7);
      if (node.name === "miner-1") Object.assign(node.submission, { submit: async () => ({ id, standing: "ready" }) });
      else Object.defineProperty(node.mempool, "dropped", { value: () => "evicted" });
    },
  ],
  "validity: a block is gone": [
    { duration: "3m" },
    ({ view }) => {
      Object.assign(view, { block: async () => undefined });
    },
  ],
  validity: [
    {},
    (node) => {
      const { view } = node;
      const honest = view.block.bind(view);
      Object.assign(view, {
        block: async (id: Parameters<typeof honest>[0]) => {
          const block = await honest(id);
          return block === undefined ? undefined : { ...block, header: { ...block.header, stateRoot: new Uint8Array(32) } };
        },
      });
    },
  ],
  health: [
    {},
    (node) => {
      node.chain.onImported(() => {
        throw new TypeError("broken on purpose");
      });
    },
    // Whatever is asked for: checkers see errors.
    { logLevel: "fatal" },
  ],
};

for (const [name, [change, plant, options]] of Object.entries(BROKEN)) {
  t.test(`${name} is seen to fail`, async (t) => {
    const observers = plant === undefined ? [] : [() => ({ onUp: plant })];
    const { failure } = await outcome(change, { observers, ...options });
    t.match(failure, { code: "SIMULATION_INVARIANT_BROKEN", data: { invariant: name.split(":", 1)[0] } }, String(failure));
  });
}

t.test("what is meant is no failure: nobody is up, and nobody is to be", async (t) => {
  const { failure } = await outcome({ duration: "2m", timeline: [{ at: "1m", do: "crash", nodes: ["*"] }], expect: { nobodyUp: true } });
  t.equal(failure, undefined, String(failure));
});

t.test("a node that touches what is real fails the run with a stack", async (t) => {
  const { failure } = await outcome(
    {},
    {
      observers: [
        () => ({
          onUp: (node) => {
            const { chain } = node;
            const honest = chain.import.bind(chain);
            Object.assign(chain, {
              import: async (...parameters: Parameters<typeof honest>) => {
                await undefined;
                if (Math.random() > 1) throw new Error("never");
                return honest(...parameters);
              },
            });
          },
        }),
      ],
    },
  );
  t.match(failure, { code: "SIMULATION_LAW_BROKEN", data: { what: "Math.random", node: /^miner-/, where: /run\.test/ } });
});

t.test("a checker of one's own, and observers, see the run; actions can be given instead of a timeline", async (t) => {
  const seen = new Set<string>();
  const own: CheckerFactory = (run) => ({
    name: "own",
    onBlock: ({ node, header, isFirst }) => {
      if (isFirst) seen.add("first");
      if (header.header.height === 3) run.violate("no-third-block", node, "it is one too many");
    },
  });
  const observer: SimulationObserver = {
    onAction: (action) => void seen.add(action.do),
    onUp: () => void seen.add("up"),
    onHead: () => void seen.add("head"),
    onMessage: ({ from, to }) => void seen.add(from === to ? "self" : "message"),
    onLook: () => void seen.add("look"),
  };
  const actions = ["miner-1", "miner-2"].map((name, index) => ({ atUs: index, do: "start" as const, nodes: [name] }));
  const { failure, height } = await outcome({}, { checkers: [own], observers: [() => observer], actions });
  t.match(failure, { data: { invariant: "no-third-block" } });
  t.equal(height, 3);
  t.same([...seen].sort(), ["first", "head", "look", "message", "start", "up"]);
});

t.test("a plugin makes its node misbehave, and nothing is asked of it", async (t) => {
  const folder = t.testdir({
    "mute.js": `
class Mute {
  static inject = ["chainwright:simulated-machine"];
  constructor({ machine, network }) { this.start = () => network.tamper(machine, { outgoing: (to, channel, bytes) => (channel === 1 ? [] : [bytes]) }); }
}
const machine = { name: "chainwright:simulated-machine", cardinality: "single", members: ["machine"] };
export default { id: "byzantine-mute", version: "1.0.0", ports: "^0.1.0", description: "says nothing of its blocks", provides: [], requires: [machine.name],
  config: { type: "object", properties: {}, additionalProperties: false }, plugin: Mute };
`,
  });
  const result = await outcome(
    {
      nodes: [
        { name: "honest", count: 3, hashShare: 60 },
        { name: "mute", hashShare: 40, byzantine: true, config: { plugins: { "./mute.js": null } } },
      ],
    },
    { directory: folder },
  );
  t.equal(result.failure, undefined, String(result.failure));
});

t.test("a start that comes while a node is stopping is done when it has stopped; a crash takes it back", async (t) => {
  const states: string[] = [];
  const { failure } = await outcome(
    {
      duration: "3m",
      nodes: [...MINERS, { name: "slow", count: 3, sync: "2s" }],
      timeline: [
        { at: "60s", do: "stop", nodes: ["slow"] },
        { at: "60001ms", do: "start", nodes: ["slow"] },
        { at: "60002ms", do: "crash", nodes: ["slow-2"] },
        { at: "60002ms", do: "stop", nodes: ["slow-3"] },
      ],
      expect: { blocksAtLeast: 1 },
    },
    {
      observers: [
        (run) => ({
          onAction: ({ atUs }) => {
            if (atUs === 60_001_000) states.push(...run.nodes.slice(3).map(({ state }) => state));
          },
          atEnd: () => void states.push(...run.nodes.slice(3).map(({ state }) => state)),
        }),
      ],
    },
  );
  t.equal(failure, undefined, String(failure));
  t.same(states, ["stopping", "stopping", "stopping", "up", "down", "down"]);
});

t.test("a run can be ended early, and shows how far it is; another one must wait for that", async (t) => {
  const abort = new AbortController();
  let shown = 0;
  const scenario = await parseScenario({ name: "test", duration: "20h", nodes: MINERS, network: NETWORK });
  const onProgress = ({ elapsedMs }: SimulationProgress): void => {
    shown = elapsedMs;
    abort.abort();
  };
  const [first, second] = await Promise.allSettled([
    simulate(scenario, { seed: 1, signal: abort.signal, onProgress }),
    simulate(scenario, { seed: 2 }),
  ]);
  t.match(second, { status: "rejected", reason: { code: "SIMULATION_BUSY", data: { seed: "1" } } });
  const result = first.status === "fulfilled" ? first.value : undefined;
  t.ok(result !== undefined && result.failure === undefined, String(result?.failure));
  t.ok(shown > 0 && (result?.elapsedMs ?? 0) < 20 * 3_600e3);
});
