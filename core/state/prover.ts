/**
 * Makes proofs of presence and absence: of one key, of many, of all keys in an interval of paths. Their format and their
 * verifiers are core/proofs.
 *
 * The trie tells which leaves there are. Values are then checked against them before they leave: what a proof says is
 * right, or it is an error here. Nobody changes pages meanwhile (the store's turn), but versions may be discarded, so
 * every pause looks whether the version is still there.
 */
import { assert, present } from "../kernel/assert.js";
import type { Slicer } from "../ports/runtime.js";
import type { RangeLimits, RangeProof } from "../ports/state.js";
import type { Storage } from "../ports/storage.js";
import { type Bytes, bytesEqual, compareBytes, concatBytes, Hash, toHex } from "../primitives/index.js";
import { MAX_PROOF_BYTES, MAX_PROOF_KEYS, MAX_RANGE_ENTRIES } from "../proofs/limits.js";
import { PathRange, PathSet, type Span } from "../proofs/scope.js";
import { ProofKind, ProofWriter } from "../proofs/wire.js";
import { digestInto, type PathCache } from "./digest.js";
import type { Disk } from "./disk.js";
import { ProofLimitsError, ProofTooLargeError, StateDamagedError, ViewGoneError } from "./errors.js";
import { type KeyText, keyBytes, keyText } from "./key-text.js";
import { CollectingVisitor, type LeafRecord, WritingVisitor, walkTrie } from "./proof-walk.js";
import { decodeEntry, VALUE_PREFIX } from "./records.js";
import type { Version } from "./version.js";
import type { VersionTree } from "./version-tree.js";

export interface ProverDependencies {
  readonly storage: Storage;
  readonly paths: PathCache;
  readonly disk: Disk;
  readonly tree: VersionTree;
}

interface Entry {
  readonly key: Bytes;
  readonly value: Bytes;
}

const LAST_PATH = Hash.from(new Uint8Array(32).fill(255));
const LOOK_EVERY = 16;
/** Values in one call to storage: at most 4 MiB. */
const READ_TOGETHER = 64;
const VALUE_PREFIX_BYTES = Uint8Array.of(VALUE_PREFIX);
/** What borders take beside the entries: some 50 siblings and a foreign leaf, more than any state of 2^40 keys needs. */
const BORDER_BYTES = 2_048;
/** Key length, value length, and the entry's part of the shape, rounded up. */
const ENTRY_BYTES = 5;

/** A slicer whose pauses end with STATE_VIEW_GONE once the version can't be read any more. */
export function whileReadable(version: Version, slicer: Slicer): Slicer {
  return {
    due: () => slicer.due(),
    pause: async () => {
      await slicer.pause();
      if (version.gone) throw new ViewGoneError({ blockId: version.key });
    },
  };
}

function checkLimit(limit: string, found: number, most: number): void {
  if (!Number.isSafeInteger(found) || found < 1 || found > most)
    throw new ProofLimitsError({ limit, problem: `there are 1 to ${most} in a proof, not ${found}` });
}

export class Prover {
  constructor(private readonly dependencies: ProverDependencies) {}

  /** @throws STATE_DAMAGED, STATE_VIEW_GONE */
  single(version: Version, text: KeyText, slicer: Slicer): Promise<Bytes> {
    return this.#keys(ProofKind.single, version, [text], slicer);
  }

  /** @throws STATE_PROOF_LIMITS, STATE_PROOF_TOO_LARGE, STATE_DAMAGED, STATE_VIEW_GONE */
  async multi(version: Version, texts: readonly KeyText[], slicer: Slicer): Promise<Bytes> {
    checkLimit("keys", texts.length, MAX_PROOF_KEYS);
    return this.#keys(ProofKind.multi, version, texts, slicer);
  }

