/**
 * What shows that a checkpoint is justified: votes of one link, source → target, from all committees of the target's epoch, under one
 * signature. Two thirds of the stake of the target's epoch make it a proof (which is for the verifier to weigh).
 *
 * Members of different committees, or with different heads, sign different data. So the votes stand in groups, one for each data, with the
 * voters of each named (an index is a byte or two; whoever verifies needs no shuffling), and the signature aggregates all of them.
 * Contract: proto/gasper.proto. Throws and views as attestations.ts says.
 */
import {
  type Bytes,
  type CanonicalReader,
  CanonicalWriter,
  compareBytes,
  decodeMessage,
  fieldBytes,
  Hash,
  integerFieldBytes,
  messageShape,
  ValueError,
} from "../../../core/sdk.js";
import type { AttestationData, Checkpoint } from "../types.js";
import { requiredCheckpoint, writeCheckpoint } from "./attestations.js";
import { encodeGaps, gapsBytes, readGaps } from "./index-gaps.js";
import { type CodecLimits, MAX_CHECKPOINT_BYTES, SIGNATURE_BYTES } from "./limits.js";

/** Voters for one data: that of the votes' link with these three fields. */
export interface VoteGroup {
  readonly slot: number;
  readonly committeeIndex: number;
  readonly headRoot: Hash;
  /** Ascending, each once; at least one. */
  readonly indices: Uint32Array;
}

export interface FinalityVotes {
  readonly source: Checkpoint;
  readonly target: Checkpoint;
  /** Ascending by slot, committee and head, no data twice; at least one. */
  readonly groups: readonly VoteGroup[];
  /** BLS12-381 aggregate of all votes, 96 bytes. */
  readonly signature: Bytes;
}

export interface FinalityLimits extends Pick<CodecLimits, "committeeSize" | "validators"> {
  /** Groups at most: committees of an epoch, and more where members of one vote for different heads. */
  readonly groups: number;
}

const VOTES = messageShape("FinalityVotes", ["source", "target", "groups", "signature"]);
const GROUP = messageShape("VoteGroup", ["slot", "committee_index", "head_root", "gaps"]);

/** What the voters of a group signed. */
export function groupData({ source, target }: Pick<FinalityVotes, "source" | "target">, group: VoteGroup): AttestationData {
  return { slot: group.slot, committeeIndex: group.committeeIndex, headRoot: group.headRoot, source, target };
}

export function maxFinalityVotesBytes(limits: FinalityLimits): number {
  return 2 * fieldBytes(MAX_CHECKPOINT_BYTES) + limits.groups * fieldBytes(maxGroupBytes(limits)) + fieldBytes(SIGNATURE_BYTES);
}

/** @throws ValueError unless groups and indices ascend */
export function encodeFinalityVotes({ source, target, groups, signature }: FinalityVotes): Bytes {
  for (let i = 1; i < groups.length; i++)
    if (!isBefore(groups[i - 1] as VoteGroup, groups[i] as VoteGroup))
      throw new ValueError({ type: "list of finality votes", reason: "its groups ascend by slot, committee and head" });
  return new CanonicalWriter(4_096)
    .message(1, (writer) => writeCheckpoint(writer, source))
    .message(2, (writer) => writeCheckpoint(writer, target))
    .repeatedMessages(3, groups, writeGroup)
    .fixed(4, signature, SIGNATURE_BYTES)
    .finish();
}

export function decodeFinalityVotes(bytes: Bytes, limits: FinalityLimits): FinalityVotes {
  const each = { maxCount: limits.groups, maxBytes: maxGroupBytes(limits) };
  return decodeMessage(VOTES, bytes, maxFinalityVotesBytes(limits), (reader) => {
    const source = requiredCheckpoint(reader, 1);
    const target = requiredCheckpoint(reader, 2);
    let last: VoteGroup | undefined;
    const groups = reader.repeatedMessages(3, GROUP, each, (inner) => {
      const group = readGroup(inner, limits);
      if (last !== undefined && !isBefore(last, group)) throw inner.refusal(3, "groups do not ascend by slot, committee and head");
      last = group;
      return group;
    });
    if (groups.length === 0) throw reader.refusal(3, "the field is missing or not in its place");
    return { source, target, groups, signature: reader.fixed(4, SIGNATURE_BYTES) };
  });
}

function writeGroup(writer: CanonicalWriter, group: VoteGroup): CanonicalWriter {
  return writer
    .uint64(1, group.slot)
    .uint32(2, group.committeeIndex)
    .fixed(3, group.headRoot, Hash.bytes)
    .bytes(4, encodeGaps(group.indices));
}

function readGroup(reader: CanonicalReader, { committeeSize, validators }: FinalityLimits): VoteGroup {
  return {
    slot: reader.safeInteger(1),
    committeeIndex: reader.uint32(2),
    headRoot: Hash.from(reader.fixed(3, Hash.bytes)),
    indices: readGaps(reader, 4, GROUP.name, committeeSize, validators),
  };
}

function isBefore(a: VoteGroup, b: VoteGroup): boolean {
  if (a.slot !== b.slot) return a.slot < b.slot;
  if (a.committeeIndex !== b.committeeIndex) return a.committeeIndex < b.committeeIndex;
  return compareBytes(a.headRoot, b.headRoot) < 0;
}

function maxGroupBytes({ committeeSize, validators }: FinalityLimits): number {
  return (
    integerFieldBytes(Number.MAX_SAFE_INTEGER) +
    integerFieldBytes(0xffff_ffff) +
    fieldBytes(Hash.bytes) +
    fieldBytes(gapsBytes(committeeSize, validators))
  );
}
