/**
 * Keeps the peer book on disk: reads it once, and writes what changed a little later, all at once; bans at once. Losing the last
 * seconds of history costs nothing.
 */
import { AssertionFailure } from "../../kernel/assert.js";
import { messageOf } from "../../kernel/errors.js";
import type { Cancellable, Logger, Scheduler } from "../../ports/runtime.js";
import type { Storage, StorageOperation } from "../../ports/storage.js";
import type { Bytes } from "../../primitives/bytes.js";
import { toHex } from "../../primitives/bytes.js";
import { ADDRESS_PREFIX, BAN_PREFIX } from "./book-records.js";

const WRITE_DELAY_MS = 2_000;

export class BookStore {
  readonly #storage: Storage;
  readonly #scheduler: Scheduler;
  readonly #logger: Logger;
  /** By key in hex; what to write is asked for when it is written. */
  readonly #changed = new Map<string, { readonly key: Bytes; readonly value: () => Bytes | undefined }>();
  #timer: Cancellable | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(storage: Storage, scheduler: Scheduler, logger: Logger) {
    this.#storage = storage;
    this.#scheduler = scheduler;
    this.#logger = logger;
  }

  /** All records of the book, by key. */
  records(): AsyncIterable<readonly [Bytes, Bytes]> {
    return this.#storage.range({ gte: Uint8Array.of(ADDRESS_PREFIX), lt: Uint8Array.of(BAN_PREFIX + 1) });
  }

  /** @param value of the record when it is written; undefined deletes it */
  changed(key: Bytes, value: () => Bytes | undefined): void {
    this.#changed.set(toHex(key), { key, value });
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = this.#scheduler.after(WRITE_DELAY_MS, () => {
      this.#timer = undefined;
      void this.flush();
    });
  }

  /** Writes what has changed. A failure is logged, and what it concerns is written with the next change. */
  async flush(options: { readonly durable: boolean } = { durable: false }): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write(options));
    await this.#writing;
  }

  /** Writes what has changed, and nothing afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.flush({ durable: true });
  }

  async #write(options: { readonly durable: boolean }): Promise<void> {
    if (this.#changed.size === 0) return;
    const entries = [...this.#changed];
    this.#changed.clear();
    try {
      const operations = entries.map(([, { key, value }]): StorageOperation => {
        const bytes = value();
        return bytes === undefined ? { type: "del", key } : { type: "put", key, value: bytes };
      });
      await this.#storage.write(operations, options);
    } catch (error) {
      if (error instanceof AssertionFailure) throw error;
      for (const [name, entry] of entries) if (!this.#changed.has(name)) this.#changed.set(name, entry);
      this.#logger.warn({ reason: messageOf(error), records: entries.length }, "the peer book could not be written");
    }
  }
}
