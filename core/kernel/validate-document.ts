/**
 * Reads and validates one document: chain specs and other files that are not node configs go through here, so that their
 * problems read just like those of a config.
 */
import { readFile } from "node:fs/promises";
import type { Static, TSchema } from "typebox";
import { parseDocument } from "./document.js";
import { type ConfigProblem, finishProblems, type ProblemDraft, problemOfFile } from "./problem.js";
import { type Setting, validate } from "./validate.js";

export interface DocumentValidation<Value> {
  /** With defaults filled in; undefined if there is any problem. */
  readonly value: Value | undefined;
  /** Complete, in the order of the document; each a line of text and a stable code. */
  readonly problems: readonly ConfigProblem[];
  readonly settings: readonly Setting[];
}

/**
 * @param options.text the document
 * @param options.file its name as the user wrote it: its ending picks the format, and it heads each problem's line
 * @param options.schema a TypeBox schema; objects with `properties` accept no others
 */
export async function validateDocument<Schema extends TSchema>(options: {
  readonly text: string;
  readonly file: string;
  readonly schema: Schema;
}): Promise<DocumentValidation<Static<Schema>>> {
  const parsed = await parseDocument(options.text, options.file);
  if (parsed.root === undefined) return { value: undefined, problems: await finishProblems(parsed.problems), settings: [] };
  const { value, problems, settings } = await validate(options.schema, parsed.root);
  return { value, problems: await finishProblems(problems), settings };
}

/** As `validateDocument`, from the disk; a file that can't be read is a problem like any other (CONFIG_FILE_MISSING). */
export async function validateFile<Schema extends TSchema>(file: string, schema: Schema): Promise<DocumentValidation<Static<Schema>>> {
  const text = await readText(file);
  if (typeof text === "string") return validateDocument({ text, file, schema });
  return { value: undefined, problems: await finishProblems([text.problem]), settings: [] };
}

/**
 * A file's text, or the problem with reading it.
 *
 * @param shownAs the name that the user knows it by
 */
export async function readText(file: string, shownAs = file): Promise<string | { readonly problem: ProblemDraft }> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    const reason = code === "ENOENT" ? "no such file; check the path" : code === "EISDIR" ? "this is a folder" : `cannot be read (${code})`;
    return { problem: problemOfFile("CONFIG_FILE_MISSING", shownAs, 1, reason) };
  }
}
