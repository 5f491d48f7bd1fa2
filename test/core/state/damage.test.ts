/** Crashes and damage: what a restart finds after writes were lost, and what is noticed when stored bytes change. */
import t from "tap";
import { type Bytes, toHex } from "../../../core/primitives/index.js";
import { KEPT_MARKERS } from "../../../core/state/flush.js";
import type { StateStore } from "../../../core/state/index.js";
import {
  decodePointer,
  encodeMarker,
  encodePointer,
  markerHash,
  numberedKey,
  POINTER_KEY,
  STATE_FORMAT,
  seal,
} from "../../../core/state/records.js";
import { blockId, key, modelRoot, newStore, TestStorage } from "./fixtures.js";

const KEYS = 60;

/** A chain of blocks, each flushed, with all values of block n ending in n where it changed them. */
async function chain(storage: TestStorage, blocks: number): Promise<{ store: StateStore; models: Map<string, Bytes>[] }> {
  const store = newStore(storage);
  const models: Map<string, Bytes>[] = [];
  let model = new Map<string, Bytes>();
  for (let height = 0; height < blocks; height++) {
    const parent = height === 0 ? undefined : blockId(`b${height - 1}`);
    const writer = store.writer(parent);
    model = new Map(model);
    for (let i = 0; i < KEYS; i++) {
      if (height > 0 && i % blocks !== height) continue;
      writer.set(key(`k${i}`), key(`v${i}.${height}`));
      model.set(`k${i}`, key(`v${i}.${height}`));
    }
    models.push(model);
    store.adopt(blockId(`b${height}`), height, parent, await store.finish(writer));
    await store.flush(blockId(`b${height}`));
  }
  return { store, models };
}

async function readEverything(storage: TestStorage): Promise<void> {
  const store = newStore(storage, { pageCacheBytes: 0, valueCacheBytes: 0 });
  const flushed = await store.open();
  if (flushed === undefined) throw new Error("nothing was found");
  for (let height = flushed.height; store.has(blockId(`b${height}`)); height--) {
    const view = store.view(blockId(`b${height}`));
    for (let i = 0; i < KEYS; i++) view?.get(key(`k${i}`));
    await view?.prove(key("k0"));
  }
}

t.test("after a crash at any write the state is that of the last one that was kept", async (t) => {
  for (let kept = 0; kept <= 5; kept++) {
    const storage = new TestStorage();
    storage.dropFrom = kept;
    const { models } = await chain(storage, 5);
    const store = newStore(storage.reopened());
    const found = await store.open();
    t.equal(found?.height, kept === 0 ? undefined : Math.min(kept, 5) - 1);
    if (found === undefined) continue;
    t.same(found.root, modelRoot(models[found.height] ?? new Map()));
    for (let height = 0; height <= found.height; height++) {
      const view = store.view(blockId(`b${height}`));
      for (let i = 0; i < KEYS; i++) t.same(view?.get(key(`k${i}`)), models[height]?.get(`k${i}`));
    }
  }
});

t.test("a flush that vanished from the middle is noticed at the next start", async (t) => {
  for (let lost = 2; lost <= 4; lost++) {
    const storage = new TestStorage();
    let writes = 0;
    const store = new Proxy(storage, {
      get(target, name) {
        if (name !== "write") return Reflect.get(target, name, target);
        return async (...args: Parameters<TestStorage["write"]>) => (++writes === lost ? undefined : target.write(...args));
      },
    });
    await chain(store, 5);
    await t.rejects(newStore(storage.reopened()).open(), { code: "STATE_DAMAGED", data: { record: "marker" } }, `flush ${lost}`);
  }
});

t.test("a flipped bit in any record is noticed, and named", async (t) => {
  const names = new Map([
    [0x20, "value"],
    [0x21, "page"],
    [0x22, "undo"],
    [0x23, "version"],
    [0x24, "marker"],
    [0x25, "pointer"],
  ]);
  const origin = new TestStorage();
  await chain(origin, 3);
  await readEverything(origin.reopened());
  for (const [prefix, name] of names) {
    const records = origin.keys(prefix);
    t.ok(records.length > 0, `there are ${name} records`);
    for (const record of records.slice(0, 3)) {
      const length = origin.get(record)?.length ?? 0;
      for (const byte of [0, 5, length >> 1, length - 1]) {
        const storage = origin.reopened();
        storage.flip(record, byte);
        await t.rejects(
          readEverything(storage),
          { code: "STATE_DAMAGED", data: { record: name, key: toHex(record) } },
          `${name}, byte ${byte}`,
        );
      }
      const storage = origin.reopened();
      storage.remove(record);
      await t.rejects(readEverything(storage), { code: "STATE_DAMAGED", data: { record: name, key: toHex(record) } }, `${name} is gone`);
    }
  }
});

t.test("a value or page of another version is noticed, though it was right once", async (t) => {
  const storage = new TestStorage();
  const { store } = await chain(storage, 2);
  const before = storage.reopened();
  const writer = store.writer(blockId("b1"));
  for (let i = 0; i < KEYS; i++) writer.set(key(`k${i}`), key("new"));
  store.adopt(blockId("b2"), 2, blockId("b1"), await store.finish(writer));
  await store.flush(blockId("b2"));
  for (const prefix of [0x20, 0x21]) {
    for (const record of storage.keys(prefix).slice(0, 5)) {
      const mixed = storage.reopened();
      mixed.entries.set(Buffer.from(record).toString("latin1"), before.get(record) as Bytes);
      await t.rejects(readEverything(mixed), { code: "STATE_DAMAGED" });
    }
  }
  const [first, second] = storage.keys(0x20) as [Bytes, Bytes];
  const swapped = storage.reopened();
  swapped.entries.set(Buffer.from(first).toString("latin1"), storage.get(second) as Bytes);
  await t.rejects(readEverything(swapped), { code: "STATE_DAMAGED", data: { reason: "it holds another key" } });
});

