/** Every message of the engine with a generator of its values, its codec and its twin in the code generated from proto/gasper.proto. */
import fc from "fast-check";
import { chainwright } from "#proto";
import type { Bytes, Hash, Header } from "../../../../core/sdk.js";
import {
  type CodecLimits,
  decodeAggregateAndProof,
  decodeAttestation,
  decodeAttestationData,
  decodeAttesterSlashing,
  decodeFinalityVotes,
  decodeIndexedAttestation,
  decodePayload,
  decodeProposerSlashing,
  encodeAggregateAndProof,
  encodeAttestation,
  encodeAttestationData,
  encodeAttesterSlashing,
  encodeFinalityVotes,
  encodeIndexedAttestation,
  encodePayload,
  encodeProposerSlashing,
  type FinalityVotes,
} from "../../../../plugins/consensus-gasper/codec/index.js";
import type {
  AggregateAndProof,
  Attestation,
  AttestationData,
  AttesterSlashing,
  Checkpoint,
  GasperPayload,
  IndexedAttestation,
  ProposerSlashing,
} from "../../../../plugins/consensus-gasper/types.js";
import { headers, type MessageCase, type Plain } from "../../../core/primitives/messages.js";

export const LIMITS: CodecLimits = { committeeSize: 40, validators: 100_000, attestations: 4, proposerSlashings: 2, attesterSlashings: 2 };
export const FINALITY_LIMITS = { ...LIMITS, groups: 6 };

function messageCase<Value>(definition: MessageCase<Value>): MessageCase {
  return definition as unknown as MessageCase;
}

const fixed = <T = Bytes>(length: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array({ minLength: length, maxLength: length }) },
    fc.constant(new Uint8Array(length)),
  ) as unknown as fc.Arbitrary<T>;
const number = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat(), fc.constantFrom(2 ** 32, 2 ** 53 - 1));
const uint32 = fc.oneof(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const signature = fixed(96);

const checkpoints: fc.Arbitrary<Checkpoint> = fc.record({ epoch: number, root: fixed<Hash>(32) });
export const data: fc.Arbitrary<AttestationData> = fc.record({
  slot: number,
  committeeIndex: uint32,
  headRoot: fixed<Hash>(32),
  source: checkpoints,
  target: checkpoints,
});
const attestations: fc.Arbitrary<Attestation> = fc.record({ data, bits: fc.uint8Array({ minLength: 1, maxLength: 5 }), signature });
export const indices = fc
  .uniqueArray(fc.oneof(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, 127, 128, 99_999)), {
    minLength: 1,
    maxLength: 40,
  })
  .map((list) => Uint32Array.from(list).sort());
const indexed: fc.Arbitrary<IndexedAttestation> = fc.record({ data, indices, signature });
const sealed: fc.Arbitrary<Header> = fc.tuple(headers, fixed(100), signature).map(([header, extra, seal]) => ({ ...header, extra, seal }));
const proposerSlashings: fc.Arbitrary<ProposerSlashing> = fc.record({ first: sealed, second: sealed });
const attesterSlashings: fc.Arbitrary<AttesterSlashing> = fc.record({ first: indexed, second: indexed });
const payloads: fc.Arbitrary<GasperPayload> = fc.record({
  attestations: fc.array(attestations, { maxLength: 4 }),
  proposerSlashings: fc.array(proposerSlashings, { maxLength: 1 }),
  attesterSlashings: fc.array(attesterSlashings, { maxLength: 2 }),
});
const aggregates: fc.Arbitrary<AggregateAndProof> = fc.record({
  aggregatorIndex: fc.integer({ min: 0, max: 99_999 }),
  aggregate: attestations,
  selectionProof: signature,
  signature,
});
const finalityVotes: fc.Arbitrary<FinalityVotes> = fc.record({
  source: checkpoints,
  target: checkpoints,
  groups: fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 }), indices), {
      minLength: 1,
      maxLength: 6,
      selector: (group) => group.slice(0, 3).join(),
    })
    .map((list) =>
      list
        .sort((a, b) => 100 * (a[0] - b[0]) + 10 * (a[1] - b[1]) + a[2] - b[2])
        .map(([slot, committeeIndex, head, each]) => ({
          slot,
          committeeIndex,
          headRoot: new Uint8Array(32).fill(head) as Hash,
          indices: each,
        })),
    ),
  signature,
});

