/** Announcing, asking for and sending blocks and headers: BlockAnnouncement, Certificate, HeadersRequest, Headers, BlocksRequest, BlockResponse. */
import { assert } from "../../kernel/assert.js";
import { type Bytes, EMPTY_BYTES } from "../../primitives/bytes.js";
import { messageShape } from "../../primitives/codec.js";
import { Hash } from "../../primitives/hash.js";
import { type ContentLimits, LIST_OVERHEAD_BYTES, WIRE_LIMITS } from "./limits.js";
import { type AnyMessageFormat, elementsFit, hashListSize, listFits, messageFormat } from "./message-format.js";
import type { BlockAnnouncement, BlockResponse, BlocksRequest, Certificate, Headers, HeadersRequest } from "./messages.js";
import type { WireReader } from "./wire-reader.js";
import { repeatedBytesSize, type WireWriter } from "./wire-writer.js";

type AnnouncedBlock = BlockAnnouncement["blocks"][number];

const ANNOUNCED_BLOCK = messageShape("AnnouncedBlock", ["id", "height"]);
const ANNOUNCED_BLOCK_BYTES = 48;
/** Beside the bulk of a message: ids, integers, lengths. */
const FIXED_PART_BYTES = 64;

export const ANNOUNCEMENT_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<BlockAnnouncement>({
    type: "block-announcement",
    member: 1,
    shape: messageShape("BlockAnnouncement", ["blocks"]),
    sizeHint: ({ blocks }) => blocks.length * ANNOUNCED_BLOCK_BYTES,
    write: writeAnnouncement,
    read: readAnnouncement,
  }),
  messageFormat<Certificate>({
    type: "certificate",
    member: 2,
    shape: messageShape("Certificate", ["block_id", "certificate"]),
    sizeHint: ({ certificate }) => FIXED_PART_BYTES + certificate.length,
    write: writeCertificate,
    read: readCertificate,
  }),
];

export const BLOCK_REQUEST_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<HeadersRequest>({
    type: "headers-request",
    member: 1,
    shape: messageShape("HeadersRequest", ["request_id", "locator", "stop", "count"]),
    sizeHint: ({ locator }) => FIXED_PART_BYTES + hashListSize(locator),
    write: writeHeadersRequest,
    read: readHeadersRequest,
  }),
  messageFormat<BlocksRequest>({
    type: "blocks-request",
    member: 2,
    shape: messageShape("BlocksRequest", ["request_id", "ids"]),
    sizeHint: ({ ids }) => FIXED_PART_BYTES + hashListSize(ids),
    write: writeBlocksRequest,
    read: readBlocksRequest,
  }),
];

export const HEADERS_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<Headers>({
    type: "headers",
    member: 1,
    shape: messageShape("Headers", ["request_id", "headers"]),
    sizeHint: ({ headers }) => LIST_OVERHEAD_BYTES + repeatedBytesSize(headers),
    write: writeHeaders,
    read: readHeaders,
  }),
];

export const BLOCK_MESSAGES: readonly AnyMessageFormat[] = [
  messageFormat<BlockResponse>({
    type: "block-response",
    member: 1,
    shape: messageShape("BlockResponse", ["request_id", "id", "block", "certificate"]),
    sizeHint: ({ block, certificate }) => FIXED_PART_BYTES + block.length + certificate.length,
    write: writeBlockResponse,
    read: readBlockResponse,
  }),
];

function writeAnnouncement(writer: WireWriter, { blocks }: BlockAnnouncement): void {
  assert(listFits(blocks, WIRE_LIMITS.announcedBlocks), "few blocks are announced at once");
  for (const { id, height } of blocks) writer.message(1, (inner) => void inner.fixed(1, id, Hash.bytes).integer(2, height));
}

function readAnnouncement(reader: WireReader): BlockAnnouncement {
  const blocks: AnnouncedBlock[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) reader.pushMessage(blocks, WIRE_LIMITS.announcedBlocks, ANNOUNCED_BLOCK, readAnnouncedBlock);
    else reader.skip();
  }
  return { type: "block-announcement", blocks };
}

function readAnnouncedBlock(reader: WireReader): AnnouncedBlock {
  let id: Hash | undefined;
  let height = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) id = reader.hash();
    else if (field === 2) height = reader.integer(Number.MAX_SAFE_INTEGER);
    else reader.skip();
  }
  return { id: reader.required(id, 1), height };
}

