/**
 * The chain's records in storage: keys, values and their checks. Prefixes 0x01–0x1f belong to the chain.
 *
 * | prefix | key | value |
 * | --- | --- | --- |
 * | 01 | block id | the block's canonical bytes |
 * | 02 | block id | header, weight, standing, sizes |
 * | 03 | height (8, big-endian) | canonical block id |
 * | 04 | block id | receipts |
 * | 05 | transaction id | block id, height, index (canonical only) |
 * | 06 | sequence (8, big-endian) | chain event |
 * | 07 | height (8, big-endian) ‖ block id | nothing: finds all blocks at a height, stale ones included |
 * | 08 | name | pointers: `head`, `snapshot` (the engine's), `history`, `format` |
 * | 09 | engine's key | engine journal |
 * | 0a | block id | certificate |
 *
 * Every value begins with a CRC-32C of what follows, since LevelDB serves flipped bits without a word; blocks are checked
 * against their ids besides.
 */

import { assert } from "../kernel/assert.js";
import type { TreeHeader } from "../ports/consensus.js";
import type { ChainEvent } from "../ports/views.js";
import { decodeHeader, encodeHeader } from "../primitives/block-codec.js";
import {
  asciiBytes,
  type Bytes,
  concatBytes,
  putUint32,
  putUint32Little,
  putUint64,
  toHex,
  uint32At,
  uint32LittleAt,
  uint64At,
  uint256Bytes,
} from "../primitives/bytes.js";
import { crc32c } from "../primitives/crc32c.js";
import { Hash } from "../primitives/hash.js";
import { ChainDamagedError } from "./errors.js";

const prefixed = (prefix: number, key: Bytes): Bytes => {
  const out = new Uint8Array(1 + key.length);
  out[0] = prefix;
  out.set(key, 1);
  return out;
};

/** 8 bytes, big-endian, so that keys sort by number. */
export function numberKey(value: number): Bytes {
  const out = new Uint8Array(8);
  putUint64(out, 0, value);
  return out;
}

export const keys = {
  block: (id: Hash): Bytes => prefixed(0x01, id),
  index: (id: Hash): Bytes => prefixed(0x02, id),
  canonical: (height: number): Bytes => prefixed(0x03, numberKey(height)),
  receipts: (id: Hash): Bytes => prefixed(0x04, id),
  transaction: (id: Hash): Bytes => prefixed(0x05, id),
  event: (sequence: number): Bytes => prefixed(0x06, numberKey(sequence)),
  atHeight: (height: number, id: Hash): Bytes => prefixed(0x07, concatBytes(numberKey(height), id)),
  pointer: (name: "head" | "snapshot" | "history" | "format"): Bytes => prefixed(0x08, asciiBytes(name)),
  journal: (key: Bytes): Bytes => prefixed(0x09, key),
  certificate: (id: Hash): Bytes => prefixed(0x0a, id),
};

/** Half-open key range of all records of one prefix, or of prefix 07 at a height, or from it on. */
export const ranges = {
  atHeight: (height: number): { gte: Bytes; lt: Bytes } => ({
    gte: prefixed(0x07, numberKey(height)),
    lt: prefixed(0x07, numberKey(height + 1)),
  }),
  blocks: { gte: Uint8Array.of(0x01), lt: Uint8Array.of(0x02) },
  canonicalFrom: (height: number): { gte: Bytes; lt: Bytes } => ({ gte: prefixed(0x03, numberKey(height)), lt: Uint8Array.of(0x04) }),
  events: { gte: Uint8Array.of(0x06), lt: Uint8Array.of(0x07) },
  fromHeight: (height: number): { gte: Bytes; lt: Bytes } => ({ gte: prefixed(0x07, numberKey(height)), lt: Uint8Array.of(0x08) }),
};

/** CRC-32C (4 bytes, little-endian) ‖ body. */
export function seal(body: Bytes): Bytes {
  const out = new Uint8Array(4 + body.length);
  putUint32Little(out, 0, crc32c(body));
  out.set(body, 4);
  return out;
}

/** The body of a sealed record. @throws ChainDamagedError */
export function unseal(record: string, value: Bytes): Bytes {
  if (value.length < 4) throw new ChainDamagedError({ record, reason: `it has only ${value.length} bytes` });
  const body = value.subarray(4);
  if (crc32c(body) !== uint32LittleAt(value, 0)) throw new ChainDamagedError({ record, reason: "its checksum does not match" });
  return body;
}

const WEIGHT_BOUND = 1n << 256n;

/** A block's index record: everything that is needed of it without reading its body. */
export interface IndexRecord {
  readonly header: TreeHeader;
  readonly sizeBytes: number;
  readonly transactionCount: number;
  readonly invalid: boolean;
}

/** flags (1) ‖ size (4) ‖ transactions (4) ‖ weight (32, big-endian) ‖ header. */
export function encodeIndexRecord(record: IndexRecord): Bytes {
  const header = encodeHeader(record.header.header);
  const out = new Uint8Array(41 + header.length);
  out[0] = record.invalid ? 1 : 0;
  putUint32(out, 1, record.sizeBytes);
  putUint32(out, 5, record.transactionCount);
  const { weight } = record.header;
  assert(weight >= 0n && weight < WEIGHT_BOUND, "the engine weighs a header within 256 bits");
  out.set(uint256Bytes(weight), 9);
  out.set(header, 41);
  return seal(out);
}

