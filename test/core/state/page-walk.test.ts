/** The engine's walk over pages and its hashing of many messages, held against the state's own JavaScript, page for page. */
import fc from "fast-check";
import type { Test } from "tap";
import type { TrieWalk } from "../../../core/ports/compute.js";
import type { Slicer } from "../../../core/ports/runtime.js";
import { type Bytes, Hash, sha256, toHex } from "../../../core/primitives/index.js";
import { PathCache } from "../../../core/state/digest.js";
import { leafChanges } from "../../../core/state/leaf-changes.js";
import { childPage, Page, type PageId, pageWords, ROOT_PAGE } from "../../../core/state/page.js";
import type { PairHasher } from "../../../core/state/page-hash.js";
import { encodePage } from "../../../core/state/page-record.js";
import { Slab } from "../../../core/state/slab.js";
import type { LeafChanges, MissingPage, PageSource, TrieUpdate } from "../../../core/state/trie.js";
import { updateTrie } from "../../../core/state/trie-update.js";
import type { ComputeEngine } from "../../../native/index.js";
import { create, forEach, HASHERS } from "../../native/engines.js";
import { alwaysDue, naiveRoot, neverDue, testCompute } from "./fixtures.js";

/** Pages in a map, some of which count as not in memory. */
class PagedTrie implements PageSource {
  readonly pages = new Map<PageId, Page>();
  rootHash: Hash = Hash.zero;
  away = (_id: PageId) => false;
  reads = 0;

  root(): Page | undefined {
    return this.pages.get(ROOT_PAGE);
  }
  page(id: PageId): Page {
    const page = this.pages.get(id);
    if (page === undefined) throw new Error(`no page ${id}`);
    return page;
  }
  known(id: PageId): Page | undefined {
    return this.away(id) ? undefined : this.page(id);
  }
  async load(missing: readonly MissingPage[]): Promise<Page[]> {
    await null;
    this.reads++;
    return missing.map(({ id }) => this.page(id));
  }
  async apply(changes: LeafChanges, compute: PairHasher, slicer: Slicer = neverDue): Promise<TrieUpdate> {
    const update = await updateTrie(this, changes, compute, slicer);
    this.rootHash = update.root;
    for (const [id, page] of update.pages) {
      if (page !== null) this.pages.set(id, page);
      else if (!this.pages.delete(id)) throw new Error("only pages that exist are removed");
    }
    return update;
  }
}

type Entry = readonly [path: Bytes, valueHash: Bytes | undefined];

function changesOf(entries: readonly Entry[]): LeafChanges {
  const count = entries.length;
  const paths = new Uint8Array(count * 32);
  const valueHashes = new Uint8Array(count * 32);
  const deleted = new Uint8Array(count);
  for (const [i, [path, valueHash]] of entries.entries()) {
    paths.set(path, i * 32);
    if (valueHash === undefined) deleted[i] = 1;
    else valueHashes.set(valueHash, i * 32);
  }
  return { count, paths: new Uint32Array(paths.buffer), valueHashes: new Uint32Array(valueHashes.buffer), deleted };
}

const walking = (engine: ComputeEngine): PairHasher => ({ ...testCompute, trieWalk: () => engine.trieWalk?.() });

/** All words of a page: what is stored, and the hashes that are not. */
function wordsOf(page: Page): string {
  return page.words.subarray(page.offset, page.offset + pageWords(page.leafMask, page.present)).join();
}

function demandSame(ours: TrieUpdate, theirs: TrieUpdate): void {
  if (toHex(ours.root) !== toHex(theirs.root)) throw new Error("roots differ");
  if (ours.hashes !== theirs.hashes) throw new Error(`${theirs.hashes} hashes, not ${ours.hashes}`);
  if (ours.pages.size !== theirs.pages.size) throw new Error(`${theirs.pages.size} pages, not ${ours.pages.size}`);
  for (const [id, page] of ours.pages) {
    const other = theirs.pages.get(id);
    if (other === undefined || (page === null) !== (other === null)) throw new Error(`page ${id} is there or not`);
    if (page === null || other === null) continue;
    const isSame =
      page.present === other.present && toHex(encodePage(page)) === toHex(encodePage(other)) && wordsOf(page) === wordsOf(other);
    if (!isSame) throw new Error(`page ${id} differs`);
  }
}

