/** Changes over a version: while they are written (journaled, so that they can be undone to a mark), and when they are finished. */
import { assert } from "../kernel/assert.js";
import type { StateWriter } from "../ports/state.js";
import type { Bytes, Hash } from "../primitives/index.js";
import { KeyInvalidError, ValueInvalidError } from "./errors.js";
import { type KeyText, keyText } from "./key-text.js";
import type { PageLayer } from "./page-table.js";
import type { ValueLayer, Version } from "./version.js";

export const MAX_KEY_BYTES = 128;
export const MAX_VALUE_BYTES = 65_536;

/** Text of a key. @throws STATE_KEY_INVALID */
export function checkedKey(key: Bytes): KeyText {
  if (key.length === 0 || key.length > MAX_KEY_BYTES) throw new KeyInvalidError({ length: key.length });
  return keyText(key);
}

/** Reads a version; what it answers follows flushes. */
export type ReadVersion = (version: Version, key: KeyText) => Bytes | undefined;

export class OverlayWriter implements StateWriter {
  readonly #changes = new Map<KeyText, Bytes | null>();
  /** Keys in the order of writes, and what the overlay said of each before (undefined: nothing). */
  readonly #journalKeys: KeyText[] = [];
  readonly #journalValues: (Bytes | null | undefined)[] = [];
  #finished = false;

  constructor(
    readonly base: Version,
    private readonly read: ReadVersion,
  ) {}

  get changedKeys(): number {
    return this.#changes.size;
  }

  get(key: Bytes): Bytes | undefined {
    const text = checkedKey(key);
    const changed = this.#changes.get(text);
    if (changed !== undefined) return changed ?? undefined;
    return this.read(this.base, text);
  }

  set(key: Bytes, value: Bytes): void {
    if (value.length > MAX_VALUE_BYTES) throw new ValueInvalidError({ length: value.length });
    this.#write(checkedKey(key), value.length === 0 ? null : value);
  }

  delete(key: Bytes): void {
    this.#write(checkedKey(key), null);
  }

  #write(text: KeyText, value: Bytes | null): void {
    assert(!this.#finished, "a finished overlay is not written to");
    this.#journalKeys.push(text);
    this.#journalValues.push(this.#changes.get(text));
    this.#changes.set(text, value);
  }

  checkpoint(): number {
    return this.#journalKeys.length;
  }

  revertTo(checkpoint: number): void {
    assert(!this.#finished, "a finished overlay is not reverted");
    assert(checkpoint >= 0 && checkpoint <= this.#journalKeys.length, "a checkpoint that is reverted to was made, and not reverted before");
    while (this.#journalKeys.length > checkpoint) {
      const text = this.#journalKeys.pop() as KeyText;
      const before = this.#journalValues.pop();
      if (before === undefined) this.#changes.delete(text);
      else this.#changes.set(text, before);
    }
  }

  /** Ends writing and hands the changes over. */
  finish(): ValueLayer {
    assert(!this.#finished, "an overlay is finished once");
    this.#finished = true;
    this.#journalKeys.length = 0;
    this.#journalValues.length = 0;
    return this.#changes;
  }
}

/** The finished changes of one block, to be adopted as the state after it. */
export interface Overlay {
  /** Absent when it was finished with `root: "later"`. */
  readonly root?: Hash;
  /** Memory that it takes. */
  readonly bytes: number;
  readonly changedKeys: number;
  /** The version that it changes. */
  readonly base: Version;
  readonly values: ValueLayer;
  /** Present with `root`. */
  readonly pages?: { readonly layer: PageLayer; readonly bytes: number; readonly base: Version };
}
