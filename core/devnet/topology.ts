/**
 * Who is linked with whom: the named shapes, and lists of edges from a file.
 *
 * An edge is one connection. Of its two nodes the one with the higher number dials: a node that joins later then needs
 * nothing changed at those that are there.
 */
import Type from "#bundled/typebox";
import { ConfigInvalidError } from "../kernel/errors.js";
import { validateFile } from "../kernel/index.js";
import { DevnetOptionError, DevnetTopologyError } from "./errors.js";

export const TOPOLOGY_NAMES = ["mesh", "star", "line", "ring"] as const;
export type TopologyName = (typeof TOPOLOGY_NAMES)[number];

/** A shape by its name, or pairs of node numbers from 1 up. */
export type Topology = TopologyName | readonly (readonly [number, number])[];

/** `from` dials `to`; `from` > `to` ≥ 1. */
export interface Edge {
  readonly from: number;
  readonly to: number;
}

/** A machine runs no more; ports are laid out for so many. */
export const NODES_MAX = 64;

const SHAPES: Readonly<Record<TopologyName, (nodes: number) => Edge[]>> = {
  mesh: (nodes) => numbers(2, nodes).flatMap((from) => numbers(1, from - 1).map((to) => ({ from, to }))),
  star: (nodes) => numbers(2, nodes).map((from) => ({ from, to: 1 })),
  line: (nodes) => numbers(2, nodes).map((from) => ({ from, to: from - 1 })),
  ring: (nodes) => [...SHAPES.line(nodes), ...(nodes > 2 ? [{ from: nodes, to: 1 }] : [])],
};

function numbers(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

export function isTopologyName(text: string): text is TopologyName {
  return (TOPOLOGY_NAMES as readonly string[]).includes(text);
}

/** @throws DevnetOptionError unless it is a whole number from 1 to NODES_MAX */
export function checkNodeCount(nodes: number): void {
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > NODES_MAX)
    throw new DevnetOptionError({ option: "nodes", reason: `${nodes} is not a number of nodes from 1 to ${NODES_MAX}` });
}

/** The edges of a topology, in a fixed order. @throws DevnetTopologyError, DevnetOptionError */
export function edgesOf(topology: Topology, nodes: number): readonly Edge[] {
  checkNodeCount(nodes);
  return typeof topology === "string" ? SHAPES[topology](nodes) : customEdges(topology, nodes);
}

/** Edges that a node dials which joins as the last of `nodes`. A custom topology says nothing of it: the node links with its predecessor. */
export function joiningEdges(topology: TopologyName | "custom", nodes: number): readonly Edge[] {
  return SHAPES[topology === "custom" ? "line" : topology](nodes).filter(({ from }) => from === nodes);
}

function customEdges(pairs: readonly (readonly [number, number])[], nodes: number): readonly Edge[] {
  const refuse = (reason: string): never => {
    throw new DevnetTopologyError({ topology: "of edges", reason });
  };
  const edges = new Map<string, Edge>();
  for (const [a, b] of pairs) {
    for (const end of [a, b])
      if (!Number.isInteger(end) || end < 1 || end > nodes) refuse(`edge ${a}-${b} names node ${end}; there are nodes 1 to ${nodes}`);
    if (a === b) refuse(`edge ${a}-${b} links a node with itself`);
    const edge = { from: Math.max(a, b), to: Math.min(a, b) };
    const key = edgeKey(edge);
    if (edges.has(key)) refuse(`edge ${a}-${b} is there twice`);
    edges.set(key, edge);
  }
  const parts = components(nodes, [...edges.values()]);
  if (parts.length > 1)
    refuse(`its nodes could never agree: ${showGroups(parts)} are apart; add edges until every node can be reached from every other`);
  return [...edges.values()];
}

export function edgeKey({ from, to }: Edge): string {
  return `${from}-${to}`;
}

/** The groups of nodes that reach each other over `edges`, each ascending, by their first node. */
export function components(nodes: number, edges: readonly Edge[]): readonly (readonly number[])[] {
  const root = numbers(0, nodes);
  const find = (node: number): number => {
    const up = root[node] ?? node;
    return up === node ? node : find(up);
  };
  for (const { from, to } of edges) {
    const [low, high] = [find(from), find(to)].sort((a, b) => a - b) as [number, number];
    root[high] = low;
  }
  const groups = new Map<number, number[]>();
  for (const node of numbers(1, nodes)) {
    const group = groups.get(find(node)) ?? [];
    group.push(node);
    groups.set(find(node), group);
  }
  return [...groups.values()];
}

/** `1,2|3`, as the command line takes it. */
export function showGroups(groups: readonly (readonly number[])[]): string {
  return groups.map((group) => group.join(",")).join("|");
}

/** What a topology file says. */
export interface TopologyFile {
  readonly nodes: number;
  readonly edges: readonly (readonly [number, number])[];
}

const NodeNumber = Type.Integer({ minimum: 1, maximum: NODES_MAX });
const TopologySchema = Type.Object(
  {
    nodes: Type.Optional(
      Type.Integer({ description: "How many nodes; default: the highest number of an edge", minimum: 1, maximum: NODES_MAX }),
    ),
    edges: Type.Array(Type.Array(NodeNumber, { minItems: 2, maxItems: 2 }), {
      description: "Pairs of nodes that are linked, for example [1, 2]",
      minItems: 1,
      maxItems: (NODES_MAX * (NODES_MAX - 1)) / 2,
    }),
  },
  { additionalProperties: false },
);

/** Reads a topology from a YAML, TOML or JSON file. @throws CONFIG_INVALID with every problem; DevnetTopologyError */
export async function readTopologyFile(file: string): Promise<TopologyFile> {
  if (!/[./\\]/.test(file))
    throw new DevnetTopologyError({ topology: file, reason: `it is neither ${TOPOLOGY_NAMES.join(", ")} nor the path of a file` });
  const { value, problems } = await validateFile(file, TopologySchema);
  if (value === undefined) throw new ConfigInvalidError({ subject: `topology ${file}`, problems });
  const edges = value.edges as [number, number][];
  const nodes = value.nodes ?? Math.max(...edges.flat());
  // Judged here, where the file's name is known.
  try {
    edgesOf(edges, nodes);
  } catch (error) {
    if (DevnetTopologyError.matches(error)) throw new DevnetTopologyError({ topology: file, reason: error.data.reason });
    throw error;
  }
  return { nodes, edges };
}
