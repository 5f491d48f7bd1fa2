/**
 * Asking for and sending what a checkpoint start needs: HeaderRangeRequest, HeaderRange, and snapshots of the state: SnapshotsRequest,
 * Snapshots, SnapshotManifestRequest, SnapshotManifest, SnapshotChunkRequest, SnapshotChunk.
 */
import { assert } from "../../kernel/assert.js";
import { type Bytes, EMPTY_BYTES } from "../../primitives/bytes.js";
import { messageShape } from "../../primitives/codec.js";
import { Hash } from "../../primitives/hash.js";
import { LIST_OVERHEAD_BYTES, WIRE_LIMITS } from "./limits.js";
import { type AnyMessageFormat, elementsFit, listFits, messageFormat } from "./message-format.js";
import type {
  HeaderRange,
  HeaderRangeRequest,
  SnapshotChunk,
  SnapshotChunkRequest,
  SnapshotManifest,
  SnapshotManifestRequest,
  SnapshotOffer,
  Snapshots,
  SnapshotsRequest,
} from "./messages.js";
import type { WireReader } from "./wire-reader.js";
import { repeatedBytesSize, type WireWriter } from "./wire-writer.js";

/** Ids, integers, lengths. */
const FIXED_PART_BYTES = 96;
const OFFER_BYTES = 112;
const UINT32_MAX = 2 ** 32 - 1;

const SNAPSHOT_OFFER = messageShape("SnapshotOffer", ["manifest_hash", "id", "height", "manifest_bytes", "chunks", "chunk_bytes"]);

/** On the channel of requests, after those for blocks and transactions. */
export const SNAPSHOT_REQUEST_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<HeaderRangeRequest>({
    type: "header-range-request",
    member: 4,
    shape: messageShape("HeaderRangeRequest", ["request_id", "anchor", "from", "count"]),
    sizeHint: () => FIXED_PART_BYTES,
    write: writeHeaderRangeRequest,
    read: readHeaderRangeRequest,
  }),
  messageFormat<SnapshotsRequest>({
    type: "snapshots-request",
    member: 5,
    shape: messageShape("SnapshotsRequest", ["request_id"]),
    sizeHint: () => FIXED_PART_BYTES,
    write: (writer, { requestId }) => void writer.integer(1, checkedId(requestId)),
    read: readSnapshotsRequest,
  }),
  messageFormat<SnapshotManifestRequest>({
    type: "snapshot-manifest-request",
    member: 6,
    shape: messageShape("SnapshotManifestRequest", ["request_id", "manifest_hash", "offset"]),
    sizeHint: () => FIXED_PART_BYTES,
    write: (writer, { requestId, manifestHash, offset }) =>
      void writer.integer(1, checkedId(requestId)).fixed(2, manifestHash, Hash.bytes).integer(3, offset),
    read: readManifestRequest,
  }),
  messageFormat<SnapshotChunkRequest>({
    type: "snapshot-chunk-request",
    member: 7,
    shape: messageShape("SnapshotChunkRequest", ["request_id", "manifest_hash", "index"]),
    sizeHint: () => FIXED_PART_BYTES,
    write: (writer, { requestId, manifestHash, index }) =>
      void writer.integer(1, checkedId(requestId)).fixed(2, manifestHash, Hash.bytes).integer(3, index),
    read: readChunkRequest,
  }),
];

/** On the channel of headers, after Headers. */
export const HEADER_RANGE_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<HeaderRange>({
    type: "header-range",
    member: 2,
    shape: messageShape("HeaderRange", ["request_id", "headers"]),
    sizeHint: ({ headers }) => LIST_OVERHEAD_BYTES + repeatedBytesSize(headers),
    write: writeHeaderRange,
    read: readHeaderRange,
  }),
];

export const SNAPSHOT_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<Snapshots>({
    type: "snapshots",
    member: 1,
    shape: messageShape("Snapshots", ["request_id", "offers"]),
    sizeHint: ({ offers }) => FIXED_PART_BYTES + offers.length * OFFER_BYTES,
    write: writeSnapshots,
    read: readSnapshots,
  }),
  messageFormat<SnapshotManifest>({
    type: "snapshot-manifest",
    member: 2,
    shape: messageShape("SnapshotManifest", ["request_id", "part"]),
    sizeHint: ({ part }) => FIXED_PART_BYTES + part.length,
    write: (writer, { requestId, part }) => {
      assert(part.length <= WIRE_LIMITS.snapshotPartBytes, "a part of a manifest is not too long");
      writer.integer(1, checkedId(requestId)).bytes(2, part);
    },
    read: (reader) => {
      const { requestId, part } = readPart(reader);
      return { type: "snapshot-manifest", requestId, part };
    },
  }),
  messageFormat<SnapshotChunk>({
    type: "snapshot-chunk",
    member: 3,
    shape: messageShape("SnapshotChunk", ["request_id", "proof"]),
    sizeHint: ({ proof }) => FIXED_PART_BYTES + proof.length,
    write: (writer, { requestId, proof }) => {
      assert(proof.length <= WIRE_LIMITS.snapshotPartBytes, "a chunk is not too long");
      writer.integer(1, checkedId(requestId)).bytes(2, proof);
    },
    read: (reader) => {
      const { requestId, part } = readPart(reader);
      return { type: "snapshot-chunk", requestId, proof: part };
    },
  }),
];

