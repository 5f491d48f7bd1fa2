/**
 * The journal: what "accepted" means. A transaction is accepted once its record is durable, and after a crash the pool is
 * made again from the records, in order of acceptance.
 *
 * Record: key `40 ‖ sequence (8 bytes, big-endian)`, value `CRC-32C of the rest (4 bytes, little-endian) ‖ id (32) ‖ raw`. The id
 * is there so that a start can ask the chain for it under whatever rules, without decoding. Records of what left the pool are
 * deleted in batches, with the next write at hand: one that a crash leaves behind is judged anew at the next start, so
 * deleting may be late but never early. What a block took is retired, not deleted, until that block is final: a reorg
 * hands it back, and the crash may come before anything is written again.
 */
import { assert } from "../kernel/assert.js";
import { messageOf } from "../kernel/errors.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import { type Bytes, putUint32Little, putUint64, uint32LittleAt, uint64At } from "../primitives/bytes.js";
import { crc32c } from "../primitives/crc32c.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import { JournalFailedError } from "./errors.js";

/** First byte of all keys of the journal. */
export const JOURNAL_PREFIX = 0x40;
const CRC_BYTES = 4;
const RAW_AT = CRC_BYTES + Hash.bytes;
/** What a retired record takes beside its raw bytes: in memory, and in the database. */
const RETIRED_OVERHEAD_BYTES = 256;

export interface JournalRecord {
  readonly sequence: number;
  readonly id: Hash;
  readonly raw: Bytes;
}

export interface DamagedRecord {
  readonly sequence: number;
  readonly damage: string;
}

/** The record of a transaction that a block took. */
export interface RetiredRecord {
  readonly sequence: number;
  /** Of that block, or above it. */
  readonly height: number;
  /** Of the raw transaction. */
  readonly bytes: number;
}

export class Journal {
  readonly #storage: Storage;
  readonly #maxRetiredBytes: number;
  #nextSequence = 1;
  #deletions: number[] = [];
  /** Taken by a block, by raw hash, oldest first. */
  readonly #retired = new Map<HashKey, RetiredRecord>();
  #retiredBytes = 0;

  constructor(storage: Storage, options: { readonly maxRetiredBytes: number }) {
    this.#storage = storage;
    this.#maxRetiredBytes = options.maxRetiredBytes;
  }

  /** What the retired records take, as the bound counts it. */
  get retiredBytes(): number {
    return this.#retiredBytes;
  }

  /** The place of the next accepted transaction in the order of acceptance. */
  takeSequence(): number {
    return this.#nextSequence++;
  }

  /** All records in order of acceptance; afterwards, sequences go on behind them. Changes nothing. */
  async *load(): AsyncIterable<JournalRecord | DamagedRecord> {
    for await (const [key, value] of this.#storage.range({ gte: Uint8Array.of(JOURNAL_PREFIX), lt: Uint8Array.of(JOURNAL_PREFIX + 1) })) {
      const sequence = sequenceOf(key);
      this.#nextSequence = Math.max(this.#nextSequence, sequence + 1);
      const damage = sequence === 0 ? "its key is not 40 and a sequence" : damageOf(value);
      yield damage === undefined
        ? // Views: what storage answers is the caller's, and most of these are only counted.
          { sequence, id: Hash.from(value.subarray(CRC_BYTES, RAW_AT)), raw: value.subarray(RAW_AT) }
        : { sequence, damage };
    }
  }

  /** Writes records durably, together with the deletions that wait. @throws JournalFailedError */
  async append(records: readonly JournalRecord[]): Promise<void> {
    await this.#write(
      records.map(({ sequence, id, raw }): StorageOperation => ({ type: "put", key: journalKey(sequence), value: journalValue(id, raw) })),
      true,
    );
  }

  /** Its record goes with the next write. */
  forget(sequence: number): void {
    this.#deletions.push(sequence);
  }

  /** A block took it: its record stays until `tidy` hears that the block is final. Blocks come in the order of their heights. */
  retire(rawKey: HashKey, record: RetiredRecord): void {
    const standing = this.revive(rawKey);
    if (standing !== undefined && standing !== record.sequence) this.forget(standing);
    this.#retired.set(rawKey, record);
    this.#retiredBytes += RETIRED_OVERHEAD_BYTES + record.bytes;
    for (const [oldest, { sequence }] of this.#retired) {
      if (this.#retiredBytes <= this.#maxRetiredBytes) break;
      this.revive(oldest);
      this.forget(sequence);
    }
  }

  /** The sequence under which a retired transaction still stands, if it does: nothing has to be written for it. */
  revive(rawKey: HashKey): number | undefined {
    const record = this.#retired.get(rawKey);
    if (record === undefined) return undefined;
    this.#retired.delete(rawKey);
    this.#retiredBytes -= RETIRED_OVERHEAD_BYTES + record.bytes;
    return record.sequence;
  }

  /** Lets go of what blocks up to `finalizedHeight` took, and writes deletions that wait. */
  async tidy(finalizedHeight: number): Promise<void> {
    for (const [rawKey, { sequence, height }] of this.#retired) {
      if (height > finalizedHeight) break;
      this.revive(rawKey);
      this.forget(sequence);
    }
    if (this.#deletions.length > 0) await this.#write([], false);
  }

  /** Writes what waits, durably. What is retired stays, for the next run. */
  async flush(): Promise<void> {
    await this.#write([], true);
  }

  async #write(puts: readonly StorageOperation[], durable: boolean): Promise<void> {
    const deletions = this.#deletions;
    this.#deletions = [];
    const deletes = deletions.map((sequence): StorageOperation => ({ type: "del", key: journalKey(sequence) }));
    try {
      // Deletions last: one transaction of a batch may have evicted another one of it.
      await this.#storage.write([...puts, ...deletes], { durable });
    } catch (error) {
      this.#deletions.push(...deletions);
      throw new JournalFailedError({ reason: messageOf(error) }, error);
    }
  }
}

/** @param sequence 0 … 2^53 − 1 */
export function journalKey(sequence: number): Bytes {
  assert(Number.isSafeInteger(sequence) && sequence >= 0, "a sequence is a safe integer");
  const key = new Uint8Array(9);
  key[0] = JOURNAL_PREFIX;
  putUint64(key, 1, sequence);
  return key;
}

export function journalValue(id: Hash, raw: Bytes): Bytes {
  const value = new Uint8Array(RAW_AT + raw.length);
  value.set(id, CRC_BYTES);
  value.set(raw, RAW_AT);
  putUint32Little(value, 0, crc32c(value.subarray(CRC_BYTES)));
  return value;
}

function sequenceOf(key: Bytes): number {
  if (key.length !== 9) return 0;
  // Numbers above 2^53 lose digits here, but not their size.
  const sequence = uint64At(key, 1);
  return sequence >= Number.MAX_SAFE_INTEGER ? 0 : sequence;
}

function damageOf(value: Bytes): string | undefined {
  if (value.length <= RAW_AT) return `it has ${value.length} bytes`;
  return uint32LittleAt(value, 0) === crc32c(value.subarray(CRC_BYTES)) ? undefined : "its checksum does not fit its bytes";
}
