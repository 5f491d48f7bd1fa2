/**
 * Walks the pages of a version down to what a proof has to show.
 *
 * The prover's half of core/proofs: the same scopes decide which nodes are opened, and a visitor writes the proof, or only
 * notes the leaves. The walk keeps its own stack and looks at the slicer, so that it pauses wherever it is; the result does
 * not depend on pauses.
 */
import type { Slicer } from "../ports/runtime.js";
import type { Bytes } from "../primitives/index.js";
import type { Scope } from "../proofs/scope.js";
import type { ProofWriter } from "../proofs/wire.js";
import {
  childPage,
  hashBytes,
  isInner,
  leafOffset,
  leafSlotAt,
  nodeOffset,
  PAGE_SLOTS,
  type Page,
  type PageId,
  ROOT_PAGE,
  slotOffset,
} from "./page.js";
import type { PageSource } from "./trie-update.js";

/** A leaf record: copies of its two halves. */
export interface LeafRecord {
  readonly path: Bytes;
  readonly valueHash: Bytes;
}

/** What becomes of the nodes, in the order of a proof. */
export interface TrieVisitor<Place> {
  inner(): void;
  empty(): void;
  /** An opened leaf. True ends the walk. */
  leaf(place: Place, leaf: LeafRecord): boolean;
  /** A node that is not opened; −1: an empty one. */
  sibling(page: Page, at: number): void;
}

interface Step<Place> {
  readonly page: Page;
  readonly id: PageId;
  readonly position: number;
  readonly depth: number;
  /** Undefined: a sibling. */
  readonly place: Place | undefined;
}

const STEPS_PER_LOOK = 4;

export async function walkTrie<Place>(source: PageSource, scope: Scope<Place>, visitor: TrieVisitor<Place>, slicer: Slicer): Promise<void> {
  const root = source.root();
  if (root === undefined) {
    visitor.empty();
    return;
  }
  const stack: Step<Place>[] = [{ page: root, id: ROOT_PAGE, position: 1, depth: 0, place: scope.top }];
  let steps = 0;
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    if (visit(source, scope, visitor, step, stack)) return;
    if (++steps % STEPS_PER_LOOK === 0 && slicer.due()) await slicer.pause();
  }
}

/** Visits one node and notes its children. True: the visitor has enough. */
function visit<Place>(
  source: PageSource,
  scope: Scope<Place>,
  visitor: TrieVisitor<Place>,
  { page, id, position, depth, place }: Step<Place>,
  stack: Step<Place>[],
): boolean {
  if (place === undefined) {
    visitor.sibling(page, nodeOffset(page, position));
    return false;
  }
  if (!isInner(page, position)) {
    const slot = leafSlotAt(page, position);
    if (slot >= 0) return visitor.leaf(place, leafAt(page, slot));
    visitor.empty();
    return false;
  }
  visitor.inner();
  const slot = position - PAGE_SLOTS;
  const below = slot < 0 ? { page, id, position } : childOf(source, page, id, slot);
  for (const bit of [1, 0] as const) {
    // The left child is on top of the stack: it comes first.
    const child = scope.child(place, depth, bit);
    stack.push({ page: below.page, id: below.id, position: below.position * 2 + bit, depth: depth + 1, place: child });
  }
  return false;
}

function childOf(source: PageSource, page: Page, id: PageId, slot: number): { page: Page; id: PageId; position: number } {
  const child = childPage(id, slot);
  return { page: source.page(child, page.words, slotOffset(page, slot)), id: child, position: 1 };
}

function leafAt(page: Page, slot: number): LeafRecord {
  const at = leafOffset(page, slot);
  return { path: hashBytes(page.words, at), valueHash: hashBytes(page.words, at + 8) };
}

/** Writes a proof; what becomes of a leaf is the caller's to say. */
export class WritingVisitor<Place> implements TrieVisitor<Place> {
  constructor(
    readonly writer: ProofWriter,
    private readonly write: (place: Place, leaf: LeafRecord) => void,
  ) {}

  inner(): void {
    this.writer.inner();
  }

  empty(): void {
    this.writer.empty();
  }

  leaf(place: Place, leaf: LeafRecord): boolean {
    this.write(place, leaf);
    return false;
  }

  sibling(page: Page, at: number): void {
    this.writer.sibling(at < 0 ? undefined : hashBytes(page.words, at));
  }
}

/** Notes the leaves of an interval, the lowest first, up to a number of them. */
export class CollectingVisitor implements TrieVisitor<number> {
  readonly leaves: LeafRecord[] = [];

  constructor(
    private readonly contains: (path: Bytes) => boolean,
    private readonly most: number,
  ) {}

  inner(): void {}
  empty(): void {}
  sibling(): void {}

  leaf(_place: number, leaf: LeafRecord): boolean {
    if (this.contains(leaf.path)) this.leaves.push(leaf);
    return this.leaves.length === this.most;
  }
}
