/**
 * The consensus engines that a devnet can run, each with the parameters that make it fit for a few processes on one
 * machine. Another engine is another entry of the table.
 */
import { bitsOfTarget } from "../work/compact.js";
import type { DevnetChain, DevnetEngine } from "./engine.js";
import { DevnetConsensusError } from "./errors.js";
import { gasper } from "./gasper.js";

export const DEFAULT_CONSENSUS = "nakamoto";

/** Each proof of work takes as long as it is asked to. */
const WORK_INTERVAL = { default: 2_000, most: 3_600_000 };
/** New coins to whoever makes a block. */
const WORK_LEDGER = { issuance: { initialPerBlock: 1_000_000 } };

/** Of one core, for the mining of all nodes together. */
const MINING_SHARE = 0.3;
/** Of one core, for each node at most. */
const NODE_SHARE_MAX = 0.1;
/** Attempts of one core in a second, where nothing is measured yet: the right order of magnitude is enough, difficulty follows. */
const ATTEMPTS_PER_CORE = 1_000_000;

/** What a block takes at first. They are really searched for, for most of an interval: were they easy and paced, all nodes would find them at once. */
function firstAttempts({ blockIntervalMs, nodes }: DevnetChain, attemptsPerCore: number): number {
  return Math.max(16, Math.round((attemptsPerCore * nodeShare(nodes) * nodes * blockIntervalMs) / 1_000));
}

function bitsFor(attempts: number): string {
  return bitsOfTarget(2n ** 256n / BigInt(attempts))
    .toString(16)
    .padStart(8, "0");
}

/** Whoever splits a devnet and watches for half an hour wants to see it heal. */
const MAX_REORG_DEPTH = 1_000;

function nodeShare(nodes: number): number {
  return Math.min(NODE_SHARE_MAX, Math.round((MINING_SHARE / nodes) * 1_000) / 1_000);
}

const nakamoto: DevnetEngine = {
  plugin: "consensus-nakamoto",
  blockIntervalMs: WORK_INTERVAL,
  ledger: WORK_LEDGER,
  parameters(chain) {
    return {
      blockIntervalMs: chain.blockIntervalMs,
      // By windows and not by the absolute schedule: a devnet that was stopped overnight must not make up for the night.
      difficulty: { algorithm: "window", windowBlocks: 30 },
      initialTargetBits: bitsFor(firstAttempts(chain, ATTEMPTS_PER_CORE)),
      powLimitBits: "207fffff",
      maxReorgDepth: MAX_REORG_DEPTH,
    };
  },
  config: ({ address, nodes, mine }) => ({ mine, address, cpuShare: nodeShare(nodes), templateRefreshMs: 500 }),
};

/** Inner nonces of an attempt with a devnet's phases, 2^11. */
const HELIOS_INNER_BITS = 11;
/** A devnet that was stopped overnight makes up for the night, at this many times its pace at most: the schedule of ASERT is absolute. */
const HELIOS_CATCH_UP = 4;

const helios: DevnetEngine = {
  plugin: "consensus-helios",
  blockIntervalMs: WORK_INTERVAL,
  ledger: WORK_LEDGER,
  parameters(chain) {
    const attempts = firstAttempts(chain, ATTEMPTS_PER_CORE);
    return {
      blockIntervalMs: chain.blockIntervalMs,
      // About a millisecond for each attempt: short against the block interval also with a tenth of a core.
      memory: { sizeKiB: 1_024, budgetKiB: 1_536 },
      timeLock: { squarings: 1_200 },
      search: { innerNonceBits: HELIOS_INNER_BITS },
      // The first step comes at height 10 however slow the machine is, to be seen: it asks for less than the easiest target takes.
      steps: { epochBlocks: 10, firstAttempts: Math.max(1, attempts >> (HELIOS_INNER_BITS + 3)) },
      difficulty: { halfLifeMs: Math.max(10_000, 60 * chain.blockIntervalMs) },
      initialTargetBits: bitsFor(attempts),
      powLimitBits: bitsFor(Math.max(2, Math.trunc(attempts / HELIOS_CATCH_UP))),
      maxReorgDepth: MAX_REORG_DEPTH,
    };
  },
  config: ({ address, nodes, mine }) => ({ mine, address, cpuShare: nodeShare(nodes), templateRefreshMs: 500 }),
};

const ENGINES: Readonly<Record<string, DevnetEngine>> = { nakamoto, helios, gasper };

/** @throws DevnetConsensusError */
export function devnetEngine(name: string): DevnetEngine {
  const engine = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (engine === undefined) throw new DevnetConsensusError({ name, known: Object.keys(ENGINES) });
  return engine;
}
