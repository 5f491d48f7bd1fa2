/**
 * Checks a document against a TypeBox schema and fills in defaults: all problems, each with its line and what is allowed.
 *
 * The walk over the schema is the kernel's own: TypeBox's checker answers with paths into a plain value and has no notion
 * of a source or a secret. It still decides the rarer keywords (see DELEGATED in schema-node.ts), and a differential test
 * holds the two to the same verdicts.
 *
 * Stricter than JSON Schema in one point: an object with `properties` has no others, unless `additionalProperties` is
 * written. A misspelt key must never be ignored.
 */
import { isAbsolute, resolve } from "node:path";
import type { Static, TSchema } from "typebox";
import type { ProblemCode, ProblemDraft } from "./problem.js";
import { constantsOf, describeSchema, expressionOf, keywordsOf, listNames, needsTypeBox, type SchemaNode } from "./schema-node.js";
import {
  type ConfigPath,
  DEFAULT_SOURCE,
  emptyMap,
  plainObject,
  plainOf,
  type SourcedMap,
  type SourcedValue,
  sourced,
  type ValueSource,
} from "./sourced-value.js";
import { matchingType, numberFault, textFault } from "./value-checks.js";

/** One value of a validated document and where it came from. */
export interface Setting {
  readonly path: ConfigPath;
  /** Plain value; a secret's is `SECRET`. */
  readonly value: unknown;
  readonly source: ValueSource;
}

export const SECRET = "(secret)";

export interface Validation<Value> {
  /** With defaults filled in; undefined if there is any problem. */
  readonly value: Value | undefined;
  readonly problems: readonly ProblemDraft[];
  /** Every leaf, in the schema's order. Lists are leaves. */
  readonly settings: readonly Setting[];
}

export interface ValidateOptions {
  /** Where `root` stands in its document; heads every problem's path. */
  readonly path?: ConfigPath;
  /** Folder that a relative value of a `path: true` schema is resolved from; without it, such values are left alone. */
  readonly directoryFor?: (source: ValueSource) => string;
}

export async function validate<Schema extends TSchema>(
  schema: Schema,
  root: SourcedValue,
  { path = [], directoryFor }: ValidateOptions = {},
): Promise<Validation<Static<Schema>>> {
  const walk = new Walk(directoryFor);
  const value = walk.value(schema, root, path);
  const problems = walk.problems.length > 0 ? walk.problems : await delegatedProblems(walk.delegated);
  return { value: problems.length > 0 ? undefined : (value as Static<Schema>), problems, settings: walk.settings };
}

interface Delegated {
  readonly schema: TSchema;
  readonly value: unknown;
  readonly source: ValueSource;
  readonly path: ConfigPath;
  readonly secret: boolean;
}

async function delegatedProblems(delegated: readonly Delegated[]): Promise<readonly ProblemDraft[]> {
  if (delegated.length === 0) return [];
  const typebox = await import("#bundled/typebox/schema");
  return delegated.flatMap(({ schema, value, source, path, secret }) => {
    const [valid, errors] = typebox.Errors(schema, value);
    if (valid) return [];
    return errors.map((error) => ({
      code: "CONFIG_BROKEN_RULE" as const,
      source,
      path: [...path, ...error.instancePath.split("/").slice(1)],
      message: `${error.instancePath === "" ? `${show(value, secret)} ` : ""}${error.message}`,
      allowed: describeSchema(schema),
    }));
  });
}

/** A value as it is shown in a problem: JSON, cut to a line's length; never a secret. */
function show(value: unknown, secret: boolean): string {
  if (secret) return SECRET;
  const text = JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? String(member) : member)) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function showNode(node: SourcedValue, secret: boolean): string {
  if (node.kind === "map") return "a map";
  if (node.kind === "list") return "a list";
  return node.value === null ? "null" : typeof node.value === "bigint" ? String(node.value) : show(node.value, secret);
}

