/**
 * The snapshots of a running node: made at heights of a grid once these are final, kept up to a number, handed to peers from their files.
 *
 * The state after the next height of the grid is held readable (`holdUndo`) until its snapshot is made. If it is gone all the same, that
 * height is skipped and the next one is taken. While the node syncs, none is made: the grid would be passed faster than it can be copied.
 */
import { ChainwrightError, messageOf } from "../kernel/errors.js";
import type { TreeHeader } from "../ports/consensus.js";
import type { Clock, Logger, Metrics, Scheduler } from "../ports/runtime.js";
import type { StateView } from "../ports/state.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import { SnapshotBusyError, SnapshotViewGoneError } from "./errors.js";
import { type diskSpace, listSnapshots, readChunk, readManifest, removeSnapshot, removeUnfinished, type StoredSnapshot } from "./folder.js";
import { makeSnapshot, type SnapshotProgress } from "./maker.js";
import { chunkBytes } from "./manifest.js";
import { type SnapshotMetrics, snapshotMetrics } from "./metrics.js";

/** What the keeper asks of the chain. */
export interface SnapshotChain {
  readonly chainId: string;
  readonly genesisId: Hash;
  readonly ancestryDepth: number;
  readonly finalized: TreeHeader;
  header(id: Hash): TreeHeader | undefined;
  idAt(height: number): Hash | undefined;
  /** The state after a block, while it is kept. */
  view(id: Hash): StateView | undefined;
  /** Keeps the states from this height on readable, as far as the undo horizon goes; undefined: no more. */
  holdUndo(height: number | undefined): void;
  /** The chain is where its network is. */
  readonly isSynced: boolean;
  /** Calls back when blocks were applied or finalized; answers the function that ends it. */
  onMoved(listener: () => void): () => void;
}

export interface SnapshotKeeperDependencies {
  readonly chain: SnapshotChain;
  /** Folder of all snapshots. */
  readonly root: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Default: what the file system says. */
  readonly spaceOf?: typeof diskSpace;
}

export interface SnapshotKeeperOptions {
  /** Heights of the grid are multiples of it; 0: none are made but on request. */
  readonly everyBlocks: number;
  /** How many stay; the oldest go when a new one is there. */
  readonly keep: number;
  /** Pause after each chunk in percent of the time that it took. */
  readonly restPercent: number;
}

/** Between two lines of the log while one is made. */
const PROGRESS_EVERY_MS = 10_000;
/** Peers that took the manifest from a snapshot get its chunks for so long after a newer one pushed it out. */
const GRACE_MS = 10 * 60_000;

export class SnapshotKeeper {
  readonly #dependencies: SnapshotKeeperDependencies;
  readonly #options: SnapshotKeeperOptions;
  readonly #metrics: SnapshotMetrics;
  #snapshots: readonly StoredSnapshot[] = [];
  /** Height of the grid whose snapshot comes next. */
  #next = 0;
  #making: { readonly height: number; readonly done: Promise<unknown> } | undefined;
  readonly #lastServedMs = new Map<string, number>();
  readonly #abort = new AbortController();
  #endMoved: (() => void) | undefined;

  constructor(dependencies: SnapshotKeeperDependencies, options: SnapshotKeeperOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
    this.#metrics = snapshotMetrics(dependencies.metrics);
  }

