import fc from "fast-check";
import t from "tap";
import type { Slicer } from "../../../core/ports/runtime.js";
import { type Bytes, Hash, sha256, toHex } from "../../../core/primitives/index.js";
import { childPage, hashBytes, nodeOffset, type Page, type PageId, popcount, presentNodes, ROOT_PAGE } from "../../../core/state/page.js";
import { decodePage, encodePage } from "../../../core/state/page-record.js";
import { pageKey } from "../../../core/state/records.js";
import { Arena } from "../../../core/state/slab.js";
import { type LeafChanges, type PageSource, updateTrie } from "../../../core/state/trie-update.js";
import { alwaysDue, naiveRoot, neverDue, testCompute } from "./fixtures.js";

/** Pages in a map; every page read goes through its stored form, so each test is one of the record, too. */
class MapTrie implements PageSource {
  readonly pages = new Map<PageId, Bytes>();
  rootHash: Hash = Hash.zero;

  root(): Page | undefined {
    if (Hash.isZero(this.rootHash)) return undefined;
    return this.page(ROOT_PAGE, new Uint32Array(this.rootHash.slice().buffer), 0);
  }
  page(id: PageId, words: Uint32Array, at: number): Page {
    return decodePage({ id, stored: this.pages.get(id), words, at }, new Arena(), testCompute);
  }
  async apply(entries: readonly (readonly [Bytes, Bytes | undefined])[], slicer: Slicer = neverDue): Promise<void> {
    const { root, pages } = await updateTrie(this, changesOf(entries), testCompute, slicer);
    this.rootHash = root;
    for (const [id, page] of pages) {
      if (page === null) {
        if (!this.pages.delete(id)) throw new Error("only pages that exist are removed");
      } else this.pages.set(id, encodePage(page));
    }
  }
}

function changesOf(entries: readonly (readonly [Bytes, Bytes | undefined])[]): LeafChanges {
  const paths = new Uint8Array(entries.length * 32);
  const valueHashes = new Uint8Array(entries.length * 32);
  const deleted = new Uint8Array(entries.length);
  entries.forEach(([path, valueHash], i) => {
    paths.set(path, i * 32);
    if (valueHash === undefined) deleted[i] = 1;
    else valueHashes.set(valueHash, i * 32);
  });
  return { count: entries.length, paths: new Uint32Array(paths.buffer), valueHashes: new Uint32Array(valueHashes.buffer), deleted };
}

const rootOfModel = (model: ReadonlyMap<string, Bytes>) =>
  naiveRoot([...model].map(([path, valueHash]) => ({ path: Buffer.from(path, "hex"), valueHash })));

/** Paths that share long prefixes (0 to 255 bits), which no hash would give us. */
const path = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 15 })).map(([shared, seed]) => {
  const bytes = new Uint8Array(32).fill(0x5a);
  bytes[shared >> 3] = (bytes[shared >> 3] as number) ^ (0x80 >> (shared & 7));
  for (let i = (shared >> 3) + 1; i < 32; i++) bytes[i] = (seed * 37 + i) & 0xff;
  return bytes;
});
const change = fc.tuple(path, fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }));

t.test("pages know their nodes", async (t) => {
  t.equal(popcount(-1), 32);
  t.equal(popcount(0x1010101), 4);
  t.equal(presentNodes(0, 0), 0);
  t.equal(presentNodes(1, 0) >>> 0, 0x10000, "a lone leaf has no inner node above it");
  t.equal(presentNodes(3, 0) >>> 0, 0x30000 | (1 << 8) | (1 << 4) | (1 << 2) | (1 << 1), "two leaves in the last pair");
  t.equal(presentNodes(0x8001, 0) >>> 0, 0x80010000 + 2, "two leaves that part at the root");
  t.equal(presentNodes(0, 1) >>> 0, 0x10000 | (1 << 8) | (1 << 4) | (1 << 2) | (1 << 1), "a border alone is an inner node all the way up");
  let id: PageId = ROOT_PAGE;
  for (let depth = 0; depth < 63; depth++) id = childPage(id, depth % 16);
  t.equal(
    toHex(pageKey(id)),
    `213f${"0123456789abcdef".repeat(4).slice(0, 63)}0`,
    "page keys hold all path digits beyond what a number holds",
  );
  t.equal(toHex(pageKey(childPage(childPage(ROOT_PAGE, 10), 3))), "2102a3");
});

