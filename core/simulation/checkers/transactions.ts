/**
 * Acknowledged transactions: what a node has accepted is in the chain at the end, or still waits somewhere, or this very node says what
 * became of it: whoever handed it in asks no other one.
 */
import { Hash } from "../../sdk.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import { type Checker, honestNodes, type RunView, type TransactionSeen } from "./checker.js";

export class TransactionChecker implements Checker {
  readonly name = "transactions";
  readonly #run: RunView;
  readonly #accepted = new Map<string, SimulatedNode>();

  constructor(run: RunView) {
    this.#run = run;
  }

  onTransaction({ node, id }: TransactionSeen): void {
    if (id !== undefined && node.isHonest) this.#accepted.set(id, node);
  }

  async atEnd(): Promise<void> {
    if (!this.#run.scenario.expect.acknowledgedKept) return;
    const nodes = honestNodes(this.#run);
    for (const [key, node] of this.#accepted) {
      // A machine that is down keeps what it has for its next start.
      if (!node.isUp) continue;
      const id = Hash.parse(key);
      if (node.mempool.dropped(id) !== undefined || (await this.#isKept(id, [node, ...nodes.filter((each) => each !== node)]))) continue;
      this.#run.violate(
        "acknowledged-transactions",
        node,
        `it accepted ${key.slice(0, 16)}, which is in no block and no mempool, and does not say why`,
      );
      return;
    }
  }

  async #isKept(id: Hash, nodes: readonly SimulatedNode[]): Promise<boolean> {
    for (const { view, mempool } of nodes) if (mempool.get(id) !== undefined || (await view.transaction(id)) !== undefined) return true;
    return false;
  }
}
