import * as fc from "fast-check";
import t from "tap";
import { type Bytes, compareBytes, Hash, sha256 } from "../../../core/primitives/index.js";
import {
  BulkLoader,
  type BulkLoadOptions,
  discardState,
  type LoadedVersion,
  type StateEntry,
  storedEntries,
  valueOperation,
} from "../../../core/state/index.js";
import { blockId, key, modelRoot, newStore, TestStorage, testCompute, testScheduler } from "./fixtures.js";

const write: BulkLoadOptions = { values: "write", chunkEntries: 7 };
const present: BulkLoadOptions = { values: "present", chunkEntries: 7 };

const loaderOver = (storage: TestStorage, options = write) =>
  BulkLoader.open({ storage, compute: testCompute, scheduler: testScheduler }, options);

const sorted = (entries: readonly StateEntry[]) => [...entries].sort((a, b) => compareBytes(sha256(a.key), sha256(b.key)));

const modelOf = (entries: readonly StateEntry[]) =>
  new Map(entries.map((entry) => [Buffer.from(entry.key).toString("latin1"), entry.value]));

/** Accounts by number, in the order of their paths. */
function accounts(count: number, from = 0): StateEntry[] {
  return sorted(Array.from({ length: count }, (_, i) => ({ key: key(`account ${from + i}`), value: key(`balance ${i % 13}`) })));
}

const versionOf = (entries: readonly StateEntry[]): LoadedVersion => ({
  blockId: blockId("loaded"),
  height: 40,
  parent: blockId("parent"),
  root: modelRoot(modelOf(entries)),
});

const after = (entries: readonly StateEntry[], path: Bytes | undefined) =>
  path === undefined ? entries : entries.filter((entry) => compareBytes(sha256(entry.key), path) > 0);

/** Values and pages, as text. */
const trieOf = (storage: TestStorage) =>
  new Map([...storage.entries].filter(([text]) => text.charCodeAt(0) === 0x20 || text.charCodeAt(0) === 0x21));

/** What an ordinary block with the same entries leaves on disk. */
async function flushedTrie(entries: readonly StateEntry[]): Promise<Map<string, Bytes>> {
  const storage = new TestStorage();
  const store = newStore(storage);
  const writer = store.writer(undefined);
  for (const entry of entries) writer.set(entry.key, entry.value);
  store.adopt(blockId("g"), 0, undefined, await store.finish(writer));
  await store.flush(blockId("g"));
  return trieOf(storage);
}

t.test("a loaded state is, record by record, the one that a block would have left", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      async (texts, chunk) => {
        const keys = [...new Set(texts.map((text) => Buffer.from(text).toString("hex")))];
        const entries = sorted(keys.map((text) => ({ key: key(text), value: key(`v${text}`) })));
        const storage = new TestStorage();
        const loader = await loaderOver(storage, { values: "write", chunkEntries: chunk });
        await loader.add(entries);
        t.strictSame(await loader.root(), versionOf(entries).root);
        await loader.finish(versionOf(entries));
        t.equal(loader.entries, entries.length);
        const expected = await flushedTrie(entries);
        t.strictSame([...trieOf(storage)].sort(), [...expected].sort());
      },
    ),
    { numRuns: 40 },
  );
});

t.test("a loaded state is opened, read, proved, extended and flushed", async (t) => {
  const entries = accounts(500);
  const storage = new TestStorage();
  const loader = await loaderOver(storage);
  async function* source() {
    yield* entries;
  }
  await loader.add(source());
  const version = versionOf(entries);
  await loader.finish(version, [{ type: "put", key: Uint8Array.of(1), value: key("extra") }]);
  t.ok(storage.get(Uint8Array.of(1)), "what belongs to the same moment is written, too");
  const store = newStore(storage.reopened());
  t.match(await store.open(), { height: 40, sequence: 1 });
  const view = store.view(version.blockId);
  t.strictSame(view?.root, version.root);
  for (const entry of entries) t.strictSame(view?.get(entry.key), entry.value);
  t.equal(view?.get(key("nobody")), undefined);
  const writer = store.writer(version.blockId);
  writer.set(key("account 3"), key("more"));
  const overlay = await store.finish(writer);
  t.strictSame(overlay.root, modelRoot(modelOf(entries).set("account 3", key("more"))));
  store.adopt(blockId("next"), 41, version.blockId, overlay);
  await store.flush(blockId("next"));
  t.strictSame(
    store.view(version.blockId)?.get(key("account 3")),
    entries.find((e) => Buffer.from(e.key).toString() === "account 3")?.value,
  );
});

