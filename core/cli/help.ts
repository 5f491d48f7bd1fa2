/** What all parts of the command tree share. */
import type { Command } from "#bundled/commander";
import { UsageError } from "./errors.js";

/** Takes the exit code of the command that runs. */
export type Run = (code: Promise<number>) => Promise<void>;

/** The end of a command's help. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}

/**
 * For a command that runs by itself and has commands below it: commander takes a misspelt one for an argument, and
 * would only say that there are too many of them.
 */
export async function refuseUnknownCommand(command: Command): Promise<void> {
  const [given] = command.args;
  if (given === undefined) return;
  const known = command.commands.map((child) => child.name());
  const { nearest } = await import("../kernel/nearest.js");
  const near = nearest(given, known);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError({ reason: `${command.name()} knows no command ${given}; it knows ${known.join(", ")}${hint}` });
}
