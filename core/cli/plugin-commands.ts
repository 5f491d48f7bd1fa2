/**
 * Commands that built-in plugins bring along (`PluginManifest.commands`). A plugin is loaded when its group is called, and not before: all other
 * commands start as fast as without it.
 */
import { readFile } from "node:fs/promises";
import type { Command } from "#bundled/commander";
import { present } from "../kernel/assert.js";
import { messageOf } from "../kernel/errors.js";
import { BUILTIN_PLUGINS } from "../node/builtins.js";
import type { PluginCommand, PluginCommandReport, PluginCommandTools } from "../ports/plugin-command.js";
import type { Context } from "./context.js";
import { UsageError } from "./errors.js";
import { ExitCode } from "./exit-codes.js";
import { examples, type Run, refuseUnknownCommand } from "./help.js";

/** The group's place on the command line, below a group of ours or at the top, and whose it is. */
const GROUPS = [
  { path: ["helios"], plugin: "consensus-helios", description: "commands of the plugin consensus-helios" },
  {
    path: ["validator", "protection"],
    plugin: "consensus-gasper",
    description: "what a stopped node's validators have signed, so that they never sign against it elsewhere (EIP-3076)",
  },
] as const;

const MICROSECONDS = 1_000;

/** The groups themselves; their commands come with `loadGroup`. Groups of ours that they are below are there already. */
export function addPluginGroups(program: Command): void {
  for (const { path, description } of GROUPS) {
    parentOf(program, path)
      .command(path.at(-1) ?? "")
      .description(description)
      .action(async (_options, command: Command) => {
        await refuseUnknownCommand(command);
        command.help();
      });
  }
}

/** Gives the group that is called its commands. @returns it, or undefined if it is none of a plugin's */
export async function loadGroup(program: Command, argv: readonly string[], context: Context, run: Run): Promise<Command | undefined> {
  const found = GROUPS.find(({ path }) => path.every((name, at) => argv[at] === name));
  if (found === undefined) return undefined;
  const { path, plugin } = found;
  const group = childOf(parentOf(program, path), path.at(-1));
  const load = present(BUILTIN_PLUGINS[plugin], "groups are of built-in plugins");
  for (const command of (await load()).default.commands ?? []) add(group, command, context, run);
  // A misspelt command comes to the group's action as an argument.
  return group.allowExcessArguments(true);
}

function parentOf(program: Command, path: readonly string[]): Command {
  return path.slice(0, -1).reduce(childOf, program);
}

function childOf(command: Command, name: string | undefined): Command {
  return present(
    command.commands.find((child) => child.name() === name),
    "groups are added with the program",
  );
}

function add(group: Command, { name, description, options, examples: lines, run: work }: PluginCommand, context: Context, run: Run): void {
  const { output } = context;
  const tools: PluginCommandTools = {
    processorMs,
    note: (line) => output.errorStatus(line),
    readText,
    withStoppedEngine: async (file, use) => (await import("./stopped-engine.js")).withStoppedEngine(file, context, use),
  };
  const command = group.command(name).description(description).addHelpText("after", examples(lines));
  for (const { flags, description: text, default: value, required } of options) {
    if (required === true) command.requiredOption(flags, text, value);
    else command.option(flags, text, value);
  }
  command.option("--json", "print JSON");
  command.action(({ json, ...given }: Readonly<Record<string, string | boolean | undefined>>) =>
    run(answer(work(given as Readonly<Record<string, string | undefined>>, tools), json === true, output)),
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

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new UsageError({ reason: `can't read ${file} (${messageOf(error)})` });
  });
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS;
}
