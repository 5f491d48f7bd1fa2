/**
 * Commands that built-in plugins bring along (`PluginManifest.commands`). A plugin is loaded when its group is called, and not before: all other
 * commands start as fast as without it.
 */
import type { Command } from "#bundled/commander";
import { present } from "../kernel/assert.js";
import { BUILTIN_PLUGINS } from "../node/builtins.js";
import type { PluginCommand, PluginCommandReport } from "../ports/plugin-command.js";
import type { Context } from "./context.js";
import { ExitCode } from "./exit-codes.js";
import { examples, type Run, refuseUnknownCommand } from "./help.js";

/** The group's name on the command line, and whose it is. */
const GROUPS: Readonly<Record<string, string>> = { helios: "consensus-helios" };

const MICROSECONDS = 1_000;

/** The groups themselves; their commands come with `loadGroup`. */
export function addPluginGroups(program: Command): void {
  for (const [group, plugin] of Object.entries(GROUPS)) {
    program
      .command(group)
      .description(`commands of the plugin ${plugin}`)
      .action(async (_options, command: Command) => {
        await refuseUnknownCommand(command);
        command.help();
      });
  }
}

/** Gives the group that is called its commands. @returns it, or undefined if it is none of a plugin's */
export async function loadGroup(program: Command, name: string | undefined, context: Context, run: Run): Promise<Command | undefined> {
  const plugin = name !== undefined && Object.hasOwn(GROUPS, name) ? GROUPS[name] : undefined;
  if (plugin === undefined) return undefined;
  const group = present(
    program.commands.find((command) => command.name() === name),
    "groups are added with the program",
  );
  const load = present(BUILTIN_PLUGINS[plugin], "groups are of built-in plugins");
  for (const command of (await load()).default.commands ?? []) add(group, command, context, run);
  // A misspelt command comes to the group's action as an argument.
  return group.allowExcessArguments(true);
}

function add(
  group: Command,
  { name, description, options, examples: lines, run: work }: PluginCommand,
  { output }: Context,
  run: Run,
): void {
  const command = group.command(name).description(description).addHelpText("after", examples(lines));
  for (const { flags, description: text, default: value } of options) command.option(flags, text, value);
  command.option("--json", "print JSON");
  command.action(({ json, ...given }: Readonly<Record<string, string | boolean | undefined>>) =>
    run(
      answer(
        work(given as Readonly<Record<string, string | undefined>>, { processorMs, note: (line) => output.errorStatus(line) }),
        json === true,
        output,
      ),
    ),
  );
}

async function answer(work: Promise<PluginCommandReport>, isJson: boolean, output: Context["output"]): Promise<number> {
  try {
    const { json, table, lines } = await work;
    if (isJson) output.json(json);
    else {
      output.table(table.map((row) => [...row]));
      for (const line of lines) output.line(line);
    }
    return ExitCode.ok;
  } finally {
    output.errorStatus(undefined);
  }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS;
}
