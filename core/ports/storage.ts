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
  /** Reclaims the space of deleted and overwritten entries: of all, or of those from `gte` up to and without `lt`. */
  compact(range?: { readonly gte: Bytes; readonly lt: Bytes }): Promise<void>;
  /** Calls back once when damage is found in what is stored; nothing is served or written any more then, and the node stops with this error. */
  onDamage?(listener: (error: Error) => void): void;
  /** Bytes on disk (or in memory), approximately. */
  sizeBytes(): Promise<number>;
}

/** A file of a storage, as it is to be copied. */
export interface StorageFile {
  /** Within the storage's folder; no folders in it. */
  readonly name: string;
  /** So many bytes from its beginning; what stands behind them came later, or means nothing. */
  readonly bytes: number;
  /** Never changes while it has this name: who copied it once needs it no second time. */
  readonly immutable: boolean;
  /** Its bytes, where the plan had to read them at the one moment that it speaks of; otherwise they are read from the file. */
  readonly content?: Bytes;
}

/**
 * How a storage's files are copied by another process, for the manifest of a plugin that provides STORAGE and keeps files. Without it,
 * backups of a node with that storage are refused.
 *
 * Laws: `plan` changes nothing, and takes no lock: a node may be writing. The copies, opened as a database, hold all that was
 * acknowledged before `plan` was called, and nothing that is half there. Files that are not immutable only grow; any may vanish before
 * they were copied: then `plan` is called again.
 */
export interface StorageFiles {
  /** Name of the folder in the data directory. */
  readonly folder: string;
  /** @param directory absolute path of that folder. @throws STORAGE_DAMAGED, STORAGE_IO; whatever reading a file that vanished throws (ENOENT) */
  plan(directory: string): Promise<readonly StorageFile[]>;
}
