/**
 * From what was asked for and what is there already to the description of a devnet.
 *
 * The chain is fixed once it began; the network around it is not: nodes can be added, links and ports laid anew.
 */
import type { Entropy } from "../ports/runtime.js";
import { type Description, type LinkDescription, type NodeDescription, versionOf } from "./description.js";
import type { DevnetEngine } from "./engine.js";
import { DEFAULT_CONSENSUS, devnetEngine } from "./engines.js";
import { DevnetOptionError, DevnetOtherShapeError, DevnetPortError } from "./errors.js";
import { freePorts, isFree, type Ports, portsFrom } from "./ports.js";
import { checkNodeCount, type Edge, edgeKey, edgesOf, joiningEdges, type Topology } from "./topology.js";

const DEFAULT_NODES = 3;
const BLOCK_INTERVAL_LEAST_MS = 100;
const DEFAULT_CHAIN_ID = "chainwright-devnet";
const LATENCY_MAX_MS = 10_000;

/** What a devnet shall be. What is left out stays as it is in a directory, or takes its default in a new one. */
export interface DevnetShape {
  /** 1 to 64. Default 3. */
  readonly nodes?: number;
  /** Default mesh. */
  readonly topology?: Topology;
  /** Default nakamoto. */
  readonly consensus?: string;
  /** Aim for the time between two blocks, ms, 100 to 3,600,000 (gasper: 600,000). Default 2,000 (gasper: 1,000). */
  readonly blockIntervalMs?: number;
  /** With which the chain begins, 1 to 4,096; only for consensus with validators. Default 64. */
  readonly validators?: number;
  /** Of every link, each way, ms, 0 to 10,000. Default 0. */
  readonly latencyMs?: number;
  /** First of the ports (see ports.ts). Default: free ports, chosen once. */
  readonly basePort?: number;
  readonly chainId?: string;
  /** Numbers of the nodes that mine. Default: all. */
  readonly mining?: readonly number[];
}

/** A new devnet. @throws DevnetOptionError, DevnetTopologyError, DevnetConsensusError */
export async function planNew(shape: DevnetShape, nowMs: number, entropy: Entropy): Promise<Description> {
  const nodes = shape.nodes ?? DEFAULT_NODES;
  const { topology = "mesh", consensus = DEFAULT_CONSENSUS, chainId = DEFAULT_CHAIN_ID } = shape;
  const edges = edgesOf(topology, nodes);
  const engine = devnetEngine(consensus);
  const validators = validatorsOf(shape, consensus, engine);
  if (!/^[a-z0-9.-]{1,32}$/.test(chainId))
    throw new DevnetOptionError({ option: "chain id", reason: `${chainId}: use 1 to 32 of a-z, 0-9, '.' and '-'` });
  const empty: Description = {
    version: versionOf(validators),
    chainId,
    consensus,
    topology: nameOf(topology),
    blockIntervalMs: blockIntervalOf(shape, engine),
    latencyMs: within("latency", shape.latencyMs ?? 0, 0, LATENCY_MAX_MS),
    genesisNodes: nodes,
    ...validators,
    genesisTimeMs: nowMs,
    ...(shape.basePort === undefined ? {} : { basePort: shape.basePort }),
    nodes: [],
    links: [],
  };
  return lay(empty, nodes, edges, portsOf(empty, entropy), shape.mining);
}

/** A devnet that is there, with what this start asks for. @throws DevnetOtherShapeError for what its chain can't change; as `planNew` */
export async function planAgain(there: Description, shape: DevnetShape, directory: string, entropy: Entropy): Promise<Description> {
  const differs = (what: string, is: string | number, wanted: string | number | undefined): void => {
    if (wanted !== undefined && wanted !== is)
      throw new DevnetOtherShapeError({ directory, what, there: String(is), wanted: String(wanted) });
  };
  devnetEngine(shape.consensus ?? there.consensus);
  differs("consensus", there.consensus, shape.consensus);
  differs("chain id", there.chainId, shape.chainId);
  if (shape.validators !== undefined && there.validators === undefined) throw noValidators(there.consensus);
  differs("validators:", there.validators ?? 0, shape.validators);
  differs("a block interval of", there.blockIntervalMs, shape.blockIntervalMs);
  const nodes = shape.nodes ?? there.nodes.length;
  checkNodeCount(nodes);
  if (nodes < there.nodes.length) differs("nodes:", there.nodes.length, nodes);
  const edges = edgesAgain(there, shape.topology, nodes);
  const kept: Description = {
    ...there,
    topology: shape.topology === undefined ? there.topology : nameOf(shape.topology),
    latencyMs: within("latency", shape.latencyMs ?? there.latencyMs, 0, LATENCY_MAX_MS),
    ...(shape.basePort === undefined ? {} : { basePort: shape.basePort, nodes: [], links: [] }),
  };
  const mining = shape.mining ?? there.nodes.filter(({ mine }) => mine).map(({ number }) => number);
  const added = Array.from({ length: nodes - there.nodes.length }, (_, i) => there.nodes.length + i + 1);
  const ports = portsOf(kept, entropy);
  return lay(kept, nodes, edges, ports, shape.mining ?? [...mining, ...added]);
}

