/**
 * Reads the whole state again: every page from the root of the header down, every value against its leaf, and the other way round,
 * whether there is anything that no page knows of. Both come in the order of paths, so one pass over each is enough, whatever the size.
 */
import type { Compute } from "../ports/compute.js";
import type { Storage } from "../ports/storage.js";
import { type Bytes, bytesEqual, compareBytes, Hash, toHex } from "../primitives/index.js";
import { ARCHIVE_KEY, DIFFERENCES, decodeArchive, decodeDifference } from "../state/archive-records.js";
import { digestInto, PathCache } from "../state/digest.js";
import { Disk } from "../state/disk.js";
import { keyBytes } from "../state/key-text.js";
import { childPage, leafOffset, PAGE_SLOTS, type Page, type PageId, ROOT_PAGE, slabBytes, slotOffset } from "../state/page.js";
import { decodeEntry, decodeUndo, numberedKey, PAGE_PREFIX, UNDO_PREFIX, VALUE_PREFIX } from "../state/records.js";
import type { RecoveredState } from "../state/recovery.js";
import { type Findings, Mend } from "./findings.js";
import { mayStop, type Work } from "./work.js";

export interface StateSubject {
  readonly storage: Storage;
  readonly compute: Pick<Compute, "hashPairs" | "hashPairsSync">;
  readonly state: RecoveredState;
  /** Block at a height of the branch that the state is on, with the state root that its header declares. */
  readonly declared: (height: number) => DeclaredState | undefined;
}

export interface DeclaredState {
  readonly id: Hash;
  readonly stateRoot: Hash;
}

export interface StateCounts {
  readonly entries: number;
  readonly pages: number;
  readonly undoBlocks: number;
  readonly differences: number;
}

interface Leaf {
  readonly path: Bytes;
  readonly valueHash: Bytes;
}

/** @throws DATABASE_INTERRUPTED; what storage throws */
export async function verifyState(subject: StateSubject, findings: Findings, work: Work): Promise<StateCounts> {
  const { pointer } = subject.state;
  const declared = subject.declared(pointer.height);
  if (declared === undefined || !bytesEqual(declared.id, pointer.blockId))
    findings.add(`state at height ${pointer.height}`, "its block is neither canonical nor on a branch of this chain", Mend.state);
  else if (!bytesEqual(declared.stateRoot, pointer.root))
    findings.add(`state at height ${pointer.height}`, "its root is not the one in the header", Mend.state);
  const walked = await verifyEntries(subject, findings, work);
  const undoBlocks = await verifyHistory(subject, findings, work);
  return { ...walked, undoBlocks, differences: await verifyArchive(subject, findings, work) };
}

async function verifyEntries(
  { storage, compute, state }: StateSubject,
  findings: Findings,
  work: Work,
): Promise<{ readonly entries: number; readonly pages: number }> {
  const walk = new PageWalk(storage, compute, state.pointer.root, findings);
  const leaves = walk.leaves();
  let leaf = leaves.next();
  let entries = 0;
  const digest = new Uint8Array(32);
  const lost = (path: Bytes) => findings.add(`value ${toHex(path)}`, "it is missing", Mend.state);
  work.progress.stage({ title: "state", unit: "entries", total: undefined });
  for await (const [key, stored] of storage.range({ gte: Uint8Array.of(VALUE_PREFIX), lt: Uint8Array.of(VALUE_PREFIX + 1) })) {
    if (++entries % 256 === 0) {
      mayStop(work, "the check", "anew");
      work.progress.done(256);
    }
    const path = key.subarray(1);
    for (; leaf.done !== true && compareBytes(leaf.value.path, path) < 0; leaf = leaves.next()) lost(leaf.value.path);
    const name = `value ${toHex(path)}`;
    if (leaf.done === true || !bytesEqual(leaf.value.path, path)) {
      // Below a page that can't be read nothing is known.
      if (!walk.isUnknown(path)) findings.add(name, "no page knows of it", Mend.state);
      continue;
    }
    const entry = decodeEntry(stored);
    if (entry === undefined) findings.add(name, "it holds no key and value", Mend.state);
    else {
      digestInto(keyBytes(entry.text), digest, 0);
      if (!bytesEqual(digest, path)) findings.add(name, "it holds another key", Mend.state);
      digestInto(entry.value, digest, 0);
      if (!bytesEqual(digest, leaf.value.valueHash)) findings.add(name, "it is not what its leaf says", Mend.state);
    }
    leaf = leaves.next();
  }
  for (; leaf.done !== true; leaf = leaves.next()) lost(leaf.value.path);
  let stored = 0;
  work.progress.stage({ title: "pages", unit: "records", total: walk.pages });
  for await (const _ of storage.range({ gte: Uint8Array.of(PAGE_PREFIX), lt: Uint8Array.of(PAGE_PREFIX + 1) })) {
    if (++stored % 1_024 === 0) {
      mayStop(work, "the check", "anew");
      work.progress.done(1_024);
    }
  }
  if (stored !== walk.pages && !walk.hasUnknown)
    findings.add("pages of the state", `${stored} are stored, ${walk.pages} belong to it`, Mend.pages);
  return { entries, pages: walk.pages };
}

