/**
 * What every chain with proof of work sets, whatever its engine: options for the schema of the chain spec, and the rules between them that
 * a schema can't say.
 */
import Type, { type TString } from "#bundled/typebox";
import { ChainwrightError, type ErrorClass } from "../kernel/errors.js";
import { parseBits, targetOfBits } from "./compact.js";
import { MEDIAN_TIME_BLOCKS } from "./timestamps.js";

/** A compact target as text: eight hex digits. */
export function compactBits(description: string, default_: string): TString {
  return Type.String({ description, pattern: "^[0-9a-f]{8}$", default: default_ });
}

/** To be spread into `Type.Object`, beside `initialTargetBits`, `powLimitBits` and what the engine has of its own. */
export const WORK_PARAMETERS = {
  futureBoundMs: Type.Integer({
    description: "Blocks whose timestamp is this far ahead of the local clock wait until it is not, ms.",
    default: 120_000,
    minimum: 1_000,
    maximum: 7_200_000,
  }),
  medianTimeBlocks: Type.Integer({
    description: "A block's timestamp is above the median of this many blocks before it. Odd.",
    default: MEDIAN_TIME_BLOCKS,
    minimum: 1,
    maximum: 101,
  }),
  maxReorgDepth: Type.Integer({
    description: "Blocks this far below the head are final: a branch that leaves the chain below them is refused, whatever its work.",
    default: 100,
    minimum: 1,
    maximum: 4_000,
  }),
  confirmations: Type.Integer({
    description: "Blocks after which a payment counts as confirmed. At most maxReorgDepth.",
    default: 6,
    minimum: 0,
    maximum: 4_000,
  }),
} as const;

/** What `checkWorkParameters` looks at. */
export interface WorkSpec {
  /** Compact targets, eight hex digits. */
  readonly initialTargetBits: string;
  readonly powLimitBits: string;
  readonly medianTimeBlocks: number;
  readonly maxReorgDepth: number;
  readonly confirmations: number;
}

export interface WorkTargets {
  readonly initialBits: number;
  readonly initialTarget: bigint;
  readonly powLimit: bigint;
}

/**
 * Checks what belongs together, and reads the targets.
 *
 * @param fault the engine's own error for parameters of its chain spec
 * @throws `fault` with the path of the parameter
 */
export function checkWorkParameters(spec: WorkSpec, fault: ErrorClass<{ path: string; reason: string }>): WorkTargets {
  const bitsAt = (path: "initialTargetBits" | "powLimitBits"): number => {
    try {
      return parseBits(spec[path]);
    } catch (thrown) {
      if (ChainwrightError.is(thrown)) throw new fault({ path, reason: thrown.message }, thrown);
      throw thrown;
    }
  };
  const initialBits = bitsAt("initialTargetBits");
  const initialTarget = targetOfBits(initialBits);
  const powLimit = targetOfBits(bitsAt("powLimitBits"));
  if (initialTarget > powLimit) {
    throw new fault({
      path: "initialTargetBits",
      reason: `0x${spec.initialTargetBits} is easier than powLimitBits 0x${spec.powLimitBits}`,
    });
  }
  if (spec.medianTimeBlocks % 2 === 0)
    throw new fault({ path: "medianTimeBlocks", reason: `${spec.medianTimeBlocks} is even; take an odd number, for example 11` });
  if (spec.confirmations > spec.maxReorgDepth)
    throw new fault({ path: "confirmations", reason: `${spec.confirmations} is more than maxReorgDepth ${spec.maxReorgDepth}` });
  return { initialBits, initialTarget, powLimit };
}
