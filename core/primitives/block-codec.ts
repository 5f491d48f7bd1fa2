/** Canonical bytes of headers and blocks, and the hashes that name them. */
import { assert } from "../kernel/assert.js";
import { Address } from "./address.js";
import type { Height } from "./amount.js";
import type { Block, Header, HeaderRecord, UnsealedHeader } from "./block.js";
import { type Bytes, domainTag } from "./bytes.js";
import { type CanonicalReader, CanonicalWriter, decodeMessage, fieldBytes, integerFieldBytes, messageShape } from "./codec.js";
import { EncodingLimitError, ValueError } from "./errors.js";
import { Hash, sha256, sha256Of } from "./hash.js";
import { MERKLE_LIST_LIMIT } from "./merkle.js";
import { MIN_TRANSACTION_BYTES } from "./transaction-codec.js";

const HEADER = messageShape("Header", [
  "chain_id",
  "height",
  "parent",
  "timestamp_ms",
  "transactions_root",
  "receipts_root",
  "state_root",
  "payload_root",
  "proposer",
  "extra",
  "seal",
]);
const BLOCK = messageShape("Block", ["header", "transactions", "payload"]);
const SEAL_FIELD = 11;
const TAG_HEADER = domainTag("cw/header/1");
const CHAIN_ID = /^[a-z0-9.-]{1,32}$/;

export const MAX_CHAIN_ID_BYTES = 32;
/** The engine's fields of a header, bytes. */
export const MAX_EXTRA_BYTES = 1_024;
export const MAX_SEAL_BYTES = 8_192;

/** No encoded header is longer: every field at its longest. */
export const MAX_HEADER_BYTES =
  fieldBytes(MAX_CHAIN_ID_BYTES) +
  2 * integerFieldBytes(Number.MAX_SAFE_INTEGER) +
  5 * fieldBytes(Hash.bytes) +
  fieldBytes(Address.bytes) +
  fieldBytes(MAX_EXTRA_BYTES) +
  fieldBytes(MAX_SEAL_BYTES);

/** Limits on a block, checked before anything is allocated. */
export interface BlockLimits {
  /** Encoded block, bytes. */
  readonly blockBytes: number;
  /** Each raw transaction, bytes. */
  readonly transactionBytes: number;
}

/** Whether `text` may be a chain id: 1 to 32 characters of a–z, 0–9, '-' and '.'. */
export function isChainId(text: string): boolean {
  return CHAIN_ID.test(text);
}

/** @throws ValueError, EncodingLimitError if a field is outside its range */
export function encodeUnsealedHeader(header: UnsealedHeader): Bytes {
  return writeUnsealed(new CanonicalWriter(unsealedHeaderBytes(header)), header).finish();
}

/** @throws ValueError, EncodingLimitError if a field is outside its range */
export function encodeHeader(header: Header): Bytes {
  return writeHeader(new CanonicalWriter(unsealedHeaderBytes(header) + fieldBytes(header.seal.length)), header).finish();
}

/**
 * Decodes one header and computes its hashes. Its byte fields are views of `bytes`.
 *
 * @throws EncodingError, EncodingLimitError
 */
export function decodeHeader(bytes: Bytes): HeaderRecord {
  const header = decodeMessage(HEADER, bytes, MAX_HEADER_BYTES, readHeader);
  // The seal is the last field, so what comes before it is the encoding of the header without seal.
  return recordOf(header, bytes.subarray(0, bytes.length - fieldBytes(header.seal.length)));
}

/** A header with its hashes. @throws ValueError, EncodingLimitError if a field is outside its range */
export function headerRecord(header: Header): HeaderRecord {
  return recordOf(header, encodeUnsealedHeader(header));
}

/** What an engine seals: SHA-256(16-byte tag ‖ encoded header without seal). */
export function signingRootOf(unsealed: UnsealedHeader): Hash {
  return sha256Of(TAG_HEADER, encodeUnsealedHeader(unsealed));
}

/** SHA-256(signing root ‖ SHA-256(seal)): the seal is part of the id, certificates are not. */
export function blockIdOf(signingRoot: Hash, seal: Bytes): Hash {
  return sha256Of(signingRoot, sha256(seal));
}

/** SHA-256 of the consensus payload; zero for an empty one. */
export function payloadRootOf(payload: Bytes): Hash {
  return payload.length === 0 ? Hash.zero : sha256(payload);
}

