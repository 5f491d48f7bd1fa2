/**
 * The schema of a node config: the kernel's own keys, the sections that core adds, and one entry for each plugin.
 *
 * Written as plain JSON Schema (which TypeBox's schemas are), because loading TypeBox's builders takes longer than all the
 * rest of the kernel together.
 */
import type { TSchema } from "typebox";
import type { PluginManifest } from "../ports/plugin.js";
import type { LogLevel } from "../ports/runtime.js";
import { keywordsOf } from "./schema-node.js";
import { plainObject } from "./sourced-value.js";

export type LogFormat = "auto" | "pretty" | "json";

export interface LogConfig {
  readonly level: LogLevel;
  /** Level by component; the longest matching name wins (`network` also sets `network.sync`). */
  readonly components: Readonly<Record<string, LogLevel>>;
  readonly format: LogFormat;
}

/** The values of the kernel's own keys. */
export interface KernelConfig {
  /** Absolute path of the chain spec. */
  readonly chain: string;
  /** Absolute path. */
  readonly dataDir: string;
  readonly log: LogConfig;
}

/** A config section that core adds at top level. */
export interface ConfigSection {
  readonly schema: TSchema;
  readonly description: string;
}

const LOG_LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];

const KERNEL_PROPERTIES = {
  $schema: { type: "string", description: "URL or path of this schema, for editors; the node ignores it." },
  chain: {
    type: "string",
    minLength: 1,
    path: true,
    description: "Chain-spec file: what all nodes of the chain agree on. Relative to this file.",
  },
  dataDir: {
    type: "string",
    minLength: 1,
    path: true,
    default: "data",
    description:
      "Folder for blocks, state, keys and everything else of this node. Relative to this file; the default is relative to the working directory.",
  },
  log: {
    type: "object",
    description: "What is logged, and how.",
    additionalProperties: false,
    required: ["level", "components", "format"],
    properties: {
      level: { enum: LOG_LEVELS, default: "info", description: "Least level that is logged." },
      components: {
        type: "object",
        additionalProperties: { enum: LOG_LEVELS },
        default: {},
        description: "Levels of single components by name: a plugin's id, or a part of core such as chain or mempool.",
      },
      format: {
        enum: ["auto", "pretty", "json"],
        default: "auto",
        description: "One line a message for people (pretty) or for machines (json); auto is pretty on a terminal.",
      },
    },
  },
} as const;

export interface NodeConfigParts {
  readonly sections: Readonly<Record<string, ConfigSection>>;
  readonly coreManifests: readonly PluginManifest[];
  /** Schema of each plugin's config by its key; `{}` where it is not known. */
  readonly plugins: Readonly<Record<string, TSchema>>;
}

/** The schema that a loaded document is checked against. */
export function nodeConfigSchema({ sections, coreManifests, plugins }: NodeConfigParts): TSchema {
  const parts = [
    ...Object.entries(sections).map(([key, { schema }]) => [key, schema] as const),
    ...coreManifests.map(({ id, config }) => [id, config] as const),
  ];
  const properties = {
    ...KERNEL_PROPERTIES,
    ...Object.fromEntries(parts),
    plugins: { type: "object", additionalProperties: false, properties: plugins, default: {} },
  };
  const { $schema: _, ...valued } = properties;
  return { type: "object", additionalProperties: false, required: Object.keys(valued), properties };
}

/**
 * The JSON Schema (2020-12) of a whole node config with all built-in plugins, for editors and documentation.
 *
 * @param options.plugins manifests of the built-in plugins
 */
export function configJsonSchema(options: {
  readonly sections: Readonly<Record<string, ConfigSection>>;
  readonly coreManifests: readonly PluginManifest[];
  readonly plugins: readonly PluginManifest[];
}): Readonly<Record<string, unknown>> {
  const schemas = options.plugins.map(({ id, description, config }): [string, TSchema] => [id, { description, ...config }]);
  const schema = nodeConfigSchema({
    sections: mapValues(options.sections, ({ schema, description }) => ({ description, schema: { description, ...schema } })),
    coreManifests: options.coreManifests.map((manifest) => ({
      ...manifest,
      config: { description: manifest.description, ...manifest.config },
    })),
    plugins: Object.fromEntries(schemas),
  });
  const root = forEditors(JSON.parse(JSON.stringify(schema)), []) as { properties: Record<string, unknown> };
  const plugins = root.properties.plugins as { properties: Record<string, unknown> };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Chainwright node config",
    ...root,
    properties: {
      ...root.properties,
      plugins: {
        type: "object",
        description:
          "The plugins of this node: the id of a built-in one, the name of an installed package, or a path that begins with ./, each with its options.",
        properties: mapValues(plugins.properties, (plugin) => orNothing(plugin)),
        additionalProperties: { type: ["object", "null"] },
      },
    },
  };
}

/** A plugin without options may stand alone: `storage-memory:`. */
function orNothing(schema: unknown): unknown {
  const { description, ...rest } = schema as { description?: unknown };
  return { description, anyOf: [rest, { type: "null" }] };
}

function mapValues<Value, Result>(record: Readonly<Record<string, Value>>, map: (value: Value) => Result): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** Says in JSON Schema what the kernel does: keys with defaults may be left out, unknown keys are refused, secrets are write-only. */
function forEditors(schema: unknown, path: readonly string[]): unknown {
  if (Array.isArray(schema)) return schema.map((member) => forEditors(member, path));
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if (key === "path") return [];
    if (key === "secret") return value === true ? [["writeOnly", true]] : [];
    if (key === "default" || key === "enum" || key === "const" || key === "examples" || key === "required") return [[key, value]];
    if (key === "properties" || key === "patternProperties") {
      return [[key, mapValues(value as Record<string, unknown>, (child) => forEditors(child, [...path, key]))]];
    }
    return [[key, forEditors(value, path)]];
  });
  const result = plainObject(entries);
  const { properties } = result as { properties?: Record<string, TSchema> };
  if (properties === undefined) return result;
  const required = ((result.required as readonly string[] | undefined) ?? []).filter((key) => !canBeAbsent(properties[key]));
  const { required: _, ...rest } = result;
  return { ...rest, ...(required.length > 0 ? { required } : {}), additionalProperties: result.additionalProperties ?? false };
}

/** Whether the kernel fills in a value when a required key is not written. */
function canBeAbsent(schema: TSchema | undefined): boolean {
  if (schema === undefined) return false;
  const { default: fallback, type, properties = {}, required = [] } = keywordsOf(schema);
  return fallback !== undefined || (type === "object" && required.every((key) => canBeAbsent(properties[key])));
}
