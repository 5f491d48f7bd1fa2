/**
 * The JSON Schema keywords that TypeBox's builders emit, as the kernel reads them, and how a person reads them.
 *
 * Two keywords are the kernel's own: `secret: true` (the value is never shown) and `path: true` (a file or folder; a
 * relative one is taken from the folder of the file that it is written in, or from the working directory if it comes from
 * the environment, a flag or a default).
 */
import type { TSchema } from "typebox";

export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly secret?: boolean;
  readonly path?: boolean;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
  readonly additionalProperties?: TSchema | boolean;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: TSchema | readonly TSchema[];
  readonly prefixItems?: readonly TSchema[];
  readonly additionalItems?: TSchema | boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string | RegExp;
  readonly format?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly exclusiveMinimum?: number | bigint;
  readonly exclusiveMaximum?: number | bigint;
  readonly multipleOf?: number | bigint;
  readonly anyOf?: readonly TSchema[];
  readonly allOf?: readonly TSchema[];
}

/** Keywords that the kernel leaves to TypeBox's own checker, which is loaded only when a schema has one. */
const DELEGATED: readonly string[] = [
  "format",
  "not",
  "oneOf",
  "if",
  "contains",
  "dependencies",
  "dependentRequired",
  "dependentSchemas",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
  "$defs",
  "~refine",
];

/** The keywords of a schema. TypeBox's type hides them, since it has a type for each builder instead. */
export function keywordsOf(schema: TSchema | boolean): SchemaNode {
  if (schema === false) return { enum: [] };
  return schema === true ? {} : flattened(schema as SchemaNode);
}

export function needsTypeBox(schema: TSchema | boolean): boolean {
  return typeof schema === "object" && DELEGATED.some((keyword) => Object.hasOwn(schema, keyword));
}

/** An intersection of object schemas as one object schema, so that its keys are known together. */
function flattened(schema: SchemaNode): SchemaNode {
  if (schema.allOf === undefined) return schema;
  const parts = schema.allOf.map((part) => keywordsOf(part));
  const { allOf: _, ...own } = schema;
  const objects = [own, ...parts];
  return {
    ...Object.assign({}, ...parts),
    ...own,
    ...(parts.some(({ properties }) => properties !== undefined)
      ? {
          properties: Object.assign({}, ...objects.map(({ properties }) => properties)),
          required: objects.flatMap(({ required }) => required ?? []),
        }
      : {}),
  };
}

/** The values of a schema that is a list of constants: an enum, or a union of literals. */
export function constantsOf({ const: constant, enum: values, anyOf }: SchemaNode): readonly unknown[] | undefined {
  if (values !== undefined) return values;
  if (constant !== undefined) return [constant];
  if (anyOf === undefined) return undefined;
  const branches = anyOf.map((branch) => constantsOf(keywordsOf(branch)));
  return branches.every((branch) => branch !== undefined) ? branches.flat() : undefined;
}

const LISTED_NAMES = 16;

export function listNames(names: readonly string[]): string {
  if (names.length <= LISTED_NAMES) return names.join(", ");
  return `${names.slice(0, LISTED_NAMES).join(", ")} and ${names.length - LISTED_NAMES} more`;
}

/** What a schema allows, in a few words: `integer from 0 to 65535`, `one of debug, info`. */
export function describeSchema(schema: TSchema | boolean): string {
  const node = keywordsOf(schema);
  const constants = constantsOf(node);
  if (constants !== undefined) {
    const names = constants.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
    return names.length === 1 ? `only ${names[0]}` : `one of ${listNames(names)}`;
  }
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(describeSchema))].join(" or ");
  if (Array.isArray(node.type)) return node.type.map((type: string) => describeSchema({ ...node, type })).join(" or ");
  switch (node.type) {
    case "integer":
    case "number":
      return `${node.type}${describeRange(node)}`;
    case "string":
      return `string${describeLength(node)}`;
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "array":
      return node.items === undefined || Array.isArray(node.items) ? "list" : `list of ${describeSchema(node.items as TSchema)}`;
    case "object":
      return `map with ${describeKeys(node)}`;
    default:
      return "any value";
  }
}

function describeKeys(node: SchemaNode): string {
  const names = Object.keys(node.properties ?? {});
  return names.length > 0 ? `keys ${listNames(names)}` : "keys of your choice";
}

function describeRange(node: SchemaNode): string {
  const low = node.minimum ?? node.exclusiveMinimum;
  const high = node.maximum ?? node.exclusiveMaximum;
  const text = [
    low === undefined ? "" : node.minimum === undefined ? ` above ${low}` : high === undefined ? ` of at least ${low}` : ` from ${low}`,
    high === undefined ? "" : node.maximum === undefined ? ` below ${high}` : low === undefined ? ` of at most ${high}` : ` to ${high}`,
    node.multipleOf === undefined ? "" : `, a multiple of ${node.multipleOf}`,
  ];
  return text.join("");
}

function describeLength({ minLength, maxLength, pattern, format }: SchemaNode): string {
  const length =
    minLength !== undefined && maxLength !== undefined
      ? ` of ${minLength} to ${maxLength} characters`
      : minLength !== undefined
        ? ` of at least ${minLength} characters`
        : maxLength !== undefined
          ? ` of at most ${maxLength} characters`
          : "";
  const shape = format === undefined ? "" : `, ${format}`;
  return `${length}${pattern === undefined ? "" : ` matching ${typeof pattern === "string" ? pattern : pattern.source}`}${shape}`;
}

/**
 * Why a schema (a third party's, so not to be trusted) can't be used; undefined if it can.
 * Checks what the kernel would trip over: shapes of keywords, regular expressions, depth.
 */
export function schemaFault(schema: unknown, at = "config", depth = 0): string | undefined {
  if (typeof schema === "boolean") return undefined;
  if (typeof schema !== "object" || schema === null) return `${at} is not a schema`;
  if (depth > 32) return `${at} is nested too deeply`;
  const { properties, patternProperties, items, prefixItems, anyOf, allOf, required, enum: values, pattern } = schema as SchemaNode;
  for (const [key, list] of Object.entries({ required, enum: values, anyOf, allOf, prefixItems })) {
    if (list !== undefined && !Array.isArray(list)) return `${at}.${key} is not a list`;
  }
  const expressions = [...(pattern === undefined ? [] : [pattern]), ...Object.keys(patternProperties ?? {})];
  for (const expression of expressions) {
    try {
      expressionOf(expression);
    } catch {
      return `${at} has the pattern ${String(expression)}, which is no regular expression`;
    }
  }
  const children: [string, unknown][] = [
    ...Object.entries(properties ?? {}),
    ...Object.entries(patternProperties ?? {}),
    ...[...(anyOf ?? []), ...(allOf ?? []), ...(prefixItems ?? [])].map((branch, i): [string, unknown] => [String(i), branch]),
    ...(items === undefined ? [] : (Array.isArray(items) ? items : [items]).map((item): [string, unknown] => ["items", item])),
  ];
  for (const [key, child] of children) {
    const fault = schemaFault(child, `${at}.${key}`, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** A `pattern` as TypeBox reads it: with the `u` flag. */
export function expressionOf(pattern: string | RegExp): RegExp {
  return typeof pattern === "string" ? new RegExp(pattern, "u") : pattern;
}
