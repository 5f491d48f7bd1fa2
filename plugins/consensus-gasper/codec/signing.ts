/**
 * What validators sign: one root of 32 bytes for each kind of message.
 *
 *   root = SHA-256( tag of the kind (16) ‖ chain hash (32) ‖ canonical encoding )
 *
 * The tag keeps a signature of one kind from passing as another, the chain hash (SHA-256 of the chain's initial parameters) keeps it on its
 * chain: what domains are to the Ethereum consensus specification. Proofs of possession, which name no chain, are core/bls's.
 */
import { type Bytes, CanonicalWriter, domainTag, type Hash, sha256Of } from "../../../core/sdk.js";
import type { AggregateAndProof, AttestationData } from "../types.js";
import { encodeAttestationData, encodeUnsignedAggregate } from "./attestations.js";

const TAG_BLOCK = domainTag("cw/gasper/seal/1");
const TAG_RANDAO = domainTag("cw/gasper/rand/1");
const TAG_ATTESTATION = domainTag("cw/gasper/vote/1");
const TAG_SELECTION = domainTag("cw/gasper/pick/1");
const TAG_AGGREGATE = domainTag("cw/gasper/aggr/1");

/** Of a block's seal. @param signingRoot the header's */
export function blockSigningMessage(chainHash: Hash, signingRoot: Hash): Hash {
  return sha256Of(TAG_BLOCK, chainHash, signingRoot);
}

/** Of a RANDAO reveal: the epoch. */
export function randaoSigningRoot(chainHash: Hash, epoch: number): Hash {
  return sha256Of(TAG_RANDAO, chainHash, encodeInteger(epoch));
}

export function attestationSigningRoot(chainHash: Hash, data: AttestationData): Hash {
  return sha256Of(TAG_ATTESTATION, chainHash, encodeAttestationData(data));
}

/** Of a selection proof: the slot. */
export function selectionSigningRoot(chainHash: Hash, slot: number): Hash {
  return sha256Of(TAG_SELECTION, chainHash, encodeInteger(slot));
}

export function aggregateSigningRoot(chainHash: Hash, aggregate: Omit<AggregateAndProof, "signature">): Hash {
  return sha256Of(TAG_AGGREGATE, chainHash, encodeUnsignedAggregate(aggregate));
}

/** The messages `SlotMessage` and `EpochMessage`: a number in field 1. */
function encodeInteger(value: number): Bytes {
  return new CanonicalWriter(16).uint64(1, value).finish();
}
