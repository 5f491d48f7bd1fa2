/** All attacks by name, and one run over some of them. */
import { swingTables, timestampTables, warpTables } from "./difficulty.js";
import { type AttackOptions, doubleSpendTables } from "./double-spend.js";
import { rewriteTables } from "./majority.js";
import { floodTables } from "./node-floods.js";
import { nodeRaceTables } from "./node-races.js";
import { nodeTimeTables } from "./node-time.js";
import { withholdingTables } from "./node-withholding.js";
import { selfishTables } from "./selfish-mining.js";
import type { AttackTable } from "./table.js";

type Attack = (options: AttackOptions) => Promise<readonly AttackTable[]>;

/** `nodes-…`: whole nodes in the simulator, a few runs; the others: models that drive the real rules, many trials. */
export const ATTACKS = {
  "double-spend": doubleSpendTables,
  "selfish-mining": selfishTables,
  majority: rewriteTables,
  "difficulty-swing": swingTables,
  timestamps: timestampTables,
  "time-warp": warpTables,
  "nodes-race": nodeRaceTables,
  "nodes-time": nodeTimeTables,
  "nodes-withholding": withholdingTables,
  "nodes-flood": floodTables,
} as const satisfies Readonly<Record<string, Attack>>;

export type AttackName = keyof typeof ATTACKS;

export const ATTACK_NAMES = Object.keys(ATTACKS) as readonly AttackName[];

export async function runAttacks(names: readonly AttackName[], options: AttackOptions): Promise<readonly AttackTable[]> {
  const tables: AttackTable[] = [];
  for (const name of names) tables.push(...(await ATTACKS[name](options)));
  return tables;
}