/** Whether anything below a schema is secret; then unknown neighbours may be misspelt secrets. */
function holdsSecret(schema: TSchema | boolean, depth = 0): boolean {
  const node = keywordsOf(schema);
  return (
    node.secret === true ||
    (depth < 8 && [...Object.values(node.properties ?? {}), ...(node.anyOf ?? [])].some((child) => holdsSecret(child, depth + 1)))
  );
}

class Walk {
  readonly problems: ProblemDraft[] = [];
  readonly settings: Setting[] = [];
  readonly delegated: Delegated[] = [];

  constructor(private readonly directoryFor: ((source: ValueSource) => string) | undefined) {}

  /** The plain value of `node` under `schema`; what it is after a problem does not matter. */
  value(schema: TSchema | boolean, node: SourcedValue, path: ConfigPath, secret = false): unknown {
    const keywords = keywordsOf(schema);
    const hidden = secret || keywords.secret === true;
    const value = this.byKeywords(schema, keywords, node, path, hidden);
    if (needsTypeBox(schema)) this.delegated.push({ schema: schema as TSchema, value, source: node.source, path, secret: hidden });
    return value;
  }

  private byKeywords(schema: TSchema | boolean, keywords: SchemaNode, node: SourcedValue, path: ConfigPath, secret: boolean): unknown {
    const constants = constantsOf(keywords);
    if (constants !== undefined) return this.constant(schema, constants, node, path, secret);
    if (keywords.anyOf !== undefined) return this.union(schema, keywords.anyOf, node, path, secret);
    const type = matchingType(keywords.type, node);
    if (type === undefined) {
      const exact = node.kind === "scalar" && typeof node.value === "bigint";
      if (exact && (keywords.type === "integer" || keywords.type === "number")) {
        return this.fault("CONFIG_OUT_OF_RANGE", schema, node, path, secret, "is beyond 2^53 − 1 and would be rounded");
      }
      return this.fault("CONFIG_WRONG_TYPE", schema, node, path, secret, `is not ${withArticle(keywords.type)}`);
    }
    if (node.kind === "map" && type === "object") return this.object(schema, keywords, node, path, secret);
    if (node.kind === "list" && type === "array") return this.array(schema, keywords, node, path, secret);
    if (node.kind !== "scalar") {
      this.leaf(node, path, secret);
      return plainOf(node);
    }
    return this.scalar(schema, keywords, node, path, secret);
  }

  private constant(
    schema: TSchema | boolean,
    constants: readonly unknown[],
    node: SourcedValue,
    path: ConfigPath,
    secret: boolean,
  ): unknown {
    if (node.kind === "scalar" && constants.includes(node.value)) {
      this.leaf(node, path, secret);
      return node.value;
    }
    const names = constants.filter((value) => typeof value === "string");
    const given = node.kind === "scalar" && typeof node.value === "string" && !secret ? node.value : undefined;
    const sameType = node.kind === "scalar" && constants.some((value) => typeof value === typeof node.value);
    return this.fault(
      sameType ? "CONFIG_OUT_OF_RANGE" : "CONFIG_WRONG_TYPE",
      schema,
      node,
      path,
      secret,
      "is not allowed",
      given === undefined ? undefined : { given, among: names },
    );
  }

  /** The first branch that fits; else the problems of the one that was meant, where that can be told. */
  private union(schema: TSchema | boolean, branches: readonly TSchema[], node: SourcedValue, path: ConfigPath, secret: boolean): unknown {
    const tries = branches.map((branch) => {
      const walk = new Walk(this.directoryFor);
      return { branch, walk, value: walk.value(branch, node, path, secret) };
    });
    const fitting = tries.find(({ walk }) => walk.problems.length === 0);
    const meant = fitting ?? this.meantBranch(tries, node);
    if (meant === undefined) return this.fault("CONFIG_WRONG_TYPE", schema, node, path, secret, "fits none of the forms");
    this.problems.push(...meant.walk.problems);
    this.settings.push(...meant.walk.settings);
    this.delegated.push(...meant.walk.delegated);
    return meant.value;
  }

