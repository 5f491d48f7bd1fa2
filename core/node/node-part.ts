/**
 * The node's own part of the capability graph: state, chain, mempool and network over the chosen storage, ledger and engine.
 *
 * It is described by a manifest like a plugin's, so that `explain`, config validation and the order of start treat it alike.
 */
import Type, { type Static } from "#bundled/typebox";
import { Chain, ChainReader, DEFAULT_CHAIN_OPTIONS } from "../chain/index.js";
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
  definePlugin,
  ENTROPY,
  type Entropy,
  LEDGER,
  type Ledger,
  type Logger,
  MEMPOOL_VIEW,
  type Metrics,
  NETWORK_VIEW,
  NODE_CONTROL,
  NODE_HEALTH,
  type NodeControl,
  type NodeHealth,
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
  STORAGE,
  type Storage,
  TRANSACTION_SUBMISSION,
  TRANSPORT,
  type Transport,
} from "../ports/index.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import { StateStore } from "../state/index.js";
import { BlockCountError, CannotProduceError } from "./errors.js";
import { NODE_IDENTITY, type NodeIdentity } from "./identity.js";
import { NetworkSchema, networkOptions } from "./network-config.js";
import { Production } from "./production.js";
import { VERSION } from "./version.js";

const MEBIBYTE = 1024 * 1024;
/** Undo records below finality are dropped when finality moves; this bounds them where it does not. */
const UNDO_BLOCKS_MAX = 4_096;

const bound = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum });

export const NodePartSchema = Type.Object(
  {
    produce: Type.Boolean({
      description: "Let the engine make blocks, if it is configured to (a node without it only follows)",
      default: true,
    }),
    chain: Type.Object(
      {
        waitingBlocks: bound(
          "Blocks kept while their parent, time or certificate is missing",
          DEFAULT_CHAIN_OPTIONS.waitingBlocks,
          0,
          100_000,
        ),
        waitingBytes: bound("Bytes of such blocks", DEFAULT_CHAIN_OPTIONS.waitingBytes, 0, 4096 * MEBIBYTE),
        passingBlocks: bound("Blocks judged at the same time", DEFAULT_CHAIN_OPTIONS.passingBlocks, 1, 100_000),
        treeBlocks: bound("Blocks above finality, all branches", DEFAULT_CHAIN_OPTIONS.treeBlocks, 1_000, 10_000_000),
        flushAfterBlocks: bound("Flush state once so many blocks are only in memory", DEFAULT_CHAIN_OPTIONS.flushAfterBlocks, 1, 10_000),
        flushAfterMs: bound("Flush state once executing again would take this long, ms", DEFAULT_CHAIN_OPTIONS.flushAfterMs, 1, 600_000),
        flushAfterBytes: bound(
          "Flush state once overlays hold so many bytes",
          DEFAULT_CHAIN_OPTIONS.flushAfterBytes,
          65_536,
          65_536 * MEBIBYTE,
        ),
        keptEvents: bound("Chain events kept for cursors", DEFAULT_CHAIN_OPTIONS.keptEvents, 100, 100_000_000),
      },
      { description: "Blocks and forks", additionalProperties: false, default: {} },
    ),
    state: Type.Object(
      {
        pageCacheBytes: bound("Trie pages in memory, bytes", 32 * MEBIBYTE, MEBIBYTE, 65_536 * MEBIBYTE),
        valueCacheBytes: bound("State values in memory, bytes", 32 * MEBIBYTE, MEBIBYTE, 65_536 * MEBIBYTE),
      },
      { description: "Authenticated state", additionalProperties: false, default: {} },
    ),
    mempool: Type.Object(
      {
        maxCount: bound("Transactions in the mempool", 50_000, 1, 10_000_000),
        maxBytes: bound("Bytes of transactions in the mempool", 64 * MEBIBYTE, 65_536, 65_536 * MEBIBYTE),
        maxPerSender: bound("Transactions of one sender", 256, 1, 1_000_000),
        replaceFeePercent: bound("How much more fee a replacement needs, percent", 10, 0, 1_000),
      },
      { description: "Transactions that wait for a block", additionalProperties: false, default: {} },
    ),
    network: NetworkSchema,
  },
  { additionalProperties: false },
);

type NodePartConfig = Static<typeof NodePartSchema>;

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
  readonly #production: Production | undefined;
  /** Settles once the mempool has taken back what its journal holds. */
  #restoring: Promise<void> | undefined;
  #isRestored = false;
  readonly version = VERSION;
  startedAtMs = 0;
  /** Set by the node: what to do when nothing can be promised any more. */
  onFatal: (error: unknown) => void = () => undefined;

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
  ) {
    this.#consensus = consensus;
    this.#clock = clock;
    this.#logger = logger;
    this.#produce = config.produce;
    const named = (component: string) => logger.child({ component });
    const state = new StateStore(
      { storage, compute, scheduler, logger: named("state"), metrics },
      { ...config.state, undoBlocks: UNDO_BLOCKS_MAX },
    );
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
      state,
      ledger,
      consensus,
      compute,
      clock,
      scheduler,
      entropy,
      signer,
      logger: named("chain"),
      metrics,
      transactions: this.#mempool,
      publish: (channel: string, message: Bytes) => this.#network.publishEngine(channel, message),
      onFatal: (error: unknown) => {
        logger.fatal({ reason: messageOf(error) }, "the chain can't go on");
        this.onFatal(error);
      },
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
      },
      networkOptions(config.network),
    );
    const { producer } = consensus;
    if (producer !== undefined) {
      const hasTransactions = () => this.#mempool.count > 0;
      this.#production = new Production({ producer, network: this.#network, clock, scheduler, hasTransactions });
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
    await this.#chain.start();
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
    await this.#mempool.stop();
    await this.#chain.stop();
  }

  notReady(): readonly string[] {
    if (!this.#chain.running) return ["the chain is starting or stopping"];
    if (!this.#isRestored) return ["the mempool is being restored from its journal"];
    return this.#network.sync.state === "synced" ? [] : [`the node is ${this.#network.sync.state}`];
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
    if (this.#produce && this.#consensus.producer?.automatic === true) await this.#production?.start();
  }

  async startProducing(): Promise<void> {
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
  optional: [TRANSPORT],
  requires: [NODE_IDENTITY, CHAIN_SPEC, STORAGE, LEDGER, CONSENSUS, COMPUTE, CLOCK, SCHEDULER, ENTROPY, SIGNER],
  declares: [
    { name: NODE_PART, cardinality: "single", members: ["begin", "chain"] },
    { name: NODE_IDENTITY, cardinality: "single", members: ["nodeId"] },
  ],
  config: NodePartSchema,
  plugin: NodePart,
});