/** All pages below a root, depth first; each is checked against the hash in its parent. */
class PageWalk {
  readonly #disk: Disk;
  readonly #root: Hash;
  readonly #findings: Findings;
  /** Path prefixes, as hex digits, below which pages could not be read. */
  readonly #unknown: string[] = [];
  pages = 0;

  constructor(storage: Storage, compute: Pick<Compute, "hashPairs" | "hashPairsSync">, root: Hash, findings: Findings) {
    this.#disk = new Disk({ storage, compute, paths: new PathCache(1 << 20) }, { pageCacheBytes: 1 << 20, valueCacheBytes: 1 << 20 });
    this.#disk.move(root);
    this.#root = root;
    this.#findings = findings;
  }

  get hasUnknown(): boolean {
    return this.#unknown.length > 0;
  }

  isUnknown(path: Bytes): boolean {
    if (this.#unknown.length === 0) return false;
    const digits = toHex(path);
    return this.#unknown.some((prefix) => digits.startsWith(prefix));
  }

  /** Leaves by path. */
  *leaves(): Generator<Leaf, void, void> {
    if (Hash.isZero(this.#root)) return;
    yield* this.#below(ROOT_PAGE, "", () => this.#disk.root());
  }

  *#below(id: PageId, prefix: string, read: () => Page | undefined): Generator<Leaf, void, void> {
    const page = this.#findings.check(`page ${prefix === "" ? "(root)" : prefix} of the state`, Mend.pages, read);
    if (page === undefined) {
      this.#unknown.push(prefix);
      return;
    }
    this.pages++;
    // A copy: the cache may use the memory of the page for others meanwhile.
    const { leafMask, innerMask } = page;
    const bytes = slabBytes(page.words);
    const slots: (Leaf | Uint32Array | undefined)[] = [];
    for (let slot = 0; slot < PAGE_SLOTS; slot++) {
      if ((leafMask >>> slot) % 2 === 1) {
        const at = leafOffset(page, slot) * 4;
        slots.push({ path: bytes.slice(at, at + 32), valueHash: bytes.slice(at + 32, at + 64) });
      } else if ((innerMask >>> slot) % 2 === 1) {
        const at = slotOffset(page, slot);
        slots.push(page.words.slice(at, at + 8));
      } else slots.push(undefined);
    }
    for (const [slot, found] of slots.entries()) {
      if (found === undefined) continue;
      if (!(found instanceof Uint32Array)) yield found;
      else {
        const child = childPage(id, slot);
        yield* this.#below(child, `${prefix}${slot.toString(16)}`, () => this.#disk.page(child, found, 0));
      }
    }
  }
}

/** Undo records within the horizon, and that their blocks are those of the state's branch. */
async function verifyHistory({ storage, state, declared: declaredAt }: StateSubject, findings: Findings, work: Work): Promise<number> {
  work.progress.stage({ title: "undo", unit: "blocks", total: state.versions.length });
  for (const [index, { height, blockId, root }] of state.versions.entries()) {
    if (index % 32 === 0) {
      mayStop(work, "the check", "anew");
      // Lets a signal in.
      await null;
    }
    work.progress.done(1);
    const declared = declaredAt(height);
    if (declared !== undefined && (!bytesEqual(declared.id, blockId) || !bytesEqual(declared.stateRoot, root)))
      findings.add(`version of the state at height ${height}`, "it is not that of a block on the way to the state's", Mend.state);
    if (index > 0)
      findings.check(`undo record of height ${height}`, Mend.state, () =>
        decodeUndo(height, blockId, storage.get(numberedKey(UNDO_PREFIX, height))),
      );
  }
  return Math.max(0, state.versions.length - 1);
}

async function verifyArchive({ storage }: StateSubject, findings: Findings, work: Work): Promise<number> {
  const archive = storage.get(ARCHIVE_KEY);
  if (archive !== undefined) findings.check("note of the archive", Mend.state, () => decodeArchive(archive));
  let differences = 0;
  work.progress.stage({ title: "archive", unit: "records", total: undefined });
  for await (const [key, stored] of storage.range(DIFFERENCES)) {
    if (++differences % 256 === 0) {
      mayStop(work, "the check", "anew");
      work.progress.done(256);
    }
    findings.check(`difference ${toHex(key)}`, Mend.state, () => decodeDifference(key, stored));
  }
  return differences;
}
