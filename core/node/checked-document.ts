/**
 * Documents of other parts (a simulation's scenario), read and refused just as a node config is: all problems at once, each with its
 * line, its path, and what is allowed.
 */
import type { Static, TSchema } from "typebox";
import { present } from "../kernel/assert.js";
import { parseDocument } from "../kernel/document.js";
import { type ProblemDraft, throwProblems } from "../kernel/problem.js";
import { type ConfigPath, DEFAULT_SOURCE, nodeAt, type SourcedValue } from "../kernel/sourced-value.js";
import { validate } from "../kernel/validate.js";
import { readText } from "../kernel/validate-document.js";

/** What is wrong with a value that its schema lets pass. @param near a name that was not found, among those that there are */
export type Report = (path: ConfigPath, message: string, near?: { readonly given: string; readonly among: readonly string[] }) => void;

/**
 * @param options.text instead of what is in the file
 * @param options.check looks at a document that fits the schema for what a schema can't say
 * @throws CONFIG_INVALID with every problem
 */
export async function readCheckedDocument<Schema extends TSchema>(options: {
  readonly file: string;
  readonly text?: string;
  readonly schema: Schema;
  readonly check: (value: Static<Schema>, report: Report) => void;
}): Promise<Static<Schema>> {
  const { file, schema, check } = options;
  const text = options.text ?? (await readText(file));
  const { root, problems } = typeof text === "string" ? await parseDocument(text, file) : { root: undefined, problems: [text.problem] };
  await throwProblems(file, problems);
  const whole = present(root, "a document without problems has a root");
  const validation = await validate(schema, whole);
  await throwProblems(file, validation.problems);
  const found: ProblemDraft[] = [];
  const value = validation.value as Static<Schema>;
  check(value, (path, message, near) => {
    const source = nearestNode(whole, path)?.source ?? DEFAULT_SOURCE;
    found.push({ code: "CONFIG_BROKEN_RULE", source, path, message, near });
  });
  await throwProblems(file, found);
  return value;
}

/** The node at a path, or the innermost that is there on the way to it. */
function nearestNode(root: SourcedValue, path: ConfigPath): SourcedValue | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return undefined;
}
