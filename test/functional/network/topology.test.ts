/** Lines, stars, rings and shapes of one's own converge: blocks and transactions cross nodes that have no link with their maker. */
import t from "tap";
import { Cluster, type Topology } from "../../../core/devnet/index.js";
import { agreed, includedEverywhere, PATIENT, sameState, temporaryDirectory } from "./chain-checks.js";

const directory = await temporaryDirectory(t);
const NODES = 4;
/** With the links that each node has in it, and their latency. */
const TOPOLOGIES: readonly [string, Topology, readonly number[], number][] = [
  ["line", "line", [1, 2, 2, 1], 0],
  ["star", "star", [3, 1, 1, 1], 0],
  ["ring", "ring", [2, 2, 2, 2], 50],
  [
    "of one's own",
    [
      [1, 2],
      [1, 3],
      [3, 4],
    ],
    [2, 1, 2, 1],
    0,
  ],
];

let amount = 100n;
for (const [name, topology, degrees, latencyMs] of TOPOLOGIES) {
  t.test(`topology ${name}, links of ${latencyMs} ms`, async (t) => {
    // One chain that goes on: only the links are others each time.
    const cluster = await Cluster.create({ directory, nodes: NODES, topology, mining: [1, 2], blockIntervalMs: 500, latencyMs });
    t.teardown(() => cluster.stop());
    await cluster.start();
    const { height } = cluster.node(1);
    // To a node that mines nothing itself.
    const id = await cluster.node(NODES).transfer({ from: "alice", to: "bob", amount: amount++ });
    await agreed(cluster, height + 2);
    await includedEverywhere(cluster, id);
    await cluster.waitFor("all links", () => cluster.nodes.every(({ peers }, at) => peers >= (degrees[at] ?? 0)), PATIENT);
    t.same(
      cluster.nodes.map(({ peers }) => peers),
      degrees,
      "no links but those of the topology",
    );
    await sameState(t, cluster, height + 2);
  });
}
