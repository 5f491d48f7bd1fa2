/** The command `sim` in the command tree. */
import type { Command } from "#bundled/commander";
import type { Context } from "./context.js";
import { examples, type Run } from "./help.js";
import { StopSignal } from "./stop-signal.js";

export function addSimulationCommands(program: Command, context: Context, run: Run): void {
  program
    .command("sim <scenario>")
    .description("run a scenario of simulated nodes under virtual time; the same seed is the same run, bit for bit")
    .option("--seed <seed>", "a number or a short name", "1")
    .option("--log <level>", "show the nodes' logs from this level on: trace, debug, info, warn, error")
    .option("--json", "print the result as one JSON object")
    .addHelpText(
      "after",
      `${examples(["chainwright sim config/scenarios/happy-path.yaml --seed 7", "chainwright sim config/scenarios/partition.yaml --log warn"])}

The last line is the digest of the run's whole history. Exit code 1: an invariant did not hold, and which one is named.`,
    )
    .action(async (scenario: string, options) =>
      run((await import("./commands/sim.js")).sim(scenario, options, context, new StopSignal())),
    );
}
