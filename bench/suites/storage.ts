/**
 * storage-level against classic-level used directly, in the same run on the same data: what the port's checks, order and
 * group commit cost and bring.
 *
 * Data of a flush: 40-byte keys, 100-byte values, a thousand to a batch. Reads are of keys in random order, of which the
 * cache holds a part.
 */
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { assert } from "../../core/kernel/assert.js";
import { UNMETERED } from "../../core/kernel/quiet.js";
import type { Storage, StorageOperation } from "../../core/ports/storage.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { SystemClock } from "../../core/runtime/index.js";
import { LevelStorage } from "../../plugins/storage-level/level-storage.js";
import { MemoryStorage } from "../../plugins/storage-memory/memory-storage.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const MIB = 1024 * 1024;
const OPTIONS = { cacheBytes: 32 * MIB, writeBufferBytes: 8 * MIB, maxOpenFiles: 512, compression: true };
const VALUE_BYTES = 100;
const BATCH = 1_000;

type RawDatabase = ClassicLevel<Uint8Array, Uint8Array>;

/** A key that sorts at random: the multiplicative hash of its number in front. */
function keyOf(index: number): Bytes {
  const key = new Uint8Array(40);
  const view = new DataView(key.buffer);
  view.setUint32(0, Math.imul(index, 2654435761) >>> 0);
  view.setUint32(4, index);
  return key;
}

function valueAt(index: number): Bytes {
  const value = new Uint8Array(VALUE_BYTES);
  new DataView(value.buffer).setUint32(0, index);
  for (let i = 4; i < VALUE_BYTES; i++) value[i] = (Math.imul(index + i, 2246822519) >>> 13) & 0xff;
  return value;
}

function batchAt(first: number, count: number): StorageOperation[] {
  return Array.from({ length: count }, (_, i) => ({ type: "put", key: keyOf(first + i), value: valueAt(first + i) }));
}

/** Batches that were made beforehand, so that the write alone is measured; used over and over. */
function batchesOf(count: number, batchSize: number): () => StorageOperation[] {
  const batches = Array.from({ length: count }, (_, i) => batchAt(i * batchSize, batchSize));
  let next = 0;
  return () => batches[next++ % count] ?? [];
}

async function writes(context: BenchContext, storage: Storage, raw: RawDatabase): Promise<void> {
  const size = context.quick ? 10 : BATCH;
  const next = batchesOf(context.quick ? 2 : 50, size);
  const unit = { unit: "puts/s", operations: size };
  await context.measure("raw: write a batch of 1,000", () => raw.batch(next(), { sync: false }), unit);
  await context.measure("write a batch of 1,000", () => storage.write(next(), { durable: false }), {
    ...unit,
    reference: "raw: write a batch of 1,000",
  });
  await context.measure("raw: write a batch of 1,000, synced", () => raw.batch(next(), { sync: true }), unit);
  await context.measure("write a batch of 1,000, durable", () => storage.write(next(), { durable: true }), {
    ...unit,
    reference: "raw: write a batch of 1,000, synced",
  });
  const single = batchesOf(64, 1);
  const together = context.quick ? 4 : 64;
  const commits = { unit: "commits/s", operations: together };
  await context.measure(
    "raw: 64 concurrent single puts, synced",
    async () => void (await Promise.all(Array.from({ length: together }, () => raw.batch(single(), { sync: true })))),
    commits,
  );
  await context.measure(
    "64 concurrent single puts, durable",
    async () => void (await Promise.all(Array.from({ length: together }, () => storage.write(single(), { durable: true })))),
    { ...commits, reference: "raw: 64 concurrent single puts, synced" },
  );
  await context.measure("one put, durable", () => storage.write(single(), { durable: true }), { unit: "commits/s", operations: 1 });
}

async function blocks(context: BenchContext, storage: Storage): Promise<void> {
  const block = new Uint8Array(context.quick ? 1_000 : 200_000);
  for (let i = 0; i < block.length; i++) block[i] = (Math.imul(i + 1, 2654435761) >>> 24) & 0xff;
  let height = 0;
  await context.measure(
    "write a block of 200 kB, durable",
    () =>
      storage.write([{ type: "put", key: Uint8Array.of(0xfe, (height >> 8) & 0xff, height++ & 0xff), value: block }], { durable: true }),
    { unit: "blocks/s" },
  );
  let at = 0;
  await context.measure(
    "read a block of 200 kB",
    () => {
      at = (at + 1) % Math.max(1, Math.min(height, 200));
      assert(storage.get(Uint8Array.of(0xfe, 0, at))?.length === block.length, "the block is there");
    },
    { unit: "blocks/s" },
  );
}