t.test("the root is that of the naive trie after any sequence of batches", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 12 }), { maxLength: 6 }), async (batches) => {
      const trie = new MapTrie();
      const model = new Map<string, Bytes>();
      for (const batch of batches) {
        const unique = new Map(
          batch.map(([path, value]) => [toHex(path), value === undefined ? undefined : sha256(new Uint8Array([value]))]),
        );
        for (const [text, value] of unique)
          if (value === undefined) model.delete(text);
          else model.set(text, value);
        await trie.apply([...unique].map(([text, value]) => [new Uint8Array(Buffer.from(text, "hex")), value] as const));
        if (toHex(trie.rootHash) !== toHex(rootOfModel(model))) throw new Error("roots differ");
      }
      await trie.apply([...model.keys()].map((text) => [new Uint8Array(Buffer.from(text, "hex")), undefined] as const));
      if (!Hash.isZero(trie.rootHash) || trie.pages.size > 0) throw new Error("emptying the trie leaves something");
    }),
    { numRuns: 60 },
  );
});

t.test("order and slices change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 400 }),
      fc.nat(),
      async (numbers, split) => {
        const entries = numbers.map((n) => [sha256(Buffer.from(`k${n}`)), sha256(Buffer.from(`v${n}`))] as const);
        const once = new MapTrie();
        await once.apply(entries);
        const twice = new MapTrie();
        const middle = split % numbers.length;
        await twice.apply(entries.slice(middle).reverse(), alwaysDue);
        await twice.apply(entries.slice(0, middle).reverse(), alwaysDue);
        if (toHex(once.rootHash) !== toHex(twice.rootHash)) throw new Error("roots differ");
        if (JSON.stringify([...once.pages].sort()) !== JSON.stringify([...twice.pages].sort())) throw new Error("pages differ");
      },
    ),
    { numRuns: 10 },
  );
});

t.test("an update without effect changes no page", async (t) => {
  const trie = new MapTrie();
  const entries = Array.from({ length: 50 }, (_, n) => [sha256(Buffer.from(`k${n}`)), sha256(Buffer.from("v"))] as const);
  await trie.apply(entries);
  const absent = [sha256(Buffer.from("none")), undefined] as const;
  const again = await updateTrie(trie, changesOf([...entries.slice(10, 20), absent]), testCompute, neverDue);
  t.equal(again.pages.size, 0);
  t.equal(again.hashes, 0);
  t.same(again.root, trie.rootHash);
});

t.test("only what changed is hashed", async (t) => {
  const trie = new MapTrie();
  await trie.apply(Array.from({ length: 4096 }, (_, n) => [sha256(Buffer.from(`k${n}`)), sha256(Buffer.from("v"))] as const));
  const { hashes } = await updateTrie(trie, changesOf([[sha256(Buffer.from("k7")), sha256(Buffer.from("w"))]]), testCompute, neverDue);
  t.ok(hashes >= 10 && hashes <= 24, `one leaf among 4096 takes its path, ${hashes} hashes`);
});

t.test("a stored page that is wrong in any bit is refused", async (t) => {
  const trie = new MapTrie();
  await trie.apply(Array.from({ length: 40 }, (_, n) => [sha256(Buffer.from(`k${n}`)), sha256(Buffer.from("v"))] as const));
  const root = trie.root() as Page;
  const words = new Uint32Array(hashBytes(root.words, nodeOffset(root, 1)).buffer);
  const stored = trie.pages.get(ROOT_PAGE) as Bytes;
  t.same(encodePage(decodePage({ id: ROOT_PAGE, stored, words, at: 0 }, new Arena(), testCompute)), stored);
  for (let bit = 0; bit < stored.length * 8; bit++) {
    const wrong = stored.slice();
    wrong[bit >> 3] = (wrong[bit >> 3] as number) ^ (1 << (bit & 7));
    if (bit % 7 === 0 || bit < 32)
      t.throws(() => decodePage({ id: ROOT_PAGE, stored: wrong, words, at: 0 }, new Arena(), testCompute), { code: "STATE_DAMAGED" });
  }
  t.throws(() => decodePage({ id: ROOT_PAGE, stored: undefined, words, at: 0 }, new Arena(), testCompute), { code: "STATE_DAMAGED" });
  t.throws(() => decodePage({ id: ROOT_PAGE, stored: stored.subarray(0, 3), words, at: 0 }, new Arena(), testCompute), {
    code: "STATE_DAMAGED",
  });
});

t.test("a lone leaf in the wrong slot is refused although the hash is right", async (t) => {
  const trie = new MapTrie();
  await trie.apply([[new Uint8Array(32).fill(0x30), sha256(Buffer.from("v"))]]);
  const words = new Uint32Array(trie.rootHash.slice().buffer);
  const stored = (trie.pages.get(ROOT_PAGE) as Bytes).slice();
  t.equal(((stored[0] as number) << 8) | (stored[1] as number), 1 << 3);
  stored[1] = 1 << 4;
  t.throws(() => decodePage({ id: ROOT_PAGE, stored, words, at: 0 }, new Arena(), testCompute), { code: "STATE_DAMAGED" });
});
