/**
 * The storage in memory, on memory-level: for tests, simulations and throw-away nodes.
 *
 * Everything completes in microtasks, so it keeps the law of a simulated run (no real asynchronous resource). It holds
 * copies: neither a buffer that was written nor one that was answered is shared with the caller, as on disk.
 */
import { MemoryLevel } from "memory-level";
import {
  assert,
  type Bytes,
  inject,
  injectable,
  type Metrics,
  PLUGIN_METRICS,
  type Plugin,
  type Storage,
  StorageClosedError,
  StorageKeyError,
  type StorageOperation,
  type StorageRange,
  type StorageSnapshot,
} from "../../core/sdk.js";
import { storageError } from "./errors.js";
import { type StorageMetrics, storageMetrics } from "./metrics.js";

const KEY_BYTES_MAX = 255;
const ENTRIES_PER_READ = 256;

type MemoryDatabase = MemoryLevel<Bytes, Bytes>;
type MemorySnapshot = ReturnType<MemoryDatabase["snapshot"]>;

function checkKey(key: Bytes): void {
  if (key.length === 0 || key.length > KEY_BYTES_MAX) throw new StorageKeyError({ keyBytes: key.length });
}

/** Not `slice`: that of a Buffer shares memory. */
function copyOf(bytes: Bytes): Bytes {
  return new Uint8Array(bytes);
}

async function* entriesOf(iterator: {
  nextv(size: number): Promise<[Bytes, Bytes][]>;
  close(): Promise<void>;
}): AsyncGenerator<readonly [Bytes, Bytes], void, void> {
  try {
    for (;;) {
      const entries = await iterator.nextv(ENTRIES_PER_READ);
      if (entries.length === 0) return;
      for (const [key, value] of entries) yield [copyOf(key), copyOf(value)];
    }
  } catch (thrown) {
    throw storageError(thrown);
  } finally {
    await iterator.close();
  }
}

@injectable()
export class MemoryStorage implements Plugin, Storage {
  readonly durability = "none";
  readonly #metrics: StorageMetrics;
  #database: MemoryDatabase | undefined;

  constructor(@inject(PLUGIN_METRICS) metrics: Metrics) {
    this.#metrics = storageMetrics(metrics);
  }

  async start(): Promise<void> {
    assert(this.#database === undefined, "a storage is started once");
    const database: MemoryDatabase = new MemoryLevel({ storeEncoding: "view", keyEncoding: "view", valueEncoding: "view" });
    await database.open();
    this.#database = database;
  }

  async stop(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    await database?.close();
  }

  get database(): Storage["database"] {
    return this.#opened() as Storage["database"];
  }

  get(key: Bytes): Bytes | undefined {
    return this.#get(key, undefined);
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    return keys.map((key) => this.#get(key, undefined));
  }

  async write(operations: readonly StorageOperation[], options: { readonly durable: boolean }): Promise<void> {
    const database = this.#opened();
    for (const operation of operations) checkKey(operation.key);
    let writtenBytes = 0;
    const copies = operations.map((operation): StorageOperation => {
      const key = copyOf(operation.key);
      writtenBytes += key.length;
      if (operation.type === "del") return { type: "del", key };
      writtenBytes += operation.value.length;
      return { type: "put", key, value: copyOf(operation.value) };
    });
    this.#metrics.writes.increment(1, { durable: options.durable ? "yes" : "no" });
    this.#metrics.writtenBytes.increment(writtenBytes);
    await database.batch(copies);
  }

  range(range: StorageRange): AsyncIterable<readonly [Bytes, Bytes]> {
    return this.#range(range, undefined);
  }

  snapshot(): StorageSnapshot {
    const snapshot = this.#opened().snapshot();
    let closed = false;
    const assertOpen = () => {
      if (closed) throw new StorageClosedError({ what: "the snapshot" });
    };
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
        closed = true;
        await snapshot.close();
      },
    };
  }

  /** Nothing to do: what was deleted or overwritten is garbage at once. */
  async compact(): Promise<void> {
    this.#opened();
  }

  /** Of keys and values alone; counted by reading them all. */
  async sizeBytes(): Promise<number> {
    let bytes = 0;
    for await (const [key, value] of this.range({})) bytes += key.length + value.length;
    return bytes;
  }

  #opened(): MemoryDatabase {
    if (this.#database === undefined) throw new StorageClosedError({ what: "the storage" });
    return this.#database;
  }

  #get(key: Bytes, snapshot: MemorySnapshot | undefined): Bytes | undefined {
    const database = this.#opened();
    checkKey(key);
    try {
      const value = snapshot === undefined ? database.getSync(key) : database.getSync<Bytes, Bytes>(key, { snapshot });
      return value === undefined ? undefined : copyOf(value);
    } catch (thrown) {
      throw storageError(thrown);
    }
  }

  #range(range: StorageRange, snapshot: MemorySnapshot | undefined): AsyncIterable<readonly [Bytes, Bytes]> {
    const database = this.#opened();
    return {
      [Symbol.asyncIterator]: () => {
        try {
          // Made here and not at the first `next`, so that iteration sees this very moment.
          return entriesOf(database.iterator<Bytes, Bytes>(snapshot === undefined ? { ...range } : { ...range, snapshot }));
        } catch (thrown) {
          throw storageError(thrown);
        }
      },
    };
  }
}
