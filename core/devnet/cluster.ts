/**
 * A network of real nodes on this machine: each a process of its own, over TLS, through links that can be cut.
 *
 * @example
 * const cluster = await Cluster.create({ directory: "/tmp/devnet", nodes: 3, topology: "line" });
 * await cluster.start();
 * await cluster.partition([[1, 2], [3]]);
 * const id = await cluster.node(3).transfer({ from: "alice", to: "bob", amount: 5n });
 * await cluster.heal();
 * await cluster.waitSync({ timeoutMs: 15_000 });
 * await cluster.stop();
 */

import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { assert, present } from "../kernel/assert.js";
import { type DirectoryLock, lockDirectory } from "../node/directory-lock.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../runtime/index.js";
import { type Description, type NodeDescription, readDescription, writeDescription } from "./description.js";
import {
  DevnetNodeError,
  DevnetNotFinalizedError,
  DevnetNotStartedError,
  DevnetNotSyncedError,
  DevnetPortError,
  DevnetRunningError,
  DevnetWaitError,
} from "./errors.js";
import { checkDirectory, nodeDirectory, removeDevnet, writeFiles } from "./files.js";
import { Links } from "./links/links.js";
import { ClusterNode } from "./node/cluster-node.js";
import { type ClusterEvent, Observers } from "./observers.js";
import { type DevnetShape, type NotOpen, planAgain, planElsewhere, planJoin, planNew } from "./plan.js";
import { LOOPBACK } from "./ports.js";
import { type Edge, edgeKey } from "./topology.js";
import { Traffic } from "./traffic.js";

export interface ClusterOptions extends DevnetShape {
  /** Made if it is not there; an earlier devnet in it goes on. */
  readonly directory: string;
  /** Removes an earlier devnet first. Default false. */
  readonly fresh?: boolean;
  /** `path=value`, as `--set` takes them, for every node at every start: `node.mempool.maxCount=10`. */
  readonly settings?: readonly string[];
}

export interface WaitOptions {
  /** Default 15,000. */
  readonly timeoutMs?: number;
}

const DEFAULT_WAIT_MS = 15_000;
/** To open a link, each time at another port if somebody was faster. */
const PORT_ATTEMPTS = 5;

/** Whether the running nodes have one head. */
export interface Agreement {
  readonly agreed: boolean;
  /** One entry for each head among them, the highest first. */
  readonly heads: readonly { readonly height: number; readonly head: string; readonly nodes: readonly number[] }[];
}

export class Cluster {
  readonly directory: string;
  readonly #scheduler: SystemScheduler;
  readonly #entropy = new SystemEntropy();
  readonly #clock: SystemClock;
  readonly #observers: Observers;
  readonly #settings: readonly string[];
  readonly #nodes: ClusterNode[] = [];
  #description: Description;
  #links: Links | undefined;
  #traffic: Traffic | undefined;
  #lock: DirectoryLock | undefined;
  #stopping: Promise<void> | undefined;
  /** Ends with the last change of the description that was asked for. */
  #describing: Promise<unknown> = Promise.resolve();

  private constructor(directory: string, description: Description, settings: readonly string[], clock: SystemClock, lock: DirectoryLock) {
    this.directory = directory;
    this.#description = description;
    this.#settings = settings;
    this.#clock = clock;
    this.#lock = lock;
    this.#scheduler = new SystemScheduler(clock);
    this.#observers = new Observers(this.#scheduler);
    this.#addNodes();
  }

