/**
 * One problem of a config, a chain spec or a plugin: one line, with a stable code.
 *
 * Drafts are collected while reading; the nearest known key is looked up once at the end, so that a right config never
 * loads the code for it.
 */
import { ConfigInvalidError } from "./errors.js";
import { type ConfigPath, DEFAULT_SOURCE, describePath, describeSource, type ValueSource } from "./sourced-value.js";

export type ProblemCode =
  | "CONFIG_FILE_MISSING"
  | "CONFIG_SYNTAX"
  | "CONFIG_UNKNOWN_KEY"
  | "CONFIG_MISSING_KEY"
  | "CONFIG_WRONG_TYPE"
  | "CONFIG_OUT_OF_RANGE"
  | "CONFIG_BROKEN_RULE"
  | "PLUGIN_NOT_FOUND"
  | "PLUGIN_LOAD_FAILED"
  | "PLUGIN_NO_MANIFEST"
  | "PLUGIN_BAD_MANIFEST"
  | "PLUGIN_PORTS_MISMATCH"
  | "PLUGIN_DUPLICATE"
  | "CAPABILITY_MISSING"
  | "CAPABILITY_TWICE"
  | "CAPABILITY_CYCLE"
  | "CAPABILITY_UNKNOWN";

export interface ProblemDraft {
  readonly code: ProblemCode;
  readonly source: ValueSource;
  readonly path: ConfigPath;
  /** What is wrong, without location, allowed values and suggestion. */
  readonly message: string;
  readonly allowed?: string | undefined;
  /** For the nearest known name. */
  readonly near?: { readonly given: string; readonly among: readonly string[] } | undefined;
}

export interface ConfigProblem {
  readonly code: ProblemCode;
  /** Of the config file, where the problem lies in one. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly path: string;
  readonly message: string;
  readonly allowed?: string;
  readonly suggestion?: string;
  /** The whole line: `file:line: path: message; allowed: …; did you mean X?` */
  readonly text: string;
}

export async function finishProblems(drafts: readonly ProblemDraft[]): Promise<readonly ConfigProblem[]> {
  if (drafts.length === 0) return [];
  const nearest = drafts.some(({ near }) => near !== undefined) ? (await import("./nearest.js")).nearest : () => undefined;
  return drafts.map((draft) => {
    const suggestion = draft.near === undefined ? undefined : nearest(draft.near.given, draft.near.among);
    const { source } = draft;
    return {
      code: draft.code,
      ...(source.kind === "file" ? { file: source.file, line: source.line } : {}),
      path: describePath(draft.path),
      message: oneLine(draft.message),
      ...(draft.allowed === undefined ? {} : { allowed: draft.allowed }),
      ...(suggestion === undefined ? {} : { suggestion }),
      text: lineOf(draft, suggestion),
    };
  });
}

function lineOf({ source, path, message, allowed }: ProblemDraft, suggestion: string | undefined): string {
  const head = [describeSource(source), describePath(path), message].filter((part) => part !== "").join(": ");
  const text = [
    head,
    ...(allowed === undefined ? [] : [`allowed: ${allowed}`]),
    ...(suggestion === undefined ? [] : [`did you mean ${suggestion}?`]),
  ].join("; ");
  return oneLine(text);
}

/** Messages of thrown errors and parsers may have several. */
function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, " ");
}

/** Throws one error for all of them, if there is any. */
export async function throwProblems(subject: string, drafts: readonly ProblemDraft[]): Promise<void> {
  if (drafts.length > 0) throw new ConfigInvalidError({ subject, problems: await finishProblems(drafts) });
}

/** Whether `thrown` is CONFIG_INVALID, with its problems typed. */
export function isConfigInvalid(thrown: unknown): thrown is Error & { readonly data: { readonly problems: readonly ConfigProblem[] } } {
  return ConfigInvalidError.matches(thrown);
}

/** A problem that no single value causes. */
export function problemOfFile(code: ProblemCode, file: string | undefined, line: number, message: string): ProblemDraft {
  return { code, source: file === undefined ? DEFAULT_SOURCE : { kind: "file", file, line }, path: [], message };
}
