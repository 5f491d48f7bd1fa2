/** What an operator can say of mining, the same for every engine with proof of work: options for the schema of its node config. */
import Type, { type Static } from "#bundled/typebox";
import { MINER_THREADS_MAX } from "./miner.js";

/** To be spread into `Type.Object`, first. */
export const MINING_OPTIONS = {
  mine: Type.Boolean({
    description: "Whether this node mines from its start; an administrator can switch it on and off later.",
    default: false,
  }),
  address: Type.Optional(
    Type.String({ description: "Address that block rewards and fees go to. Needed to mine.", minLength: 1, maxLength: 90 }),
  ),
  mode: Type.Union([Type.Literal("interval"), Type.Literal("instant")], {
    description: "interval: mine all the time. instant: make a block when transactions wait, and rest otherwise (for development).",
    default: "interval",
  }),
  threads: Type.Integer({ description: "Mining threads.", default: 1, minimum: 1, maximum: MINER_THREADS_MAX }),
  cpuShare: Type.Number({ description: "Share of a core that each mining thread may use.", default: 1, minimum: 0.001, maximum: 1 }),
  mineEmpty: Type.Boolean({ description: "Whether to mine blocks without transactions in mode interval.", default: true }),
  minBlockIntervalMs: Type.Integer({
    description: "Don't start on a block until its parent is this old, ms; 0: at once. Paces a development chain at little CPU time.",
    default: 0,
    minimum: 0,
    maximum: 3_600_000,
  }),
  templateRefreshMs: Type.Integer({
    description: "A block being mined is rebuilt this often, to take in new transactions and the time, ms. Templates for others, too.",
    default: 2_000,
    minimum: 100,
    maximum: 600_000,
  }),
  maxTemplates: Type.Integer({
    description: "Blocks kept for miners outside the node until they come back sealed; the oldest are forgotten first.",
    default: 16,
    minimum: 1,
    maximum: 1_024,
  }),
  templateLifetimeMs: Type.Integer({
    description: "How long such a template is good for while the head stands, ms.",
    default: 120_000,
    minimum: 1_000,
    maximum: 3_600_000,
  }),
} as const;

export type MiningConfig = Static<ReturnType<typeof Type.Object<typeof MINING_OPTIONS>>>;
