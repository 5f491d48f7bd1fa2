/**
 * Canonical bytes of votes: data, attestations in both forms, aggregates with their proof. Contract: proto/gasper.proto.
 *
 * Decoders check form and limits, nothing else: whether slots, epochs and committees make sense is for whoever knows the state. Byte
 * fields of decoded values are views of the input. All throw EncodingError and EncodingLimitError only.
 */
import {
  type Bytes,
  type CanonicalReader,
  CanonicalWriter,
  decodeMessage,
  fieldBytes,
  Hash,
  integerFieldBytes,
  messageShape,
} from "../../../core/sdk.js";
import type { AggregateAndProof, Attestation, AttestationData, Checkpoint, IndexedAttestation } from "../types.js";
import { encodeGaps, readGaps } from "./index-gaps.js";
import {
  bitsBytes,
  type CodecLimits,
  MAX_ATTESTATION_DATA_BYTES,
  MAX_CHECKPOINT_BYTES,
  maxAggregateAndProofBytes,
  maxAttestationBytes,
  maxIndexedAttestationBytes,
  SIGNATURE_BYTES,
} from "./limits.js";

const CHECKPOINT = messageShape("Checkpoint", ["epoch", "root"]);
const DATA = messageShape("AttestationData", ["slot", "committee_index", "head_root", "source", "target"]);
const ATTESTATION = messageShape("Attestation", ["data", "bits", "signature"]);
const INDEXED = messageShape("IndexedAttestation", ["data", "gaps", "signature"]);
const AGGREGATE = messageShape("AggregateAndProof", ["aggregator_index", "aggregate", "selection_proof", "signature"]);

/** Shapes of messages that others nest. */
export { ATTESTATION as ATTESTATION_SHAPE, INDEXED as INDEXED_ATTESTATION_SHAPE };

/** What is signed of an attestation. */
export function encodeAttestationData(data: AttestationData): Bytes {
  return writeAttestationData(new CanonicalWriter(dataBytes(data)), data).finish();
}

export function decodeAttestationData(bytes: Bytes): AttestationData {
  return decodeMessage(DATA, bytes, MAX_ATTESTATION_DATA_BYTES, readAttestationData);
}

export function encodeAttestation(attestation: Attestation): Bytes {
  const { data, bits, signature } = attestation;
  const size = fieldBytes(dataBytes(data)) + fieldBytes(bits.length) + fieldBytes(signature.length);
  return writeAttestation(new CanonicalWriter(size), attestation).finish();
}

export function decodeAttestation(bytes: Bytes, limits: CodecLimits): Attestation {
  return decodeMessage(ATTESTATION, bytes, maxAttestationBytes(limits), (reader) => readAttestation(reader, limits));
}

/** @throws ValueError unless the indices ascend, each once */
export function encodeIndexedAttestation(attestation: IndexedAttestation): Bytes {
  return writeIndexedAttestation(new CanonicalWriter(), attestation).finish();
}

export function decodeIndexedAttestation(bytes: Bytes, limits: CodecLimits): IndexedAttestation {
  return decodeMessage(INDEXED, bytes, maxIndexedAttestationBytes(limits), (reader) => readIndexedAttestation(reader, limits));
}

/** What an aggregator signs: the message without its signature. */
export function encodeUnsignedAggregate(aggregate: Omit<AggregateAndProof, "signature">): Bytes {
  return writeUnsignedAggregate(new CanonicalWriter(512), aggregate).finish();
}

export function encodeAggregateAndProof(aggregate: AggregateAndProof): Bytes {
  return writeUnsignedAggregate(new CanonicalWriter(512), aggregate).fixed(4, aggregate.signature, SIGNATURE_BYTES).finish();
}

export function decodeAggregateAndProof(bytes: Bytes, limits: CodecLimits): AggregateAndProof {
  return decodeMessage(AGGREGATE, bytes, maxAggregateAndProofBytes(limits), (reader) => ({
    aggregatorIndex: readValidator(reader, 1, limits),
    aggregate: reader.message(2, ATTESTATION, maxAttestationBytes(limits), (inner) => readAttestation(inner, limits)) ?? missing(reader, 2),
    selectionProof: reader.fixed(3, SIGNATURE_BYTES),
    signature: reader.fixed(4, SIGNATURE_BYTES),
  }));
}

