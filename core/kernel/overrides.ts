/**
 * Values from the environment and from `--set` flags, laid over the document.
 *
 * Flags name a key exactly: `--set plugins.api-http.port=0`; segments with dots or blanks stand in double quotes.
 *
 * The environment has only upper-case letters, digits and underscores, so a variable is matched against the keys that
 * the schema and the document know: `CHAINWRIGHT__` then one word a level, joined by two underscores, where a word and a key
 * are equal if their letters and digits are: `CHAINWRIGHT__PLUGINS__API_HTTP__START_TIMEOUT_MS` is
 * `plugins.api-http.startTimeoutMs`. A single underscore after CHAINWRIGHT is not ours: such variables are left alone.
 */
import type { TSchema } from "typebox";
import type { ProblemDraft } from "./problem.js";
import { keywordsOf, listNames, type SchemaNode } from "./schema-node.js";
import { type ConfigPath, describePath, nodeAt, type SourcedValue, sourced, type ValueSource, withValue } from "./sourced-value.js";

export const ENVIRONMENT_PREFIX = "CHAINWRIGHT__";
/** Longer paths are mistakes: no config is as deep. */
const MAX_SEGMENTS = 32;

/** An override before its path is matched with the schema. */
export interface Override {
  readonly source: ValueSource;
  /** Exact keys (flags), or words to be matched (environment). */
  readonly segments: ConfigPath;
  readonly text: string;
}

/** Our variables, in the order of their names, so that nothing depends on the order of the environment. */
export function environmentOverrides(environment: Readonly<Record<string, string | undefined>>): readonly Override[] {
  return Object.entries(environment)
    .flatMap(([variable, text]) => (variable.startsWith(ENVIRONMENT_PREFIX) && text !== undefined ? [{ variable, text }] : []))
    .sort((a, b) => (a.variable < b.variable ? -1 : 1))
    .map(({ variable, text }) => ({
      source: { kind: "environment", variable },
      segments: variable.slice(ENVIRONMENT_PREFIX.length).split("__"),
      text,
    }));
}

const SEGMENT = /(?:"((?:[^"\\]|\\.)*)"|([^."=\s]+))(\.|=)/y;

/** Parses `path=value` flags. */
export function flagOverrides(flags: readonly string[]): {
  readonly overrides: readonly Override[];
  readonly problems: readonly ProblemDraft[];
} {
  const overrides: Override[] = [];
  const problems: ProblemDraft[] = [];
  for (const flag of flags) {
    const segments = segmentsOf(flag);
    if (segments !== undefined) {
      const source: ValueSource = { kind: "flag", path: describePath(segments.path) };
      overrides.push({ source, segments: segments.path, text: segments.rest });
    } else {
      const shown = flag.split("=")[0] ?? "";
      problems.push({
        code: "CONFIG_SYNTAX",
        source: { kind: "flag", path: shown },
        path: [],
        message: "not of the form path=value; write for example --set plugins.api-http.port=0",
      });
    }
  }
  return { overrides, problems };
}

function segmentsOf(flag: string): { readonly path: ConfigPath; readonly rest: string } | undefined {
  const path: string[] = [];
  SEGMENT.lastIndex = 0;
  while (path.length < MAX_SEGMENTS) {
    const match = SEGMENT.exec(flag);
    if (match === null) return undefined;
    path.push(match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll(/\\(.)/g, "$1"));
    if (match[3] === "=") return { path, rest: flag.slice(SEGMENT.lastIndex) };
    // The sticky expression goes on after the dot.
  }
  return undefined;
}

