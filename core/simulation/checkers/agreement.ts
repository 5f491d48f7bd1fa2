/**
 * Agreement: no two honest nodes have different blocks so deep below their heads; what one has finalized, none reverses, itself
 * included.
 */
import { Hash, type HashKey } from "../../sdk.js";
import type { SimulatedNode } from "../node/simulated-node.js";
import type { BlockSeen, Checker, HeadMoved, RunView } from "./checker.js";

const DEFAULT_DEPTH = 6;

interface Settled {
  readonly key: HashKey;
  readonly by: string;
}

/** Depth at which the run's nodes have to agree. */
export function agreementDepthOf({ scenario, nodes }: RunView): number {
  const parameters = nodes[0]?.loaded.spec.consensus.parameters as { readonly confirmations?: number } | undefined;
  return scenario.expect.agreementDepth ?? parameters?.confirmations ?? DEFAULT_DEPTH;
}

export class AgreementChecker implements Checker {
  readonly name = "agreement";
  readonly #run: RunView;
  readonly #depth: number;
  /** By height: what honest nodes hold for settled, and for final. */
  readonly #settled = new Map<number, Settled>();
  readonly #finalized = new Map<number, Settled>();
  /** The same of each node alone, where the scenario splits the network for good. */
  readonly #own = new Map<SimulatedNode, Map<number, Settled>>();
  /** Of each node: up to which height it has been looked at. */
  readonly #settledTo = new Map<SimulatedNode, number>();
  readonly #finalizedTo = new Map<SimulatedNode, number>();

  constructor(run: RunView) {
    this.#run = run;
    this.#depth = agreementDepthOf(run);
  }

  onHead({ node, undone }: HeadMoved): void {
    if (!node.isHonest || undone <= this.#depth) return;
    this.#run.violate("agreement", node, `it took back ${undone} blocks at once; ${this.#depth} confirmations are to be enough`);
  }

  onBlock({ node, canonical }: BlockSeen): void {
    if (!canonical || !node.isHonest) return;
    const { chain } = node;
    this.#follow(node, this.#settledTo, this.#settled, chain.head.header.height - this.#depth, "agreement");
    this.#follow(node, this.#finalizedTo, this.#finalizedOf(node), chain.finalized.header.height, "finality");
  }

  #finalizedOf(node: SimulatedNode): Map<number, Settled> {
    if (!this.#run.scenario.expect.twoChains) return this.#finalized;
    const own = this.#own.get(node) ?? new Map<number, Settled>();
    this.#own.set(node, own);
    return own;
  }

  #follow(node: SimulatedNode, reached: Map<SimulatedNode, number>, settled: Map<number, Settled>, to: number, invariant: string): void {
    const from = reached.get(node) ?? 0;
    // The last height again: a node may change its mind about what it has shown before.
    for (let height = Math.max(1, from); height <= to; height++) {
      const id = node.chain.idAt(height);
      if (id === undefined) continue;
      const key = Hash.key(id);
      const other = settled.get(height);
      if (other === undefined) settled.set(height, { key, by: node.name });
      else if (other.key !== key) {
        const reason = `its block ${height} is ${key.slice(0, 16)}, and that of ${other.by} was ${other.key.slice(0, 16)}`;
        this.#run.violate(invariant, node, reason);
        return;
      }
    }
    if (to > from) reached.set(node, to);
  }
}
