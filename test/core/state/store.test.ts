import fc from "fast-check";
import t from "tap";
import { present } from "../../../core/kernel/assert.js";
import type { StateView } from "../../../core/ports/state.js";
import { type Bytes, Hash, toHex } from "../../../core/primitives/index.js";
import { verifyMultiProof, verifyProof, verifyRange } from "../../../core/proofs/index.js";
import { type Overlay, StateStore, type StateStoreOptions } from "../../../core/state/index.js";
import {
  alwaysDue,
  blockId,
  key,
  modelRoot,
  newStore,
  silentLogger,
  smallOptions,
  TestMetrics,
  TestStorage,
  testCompute,
  testScheduler,
} from "./fixtures.js";

type Model = ReadonlyMap<string, Bytes>;
type Change = readonly [key: string, value: string];

/** Executes a block: the changes over its parent, an empty value deletes. */
async function execute(
  store: StateStore,
  name: string,
  parent: string | undefined,
  height: number,
  changes: readonly Change[],
  root: "now" | "later" = "now",
) {
  const writer = store.writer(parent === undefined ? undefined : blockId(parent));
  for (const [k, v] of changes) writer.set(key(k), key(v));
  const overlay = await store.finish(writer, { root });
  store.adopt(blockId(name), height, parent === undefined ? undefined : blockId(parent), overlay);
  return overlay;
}

function applied(model: Model, changes: readonly Change[]): Map<string, Bytes> {
  const next = new Map(model);
  for (const [k, v] of changes)
    if (v === "") next.delete(k);
    else next.set(k, key(v));
  return next;
}

const FIRST_PATH = Hash.zero;
const LAST_PATH = Hash.from(new Uint8Array(32).fill(255));

/** What the proofs of a view show of all its entries, by range proofs of at most `entries` each, under the model's root. */
async function provenEntries(view: StateView, root: Hash, entries: number): Promise<Map<string, Bytes>> {
  const found = new Map<string, Bytes>();
  for (let from: Hash | undefined = FIRST_PATH; from !== undefined; ) {
    const { proof, next } = await view.proveRange(from, { entries, bytes: 100_000 });
    const range = verifyRange(root, from, LAST_PATH, proof);
    for (const entry of range.entries) found.set(Buffer.from(entry.key).toString("latin1"), entry.value);
    if (toHex(range.next ?? FIRST_PATH) !== toHex(next ?? FIRST_PATH)) throw new Error("the prover goes on elsewhere");
    from = next;
  }
  return found;
}

const sameEntries = (a: Model, b: Model) => a.size === b.size && [...a].every(([k, v]) => text(b.get(k)) === text(v));

const text = (value: Bytes | undefined) => (value === undefined ? undefined : Buffer.from(value).toString("latin1"));
const viewOf = (store: StateStore, name: string): StateView => {
  const view = store.view(blockId(name));
  if (view === undefined) throw new Error(`no view of ${name}`);
  return view;
};

t.test("the first steps", async (t) => {
  const storage = new TestStorage();
  const store = newStore(storage);
  t.equal(await store.open(), undefined, "an empty database");
  t.equal(store.flushed, undefined);
  const genesis = await execute(store, "g", undefined, 0, [
    ["a", "1"],
    ["b", "2"],
  ]);
  t.equal(genesis.changedKeys, 2);
  t.same(
    genesis.root,
    modelRoot(
      new Map([
        ["a", key("1")],
        ["b", key("2")],
      ]),
    ),
  );
  await execute(store, "x", "g", 1, [
    ["a", ""],
    ["c", "3"],
  ]);
  t.equal(store.unflushedBlocks, 2);
  t.ok(store.unflushedBytes > 0);
  await store.flush(blockId("g"), [{ type: "put", key: new Uint8Array([1]), value: key("extra") }]);
  t.equal(text(storage.get(new Uint8Array([1]))), "extra", "other records go with the flush");
  t.equal(store.unflushedBlocks, 1);
  t.match(store.flushed, { height: 0, sequence: 1 });
  t.equal(text(viewOf(store, "x").get(key("c"))), "3");
  t.equal(viewOf(store, "x").get(key("a")), undefined);
  t.equal(text(viewOf(store, "g").get(key("a"))), "1");
  await store.flush(blockId("x"));
  t.equal(store.unflushedBytes, 0);
  t.equal(text(viewOf(store, "g").get(key("a"))), "1", "below the disk: from the undo record");
  t.equal(viewOf(store, "g").get(key("c")), undefined);
  const again = newStore(storage.reopened());
  t.match(await again.open(), { height: 1, sequence: 2, blockId: blockId("x") });
  t.equal(text(viewOf(again, "g").get(key("a"))), "1", "also after a restart");
  t.same(viewOf(again, "g").root, genesis.root);
  const writes = storage.writes;
  await store.flush(blockId("x"));
  t.equal(storage.writes, writes, "nothing to move, nothing to write");
  await store.flush(blockId("x"), [{ type: "del", key: new Uint8Array([1]) }]);
  t.equal(storage.get(new Uint8Array([1])), undefined, "other records are written all the same");
});

