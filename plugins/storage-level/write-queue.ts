/**
 * Writes in the order of their calls, and as few syncs as possible.
 *
 * LevelDB takes concurrent writes from a thread pool in no particular order. Here one batch is with LevelDB at a time;
 * what is written meanwhile gathers in the next one (group commit), so a thousand concurrent durable writes cost a
 * handful of syncs, each is atomic still (a batch is), and later calls never overtake earlier ones.
 */
import type { ClassicLevel } from "classic-level";
import { assert, type Clock, type StorageOperation } from "../../core/sdk.js";
import { storageError } from "./errors.js";
import { syncLogs } from "./log-files.js";
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

class Group {
  readonly operations: StorageOperation[] = [];
  bytes = 0;
  durable = false;
  resolve: () => void = () => {};
  reject: (reason: Error) => void = () => {};
  readonly done = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  /** Answers the bytes added. */
  add(operations: readonly StorageOperation[]): number {
    let bytes = 0;
    for (const operation of operations) {
      bytes += operation.key.length + (operation.type === "put" ? operation.value.length : 0);
      this.operations.push(operation);
    }
    this.bytes += bytes;
    return bytes;
  }
}

export class WriteQueue {
  readonly #database: LevelDatabase;
  readonly #metrics: StorageMetrics;
  readonly #clock: Clock;
  readonly #waiting: Group[] = [];
  #running: Promise<void> | undefined;
  /** Whether something was written since the last sync. */
  #unsynced = false;

  constructor(database: LevelDatabase, metrics: StorageMetrics, clock: Clock) {
    this.#database = database;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** Adds an atomic write; its keys have been checked. */
  add(operations: readonly StorageOperation[], durable: boolean): Promise<void> {
    let group = this.#waiting.at(-1);
    if (group === undefined || group.bytes > GROUP_BYTES_MAX) {
      group = new Group();
      this.#waiting.push(group);
    }
    const bytes = group.add(operations);
    group.durable ||= durable;
    this.#metrics.writes.increment(1, { durable: durable ? "yes" : "no" });
    this.#metrics.writtenBytes.increment(bytes);
    this.#running ??= this.#run();
    return group.done;
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    for (let group = this.#waiting.shift(); group !== undefined; group = this.#waiting.shift()) {
      try {
        await this.#writeGroup(group);
        group.resolve();
      } catch (thrown) {
        group.reject(storageError(thrown, this.#database.location));
      }
    }
    assert(this.#waiting.length === 0, "the write queue stopped with writes waiting");
    this.#running = undefined;
  }

  async #writeGroup(group: Group): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    const empty = group.operations.length === 0;
    this.#metrics.groups.increment();
    if (!empty) await this.#writeBatch(group);
    if (!group.durable) {
      this.#unsynced ||= !empty;
      return;
    }
    // An empty durable write is a barrier; LevelDB would skip it.
    if (empty) await syncLogs(this.#database.location, "all");
    else if (this.#unsynced) await syncLogs(this.#database.location, "rotated");
    this.#unsynced = false;
    this.#metrics.durableSeconds.observe((this.#clock.monotonicMs() - startedMs) / 1000);
  }

  async #writeBatch(group: Group): Promise<void> {
    const options = { sync: group.durable };
    if (group.bytes / group.operations.length > CHAINED_OPERATION_BYTES_MAX) {
      await this.#database.batch<Uint8Array, Uint8Array>(group.operations, options);
      return;
    }
    const batch = this.#database.batch();
    for (const operation of group.operations) {
      if (operation.type === "put") batch.put(operation.key, operation.value);
      else batch.del(operation.key);
    }
    await batch.write(options);
  }
}