/** Paths that share long prefixes, which no hash would give us, and others. */
const path = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 15 }), fc.boolean()).map(([shared, seed, isShort]) => {
  const bytes = new Uint8Array(32).fill(0x5a);
  const at = isShort ? shared & 15 : shared;
  bytes[at >> 3] = (bytes[at >> 3] as number) ^ (0x80 >> (at & 7));
  for (let i = (at >> 3) + 1; i < 32; i++) bytes[i] = (seed * 37 + i) & 0xff;
  return bytes;
});
const change = fc.tuple(path, fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }));

const numbered = (from: number, to: number, value: string): Entry[] =>
  Array.from({ length: to - from }, (_, i) => [sha256(Buffer.from(`k${from + i}`)), sha256(Buffer.from(value))]);

async function sameUpdates(engine: ComputeEngine): Promise<void> {
  const compute = walking(engine);
  const property = async (batches: (readonly [Bytes, number | undefined])[][]) => {
    const [ours, theirs] = [new PagedTrie(), new PagedTrie()];
    const model = new Map<string, Bytes>();
    const apply = async (entries: readonly Entry[]) => {
      demandSame(await ours.apply(changesOf(entries), testCompute), await theirs.apply(changesOf([...entries].reverse()), compute));
    };
    for (const batch of batches) {
      const entries = new Map(
        batch.map(([path, value]) => [toHex(path), [path, value === undefined ? undefined : sha256(Uint8Array.of(value))]]),
      );
      await apply([...entries.values()] as unknown as Entry[]);
      for (const [text, [, valueHash]] of entries)
        if (valueHash === undefined) model.delete(text);
        else model.set(text, valueHash);
      const leaves = [...model].map(([text, valueHash]) => ({ path: new Uint8Array(Buffer.from(text, "hex")), valueHash }));
      if (toHex(theirs.rootHash) !== toHex(naiveRoot(leaves))) throw new Error("the root is not the naive trie's");
    }
    await apply([...model.keys()].map((text) => [new Uint8Array(Buffer.from(text, "hex")), undefined] as const));
    if (!Hash.isZero(theirs.rootHash) || theirs.pages.size > 0) throw new Error("emptying the trie leaves something");
  };
  await fc.assert(fc.asyncProperty(fc.array(fc.array(change, { maxLength: 16 }), { maxLength: 6 }), property), { numRuns: 40 });
}

/** More than one call each way, in slices, with pages that have to be read. */
async function largeUpdates(t: Test, engine: ComputeEngine): Promise<void> {
  const compute = walking(engine);
  const [ours, theirs] = [new PagedTrie(), new PagedTrie()];
  const steps: readonly Entry[][] = [
    numbered(0, 6_000, "a"),
    [...numbered(3_000, 9_000, "b"), ...numbered(0, 900, "").map(([path]) => [path, undefined] as const)],
    numbered(0, 9_000, "").map(([path], i) => [path, i % 100 === 0 ? sha256(path) : undefined] as const),
  ];
  for (const entries of steps) {
    theirs.away = (id) => String(id).length % 2 === 0;
    demandSame(await ours.apply(changesOf(entries), testCompute), await theirs.apply(changesOf(entries), compute, alwaysDue));
  }
  t.ok(theirs.reads > 0 && theirs.reads < 12, `pages that are away come in one read a level: ${theirs.reads}`);
}

/** Spoils one thing of a trie whose path to `k7` is then walked. */
async function spoiled(engine: ComputeEngine, spoil: (trie: PagedTrie, child: PageId, page: Page) => void): Promise<TrieUpdate> {
  const trie = new PagedTrie();
  await trie.apply(changesOf(numbered(0, 200, "a")), testCompute);
  const target = sha256(Buffer.from("k7"));
  const child = childPage(ROOT_PAGE, (target[0] as number) >> 4);
  spoil(trie, child, trie.page(child));
  return trie.apply(changesOf([[target, sha256(Buffer.from("b"))]]), walking(engine));
}

