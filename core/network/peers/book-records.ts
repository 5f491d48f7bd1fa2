/**
 * The peer book's records in storage. Prefixes 0x60–0x6f belong to the network.
 *
 * | prefix | key | value |
 * | --- | --- | --- |
 * | 60 | address (ASCII) | where it came from, who was met there, when, and what became of dials |
 * | 61 | node id (32) | score and violations |
 * | 62 | node id in hex, or address | ban: until when, and why |
 *
 * Every value is CRC-32C of key and rest (4) ‖ format version (1) ‖ fields in canonical encoding (core/primitives/codec.ts). The book is
 * a help, not a truth: a record that is damaged, or of a version from the future, is dropped and counted. Each kind of record has
 * versions of its own, and older ones are read: addresses have the code of their failure since version 2, and a ban of version 2 is
 * this node's own (the operator's are written as they always were, and an older release keeps them).
 */
import type { PeerBan, PeerRecord } from "../../ports/views.js";
import { asciiBytes, type Bytes, concatBytes, EMPTY_BYTES, fromHex, putUint32, toHex, uint32At } from "../../primitives/bytes.js";
import { type CanonicalReader, CanonicalWriter, decodeMessage, messageShape } from "../../primitives/codec.js";
import { crc32c } from "../../primitives/crc32c.js";
import type { Standing } from "./score.js";

export const ADDRESS_PREFIX = 0x60;
export const NODE_PREFIX = 0x61;
export const BAN_PREFIX = 0x62;
const ADDRESS_VERSION = 2;
const NODE_VERSION = 1;
const BAN_VERSION_OPERATOR = 1;
const BAN_VERSION_NODE = 2;
const RECORD_BYTES_MAX = 2_048;
const REASON_CHARACTERS_MAX = 200;
const CODE_CHARACTERS_MAX = 64;

export type Failure = NonNullable<PeerRecord["lastFailure"]>;

export interface AddressRecord {
  readonly address: string;
  /** Hex, of the last who proved an identity there. */
  readonly nodeId?: string;
  readonly source: PeerRecord["source"];
  readonly persistent: boolean;
  readonly addedMs: number;
  readonly lastConnectedMs?: number;
  readonly lastFailure?: Failure;
  readonly failuresInARow: number;
  /** Of the address, while nobody was met there. */
  readonly standing: Standing;
}

export interface NodeRecord {
  /** Hex. */
  readonly nodeId: string;
  readonly standing: Standing;
  readonly lastConnectedMs: number;
}

const SOURCES: readonly PeerRecord["source"][] = ["config", "operator", "exchange", "inbound"];

const STANDING_SHAPE = messageShape("Standing", ["score", "at", "violations", "last_violation"]);
const ADDRESS_SHAPE = messageShape("AddressRecord", [
  "source",
  "node_id",
  "persistent",
  "added",
  "last_connected",
  "failure_at",
  "failure_reason",
  "failures_in_a_row",
  "standing",
  "failure_code",
]);
const NODE_SHAPE = messageShape("NodeRecord", ["last_connected", "standing"]);
const BAN_SHAPE = messageShape("BanRecord", ["until", "reason"]);

export const recordKeys = {
  address: (address: string): Bytes => concatBytes(Uint8Array.of(ADDRESS_PREFIX), asciiBytes(address)),
  node: (nodeId: string): Bytes => concatBytes(Uint8Array.of(NODE_PREFIX), fromHex(nodeId) ?? EMPTY_BYTES),
  ban: (subject: string): Bytes => concatBytes(Uint8Array.of(BAN_PREFIX), asciiBytes(subject)),
};

export function encodeAddress(record: AddressRecord): Bytes {
  const writer = new CanonicalWriter()
    .uint32(1, SOURCES.indexOf(record.source))
    .bytes(2, fromHex(record.nodeId ?? "") ?? EMPTY_BYTES)
    .bool(3, record.persistent)
    .uint64(4, record.addedMs)
    .uint64(5, record.lastConnectedMs ?? 0)
    .uint64(6, record.lastFailure?.atMs ?? 0)
    .string(7, printable(record.lastFailure?.reason ?? ""))
    .uint32(8, record.failuresInARow)
    .message(9, (inner) => writeStanding(inner, record.standing))
    .string(10, printable(record.lastFailure?.code ?? "", CODE_CHARACTERS_MAX));
  return sealed(recordKeys.address(record.address), ADDRESS_VERSION, writer.finish());
}

