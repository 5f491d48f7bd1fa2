/**
 * Building a whole state at once: sorted entries in, values and pages out, the root at the end.
 *
 * A snapshot, a restored backup and a new page layout all come as the complete map in the order of its paths. Entries that
 * come in order touch the trie's right border only: a chunk of them is one ordinary update (trie-update.ts) over the pages
 * on the path of the last entry, and every other page of its result is final. So memory is one chunk and one path,
 * whatever the size of the state, each page is written once, and the shape is the same code's as everywhere.
 *
 * With each chunk, the same atomic write holds a note of how far it came (`LOAD_KEY`), so after a kill the next `open` goes on
 * there. As long as the note is there, StateStore refuses to open (STATE_LOAD_UNFINISHED).
 */
import { assert, present } from "../kernel/assert.js";
import type { Scheduler, Slicer } from "../ports/runtime.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import { type Bytes, bytesEqual, compareBytes, Hash, toHex } from "../primitives/index.js";
import { digestInto } from "./digest.js";
import { LoadOrderError, RootMismatchError, StateNotEmptyError, ValueInvalidError } from "./errors.js";
import type { KeyText } from "./key-text.js";
import { checkedKey, MAX_VALUE_BYTES } from "./overlay.js";
import { childPage, type Page, type PageId, ROOT_PAGE, slotOf, slotOffset } from "./page.js";
import type { PairHasher } from "./page-hash.js";
import { decodePage, encodePage } from "./page-record.js";
import type { PageLayer } from "./page-table.js";
import {
  decodeLoad,
  encodeLoad,
  encodeMarker,
  encodePointer,
  encodeValue,
  encodeVersion,
  FIRST_PREFIX,
  LAST_PREFIX,
  LOAD_KEY,
  LOAD_PREFIX,
  MARKER_PREFIX,
  markerHash,
  numberedKey,
  PAGE_PREFIX,
  POINTER_KEY,
  pageKey,
  VALUE_PREFIX,
  VERSION_PREFIX,
} from "./records.js";
import { Arena } from "./slab.js";
import type { StateEntry } from "./stored-entries.js";
import { type PageSource, updateTrie } from "./trie-update.js";

/** A chunk ends at so many entries, or at so many bytes of keys and values. */
const CHUNK_ENTRIES = 16_384;
const CHUNK_BYTES = 4 * 1024 * 1024;
const LOOK_EVERY = 32;
/** Records that are deleted in one write. */
const DELETES_PER_WRITE = 8_192;

export interface BulkLoadDependencies {
  readonly storage: Storage;
  readonly compute: PairHasher;
  readonly scheduler: Scheduler;
}

export interface BulkLoadOptions {
  /**
   * `write`: the storage has no state yet; values are written with the pages. `present`: the values are in storage already (a
   * new page layout; a sync that stored verified ranges in whatever order they came); all pages are made anew.
   */
  readonly values: "write" | "present";
  /** A chunk is one update of the trie and one write: at most so many entries. Default 16,384. */
  readonly chunkEntries?: number;
}

/** The block whose state it is. */
export interface LoadedVersion {
  readonly blockId: Hash;
  readonly height: number;
  /** Undefined for genesis. */
  readonly parent: Hash | undefined;
  readonly root: Hash;
}

/** Pages on the path of the last entry: all that entries to come can change. */
class Spine implements PageSource {
  readonly pages = new Map<PageId, Page>();

  root(): Page | undefined {
    return this.pages.get(ROOT_PAGE);
  }

  page(id: PageId): Page {
    return present(this.pages.get(id), "sorted entries touch the right border only");
  }

  /** Moves on to another path; answers the pages that are final now. */
  moveTo(path: Bytes, changed: PageLayer): Map<PageId, Page> {
    for (const [id, page] of changed) this.pages.set(id, present(page, "an entry that comes in removes no page"));
    const done = new Map(this.pages);
    for (const id of spineOf(path, (id) => this.pages.get(id))) done.delete(id);
    for (const id of done.keys()) this.pages.delete(id);
    return done;
  }
}

