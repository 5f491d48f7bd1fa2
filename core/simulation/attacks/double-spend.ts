/**
 * Double spend: a merchant waits for z confirmations, while the attacker mines in secret on a branch without the payment, and shows it
 * once it is the longer one. What happens then is decided by the fork choice that nodes run.
 */
import { exponential } from "../distribution.js";
import { SeededRandom } from "../random.js";
import { childOf, genesisBlock, type ModelBlock, ModelNode } from "./model-chain.js";
import { type AttackTable, type Measurement, proportion, tableOf } from "./table.js";
import { nakamoto, rosenfeld } from "./theory.js";

export interface AttackOptions {
  readonly seed: string;
  /** In each cell. */
  readonly trials: number;
  /** Called after each cell. */
  readonly onCell?: (about: string) => void | Promise<void>;
}

export const SHARES = [0.1, 0.2, 0.3, 0.4] as const;
const CONFIRMATIONS = [1, 2, 3, 4, 5, 6] as const;
/** So far behind, the attacker gives up: it would come back with (q/p)^41, below 1e-7 at q = 0.4. */
const HOPELESS = 40;
/** No bound here: what the bound does is a table of its own. */
const NO_DEPTH = 4_000;

/** When the honest miners' blocks come while the merchant waits: by chance, or evenly, as Nakamoto's formula takes them to. */
export type HonestPace = "exponential" | "even";

/** Answers whether the merchant's node ended up on the attacker's branch. */
export function doubleSpend(random: SeededRandom, q: number, z: number, pace: HonestPace): boolean {
  const genesis = genesisBlock();
  const merchant = new ModelNode(genesis, NO_DEPTH);
  // The attacker begins with one block in hand, as in both papers.
  const branch: ModelBlock[] = [childOf(genesis, true)];
  let honest = genesis;
  let honestAt = 0;
  let attackerAt = exponential(random) / q;
  const honestPause = (): number => (pace === "even" && honest.header.height < z ? 1 : exponential(random)) / (1 - q);
  honestAt = honestPause();
  for (;;) {
    if (attackerAt < honestAt) {
      branch.push(childOf(branch[branch.length - 1] as ModelBlock, true));
      attackerAt += exponential(random) / q;
    } else {
      honest = childOf(honest, false);
      merchant.add(honest);
      honestAt += honestPause();
    }
    const { height } = honest.header;
    if (height < z) continue;
    if (branch.length > height) break;
    if (height - branch.length >= HOPELESS) return false;
  }
  for (const block of branch) merchant.add(block);
  return merchant.head.isAttackers;
}

export async function doubleSpendTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const tables: AttackTable[] = [];
  for (const pace of ["exponential", "even"] as const) {
    const cells: Measurement[] = [];
    for (const q of SHARES) {
      for (const z of CONFIRMATIONS) {
        const random = new SeededRandom(`${seed}/double-spend/${pace}/${q}/${z}`);
        let successes = 0;
        for (let trial = 0; trial < trials; trial++) if (doubleSpend(random, q, z, pace)) successes++;
        const [theory, other] = pace === "even" ? [nakamoto, rosenfeld] : [rosenfeld, nakamoto];
        const beside = { [pace === "even" ? "Rosenfeld" : "Nakamoto"]: other(q, z) };
        cells.push(proportion({ q, z }, theory(q, z), { successes, trials }, { beside }));
        await onCell?.(`double spend (${pace}) q ${q} z ${z}`);
      }
    }
    tables.push(tableOf(pace === "even" ? EVEN : EXACT, cells));
  }
  return tables;
}

const EXACT = {
  name: "double-spend",
  title: "Double spend: success by attacker's share q and confirmations z",
  source: "Rosenfeld 2014, section 4 (exact: negative binomial, then gambler's ruin); beside it Nakamoto 2008, section 11",
  method: "races with exponential times; the merchant's node is HeaviestChain of core/work",
  unit: "share",
} as const;

const EVEN = {
  name: "double-spend-even",
  title: "The same with honest blocks at even intervals, as Nakamoto's formula takes them",
  source: "Nakamoto 2008, section 11 (Poisson); beside it Rosenfeld 2014",
  method: "as above, but honest blocks come at even intervals until the merchant is content",
  unit: "share",
} as const;
