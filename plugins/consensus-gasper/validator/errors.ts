/** Errors of the validators that this node runs. Their codes are API: they are logged, counted, and answered by CLI and API. */
import { defineError } from "../../../core/sdk.js";

/** Signing this could cost the validator its stake: it signed something of the same slot, the same target or around it before. */
export const ProtectionRefusedError = defineError<{ publicKey: string; kind: "block" | "vote"; reason: string }>(
  "GASPER_PROTECTION_REFUSED",
  "conflict",
  ({ publicKey, kind, reason }) => `validator ${publicKey} does not sign this ${kind}: ${reason}`,
);

/** What this node remembers of a key's signatures can't be read, so that nothing is safe to sign. */
export const ProtectionDamagedError = defineError<{ publicKey: string; reason: string }>(
  "GASPER_PROTECTION_DAMAGED",
  "damaged",
  ({ publicKey, reason }) =>
    `the slashing protection record of validator ${publicKey} is damaged (${reason}), so it signs nothing; import an interchange file (EIP-3076) that covers all it has signed with this key, blocks and votes, or let the key rest for good`,
);

/** The record could not be made durable before the signature, so that there is none. */
export const ProtectionUnwrittenError = defineError<{ publicKey: string; reason: string }>(
  "GASPER_PROTECTION_UNWRITTEN",
  "unavailable",
  ({ publicKey, reason }) =>
    `the slashing protection record of validator ${publicKey} could not be written (${reason}), so it does not sign; check free space and the disk`,
);

/** A slashing protection file that is none. */
export const InterchangeError = defineError<{ path: string; reason: string }>(
  "GASPER_INTERCHANGE_INVALID",
  "input",
  ({ path, reason }) => `slashing protection file, ${path}: ${reason}; nothing of it was imported`,
);

/** A slashing protection file of another chain. */
export const InterchangeChainError = defineError<{ expected: string; actual: string }>(
  "GASPER_INTERCHANGE_CHAIN",
  "input",
  ({ expected, actual }) =>
    `the slashing protection file is of chain ${actual}, this is ${expected}; export it from a node of this very chain; nothing of it was imported`,
);

/** Production was switched on without a key. */
export const NoValidatorKeysError = defineError<{ reason: string }>(
  "GASPER_NO_VALIDATOR_KEYS",
  "missing",
  ({ reason }) => `${reason}; make a key with chainwright validator create and name its file in consensus-gasper.validators`,
);

/** Somebody else votes with a key of this node. */
export const DoppelgangerError = defineError<{ publicKey: string; validator: number; epoch: number }>(
  "GASPER_DOPPELGANGER",
  "conflict",
  ({ publicKey, validator, epoch }) =>
    `validator ${validator} (${publicKey}) was seen at work elsewhere in epoch ${epoch}, so this node signs nothing with its key; stop the other one, then restart this node`,
);

/** A duty whose time is over is not done late: the state it needs, or the machine, was too slow. */
export const DutyLateError = defineError<{ duty: string; slot: number }>(
  "GASPER_DUTY_LATE",
  "unavailable",
  ({ duty, slot }) => `the ${duty} of slot ${slot} was not ready in its time; the node may be overloaded, or its clock may have jumped`,
);

/** What a duty is about lies where fork choice knows nothing any more. */
export const DutyBranchError = defineError<{ duty: string; slot: number; reason: string }>(
  "GASPER_DUTY_NO_BRANCH",
  "unavailable",
  ({ duty, slot, reason }) => `the ${duty} of slot ${slot} can't be done: ${reason}; it can be once the node is in sync`,
);

/** A block of our own that our own chain did not take. */
export const ProposalRefusedError = defineError<{ slot: number; status: string; code: string; reason: string }>(
  "GASPER_PROPOSAL_REFUSED",
  "internal",
  ({ slot, status, code, reason }) => `the block made for slot ${slot} was answered ${status}: ${code}: ${reason}`,
);

/** The validators were stopped before this was signed. Never leaves this folder. */
export const StoppedError = defineError("GASPER_VALIDATORS_STOPPED", "unavailable", () => "the validators of this node were stopped");
