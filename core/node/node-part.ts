/**
 * The node's own part of the capability graph: state, chain, mempool and network over the chosen storage, ledger and engine.
 *
 * It is described by a manifest like a plugin's, so that `explain`, config validation and the order of start treat it alike.
 */
import { Chain, ChainReader } from "../chain/index.js";
import { prepareDatabase } from "../database/format.js";
import { present } from "../kernel/assert.js";
import { inject, injectable } from "../kernel/di.js";
import { messageOf } from "../kernel/errors.js";
import { Mempool, type MempoolChain } from "../mempool/index.js";
import { Network } from "../network/index.js";
import {
  CHAIN_EVENTS,
  CHAIN_SPEC,
  CHAIN_VIEW,
  type ChainSpec,
  CLOCK,
  type Clock,
  COMPUTE,
  CONSENSUS,
  type Compute,
  type Consensus,
  DATA_DIRECTORY,
  type DataDirectory,
  definePlugin,
  ENTROPY,
  type Entropy,
  LEDGER,
  type Ledger,
  type Logger,
  MEMPOOL_VIEW,
  type Metrics,
  type MiningControl,
  NETWORK_VIEW,
  NODE_CONTROL,
  NODE_HEALTH,
  type NodeControl,
  type NodeHealth,
  type NodeWarning,
  PEER_ADMINISTRATION,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  type Plugin,
  type PluginManifest,
  PORTS_VERSION,
  SCHEDULER,
  type Scheduler,
  SIGNER,
  type Signer,
  type SnapshotSummary,
  STORAGE,
  type Storage,
  TRANSACTION_SUBMISSION,
  TRANSPORT,
  TREASURY,
  type Transport,
  type Treasury,
} from "../ports/index.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import { chunkBytes, type RestoreDependencies, SNAPSHOTS_FOLDER, type StoredSnapshot } from "../snapshots/index.js";
import { StateStore } from "../state/index.js";
import { BlockCountError, CannotProduceError, NodeStateError, SnapshotHeightError } from "./errors.js";
import { NODE_IDENTITY, type NodeIdentity } from "./identity.js";
import { NodeMining } from "./mining.js";
import { networkOptions } from "./network-config.js";
import { type NodePartConfig, NodePartSchema } from "./node-part-config.js";
import { NodeSnapshots } from "./node-snapshots.js";
import { Production } from "./production.js";
import { syncPlan } from "./sync-config.js";
import { VERSION } from "./version.js";
import { refusedBranchWarning } from "./warnings.js";

/**
 * Undo records below finality are dropped when finality moves; this bounds them where it does not. Not for engines that judge headers by state:
 * they begin anew with the finalized block's, however far the head is from it.
 */
const UNDO_BLOCKS_MAX = 4_096;

@injectable()
export class NodePart implements Plugin, NodeControl, NodeHealth {
  readonly #chain: Chain;
  readonly #mempool: Mempool;
  readonly #reader: ChainReader;
  readonly #network: Network;
  readonly #consensus: Consensus;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #produce: boolean;
  readonly #prepare: () => Promise<void>;
  readonly #parts: RestoreDependencies;
  readonly #production: Production | undefined;
  readonly mining?: MiningControl;
  readonly #snapshots: NodeSnapshots;
  /** Settles once the mempool has taken back what its journal holds. */
  #restoring: Promise<void> | undefined;
  #isRestored = false;
  readonly version = VERSION;
  startedAtMs = 0;
  /** Set by the node: what to do when nothing can be promised any more. */
  onFatal: (error: unknown) => void = () => undefined;
  /** Set by a tool that gives an empty storage its chain. It has to call `prepare`, which writes or checks the database's format. */
  prepareChain: (prepare: () => Promise<void>, parts: RestoreDependencies) => Promise<void> = (prepare) => prepare();
  /** Set by tools: the data directory that they work on. */
  tool: { readonly path: string } | undefined;
  /** Set by the node: notes in the data directory that the database has another format from now on. */
  raiseFormat: (format: number) => Promise<void> = async () => undefined;

