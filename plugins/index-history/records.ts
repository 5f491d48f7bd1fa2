/**
 * The index' records: keys, values and their checks.
 *
 * | prefix | key | value |
 * | --- | --- | --- |
 * | 00 | | format: JSON |
 * | 01 | | cursor: JSON |
 * | 02 | height | block id, timestamp, number of transactions |
 * | 03 | transaction id | place |
 * | 04 | place | transaction id, code of its failure, addresses |
 * | 05 | address ‖ place | nothing |
 * | 06 | number of a batch | bytes written up to it |
 *
 * A place is height (6 bytes, big-endian) ‖ position in the block (3 bytes). What a block added can be found again by its height
 * alone (04), so any block can be undone, at any depth, without its body. Every value ends with a CRC-32C of key and value: LevelDB
 * serves flipped bits without a word.
 */
import { Address, type Bytes, crc32c, Hash } from "../../core/sdk.js";

/** What this plugin writes, and the newest that it reads. */
export const HISTORY_FORMAT = 1;

/** A key as it is stored. */
export type Key = Uint8Array;

export interface HistoryFormat {
  readonly format: number;
  readonly chainId: string;
  /** Hex. */
  readonly genesisId: string;
  /** Whether the ledger told addresses. */
  readonly addresses: boolean;
}

/** Heights that are not indexed, first and last. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Up to where the index has come: written with what it tells of, in one batch. */
export interface Cursor {
  /** Of the newest indexed block (or of the last one of a gap); −1 before the first. */
  readonly height: number;
  readonly id: Hash;
  /** Every chain event up to this one is in the index. */
  readonly sequence: number;
  /** Ascending; not next to each other. */
  readonly gaps: readonly Gap[];
  /** In the index. */
  readonly transactions: number;
}

export const NO_CURSOR: Cursor = { height: -1, id: Hash.zero, sequence: 0, gaps: [], transactions: 0 };

/** Lowest height from which every block up to the cursor is indexed. */
export function completeFrom({ gaps }: Pick<Cursor, "gaps">): number {
  return (gaps.at(-1)?.to ?? -1) + 1;
}

export interface BlockRecord {
  readonly id: Hash;
  readonly timestampMs: number;
  readonly transactions: number;
}

/** Where a transaction is. */
export interface Place {
  readonly height: number;
  readonly position: number;
}

export interface TransactionRecord {
  readonly id: Hash;
  /** Of its failure; empty when ok. */
  readonly code: string;
  readonly addresses: readonly Address[];
}

export const HEIGHT_BYTES = 6;
export const PLACE_BYTES = 9;
const CHECK_BYTES = 4;
const CODE_BYTES_MAX = 0xff;

const text = new TextDecoder();

/** 6 bytes, big-endian. */
export function writeNumber(into: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  into[at] = high >>> 8;
  into[at + 1] = high;
  into[at + 2] = value >>> 24;
  into[at + 3] = value >>> 16;
  into[at + 4] = value >>> 8;
  into[at + 5] = value;
}

export function readNumber(from: Bytes, at: number): number {
  let value = 0;
  for (let index = at; index < at + HEIGHT_BYTES; index++) value = value * 256 + (from[index] as number);
  return value;
}

export function writePlace(into: Uint8Array, at: number, { height, position }: Place): void {
  writeNumber(into, at, height);
  into[at + HEIGHT_BYTES] = position >>> 16;
  into[at + HEIGHT_BYTES + 1] = position >>> 8;
  into[at + HEIGHT_BYTES + 2] = position;
}

export function readPlace(from: Bytes, at: number): Place {
  const last = at + HEIGHT_BYTES;
  return {
    height: readNumber(from, at),
    position: ((from[last] as number) << 16) | ((from[last + 1] as number) << 8) | (from[last + 2] as number),
  };
}

function keyOf(prefix: number, length: number): Key {
  const key = new Uint8Array(1 + length);
  key[0] = prefix;
  return key;
}

export const keys = {
  format: Uint8Array.of(0x00),
  cursor: Uint8Array.of(0x01),
  block(height: number): Key {
    const key = keyOf(0x02, HEIGHT_BYTES);
    writeNumber(key, 1, height);
    return key;
  },
  transaction(id: Hash): Key {
    const key = keyOf(0x03, Hash.bytes);
    key.set(id, 1);
    return key;
  },
  place(place: Place): Key {
    const key = keyOf(0x04, PLACE_BYTES);
    writePlace(key, 1, place);
    return key;
  },
  ofAddress(address: Address, place: Place): Key {
    const key = keyOf(0x05, Address.bytes + PLACE_BYTES);
    key.set(address, 1);
    writePlace(key, 1 + Address.bytes, place);
    return key;
  },
  batch(number: number): Key {
    const key = keyOf(0x06, HEIGHT_BYTES);
    writeNumber(key, 1, number);
    return key;
  },
};