/** Undefined: damaged. */
export function decodeAddress(key: Bytes, stored: Bytes): AddressRecord | undefined {
  return unsealed(key, stored, ADDRESS_VERSION, (body, version) =>
    decodeMessage(ADDRESS_SHAPE, body, RECORD_BYTES_MAX, (reader) => {
      const source = SOURCES[reader.uint32(1)];
      const nodeId = toHex(reader.bytes(2, 32));
      const persistent = reader.bool(3);
      const addedMs = reader.safeInteger(4);
      const lastConnectedMs = reader.safeInteger(5);
      const failedMs = reader.safeInteger(6);
      const reason = reader.string(7, 4 * REASON_CHARACTERS_MAX);
      const failuresInARow = reader.uint32(8);
      const standing = readStanding(reader, 9);
      const code = version < 2 ? "" : reader.string(10, 4 * CODE_CHARACTERS_MAX);
      if (source === undefined || standing === undefined) return undefined;
      return {
        address: Buffer.from(key.subarray(1)).toString("latin1"),
        source,
        persistent,
        addedMs,
        failuresInARow,
        standing,
        ...(nodeId.length === 64 ? { nodeId } : {}),
        ...(lastConnectedMs > 0 ? { lastConnectedMs } : {}),
        ...(failedMs > 0 ? { lastFailure: { atMs: failedMs, ...(code === "" ? {} : { code }), reason } } : {}),
      };
    }),
  );
}

export function encodeNode(record: NodeRecord): Bytes {
  const writer = new CanonicalWriter().uint64(1, record.lastConnectedMs).message(2, (inner) => writeStanding(inner, record.standing));
  return sealed(recordKeys.node(record.nodeId), NODE_VERSION, writer.finish());
}

/** Undefined: damaged. */
export function decodeNode(key: Bytes, stored: Bytes): NodeRecord | undefined {
  return unsealed(key, stored, NODE_VERSION, (body) =>
    decodeMessage(NODE_SHAPE, body, RECORD_BYTES_MAX, (reader) => {
      const lastConnectedMs = reader.safeInteger(1);
      const standing = readStanding(reader, 2);
      return standing === undefined || key.length !== 33 ? undefined : { nodeId: toHex(key.subarray(1)), standing, lastConnectedMs };
    }),
  );
}

export function encodeBan(ban: PeerBan): Bytes {
  const writer = new CanonicalWriter().uint64(1, ban.untilMs).string(2, printable(ban.reason));
  return sealed(recordKeys.ban(ban.subject), ban.by === "node" ? BAN_VERSION_NODE : BAN_VERSION_OPERATOR, writer.finish());
}

/** Undefined: damaged. */
export function decodeBan(key: Bytes, stored: Bytes): PeerBan | undefined {
  return unsealed(key, stored, BAN_VERSION_NODE, (body, version) =>
    decodeMessage(
      BAN_SHAPE,
      body,
      RECORD_BYTES_MAX,
      (reader): PeerBan => ({
        subject: Buffer.from(key.subarray(1)).toString("latin1"),
        untilMs: reader.safeInteger(1),
        reason: reader.string(2, 4 * REASON_CHARACTERS_MAX),
        by: version === BAN_VERSION_NODE ? "node" : "operator",
      }),
    ),
  );
}

/** Reasons may come from outside: bounded, and without what would not encode. */
export function printable(text: string, charactersMax = REASON_CHARACTERS_MAX): string {
  return text.slice(0, charactersMax).replace(/[\p{Surrogate}\p{Cc}]/gu, "?");
}

function writeStanding(writer: CanonicalWriter, standing: Standing): void {
  writer
    .uint32(1, standing.scoreMilli)
    // Never 0, so that the record is never empty, which has no encoding.
    .uint64(2, Math.max(1, standing.atMs))
    .uint32(3, standing.violations)
    .uint64(4, standing.lastViolationMs);
}

function readStanding(reader: CanonicalReader, field: number): Standing | undefined {
  return reader.message(field, STANDING_SHAPE, RECORD_BYTES_MAX, (inner) => ({
    scoreMilli: inner.uint32(1),
    atMs: inner.safeInteger(2),
    violations: inner.uint32(3),
    lastViolationMs: inner.safeInteger(4),
  }));
}

function sealed(key: Bytes, version: number, body: Bytes): Bytes {
  const versioned = concatBytes(Uint8Array.of(version), body);
  const checksum = new Uint8Array(4);
  putUint32(checksum, 0, crc32c(versioned) ^ crc32c(key));
  return concatBytes(checksum, versioned);
}

function unsealed<T>(
  key: Bytes,
  stored: Bytes,
  newestVersion: number,
  decode: (body: Bytes, version: number) => T | undefined,
): T | undefined {
  const version = stored[4] ?? 0;
  if (version < 1 || version > newestVersion) return undefined;
  const expected = uint32At(stored, 0);
  if ((crc32c(stored.subarray(4)) ^ crc32c(key)) >>> 0 !== expected) return undefined;
  try {
    return decode(stored.subarray(5), version);
  } catch {
    // With a good checksum only another program's record comes here; it is of no more use than a damaged one.
    return undefined;
  }
}
