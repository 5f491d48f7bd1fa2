/**
 * TOML through smol-toml, which has no positions: lines are found by a second, forgiving look at the text. A value whose
 * line it can't tell gets its table's.
 */
import { parse, TomlError } from "smol-toml";
import { DocumentSyntaxError, MAX_DOCUMENT_DEPTH } from "./document-syntax-error.js";
import { messageOf } from "./errors.js";
import { narrowInteger, type SourcedValue, type ValueSource } from "./sourced-value.js";

/** @throws DocumentSyntaxError */
export function parseToml(text: string, file: string): SourcedValue {
  let data: unknown;
  try {
    data = parse(text, { integersAsBigInt: true, maxDepth: MAX_DOCUMENT_DEPTH });
  } catch (error) {
    // The message's second line on is a drawing of the place.
    const [reason] = messageOf(error).split("\n");
    throw new DocumentSyntaxError(`not TOML: ${reason}`, error instanceof TomlError ? error.line : 1);
  }
  const lines = findLines(text);
  const convert = (value: unknown, path: readonly string[], inherited: number): SourcedValue => {
    const line = lines.get(JSON.stringify(path)) ?? inherited;
    const source: ValueSource = { kind: "file", file, line };
    if (Array.isArray(value)) return { kind: "list", source, items: value.map((item, i) => convert(item, [...path, String(i)], line)) };
    if (value instanceof Date) return { kind: "scalar", source, value: value.toISOString() };
    if (typeof value === "object" && value !== null) {
      const members = Object.entries(value).map(([key, member]) => [key, convert(member, [...path, key], line)] as const);
      return { kind: "map", source, entries: new Map(members) };
    }
    if (typeof value === "bigint") return { kind: "scalar", source, value: narrowInteger(value) };
    return { kind: "scalar", source, value: typeof value === "number" || typeof value === "boolean" ? value : String(value) };
  };
  return convert(data, [], 1);
}

const KEY = String.raw`(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')`;
const DOTTED_KEY = String.raw`${KEY}(?:\s*\.\s*${KEY})*`;
const TABLE = new RegExp(String.raw`^\s*(\[\[?)\s*(${DOTTED_KEY})\s*\]`);
const ASSIGNMENT = new RegExp(String.raw`^\s*(${DOTTED_KEY})\s*=\s*(.*)$`);
const KEYS = new RegExp(KEY, "g");

/** First line of each path that stands at the beginning of a line, by the path's JSON. */
function findLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const tables = new Map<string, number>();
  let table: readonly string[] = [];
  let openString: string | undefined;
  const note = (path: readonly string[], line: number): void => {
    for (let depth = 1; depth <= path.length; depth++) {
      const key = JSON.stringify(path.slice(0, depth));
      if (!lines.has(key)) lines.set(key, line);
    }
  };
  for (const [index, content] of text.split("\n").entries()) {
    if (openString !== undefined) {
      if (content.includes(openString)) openString = undefined;
      continue;
    }
    const header = TABLE.exec(content);
    if (header !== null) {
      table = segmentsOf(header[2] ?? "");
      if (header[1] === "[[") {
        const key = JSON.stringify(table);
        const count = tables.get(key) ?? 0;
        tables.set(key, count + 1);
        table = [...table, String(count)];
      }
      note(table, index + 1);
      continue;
    }
    const assignment = ASSIGNMENT.exec(content);
    if (assignment === null) continue;
    note([...table, ...segmentsOf(assignment[1] ?? "")], index + 1);
    const opening = /^("""|''')/.exec(assignment[2] ?? "")?.[1];
    if (opening !== undefined && !(assignment[2] ?? "").slice(3).includes(opening)) openString = opening;
  }
  return lines;
}

function segmentsOf(dotted: string): readonly string[] {
  return (dotted.match(KEYS) ?? []).map((key) => {
    if (key.startsWith("'")) return key.slice(1, -1);
    if (!key.startsWith('"')) return key;
    try {
      return String(JSON.parse(key));
    } catch {
      // TOML has escapes that JSON has not; such a key then has its table's line.
      return key.slice(1, -1);
    }
  });
}
