/**
 * The consensus engines that a devnet can run, each with the parameters that make it fit for a few processes on one
 * machine. Another engine is another entry of the table.
 */
import { bitsOfTarget } from "../work/compact.js";
import { DevnetConsensusError } from "./errors.js";

export interface DevnetEngine {
  /** Id of the plugin. */
  readonly plugin: string;
  /** Section `consensus.parameters` of the chain spec. */
  parameters(chain: { readonly blockIntervalMs: number; readonly nodes: number }): object;
  /** The plugin's section of a node's config. */
  config(node: { readonly address: string; readonly nodes: number; readonly mine: boolean }): object;
}

export const DEFAULT_CONSENSUS = "nakamoto";

/** Of one core, for the mining of all nodes together. */
const MINING_SHARE = 0.3;
/** Of one core, for each node at most. */
const NODE_SHARE_MAX = 0.1;
/** Attempts of one core in a second, where nothing is measured yet: the right order of magnitude is enough, difficulty follows. */
const ATTEMPTS_PER_CORE = 1_000_000;

function nodeShare(nodes: number): number {
  return Math.min(NODE_SHARE_MAX, Math.round((MINING_SHARE / nodes) * 1_000) / 1_000);
}

const nakamoto: DevnetEngine = {
  plugin: "consensus-nakamoto",
  parameters({ blockIntervalMs, nodes }) {
    // Blocks are really searched for, for most of an interval: were they easy and paced, all nodes would find them at once.
    const attempts = Math.max(16, Math.round((ATTEMPTS_PER_CORE * nodeShare(nodes) * nodes * blockIntervalMs) / 1_000));
    return {
      blockIntervalMs,
      // By windows and not by the absolute schedule: a devnet that was stopped overnight must not make up for the night.
      difficulty: { algorithm: "window", windowBlocks: 30 },
      initialTargetBits: bitsOfTarget(2n ** 256n / BigInt(attempts))
        .toString(16)
        .padStart(8, "0"),
      powLimitBits: "207fffff",
      // Whoever splits a devnet and watches for half an hour wants to see it heal.
      maxReorgDepth: 1_000,
    };
  },
  config: ({ address, nodes, mine }) => ({ mine, address, cpuShare: nodeShare(nodes), templateRefreshMs: 500 }),
};

const ENGINES: Readonly<Record<string, DevnetEngine>> = { nakamoto };

/** @throws DevnetConsensusError */
export function devnetEngine(name: string): DevnetEngine {
  const engine = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (engine === undefined) throw new DevnetConsensusError({ name, known: Object.keys(ENGINES) });
  return engine;
}