  async #keys(kind: ProofKind, version: Version, texts: readonly KeyText[], slicer: Slicer): Promise<Bytes> {
    const textOfPath = new Map<string, KeyText>();
    for (const text of texts) textOfPath.set(keyText(this.#pathOf(text)), text);
    const values = await this.#values(version, [...textOfPath.values()], slicer);
    const set = PathSet.of([...textOfPath.keys()].map(keyBytes));
    const writer = new ProofWriter(kind);
    const visitor = new WritingVisitor<Span>(writer, (span, { path, valueHash }) => {
      const index = set.indexOf(path, span);
      if (index < 0) return writer.foreignLeaf(path, valueHash);
      const text = present(textOfPath.get(keyText(path)), "each path of the set has its key");
      const value = values.get(text);
      if (value === undefined || !hasHash(value, valueHash)) throw damagedValue(path, "it is not the one in its leaf");
      writer.keyLeaf(index - span.first, span.end - span.first, value);
    });
    await walkTrie(this.dependencies.tree.pagesOf(version), set, visitor, slicer);
    if (writer.length > MAX_PROOF_BYTES) throw new ProofTooLargeError({ limitBytes: MAX_PROOF_BYTES });
    return writer.finish();
  }

  /** No more of them than one proof may hold, in few calls to storage. */
  async #values(version: Version, texts: readonly KeyText[], slicer: Slicer): Promise<Map<KeyText, Bytes | undefined>> {
    const { tree, disk } = this.dependencies;
    const values = new Map<KeyText, Bytes | undefined>();
    let bytes = 0;
    for (let at = 0; at < texts.length; at += READ_TOGETHER) {
      const group = texts.slice(at, at + READ_TOGETHER);
      if (group.length > 1) await disk.prefetch(tree.onDisk(version, group), slicer);
      for (const text of group) {
        const value = tree.read(version, text);
        values.set(text, value);
        bytes += value?.length ?? 0;
        if (slicer.due()) await slicer.pause();
      }
      if (bytes > MAX_PROOF_BYTES) throw new ProofTooLargeError({ limitBytes: MAX_PROOF_BYTES });
    }
    return values;
  }

  /** @throws STATE_PROOF_LIMITS, STATE_DAMAGED, STATE_VIEW_GONE */
  async range(version: Version, from: Hash, limits: RangeLimits, slicer: Slicer): Promise<RangeProof> {
    const to = limits.to ?? LAST_PATH;
    checkLimit("entries", limits.entries, MAX_RANGE_ENTRIES);
    checkLimit("bytes", limits.bytes, MAX_PROOF_BYTES);
    if (compareBytes(from, to) > 0) throw new ProofLimitsError({ limit: "to", problem: "the interval ends before it begins" });
    const wanted = new PathRange(from, to);
    const collector = new CollectingVisitor((path) => wanted.contains(path), limits.entries + 1);
    await walkTrie(this.dependencies.tree.pagesOf(version), wanted, collector, slicer);
    const { leaves } = collector;
    const entries = await this.#entries(version, wanted, leaves.slice(0, limits.entries), limits.bytes, slicer);
    for (;;) {
      const next = leaves[entries.length]?.path;
      const proof = await this.#writeRange(version, new PathRange(from, next ?? to), next, entries, slicer);
      const excess = proof.length - limits.bytes;
      if (excess <= 0 || entries.length === 1 || entries.length === 0)
        return { proof, entries: entries.length, ...(next === undefined ? {} : { next: Hash.from(next) }) };
      dropLast(entries, excess);
    }
  }

