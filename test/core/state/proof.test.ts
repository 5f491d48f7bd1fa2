/** The prover of the state: its proofs are, byte for byte, those of a prover that knows nothing of pages and versions. */
import fc from "fast-check";
import t from "tap";
import type { Slicer } from "../../../core/ports/runtime.js";
import { type Bytes, compareBytes, concatBytes, Hash, sha256, toHex } from "../../../core/primitives/index.js";
import { MAX_PROOF_BYTES, verifyMultiProof, verifyProof, verifyRange } from "../../../core/proofs/index.js";
import { StateStore } from "../../../core/state/index.js";
import { encode, LAST, Model, numberOf, pathOf } from "../proofs/model.js";
import {
  alwaysDue,
  blockId,
  key,
  newStore,
  silentLogger,
  smallOptions,
  TestMetrics,
  TestStorage,
  testCompute,
  testScheduler,
} from "./fixtures.js";

type Entries = ReadonlyMap<string, Bytes>;

const numbered = (count: number, word = "v"): Map<string, Bytes> =>
  new Map(Array.from({ length: count }, (_, i) => [`k${i}`, key(`${word}${i}`)]));
const modelOf = (entries: Entries) =>
  new Model(
    [...entries].map(([text, value]) => ({ key: key(text), value })),
    sha256,
  );
const WHOLE = { entries: 16_384, bytes: MAX_PROOF_BYTES };

async function adopt(store: StateStore, name: string, parent: string | undefined, height: number, changes: Entries): Promise<void> {
  const writer = store.writer(parent === undefined ? undefined : blockId(parent));
  for (const [text, value] of changes) writer.set(key(text), value);
  store.adopt(blockId(name), height, parent === undefined ? undefined : blockId(parent), await store.finish(writer));
}

function viewOf(store: StateStore, name: string) {
  const view = store.view(blockId(name));
  if (view === undefined) throw new Error(`no view of ${name}`);
  return view;
}

/** A state of these entries, unflushed. */
async function viewWith(entries: Entries, slicer?: Slicer) {
  const scheduler = slicer === undefined ? testScheduler : { ...testScheduler, slicer: () => slicer };
  const dependencies = { storage: new TestStorage(), compute: testCompute, scheduler, logger: silentLogger, metrics: new TestMetrics() };
  const store = new StateStore(dependencies, smallOptions);
  await adopt(store, "g", undefined, 0, entries);
  return viewOf(store, "g");
}

t.test("each proof has one encoding: the state's prover and the model's say the same", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 120 }),
      fc.array(fc.nat(150), { minLength: 1, maxLength: 12 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.integer({ min: 1, max: 130 }),
      async (count, asked, a, b, most) => {
        const entries = numbered(count);
        const model = modelOf(entries);
        const view = await viewWith(entries);
        t.same(view.root, model.root);
        const keys = asked.map((number) => key(`k${number}`));
        const [first = key("k0")] = keys;
        t.same(await view.prove(first), encode("single", model.keysProof([first])));
        t.same(await view.proveMany(keys), encode("multi", model.keysProof(keys)));
        const [from, to] = compareBytes(a, b) <= 0 ? [a, b] : [b, a];
        const next = model.within(from, to)[most]?.path;
        const made = await view.proveRange(Hash.from(from), { to: Hash.from(to), entries: most, bytes: 1_000_000 });
        t.same(made.proof, encode("range", model.rangeProof(from, to, next), next));
        t.same(made.next, next);
        t.equal(made.entries, Math.min(most, model.within(from, to).length));
      },
    ),
    { numRuns: 40 },
  );
});

