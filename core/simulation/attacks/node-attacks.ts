/**
 * Attacks on whole nodes in the simulator: few runs, and everything real. Races on nodes are there to show that the models of the other
 * tables are models of these nodes; what concerns clocks, difficulty and floods is measured on nodes directly.
 */
import { bitsOfTarget, formatBits } from "../../sdk.js";
import type { RunView, SimulationObserver } from "../checkers/checker.js";
import { type SimulationResult, simulate } from "../run/simulation.js";
import { parseScenario } from "../scenario/load.js";
import type { AttackOptions } from "./double-spend.js";
import { PrivateMiner, type Strategy } from "./private-miner.js";
import { Ratio } from "./statistics.js";
import { type AttackTable, type Measurement, mean, proportion, tableOf } from "./table.js";
import { asertBlocks, eyalSirer, rosenfeld } from "./theory.js";

const ATTACKER = "attacker";
/** Trials of a model that are worth one virtual hour of nodes. */
const TRIALS_PER_HOUR = 100;
const HOURS_MOST = 20;
/** So far behind, the double spender gives up: at q = 0.4 it would come back once in 300 times. */
const HOPELESS = 13;

/** Long enough windows that difficulty stays as it is, as in the formulas. */
const STEADY = { consensus: { parameters: { difficulty: { algorithm: "window", windowBlocks: 4_000 }, maxReorgDepth: 4_000 } } };

function hoursOf(trials: number): number {
  return Math.max(2, Math.min(HOURS_MOST, Math.round(trials / TRIALS_PER_HOUR)));
}

async function run(change: object, seed: string, observer?: (run: RunView) => SimulationObserver): Promise<SimulationResult> {
  const scenario = await parseScenario({
    name: "attack",
    attempts: 64,
    network: { topology: "full", latency: { constant: "5ms" } },
    expect: { agreementDepth: 4_000, converged: false },
    ...change,
  });
  const result = await simulate(scenario, { seed, ...(observer === undefined ? {} : { observers: [observer] }) });
  if (result.failure !== undefined) throw result.failure;
  return result;
}

/** Races of a private miner with share q against two honest nodes. */
export async function races(q: number, strategy: Strategy, hours: number, seed: string): Promise<PrivateMiner> {
  let miner: PrivateMiner | undefined;
  await run(
    {
      duration: `${hours}h`,
      chain: STEADY,
      nodes: [
        { name: "honest", count: 2, hashShare: 100 * (1 - q) },
        { name: ATTACKER, hashShare: 100 * q, byzantine: true, config: { node: { network: { pingIntervalMs: 2_000 } } } },
      ],
    },
    seed,
    (view) => {
      miner = new PrivateMiner(view, ATTACKER, strategy);
      return miner;
    },
  );
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

export async function nodeRaceTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const hours = hoursOf(trials);
  const spends: Measurement[] = [];
  for (const [q, z] of [
    [0.3, 1],
    [0.3, 3],
    [0.4, 2],
  ] as const) {
    const { outcomes } = await races(q, doubleSpender(z), hours, `${seed}/nodes/double-spend/${q}/${z}`);
    const begun = outcomes.filter(({ race }) => race !== undefined && race.own > 0);
    const successes = begun.filter(({ isTaken }) => isTaken).length;
    spends.push(proportion({ q, z }, rosenfeld(q, z), { successes, trials: Math.max(1, begun.length) }));
    await onCell?.(`double spend on nodes, q ${q} z ${z}`);
  }
  const selfish: Measurement[] = [];
  for (const q of [0.3, 0.4]) {
    const { outcomes } = await races(q, SELFISH, hours, `${seed}/nodes/selfish/${q}`);
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
  method: "three nodes, one of them mute about its blocks as the strategy says; honest nodes hear of each other first",
  unit: "share",
} as const;

// --- time and difficulty --------------------------------------------------------------------------------------------

const MINUTE = 60_000;
const HALF_LIFE_MINUTES = 240;

const SWING_ATTEMPTS = 40;
const SWING_RULES = { difficulty: { algorithm: "asert", halfLifeMs: HALF_LIFE_MINUTES * MINUTE } };

/** Compact target of a block that takes so many attempts. */
function bitsFor(attempts: number): string {
  return formatBits(bitsOfTarget(2n ** 256n / BigInt(attempts)));
}

function miners(attackerShare: number, attacker: object = {}): object {
  const nodes = [
    { name: "honest", count: 2, hashShare: 100 - attackerShare },
    { name: ATTACKER, hashShare: attackerShare, byzantine: true, ...attacker },
  ];
  return { nodes };
}

export async function nodeTimeTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const seeds = Math.max(3, Math.min(20, Math.round(trials / 500)));
  const swings: Measurement[] = [];
  for (const factor of [10, 0.1]) {
    const minutes = factor > 1 ? HALF_LIFE_MINUTES / 2 : HALF_LIFE_MINUTES * 2;
    const blocks = new Ratio();
    for (let number = 0; number < seeds; number++) {
      const result = await run(
        {
          duration: `${minutes}m`,
          attempts: SWING_ATTEMPTS,
          chain: { consensus: { parameters: { ...SWING_RULES, initialTargetBits: bitsFor(SWING_ATTEMPTS / Math.max(1, factor)) } } },
          nodes: [{ name: "honest", count: 2, hashShare: 100 * Math.min(1, factor) }],
        },
        `${seed}/nodes/swing/${factor}/${number}`,
      );
      blocks.add(result.height);
      await onCell?.(`hash rate × ${factor} on nodes, run ${number + 1} of ${seeds}`);
    }
    const theory = asertBlocks(factor, minutes, HALF_LIFE_MINUTES, 1);
    swings.push(mean({ "hash rate": `× ${factor}`, minutes }, theory, blocks, { slack: 0.03 }));
  }
  const clocks: Measurement[] = [];
  for (const [skew, share] of [
    ["110s", 40],
    ["150s", 40],
  ] as const) {
    const excess = new Ratio();
    for (let number = 0; number < seeds; number++) {
      const result = await run(
        { duration: "120m", ...miners(share, { skew }), expect: { agreementDepth: 4_000, converged: false } },
        `${seed}/nodes/clock/${skew}/${number}`,
      );
      excess.add(result.height - 120);
      await onCell?.(`clock ${skew} ahead on nodes, run ${number + 1} of ${seeds}`);
    }
    clocks.push(mean({ "clock ahead": skew, q: share / 100 }, 2, excess, { claim: "atMost" }));
  }
  return [tableOf(SWINGS, swings), tableOf(CLOCKS, clocks)];
}

