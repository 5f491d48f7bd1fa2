/** `npm run bench`: the bench as a process. */
import { bench } from "./bench.js";

process.exitCode = await bench(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
});