t.test("every version has its proofs: on disk, above it, below it, beside it", async (t) => {
  const storage = new TestStorage();
  const store = newStore(storage);
  const genesis = numbered(80, "genesis");
  const x = new Map([...genesis, ...numbered(20, "x"), ["new", key("1")]]);
  const y = new Map([...genesis, ["k70", key("y")], ["another", key("2")]]);
  await adopt(store, "g", undefined, 0, genesis);
  await adopt(store, "x", "g", 1, new Map([...numbered(20, "x"), ["new", key("1")], ["k79", new Uint8Array(0)]]));
  x.delete("k79");
  await adopt(
    store,
    "y",
    "g",
    1,
    new Map([
      ["k70", key("y")],
      ["another", key("2")],
    ] as const),
  );
  const states = [
    ["g", genesis],
    ["x", x],
    ["y", y],
  ] as const;
  for (const disk of [undefined, "g", "x", "y"]) {
    if (disk !== undefined) await store.flush(blockId(disk));
    for (const [name, entries] of states) {
      const view = viewOf(store, name);
      const model = modelOf(entries);
      const { proof, next } = await view.proveRange(Hash.zero, WHOLE);
      t.same(proof, encode("range", model.rangeProof(Hash.zero, LAST)), `${name} with ${disk} on disk`);
      t.equal(next, undefined);
      const keys = ["k3", "k70", "k79", "new", "another"].map(key);
      t.same(await view.proveMany(keys), encode("multi", model.keysProof(keys)));
      t.same(
        verifyMultiProof(model.root, keys, await view.proveMany(keys)),
        keys.map((each) => model.get(each)),
      );
    }
  }
  const reopened = newStore(storage.reopened());
  await reopened.open();
  const range = verifyRange(modelOf(y).root, Hash.zero, LAST, (await viewOf(reopened, "y").proveRange(Hash.zero, WHOLE)).proof);
  t.equal(range.entries.length, y.size, "with nothing in memory");
});

t.test("a proof of a state that is discarded while it is made is none", async (t) => {
  const storage = new TestStorage();
  const store = newStore(storage, { valueCacheBytes: 0 });
  await adopt(store, "g", undefined, 0, numbered(80, "genesis"));
  await store.flush(blockId("g"));
  await adopt(store, "x", "g", 1, numbered(20, "x"));
  const view = viewOf(store, "x");
  storage.onRead = async () => {
    storage.onRead = undefined;
    store.discard(blockId("x"));
  };
  await t.rejects(view.proveRange(Hash.zero, WHOLE), { code: "STATE_VIEW_GONE" });
  t.equal(storage.onRead, undefined, "it was discarded in the middle");
});

t.test("limits of a range", async (t) => {
  const entries = new Map([...numbered(300), ["large", new Uint8Array(60_000).fill(7)]]);
  const view = await viewWith(entries);
  for (const bytes of [1, 3_000, 5_000, 20_000, 70_000]) {
    let found = 0;
    let least = 100;
    for (let from: Hash | undefined = Hash.zero; from !== undefined; ) {
      const { proof, next, entries: count } = await view.proveRange(from, { entries: 100, bytes });
      if (proof.length > bytes && count > 1) t.fail(`${proof.length} of ${bytes} bytes with ${count} entries`);
      if (next !== undefined) least = Math.min(least, count);
      found += verifyRange(view.root, from, LAST, proof).entries.length;
      from = next;
    }
    t.equal(found, 301);
    t.ok(least >= 1 && (bytes > 1 || least === 1), `${least} entries at least in ${bytes} bytes`);
  }
  const paths = [...entries.keys()].map((text) => sha256(key(text))).sort(compareBytes);
  const [first = Hash.zero, second = Hash.zero] = paths;
  const one = await view.proveRange(first, { ...WHOLE, to: first });
  t.match(one, { entries: 1, next: undefined });
  const none = await view.proveRange(Hash.from(pathOf(numberOf(first) + 1n)), { ...WHOLE, to: Hash.from(pathOf(numberOf(second) - 1n)) });
  t.equal(none.entries, 0);
  for (const limits of [
    { entries: 0, bytes: 1 },
    { entries: 16_385, bytes: 1 },
    { entries: 1.5, bytes: 1 },
    { entries: 1, bytes: 0 },
    { entries: 1, bytes: MAX_PROOF_BYTES + 1 },
    { entries: 1, bytes: 1, to: Hash.zero },
  ])
    await t.rejects(view.proveRange(first, limits), { code: "STATE_PROOF_LIMITS", kind: "input" });
  await t.rejects(view.proveMany([]), { code: "STATE_PROOF_LIMITS" });
  await t.rejects(view.proveMany(Array.from({ length: 1_025 }, () => key("k1"))), { code: "STATE_PROOF_LIMITS" });
  await t.rejects(view.proveMany([new Uint8Array(0)].slice(0, 1)), { code: "STATE_KEY_INVALID" });
});

