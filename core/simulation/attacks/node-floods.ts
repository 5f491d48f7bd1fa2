/**
 * Floods on whole nodes in the simulator: of transactions, and of announcements that nobody can use. The chain goes on as without
 * them, and whatever waits for something stays within its bound.
 */
import type { RunView, SimulationObserver } from "../checkers/checker.js";
import { BlockFlooder } from "./block-flooder.js";
import type { AttackOptions } from "./double-spend.js";
import { ATTACKER, partOf, runNodes, withAttacker } from "./node-run.js";
import { NonceFlooder } from "./nonce-flooder.js";
import { Ratio } from "./statistics.js";
import { type AttackTable, largest, type Measurement, mean, tableOf } from "./table.js";

/** Trials of a model that are worth a run, and a minute of it; least, most. */
const SEEDS = [1_000, 2, 10] as const;
const MINUTES = [100, 3, 24] as const;
/** An honest chain with a flood may have so much fewer blocks by chance alone, on an average over seeds. */
const CHAIN_SLACK = 0.1;

/** Of the nodes' configs: small, so that a flood reaches them. */
const POOL_LIMIT = 10;
const SENDER_LIMIT = 8;
const WAITING_LIMIT = 16;
const CONFIG = { node: { mempool: { maxCount: POOL_LIMIT, maxPerSender: SENDER_LIMIT }, chain: { waitingBlocks: WAITING_LIMIT } } };
/** Of core/network/gossip: blocks that one peer was the first to announce (WANTED_PER_PEER), and that it may owe (OWED_MAX). */
const WANTED_LIMIT = 64;
const OWED_LIMIT = 512;

const HONEST = { nodes: [{ name: "honest", count: 3, hashShare: 100 }] };
/** Two miners, and a relay that is nearer to both than they are to each other: what it tells comes first. */
const RELAYED = {
  nodes: withAttacker(0),
  network: {
    topology: "full",
    latency: { constant: "5ms" },
    links: [{ from: "honest", to: "honest", latency: { constant: "200ms" } }],
  },
};

/** What was watched, against its bound. */
interface Watched {
  readonly what: string;
  readonly bound: number;
  /** `equal`: any such flood fills it to the brim, or it is none. */
  readonly claim: "equal" | "atMost";
  readonly most: number;
  /** Of what the flood tried to get in. */
  readonly offered: number;
}

interface FloodOutcome {
  readonly height: number;
  readonly watched: readonly Watched[];
}

interface Flood {
  /** Of the scenario: the nodes, … */
  readonly nodes: object;
  /** … and what is there for the flood alone. */
  readonly change?: object;
  /** Called for each run. */
  readonly observe: (view: RunView) => { readonly observer: SimulationObserver; readonly watched: () => readonly Watched[] };
}

const FLOODS = {
  transactions: {
    nodes: HONEST,
    change: { traffic: { perMinute: 20, accounts: 10 } },
    observe: (view) => {
      let [most, offered] = [0, 0];
      const onTransaction = (): void => {
        offered++;
        for (const node of view.nodes) if (node.isUp) most = Math.max(most, node.mempool.count);
      };
      return {
        observer: { onTransaction },
        watched: () => [{ what: "transactions in a mempool", bound: POOL_LIMIT, claim: "equal", most, offered }],
      };
    },
  },
  "nonce gaps": {
    nodes: HONEST,
    change: { traffic: { perMinute: 0, accounts: 1 } },
    observe: (view) => {
      const flooder = new NonceFlooder(view);
      const watched = (): readonly Watched[] => [
        { what: "one sender's in a mempool", bound: SENDER_LIMIT, claim: "equal", most: flooder.mostPooled, offered: flooder.submitted },
      ];
      return { observer: flooder, watched };
    },
  },
  "invented blocks": {
    nodes: RELAYED,
    observe: (view) => {
      const flooder = new BlockFlooder(view, ATTACKER, "invented");
      const watched = (): readonly Watched[] => [
        { what: "blocks asked for at once", bound: WANTED_LIMIT, claim: "equal", most: flooder.mostAtOnce, offered: flooder.announced },
        { what: "blocks owed by the peer", bound: OWED_LIMIT, claim: "atMost", most: flooder.mostOwed, offered: flooder.announced },
      ];
      return { observer: flooder, watched };
    },
  },
  orphans: {
    nodes: RELAYED,
    observe: (view) => {
      const flooder = new BlockFlooder(view, ATTACKER, "orphans");
      const watched = (): readonly Watched[] => [
        {
          what: "blocks that wait for a parent",
          bound: WAITING_LIMIT,
          claim: "equal",
          most: flooder.mostWaiting,
          offered: flooder.delivered,
        },
      ];
      return { observer: flooder, watched };
    },
  },
} satisfies Readonly<Record<string, Flood>>;