const SWINGS = {
  name: "nodes-swing",
  title: "Hash rate × 10 and ÷ 10 on whole nodes with asert (half-life 240 blocks): blocks found",
  source: "(t + τ log2(k − (k − 1) 2^(−t/τ))) / T, within 3 %",
  method: "two mining nodes for half a half-life, and for two; a mean over seeds",
  unit: "number",
} as const;

const CLOCKS = {
  name: "nodes-timestamps",
  title: "A miner with 40 % and a clock ahead, on whole nodes: blocks beyond the schedule in 120 minutes",
  source: "bound: futureBoundMs / blockIntervalMs = 2; further ahead, its blocks wait",
  method: "three nodes; a mean over seeds",
  unit: "number",
} as const;

// --- floods ---------------------------------------------------------------------------------------------------------

const POOL_LIMIT = 40;
const FLOOD_MINUTES = 12;

export async function floodTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const seeds = Math.max(3, Math.min(10, Math.round(trials / 1_000)));
  const cells: Measurement[] = [];
  for (const flood of ["transactions", "invented blocks"] as const) {
    const blocks = new Ratio();
    const pool = new Ratio();
    for (let number = 0; number < seeds; number++) {
      let most = 0;
      const observer = (view: RunView): SimulationObserver => ({
        onTransaction: () => {
          for (const node of view.nodes) if (node.isUp) most = Math.max(most, node.mempool.count);
        },
      });
      const isTransactions = flood === "transactions";
      const result = await run(
        {
          duration: `${FLOOD_MINUTES}m`,
          config: { node: { mempool: { maxCount: POOL_LIMIT } } },
          ...(isTransactions
            ? {
                nodes: [{ name: "honest", count: 3, hashShare: 100 }],
                traffic: { perMinute: 120, accounts: 10, until: `${FLOOD_MINUTES - 2}m` },
              }
            : miners(1, { hashShare: 1, config: { plugins: { "byzantine-peer": { invented: 1 } } } })),
        },
        `${seed}/nodes/flood/${flood}/${number}`,
        observer,
      );
      blocks.add(result.height);
      pool.add(most);
      await onCell?.(`flood of ${flood}, run ${number + 1} of ${seeds}`);
    }
    cells.push(mean({ flood, of: `blocks in ${FLOOD_MINUTES} minutes` }, FLOOD_MINUTES, blocks, { claim: "atLeast", slack: 0.1 }));
    if (flood === "transactions") cells.push(mean({ flood, of: "most in a mempool" }, POOL_LIMIT, pool, { claim: "atMost" }));
  }
  return [tableOf(FLOODS, cells)];
}

const FLOODS = {
  name: "nodes-flood",
  title: "Floods on whole nodes: the chain goes on, and what waits is bounded",
  source: "bounds: the schedule's blocks at least (within 10 %), the mempool's maxCount at most",
  method: "three nodes; 120 transfers a minute against a mempool of 40; a peer whose every claim names a block that does not exist",
  unit: "number",
} as const;
