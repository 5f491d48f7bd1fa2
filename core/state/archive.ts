/**
 * Archive mode: the state of any block below the undo horizon, read through the differences that each flush leaves.
 *
 * A flush knows what it overwrites (its inverses); in archive mode they are kept a second time, by key and height
 * (archive-records.ts). They are written in the flush's own batch, so there is never a flush without its differences, and a
 * flush that goes down to another branch deletes those of the blocks that it leaves.
 *
 * Changing the mode: whoever begins to archive keeps what undo records still tell, and goes on from there. Whoever ends it
 * says so durably first; then the differences mean nothing and are deleted in slices, which go on after a restart.
 */
import { assert } from "../kernel/assert.js";
import type { Logger, Slicer } from "../ports/runtime.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import { type Bytes, Hash } from "../primitives/index.js";
import {
  ARCHIVE_KEY,
  type ArchiveRecord,
  DIFFERENCES,
  decodeArchive,
  decodeDifference,
  differenceKey,
  differencesFrom,
  encodeArchive,
  encodeDifference,
  pathOfDifference,
} from "./archive-records.js";
import type { PathCache } from "./digest.js";
import type { Disk } from "./disk.js";
import type { KeyText } from "./key-text.js";
import type { Version } from "./version.js";
import type { VersionTree } from "./version-tree.js";

export interface ArchiveDependencies {
  readonly storage: Storage;
  readonly paths: PathCache;
  readonly disk: Disk;
  readonly tree: VersionTree;
  readonly logger: Logger;
}

export interface DroppedSlice {
  readonly entries: number;
  readonly bytes: number;
  /** Nothing is left to be dropped. */
  readonly done: boolean;
}

const LOOK_EVERY = 32;
/** Differences in one write while nobody waits: some megabyte. */
const DROPS_AT_OPEN = 8_192;
/** While beginning, one write holds so many. */
const PUTS_PER_WRITE = 8_192;
/** Seeks under way at a time: no more than a thread pool has use for. */
const SEEKS_AT_ONCE = 8;

export class Archive {
  #record: ArchiveRecord | undefined;

  /** @param wanted undefined: goes on with what it finds */
  constructor(
    private readonly dependencies: ArchiveDependencies,
    private readonly wanted: boolean | undefined,
  ) {}

  /** Lowest height that can be read; undefined while nothing is archived. */
  get from(): number | undefined {
    return this.#record?.standing === "keeping" ? this.#record.from : undefined;
  }

  /** Whether differences are left that nobody wants. */
  get isDropping(): boolean {
    return this.#record?.standing === "dropping";
  }

