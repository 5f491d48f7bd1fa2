/**
 * The memory in which pages lie: slabs, which hold many of them, the arena that hands out their pieces, and the pool in which slabs
 * wait to be used again.
 *
 * Updates of a large state fill some twenty mebibytes a block. Left to the garbage collector, those make it run every few blocks for
 * their sake, and lie about until it does. So who keeps pages (a table of pages, a generation of the cache) holds their slabs, and a
 * slab that nobody holds any more is used again.
 *
 * Whoever reads pages has objects of them in hand that hold nothing. That is why such a slab only goes into limbo: `reclaim`, which the
 * store calls when nobody reads pages, makes it free. A page object that was kept in hand beyond that has no memory any more: reading it
 * finds nothing, never somebody else's page. Whoever keeps the words themselves instead has no such net.
 */
import type { Bytes } from "../primitives/bytes.js";

/** Room for the largest page, 504 words. */
const SLAB_WORDS_MIN = 512;
/** Two mebibytes: in a cache of a gibibyte, an update has five hundred slabs to know, not thousands. */
const SLAB_WORDS_MAX = 512 * 1024;
/** Slabs of a full cache, where these bounds allow it. */
const SLABS_OF_CACHE = 512;

const NOTHING = new Uint32Array(0);

/** A piece of memory that holds many pages. */
export class Slab {
  /** Its number in an update that is under way, and of which one that is (page-walk.ts). */
  index = -1;
  update = 0;
  /** The same memory. Both are empty once it was given away. */
  bytes: Bytes;
  #holders = 0;

  /** @param pool where it goes when nobody holds it any more; undefined: to the garbage collector */
  constructor(
    public words: Uint32Array,
    private readonly pool?: SlabPool,
  ) {
    this.bytes = new Uint8Array(words.buffer);
  }

  get isHeld(): boolean {
    return this.#holders > 0;
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders === 0) this.pool?.leave(this);
  }

  /** Gives its memory away. */
  retire(): Uint32Array {
    const { words } = this;
    this.words = NOTHING;
    this.bytes = new Uint8Array(NOTHING.buffer);
    return words;
  }
}

export class SlabPool {
  /** Of every slab that is used again. */
  readonly slabWords: number;
  readonly #free: Uint32Array[] = [];
  readonly #limbo = new Set<Slab>();
  #limboBytes = 0;

  /** @param cacheBytes memory of the cache whose pages lie in such slabs */
  constructor(cacheBytes: number) {
    const words = Math.floor(cacheBytes / SLABS_OF_CACHE / 4);
    this.slabWords = Math.min(SLAB_WORDS_MAX, Math.max(SLAB_WORDS_MIN, words));
  }

  /** Memory that is free to be used again, or will be. */
  get bytes(): number {
    return this.#free.length * this.slabWords * 4 + this.#limboBytes;
  }

  take(): Slab | undefined {
    const words = this.#free.pop();
    return words === undefined ? undefined : new Slab(words, this);
  }

  /** Nobody holds it any more, but somebody may be reading it. */
  leave(slab: Slab): void {
    if (this.#limbo.has(slab)) return;
    this.#limbo.add(slab);
    this.#limboBytes += slab.words.byteLength;
  }

  /** Nobody reads pages just now: what is in limbo is free. */
  reclaim(): void {
    for (const slab of this.#limbo) {
      if (slab.isHeld) continue;
      const words = slab.retire();
      if (words.length === this.slabWords) this.#free.push(words);
    }
    this.#limbo.clear();
    this.#limboBytes = 0;
  }

  /** Leaves to the garbage collector what is more than `mostBytes`: there was no moment at which nobody read, or others take the memory. */
  trim(mostBytes: number): void {
    if (this.bytes <= mostBytes) return;
    for (const slab of this.#limbo) {
      if (this.bytes <= mostBytes) return;
      this.#limbo.delete(slab);
      this.#limboBytes -= slab.words.byteLength;
    }
    while (this.#free.length > 0 && this.bytes > mostBytes) this.#free.pop();
  }
}

/** Hands out pieces of slabs. */
export class Arena {
  /** The slab in which the last allocation lies. */
  slab = new Slab(NOTHING);
  /** Bytes of all slabs. */
  bytes = 0;
  #next = 0;
  #nextSlabWords: number;
  readonly #slabWordsMax: number;

  /**
   * @param expectedWords how much will be asked for, as far as that is known
   * @param pool whose slabs it fills; then somebody has to hold each of them, as long as its pages are kept
   */
  constructor(
    expectedWords = SLAB_WORDS_MIN,
    private readonly pool?: SlabPool,
  ) {
    this.#slabWordsMax = pool?.slabWords ?? SLAB_WORDS_MAX;
    this.#nextSlabWords = Math.min(this.#slabWordsMax, Math.max(SLAB_WORDS_MIN, expectedWords));
  }

  get words(): Uint32Array {
    return this.slab.words;
  }

  /** Frees everything that was handed out, for an arena that holds one page at a time. */
  reset(): void {
    this.#next = 0;
  }

  /** Makes sure that the current slab has room for `count` words more, and answers where they would begin. */
  ensure(count: number): number {
    if (this.#next + count > this.slab.words.length) {
      const words = Math.max(this.#nextSlabWords, count);
      this.slab = (words === this.pool?.slabWords ? this.pool.take() : undefined) ?? this.#newSlab(words);
      this.#nextSlabWords = Math.min(this.#slabWordsMax, this.#nextSlabWords * 2);
      this.bytes += this.slab.words.length * 4;
      this.#next = 0;
    }
    return this.#next;
  }

  /** Reserves `count` words of `this.words`, answers where they begin. */
  allocate(count: number): number {
    const at = this.ensure(count);
    this.#next = at + count;
    return at;
  }

  /** Not cleared first: every word that is handed out is written before it is read. */
  #newSlab(words: number): Slab {
    return new Slab(new Uint32Array(Buffer.allocUnsafeSlow(4 * words).buffer), this.pool);
  }
}
