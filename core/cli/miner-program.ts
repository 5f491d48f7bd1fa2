/** The part of the command tree about proof of work: a running node's miner, and the reorgs that others' work brings. */
import type { Command } from "#bundled/commander";
import type { Context } from "./context.js";
import { examples, type Run } from "./help.js";

const withNode = (command: Command): Command =>
  command
    .option("--api <url>", "API of the node (default: http://127.0.0.1:8645, or CHAINWRIGHT_API)")
    .option("--data-dir <dir>", "the node's data directory: its admin token and the address of its API are there")
    .option("--json", "print JSON");

export function addMinerCommands(program: Command, context: Context, run: Run): void {
  const commands = () => import("./commands/miner.js");
  const miner = program.command("miner").description("the miner of a running node");
  withNode(miner.command("status"))
    .description("whether it mines, with how many threads, how fast")
    .addHelpText("after", examples(["chainwright miner status", "chainwright miner status --data-dir data --json"]))
    .action(async (options) => run((await commands()).minerStatus(options, context)));
  withNode(miner.command("start"))
    .description("begin mining; until the node ends, whatever its config says")
    .option("--threads <count>", "with so many threads from now on")
    .addHelpText("after", examples(["chainwright miner start --data-dir data", "chainwright miner start --data-dir data --threads 4"]))
    .action(async (options) => run((await commands()).minerStart(options, context)));
  withNode(miner.command("stop"))
    .description("end mining; the node goes on following the chain")
    .addHelpText("after", examples(["chainwright miner stop --data-dir data"]))
    .action(async (options) => run((await commands()).minerStop(options, context)));
  withNode(miner.command("threads <count>"))
    .description("mine with so many threads from now on")
    .addHelpText("after", examples(["chainwright miner threads 2 --data-dir data"]))
    .action(async (count, options) => run((await commands()).minerThreads(count, options, context)));
  withNode(program.command("reorgs"))
    .description("what reorgs undid and applied, and which transactions were left behind")
    .option("--after <sequence>", "only those after this chain event (default: all that the node remembers)")
    .option("--follow", "go on until Ctrl-C, a reorg at a time")
    .addHelpText("after", examples(["chainwright reorgs", "chainwright reorgs --follow --json"]))
    .action(async (options) => run((await import("./commands/reorgs.js")).reorgs(options, context)));
}
