/**
 * Moving the disk to another version.
 *
 * The way there is a list of neighbours. Each step turns one edge around: the layer of the version that is stepped onto
 * goes to disk, and its inverse (what the disk said of the same keys) becomes the layer of the version that is left, as
 * an undo record where the step goes up, as an overlay where it goes down. Planning reads and computes in slices and
 * changes nothing; `installFlush` then turns all edges in one synchronous step, before anything is written.
 */
import { assert, present } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import type { StorageOperation } from "../ports/storage.js";
import { type Bytes, Hash, toHex } from "../primitives/index.js";
import type { PathCache } from "./digest.js";
import type { Changes, Disk } from "./disk.js";
import { UnknownBlockError } from "./errors.js";
import type { KeyText } from "./key-text.js";
import { type PageLayer, PageTable, visitPages } from "./page-table.js";
import { RecordBuffer } from "./record-buffer.js";
import {
  encodeMarker,
  encodePointer,
  encodeUndo,
  encodeVersion,
  MARKER_PREFIX,
  markerHash,
  numberedKey,
  POINTER_KEY,
  type PointerRecord,
  pageKey,
  UNDO_PREFIX,
  VERSION_PREFIX,
} from "./records.js";
import { columnsOf, layerBytes, type Version } from "./version.js";
import type { VersionTree } from "./version-tree.js";

/**
 * How many markers stay. They must outlast what the log of the storage can hold, since a log that is replayed is where a batch
 * can vanish: 8,192 flushes of 2 KiB (a block or more, with its records) fill both of storage-level's default write buffers.
 */
export const KEPT_MARKERS = 8192;
const LOOK_EVERY = 32;
/** Values whose storage keys are made in one call: some tenths of a millisecond. */
const KEYS_AT_ONCE = 512;

/** How far below the disk blocks stay readable and can be gone back to. */
export interface UndoOptions {
  /** Undo horizon: so many blocks below the disk. */
  readonly undoBlocks: number;
  /**
   * Undo from the finalized block on (`pruneUndo`) stays even beyond `undoBlocks`: for engines that can't begin again without the finalized
   * block's state. A block's undo is the old values of the keys that it changed: about its change to the state once more, on disk, for as
   * long as finality stands still. What ends that has to be a rule of the engine (Gasper's inactivity leak). Default false.
   */
  readonly keepUndoToFinality?: boolean;
}

export interface FlushPlan {
  readonly target: Version;
  /** From the neighbour of the disk to the target. */
  readonly steps: readonly Version[];
  /** For each step, the layer of the version that it leaves. */
  readonly inverses: readonly ReadonlyMap<KeyText, Bytes | null>[];
  /** Memory of each. */
  readonly inverseBytes: readonly number[];
  readonly changes: Changes;
  readonly pointer: PointerRecord;
  readonly operations: StorageOperation[];
}

export interface FlushContext {
  readonly tree: VersionTree;
  readonly disk: Disk;
  readonly paths: PathCache;
  readonly slicer: Slicer;
  /** As of the last flush; undefined before the first. */
  readonly pointer: PointerRecord | undefined;
  readonly undo: UndoOptions;
  /** Undo below this height may go. */
  readonly pruneBelow: number;
  /** Undo from this height on is wanted though it may go. */
  readonly holdFrom: number | undefined;
}

/** @throws STATE_UNKNOWN_BLOCK if no way leads from the target to the disk */
function stepsTo(tree: VersionTree, target: Version): Version[] {
  const steps: Version[] = [];
  let at = target;
  for (; at.toward !== undefined; at = at.toward) steps.push(at);
  if (at !== tree.base) throw new UnknownBlockError({ blockId: target.key });
  return steps.reverse();
}

function rootOf(version: Version): Hash | undefined {
  return version.root ?? version.declaredRoot;
}

