/**
 * Liveness: while nothing is done to the run and the network is whole, every honest node that is up gets new blocks. Between two of them may
 * lie a bound that follows from the block interval and the hash rate of honest nodes. And whoever was told to start is there at the end.
 */
import type { SimulatedNode } from "../node/simulated-node.js";
import { calmStretches, type Stretch } from "../scenario/calm.js";
import { durationUs } from "../scenario/duration.js";
import { plansOf } from "../scenario/roster.js";
import type { Scenario } from "../scenario/schema.js";
import type { Action } from "../scenario/timeline.js";
import { type BlockSeen, type Checker, honestNodes, type RunView } from "./checker.js";

/**
 * Block intervals without a block that are no accident: the chance is e^-15, one in three million. A scenario in which hash rate goes away for
 * good needs a bound of its own, since difficulty takes a while to follow.
 */
const INTERVALS = 15;
const DEFAULT_INTERVAL_MS = 60_000;
/** From the last thing done to the run until everybody has to be up, µs: a start reads the disk, and may wait for a stop. */
const START_US = 60e6;

export class LivenessChecker implements Checker {
  readonly name = "liveness";
  readonly #run: RunView;
  readonly #boundUs: number;
  /** Those to come, and the one that is. */
  readonly #calm: Stretch[];
  readonly #lastBlockUs = new Map<SimulatedNode, number>();
  readonly #upUs = new Map<SimulatedNode, number>();
  /** Nodes by name that were told to start, and since then to stop or to crash not. */
  readonly #wanted = new Set<string>();

  constructor(run: RunView) {
    this.#run = run;
    const parameters = run.nodes[0]?.loaded.spec.consensus.parameters as { readonly blockIntervalMs?: number } | undefined;
    this.#boundUs = livenessBoundUs(run.scenario, parameters?.blockIntervalMs);
    this.#calm = [...calmStretches(run.actions, durationUs(run.scenario.duration))];
  }

  onAction(action: Action): void {
    if (action.do === "start") for (const name of action.nodes) this.#wanted.add(name);
    if (action.do === "stop" || action.do === "crash") for (const name of action.nodes) this.#wanted.delete(name);
  }

  onUp(node: SimulatedNode): void {
    this.#upUs.set(node, this.#run.world.nowUs);
  }

  onBlock({ node }: BlockSeen): void {
    this.#lastBlockUs.set(node, this.#run.world.nowUs);
  }

  onLook(): void {
    const calm = this.#calmNow();
    if (calm === undefined) return;
    const { nowUs } = this.#run.world;
    for (const node of honestNodes(this.#run)) {
      const sinceUs = Math.max(calm.fromUs, this.#upUs.get(node) ?? 0, this.#lastBlockUs.get(node) ?? 0);
      if (nowUs - sinceUs <= this.#boundUs) continue;
      const seconds = Math.round((nowUs - sinceUs) / 1e6);
      this.#run.violate("liveness", node, `no block for ${seconds} s, though nothing is done to the network since ${calm.fromUs / 1e6} s`);
      return;
    }
  }

  atEnd(): void {
    this.onLook();
    const calm = this.#calmNow();
    const isSettled = calm !== undefined && this.#run.world.nowUs - calm.fromUs >= START_US;
    const honest = this.#run.nodes.filter(({ isHonest }) => isHonest);
    for (const node of honest) {
      if (!this.#wanted.has(node.name) || node.isUp || (node.state !== "down" && !isSettled)) continue;
      this.#run.violate("liveness", node, `the last that was done to it is a start, and at the end it is ${node.state}`);
      return;
    }
    if (honest.length > 0 && !honest.some(({ isUp }) => isUp) && !this.#run.scenario.expect.nobodyUp)
      this.#run.violate(
        "liveness",
        undefined,
        "no honest node is up at the end, so nothing of it can be checked; expect nobodyUp if that is meant",
      );
  }

  #calmNow(): Stretch | undefined {
    const { nowUs } = this.#run.world;
    for (let first = this.#calm[0]; first !== undefined && first.toUs < nowUs; first = this.#calm[0]) this.#calm.shift();
    const next = this.#calm[0];
    return next !== undefined && next.fromUs <= nowUs ? next : undefined;
  }
}

/** Longest time without a block, µs. @param blockIntervalMs of the chain */
export function livenessBoundUs(scenario: Scenario, blockIntervalMs = DEFAULT_INTERVAL_MS): number {
  const { liveness } = scenario.expect;
  if (liveness !== undefined) return durationUs(liveness);
  const honest = plansOf(scenario).filter(({ group }) => !group.byzantine);
  const share = honest.reduce((sum, { hashShare }) => sum + hashShare, 0);
  return (INTERVALS * blockIntervalMs * 1e3 * 100) / Math.max(1, Math.min(100, share));
}
