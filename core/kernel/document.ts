/**
 * Reads a document in YAML, TOML or JSON, by its file's ending, into a tree whose values know their lines.
 *
 * A parser is imported only when its format is met. All three are read strictly: duplicate keys, unknown tags, second
 * documents and unsafe nesting are syntax problems, not surprises.
 */
import type { Node, Pair } from "yaml";
import { DocumentSyntaxError, MAX_ALIASED_VALUES, MAX_DOCUMENT_DEPTH } from "./document-syntax-error.js";
import { messageOf } from "./errors.js";
import { parseJson } from "./json-document.js";
import { type ProblemDraft, problemOfFile } from "./problem.js";
import { emptyMap, narrowInteger, type SourcedValue, type ValueSource } from "./sourced-value.js";

export type DocumentFormat = "yaml" | "toml" | "json";

export type ParsedDocument =
  | { readonly root: SourcedValue; readonly problems: readonly [] }
  | { readonly root?: never; readonly problems: readonly ProblemDraft[] };

/** The format that a file's ending names; undefined for another ending. */
export function formatOf(file: string): DocumentFormat | undefined {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase();
  if (ending === "yaml" || ending === "yml") return "yaml";
  return ending === "toml" || ending === "json" ? ending : undefined;
}

/** @param file as the user wrote it: it heads every problem's line */
export async function parseDocument(text: string, file: string): Promise<ParsedDocument> {
  const format = formatOf(file);
  if (format === undefined) {
    return { problems: [problemOfFile("CONFIG_SYNTAX", file, 1, "unknown file ending; write .yaml, .toml or .json")] };
  }
  try {
    if (format === "yaml") return await parseYaml(text, file);
    const root = format === "json" ? parseJson(text, file) : await (await import("./toml-document.js")).parseToml(text, file);
    return { root, problems: [] };
  } catch (error) {
    if (error instanceof DocumentSyntaxError) return { problems: [problemOfFile("CONFIG_SYNTAX", file, error.line, error.message)] };
    throw error;
  }
}

async function parseYaml(text: string, file: string): Promise<ParsedDocument> {
  const yaml = await import("#bundled/yaml");
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    intAsBigInt: true,
    prettyErrors: false,
    uniqueKeys: true,
    // "silent" would also pass over a second document.
    logLevel: "error",
  });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return {
      problems: faults.map((fault) => problemOfFile("CONFIG_SYNTAX", file, lines.linePos(fault.pos[0]).line, `not YAML: ${fault.message}`)),
    };
  }

  const sourceAt = (node: Node | null | undefined): ValueSource => ({
    kind: "file",
    file,
    line: node?.range === undefined || node.range === null ? 1 : lines.linePos(node.range[0]).line,
  });
  let aliasedValues = 0;
  const convert = (node: unknown, source: ValueSource, depth: number, aliased: boolean): SourcedValue => {
    const line = source.kind === "file" ? source.line : 1;
    if (depth > MAX_DOCUMENT_DEPTH) throw new DocumentSyntaxError(`nested deeper than ${MAX_DOCUMENT_DEPTH}`, line);
    if (aliased && ++aliasedValues > MAX_ALIASED_VALUES) {
      throw new DocumentSyntaxError(`its aliases repeat more than ${MAX_ALIASED_VALUES} values`, line);
    }
    if (yaml.isAlias(node)) return convert(node.resolve(document), source, depth + 1, true);
    if (yaml.isSeq(node)) {
      return { kind: "list", source, items: node.items.map((item) => convert(item, sourceAt(item as Node), depth + 1, aliased)) };
    }
    if (yaml.isMap(node)) {
      const entries = new Map<string, SourcedValue>();
      for (const { key, value } of node.items as Pair<unknown, unknown>[]) {
        if (!yaml.isScalar(key)) throw new DocumentSyntaxError("a key must be a plain word or a string", line);
        // A value's line is its key's: that is where a person looks.
        entries.set(String(key.value), convert(value, sourceAt(key), depth + 1, aliased));
      }
      return { kind: "map", source, entries };
    }
    const value: unknown = yaml.isScalar(node) ? node.value : null;
    if (typeof value === "bigint") return { kind: "scalar", source, value: narrowInteger(value) };
    if (value === null || value === undefined) return { kind: "scalar", source, value: null };
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return { kind: "scalar", source, value };
    throw new DocumentSyntaxError(`a value of type ${typeof value} has no place here`, line);
  };
  try {
    const start = sourceAt(document.contents);
    return { root: document.contents === null ? emptyMap(start) : convert(document.contents, start, 0, false), problems: [] };
  } catch (error) {
    if (error instanceof DocumentSyntaxError) throw error;
    throw new DocumentSyntaxError(`not YAML: ${messageOf(error)}`, 1);
  }
}