  private meantBranch<Try extends { readonly branch: TSchema }>(tries: readonly Try[], node: SourcedValue): Try | undefined {
    if (node.kind === "map") {
      const tagged = tries.filter(({ branch }) => agreesWithTags(keywordsOf(branch), node));
      if (tagged.length === 1) return tagged[0];
    }
    const typed = tries.filter(({ branch }) => matchingType(keywordsOf(branch).type, node) !== undefined);
    return typed.length === 1 ? typed[0] : undefined;
  }

  private object(schema: TSchema | boolean, keywords: SchemaNode, node: SourcedMap, path: ConfigPath, secret: boolean): unknown {
    const { properties = {}, required = [] } = keywords;
    const members: [string, unknown][] = [];
    for (const [key, child] of Object.entries(properties)) {
      const given = node.entries.get(key);
      if (given !== undefined) members.push([key, this.value(child, given, [...path, key], secret)]);
      else if (Object.hasOwn(keywordsOf(child), "default") || required.includes(key)) {
        const filled = this.absent(child, node, [...path, key], required.includes(key), secret);
        if (filled !== undefined) members.push([key, filled.value]);
      }
    }
    for (const [key, given] of node.entries) {
      if (Object.hasOwn(properties, key)) continue;
      const open = openSchemaFor(keywords, key);
      if (open !== undefined) members.push([key, this.value(open, given, [...path, key], secret)]);
      else this.unknownKey(schema, keywords, given, [...path, key], secret);
    }
    const { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = keywords;
    if (node.entries.size < minProperties || node.entries.size > maxProperties) {
      this.fault("CONFIG_OUT_OF_RANGE", schema, node, path, secret, `has ${node.entries.size} keys`);
    }
    if (members.length === 0) this.leaf(node, path, secret);
    return plainObject(members);
  }

  /** The value of a key that is not written: its default, or that of its members. */
  private absent(
    schema: TSchema,
    parent: SourcedMap,
    path: ConfigPath,
    required: boolean,
    secret: boolean,
  ): { readonly value: unknown } | undefined {
    const keywords = keywordsOf(schema);
    if (Object.hasOwn(keywords, "default")) {
      return { value: this.value(schema, sourced(keywords.default, DEFAULT_SOURCE), path, secret) };
    }
    if (keywords.type === "object" && keywords.anyOf === undefined) {
      const walk = new Walk(this.directoryFor);
      const value = walk.value(schema, emptyMap(DEFAULT_SOURCE), path, secret);
      if (walk.problems.length === 0) {
        this.settings.push(...walk.settings);
        this.delegated.push(...walk.delegated);
        return { value };
      }
    }
    if (required) {
      const message = "is missing";
      this.problems.push({ code: "CONFIG_MISSING_KEY", source: parent.source, path, message, allowed: describeSchema(schema) });
    }
    return undefined;
  }

  private unknownKey(schema: TSchema | boolean, keywords: SchemaNode, given: SourcedValue, path: ConfigPath, secret: boolean): void {
    const known = Object.keys(keywords.properties ?? {});
    const value = given.kind === "scalar" ? ` (value ${showNode(given, secret || holdsSecret(schema))})` : "";
    this.problems.push({
      code: "CONFIG_UNKNOWN_KEY",
      source: given.source,
      path,
      message: `unknown key${value}`,
      allowed: known.length === 0 ? "no keys here" : listNames(known),
      near: { given: path.at(-1) ?? "", among: known },
    });
  }

  private array(
    schema: TSchema | boolean,
    keywords: SchemaNode,
    node: Extract<SourcedValue, { kind: "list" }>,
    path: ConfigPath,
    secret: boolean,
  ): unknown {
    const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = keywords;
    const tuple = keywords.prefixItems ?? (Array.isArray(items) ? (items as readonly TSchema[]) : []);
    const rest = keywords.prefixItems === undefined && Array.isArray(items) ? keywords.additionalItems : (items as TSchema | undefined);
    const inner = new Walk(this.directoryFor);
    const values = node.items.map((item, index) =>
      inner.value(tuple[index] ?? rest ?? true, item, [...path, String(index)], secret || containsSecret(keywords)),
    );
    // A list is one setting: its members have no defaults of their own, and one source at most.
    this.problems.push(...inner.problems);
    this.delegated.push(...inner.delegated);
    this.settings.push({ path, value: secret || containsSecret(keywords) ? SECRET : values, source: node.source });
    if (values.length < minItems || values.length > maxItems) {
      this.fault("CONFIG_OUT_OF_RANGE", schema, node, path, secret, `has ${values.length} entries${describeCount(keywords)}`);
    }
    if (keywords.uniqueItems === true && new Set(values.map((value) => JSON.stringify(value))).size < values.length) {
      this.fault("CONFIG_OUT_OF_RANGE", schema, node, path, secret, "has an entry twice");
    }
    return values;
  }