/** Letters and digits of a key, in upper case: how an environment variable spells it. */
export function environmentWord(key: string): string {
  return key.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

/** The variable for a path, for documentation and messages. */
export function environmentVariable(path: ConfigPath): string {
  const words = path.map((key) =>
    key
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replaceAll(/[^A-Za-z0-9]+/g, "_")
      .replaceAll(/^_+|_+$/g, "")
      .toUpperCase(),
  );
  return `${ENVIRONMENT_PREFIX}${words.join("__")}`;
}

/** Lays `overrides` over `root` in order; each problem names the variable or flag. */
export function applyOverrides(
  root: SourcedValue,
  schema: TSchema,
  overrides: readonly Override[],
): { readonly root: SourcedValue; readonly problems: readonly ProblemDraft[] } {
  const problems: ProblemDraft[] = [];
  let current = root;
  for (const override of overrides) {
    const { source, segments, text } = override;
    const resolved = source.kind === "environment" ? matchWords(segments, schema, current) : { path: segments };
    if ("unknown" in resolved) {
      const words = resolved.known.map((key) => environmentVariable([key]).slice(ENVIRONMENT_PREFIX.length));
      problems.push({
        code: "CONFIG_UNKNOWN_KEY",
        source,
        path: resolved.path,
        message: `no key is spelt ${resolved.unknown}`,
        allowed: words.length === 0 ? "no keys here" : listNames(words),
        near: { given: resolved.unknown, among: words },
      });
      continue;
    }
    const next = withValue(current, resolved.path, sourced(typedValue(text, schemaAt(schema, resolved.path)), source));
    if ("kind" in next) current = next;
    else problems.push({ code: "CONFIG_OUT_OF_RANGE", source, path: next.at, message: next.reason });
  }
  return { root: current, problems };
}

type MatchedWords =
  | { readonly path: ConfigPath }
  | { readonly path: ConfigPath; readonly unknown: string; readonly known: readonly string[] };

function matchWords(words: readonly string[], schema: TSchema, root: SourcedValue): MatchedWords {
  const path: string[] = [];
  for (const word of words.slice(0, MAX_SEGMENTS)) {
    const here = nodeAt(root, path);
    const keywords = keywordsAt(schema, path);
    const written = here?.kind === "map" ? [...here.entries.keys()] : [];
    const known = Object.keys(keywords?.properties ?? {});
    const key = [...known, ...written].find((candidate) => environmentWord(candidate) === environmentWord(word));
    if (key !== undefined) path.push(key);
    else if (here?.kind === "list" || isOpen(keywords)) path.push(word.toLowerCase().replaceAll("_", "-"));
    else return { path, unknown: word, known };
  }
  return { path };
}

/** Whether a map takes keys of the user's choice (a record such as `log.components`). */
function isOpen(keywords: SchemaNode | undefined): boolean {
  if (keywords === undefined) return true;
  if (keywords.patternProperties !== undefined) return true;
  return keywords.properties === undefined ? keywords.type !== "array" : Boolean(keywords.additionalProperties);
}

function keywordsAt(schema: TSchema, path: ConfigPath): SchemaNode | undefined {
  const at = schemaAt(schema, path);
  return at === undefined ? undefined : keywordsOf(at);
}

/** The schema of the value at `path`, as far as it can be told without the value. */
export function schemaAt(schema: TSchema | boolean, path: ConfigPath): TSchema | boolean | undefined {
  let at: TSchema | boolean | undefined = schema;
  for (const segment of path) {
    if (at === undefined) return undefined;
    at = childOf(keywordsOf(at), segment);
  }
  return at;
}

function childOf(keywords: SchemaNode, segment: string): TSchema | boolean | undefined {
  if (keywords.anyOf !== undefined) {
    const found = keywords.anyOf.map((branch) => childOf(keywordsOf(branch), segment)).filter((child) => child !== undefined);
    return found[0];
  }
  if (keywords.properties !== undefined && Object.hasOwn(keywords.properties, segment)) return keywords.properties[segment];
  const { items, patternProperties, additionalProperties } = keywords;
  if (items !== undefined) return Array.isArray(items) ? (items as readonly TSchema[])[Number(segment)] : (items as TSchema);
  return Object.values(patternProperties ?? {})[0] ?? (additionalProperties === false ? undefined : additionalProperties);
}

/**
 * What a text means where `schema` stands: a string stays as it is written, even if it looks like a number; anything else is
 * read as JSON (`8080`, `true`, `["a", "b"]`, `{}`), a list also from `a,b`. What fits nothing stays text, for the
 * validation to complain about.
 */
function typedValue(text: string, schema: TSchema | boolean | undefined): unknown {
  const keywords = schema === undefined ? {} : keywordsOf(schema);
  const types = typesOf(keywords);
  if (types.has("string") && types.size === 1) return text;
  const value = jsonOf(text);
  if (value !== undefined && !(types.has("string") && typeof value !== "object" && !types.has(typeOf(value)))) return value;
  if (types.has("array") && !types.has("string")) return text === "" ? [] : text.split(",").map((part) => listItem(part.trim(), keywords));
  return text;
}

function listItem(text: string, { items }: SchemaNode): unknown {
  return typedValue(text, items === undefined || Array.isArray(items) ? undefined : (items as TSchema));
}

function typesOf(keywords: SchemaNode): ReadonlySet<string> {
  const constants = [...(keywords.enum ?? []), ...(keywords.const === undefined ? [] : [keywords.const])];
  const named = typeof keywords.type === "string" ? [keywords.type] : (keywords.type ?? []);
  const branches = (keywords.anyOf ?? []).flatMap((branch) => [...typesOf(keywordsOf(branch))]);
  return new Set([...named, ...constants.map(typeOf), ...branches].map((type) => (type === "integer" ? "number" : type)));
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "bigint" ? "number" : Array.isArray(value) ? "array" : typeof value;
}

const INTEGER = /^-?(?:0|[1-9]\d{0,99})$/;

function jsonOf(text: string): unknown {
  if (INTEGER.test(text)) return BigInt(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