type FloodName = keyof typeof FLOODS;

/** One run with a flood. */
async function flood(name: FloodName, minutes: number, seed: string): Promise<FloodOutcome> {
  const { nodes, change, observe }: Flood = FLOODS[name];
  let watched: () => readonly Watched[] = () => [];
  const { height } = await runNodes({ duration: `${minutes}m`, config: CONFIG, ...nodes, ...change }, seed, (view) => {
    const watch = observe(view);
    watched = watch.watched;
    return watch.observer;
  });
  return { height, watched: watched() };
}

/** Blocks of such nodes in peace, with each seed. */
async function inPeace(nodes: object, minutes: number, seeds: readonly string[]): Promise<readonly number[]> {
  const heights: number[] = [];
  for (const seed of seeds) heights.push((await runNodes({ duration: `${minutes}m`, config: CONFIG, ...nodes }, seed)).height);
  return heights;
}

export async function floodTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const minutes = partOf(trials, ...MINUTES);
  const seeds = Array.from({ length: partOf(trials, ...SEEDS) }, (_, number) => `${seed}/nodes/flood/${number}`);
  const controls = new Map<object, readonly number[]>();
  for (const nodes of [HONEST, RELAYED]) controls.set(nodes, await inPeace(nodes, minutes, seeds));
  const chain: Measurement[] = [];
  const bounds: Measurement[] = [];
  for (const name of Object.keys(FLOODS) as FloodName[]) {
    const blocks = new Ratio();
    const seen = new Map<string, Watched[]>();
    for (const [number, runSeed] of seeds.entries()) {
      const outcome = await flood(name, minutes, runSeed);
      blocks.add(outcome.height, controls.get(FLOODS[name].nodes)?.[number]);
      for (const watched of outcome.watched) seen.set(watched.what, [...(seen.get(watched.what) ?? []), watched]);
      await onCell?.(`flood of ${name}, run ${number + 1} of ${seeds.length}`);
    }
    chain.push(mean({ flood: name, minutes }, 1, blocks, { claim: "atLeast", slack: CHAIN_SLACK }));
    for (const [what, all] of seen) bounds.push(boundOf(name, what, all));
  }
  return [tableOf(CHAIN, chain), tableOf(BOUNDS, bounds)];
}

function boundOf(name: FloodName, what: string, all: readonly Watched[]): Measurement {
  const [{ bound, claim }] = all as readonly [Watched, ...Watched[]];
  const offered = all.reduce((sum, watched) => sum + watched.offered, 0) / all.length;
  const values = all.map(({ most }) => most);
  return largest({ flood: name, what }, bound, values, { claim, beside: { "offered in a run": offered } });
}

const CHAIN = {
  name: "nodes-flood",
  title: "Floods on whole nodes: blocks of the chain, of those without the flood",
  source: "the chain goes on as it would in peace (within 10 %)",
  method:
    "three nodes: 20 transfers a minute; 18 a minute from one account whose first nonce is missing; a relay near to both miners that with each block announces 640 others, which it never delivers, or which have no parent; the same seed without",
  unit: "number",
} as const;

const BOUNDS = {
  name: "nodes-flood-bounds",
  title: "Floods on whole nodes: the most that waited in any honest node",
  source:
    "the flood fills what there is, and nothing more: by config: maxCount 10 and maxPerSender 8 of the mempool, waitingBlocks 16 of the chain; of gossip: 64 blocks that a peer was the first to announce, 512 that it owes",
  method: "the same runs, the most of all seeds; beside it how much the flood offered",
  unit: "number",
} as const;