  /**
   * Writes all files and locks the directory, until `stop`; starts nothing.
   *
   * @throws DevnetRunningError, NotADevnetError, DevnetOtherShapeError, DevnetOptionError, DevnetTopologyError, DevnetConsensusError,
   *   DevnetDescriptionError, DevnetVersionError
   */
  static async create(options: ClusterOptions): Promise<Cluster> {
    const directory = resolve(options.directory);
    const clock = new SystemClock();
    const entropy = new SystemEntropy();
    await checkDirectory(directory);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const lock = await lockOf(directory);
    try {
      if (options.fresh === true) await removeDevnet(directory);
      const there = await readDescription(directory);
      const description =
        there === undefined ? await planNew(options, clock.nowMs(), entropy) : await planAgain(there, options, directory, entropy);
      await writeDescription(directory, description);
      await writeFiles(directory, description, clock, entropy);
      return new Cluster(directory, description, options.settings ?? [], clock, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get chainId(): string {
    return this.#description.chainId;
  }

  get description(): Description {
    return this.#description;
  }

  get nodes(): readonly ClusterNode[] {
    return this.#nodes;
  }

  get running(): readonly ClusterNode[] {
    return this.#nodes.filter((node) => node.isRunning);
  }

  /** @param number from 1 @throws DevnetNodeError */
  node(number: number): ClusterNode {
    const node = this.#nodes[number - 1];
    if (node === undefined) throw new DevnetNodeError({ node: number, nodes: this.#nodes.length });
    return node;
  }

  /** @returns what ends it */
  onEvent(listener: (event: ClusterEvent) => void): () => void {
    return this.#observers.add(listener);
  }

  /**
   * Opens the links and starts all nodes, as many at a time as the machine has cores; after a failure everything is stopped.
   *
   * @throws DevnetPortError, DevnetNodeStartError, DevnetRunningError
   */
  async start(): Promise<void> {
    assert(this.#links === undefined, "a cluster that runs is not started again");
    this.#stopping = undefined;
    this.#lock ??= await lockOf(this.directory);
    const { latencyMs, links, nodes } = this.#description;
    const transportPort = (node: number): number => this.#described(node).transportPort;
    this.#links = new Links({ latencyMs, transportPort }, this.#scheduler);
    try {
      await this.#settlePorts({ nodes: nodes.map(({ number }) => number), links });
      await this.#openAll(links);
      await this.#startAll([...this.#nodes]);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Opens links at ports that nobody has taken meanwhile. */
  async #openAll(links: readonly Edge[]): Promise<void> {
    for (const { from, to } of links) {
      const key = edgeKey({ from, to });
      for (let attempt = 1; ; attempt++) {
        const link = present(
          this.#description.links.find((candidate) => edgeKey(candidate) === key),
          "what is opened is described",
        );
        try {
          await this.#openLinks.open(link);
          break;
        } catch (error) {
          if (attempt === PORT_ATTEMPTS || !DevnetPortError.matches(error)) throw error;
          await this.#settlePorts({ nodes: [], links: [link] });
        }
      }
    }
  }

  /** Gives nodes and links other ports where somebody else listens on theirs. @throws as `planElsewhere` */
  #settlePorts(notOpen: NotOpen): Promise<void> {
    return this.#redescribe((before) => planElsewhere(before, notOpen, this.#entropy));
  }

  /** Changes what the devnet is, and its files: one change after the other. */
  #redescribe(plan: (before: Description) => Promise<Description>): Promise<void> {
    const described = this.#describing.then(async () => {
      const description = await plan(this.#description);
      if (description === this.#description) return;
      this.#description = description;
      await writeDescription(this.directory, description);
      await writeFiles(this.directory, description, this.#clock, this.#entropy);
    });
    this.#describing = described.catch(() => undefined);
    return described;
  }

  #described(node: number): NodeDescription {
    return present(this.#description.nodes[node - 1], "every node is described");
  }

  async #startAll(waiting: ClusterNode[]): Promise<void> {
    const lane = async (): Promise<void> => {
      for (let node = waiting.shift(); node !== undefined && this.#stopping === undefined; node = waiting.shift()) await node.start();
    };
    await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, lane));
  }

  /** Stops all nodes in good order, within seconds, closes the links and gives the directory back. Idempotent; `start` may follow. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#traffic?.stop();
    await Promise.all(this.#nodes.map((node) => node.stop()));
    await this.#links?.close();
    this.#links = undefined;
    await this.#describing;
    this.#lock?.release();
    this.#lock = undefined;
  }

  /**
   * Cuts the links between groups of nodes; nodes that no group names form one of their own.
   *
   * @returns the groups of nodes that reach each other now: more than were asked for, where a group hung together only by others
   * @throws DevnetPartitionError
   */
  partition(groups: readonly (readonly number[])[]): readonly (readonly number[])[] {
    this.#openLinks.partition(groups, this.#nodes.length);
    this.#observers.tell({ type: "links" });
    return this.groups;
  }

  heal(): void {
    this.#openLinks.heal();
    this.#observers.tell({ type: "links" });
  }

  /** Whether no partition is in force. */
  get isWhole(): boolean {
    return this.#links?.isWhole ?? true;
  }

  /** The groups of nodes that reach each other over the links as they are. */
  get groups(): readonly (readonly number[])[] {
    return this.#links?.reachable(this.#nodes.length) ?? [];
  }

  get #openLinks(): Links {
    if (this.#links === undefined) throw new DevnetNotStartedError({ directory: this.directory });
    return this.#links;
  }

  agreement(): Agreement {
    const byHead = new Map<string, { height: number; head: string; nodes: number[] }>();
    for (const { number, height, head } of this.running) {
      const entry = byHead.get(head) ?? { height, head, nodes: [] };
      entry.nodes.push(number);
      byHead.set(head, entry);
    }
    const heads = [...byHead.values()].sort((a, b) => b.height - a.height);
    return { agreed: heads.length === 1, heads };
  }

  /**
   * Resolves as soon as all running nodes have the same head, at `minHeight` or above, and none is still starting.
   *
   * @throws DevnetNotSyncedError, which says who has which
   */
  waitSync({ timeoutMs = DEFAULT_WAIT_MS, minHeight = 0 }: WaitOptions & { readonly minHeight?: number } = {}): Promise<void> {
    const holds = (): boolean => {
      const { agreed, heads } = this.agreement();
      if (this.#nodes.some(({ state }) => state === "starting")) return false;
      return agreed && (heads[0]?.height ?? 0) >= minHeight;
    };
    return this.#observers.until(holds, timeoutMs, () => new DevnetNotSyncedError({ timeoutMs, heads: this.#showHeads() }));
  }

  /**
   * Resolves as soon as every running node has finalized `height` or a block above it, and none is still starting.
   *
   * @throws DevnetNotFinalizedError, which says who has what
   */
  waitFinalized(height: number, { timeoutMs = DEFAULT_WAIT_MS }: WaitOptions = {}): Promise<void> {
    const holds = (): boolean =>
      this.running.length > 0 &&
      this.#nodes.every(({ state }) => state !== "starting") &&
      this.running.every(({ finalizedHeight }) => finalizedHeight >= height);
    const late = (): Error => {
      const nodes = this.running.map((node) => `node ${node.number} at ${node.finalizedHeight} of ${node.height}`).join(", ");
      return new DevnetNotFinalizedError({ height, timeoutMs, nodes: nodes || "none runs" });
    };
    return this.#observers.until(holds, timeoutMs, late);
  }

  /** Resolves as soon as `holds`; it is asked at every event of the cluster. @param what for the error: "node 3 at height 10" @throws DevnetWaitError */
  waitFor(what: string, holds: (cluster: this) => boolean, { timeoutMs = DEFAULT_WAIT_MS }: WaitOptions = {}): Promise<void> {
    return this.#observers.until(
      () => holds(this),
      timeoutMs,
      () => new DevnetWaitError({ what, timeoutMs }),
    );
  }

  /** Adds a node without any data, linked as the topology has it, and starts it. @throws DevnetOptionError at 64 nodes; as `start` */
  async addNode({ mine = true }: { readonly mine?: boolean } = {}): Promise<ClusterNode> {
    await this.#redescribe((before) => planJoin(before, mine, this.#entropy));
    this.#addNodes();
    const node = this.node(this.#nodes.length);
    await this.#openAll(this.#description.links.filter(({ from, to }) => from === node.number || to === node.number));
    await node.start();
    return node;
  }

  /** Sends transfers between development accounts from now on, until `stop`, in place of what it sent before. @throws DevnetOptionError */
  startTraffic(perSecond: number): Traffic {
    const traffic = new Traffic(this, perSecond, this.#clock, this.#scheduler);
    this.#traffic?.stop();
    this.#traffic = traffic;
    traffic.start();
    return traffic;
  }

  /** What is sent, if anything is. */
  get traffic(): Traffic | undefined {
    return this.#traffic;
  }

  #addNodes(): void {
    const { nodes, chainId } = this.#description;
    for (const { number } of nodes.slice(this.#nodes.length)) {
      const options = {
        number,
        directory: nodeDirectory(this.directory, number),
        apiUrl: () => `http://${LOOPBACK}:${this.#described(number).apiPort}`,
        chainId,
        settings: this.#settings,
        settlePorts: async () => {
          await this.#settlePorts({ nodes: [number], links: [] });
          return this.#stopping === undefined;
        },
      };
      this.#nodes.push(new ClusterNode(options, this.#scheduler, this.#observers));
    }
  }

  #showHeads(): string {
    const { heads } = this.agreement();
    if (heads.length === 0) return "none runs";
    return heads
      .map(
        ({ height, head, nodes }) =>
          `${nodes.length === 1 ? "node" : "nodes"} ${nodes.join(", ")} at height ${height} (${head.slice(0, 12)})`,
      )
      .join("; ");
  }
}

async function lockOf(directory: string): Promise<DirectoryLock> {
  const scheduler = new SystemScheduler(new SystemClock());
  const lock = await lockDirectory(directory, () => scheduler.yield());
  if ("heldBy" in lock) throw new DevnetRunningError({ directory, pid: lock.heldBy });
  return lock;
}
