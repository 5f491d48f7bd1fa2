/** The chain's parameters after the checks that a schema can't make, with targets as integers. */
import { checkWorkParameters, type WorkTargets } from "../../core/sdk.js";
import type { NakamotoSpec } from "./config.js";
import { ParametersError } from "./errors.js";

export interface NakamotoParameters extends WorkTargets {
  readonly spec: NakamotoSpec;
  /** Ancestors that validation reads at most. */
  readonly ancestryDepth: number;
}

/** @throws ParametersError */
export function checkParameters(spec: NakamotoSpec): NakamotoParameters {
  const targets = checkWorkParameters(spec, ParametersError);
  // A window is judged by the blocks at both of its borders.
  const retargeting = spec.difficulty.algorithm === "window" ? spec.difficulty.windowBlocks + 1 : 1;
  return { ...targets, spec, ancestryDepth: Math.max(spec.medianTimeBlocks, retargeting) };
}
