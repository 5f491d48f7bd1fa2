/**
 * What validators say and what is known of it: the messages of Gasper as plain values.
 *
 * Names and meanings are those of the Ethereum consensus specification (phase 0, `specs/phase0/beacon-chain.md`); a block root
 * is a block id of this chain. Slots and epochs are safe integers, validators are numbered from 0 in order of registration.
 */
import type { Bytes, Hash, Header } from "../../core/sdk.js";

/** A block at the border of an epoch: the newest at or before the epoch's first slot. */
export interface Checkpoint {
  readonly epoch: number;
  readonly root: Hash;
}

/** One vote: which block was the head in `slot` (LMD-GHOST), and which link of checkpoints it stands for (Casper FFG). */
export interface AttestationData {
  readonly slot: number;
  /** Which of the slot's committees. */
  readonly committeeIndex: number;
  readonly headRoot: Hash;
  readonly source: Checkpoint;
  readonly target: Checkpoint;
}

/** Votes of members of one committee for the same data, as one. */
export interface Attestation {
  readonly data: AttestationData;
  /** Bit i (at bit i & 7 of byte i >> 3): member i of the committee. ⌈size / 8⌉ bytes; bits beyond the committee are 0. */
  readonly bits: Bytes;
  /** BLS12-381 aggregate, 96 bytes. */
  readonly signature: Bytes;
}

/** The same with its voters named, ascending and each once: what evidence consists of, since it must be checkable in any state. */
export interface IndexedAttestation {
  readonly data: AttestationData;
  readonly indices: Uint32Array;
  readonly signature: Bytes;
}

/** Two headers that one validator signed for one slot. */
export interface ProposerSlashing {
  readonly first: Header;
  readonly second: Header;
}

/** Two votes that no honest validator signs both: for one target epoch, or one around the other. */
export interface AttesterSlashing {
  readonly first: IndexedAttestation;
  readonly second: IndexedAttestation;
}

/** A block's payload. */
export interface GasperPayload {
  readonly attestations: readonly Attestation[];
  readonly proposerSlashings: readonly ProposerSlashing[];
  readonly attesterSlashings: readonly AttesterSlashing[];
}

/** An aggregate with the proof that its sender was picked to aggregate. */
export interface AggregateAndProof {
  readonly aggregatorIndex: number;
  readonly aggregate: Attestation;
  /** BLS signature of the slot by the aggregator, 96 bytes. */
  readonly selectionProof: Bytes;
  /** BLS signature of the three fields above by the aggregator, 96 bytes. */
  readonly signature: Bytes;
}

/** Fields of a block's header that are the engine's (`extra`, 100 bytes: index as 4 bytes big-endian, then the reveal). */
export interface GasperExtra {
  readonly proposerIndex: number;
  /** BLS signature of the epoch by the proposer, 96 bytes. */
  readonly randaoReveal: Bytes;
}

export const FAR_FUTURE_EPOCH = 0xffff_ffff;