/** @throws ValueError, EncodingLimitError if a header field is outside its range or a transaction is empty */
export function encodeBlock(block: Block): Bytes {
  return new CanonicalWriter(encodedBlockBytes(block))
    .message(1, (writer) => writeHeader(writer, block.header))
    .repeatedBytes(2, block.transactions)
    .bytes(3, block.payload)
    .finish();
}

/** How many bytes `encodeBlock` makes, without making them. */
export function encodedBlockBytes(block: Block): number {
  let total = fieldBytes(unsealedHeaderBytes(block.header) + fieldBytes(block.header.seal.length));
  for (const raw of block.transactions) total += fieldBytes(raw.length);
  return total + fieldBytes(block.payload.length);
}

/**
 * Decodes a block: its header fully, its transactions only into their raw bytes. Transactions and payload are views of
 * `bytes`; the header is a copy, because block trees keep headers long after bodies are gone.
 * That the roots in the header match the body is for the import pipeline to check.
 *
 * @throws EncodingError, EncodingLimitError
 */
export function decodeBlock(bytes: Bytes, limits: BlockLimits): { readonly block: Block; readonly record: HeaderRecord } {
  return decodeMessage(BLOCK, bytes, limits.blockBytes, (reader) => {
    const record = decodeHeader(new Uint8Array(reader.requiredBytes(1, MAX_HEADER_BYTES)));
    const transactions = reader.repeatedBytes(2, {
      maxCount: MERKLE_LIST_LIMIT,
      minBytes: MIN_TRANSACTION_BYTES,
      maxBytes: limits.transactionBytes,
    });
    const payload = reader.bytes(3, limits.blockBytes);
    return { block: { header: record.header, transactions, payload }, record };
  });
}

function recordOf(header: Header, unsealed: Bytes): HeaderRecord {
  const signingRoot = sha256Of(TAG_HEADER, unsealed);
  return { header, id: blockIdOf(signingRoot, header.seal), signingRoot };
}

function writeHeader(writer: CanonicalWriter, header: Header): CanonicalWriter {
  checkLimit("seal", header.seal.length, MAX_SEAL_BYTES);
  return writeUnsealed(writer, header).bytes(SEAL_FIELD, header.seal);
}

function writeUnsealed(writer: CanonicalWriter, header: UnsealedHeader): CanonicalWriter {
  if (!isChainId(header.chainId)) throw new ValueError({ type: "chain id", reason: "it has 1 to 32 characters of a-z, 0-9, '-' and '.'" });
  checkLimit("extra", header.extra.length, MAX_EXTRA_BYTES);
  assert(Number.isSafeInteger(header.height), "a height is a safe integer");
  return writer
    .string(1, header.chainId)
    .uint64(2, header.height)
    .fixed(3, header.parent, Hash.bytes)
    .uint64(4, header.timestampMs)
    .fixed(5, header.transactionsRoot, Hash.bytes)
    .fixed(6, header.receiptsRoot, Hash.bytes)
    .fixed(7, header.stateRoot, Hash.bytes)
    .fixed(8, header.payloadRoot, Hash.bytes)
    .fixed(9, header.proposer, Address.bytes)
    .bytes(10, header.extra);
}

function unsealedHeaderBytes(header: UnsealedHeader): number {
  return (
    fieldBytes(header.chainId.length) +
    integerFieldBytes(header.height) +
    integerFieldBytes(header.timestampMs) +
    5 * fieldBytes(Hash.bytes) +
    fieldBytes(Address.bytes) +
    fieldBytes(header.extra.length)
  );
}

function readHeader(reader: CanonicalReader): Header {
  const chainId = reader.requiredString(1, MAX_CHAIN_ID_BYTES);
  if (!isChainId(chainId)) throw reader.refusal(1, "it has characters other than a-z, 0-9, '-' and '.'");
  return {
    chainId,
    height: reader.safeInteger(2) as Height,
    parent: reader.fixed(3, Hash.bytes) as Hash,
    timestampMs: reader.safeInteger(4),
    transactionsRoot: reader.fixed(5, Hash.bytes) as Hash,
    receiptsRoot: reader.fixed(6, Hash.bytes) as Hash,
    stateRoot: reader.fixed(7, Hash.bytes) as Hash,
    payloadRoot: reader.fixed(8, Hash.bytes) as Hash,
    proposer: reader.fixed(9, Address.bytes) as Address,
    extra: reader.bytes(10, MAX_EXTRA_BYTES),
    seal: reader.bytes(SEAL_FIELD, MAX_SEAL_BYTES),
  };
}

function checkLimit(field: string, actual: number, limit: number): void {
  if (actual > limit) throw new EncodingLimitError({ message: HEADER.name, field, limit, actual });
}
