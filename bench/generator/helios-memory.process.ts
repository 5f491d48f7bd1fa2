/**
 * How much memory verifying headers of Helios takes: a process of its own, since a peak is never unlearnt.
 *
 *   node helios-memory.process.js native|portable QUICK
 *
 * Answers over IPC with the growth of its peak over ten headers, MiB. Engines and code are warm before: a header with little memory was verified.
 */
import { assert } from "../../core/kernel/assert.js";
import { memoryFault, proofFaults, type SealClaim } from "../../plugins/consensus-helios/judge.js";
import { phasesFor } from "../../plugins/consensus-helios/phases.js";
import { defaultWork, ENGINES, madeClaim } from "./helios-headers.js";

const [engine, quick] = process.argv.slice(2);
assert(process.send !== undefined && (engine === "native" || engine === "portable"), "a parent starts it, with its arguments");
const phases = phasesFor(ENGINES[engine]);
/** Ten of one kind, through the whole pipeline; whether M is right takes the same memory. */
function verify(claim: SealClaim): void {
  for (let i = 0; i < 10; i++) {
    proofFaults(phases, [claim]);
    memoryFault(phases, claim);
  }
}
const small = madeClaim(phases, 1, true);
verify(small);
const beforeKiB = process.resourceUsage().maxRSS;
verify({ ...small, memoryCost: defaultWork(1, quick === "true").memoryCost });
process.send({ mebibytes: (process.resourceUsage().maxRSS - beforeKiB) / 1024 });
