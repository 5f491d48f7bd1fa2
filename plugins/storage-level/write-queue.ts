/**
 * Writes in the order of their calls, and as few syncs as possible.
 *
 * LevelDB takes concurrent writes from a thread pool in no particular order. Here one batch is with LevelDB at a time;
 * what is written meanwhile gathers in the next one (group commit), so a thousand concurrent durable writes cost a
 * handful of syncs, each is atomic still (a batch is), and later calls never overtake earlier ones.
 *
 * After a failure nothing more is written. LevelDB goes on after a write that the operating system refused, into a log whose
 * last record may be half there: what it acknowledges then can't be read back (log_writer.cc keeps count of a block that the file
 * does not have). Only a restart, which replays the log up to there, is safe.
 */
import type { ClassicLevel } from "classic-level";
import { assert, type Clock, type Scheduler, StorageKeyError, type StorageOperation } from "../../core/sdk.js";
import type { AcknowledgedFile, SyncPolicy } from "./acknowledgement.js";
import { storageError } from "./errors.js";
import { type LogLengths, syncLogs } from "./log-files.js";
import type { StorageMetrics } from "./metrics.js";

export type LevelDatabase = ClassicLevel<Uint8Array, Uint8Array>;

/** A group that has grown beyond this is closed for more, so that one sync doesn't become a long one. */
const GROUP_BYTES_MAX = 8 * 1024 * 1024;
/**
 * Up to this mean size of an operation, bytes, a chained batch is used: it takes nearly twice as many puts a second as
 * an array does, but its native memory, which the garbage collector does not know of, is freed only when collected
 * (measured: 1,000 writes of 1 MB hold 365 MB, as arrays 90 MB).
 */
const CHAINED_OPERATION_BYTES_MAX = 4096;
/** Operations between two looks at the clock while a batch is put together. */
const LOOK_EVERY = 64;
/** Up to so many operations are checked and measured at once, when they come. A write of more is a group of its own, which is looked at in slices. */
const SMALL_WRITE_OPERATIONS = 1024;
export const KEY_BYTES_MAX = 255;

/** @throws STORAGE_KEY_INVALID */
export function checkKey(key: Uint8Array): void {
  if (key.length === 0 || key.length > KEY_BYTES_MAX) throw new StorageKeyError({ keyBytes: key.length });
}

class Group {
  operations: StorageOperation[] = [];
  bytes = 0;
  durable = false;
  /** Its operations are still to be checked, and it takes no others. */
  isLarge = false;
  resolve: () => void = () => {};
  reject: (reason: Error) => void = () => {};
  readonly done = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  /** @throws STORAGE_KEY_INVALID; then nothing was added */
  add(operations: readonly StorageOperation[]): void {
    let bytes = 0;
    for (const operation of operations) {
      checkKey(operation.key);
      bytes += bytesOf(operation);
    }
    this.bytes += bytes;
    for (const operation of operations) this.operations.push(operation);
  }
}

const bytesOf = (operation: StorageOperation) => operation.key.length + (operation.type === "put" ? operation.value.length : 0);

