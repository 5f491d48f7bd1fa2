/**
 * Races of a private miner against honest nodes in the simulator: few, and everything real. They are there to show that the models of
 * the other tables are models of these nodes.
 */
import type { AttackOptions } from "./double-spend.js";
import { ATTACKER, partOf, runNodes, withAttacker } from "./node-run.js";
import { PrivateMiner, type RaceOutcome, type Strategy } from "./private-miner.js";
import { Ratio } from "./statistics.js";
import { type AttackTable, type Measurement, mean, proportion, tableOf } from "./table.js";
import { eyalSirer, rosenfeld } from "./theory.js";

/**
 * Trials of a model that are worth a virtual minute of nodes; least, most: 60 hours. The race under way at the end has no outcome; as lost
 * ones take longest, a short run makes attackers look luckier than they are.
 */
const MINUTES = [2, 120, 3_600] as const;
/** So far behind, the double spender gives up: at q = 0.4 it would come back once in 300 times. */
const HOPELESS = 13;

/** Long enough windows that difficulty stays as it is, as in the formulas. */
const STEADY = { consensus: { parameters: { difficulty: { algorithm: "window", windowBlocks: 4_000 }, maxReorgDepth: 4_000 } } };
const ATTACKER_CONFIG = { node: { network: { pingIntervalMs: 2_000 } } };

/** Races of a private miner with share q against two honest nodes. */
export async function races(q: number, strategy: Strategy, minutes: number, seed: string): Promise<PrivateMiner> {
  let miner: PrivateMiner | undefined;
  await runNodes({ duration: `${minutes}m`, chain: STEADY, nodes: withAttacker(100 * q, { config: ATTACKER_CONFIG }) }, seed, (view) => {
    miner = new PrivateMiner(view, ATTACKER, strategy);
    return miner;
  });
  return miner as PrivateMiner;
}

/** Takes the first block in hand as given, as the formula does: where the honest side has it, the attacker waits for the next one. */
export function doubleSpender(z: number): Strategy {
  return {
    isDeaf: true,
    move: ({ own, honest }) => {
      if (own === 0 || honest - own >= HOPELESS) return "yield";
      return honest >= z && own > honest ? "show" : "hold";
    },
  };
}

/** Eyal and Sirer's pool where nobody else mines on its branch in a tie (γ = 0): honest nodes hear of their own block first. */
export const SELFISH: Strategy = {
  isDeaf: false,
  move: ({ own, honest }) => {
    if (honest > own) return "yield";
    return honest >= 1 && own === honest + 1 ? "show" : "hold";
  },
};

/** Races that the attacker began with a block in hand, and how many of them it won. */
export function attempts(outcomes: readonly RaceOutcome[]): { readonly successes: number; readonly trials: number } {
  const begun = outcomes.filter(({ race }) => race !== undefined && race.own > 0);
  return { successes: begun.filter(({ isTaken }) => isTaken).length, trials: begun.length };
}

export async function nodeRaceTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const minutes = partOf(trials, ...MINUTES);
  const spends: Measurement[] = [];
  for (const [q, z] of [
    [0.3, 1],
    [0.3, 3],
    [0.4, 2],
  ] as const) {
    const { outcomes } = await races(q, doubleSpender(z), minutes, `${seed}/nodes/double-spend/${q}/${z}`);
    spends.push(proportion({ q, z }, rosenfeld(q, z), attempts(outcomes)));
    await onCell?.(`double spend on nodes, q ${q} z ${z}`);
  }
  const selfish: Measurement[] = [];
  for (const q of [0.3, 0.4]) {
    const { outcomes } = await races(q, SELFISH, minutes, `${seed}/nodes/selfish/${q}`);
    const revenue = new Ratio();
    for (const { own, blocks } of outcomes) revenue.add(own, blocks);
    selfish.push(mean({ q }, eyalSirer(q, 0), revenue, { beside: { honest: q } }));
    await onCell?.(`selfish mining on nodes, q ${q}`);
  }
  return [tableOf(SPENDS, spends), tableOf(POOLS, selfish)];
}

const SPENDS = {
  name: "nodes-double-spend",
  title: "Double spend on whole nodes: success by q and z",
  source: "Rosenfeld 2014, as in the model's table",
  method:
    "three nodes, one of them deaf and mute while it mines in secret; each attempt ends in a real reorganization or in a sync to the honest chain",
  unit: "share",
} as const;

const POOLS = {
  name: "nodes-selfish-mining",
  title: "Selfish mining on whole nodes, γ = 0: the pool's part of the chain",
  source: "Eyal and Sirer 2014, equation 8",
  method:
    "three nodes, one of them mute about its blocks as the strategy says; honest nodes hear of each other first (other γ are measured on the model alone)",
  unit: "share",
} as const;
