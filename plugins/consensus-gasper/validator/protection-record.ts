/**
 * What is remembered of a key's signatures, and what may be signed after it: the minimal strategy of EIP-3076 ("Slashing Protection
 * Interchange Format", conditions 1 to 6 with maxima only). Pure.
 *
 * Rules. A block only at a slot above the last one, a vote only with a target above the highest and a source not below the highest;
 * or the very same message again. So whatever was signed before, no two signatures are a double proposal, a double vote or a surround.
 */
import { type Bytes, bytesEqual, crc32c, Hash, putUint32, putUint64, uint32At, uint64At } from "../../../core/sdk.js";

/** Where a maximum was signed more than once, or the message is not known, there is no root: then the same message isn't signed again either. */
export interface SignedBlock {
  readonly slot: number;
  readonly signingRoot?: Hash | undefined;
}

export interface SignedVotes {
  /** Highest source and target of all votes; not necessarily of one. */
  readonly sourceEpoch: number;
  readonly targetEpoch: number;
  /** Of the vote with the highest target. */
  readonly signingRoot?: Hash | undefined;
}

export interface ProtectionRecord {
  readonly block?: SignedBlock | undefined;
  readonly votes?: SignedVotes | undefined;
}

export interface VoteToSign {
  readonly sourceEpoch: number;
  readonly targetEpoch: number;
}

/** May be signed, and the record must say so first; or may not, with the reason. */
export type Permission = { readonly record: ProtectionRecord } | { readonly refusal: string };

export const NOTHING_SIGNED: ProtectionRecord = {};

export function permitBlock(record: ProtectionRecord, slot: number, signingRoot: Hash): Permission {
  const { block } = record;
  if (!isCounter(slot)) return { refusal: `slot ${slot} is none` };
  if (block === undefined || slot > block.slot) return { record: { ...record, block: { slot, signingRoot } } };
  if (slot === block.slot && isSame(block.signingRoot, signingRoot)) return { record };
  return { refusal: `its slot is ${slot}, and a block of slot ${block.slot} was signed` };
}

export function permitVote(record: ProtectionRecord, vote: VoteToSign, signingRoot: Hash): Permission {
  const { sourceEpoch, targetEpoch } = vote;
  const { votes } = record;
  if (!isCounter(sourceEpoch) || !isCounter(targetEpoch) || sourceEpoch > targetEpoch)
    return { refusal: `epochs ${sourceEpoch} to ${targetEpoch} are no vote` };
  if (votes === undefined) return { record: { ...record, votes: { sourceEpoch, targetEpoch, signingRoot } } };
  if (targetEpoch === votes.targetEpoch && isSame(votes.signingRoot, signingRoot)) return { record };
  if (targetEpoch <= votes.targetEpoch)
    return { refusal: `its target is epoch ${targetEpoch}, and a vote with target ${votes.targetEpoch} was signed` };
  if (sourceEpoch < votes.sourceEpoch)
    return { refusal: `its source is epoch ${sourceEpoch}, and a vote with source ${votes.sourceEpoch} was signed` };
  return { record: { ...record, votes: { sourceEpoch, targetEpoch, signingRoot } } };
}

/** Both together: the higher of each. Never below either, so that whatever one refuses the result refuses. */
export function mergeRecords(a: ProtectionRecord, b: ProtectionRecord): ProtectionRecord {
  return { block: mergeBlocks(a.block, b.block), votes: mergeVotes(a.votes, b.votes) };
}

function mergeBlocks(a: SignedBlock | undefined, b: SignedBlock | undefined): SignedBlock | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.slot !== b.slot) return a.slot > b.slot ? a : b;
  return { slot: a.slot, signingRoot: commonRoot(a.signingRoot, b.signingRoot) };
}

function mergeVotes(a: SignedVotes | undefined, b: SignedVotes | undefined): SignedVotes | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sourceEpoch = Math.max(a.sourceEpoch, b.sourceEpoch);
  if (a.targetEpoch !== b.targetEpoch) return { ...(a.targetEpoch > b.targetEpoch ? a : b), sourceEpoch };
  return { sourceEpoch, targetEpoch: a.targetEpoch, signingRoot: commonRoot(a.signingRoot, b.signingRoot) };
}

/** Two different messages of one slot or target: neither is signed again. */
function commonRoot(a: Hash | undefined, b: Hash | undefined): Hash | undefined {
  return isSame(a, b) ? a : undefined;
}

function isSame(a: Hash | undefined, b: Hash | undefined): boolean {
  return a !== undefined && b !== undefined && bytesEqual(a, b);
}

function isCounter(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/**
 * Stored form, 94 bytes: version (1) ‖ flags (1: a block, 2: its root, 4: votes, 8: their root) ‖ block slot (8) ‖ block root (32) ‖
 * source (8) ‖ target (8) ‖ vote root (32) ‖ CRC-32C of all before (4). Integers big-endian; what a flag says is missing is zero.
 */
const VERSION = 1;
const RECORD_BYTES = 94;
const CHECKED_BYTES = 90;
const FLAG = { block: 1, blockRoot: 2, votes: 4, voteRoot: 8 } as const;

export function encodeRecord({ block, votes }: ProtectionRecord): Bytes {
  const bytes = new Uint8Array(RECORD_BYTES);
  let flags = 0;
  if (block !== undefined) {
    flags |= FLAG.block;
    putUint64(bytes, 2, block.slot);
    if (block.signingRoot !== undefined) {
      flags |= FLAG.blockRoot;
      bytes.set(block.signingRoot, 10);
    }
  }
  if (votes !== undefined) {
    flags |= FLAG.votes;
    putUint64(bytes, 42, votes.sourceEpoch);
    putUint64(bytes, 50, votes.targetEpoch);
    if (votes.signingRoot !== undefined) {
      flags |= FLAG.voteRoot;
      bytes.set(votes.signingRoot, 58);
    }
  }
  bytes[0] = VERSION;
  bytes[1] = flags;
  putUint32(bytes, CHECKED_BYTES, crc32c(bytes.subarray(0, CHECKED_BYTES)));
  return bytes;
}

/** The record, or why these bytes are none. */
export function decodeRecord(bytes: Bytes): ProtectionRecord | { readonly fault: string } {
  if (bytes.length !== RECORD_BYTES) return { fault: `it has ${bytes.length} bytes, not ${RECORD_BYTES}` };
  if (uint32At(bytes, CHECKED_BYTES) !== crc32c(bytes.subarray(0, CHECKED_BYTES))) return { fault: "its checksum is wrong" };
  const flags = bytes[1] ?? 0;
  if (bytes[0] !== VERSION || flags > 15) return { fault: "it is of another version" };
  const rootAt = (flag: number, at: number) => ((flags & flag) === 0 ? undefined : Hash.from(bytes.slice(at, at + 32)));
  const block = (flags & FLAG.block) === 0 ? undefined : { slot: uint64At(bytes, 2), signingRoot: rootAt(FLAG.blockRoot, 10) };
  const votes =
    (flags & FLAG.votes) === 0
      ? undefined
      : { sourceEpoch: uint64At(bytes, 42), targetEpoch: uint64At(bytes, 50), signingRoot: rootAt(FLAG.voteRoot, 58) };
  return { block, votes };
}
