/**
 * Errors of the Gasper engine. Their codes are API.
 *
 * Verdicts on headers and payloads are core's `InvalidHeaderError` and `NotYetError` with one of `GasperFault`'s codes in `data.code`;
 * gossip carries the same codes. Operations of the module `validators` end with one of `OperationFault`'s.
 */
import { defineError, InvalidHeaderError } from "../../core/sdk.js";

/** Why a block, or a message that could be in one, can never be valid. */
export const GasperFault = {
  // Headers.
  /** `extra` is not the proposer's index and RANDAO reveal (100 bytes). */
  extra: "GASPER_EXTRA",
  /** The timestamp is none that a slot begins at, or lies before genesis. */
  timestamp: "GASPER_TIMESTAMP",
  /** The slot is not above the parent's. */
  slot: "GASPER_SLOT",
  /** The slot has not begun: not yet. */
  slotFuture: "GASPER_SLOT_FUTURE",
  /** Its proposer has made more than two blocks of this slot: not yet. */
  slotEquivocation: "GASPER_SLOT_EQUIVOCATION",
  /** Others wait for the state to be moved through epochs, too: not yet. */
  walksBusy: "GASPER_WALKS_BUSY",
  /** The seal is not 96 bytes. */
  seal: "GASPER_SEAL",
  /** The seal is not the proposer's signature of the header. */
  sealSignature: "GASPER_SEAL_SIGNATURE",
  /** Somebody else is the slot's proposer. */
  proposer: "GASPER_WRONG_PROPOSER",
  /** The proposer was slashed: its slots stay empty. */
  slashedProposer: "GASPER_SLASHED_PROPOSER",
  /** The header's account is not the proposing validator's. */
  proposerAccount: "GASPER_PROPOSER_ACCOUNT",
  /** The RANDAO reveal is not the proposer's signature of the epoch. */
  randao: "GASPER_RANDAO_REVEAL",
  // Payloads.
  /** More messages of a kind than the chain spec allows in a block. */
  payloadLimit: "GASPER_PAYLOAD_LIMIT",
  // Attestations.
  /** Of a slot that has not begun, or of the block's own slot. */
  attestationFuture: "GASPER_ATTESTATION_FUTURE",
  /** Its target is older than the previous epoch. */
  attestationAncient: "GASPER_ATTESTATION_ANCIENT",
  /** Its target epoch is not its slot's. */
  attestationTarget: "GASPER_ATTESTATION_TARGET_EPOCH",
  /** There is no such committee in its slot. */
  attestationCommittee: "GASPER_ATTESTATION_COMMITTEE",
  /** Bits of another length than the committee's, bits beyond it, or none set. */
  attestationBits: "GASPER_ATTESTATION_BITS",
  /** Its source is not the checkpoint that this branch justified. */
  attestationSource: "GASPER_ATTESTATION_SOURCE",
  /** Its signature is not that of its voters. */
  attestationSignature: "GASPER_ATTESTATION_SIGNATURE",
  // Evidence.
  /** The two headers don't prove a double proposal: other slots or proposers, or the same header. */
  proposerEvidence: "GASPER_PROPOSER_SLASHING_EVIDENCE",
  /** A header in evidence is none that this chain's engine could have made (its extra, seal or timestamp). */
  proposerEvidenceHeader: "GASPER_PROPOSER_SLASHING_HEADER",
  /** The proposer is unknown, slashed already, not active yet or free to go. */
  proposerNotSlashable: "GASPER_PROPOSER_NOT_SLASHABLE",
  proposerEvidenceSignature: "GASPER_PROPOSER_SLASHING_SIGNATURE",
  /** The two votes are neither for one target epoch nor one around the other. */
  attesterEvidence: "GASPER_ATTESTER_SLASHING_EVIDENCE",
  /** Voters are not ascending, unknown, or none. */
  attesterEvidenceIndices: "GASPER_ATTESTER_SLASHING_INDICES",
  /** Nobody voted both ways who can still be slashed. */
  attesterNotSlashable: "GASPER_ATTESTER_NOT_SLASHABLE",
  attesterEvidenceSignature: "GASPER_ATTESTER_SLASHING_SIGNATURE",
} as const;
export type GasperFault = (typeof GasperFault)[keyof typeof GasperFault];

/** The block is invalid for good. */
export function invalidBlock(code: GasperFault, reason: string) {
  return new InvalidHeaderError({ code, reason });
}

