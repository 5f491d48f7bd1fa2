/**
 * The node's side of checkpoints and snapshots: decides at a start whether the state is to be loaded first, shows the chain at genesis until
 * it is, makes the switch, and runs the keeper of the node's own snapshots.
 *
 * While the state is loaded, two state stores are there: a small one in memory that holds genesis, which everybody sees, and the real one,
 * not opened yet, whose part of the storage is being written. Whoever asks for `state` gets the one that holds.
 */
import { BlockStore, type Chain, forgetHeaders, headersAbove, startOperations } from "../chain/index.js";
import { CheckpointNotOnChainError, type CheckpointStart, clearLadder, isLadderOf, type SnapshotShelf } from "../network/index.js";
import type { ChainSpec } from "../ports/chain-spec.js";
import type { Compute } from "../ports/compute.js";
import type { Clock, Logger, Metrics, Scheduler } from "../ports/runtime.js";
import type { Storage } from "../ports/storage.js";
import { Hash } from "../primitives/hash.js";
import {
  chunkBytes,
  discardLoad,
  forgetEnded,
  hasLeftovers,
  LoadUnderWayError,
  SnapshotKeeper,
  SnapshotReceiver,
  type StoredSnapshot,
} from "../snapshots/index.js";
import { StateStore } from "../state/index.js";
import { NodeStateError } from "./errors.js";
import type { SnapshotsConfig, SyncPlan } from "./sync-config.js";

export interface NodeSnapshotsDependencies {
  readonly spec: ChainSpec;
  readonly storage: Storage;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The real one. */
  readonly state: StateStore;
  readonly plan: SyncPlan;
  readonly config: SnapshotsConfig;
  /** Folder of the node's snapshots. */
  /** Undefined: there are no files, and so no snapshots of its own. */
  readonly root: string | undefined;
  readonly ancestryDepth: number;
  readonly judgesHeaders: boolean;
  readonly chain: () => Chain;
  readonly isSynced: () => boolean;
  /** The chain began with a loaded state: whoever follows its head has to look anew. */
  readonly onLoaded: () => Promise<void>;
  /** Set for tools, which have no peers: what a state sync loaded so far is left alone, and there is no chain to work on. */
  readonly tool: () => { readonly path: string } | undefined;
  readonly onFatal: (error: unknown) => void;
}

/** Genesis in memory, and nothing else. */
const PREVIEW_OPTIONS = { pageCacheBytes: 1 << 20, valueCacheBytes: 1 << 20, undoBlocks: 1 };
const NO_METRICS: Metrics = {
  counter: () => ({ increment: () => undefined }),
  gauge: () => ({ set: () => undefined }),
  histogram: () => ({ observe: () => undefined }),
};

export class NodeSnapshots {
  readonly #dependencies: NodeSnapshotsDependencies;
  readonly #keeper: SnapshotKeeper;
  #preview: StateStore | undefined;
  #receiver: SnapshotReceiver | undefined;

  constructor(dependencies: NodeSnapshotsDependencies) {
    this.#dependencies = dependencies;
    const { clock, scheduler, logger, metrics, root, config } = dependencies;
    this.#keeper = new SnapshotKeeper(
      { clock, scheduler, metrics, root: root ?? "", logger: logger.child({ component: "snapshots" }), chain: this.#snapshotChain() },
      config,
    );
  }

  /** The state that the chain stands on. */
  get state(): StateStore {
    return this.#preview ?? this.#dependencies.state;
  }

  /** The state is being loaded: the chain shows genesis and takes no blocks. */
  get isLoading(): boolean {
    return this.#preview !== undefined;
  }

  /** For peers. */
  get shelf(): SnapshotShelf {
    const keeper = this.#keeper;
    return {
      offers: () =>
        keeper.snapshots.map(({ manifest, manifestHash, manifestBytes, height, id }) => ({
          manifestHash,
          id,
          height,
          manifestBytes,
          chunks: manifest.chunks.length,
          chunkBytes: chunkBytes(manifest),
        })),
      manifest: (manifestHash) => keeper.manifest(manifestHash),
      chunk: (manifestHash, index) => keeper.chunk(manifestHash, index),
    };
  }

  /** For the network; undefined without a checkpoint. */
  get checkpointStart(): CheckpointStart | undefined {
    const { plan, chain, judgesHeaders, onFatal } = this.#dependencies;
    if (plan.checkpoint === undefined) return undefined;
    const receiver = () => this.#receiver;
    return {
      checkpoint: plan.checkpoint,
      mode: plan.mode,
      chain: {
        judgesHeaders,
        get genesis() {
          return chain().genesis;
        },
        weigh: (record, parentWeight) => chain().weigh(record, parentWeight),
        trust: (headers) => chain().trust(headers),
        checkHeadersOver: (over, records) => chain().checkHeadersOver(over, records),
        storeHeaders: (headers) => chain().storeHeaders(headers),
      },
      get receiver() {
        return receiver();
      },
      onLoaded: () => this.#onLoaded(),
      onFatal,
    };
  }