  async #writeRange(
    version: Version,
    range: PathRange,
    next: Bytes | undefined,
    entries: readonly Entry[],
    slicer: Slicer,
  ): Promise<Bytes> {
    const writer = new ProofWriter(ProofKind.range, next);
    let written = 0;
    const visitor = new WritingVisitor<number>(writer, (_place, { path, valueHash }) => {
      if (!range.contains(path) || (next !== undefined && bytesEqual(path, next))) return writer.foreignLeaf(path, valueHash);
      const { key, value } = present(entries[written++], "each leaf in the range has its entry");
      writer.entryLeaf(key, value);
    });
    await walkTrie(this.dependencies.tree.pagesOf(version), range, visitor, slicer);
    assert(written === entries.length, "each entry of the range has its leaf");
    return writer.finish();
  }

  /** Keys and values of leaves, in their order, as many as a proof of `maxBytes` may hold, one at least. */
  async #entries(version: Version, wanted: PathRange, leaves: readonly LeafRecord[], maxBytes: number, slicer: Slicer): Promise<Entry[]> {
    const entries: Entry[] = [];
    const finder = new KeyFinder(this.dependencies, version, wanted);
    let bytes = BORDER_BYTES;
    for (let at = 0; at < leaves.length; at += READ_TOGETHER) {
      const group = leaves.slice(at, at + READ_TOGETHER);
      const stored = await this.dependencies.storage.getMany(group.map(({ path }) => valueKeyOf(path)));
      for (const [i, leaf] of group.entries()) {
        if (slicer.due()) await slicer.pause();
        const entry = entryOf(leaf, stored[i]) ?? (await this.#entryOff(version, leaf, finder, slicer));
        bytes += ENTRY_BYTES + entry.key.length + entry.value.length;
        if (bytes > maxBytes && entries.length > 0) return entries;
        entries.push(entry);
      }
    }
    return entries;
  }

  /** An entry that the flat record does not hold: it lies in an overlay, or is being written. */
  async #entryOff(version: Version, leaf: LeafRecord, finder: KeyFinder, slicer: Slicer): Promise<Entry> {
    const { tree, storage } = this.dependencies;
    const text = await finder.find(leaf.path, slicer);
    if (text === undefined) {
      // What was being written may have come to disk since the record was read.
      const entry = entryOf(leaf, storage.get(valueKeyOf(leaf.path)));
      if (entry === undefined) throw damagedValue(leaf.path, "it is not the one in its leaf");
      return entry;
    }
    const value = tree.read(version, text);
    if (value === undefined || !hasHash(value, leaf.valueHash)) throw damagedValue(leaf.path, "it is not the one in its leaf");
    return { key: keyBytes(text), value };
  }

  #pathOf(text: KeyText): Bytes {
    return this.dependencies.paths.valueKeyOf(text).subarray(1);
  }
}

/** Removes entries from the end until they make up for `bytes`; the first one stays. */
function dropLast(entries: Entry[], bytes: number): void {
  let rest = bytes;
  while (rest > 0 && entries.length > 1) {
    const last = present(entries.pop(), "there is more than one");
    rest -= ENTRY_BYTES + last.key.length + last.value.length;
  }
}

function valueKeyOf(path: Bytes): Bytes {
  return concatBytes(VALUE_PREFIX_BYTES, path);
}

const scratch = new Uint8Array(32);

function hasHash(data: Bytes, hash: Bytes): boolean {
  digestInto(data, scratch, 0);
  return bytesEqual(scratch, hash);
}

function damagedValue(path: Bytes, reason: string): Error {
  return new StateDamagedError({ record: "value", key: toHex(valueKeyOf(path)), reason });
}

/** What a flat record holds, if it is what the leaf says. */
function entryOf({ path, valueHash }: LeafRecord, stored: Bytes | undefined): Entry | undefined {
  const entry = stored === undefined ? undefined : decodeEntry(stored);
  if (entry === undefined || !hasHash(entry.value, valueHash)) return undefined;
  const key = keyBytes(entry.text);
  return hasHash(key, path) ? { key, value: entry.value } : undefined;
}

/**
 * Finds keys by their paths among the layers of a version and what is being written. Asked only where the flat record is
 * not the version's, so most times never; then it goes through all those keys once.
 */
class KeyFinder {
  #known: Map<string, KeyText> | undefined;

  constructor(
    private readonly dependencies: ProverDependencies,
    private readonly version: Version,
    private readonly wanted: PathRange,
  ) {}

  async find(path: Bytes, slicer: Slicer): Promise<KeyText | undefined> {
    this.#known ??= await this.#collect(slicer);
    return this.#known.get(keyText(path));
  }

  async #collect(slicer: Slicer): Promise<Map<string, KeyText>> {
    const { tree, disk, paths } = this.dependencies;
    const known = new Map<string, KeyText>();
    let count = 0;
    for (const texts of [tree.textsAbove(this.version), disk.pendingTexts()]) {
      for (const text of texts) {
        const path = paths.valueKeyOf(text).subarray(1);
        if (this.wanted.contains(path)) known.set(keyText(path), text);
        if (++count % LOOK_EVERY === 0 && slicer.due()) await slicer.pause();
      }
    }
    return known;
  }
}
