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
    this.#honestStale();
    this.#atLeast("the deepest reorganization", this.#deepest, expect.deepestReorgAtLeast);
    this.#atMost("the deepest reorganization", this.#deepest, expect.deepestReorgAtMost);
    const finalized = nodes.map(({ chain }) => chain.finalized.header.height);
    if (expect.finalizedAtLeast > 0) this.#atLeast("the height that all have for final", Math.min(...finalized), expect.finalizedAtLeast);
    this.#atMost("the highest final block's height", Math.max(0, ...finalized), expect.finalizedAtMost);
    this.#validators();
    if (expect.noBlocksOf.length > 0) this.#excluded();
    if (expect.twoChains) this.#twoChains();
    if (expect.converged) this.#convergence(height, heights);
  }

  #validators(): void {
    const { slashedAtLeast, slashedAtMost, activeAtLeast, activeAtMost } = this.#run.scenario.expect;
    if (slashedAtLeast + activeAtLeast === 0 && slashedAtMost === undefined && activeAtMost === undefined) return;
    const statuses = honestNodes(this.#run).map((node) => node.capability<Consensus>(CONSENSUS).status?.());
    const slashed = statuses.map((status) => countOf(status, "slashed"));
    this.#atLeast("the number of slashed validators", Math.min(...slashed), slashedAtLeast);
    this.#atMost("the number of slashed validators", Math.max(0, ...slashed), slashedAtMost);
    const active = statuses.map((status) => countOf(status, "active"));
    this.#atLeast("the number of active validators", Math.min(...active), activeAtLeast);
    this.#atMost("the number of active validators", Math.max(0, ...active), activeAtMost);
  }

  /** Blocks of honest nodes that are not on the chain of the first of them. The newest may still become what they are not yet. */
  #honestStale(): void {
    const { blocks, scenario, nodes } = this.#run;
    const { honestStaleAtLeast, honestStaleAtMost, convergedWithin } = scenario.expect;
    const [first] = honestNodes(this.#run);
    if (first === undefined || (honestStaleAtLeast === 0 && honestStaleAtMost === undefined)) return;
    const honest = new Set(nodes.filter(({ isHonest }) => isHonest).map(({ name }) => Address.key(payoutAddress(name))));
    let stale = 0;
    for (const { header } of blocks.all()) {
      const { height, proposer } = header.header;
      if (height + convergedWithin > first.chain.head.header.height || !honest.has(Address.key(proposer))) continue;
      const canonical = first.chain.idAt(height);
      if (canonical !== undefined && Hash.key(canonical) !== Hash.key(header.id)) stale++;
    }
    this.#atLeast("the number of honest nodes' stale blocks", stale, honestStaleAtLeast);
    this.#atMost("the number of honest nodes' stale blocks", stale, honestStaleAtMost);
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

/** As an engine with validators tells it: `validators.slashed` and `validators.active` of its status. */
function countOf(status: Json | undefined, what: "slashed" | "active"): number {
  const { validators } = (status ?? {}) as { readonly validators?: Readonly<Record<string, unknown>> };
  const count = validators?.[what];
  return typeof count === "number" ? count : 0;
}