  /** After the chain. Deletes what a kill left half made. @throws SNAPSHOT_IO */
  async start(): Promise<void> {
    const { chain, root, logger } = this.#dependencies;
    await removeUnfinished(root);
    const { snapshots, faults } = await listSnapshots(root);
    for (const fault of faults) logger.warn({ reason: messageOf(fault) }, "a snapshot is damaged and is not used");
    this.#take(snapshots);
    if (this.#options.everyBlocks === 0) return;
    this.#next = this.#gridAbove(Math.max(chain.finalized.header.height - 1, snapshots[0]?.height ?? 0));
    chain.holdUndo(this.#next);
    this.#endMoved = chain.onMoved(() => this.#onMoved());
    this.#onMoved();
  }

  /** Gives up what is being made. */
  async stop(): Promise<void> {
    this.#endMoved?.();
    this.#abort.abort(new Error("the node stops"));
    await this.#making?.done.catch(() => undefined);
  }

  /** Newest first. */
  get snapshots(): readonly StoredSnapshot[] {
    return this.#snapshots;
  }

  /**
   * Makes a snapshot now.
   *
   * @param height of a canonical block whose state is kept; default: the finalized block's
   * @throws SNAPSHOT_BUSY, SNAPSHOT_VIEW_GONE, SNAPSHOT_NO_SPACE, SNAPSHOT_IO, STATE_DAMAGED
   */
  make(height: number = this.#dependencies.chain.finalized.header.height): Promise<StoredSnapshot> {
    if (this.#making !== undefined) return Promise.reject(new SnapshotBusyError({ height: this.#making.height }));
    const done = this.#make(height).finally(() => {
      this.#making = undefined;
    });
    this.#making = { height, done };
    return done;
  }

  // --- for peers ---------------------------------------------------------------------------------------------------

  /** The encoded manifest; undefined if there is no such snapshot (any more). */
  async manifest(manifestHash: Hash): Promise<Bytes | undefined> {
    return this.#serve(manifestHash, readManifest);
  }

  /** A chunk's bytes; undefined if there is no such snapshot (any more), or no such chunk in it. */
  async chunk(manifestHash: Hash, index: number): Promise<Bytes | undefined> {
    return this.#serve(manifestHash, async (snapshot) =>
      index < snapshot.manifest.chunks.length ? readChunk(snapshot, index) : undefined,
    );
  }