  constructor(
    @inject(PLUGIN_CONFIG) config: NodePartConfig,
    @inject(PLUGIN_LOGGER) logger: Logger,
    @inject(PLUGIN_METRICS) metrics: Metrics,
    @inject(NODE_IDENTITY) identity: NodeIdentity,
    @inject(CHAIN_SPEC) spec: ChainSpec,
    @inject(STORAGE) storage: Storage,
    @inject(LEDGER) ledger: Ledger,
    @inject(CONSENSUS) consensus: Consensus,
    @inject(COMPUTE) compute: Compute,
    @inject(CLOCK) clock: Clock,
    @inject(SCHEDULER) scheduler: Scheduler,
    @inject(ENTROPY) entropy: Entropy,
    @inject(SIGNER) signer: Signer,
    @inject(TRANSPORT) transports: readonly Transport[],
    @inject(DATA_DIRECTORY) directory: DataDirectory,
    @inject(TREASURY) treasury: Treasury | undefined,
  ) {
    this.#consensus = consensus;
    this.#clock = clock;
    this.#logger = logger;
    this.#produce = config.produce;
    this.#parts = { storage, spec, ledger, consensus, treasury, compute, scheduler, logger, metrics };
    this.#prepare = () =>
      prepareDatabase(
        {
          storage,
          compute,
          scheduler,
          logger,
          path: "the data directory",
          isOnDisk: storage.durability !== "none",
          raise: (format) => this.raiseFormat(format),
        },
        config.migrate,
      );
    const named = (component: string) => logger.child({ component });
    const state = new StateStore(
      { storage, compute, scheduler, logger: named("state"), metrics },
      {
        ...config.state,
        undoBlocks: UNDO_BLOCKS_MAX,
        keepUndoToFinality: consensus.traits.headers === "state",
        archive: config.chain.pruning === "archive",
      },
    );
    const onFatal = (error: unknown): void => {
      logger.fatal({ reason: messageOf(error) }, "the chain can't go on");
      this.onFatal(error);
    };
    const snapshots = new NodeSnapshots({
      spec,
      storage,
      compute,
      clock,
      scheduler,
      logger: named("node"),
      metrics,
      state,
      plan: syncPlan(config.sync, transports.length),
      config: config.snapshots,
      root: directory.holdsFiles === false ? undefined : directory.resolve(SNAPSHOTS_FOLDER),
      ancestryDepth: consensus.traits.ancestryDepth,
      judgesHeaders: consensus.traits.headers === "ancestry",
      chain: () => this.#chain,
      isSynced: () => this.#network.sync.state === "synced",
      onLoaded: () => this.#onLoaded(),
      tool: () => this.tool,
      onFatal,
    });
    this.#snapshots = snapshots;
    storage.onDamage?.(onFatal);
    const mempoolChain: MempoolChain = {
      head: () => ({
        height: this.#chain.head.header.height,
        rules: spec.rulesAt(this.#chain.head.header.height + 1),
        view: present(this.#reader.state(), "the head has its state"),
      }),
      finalizedHeight: () => this.#chain.finalized.header.height,
      inclusionHeights: (ids) => this.#chain.store.inclusionHeights(ids),
    };
    this.#mempool = new Mempool(
      { ledger, chain: mempoolChain, spec, storage, compute, clock, scheduler, logger: named("mempool"), metrics },
      config.mempool,
    );
    const dependencies = {
      spec,
      storage,
      get state() {
        return snapshots.state;
      },
      ledger,
      consensus,
      treasury,
      compute,
      clock,
      scheduler,
      entropy,
      signer,
      logger: named("chain"),
      metrics,
      transactions: this.#mempool,
      publish: (channel: string, message: Bytes) => this.#network.publishEngine(channel, message),
      onFatal,
    };
    this.#chain = new Chain(dependencies, config.chain);
    this.#reader = new ChainReader(this.#chain, dependencies);
    this.#network = new Network(
      {
        identity,
        spec,
        chain: this.#chain,
        mempool: this.#mempool,
        transports,
        storage,
        clock,
        scheduler,
        entropy,
        logger: named("network"),
        metrics,
        agent: `chainwright/${VERSION}`,
        snapshots: snapshots.shelf,
        ...(snapshots.checkpointStart === undefined ? {} : { checkpointStart: snapshots.checkpointStart }),
      },
      networkOptions(config.network),
    );
    const { producer } = consensus;
    if (producer !== undefined) {
      const hasTransactions = () => this.#mempool.count > 0;
      const production = new Production({ producer, network: this.#network, clock, scheduler, hasTransactions });
      this.#production = production;
      const { miner } = producer;
      if (miner !== undefined) this.mining = new NodeMining({ miner, production, obstacle: () => this.#obstacle() });
    }
  }

  capabilities(): Readonly<Record<string, unknown>> {
    return {
      [CHAIN_VIEW]: this.#reader,
      [CHAIN_EVENTS]: this.#chain.events,
      [MEMPOOL_VIEW]: this.#mempool,
      [TRANSACTION_SUBMISSION]: this.#mempool,
      [NETWORK_VIEW]: this.#network,
      [PEER_ADMINISTRATION]: this.#network,
      [NODE_HEALTH]: this,
      [NODE_CONTROL]: this,
      [NODE_PART]: this,
    };
  }

  /** For the composition root and tools in this repository that work on a chain directly. */
  get chain(): Chain {
    return this.#chain;
  }

  async start(): Promise<void> {
    await this.prepareChain(this.#prepare, this.#parts);
    await this.#snapshots.start();
    // A proposer that makes blocks on demand hears of what arrives.
    this.#mempool.onAccepted((entries) => {
      if (entries.some(({ standing }) => standing === "ready")) this.#consensus.producer?.transactionsWaiting?.();
    });
    this.startedAtMs = this.#clock.nowMs();
    const { head, genesis } = this.#chain;
    this.#logger.info({ height: head.header.height, head: head.id, genesis: genesis.id }, "chain ready");
  }

  async stop(): Promise<void> {
    await this.stopProducing();
    await this.#restoring?.catch(() => undefined);
    await this.#network.stop();
    await this.#snapshots.stop();
    await this.#mempool.stop();
    await this.#chain.stop();
  }

  notReady(): readonly string[] {
    if (this.#snapshots.isLoading) return [`the state is being loaded from peers (${this.#network.sync.snapshot?.percent ?? 0} %)`];
    if (!this.#chain.running) return ["the chain is starting or stopping"];
    if (!this.#isRestored) return ["the mempool is being restored from its journal"];
    return this.#network.sync.state === "synced" ? [] : [`the node is ${this.#network.sync.state}`];
  }

  warnings(): readonly NodeWarning[] {
    const { refusedBranch } = this.#network.sync;
    return refusedBranch === undefined ? [] : [refusedBranchWarning(refusedBranch)];
  }

  /**
   * Called once everything has started, so that the first block finds its audience. The mempool comes first: a long journal takes
   * its time, and the APIs answer meanwhile, if only that the node is not ready. Then the peers, and then blocks of its own.
   *
   * @throws what kept the mempool from being restored, a transport from listening or the producer from starting
   */
  async begin(): Promise<void> {
    this.#restoring = this.#mempool.start();
    await this.#restoring;
    this.#isRestored = true;
    await this.#network.start();
    this.#production?.begin();
    if (!this.#snapshots.isLoading) await this.#produceIfWanted();
  }

  /** The chain stands on a loaded state now, far from where it seemed to be. */
  async #onLoaded(): Promise<void> {
    await this.#mempool.onHeadChanged({ undone: [], applied: [] });
    await this.#produceIfWanted();
  }

  async #produceIfWanted(): Promise<void> {
    if (this.#produce && this.#consensus.producer?.automatic === true) await this.#production?.start();
  }

  /** Makes a snapshot of the state. @param height of a canonical block whose state is kept; default: the finalized one's. @throws SNAPSHOT_* */
  async makeSnapshot(height: number = this.#chain.finalized.header.height): Promise<SnapshotSummary> {
    if (this.#snapshots.isLoading) throw new NodeStateError({ state: "loading its state", wanted: "make a snapshot" });
    const head = this.#chain.head.header.height;
    if (height < 1 || height > head) throw new SnapshotHeightError({ height, head });
    return summaryOf(await this.#snapshots.make(height));
  }

  snapshots(): readonly SnapshotSummary[] {
    return this.#snapshots.snapshots.map(summaryOf);
  }

  /** Why no block can be built now. */
  #obstacle(): string | undefined {
    if (this.#snapshots.isLoading) return "its state is still being loaded from peers";
    return this.#chain.running ? undefined : "its chain is starting or stopping";
  }

  async startProducing(): Promise<void> {
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) throw new CannotProduceError({ reason: obstacle });
    if (this.#production === undefined) throw new CannotProduceError({ reason: "its engine has no producer" });
    await this.#production.start();
  }

  async stopProducing(): Promise<void> {
    await this.#production?.stop();
  }

  async produceBlocks(count: number): Promise<readonly Hash[]> {
    if (!Number.isInteger(count) || count < 1 || count > 1_000) throw new BlockCountError({ count });
    const produce = this.#consensus.producer?.produce?.bind(this.#consensus.producer);
    if (produce === undefined) throw new CannotProduceError({ reason: "its engine can't make blocks on demand" });
    return produce(count);
  }
}

function summaryOf({ height, id, folder, manifest, manifestHash }: StoredSnapshot): SnapshotSummary {
  return { height, id, folder, manifestHash, entries: manifest.entries, chunks: manifest.chunks.length, bytes: chunkBytes(manifest) };
}

/** Internal: the part itself, for the composition root. */
export const NODE_PART = "chainwright:node-part";

export const nodePart: PluginManifest = definePlugin({
  id: "node",
  version: VERSION,
  ports: `^${PORTS_VERSION}`,
  description: "State, chain, mempool and network",
  provides: [
    CHAIN_VIEW,
    CHAIN_EVENTS,
    MEMPOOL_VIEW,
    TRANSACTION_SUBMISSION,
    NETWORK_VIEW,
    PEER_ADMINISTRATION,
    NODE_HEALTH,
    NODE_CONTROL,
    NODE_PART,
  ],
  optional: [TRANSPORT, TREASURY],
  requires: [NODE_IDENTITY, CHAIN_SPEC, DATA_DIRECTORY, STORAGE, LEDGER, CONSENSUS, COMPUTE, CLOCK, SCHEDULER, ENTROPY, SIGNER],
  declares: [
    { name: NODE_PART, cardinality: "single", members: ["begin", "chain"] },
    { name: NODE_IDENTITY, cardinality: "single", members: ["nodeId"] },
  ],
  config: NodePartSchema,
  plugin: NodePart,
});
