/**
 * The chain spec: its schema, the rules by height that follow from it, and the hash that commits to its parameters.
 *
 * What all nodes of a chain must agree on stands here and nowhere else. The upgrade schedule is left out of the hash, so
 * that a running chain can get one without becoming another chain.
 */
import Type, { type Static, type TSchema } from "#bundled/typebox";
import type { ChainLimits, ChainSpec, Rules } from "../ports/chain-spec.js";
import { asciiBytes } from "../primitives/bytes.js";
import { sha256 } from "../primitives/hash.js";
import { ChainSpecError } from "./errors.js";

const MEBIBYTE = 1024 * 1024;

const limit = (description: string, minimum: number, maximum: number) => Type.Integer({ description, minimum, maximum });

const LimitsSchema = Type.Object(
  {
    blockBytes: Type.Integer({ description: "Encoded block, bytes", minimum: 16_384, maximum: 64 * MEBIBYTE, default: 8 * MEBIBYTE }),
    transactionBytes: Type.Integer({ description: "Raw transaction, bytes", minimum: 256, maximum: 4 * MEBIBYTE, default: 64 * 1024 }),
    blockWeight: Type.Integer({
      description: "Execution budget: sum of the transactions' weights in a block",
      minimum: 1_000,
      maximum: 1_000_000_000_000,
      default: 10_000_000,
    }),
    feeFloorPerByte: Type.Integer({
      description: "Least fee for each byte of a raw transaction, smallest unit",
      minimum: 0,
      maximum: 1_000_000_000_000,
      default: 1,
    }),
  },
  { description: "Limits that consensus enforces from genesis on", additionalProperties: false, default: {} },
);

const UpgradeSchema = Type.Object(
  {
    height: limit("First height at which this upgrade holds", 1, Number.MAX_SAFE_INTEGER),
    limits: Type.Optional(
      Type.Object(
        {
          blockBytes: Type.Optional(limit("Encoded block, bytes", 16_384, 64 * MEBIBYTE)),
          transactionBytes: Type.Optional(limit("Raw transaction, bytes", 256, 4 * MEBIBYTE)),
          blockWeight: Type.Optional(limit("Execution budget of a block", 1_000, 1_000_000_000_000)),
          feeFloorPerByte: Type.Optional(limit("Least fee for each byte", 0, 1_000_000_000_000)),
        },
        { description: "Limits that change; the others stay", additionalProperties: false },
      ),
    ),
    features: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { description: "Features to switch on", maxItems: 64 }),
    ),
  },
  { additionalProperties: false },
);

const pluginSection = (what: string, parameters?: TSchema) =>
  Type.Object(
    {
      plugin: Type.String({ description: `Id of the ${what} plugin that every node of the chain runs`, minLength: 1, maxLength: 128 }),
      parameters:
        parameters ??
        Type.Record(Type.String(), Type.Unknown(), { description: `Parameters of the ${what}; the plugin's own schema`, default: {} }),
    },
    { additionalProperties: false },
  );

/**
 * The schema of a chain-spec file.
 *
 * @param parameters schemas of the parameters of the plugins that a node runs; without them any parameters pass
 */
export const chainSpecSchema = (parameters: { consensus?: TSchema; ledger?: TSchema } = {}) =>
  Type.Object(
    {
      $schema: Type.Optional(Type.String({ description: "For editors; ignored" })),
      chainId: Type.String({ description: "Name of the chain; signed into every transaction", pattern: "^[a-z0-9.-]{1,32}$" }),
      addressPrefix: Type.String({ description: "Human-readable part of addresses", pattern: "^[a-z]{1,16}$", default: "cw" }),
      genesisTimeMs: Type.Integer({
        description: "Timestamp of the genesis block, ms since 1970",
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
      }),
      consensus: pluginSection("consensus", parameters.consensus),
      ledger: pluginSection("ledger", parameters.ledger),
      limits: LimitsSchema,
      features: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        description: "Features on from genesis",
        maxItems: 64,
        default: [],
      }),
      upgrades: Type.Array(UpgradeSchema, { description: "Scheduled changes of rules, ascending by height", maxItems: 1_000, default: [] }),
    },
    { additionalProperties: false },
  );

export type ChainSpecDocument = Static<ReturnType<typeof chainSpecSchema>> & {
  readonly consensus: { readonly parameters: unknown };
  readonly ledger: { readonly parameters: unknown };
};

/**
 * The chain spec of a validated document, in which all defaults, those of plugin parameters included, are filled in.
 *
 * @throws ChainSpecError if upgrades are not ascending
 */
export function makeChainSpec(document: ChainSpecDocument): ChainSpec {
  const { chainId, addressPrefix, genesisTimeMs, consensus, ledger, limits, features, upgrades } = document;
  const steps: { readonly height: number; readonly rules: Rules }[] = [
    { height: 0, rules: { revision: 0, limits, features: new Set(features) } },
  ];
  for (const [index, upgrade] of upgrades.entries()) {
    const last = steps.at(-1) as (typeof steps)[number];
    if (upgrade.height <= last.height)
      throw new ChainSpecError({ path: `upgrades[${index}].height`, reason: "heights of upgrades ascend" });
    steps.push({
      height: upgrade.height,
      rules: {
        revision: index + 1,
        limits: { ...last.rules.limits, ...(upgrade.limits as Partial<ChainLimits> | undefined) },
        features: new Set([...last.rules.features, ...(upgrade.features ?? [])]),
      },
    });
  }
  const committed = { chainId, addressPrefix, genesisTimeMs, consensus, ledger, limits, features };
  return {
    chainId,
    addressPrefix,
    genesisTimeMs,
    consensus,
    ledger,
    parametersHash: sha256(asciiBytes(canonicalJson(committed, ""))),
    upgrades: upgrades.map((upgrade, index) => ({
      height: upgrade.height,
      hash: sha256(asciiBytes(canonicalJson(upgrade, `upgrades[${index}]`))),
    })),
    rulesAt(height) {
      for (let i = steps.length - 1; i > 0; i--) {
        const step = steps[i];
        if (step !== undefined && height >= step.height) return step.rules;
      }
      return (steps[0] as (typeof steps)[number]).rules;
    },
  };
}

/**
 * JSON with sorted keys, no spaces, escaped beyond ASCII, and no numbers but safe integers: one text for one value, on every platform.
 *
 * @throws ChainSpecError for what has no such text
 */
export function canonicalJson(value: unknown, path: string): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0))
      throw new ChainSpecError({ path, reason: `${value} is not an integer within ±2^53; write larger numbers as text` });
    return String(value);
  }
  if (typeof value === "string") return escapeBeyondAscii(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map((each, index) => canonicalJson(each, `${path}[${index}]`)).join(",")}]`;
  if (typeof value === "object") {
    const fields = value as Record<string, unknown>;
    const names = Object.keys(fields)
      .filter((name) => fields[name] !== undefined)
      .sort();
    return `{${names.map((name) => `${escapeBeyondAscii(JSON.stringify(name))}:${canonicalJson(fields[name], path === "" ? name : `${path}.${name}`)}`).join(",")}}`;
  }
  throw new ChainSpecError({ path, reason: `a ${typeof value} can't stand in a chain spec` });
}

function escapeBeyondAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