export function writeCheckpoint(writer: CanonicalWriter, checkpoint: Checkpoint): CanonicalWriter {
  return writer.uint64(1, checkpoint.epoch).fixed(2, checkpoint.root, Hash.bytes);
}

function readCheckpoint(reader: CanonicalReader): Checkpoint {
  return { epoch: reader.safeInteger(1), root: Hash.from(reader.fixed(2, Hash.bytes)) };
}

/** A checkpoint as a field that has to be there. */
export function requiredCheckpoint(reader: CanonicalReader, field: number): Checkpoint {
  return reader.message(field, CHECKPOINT, MAX_CHECKPOINT_BYTES, readCheckpoint) ?? missing(reader, field);
}

export function writeAttestation(writer: CanonicalWriter, { data, bits, signature }: Attestation): CanonicalWriter {
  return writer
    .message(1, (inner) => writeAttestationData(inner, data))
    .bytes(2, bits)
    .fixed(3, signature, SIGNATURE_BYTES);
}

export function readAttestation(reader: CanonicalReader, limits: CodecLimits): Attestation {
  return {
    data: requiredData(reader),
    bits: reader.requiredBytes(2, bitsBytes(limits.committeeSize)),
    signature: reader.fixed(3, SIGNATURE_BYTES),
  };
}

export function writeIndexedAttestation(writer: CanonicalWriter, { data, indices, signature }: IndexedAttestation): CanonicalWriter {
  return writer
    .message(1, (inner) => writeAttestationData(inner, data))
    .bytes(2, encodeGaps(indices))
    .fixed(3, signature, SIGNATURE_BYTES);
}

export function readIndexedAttestation(reader: CanonicalReader, limits: CodecLimits): IndexedAttestation {
  return {
    data: requiredData(reader),
    indices: readGaps(reader, 2, INDEXED.name, limits.committeeSize, limits.validators),
    signature: reader.fixed(3, SIGNATURE_BYTES),
  };
}

/** What `message` answers when the field is not there. */
export function missing(reader: CanonicalReader, field: number): never {
  throw reader.refusal(field, "the field is missing or not in its place");
}

function readValidator(reader: CanonicalReader, field: number, limits: CodecLimits): number {
  const index = reader.uint32(field);
  if (index >= limits.validators) throw reader.refusal(field, `it is not below ${limits.validators}`);
  return index;
}

function requiredData(reader: CanonicalReader): AttestationData {
  return reader.message(1, DATA, MAX_ATTESTATION_DATA_BYTES, readAttestationData) ?? missing(reader, 1);
}

function writeUnsignedAggregate(writer: CanonicalWriter, aggregate: Omit<AggregateAndProof, "signature">): CanonicalWriter {
  return writer
    .uint32(1, aggregate.aggregatorIndex)
    .message(2, (inner) => writeAttestation(inner, aggregate.aggregate))
    .fixed(3, aggregate.selectionProof, SIGNATURE_BYTES);
}

function writeAttestationData(writer: CanonicalWriter, data: AttestationData): CanonicalWriter {
  return writer
    .uint64(1, data.slot)
    .uint32(2, data.committeeIndex)
    .fixed(3, data.headRoot, Hash.bytes)
    .message(4, (inner) => writeCheckpoint(inner, data.source))
    .message(5, (inner) => writeCheckpoint(inner, data.target));
}

function readAttestationData(reader: CanonicalReader): AttestationData {
  return {
    slot: reader.safeInteger(1),
    committeeIndex: reader.uint32(2),
    headRoot: Hash.from(reader.fixed(3, Hash.bytes)),
    source: requiredCheckpoint(reader, 4),
    target: requiredCheckpoint(reader, 5),
  };
}

function dataBytes({ slot, committeeIndex, source, target }: AttestationData): number {
  return (
    integerFieldBytes(slot) +
    integerFieldBytes(committeeIndex) +
    fieldBytes(Hash.bytes) +
    fieldBytes(checkpointBytes(source)) +
    fieldBytes(checkpointBytes(target))
  );
}

function checkpointBytes({ epoch }: Checkpoint): number {
  return integerFieldBytes(epoch) + fieldBytes(Hash.bytes);
}
