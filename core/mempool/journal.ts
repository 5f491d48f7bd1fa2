/**
 * The journal: what "accepted" means. A transaction is accepted once its record is durable, and after a crash the pool is
 * made again from the records, in order of acceptance.
 *
 * Record: key `40 ‖ sequence (8 bytes, big-endian)`, value `CRC-32C of the rest (4 bytes, little-endian) ‖ raw`. Records of
 * what left the pool are deleted in batches, with the next write at hand: one that a crash leaves behind is refused by
 * the ledger at the next start, so deleting may be late but never early. What a block took is kept for some blocks more,
 * since a reorg hands it back, and the crash may come before it is written again.
 */
import { assert } from "../kernel/assert.js";
import { messageOf } from "../kernel/errors.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import type { Bytes } from "../primitives/bytes.js";
import { crc32c } from "../primitives/crc32c.js";
import type { HashKey } from "../primitives/hash.js";
import { JournalFailedError } from "./errors.js";

/** First byte of all keys of the journal. */
export const JOURNAL_PREFIX = 0x40;
const CRC_BYTES = 4;

export interface JournalRecord {
  readonly sequence: number;
  readonly raw: Bytes;
}

export interface DamagedRecord {
  readonly sequence: number;
  readonly damage: string;
}

interface RetiredRecord {
  readonly sequence: number;
  readonly height: number;
}

export class Journal {
  readonly #storage: Storage;
  readonly #retainBlocks: number;
  readonly #maxRetired: number;
  #nextSequence = 1;
  #deletions: number[] = [];
  /** Taken by a block, by raw hash, oldest first. */
  readonly #retired = new Map<HashKey, RetiredRecord>();

  constructor(storage: Storage, options: { readonly retainBlocks: number; readonly maxRetired: number }) {
    this.#storage = storage;
    this.#retainBlocks = options.retainBlocks;
    this.#maxRetired = options.maxRetired;
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
      const damage = damageOf(key, value);
      yield damage === undefined ? { sequence, raw: value.slice(CRC_BYTES) } : { sequence, damage };
    }
  }

  /** Writes records durably, together with the deletions that wait. @throws JournalFailedError */
  async append(records: readonly JournalRecord[]): Promise<void> {
    await this.#write(
      records.map(({ sequence, raw }): StorageOperation => ({ type: "put", key: journalKey(sequence), value: journalValue(raw) })),
      true,
    );
  }

  /** Its record goes with the next write. */
  forget(sequence: number): void {
    this.#deletions.push(sequence);
  }

  /** A block at `height` took it: its record stays for a while. */
  retire(rawKey: HashKey, sequence: number, height: number): void {
    this.#retired.set(rawKey, { sequence, height });
    if (this.#retired.size <= this.#maxRetired) return;
    const oldest = this.#retired.entries().next();
    if (!oldest.done) this.#forgetRetired(...oldest.value);
  }

  /** The sequence under which a retired transaction still stands, if it does: nothing has to be written for it. */
  revive(rawKey: HashKey): number | undefined {
    const record = this.#retired.get(rawKey);
    this.#retired.delete(rawKey);
    return record?.sequence;
  }

  /** Lets go of what was retired long before `height`, and writes deletions that wait. */
  async tidy(height: number): Promise<void> {
    for (const [rawKey, record] of this.#retired) {
      if (record.height + this.#retainBlocks > height) break;
      this.#forgetRetired(rawKey, record);
    }
    if (this.#deletions.length > 0) await this.#write([], false);
  }

  /** Writes what waits, durably. What is retired stays, for the next run. */
  async flush(): Promise<void> {
    await this.#write([], true);
  }

  #forgetRetired(rawKey: HashKey, record: RetiredRecord): void {
    this.#retired.delete(rawKey);
    this.forget(record.sequence);
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
  new DataView(key.buffer).setBigUint64(1, BigInt(sequence));
  return key;
}

export function journalValue(raw: Bytes): Bytes {
  const value = new Uint8Array(CRC_BYTES + raw.length);
  value.set(raw, CRC_BYTES);
  new DataView(value.buffer).setUint32(0, crc32c(raw), true);
  return value;
}

function sequenceOf(key: Bytes): number {
  if (key.length !== 9) return 0;
  const sequence = new DataView(key.buffer, key.byteOffset).getBigUint64(1);
  return sequence >= BigInt(Number.MAX_SAFE_INTEGER) ? 0 : Number(sequence);
}

function damageOf(key: Bytes, value: Bytes): string | undefined {
  if (key.length !== 9 || sequenceOf(key) === 0) return "its key is not 40 and a sequence";
  if (value.length <= CRC_BYTES) return `it has ${value.length} bytes`;
  const stored = new DataView(value.buffer, value.byteOffset).getUint32(0, true);
  return stored === crc32c(value.subarray(CRC_BYTES)) ? undefined : "its checksum does not fit its bytes";
}
