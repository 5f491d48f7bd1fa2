/** Strict reader of `FinalityCertificate` (proto/gasper.proto), and what its voters signed. */
import { type CanonicalReader, CanonicalWriter, decodeMessage, messageShape } from "../../../core/primitives/codec.js";
import { type Bytes, HASH_BYTES, hashOf, tagOf } from "./bytes.js";
import { LightClientError } from "./errors.js";
import { decodeLightHeader, HEADER_BYTES_MAX, type LightHeader } from "./header.js";

const CERTIFICATE = messageShape("FinalityCertificate", ["header", "votes", "set_proof"]);
const VOTES = messageShape("FinalityVotes", ["source", "target", "groups", "signature"]);
const CHECKPOINT = messageShape("Checkpoint", ["epoch", "root"]);
const GROUP = messageShape("VoteGroup", ["slot", "committee_index", "head_root", "gaps"]);
const TAG_ATTESTATION = tagOf("cw/gasper/vote/1");

/** A million voters, about 2 bytes each, and their groups. */
export const CERTIFICATE_BYTES_MAX = 8 * 1_024 * 1_024;
const CHECKPOINT_BYTES_MAX = 64;
const GROUPS_MAX = 65_536;
const SIGNATURE_BYTES = 96;
/** A proof of one key with a value of 32 bytes: a sibling and a bit for each level. */
const PROOF_BYTES_MAX = 16_384;
const GAP_BYTES_MAX = 5;

export interface LightCheckpoint {
  readonly epoch: number;
  readonly root: Bytes;
}

export interface LightVoteGroup {
  readonly slot: number;
  readonly committeeIndex: number;
  readonly headRoot: Bytes;
  /** Ascending. */
  readonly indices: readonly number[];
}

export interface LightCertificate {
  readonly header: LightHeader;
  readonly source: LightCheckpoint;
  readonly target: LightCheckpoint;
  readonly groups: readonly LightVoteGroup[];
  readonly signature: Bytes;
  readonly setProof: Bytes;
}

/** @param maxValidators all indices are below it @throws LightClientError */
export function decodeCertificate(bytes: Bytes, maxValidators: number): LightCertificate {
  try {
    return decodeMessage(CERTIFICATE, bytes, CERTIFICATE_BYTES_MAX, (reader) => {
      const header = decodeLightHeader(reader.requiredBytes(1, HEADER_BYTES_MAX));
      const votes = reader.message(2, VOTES, CERTIFICATE_BYTES_MAX, (inner) => readVotes(inner, maxValidators));
      if (votes === undefined) throw reader.refusal(2, "the field is missing or not in its place");
      return { header, ...votes, setProof: reader.requiredBytes(3, PROOF_BYTES_MAX) };
    });
  } catch (error) {
    throw new LightClientError("GASPER_LIGHT_ENCODING", {
      what: "certificate",
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}

/** What the voters of a group signed. @param chainHash the chain's parametersHash */
export function groupSigningRoot(
  chainHash: Bytes,
  { source, target }: Pick<LightCertificate, "source" | "target">,
  { slot, committeeIndex, headRoot }: LightVoteGroup,
): Bytes {
  const data = new CanonicalWriter(192)
    .uint64(1, slot)
    .uint32(2, committeeIndex)
    .fixed(3, headRoot, HASH_BYTES)
    .message(4, (writer) => writeCheckpoint(writer, source))
    .message(5, (writer) => writeCheckpoint(writer, target))
    .finish();
  return hashOf(TAG_ATTESTATION, chainHash, data);
}

function writeCheckpoint(writer: CanonicalWriter, { epoch, root }: LightCheckpoint): CanonicalWriter {
  return writer.uint64(1, epoch).fixed(2, root, HASH_BYTES);
}

function readVotes(reader: CanonicalReader, maxValidators: number) {
  const source = readCheckpoint(reader, 1);
  const target = readCheckpoint(reader, 2);
  const each = { maxCount: GROUPS_MAX, maxBytes: CERTIFICATE_BYTES_MAX };
  let last: LightVoteGroup | undefined;
  const groups = reader.repeatedMessages(3, GROUP, each, (inner) => {
    const group = readGroup(inner, maxValidators);
    if (last !== undefined && !isBefore(last, group)) throw inner.refusal(3, "groups do not ascend by slot, committee and head");
    last = group;
    return group;
  });
  if (groups.length === 0) throw reader.refusal(3, "the field is missing or not in its place");
  return { source, target, groups, signature: reader.fixed(4, SIGNATURE_BYTES) };
}

function readCheckpoint(reader: CanonicalReader, field: number): LightCheckpoint {
  const read = (inner: CanonicalReader) => ({ epoch: inner.safeInteger(1), root: inner.fixed(2, HASH_BYTES) });
  const checkpoint = reader.message(field, CHECKPOINT, CHECKPOINT_BYTES_MAX, read);
  if (checkpoint === undefined) throw reader.refusal(field, "the field is missing or not in its place");
  return checkpoint;
}

function readGroup(reader: CanonicalReader, maxValidators: number): LightVoteGroup {
  return {
    slot: reader.safeInteger(1),
    committeeIndex: reader.uint32(2),
    headRoot: reader.fixed(3, HASH_BYTES),
    indices: readGaps(reader, 4, maxValidators),
  };
}

/** Ascending indices by the gaps between them: the first one, then how many were skipped each time; minimal varints. */
function readGaps(reader: CanonicalReader, field: number, maxValidators: number): readonly number[] {
  const bytes = reader.requiredBytes(field, GAP_BYTES_MAX * maxValidators);
  const indices: number[] = [];
  let next = 0;
  for (let at = 0; at < bytes.length; ) {
    let gap = 0;
    let scale = 1;
    for (let length = 1; ; length++) {
      const byte = bytes[at++];
      if (byte === undefined) throw reader.refusal(field, "it ends within an integer");
      if (length > GAP_BYTES_MAX || (byte === 0 && length > 1)) throw reader.refusal(field, "an integer is not minimal");
      gap += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    const index = next + gap;
    if (index >= maxValidators) throw reader.refusal(field, `an index is not below ${maxValidators}`);
    indices.push(index);
    next = index + 1;
  }
  return indices;
}

function isBefore(a: LightVoteGroup, b: LightVoteGroup): boolean {
  if (a.slot !== b.slot) return a.slot < b.slot;
  if (a.committeeIndex !== b.committeeIndex) return a.committeeIndex < b.committeeIndex;
  for (let i = 0; i < HASH_BYTES; i++) {
    const difference = (a.headRoot[i] as number) - (b.headRoot[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
