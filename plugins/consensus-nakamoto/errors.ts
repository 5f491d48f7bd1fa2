/**
 * Errors of the nakamoto engine. Their codes are API.
 *
 * Verdicts on headers are core's `InvalidHeaderError` and `NotYetError` with one of `HeaderFault`'s codes in `data.code`.
 */
import { defineError, InvalidHeaderError } from "../../core/sdk.js";

/** Why a header can never be valid. */
export const HeaderFault = {
  /** `extra` is not the four bytes of the compact target. */
  extra: "NAKAMOTO_EXTRA",
  /** The target is not the one that the ancestors demand. */
  bits: "NAKAMOTO_WRONG_BITS",
  /** The seal is not the eight bytes of a nonce. */
  seal: "NAKAMOTO_SEAL",
  /** The hash is above the target. */
  work: "NAKAMOTO_INSUFFICIENT_WORK",
  /** The timestamp is not above the median time past, or ends a window before the last one ended. */
  timestamp: "NAKAMOTO_TIMESTAMP_TOO_OLD",
} as const;
export type HeaderFault = (typeof HeaderFault)[keyof typeof HeaderFault];

/** Why a header may become valid later: its timestamp is too far ahead of the local clock. */
export const TIMESTAMP_TOO_NEW = "NAKAMOTO_TIMESTAMP_TOO_NEW";

export function invalidHeader(code: HeaderFault, reason: string) {
  return new InvalidHeaderError({ code, reason });
}

/** Chain parameters that contradict each other. */
export const ParametersError = defineError<{ path: string; reason: string }>(
  "NAKAMOTO_PARAMETERS",
  "input",
  ({ path, reason }) => `chain spec, consensus.parameters.${path}: ${reason}`,
);

/** No address to mine to, or one that is none of this chain. */
export const AddressError = defineError<{ reason: string }>(
  "NAKAMOTO_ADDRESS",
  "input",
  ({ reason }) => `node config, consensus-nakamoto.address: ${reason} (chainwright keys new makes one)`,
);

/** The work comes from elsewhere, or the number is none that a machine should have. */
export const ThreadsError = defineError<{ threads: number; reason: string }>(
  "NAKAMOTO_THREADS",
  "input",
  ({ threads, reason }) => `${threads} mining threads: ${reason}`,
);

/** `produce` found that its block was not taken in. */
export const BlockRefusedError = defineError<{ height: number; status: string; code: string; reason: string }>(
  "NAKAMOTO_BLOCK_REFUSED",
  "internal",
  ({ height, status, code, reason }) => `the block made for height ${height} was answered ${status}: ${code}: ${reason}`,
);

/** Making blocks was ended before it was done: the producer was stopped meanwhile. */
export const ProductionStoppedError = defineError<{ made: number; wanted: number }>(
  "NAKAMOTO_PRODUCTION_STOPPED",
  "unavailable",
  ({ made, wanted }) => `producing was stopped after ${made} of ${wanted} blocks; ask again once the node runs`,
);
