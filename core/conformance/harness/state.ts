/**
 * State as a sorted map: what engines and ledgers are run over in conformance cases.
 *
 * It enforces the laws of core/ports/state.ts on whoever writes, and knows no trie: its root is a hash over all entries.
 */
import type { RangeProof, StateReader, StateView, StateWriter } from "../../ports/state.js";
import { type Bytes, concatBytes, EMPTY_BYTES, fromHex, toHex } from "../../primitives/bytes.js";
import { Hash, sha256, sha256Of } from "../../primitives/hash.js";
import { broken, holds } from "../case.js";

const KEY_BYTES_MAX = 128;
const VALUE_BYTES_MAX = 65_536;

/** Entries by hex of their key; never changed once made. */
export type Entries = ReadonlyMap<string, Bytes>;

function checkedKey(key: Bytes): string {
  const law = "state keys have 1 to 128 bytes";
  holds(key instanceof Uint8Array && key.length >= 1 && key.length <= KEY_BYTES_MAX, law, `a key of ${key?.length} bytes`);
  return toHex(key);
}

/** A hash over all entries in order of their keys. */
export function rootOf(entries: Entries): Hash {
  const parts: Bytes[] = [];
  for (const key of [...entries.keys()].sort()) {
    parts.push(sha256(fromHex(key) ?? EMPTY_BYTES), sha256(entries.get(key) ?? EMPTY_BYTES));
  }
  return sha256Of(concatBytes(...parts));
}

export class MapView implements StateView {
  readonly blockId: Hash;
  readonly entries: Entries;
  #root: Hash | undefined;

  constructor(blockId: Hash, entries: Entries) {
    this.blockId = blockId;
    this.entries = entries;
  }

  get root(): Hash {
    this.#root ??= rootOf(this.entries);
    return this.#root;
  }

  get(key: Bytes): Bytes | undefined {
    return this.entries.get(checkedKey(key));
  }

  async prefetch(keys: readonly Bytes[]): Promise<void> {
    for (const key of keys) checkedKey(key);
  }

  async prove(_key: Bytes): Promise<Bytes> {
    return noProofs();
  }

  async proveMany(_keys: readonly Bytes[]): Promise<Bytes> {
    return noProofs();
  }

  async proveRange(): Promise<RangeProof> {
    return noProofs();
  }
}

function noProofs(): never {
  throw new Error("the conformance harness keeps no trie, so it has no proofs; engines and ledgers don't need them to decide");
}

export const EMPTY_VIEW = new MapView(Hash.zero, new Map());

export class MapWriter implements StateWriter {
  readonly #entries: Map<string, Bytes>;
  readonly #undo: (() => void)[] = [];
  /** Keys that were read or written, by hex. */
  readonly touched = new Set<string>();

  constructor(base: StateReader & { readonly entries: Entries }) {
    this.#entries = new Map(base.entries);
  }

  /** A copy of what is there now. */
  get entries(): Entries {
    return new Map(this.#entries);
  }

  get(key: Bytes): Bytes | undefined {
    const name = checkedKey(key);
    this.touched.add(name);
    return this.#entries.get(name);
  }

  set(key: Bytes, value: Bytes): void {
    const name = checkedKey(key);
    if (!(value instanceof Uint8Array) || value.length > VALUE_BYTES_MAX) {
      broken("state values have 1 to 65,536 bytes (an empty one deletes)", `a value of ${value?.length} bytes under ${name}`);
    }
    this.touched.add(name);
    this.#remember(name);
    if (value.length === 0) this.#entries.delete(name);
    else this.#entries.set(name, value.slice());
  }

  delete(key: Bytes): void {
    this.set(key, EMPTY_BYTES);
  }

  checkpoint(): number {
    return this.#undo.length;
  }

  revertTo(checkpoint: number): void {
    holds(
      Number.isInteger(checkpoint) && checkpoint >= 0 && checkpoint <= this.#undo.length,
      "`revertTo` takes a mark that `checkpoint` answered and that was not reverted",
      `mark ${checkpoint} of ${this.#undo.length}`,
    );
    while (this.#undo.length > checkpoint) this.#undo.pop()?.();
  }

  #remember(name: string): void {
    const before = this.#entries.get(name);
    this.#undo.push(() => {
      if (before === undefined) this.#entries.delete(name);
      else this.#entries.set(name, before);
    });
  }
}