t.test("a load that is killed at any write goes on where it was", async (t) => {
  const entries = accounts(60);
  const expected = await flushedTrie(entries);
  for (const options of [write, present]) {
    for (let dropFrom = 0; dropFrom < 14; dropFrom++) {
      let storage = new TestStorage();
      if (options.values === "present") await storage.write(entries.map(valueOperation));
      storage.writes = 0;
      storage.dropFrom = dropFrom;
      const loader = await loaderOver(storage, options);
      await loader.add(entries);
      await loader.finish(versionOf(entries));
      storage = storage.reopened();
      if (dropFrom > 0 && dropFrom < storage.writes) await t.rejects(newStore(storage).open(), { code: "STATE_LOAD_UNFINISHED" });
      const isDone = storage.get(Uint8Array.of(0x25)) !== undefined;
      if (!isDone) {
        const again = await loaderOver(storage, options);
        t.equal(again.entries, Math.min(60, Math.max(0, dropFrom - 1) * 7), "nothing that was written is done twice");
        await again.add(after(entries, again.lastPath));
        await again.finish(versionOf(entries));
      }
      t.strictSame([...trieOf(storage)].sort(), [...expected].sort());
      const store = newStore(storage);
      await store.open();
      t.strictSame(store.view(blockId("loaded"))?.root, versionOf(entries).root);
    }
  }
});

t.test("pages are made anew from the values that are there", async (t) => {
  const entries = accounts(200);
  const storage = new TestStorage();
  const first = await loaderOver(storage);
  await first.add(entries);
  await first.finish(versionOf(entries));
  const expected = [...trieOf(storage)].sort();
  const stray = Uint8Array.of(0x21, 9, 1, 2, 3, 4, 5);
  await storage.write([{ type: "put", key: stray, value: key("a page of another layout") }]);
  const loader = await loaderOver(storage, present);
  await t.rejects(newStore(storage.reopened()).open(), {
    code: "STATE_LOAD_UNFINISHED",
    message: /chainwright db rebuild pages was interrupted; .*give that command again/,
  });
  await loader.add(storedEntries(storage));
  await loader.finishPages(versionOf(entries).root);
  t.strictSame([...trieOf(storage)].sort(), expected);
  t.match(await newStore(storage).open(), { height: 40 });
  const [some] = storage.keys(0x20);
  storage.flip(some ?? key(""), 3);
  const damaged = await loaderOver(storage, present);
  await damaged.add(storedEntries(storage)).catch(() => undefined);
  await t.rejects(damaged.finishPages(versionOf(entries).root), { code: "STATE_ROOT_MISMATCH" }, "a flipped bit changes the root");
});

t.test("what is no ordered, complete, lawful source is refused", async (t) => {
  const entries = accounts(30);
  const storage = new TestStorage();
  const loader = await loaderOver(storage);
  const [a, b] = entries as [StateEntry, StateEntry];
  await t.rejects(loader.add([b, a]), { code: "STATE_LOAD_ORDER" });
  await t.rejects((await loaderOver(new TestStorage())).add([a, a]), { code: "STATE_LOAD_ORDER" });
  const across = await loaderOver(new TestStorage());
  await across.add(entries.slice(0, 7));
  await t.rejects(across.add([a]), { code: "STATE_LOAD_ORDER" }, "the order holds across chunks");
  await t.rejects(loader.add([{ key: key(""), value: key("v") }]), { code: "STATE_KEY_INVALID" });
  await t.rejects(loader.add([{ key: key("k"), value: key("") }]), { code: "STATE_VALUE_INVALID" });
  const short = await loaderOver(new TestStorage());
  await short.add(entries.slice(1));
  await t.rejects(short.finish(versionOf(entries)), { code: "STATE_ROOT_MISMATCH" });
});

t.test("a state is not loaded over, until it is discarded", async (t) => {
  const entries = accounts(30);
  const storage = new TestStorage();
  const loader = await loaderOver(storage);
  await loader.add(entries);
  await loader.finish(versionOf(entries));
  await t.rejects(loaderOver(storage), { code: "STATE_NOT_EMPTY" });
  await loaderOver(storage, present);
  await t.rejects(loaderOver(storage), { code: "STATE_NOT_EMPTY" }, "nor over a load of another kind");
  await discardState(storage, testScheduler);
  t.equal([...storage.entries].length, 0);
  await loaderOver(storage);
});

t.test("a discard that is killed leaves nothing that passes for a state, and a load clears it", async (t) => {
  const entries = accounts(30);
  for (let dropFrom = 0; dropFrom < 3; dropFrom++) {
    let storage = new TestStorage();
    const loader = await loaderOver(storage);
    await loader.add(entries);
    await loader.finish(versionOf(entries));
    storage = storage.reopened();
    storage.dropFrom = dropFrom;
    await discardState(storage, testScheduler);
    storage = storage.reopened();
    if (dropFrom === 0) t.match(await newStore(storage).open(), { height: 40 });
    else {
      await t.rejects(newStore(storage).open(), { code: "STATE_LOAD_UNFINISHED", message: /what wrote it .* was interrupted/ });
      const other = accounts(20, 1000);
      const again = await loaderOver(storage);
      await again.add(other);
      await again.finish(versionOf(other));
      t.equal([...trieOf(storage)].filter(([text]) => text.charCodeAt(0) === 0x20).length, 20, "the old values are gone");
    }
  }
});

t.test("an empty state can be loaded", async (t) => {
  const storage = new TestStorage();
  const loader = await loaderOver(storage);
  await loader.finish({ ...versionOf([]), root: Hash.zero });
  const store = newStore(storage);
  t.match(await store.open(), { height: 40 });
  t.equal(store.view(blockId("loaded"))?.get(key("x")), undefined);
});