const copyOf = (page: Page, masks: Partial<Pick<Page, "leafMask" | "innerMask" | "offset">>, words = page.words) =>
  new Page(masks.leafMask ?? page.leafMask, masks.innerMask ?? page.innerMask, page.present, new Slab(words), masks.offset ?? page.offset);

async function refusals(t: Test, engine: ComputeEngine): Promise<void> {
  const refused = { code: "NATIVE_INPUT" };
  const wrong: Record<string, (trie: PagedTrie, child: PageId, page: Page) => void> = {
    "another page": (trie, child) => trie.pages.set(child, trie.page(child === 0x10 ? 0x11 : 0x10)),
    "a page past its slab": (trie, child, page) => trie.pages.set(child, copyOf(page, { offset: page.words.length - 8 })),
    "a page far past its slab": (trie, child, page) => trie.pages.set(child, copyOf(page, { offset: 0xfffffff0 })),
    "a slab that is too short": (trie, child, page) => trie.pages.set(child, copyOf(page, {}, page.words.slice(0, page.offset + 9))),
    "a slot of two kinds": (trie, child, page) => trie.pages.set(child, copyOf(page, { leafMask: 0xffff, innerMask: 0xffff })),
    "a page without content": (trie, child, page) => trie.pages.set(child, copyOf(page, { leafMask: 1, innerMask: 0 })),
  };
  for (const [what, spoil] of Object.entries(wrong)) await t.rejects(spoiled(engine, spoil), refused, what);
  t.ok((await spoiled(engine, () => {})).pages.size > 0, "unspoiled, it works");
  const twice = [...numbered(0, 1, "a"), ...numbered(0, 1, "b")];
  await t.rejects(new PagedTrie().apply(changesOf(twice), walking(engine)), refused, "a path that comes twice");
  wildCalls(t, engine.trieWalk?.() as TrieWalk);
}

/** What the types forbid. */
function wildCalls(t: Test, walk: TrieWalk): void {
  const refused = { code: "NATIVE_INPUT" };
  const wild = walk as unknown as Record<"begin" | "descend" | "build", (...parameters: readonly unknown[]) => unknown>;
  const words = (length: number) => new Uint32Array(length);
  const bytes = new Uint8Array(4);
  const begin = () => wild.begin(words(16), words(16), bytes, 2, false);
  t.throws(() => wild.descend([], words(3), 1, words(16)), refused, "going down before it begins");
  for (const count of [3, -1, 0.5, Number.NaN, 2 ** 32, "1", undefined])
    t.throws(() => wild.begin(words(16), words(16), bytes, count, false), refused, `begin with ${count} changes`);
  for (const paths of [new Uint8Array(64), null, [], words(15)])
    t.throws(() => wild.begin(paths, words(16), bytes, 2, false), refused, "begin with no paths");
  t.throws(() => wild.begin(words(16), words(16), bytes, 2, "yes"), refused, "a root that is no boolean");
  begin();
  t.throws(() => wild.build([], words(1024), 0, 1, words(16)), refused, "building before it went down");
  for (const slabs of [null, {}, [1], [new Uint8Array(8)], [words(4), undefined]]) {
    begin();
    t.throws(() => wild.descend(slabs, words(3), 1, words(16)), refused, "slabs that are none");
  }
  begin();
  t.throws(() => wild.descend([], words(3).fill(0xffffffff), 1, words(15)), refused, "no room for requests");
  t.throws(() => wild.descend([], words(6).fill(0xffffffff), 2, words(64)), refused, "more pages than were asked for");
  begin();
  t.throws(() => wild.descend([], words(3), 1, words(16)), refused, "a base for a page that is new");
  wild.begin(words(16), words(16), bytes, 0, true);
  t.throws(() => wild.descend([words(4)], words(3).fill(7), 1, words(16)), refused, "a slab that is not there");
  wild.begin(words(16), words(16), bytes, 0, false);
  t.equal(wild.descend([], words(3).fill(0xffffffff), 1, words(16)), 0, "no change, no page");
  for (const from of [1025, -1, Number.NaN])
    t.throws(() => wild.build([], words(1024), from, 1, words(16)), refused, `output from ${from}`);
  t.throws(() => wild.build([], words(1024), 0, 4, words(16)), refused, "no room for results");
  t.equal(wild.build([], words(1024), 0, 1, words(16)), 0, "nothing to build");
  walk.end();
}

