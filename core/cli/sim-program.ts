/** The command `sim` in the command tree. */
import type { Command } from "#bundled/commander";
import type { Context } from "./context.js";
import { UsageError } from "./errors.js";
import { examples, type Run } from "./help.js";
import { StopSignal } from "./stop-signal.js";

export function addSimulationCommands(program: Command, context: Context, run: Run): void {
  const sim = program
    .command("sim <scenario>")
    .description("run a scenario of simulated nodes under virtual time; the same seed is the same run, bit for bit")
    .option("--seed <seed>", "a number or a short name", "1")
    .option("--consensus <name>", "nakamoto or helios: with this engine in place of the scenario's own")
    .option("--seeds <count>", "search: run so many seeds, and make the first that fails small")
    .option("--from <seed>", "first seed of a search", "1")
    .option("--jobs <count>", "processes of a search; default: one for each processor")
    .option("--keep-going", "search on after a failure, to find all")
    .option("--log <level>", "show the nodes' logs from this level on: trace, debug, info, warn, error")
    .option("--trace <file>", "write a timeline, a JSON object on each line")
    .option(
      "--trace-kinds <kinds>",
      "of the timeline, with commas: fault,up,down,block,head,transaction,log,message; default: all but message",
    )
    .option("--trace-lines <count>", "lines at most; default: 1000000")
    .option("--report <file>", "write a page to read in a browser: block tree, propagation, forks, faults")
    .option("--json", "print the result as one JSON object")
    .addHelpText(
      "after",
      `${examples(["chainwright sim config/scenarios/happy-path.yaml --seed 7", "chainwright sim config/scenarios/partition.yaml --report partition.html --trace partition.jsonl", "chainwright sim config/scenarios/partition.yaml --consensus helios", "chainwright sim config/scenarios/chaos.yaml --seeds 1000"])}

The last line is the digest of the run's whole history. Exit code 1: an invariant did not hold, and which one is named.
A search ends with one digest over all its seeds, the same with any number of jobs; the first failing seed is written as a small scenario into the working directory.`,
    )
    .action(async (scenario: string, options, command: Command) => {
      checkTogether(command, options);
      if (options.seeds === undefined) return run((await import("./commands/sim.js")).sim(scenario, options, context, new StopSignal()));
      return run((await import("./commands/sim-explore.js")).simExplore(scenario, options, context, new StopSignal()));
    });
  sim
    .command("attack <name>")
    .description("attacks on proof of work against their formulas, as tables; name one, or all")
    .option("--trials <count>", "in each cell of a model", "10000")
    .option("--seed <seed>", "a number or a short name", "1")
    .option("--report <file>", "write a page with plots")
    .option("--json <file>", "write the tables as JSON")
    .addHelpText("after", examples(["chainwright sim attack double-spend", "chainwright sim attack all --report attacks.html"]))
    .action(async (name: string, options) => {
      const [stray] = writtenOf(sim);
      if (stray !== undefined)
        throw new UsageError({
          reason: `${flagOf(sim, stray)} before attack is of a scenario's run; write it behind attack if that has it`,
        });
      return run((await import("./commands/sim-attack.js")).simAttack(name, options, context));
    });
}

const OF_A_SEARCH = ["from", "jobs", "keepGoing"];
const OF_A_RUN = ["seed", "log", "trace", "traceKinds", "traceLines", "report"];
const OF_A_TRACE = ["traceKinds", "traceLines"];

/** An option that would have no effect is a mistake, and is said to be one. @throws CLI_USAGE */
function checkTogether(command: Command, { seeds, trace }: { readonly seeds?: string; readonly trace?: string }): void {
  const written = writtenOf(command);
  const refuse = (keys: readonly string[], why: string): void => {
    const stray = written.find((key) => keys.includes(key));
    if (stray !== undefined) throw new UsageError({ reason: `${flagOf(command, stray)} ${why}` });
  };
  if (seeds === undefined) refuse(OF_A_SEARCH, "is of a search: say with --seeds how many seeds");
  else refuse(OF_A_RUN, "is of one run, and --seeds is a search: leave one of them out");
  if (trace === undefined) refuse(OF_A_TRACE, "is of a timeline: say with --trace where it goes");
}

/** Options that are on the command line, not by default. */
function writtenOf(command: Command): readonly string[] {
  return command.options.map((option) => option.attributeName()).filter((key) => command.getOptionValueSource(key) === "cli");
}

function flagOf(command: Command, key: string): string {
  return command.options.find((option) => option.attributeName() === key)?.long ?? key;
}