export const ranges = {
  /** What the blocks' transactions came to, of one height. */
  height: (height: number) => ({ gte: keys.place({ height, position: 0 }), lt: keys.place({ height: height + 1, position: 0 }) }),
  /** Of one address, below a place, or all. */
  address(address: Address, below: Place | undefined) {
    const gte = keys.ofAddress(address, { height: 0, position: 0 });
    if (below !== undefined) return { gte, lt: keys.ofAddress(address, below) };
    return { gte, lte: keys.ofAddress(address, { height: 2 ** 48 - 1, position: 2 ** 24 - 1 }) };
  },
  batches: { gte: Uint8Array.of(0x06), lt: Uint8Array.of(0x07) },
};

/** Value and check of a record whose value is `bodyBytes` long; `write` fills it in from index 0. */
export function sealed(key: Key, bodyBytes: number, write: (body: Uint8Array) => void): Uint8Array {
  // Key and value lie next to each other, so that one pass makes the checksum.
  const all = new Uint8Array(key.length + bodyBytes + CHECK_BYTES);
  all.set(key);
  const checked = all.subarray(0, key.length + bodyBytes);
  write(checked.subarray(key.length));
  const check = crc32c(checked);
  const end = checked.length;
  all[end] = check >>> 24;
  all[end + 1] = check >>> 16;
  all[end + 2] = check >>> 8;
  all[end + 3] = check;
  return all.subarray(key.length);
}

/** The body of a stored value; undefined where it is not the one that was written. */
export function unsealed(key: Key, value: Bytes): Bytes | undefined {
  if (value.length < CHECK_BYTES) return undefined;
  // A plain array: LevelDB answers Buffers, whose `slice` does not copy.
  const body = new Uint8Array(value.buffer, value.byteOffset, value.length - CHECK_BYTES);
  const checked = new Uint8Array(key.length + body.length);
  checked.set(key);
  checked.set(body, key.length);
  const check = new DataView(value.buffer, value.byteOffset + body.length, CHECK_BYTES).getUint32(0);
  return crc32c(checked) === check ? body : undefined;
}

export function sealedJson(key: Key, json: object): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  return sealed(key, bytes.length, (body) => body.set(bytes));
}

export const blockRecord = {
  seal: (key: Key, { id, timestampMs, transactions }: BlockRecord): Uint8Array =>
    sealed(key, Hash.bytes + 2 * HEIGHT_BYTES, (body) => {
      body.set(id);
      writeNumber(body, Hash.bytes, timestampMs);
      writeNumber(body, Hash.bytes + HEIGHT_BYTES, transactions);
    }),
  read: (body: Bytes): BlockRecord => ({
    id: Hash.from(body.slice(0, Hash.bytes)),
    timestampMs: readNumber(body, Hash.bytes),
    transactions: readNumber(body, Hash.bytes + HEIGHT_BYTES),
  }),
};

export const placeRecord = {
  seal: (key: Key, place: Place): Uint8Array => sealed(key, PLACE_BYTES, (body) => writePlace(body, 0, place)),
  read: (body: Bytes): Place => readPlace(body, 0),
};

/** id ‖ length of the code ‖ code ‖ addresses. */
export const transactionRecord = {
  seal(key: Key, { id, code, addresses }: TransactionRecord): Uint8Array {
    // A ledger's codes are short ASCII; whatever one may write, the record stays readable.
    const codeBytes = new TextEncoder().encode(code).subarray(0, CODE_BYTES_MAX);
    const at = Hash.bytes + 1 + codeBytes.length;
    return sealed(key, at + Address.bytes * addresses.length, (body) => {
      body.set(id);
      body[Hash.bytes] = codeBytes.length;
      body.set(codeBytes, Hash.bytes + 1);
      for (const [index, address] of addresses.entries()) body.set(address, at + Address.bytes * index);
    });
  },
  read(body: Bytes): TransactionRecord {
    const at = Hash.bytes + 1 + (body[Hash.bytes] as number);
    const addresses: Address[] = [];
    for (let next = at; next < body.length; next += Address.bytes) addresses.push(Address.from(body.slice(next, next + Address.bytes)));
    return { id: Hash.from(body.slice(0, Hash.bytes)), code: text.decode(body.subarray(Hash.bytes + 1, at)), addresses };
  },
};

export const NOTHING = {
  seal: (key: Key): Uint8Array => sealed(key, 0, () => undefined),
};

export const numberRecord = {
  seal: (key: Key, value: number): Uint8Array => sealed(key, HEIGHT_BYTES, (body) => writeNumber(body, 0, value)),
  read: (body: Bytes): number => readNumber(body, 0),
};

/** The cursor as JSON: one a batch, and easy to look at. */
export const cursorRecord = {
  seal: (cursor: Cursor): Uint8Array => sealedJson(keys.cursor, { ...cursor, id: Hash.key(cursor.id) }),
  read(body: Bytes): Cursor {
    const json = JSON.parse(text.decode(body)) as Omit<Cursor, "id"> & { readonly id: string };
    return { ...json, id: Hash.parse(json.id) };
  },
};

export const formatRecord = {
  seal: (format: HistoryFormat): Uint8Array => sealedJson(keys.format, format),
  read: (body: Bytes): HistoryFormat => JSON.parse(text.decode(body)) as HistoryFormat,
};