forEach(HASHERS, "the same pages as JavaScript", async (t, subject) => {
  const engine = create(subject);
  if (engine.trieWalk === undefined) return void t.pass("this engine leaves it to JavaScript");
  await sameUpdates(engine);
  await largeUpdates(t, engine);
  await refusals(t, engine);
});

forEach(HASHERS.slice(2, 3), "two updates at a time do not meet", async (t, subject) => {
  const engine = create(subject);
  if (engine.trieWalk === undefined) return void t.pass("this engine leaves it to JavaScript");
  const compute = walking(engine);
  const tries = [new PagedTrie(), new PagedTrie(), new PagedTrie(), new PagedTrie()];
  const applied = tries.map((trie, i) => trie.apply(changesOf(numbered(0, 500 * (i + 1), `${i}`)), compute, alwaysDue));
  for (const [i, update] of (await Promise.all(applied)).entries()) {
    demandSame(await new PagedTrie().apply(changesOf(numbered(0, 500 * (i + 1), `${i}`)), testCompute), update);
  }
  const [first] = tries as [PagedTrie];
  // Over the same slabs.
  const both = await Promise.all([1, 2].map((n) => updateTrie(first, changesOf(numbered(0, 400, `new ${n}`)), compute, alwaysDue)));
  for (const [i, update] of both.entries())
    demandSame(await updateTrie(first, changesOf(numbered(0, 400, `new ${i + 1}`)), testCompute, neverDue), update);
});

forEach(HASHERS, "leaves of packed keys and values", async (t, subject) => {
  const engine = create(subject);
  const { hashMessages } = engine;
  if (hashMessages === undefined) return void t.pass("this engine leaves it to node:crypto");
  // Lengths around those at which SHA-256 takes another block, at which a value is packed no more, and none at all.
  const lengths = [0, 1, 31, 54, 55, 56, 63, 64, 65, 118, 119, 120, 127, 128, 129, 511, 512, 513, 5_000, 65_536];
  const values = new Map<string, Bytes | null>();
  for (let i = 0; i < 2_500; i++) {
    const length = lengths[i % lengths.length] as number;
    const value = length > 600 && i > 60 ? null : new Uint8Array(length).fill(i);
    values.set(`${i}${"\xff".repeat(i % 120)}`, i % 17 === 0 ? null : value);
  }
  const packed = { ...testCompute, hashMessagesSync: hashMessages.bind(engine) };
  const ours = await leafChanges(values, new PathCache(1 << 20), testCompute, neverDue);
  const theirs = await leafChanges(values, new PathCache(1 << 20), packed, alwaysDue);
  t.same(theirs.deleted, ours.deleted);
  t.ok(Buffer.from(theirs.paths.buffer).equals(Buffer.from(ours.paths.buffer)), "paths");
  for (let i = 0; i < ours.count; i++) {
    if (ours.deleted[i] === 1) continue;
    const [a, b] = [ours, theirs].map(({ valueHashes }) => valueHashes.subarray(8 * i, 8 * i + 8).join());
    if (a !== b) t.fail(`the hash of value ${i} differs`);
  }
  const refused = { code: "NATIVE_INPUT" };
  const hash = (messages: unknown, offsets: unknown, output: unknown) =>
    (hashMessages as (...parameters: readonly unknown[]) => void).call(engine, messages, offsets, output);
  const output = new Uint8Array(64);
  for (const offsets of [[], [0, 11], [5, 4], [0, 5, 4], [0, 1, 2, 3]])
    t.throws(() => hash(new Uint8Array(10), Uint32Array.from(offsets), output), refused, `offsets ${offsets}`);
  t.throws(() => hash(output.subarray(0, 40), Uint32Array.of(0, 1), output.subarray(32)), refused, "output over the messages");
  for (const messages of [null, "text", new Uint16Array(4)]) t.throws(() => hash(messages, Uint32Array.of(0, 1), output), refused);
});