/** The pages on the way to a path, from the root page down. */
function* spineOf(path: Bytes, pageAt: (id: PageId, parent: Page | undefined, slot: number) => Page | undefined): Generator<PageId> {
  let id = ROOT_PAGE;
  let page = pageAt(id, undefined, 0);
  for (let depth = 0; page !== undefined; depth++) {
    yield id;
    const slot = slotOf(path, 0, depth);
    if ((page.innerMask >>> slot) % 2 === 0) return;
    id = childPage(id, slot);
    page = pageAt(id, page, slot);
  }
}

/** Entries of a chunk, columnar. */
class Chunk {
  readonly texts: KeyText[] = [];
  readonly values: Bytes[] = [];
  readonly paths: Uint8Array;
  readonly valueHashes: Uint8Array;
  bytes = 0;

  constructor(private readonly maxEntries: number) {
    this.paths = new Uint8Array(maxEntries * 32);
    this.valueHashes = new Uint8Array(maxEntries * 32);
  }

  get count(): number {
    return this.texts.length;
  }

  get isFull(): boolean {
    return this.count === this.maxEntries || this.bytes >= CHUNK_BYTES;
  }

  path(index: number): Bytes {
    return this.paths.subarray(index * 32, (index + 1) * 32);
  }

  clear(): void {
    this.texts.length = 0;
    this.values.length = 0;
    this.bytes = 0;
  }
}

export class BulkLoader {
  readonly #spine = new Spine();
  readonly #chunk: Chunk;
  readonly #slicer: Slicer;
  /** The write of the chunk before, which goes on while the next one is computed. */
  #writing: Promise<void> = Promise.resolve();
  #lastPath: Hash | undefined;
  /** As of the last chunk. */
  #root: Hash = Hash.zero;
  #entries = 0;
  #bytes = 0;
  #finished = false;

  private constructor(
    private readonly dependencies: BulkLoadDependencies,
    private readonly options: BulkLoadOptions,
  ) {
    this.#slicer = dependencies.scheduler.slicer();
    this.#chunk = new Chunk(options.chunkEntries ?? CHUNK_ENTRIES);
  }

  /**
   * Begins, or goes on where an unfinished load with the same options was killed: see `lastPath`.
   *
   * @throws STATE_NOT_EMPTY if there is a state already, or another kind of load under way; STATE_DAMAGED
   */
  static async open(dependencies: BulkLoadDependencies, options: BulkLoadOptions): Promise<BulkLoader> {
    const loader = new BulkLoader(dependencies, options);
    await loader.#open();
    return loader;
  }

