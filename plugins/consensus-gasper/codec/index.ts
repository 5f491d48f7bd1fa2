/** Bytes of the engine's messages, what of them is signed, and bits of committees. Pure. */
export {
  decodeAggregateAndProof,
  decodeAttestation,
  decodeAttestationData,
  decodeIndexedAttestation,
  encodeAggregateAndProof,
  encodeAttestation,
  encodeAttestationData,
  encodeIndexedAttestation,
} from "./attestations.js";
export * from "./bits.js";
export { decodeExtra, EXTRA_BYTES, encodeExtra } from "./extra.js";
export { encodeFinalityCertificate, type FinalityCertificate } from "./finality-certificate.js";
export {
  decodeFinalityVotes,
  encodeFinalityVotes,
  type FinalityLimits,
  type FinalityVotes,
  groupData,
  maxFinalityVotesBytes,
  type VoteGroup,
} from "./finality-votes.js";
export {
  type CodecLimits,
  codecLimitsOf,
  maxAggregateAndProofBytes,
  maxAttestationBytes,
  maxAttesterSlashingBytes,
  maxIndexedAttestationBytes,
  SIGNATURE_BYTES,
} from "./limits.js";
export {
  decodeAttesterSlashing,
  decodePayload,
  decodeProposerSlashing,
  encodeAttesterSlashing,
  encodePayload,
  encodeProposerSlashing,
  MAX_PROPOSER_SLASHING_BYTES,
  maxPayloadBytes,
} from "./payload.js";
export {
  aggregateSigningRoot,
  attestationSigningRoot,
  blockSigningMessage,
  randaoSigningRoot,
  selectionSigningRoot,
} from "./signing.js";
