/**
 * The manifest of a snapshot: which block, what an engine needs of the headers below it, and the table of chunks.
 *
 * Chunks are cut by one rule (`CHUNK_LIMITS`, from the first path on), and range proofs of one state are the same bytes everywhere. So
 * all honest snapshots of a block are the same, byte for byte: a manifest is known by its SHA-256, a chunk by its place in it, and
 * chunks of one snapshot can be taken from whoever has it. None of it is trusted: the header's id is checked against one that is,
 * and each chunk proves itself against the header's state root.
 *
 * Encoding (canonical protobuf, primitives/codec.ts):
 *
 * | field | what |
 * | --- | --- |
 * | 1 | version, 1 |
 * | 2 | chain id |
 * | 3 | genesis id, 32 bytes |
 * | 4 | encoded header of the block |
 * | 5 | its cumulative weight, big-endian without leading zero bytes |
 * | 6 | repeated: a header below it, nearest first: 1 encoded header, 2 weight. As many as the engine's `ancestryDepth`, genesis not among them |
 * | 7 | entries of all chunks |
 * | 8 | chunks: first path (32) ‖ entries (4) ‖ bytes (4) ‖ SHA-256 (32), 72 bytes each, integers big-endian |
 */
import { ChainwrightError, messageOf } from "../kernel/errors.js";
import type { TreeHeader } from "../ports/consensus.js";
import {
  type Bytes,
  bytesEqual,
  CanonicalWriter,
  compareBytes,
  decodeHeader,
  decodeMessage,
  EMPTY_BYTES,
  encodeHeader,
  fromHex,
  Hash,
  MAX_HEADER_BYTES,
  messageShape,
  toHex,
} from "../primitives/index.js";
import { SnapshotManifestError } from "./errors.js";

export const MANIFEST_VERSION = 1;
/**
 * Where a chunk ends: part of the format. A chunk is proved, checked and stored in one piece, and 4,096 entries are checked within 10 ms
 * even where there is no worker; 1 MiB bounds what large values make of them.
 */
export const CHUNK_LIMITS = { entries: 4_096, bytes: 1024 * 1024 } as const;
/** Some 900,000 chunks: more than 10^9 entries. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
/** `ConsensusTraits.ancestryDepth` is at most so much. */
const MAX_ANCESTORS = 4_096;
const RECORD_BYTES = 72;
const WEIGHT_BYTES = 32;
const MAX_CHAIN_ID_BYTES = 32;

export interface ChunkRecord {
  /** All entries from here on … */
  readonly first: Hash;
  /** … up to here, not included; undefined: up to the last path there is. */
  readonly next: Hash | undefined;
  readonly entries: number;
  readonly bytes: number;
  /** SHA-256 of the proof. */
  readonly hash: Hash;
}

export interface Manifest {
  readonly chainId: string;
  readonly genesisId: Hash;
  readonly header: TreeHeader;
  /** Headers below it, nearest first, as many as the engine may look at; genesis is not among them. */
  readonly ancestors: readonly TreeHeader[];
  readonly entries: number;
  readonly chunks: readonly ChunkRecord[];
}

const MANIFEST = messageShape("SnapshotManifest", [
  "version",
  "chain_id",
  "genesis_id",
  "header",
  "weight",
  "ancestors",
  "entries",
  "chunks",
]);
const ANCESTOR = messageShape("SnapshotAncestor", ["header", "weight"]);

/** Bytes of all chunks. */
export function chunkBytes({ chunks }: Manifest): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes, 0);
}

function weightBytes(weight: bigint): Bytes {
  if (weight === 0n) return EMPTY_BYTES;
  const digits = weight.toString(16);
  return fromHex(digits.length % 2 === 0 ? digits : `0${digits}`) ?? EMPTY_BYTES;
}