async function fill(context: BenchContext, storage: Storage, raw: RawDatabase, entries: number): Promise<void> {
  for (let first = 0; first < entries; first += BATCH) {
    const batch = batchAt(first, Math.min(BATCH, entries - first));
    await storage.write(batch, { durable: false });
    await raw.batch(batch);
  }
  await storage.compact();
  await raw.compactRange(new Uint8Array(0), new Uint8Array(256).fill(0xff));
  context.log(`${entries} entries, ${((await storage.sizeBytes()) / MIB).toFixed(1)} MiB on disk`);
}

async function reads(context: BenchContext, storage: Storage, raw: RawDatabase, memory: Storage, entries: number): Promise<void> {
  const count = context.quick ? 20 : 2_000;
  let position = context.seed;
  const nextKeys = () =>
    Array.from({ length: count }, () => {
      position = (position + 7_919) % entries;
      return keyOf(position);
    });
  let keys = nextKeys();
  const before = () => {
    keys = nextKeys();
  };
  const unit = { unit: "reads/s", operations: count, before };
  const readAll = (get: (key: Bytes) => Bytes | undefined) => () => {
    let found = 0;
    for (const key of keys) if (get(key)?.length === VALUE_BYTES) found++;
    assert(found === count, "every key is there");
  };
  await context.measure(
    "raw: getSync",
    readAll((key) => raw.getSync(key)),
    unit,
  );
  await context.measure(
    "get",
    readAll((key) => storage.get(key)),
    { ...unit, reference: "raw: getSync" },
  );
  await context.measure(
    "get, storage-memory",
    readAll((key) => memory.get(key)),
    { ...unit, reference: "raw: getSync" },
  );
  await context.measure("raw: getMany of 2,000", async () => assert((await raw.getMany(keys)).length === count, "one value a key"), unit);
  await context.measure("getMany of 2,000", async () => assert((await storage.getMany(keys)).length === count, "one value a key"), {
    ...unit,
    reference: "raw: getMany of 2,000",
  });
}

async function ranges(context: BenchContext, storage: Storage, raw: RawDatabase, entries: number): Promise<void> {
  const limit = Math.min(entries, context.quick ? 50 : 20_000);
  const unit = { unit: "entries/s", operations: limit };
  await context.measure(
    "raw: iterate 20,000",
    async () => assert((await raw.iterator({ limit }).all()).length === limit, "all there"),
    unit,
  );
  await context.measure(
    "range of 20,000",
    async () => {
      let count = 0;
      for await (const [key] of storage.range({ limit })) count += key.length === 0 ? 0 : 1;
      assert(count === limit, "all there");
    },
    { ...unit, reference: "raw: iterate 20,000" },
  );
}

const suite: BenchSuite = {
  name: "storage",
  description: "storage-level against classic-level used directly: batches, durable writes, reads, ranges",
  async run(context) {
    const directory = await context.directory();
    const place = { path: directory, resolve: (...segments: readonly string[]) => join(directory, ...segments) };
    const storage = new LevelStorage(place, new SystemClock(), UNMETERED, OPTIONS);
    const memory = new MemoryStorage(UNMETERED);
    const raw: RawDatabase = new ClassicLevel(join(directory, "raw"), {
      keyEncoding: "view",
      valueEncoding: "view",
      cacheSize: OPTIONS.cacheBytes,
      writeBufferSize: OPTIONS.writeBufferBytes,
    });
    await storage.start();
    await memory.start();
    await raw.open();
    try {
      await writes(context, storage, raw);
      await blocks(context, storage);
      const entries = context.quick ? 200 : 200_000;
      await fill(context, storage, raw, entries);
      for (let first = 0; first < entries; first += BATCH) {
        await memory.write(batchAt(first, Math.min(BATCH, entries - first)), { durable: false });
      }
      await reads(context, storage, raw, memory, entries);
      await ranges(context, storage, raw, entries);
    } finally {
      await raw.close();
      await memory.stop();
      await storage.stop();
    }
  },
};

export default suite;
