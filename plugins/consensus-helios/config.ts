/** What can be set: the chain's parameters (chain spec, the same on every node) and this node's part (node config). */
import { compactBits, MINING_OPTIONS, type Static, Type, WORK_PARAMETERS } from "../../core/sdk.js";

const percent = (description: string, default_: number) => Type.Integer({ description, default: default_, minimum: 1, maximum: 98 });

/** Steps of one kind at most: a step adds an eighth, so 64 of them are nine times the parameter. */
export const STEPS_MAX = 64;

/** Section `consensus.parameters` of the chain spec. */
export const HeliosSpec = Type.Object(
  {
    blockIntervalMs: Type.Integer({
      description: "Ideal time between blocks, ms. Difficulty steers towards it.",
      default: 60_000,
      minimum: 100,
      maximum: 86_400_000,
    }),
    memory: Type.Object(
      {
        sizeKiB: Type.Integer({
          description: "Phase 1: memory that Argon2id fills at step 0, KiB.",
          default: 16_384,
          minimum: 64,
          maximum: 1_048_576,
        }),
        passes: Type.Integer({ description: "Phase 1: passes of Argon2id over that memory.", default: 1, minimum: 1, maximum: 16 }),
        stepsMax: Type.Integer({
          description: "How many times an eighth of sizeKiB may be added as the network grows.",
          default: 4,
          minimum: 0,
          maximum: STEPS_MAX,
        }),
        budgetKiB: Type.Integer({
          description: "What checking one header may fill at most, KiB: memory at the highest step times passes must not exceed it.",
          default: 24_576,
          minimum: 64,
          maximum: 67_108_864,
        }),
      },
      { description: "Phase 1, memory: Argon2id.", default: {}, additionalProperties: false },
    ),
    timeLock: Type.Object(
      {
        squarings: Type.Integer({
          description: "Phase 2: squarings modulo the RSA-2048 number, one after the other, at step 0.",
          default: 20_000,
          minimum: 8,
          maximum: 100_000_000,
        }),
        stepsMax: Type.Integer({
          description: "How many times an eighth of squarings may be added as the network grows.",
          default: 4,
          minimum: 0,
          maximum: STEPS_MAX,
        }),
      },
      { description: "Phase 2, time-lock: sequential squarings with a Wesolowski proof.", default: {}, additionalProperties: false },
    ),
    search: Type.Object(
      {
        innerNonceBits: Type.Integer({
          description: "Phase 3: 2^innerNonceBits hashes at most for each outer nonce; then phases 1 and 2 are paid for anew.",
          default: 17,
          minimum: 1,
          maximum: 32,
        }),
      },
      { description: "Phase 3, search: SHA-256 below the target.", default: {}, additionalProperties: false },
    ),
    shares: Type.Object(
      {
        memory: percent("Of phase 1, percent.", 40),
        timeLock: percent("Of phase 2, percent.", 30),
        search: percent("Of phase 3, percent.", 30),
      },
      {
        description:
          "Intended share of each phase in the time of an attempt on a reference core; together 100. The cost of a step follows from it.",
        default: {},
        additionalProperties: false,
      },
    ),
    steps: Type.Object(
      {
        epochBlocks: Type.Integer({
          description: "Memory and squarings can step at heights that are a multiple of this, by one step.",
          default: 1_440,
          minimum: 1,
          maximum: 1_000_000,
        }),
        firstAttempts: Type.Integer({
          description: "Attempts for a block, expected and counted at the cost of step 0, from which on the first step is taken.",
          default: 1_048_576,
          minimum: 1,
          maximum: Number.MAX_SAFE_INTEGER,
        }),
        growthBits: Type.Integer({
          description: "Each further step takes 2^growthBits times as many.",
          default: 2,
          minimum: 1,
          maximum: 16,
        }),
      },
      { description: "When memory and squarings grow.", default: {}, additionalProperties: false },
    ),
    difficulty: Type.Object(
      {
        halfLifeMs: Type.Integer({
          description: "Being this far behind schedule makes blocks twice as easy, ms (ASERT, aserti3-2d).",
          default: 7_200_000,
          minimum: 1_000,
          maximum: 31_536_000_000,
        }),
      },
      { description: "How the target follows the network.", default: {}, additionalProperties: false },
    ),
    initialTargetBits: compactBits("Target of genesis and of the first blocks, compact (Bitcoin's nBits): eight hex digits.", "1d09ffff"),
    powLimitBits: compactBits(
      "The easiest target ever allowed at step 0, compact: eight hex digits, not below initialTargetBits' target.",
      "1e00ffff",
    ),
    ...WORK_PARAMETERS,
  },
  { additionalProperties: false },
);
export type HeliosSpec = Static<typeof HeliosSpec>;

/** Key `consensus-helios` of the node config. */
export const HeliosConfig = Type.Object(
  {
    ...MINING_OPTIONS,
    maxMiningMemoryMiB: Type.Integer({
      description:
        "Memory that mining threads may fill at the same time in phase 1, nominally, MiB; portable Argon2id peaks at up to three times that. A thread waits for its part; at least one is let in.",
      default: 256,
      minimum: 1,
      maximum: 1_048_576,
    }),
    arithmetic: Type.Union([Type.Literal("auto"), Type.Literal("native"), Type.Literal("crypto"), Type.Literal("bigint")], {
      description:
        "What computes the time-lock. auto: the addon's own code where it is, else node:crypto. Verdicts are the same; crypto and bigint are for comparisons.",
      default: "auto",
    }),
    argon2id: Type.Union([Type.Literal("auto"), Type.Literal("native"), Type.Literal("portable")], {
      description: "What computes Argon2id. auto: @node-rs/argon2 where it is installed, else JavaScript. Verdicts are the same.",
      default: "auto",
    }),
    verificationDeadlineMs: Type.Integer({
      description: "How long the check of a few seals may take, queue and work, before it is given up as a fault of this node, ms.",
      default: 60_000,
      minimum: 1_000,
      maximum: 3_600_000,
    }),
  },
  { additionalProperties: false },
);
export type HeliosConfig = Static<typeof HeliosConfig>;
