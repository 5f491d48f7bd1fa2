import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { Value } from "typebox/value";
import { storageConformance } from "../../../core/conformance/storage/index.js";
import type { Clock, Metrics } from "../../../core/ports/runtime.js";
import { asciiBytes, bytesEqual } from "../../../core/primitives/bytes.js";
import { openError, storageError } from "../../../plugins/storage-level/errors.js";
import manifest, { LevelStorage, StorageLevelConfig, type StorageLevelOptions } from "../../../plugins/storage-level/index.js";
import { logBytes, syncLogs } from "../../../plugins/storage-level/log-files.js";

let tickMs = 0;
const clock: Clock = { nowMs: () => 0, monotonicMs: () => ++tickMs };

function recordingMetrics() {
  const counts = new Map<string, number>();
  const gauges = new Map<string, () => number>();
  const observed: number[] = [];
  const metrics: Metrics = {
    counter: ({ name }) => ({
      increment: (by = 1, labels) => {
        const key = labels === undefined ? name : `${name}/${Object.values(labels)}`;
        counts.set(key, (counts.get(key) ?? 0) + by);
      },
    }),
    gauge: ({ name, collect }) => {
      if (collect !== undefined) gauges.set(name, collect);
      return { set: () => {} };
    },
    histogram: () => ({ observe: (value) => void observed.push(value) }),
  };
  return { metrics, counts, gauges, observed };
}

const defaults = Value.Create(StorageLevelConfig) as StorageLevelOptions;

async function freshDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "chainwright-storage-"));
}

function storageIn(path: string, options: StorageLevelOptions = defaults, metrics: Metrics = recordingMetrics().metrics): LevelStorage {
  return new LevelStorage({ path, resolve: (...segments) => join(path, ...segments) }, clock, metrics, options);
}

t.test("keeps the laws of the storage port", async (t) => {
  const cases = storageConformance(async () => {
    const path = await freshDirectory();
    return { storage: storageIn(path), reopen: () => storageIn(path), dispose: () => rm(path, { recursive: true, force: true }) };
  });
  for (const { name, run } of cases) await t.test(name, run);
});

t.test("keeps them with the smallest buffers, where logs rotate and tables compact all the time, synced in the background", async (t) => {
  const least = { cacheBytes: 1024 * 1024, writeBufferBytes: 64 * 1024, maxOpenFiles: 74, compression: false };
  const small: StorageLevelOptions = { ...least, syncPolicy: "background" };
  t.ok(Value.Check(StorageLevelConfig, small), "these are the least that the schema allows");
  const cases = storageConformance(async () => {
    const path = await freshDirectory();
    return {
      storage: storageIn(path, small),
      reopen: () => storageIn(path, small),
      dispose: () => rm(path, { recursive: true, force: true }),
    };
  });
  for (const { name, run } of cases) await t.test(name, run);
});

t.test("writes", async (t) => {
  const path = await freshDirectory();
  t.teardown(() => rm(path, { recursive: true, force: true }));
  const { metrics, counts, gauges, observed } = recordingMetrics();
  const storage = storageIn(path, defaults, metrics);
  await storage.start();
  t.teardown(() => storage.stop());

  await t.test("concurrent durable writes share their syncs", async (t) => {
    const writes = Array.from({ length: 500 }, (_, i) =>
      storage.write([{ type: "put", key: asciiBytes(`k${i}`), value: asciiBytes("v") }], { durable: true }),
    );
    await Promise.all(writes);
    t.equal(counts.get("storage_writes_total/yes"), 500);
    t.ok((counts.get("storage_write_groups_total") ?? 0) <= 2, "the first went alone, all others together");
    t.equal(observed.length, counts.get("storage_write_groups_total"), "each sync was timed");
    t.ok(observed.every((seconds) => seconds > 0));
  });

  await t.test("large values, which go another way than small ones", async (t) => {
    const value = new Uint8Array(300_000).fill(9);
    await storage.write([{ type: "put", key: asciiBytes("large"), value }], { durable: false });
    t.ok(bytesEqual(storage.get(asciiBytes("large")) ?? new Uint8Array(0), value));
    await storage.write([{ type: "del", key: asciiBytes("large") }], { durable: true });
    t.equal(storage.get(asciiBytes("large")), undefined);
  });

  await t.test("a write of very many operations takes effect in its turn, and is refused alone for a bad key", async (t) => {
    const many = (mark: string, count = 3_000) =>
      Array.from({ length: count }, (_, i) => ({ type: "put" as const, key: asciiBytes(`m${i}`), value: asciiBytes(mark) }));
    const read = (i: number) => Buffer.from(storage.get(asciiBytes(`m${i}`)) ?? []).toString();
    const before = counts.get("storage_written_bytes_total") ?? 0;
    const reused = many("2");
    const bad = many("bad");
    bad[2_500] = { type: "put", key: new Uint8Array(256), value: asciiBytes("bad") };
    const writes = [
      storage.write(many("1"), { durable: true }),
      storage.write([{ type: "put", key: asciiBytes("m0"), value: asciiBytes("small") }], { durable: false }),
      t.rejects(storage.write(bad, { durable: true }), { code: "STORAGE_KEY_INVALID" }),
      storage.write(reused, { durable: false }),
      storage.write([{ type: "put", key: asciiBytes("m1"), value: asciiBytes("small") }], { durable: true }),
    ];
    // What the caller does with its array then is its own affair.
    reused.length = 0;
    await Promise.all(writes);
    t.same([0, 1, 2, 2_999].map(read), ["2", "small", "2", "2"]);
    t.ok((counts.get("storage_written_bytes_total") ?? 0) - before > 2 * 3_000 * 4, "large writes are counted, too");
  });

  await t.test("open snapshots show in the metrics", async (t) => {
    const snapshot = storage.snapshot();
    t.equal(gauges.get("storage_open_snapshots")?.(), 1);
    await snapshot.close();
    await snapshot.close();
    t.equal(gauges.get("storage_open_snapshots")?.(), 0);
  });
});