  /**
   * After the state was opened, before anything else: finds what there is and begins or ends archiving.
   *
   * @param lowestHeight of the undo horizon
   * @throws STATE_DAMAGED
   */
  async open(lowestHeight: number, height: number, slicer: Slicer): Promise<void> {
    const { storage, logger } = this.dependencies;
    const stored = storage.get(ARCHIVE_KEY);
    this.#record = stored === undefined ? undefined : decodeArchive(stored);
    if (this.#record?.standing === "keeping" && this.#record.through !== height) {
      logger.warn(
        { through: this.#record.through, height },
        "the archive has a gap: the state was flushed without it; it is dropped and begun again",
      );
      await this.#end();
    } else if (this.#record?.standing === "keeping" && this.wanted === false) {
      logger.info({ from: this.#record.from }, "archive mode is off: differences of old blocks are deleted in the background");
      await this.#end();
    }
    if (this.wanted !== true || this.#record?.standing === "keeping") return;
    // Of another life: they would be mistaken for those of the blocks that are at their heights now.
    if (this.isDropping) logger.info({}, "deleting what an earlier archive left, before a new one begins");
    while (this.isDropping) {
      await this.drop(DROPS_AT_OPEN);
      if (slicer.due()) await slicer.pause();
    }
    await this.#begin(lowestHeight, height, slicer);
  }

  async #end(): Promise<void> {
    await this.#write({ standing: "dropping", from: 0, through: 0, cursor: Hash.zero }, true);
  }

  async #write(record: ArchiveRecord, durable: boolean, operations: readonly StorageOperation[] = []): Promise<void> {
    await this.dependencies.storage.write([...operations, { type: "put", key: ARCHIVE_KEY, value: encodeArchive(record) }], { durable });
    this.#record = record;
  }

  /** Over a state that has not been archived: what undo records tell is kept, too. */
  async #begin(lowestHeight: number, height: number, slicer: Slicer): Promise<void> {
    const { tree, storage, logger } = this.dependencies;
    // Should this be cut short, then what it wrote means nothing.
    await this.#end();
    let operations: StorageOperation[] = [];
    for (let at = tree.base; at.height > lowestHeight; ) {
      const below = belowOf(at);
      if (below === undefined) break;
      for (const operation of this.#puts(at.height, tree.layerOf(below))) operations.push(operation);
      if (operations.length >= PUTS_PER_WRITE) {
        await storage.write(operations, { durable: false });
        operations = [];
      }
      if (slicer.due()) await slicer.pause();
      at = below;
    }
    await this.#write({ standing: "keeping", from: lowestHeight, through: height, cursor: Hash.zero }, true, operations);
    logger.info({ from: lowestHeight, height }, "archive mode: from here on, the state after every block is kept");
  }

  #puts(height: number, before: ReadonlyMap<KeyText, Bytes | null>): StorageOperation[] {
    const operations: StorageOperation[] = [];
    for (const [text, value] of before) {
      const key = differenceKey(this.dependencies.paths.valueKeyOf(text), height);
      operations.push({ type: "put", key, value: encodeDifference(key, value) });
    }
    return operations;
  }

  /**
   * What a flush adds to its batch: differences of the blocks that it steps up to, none any more of those that it steps down from.
   *
   * @param inverses for each step, the values as they were before it
   */
  async record(
    steps: readonly Version[],
    inverses: readonly ReadonlyMap<KeyText, Bytes | null>[],
    slicer: Slicer,
  ): Promise<{ readonly operations: StorageOperation[]; readonly record: ArchiveRecord } | undefined> {
    const { tree, paths } = this.dependencies;
    const first = steps[0];
    const target = steps.at(-1);
    // An archive that is wanted and has not begun: the state is empty, and this is genesis.
    const begins = this.wanted === true && this.#record === undefined && tree.base === tree.empty;
    if (first === undefined || target === undefined || !(begins || this.#record?.standing === "keeping")) return undefined;
    const operations: StorageOperation[] = [];
    let left = tree.base;
    for (const [i, step] of steps.entries()) {
      if (left === tree.empty) {
        left = step;
        continue;
      }
      const isUp = step.isChildOf(left);
      const layer = isUp ? (inverses[i] ?? new Map()) : tree.layerOf(step);
      const height = isUp ? step.height : left.height;
      let count = 0;
      for (const [text, value] of layer) {
        const key = differenceKey(paths.valueKeyOf(text), height);
        // Deletions come before the additions of the other branch: the way down comes first.
        operations.push(isUp ? { type: "put", key, value: encodeDifference(key, value) } : { type: "del", key });
        if (count++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
      }
      left = step;
    }
    const record: ArchiveRecord = {
      standing: "keeping",
      from: Math.min(this.from ?? first.height, target.height),
      through: target.height,
      cursor: Hash.zero,
    };
    operations.push({ type: "put", key: ARCHIVE_KEY, value: encodeArchive(record) });
    return { operations, record };
  }

  /** The flush whose batch held it is durable. */
  settle(record: ArchiveRecord | undefined): void {
    if (record !== undefined) this.#record = record;
  }

  /**
   * Values after the block at `height`, which lies on the disk's branch. No flush may be under way.
   *
   * @throws STATE_DAMAGED
   */
  async load(height: number, texts: readonly KeyText[], slicer: Slicer): Promise<Map<KeyText, Bytes | null>> {
    const { disk } = this.dependencies;
    const record = this.#record;
    assert(record?.standing === "keeping" && height >= record.from, "only what is archived is asked for");
    const values = new Map<KeyText, Bytes | null>();
    const unchanged: KeyText[] = [];
    for (let at = 0; at < texts.length; at += SEEKS_AT_ONCE) {
      const group = texts.slice(at, at + SEEKS_AT_ONCE);
      const found = await Promise.all(group.map((text) => this.#firstAbove(text, height, record.through)));
      for (const [i, text] of group.entries()) {
        const value = found[i];
        if (value === undefined) unchanged.push(text);
        else values.set(text, value);
      }
    }
    if (unchanged.length > 1) await disk.prefetch(unchanged, slicer);
    for (const text of unchanged) values.set(text, disk.value(text) ?? null);
    return values;
  }

  /** What the first block above `height` that changed a key found there; undefined if none did. */
  async #firstAbove(text: KeyText, height: number, through: number): Promise<Bytes | null | undefined> {
    const { storage, paths } = this.dependencies;
    const valueKey = paths.valueKeyOf(text);
    const range = { gte: differenceKey(valueKey, height + 1), lte: differenceKey(valueKey, through), limit: 1 };
    if (height >= through) return undefined;
    for await (const [key, stored] of storage.range(range)) return decodeDifference(key, stored);
    return undefined;
  }

  /** Deletes some of the differences that nobody wants any more. */
  async drop(records: number): Promise<DroppedSlice> {
    const { storage } = this.dependencies;
    const record = this.#record;
    if (record?.standing !== "dropping") return { entries: 0, bytes: 0, done: true };
    const operations: StorageOperation[] = [];
    let bytes = 0;
    let last: Bytes | undefined;
    for await (const [key, value] of storage.range({ gte: differencesFrom(record.cursor), lt: DIFFERENCES.lt, limit: records })) {
      operations.push({ type: "del", key });
      bytes += key.length + value.length;
      last = key;
    }
    if (last === undefined) {
      await storage.write([{ type: "del", key: ARCHIVE_KEY }], { durable: true });
      this.#record = undefined;
      return { entries: 0, bytes: 0, done: true };
    }
    await this.#write({ ...record, cursor: pathOfDifference(last) }, false, operations);
    return { entries: operations.length, bytes, done: false };
  }
}

/** The version on the way down from one that is on disk or below it. */
function belowOf(version: Version): Version | undefined {
  for (const each of version.dependents) if (each.below && version.isChildOf(each)) return each;
  return undefined;
}