/** @throws ChainDamagedError if the bytes or the id don't match */
export function decodeIndexRecord(id: Hash, value: Bytes): IndexRecord {
  const name = `index of block ${Hash.key(id)}`;
  const body = unseal(name, value);
  if (body.length < 41) throw new ChainDamagedError({ record: name, reason: "it is too short" });
  const record = decodeHeader(body.subarray(41));
  if (Hash.key(record.id) !== Hash.key(id)) throw new ChainDamagedError({ record: name, reason: "its header has another id" });
  const weight = BigInt(`0x${toHex(body.subarray(9, 41))}`);
  return {
    header: { ...record, weight },
    sizeBytes: uint32At(body, 1),
    transactionCount: uint32At(body, 5),
    invalid: body[0] === 1,
  };
}

/** Where the chain stood when it was last acknowledged. */
export interface HeadPointer {
  readonly head: Hash;
  readonly justified: Hash;
  readonly finalized: Hash;
  readonly genesis: Hash;
  /** Sequence of the newest event. */
  readonly events: number;
}

export function encodeHeadPointer(pointer: HeadPointer): Bytes {
  return seal(concatBytes(pointer.head, pointer.justified, pointer.finalized, pointer.genesis, numberKey(pointer.events)));
}

export function decodeHeadPointer(value: Bytes): HeadPointer {
  const body = unseal("head pointer", value);
  if (body.length !== 136) throw new ChainDamagedError({ record: "head pointer", reason: `it has ${body.length} bytes instead of 136` });
  const hash = (at: number): Hash => Hash.from(body.slice(at, at + 32));
  return { head: hash(0), justified: hash(32), finalized: hash(64), genesis: hash(96), events: readNumber(body, 128) };
}

/**
 * What is kept of the past. It is written before anything is deleted: what lies below its heights is not served, whether it is
 * still there or not.
 */
export interface HistoryPointer {
  /** Lowest height from which all canonical blocks have their bodies, receipts and places of transactions; 0: all have. */
  readonly bodiesFrom: number;
  /** Lowest height from which canonical headers are there without a gap, genesis aside. Above 0 only after a start from a snapshot. */
  readonly headersFrom: number;
  /** Bodies below this height are deleted; from here up to `bodiesFrom` that is still to be done. */
  readonly sweptTo: number;
  /** About how many bytes were deleted since the storage was last compacted. */
  readonly deletedBytes: number;
}

/** Of a chain that begins with a snapshot: nothing below was ever here, so nothing is to be deleted. */
export function historyBeginningAt(bodiesFrom: number, headersFrom: number): HistoryPointer {
  return { bodiesFrom, headersFrom, sweptTo: bodiesFrom, deletedBytes: 0 };
}

/** Of a chain that has everything. */
export const WHOLE_HISTORY: HistoryPointer = { bodiesFrom: 0, headersFrom: 0, sweptTo: 0, deletedBytes: 0 };

export function encodeHistoryPointer({ bodiesFrom, headersFrom, sweptTo, deletedBytes }: HistoryPointer): Bytes {
  return seal(concatBytes(numberKey(bodiesFrom), numberKey(headersFrom), numberKey(sweptTo), numberKey(deletedBytes)));
}

export function decodeHistoryPointer(value: Bytes): HistoryPointer {
  const body = unseal("history pointer", value);
  if (body.length !== 32) throw new ChainDamagedError({ record: "history pointer", reason: `it has ${body.length} bytes instead of 32` });
  return {
    bodiesFrom: readNumber(body, 0),
    headersFrom: readNumber(body, 8),
    sweptTo: readNumber(body, 16),
    deletedBytes: readNumber(body, 24),
  };
}

export function encodeLocation(blockId: Hash, height: number, index: number): Bytes {
  return locationsIn(blockId, height)(index);
}

/** Makes the locations of one block's transactions, which differ in their index only: CRC-32C ‖ block id ‖ height (8) ‖ index (4). */
export function locationsIn(blockId: Hash, height: number): (index: number) => Bytes {
  const sealed = new Uint8Array(48);
  const body = sealed.subarray(4);
  body.set(blockId);
  putUint64(sealed, 36, height);
  return (index) => {
    putUint32(sealed, 44, index);
    putUint32Little(sealed, 0, crc32c(body));
    return new Uint8Array(sealed);
  };
}

export function decodeLocation(name: string, value: Bytes): { blockId: Hash; height: number; index: number } {
  const body = unseal(name, value);
  if (body.length !== 44) throw new ChainDamagedError({ record: name, reason: `it has ${body.length} bytes instead of 44` });
  return { blockId: Hash.from(body.slice(0, 32)), height: uint64At(body, 32), index: uint32At(body, 40) };
}

const EVENT_TYPES = ["applied", "undone", "finalized"] as const;

/** type (1) ‖ height (8) ‖ block id. */
export function encodeEvent(event: Pick<ChainEvent, "type" | "height" | "blockId">): Bytes {
  return seal(concatBytes(Uint8Array.of(EVENT_TYPES.indexOf(event.type)), numberKey(event.height), event.blockId));
}

export function decodeEvent(sequence: number, value: Bytes): ChainEvent {
  const name = `event ${sequence}`;
  const body = unseal(name, value);
  const type = EVENT_TYPES[body[0] ?? 255];
  if (body.length !== 41 || type === undefined) throw new ChainDamagedError({ record: name, reason: "it is no event" });
  return { sequence, type, height: readNumber(body, 1), blockId: Hash.from(body.slice(9)) };
}

export function readNumber(bytes: Bytes, at: number): number {
  return uint64At(bytes, at);
}