  private scalar(
    schema: TSchema | boolean,
    keywords: SchemaNode,
    node: Extract<SourcedValue, { kind: "scalar" }>,
    path: ConfigPath,
    secret: boolean,
  ): unknown {
    const fault =
      typeof node.value === "string"
        ? textFault(keywords, node.value)
        : typeof node.value === "number"
          ? numberFault(keywords, node.value)
          : undefined;
    if (fault !== undefined) return this.fault("CONFIG_OUT_OF_RANGE", schema, node, path, secret, fault);
    const value =
      keywords.path === true && typeof node.value === "string" && node.value !== "" && this.directoryFor !== undefined
        ? absolute(this.directoryFor(node.source), node.value)
        : node.value;
    this.settings.push({ path, value: secret ? SECRET : value, source: node.source });
    return value;
  }

  private leaf(node: SourcedValue, path: ConfigPath, secret: boolean): void {
    this.settings.push({ path, value: secret ? SECRET : plainOf(node), source: node.source });
  }

  private fault(
    code: ProblemCode,
    schema: TSchema | boolean,
    node: SourcedValue,
    path: ConfigPath,
    secret: boolean,
    reason: string,
    near?: ProblemDraft["near"],
  ): undefined {
    const allowed = describeSchema(schema);
    this.problems.push({ code, source: node.source, path, message: `${showNode(node, secret)} ${reason}`, allowed, near });
    return undefined;
  }
}

function absolute(directory: string, path: string): string {
  return isAbsolute(path) ? path : resolve(directory, path);
}

function withArticle(type: SchemaNode["type"]): string {
  const words = { object: "a map", array: "a list", integer: "an integer", boolean: "true or false", null: "null" };
  const one = (name: string): string => (words as Record<string, string>)[name] ?? `a ${name}`;
  return typeof type === "string" ? one(type) : (type ?? []).map(one).join(" or ");
}

/** Whether a map has, in one key at least, the very constant that tags this branch of a union, and no other. */
function agreesWithTags({ properties = {} }: SchemaNode, node: SourcedMap): boolean {
  const tags = Object.entries(properties).flatMap(([key, child]) => {
    const constants = constantsOf(keywordsOf(child));
    return constants?.length === 1 ? [[key, constants[0]] as const] : [];
  });
  return (
    tags.length > 0 &&
    tags.every(([key, constant]) => {
      const given = node.entries.get(key);
      return given?.kind === "scalar" && given.value === constant;
    })
  );
}

/** The schema of a key that is not among `properties`; undefined where there may be no such key. */
function openSchemaFor({ properties, patternProperties, additionalProperties }: SchemaNode, key: string): TSchema | boolean | undefined {
  for (const [pattern, schema] of Object.entries(patternProperties ?? {})) if (expressionOf(pattern).test(key)) return schema;
  if (additionalProperties !== undefined) return additionalProperties === false ? undefined : additionalProperties;
  return properties === undefined && patternProperties === undefined ? true : undefined;
}

function containsSecret({ items, prefixItems }: SchemaNode): boolean {
  const members = [...(prefixItems ?? []), ...(items === undefined ? [] : Array.isArray(items) ? items : [items])];
  return members.some((member: TSchema) => holdsSecret(member));
}

function describeCount({ minItems, maxItems }: SchemaNode): string {
  const low = minItems === undefined ? "" : `, at least ${minItems}`;
  return `${low}${maxItems === undefined ? "" : `, at most ${maxItems}`} may stand here`;
}
