/** The Storage port over a machine's disk. Everything completes in microtasks, but for a sync where the disk takes time for it. */
import {
  assert,
  type Bytes,
  definePlugin,
  inject,
  injectable,
  type Plugin,
  PORTS_VERSION,
  STORAGE,
  type Storage,
  StorageClosedError,
  StorageKeyError,
  type StorageOperation,
  type StorageRange,
  type StorageSnapshot,
  Type,
} from "../../sdk.js";
import { type MachineParts, SIMULATED_MACHINE } from "../capability.js";
import { NoDatabaseError } from "../errors.js";
import type { Machine } from "./machine.js";
import { type KeyText, keyBytes, keyText, OrderedMap } from "./ordered-map.js";

const KEY_BYTES_MAX = 255;

type Entry = readonly [Bytes, Bytes];

@injectable()
export class SimulatedStorage implements Plugin, Storage {
  readonly durability = "device";
  readonly #machine: Machine;
  #isOpen = false;

  constructor(@inject(SIMULATED_MACHINE) parts: MachineParts) {
    this.#machine = parts.machine;
  }

  start(): void {
    assert(!this.#isOpen, "a storage is started once");
    this.#isOpen = true;
  }

  stop(): void {
    this.#isOpen = false;
  }

  get database(): Storage["database"] {
    this.#opened();
    throw new NoDatabaseError({});
  }

  get(key: Bytes): Bytes | undefined {
    return valueIn(this.#opened(), key);
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    const entries = this.#opened();
    return keys.map((key) => valueIn(entries, key));
  }

  async write(operations: readonly StorageOperation[], { durable }: { readonly durable: boolean }): Promise<void> {
    this.#opened();
    for (const { key } of operations) checkKey(key);
    const { disk, world } = this.#machine;
    const write = disk.write(operations, durable && disk.syncUs === 0);
    if (!durable || disk.syncUs === 0) return;
    await new Promise<void>((resolve) => {
      world.at(
        this.#machine.departureUs + disk.syncUs,
        () => {
          disk.sync(write);
          resolve();
        },
        this.#machine,
      );
    });
  }

  range(range: StorageRange): AsyncIterable<Entry> {
    return rangeOf(this.#opened(), range);
  }

  snapshot(): StorageSnapshot {
    const entries = this.#opened();
    // A view that nothing changes: a copy of the keys, and of references to values.
    const frozen = new OrderedMap();
    for (const key of entries.keys({}, false, Number.POSITIVE_INFINITY)) frozen.set(key, entries.get(key) as Bytes);
    let isClosed = false;
    const opened = (): OrderedMap => {
      if (isClosed || !this.#isOpen) throw new StorageClosedError({ what: "the snapshot" });
      return frozen;
    };
    return {
      get: (key) => valueIn(opened(), key),
      range: (range) => rangeOf(opened(), range),
      close: async () => {
        isClosed = true;
      },
    };
  }

  async compact(): Promise<void> {
    this.#opened();
  }

  async sizeBytes(): Promise<number> {
    const entries = this.#opened();
    let bytes = 0;
    for (const key of entries.keys({}, false, Number.POSITIVE_INFINITY)) bytes += key.length + (entries.get(key)?.length ?? 0);
    return bytes;
  }

  #opened(): OrderedMap {
    this.#machine.world.guard.used("the disk");
    if (!this.#isOpen) throw new StorageClosedError({ what: "the storage" });
    return this.#machine.disk.entries;
  }
}

function checkKey(key: Bytes): void {
  if (key.length === 0 || key.length > KEY_BYTES_MAX) throw new StorageKeyError({ keyBytes: key.length });
}

function valueIn(entries: OrderedMap, key: Bytes): Bytes | undefined {
  checkKey(key);
  const value = entries.get(keyText(key));
  return value === undefined ? undefined : new Uint8Array(value);
}

/** Each iteration sees the moment at which it began. */
function rangeOf(entries: OrderedMap, { gte, gt, lte, lt, reverse = false, limit = -1 }: StorageRange): AsyncIterable<Entry> {
  const text = (key: Bytes | undefined): KeyText | undefined => (key === undefined ? undefined : keyText(key));
  const range = { gte: text(gte), gt: text(gt), lte: text(lte), lt: text(lt) };
  return {
    [Symbol.asyncIterator]: () => {
      const keys = entries.keys(range, reverse, limit < 0 ? Number.POSITIVE_INFINITY : limit);
      const values = keys.map((key) => entries.get(key) as Bytes);
      return entriesOf(keys, values);
    },
  };
}

async function* entriesOf(keys: readonly KeyText[], values: readonly Bytes[]): AsyncGenerator<Entry, void, void> {
  for (const [index, key] of keys.entries()) yield [keyBytes(key), new Uint8Array(values[index] as Bytes)];
}

export const simulatedStorage = definePlugin({
  id: "storage-simulated",
  version: PORTS_VERSION,
  ports: `^${PORTS_VERSION}`,
  description: "Database on a simulated disk, which may lose what was not synced",
  provides: [STORAGE],
  requires: [SIMULATED_MACHINE],
  config: Type.Object({}, { additionalProperties: false }),
  plugin: SimulatedStorage,
});