  /** Starts the chain, or shows it at genesis while its state is to be loaded. @throws CHECKPOINT_NOT_ON_CHAIN; what the chain throws */
  async start(): Promise<void> {
    const { plan, storage, logger, chain, tool } = this.#dependencies;
    const hasChain = new BlockStore(storage).pointer() !== undefined;
    const hasLoaded = !hasChain && (await hasLeftovers(storage));
    const path = tool()?.path;
    if (hasLoaded && path !== undefined) throw new LoadUnderWayError({ path });
    const { checkpoint } = plan;
    if (hasChain) {
      await forgetEnded(storage);
      await clearLadder(storage, checkpoint);
    }
    if (plan.mode === "state" && checkpoint !== undefined && !hasChain) {
      // What an earlier run loaded under another checkpoint may be of another chain.
      if (hasLoaded && !isLadderOf(storage, checkpoint)) {
        logger.warn({}, "another checkpoint than before: what was loaded is discarded");
        await this.#discard();
      }
      await this.#show();
      return;
    }
    if (hasLoaded) {
      logger.warn({}, "node.sync.mode is full: what state sync had loaded is discarded");
      await this.#discard();
    }
    if (hasChain && plan.mode === "state") logger.info({}, "the data directory has a chain already, so its state is not loaded from peers");
    await chain().start();
    this.#checkCheckpoint();
    await this.#startKeeper();
  }

  async stop(): Promise<void> {
    await this.#keeper.stop();
  }

  /** Makes a snapshot now. @throws SNAPSHOT_* */
  async make(height?: number): Promise<StoredSnapshot> {
    if (this.#dependencies.root === undefined) throw new NodeStateError({ state: "without files", wanted: "make a snapshot" });
    return this.#keeper.make(height);
  }

  get snapshots(): readonly StoredSnapshot[] {
    return this.#keeper.snapshots;
  }

  async #startKeeper(): Promise<void> {
    if (this.#dependencies.root !== undefined) await this.#keeper.start();
  }

  async #discard(): Promise<void> {
    const { storage, scheduler } = this.#dependencies;
    await discardLoad(storage, scheduler);
    await forgetHeaders(storage);
    await clearLadder(storage);
  }

  async #show(): Promise<void> {
    const { storage, compute, scheduler, logger, spec, chain } = this.#dependencies;
    this.#preview = new StateStore({ storage, compute, scheduler, logger, metrics: NO_METRICS }, PREVIEW_OPTIONS);
    const store = new BlockStore(storage);
    this.#receiver = new SnapshotReceiver({
      storage,
      compute,
      scheduler,
      logger,
      chainId: spec.chainId,
      genesisId: () => chain().genesisId,
      startOperations: (header) => [
        ...headersAbove(storage, header.header.height),
        ...startOperations(store, chain().genesisId, header, 0),
      ],
    });
    await chain().preview();
  }

  /** The state is there, durably, and so is the head: from here on everybody sees the real one. */
  async #onLoaded(): Promise<void> {
    const { chain, onLoaded, logger } = this.#dependencies;
    this.#preview = undefined;
    this.#receiver = undefined;
    await chain().start();
    const { head } = chain();
    logger.info({ height: head.header.height, head: head.id }, "the chain begins with the loaded state");
    await this.#startKeeper();
    await onLoaded();
  }

  /** @throws CHECKPOINT_NOT_ON_CHAIN */
  #checkCheckpoint(): void {
    const { plan, chain } = this.#dependencies;
    if (plan.checkpoint === undefined) return;
    const { height, id } = plan.checkpoint;
    const found = chain().head.header.height < height ? undefined : chain().idAt(height);
    if (found === undefined || Hash.key(found) === Hash.key(id)) return;
    throw new CheckpointNotOnChainError({
      height,
      checkpoint: Hash.key(id),
      found: Hash.key(found),
      where: "the chain in this data directory",
    });
  }

  #snapshotChain() {
    const { spec, ancestryDepth, chain, isSynced, state } = this.#dependencies;
    return {
      chainId: spec.chainId,
      ancestryDepth,
      get genesisId() {
        return chain().genesisId;
      },
      get finalized() {
        return chain().finalized;
      },
      header: (id: Hash) => chain().header(id),
      idAt: (height: number) => chain().idAt(height),
      view: (id: Hash) => state.view(id),
      holdUndo: (height: number | undefined) => state.holdUndo(height),
      get isSynced() {
        return isSynced();
      },
      onMoved: (listener: () => void) => chain().events.onAppended(listener),
    };
  }
}
