/**
 * Authenticated state as ledgers and engines see it: a key-value map, read synchronously.
 *
 * Laws: keys have 1 to 128 bytes and begin with their module's namespace byte; values have 1 to 65,536 bytes; setting an
 * empty value is deleting. What `get` answers must not be changed by the caller. A writer sees its own writes. There is
 * no iteration over raw keys: keep explicit indexes or packed arrays.
 */
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";

export interface StateReader {
  get(key: Bytes): Bytes | undefined;
}

export interface StateWriter extends StateReader {
  /** Takes both byte strings as they are; the caller does not change them afterwards. */
  set(key: Bytes, value: Bytes): void;
  delete(key: Bytes): void;
  /** A mark to `revertTo`; marks nest. */
  checkpoint(): number;
  /** Undoes all writes since the mark. */
  revertTo(checkpoint: number): void;
}

/** The state after one block, as long as the block lies within the undo horizon. Survives flushes. */
export interface StateView extends StateReader {
  readonly blockId: Hash;
  readonly root: Hash;
  /** Reads many keys in one call to storage, so that later `get`s are answered from memory. */
  prefetch(keys: readonly Bytes[]): Promise<void>;
  /** A proof of presence or absence of one key against `root`. Format and verifier: core/state/README.md. */
  prove(key: Bytes): Promise<StateProof>;
}

/**
 * A single-key proof: the siblings on the key's path, top first, and what stands at its end.
 *
 * `leaf` is absent when the path ends in an empty node; a leaf with another path proves absence, too.
 */
export interface StateProof {
  readonly siblings: readonly Hash[];
  readonly leaf?: { readonly path: Hash; readonly valueHash: Hash };
}
