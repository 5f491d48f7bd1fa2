/** Worker entry: verifies a few sets. The engine is loaded with this module: a simulation may not load it later. */
import { runVerifyJob, type VerifyInput, type VerifyOutput } from "./job.js";
import { THREAD_MEMO } from "./memo.js";
import { blsEngineNamed, loadBls } from "./select.js";

loadBls();

export default function verifySets(input: VerifyInput): VerifyOutput {
  return runVerifyJob(blsEngineNamed(input.engine), THREAD_MEMO, input);
}
