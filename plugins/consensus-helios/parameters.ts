/** The chain's parameters after the checks that a schema can't make, with targets as integers. */
import { checkWorkParameters, type WorkTargets } from "../../core/sdk.js";
import type { HeliosSpec } from "./config.js";
import { ParametersError } from "./errors.js";
import { memoryKiBAt, type Steps } from "./steps.js";

/** Targets are those at step 0. */
export interface HeliosParameters extends WorkTargets {
  readonly spec: HeliosSpec;
  /** Ancestors that validation reads at most. */
  readonly ancestryDepth: number;
}

/** @throws ParametersError */
export function checkParameters(spec: HeliosSpec): HeliosParameters {
  const targets = checkWorkParameters(spec, ParametersError);
  checkShares(spec);
  checkBudget(spec);
  return { ...targets, spec, ancestryDepth: spec.medianTimeBlocks };
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