t.test("values that are too much for one proof", async (t) => {
  const view = await viewWith(new Map(Array.from({ length: 130 }, (_, i) => [`k${i}`, new Uint8Array(65_536).fill(i)])));
  const keys = (count: number) => Array.from({ length: count }, (_, i) => key(`k${i}`));
  await t.rejects(view.proveMany(keys(130)), { code: "STATE_PROOF_TOO_LARGE" });
  await t.rejects(view.proveMany(keys(128)), { code: "STATE_PROOF_TOO_LARGE" }, "with what stands beside the values");
  t.equal(verifyMultiProof(view.root, keys(120), await view.proveMany(keys(120))).length, 120);
  const { proof, next } = await view.proveRange(Hash.zero, WHOLE);
  t.ok(proof.length <= MAX_PROOF_BYTES && next !== undefined);
});

t.test("no more is read than a proof may hold", async (t) => {
  const storage = new TestStorage();
  const store = newStore(storage, { valueCacheBytes: 0 });
  await adopt(
    store,
    "g",
    undefined,
    0,
    new Map([...numbered(300), ...Array.from({ length: 300 }, (_, i) => [`l${i}`, new Uint8Array(65_536).fill(i)] as const)]),
  );
  await store.flush(blockId("g"));
  let reads = 0;
  storage.onRead = async () => void reads++;
  const view = viewOf(store, "g");
  await view.proveRange(Hash.zero, { entries: 16_384, bytes: 1 });
  t.equal(reads, 1, "one group of values for one entry");
  reads = 0;
  await t.rejects(view.proveMany(Array.from({ length: 300 }, (_, i) => key(`l${i}`))), { code: "STATE_PROOF_TOO_LARGE" });
  t.equal(reads, 3, "of five");
});

t.test("slices change nothing, and a version that goes ends its proofs", async (t) => {
  const entries = numbered(200);
  const whole = await viewWith(entries);
  let pauses = 0;
  const counting: Slicer = {
    due: () => true,
    pause: async () => {
      pauses++;
    },
  };
  const sliced = await viewWith(entries, counting);
  const keys = [...entries.keys()].map(key);
  pauses = 0;
  t.same(await sliced.proveRange(Hash.zero, WHOLE), await whole.proveRange(Hash.zero, WHOLE));
  t.ok(pauses > 200, `${pauses} pauses`);
  pauses = 0;
  t.same(await sliced.proveMany(keys), await whole.proveMany(keys));
  t.ok(pauses > 20, `${pauses} pauses`);
  t.same(await sliced.prove(key("k7")), await whole.prove(key("k7")));

  let stop: (() => void) | undefined;
  const dependencies = {
    storage: new TestStorage(),
    compute: testCompute,
    scheduler: { ...testScheduler, slicer: (): Slicer => ({ ...alwaysDue, pause: async () => stop?.() }) },
    logger: silentLogger,
    metrics: new TestMetrics(),
  };
  const store = new StateStore(dependencies, smallOptions);
  await adopt(store, "g", undefined, 0, entries);
  await store.flush(blockId("g"));
  for (const ask of [
    (store: StateStore): Promise<unknown> => viewOf(store, "x").proveRange(Hash.zero, WHOLE),
    (store: StateStore): Promise<unknown> => viewOf(store, "x").proveMany(keys),
  ]) {
    await adopt(store, "x", "g", 1, numbered(100, "x"));
    stop = () => store.discard(blockId("x"));
    await t.rejects(() => ask(store), { code: "STATE_VIEW_GONE" });
    stop = undefined;
  }
});

