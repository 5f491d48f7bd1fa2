/**
 * What a checker is: it watches a run and fails it when something does not hold. Checkers only read; what they see is what a node
 * shows at that moment, in the middle of its event.
 */
import type { TreeHeader } from "../../sdk.js";
import type { MessageSeen } from "../network/network.js";
import type { LogLine } from "../node/ground.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import type { BlockLog } from "../run/block-log.js";
import type { Scenario } from "../scenario/schema.js";
import type { Action } from "../scenario/timeline.js";
import type { World } from "../world.js";

export interface BlockSeen {
  readonly node: SimulatedNode;
  readonly header: TreeHeader;
  /** It is on the node's canonical chain. */
  readonly canonical: boolean;
  /** No node has had it before. */
  readonly isFirst: boolean;
}

export interface HeadMoved {
  readonly node: SimulatedNode;
  readonly head: TreeHeader;
  /** Blocks that the node took back. */
  readonly undone: number;
}

export interface TransactionSeen {
  readonly node: SimulatedNode;
  /** Hex; undefined where it was refused. */
  readonly id: string | undefined;
  /** `accepted`, or the code of the refusal. */
  readonly outcome: string;
}

/** What happens in a run, as it happens; for checkers, traces and reports. All calls are in virtual time, and must not change anything. */
export interface SimulationObserver {
  onAction?(action: Action): void;
  onUp?(node: SimulatedNode): void;
  onDown?(node: SimulatedNode): void;
  onBlock?(seen: BlockSeen): void;
  onHead?(moved: HeadMoved): void;
  onTransaction?(seen: TransactionSeen): void;
  /** Each message at its arrival. Costs time: leave it out where it is not needed. */
  onMessage?(message: MessageSeen): void;
  onLog?(line: LogLine): void;
  /** Every so often, see `LOOK_US`; in an event of its own. */
  onLook?(): void;
  /** The scenario's time is over, all nodes are as they are. What it resolves with is awaited in virtual time. */
  atEnd?(): void | Promise<void>;
}

/** What a checker sees of the run. */
export interface RunView {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly world: World;
  /** In the scenario's order. */
  readonly nodes: readonly SimulatedNode[];
  readonly blocks: BlockLog;
  readonly actions: readonly Action[];
  /** Ends the run. @param invariant a stable name: `agreement` */
  violate(invariant: string, node: SimulatedNode | undefined, reason: string): void;
}

export interface Checker extends SimulationObserver {
  readonly name: string;
}

export type CheckerFactory = (run: RunView) => Checker;

/** Honest nodes that are up. */
export function honestNodes(run: RunView): readonly SimulatedNode[] {
  return run.nodes.filter((node) => node.isHonest && node.isUp);
}
