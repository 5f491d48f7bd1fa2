/**
 * A real node on a simulated machine: composed from its real config by the composition root, started, stopped, crashed and started
 * again as a process would be.
 */
import { type loadNodeConfig, NODE_PART, Node, type NodePart } from "../../node/simulation-seam.js";
import {
  CHAIN_VIEW,
  type ChainView,
  MEMPOOL_VIEW,
  type MempoolView,
  NETWORK_VIEW,
  type NetworkView,
  TRANSACTION_SUBMISSION,
  type TransactionSubmission,
  type TreeHeader,
} from "../../sdk.js";
import type { MachineParts } from "../capability.js";
import { SimulatedNodeError } from "../errors.js";
import type { SimulationEvent } from "../event-queue.js";
import type { Machine } from "../machine/machine.js";
import { type GroundOptions, groundOf } from "./ground.js";

export type LoadedNode = Awaited<ReturnType<typeof loadNodeConfig>>;

export interface NodeListener {
  /** A block is in the tree of a node. @param canonical it is on the head's chain */
  onBlock(node: SimulatedNode, header: TreeHeader, canonical: boolean): void;
  /** After each start. */
  onUp(node: SimulatedNode): void;
  onDown(node: SimulatedNode): void;
}

/** `down`: no process. */
export type SimulatedNodeState = "down" | "starting" | "up" | "stopping";

export class SimulatedNode {
  readonly parts: MachineParts;
  readonly loaded: LoadedNode;
  readonly #listener: NodeListener;
  readonly #ground: GroundOptions;
  #node: Node | undefined;
  /** Of the running node: checkers ask for them at each look and block. */
  readonly #capabilities = new Map<string, unknown>();
  #state: SimulatedNodeState = "down";
  /** Of a process that is to begin, and has not yet. */
  #beginning: SimulationEvent | undefined;
  /** It is stopping, and is to start again. */
  #isStartDue = false;
  /** A plugin makes it misbehave: what is promised of honest nodes is not asked of it. */
  readonly isHonest: boolean;

  constructor(parts: MachineParts, loaded: LoadedNode, isHonest: boolean, listener: NodeListener, ground: GroundOptions) {
    this.parts = parts;
    this.loaded = loaded;
    this.isHonest = isHonest;
    this.#listener = listener;
    this.#ground = ground;
  }

  get name(): string {
    return this.machine.name;
  }

  get machine(): Machine {
    return this.parts.machine;
  }

  get state(): SimulatedNodeState {
    return this.#state;
  }

  get isUp(): boolean {
    return this.#state === "up";
  }

  /** Of a node that is up. */
  get chain(): NodePart["chain"] {
    return this.capability<NodePart>(NODE_PART).chain;
  }

  get view(): ChainView {
    return this.capability<ChainView>(CHAIN_VIEW);
  }

  get mempool(): MempoolView {
    return this.capability<MempoolView>(MEMPOOL_VIEW);
  }

  get network(): NetworkView {
    return this.capability<NetworkView>(NETWORK_VIEW);
  }

  get submission(): TransactionSubmission {
    return this.capability<TransactionSubmission>(TRANSACTION_SUBMISSION);
  }

  /** The value of any capability of the running node. */
  capability<Value>(name: string): Value {
    const known = this.#capabilities.get(name);
    if (known !== undefined) return known as Value;
    const value = this.#running.get<Value>(name);
    this.#capabilities.set(name, value);
    return value;
  }

  /** Starts its process, unless there is one; of one that is stopping, once it has stopped. */
  start(): void {
    if (this.#state === "stopping") this.#isStartDue = true;
    if (this.#state !== "down") return;
    this.#state = "starting";
    this.#beginning = this.#inItsEvent(() => this.#begin());
  }

  /** Ends its process in good order. */
  stop(): void {
    this.#isStartDue = false;
    if (this.#state === "down" || this.#state === "stopping") return;
    const node = this.#node;
    if (node === undefined) {
      this.#cancelBeginning();
      this.#state = "down";
      return;
    }
    this.#state = "stopping";
    this.#inItsEvent(() => {
      node.stop().then(
        () => this.#ended(false),
        (error: unknown) => this.#fail(error),
      );
    });
  }

  /** Ends its process at once: nothing of it happens any more. */
  crash(): void {
    this.#isStartDue = false;
    if (this.#state === "down") return;
    this.#cancelBeginning();
    this.parts.network.down(this.machine, true);
    this.#ended(true);
  }

  get #running(): Node {
    if (this.#node === undefined)
      throw new SimulatedNodeError({ node: this.name, atMs: this.machine.world.elapsedMs, reason: "it is down", where: "" });
    return this.#node;
  }

  #cancelBeginning(): void {
    if (this.#beginning !== undefined) this.machine.world.cancel(this.#beginning);
    this.#beginning = undefined;
  }

  #begin(): void {
    this.#beginning = undefined;
    const { config, spec } = this.loaded;
    const node = new Node({ ground: groundOf(this.parts, this.#ground), onFatal: (error) => this.#fail(error) }, config, spec);
    this.#node = node;
    this.#capabilities.clear();
    node.start().then(
      () => {
        if (this.#node !== node || this.#state !== "starting") return;
        this.#state = "up";
        this.chain.onImported((header, canonical) => this.#listener.onBlock(this, header, canonical));
        this.#listener.onUp(this);
      },
      (error: unknown) => {
        if (this.#node === node && this.#state === "starting") this.#fail(error);
      },
    );
  }

  #ended(isCrash: boolean): void {
    this.#node = undefined;
    this.#capabilities.clear();
    this.#state = "down";
    if (isCrash) this.machine.crash();
    else {
      this.parts.network.down(this.machine, false);
      this.machine.end();
    }
    this.#listener.onDown(this);
    if (!this.#isStartDue) return;
    this.#isStartDue = false;
    this.start();
  }

  #fail(error: unknown): void {
    this.machine.world.fail(error instanceof Error ? error : new Error(String(error)));
  }

  /** What the world does to a node happens in an event of the node's machine. */
  #inItsEvent(action: () => void): SimulationEvent {
    return this.machine.world.after(0, action, this.machine);
  }
}
