/**
 * How many levels of the trie a page should hold: the records that each layout would write and read, on LevelDB, without the
 * trie's own work. The table in core/state/README.md is this suite's.
 *
 * A layout is a list of levels from the root page down, its last number repeated. Pages hold what core/state/page-record.ts
 * writes: masks, 64 bytes for a leaf, 32 for a border; bytes are random, as hashes are. Each block changes random accounts:
 * all pages on their paths, the values and an undo record are one durable write. A cold read gets the pages of a path,
 * level by level in batches as a prefetch does, and hashes them, which is their check.
 */
import { randomFillSync } from "node:crypto";
import { UNMETERED } from "../../core/kernel/quiet.js";
import type { Storage, StorageOperation } from "../../core/ports/storage.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { SystemClock } from "../../core/runtime/index.js";
import { createEngine } from "../../native/index.js";
import { LevelStorage } from "../../plugins/storage-level/level-storage.js";
import { median } from "../statistics.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const MIB = 1024 * 1024;
const LAYOUTS: readonly (readonly number[])[] = [[4], [3], [5], [2], [6], [4, 4, 4, 4, 2]];
const LEAF_BYTES = 64;
const BORDER_BYTES = 32;
const VALUE_BYTES = 46;
const UNDO_BYTES = 49;
/** Bits of a path that are told apart: enough for any two of some millions. */
const PATH_BITS = 52;
const ENGINE = createEngine({ engine: "auto", keyCacheEntries: 16 });

/** A page: the path bits above it, how many these are, and its levels. */
interface PagePlace {
  readonly prefix: number;
  readonly depth: number;
  readonly bits: number;
  readonly levels: number;
}

