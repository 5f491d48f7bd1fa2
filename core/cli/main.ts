#!/usr/bin/env node
/** The command line's entry: runs one command and turns what it throws into a message and an exit code. */
import { CommanderError } from "#bundled/commander";
import { processContext } from "./context.js";
import { ExitCode, exitCodeOf } from "./exit-codes.js";
import { buildProgram } from "./program.js";

const context = processContext();
const wantsJson = process.argv.includes("--json");

// A reader that went away (`chainwright … | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(ExitCode.ok);
  throw error;
});

try {
  process.exitCode = await buildProgram(context).run(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  else {
    context.output.error(error, wantsJson);
    process.exitCode = exitCodeOf(error);
  }
}
