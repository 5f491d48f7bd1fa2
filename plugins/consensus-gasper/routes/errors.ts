/** What a request to the engine's routes can't be answered with. Codes are API. */
import { defineError } from "../../../core/sdk.js";

/** The node is still reading its chain. */
export const GasperNotReadyError = defineError<Record<string, never>>(
  "GASPER_NOT_READY",
  "unavailable",
  () => "the engine has not read the chain yet; ask again in a moment",
);

/** Nobody knows the duties of that epoch yet; or it is one that nobody has duties in any more, and that the head has not come to. */
export const EpochTooFarError = defineError<{ epoch: number; first: number; last: number }>(
  "GASPER_EPOCH_TOO_FAR",
  "input",
  ({ epoch, first, last }) =>
    `duties of epoch ${epoch} are not answered: of epochs beyond the head's, those are that are under way or next, from ${first} to ${last}`,
);

/** The states that would tell are gone: duties are answered back to the last finalized epochs. */
export const EpochNotKeptError = defineError<{ epoch: number; first: number }>(
  "GASPER_EPOCH_NOT_KEPT",
  "missing",
  ({ epoch, first }) => `epoch ${epoch} is not kept here any more: duties are answered from epoch ${first} on`,
);

/** What became of a deposit for a key that is no validator's. */
export interface DepositFate {
  /** Waits for the end of an epoch. */
  readonly isPending: boolean;
  /** Why the last one was given back, and at the end of which epoch, where it is known. */
  readonly refused?: { readonly code: string; readonly epoch: number };
}

export const NoSuchValidatorError = defineError<{ validator: string } & Partial<DepositFate>>(
  "GASPER_VALIDATOR_NOT_FOUND",
  "missing",
  ({ validator, isPending, refused }) => `there is no validator ${validator} at the head; ${fateOf(isPending, refused)}`,
);

function fateOf(isPending: boolean | undefined, refused: DepositFate["refused"]): string {
  if (isPending === true) return "its deposit waits for the end of an epoch: /v1/gasper/deposits";
  if (refused !== undefined)
    return `its deposit was given back at the end of epoch ${refused.epoch} (${refused.code}); deposit again with what validator create or show prints for this key`;
  return "a deposit becomes one at the end of an epoch";
}

export const NoSuchCommitteeError = defineError<{ epoch: number; slot: number; committeeIndex: number }>(
  "GASPER_COMMITTEE_NOT_FOUND",
  "missing",
  ({ epoch, slot, committeeIndex }) => `epoch ${epoch} has no committee ${committeeIndex} of slot ${slot}`,
);

export const NoCertificateError = defineError<{ epoch: string }>(
  "GASPER_CERTIFICATE_NOT_FOUND",
  "missing",
  ({ epoch }) => `this node has no certificate of epoch ${epoch}; /v1/gasper/certificates lists those that it has`,
);

export const SetNotKeptError = defineError<{ root: string }>(
  "GASPER_SET_NOT_FOUND",
  "missing",
  ({ root }) => `no kept certificate has the validator set ${root}; take the one of the newest certificate, or ask another node`,
);
