/**
 * A relay that withholds blocks, on whole nodes in the simulator: the miner's blocks reach the victim through it first, and it says
 * nothing of them, or tells of them and never delivers. What is measured is how late they come.
 */

import { Hash, type HashKey } from "../../sdk.js";
import type { RunView, SimulationObserver } from "../checkers/checker.js";
import type { AttackOptions } from "./double-spend.js";
import { ATTACKER, partOf, runNodes } from "./node-run.js";
import { type AttackTable, largest, type Measurement, tableOf } from "./table.js";

const VICTIM = "victim";
const MINER = "miner";
/** Trials of a model that are worth a virtual minute; least, most. */
const MINUTES = [10, 4, 600] as const;
/** One way, from the miner to the relay and from there to the victim. */
const NEAR_MS = 5;
/** From the miner to the victim itself. */
const FAR_MS = 200;
/** `requestTimeoutMs` of a node, and the part of it after which gossip asks a second announcer (core/network/gossip, PATIENCE_PART). */
const REQUEST_TIMEOUT_MS = 5_000;
const PATIENCE_MS = REQUEST_TIMEOUT_MS / 5;
/** Announcement, request, block: three ways. */
const WAYS = 3;
const MICROSECONDS = 1_000;

/**
 * Options of the plugin `byzantine-peer`, and how late a block may be with them, and is. Some are earlier: while another one is under
 * way by sync, and once the relay owes so much that it is not asked any more (see node-floods.ts).
 */
const RELAYS = {
  honest: { options: {}, delayMs: 2 * WAYS * NEAR_MS },
  "tells nothing": { options: { withholdMs: 86_400_000 }, delayMs: WAYS * FAR_MS },
  "tells, and delivers nothing": { options: { undelivered: 1 }, delayMs: WAYS * NEAR_MS + NEAR_MS + PATIENCE_MS + 2 * FAR_MS },
} as const;
type RelayName = keyof typeof RELAYS;

/** How long after the miner the victim had each block, ms. */
async function delays(name: RelayName, minutes: number, seed: string): Promise<readonly number[]> {
  const found: number[] = [];
  const foundUs = new Map<HashKey, number>();
  const links = [
    { from: MINER, to: VICTIM, latency: { constant: `${FAR_MS}ms` } },
    { from: VICTIM, to: MINER, latency: { constant: `${FAR_MS}ms` } },
  ];
  const observe = ({ world }: RunView): SimulationObserver => ({
    onBlock: ({ node, header, isFirst }) => {
      const key = Hash.key(header.id);
      if (isFirst) foundUs.set(key, world.nowUs);
      const at = foundUs.get(key);
      if (node.name === VICTIM && at !== undefined) found.push((world.nowUs - at) / MICROSECONDS);
    },
  });
  await runNodes(
    {
      duration: `${minutes}m`,
      network: { topology: "full", latency: { constant: `${NEAR_MS}ms` }, links },
      config: { node: { network: { requestTimeoutMs: REQUEST_TIMEOUT_MS } } },
      nodes: [
        { name: MINER, hashShare: 100 },
        { name: ATTACKER, byzantine: true, config: { plugins: { "byzantine-peer": RELAYS[name].options } } },
        { name: VICTIM },
      ],
    },
    seed,
    observe,
  );
  return found;
}

export async function withholdingTables({ seed, trials, onCell }: AttackOptions): Promise<readonly AttackTable[]> {
  const minutes = partOf(trials, ...MINUTES);
  const cells: Measurement[] = [];
  for (const name of Object.keys(RELAYS) as RelayName[]) {
    const found = await delays(name, minutes, `${seed}/nodes/withholding`);
    const mean = found.reduce((sum, ms) => sum + ms, 0) / found.length;
    cells.push(largest({ relay: name }, RELAYS[name].delayMs, found, { beside: { mean } }));
    await onCell?.(`block withholding: the relay ${name}`);
  }
  return [tableOf(LATE, cells)];
}

const LATE = {
  name: "nodes-withholding",
  title: "Block withholding by a relay: the longest that a block takes from the miner to a victim, ms",
  source:
    "a block takes three ways (told, asked for, sent) of 5 ms over the relay, twice, or of 200 ms from the miner; a node asks a second one requestTimeoutMs / 5 = 1,000 ms after the first, so what was told and is not delivered costs that much more at most, and not the five seconds of a request; a relay that owes 512 blocks is not asked any more",
  method: "three nodes: the miner, a relay near to both, the victim; the latest block of all, beside it the mean",
  unit: "number",
} as const;