function weightOf(bytes: Bytes): bigint {
  if (bytes.length > 0 && bytes[0] === 0) throw new SnapshotManifestError({ reason: "a weight begins with a zero byte" });
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

export function encodeManifest(manifest: Manifest): Bytes {
  const { chainId, genesisId, header, ancestors, entries, chunks } = manifest;
  const table = new Uint8Array(chunks.length * RECORD_BYTES);
  const view = new DataView(table.buffer);
  for (const [index, chunk] of chunks.entries()) {
    const at = index * RECORD_BYTES;
    table.set(chunk.first, at);
    view.setUint32(at + 32, chunk.entries);
    view.setUint32(at + 36, chunk.bytes);
    table.set(chunk.hash, at + 40);
  }
  return new CanonicalWriter(table.length + 1_024)
    .uint32(1, MANIFEST_VERSION)
    .string(2, chainId)
    .fixed(3, genesisId, Hash.bytes)
    .bytes(4, encodeHeader(header.header))
    .bytes(5, weightBytes(header.weight))
    .repeatedMessages(6, ancestors, (writer, ancestor) => {
      writer.bytes(1, encodeHeader(ancestor.header)).bytes(2, weightBytes(ancestor.weight));
    })
    .uint64(7, entries)
    .bytes(8, table)
    .finish();
}

/** @throws SNAPSHOT_BAD_MANIFEST, whatever the bytes are */
export function decodeManifest(bytes: Bytes): Manifest {
  try {
    return checkedManifest(readManifest(bytes));
  } catch (error) {
    if (SnapshotManifestError.matches(error)) throw error;
    if (ChainwrightError.is(error)) throw new SnapshotManifestError({ reason: messageOf(error) }, error);
    throw error;
  }
}

function readManifest(bytes: Bytes): Manifest {
  return decodeMessage(MANIFEST, bytes, MAX_MANIFEST_BYTES, (reader) => {
    const version = reader.uint32(1);
    if (version !== MANIFEST_VERSION)
      throw new SnapshotManifestError({ reason: `it is of version ${version}, this program reads version ${MANIFEST_VERSION}` });
    const chainId = reader.requiredString(2, MAX_CHAIN_ID_BYTES);
    const genesisId = Hash.from(reader.fixed(3, Hash.bytes).slice());
    const header = { ...headerOf(reader.requiredBytes(4, MAX_HEADER_BYTES)), weight: weightOf(reader.bytes(5, WEIGHT_BYTES)) };
    const limits = { maxCount: MAX_ANCESTORS, maxBytes: MAX_HEADER_BYTES + WEIGHT_BYTES + 16 };
    const ancestors = reader.repeatedMessages(6, ANCESTOR, limits, (inner) => ({
      ...headerOf(inner.requiredBytes(1, MAX_HEADER_BYTES)),
      weight: weightOf(inner.bytes(2, WEIGHT_BYTES)),
    }));
    const entries = reader.safeInteger(7);
    const chunks = chunksOf(reader.requiredBytes(8, MAX_MANIFEST_BYTES));
    return { chainId, genesisId, header, ancestors, entries, chunks };
  });
}

/** A copy, so that the header does not keep the whole manifest in memory. */
function headerOf(bytes: Bytes) {
  return decodeHeader(new Uint8Array(bytes));
}

function chunksOf(table: Bytes): ChunkRecord[] {
  if (table.length % RECORD_BYTES !== 0) throw new SnapshotManifestError({ reason: "its table of chunks is cut short" });
  const copy = new Uint8Array(table);
  const view = new DataView(copy.buffer);
  const count = copy.length / RECORD_BYTES;
  const hashAt = (at: number) => Hash.from(copy.subarray(at, at + 32));
  return Array.from({ length: count }, (_, index) => {
    const at = index * RECORD_BYTES;
    return {
      first: hashAt(at),
      next: index + 1 < count ? hashAt(at + RECORD_BYTES) : undefined,
      entries: view.getUint32(at + 32),
      bytes: view.getUint32(at + 36),
      hash: hashAt(at + 40),
    };
  });
}

/** What can be seen without a chunk: linked headers, and chunks that cover all paths, each once. */
function checkedManifest(manifest: Manifest): Manifest {
  const { chainId, header, ancestors, entries, chunks } = manifest;
  const refuse = (reason: string) => new SnapshotManifestError({ reason });
  let above = header;
  if (header.header.height < 1) throw refuse("a snapshot is of a block above genesis");
  for (const ancestor of ancestors) {
    if (!bytesEqual(above.header.parent, ancestor.id) || ancestor.header.height !== above.header.height - 1)
      throw refuse(`the header at height ${above.header.height} does not stand on the next one`);
    above = ancestor;
  }
  if (above.header.height < 1) throw refuse("genesis is among its headers");
  if ([header, ...ancestors].some((each) => each.header.chainId !== chainId)) throw refuse("its headers are of another chain than it says");
  let sum = 0;
  let before: Hash | undefined;
  for (const { first, entries: own, bytes } of chunks) {
    if (before === undefined ? !Hash.isZero(first) : compareBytes(before, first) >= 0)
      throw refuse("its chunks are not in order from the first path on");
    if (own > CHUNK_LIMITS.entries || bytes === 0 || bytes > CHUNK_LIMITS.bytes) throw refuse("a chunk is larger than chunks are");
    if (own === 0 && chunks.length > 1) throw refuse("a chunk is empty");
    sum += own;
    before = first;
  }
  if (chunks.length === 0 || sum !== entries) throw refuse("its counts do not add up");
  return manifest;
}
