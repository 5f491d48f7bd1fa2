/**
 * What archive mode writes to storage, beside the records of records.ts.
 *
 * | prefix | key after it | value | guarded by |
 * | --- | --- | --- | --- |
 * | 0x28 difference | path (32) ‖ height (8) | whether there was a value (1) ‖ the value, as it was before the block at that height | CRC-32C |
 * | 0x29 archive | | standing (1) ‖ from (8) ‖ through (8) ‖ cursor (32) | CRC-32C |
 *
 * By key first and height second: the value after block h is in the first difference above h, which one seek finds, however
 * many blocks lie in between; without one it is what the disk says today.
 */
import { type Bytes, EMPTY_BYTES, Hash, toHex } from "../primitives/index.js";
import { StateDamagedError } from "./errors.js";
import { seal, unseal } from "./records.js";

const DIFFERENCE_PREFIX = 0x28;
const ARCHIVE_PREFIX = 0x29;
export const ARCHIVE_KEY: Bytes = Uint8Array.of(ARCHIVE_PREFIX);
/** Around all differences. */
export const DIFFERENCES = { gte: Uint8Array.of(DIFFERENCE_PREFIX), lt: Uint8Array.of(DIFFERENCE_PREFIX + 1) } as const;
/** Prefix, path, height. */
const KEY_BYTES = 41;

/** @param valueKey key of the value's flat record: its prefix and the path */
export function differenceKey(valueKey: Bytes, height: number): Bytes {
  const key = new Uint8Array(KEY_BYTES);
  key.set(valueKey);
  key[0] = DIFFERENCE_PREFIX;
  new DataView(key.buffer).setBigUint64(33, BigInt(height));
  return key;
}

/** The lowest key of a path's differences. */
export function differencesFrom(path: Bytes): Bytes {
  const key = new Uint8Array(KEY_BYTES);
  key[0] = DIFFERENCE_PREFIX;
  key.set(path, 1);
  return key;
}

export function pathOfDifference(key: Bytes): Hash {
  return Hash.from(key.slice(1, 33));
}

/** @param before null: there was none */
export function encodeDifference(key: Bytes, before: Bytes | null): Bytes {
  const value = before ?? EMPTY_BYTES;
  const body = new Uint8Array(1 + value.length);
  body[0] = before === null ? 0 : 1;
  body.set(value, 1);
  return seal(key, body);
}

/** @throws STATE_DAMAGED */
export function decodeDifference(key: Bytes, stored: Bytes): Bytes | null {
  const body = unseal("difference", key, stored);
  const kind = body[0];
  if (kind === 1 && body.length > 1) return body.slice(1);
  if (kind === 0 && body.length === 1) return null;
  throw new StateDamagedError({ record: "difference", key: toHex(key), reason: "it is neither a value nor the lack of one" });
}

export interface ArchiveRecord {
  /** `keeping`: differences of all blocks above `from` are there. `dropping`: they mean nothing any more and are being deleted. */
  readonly standing: "keeping" | "dropping";
  /** Lowest height whose state the differences answer for. */
  readonly from: number;
  /** The disk's height when differences were written last: another one shows that somebody flushed without writing them. */
  readonly through: number;
  /** While dropping: paths below it have none left. */
  readonly cursor: Hash;
}

const ARCHIVE_BYTES = 1 + 2 * 8 + 32;

export function encodeArchive({ standing, from, through, cursor }: ArchiveRecord): Bytes {
  const body = new Uint8Array(ARCHIVE_BYTES);
  const view = new DataView(body.buffer);
  body[0] = standing === "keeping" ? 1 : 2;
  view.setBigUint64(1, BigInt(from));
  view.setBigUint64(9, BigInt(through));
  body.set(cursor, 17);
  return seal(ARCHIVE_KEY, body);
}

/** @throws STATE_DAMAGED */
export function decodeArchive(stored: Bytes): ArchiveRecord {
  const body = unseal("archive", ARCHIVE_KEY, stored, ARCHIVE_BYTES);
  const view = new DataView(body.buffer, body.byteOffset);
  return {
    standing: body[0] === 1 ? "keeping" : "dropping",
    from: Number(view.getBigUint64(1)),
    through: Number(view.getBigUint64(9)),
    cursor: Hash.from(body.slice(17, 49)),
  };
}