  async #open(): Promise<void> {
    const { storage } = this.dependencies;
    const note = storage.get(LOAD_KEY);
    if (note === undefined) {
      if (this.options.values === "write") await requireEmpty(storage);
    } else {
      const { lastPath, root, entries, bytes, values } = decodeLoad(note);
      if (values !== this.options.values) throw new StateNotEmptyError({ found: `an unfinished load (values: ${values})` });
      this.#entries = entries;
      this.#bytes = bytes;
      this.#root = root;
      if (entries > 0) this.#lastPath = lastPath;
    }
    if (this.#lastPath !== undefined) {
      this.#readSpine(this.#lastPath);
      return;
    }
    // Before the first record goes: from here on nobody takes what is there for a state.
    await storage.write([this.#note()], { durable: true });
    if (this.options.values === "present") await deleteRange(storage, PAGE_PREFIX, PAGE_PREFIX, this.#slicer);
    else await deleteRange(storage, FIRST_PREFIX, LAST_PREFIX, this.#slicer);
  }

  #readSpine(path: Bytes): void {
    const { storage, compute } = this.dependencies;
    const root = new Uint32Array(this.#root.slice().buffer);
    const ids = spineOf(path, (id, parent, slot) => {
      const [words, at] = parent === undefined ? ([root, 0] as const) : ([parent.words, slotOffset(parent, slot)] as const);
      const page = decodePage({ id, stored: storage.get(pageKey(id)), words, at }, new Arena(), compute);
      this.#spine.pages.set(id, page);
      return page;
    });
    for (const _ of ids);
  }

  /** Path (SHA-256 of the key) of the last entry that is in storage: go on with the entry after it. Undefined: begin at the first. */
  get lastPath(): Hash | undefined {
    return this.#lastPath;
  }

  /** Entries that are in storage, those of a load before a kill included. */
  get entries(): number {
    return this.#entries;
  }

  /** Bytes of their keys and values. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds entries, in ascending order of their paths. Takes keys and values as they are; resolves when they are taken in, not
   * when they are in storage.
   *
   * @throws STATE_LOAD_ORDER, STATE_KEY_INVALID, STATE_VALUE_INVALID; what storage throws, after which the loader is of no use
   */
  async add(entries: Iterable<StateEntry> | AsyncIterable<StateEntry>): Promise<void> {
    assert(!this.#finished, "a finished load takes no entries");
    // Apart, so that a synchronous source costs no promise an entry.
    if (Symbol.asyncIterator in entries) {
      for await (const entry of entries) await this.#take(entry);
      return;
    }
    for (const entry of entries) {
      const pending = this.#take(entry);
      if (pending !== undefined) await pending;
    }
  }

  /** Answers what is to be waited for before the next entry. */
  #take(entry: StateEntry): Promise<void> | undefined {
    this.#put(entry);
    if (this.#chunk.isFull) return this.#write();
    return this.#chunk.count % LOOK_EVERY === 0 && this.#slicer.due() ? this.#slicer.pause() : undefined;
  }

  #put({ key, value }: StateEntry): void {
    const chunk = this.#chunk;
    const index = chunk.count;
    const text = checkedKey(key);
    if (value.length === 0 || value.length > MAX_VALUE_BYTES) throw new ValueInvalidError({ length: value.length });
    digestInto(key, chunk.paths, index * 32);
    const before = index === 0 ? this.#lastPath : chunk.path(index - 1);
    if (before !== undefined && compareBytes(before, chunk.path(index)) >= 0)
      throw new LoadOrderError({ path: toHex(chunk.path(index)), before: toHex(before) });
    digestInto(value, chunk.valueHashes, index * 32);
    chunk.texts.push(text);
    chunk.values.push(value);
    chunk.bytes += key.length + value.length;
  }

  /** One chunk: trie, then records; the write runs beside the next chunk's computation. */
  async #write(): Promise<void> {
    const chunk = this.#chunk;
    const { count } = chunk;
    if (count === 0) return;
    const { storage, compute } = this.dependencies;
    const changes = {
      count,
      paths: new Uint32Array(chunk.paths.buffer, 0, count * 8),
      valueHashes: new Uint32Array(chunk.valueHashes.buffer, 0, count * 8),
      deleted: new Uint8Array(count),
    };
    const updated = await updateTrie(this.#spine, changes, compute, this.#slicer);
    const lastPath = Hash.from(chunk.path(count - 1).slice());
    const final = this.#spine.moveTo(lastPath, updated.pages);
    this.#root = updated.root;
    this.#entries += count;
    this.#bytes += chunk.bytes;
    const operations: StorageOperation[] = [];
    let steps = 0;
    for (let i = 0; this.options.values === "write" && i < count; i++) {
      const key = new Uint8Array(33);
      key[0] = VALUE_PREFIX;
      key.set(chunk.path(i), 1);
      operations.push({ type: "put", key, value: encodeValue(chunk.texts[i] as KeyText, chunk.values[i] as Bytes) });
      if (steps++ % LOOK_EVERY === 0 && this.#slicer.due()) await this.#slicer.pause();
    }
    // The border's pages, too, though the next chunk writes them again: a load that is killed goes on from them.
    for (const pages of [final, this.#spine.pages]) {
      for (const [id, page] of pages) {
        operations.push({ type: "put", key: pageKey(id), value: encodePage(page) });
        if (steps++ % LOOK_EVERY === 0 && this.#slicer.due()) await this.#slicer.pause();
      }
    }
    chunk.clear();
    await this.#writing;
    this.#lastPath = lastPath;
    operations.push(this.#note());
    this.#writing = storage.write(operations, { durable: false });
    // Whoever waits for it next hears of a failure.
    this.#writing.catch(() => undefined);
  }

  /** The root of all entries so far, once they are in storage. */
  async root(): Promise<Hash> {
    await this.#write();
    await this.#writing;
    return this.#root;
  }

  #note(): StorageOperation {
    const lastPath = this.#lastPath ?? Hash.zero;
    const { values } = this.options;
    const value = encodeLoad({ lastPath, root: this.#root, entries: this.#entries, bytes: this.#bytes, values });
    return { type: "put", key: LOAD_KEY, value };
  }

  /**
   * Ends the load durably: the storage holds the state after `version` then, alone and without history, and StateStore opens it.
   *
   * @param extra operations that belong to the same moment
   * @throws STATE_ROOT_MISMATCH if the entries have another root than the version: nothing was finished, `discardState` clears it
   */
  async finish(version: LoadedVersion, extra: readonly StorageOperation[] = []): Promise<void> {
    assert(this.options.values === "write" || this.dependencies.storage.get(POINTER_KEY) === undefined, "a state gets one pointer");
    await this.#complete(version.root, Hash.key(version.blockId), [...versionOperations(version), ...extra]);
  }

  /**
   * Ends a load of values that were `present` under a pointer that stays as it is: a new layout of the same version's pages.
   *
   * @throws STATE_ROOT_MISMATCH as `finish`
   */
  async finishPages(root: Hash, extra: readonly StorageOperation[] = []): Promise<void> {
    assert(this.options.values === "present", "only values that were present before have a pointer");
    await this.#complete(root, "on disk", extra);
  }

  async #complete(root: Hash, blockId: string, operations: readonly StorageOperation[]): Promise<void> {
    const computed = await this.root();
    if (!bytesEqual(computed, root)) throw new RootMismatchError({ blockId, declared: toHex(root), computed: toHex(computed) });
    this.#finished = true;
    await this.dependencies.storage.write([...operations, { type: "del", key: LOAD_KEY }], { durable: true });
  }
}

/** The records that make `version` the one on disk. */
function versionOperations({ blockId, height, parent = Hash.zero, root }: LoadedVersion): StorageOperation[] {
  const sequence = 1;
  const hash = markerHash(Hash.zero, { sequence, height, blockId, root });
  const put = (key: Bytes, value: Bytes): StorageOperation => ({ type: "put", key, value });
  return [
    put(numberedKey(VERSION_PREFIX, height), encodeVersion({ height, blockId, parent, root })),
    put(numberedKey(MARKER_PREFIX, sequence), encodeMarker({ sequence, height, blockId, root, hash })),
    put(POINTER_KEY, encodePointer({ sequence, height, lowestHeight: height, blockId, root, markerHash: hash })),
  ];
}

async function requireEmpty(storage: Storage): Promise<void> {
  const found = storage.range({ gte: new Uint8Array([FIRST_PREFIX]), lt: new Uint8Array([LAST_PREFIX + 1]), limit: 1 });
  for await (const [key] of found) throw new StateNotEmptyError({ found: `record ${toHex(key)}` });
}

/** Deletes all records of some types but the note of the load. */
async function deleteRange(storage: Storage, first: number, last: number, slicer: Slicer): Promise<void> {
  let operations: StorageOperation[] = [];
  for await (const [key] of storage.range({ gte: new Uint8Array([first]), lt: new Uint8Array([last + 1]) })) {
    if (key[0] === LOAD_PREFIX) continue;
    if (operations.push({ type: "del", key }) === DELETES_PER_WRITE) {
      await storage.write(operations, { durable: false });
      operations = [];
    }
    if (slicer.due()) await slicer.pause();
  }
  if (operations.length > 0) await storage.write(operations, { durable: false });
}

/** Deletes everything that the state has in storage, an unfinished load as well. Only while no StateStore is open. */
export async function discardState(storage: Storage, scheduler: Scheduler): Promise<void> {
  const note = encodeLoad({ values: "write", entries: 0, bytes: 0, lastPath: Hash.zero, root: Hash.zero });
  // The note of a load that has nothing yet: whenever this is killed, what is left is not taken for a state, and a load clears it.
  await storage.write([{ type: "put", key: LOAD_KEY, value: note }], { durable: true });
  await deleteRange(storage, FIRST_PREFIX, LAST_PREFIX, scheduler.slicer());
  await storage.write([{ type: "del", key: LOAD_KEY }], { durable: true });
}
