/**
 * What the state writes to storage. One byte of prefix for each type of record; the state owns 0x20 to 0x3f.
 *
 * | prefix | key after it | value | guarded by |
 * | --- | --- | --- | --- |
 * | 0x20 value | path (32) | key length (1) ‖ key ‖ value | the leaf in its page |
 * | 0x21 page | depth (1) ‖ path bits, padded to a byte | leaf mask (2) ‖ border mask (2) ‖ slots | the hash in its parent page |
 * | 0x22 undo | height (8) | block id ‖ count ‖ entries: what the block changed, as it was before | CRC-32C |
 * | 0x23 version | height (8) | block id ‖ parent's id ‖ root | CRC-32C |
 * | 0x24 marker | sequence (8) | height ‖ block id ‖ root ‖ chained hash | CRC-32C, and the chain of hashes |
 * | 0x25 pointer | | format ‖ sequence ‖ height ‖ lowest height ‖ block id ‖ root ‖ marker hash | CRC-32C |
 * | 0x26 load | | kind ‖ entries ‖ bytes ‖ last path ‖ root: a bulk load that is not finished | CRC-32C |
 *
 * Integers are big-endian, so that keys sort by them.
 */
import { assert } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import {
  type Bytes,
  concatBytes,
  crc32c,
  domainTag,
  Hash,
  putUint32,
  putUint64,
  sha256Of,
  toHex,
  uint32At,
  uint64At,
} from "../primitives/index.js";
import { StateDamagedError, StateFormatError } from "./errors.js";
import { type KeyText, keyText } from "./key-text.js";
import type { PageId } from "./page.js";

export const VALUE_PREFIX = 0x20;
export const PAGE_PREFIX = 0x21;
export const UNDO_PREFIX = 0x22;
export const VERSION_PREFIX = 0x23;
export const MARKER_PREFIX = 0x24;
export const POINTER_PREFIX = 0x25;
export const LOAD_PREFIX = 0x26;
/** First and last prefix of the state's part of the storage. */
export const FIRST_PREFIX = 0x20;
export const LAST_PREFIX = 0x3f;

export const STATE_FORMAT = 1;

/** The state's one pointer record. */
export const POINTER_KEY: Bytes = new Uint8Array([POINTER_PREFIX]);

/** The note of an unfinished bulk load. While it is there, the rest is no state. */
export const LOAD_KEY: Bytes = new Uint8Array([LOAD_PREFIX]);

/** A version of the state that the disk stands at. */
export interface FlushedVersion {
  readonly blockId: Hash;
  readonly height: number;
  readonly root: Hash;
  /** Counts flushes, from 1. */
  readonly sequence: number;
}

export interface PointerRecord extends FlushedVersion {
  /** The lowest height down to which undo records reach. */
  readonly lowestHeight: number;
  readonly markerHash: Hash;
}

export interface VersionRecord {
  readonly height: number;
  readonly blockId: Hash;
  /** Zero for genesis. */
  readonly parent: Hash;
  readonly root: Hash;
}

export interface MarkerRecord {
  readonly sequence: number;
  readonly height: number;
  readonly blockId: Hash;
  readonly root: Hash;
  readonly hash: Hash;
}

/** A key of `prefix` and an integer. */
export function numberedKey(prefix: number, number: number): Bytes {
  const key = new Uint8Array(9);
  key[0] = prefix;
  writeUint64(key, 1, number);
  return key;
}

export function numberOfKey(key: Bytes): number {
  return uint64At(key, 1);
}

/**
 * A key of 3 to some bytes, in memory that it shares with others. Crossing into storage's native code takes an array that V8 keeps on
 * its heap (up to 64 bytes with a buffer of their own) out of there first, which costs more than all else of the crossing.
 */
const KEYS_BYTES = 16 * 1024;
let keys = new Uint8Array(0);
let nextKey = 0;

