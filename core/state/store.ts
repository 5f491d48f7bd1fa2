/**
 * The authenticated state of all blocks that can be built upon: the face of this folder.
 *
 * Execution takes a `writer` over a parent, `finish` makes an overlay of it (with its root), `adopt` names the block that
 * it belongs to. `flush` moves the disk. Everything that needs pages (roots, proofs, the plan of a flush) runs one piece
 * after the other; reads and writes of values never wait.
 */
import { assert, present } from "../kernel/assert.js";
import { messageOf } from "../kernel/errors.js";
import type { Logger, Metrics, Scheduler, Slicer } from "../ports/runtime.js";
import type { StateView, StateWriter } from "../ports/state.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import { type Bytes, bytesEqual, Hash, toHex } from "../primitives/index.js";
import { Archive, type DroppedSlice } from "./archive.js";
import type { ArchiveRecord } from "./archive-records.js";
import { PathCache } from "./digest.js";
import { Disk } from "./disk.js";
import { FlushFailedError, ProofsBusyError, RootMismatchError, UnknownBlockError, ViewGoneError } from "./errors.js";
import { type FlushPlan, forgetFlushed, installFlush, planFlush, type UndoOptions } from "./flush.js";
import { HistoricView } from "./historic-view.js";
import { keyBytes } from "./key-text.js";
import { StateMetrics } from "./metrics.js";
import { Mutex } from "./mutex.js";
import { type Overlay, OverlayWriter } from "./overlay.js";
import type { PairHasher } from "./page-hash.js";
import { Prover, whileReadable } from "./prover.js";
import type { FlushedVersion, PointerRecord } from "./records.js";
import { recoverState } from "./recovery.js";
import { layerBytes, Version } from "./version.js";
import { VersionTree } from "./version-tree.js";
import { VersionView, type ViewReader } from "./view.js";

export interface StateStoreDependencies {
  readonly storage: Storage;
  readonly compute: PairHasher;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface StateStoreOptions extends UndoOptions {
  /** Memory for trie pages of the disk's version. */
  readonly pageCacheBytes: number;
  /** Memory for values of the disk's version. Half as much again goes to paths of keys and to undo records in use. */
  readonly valueCacheBytes: number;
  /**
   * Whether differences are kept, so that the state after every block can be read. True begins with what undo records tell, false
   * ends it; by default what the storage holds goes on.
   */
  readonly archive?: boolean;
}

/** A flush that is ready to be written. */
interface PreparedFlush {
  readonly plan: FlushPlan;
  readonly operations: readonly StorageOperation[];
  readonly archived: ArchiveRecord | undefined;
}

export interface FinishOptions {
  /** Default: one of the scheduler's. */
  readonly slicer?: Slicer;
  /** `later` skips hashing: the next root over this overlay is computed over the merged changes. Default `now`. */
  readonly root?: "now" | "later";
}

/** So much of old values a proof may always merge, however small the cache was made. */
const PROOF_BYTES_MIN = 1_048_576;
/** Proofs that wait at a time: anybody may ask for them. What the node asks of itself (`RangeLimits.mayWait`) waits behind them. */
const PROOFS_WAITING_MAX = 256;

export class StateStore {
  readonly #disk: Disk;
  readonly #tree: VersionTree;
  readonly #paths: PathCache;
  readonly #metrics: StateMetrics;
  readonly #pages = new Mutex();
  readonly #flushes = new Mutex();
  readonly #prover: Prover;
  readonly #reader: ViewReader;
  readonly #archive: Archive;
  #pointer: PointerRecord | undefined;
  #pruneBelow = 0;
  #holdFrom: number | undefined;
  #failure: string | undefined;
  /** A flush is installed but not durable: reverse layers can't be read from disk yet. */
  #writing = false;

  constructor(
    private readonly dependencies: StateStoreDependencies,
    private readonly options: StateStoreOptions,
  ) {
    const { storage, compute, metrics } = dependencies;
    const paths = new PathCache(Math.floor(options.valueCacheBytes / 4), compute.hashMessagesSync);
    this.#paths = paths;
    this.#disk = new Disk({ storage, compute, paths }, options);
    this.#tree = new VersionTree({ storage, compute, paths, disk: this.#disk });
    this.#archive = new Archive({ storage, paths, disk: this.#disk, tree: this.#tree, logger: dependencies.logger }, options.archive);
    this.#prover = new Prover({ storage, paths, disk: this.#disk, tree: this.#tree });
    this.#metrics = new StateMetrics(metrics, this.#disk, this.#tree, this);
    this.#reader = {
      read: (version, text) => this.#tree.read(version, text),
      prefetch: (version, texts) => this.#disk.prefetch(this.#tree.onDisk(version, texts), this.#slicer()),
      prove: (version, text) => this.#prove(version, (slicer) => this.#prover.single(version, text, slicer)),
      proveMany: (version, texts) => this.#prove(version, (slicer) => this.#prover.multi(version, texts, slicer)),
      proveRange: (version, from, limits) =>
        this.#prove(version, (slicer) => this.#prover.range(version, from, limits, slicer), limits.mayWait),
    };
  }

