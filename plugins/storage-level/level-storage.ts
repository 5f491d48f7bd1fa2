/**
 * The storage on LevelDB.
 *
 * LevelDB alone does not notice every flipped bit (it checks neither tables nor the middle of its log while reading), so
 * whoever stores something here checks what it reads: pages against their parent's hash, values against their leaf,
 * blocks against their ids, all else by CRC-32C. What LevelDB does notice is STORAGE_DAMAGED.
 */
import { ClassicLevel, type Iterator as LevelIterator } from "classic-level";
import {
  assert,
  type Bytes,
  CLOCK,
  type Clock,
  DATA_DIRECTORY,
  type DataDirectory,
  damagedLevelTable,
  inject,
  injectable,
  LevelTablePatrol,
  type Logger,
  type Metrics,
  markLevelDamaged,
  messageOf,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  type Plugin,
  SCHEDULER,
  type Scheduler,
  type Storage,
  StorageClosedError,
  StorageDamagedError,
  StorageIoError,
  type StorageOperation,
  type StorageRange,
  type StorageSnapshot,
} from "../../core/sdk.js";
import { ACKNOWLEDGED_FILE, AcknowledgedFile, readAcknowledged } from "./acknowledgement.js";
import { DATABASE_FOLDER } from "./backup-plan.js";
import { CHECK_AT_START_BYTES, PATROL_BYTES_PER_SECOND, type StorageLevelOptions } from "./config.js";
import { checkDatabaseFiles, checkRecoveryLog, openedSequence } from "./database-files.js";
import { openError, StorageLockedError, storageError } from "./errors.js";
import { isMissing, LogLengths, logBytes, syncLogs } from "./log-files.js";
import { type StorageMetrics, storageMetrics } from "./metrics.js";
import { checkKey, KEY_BYTES_MAX, type LevelDatabase, WriteQueue } from "./write-queue.js";

/** Entries, and about so many bytes, that an iterator fetches from the thread pool at once. */
const ENTRIES_PER_READ = 512;
const BYTES_PER_READ = 128 * 1024;
/** How often files that go while they are looked at are looked for again. */
const CHECK_ATTEMPTS = 3;

const FIRST_KEY = new Uint8Array(0);
/** Beyond every key: keys have at most 255 bytes. */
const AFTER_LAST_KEY = new Uint8Array(KEY_BYTES_MAX + 1).fill(0xff);

type LevelSnapshot = ReturnType<LevelDatabase["snapshot"]>;

