/**
 * The index on disk: opened with checks, written in atomic batches, read in frozen views.
 *
 * Every batch carries the cursor that it leads to and its own number. LevelDB drops a batch in the middle of its log without a
 * word when a bit in it flipped, so the numbers of as many batches as its log may hold are kept, and opening finds any that is
 * missing. Of a log that lost its end, the cursor stands earlier, and what is missing is indexed again.
 */
import { assert, type Bytes, Hash, markLevelDamaged, toHex } from "../../core/sdk.js";
import {
  HistoryClosedError,
  HistoryDamagedError,
  HistoryForeignError,
  HistoryNewerFormatError,
  HistoryOtherChainError,
  HistoryWithoutAddressesError,
  levelError,
} from "./errors.js";
import { HistoryBatch, type WrittenBatch } from "./history-batch.js";
import { HistoryView } from "./history-view.js";
import type { Level } from "./level.js";
import {
  type Cursor,
  cursorRecord,
  formatRecord,
  HISTORY_FORMAT,
  keys,
  NO_CURSOR,
  numberRecord,
  ranges,
  readNumber,
  unsealed,
} from "./records.js";

export interface HistoryStoreOptions {
  readonly path: string;
  readonly chainId: string;
  readonly genesisId: Hash;
  /** Whether the ledger tells addresses. */
  readonly addresses: boolean;
  /** More than the database's log holds: numbers of batches are kept for so many bytes. */
  readonly coveredBytes: number;
  /** Opens the database. */
  readonly open: () => Promise<Level>;
  /** Looks after its files from then on, until it is stopped; tells in words what is damaged, at most once. */
  readonly patrol?: (onDamage: (reason: string) => void) => Patrol | undefined;
}

export interface Patrol {
  /** Nothing of it is under way once this has resolved. */
  stop(): Promise<void>;
}

const BATCHES_PER_READ = 1_024;

interface Opened {
  readonly level: Level;
  /** The batches that are remembered, oldest first. */
  readonly written: WrittenBatch[];
  readonly patrol: Patrol | undefined;
}

export class HistoryStore {
  readonly #options: HistoryStoreOptions;
  #opened: Opened | undefined;
  #cursor: Cursor = NO_CURSOR;
  /** What the patrol found: nothing is served any more. */
  #damage: Error | undefined;
  #marking: Promise<void> = Promise.resolve();
  #onDamage: () => void = () => undefined;

  constructor(options: HistoryStoreOptions) {
    this.#options = options;
  }

