/**
 * A process that runs simulations, so that its memory and its time are theirs alone; answers with JSON lines.
 *
 *   node simulation.process.js RUN_AS_JSON
 */
import { runSimulations, type SimulationRun } from "./simulation-run.js";

const [run] = process.argv.slice(2);
if (run === undefined) throw new Error("usage: simulation.process.js RUN_AS_JSON");
await runSimulations(JSON.parse(run) as SimulationRun, (line) => process.stdout.write(`${JSON.stringify(line)}\n`));
