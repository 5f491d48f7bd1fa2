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
  /**
   * Proofs against `root`, as bytes for `chainwright/proofs` (format: core/proofs/README.md). They carry the values that they
   * prove. One key: for `verifyProof`.
   */
  prove(key: Bytes): Promise<Bytes>;
  /** 1 to 1,024 keys, for `verifyMultiProof`. @throws STATE_PROOF_LIMITS, STATE_PROOF_TOO_LARGE */
  proveMany(keys: readonly Bytes[]): Promise<Bytes>;
  /** All entries whose paths (SHA-256 of the key) lie in an interval, for `verifyRange`. @throws STATE_PROOF_LIMITS */
  proveRange(from: Hash, limits: RangeLimits): Promise<RangeProof>;
}

/** Where a range proof ends. It ends at whichever comes first, but not before it has one entry, if there is one. */
export interface RangeLimits {
  /** Last path, included. Default: the last there is. */
  readonly to?: Hash;
  /** At most so many entries, 1 to 16,384. */
  readonly entries: number;
  /** At most so many bytes of proof, 1 to 8 MiB. Only a single entry can take more. */
  readonly bytes: number;
  /**
   * It waits for its turn however many proofs do, where others get STATE_PROOFS_BUSY: for the node's own work, which asks for one at a
   * time, and not for what somebody outside asks for. Default: false.
   */
  readonly mayWait?: boolean;
}

export interface RangeProof {
  readonly proof: Bytes;
  /** How many entries it has. */
  readonly entries: number;
  /** Path of the first entry up to `to` that did not fit: prove on from there. Undefined: there is none. */
  readonly next?: Hash;
}