t.test("a writer sees its own writes, and reverts to its marks", async (t) => {
  const store = newStore(new TestStorage());
  await execute(store, "g", undefined, 0, [["a", "1"]]);
  const writer = store.writer(blockId("g"));
  const outer = writer.checkpoint();
  writer.set(key("a"), key("2"));
  writer.set(key("b"), key("3"));
  const inner = writer.checkpoint();
  writer.delete(key("a"));
  writer.set(key("b"), key(""));
  writer.set(key("c"), key("4"));
  t.equal(writer.get(key("a")), undefined);
  t.equal(writer.get(key("b")), undefined, "an empty value is a deletion");
  writer.revertTo(inner);
  t.equal(text(writer.get(key("a"))), "2");
  t.equal(text(writer.get(key("b"))), "3");
  t.equal(writer.get(key("c")), undefined);
  writer.revertTo(outer);
  t.equal(text(writer.get(key("a"))), "1");
  t.equal(writer.changedKeys, 0);
  t.throws(() => writer.revertTo(5), /invariant/);
  const { root } = await store.finish(writer);
  t.same(root, viewOf(store, "g").root, "nothing changed");
  t.throws(() => writer.set(key("a"), key("1")), /invariant/, "a finished writer is closed");
});

t.test("what a ledger may not do has a typed error", async (t) => {
  const store = newStore(new TestStorage());
  const writer = store.writer(undefined);
  t.throws(() => writer.set(new Uint8Array(0), key("1")), { code: "STATE_KEY_INVALID" });
  t.throws(() => writer.set(new Uint8Array(129), key("1")), { code: "STATE_KEY_INVALID" });
  t.throws(() => writer.get(new Uint8Array(129)), { code: "STATE_KEY_INVALID" });
  t.throws(() => writer.set(key("a"), new Uint8Array(65_537)), { code: "STATE_VALUE_INVALID" });
  writer.set(new Uint8Array(128), new Uint8Array(65_536).fill(1));
  t.equal(writer.get(new Uint8Array(128))?.length, 65_536);
  t.throws(() => store.writer(blockId("none")), { code: "STATE_UNKNOWN_BLOCK" });
  t.equal(store.view(blockId("none")), undefined);
  await t.rejects(store.flush(blockId("none")), { code: "STATE_UNKNOWN_BLOCK" });
});

/** One random history, checked against a map for each block. */
class Scenario {
  storage = new TestStorage();
  store: StateStore;
  readonly models = new Map<string, { model: Model; parent: string | undefined; height: number }>();
  disk: string | undefined;
  #names = 0;

