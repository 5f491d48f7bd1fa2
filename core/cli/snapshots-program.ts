/** The part of the command tree that makes, checks and loads snapshots of the state. */
import type { Command } from "#bundled/commander";
import type { Context } from "./context.js";
import { examples, type Run } from "./help.js";

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
const withJson = (command: Command): Command =>
  command.option("--json", "print JSON; progress as one JSON object a line on the error stream");
const withChain = (command: Command): Command =>
  withJson(
    command
      .option("--checkpoint <height:id>", "the block that it has to be of, from a source that you trust")
      .option("--set <path=value>", "with --config: set one config value; may be repeated", collect),
  );

export function addSnapshotCommands(program: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/snapshots.js");
  const snapshots = program.command("snapshots").description("snapshots of the whole state: what a new node can begin with");
  withJson(snapshots.command("make"))
    .description("let a running node make one, beside its work")
    .option("--height <height>", "of a block whose state is kept (default: the newest final block)")
    .option("--api <url>", "API of the node (default: http://127.0.0.1:8645, or CHAINWRIGHT_API)")
    .option("--data-dir <dir>", "the node's data directory: its admin token and the address of its API are there")
    .addHelpText(
      "after",
      examples(["chainwright snapshots make --data-dir data", "chainwright snapshots make --data-dir data --height 120000 --json"]),
    )
    .action(async (options) => run((await commands()).snapshotsMake(options, context)));
  withJson(snapshots.command("list"))
    .description("the whole snapshots in a data directory; the node may run or not")
    .requiredOption("--data-dir <dir>", "the node's data directory")
    .addHelpText("after", examples(["chainwright snapshots list --data-dir data"]))
    .action(async (options) => run((await commands()).snapshotsList(options, context)));
  withChain(snapshots.command("verify <folder>"))
    .description("check every chunk of a snapshot against the state root of its block; exit code 7 if something is damaged")
    .option("--config <file>", "config of a node: then it has to be of that node's chain")
    .addHelpText(
      "after",
      examples([
        "chainwright snapshots verify data/snapshots/120000-5f1c…",
        "chainwright snapshots verify /mnt/usb/120000-5f1c… --config node.yaml --checkpoint 120000:5f1c…",
      ]),
    )
    .action(async (folder, options) => run((await commands()).snapshotsVerify(folder, options, context)));
  withChain(snapshots.command("load <folder>"))
    .description("begin an empty data directory with a snapshot; cut off, the same command goes on")
    .option("--config <file>", "config of the node that shall begin")
    .option("--data-dir <dir>", "its data directory: instead of the config's")
    .addHelpText(
      "after",
      examples([
        "chainwright snapshots load /mnt/usb/120000-5f1c… --config node.yaml --checkpoint 120000:5f1c…",
        "chainwright snapshots load /mnt/usb/120000-5f1c… --config node.yaml --data-dir /srv/node/data",
      ]),
    )
    .action(async (folder, options) => run((await commands()).snapshotsLoad(folder, options, context)));
}
