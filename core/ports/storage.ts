/**
 * Storage: an ordered byte map, `abstract-level` underneath (the ecosystem's own port).
 *
 * Laws: keys have 1 to 255 bytes, compared as unsigned bytes. `write` is atomic: after any crash all of its operations are
 * there or none. `write(…, {durable: true})` resolves only when the operating system confirmed that the bytes are on the
 * device (see `durability`), and then all earlier writes are, too; without operations it is a barrier. Writes take effect in
 * the order of their calls. The bytes handed to `write` are not changed until it has resolved; bytes that are answered
 * belong to the caller, as plain `Uint8Array`s. `get` is synchronous and sees every write that has resolved. Iterators see
 * the moment at which they began. A storage that lost a write, from the end or from among others, says so at its start
 * (STORAGE_DAMAGED): whoever stores something can check what is there, but not always that all of it is. Everything throws
 * STORAGE_CLOSED before start and after stop, a bad key STORAGE_KEY_INVALID.
 */
import type { AbstractLevel } from "abstract-level";
import type { Bytes } from "../primitives/bytes.js";

export type StorageOperation =
  | { readonly type: "put"; readonly key: Bytes; readonly value: Bytes }
  | { readonly type: "del"; readonly key: Bytes };

export interface StorageRange {
  readonly gte?: Bytes;
  readonly gt?: Bytes;
  readonly lte?: Bytes;
  readonly lt?: Bytes;
  readonly reverse?: boolean;
  /** At most so many entries; −1 (default) for all. */
  readonly limit?: number;
}

/** A frozen view. Close it soon: it holds back compaction. */
export interface StorageSnapshot {
  get(key: Bytes): Bytes | undefined;
  range(range: StorageRange): AsyncIterable<readonly [Bytes, Bytes]>;
  /** Waits for iterations over it to end; so never await it inside of one. */
  close(): Promise<void>;
}

export interface Storage {
  /**
   * What `durable: true` promises. `device`: synced, as the laws say. `process`: the operating system has it, so the end of the process
   * loses nothing, and a power loss nothing but the newest writes, none of them from between others; the operator asked for that.
   * `none`: memory.
   */
  readonly durability: "device" | "process" | "none";
  /** The database itself, with binary keys and values, for what this port does not name. */
  readonly database: AbstractLevel<string | Uint8Array, Uint8Array, Uint8Array>;
  get(key: Bytes): Bytes | undefined;
  getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]>;
  write(operations: readonly StorageOperation[], options: { readonly durable: boolean }): Promise<void>;
  range(range: StorageRange): AsyncIterable<readonly [Bytes, Bytes]>;
  snapshot(): StorageSnapshot;
  /** Reclaims the space of deleted and overwritten entries. */
  compact(): Promise<void>;
  /** Bytes on disk (or in memory), approximately. */
  sizeBytes(): Promise<number>;
}
