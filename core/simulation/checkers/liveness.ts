/**
 * Liveness: once the network is whole again and nothing more is done to it, every honest node that is up gets new blocks. Between two
 * of them may lie a bound that follows from the block interval and the hash rate that is left.
 */

import type { SimulatedNode } from "../node/simulated-node.js";
import { durationUs } from "../scenario/duration.js";
import { plansOf } from "../scenario/roster.js";
import { type BlockSeen, type Checker, honestNodes, type RunView } from "./checker.js";

/**
 * Block intervals without a block that are no accident: of an hour's waiting in a chain with a block a minute, the chance is e^-30, and
 * difficulty takes a while to follow a hash rate that has sunk.
 */
const INTERVALS = 40;
const DEFAULT_INTERVAL_US = 60e6;

export class LivenessChecker implements Checker {
  readonly name = "liveness";
  readonly #run: RunView;
  readonly #boundUs: number;
  /** When the last fault is over, µs. */
  readonly #quietUs: number;
  readonly #lastBlockUs = new Map<SimulatedNode, number>();
  readonly #upUs = new Map<SimulatedNode, number>();

  constructor(run: RunView) {
    this.#run = run;
    const { liveness } = run.scenario.expect;
    this.#boundUs = liveness === undefined ? defaultBoundUs(run) : durationUs(liveness);
    this.#quietUs = run.actions.reduce((last, action) => Math.max(last, action.atUs + (action.do === "stall" ? action.forUs : 0)), 0);
  }

  onUp(node: SimulatedNode): void {
    this.#upUs.set(node, this.#run.world.nowUs);
  }

  onBlock({ node }: BlockSeen): void {
    this.#lastBlockUs.set(node, this.#run.world.nowUs);
  }

  onLook(): void {
    const { nowUs } = this.#run.world;
    for (const node of honestNodes(this.#run)) {
      if (!node.parts.network.isWhole) return;
      const sinceUs = Math.max(this.#quietUs, this.#upUs.get(node) ?? 0, this.#lastBlockUs.get(node) ?? 0);
      if (nowUs - sinceUs <= this.#boundUs) continue;
      const seconds = Math.round((nowUs - sinceUs) / 1e6);
      this.#run.violate(
        "liveness",
        node,
        `no block for ${seconds} s, though nothing is wrong with the network since ${this.#quietUs / 1e6} s`,
      );
      return;
    }
  }
}

function defaultBoundUs({ scenario, nodes }: RunView): number {
  const parameters = nodes[0]?.loaded.spec.consensus.parameters as { readonly blockIntervalMs?: number } | undefined;
  const intervalUs = parameters?.blockIntervalMs === undefined ? DEFAULT_INTERVAL_US : parameters.blockIntervalMs * 1e3;
  const share = plansOf(scenario).reduce((sum, { hashShare }) => sum + hashShare, 0);
  return (INTERVALS * intervalUs * 100) / Math.max(1, Math.min(100, share));
}