/** First index whose path is not below `path`. */
function lowerBound(paths: Float64Array, path: number): number {
  let from = 0;
  let to = paths.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((paths[middle] as number) < path) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The shape of a trie over sorted random paths, cut into pages by a layout. */
class PagedTrie {
  constructor(
    readonly paths: Float64Array,
    readonly layout: readonly number[],
  ) {}

  /** Leaves below `bits` bits of prefix. */
  #leaves(prefix: number, bits: number): number {
    const width = 2 ** (PATH_BITS - bits);
    return lowerBound(this.paths, (prefix + 1) * width) - lowerBound(this.paths, prefix * width);
  }

  /** Pages on the way to a path, from the root page down. */
  pagesOf(path: number): PagePlace[] {
    const pages: PagePlace[] = [];
    let bits = 0;
    for (let depth = 0; ; depth++) {
      const levels = this.layout[Math.min(depth, this.layout.length - 1)] as number;
      pages.push({ prefix: Math.floor(path / 2 ** (PATH_BITS - bits)), depth, bits, levels });
      bits += levels;
      if (this.#leaves(Math.floor(path / 2 ** (PATH_BITS - bits)), bits) < 2) return pages;
    }
  }

  /** Bytes that the page's record takes, and hashes that checking it takes. */
  size({ prefix, bits, levels }: PagePlace): { readonly bytes: number; readonly hashes: number } {
    let bytes = (2 * 2 ** levels) / 8;
    let hashes = 0;
    for (let slot = 0; slot < 2 ** levels; slot++) {
      const leaves = this.#leaves(prefix * 2 ** levels + slot, bits + levels);
      if (leaves > 0) {
        bytes += leaves === 1 ? LEAF_BYTES : BORDER_BYTES;
        hashes += leaves === 1 ? 2 : 1;
      }
    }
    return { bytes, hashes };
  }
}

function pageKey({ prefix, depth, bits }: PagePlace): Bytes {
  const bytes = Math.ceil(bits / 8);
  const key = new Uint8Array(2 + bytes);
  key[0] = 0x21;
  key[1] = depth;
  let rest = prefix * 2 ** (bytes * 8 - bits);
  for (let i = bytes - 1; i >= 0; i--) {
    key[2 + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return key;
}

function numberedKey(prefix: number, path: number): Bytes {
  const key = new Uint8Array(33);
  key[0] = prefix;
  new DataView(key.buffer).setFloat64(1, path);
  return key;
}

const noise = randomFillSync(new Uint8Array(4 * MIB));
let noiseAt = 0;

function random(bytes: number): Bytes {
  noiseAt = (noiseAt + 4_099) % (noise.length - bytes);
  return noise.slice(noiseAt, noiseAt + bytes);
}

/** All pages and values, in the order of their keys. */
async function fill(storage: Storage, trie: PagedTrie): Promise<void> {
  let operations: StorageOperation[] = [];
  const put = async (key: Bytes, bytes: number) => {
    if (operations.push({ type: "put", key, value: random(bytes) }) < 10_000) return;
    await storage.write(operations, { durable: false });
    operations = [];
  };
  const levels: Map<number, PagePlace>[] = [];
  for (const path of trie.paths) {
    await put(numberedKey(0x20, path), VALUE_BYTES);
    for (const page of trie.pagesOf(path)) {
      levels[page.depth] ??= new Map();
      (levels[page.depth] as Map<number, PagePlace>).set(page.prefix, page);
    }
  }
  for (const pages of levels) for (const page of pages.values()) await put(pageKey(page), trie.size(page).bytes);
  await storage.write(operations, { durable: true });
  await storage.compact();
}

interface Block {
  readonly paths: number[];
  readonly operations: StorageOperation[];
  readonly pages: number;
  readonly bytes: number;
}

/** What `blocks` blocks of `updates` random accounts write at once. */
function blockOf(trie: PagedTrie, updates: number, blocks: number): Block {
  const paths = Array.from({ length: updates * blocks }, () => trie.paths[Math.floor(Math.random() * trie.paths.length)] as number);
  const pages = new Map<string, PagePlace>();
  for (const path of new Set(paths)) for (const page of trie.pagesOf(path)) pages.set(`${page.depth} ${page.prefix}`, page);
  const operations: StorageOperation[] = [];
  for (const path of new Set(paths)) operations.push({ type: "put", key: numberedKey(0x20, path), value: random(VALUE_BYTES) });
  for (const page of pages.values()) operations.push({ type: "put", key: pageKey(page), value: random(trie.size(page).bytes) });
  for (let i = 0; i < blocks; i++) operations.push({ type: "put", key: numberedKey(0x22, i), value: random(UNDO_BYTES * updates) });
  let bytes = 0;
  for (const operation of operations) bytes += operation.key.length + (operation.type === "put" ? operation.value.length : 0);
  return { paths, operations, pages: pages.size, bytes };
}

const pairs = new Uint8Array(64 * 1024);
const hashes = new Uint8Array(32 * 1024);

/** Reads the pages of all paths as a prefetch does, then their values. */
async function readCold(storage: Storage, trie: PagedTrie, paths: readonly number[]): Promise<number> {
  const ways = paths.map((path) => trie.pagesOf(path));
  const checks = new Map<string, number>();
  const read = async (depth: number) => {
    const level = new Map<string, PagePlace>();
    for (const way of ways) {
      const page = way[depth];
      if (page !== undefined) level.set(`${page.depth} ${page.prefix}`, page);
    }
    for (const [name, page] of level) checks.set(name, trie.size(page).hashes);
    return [...level.values()].map(pageKey);
  };
  const keys: Bytes[][] = [];
  for (let depth = 0; ways.some((way) => way.length > depth); depth++) keys.push(await read(depth));
  keys.push(paths.map((path) => numberedKey(0x20, path)));
  const startMs = performance.now();
  for (const batch of keys) await storage.getMany(batch);
  for (const count of checks.values()) ENGINE.hashPairs(pairs, hashes, "inner", 0, count);
  return (paths.length * 1000) / (performance.now() - startMs);
}

async function measureLayout(context: BenchContext, paths: Float64Array, layout: readonly number[]): Promise<void> {
  const trie = new PagedTrie(paths, layout);
  const name = `${layout.join("-")}${layout.length > 1 ? "…" : ""}`;
  const path = await context.directory();
  const open = async () => {
    const options = { cacheBytes: 32 * MIB, writeBufferBytes: 8 * MIB, maxOpenFiles: 512, compression: true };
    const storage = new LevelStorage({ path, resolve: (file) => `${path}/${file}` }, new SystemClock(), UNMETERED, options);
    await storage.start();
    return storage;
  };
  let storage = await open();
  await fill(storage, trie);
  context.record(`${name}: disk`, [(await storage.sizeBytes()) / MIB], "MiB");
  const updates = context.quick ? 20 : 10_000;
  const cold: number[] = [];
  for (let run = 0; run < (context.quick ? 1 : 3); run++) {
    await storage.stop();
    storage = await open();
    cold.push(await readCold(storage, trie, blockOf(trie, updates, 1).paths));
  }
  context.record(`${name}: pages and value read cold`, cold, "reads/s");
  for (const together of context.quick ? [1] : [1, 8]) {
    const wall: number[] = [];
    const cpu: number[] = [];
    const sizes: number[] = [];
    const pages: number[] = [];
    for (let run = 0; run < (context.quick ? 1 : together === 1 ? 16 : 4); run++) {
      const block = blockOf(trie, updates, together);
      const count = block.paths.length;
      const [cpuBefore, startMs] = [process.cpuUsage(), performance.now()];
      await storage.write(block.operations, { durable: true });
      wall.push((count * 1000) / (performance.now() - startMs));
      const used = process.cpuUsage(cpuBefore);
      cpu.push((used.user + used.system) / count);
      sizes.push(block.bytes / count);
      pages.push(block.pages / count);
    }
    const label = `${name}: flush of ${together} block${together > 1 ? "s" : ""}`;
    context.record(`${label}, bytes an update`, sizes, "bytes");
    context.record(`${label}, pages an update`, pages, "pages");
    context.record(`${label}, written`, wall, "updates/s");
    const cpuMean = cpu.reduce((sum, each) => sum + each, 0) / cpu.length;
    context.record(`${label}, processor time an update`, [cpuMean], "us");
    context.log(
      `${label}: ${median(sizes).toFixed(0)} bytes, ${median(pages).toFixed(2)} pages, ${cpuMean.toFixed(1)} us an update; cold ${median(cold).toFixed(0)} reads/s`,
    );
  }
  await storage.stop();
}

const suite: BenchSuite = {
  name: "page-depth",
  description: "levels of the trie in a page: what each layout writes and reads on LevelDB",
  async run(context) {
    const accounts = context.accounts ?? (context.quick ? 500 : 1_000_000);
    const random = randomFillSync(new Float64Array(accounts));
    const view = new DataView(random.buffer);
    const paths = new Float64Array(accounts);
    for (let i = 0; i < accounts; i++) paths[i] = view.getUint32(i * 8) * 2 ** 20 + (view.getUint32(i * 8 + 4) % 2 ** 20);
    paths.sort();
    for (const layout of context.quick ? [[4]] : LAYOUTS) await measureLayout(context, paths, layout);
  },
};

export default suite;
