/** More than half of the hash rate: history is rewritten for sure, at a price that is known, and as far back as nodes let it. */
import { SeededRandom } from "../random.js";
import type { AttackOptions } from "./double-spend.js";
import { childOf, genesisBlock, type ModelBlock, ModelNode } from "./model-chain.js";
import { Ratio } from "./statistics.js";
import { type AttackTable, type Measurement, mean, proportion, tableOf } from "./table.js";
import { honestBlocksUntilOvertaken, rewriteWithin } from "./theory.js";

const MAJORITIES = [0.51, 0.55, 0.6, 0.7] as const;
const DEPTHS = [6, 20, 100] as const;

/** Whether the branch was taken: by a node of the chain, and by one (the control) to which nothing is ever final. */
interface Rewrite {
  readonly isTaken: boolean;
  readonly isTakenUnbounded: boolean;
}

/**
 * A branch that becomes the longer one in the end, in time or too late, and is shown then: that a node refuses it has no other
 * reason than finality, since a majority is sure to overtake. Blocks found meanwhile on the honest side would only make it later.
 *
 * @param depth maxReorgDepth of the chain
 */
export function rewrite(random: SeededRandom, q: number, depth: number): Rewrite {
  const genesis = genesisBlock();
  const node = new ModelNode(genesis, depth);
  const unbounded = new ModelNode(genesis, Number.MAX_SAFE_INTEGER);
  const branch: ModelBlock[] = [];
  let honest = genesis;
  const extend = (): number => branch.push(childOf(branch[branch.length - 1] ?? genesis, true));
  while (branch.length <= honest.header.height && honest.header.height <= depth) {
    if (random.unit() < q) extend();
    else {
      honest = childOf(honest, false);
      node.add(honest);
      unbounded.add(honest);
    }
  }
  // Too late: the fork is below finality. It goes on until it is heavier all the same.
  while (branch.length <= honest.header.height) extend();
  for (const block of branch) {
    node.add(block);
    unbounded.add(block);
  }
  return { isTaken: node.head.isAttackers, isTakenUnbounded: unbounded.head.isAttackers };
}

/** What it costs a majority to undo z blocks: honest blocks found until it is ahead. */
export function overtaking(random: SeededRandom, q: number, z: number): number {
  const genesis = genesisBlock();
  const node = new ModelNode(genesis, Number.MAX_SAFE_INTEGER);
  let honest = genesis;
  for (let i = 0; i < z; i++) {
    honest = childOf(honest, false);
    node.add(honest);
  }
  let attacker = genesis;
  while (!node.head.isAttackers) {
    if (random.unit() < q) {
      attacker = childOf(attacker, true);
      node.add(attacker);
    } else {
      honest = childOf(honest, false);
      node.add(honest);
    }
  }
  return honest.header.height - z;
}

export async function rewriteTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const refused: Measurement[] = [];
  const cost: Measurement[] = [];
  for (const q of MAJORITIES) {
    for (const depth of DEPTHS) {
      const random = new SeededRandom(`${seed}/rewrite/${q}/${depth}`);
      let successes = 0;
      let unbounded = 0;
      for (let trial = 0; trial < trials; trial++) {
        const { isTaken, isTakenUnbounded } = rewrite(random, q, depth);
        if (isTaken) successes++;
        if (isTakenUnbounded) unbounded++;
      }
      const beside = { "without the bound": unbounded / trials };
      refused.push(proportion({ q, maxReorgDepth: depth }, rewriteWithin(q, depth), { successes, trials }, { beside }));
      await onCell?.(`rewrite q ${q} maxReorgDepth ${depth}`);
    }
    // A bare majority overtakes, too, but so late at times that a mean says little.
    for (const z of q < 0.55 ? [] : [1, 6]) {
      const random = new SeededRandom(`${seed}/overtake/${q}/${z}`);
      const blocks = new Ratio();
      for (let trial = 0; trial < trials; trial++) blocks.add(overtaking(random, q, z));
      cost.push(mean({ q, z }, honestBlocksUntilOvertaken(q, z), blocks));
      await onCell?.(`overtake q ${q} z ${z}`);
    }
  }
  return [tableOf(COST, cost), tableOf(REFUSED, refused)];
}

const COST = {
  name: "majority",
  title: "A majority undoes z blocks: honest blocks found until it is ahead",
  source: "Wald's equation: p (z + 1) / (q − p)",
  method: "attempts are drawn until the node's HeaviestChain has changed sides; it always does, by mean time",
  unit: "number",
} as const;

const REFUSED = {
  name: "majority-bounded",
  title: "A majority rewrites from a fork on, against maxReorgDepth",
  source: "the race on a grid, exactly: to be ahead while the honest branch has no more than maxReorgDepth blocks",
  method:
    "the branch is shown when it is heavier, in time or too late; HeaviestChain refuses what leaves below finality, and takes all of it without the bound",
  unit: "share",
} as const;