/** One node more, linked as the topology has it. */
export async function planJoin(there: Description, mine: boolean, entropy: Entropy): Promise<Description> {
  const number = there.nodes.length + 1;
  checkNodeCount(number);
  const edges = [...there.links, ...joiningEdges(there.topology, number)];
  const mining = there.nodes.filter((node) => node.mine).map((node) => node.number);
  return lay(there, number, edges, portsOf(there, entropy), mine ? [...mining, number] : mining);
}

/** What in a devnet is not open yet, so that its ports should be free. */
export interface NotOpen {
  /** Numbers of nodes. */
  readonly nodes: readonly number[];
  readonly links: readonly Edge[];
}

/**
 * The same devnet, with other ports where somebody listens on those it has: between the choice of a port and its use, another
 * program, or another devnet, may have taken it. Ports that were asked for are not replaced.
 *
 * @returns `there` itself if all are free
 * @throws DevnetPortError for one of those laid out from a base, NoFreePortsError
 */
export async function planElsewhere(there: Description, { nodes, links }: NotOpen, entropy: Entropy): Promise<Description> {
  const ports = portsOf(there, entropy);
  let isMoved = false;
  const settled = async (port: number, use: string, other: () => Promise<number>): Promise<number> => {
    if (await isFree(port)) return port;
    if (there.basePort !== undefined) throw new DevnetPortError({ port, use });
    isMoved = true;
    return other();
  };
  const settledNodes: NodeDescription[] = [];
  for (const node of there.nodes) {
    const { number, apiPort, transportPort } = node;
    if (!nodes.includes(number)) settledNodes.push(node);
    else
      settledNodes.push({
        ...node,
        apiPort: await settled(apiPort, `the API of node ${number}`, () => ports.api(number)),
        transportPort: await settled(transportPort, `the transport of node ${number}`, () => ports.transport(number)),
      });
  }
  const closed = new Set(links.map(edgeKey));
  const settledLinks: LinkDescription[] = [];
  for (const link of there.links) {
    const name = edgeKey(link);
    settledLinks.push(closed.has(name) ? { ...link, port: await settled(link.port, `link ${name}`, () => ports.link(link)) } : link);
  }
  return isMoved ? { ...there, nodes: settledNodes, links: settledLinks } : there;
}

/** The links of an existing devnet: its topology's, at its new size; custom ones, and those of nodes that joined, as they are. */
function edgesAgain(there: Description, topology: Topology | undefined, nodes: number): readonly Edge[] {
  if (topology !== undefined) return edgesOf(topology, nodes);
  const edges: Edge[] = [...there.links];
  for (let number = there.nodes.length + 1; number <= nodes; number++) edges.push(...joiningEdges(there.topology, number));
  return edges;
}

/** Gives every node and link its ports; those that have some keep them. */
async function lay(
  there: Description,
  nodes: number,
  edges: readonly Edge[],
  ports: Ports,
  mining: readonly number[] | undefined,
): Promise<Description> {
  for (const number of mining ?? [])
    if (!Number.isInteger(number) || number < 1 || number > nodes)
      throw new DevnetOptionError({ option: "mining", reason: `there is no node ${number}; there are 1 to ${nodes}` });
  const laidNodes: NodeDescription[] = [];
  for (let number = 1; number <= nodes; number++) {
    const mine = mining?.includes(number) ?? true;
    const kept = there.nodes[number - 1];
    laidNodes.push(
      kept === undefined
        ? { number, apiPort: await ports.api(number), transportPort: await ports.transport(number), mine }
        : { ...kept, mine },
    );
  }
  const portByEdge = new Map(there.links.map((link) => [edgeKey(link), link.port]));
  const links: LinkDescription[] = [];
  for (const { from, to } of edges)
    links.push({ from, to, port: portByEdge.get(edgeKey({ from, to })) ?? (await ports.link({ from, to })) });
  return { ...there, nodes: laidNodes, links };
}

function portsOf(there: Description, entropy: Entropy): Ports {
  if (there.basePort !== undefined) return portsFrom(there.basePort);
  const taken = [...there.nodes.flatMap(({ apiPort, transportPort }) => [apiPort, transportPort]), ...there.links.map(({ port }) => port)];
  return freePorts(entropy, taken);
}

function blockIntervalOf({ blockIntervalMs }: DevnetShape, engine: DevnetEngine): number {
  const { default: usual, most } = engine.blockIntervalMs;
  return within("block interval", blockIntervalMs ?? usual, BLOCK_INTERVAL_LEAST_MS, most);
}

function validatorsOf({ validators }: DevnetShape, consensus: string, engine: DevnetEngine): Pick<Description, "validators"> {
  if (engine.validators === undefined) {
    if (validators !== undefined) throw noValidators(consensus);
    return {};
  }
  const { default: usual, most } = engine.validators;
  return { validators: within("validators", validators ?? usual, 1, most) };
}

function noValidators(consensus: string): Error {
  return new DevnetOptionError({ option: "validators", reason: `${consensus} has none; gasper has` });
}

function nameOf(topology: Topology): Description["topology"] {
  return typeof topology === "string" ? topology : "custom";
}

function within(option: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new DevnetOptionError({ option, reason: `${value} is not a whole number from ${least} to ${most}` });
  return value;
}
