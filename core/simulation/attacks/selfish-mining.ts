/**
 * Selfish mining: a pool keeps its blocks to itself and shows them only to make others' blocks worthless. Its strategy is the paper's;
 * who mines on what is decided by the fork choice that nodes run, in two nodes that hear of a tie in different orders.
 *
 * Revenue is a ratio of two sums over dependent blocks, so a trial is a cycle: from everybody agreeing on a head to everybody agreeing
 * again. Cycles are independent (the regenerative method), and the interval is that of a ratio of means.
 */
import { SeededRandom } from "../random.js";
import { type AttackOptions, SHARES } from "./double-spend.js";
import { childOf, genesisBlock, type ModelBlock, ModelNode } from "./model-chain.js";
import { Ratio } from "./statistics.js";
import { type AttackTable, type Measurement, mean, tableOf } from "./table.js";
import { eyalSirer } from "./theory.js";

export const GAMMAS = [0, 0.5, 1] as const;
const NO_DEPTH = 4_000;
/** Most cycles are one honest block: so many make an interval as narrow as the other tables'. */
const CYCLES_PER_TRIAL = 2;

export interface Cycle {
  readonly pools: number;
  readonly blocks: number;
}

class SelfishCycle {
  readonly #random: SeededRandom;
  readonly #q: number;
  readonly #gamma: number;
  readonly #genesis = genesisBlock();
  /** Honest miners that hear of the pool's block first when two compete, and those who hear of the honest one first. */
  readonly #near = new ModelNode(this.#genesis, NO_DEPTH);
  readonly #far = new ModelNode(this.#genesis, NO_DEPTH);
  #branch: ModelBlock[] = [];
  #shown = 0;

  constructor(random: SeededRandom, q: number, gamma: number) {
    this.#random = random;
    this.#q = q;
    this.#gamma = gamma;
  }

  run(): Cycle {
    do {
      if (this.#random.unit() < this.#q) this.#poolFinds();
      else this.#othersFind();
    } while (this.#near.head !== this.#far.head || this.#shown < this.#branch.length);
    return this.#count();
  }

  #poolFinds(): void {
    // On its own branch if it has one; that is never lighter than the honest one here.
    this.#branch.push(childOf(this.#branch.at(-1) ?? this.#genesis, true));
    // In a tie the next block decides, so it is shown at once.
    if (
      this.#near.head !== this.#far.head &&
      this.#branch.length === this.#far.head.header.height + 1 &&
      this.#shown === this.#branch.length - 1
    )
      this.#show(this.#branch.length);
  }

  #othersFind(): void {
    const isNear = this.#random.unit() < this.#gamma;
    const found = childOf((isNear ? this.#near : this.#far).head, false);
    const { height } = found.header;
    const lead = this.#branch.length - height;
    if (lead < 0) {
      // The pool has lost, and goes over to the honest branch.
      this.#near.add(found);
      this.#far.add(found);
      this.#branch = [];
      this.#shown = 0;
      return;
    }
    this.#far.add(found);
    // One ahead after this block, or level: all of it, before the lead is gone. Further ahead: as much as to compete.
    this.#show(lead <= 1 ? this.#branch.length : height);
    this.#near.add(found);
  }

  #show(count: number): void {
    for (const block of this.#branch.slice(this.#shown, count)) {
      this.#near.add(block);
      this.#far.add(block);
    }
    this.#shown = Math.max(this.#shown, count);
  }

  #count(): Cycle {
    let pools = 0;
    let blocks = 0;
    for (let at: ModelBlock | undefined = this.#near.head; at?.before !== undefined; at = at.before) {
      blocks++;
      if (at.isAttackers) pools++;
    }
    return { pools, blocks };
  }
}

/** One cycle: the chain's blocks of it, and how many are the pool's. */
export function selfishCycle(random: SeededRandom, q: number, gamma: number): Cycle {
  return new SelfishCycle(random, q, gamma).run();
}

export async function selfishTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const cells: Measurement[] = [];
  for (const gamma of GAMMAS) {
    for (const q of SHARES) {
      const random = new SeededRandom(`${seed}/selfish/${gamma}/${q}`);
      const revenue = new Ratio();
      for (let trial = 0; trial < trials * CYCLES_PER_TRIAL; trial++) {
        const { pools, blocks } = selfishCycle(random, q, gamma);
        revenue.add(pools, blocks);
      }
      cells.push(mean({ γ: gamma, q }, eyalSirer(q, gamma), revenue, { beside: { honest: q } }));
      await onCell?.(`selfish mining γ ${gamma} q ${q}`);
    }
  }
  return [tableOf(ABOUT, cells)];
}

const ABOUT = {
  name: "selfish-mining",
  title: "Selfish mining: the pool's part of the chain by its share q and γ",
  source: "Eyal and Sirer 2014, equation 8; beside it what honesty earns. It pays above q = (1 − γ) / (3 − 2γ)",
  method: "the paper's strategy against two nodes with HeaviestChain; a trial is a cycle, from agreement to agreement",
  unit: "share",
} as const;