/** classic-level answers Buffers, whose `slice` shares memory where Uint8Array's copies; the port promises plain bytes. */
function plain(bytes: Bytes): Bytes {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function* entriesOf(
  iterator: LevelIterator<LevelDatabase, Bytes, Bytes>,
  path: string,
): AsyncGenerator<readonly [Bytes, Bytes], void, void> {
  try {
    let reading = iterator.nextv(ENTRIES_PER_READ);
    for (;;) {
      const entries = await reading;
      if (entries.length === 0) return;
      // The thread pool reads on while the caller is busy with these.
      reading = iterator.nextv(ENTRIES_PER_READ);
      reading.catch(() => undefined);
      for (const [key, value] of entries) yield [plain(key), plain(value)];
    }
  } catch (thrown) {
    throw storageError(thrown, path);
  } finally {
    await iterator.close();
  }
}

@injectable()
export class LevelStorage implements Plugin, Storage {
  readonly durability: Storage["durability"];
  readonly #path: string;
  readonly #options: StorageLevelOptions;
  readonly #clock: Clock;
  readonly #metrics: StorageMetrics;
  readonly #scheduler: Scheduler | undefined;
  readonly #logger: Logger | undefined;
  #patrol: LevelTablePatrol | undefined;
  #starting: Promise<void> | undefined;
  /** What the patrol found: nothing is served any more. */
  #damage: Error | undefined;
  #givingUp: Promise<void> | undefined;
  readonly #onDamage: ((error: Error) => void)[] = [];
  #open: { readonly database: LevelDatabase; readonly writes: WriteQueue; readonly acknowledged: AcknowledgedFile } | undefined;
  #openSnapshots = 0;

  /** @param scheduler without one (in tools that don't run for long), tables are checked at the start only */
  constructor(
    @inject(DATA_DIRECTORY) directory: DataDirectory,
    @inject(CLOCK) clock: Clock,
    @inject(PLUGIN_METRICS) metrics: Metrics,
    @inject(PLUGIN_CONFIG) options: StorageLevelOptions,
    @inject(SCHEDULER) scheduler?: Scheduler,
    @inject(PLUGIN_LOGGER) logger?: Logger,
  ) {
    this.#scheduler = scheduler;
    this.#logger = logger;
    this.#path = directory.resolve(DATABASE_FOLDER);
    this.#options = options;
    this.durability = options.syncPolicy === "background" ? "process" : "device";
    this.#clock = clock;
    this.#metrics = storageMetrics(metrics, () => this.#openSnapshots);
  }

  /** @throws STORAGE_LOCKED, STORAGE_DAMAGED, STORAGE_IO */
  start(): Promise<void> {
    assert(this.#starting === undefined, "a storage is started once");
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { cacheBytes, writeBufferBytes, maxOpenFiles, compression } = this.#options;
    await this.#check();
    const database: LevelDatabase = new ClassicLevel(this.#path, {
      keyEncoding: "view",
      valueEncoding: "view",
      cacheSize: cacheBytes,
      writeBufferSize: writeBufferBytes,
      maxOpenFiles,
      compression,
    });
    try {
      await database.open();
    } catch (thrown) {
      throw openError(thrown, this.#path);
    }
    try {
      await checkRecoveryLog(this.#path);
      this.#open = await this.#writable(database);
    } catch (thrown) {
      await database.close();
      throw storageError(thrown, this.#path);
    }
    this.#patrol = this.#beginPatrol();
  }

  #beginPatrol(): LevelTablePatrol | undefined {
    const { patrolBytesPerSecond: bytesPerSecond = PATROL_BYTES_PER_SECOND } = this.#options;
    if (this.#scheduler === undefined || bytesPerSecond === 0) return undefined;
    const patrol = new LevelTablePatrol(this.#path, this.#scheduler, {
      bytesPerSecond,
      onTable: (bytes) => this.#metrics.patrolledBytes.increment(bytes),
      onDamage: (reason) => {
        this.#givingUp = this.#giveUp(reason);
      },
      onFailure: (thrown) => {
        this.#metrics.patrolFailures.increment();
        const reason = messageOf(thrown);
        this.#logger?.warn(
          { code: StorageIoError.code, reason },
          "a table could not be read for its check; the patrol goes on after a rest",
        );
      },
    });
    patrol.start();
    return patrol;
  }

  /** Serves nothing from what is damaged, now and after a restart: LevelDB would merge it into tables that look sound. */
  async #giveUp(reason: string): Promise<void> {
    const error = new StorageDamagedError({ path: this.#path, reason });
    this.#damage = error;
    this.#open?.writes.refuse(error);
    this.#logger?.error(
      { code: StorageDamagedError.code, reason },
      "damage was found in what is stored; nothing is served from it any more",
    );
    await markLevelDamaged(this.#path, reason).catch(() => undefined);
    if (this.#open !== undefined) for (const listener of this.#onDamage) listener(error);
  }

  onDamage(listener: (error: Error) => void): void {
    this.#onDamage.push(listener);
  }

  /** Before the database is constructed, which begins to open it at once. */
  async #check(attempts = CHECK_ATTEMPTS): Promise<void> {
    try {
      await checkDatabaseFiles(this.#path, () => this.#requireFree());
      const reason = await damagedLevelTable(this.#path, this.#options.checkAtStartBytes ?? CHECK_AT_START_BYTES);
      if (reason !== undefined) throw new StorageDamagedError({ path: this.#path, reason });
    } catch (thrown) {
      if (!isMissing(thrown)) throw storageError(thrown, this.#path);
      // A file went while it was looked for: another process has the database open, and opening tells; unless that process has just ended.
      if (attempts > 1) await this.#check(attempts - 1);
    }
  }

  /** An open that LevelDB refuses in any case, by the lock first; it changes nothing. @throws STORAGE_LOCKED */
  async #requireFree(): Promise<void> {
    const probe: LevelDatabase = new ClassicLevel(this.#path, { createIfMissing: false, errorIfExists: true });
    try {
      await probe.open();
      await probe.close();
    } catch (thrown) {
      const error = openError(thrown, this.#path);
      if (StorageLockedError.matches(error)) throw error;
    }
  }

  async #writable(database: LevelDatabase) {
    const policy = this.#options.syncPolicy ?? "always";
    const sequence = await openedSequence(this.#path);
    if (sequence > 0 && (await readAcknowledged(this.#path)) === undefined)
      this.#logger?.warn(
        { file: ACKNOWLEDGED_FILE },
        "the note of what was acknowledged is missing or damaged, so nobody can tell whether the newest writes are all there; a new one is written",
      );
    const logs = new LogLengths(this.#path);
    await logs.follow();
    const acknowledged = await AcknowledgedFile.open(this.#path, policy, sequence, logs.ends);
    const writes = new WriteQueue({
      database,
      metrics: this.#metrics,
      clock: this.#clock,
      scheduler: this.#scheduler,
      policy,
      acknowledged,
      logs,
      sequence,
    });
    return { database, writes, acknowledged };
  }

  /** Finishes all writes and makes them durable, too. */
  async stop(): Promise<void> {
    // A start that was given up goes on: what it opens, and the patrol that it begins, has to end, too.
    await this.#starting?.catch(() => undefined);
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    await this.#patrol?.stop();
    await this.#givingUp;
    await open.writes.drained();
    try {
      await open.database.close();
      await syncLogs(this.#path, "all");
      await open.acknowledged.close();
    } catch (thrown) {
      throw storageError(thrown, this.#path);
    }
  }

  get database(): Storage["database"] {
    return this.#opened().database as Storage["database"];
  }

  get(key: Bytes): Bytes | undefined {
    return this.#get(key, undefined);
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    const { database } = this.#opened();
    for (const key of keys) checkKey(key);
    try {
      const values = await database.getMany([...keys]);
      return values.map((value) => (value === undefined ? undefined : plain(value)));
    } catch (thrown) {
      throw storageError(thrown, this.#path);
    }
  }

  async write(operations: readonly StorageOperation[], options: { readonly durable: boolean }): Promise<void> {
    await this.#opened().writes.add(operations, options.durable);
  }

  range(range: StorageRange): AsyncIterable<readonly [Bytes, Bytes]> {
    return this.#range(range, undefined);
  }

  snapshot(): StorageSnapshot {
    const snapshot = this.#opened().database.snapshot();
    let closed = false;
    const assertOpen = () => {
      if (closed) throw new StorageClosedError({ what: "the snapshot" });
    };
    this.#openSnapshots++;
    return {
      get: (key) => {
        assertOpen();
        return this.#get(key, snapshot);
      },
      range: (range) => {
        assertOpen();
        return this.#range(range, snapshot);
      },
      close: async () => {
        if (closed) return;
        closed = true;
        this.#openSnapshots--;
        await snapshot.close();
      },
    };
  }

  async compact(range?: { readonly gte: Bytes; readonly lt: Bytes }): Promise<void> {
    const { database } = this.#opened();
    try {
      // LevelDB decides how deep to go before it moves what is in memory into a table: without the first call, deletions
      // that are still in memory would be written above the entries that they delete, and reclaim nothing.
      await database.compactRange(FIRST_KEY, FIRST_KEY);
      await database.compactRange(range?.gte ?? FIRST_KEY, range?.lt ?? AFTER_LAST_KEY);
    } catch (thrown) {
      throw storageError(thrown, this.#path);
    }
  }

  async sizeBytes(): Promise<number> {
    const { database } = this.#opened();
    try {
      const [tables, logs] = await Promise.all([database.approximateSize(FIRST_KEY, AFTER_LAST_KEY), logBytes(this.#path)]);
      return tables + logs;
    } catch (thrown) {
      throw storageError(thrown, this.#path);
    }
  }

  #opened() {
    if (this.#open === undefined) throw new StorageClosedError({ what: "the storage" });
    if (this.#damage !== undefined) throw this.#damage;
    return this.#open;
  }

  #get(key: Bytes, snapshot: LevelSnapshot | undefined): Bytes | undefined {
    const { database } = this.#opened();
    checkKey(key);
    try {
      const value = snapshot === undefined ? database.getSync(key) : database.getSync<Bytes, Bytes>(key, { snapshot });
      return value === undefined ? undefined : plain(value);
    } catch (thrown) {
      throw storageError(thrown, this.#path);
    }
  }

  #range(range: StorageRange, snapshot: LevelSnapshot | undefined): AsyncIterable<readonly [Bytes, Bytes]> {
    const { database } = this.#opened();
    const options = { ...range, highWaterMarkBytes: BYTES_PER_READ, ...(snapshot === undefined ? {} : { snapshot }) };
    return {
      [Symbol.asyncIterator]: () => {
        try {
          // Made here and not at the first `next`, so that iteration sees this very moment.
          return entriesOf(database.iterator<Bytes, Bytes>(options), this.#path);
        } catch (thrown) {
          throw storageError(thrown, this.#path);
        }
      },
    };
  }
}
