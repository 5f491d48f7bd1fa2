/** What all parts of the command tree share. */

/** Takes the exit code of the command that runs. */
export type Run = (code: Promise<number>) => Promise<void>;

/** The end of a command's help. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}
