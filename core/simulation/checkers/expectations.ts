/** What the scenario expects of its end: that nodes agree, how far they got, how many forks there were and how deep. */
import { Address, CONSENSUS, type Consensus, Hash, type Json } from "../../sdk.js";
import { payoutAddress } from "../run/composition.js";
import { plansOf, selected } from "../scenario/roster.js";
import { type Checker, type HeadMoved, honestNodes, type RunView } from "./checker.js";

export class ExpectationChecker implements Checker {
  readonly name = "expectations";
  readonly #run: RunView;
  #deepest = 0;

  constructor(run: RunView) {
    this.#run = run;
  }

  onHead({ node, undone }: HeadMoved): void {
    if (node.isHonest) this.#deepest = Math.max(this.#deepest, undone);
  }

  atEnd(): void {
    const { expect } = this.#run.scenario;
    const nodes = honestNodes(this.#run);
    const heights = nodes.map((node) => node.chain.head.header.height);
    const height = Math.max(0, ...heights);
    const stale = this.#run.blocks.size - this.#run.blocks.highest;
    this.#atLeast("the best chain's height", height, expect.blocksAtLeast);
    this.#atMost("the best chain's height", height, expect.blocksAtMost);
    this.#atLeast("the number of stale blocks", stale, expect.staleAtLeast);
    this.#atLeast("the deepest reorganization", this.#deepest, expect.deepestReorgAtLeast);
    this.#atMost("the deepest reorganization", this.#deepest, expect.deepestReorgAtMost);
    const finalized = nodes.map(({ chain }) => chain.finalized.header.height);
    if (expect.finalizedAtLeast > 0) this.#atLeast("the height that all have for final", Math.min(...finalized), expect.finalizedAtLeast);
    this.#atMost("the highest final block's height", Math.max(0, ...finalized), expect.finalizedAtMost);
    this.#slashed();
    if (expect.noBlocksOf.length > 0) this.#excluded();
    if (expect.twoChains) this.#twoChains();
    if (expect.converged) this.#convergence(height, heights);
  }

  #slashed(): void {
    const { slashedAtLeast, slashedAtMost } = this.#run.scenario.expect;
    if (slashedAtLeast === 0 && slashedAtMost === undefined) return;
    const slashed = honestNodes(this.#run).map((node) => slashedOf(node.capability<Consensus>(CONSENSUS).status?.()));
    this.#atLeast("the number of slashed validators", Math.min(...slashed), slashedAtLeast);
    this.#atMost("the number of slashed validators", Math.max(0, ...slashed), slashedAtMost);
  }

  /** Whoever is to have no block on any honest chain has none. */
  #excluded(): void {
    const { scenario } = this.#run;
    const plans = selected(plansOf(scenario), scenario.expect.noBlocksOf);
    const names = new Map(plans.map(({ name }) => [Address.key(payoutAddress(name)), name]));
    for (const node of honestNodes(this.#run)) {
      for (let height = node.chain.head.header.height; height > 0; height--) {
        const id = node.chain.idAt(height);
        const proposer = id && this.#run.blocks.get(Hash.key(id))?.header.header.proposer;
        const name = proposer && names.get(Address.key(proposer));
        if (name === undefined) continue;
        this.#run.violate("expectation", node, `block ${height} of its chain is ${name}'s, of whom there was to be none`);
        return;
      }
    }
  }

  #twoChains(): void {
    const nodes = honestNodes(this.#run);
    const height = Math.min(...nodes.map(({ chain }) => chain.finalized.header.height));
    const ids = new Set(nodes.map(({ chain }) => chain.idAt(height)).map((id) => id && Hash.key(id)));
    if (ids.size !== 2)
      this.#run.violate("expectation", undefined, `at height ${height}, final for all, there is ${ids.size} block, and there were to be 2`);
  }

  #convergence(height: number, heights: readonly number[]): void {
    const { convergedWithin } = this.#run.scenario.expect;
    const nodes = honestNodes(this.#run);
    const at = Math.max(0, height - convergedWithin);
    const [first] = nodes;
    const expected = first?.chain.idAt(Math.min(at, ...heights));
    for (const [index, node] of nodes.entries()) {
      if ((heights[index] ?? 0) < at) {
        this.#run.violate("convergence", node, `it is at height ${heights[index]}, and others at ${height}`);
        return;
      }
      const id = node.chain.idAt(Math.min(at, ...heights));
      if (expected !== undefined && id !== undefined && Hash.key(id) !== Hash.key(expected)) {
        this.#run.violate("convergence", node, `it has another block at height ${at} than ${first?.name}`);
        return;
      }
    }
  }

  #atLeast(what: string, value: number, least: number): void {
    if (value < least) this.#run.violate("expectation", undefined, `${what} is ${value}, and was to be at least ${least}`);
  }

  #atMost(what: string, value: number, most: number | undefined): void {
    if (most !== undefined && value > most)
      this.#run.violate("expectation", undefined, `${what} is ${value}, and was to be at most ${most}`);
  }
}

/** As an engine with validators tells it: `validators.slashed` of its status. */
function slashedOf(status: Json | undefined): number {
  const { validators } = (status ?? {}) as { readonly validators?: { readonly slashed?: unknown } };
  const slashed = validators?.slashed;
  return typeof slashed === "number" ? slashed : 0;
}