function newKey(bytes: number): Bytes {
  if (nextKey + bytes > keys.length) {
    keys = new Uint8Array(KEYS_BYTES);
    nextKey = 0;
  }
  const key = new Uint8Array(keys.buffer, nextKey, bytes);
  nextKey += bytes;
  return key;
}

export function pageKey(id: PageId): Bytes {
  if (typeof id === "number" && id < 2 ** 31) return smallPageKey(id);
  const digits = (typeof id === "number" ? id.toString(16) : id).slice(1);
  const key = newKey(2 + ((digits.length + 1) >> 1));
  key[0] = PAGE_PREFIX;
  key[1] = digits.length;
  for (let i = 0; i < digits.length; i++) {
    const at = 2 + (i >> 1);
    key[at] = (key[at] as number) | (Number.parseInt(digits[i] as string, 16) << ((i & 1) === 0 ? 4 : 0));
  }
  return key;
}

/** The same for an id of up to seven digits, which is nearly all of them, without text. */
function smallPageKey(id: number): Bytes {
  const digits = (31 - Math.clz32(id)) >> 2;
  const key = newKey(2 + ((digits + 1) >> 1));
  key[0] = PAGE_PREFIX;
  key[1] = digits;
  // The digits flush left: an odd number of them is followed by a zero digit.
  const bits = (id << ((digits & 1) * 4)) >>> 0;
  for (let at = key.length - 1, rest = bits; at >= 2; at--, rest >>>= 8) key[at] = rest;
  return key;
}

function writeUint64(into: Bytes, at: number, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, "a stored integer is safe");
  putUint64(into, at, value);
}

const CRC_BYTES = 4;

/** Puts the body's checksum before it, bound to the key: a record that turns up under another key is damaged, too. */
export function seal(key: Bytes, body: Bytes): Bytes {
  const out = new Uint8Array(4 + body.length);
  out.set(body, 4);
  putUint32(out, 0, crc32c(body) ^ crc32c(key));
  return out;
}

/** The body of a sealed record. @throws STATE_DAMAGED */
export function unseal(record: string, key: Bytes, stored: Bytes | undefined, bodyBytes?: number): Bytes {
  if (stored === undefined) throw new StateDamagedError({ record, key: toHex(key), reason: "it is missing" });
  const body = stored.subarray(Math.min(4, stored.length));
  if (stored.length < 4 || (bodyBytes !== undefined && body.length !== bodyBytes))
    throw new StateDamagedError({ record, key: toHex(key), reason: `it has ${stored.length} bytes` });
  if (uint32At(stored, 0) !== (crc32c(body) ^ crc32c(key)) >>> 0)
    throw new StateDamagedError({ record, key: toHex(key), reason: "its CRC-32C does not match" });
  return body;
}

function hashAt(body: Bytes, at: number): Hash {
  return Hash.from(body.slice(at, at + 32));
}

const POINTER_BYTES = 1 + 3 * 8 + 3 * 32;

export function encodePointer(pointer: PointerRecord): Bytes {
  const body = new Uint8Array(POINTER_BYTES);
  body[0] = STATE_FORMAT;
  writeUint64(body, 1, pointer.sequence);
  writeUint64(body, 9, pointer.height);
  writeUint64(body, 17, pointer.lowestHeight);
  body.set(pointer.blockId, 25);
  body.set(pointer.root, 57);
  body.set(pointer.markerHash, 89);
  return seal(POINTER_KEY, body);
}

/** @throws STATE_DAMAGED, STATE_FORMAT_UNKNOWN */
export function decodePointer(stored: Bytes): PointerRecord {
  const body = unseal("pointer", POINTER_KEY, stored);
  const found = body[0] ?? 0;
  if (found !== STATE_FORMAT) throw new StateFormatError({ found, supported: STATE_FORMAT });
  if (body.length !== POINTER_BYTES)
    throw new StateDamagedError({ record: "pointer", key: toHex(POINTER_KEY), reason: `it has ${body.length} bytes` });
  return {
    sequence: uint64At(body, 1),
    height: uint64At(body, 9),
    lowestHeight: uint64At(body, 17),
    blockId: hashAt(body, 25),
    root: hashAt(body, 57),
    markerHash: hashAt(body, 89),
  };
}

