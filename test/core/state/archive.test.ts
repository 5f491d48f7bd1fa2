/** Archive mode at the level of the state: one seek a key, right while a flush is written, gaps noticed; and how deep proofs go. */
import t from "tap";
import type { StorageRange } from "../../../core/ports/storage.js";
import type { Bytes, Hash } from "../../../core/primitives/index.js";
import { ARCHIVE_KEY, decodeArchive, encodeArchive } from "../../../core/state/archive-records.js";
import type { StateStore } from "../../../core/state/index.js";
import { blockId, key, newStore, TestStorage } from "./fixtures.js";

class CountingStorage extends TestStorage {
  ranges = 0;
  entriesRead = 0;
  override async *range(range: StorageRange): AsyncIterable<readonly [Bytes, Bytes]> {
    this.ranges++;
    for await (const entry of super.range(range)) {
      this.entriesRead++;
      yield entry;
    }
  }
}

const OFTEN = key("often");
const SELDOM = key("seldom");
/** Where the seldom key changes once more. */
const RARE = 22;
const valueAt = (height: number) => key(`value ${height}`);
const bulk = (height: number) => Array.from({ length: 40 }, (_, index) => key(`${height} ${index} `.padEnd(100, ".")));

/** Block `height` writes one key; in a hundred, a second one; and so much else as is wished. */
async function extend(store: StateStore, height: number, ballast = false): Promise<Hash> {
  const parent = height === 0 ? undefined : blockId(`${height - 1}`);
  const writer = store.writer(parent);
  writer.set(OFTEN, valueAt(height));
  if (height % 100 === 0 || height === RARE) writer.set(SELDOM, valueAt(height));
  if (ballast) for (const each of bulk(height % 3)) writer.set(each, valueAt(height));
  const id = blockId(`${height}`);
  store.adopt(id, height, parent, await store.finish(writer));
  return id;
}

async function archiveOf(blocks: number, storage = new CountingStorage()) {
  const store = newStore(storage, { undoBlocks: 5, archive: true });
  await store.open();
  const roots: Hash[] = [];
  for (let height = 0; height <= blocks; height++) {
    const id = await extend(store, height);
    await store.flush(id);
    roots.push(store.view(id)?.root as Hash);
  }
  const viewAt = (height: number) => store.archivedView({ id: blockId(`${height}`), height, root: roots[height] as Hash });
  return { storage, store, viewAt, roots };
}

t.test("a read at any height is one seek, however many blocks lie above it", async (t) => {
  const { storage, store, viewAt } = await archiveOf(260);
  t.equal(store.statesFrom, 0);
  t.equal(viewAt(store.undoFrom ?? 0), undefined, "within undo there are views with proofs");
  for (const [height, seldom] of [
    [0, 0],
    [21, 0],
    [99, RARE],
    [100, 100],
    [250, 200],
  ] as const) {
    const view = viewAt(height);
    storage.ranges = 0;
    storage.entriesRead = 0;
    await view?.prefetch([OFTEN, SELDOM, key("never")]);
    t.ok(storage.ranges === 3 && storage.entriesRead <= 3, "a seek a key");
    t.same(view?.get(OFTEN), valueAt(height));
    t.same(view?.get(SELDOM), valueAt(seldom));
    t.equal(view?.get(key("never")), undefined);
    await view?.prefetch([OFTEN]);
    t.equal(storage.ranges, 3, "once");
  }
});

t.test("what is read while a flush is being written is the same as before and after it", async (t) => {
  const { storage, store, viewAt } = await archiveOf(20);
  const reads: Promise<unknown>[] = [];
  storage.onWrite = () => {
    for (const height of [3, 10, 14]) {
      const view = viewAt(height);
      if (view === undefined) throw new Error("it is archived");
      reads.push(view.prefetch([OFTEN, SELDOM]).then(() => t.same([view.get(OFTEN), view.get(SELDOM)], [valueAt(height), valueAt(0)])));
    }
  };
  for (let height = 21; height < 24; height++) await store.flush(await extend(store, height));
  storage.onWrite = undefined;
  await Promise.all(reads);
  t.equal(reads.length, 18);
});

t.test("a state that somebody flushed without the archive begins it anew, and says so by its lowest height", async (t) => {
  const { storage } = await archiveOf(30);
  const record = decodeArchive(storage.entries.get(Buffer.from(ARCHIVE_KEY).toString("latin1")) as Bytes);
  t.match(record, { standing: "keeping", from: 0, through: 30 });
  await storage.write([{ type: "put", key: ARCHIVE_KEY, value: encodeArchive({ ...record, through: 29 }) }]);
  const store = newStore(storage.reopened(), { undoBlocks: 5, archive: true });
  await store.open();
  t.equal(store.statesFrom, 25);
});

