/** Worker entry: judges a few seals away from the main thread. */
import { memoryFault, proofFaults } from "./judge.js";
import { type JudgeInput, type JudgeOutput, runJudgeJob } from "./judge-job.js";
import { phasesFor } from "./phases.js";

export default function judgeSeals(input: JudgeInput): JudgeOutput {
  const phases = phasesFor(input.phases);
  return runJudgeJob(input, {
    proofFaults: (claims) => proofFaults(phases, claims),
    memoryFault: (claim) => memoryFault(phases, claim),
  });
}
