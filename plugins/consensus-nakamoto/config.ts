/** What can be set: the chain's parameters (chain spec, the same on every node) and this node's mining (node config). */
import { MEDIAN_TIME_BLOCKS, MINER_THREADS_MAX, type Static, Type } from "../../core/sdk.js";

const compactBits = (description: string, default_?: string) =>
  Type.String({ description, pattern: "^[0-9a-f]{8}$", ...(default_ === undefined ? {} : { default: default_ }) });

/** Section `consensus.parameters` of the chain spec. */
export const NakamotoSpec = Type.Object(
  {
    blockIntervalMs: Type.Integer({
      description: "Ideal time between blocks, ms. Difficulty steers towards it.",
      default: 15_000,
      minimum: 100,
      maximum: 86_400_000,
    }),
    difficulty: Type.Object(
      {
        algorithm: Type.Union([Type.Literal("asert"), Type.Literal("window")], {
          description: "asert: every block follows the schedule from genesis (aserti3-2d). window: a step after every windowBlocks blocks.",
          default: "asert",
        }),
        halfLifeMs: Type.Integer({
          description: "asert: being this far behind schedule makes blocks twice as easy, ms.",
          default: 3_600_000,
          minimum: 1_000,
          maximum: 31_536_000_000,
        }),
        windowBlocks: Type.Integer({
          description: "window: blocks between two adjustments, each by at most a factor of 4.",
          default: 144,
          minimum: 2,
          maximum: 4_000,
        }),
      },
      { description: "How the target follows the hash rate.", default: {}, additionalProperties: false },
    ),
    initialTargetBits: compactBits("Target of genesis and of the first blocks, compact (Bitcoin's nBits): eight hex digits.", "1e00ffff"),
    powLimitBits: compactBits(
      "The easiest target ever allowed, compact: eight hex digits, not below initialTargetBits' target.",
      "1f00ffff",
    ),
    futureBoundMs: Type.Integer({
      description: "Blocks whose timestamp is this far ahead of the local clock wait until it is not, ms.",
      default: 120_000,
      minimum: 1_000,
      maximum: 7_200_000,
    }),
    medianTimeBlocks: Type.Integer({
      description: "A block's timestamp is above the median of this many blocks before it. Odd.",
      default: MEDIAN_TIME_BLOCKS,
      minimum: 1,
      maximum: 101,
    }),
    maxReorgDepth: Type.Integer({
      description: "Blocks this far below the head are final: a branch that leaves the chain below them is refused, whatever its work.",
      default: 100,
      minimum: 1,
      maximum: 4_000,
    }),
    confirmations: Type.Integer({
      description: "Blocks after which a payment counts as confirmed. At most maxReorgDepth.",
      default: 6,
      minimum: 0,
      maximum: 4_000,
    }),
  },
  { additionalProperties: false },
);
export type NakamotoSpec = Static<typeof NakamotoSpec>;

/** Key `consensus-nakamoto` of the node config. */
export const NakamotoConfig = Type.Object(
  {
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
  },
  { additionalProperties: false },
);
export type NakamotoConfig = Static<typeof NakamotoConfig>;
