/** The index at one moment: answers are all of the same height, whatever is written meanwhile. */
import { type Address, type Bytes, Hash, toHex } from "../../core/sdk.js";
import { HistoryDamagedError } from "./errors.js";
import type { Level } from "./level.js";
import {
  type BlockRecord,
  blockRecord,
  type Cursor,
  cursorRecord,
  type Key,
  keys,
  PLACE_BYTES,
  type Place,
  placeRecord,
  ranges,
  readPlace,
  type TransactionRecord,
  transactionRecord,
  unsealed,
} from "./records.js";

const ENTRIES_PER_READ = 256;

export class HistoryView {
  readonly #level: Level;
  readonly #snapshot: ReturnType<Level["snapshot"]>;
  readonly #path: string;

  constructor(level: Level, snapshot: ReturnType<Level["snapshot"]>, path: string) {
    this.#level = level;
    this.#snapshot = snapshot;
    this.#path = path;
  }

  get cursor(): Cursor {
    return cursorRecord.read(this.#present(keys.cursor, "the cursor"));
  }

  block(height: number): BlockRecord | undefined {
    const body = this.#get(keys.block(height), () => `the record of the block at height ${height}`);
    return body === undefined ? undefined : blockRecord.read(body);
  }

  /** Where a transaction is. */
  place(id: Hash): Place | undefined {
    const body = this.#get(keys.transaction(id), () => `the place of transaction ${Hash.key(id)}`);
    return body === undefined ? undefined : placeRecord.read(body);
  }

  /** @throws HISTORY_DAMAGED if it is not there */
  transaction(place: Place): TransactionRecord {
    return transactionRecord.read(this.#present(keys.place(place), `transaction ${place.position} of height ${place.height}`));
  }

  /** Places of an address' transactions, newest first, at most `limit`; below a place, if one is given. */
  async places(address: Address, below: Place | undefined, limit: number): Promise<Place[]> {
    const range = { ...ranges.address(address, below), reverse: true, limit, values: true, snapshot: this.#snapshot };
    const entries = await this.#level.iterator<Uint8Array, Uint8Array>(range).all();
    return entries.map(([key, value]) => {
      this.#check(key, value, () => `an entry of address ${toHex(address)}`);
      return readPlace(key, key.length - PLACE_BYTES);
    });
  }

  /** All transactions of a height, in order. */
  async *transactionsAt(height: number): AsyncGenerator<readonly [Place, TransactionRecord], void, void> {
    const iterator = this.#level.iterator<Uint8Array, Uint8Array>({ ...ranges.height(height), snapshot: this.#snapshot });
    try {
      for (;;) {
        const entries = await iterator.nextv(ENTRIES_PER_READ);
        if (entries.length === 0) return;
        for (const [key, value] of entries) {
          const body = this.#check(key, value, () => `a transaction of height ${height}`);
          yield [readPlace(key, 1), transactionRecord.read(body)];
        }
      }
    } finally {
      await iterator.close();
    }
  }

  #get(key: Key, what: () => string): Bytes | undefined {
    const value = this.#level.getSync<Uint8Array, Uint8Array>(key, { snapshot: this.#snapshot });
    return value === undefined ? undefined : this.#check(key, value, what);
  }

  #present(key: Key, what: string): Bytes {
    const body = this.#get(key, () => what);
    if (body === undefined) throw new HistoryDamagedError({ path: this.#path, reason: `${what} is missing` });
    return body;
  }

  #check(key: Key, value: Bytes, what: () => string): Bytes {
    const body = unsealed(key, value);
    if (body === undefined) throw new HistoryDamagedError({ path: this.#path, reason: `${what()} fails its check` });
    return body;
  }
}