export async function planFlush(context: FlushContext, target: Version): Promise<FlushPlan> {
  const { tree, slicer } = context;
  await tree.complete(target, slicer);
  const steps = stepsTo(tree, target);
  // A version that is passed over may have its root put off; what its block declares will do.
  for (const step of steps) if (rootOf(step) === undefined) await tree.complete(step, slicer);
  if (target.gone) throw new UnknownBlockError({ blockId: target.key });
  const pages = await pageChanges(tree, target, slicer);
  if (target.gone) throw new UnknownBlockError({ blockId: target.key });
  const { inverses, values } = await invert(context, steps);
  const records = new Map<string, StorageOperation>();
  await historyRecords(context, steps, inverses, records);
  const inverseBytes: number[] = [];
  for (const inverse of inverses) {
    inverseBytes.push(layerBytes(inverse));
    if (slicer.due()) await slicer.pause();
  }
  const pointer = pointerTo(context, steps, target, records);
  const operations = [...records.values()];
  const buffer = new RecordBuffer();
  let count = 0;
  const columns = columnsOf(values);
  for (let from = 0; from < columns.texts.length; from += KEYS_AT_ONCE) {
    const keys = context.paths.valueKeysOf(columns.texts.slice(from, from + KEYS_AT_ONCE));
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as Bytes;
      const value = columns.values[from + i] as Bytes | null;
      const text = columns.texts[from + i] as KeyText;
      operations.push(value === null ? { type: "del", key } : { type: "put", key, value: buffer.value(text, value) });
      if (count++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
  }
  await visitPages(pages, slicer, (id, page) => {
    operations.push(page === null ? { type: "del", key: pageKey(id) } : { type: "put", key: pageKey(id), value: buffer.page(page) });
  });
  const changes = { values, pages, fillSlabs: pages === target.pages };
  return { target, steps, inverses, inverseBytes, changes, pointer, operations };
}

/** Walks the steps: the inverse of each, and all changed values together. */
async function invert(
  { tree, disk, slicer }: FlushContext,
  steps: readonly Version[],
): Promise<{ inverses: ReadonlyMap<KeyText, Bytes | null>[]; values: ReadonlyMap<KeyText, Bytes | null> }> {
  const [first, ...others] = steps.map((step) => tree.layerOf(step));
  // A single step changes what its layer says, as it is.
  const values = new Map(others.length === 0 ? undefined : first);
  const inverses: ReadonlyMap<KeyText, Bytes | null>[] = [];
  let count = 0;
  for (const layer of first === undefined ? [] : [first, ...others]) {
    const inverse = new Map<KeyText, Bytes | null>();
    const columns = columnsOf(layer);
    for (let i = 0; i < columns.texts.length; i++) {
      const text = columns.texts[i] as KeyText;
      const before = layer === first ? undefined : values.get(text);
      inverse.set(text, before === undefined ? (disk.value(text) ?? null) : before);
      if (layer !== first) values.set(text, columns.values[i] as Bytes | null);
      if (count++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
    }
    inverses.push(inverse);
  }
  return { inverses, values: first === undefined || others.length > 0 ? values : first };
}

/** All pages that differ between the target and the disk. */
async function pageChanges(tree: VersionTree, target: Version, slicer: Slicer): Promise<PageLayer> {
  if (target.pages !== undefined && target.pagesBase === tree.base) return target.pages;
  const layers: PageLayer[] = [];
  for (let at = target; at !== tree.base; at = present(at.pagesBase, "a complete version leads to the disk"))
    layers.push(present(at.pages, "a complete version has pages"));
  const pages = new PageTable(layers.reduce((count, layer) => count + layer.size, 0));
  for (const layer of layers.reverse()) await pages.setAllInSlices(layer, slicer);
  return pages;
}

/** Undo and version records; inverses that are recorded are those of the records from then on. Records are by height, so a step up on another branch replaces what a step down deletes. */
async function historyRecords(
  { tree, slicer }: FlushContext,
  steps: readonly Version[],
  inverses: ReadonlyMap<KeyText, Bytes | null>[],
  into: Map<string, StorageOperation>,
): Promise<void> {
  let left = tree.base;
  for (const [i, step] of steps.entries()) {
    if (left === tree.empty || step.isChildOf(left)) {
      if (left !== tree.empty) {
        const inverse = present(inverses[i], "each step has its inverse");
        const undo = await encodeUndo(step.height, step.blockId, inverse, slicer);
        record(into, UNDO_PREFIX, step.height, undo.record);
        inverses[i] = undo.values;
      }
      const { height, blockId, parent = Hash.zero } = step;
      record(
        into,
        VERSION_PREFIX,
        height,
        encodeVersion({ height, blockId, parent, root: present(rootOf(step), "planned steps have roots") }),
      );
    } else {
      assert(left.isChildOf(step), "a step leads to a parent or to a child");
      record(into, UNDO_PREFIX, left.height, undefined);
      record(into, VERSION_PREFIX, left.height, undefined);
    }
    left = step;
  }
}

function record(into: Map<string, StorageOperation>, prefix: number, number: number, value: Bytes | undefined): void {
  const key = numberedKey(prefix, number);
  into.set(toHex(key), value === undefined ? { type: "del", key } : { type: "put", key, value });
}

/** Pointer and marker, and what leaves the undo horizon. */
function pointerTo(context: FlushContext, steps: readonly Version[], target: Version, into: Map<string, StorageOperation>): PointerRecord {
  const { pointer } = context;
  const { blockId, height } = target;
  const root = present(target.root, "a complete version has its root");
  const sequence = (pointer?.sequence ?? 0) + 1;
  const hash = markerHash(pointer?.markerHash ?? Hash.zero, { sequence, height, blockId, root });
  record(into, MARKER_PREFIX, sequence, encodeMarker({ sequence, height, blockId, root, hash }));
  if (sequence > KEPT_MARKERS) record(into, MARKER_PREFIX, sequence - KEPT_MARKERS, undefined);
  const before = Math.min(pointer?.lowestHeight ?? present(steps[0], "a flush has a step").height, height);
  const lowestHeight = Math.min(height, Math.max(before, wantedFrom(context, height)));
  for (let gone = before; gone < lowestHeight; gone++) {
    record(into, VERSION_PREFIX, gone, undefined);
    record(into, UNDO_PREFIX, gone + 1, undefined);
  }
  const made: PointerRecord = { sequence, height, lowestHeight, blockId, root, markerHash: hash };
  into.set(toHex(POINTER_KEY), { type: "put", key: POINTER_KEY, value: encodePointer(made) });
  return made;
}

/** The lowest height that undo is to reach down to. */
function wantedFrom({ undo, pruneBelow, holdFrom = Number.POSITIVE_INFINITY }: FlushContext, height: number): number {
  const horizon = height - undo.undoBlocks;
  const wanted = Math.max(horizon, Math.min(pruneBelow, holdFrom));
  return undo.keepUndoToFinality === true ? Math.min(wanted, pruneBelow) : wanted;
}

/** Turns the edges. From here on every reader sees the target on disk, though the write has not begun. */
export function installFlush({ tree, disk }: Pick<FlushContext, "tree" | "disk">, plan: FlushPlan): void {
  const { target, steps } = plan;
  const valuesCovered = tree.valueIndex.covers(target);
  const pagesCovered = tree.pageIndex.covers(target);
  const rotated = new Set<Version>([tree.base, ...steps]);
  rotated.delete(target);
  let left = tree.base;
  for (const [i, step] of steps.entries()) {
    step.point(undefined);
    if (left !== tree.empty) {
      left.below = step.isChildOf(left);
      left.setValues(present(plan.inverses[i], "each step has its inverse"), plan.inverseBytes[i]);
      left.point(step);
    }
    left = step;
  }
  target.below = false;
  target.setValues(undefined);
  if (target.pages === plan.changes.pages) target.takePages();
  else tree.dropPages(target);
  for (const version of tree.all()) {
    if (rotated.has(version) || (version.pagesBase !== undefined && rotated.has(version.pagesBase))) tree.dropPages(version);
  }
  tree.base = target;
  if (!valuesCovered) tree.valueIndex.clear();
  if (!pagesCovered) tree.pageIndex.clear();
  disk.move(present(target.root, "a complete version has its root"), plan.changes);
  for (const version of [...tree.all()])
    if (version.below && version.height < plan.pointer.lowestHeight && !version.gone) tree.remove(version);
}

/** The indexes of the tip may forget what the disk says itself by now. */
export async function forgetFlushed(tree: VersionTree, { changes }: FlushPlan, slicer: Slicer): Promise<void> {
  let count = 0;
  for (const [text, value] of tree.valueIndex.size === 0 ? [] : changes.values) {
    tree.valueIndex.forget(text, value);
    if (count++ % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
  }
  if (tree.pageIndex.size > 0) await visitPages(changes.pages, slicer, (id, page) => tree.pageIndex.forget(id, page));
}
