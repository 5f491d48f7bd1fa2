/** Tables, which LevelDB reads without looking at their checksums: a database with a damaged one serves nothing (core/leveldb finds the damage). */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Value } from "typebox/value";
import type { Clock, Logger, Scheduler } from "../../../core/ports/runtime.js";
import { asciiBytes } from "../../../core/primitives/bytes.js";
import { LevelStorage, StorageLevelConfig, type StorageLevelOptions } from "../../../plugins/storage-level/index.js";
import { NO_METRICS } from "../ledger-account/fixtures.js";

const clock: Clock = { nowMs: () => 0, monotonicMs: () => 0 };
const defaults = Value.Create(StorageLevelConfig) as StorageLevelOptions;

async function place(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "chainwright-tables-"));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

function storageIn(path: string, options: Partial<StorageLevelOptions> = {}, scheduler?: Scheduler, logger?: Logger): LevelStorage {
  const directory = { path, resolve: (...segments: string[]) => join(path, ...segments) };
  return new LevelStorage(directory, clock, NO_METRICS, { ...defaults, ...options }, scheduler, logger);
}

/** Every third value can be compressed. */
function contentOf(number: number): Uint8Array {
  const bytes = new Uint8Array(createHash("sha512").update(`${number}`).digest());
  return number % 3 === 0 ? new Uint8Array(300).fill(number) : bytes;
}

const ENTRIES = 1_500;
const keyOf = (number: number) => new Uint8Array(createHash("sha256").update(`key ${number}`).digest());

/** A database whose entries are all in tables, one at least for each round. */
async function written(t: Test, rounds = 1): Promise<{ readonly path: string; readonly level: string; readonly tables: string[] }> {
  const path = await place(t);
  for (let round = 0; round < rounds; round++) {
    const storage = storageIn(path);
    await storage.start();
    const from = round * ENTRIES;
    await storage.write(
      Array.from({ length: ENTRIES }, (_, i) => ({ type: "put", key: keyOf(from + i), value: contentOf(from + i) })),
      { durable: true },
    );
    if (round === 0) await storage.compact();
    await storage.stop();
    // At the next open, the log becomes a table.
  }
  const last = storageIn(path);
  await last.start();
  await last.stop();
  const level = join(path, "chain.level");
  const tables = (await readdir(level)).filter((name) => name.endsWith(".ldb")).sort();
  return { path, level, tables };
}

async function flip(file: string, at: number, bit: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  await writeFile(file, bytes);
}

t.test("before LevelDB opens it, with the name of the table, and nothing is changed by looking", async (t) => {
  const { path, level, tables } = await written(t);
  const table = tables[0] ?? "";
  await flip(join(level, table), 1_000, 3);
  const before = (await readdir(level)).sort();
  const message = new RegExp(
    `its table ${table} is damaged: the checksum of its block at byte \\d+ does not match.*chainwright db restore`,
  );
  for (let attempt = 0; attempt < 2; attempt++) await t.rejects(storageIn(path).start(), { code: "STORAGE_DAMAGED", message });
  t.strictSame((await readdir(level)).sort(), before);
  await flip(join(level, table), 1_000, 3);
  const storage = storageIn(path);
  await storage.start();
  t.strictSame(storage.get(keyOf(7)), contentOf(7), "mended, it is served again");
  await storage.stop();
});

/** Timers that fire when they are told to. */
class ManualScheduler implements Scheduler {
  readonly waiting: { readonly delayMs: number; readonly callback: () => void }[] = [];
  after(delayMs: number, callback: () => void) {
    const timer = { delayMs, callback };
    this.waiting.push(timer);
    return { cancel: () => void this.waiting.splice(this.waiting.indexOf(timer), 1) };
  }
  every = () => ({ cancel() {} });
  yield = () => Promise.resolve();
  slicer = () => ({ due: () => false, pause: () => Promise.resolve() });

  /** Fires the next timer once there is one; answers how long it would have waited. */
  async fire(): Promise<number> {
    while (this.waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const timer = this.waiting.shift();
    timer?.callback();
    return timer?.delayMs ?? 0;
  }
}

t.test("what is too much for the start is looked at while the node runs", async (t) => {
  const { path, level, tables } = await written(t, 2);
  t.ok(tables.length >= 2, `${tables.length} tables`);
  const sizes = new Map(await Promise.all(tables.map(async (name) => [name, (await stat(join(level, name))).size] as const)));
  const scheduler = new ManualScheduler();
  const options = { checkAtStartBytes: 1, patrolBytesPerSecond: 1_000_000 };
  const whole = storageIn(path, options, scheduler);
  await whole.start();
  t.equal(await scheduler.fire(), 0);
  for (const name of [...tables].reverse()) t.equal(await scheduler.fire(), (sizes.get(name) ?? 0) / 1_000, `the pace after ${name}`);
  t.equal(await scheduler.fire(), 3_600_000, "an hour until the next round");
  await whole.stop();
  t.equal(scheduler.waiting.length, 0, "nothing is left behind");

  const oldest = tables[0] ?? "";
  await flip(join(level, oldest), 1_000, 3);
  const storage = storageIn(path, options, scheduler);
  await storage.start();
  t.strictSame(storage.get(keyOf(ENTRIES + 7)), contentOf(ENTRIES + 7));
  const fault = { code: "STORAGE_DAMAGED", message: new RegExp(`its table ${oldest} is damaged`) };
  for (const _ of tables) await scheduler.fire();
  while ((await readFile(join(level, "DAMAGED")).catch(() => undefined)) === undefined)
    await new Promise((resolve) => setImmediate(resolve));
  t.throws(() => storage.get(keyOf(ENTRIES + 7)), fault, "nothing is served any more");
  await t.rejects(storage.write([{ type: "put", key: asciiBytes("k"), value: asciiBytes("v") }], { durable: true }), fault);
  await storage.stop();
  await t.rejects(storageIn(path, options).start(), fault, "nor after a restart");
});

t.test("a table that can't be read now is told, and the patrol goes on after a rest", async (t) => {
  const { path, level, tables } = await written(t, 2);
  const scheduler = new ManualScheduler();
  const told: object[] = [];
  const logger = { warn: (data: object) => void told.push(data) } as unknown as Logger;
  const storage = storageIn(path, { checkAtStartBytes: 1, patrolBytesPerSecond: 1_000_000 }, scheduler, logger);
  await storage.start();
  const newest = join(level, tables.at(-1) ?? "");
  // A folder in its place: reading it is refused by the system.
  await rename(newest, `${newest}.aside`);
  await mkdir(newest);
  t.equal(await scheduler.fire(), 0);
  t.equal(await scheduler.fire(), 3_600_000, "a rest");
  t.match(told, [{ code: "STORAGE_IO" }]);
  await rm(newest, { recursive: true });
  await rename(`${newest}.aside`, newest);
  for (const _ of tables.slice(1)) t.ok((await scheduler.fire()) < 3_600_000, "the other tables are looked at");
  t.equal(await scheduler.fire(), 3_600_000, "and the round ended");
  await storage.stop();
});

t.test("no patrol without a scheduler, or at no pace", async (t) => {
  const scheduler = new ManualScheduler();
  const path = await place(t);
  await mkdir(path, { recursive: true });
  const storage = storageIn(path, { patrolBytesPerSecond: 0 }, scheduler);
  await storage.start();
  await storage.stop();
  t.equal(scheduler.waiting.length, 0);
});
