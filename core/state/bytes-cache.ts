/**
 * A bounded cache from keys to bytes, without an object for each entry: keys and values lie one behind the other in slabs, a table
 * of numbers finds them. A million entries as objects take the collector a tenth of a second to mark, and several times the
 * memory of what they hold.
 *
 * Two generations: entries begin young; when the young ones fill half of the bound, they become the old ones and the former old
 * ones go. A hit among the old ones makes an entry young again. It keeps what is used like LRU does, without a list to maintain at
 * each hit, and `bytes` is exactly what it takes.
 *
 * Keys may be chosen by an adversary, so that they meet in one place of the table. No search goes further than PROBES places, and
 * where all are taken one entry is forgotten: a cache may.
 */
import type { Bytes } from "../primitives/bytes.js";
import type { KeyText } from "./key-text.js";

const SLAB_BYTES = 256 * 1024;
const SLAB_BYTES_MIN = 256;
/** Records begin at multiples of this. */
const ALIGNMENT = 8;
/** Key length, value length. */
const HEAD_BYTES = 5;
const ABSENT = 0xffff_ffff;
const PROBES = 16;
/** A place of the table for so many bytes of a generation: less than half are taken by the smallest entries that are usual. */
const BYTES_PER_PLACE = 48;
const PLACES_MIN = 16;
const PLACES_MAX = 2 ** 28;
const PLACE_BYTES = 8;

function hashOf(text: KeyText): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // The last characters reach the upper bits only; the place is made of the lower ones.
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b | 0);
  return hash ^ (hash >>> 13);
}

class Generation {
  bytes = 0;
  /** Places: a record's number of alignments from the first slab's begin, and one; 0: free. And the hash of its key. */
  readonly #records: Uint32Array;
  readonly #hashes: Int32Array;
  readonly #slabs: Buffer[] = [];
  #slab: Buffer = Buffer.alloc(0);
  #next = 0;

  constructor(maxBytes: number) {
    let places = PLACES_MIN;
    while (places < maxBytes / BYTES_PER_PLACE && places < PLACES_MAX) places *= 2;
    this.#records = new Uint32Array(places);
    this.#hashes = new Int32Array(places);
    this.bytes = places * PLACE_BYTES;
  }