t.test("an archive that nobody speaks of goes on", async (t) => {
  const { storage } = await archiveOf(12);
  const store = newStore(storage.reopened(), { undoBlocks: 5 });
  await store.open();
  await store.flush(await extend(store, 13));
  t.equal(store.statesFrom, 0);
  const plain = newStore(new TestStorage(), { undoBlocks: 5 });
  await plain.flush(await extend(plain, 0));
  t.equal(plain.statesFrom, 0);
  for (let height = 1; height < 9; height++) await plain.flush(await extend(plain, height));
  t.equal(plain.statesFrom, 3, "and one that there is not does not begin");
});

t.test("a proof below the disk is made as long as what it takes is bounded", async (t) => {
  const storage = new TestStorage();
  const store = newStore(storage, { undoBlocks: 60, valueCacheBytes: 1 << 18 });
  for (let height = 0; height <= 50; height++) await store.flush(await extend(store, height, true));
  const at = (height: number) => store.view(blockId(`${height}`));
  t.ok((await at(48)?.prove(OFTEN))?.length);
  await t.rejects(at(2)?.prove(OFTEN) as Promise<Bytes>, { code: "STATE_PROOF_TOO_DEEP", kind: "limit" });
  t.same(at(2)?.get(OFTEN), valueAt(2), "its values are read all the same");
  t.ok((await at(47)?.proveMany([OFTEN]))?.length, "and newer ones are still proved");
});

/** A block of branch `name` that writes so many keys of its own kind and no other. */
async function extendBranch(store: StateStore, name: string, height: number, parent: Hash, keys: number): Promise<Hash> {
  const writer = store.writer(parent);
  for (let index = 0; index < keys; index++) writer.set(key(`often ${index}`), key(`${name}${height}`));
  writer.set(key(`only ${name}`), valueAt(height));
  const id = blockId(`${name}${height}`);
  store.adopt(id, height, parent, await store.finish(writer));
  await store.flush(id);
  return id;
}

for (const [what, cut] of [
  ["dropped half", 0],
  ["begun", 1],
  ["begun half", 2],
] as const) {
  t.test(`an archive that was ${what}, then another branch, then an archive again: nothing of the old branch is left`, async (t) => {
    const keys = 2_100;
    const storage = new TestStorage();
    let store = newStore(storage, { undoBlocks: 5, archive: cut === 0 });
    await store.open();
    let trunk = await extend(store, 0);
    await store.flush(trunk);
    const fork = trunk;
    for (let height = 1; height <= 5; height++) trunk = await extendBranch(store, "a", height, trunk, keys);
    if (cut > 0) {
      const dying = storage.reopened();
      // The note that it begins, and the first batch of what undo records tell.
      dying.dropFrom = cut;
      await newStore(dying, { undoBlocks: 5, archive: true }).open();
      t.equal(dying.keys(0x28).length > 8_000, cut === 2);
      for (const at of dying.keys(0x28)) storage.entries.set(Buffer.from(at).toString("latin1"), dying.get(at) as Bytes);
      const note = dying.entries.get(Buffer.from(ARCHIVE_KEY).toString("latin1"));
      if (note !== undefined) storage.entries.set(Buffer.from(ARCHIVE_KEY).toString("latin1"), note);
    }
    store = newStore(storage.reopened(), { undoBlocks: 5, archive: false });
    await store.open();
    let branch = await extendBranch(store, "b", 1, fork, 1);
    for (let height = 2; height <= 6; height++) branch = await extendBranch(store, "b", height, branch, 1);
    const flushed = (store as unknown as { dependencies: { storage: TestStorage } }).dependencies.storage;
    store = newStore(flushed.reopened(), { undoBlocks: 5, archive: true });
    await store.open();
    for (let height = 7; height <= 14; height++) branch = await extendBranch(store, "b", height, branch, 1);
    t.equal(store.statesFrom, 1);
    for (let height = 1; height <= 6; height++) {
      const view = store.archivedView({ id: blockId(`b${height}`), height, root: blockId("any") });
      await view?.prefetch([key("often 0"), key("often 7"), key("only a")]);
      t.same([view?.get(key("often 0")), view?.get(key("often 7")), view?.get(key("only a"))], [key(`b${height}`), undefined, undefined]);
    }
  });
}
