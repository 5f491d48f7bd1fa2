/**
 * Validity: at the end, a node that has never seen anything imports the chain of an honest node from genesis on, block by block, and
 * finds every one of them good and comes to the same state. A node that is not configured to let go of old blocks has every one of them.
 */
import { Hash, present } from "../../sdk.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import { type Checker, honestNodes, type RunView } from "./checker.js";

export class ValidityChecker implements Checker {
  readonly name = "validity";
  readonly #run: RunView;
  readonly #auditor: () => Promise<SimulatedNode>;

  /** @param auditor a fresh node, started for this */
  constructor(run: RunView, auditor: () => Promise<SimulatedNode>) {
    this.#run = run;
    this.#auditor = auditor;
  }

  async atEnd(): Promise<void> {
    // Who prunes has no chain from genesis on to show; where all do, nobody has.
    const nodes = honestNodes(this.#run).filter(({ chain }) => chain.pruning !== "pruned");
    const best = nodes.toSorted((one, other) => other.chain.head.header.height - one.chain.head.header.height)[0];
    if (best === undefined) return;
    const auditor = await this.#auditor();
    const { height } = best.chain.head.header;
    for (let at = 1; at <= height; at++) {
      const id = present(best.chain.idAt(at), "a canonical block has its height");
      const block = await best.view.block(id);
      if (block === undefined) {
        this.#run.violate("validity", best, `it has no block ${at}, ${Hash.key(id).slice(0, 16)}, of its own chain`);
        return;
      }
      const verdict = await auditor.chain.import(block);
      if (verdict.status === "imported" && verdict.canonical) continue;
      const reason = "reason" in verdict ? `${verdict.code}: ${verdict.reason}` : verdict.status;
      this.#run.violate("validity", best, `a fresh node does not follow its block ${at}, ${Hash.key(id).slice(0, 16)}: ${reason}`);
      return;
    }
  }
}