t.test("prefetching notices damage, too, and the message says what to do", async (t) => {
  const storage = new TestStorage();
  await chain(storage, 2);
  const [value] = storage.keys(0x20) as [Bytes];
  storage.flip(value, (storage.get(value)?.length as number) - 1);
  const store = newStore(storage);
  await store.open();
  const view = store.view(blockId("b1"));
  const prefetch = view?.prefetch(Array.from({ length: KEYS }, (_, i) => key(`k${i}`)));
  await t.rejects(prefetch as Promise<void>, { code: "STATE_DAMAGED", message: /restore a backup/ });
});

t.test("a pointer that is older than the last flush is refused", async (t) => {
  const storage = new TestStorage();
  const { store } = await chain(storage, 1);
  const older = storage.get(POINTER_KEY) as Bytes;
  store.adopt(blockId("b1"), 1, blockId("b0"), await store.finish(store.writer(blockId("b0"))));
  await store.flush(blockId("b1"));
  storage.entries.set(Buffer.from(POINTER_KEY).toString("latin1"), older);
  await t.rejects(newStore(storage).open(), { code: "STATE_DAMAGED", data: { record: "pointer" } });
});

t.test("records of another format or without a pointer are refused", async (t) => {
  const storage = new TestStorage();
  await chain(storage, 1);
  const lone = storage.reopened();
  lone.remove(new Uint8Array([0x25]));
  await t.rejects(newStore(lone).open(), { code: "STATE_DAMAGED", data: { record: "pointer" } });
  const newer = storage.reopened();
  newer.entries.set("\x25", seal(POINTER_KEY, new Uint8Array(200).fill(STATE_FORMAT + 1)));
  await t.rejects(newStore(newer).open(), { code: "STATE_FORMAT_UNKNOWN" });
  newer.entries.set("\x25", seal(POINTER_KEY, new Uint8Array(50).fill(STATE_FORMAT)));
  await t.rejects(newStore(newer).open(), { code: "STATE_DAMAGED" });
});

t.test("a flush that fails leaves every read right and is the last", async (t) => {
  const storage = new TestStorage();
  const { store, models } = await chain(storage, 2);
  const writer = store.writer(blockId("b1"));
  writer.set(key("k1"), key("new"));
  store.adopt(blockId("b2"), 2, blockId("b1"), await store.finish(writer));
  storage.failure = new Error("no space left on device");
  await t.rejects(store.flush(blockId("b2")), { code: "STATE_FLUSH_FAILED", message: /no space left/ });
  t.equal(store.flushed?.height, 1);
  t.same(store.view(blockId("b2"))?.get(key("k1")), key("new"));
  t.same(store.view(blockId("b1"))?.get(key("k1")), models[1]?.get("k1"));
  t.ok(await store.view(blockId("b1"))?.prove(key("k1")));
  storage.failure = undefined;
  await t.rejects(store.flush(blockId("b1")), { code: "STATE_FLUSH_FAILED" });
  const again = newStore(storage.reopened());
  t.match(await again.open(), { height: 1 });
});

t.test("markers are kept for a bounded number of flushes", async (t) => {
  const storage = new TestStorage();
  await chain(storage, 1);
  const put = (record: Bytes, value: Bytes) => void storage.entries.set(Buffer.from(record).toString("latin1"), value);
  const pointer = decodePointer(storage.get(POINTER_KEY) as Bytes);
  let hash = pointer.markerHash;
  for (let sequence = 2; sequence <= KEPT_MARKERS; sequence++) {
    const marker = { sequence, height: 0, blockId: pointer.blockId, root: pointer.root };
    hash = markerHash(hash, marker);
    put(numberedKey(0x24, sequence), encodeMarker({ ...marker, hash }));
  }
  put(POINTER_KEY, encodePointer({ ...pointer, sequence: KEPT_MARKERS, markerHash: hash }));
  const store = newStore(storage);
  t.match(await store.open(), { sequence: KEPT_MARKERS });
  let parent = "b0";
  for (const [i, name] of ["b1", "b2", "b3"].entries()) {
    store.adopt(blockId(name), i + 1, blockId(parent), await store.finish(store.writer(blockId(parent))));
    await store.flush(blockId(name));
    parent = name;
  }
  t.equal(storage.keys(0x24).length, KEPT_MARKERS);
  t.match(await newStore(storage.reopened()).open(), { sequence: KEPT_MARKERS + 3 });
  for (const [lost, code] of [
    [4, "the oldest that is kept"],
    [KEPT_MARKERS >> 1, "one in the middle"],
  ] as const) {
    const damaged = storage.reopened();
    damaged.remove(numberedKey(0x24, lost));
    await t.rejects(newStore(damaged).open(), { code: "STATE_DAMAGED", data: { record: "marker" } }, code);
  }
});
