/**
 * One map over all layers between one version, the tip, and the disk, so that reading it takes one look-up however many
 * blocks are unflushed. It follows execution: advancing by a block costs that block's changes, and so does a step
 * back. Versions elsewhere walk their layers until they meet the tip.
 */
import { present } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import type { Version } from "./version.js";

/** What a version says of keys; null: gone. */
export interface Layer<Key, Value> {
  get(key: Key): Value | null | undefined;
  keys(): IterableIterator<Key>;
  [Symbol.iterator](): IterableIterator<[Key, Value | null]>;
}
/** What the entries of an index are kept in. */
export interface LayerEntries<Key, Value> extends Layer<Key, Value> {
  readonly size: number;
  set(key: Key, value: Value | null): unknown;
  delete(key: Key): unknown;
  setAll?(layer: Layer<Key, Value>): void;
  expect?(keys: Float64Array, count: number): void;
  close?(): void;
}
export interface LayerKind<Key, Value> {
  entries(): LayerEntries<Key, Value>;
  same(a: Value | null | undefined, b: Value | null): boolean;
}

/** A layer, or undefined where there is none to index. */
export type LayerOf<Key, Value> = (version: Version) => Layer<Key, Value> | undefined;
/** The next version toward the disk, undefined at its end. */
export type NextOf = (version: Version) => Version | undefined;

export class LayerIndex<Key, Value> {
  /** The version that `entries` stand for; undefined: none, entries are empty. */
  tip: Version | undefined;
  #entries: LayerEntries<Key, Value>;

  constructor(
    private readonly kind: LayerKind<Key, Value>,
    private readonly layerOf: LayerOf<Key, Value>,
    private readonly nextOf: NextOf,
  ) {
    this.#entries = kind.entries();
  }

  /** What the layers of the tip say. Undefined: none of them has it, ask the disk. */
  get(key: Key): Value | null | undefined {
    return this.#entries.get(key);
  }

  /** `get` of these comes next. */
  expect(keys: Float64Array, count: number): void {
    this.#entries.expect?.(keys, count);
  }

  get size(): number {
    return this.#entries.size;
  }

  clear(): void {
    this.tip = undefined;
    this.#entries.close?.();
    this.#entries = this.kind.entries();
  }

  /** Whether `version` is the tip or one of those between it and the disk. */
  covers(version: Version): boolean {
    for (let at = this.tip; at !== undefined; at = this.nextOf(at)) if (at === version) return true;
    return false;
  }

  /** Makes `version` the tip. */
  moveTo(version: Version): void {
    for (const _ of this.#stepsTo(version));
  }

  /** The same with pauses between layers. Whatever happens to the tip meanwhile, the next step or call begins from what it is then. */
  async moveInSlices(version: Version, slicer: Slicer): Promise<void> {
    for (let isDone = false; !isDone && !version.gone; ) {
      isDone = true;
      for (const tip of this.#stepsTo(version)) {
        if (!slicer.due()) continue;
        await slicer.pause();
        isDone = this.tip === tip && !version.gone;
        if (!isDone) break;
      }
    }
  }

  /** Yields the tip after each layer. */
  *#stepsTo(version: Version): Generator<Version> {
    if (this.tip === version) return;
    const ahead: Version[] = [];
    const chain = new Set<Version>();
    for (let at: Version | undefined = version; at !== undefined && at !== this.tip; at = this.nextOf(at)) {
      ahead.push(at);
      chain.add(at);
    }
    const last = ahead[ahead.length - 1];
    const extendsTip = last !== undefined && this.nextOf(last) === this.tip && this.tip !== undefined;
    if (!extendsTip) {
      const meeting = this.#retreat(chain);
      if (meeting === undefined) this.clear();
      else while (ahead[ahead.length - 1] !== meeting) ahead.pop();
      if (meeting !== undefined) ahead.pop();
    }
    for (let i = ahead.length - 1; i >= 0; i--) {
      const step = ahead[i] as Version;
      if (this.nextOf(step) !== undefined) {
        const layer = present(this.layerOf(step), "a version that is indexed has its layer");
        if (this.#entries.setAll !== undefined) this.#entries.setAll(layer);
        else for (const [key, value] of layer) this.#entries.set(key, value);
      }
      this.tip = step;
      yield step;
    }
  }

  /** Steps back until the tip is one of `chain`; undefined: there is no such version. */
  #retreat(chain: ReadonlySet<Version>): Version | undefined {
    let at = this.tip;
    while (at !== undefined && !chain.has(at)) {
      const layer = this.layerOf(at);
      const below = this.nextOf(at);
      if (below === undefined || layer === undefined) return undefined;
      for (const key of layer.keys()) {
        const value = this.#find(below, key);
        if (value === undefined) this.#entries.delete(key);
        else this.#entries.set(key, value);
      }
      at = below;
      this.tip = at;
    }
    return at;
  }

  #find(from: Version, key: Key): Value | null | undefined {
    let at = from;
    for (let next = this.nextOf(at); next !== undefined; next = this.nextOf(at)) {
      const value = this.layerOf(at)?.get(key);
      if (value !== undefined) return value;
      at = next;
    }
    return undefined;
  }

  /**
   * After the disk has moved along the tip's layers: `value` is what it says of `key` now. Forgetting an entry that says
   * the same is right at any time, so this can be done in slices.
   */
  forget(key: Key, value: Value | null): void {
    if (this.kind.same(this.#entries.get(key), value)) this.#entries.delete(key);
  }
}