  async #serve<Part>(manifestHash: Hash, read: (snapshot: StoredSnapshot) => Promise<Part>): Promise<Part | undefined> {
    const key = Hash.key(manifestHash);
    const snapshot = this.#snapshots.find((each) => Hash.key(each.manifestHash) === key);
    if (snapshot === undefined) return undefined;
    this.#lastServedMs.set(key, this.#dependencies.clock.monotonicMs());
    try {
      return await read(snapshot);
    } catch (error) {
      // Whoever asked gets it elsewhere; this one is not offered any more.
      this.#dependencies.logger.error({ reason: messageOf(error) }, "a snapshot is damaged and is not used");
      this.#take(this.#snapshots.filter((each) => each !== snapshot));
      return undefined;
    }
  }

  // --- making ------------------------------------------------------------------------------------------------------

  #gridAbove(height: number): number {
    const { everyBlocks } = this.#options;
    return (Math.floor(height / everyBlocks) + 1) * everyBlocks;
  }

  #onMoved(): void {
    const { chain } = this.#dependencies;
    const finalized = chain.finalized.header.height;
    if (this.#making !== undefined || this.#abort.signal.aborted || finalized < this.#next) return;
    // The highest that is final: those below it were passed while nobody could make them.
    const height = this.#gridAbove(finalized) - this.#options.everyBlocks;
    if (!chain.isSynced) {
      this.#goOnFrom(height);
      return;
    }
    this.make(height)
      .catch((error: unknown) => this.#onFailed(error))
      .finally(() => {
        this.#goOnFrom(height);
        this.#onMoved();
      });
  }

  #goOnFrom(height: number): void {
    this.#next = height + this.#options.everyBlocks;
    this.#dependencies.chain.holdUndo(this.#next);
  }

  #onFailed(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    const code = ChainwrightError.is(error) ? error.code : "UNKNOWN";
    this.#metrics.failed.increment(1, { code });
    this.#dependencies.logger.warn({ code, reason: messageOf(error) }, "a snapshot could not be made; the next height is tried");
  }

  async #make(height: number): Promise<StoredSnapshot> {
    const { chain, root, clock, scheduler, logger, spaceOf } = this.#dependencies;
    const id = chain.idAt(height);
    const header = id === undefined ? undefined : chain.header(id);
    const view = id === undefined ? undefined : chain.view(id);
    if (header === undefined || view === undefined || height < 1)
      throw new SnapshotViewGoneError({ height, id: id === undefined ? "(none)" : Hash.key(id) });
    const beganMs = clock.monotonicMs();
    let toldMs = beganMs;
    logger.info({ height, block: Hash.key(header.id) }, "making a snapshot");
    const snapshot = await makeSnapshot(
      { clock, scheduler },
      { chainId: chain.chainId, genesisId: chain.genesisId, header, ancestors: this.#ancestors(header), view },
      {
        root,
        // States grow slowly: the one before is the best guess.
        expectedBytes: this.#snapshots[0]?.manifest.chunks.chunkBytes ?? 0,
        ...(spaceOf === undefined ? {} : { spaceOf }),
        restPercent: this.#options.restPercent,
        signal: this.#abort.signal,
        onProgress: (progress) => {
          this.#metrics.makingShare.set(progress.share);
          if (clock.monotonicMs() - toldMs < PROGRESS_EVERY_MS) return;
          toldMs = clock.monotonicMs();
          logger.info(worded(height, progress), "making a snapshot");
        },
      },
    );
    const seconds = (clock.monotonicMs() - beganMs) / 1_000;
    const bytes = chunkBytes(snapshot.manifest);
    this.#metrics.made.increment();
    this.#metrics.madeBytes.increment(bytes);
    this.#metrics.seconds.set(seconds);
    const { entries, chunks } = snapshot.manifest;
    logger.info(
      { height, block: Hash.key(header.id), entries, chunks: chunks.length, bytes, seconds: Math.round(seconds * 10) / 10 },
      "made a snapshot",
    );
    this.#take([snapshot, ...this.#snapshots.filter(({ folder }) => folder !== snapshot.folder)].sort((a, b) => b.height - a.height));
    await this.#tidy(snapshot);
    return snapshot;
  }

  /** As many headers as the engine may look at. @throws SNAPSHOT_VIEW_GONE where one is not kept */
  #ancestors(header: TreeHeader): TreeHeader[] {
    const { chain } = this.#dependencies;
    const ancestors: TreeHeader[] = [];
    for (let at = header; ancestors.length < chain.ancestryDepth && at.header.height > 1; ) {
      const below = chain.header(at.header.parent);
      if (below === undefined) throw new SnapshotViewGoneError({ height: at.header.height - 1, id: Hash.key(at.header.parent) });
      ancestors.push(below);
      at = below;
    }
    return ancestors;
  }

  #take(snapshots: readonly StoredSnapshot[]): void {
    this.#snapshots = snapshots;
    this.#metrics.kept.set(snapshots.length);
    this.#metrics.newestHeight.set(snapshots[0]?.height ?? 0);
  }

  /**
   * Deletes the oldest beyond `keep`, but not what somebody is downloading, unless there are twice as many; and not the one that was just
   * made, which may be of a lower height than the others, because that was asked for: it goes when the next is there.
   */
  async #tidy(made: StoredSnapshot): Promise<void> {
    const { clock, logger } = this.#dependencies;
    const { keep } = this.#options;
    for (const [index, snapshot] of this.#snapshots.entries()) {
      const servedMs = this.#lastServedMs.get(Hash.key(snapshot.manifestHash));
      const isServed = servedMs !== undefined && clock.monotonicMs() - servedMs < GRACE_MS;
      if (snapshot === made || index < keep || (isServed && index < 2 * keep)) continue;
      this.#take(this.#snapshots.filter((each) => each !== snapshot));
      this.#lastServedMs.delete(Hash.key(snapshot.manifestHash));
      try {
        await removeSnapshot(snapshot.folder);
      } catch (error) {
        logger.warn({ reason: messageOf(error) }, "an old snapshot could not be deleted");
      }
    }
  }
}

function worded(height: number, { chunks, entries, bytes, share }: SnapshotProgress) {
  return { height, percent: Math.floor(share * 100), chunks, entries, bytes };
}
