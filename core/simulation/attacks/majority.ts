/** More than half of the hash rate: history is rewritten for sure, at a price that is known, and as far back as nodes let it. */
import { SeededRandom } from "../random.js";
import type { AttackOptions } from "./double-spend.js";
import { childOf, genesisBlock, type ModelBlock, ModelNode } from "./model-chain.js";
import { Ratio } from "./statistics.js";
import { type AttackTable, type Measurement, mean, proportion, tableOf } from "./table.js";
import { honestBlocksUntilOvertaken, rewriteWithin } from "./theory.js";

const MAJORITIES = [0.51, 0.55, 0.6, 0.7] as const;
const DEPTHS = [6, 20, 100] as const;

/** Answers whether the node took the branch. @param depth maxReorgDepth of the chain */
export function rewrite(random: SeededRandom, q: number, depth: number): boolean {
  const genesis = genesisBlock();
  const node = new ModelNode(genesis, depth);
  const branch: ModelBlock[] = [];
  let honest = genesis;
  while (branch.length <= honest.header.height) {
    if (random.unit() < q) branch.push(childOf(branch[branch.length - 1] ?? genesis, true));
    else {
      honest = childOf(honest, false);
      node.add(honest);
      // Nothing is left to win: the fork is final.
      if (honest.header.height > depth) break;
    }
  }
  for (const block of branch) node.add(block);
  return node.head.isAttackers;
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
      for (let trial = 0; trial < trials; trial++) if (rewrite(random, q, depth)) successes++;
      refused.push(proportion({ q, maxReorgDepth: depth }, rewriteWithin(q, depth), { successes, trials }));
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
  method: "the branch is shown when it is ahead, or too late; HeaviestChain refuses what leaves below finality",
  unit: "share",
} as const;