/** Why an operation of the module `validators` failed: codes of receipts. */
export const OperationFault = {
  /** The deposit is below `minDeposit`, or above twice `maxEffective`. */
  depositAmount: "GASPER_DEPOSIT_AMOUNT",
  /** A validator has this key already; more stake is a top-up. */
  depositKnown: "GASPER_DEPOSIT_KEY_KNOWN",
  /** A deposit for this key waits already. */
  depositPending: "GASPER_DEPOSIT_KEY_PENDING",
  /** There are as many validators, with those that wait, as there may ever be. */
  registryFull: "GASPER_REGISTRY_FULL",
  /** No validator has this key. */
  unknownValidator: "GASPER_UNKNOWN_VALIDATOR",
  /** The top-up is nothing, or the balance would exceed twice `maxEffective`. */
  topUpAmount: "GASPER_TOP_UP_AMOUNT",
  /** The validator leaves or has left: the stake would come back at once. */
  topUpLeaving: "GASPER_TOP_UP_LEAVING",
  /** The sender has less than the amount. */
  balance: "GASPER_INSUFFICIENT_BALANCE",
  /** Only the validator's account may let it exit. */
  exitAccount: "GASPER_EXIT_NOT_OWNER",
  /** The validator is not active. */
  exitInactive: "GASPER_EXIT_INACTIVE",
  /** It leaves already. */
  exitLeaving: "GASPER_EXIT_LEAVING",
  /** It has not been active for `shardCommitteePeriodEpochs`. */
  exitEarly: "GASPER_EXIT_TOO_EARLY",
} as const;
export type OperationFault = (typeof OperationFault)[keyof typeof OperationFault];

/** Why a deposit that had waited was given back. The number is what state holds. */
export const RefusedDeposit = {
  /** The proof of possession is not the key's signature of itself, or the key is none. */
  possession: { number: 1, code: "GASPER_DEPOSIT_POSSESSION" },
} as const;

/** Chain parameters that contradict each other, or that integers here can't carry. */
export const ParametersError = defineError<{ path: string; reason: string }>(
  "GASPER_PARAMETERS",
  "input",
  ({ path, reason }) => `chain spec, consensus.parameters.${path}: ${reason}`,
);

/** A value in state is none that this engine writes. */
export const StateDamagedError = defineError<{ what: string; reason: string }>(
  "GASPER_STATE_DAMAGED",
  "damaged",
  ({ what, reason }) => `the state holds a bad ${what} of the engine: ${reason}; chainwright db verify tells what else is wrong`,
);

/** A genesis validator's proof of possession is wrong. */
export const GenesisPossessionError = defineError<{ index: number }>(
  "GASPER_GENESIS_POSSESSION",
  "input",
  ({ index }) =>
    `chain spec, consensus.parameters.validators.${index}.proofOfPossession: it is not the signature of this public key by itself; make it anew with chainwright validator create`,
);

/** A block's state was asked for that is not kept: it is unknown, not executed, or below what can be undone. */
export const StateNotKeptError = defineError<{ id: string }>(
  "GASPER_STATE_NOT_KEPT",
  "unavailable",
  ({ id }) => `the state after block ${id} is not kept here; ask for a block since the last finalized one`,
);

/** The chain would begin with a state so old that validators who have left since could have made another history of it. */
export const CheckpointTooOldError = defineError<{ ageEpochs: number; periodEpochs: number }>(
  "GASPER_CHECKPOINT_TOO_OLD",
  "input",
  ({ ageEpochs, periodEpochs }) =>
    `the state that this chain begins with is ${ageEpochs} epochs old, and after ${periodEpochs} (the weak subjectivity period) those who have left could have made another history: begin an empty data directory with a newer checkpoint, or, if you know that the chain that your peers have is the right one, set plugins.consensus-gasper.oldCheckpoint: accept`,
);

/** The ledger has no treasury to pay rewards from. */
export const NoTreasuryError = defineError<Record<string, never>>(
  "GASPER_NO_TREASURY",
  "input",
  () => "consensus-gasper pays rewards and takes penalties: run it over a ledger that provides chainwright:treasury, like ledger-account",
);

/** The node's validators stop while the state is being moved through empty epochs. */
export const MovingStoppedError = defineError<Record<string, never>>(
  "GASPER_MOVING_STOPPED",
  "unavailable",
  () => "the state is still being moved through empty epochs; what waited for it was stopped, ask again later",
);
