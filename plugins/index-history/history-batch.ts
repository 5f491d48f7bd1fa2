/** One atomic write: what blocks added, or what undoing them took away, and the cursor after it. */
import { type Address, assert, type Hash, present } from "../../core/sdk.js";
import { levelError } from "./errors.js";
import type { Level } from "./level.js";
import {
  type BlockRecord,
  blockRecord,
  type Cursor,
  cursorRecord,
  type Key,
  keys,
  NOTHING,
  numberRecord,
  type Place,
  placeRecord,
  type TransactionRecord,
  transactionRecord,
} from "./records.js";

/** A batch that is on disk: its number, and how many bytes all batches up to it had. */
export interface WrittenBatch {
  readonly number: number;
  readonly bytes: number;
}

type Chained = ReturnType<Level["batch"]>;

export class HistoryBatch {
  readonly #chained: Chained;
  readonly #written: WrittenBatch[];
  readonly #options: { readonly path: string; readonly coveredBytes: number };
  readonly #onWritten: (cursor: Cursor) => void;
  #operations = 0;
  #bytes = 0;
  #adds = false;
  #ended = false;

  constructor(
    level: Level,
    written: WrittenBatch[],
    options: { readonly path: string; readonly coveredBytes: number },
    onWritten: (cursor: Cursor) => void,
  ) {
    this.#chained = level.batch();
    this.#written = written;
    this.#options = options;
    this.#onWritten = onWritten;
  }

  get operations(): number {
    return this.#operations;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether blocks were added: they can be undone only once this is written. */
  get adds(): boolean {
    return this.#adds;
  }

  putBlock(height: number, record: BlockRecord): void {
    this.#adds = true;
    const key = keys.block(height);
    this.#put(key, blockRecord.seal(key, record));
  }

  /** A transaction, without its addresses' entries: `putAddress` adds them. */
  putTransaction(place: Place, record: TransactionRecord): void {
    this.#adds = true;
    const byPlace = keys.place(place);
    this.#put(byPlace, transactionRecord.seal(byPlace, record));
    const byId = keys.transaction(record.id);
    this.#put(byId, placeRecord.seal(byId, place));
  }

  putAddress(address: Address, place: Place): void {
    const key = keys.ofAddress(address, place);
    this.#put(key, NOTHING.seal(key));
  }

  deleteBlock(height: number): void {
    this.#delete(keys.block(height));
  }

  /** A transaction is in a chain once: no block below has a place to restore. */
  deleteTransaction(place: Place, id: Hash): void {
    this.#delete(keys.place(place));
    this.#delete(keys.transaction(id));
  }

  deleteAddress(address: Address, place: Place): void {
    this.#delete(keys.ofAddress(address, place));
  }

  /** Writes it all, synced, with the cursor that it leads to. @throws HISTORY_IO, HISTORY_CLOSED */
  async write(cursor: Cursor): Promise<void> {
    assert(!this.#ended, "a batch is written once");
    this.#ended = true;
    const last = present(this.#written.at(-1), "the first batch made the index");
    const next: WrittenBatch = { number: last.number + 1, bytes: last.bytes + this.#bytes };
    const key = keys.batch(next.number);
    this.#put(keys.cursor, cursorRecord.seal(cursor));
    this.#put(key, numberRecord.seal(key, next.bytes));
    const covered = next.bytes - this.#options.coveredBytes;
    const forgotten = this.#written.findIndex(({ bytes }) => bytes > covered);
    for (const { number } of this.#written.slice(0, Math.max(0, forgotten))) this.#delete(keys.batch(number));
    try {
      await this.#chained.write({ sync: true } as object);
    } catch (thrown) {
      throw levelError(thrown, this.#options.path);
    }
    this.#written.splice(0, Math.max(0, forgotten));
    this.#written.push(next);
    this.#onWritten(cursor);
  }

  /** Gives it up: nothing of it is written. */
  async abandon(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#chained.close();
  }

  #put(key: Key, value: Uint8Array): void {
    this.#operations++;
    this.#bytes += key.length + value.length;
    this.#chained.put(key, value);
  }

  #delete(key: Key): void {
    this.#operations++;
    this.#bytes += key.length;
    this.#chained.del(key);
  }
}