/** How far a bulk load came. */
export interface LoadRecord {
  readonly values: "write" | "present";
  readonly entries: number;
  readonly bytes: number;
  /** Zero without entries. */
  readonly lastPath: Hash;
  readonly root: Hash;
}

const LOAD_BYTES = 1 + 2 * 8 + 2 * 32;

export function encodeLoad(load: LoadRecord): Bytes {
  const body = new Uint8Array(LOAD_BYTES);
  body[0] = load.values === "write" ? 0 : 1;
  writeUint64(body, 1, load.entries);
  writeUint64(body, 9, load.bytes);
  body.set(load.lastPath, 17);
  body.set(load.root, 49);
  return seal(LOAD_KEY, body);
}

/** @throws STATE_DAMAGED */
export function decodeLoad(stored: Bytes): LoadRecord {
  const body = unseal("load", LOAD_KEY, stored, LOAD_BYTES);
  return {
    values: body[0] === 0 ? "write" : "present",
    entries: uint64At(body, 1),
    bytes: uint64At(body, 9),
    lastPath: hashAt(body, 17),
    root: hashAt(body, 49),
  };
}

export function encodeVersion(version: VersionRecord): Bytes {
  return seal(numberedKey(VERSION_PREFIX, version.height), concatBytes(version.blockId, version.parent, version.root));
}

/** @throws STATE_DAMAGED */
export function decodeVersion(key: Bytes, stored: Bytes | undefined): VersionRecord {
  const body = unseal("version", key, stored, 96);
  return { height: numberOfKey(key), blockId: hashAt(body, 0), parent: hashAt(body, 32), root: hashAt(body, 64) };
}

const MARKER_TAG = domainTag("cw/state/mark/1");

/** The hash of a flush, chained over the hash of the one before it (zero before the first). */
export function markerHash(previous: Hash, marker: Omit<MarkerRecord, "hash">): Hash {
  const numbers = new Uint8Array(16);
  writeUint64(numbers, 0, marker.sequence);
  writeUint64(numbers, 8, marker.height);
  return sha256Of(MARKER_TAG, previous, numbers, marker.blockId, marker.root);
}

export function encodeMarker(marker: MarkerRecord): Bytes {
  const height = new Uint8Array(8);
  writeUint64(height, 0, marker.height);
  return seal(numberedKey(MARKER_PREFIX, marker.sequence), concatBytes(height, marker.blockId, marker.root, marker.hash));
}

/** @throws STATE_DAMAGED */
export function decodeMarker(key: Bytes, stored: Bytes): MarkerRecord {
  const body = unseal("marker", key, stored, 104);
  return {
    sequence: numberOfKey(key),
    height: uint64At(body, 0),
    blockId: hashAt(body, 8),
    root: hashAt(body, 40),
    hash: hashAt(body, 72),
  };
}

/** @param text the key, one character a byte */
export function encodeValue(text: KeyText, value: Bytes): Bytes {
  const out = new Uint8Array(valueRecordBytes(text, value));
  encodeValueInto(text, value, out, 0);
  return out;
}

export function valueRecordBytes(text: KeyText, value: Bytes): number {
  return 1 + text.length + value.length;
}

/** Writes the same to `out` from `at` on. */
export function encodeValueInto(text: KeyText, value: Bytes, out: Bytes, at: number): void {
  out[at] = text.length;
  for (let i = 0; i < text.length; i++) out[at + 1 + i] = text.charCodeAt(i);
  out.set(value, at + 1 + text.length);
}

