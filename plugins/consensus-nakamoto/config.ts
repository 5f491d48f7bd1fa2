/** What can be set: the chain's parameters (chain spec, the same on every node) and this node's mining (node config). */
import { compactBits, MINING_OPTIONS, type Static, Type, WORK_PARAMETERS } from "../../core/sdk.js";

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
    ...WORK_PARAMETERS,
  },
  { additionalProperties: false },
);
export type NakamotoSpec = Static<typeof NakamotoSpec>;

/** Key `consensus-nakamoto` of the node config. */
export const NakamotoConfig = Type.Object(MINING_OPTIONS, { additionalProperties: false });
export type NakamotoConfig = Static<typeof NakamotoConfig>;
