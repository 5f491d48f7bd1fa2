/**
 * A config value that remembers where it was written.
 *
 * YAML, TOML, JSON, environment variables and flags all become trees of these, so that merging, validation, error lines
 * and `explain` exist once. Maps are real Maps: a key named `__proto__` is just a key.
 */

/** Where a value comes from, in ascending precedence. */
export type ValueSource =
  | { readonly kind: "default" }
  /** Plain data that a program gave in place of a file. */
  | { readonly kind: "document" }
  | { readonly kind: "file"; readonly file: string; readonly line: number }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "flag"; readonly path: string };

export const DEFAULT_SOURCE: ValueSource = { kind: "default" };

/** A scalar of any of the formats. Integers beyond 2^53 − 1 arrive as bigint, so that none is rounded silently. */
export type Scalar = string | number | bigint | boolean | null;

export type SourcedValue =
  | { readonly kind: "scalar"; readonly source: ValueSource; readonly value: Scalar }
  | { readonly kind: "list"; readonly source: ValueSource; readonly items: readonly SourcedValue[] }
  | { readonly kind: "map"; readonly source: ValueSource; readonly entries: ReadonlyMap<string, SourcedValue> };

export type SourcedMap = Extract<SourcedValue, { kind: "map" }>;

export type ConfigPath = readonly string[];

/** Location for the head of a problem's line: `node.yaml:12`, `environment CHAINWRIGHT__LOG__LEVEL`, `--set log.level`. */
export function describeSource(source: ValueSource): string {
  switch (source.kind) {
    case "default":
      return "default";
    case "document":
      return "config";
    case "file":
      return `${source.file}:${source.line}`;
    case "environment":
      return `environment ${source.variable}`;
    case "flag":
      return `--set ${source.path}`;
  }
}

const PLAIN_SEGMENT = /^[^."=\s]+$/;

/** `plugins.api-http.port`; segments with dots or spaces are quoted: `plugins."./my-plugin.js".port`. */
export function describePath(path: ConfigPath): string {
  return path.map((segment) => (PLAIN_SEGMENT.test(segment) ? segment : JSON.stringify(segment))).join(".");
}

/** A tree of plain data, as one source wrote it. Other things than plain data (functions, dates) become their text. */
export function sourced(value: unknown, source: ValueSource): SourcedValue {
  if (Array.isArray(value)) return { kind: "list", source, items: value.map((item) => sourced(item, source)) };
  if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    const entries = new Map<string, SourcedValue>();
    for (const [key, member] of Object.entries(value)) if (member !== undefined) entries.set(key, sourced(member, source));
    return { kind: "map", source, entries };
  }
  return { kind: "scalar", source, value: scalarOf(value) };
}

function scalarOf(value: unknown): Scalar {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return narrowInteger(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value instanceof Date ? value.toISOString() : String(value);
}

/** A number where it is exact, else the bigint. */
export function narrowInteger(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** The plain data in a tree. */
export function plainOf(node: SourcedValue): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plainOf);
    case "map":
      return plainObject([...node.entries].map(([key, member]) => [key, plainOf(member)]));
  }
}

/** An object with exactly these own properties, whatever their names. */
export function plainObject(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** The node at `path`, if there is one. */
export function nodeAt(root: SourcedValue, path: ConfigPath): SourcedValue | undefined {
  let node: SourcedValue | undefined = root;
  for (const segment of path) {
    if (node?.kind === "map") node = node.entries.get(segment);
    else if (node?.kind === "list") node = node.items[Number(segment)];
    else return undefined;
  }
  return node;
}

/** What is wrong with writing at a path, for `withValue`. */
export type WriteFault = { readonly at: ConfigPath; readonly reason: string };

/**
 * A copy of `root` with `value` at `path`; maps on the way are made as needed.
 * Two maps are merged key by key, everything else is replaced.
 */
export function withValue(root: SourcedValue, path: ConfigPath, value: SourcedValue, depth = 0): SourcedValue | WriteFault {
  const segment = path[depth];
  if (segment === undefined) return merged(root, value);
  if (root.kind === "list") {
    const index = /^(?:0|[1-9]\d{0,8})$/.test(segment) ? Number(segment) : -1;
    if (index < 0 || index > root.items.length) {
      return { at: path.slice(0, depth + 1), reason: `the list has ${root.items.length} entries; write an index from 0 to its length` };
    }
    const child = withValue(root.items[index] ?? emptyMap(value.source), path, value, depth + 1);
    if (!("kind" in child)) return child;
    return { ...root, items: Object.assign([...root.items], { [index]: child }) };
  }
  // `storage-memory:` with nothing after it is an empty map that stands where it stands.
  const base = root.kind === "map" ? root : emptyMap(root.value === null ? root.source : value.source);
  const child = withValue(base.entries.get(segment) ?? emptyMap(value.source), path, value, depth + 1);
  if (!("kind" in child)) return child;
  return { ...base, entries: new Map(base.entries).set(segment, child) };
}

function merged(under: SourcedValue, over: SourcedValue): SourcedValue {
  if (under.kind !== "map" || over.kind !== "map") return over;
  const entries = new Map(under.entries);
  for (const [key, member] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? member : merged(below, member));
  }
  return { ...under, entries };
}

export function emptyMap(source: ValueSource): SourcedMap {
  return { kind: "map", source, entries: new Map() };
}
