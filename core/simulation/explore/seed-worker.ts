/**
 * A process that runs one seed after the other: the body of `explore`. It takes `{ scenario, directory }` first, then seeds, and answers each
 * with an outcome. Runs are of one process and one thread, so seeds spread over processes.
 */
import "../guard/patches.js";
import { simulate } from "../run/simulation.js";
import { parseScenario } from "../scenario/load.js";
import type { Scenario } from "../scenario/schema.js";
import { outcomeOf, type SeedOutcome } from "./outcome.js";

export type ToWorker = { readonly scenario: unknown; readonly directory: string } | { readonly seed: string };
export type FromWorker =
  | { readonly ready: true }
  | { readonly outcome: SeedOutcome }
  | { readonly broken: { readonly name: string; readonly message: string } };

let scenario: Scenario | undefined;
let directory = ".";

async function take(message: ToWorker): Promise<FromWorker> {
  if ("scenario" in message) {
    scenario = await parseScenario(message.scenario);
    directory = message.directory;
    return { ready: true };
  }
  if (scenario === undefined) throw new Error("a seed came before the scenario");
  return { outcome: outcomeOf(await simulate(scenario, { seed: message.seed, directory })) };
}

process.on("message", (message: ToWorker) => {
  take(message).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ broken: { name: error instanceof Error ? error.name : "", message: String(error) } }),
  );
});
// The parent has gone: nobody waits for an answer.
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole group; the parent decides.
process.on("SIGINT", () => undefined);