  /**
   * Opens what is there, or makes an empty index.
   *
   * @throws HISTORY_FOREIGN, HISTORY_NEWER_FORMAT, HISTORY_OTHER_CHAIN, HISTORY_WITHOUT_ADDRESSES, HISTORY_DAMAGED, HISTORY_LOCKED,
   * HISTORY_IO
   */
  async open(): Promise<void> {
    assert(this.#opened === undefined, "an index that is open is not opened again");
    this.requireSound();
    const level = await this.#options.open();
    try {
      await this.#checkFormat(level);
      const written = await this.#checkBatches(level);
      this.#cursor = cursorRecord.read(this.#get(level, keys.cursor, "its cursor"));
      const patrol = this.#options.patrol?.((reason) => this.#giveUp(reason));
      this.#opened = { level, written, patrol };
    } catch (thrown) {
      await level.close();
      throw levelError(thrown, this.#options.path);
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    try {
      await opened?.patrol?.stop();
      await this.#marking;
      await opened?.level.close();
    } catch (thrown) {
      throw levelError(thrown, this.#options.path);
    }
  }

  /** As of the last batch that was written. */
  get cursor(): Cursor {
    return this.#cursor;
  }

  /** Called once the patrol found damage, from when on nothing is served. */
  set onDamage(listener: () => void) {
    this.#onDamage = listener;
  }

  /** @throws HISTORY_DAMAGED if the patrol found damage */
  requireSound(): void {
    if (this.#damage !== undefined) throw this.#damage;
  }

  get path(): string {
    return this.#options.path;
  }

  /** An empty batch. One is written at a time; the next one may be filled meanwhile. */
  batch(): HistoryBatch {
    const { level, written } = this.#level();
    return new HistoryBatch(level, written, this.#options, (cursor) => {
      this.#cursor = cursor;
    });
  }

  /** Reads in a view of this moment. */
  async read<Value>(read: (view: HistoryView) => Value | Promise<Value>): Promise<Value> {
    const { level } = this.#level();
    const { path } = this.#options;
    try {
      const snapshot = level.snapshot();
      try {
        return await read(new HistoryView(level, snapshot, path));
      } finally {
        await snapshot.close();
      }
    } catch (thrown) {
      throw levelError(thrown, path);
    }
  }

  /** Serves nothing from what is damaged, now and after a restart: LevelDB would merge it into tables that look sound. */
  #giveUp(reason: string): void {
    const { path } = this.#options;
    this.#damage = new HistoryDamagedError({ path, reason });
    // Where the disk refuses the mark, the next patrol finds it again.
    this.#marking = markLevelDamaged(path, reason).catch(() => undefined);
    this.#onDamage();
  }

  #level(): Opened {
    this.requireSound();
    if (this.#opened === undefined) throw new HistoryClosedError({});
    return this.#opened;
  }

  #get(level: Level, key: Bytes, what: string): Bytes {
    const value = level.getSync(key);
    const body = value === undefined ? undefined : unsealed(key, value);
    if (body === undefined)
      throw new HistoryDamagedError({
        path: this.#options.path,
        reason: `${what} ${value === undefined ? "is missing" : "fails its check"}`,
      });
    return body;
  }

  async #checkFormat(level: Level): Promise<void> {
    const { path, chainId, genesisId, addresses } = this.#options;
    const genesis = toHex(genesisId);
    if (level.getSync(keys.format) === undefined) {
      if (level.getSync(keys.cursor) !== undefined) throw new HistoryDamagedError({ path, reason: "its format record is missing" });
      if ((await level.keys({ limit: 1 }).all()).length > 0)
        throw new HistoryForeignError({ path, reason: "it is a database without this plugin's format record" });
      const format = formatRecord.seal({ format: HISTORY_FORMAT, chainId, genesisId: genesis, addresses });
      await level.batch<Uint8Array, Uint8Array>(
        [
          { type: "put", key: keys.format, value: format },
          { type: "put", key: keys.cursor, value: cursorRecord.seal(NO_CURSOR) },
          { type: "put", key: keys.batch(0), value: numberRecord.seal(keys.batch(0), 0) },
        ],
        { sync: true } as object,
      );
      return;
    }
    const found = formatRecord.read(this.#get(level, keys.format, "its format record"));
    if (found.format > HISTORY_FORMAT) throw new HistoryNewerFormatError({ path, found: found.format, known: HISTORY_FORMAT });
    if (found.genesisId !== genesis) throw new HistoryOtherChainError({ path, found: found.genesisId, expected: genesis });
    if (addresses && !found.addresses) throw new HistoryWithoutAddressesError({ path });
  }

  /** @throws HISTORY_DAMAGED if a batch is missing between two that are there */
  async #checkBatches(level: Level): Promise<WrittenBatch[]> {
    const { path } = this.#options;
    const written: WrittenBatch[] = [];
    const iterator = level.iterator<Uint8Array, Uint8Array>(ranges.batches);
    try {
      for (;;) {
        const entries = await iterator.nextv(BATCHES_PER_READ);
        if (entries.length === 0) break;
        for (const [key, value] of entries) {
          const body = unsealed(key, value);
          const number = readNumber(key, 1);
          if (body === undefined) throw new HistoryDamagedError({ path, reason: `the record of its batch ${number} fails its check` });
          const last = written.at(-1);
          if (last !== undefined && number !== last.number + 1)
            throw new HistoryDamagedError({ path, reason: `its batch ${last.number + 1} is missing, later ones are there` });
          written.push({ number, bytes: numberRecord.read(body) });
        }
      }
    } finally {
      await iterator.close();
    }
    if (written.length === 0) throw new HistoryDamagedError({ path, reason: "the records of its batches are missing" });
    return written;
  }
}