  constructor(
    private readonly options: Partial<StateStoreOptions>,
    private readonly random: () => number,
  ) {
    this.store = newStore(this.storage, options);
  }
  #pick<Item>(items: readonly Item[]): Item {
    return items[this.random() % items.length] as Item;
  }
  known(): string[] {
    return [...this.models.keys()].filter((name) => this.store.has(blockId(name)));
  }
  async extend(): Promise<void> {
    const parent = this.models.size === 0 ? undefined : this.#pick(this.known().slice(-6));
    const before = parent === undefined ? undefined : this.models.get(parent);
    const changes = Array.from(
      { length: this.random() % 12 },
      () => [`k${this.random() % 40}`, this.#pick(["", "v", `v${this.random() % 9}`])] as const,
    );
    const name = `b${this.#names++}`;
    const model = applied(before?.model ?? new Map(), changes);
    const height = before === undefined ? 0 : before.height + 1;
    const overlay = await execute(this.store, name, parent, height, changes, this.random() % 4 === 0 ? "later" : "now");
    this.models.set(name, { model, parent, height });
    if (overlay.root !== undefined && toHex(overlay.root) !== toHex(modelRoot(model))) throw new Error(`${name} has another root`);
  }
  async flush(): Promise<void> {
    this.disk = this.#pick(this.known());
    if (this.random() % 3 === 0) this.storage.onWrite = () => this.check(false);
    await this.store.flush(blockId(this.disk));
    this.storage.onWrite = undefined;
    if (toHex(this.store.flushed?.root ?? Hash.zero) !== toHex(modelRoot(this.models.get(this.disk)?.model ?? new Map())))
      throw new Error("the flushed root is another");
  }
  discard(): void {
    const name = this.#pick(this.known());
    this.store.discard(blockId(name));
  }
  async reopen(): Promise<void> {
    if (this.disk === undefined) return;
    this.storage = this.storage.reopened();
    this.store = newStore(this.storage, this.options);
    const found = await this.store.open();
    if (found === undefined || toHex(found.blockId) !== toHex(blockId(this.disk))) throw new Error("another block was flushed last");
  }
  async check(everything: boolean): Promise<void> {
    for (const name of everything ? this.known() : [this.#pick(this.known())]) {
      const { model } = this.models.get(name) as { model: Model };
      const view = viewOf(this.store, name);
      if (this.random() % 2 === 0) await view.prefetch(Array.from({ length: 40 }, (_, k) => key(`k${k}`)));
      for (let k = 0; k < 40; k++) {
        if (text(view.get(key(`k${k}`))) !== text(model.get(`k${k}`))) throw new Error(`${name} reads another k${k}`);
      }
      const asked = `k${this.random() % 40}`;
      const proof = await view.prove(key(asked));
      const root = modelRoot(model);
      if (toHex(view.root) !== toHex(root)) throw new Error(`${name} says another root`);
      if (text(verifyProof(root, key(asked), proof)) !== text(model.get(asked))) throw new Error(`${name} proves ${asked} wrongly`);
      const keys = Array.from({ length: 1 + (this.random() % 8) }, () => key(`k${this.random() % 40}`));
      const shown = verifyMultiProof(root, keys, await view.proveMany(keys));
      if (keys.some((each, i) => text(shown[i]) !== text(model.get(text(each) ?? "")))) throw new Error(`${name} proves many keys wrongly`);
      if (!sameEntries(await provenEntries(view, root, 1 + (this.random() % 20)), model)) throw new Error(`${name} proves ranges wrongly`);
    }
  }
}

for (const [name, options] of [
  ["wide caches", {}],
  ["no room in any cache", { pageCacheBytes: 0, valueCacheBytes: 0 }],
  ["a short horizon", { undoBlocks: 3 }],
] as const) {
  t.test(`random branches, flushes, reverts and restarts are those of the model: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 99 }), { minLength: 10, maxLength: 60 }),
        fc.infiniteStream(fc.nat()),
        async (steps, stream) => {
          const scenario = new Scenario(options, () => stream.next().value as number);
          await scenario.extend();
          for (const step of steps) {
            if (step < 45) await scenario.extend();
            else if (step < 70) await scenario.flush();
            else if (step < 75) scenario.discard();
            else if (step < 82) await scenario.reopen();
            else await scenario.check(step > 95);
            if (scenario.known().length === 0) return;
          }
          await scenario.check(true);
        },
      ),
      { numRuns: 20 },
    );
  });
}

t.test("a reader never sees a mix of versions while a flush is written", async (t) => {
  for (const options of [{}, { pageCacheBytes: 0, valueCacheBytes: 0 }]) {
    const storage = new TestStorage();
    const store = newStore(storage, options);
    const many = (value: string) => Array.from({ length: 200 }, (_, i) => [`k${i}`, `${value}${i}`] as const);
    await execute(store, "g", undefined, 0, many("old"));
    await store.flush(blockId("g"));
    await execute(store, "x", "g", 1, [...many("new"), ["k3", ""]]);
    const beforeView = viewOf(store, "g");
    const afterView = viewOf(store, "x");
    const seen: string[] = [];
    const look = async (moment: string) => {
      for (const view of [beforeView, afterView]) {
        const values = Array.from({ length: 200 }, (_, i) => text(view.get(key(`k${i}`))) ?? "none");
        seen.push(`${moment} ${[...new Set(values.map((value) => value.replace(/\d+/, "")))].sort()}`);
      }
      const proof = await beforeView.prove(key("k3"));
      t.equal(text(verifyProof(beforeView.root, key("k3"), proof)), "old3", "proofs, too");
      for (const [view, word] of [
        [beforeView, "old"],
        [afterView, "new"],
      ] as const) {
        const entries = await provenEntries(view, view.root, 70);
        t.same([...new Set([...entries.values()].map((value) => text(value)?.replace(/\d+/, "")))], [word], `${moment}: ranges, too`);
        for (let i = 0; i < 200; i++)
          if (text(entries.get(`k${i}`)) !== text(view.get(key(`k${i}`)))) t.fail(`${moment}: the range shows another k${i}`);
      }
      const branch = store.writer(blockId("g"));
      branch.set(key("k1"), key("branch"));
      t.ok((await store.finish(branch)).root, "roots on an older block, too");
    };
    storage.onWrite = (moment) => look(moment);
    await store.flush(blockId("x"));
    await look("settled");
    const both = (moment: string) => [`${moment} old`, `${moment} new,none`];
    t.same(seen, [...both("before"), ...both("after"), ...both("settled")]);
  }
});

t.test("prefetched values are those of the version, also when the disk moves meanwhile", async (t) => {
  const storage = new TestStorage();
  const store = newStore(storage);
  const many = (value: string) => Array.from({ length: 100 }, (_, i) => [`k${i}`, `${value}${i}`] as const);
  await execute(store, "g", undefined, 0, many("old"));
  await store.flush(blockId("g"));
  const again = newStore(storage);
  await again.open();
  await execute(again, "x", "g", 1, many("new").slice(0, 50));
  const view = viewOf(again, "g");
  const keys = many("").map(([k]) => key(k));
  const prefetching = view.prefetch([...keys, key("absent"), keys[0] as Bytes]);
  const flushing = again.flush(blockId("x"));
  await Promise.all([prefetching, flushing]);
  t.equal(text(view.get(key("k1"))), "old1");
  t.equal(text(view.get(key("k70"))), "old70");
  t.equal(text(viewOf(again, "x").get(key("k1"))), "new1");
  await viewOf(again, "x").prefetch([...keys, key("absent")]);
  storage.gets = 0;
  for (const k of keys) viewOf(again, "x").get(k);
  t.equal(viewOf(again, "x").get(key("absent")), undefined);
  t.equal(storage.gets, 0, "everything was in memory");
});

t.test("a prefetch that pauses while a flush begins does not take what is being written for damage", async (_t) => {
  const first = new TestStorage();
  const many = (value: string) => Array.from({ length: 300 }, (_, i) => [`k${i}`, `${value}${i}`] as const);
  const genesis = newStore(first);
  await execute(genesis, "g", undefined, 0, many("old"));
  await genesis.flush(blockId("g"));
  // Each pause of the prefetch, until it has no more of them.
  for (let at = 1, paused = at; paused === at; at++) {
    const storage = first.reopened();
    let onPause: (() => Promise<void>) | undefined;
    const slicer = { due: () => true, pause: async () => onPause?.() };
    const scheduler = { ...testScheduler, slicer: () => slicer };
    const store = new StateStore(
      { storage, compute: testCompute, scheduler, logger: silentLogger, metrics: new TestMetrics() },
      smallOptions,
    );
    await store.open();
    await execute(store, "x", "g", 1, many("new"));
    let isWriting = false;
    let release = () => {};
    const written = new Promise<void>((resolve) => {
      release = resolve;
    });
    storage.onWrite = (moment) => {
      if (moment === "after") return;
      isWriting = true;
      return written;
    };
    paused = 0;
    let flushing: Promise<void> | undefined;
    onPause = async () => {
      if (++paused !== at) return;
      onPause = undefined;
      flushing = store.flush(blockId("x"));
      while (!isWriting) await null;
    };
    await viewOf(store, "g").prefetch(many("").map(([k]) => key(k)));
    onPause = undefined;
    release();
    await flushing;
  }
});

t.test("what a prefetch read before the disk moved is not kept after it", async (t) => {
  // Every moment at which storage may answer late: pages of each level, then the values.
  for (let late = 1; late <= 3; late++) {
    const storage = new TestStorage();
    const first = newStore(storage);
    const many = (value: string) => Array.from({ length: 60 }, (_, i) => [`k${i}`, `${value}${i}`] as const);
    await execute(first, "g", undefined, 0, many("old"));
    await first.flush(blockId("g"));
    const store = newStore(storage);
    await store.open();
    await execute(store, "x", "g", 1, many("new"), "later");
    let reads = 0;
    storage.onRead = async () => {
      if (++reads === late) await store.flush(blockId("x"));
    };
    await viewOf(store, "g").prefetch(many("").map(([k]) => key(k)));
    storage.onRead = undefined;
    if (reads < late) await store.flush(blockId("x"));
    for (let i = 0; i < 60; i++) {
      if (text(viewOf(store, "x").get(key(`k${i}`))) !== `new${i}`) t.fail(`k${i} is of the version before`);
      if (text(viewOf(store, "g").get(key(`k${i}`))) !== `old${i}`) t.fail(`k${i} is of the version after`);
    }
    if (late === 1) t.ok(reads > 0, "storage was asked");
    await viewOf(store, "x").prove(key("k0"));
    const view = viewOf(store, "x");
    for (let i = 0; i < 60; i++) {
      const proof = await view.prove(key(`k${i}`));
      if (text(verifyProof(view.root, key(`k${i}`), proof)) !== `new${i}`) t.fail(`a page above k${i} is of the version before`);
    }
  }
});

t.test("roots that were put off are computed over the merged changes", async (t) => {
  const store = newStore(new TestStorage());
  let model: Model = new Map();
  let parent: string | undefined;
  for (let height = 0; height < 8; height++) {
    const changes = [
      [`k${height}`, "x"],
      ["k0", `v${height}`],
      [`k${height - 1}`, height % 2 === 0 ? "" : "y"],
    ] as const;
    model = applied(model, changes);
    const overlay = await execute(store, `b${height}`, parent, height, changes, height < 7 ? "later" : "now");
    t.equal(overlay.root === undefined, height < 7);
    parent = `b${height}`;
    if (height === 7) t.same(overlay.root, modelRoot(model));
  }
  t.throws(() => viewOf(store, "b3").root, { code: "STATE_ROOT_UNKNOWN" });
  await viewOf(store, "b3").prove(key("k0"));
  t.ok(viewOf(store, "b3").root);
  await store.flush(blockId("b5"));
  t.same((await reopened(store)).root, store.flushed?.root);
  await store.flush(blockId("b7"));
  t.same(store.flushed?.root, modelRoot(model));

  async function reopened(from: StateStore) {
    await from.flush(blockId("b5"));
    return viewOf(from, "b5");
  }
});

t.test("a declared root is known before it is computed, and checked when it is", async (t) => {
  const store = newStore(new TestStorage());
  const writer = store.writer(undefined);
  writer.set(key("a"), key("1"));
  const right = modelRoot(new Map([["a", key("1")]]));
  const overlay = await store.finish(writer, { root: "later" });
  store.adopt(blockId("right"), 0, undefined, overlay, right);
  t.same(viewOf(store, "right").root, right);
  store.adopt(blockId("wrong"), 0, undefined, overlay, blockId("something"));
  await t.rejects(store.flush(blockId("wrong")), { code: "STATE_ROOT_MISMATCH" });
  await store.flush(blockId("right"));
  const full = await store.finish(store.writer(blockId("right")));
  t.throws(() => store.adopt(blockId("b"), 1, blockId("right"), full, blockId("something")), { code: "STATE_ROOT_MISMATCH" });
  store.adopt(blockId("b"), 1, blockId("right"), full, right);
  store.adopt(blockId("b"), 1, blockId("right"), full, right);
  t.ok(store.has(blockId("b")), "adopting twice is adopting once");
});

t.test("a discarded branch is gone with all that hangs off it", async (t) => {
  const store = newStore(new TestStorage());
  await execute(store, "g", undefined, 0, [["a", "1"]]);
  await store.flush(blockId("g"));
  await execute(store, "x", "g", 1, [["a", "2"]]);
  await execute(store, "y", "x", 2, [["a", "3"]]);
  const view = viewOf(store, "y");
  const writer = store.writer(blockId("y"));
  writer.set(key("a"), key("4"));
  store.discard(blockId("x"));
  t.notOk(store.has(blockId("y")));
  t.equal(store.unflushedBytes, 0);
  t.throws(() => view.get(key("a")), { code: "STATE_VIEW_GONE" });
  t.throws(() => view.root, { code: "STATE_VIEW_GONE" });
  await t.rejects(view.prove(key("a")), { code: "STATE_VIEW_GONE" });
  t.throws(() => view.prefetch([key("a")]), { code: "STATE_VIEW_GONE" });
  await t.rejects(store.finish(writer), { code: "STATE_VIEW_GONE" });
  t.throws(() => store.scratch(view), { code: "STATE_UNKNOWN_BLOCK" });
  store.discard(blockId("g"));
  t.ok(store.has(blockId("g")), "what is on disk is not discarded");
  const scratch = store.scratch(viewOf(store, "g"));
  scratch.set(key("a"), key("scratch"));
  t.equal(text(scratch.get(key("a"))), "scratch");
  t.equal(text(viewOf(store, "g").get(key("a"))), "1");
});

t.test("undo is kept within the horizon, and forgotten at the next flush after pruning", async (t) => {
  const storage = new TestStorage();
  const store = newStore(storage, { undoBlocks: 5 });
  let parent: string | undefined;
  for (let height = 0; height <= 12; height++) {
    await execute(store, `b${height}`, parent, height, [
      ["a", `${height}`],
      [`k${height}`, "x"],
    ]);
    await store.flush(blockId(`b${height}`));
    parent = `b${height}`;
  }
  t.same(
    [...Array(13).keys()].filter((h) => store.has(blockId(`b${h}`))),
    [7, 8, 9, 10, 11, 12],
  );
  t.equal(storage.keys(0x22).length, 5, "undo records");
  t.equal(storage.keys(0x23).length, 6, "version records");
  t.throws(() => store.writer(blockId("b6")), { code: "STATE_UNKNOWN_BLOCK" });
  await execute(store, "side", "b8", 9, [["a", "side"]]);
  store.pruneUndo(11);
  t.ok(store.has(blockId("b8")));
  await execute(store, "b13", "b12", 13, [["a", "13"]]);
  await store.flush(blockId("b13"));
  t.same(
    ["b8", "side", "b10", "b11", "b12", "b13"].map((name) => store.has(blockId(name))),
    [false, false, false, true, true, true],
  );
  t.equal(storage.keys(0x22).length, 2);
  const again = newStore(storage);
  await again.open();
  t.equal(text(viewOf(again, "b11").get(key("a"))), "11");
  t.equal(viewOf(again, "b11").get(key("k12")), undefined);
  await again.flush(blockId("b11"));
  t.equal(text(viewOf(again, "b13").get(key("a"))), "13", "what was reverted is an overlay again");
  t.equal(again.unflushedBlocks, 2);
});

t.test("where finality stands still, undo reaches down to it beyond the horizon if the engine needs that", async (t) => {
  for (const keepUndoToFinality of [true, false]) {
    const options = { undoBlocks: 3, keepUndoToFinality };
    const storage = new TestStorage();
    let store = newStore(storage, options);
    const flushTo = async (from: number, to: number) => {
      for (let height = from; height <= to; height++) {
        await execute(store, `b${height}`, height === 0 ? undefined : `b${height - 1}`, height, [["a", `${height}`]]);
        await store.flush(blockId(`b${height}`));
      }
    };
    const readable = () => [...Array(20).keys()].filter((height) => store.has(blockId(`b${height}`)));
    const from = (height: number, to: number) => [...Array(to + 1 - height).keys()].map((at) => height + at);
    await flushTo(0, 4);
    store.pruneUndo(2);
    await flushTo(5, 12);
    t.same(readable(), keepUndoToFinality ? from(2, 12) : from(9, 12));
    store = newStore(storage.reopened(), options);
    await store.open();
    t.same(readable(), keepUndoToFinality ? from(2, 12) : from(9, 12), "after a restart");
    // Before the engine has said anew what is final, nothing goes.
    await flushTo(13, 13);
    const lowest = keepUndoToFinality ? 2 : 10;
    t.same(readable(), from(lowest, 13));
    for (const height of from(lowest, 13)) t.equal(text(viewOf(store, `b${height}`).get(key("a"))), `${height}`);
    // A state that is being copied is held below finality within the horizon only.
    store.holdUndo(4);
    store.pruneUndo(13);
    await flushTo(14, 14);
    t.same(readable(), from(11, 14));
    store.holdUndo(undefined);
    await flushTo(15, 15);
    t.same(readable(), from(13, 15), "finality ends it");
  }
});

t.test("a value cache of 2 GiB and more keeps what one of a MiB keeps", async (t) => {
  for (const valueCacheBytes of [2 ** 20, 2 ** 31, 2 ** 32]) {
    const store = newStore(new TestStorage(), { valueCacheBytes });
    await execute(store, "g", undefined, 0, [["a", "1"]]);
    await execute(store, "x", "g", 1, [["a", "2"]]);
    await execute(store, "y", "x", 2, [["a", "3"]]);
    await store.flush(blockId("y"));
    const before = present(store.view(blockId("g")), "within the undo horizon");
    t.same(before.get(key("a")), key("1"));
    await before.prove(key("a"));
    t.same(store.changedKeys(blockId("x")), [key("a")], `${valueCacheBytes} bytes: the undo record that was read is still in memory`);
  }
});

t.test("slices change no result", async (t) => {
  const slices = {
    due: () => true,
    pauses: 0,
    async pause() {
      this.pauses++;
    },
  };
  const store = newStore(new TestStorage());
  const writer = store.writer(undefined);
  const model = new Map<string, Bytes>();
  for (let i = 0; i < 3000; i++) {
    writer.set(key(`k${i}`), key(`v${i}`));
    model.set(`k${i}`, key(`v${i}`));
  }
  const { root } = await store.finish(writer, { slicer: slices });
  t.same(root, modelRoot(model));
  t.ok(slices.pauses > 100, `${slices.pauses} pauses`);
  const second = store.writer(undefined);
  for (const [k, v] of model) second.set(key(k), v);
  t.same((await store.finish(second, { slicer: alwaysDue })).root, root);
});

t.test("finishing, flushing and proving at once give what they give one after the other", async (t) => {
  const store = newStore(new TestStorage());
  await execute(store, "g", undefined, 0, [
    ["a", "1"],
    ["b", "1"],
  ]);
  await execute(store, "x", "g", 1, [["a", "2"]]);
  const writer = store.writer(blockId("g"));
  writer.set(key("b"), key("3"));
  const proof = viewOf(store, "g").prove(key("a"));
  const flush = store.flush(blockId("x"));
  const finish: Promise<Overlay> = store.finish(writer);
  const [overlay] = await Promise.all([finish, flush]);
  t.same(
    overlay.root,
    modelRoot(
      new Map([
        ["a", key("1")],
        ["b", key("3")],
      ]),
    ),
  );
  t.equal(text(verifyProof(viewOf(store, "g").root, key("a"), await proof)), "1");
  store.adopt(blockId("y"), 1, blockId("g"), overlay);
  await store.flush(blockId("y"));
  t.equal(text(viewOf(store, "y").get(key("b"))), "3");
  t.equal(text(viewOf(store, "x").get(key("b"))), "1");
});

t.test("metrics tell what happens", async (t) => {
  const metrics = new TestMetrics();
  const store = newStore(new TestStorage(), {}, metrics);
  await execute(store, "g", undefined, 0, [
    ["a", "1"],
    ["b", "1"],
  ]);
  t.equal(metrics.collects.get("state_unflushed_blocks")?.(), 1);
  t.equal(metrics.values.get("state_updated_keys_total"), 2);
  t.ok((metrics.values.get("state_hashes_total") ?? 0) >= 3);
  await store.flush(blockId("g"));
  t.equal(metrics.values.get("state_flushes_total"), 1);
  t.equal(metrics.values.get("state_flushed_values_total"), 2);
  t.ok((metrics.collects.get("state_page_cache_bytes")?.() ?? 0) > 0);
});
