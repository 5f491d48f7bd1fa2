/**
 * A process that runs one mode of pruning over a chain, so that its memory is its own; answers with JSON lines.
 *
 *   node pruning.process.js RUN_AS_JSON
 */
import { type PruningRun, runPruning } from "./pruning-run.js";

const [run] = process.argv.slice(2);
if (run === undefined) throw new Error("usage: pruning.process.js RUN_AS_JSON");
await runPruning(JSON.parse(run) as PruningRun, (line) => process.stdout.write(`${JSON.stringify(line)}\n`));