t.test("damage is named, never proved", async (t) => {
  const storage = new TestStorage();
  const store = newStore(storage);
  await adopt(store, "g", undefined, 0, numbered(50));
  await store.flush(blockId("g"));
  const record = concatBytes(Uint8Array.of(0x20), sha256(key("k7")));
  const named = { code: "STATE_DAMAGED", data: { record: "value", key: toHex(record) } };
  for (const damage of [
    (at: TestStorage) => at.flip(record, 4),
    (at: TestStorage) => at.flip(record, 0),
    (at: TestStorage) => at.flip(record, 1),
    (at: TestStorage) => at.remove(record),
  ]) {
    const damaged = storage.reopened();
    damage(damaged);
    const reopened = newStore(damaged);
    await reopened.open();
    const view = viewOf(reopened, "g");
    await t.rejects(view.proveRange(Hash.zero, WHOLE), named);
    await t.rejects(view.proveMany([key("k7"), key("k8")]), named);
    await t.rejects(view.prove(key("k7")), named);
    t.ok(verifyProof(view.root, key("k8"), await view.prove(key("k8"))), "what is whole is proved");
  }
});

t.test("a flush that comes to its end between the reads of a range", async (t) => {
  const storage = new TestStorage();
  const store = newStore(storage);
  await adopt(store, "g", undefined, 0, numbered(30));
  await store.flush(blockId("g"));
  const x = new Map([...numbered(30, "x"), ["new", key("1")]] as const);
  await adopt(store, "x", "g", 1, x);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = () => {};
  const writing = new Promise<void>((resolve) => {
    begun = resolve;
  });
  storage.onWrite = async (moment) => {
    if (moment === "after") return;
    begun();
    await held;
  };
  const flush = store.flush(blockId("x"));
  await writing;
  storage.onRead = async () => {
    // What was read is of the version before; by the time that it is looked at, the disk says otherwise.
    storage.onRead = undefined;
    release();
    while (storage.writes < 2) await Promise.resolve();
    for (let turns = 0; turns < 1_000; turns++) await Promise.resolve();
  };
  const { proof } = await viewOf(store, "x").proveRange(Hash.zero, WHOLE);
  t.same(proof, encode("range", modelOf(x).rangeProof(Hash.zero, LAST)));
  await flush;
});

t.test("a root goes before the proofs that wait, and no more of these wait than are bounded", async (t) => {
  const entries = numbered(40);
  const store = newStore(new TestStorage());
  await adopt(store, "g", undefined, 0, entries);
  const done: string[] = [];
  const view = viewOf(store, "g");
  const proofs = Array.from({ length: 257 }, (_, i) => view.prove(key(`k${i % 40}`)).then(() => done.push("proof")));
  await t.rejects(view.prove(key("k0")), { code: "STATE_PROOFS_BUSY", kind: "unavailable" });
  await adopt(store, "x", "g", 1, numbered(3, "x"));
  t.ok(done.length < 3, `${done.length} proofs came before the root`);
  await Promise.all(proofs);
  t.equal(done.length, 257);
  t.ok((await view.prove(key("k0"))).length > 0, "afterwards there is room again");
});

t.test("a range of the node's own waits in line however many proofs do, so nobody's requests end a snapshot", async (t) => {
  const store = newStore(new TestStorage());
  await adopt(store, "g", undefined, 0, numbered(40));
  const view = viewOf(store, "g");
  const proofs = Array.from({ length: 257 }, (_, i) => view.prove(key(`k${i % 40}`)));
  const refused = view.proveRange(Hash.zero, WHOLE);
  const own = view.proveRange(Hash.zero, { ...WHOLE, mayWait: true });
  await t.rejects(refused, { code: "STATE_PROOFS_BUSY" }, "somebody else's does not");
  t.equal((await own).entries, 40);
  await Promise.all(proofs);
});
