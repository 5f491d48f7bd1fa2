/**
 * From keys and values to changed leaves: two hashes for each entry, of its key and of its value.
 *
 * Where the engine hashes many messages at once, they are packed and cross over a thousand at a time. Looking up the path of
 * a key that is not used often takes longer than hashing it there, so the cache of paths is asked (and filled) only where
 * node:crypto does the hashing.
 */
import type { Slicer } from "../ports/runtime.js";
import type { Bytes } from "../primitives/index.js";
import { digestInto, type PathCache } from "./digest.js";
import type { KeyText } from "./key-text.js";
import { MAX_KEY_BYTES } from "./overlay.js";
import type { PairHasher } from "./page-hash.js";
import type { LeafChanges } from "./trie.js";
import { columnsOf, type ValueLayer } from "./version.js";

const LOOK_EVERY = 64;
/** Entries that cross at once: some tenths of a millisecond. */
const PACK_ENTRIES = 1024;
/** Blocks of a few entries use a pack again: making one takes longer than filling it. */
const SMALL_PACK_ENTRIES = 32;
const IDLE_PACKS_MAX = 2;
/** Longer values are hashed where they lie. */
const PACKED_VALUE_BYTES = 512;

type HashMessages = NonNullable<PairHasher["hashMessagesSync"]>;

class Columns implements LeafChanges {
  readonly #paths: Bytes;
  readonly #valueHashes: Bytes;
  readonly deleted: Uint8Array;
  readonly paths: Uint32Array;
  readonly valueHashes: Uint32Array;

  constructor(readonly count: number) {
    this.#paths = new Uint8Array(count * 32);
    this.#valueHashes = new Uint8Array(count * 32);
    this.deleted = new Uint8Array(count);
    this.paths = new Uint32Array(this.#paths.buffer);
    this.valueHashes = new Uint32Array(this.#valueHashes.buffer);
  }

  async fill(values: ValueLayer, paths: PathCache, slicer: Slicer): Promise<void> {
    let i = 0;
    for (const [text, value] of values) {
      const valueKey = paths.valueKeyOf(text);
      for (let byte = 0; byte < 32; byte++) this.#paths[i * 32 + byte] = valueKey[byte + 1] as number;
      if (value === null) this.deleted[i] = 1;
      else digestInto(value, this.#valueHashes, i * 32);
      i++;
      if (i % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
  }

  async fillPacked(values: ValueLayer, hash: HashMessages, slicer: Slicer): Promise<void> {
    const isSmall = this.count <= SMALL_PACK_ENTRIES;
    const pack = isSmall ? (idlePacks.pop() ?? new Pack(SMALL_PACK_ENTRIES)) : new Pack(Math.min(this.count, PACK_ENTRIES));
    const columns = columnsOf(values);
    let at = 0;
    for (let i = 0; i < columns.texts.length; i++) {
      const value = columns.values[i] as Bytes | null;
      if (value === null) this.deleted[i] = 1;
      pack.add(columns.texts[i] as KeyText, value);
      if (pack.count % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
      if (pack.count < PACK_ENTRIES) continue;
      at += pack.hash(hash, this.#paths.subarray(at * 32), this.#valueHashes.subarray(at * 32));
    }
    pack.hash(hash, this.#paths.subarray(at * 32), this.#valueHashes.subarray(at * 32));
    // One whose filling failed is not empty, and does not come back.
    if (isSmall && idlePacks.length < IDLE_PACKS_MAX) idlePacks.push(pack);
  }
}

/** Entries on their way across. */
class Pack {
  count = 0;
  readonly #texts: KeyText[] = [];
  readonly #keys: Buffer;
  readonly #keyEnds: Uint32Array;
  readonly #values: Bytes;
  readonly #valueEnds: Uint32Array;
  readonly #long: (readonly [index: number, value: Bytes])[] = [];

  constructor(entries: number) {
    this.#keys = Buffer.alloc(entries * MAX_KEY_BYTES);
    this.#keyEnds = new Uint32Array(entries + 1);
    this.#values = new Uint8Array(entries * PACKED_VALUE_BYTES);
    this.#valueEnds = new Uint32Array(entries + 1);
  }

  add(text: KeyText, value: Bytes | null): void {
    const i = this.count++;
    this.#texts.push(text);
    this.#keyEnds[i + 1] = (this.#keyEnds[i] as number) + text.length;
    let end = this.#valueEnds[i] as number;
    if (value !== null && value.length <= PACKED_VALUE_BYTES) {
      // A loop is quicker than `set` for the few bytes that most values have.
      if (value.length > 64) this.#values.set(value, end);
      else for (let byte = 0; byte < value.length; byte++) this.#values[end + byte] = value[byte] as number;
      end += value.length;
    } else if (value !== null) this.#long.push([i, value]);
    this.#valueEnds[i + 1] = end;
  }

  /** Hashes all that were added, forgets them, and answers how many they were. */
  hash(hash: HashMessages, paths: Bytes, valueHashes: Bytes): number {
    const { count } = this;
    if (count === 0) return 0;
    // One write for all keys: a call for each takes longer than its hash.
    this.#keys.write(this.#texts.join(""), "latin1");
    hash(this.#keys, this.#keyEnds.subarray(0, count + 1), paths);
    hash(this.#values, this.#valueEnds.subarray(0, count + 1), valueHashes);
    for (const [i, value] of this.#long) digestInto(value, valueHashes, i * 32);
    this.#texts.length = 0;
    this.#long.length = 0;
    this.count = 0;
    return count;
  }
}

const idlePacks: Pack[] = [];

/** The leaves that `values` change. */
export async function leafChanges(values: ValueLayer, paths: PathCache, compute: PairHasher, slicer: Slicer): Promise<LeafChanges> {
  const columns = new Columns(values.size);
  const hash = compute.hashMessagesSync;
  if (hash === undefined) await columns.fill(values, paths, slicer);
  else await columns.fillPacked(values, hash, slicer);
  return columns;
}
