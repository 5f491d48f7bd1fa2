/** The chain's parameters after the checks that a schema can't make, with targets as integers. */
import { ChainwrightError, parseBits, targetOfBits } from "../../core/sdk.js";
import type { HeliosSpec } from "./config.js";
import { ParametersError } from "./errors.js";
import { memoryKiBAt, type Steps } from "./steps.js";

export interface HeliosParameters {
  readonly spec: HeliosSpec;
  readonly initialBits: number;
  readonly initialTarget: bigint;
  /** At step 0. */
  readonly powLimit: bigint;
  /** Ancestors that validation reads at most. */
  readonly ancestryDepth: number;
}

/** @throws ParametersError */
export function checkParameters(spec: HeliosSpec): HeliosParameters {
  const initialBits = bitsAt("initialTargetBits", spec.initialTargetBits);
  const initialTarget = targetOfBits(initialBits);
  const powLimit = targetOfBits(bitsAt("powLimitBits", spec.powLimitBits));
  if (initialTarget > powLimit) {
    throw new ParametersError({
      path: "initialTargetBits",
      reason: `0x${spec.initialTargetBits} is easier than powLimitBits 0x${spec.powLimitBits}`,
    });
  }
  checkShares(spec);
  checkBudget(spec);
  if (spec.medianTimeBlocks % 2 === 0) {
    throw new ParametersError({ path: "medianTimeBlocks", reason: `${spec.medianTimeBlocks} is even; take an odd number, for example 11` });
  }
  if (spec.confirmations > spec.maxReorgDepth) {
    throw new ParametersError({ path: "confirmations", reason: `${spec.confirmations} is more than maxReorgDepth ${spec.maxReorgDepth}` });
  }
  return { spec, initialBits, initialTarget, powLimit, ancestryDepth: spec.medianTimeBlocks };
}

function checkShares({ shares }: HeliosSpec): void {
  const sum = shares.memory + shares.timeLock + shares.search;
  if (sum !== 100) throw new ParametersError({ path: "shares", reason: `they add up to ${sum}; make them 100` });
}

/** What a header may cost its verifier: Argon2id dominates, and its cost is the memory that it fills times the passes. */
function checkBudget(spec: HeliosSpec): void {
  const { passes, stepsMax, budgetKiB } = spec.memory;
  const highest: Steps = { memory: stepsMax, time: spec.timeLock.stepsMax };
  const mostKiB = memoryKiBAt(spec, highest) * passes;
  if (mostKiB > budgetKiB) {
    throw new ParametersError({
      path: "memory.budgetKiB",
      reason: `a header at step ${stepsMax} would fill ${mostKiB} KiB (memory times passes), the budget is ${budgetKiB}; lower sizeKiB, passes or stepsMax`,
    });
  }
}

function bitsAt(path: string, text: string): number {
  try {
    return parseBits(text);
  } catch (thrown) {
    if (ChainwrightError.is(thrown)) throw new ParametersError({ path, reason: thrown.message }, thrown);
    throw thrown;
  }
}
