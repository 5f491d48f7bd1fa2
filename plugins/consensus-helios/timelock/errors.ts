/** Errors and verdicts of the time-lock. Their codes are API. */
import { defineError } from "../../../core/sdk.js";

/** A value, a number of squarings or a seed that no caller of an engine should hand over. Verdicts on headers are `TimelockFault`. */
export const TimelockInputError = defineError<{ readonly what: string; readonly reason: string }>(
  "HELIOS_TIMELOCK_INPUT",
  "input",
  ({ what, reason }) => `${what}: ${reason}`,
);

/** The arithmetic that was asked for, and no other, does not run here. `isBroken`: it is there, and errs or does not load. */
export const ArithmeticUnavailableError = defineError<{ readonly kind: string; readonly reason: string; readonly isBroken: boolean }>(
  "HELIOS_ARITHMETIC_UNAVAILABLE",
  "unavailable",
  ({ kind, reason }) =>
    `the ${kind} arithmetic is not available: ${reason}; leave the choice to auto, or build the addon (npm run build:native)`,
);

/** Why a time-lock output with its proof is refused. In the order in which it is found. */
export const TimelockFault = {
  /** y is not 256 bytes. */
  outputLength: "HELIOS_OUTPUT_LENGTH",
  /** y is 0, 1, N − 1, N or more. */
  outputRange: "HELIOS_OUTPUT_RANGE",
  /** y is above (N − 1) / 2: its other representative N − y is the canonical one. */
  outputNotCanonical: "HELIOS_OUTPUT_NOT_CANONICAL",
  /** The proof is not 256 bytes. */
  proofLength: "HELIOS_PROOF_LENGTH",
  /** The proof is 0, N or more; 1 or N − 1 where 2^T reaches ℓ; anything but 1 where it does not. */
  proofRange: "HELIOS_PROOF_RANGE",
  /** The proof is above (N − 1) / 2. */
  proofNotCanonical: "HELIOS_PROOF_NOT_CANONICAL",
  /** x is 0, 1, N − 1 or shares a factor with N: this outer nonce can't be used. Never seen. */
  element: "HELIOS_ELEMENT",
  /** y or the proof shares a factor with N: who made it has factored N. */
  notUnit: "HELIOS_NOT_A_UNIT",
  /** The equation does not hold: another x, y, T or proof. */
  proof: "HELIOS_TIMELOCK_PROOF",
} as const;
export type TimelockFault = (typeof TimelockFault)[keyof typeof TimelockFault];