const plainCheckpoint = ({ epoch, root }: Checkpoint) => ({ epoch: BigInt(epoch), root });
const plainData = (value: AttestationData) => ({
  slot: BigInt(value.slot),
  committeeIndex: BigInt(value.committeeIndex),
  headRoot: value.headRoot,
  source: plainCheckpoint(value.source),
  target: plainCheckpoint(value.target),
});
const plainAttestation = (value: Attestation) => ({ data: plainData(value.data), bits: value.bits, signature: value.signature });
const plainGaps = (list: Uint32Array): Plain => [...list].map((index, i) => BigInt(i === 0 ? index : index - (list[i - 1] as number) - 1));
const plainIndexed = (value: IndexedAttestation) => ({
  data: plainData(value.data),
  gaps: plainGaps(value.indices),
  signature: value.signature,
});
const plainHeader = (header: Header) => ({ ...header, height: BigInt(header.height), timestampMs: BigInt(header.timestampMs) });
const plainProposerSlashing = ({ first, second }: ProposerSlashing) => ({ first: plainHeader(first), second: plainHeader(second) });
const plainAttesterSlashing = ({ first, second }: AttesterSlashing) => ({ first: plainIndexed(first), second: plainIndexed(second) });

const { gasper } = chainwright;
export const MESSAGES: readonly MessageCase[] = [
  messageCase({
    name: "AttestationData",
    values: data,
    encode: encodeAttestationData,
    decode: decodeAttestationData,
    plain: plainData,
    generated: gasper.AttestationData,
  }),
  messageCase({
    name: "Attestation",
    values: attestations,
    encode: encodeAttestation,
    decode: (bytes) => decodeAttestation(bytes, LIMITS),
    plain: plainAttestation,
    generated: gasper.Attestation,
  }),
  messageCase({
    name: "IndexedAttestation",
    values: indexed,
    encode: encodeIndexedAttestation,
    decode: (bytes) => decodeIndexedAttestation(bytes, LIMITS),
    plain: plainIndexed,
    generated: gasper.IndexedAttestation,
  }),
  messageCase({
    name: "AggregateAndProof",
    values: aggregates,
    encode: encodeAggregateAndProof,
    decode: (bytes) => decodeAggregateAndProof(bytes, LIMITS),
    plain: (value) => ({
      aggregatorIndex: BigInt(value.aggregatorIndex),
      aggregate: plainAttestation(value.aggregate),
      selectionProof: value.selectionProof,
      signature: value.signature,
    }),
    generated: gasper.AggregateAndProof,
  }),
  messageCase({
    name: "ProposerSlashing",
    values: proposerSlashings,
    encode: encodeProposerSlashing,
    decode: decodeProposerSlashing,
    plain: plainProposerSlashing,
    generated: gasper.ProposerSlashing,
  }),
  messageCase({
    name: "AttesterSlashing",
    values: attesterSlashings,
    encode: encodeAttesterSlashing,
    decode: (bytes) => decodeAttesterSlashing(bytes, LIMITS),
    plain: plainAttesterSlashing,
    generated: gasper.AttesterSlashing,
  }),
  messageCase({
    name: "GasperPayload",
    values: payloads,
    encode: encodePayload,
    decode: (bytes) => decodePayload(bytes, LIMITS),
    plain: (value) => ({
      attestations: value.attestations.map(plainAttestation),
      proposerSlashings: value.proposerSlashings.map(plainProposerSlashing),
      attesterSlashings: value.attesterSlashings.map(plainAttesterSlashing),
    }),
    generated: gasper.GasperPayload,
  }),
  messageCase({
    name: "FinalityVotes",
    values: finalityVotes,
    encode: encodeFinalityVotes,
    decode: (bytes) => decodeFinalityVotes(bytes, FINALITY_LIMITS),
    plain: ({ source, target, groups, signature: aggregate }) => ({
      source: plainCheckpoint(source),
      target: plainCheckpoint(target),
      groups: groups.map((group) => ({
        slot: BigInt(group.slot),
        committeeIndex: BigInt(group.committeeIndex),
        headRoot: group.headRoot,
        gaps: plainGaps(group.indices),
      })),
      signature: aggregate,
    }),
    generated: gasper.FinalityVotes,
  }),
];