function writeCertificate(writer: WireWriter, { blockId, certificate }: Certificate): void {
  assert(certificate.length > 0 && certificate.length <= WIRE_LIMITS.certificateBytes, "a certificate is there and not too long");
  writer.fixed(1, blockId, Hash.bytes).bytes(2, certificate);
}

function readCertificate(reader: WireReader): Certificate {
  let blockId: Hash | undefined;
  let certificate: Bytes | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) blockId = reader.hash();
    else if (field === 2) certificate = reader.bytes(WIRE_LIMITS.certificateBytes);
    else reader.skip();
  }
  return {
    type: "certificate",
    blockId: reader.required(blockId, 1),
    certificate: reader.required(certificate?.length === 0 ? undefined : certificate, 2),
  };
}

function writeHeadersRequest(writer: WireWriter, { requestId, locator, stop, count }: HeadersRequest): void {
  assert(requestId <= WIRE_LIMITS.requestId, "a request id has 32 bits");
  assert(listFits(locator, WIRE_LIMITS.locatorIds), "a locator is short");
  assert(count >= 1 && count <= WIRE_LIMITS.headers, "some headers are asked for, and not too many");
  writer.integer(1, requestId).repeatedFixed(2, locator, Hash.bytes);
  if (stop !== undefined) writer.fixed(3, stop, Hash.bytes);
  writer.integer(4, count);
}

function readHeadersRequest(reader: WireReader): HeadersRequest {
  let requestId = 0;
  const locator: Hash[] = [];
  let stop: Hash | undefined;
  let count = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) reader.pushHash(locator, WIRE_LIMITS.locatorIds);
    else if (field === 3) stop = reader.optionalHash();
    else if (field === 4) count = reader.integer(WIRE_LIMITS.headers);
    else reader.skip();
  }
  if (count === 0) throw reader.badField(4, "no headers are asked for");
  return { type: "headers-request", requestId, locator, ...(stop === undefined ? {} : { stop }), count };
}

function writeHeaders(writer: WireWriter, { requestId, headers }: Headers): void {
  assert(requestId <= WIRE_LIMITS.requestId, "a request id has 32 bits");
  assert(elementsFit(headers, WIRE_LIMITS.headers, WIRE_LIMITS.headerBytes), "headers are not too many and not too long");
  writer.integer(1, requestId).repeatedBytes(2, headers);
}

function readHeaders(reader: WireReader): Headers {
  let requestId = 0;
  const headers: Bytes[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) reader.pushBytes(headers, WIRE_LIMITS.headers, WIRE_LIMITS.headerBytes);
    else reader.skip();
  }
  return { type: "headers", requestId, headers };
}

function writeBlocksRequest(writer: WireWriter, { requestId, ids }: BlocksRequest): void {
  assert(requestId <= WIRE_LIMITS.requestId, "a request id has 32 bits");
  assert(listFits(ids, WIRE_LIMITS.blockIds), "few blocks are asked for at once");
  writer.integer(1, requestId).repeatedFixed(2, ids, Hash.bytes);
}

function readBlocksRequest(reader: WireReader): BlocksRequest {
  let requestId = 0;
  const ids: Hash[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) reader.pushHash(ids, WIRE_LIMITS.blockIds);
    else reader.skip();
  }
  return { type: "blocks-request", requestId, ids };
}

function writeBlockResponse(writer: WireWriter, message: BlockResponse, limits: ContentLimits): void {
  assert(message.requestId <= WIRE_LIMITS.requestId, "a request id has 32 bits");
  assert(message.block.length <= limits.blockBytes, "no block is larger than the chain allows");
  assert(message.certificate.length <= WIRE_LIMITS.certificateBytes, "a certificate is not too long");
  writer.integer(1, message.requestId).fixed(2, message.id, Hash.bytes).bytes(3, message.block).bytes(4, message.certificate);
}

function readBlockResponse(reader: WireReader, limits: ContentLimits): BlockResponse {
  let requestId = 0;
  let id: Hash | undefined;
  let block: Bytes = EMPTY_BYTES;
  let certificate: Bytes = EMPTY_BYTES;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) requestId = reader.integer(WIRE_LIMITS.requestId);
    else if (field === 2) id = reader.hash();
    else if (field === 3) block = reader.view(limits.blockBytes);
    else if (field === 4) certificate = reader.bytes(WIRE_LIMITS.certificateBytes);
    else reader.skip();
  }
  return { type: "block-response", requestId, id: reader.required(id, 2), block, certificate };
}
