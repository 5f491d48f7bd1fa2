/**
 * A version of the state: what it is after one block.
 *
 * One version lies on disk. Every other one points `toward` it and holds a layer: the values that differ from the next
 * version on that way. A block above the disk points to its parent, its layer is its overlay; a block below the disk
 * points to its child, its layer is the child's undo record, a reverse overlay. When the disk moves to a neighbour, the
 * edge between them turns around and nothing else changes (as in Baker's rerooting of persistent arrays), so views
 * survive flushes, reverts and changes of branch by themselves.
 */
import { assert } from "../kernel/assert.js";
import { type Bytes, Hash } from "../primitives/index.js";
import type { KeyText } from "./key-text.js";
import type { PageLayer } from "./page-table.js";

/** Values of a version where they differ from the next one toward the disk; null: there is none. */
export type ValueLayer = ReadonlyMap<KeyText, Bytes | null>;

/** Memory of an entry of a value layer, and of its twin in the index of the tip, beside key and value. */
const ENTRY_BYTES = 160;

/** A layer as two columns: going through those makes nothing, where a map makes an object of each entry, and can be paused anywhere. */
export interface ValueColumns {
  readonly texts: readonly KeyText[];
  readonly values: readonly (Bytes | null)[];
}

export function columnsOf(layer: ValueLayer): ValueColumns {
  const texts = new Array<KeyText>(layer.size);
  const values = new Array<Bytes | null>(layer.size);
  let count = 0;
  layer.forEach((value, text) => {
    texts[count] = text;
    values[count++] = value;
  });
  return { texts, values };
}

export class Version {
  /** Next version on the way to the disk. Undefined: this one is on disk, or it is the empty state. */
  toward: Version | undefined;
  /** Undefined on disk, and for a reverse layer that is not in memory. */
  values: ValueLayer | undefined;
  valueBytes = 0;
  /** Pages that differ from those of `pagesBase`, a version further toward the disk. Undefined: not computed. */
  pages: PageLayer | undefined;
  pagesBase: Version | undefined;
  pageBytes = 0;
  /** As computed, or as read from the disk's own history. */
  root: Hash | undefined;
  /** Its layer is an undo record: it lies below the disk. */
  below = false;
  /** Discarded, or beyond the undo horizon: it can't be read any more. */
  gone = false;
  /** Versions whose `toward` this is. */
  readonly dependents = new Set<Version>();

  constructor(
    readonly blockId: Hash,
    readonly height: number,
    /** The parent block; undefined for genesis. */
    readonly parent: Hash | undefined,
    /** What its block declares, if it is known to. */
    readonly declaredRoot?: Hash,
  ) {}

  get key(): string {
    return Hash.key(this.blockId);
  }

  /** Points at the next version toward the disk, or at none. */
  point(toward: Version | undefined): void {
    assert(toward !== this, "no version leads to itself");
    this.toward?.dependents.delete(this);
    this.toward = toward;
    toward?.dependents.add(this);
  }

  /** @param bytes memory of the layer, where it was counted before */
  setValues(values: ValueLayer | undefined, bytes?: number): void {
    this.values = values;
    this.valueBytes = values === undefined ? 0 : (bytes ?? layerBytes(values));
  }

  setPages(pages: PageLayer, bytes: number, base: Version): void {
    this.pages = pages;
    this.pageBytes = bytes;
    this.pagesBase = base;
  }

  /** @returns them: whoever has no more use for them closes them */
  takePages(): PageLayer | undefined {
    const { pages } = this;
    this.pages = undefined;
    this.pageBytes = 0;
    this.pagesBase = undefined;
    return pages;
  }

  isChildOf(other: Version): boolean {
    return this.parent !== undefined && Hash.key(this.parent) === other.key;
  }
}

export function layerBytes(values: ValueLayer): number {
  let bytes = 0;
  values.forEach((value, text) => {
    bytes += ENTRY_BYTES + text.length + (value === null ? 0 : value.length);
  });
  return bytes;
}