t.test("logs that LevelDB rotated away are synced after a durable write", async (t) => {
  const path = await freshDirectory();
  t.teardown(() => rm(path, { recursive: true, force: true }));
  for (const name of ["000003.log", "000010.log", "000009.log", "LOG", "000005.ldb"]) await writeFile(join(path, name), name);
  t.equal(await syncLogs(path, "rotated"), 2, "all logs but the newest by number");
  t.equal(await syncLogs(path, "all"), 3);
  t.equal(await logBytes(path), 30);
});

/** A child that writes durably for ever and prints each number once it is acknowledged. */
async function spawnWriter(path: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL(`./durable-writer.process${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));
  // In development the test runs as TypeScript under a loader, which the child takes over.
  return spawn(process.execPath, [...process.execArgv, script, path], { stdio: ["ignore", "pipe", "inherit"] });
}

t.test("kill -9: every acknowledged durable write is there, and batches are whole", async (t) => {
  const path = await freshDirectory();
  t.teardown(() => rm(path, { recursive: true, force: true }));
  const child = await spawnWriter(path);
  let printed = "";
  let killed = false;
  child.stdout?.on("data", (chunk) => {
    printed += chunk;
    if (printed.length > 2000 && !killed) {
      killed = true;
      child.kill("SIGKILL");
    }
  });
  await once(child, "close");
  t.equal(child.signalCode, "SIGKILL");
  const acknowledged = printed.split("\n").slice(0, -1).map(Number);
  const last = acknowledged.at(-1) ?? -1;
  t.ok(last > 100, `it wrote ${last} times`);

  const storage = storageIn(path);
  await storage.start();
  let missing = 0;
  let torn = 0;
  for (let i = 0; ; i++) {
    const parts = [0, 1, 2].map((part) => storage.get(asciiBytes(`${i}/${part}`)));
    const there = parts.filter((part) => part !== undefined).length;
    if (i <= last && there < 3) missing++;
    if (there !== 0 && there !== 3) torn++;
    if (i > last && there === 0) break;
  }
  t.equal(missing, 0, "nothing that was acknowledged is missing");
  t.equal(torn, 0, "no batch is torn");
  await storage.stop();
});

t.test("bad input", async (t) => {
  const made: string[] = [];
  t.teardown(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));
  await t.test("a database that another process has open", async (t) => {
    const path = await freshDirectory();
    t.teardown(() => rm(path, { recursive: true, force: true }));
    const child = await spawnWriter(path);
    await once(child.stdout ?? child, "data");
    await t.rejects(storageIn(path).start(), { code: "STORAGE_LOCKED", message: /open in another process; stop that node/ });
    child.kill("SIGKILL");
    await once(child, "close");
    const storage = storageIn(path);
    await storage.start();
    await storage.stop();
  });

  async function written(): Promise<{ path: string; level: string }> {
    const path = await freshDirectory();
    made.push(path);
    const storage = storageIn(path);
    await storage.start();
    await storage.write([{ type: "put", key: asciiBytes("a"), value: new Uint8Array(1000).fill(1) }], { durable: true });
    await storage.compact();
    await storage.stop();
    return { path, level: join(path, "chain.level") };
  }

  await t.test("a manifest that makes no sense", async (t) => {
    const { path, level } = await written();
    for (const name of await readdir(level))
      if (name.startsWith("MANIFEST")) await writeFile(join(level, name), "nonsense, and quite a bit of it");
    await t.rejects(storageIn(path).start(), { code: "STORAGE_DAMAGED", message: /restore it from a backup/ });
  });

  await t.test("a manifest that is gone", async (t) => {
    const { path, level } = await written();
    for (const name of await readdir(level)) if (name.startsWith("MANIFEST")) await rm(join(level, name));
    await t.rejects(storageIn(path).start(), { code: "STORAGE_DAMAGED" });
  });

  await t.test("a table that is gone", async (t) => {
    const { path, level } = await written();
    for (const name of await readdir(level)) if (name.endsWith(".ldb")) await rm(join(level, name));
    await t.rejects(storageIn(path).start(), { code: "STORAGE_DAMAGED" });
  });

  await t.test("a table that is cut off", async (t) => {
    const { path, level } = await written();
    for (const name of await readdir(level)) {
      if (name.endsWith(".ldb")) await writeFile(join(level, name), (await readFile(join(level, name))).subarray(0, 40));
    }
    await t.rejects(storageIn(path).start(), { code: "STORAGE_DAMAGED", message: /\.ldb has 40 bytes instead of \d+/ });
  });

  await t.test("a table whose end is zeros", async (t) => {
    const { path, level } = await written();
    for (const name of await readdir(level)) {
      if (name.endsWith(".ldb")) await writeFile(join(level, name), (await readFile(join(level, name))).fill(0, 40));
    }
    await t.rejects(storageIn(path).start(), { code: "STORAGE_DAMAGED", message: /its end is not that of a table/ });
    const storage = storageIn(path, { ...defaults, checkAtStartBytes: 0 });
    await storage.start();
    t.throws(() => storage.get(asciiBytes("a")), { code: "STORAGE_DAMAGED" }, "found when it is read");
    await t.rejects(storage.getMany([asciiBytes("a")]), { code: "STORAGE_DAMAGED" });
    await t.rejects(
      async () => {
        for await (const _ of storage.range({})) t.fail("served an entry of a broken table");
      },
      { code: "STORAGE_DAMAGED" },
    );
    await storage.stop();
  });

  await t.test("a place that is a file", async (t) => {
    const path = await freshDirectory();
    t.teardown(() => rm(path, { recursive: true, force: true }));
    await copyFile(fileURLToPath(import.meta.url), join(path, "chain.level"));
    await t.rejects(storageIn(path).start(), { code: /^STORAGE_(?:IO|DAMAGED)$/ });
  });

  await t.test("what LevelDB says becomes typed errors", async (t) => {
    const refused = (code: string, message: string) =>
      new Error("Database failed to open", { cause: Object.assign(new Error(message), { code }) });
    t.match(openError(refused("LEVEL_LOCKED", "IO error: lock /x/LOCK: already held by process"), "/x"), { code: "STORAGE_LOCKED" });
    t.match(openError(refused("LEVEL_LOCKED", "IO error: lock /x/LOCK: Permission denied"), "/x"), { code: "STORAGE_IO" });
    t.match(openError(refused("LEVEL_IO_ERROR", "IO error: /x/000005.log: Permission denied"), "/x"), { code: "STORAGE_IO" });
    t.match(openError(refused("LEVEL_IO_ERROR", "IO error: /x/MANIFEST-000004: No space left on device"), "/x"), { code: "STORAGE_IO" });
    t.match(openError(refused("LEVEL_IO_ERROR", "IO error: /x/MANIFEST-000004: No such file or directory"), "/x"), {
      code: "STORAGE_DAMAGED",
    });
    t.match(storageError(Object.assign(new Error("full"), { code: "LEVEL_IO_ERROR" }), "/x"), {
      code: "STORAGE_IO",
      message: /check free space/,
    });
    const typed = storageError(new Error("odd"), "/x");
    t.equal(storageError(typed, "/x"), typed, "a typed error stays what it is");
  });
});

t.test("manifest", async (t) => {
  t.equal(manifest.id, "storage-level");
  t.same(manifest.requires, ["chainwright:data-directory", "chainwright:clock", "chainwright:scheduler"]);
  t.ok(Value.Check(StorageLevelConfig, defaults), "defaults are valid");
});

t.test("a flipped bit in the write log is noticed, now and at every later open, wherever it stands", async (t) => {
  const path = await freshDirectory();
  t.teardown(() => rm(path, { recursive: true, force: true }));
  const writer = storageIn(path);
  await writer.start();
  for (let i = 0; i < 20; i++)
    await writer.write([{ type: "put", key: Uint8Array.of(1, i), value: new Uint8Array(3_000).fill(i) }], { durable: true });
  const whole = join(path, "chain.level");
  // As a kill leaves it: the log was not turned into tables by a clean close.
  const logs = (await readdir(whole)).filter((name) => name.endsWith(".log"));
  const bytes = new Map<string, Uint8Array>();
  for (const name of await readdir(whole)) if (name !== "LOCK") bytes.set(name, await readFile(join(whole, name)));
  await writer.stop();
  const [log] = logs;
  t.ok(log);
  const size = bytes.get(log ?? "")?.length ?? 0;
  for (const at of [100, Math.floor(size / 2), size - 200]) {
    await rm(whole, { recursive: true, maxRetries: 5 });
    await mkdir(whole);
    for (const [name, content] of bytes) {
      const copy = new Uint8Array(content);
      if (name === log) copy[at] = (copy[at] ?? 0) ^ 4;
      await writeFile(join(whole, name), copy);
    }
    for (const time of ["first", "second"]) {
      const reader = storageIn(path);
      await t.rejects(reader.start(), { code: "STORAGE_DAMAGED", data: { path: whole } }, `byte ${at} of ${size}, ${time} open`);
      await reader.stop();
    }
  }
});
