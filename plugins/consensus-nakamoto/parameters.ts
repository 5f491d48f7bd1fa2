/** The chain's parameters after the checks that a schema can't make, with targets as integers. */
import { ChainwrightError, parseBits, targetOfBits } from "../../core/sdk.js";
import type { NakamotoSpec } from "./config.js";
import { ParametersError } from "./errors.js";

export interface NakamotoParameters {
  readonly spec: NakamotoSpec;
  readonly initialBits: number;
  readonly initialTarget: bigint;
  readonly powLimit: bigint;
  /** Ancestors that validation reads at most. */
  readonly ancestryDepth: number;
}

/** @throws ParametersError */
export function checkParameters(spec: NakamotoSpec): NakamotoParameters {
  const initialBits = bitsAt("initialTargetBits", spec.initialTargetBits);
  const initialTarget = targetOfBits(initialBits);
  const powLimit = targetOfBits(bitsAt("powLimitBits", spec.powLimitBits));
  if (initialTarget > powLimit) {
    throw new ParametersError({
      path: "initialTargetBits",
      reason: `0x${spec.initialTargetBits} is easier than powLimitBits 0x${spec.powLimitBits}`,
    });
  }
  if (spec.medianTimeBlocks % 2 === 0) {
    throw new ParametersError({ path: "medianTimeBlocks", reason: `${spec.medianTimeBlocks} is even; take an odd number, for example 11` });
  }
  if (spec.confirmations > spec.maxReorgDepth) {
    throw new ParametersError({ path: "confirmations", reason: `${spec.confirmations} is more than maxReorgDepth ${spec.maxReorgDepth}` });
  }
  // A window is judged by the blocks at both of its borders.
  const retargeting = spec.difficulty.algorithm === "window" ? spec.difficulty.windowBlocks + 1 : 1;
  return { spec, initialBits, initialTarget, powLimit, ancestryDepth: Math.max(spec.medianTimeBlocks, retargeting) };
}

function bitsAt(path: string, text: string): number {
  try {
    return parseBits(text);
  } catch (thrown) {
    if (ChainwrightError.is(thrown)) throw new ParametersError({ path, reason: thrown.message }, thrown);
    throw thrown;
  }
}
