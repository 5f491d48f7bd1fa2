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
import type { Slicer } from "../ports/runtime.js";
import {
  type Bytes,
  bytesEqual,
  CanonicalWriter,
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
/**
 * Chunks but the last that have fewer entries than may be have at least so many bytes: an entry has at most 65,669, and what a proof's
 * borders and shape were estimated too high is far less than the rest. A table that is cut finer is made to keep others busy.
 */
const LEAST_BYTES = CHUNK_LIMITS.bytes / 2;
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

/** The table as it is encoded: records are read when they are asked for, since there may be 900,000. */
export class ChunkTable implements Iterable<ChunkRecord> {
  readonly #view: DataView;
  #chunkBytes: number | undefined;
  readonly length: number;

  /** @param encoded whole records; it is kept */
  constructor(readonly encoded: Bytes) {
    this.#view = new DataView(encoded.buffer, encoded.byteOffset, encoded.length);
    this.length = encoded.length / RECORD_BYTES;
  }

  static of(records: readonly ChunkRecord[]): ChunkTable {
    const encoded = new Uint8Array(records.length * RECORD_BYTES);
    const view = new DataView(encoded.buffer);
    for (const [index, { first, entries, bytes, hash }] of records.entries()) {
      const at = index * RECORD_BYTES;
      encoded.set(first, at);
      view.setUint32(at + 32, entries);
      view.setUint32(at + 36, bytes);
      encoded.set(hash, at + 40);
    }
    return new ChunkTable(encoded);
  }

  /** Copies, so that what goes to a thread does not take the whole table with it. */
  at(index: number): ChunkRecord | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) return undefined;
    const at = index * RECORD_BYTES;
    const hashAt = (place: number) => Hash.from(this.encoded.slice(place, place + Hash.bytes));
    return {
      first: hashAt(at),
      next: index + 1 < this.length ? hashAt(at + RECORD_BYTES) : undefined,
      entries: this.entriesAt(index),
      bytes: this.bytesAt(index),
      hash: hashAt(at + 40),
    };
  }

  entriesAt(index: number): number {
    return this.#view.getUint32(index * RECORD_BYTES + 32);
  }

  bytesAt(index: number): number {
    return this.#view.getUint32(index * RECORD_BYTES + 36);
  }

  /** How a chunk's first path compares with a path: below 0, 0, above 0. */
  compareFirst(index: number, path: Bytes, pathAt = 0): number {
    const at = index * RECORD_BYTES;
    for (let byte = 0; byte < Hash.bytes; byte++) {
      const difference = (this.encoded[at + byte] as number) - (path[pathAt + byte] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** The chunk that begins with this path, in a table whose order was checked. */
  indexOf(first: Bytes): number | undefined {
    let low = 0;
    for (let high = this.length; low < high; ) {
      const middle = (low + high) >>> 1;
      const order = this.compareFirst(middle, first);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  /** Of all chunks. */
  get chunkBytes(): number {
    if (this.#chunkBytes === undefined) {
      let sum = 0;
      for (let index = 0; index < this.length; index++) sum += this.bytesAt(index);
      this.#chunkBytes = sum;
    }
    return this.#chunkBytes;
  }

  *[Symbol.iterator](): Generator<ChunkRecord> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as ChunkRecord;
  }
}

/** What of a manifest is looked at before its table. */
export interface ManifestHead {
  readonly chainId: string;
  readonly genesisId: Hash;
  readonly header: TreeHeader;
}

export interface Manifest extends ManifestHead {
  /** Headers below it, nearest first, as many as the engine may look at; genesis is not among them. */
  readonly ancestors: readonly TreeHeader[];
  readonly entries: number;
  readonly chunks: ChunkTable;
}

export interface DecodeOptions {
  /** Throws what is wrong with a manifest that is not to be used: nothing costly is done for it. */
  readonly expect?: (head: ManifestHead) => void;
  /** Pauses while ancestors and table are checked. Default: none. */
  readonly slicer?: Slicer;
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
  return chunks.chunkBytes;
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
  return new CanonicalWriter(chunks.encoded.length + 1_024)
    .uint32(1, MANIFEST_VERSION)
    .string(2, chainId)
    .fixed(3, genesisId, Hash.bytes)
    .bytes(4, encodeHeader(header.header))
    .bytes(5, weightBytes(header.weight))
    .repeatedMessages(6, ancestors, (writer, ancestor) => {
      writer.bytes(1, encodeHeader(ancestor.header)).bytes(2, weightBytes(ancestor.weight));
    })
    .uint64(7, entries)
    .bytes(8, chunks.encoded)
    .finish();
}

/** The manifest's table is a view of `bytes`. @throws SNAPSHOT_BAD_MANIFEST, whatever the bytes are; what `expect` throws */
export async function decodeManifest(bytes: Bytes, options: DecodeOptions = {}): Promise<Manifest> {
  try {
    const { raw, ...manifest } = readManifest(bytes);
    options.expect?.(manifest);
    const ancestors = await checkedAncestors(manifest, raw, options.slicer);
    await checkTable(manifest, options.slicer);
    return { ...manifest, ancestors };
  } catch (error) {
    if (SnapshotManifestError.matches(error)) throw error;
    if (ChainwrightError.is(error)) throw new SnapshotManifestError({ reason: messageOf(error) }, error);
    throw error;
  }
}

/** Encoded header and weight. */
type RawAncestor = readonly [Bytes, Bytes];
type Unchecked = Omit<Manifest, "ancestors"> & { readonly raw: readonly RawAncestor[] };

const refused = (reason: string) => new SnapshotManifestError({ reason });

function readManifest(bytes: Bytes): Unchecked {
  return decodeMessage(MANIFEST, bytes, MAX_MANIFEST_BYTES, (reader) => {
    const version = reader.uint32(1);
    if (version !== MANIFEST_VERSION) throw refused(`it is of version ${version}, this program reads version ${MANIFEST_VERSION}`);
    const chainId = reader.requiredString(2, MAX_CHAIN_ID_BYTES);
    const genesisId = Hash.from(reader.fixed(3, Hash.bytes).slice());
    const header = headerOf([reader.requiredBytes(4, MAX_HEADER_BYTES), reader.bytes(5, WEIGHT_BYTES)]);
    if (header.header.height < 1) throw refused("a snapshot is of a block above genesis");
    const limits = { maxCount: MAX_ANCESTORS, maxBytes: MAX_HEADER_BYTES + WEIGHT_BYTES + 16 };
    const raw = reader.repeatedMessages(
      6,
      ANCESTOR,
      limits,
      (inner): RawAncestor => [inner.requiredBytes(1, MAX_HEADER_BYTES), inner.bytes(2, WEIGHT_BYTES)],
    );
    const entries = reader.safeInteger(7);
    const table = reader.requiredBytes(8, MAX_MANIFEST_BYTES);
    if (table.length % RECORD_BYTES !== 0) throw refused("its table of chunks is cut short");
    return { chainId, genesisId, header, raw, entries, chunks: new ChunkTable(table) };
  });
}

/** A copy, so that the header does not keep the whole manifest in memory. */
function headerOf([bytes, weight]: RawAncestor): TreeHeader {
  return { ...decodeHeader(new Uint8Array(bytes)), weight: weightOf(weight) };
}

/** Headers that are linked, of one chain. */
async function checkedAncestors(
  { chainId, header }: ManifestHead,
  raw: readonly RawAncestor[],
  slicer: Slicer | undefined,
): Promise<TreeHeader[]> {
  const ancestors: TreeHeader[] = [];
  let above = header;
  for (const each of raw) {
    const ancestor = headerOf(each);
    if (!bytesEqual(above.header.parent, ancestor.id) || ancestor.header.height !== above.header.height - 1)
      throw refused(`the header at height ${above.header.height} does not stand on the next one`);
    above = ancestor;
    ancestors.push(ancestor);
    if (slicer?.due()) await slicer.pause();
  }
  if (above.header.height < 1) throw refused("genesis is among its headers");
  if ([header, ...ancestors].some((each) => each.header.chainId !== chainId))
    throw refused("its headers are of another chain than it says");
  return ancestors;
}

/** What can be seen without a chunk: chunks that cover all paths, each once, and are cut by the rule as far as sizes show it. */
async function checkTable({ chunks, entries }: Pick<Manifest, "chunks" | "entries">, slicer: Slicer | undefined): Promise<void> {
  let sum = 0;
  for (let index = 0; index < chunks.length; index++) {
    const isInOrder =
      index === 0 ? chunks.compareFirst(0, Hash.zero) === 0 : chunks.compareFirst(index, chunks.encoded, (index - 1) * RECORD_BYTES) > 0;
    if (!isInOrder) throw refused("its chunks are not in order from the first path on");
    const own = chunks.entriesAt(index);
    const bytes = chunks.bytesAt(index);
    if (own > CHUNK_LIMITS.entries || bytes === 0 || bytes > CHUNK_LIMITS.bytes) throw refused("a chunk is larger than chunks are");
    if (own === 0 && chunks.length > 1) throw refused("a chunk is empty");
    if (index < chunks.length - 1 && own < CHUNK_LIMITS.entries && bytes < LEAST_BYTES)
      throw refused(`chunk ${index} has ${own} entries and ${bytes} bytes, and others follow: its chunks are cut finer than chunks are`);
    sum += own;
    if (slicer?.due()) await slicer.pause();
  }
  if (chunks.length === 0 || sum !== entries) throw refused("its counts do not add up");
}