function checkedId(requestId: number): number {
  assert(requestId <= WIRE_LIMITS.requestId, "a request id has 32 bits");
  return requestId;
}

function writeHeaderRangeRequest(writer: WireWriter, { requestId, anchor, from, count }: HeaderRangeRequest): void {
  assert(count >= 1 && count <= WIRE_LIMITS.headers, "some headers are asked for, and not too many");
  writer.integer(1, checkedId(requestId));
  if (anchor !== undefined) writer.fixed(2, anchor, Hash.bytes);
  writer.integer(3, from).integer(4, count);
}

function readHeaderRangeRequest(reader: WireReader): HeaderRangeRequest {
  let requestId = 0;
  let anchor: Hash | undefined;
  let from = 0;
  let count = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) anchor = reader.optionalHash();
    else if (field === 3) from = reader.integer(Number.MAX_SAFE_INTEGER);
    else if (field === 4) count = reader.integer(WIRE_LIMITS.headers);
    else reader.skip();
  }
  if (count === 0) throw reader.badField(4, "no headers are asked for");
  return { type: "header-range-request", requestId, ...(anchor === undefined ? {} : { anchor }), from, count };
}

function writeHeaderRange(writer: WireWriter, { requestId, headers }: HeaderRange): void {
  assert(elementsFit(headers, WIRE_LIMITS.headers, WIRE_LIMITS.headerBytes), "headers are not too many and not too long");
  writer.integer(1, checkedId(requestId)).repeatedBytes(2, headers);
}

function readHeaderRange(reader: WireReader): HeaderRange {
  let requestId = 0;
  const headers: Bytes[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) reader.pushBytes(headers, WIRE_LIMITS.headers, WIRE_LIMITS.headerBytes);
    else reader.skip();
  }
  return { type: "header-range", requestId, headers };
}

function readSnapshotsRequest(reader: WireReader): SnapshotsRequest {
  let requestId = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else reader.skip();
  }
  return { type: "snapshots-request", requestId };
}

function writeSnapshots(writer: WireWriter, { requestId, offers }: Snapshots): void {
  assert(listFits(offers, WIRE_LIMITS.snapshotOffers), "few snapshots are offered");
  writer.integer(1, checkedId(requestId));
  for (const { manifestHash, id, height, manifestBytes, chunks, chunkBytes } of offers)
    writer.message(
      2,
      (inner) =>
        void inner
          .fixed(1, manifestHash, Hash.bytes)
          .fixed(2, id, Hash.bytes)
          .integer(3, height)
          .integer(4, manifestBytes)
          .integer(5, chunks)
          .integer(6, chunkBytes),
    );
}

function readSnapshots(reader: WireReader): Snapshots {
  let requestId = 0;
  const offers: SnapshotOffer[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) reader.pushMessage(offers, WIRE_LIMITS.snapshotOffers, SNAPSHOT_OFFER, readOffer);
    else reader.skip();
  }
  return { type: "snapshots", requestId, offers };
}

function readOffer(reader: WireReader): SnapshotOffer {
  let manifestHash: Hash | undefined;
  let id: Hash | undefined;
  let height = 0;
  let manifestBytes = 0;
  let chunks = 0;
  let chunkBytes = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) manifestHash = reader.hash();
    else if (field === 2) id = reader.hash();
    else if (field === 3) height = reader.integer(Number.MAX_SAFE_INTEGER);
    else if (field === 4) manifestBytes = reader.integer(WIRE_LIMITS.snapshotManifestBytes);
    else if (field === 5) chunks = reader.integer(UINT32_MAX);
    else if (field === 6) chunkBytes = reader.integer(Number.MAX_SAFE_INTEGER);
    else reader.skip();
  }
  return { manifestHash: reader.required(manifestHash, 1), id: reader.required(id, 2), height, manifestBytes, chunks, chunkBytes };
}

function readManifestRequest(reader: WireReader): SnapshotManifestRequest {
  const { requestId, manifestHash, number } = readPartRequest(reader, WIRE_LIMITS.snapshotManifestBytes);
  return { type: "snapshot-manifest-request", requestId, manifestHash, offset: number };
}

function readChunkRequest(reader: WireReader): SnapshotChunkRequest {
  const { requestId, manifestHash, number } = readPartRequest(reader, UINT32_MAX);
  return { type: "snapshot-chunk-request", requestId, manifestHash, index: number };
}

function readPartRequest(reader: WireReader, most: number): { requestId: number; manifestHash: Hash; number: number } {
  let requestId = 0;
  let manifestHash: Hash | undefined;
  let number = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) manifestHash = reader.hash();
    else if (field === 3) number = reader.integer(most);
    else reader.skip();
  }
  return { requestId, manifestHash: reader.required(manifestHash, 2), number };
}

function readPart(reader: WireReader): { requestId: number; part: Bytes } {
  let requestId = 0;
  let part: Bytes = EMPTY_BYTES;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) part = reader.view(WIRE_LIMITS.snapshotPartBytes);
    else reader.skip();
  }
  return { requestId, part };
}