  /** The place of a key; -1: it has none. */
  find(text: KeyText, hash: number): number {
    const last = this.#records.length - 1;
    for (let i = 0; i < PROBES; i++) {
      const place = (hash + i) & last;
      const record = this.#records[place] as number;
      if (record === 0) return -1;
      if (this.#hashes[place] === hash && this.#holds(record, text)) return place;
    }
    return -1;
  }

  #holds(record: number, text: KeyText): boolean {
    const slab = this.#slabOf(record);
    const at = offsetOf(record);
    if (slab[at] !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (slab[at + HEAD_BYTES + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** The key has no record here any more; its place stays taken, so that others are still found behind it. */
  forget(text: KeyText, hash: number): void {
    const place = this.find(text, hash);
    if (place >= 0) this.#hashes[place] = ~hash;
  }

  valueAt(place: number): Bytes | null {
    const record = this.#records[place] as number;
    const slab = this.#slabOf(record);
    const at = offsetOf(record);
    const length = slab.readUInt32LE(at + 1);
    if (length === ABSENT) return null;
    return new Uint8Array(slab.buffer, at + HEAD_BYTES + (slab[at] as number), length);
  }

  set(text: KeyText, hash: number, value: Bytes | null): number {
    const last = this.#records.length - 1;
    // Where all places are taken, the last one is given up.
    let place = (hash + PROBES - 1) & last;
    for (let i = 0; i < PROBES; i++) {
      const tried = (hash + i) & last;
      const record = this.#records[tried] as number;
      if (record === 0 || (this.#hashes[tried] === hash && this.#holds(record, text))) {
        place = tried;
        break;
      }
    }
    // Never where the key's last record lies: whoever was given that value still reads it.
    this.#records[place] = this.#write(text, value);
    this.#hashes[place] = hash;
    return place;
  }

  #write(text: KeyText, value: Bytes | null): number {
    const length = HEAD_BYTES + text.length + (value === null ? 0 : value.length);
    if (this.#next + length > this.#slab.length) this.#grow(length);
    const slab = this.#slab;
    const at = this.#next;
    slab[at] = text.length;
    slab.writeUInt32LE(value === null ? ABSENT : value.length, at + 1);
    const from = at + HEAD_BYTES;
    for (let i = 0; i < text.length; i++) slab[from + i] = text.charCodeAt(i);
    if (value !== null) {
      // A loop is quicker than `set` for the few bytes that most values have.
      const to = from + text.length;
      if (value.length > 64) slab.set(value, to);
      else for (let i = 0; i < value.length; i++) slab[to + i] = value[i] as number;
    }
    this.#next = (at + length + ALIGNMENT - 1) & -ALIGNMENT;
    return ((this.#slabs.length - 1) * SLAB_BYTES + at) / ALIGNMENT + 1;
  }

  #grow(length: number): void {
    const wanted = Math.max(SLAB_BYTES_MIN, 2 * this.#slab.length, length);
    // Not cleared first: every byte that is read was written.
    this.#slab = Buffer.allocUnsafeSlow(Math.min(SLAB_BYTES, wanted));
    this.#slabs.push(this.#slab);
    this.bytes += this.#slab.length;
    this.#next = 0;
  }

  #slabOf(record: number): Buffer {
    return this.#slabs[Math.floor((record - 1) / (SLAB_BYTES / ALIGNMENT))] as Buffer;
  }
}

/** Where in its slab a record begins. */
function offsetOf(record: number): number {
  return ((record - 1) % (SLAB_BYTES / ALIGNMENT)) * ALIGNMENT;
}

export class BytesCache {
  #young: Generation;
  #old: Generation | undefined;

  /** @param maxBytes at most 64 GiB */
  constructor(private readonly maxBytes: number) {
    this.#young = new Generation(maxBytes / 2);
  }

  /** Memory of all entries, at most about `maxBytes`. */
  get bytes(): number {
    return this.#young.bytes + (this.#old?.bytes ?? 0);
  }

  /** What was set last for a key of up to 255 bytes, not to be changed; null: that there is nothing. Undefined: not known. */
  get(text: KeyText): Bytes | null | undefined {
    const hash = hashOf(text);
    const place = this.#young.find(text, hash);
    if (place >= 0) return this.#young.valueAt(place);
    const value = this.#oldValue(text, hash);
    return value === undefined ? undefined : this.#set(text, hash, value);
  }

  /** Whether `get` knows the key; counts as use of it, too. */
  has(text: KeyText): boolean {
    return this.#young.find(text, hashOf(text)) >= 0 || this.get(text) !== undefined;
  }

  /** Keeps a copy. @param value up to 128 KiB */
  set(text: KeyText, value: Bytes | null): void {
    this.#keep(text, hashOf(text), value);
    this.#age();
  }

  /** Keeps a copy and answers it. */
  put(text: KeyText, value: Bytes): Bytes {
    return this.#set(text, hashOf(text), value) ?? value;
  }

  #set(text: KeyText, hash: number, value: Bytes | null): Bytes | null {
    const kept = this.#young.valueAt(this.#keep(text, hash, value));
    this.#age();
    return kept;
  }

  /** Answers the place in the young generation. */
  #keep(text: KeyText, hash: number, value: Bytes | null): number {
    // What was said before must not come back when the young record is given up for another key's.
    this.#old?.forget(text, hash);
    return this.#young.set(text, hash, value);
  }

  #age(): void {
    if (this.#young.bytes * 2 <= this.maxBytes) return;
    this.#old = this.#young;
    this.#young = new Generation(this.maxBytes / 2);
  }

  #oldValue(text: KeyText, hash: number): Bytes | null | undefined {
    const place = this.#old?.find(text, hash) ?? -1;
    return place < 0 ? undefined : this.#old?.valueAt(place);
  }
}
