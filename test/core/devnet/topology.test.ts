/** Shapes of networks, and what is refused as one. */
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import {
  components,
  edgesOf,
  joiningEdges,
  NODES_MAX,
  readTopologyFile,
  showGroups,
  TOPOLOGY_NAMES,
  type Topology,
} from "../../../core/devnet/topology.js";

const pairs = (topology: Topology, nodes: number) => edgesOf(topology, nodes).map(({ from, to }) => [from, to]);

t.test("the named shapes", async (t) => {
  t.same(pairs("mesh", 3), [
    [2, 1],
    [3, 1],
    [3, 2],
  ]);
  t.same(pairs("star", 4), [
    [2, 1],
    [3, 1],
    [4, 1],
  ]);
  t.same(pairs("line", 4), [
    [2, 1],
    [3, 2],
    [4, 3],
  ]);
  t.same(pairs("ring", 4), [
    [2, 1],
    [3, 2],
    [4, 3],
    [4, 1],
  ]);
  t.same(pairs("ring", 2), [[2, 1]], "a ring of two has one link");
  for (const name of TOPOLOGY_NAMES) t.same(pairs(name, 1), [], `${name} of one node`);
});

t.test("every shape connects all its nodes, each link once, and the later node dials", async (t) => {
  const property = fc.property(fc.constantFrom(...TOPOLOGY_NAMES), fc.integer({ min: 1, max: NODES_MAX }), (name, nodes) => {
    const edges = edgesOf(name, nodes);
    if (nodes > 1 && components(nodes, edges).length !== 1) return false;
    const keys = new Set(edges.map(({ from, to }) => `${from}-${to}`));
    return keys.size === edges.length && edges.every(({ from, to }) => from > to && to >= 1 && from <= nodes);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }));
});

t.test("a node that joins is linked with the others", async (t) => {
  for (const name of [...TOPOLOGY_NAMES, "custom"] as const) {
    const before = name === "custom" ? edgesOf("line", 4) : edgesOf(name, 4);
    t.equal(components(5, [...before, ...joiningEdges(name, 5)]).length, 1, name);
  }
});

t.test("edges of one's own", async (t) => {
  t.same(
    pairs(
      [
        [1, 2],
        [4, 2],
        [2, 3],
      ],
      4,
    ),
    [
      [2, 1],
      [4, 2],
      [3, 2],
    ],
  );
  const refused: readonly [string, Topology, number, RegExp][] = [
    [
      "apart",
      [
        [1, 2],
        [3, 4],
      ],
      4,
      /1,2\|3,4 are apart/,
    ],
    ["a node without links", [[1, 2]], 3, /1,2\|3 are apart/],
    ["no such node", [[1, 5]], 3, /names node 5; there are nodes 1 to 3/],
    ["node zero", [[0, 1]], 2, /names node 0/],
    [
      "with itself",
      [
        [1, 1],
        [1, 2],
      ],
      2,
      /links a node with itself/,
    ],
    [
      "twice",
      [
        [1, 2],
        [2, 1],
      ],
      2,
      /is there twice/,
    ],
  ];
  for (const [name, topology, nodes, message] of refused)
    t.throws(() => edgesOf(topology, nodes), { code: "DEVNET_TOPOLOGY_INVALID", message }, name);
  for (const nodes of [0, -1, 1.5, NODES_MAX + 1, Number.NaN])
    t.throws(() => edgesOf("mesh", nodes), { code: "DEVNET_OPTION_INVALID" }, `${nodes} nodes`);
});

t.test("groups", async (t) => {
  t.same(
    components(5, [
      { from: 3, to: 1 },
      { from: 5, to: 4 },
      { from: 5, to: 3 },
    ]),
    [[1, 3, 4, 5], [2]],
  );
  t.equal(showGroups([[1, 3], [2]]), "1,3|2");
});

t.test("files", async (t) => {
  const directory = t.testdir({
    "good.yaml": "edges:\n  - [1, 2]\n  - [2, 3]\n",
    "good.json": '{"nodes": 3, "edges": [[1, 2], [1, 3]]}',
    "apart.yaml": "nodes: 4\nedges: [[1, 2], [2, 3]]\n",
    "words.yaml": "edges: [[1, two]]\nlinks: []\n",
    "empty.yaml": "edges: []\n",
    "broken.json": '{"edges": [[1, 2]',
  });
  t.same(await readTopologyFile(join(directory, "good.yaml")), {
    nodes: 3,
    edges: [
      [1, 2],
      [2, 3],
    ],
  });
  t.same(await readTopologyFile(join(directory, "good.json")), {
    nodes: 3,
    edges: [
      [1, 2],
      [1, 3],
    ],
  });
  await t.rejects(readTopologyFile(join(directory, "apart.yaml")), { code: "DEVNET_TOPOLOGY_INVALID", message: /apart\.yaml: .*1,2,3\|4/ });
  await t.rejects(readTopologyFile(join(directory, "words.yaml")), { code: "CONFIG_INVALID", message: /2 problems/ });
  await t.rejects(readTopologyFile(join(directory, "empty.yaml")), { code: "CONFIG_INVALID" });
  await t.rejects(readTopologyFile(join(directory, "broken.json")), { code: "CONFIG_INVALID" });
  await t.rejects(readTopologyFile(join(directory, "none.yaml")), { code: "CONFIG_INVALID", message: /no such file/ });
  await t.rejects(readTopologyFile("torus"), { code: "DEVNET_TOPOLOGY_INVALID", message: /neither mesh, star, line, ring nor/ });
});
