#!/usr/bin/env node
/** The command line's entry: runs one command and turns what it throws into a message and an exit code. */
import { CommanderError } from "#bundled/commander";
import { processContext } from "./context.js";
import { ExitCode, exitCodeOf } from "./exit-codes.js";
import { buildProgram } from "./program.js";

const context = processContext();
const wantsJson = process.argv.includes("--json");

// A reader that went away (`chainwright … | head`) is no error, unless the command has said that all of its output counts.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") {
    if (process.exitCode === ExitCode.failure) process.stderr.write("error: whoever read the output went away before its end\n");
    process.exit(process.exitCode ?? ExitCode.ok);
  }
  process.stderr.write(`error: the output can't be written: ${error.message}\n`);
  process.exit(ExitCode.failure);
});

try {
  process.exitCode = await buildProgram(context).run(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    const hint = error.code === "commander.missingMandatoryOptionValue" ? await misspeltOption(error.message, process.argv) : undefined;
    if (hint !== undefined) process.stderr.write(`${hint}\n`);
  } else {
    context.output.error(error, wantsJson);
    process.exitCode = exitCodeOf(error);
  }
}

/** A required option is missing: perhaps one of those that were given was meant to be it. */
async function misspeltOption(message: string, argv: readonly string[]): Promise<string | undefined> {
  const wanted = /'(--[a-z-]+)/.exec(message)?.[1];
  const given = argv.filter((word) => word.startsWith("--")).map((word) => word.split("=", 1)[0] ?? word);
  if (wanted === undefined) return undefined;
  const { nearest } = await import("../kernel/nearest.js");
  const near = given.find((word) => nearest(word, [wanted]) === wanted);
  return near === undefined ? undefined : `(${near}: did you mean ${wanted}?)`;
}