/** The value of a flat record; undefined if it does not hold the key. */
export function decodeValue(text: KeyText, stored: Bytes): Bytes | undefined {
  if (stored[0] !== text.length || stored.length < 1 + text.length) return undefined;
  for (let i = 0; i < text.length; i++) if (stored[1 + i] !== text.charCodeAt(i)) return undefined;
  return stored.subarray(1 + text.length);
}

/** Key and value of a flat record that is yet to be checked; undefined if it can't be one. */
export function decodeEntry(stored: Bytes): { readonly text: KeyText; readonly value: Bytes } | undefined {
  const length = stored[0] ?? 0;
  if (length === 0 || stored.length <= 1 + length) return undefined;
  return { text: keyText(stored, 1, 1 + length), value: stored.subarray(1 + length) };
}

/** Values as they were before a block; null: there was none. */
export type UndoValues = ReadonlyMap<KeyText, Bytes | null>;

const ABSENT = 0xffff_ffff;

const UNDO_HEAD_BYTES = 32 + 4;
/** Values between two looks at the clock. */
const LOOK_EVERY = 64;

/** The record of what a block changed, and the same values again, as they lie in it: whoever keeps these keeps nothing else alive. */
export async function encodeUndo(
  height: number,
  blockId: Hash,
  values: UndoValues,
  slicer: Slicer,
): Promise<{ readonly record: Bytes; readonly values: Map<KeyText, Bytes | null> }> {
  let length = CRC_BYTES + UNDO_HEAD_BYTES;
  values.forEach((value, text) => {
    length += 1 + text.length + 4 + (value === null ? 0 : value.length);
  });
  // Not cleared first: every byte is written.
  const record = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  const view = new DataView(record.buffer);
  record.set(blockId, CRC_BYTES);
  view.setUint32(CRC_BYTES + 32, values.size);
  const kept = new Map<KeyText, Bytes | null>();
  let at = CRC_BYTES + UNDO_HEAD_BYTES;
  for (const [text, value] of values) {
    record[at++] = text.length;
    for (let i = 0; i < text.length; i++) record[at++] = text.charCodeAt(i);
    view.setUint32(at, value === null ? ABSENT : value.length);
    at += 4;
    if (value === null) kept.set(text, null);
    else {
      record.set(value, at);
      kept.set(text, record.subarray(at, at + value.length));
      at += value.length;
    }
    if (kept.size % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
  }
  const body = record.subarray(CRC_BYTES);
  view.setUint32(0, (crc32c(body) ^ crc32c(numberedKey(UNDO_PREFIX, height))) >>> 0);
  return { record, values: kept };
}

/** @throws STATE_DAMAGED if the record is damaged or belongs to another block than `blockId` */
export function decodeUndo(height: number, blockId: Hash, stored: Bytes | undefined): Map<KeyText, Bytes | null> {
  const key = numberedKey(UNDO_PREFIX, height);
  const body = unseal("undo", key, stored);
  const damaged = (reason: string) => new StateDamagedError({ record: "undo", key: toHex(key), reason });
  if (body.length < 36 || Buffer.compare(body.subarray(0, 32), blockId) !== 0) throw damaged(`it is not of block ${toHex(blockId)}`);
  const count = uint32At(body, 32);
  const values = new Map<KeyText, Bytes | null>();
  let at = 36;
  for (let i = 0; i < count; i++) {
    const keyEnd = at + 1 + (body[at] ?? 0);
    if (keyEnd + 4 > body.length) throw damaged("it ends early");
    const length = uint32At(body, keyEnd);
    const end = keyEnd + 4 + (length === ABSENT ? 0 : length);
    if (end > body.length) throw damaged("it ends early");
    // A copy, so that a single value that is still read does not keep the whole record in memory.
    values.set(keyText(body, at + 1, keyEnd), length === ABSENT ? null : body.slice(keyEnd + 4, end));
    at = end;
  }
  if (at !== body.length || values.size !== count) throw damaged("its entries do not add up");
  return values;
}
