/** Canonical bytes of evidence and of a block's payload. Contract: proto/gasper.proto. Throws and views as attestations.ts says. */
import {
  Address,
  type Bytes,
  type CanonicalReader,
  CanonicalWriter,
  decodeHeader,
  decodeMessage,
  encodeHeader,
  fieldBytes,
  Hash,
  type Header,
  integerFieldBytes,
  MAX_CHAIN_ID_BYTES,
  messageShape,
} from "../../../core/sdk.js";
import type { AttesterSlashing, GasperPayload, ProposerSlashing } from "../types.js";
import {
  ATTESTATION_SHAPE,
  INDEXED_ATTESTATION_SHAPE,
  missing,
  readAttestation,
  readIndexedAttestation,
  writeAttestation,
  writeIndexedAttestation,
} from "./attestations.js";
import { EXTRA_BYTES } from "./extra.js";
import { type CodecLimits, maxAttestationBytes, maxAttesterSlashingBytes, maxIndexedAttestationBytes, SIGNATURE_BYTES } from "./limits.js";

const PROPOSER_SLASHING = messageShape("ProposerSlashing", ["first", "second"]);
const ATTESTER_SLASHING = messageShape("AttesterSlashing", ["first", "second"]);
const PAYLOAD = messageShape("GasperPayload", ["attestations", "proposer_slashings", "attester_slashings"]);

/** No header that this engine sealed is longer. */
const MAX_SEALED_HEADER_BYTES =
  fieldBytes(MAX_CHAIN_ID_BYTES) +
  2 * integerFieldBytes(Number.MAX_SAFE_INTEGER) +
  5 * fieldBytes(Hash.bytes) +
  fieldBytes(Address.bytes) +
  fieldBytes(EXTRA_BYTES) +
  fieldBytes(SIGNATURE_BYTES);

export const MAX_PROPOSER_SLASHING_BYTES = 2 * fieldBytes(MAX_SEALED_HEADER_BYTES);

/** No payload is longer. Whoever wants a tighter bound has the block's. */
export function maxPayloadBytes(limits: CodecLimits): number {
  return (
    limits.attestations * fieldBytes(maxAttestationBytes(limits)) +
    limits.proposerSlashings * fieldBytes(MAX_PROPOSER_SLASHING_BYTES) +
    limits.attesterSlashings * fieldBytes(maxAttesterSlashingBytes(limits))
  );
}

export function encodeProposerSlashing(slashing: ProposerSlashing): Bytes {
  return writeProposerSlashing(new CanonicalWriter(MAX_PROPOSER_SLASHING_BYTES), slashing).finish();
}

export function decodeProposerSlashing(bytes: Bytes): ProposerSlashing {
  return decodeMessage(PROPOSER_SLASHING, bytes, MAX_PROPOSER_SLASHING_BYTES, readProposerSlashing);
}

/** @throws ValueError unless the indices of both ascend, each once */
export function encodeAttesterSlashing(slashing: AttesterSlashing): Bytes {
  return writeAttesterSlashing(new CanonicalWriter(1_024), slashing).finish();
}

export function decodeAttesterSlashing(bytes: Bytes, limits: CodecLimits): AttesterSlashing {
  return decodeMessage(ATTESTER_SLASHING, bytes, maxAttesterSlashingBytes(limits), (reader) => readAttesterSlashing(reader, limits));
}

/** A payload without anything is no bytes at all. */
export function encodePayload(payload: GasperPayload): Bytes {
  return new CanonicalWriter(payload.attestations.length * 320 + 256)
    .repeatedMessages(1, payload.attestations, writeAttestation)
    .repeatedMessages(2, payload.proposerSlashings, writeProposerSlashing)
    .repeatedMessages(3, payload.attesterSlashings, writeAttesterSlashing)
    .finish();
}

export function decodePayload(bytes: Bytes, limits: CodecLimits): GasperPayload {
  const attestations = { maxCount: limits.attestations, maxBytes: maxAttestationBytes(limits) };
  const proposerSlashings = { maxCount: limits.proposerSlashings, maxBytes: MAX_PROPOSER_SLASHING_BYTES };
  const attesterSlashings = { maxCount: limits.attesterSlashings, maxBytes: maxAttesterSlashingBytes(limits) };
  return decodeMessage(PAYLOAD, bytes, maxPayloadBytes(limits), (reader) => ({
    attestations: reader.repeatedMessages(1, ATTESTATION_SHAPE, attestations, (inner) => readAttestation(inner, limits)),
    proposerSlashings: reader.repeatedMessages(2, PROPOSER_SLASHING, proposerSlashings, readProposerSlashing),
    attesterSlashings: reader.repeatedMessages(3, ATTESTER_SLASHING, attesterSlashings, (inner) => readAttesterSlashing(inner, limits)),
  }));
}

function writeProposerSlashing(writer: CanonicalWriter, { first, second }: ProposerSlashing): CanonicalWriter {
  return writer.bytes(1, encodeHeader(first)).bytes(2, encodeHeader(second));
}

function readProposerSlashing(reader: CanonicalReader): ProposerSlashing {
  return { first: readSealedHeader(reader, 1), second: readSealedHeader(reader, 2) };
}

/** A header of this engine: with its fields and its seal, whatever they say. */
function readSealedHeader(reader: CanonicalReader, field: number): Header {
  const { header } = decodeHeader(reader.requiredBytes(field, MAX_SEALED_HEADER_BYTES));
  if (header.extra.length !== EXTRA_BYTES) throw reader.refusal(field, `the header's extra has ${EXTRA_BYTES} bytes`);
  if (header.seal.length !== SIGNATURE_BYTES) throw reader.refusal(field, `the header's seal has ${SIGNATURE_BYTES} bytes`);
  return header;
}

function writeAttesterSlashing(writer: CanonicalWriter, { first, second }: AttesterSlashing): CanonicalWriter {
  return writer.message(1, (inner) => writeIndexedAttestation(inner, first)).message(2, (inner) => writeIndexedAttestation(inner, second));
}

function readAttesterSlashing(reader: CanonicalReader, limits: CodecLimits): AttesterSlashing {
  const read = (field: number) =>
    reader.message(field, INDEXED_ATTESTATION_SHAPE, maxIndexedAttestationBytes(limits), (inner) =>
      readIndexedAttestation(inner, limits),
    ) ?? missing(reader, field);
  return { first: read(1), second: read(2) };
}