export class WriteQueue {
  readonly #database: LevelDatabase;
  readonly #metrics: StorageMetrics;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler | undefined;
  readonly #policy: SyncPolicy;
  readonly #acknowledged: AcknowledgedFile;
  readonly #logs: LogLengths;
  readonly #waiting: Group[] = [];
  #running: Promise<void> | undefined;
  /** LevelDB's number of the last operation that was written. */
  #sequence: number;
  /** Whether something was written since the last sync. */
  #unsynced = false;
  /** The sync under way behind the writes that it is for. */
  #syncing: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(parts: {
    readonly database: LevelDatabase;
    readonly metrics: StorageMetrics;
    readonly clock: Clock;
    /** Without one, a batch is put together in one piece. */
    readonly scheduler?: Scheduler | undefined;
    readonly policy: SyncPolicy;
    readonly acknowledged: AcknowledgedFile;
    readonly logs: LogLengths;
    /** LevelDB's number of the last operation that the database holds. */
    readonly sequence: number;
  }) {
    this.#database = parts.database;
    this.#metrics = parts.metrics;
    this.#clock = parts.clock;
    this.#scheduler = parts.scheduler;
    this.#policy = parts.policy;
    this.#acknowledged = parts.acknowledged;
    this.#logs = parts.logs;
    this.#sequence = parts.sequence;
  }

  /** Adds an atomic write. Rejects with STORAGE_KEY_INVALID for a key of a wrong length: nothing of this write is written then. */
  async add(operations: readonly StorageOperation[], durable: boolean): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const isLarge = operations.length > SMALL_WRITE_OPERATIONS;
    let group = this.#waiting.at(-1);
    if (group === undefined || group.isLarge || isLarge || group.bytes > GROUP_BYTES_MAX) group = new Group();
    if (isLarge) {
      group.isLarge = true;
      group.operations = operations.slice();
    } else {
      const before = group.bytes;
      group.add(operations);
      this.#metrics.writes.increment(1, { durable: durable ? "yes" : "no" });
      this.#metrics.writtenBytes.increment(group.bytes - before);
    }
    if (group !== this.#waiting.at(-1)) this.#waiting.push(group);
    group.durable ||= durable;
    this.#running ??= this.#run();
    return group.done;
  }

  /** Writes nothing more. */
  refuse(error: Error): void {
    this.#failure ??= error;
  }

  /** Resolves when nothing waits any more and no sync is under way. */
  async drained(): Promise<void> {
    while (this.#running !== undefined || this.#syncing !== undefined) {
      await this.#running;
      await this.#syncing;
    }
  }

  async #run(): Promise<void> {
    for (let group = this.#waiting.shift(); group !== undefined; group = this.#waiting.shift()) {
      if (group.isLarge && !(await this.#accepts(group))) continue;
      try {
        this.#requireNoFailure();
        await this.#writeGroup(group);
        group.resolve();
      } catch (thrown) {
        group.reject(this.#fail(thrown));
      }
    }
    assert(this.#waiting.length === 0, "the write queue stopped with writes waiting");
    this.#running = undefined;
  }

  /** Checks the keys of a large write and counts its bytes: it touches memory all over, some hundred nanoseconds an operation. False: it was refused, alone. */
  async #accepts(group: Group): Promise<boolean> {
    const slicer = this.#scheduler?.slicer();
    let count = 0;
    try {
      for (const operation of group.operations) {
        checkKey(operation.key);
        group.bytes += bytesOf(operation);
        if (++count % LOOK_EVERY === 0 && slicer?.due() === true) await slicer.pause();
      }
    } catch (thrown) {
      group.reject(thrown as Error);
      return false;
    }
    this.#metrics.writes.increment(1, { durable: group.durable ? "yes" : "no" });
    this.#metrics.writtenBytes.increment(group.bytes);
    return true;
  }

  /** Just before LevelDB gets something: a failure may have come up in any pause. */
  #requireNoFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(thrown: unknown): Error {
    if (this.#failure !== undefined && thrown === this.#failure) return this.#failure;
    const error = storageError(thrown, this.#database.location);
    this.#failure ??= error;
    return error;
  }

  async #writeGroup(group: Group): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    const empty = group.operations.length === 0;
    this.#metrics.groups.increment();
    if (!empty) {
      await this.#writeBatch(group, group.durable && this.#policy === "always");
      this.#sequence += group.operations.length;
      await this.#logs.follow();
    }
    if (!group.durable) {
      this.#unsynced ||= !empty;
      return;
    }
    if (!empty && this.#policy === "background") {
      this.#unsynced = true;
      await this.#acknowledged.written(this.#sequence, this.#logs.ends);
      // Without a sync to come, nothing is promised.
      this.#requireNoFailure();
      // What was under way may have synced this write, too: then one more would end before it is noted as under way.
      if (this.#unsynced) this.#syncing ??= this.#syncBehind();
      return;
    }
    // An empty durable write is a barrier; LevelDB would skip it. Notes don't overlap.
    if (empty) {
      await this.#syncing;
      this.#requireNoFailure();
      await syncLogs(this.#database.location, "all");
    } else if (this.#unsynced) await syncLogs(this.#database.location, "rotated");
    this.#unsynced = false;
    await this.#acknowledged.note(this.#sequence, this.#logs.ends);
    this.#metrics.durableSeconds.observe((this.#clock.monotonicMs() - startedMs) / 1000);
  }

  /** Syncs what was acknowledged before it was synced, again and again until nothing is left: one sync at a time. */
  async #syncBehind(): Promise<void> {
    try {
      while (this.#unsynced && this.#failure === undefined) {
        const startedMs = this.#clock.monotonicMs();
        const sequence = this.#sequence;
        this.#unsynced = false;
        await syncLogs(this.#database.location, "all");
        await this.#acknowledged.note(sequence);
        this.#metrics.durableSeconds.observe((this.#clock.monotonicMs() - startedMs) / 1000);
      }
    } catch (thrown) {
      // The next write is told: promises are not kept any more.
      this.#fail(thrown);
    } finally {
      this.#syncing = undefined;
    }
  }

  async #writeBatch(group: Group, sync: boolean): Promise<void> {
    const options = { sync };
    if (group.bytes / group.operations.length > CHAINED_OPERATION_BYTES_MAX) {
      await this.#database.batch<Uint8Array, Uint8Array>(group.operations, options);
      return;
    }
    const batch = this.#database.batch();
    const slicer = this.#scheduler?.slicer();
    let count = 0;
    for (const operation of group.operations) {
      if (operation.type === "put") batch.put(operation.key, operation.value);
      else batch.del(operation.key);
      // A flush of state has tens of thousands of operations, a microsecond or two each.
      if (++count % LOOK_EVERY === 0 && slicer?.due() === true) await slicer.pause();
    }
    if (this.#failure !== undefined) await batch.close();
    this.#requireNoFailure();
    await batch.write(options);
  }
}
