/**
 * Errors of the helios engine. Their codes are API.
 *
 * Verdicts on headers are core's `InvalidHeaderError` and `NotYetError` with one of `HeaderFault`'s codes in `data.code`, and verdicts
 * on seals carry one as their `code`.
 */
import { defineError, InvalidHeaderError, type SealVerdict } from "../../core/sdk.js";
import { TimelockFault } from "./timelock/index.js";

/** Why a header can never be valid. With the time-lock's own codes between `innerNonce` and `work`, and before `memory`: cheapest first. */
export const HeaderFault = {
  /** `extra` is not the six bytes of target and steps. */
  extra: "HELIOS_EXTRA",
  /** The seal is not its 556 bytes. */
  sealSize: "HELIOS_SEAL_SIZE",
  /** The target is not the one that the ancestors demand. */
  bits: "HELIOS_WRONG_BITS",
  /** It states another size of memory than its ancestors demand. */
  memoryStep: "HELIOS_WRONG_MEMORY_STEP",
  /** It states another number of squarings than its ancestors demand. */
  timeStep: "HELIOS_WRONG_TIME_STEP",
  /** The timestamp is not above the median time past. */
  timestamp: "HELIOS_TIMESTAMP_TOO_OLD",
  /** The inner nonce is not below 2^innerNonceBits. */
  innerNonce: "HELIOS_INNER_NONCE",
  /** The hash over the claimed values is above the target. */
  work: "HELIOS_INSUFFICIENT_WORK",
  /** M is not what Argon2id gives for this header. */
  memory: "HELIOS_WRONG_MEMORY",
  ...TimelockFault,
} as const;
export type HeaderFault = (typeof HeaderFault)[keyof typeof HeaderFault];

/** Why a header may become valid later: its timestamp is too far ahead of the local clock. */
export const TIMESTAMP_TOO_NEW = "HELIOS_TIMESTAMP_TOO_NEW";

/** What a fault found in the seal means, for people. */
const SEAL_REASONS: Partial<Record<HeaderFault, string>> = {
  [HeaderFault.sealSize]: "the seal has not its 556 bytes",
  [HeaderFault.innerNonce]: "its inner nonce is beyond the bound of the search",
  [HeaderFault.outputRange]: "the time-lock's output is 0, 1, -1 or no residue",
  [HeaderFault.outputNotCanonical]: "the time-lock's output is not in its canonical form",
  [HeaderFault.proofRange]: "the time-lock's proof is 0, 1, -1 or no residue",
  [HeaderFault.proofNotCanonical]: "the time-lock's proof is not in its canonical form",
  [HeaderFault.work]: "the hash over its claims is above the target",
  [HeaderFault.element]: "this outer nonce begins the time-lock with a value that is no unit",
  [HeaderFault.notUnit]: "the time-lock's output or proof is no unit",
  [HeaderFault.proof]: "the time-lock's proof does not show that its output is the one of this header",
  [HeaderFault.memory]: "the memory phase gives another value than it claims",
};

export function sealReason(code: HeaderFault): string {
  return SEAL_REASONS[code] ?? "the seal is wrong";
}

export function badSeal(code: HeaderFault): SealVerdict {
  return { ok: false, code, reason: sealReason(code) };
}

export function invalidHeader(code: HeaderFault, reason: string = sealReason(code)) {
  return new InvalidHeaderError({ code, reason });
}

/** Chain parameters that contradict each other. */
export const ParametersError = defineError<{ path: string; reason: string }>(
  "HELIOS_PARAMETERS",
  "input",
  ({ path, reason }) => `chain spec, consensus.parameters.${path}: ${reason}`,
);

/** The native Argon2id was asked for and is not there. `isBroken`: it is, and errs or does not load. */
export const MemoryEngineError = defineError<{ reason: string; isBroken: boolean }>(
  "HELIOS_MEMORY_ENGINE",
  "unavailable",
  ({ reason }) =>
    `the native Argon2id can't be used: ${reason}; install @node-rs/argon2 for this platform, or set consensus-helios.argon2id to auto`,
);

/** No address to mine to, or one that is none of this chain. */
export const AddressError = defineError<{ reason: string }>(
  "HELIOS_ADDRESS",
  "input",
  ({ reason }) => `node config, consensus-helios.address: ${reason} (chainwright keys new makes one)`,
);

/** The work comes from elsewhere, or the number is none that a machine should have. */
export const ThreadsError = defineError<{ threads: number; reason: string }>(
  "HELIOS_THREADS",
  "input",
  ({ threads, reason }) => `${threads} mining threads: ${reason}`,
);

/** `produce` found that its block was not taken in. */
export const BlockRefusedError = defineError<{ height: number; status: string; code: string; reason: string }>(
  "HELIOS_BLOCK_REFUSED",
  "internal",
  ({ height, status, code, reason }) => `the block made for height ${height} was answered ${status}: ${code}: ${reason}`,
);

/** Making blocks was ended before it was done: the producer was stopped meanwhile. */
export const ProductionStoppedError = defineError<{ made: number; wanted: number }>(
  "HELIOS_PRODUCTION_STOPPED",
  "unavailable",
  ({ made, wanted }) => `producing was stopped after ${made} of ${wanted} blocks; ask again once the node runs`,
);

/** An option of `chainwright helios calibrate` that makes no sense. */
export const CalibrationOptionError = defineError<{ option: string; given: string; reason: string }>(
  "HELIOS_CALIBRATION_OPTION",
  "input",
  ({ option, given, reason }) => `${option} ${given}: ${reason}`,
);
