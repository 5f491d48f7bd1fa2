/** Memory of pages that is used again: only when nobody holds it and nobody reads, and whatever a store is doing meanwhile. */
import t from "tap";
import { Hash, toHex } from "../../../core/primitives/index.js";
import { verifyProof } from "../../../core/proofs/index.js";
import { Arena, Slab, SlabPool } from "../../../core/state/slab.js";
import { StateStore } from "../../../core/state/store.js";
import { createEngine } from "../../../native/index.js";
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

const KIB = 1024;

t.test("a slab is used again when nobody holds it, and nobody reads", (t) => {
  const pool = new SlabPool(KIB);
  const slabBytes = 4 * pool.slabWords;
  const arena = new Arena(pool.slabWords, pool);
  arena.allocate(pool.slabWords);
  const { slab } = arena;
  const { words } = slab;
  slab.hold();
  slab.hold();
  slab.release();
  pool.reclaim();
  t.equal(slab.words, words, "somebody holds it still");
  t.equal(pool.bytes, 0);
  slab.release();
  t.equal(pool.bytes, slabBytes);
  t.equal(pool.take(), undefined, "somebody may be reading it");
  t.equal(slab.words, words);
  slab.hold();
  pool.reclaim();
  t.equal(slab.words, words, "held again before that: it is not free");
  slab.release();
  slab.hold();
  slab.release();
  t.equal(pool.bytes, slabBytes, "it is counted once");
  pool.reclaim();
  t.same([slab.words.length, slab.bytes.length], [0, 0], "who still has the old one in hand reads nothing");
  t.equal(pool.bytes, slabBytes);
  arena.allocate(pool.slabWords);
  t.equal(arena.words, words, "the same memory");
  t.not(arena.slab, slab);
  t.equal(pool.bytes, 0);
  t.end();
});

t.test("more than there is room for goes to the garbage collector", (t) => {
  const pool = new SlabPool(KIB);
  const slabBytes = 4 * pool.slabWords;
  const slabs = Array.from({ length: 5 }, () => new Slab(new Uint32Array(pool.slabWords), pool));
  for (const slab of slabs) slab.hold();
  for (const slab of slabs) slab.release();
  pool.trim(3 * slabBytes);
  t.equal(pool.bytes, 3 * slabBytes, "out of limbo");
  pool.reclaim();
  t.equal(slabs.filter(({ words }) => words.length > 0).length, 2, "those were left alone");
  pool.trim(slabBytes);
  t.equal(pool.bytes, slabBytes, "and of what is free");
  const other = new Slab(new Uint32Array(pool.slabWords + 1), pool);
  other.hold();
  other.release();
  pool.reclaim();
  t.equal(pool.bytes, slabBytes, "a slab of another size is not used again");
  t.end();
});

const text = (value: Uint8Array | undefined) => (value === undefined ? undefined : toHex(value));

/** Numbers that are the same in each run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

t.test(
  "blocks, branches, discards, flushes, prefetches and proofs at once: roots and proofs are those of a store that uses nothing again",
  async (t) => {
    const engine = createEngine({ engine: "auto", keyCacheEntries: 0 });
    const compute = { ...testCompute, trieWalk: () => engine.trieWalk?.() };
    let used = 0;
    const { take } = SlabPool.prototype;
    SlabPool.prototype.take = function (this: SlabPool) {
      const slab = take.call(this);
      if (slab !== undefined) used++;
      return slab;
    };
    t.teardown(() => {
      SlabPool.prototype.take = take;
    });
    const scheduler = { ...testScheduler, slicer: () => alwaysDue };
    const dependencies = { compute, scheduler, logger: silentLogger, metrics: new TestMetrics() };
    const options = { ...smallOptions, pageCacheBytes: 128 * KIB, valueCacheBytes: 16 * KIB, undoBlocks: 3 };
    const store = new StateStore({ ...dependencies, storage: new TestStorage() }, options);
    // Nothing leaves its cache, and all its overlays stay: the empty state has no slabs to use again.
    const model = newStore(new TestStorage(), { undoBlocks: 3 });
    const below = numbers(20_261_121);
    const keyOf = () => `account ${below(3_000)}`;
    let head: string | undefined;
    for (let height = 0; height < 25; height++) {
      const changes = Array.from(
        { length: height === 0 ? 3_000 : 60 },
        (_, i) => [height === 0 ? `account ${i}` : keyOf(), `${below(9)}`] as const,
      );
      const name = `block ${height}`;
      const parent = head === undefined ? undefined : blockId(head);
      const made = async (target: StateStore, id: Hash) => {
        const writer = target.writer(parent);
        for (const [k, v] of changes) writer.set(key(k), v === "0" ? new Uint8Array(0) : key(v));
        const overlay = await target.finish(writer, { slicer: alwaysDue });
        target.adopt(id, height, parent, overlay);
        return overlay.root as Hash;
      };
      const view = head === undefined ? undefined : store.view(blockId(head));
      const asked = keyOf();
      const wanted = Array.from({ length: 200 }, () => key(keyOf()));
      const beside = [
        view?.prefetch(wanted),
        view?.prove(key(asked)).then((proof) => {
          const value = model.view(blockId(head as string))?.get(key(asked));
          t.same(verifyProof(view.root, key(asked), proof), value, "what is proved");
        }),
        height > 0 && height % 3 === 0 ? store.flush(blockId(head as string)) : undefined,
      ];
      const side = blockId(`side ${height}`);
      const [root, sideRoot] = await Promise.all([made(store, blockId(name)), made(store, side), ...beside]);
      t.equal(toHex(sideRoot as Hash), toHex(root as Hash), "twice the same block");
      t.equal(toHex(await made(model, blockId(name))), toHex(root as Hash), `root at height ${height}`);
      store.discard(side);
      const seen = wanted.filter((k) => text(view?.get(k)) === text(head === undefined ? undefined : model.view(blockId(head))?.get(k)));
      t.equal(seen.length, head === undefined ? seen.length : wanted.length, "what was prefetched");
      head = name;
    }
    if (engine.trieWalk === undefined) return t.pass("only walks of an engine fill slabs of the pool");
    t.ok(used > 100, `${used} slabs were used again`);
  },
);

t.test("an overlay that becomes the state of two blocks keeps its pages for one of them", async (t) => {
  const engine = createEngine({ engine: "auto", keyCacheEntries: 0 });
  const dependencies = { compute: { ...testCompute, trieWalk: () => engine.trieWalk?.() }, scheduler: testScheduler };
  const store = new StateStore(
    { ...dependencies, storage: new TestStorage(), logger: silentLogger, metrics: new TestMetrics() },
    { ...smallOptions, pageCacheBytes: 16 * KIB },
  );
  const finished = async (parent: Hash | undefined, value: string) => {
    const writer = store.writer(parent);
    for (let i = 0; i < 500; i++) writer.set(key(`${value} ${i}`), key(value));
    return store.finish(writer);
  };
  store.adopt(blockId("g"), 0, undefined, await finished(undefined, "1"));
  await store.flush(blockId("g"));
  const overlay = await finished(blockId("g"), "2");
  for (const name of ["x", "y"]) store.adopt(blockId(name), 1, blockId("g"), overlay);
  store.discard(blockId("x"));
  // What the first had is used again by now.
  const next = await finished(blockId("y"), "3");
  store.adopt(blockId("z"), 2, blockId("y"), next);
  await store.flush(blockId("z"));
  const view = store.view(blockId("z"));
  const proof = await view?.prove(key("2 7"));
  t.same(verifyProof(next.root as Hash, key("2 7"), proof as Uint8Array), key("2"));
});