  readonly #slicer = (): Slicer => this.dependencies.scheduler.slicer();

  /**
   * Reads what the last flush left and checks it: pointer, markers, history, root page. Undefined for an empty database.
   *
   * @throws STATE_DAMAGED, STATE_FORMAT_UNKNOWN, STATE_LOAD_UNFINISHED
   */
  async open(): Promise<FlushedVersion | undefined> {
    assert(this.#pointer === undefined && this.#tree.base === this.#tree.empty, "a state is opened once, before it is used");
    const recovered = await recoverState(this.dependencies.storage);
    if (recovered === undefined) return undefined;
    const { pointer, versions } = recovered;
    let below: Version | undefined;
    for (const { blockId, height, parent, root } of versions) {
      const version = new Version(blockId, height, Hash.isZero(parent) ? undefined : parent);
      version.root = root;
      this.#tree.add(version);
      if (below !== undefined) {
        below.below = true;
        below.point(version);
      }
      below = version;
    }
    this.#tree.base = present(below, "a recovered state has a version");
    this.#disk.move(pointer.root);
    this.#disk.root();
    this.#pointer = pointer;
    await this.#archive.open(pointer.lowestHeight, pointer.height, this.#slicer());
    return this.flushed;
  }

  /** Where the disk stands durably; undefined before the first flush. */
  get flushed(): FlushedVersion | undefined {
    if (this.#pointer === undefined) return undefined;
    const { blockId, height, root, sequence } = this.#pointer;
    return { blockId, height, root, sequence };
  }

  /** Lowest height from which the state after every block of the disk's branch can be read; undefined before the first flush. */
  get statesFrom(): number | undefined {
    if (this.#pointer === undefined) return undefined;
    return Math.min(this.#pointer.lowestHeight, this.#archive.from ?? Number.POSITIVE_INFINITY);
  }

  /** Lowest height of the undo horizon: what the disk can go back to. Undefined before the first flush. */
  get undoFrom(): number | undefined {
    return this.#pointer?.lowestHeight;
  }

  /** A writer over the state after `parent` (undefined: the empty state, for genesis). @throws STATE_UNKNOWN_BLOCK */
  writer(parent: Hash | undefined): OverlayWriter {
    const base = parent === undefined ? this.#tree.empty : this.#tree.require(parent);
    this.#tree.follow(base);
    return new OverlayWriter(base, this.#reader.read);
  }

  /**
   * Ends a writer and computes the root.
   *
   * @throws STATE_VIEW_GONE if its parent was discarded meanwhile, STATE_DAMAGED
   */
  async finish(writer: OverlayWriter, options: FinishOptions = {}): Promise<Overlay> {
    const { base } = writer;
    const values = writer.finish();
    const fixed = { changedKeys: values.size, base, values };
    if (options.root === "later") return { ...fixed, bytes: layerBytes(values) };
    const updated = await this.#withPages(() => this.#tree.update(base, values, options.slicer ?? this.#slicer()));
    this.#metrics.carryOver();
    const pages = { layer: updated.pages, bytes: updated.bytes, base: updated.base };
    return { ...fixed, root: updated.root, bytes: layerBytes(values) + updated.bytes, pages };
  }

  /**
   * Registers an overlay as the state after `blockId`. Without effect if that block has one already.
   *
   * @param declaredRoot what the block's header says: known before it is computed if the overlay put its root off
   * @throws STATE_UNKNOWN_BLOCK if the parent was discarded meanwhile, STATE_ROOT_MISMATCH
   */
  adopt(blockId: Hash, height: number, parent: Hash | undefined, overlay: Overlay, declaredRoot?: Hash): void {
    const { base, root, pages } = overlay;
    if (base.gone) throw new UnknownBlockError({ blockId: base.key });
    assert(parent === undefined ? base === this.#tree.empty : bytesEqual(parent, base.blockId), "an overlay is adopted over its own base");
    if (root !== undefined && declaredRoot !== undefined && !bytesEqual(root, declaredRoot))
      throw new RootMismatchError({ blockId: Hash.key(blockId), declared: toHex(declaredRoot), computed: toHex(root) });
    if (this.#tree.get(blockId) !== undefined) return;
    const version = new Version(blockId, height, parent, declaredRoot);
    version.root = root;
    version.setValues(overlay.values);
    version.point(base);
    this.#tree.add(version);
    if (pages !== undefined) this.#tree.givePages(version, pages);
  }

  /** How many blocks below the disk stay readable at least, where finality does not end that. */
  get undoBlocks(): number {
    return this.options.undoBlocks;
  }

  /** Whether the state after this block can be read. */
  has(blockId: Hash): boolean {
    return this.#tree.get(blockId) !== undefined;
  }

  /** The state after a block, if there is one. Readable, whatever the disk does, until the block is discarded or leaves the undo horizon. */
  view(blockId: Hash): StateView | undefined {
    const version = this.#tree.get(blockId);
    return version === undefined ? undefined : new VersionView(version, this.#reader);
  }

  /**
   * The state after a block below the undo horizon, from the archive; undefined where that does not reach. It answers for keys
   * that were prefetched, and makes no proofs.
   *
   * @param header of a block that the flushed one descends from
   */
  archivedView(header: { readonly id: Hash; readonly height: number; readonly root: Hash }): StateView | undefined {
    const { from } = this.#archive;
    const undoFrom = this.undoFrom ?? 0;
    if (from === undefined || header.height < from || header.height >= undoFrom) return undefined;
    return new HistoricView({ ...header, undoFrom }, (texts) =>
      this.#flushes.run(async () => {
        // What could not be written stands in front of the storage, and its differences with it.
        if (this.#failure !== undefined) throw new FlushFailedError({ reason: this.#failure });
        if (this.#archive.from === undefined) throw new ViewGoneError({ blockId: Hash.key(header.id) });
        return this.#archive.load(header.height, texts, this.#slicer());
      }),
    );
  }

  /** Whether archive mode is off, but has left something to be dropped. */
  get isDroppingArchive(): boolean {
    return this.#archive.isDropping;
  }

  /** Deletes about so many of the records that archive mode left, once it is off. Flushes wait that long. */
  dropArchive(records: number): Promise<DroppedSlice> {
    return this.#flushes.run(() => this.#archive.drop(records));
  }

  /**
   * The keys in which the states before and after a block differ; undefined where that is not in memory (a block below the
   * disk whose undo record was not read lately).
   */
  changedKeys(blockId: Hash): readonly Bytes[] | undefined {
    return this.#tree.changedTexts(blockId)?.map(keyBytes);
  }

  /** A writer over a view whose writes go nowhere. @throws STATE_UNKNOWN_BLOCK */
  scratch(view: StateView): StateWriter {
    return new OverlayWriter(this.#tree.require(view.blockId), this.#reader.read);
  }

  /** Drops the overlay of a block that is on no branch any more, with all that hang off it. Without effect at or below the disk. */
  discard(blockId: Hash): void {
    const version = this.#tree.get(blockId);
    if (version !== undefined && version !== this.#tree.base && !version.below) this.#tree.remove(version);
  }

  /**
   * Moves the disk to `blockId`, up, down or to another branch, in one atomic durable write together with `extra`.
   * Flushes run one after the other; reads stay correct at every moment.
   *
   * @throws STATE_UNKNOWN_BLOCK; STATE_FLUSH_FAILED if storage fails, after which every flush fails until a restart
   */
  flush(blockId: Hash, extra: readonly StorageOperation[] = []): Promise<void> {
    return this.#flushes.run(async () => {
      if (this.#failure !== undefined) throw new FlushFailedError({ reason: this.#failure });
      const slicer = this.#slicer();
      const prepared = await this.#withPages(() => this.#prepare(blockId, slicer));
      const operations = prepared === undefined ? extra : [...prepared.operations, ...extra];
      if (operations.length === 0) return;
      await this.#write(operations, prepared === undefined);
      if (prepared === undefined) return;
      this.#archive.settle(prepared.archived);
      await this.#settle(prepared.plan, slicer);
    });
  }

  /** Undefined: the disk stands there already. */
  async #prepare(blockId: Hash, slicer: Slicer): Promise<PreparedFlush | undefined> {
    const tree = this.#tree;
    const target = tree.require(blockId);
    if (target === tree.base) return undefined;
    const context = {
      tree,
      disk: this.#disk,
      paths: this.#paths,
      slicer,
      pointer: this.#pointer,
      undo: this.options,
      pruneBelow: this.#pruneBelow,
      holdFrom: this.#holdFrom,
    };
    const plan = await planFlush(context, target);
    const archived = await this.#archive.record(plan.steps, plan.inverses, slicer);
    // Planning pauses, and a discard does not wait.
    if (target.gone) throw new UnknownBlockError({ blockId: Hash.key(blockId) });
    installFlush(context, plan);
    this.#writing = true;
    const operations = archived === undefined ? plan.operations : [...plan.operations, ...archived.operations];
    return { plan, operations, archived: archived?.record };
  }

  async #write(operations: readonly StorageOperation[], harmless: boolean): Promise<void> {
    try {
      await this.dependencies.storage.write(operations, { durable: true });
    } catch (error) {
      const reason = messageOf(error);
      // What was planned stays in front of storage, so reads are right whether or not the write took effect.
      if (!harmless) this.#failure = reason;
      this.dependencies.logger.error({ reason, operations: operations.length }, "the state could not be flushed");
      throw new FlushFailedError({ reason }, error);
    }
  }

  async #settle(plan: FlushPlan, slicer: Slicer): Promise<void> {
    this.#pointer = plan.pointer;
    this.#writing = false;
    const { values, pages } = plan.changes;
    const { height, sequence } = plan.pointer;
    const told = { height, sequence, values: values.size, pages: pages.size, blocks: plan.steps.length };
    this.#metrics.flushes.increment();
    this.#metrics.flushedValues.increment(values.size);
    this.#metrics.flushedPages.increment(pages.size);
    await this.#disk.settle(slicer);
    await forgetFlushed(this.#tree, plan, slicer);
    await this.#withPages(async () => {
      pages.close?.();
      this.#evict();
    });
    this.#metrics.carryOver();
    this.dependencies.logger.debug(told, "flushed the state");
  }

  /** Work that reads or makes pages, one piece after the other: between two of them, memory of pages that are gone is used again. */
  #withPages<Result>(work: () => Promise<Result>, turn?: "behind"): Promise<Result> {
    return this.#pages.run(() => {
      this.#tree.closeDropped();
      this.#disk.reclaimSlabs();
      return work();
    }, turn);
  }

  /** Only while nothing reads pages: it takes derived ones, too. */
  #evict(): void {
    if (!this.#writing) this.#tree.evict(Math.floor(this.options.valueCacheBytes / 4));
  }

  /** Undo below this height is not needed any more (finalized). The next flush deletes it; its views end then. */
  pruneUndo(belowHeight: number): void {
    this.#pruneBelow = Math.max(this.#pruneBelow, belowHeight);
  }

  /** Keeps undo from this height on, whatever `pruneUndo` says, within `undoBlocks`: a state there is being copied. Undefined: no more. */
  holdUndo(fromHeight: number | undefined): void {
    this.#holdFrom = fromHeight;
  }

  /** Memory of all overlays that are not on disk. */
  get unflushedBytes(): number {
    return this.#tree.unflushed().reduce((bytes, version) => bytes + version.valueBytes + version.pageBytes, 0);
  }

  /** How many blocks, on all branches, have overlays that are not on disk. */
  get unflushedBlocks(): number {
    return this.#tree.unflushed().length;
  }

  /** Proofs read pages, so they wait for their turn, behind roots and flushes. Their pauses notice when the version goes. */
  async #prove<Proof>(version: Version, work: (slicer: Slicer) => Promise<Proof>, mayWait = false): Promise<Proof> {
    if (!mayWait && this.#pages.waitingBehind >= PROOFS_WAITING_MAX) throw new ProofsBusyError({ waiting: PROOFS_WAITING_MAX });
    return this.#withPages(async () => {
      const slicer = whileReadable(version, this.#slicer());
      try {
        await this.#tree.requireNear(version, Math.max(this.options.valueCacheBytes, PROOF_BYTES_MIN), slicer);
        await this.#tree.complete(version, slicer);
        const proof = await work(slicer);
        if (version.gone) throw new ViewGoneError({ blockId: version.key });
        return proof;
      } catch (error) {
        // Discarded meanwhile: what was found then is damaged only by that.
        throw version.gone ? new ViewGoneError({ blockId: version.key }, error) : error;
      } finally {
        if (version.below) this.#evict();
      }
    }, "behind");
  }
}
