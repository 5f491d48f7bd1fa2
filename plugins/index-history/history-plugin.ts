/** The plugin: opens the index, keeps it at the chain, answers from it; and the reverse. */
import {
  API_ROUTES,
  type ApiRoutes,
  CHAIN_EVENTS,
  CHAIN_VIEW,
  type ChainEvents,
  type ChainView,
  CLOCK,
  type Clock,
  DATA_DIRECTORY,
  type DataDirectory,
  inject,
  injectable,
  LevelTablePatrol,
  type Logger,
  type Metrics,
  messageOf,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  type Plugin,
  SCHEDULER,
  type Scheduler,
} from "../../core/sdk.js";
import type { IndexHistoryConfig } from "./config.js";
import { HistoryIoError } from "./errors.js";
import { HistoryStore, type Patrol } from "./history-store.js";
import { Indexer } from "./indexer.js";
import { openLevel } from "./level.js";
import { type HistoryMetrics, historyMetrics } from "./metrics.js";
import { Pace } from "./pace.js";
import { Progress } from "./progress.js";
import { HistoryQueries } from "./queries.js";
import { completeFrom } from "./records.js";
import { HISTORY_PREFIX, historyRoutes } from "./routes.js";

/** In the data directory. */
const FOLDER = "history.level";
/** LevelDB has two write logs at most at a time, each of a buffer's size and one batch: with room to spare. */
const COVERED_BUFFERS = 4;

interface Running {
  readonly store: HistoryStore;
  readonly indexer: Indexer;
}

@injectable()
export class HistoryPlugin implements Plugin {
  readonly #chain: ChainView;
  readonly #events: ChainEvents;
  readonly #directory: DataDirectory;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #config: IndexHistoryConfig;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  #running: Running | undefined;
  #routes: ApiRoutes["routes"] | undefined;

  constructor(
    @inject(CHAIN_VIEW) chain: ChainView,
    @inject(CHAIN_EVENTS) events: ChainEvents,
    @inject(DATA_DIRECTORY) directory: DataDirectory,
    @inject(CLOCK) clock: Clock,
    @inject(SCHEDULER) scheduler: Scheduler,
    @inject(PLUGIN_CONFIG) config: IndexHistoryConfig,
    @inject(PLUGIN_LOGGER) logger: Logger,
    @inject(PLUGIN_METRICS) metrics: Metrics,
  ) {
    this.#chain = chain;
    this.#events = events;
    this.#directory = directory;
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#config = config;
    this.#logger = logger;
    this.#metrics = metrics;
  }

  capabilities(): Readonly<Record<string, unknown>> {
    return {
      [API_ROUTES]: {
        prefix: HISTORY_PREFIX,
        // The API mounts them after `start`, when the chain is there.
        routes: async (app, options) => this.#routes?.(app, options),
      } satisfies ApiRoutes,
    };
  }

  /** Opens the index; filling it goes on by itself. @throws as `HistoryStore.open` */
  async start(): Promise<void> {
    const path = this.#directory.resolve(FOLDER);
    const { cacheBytes, writeBufferBytes, backfillPercent, checkAtStartBytes } = this.#config;
    const chain = this.#chain;
    const clock = this.#clock;
    const logger = this.#logger;
    const store = new HistoryStore({
      path,
      chainId: chain.spec.chainId,
      genesisId: chain.status().genesisId,
      addresses: chain.ledger.tellsAddresses,
      coveredBytes: COVERED_BUFFERS * writeBufferBytes,
      open: () => openLevel(path, { cacheBytes, writeBufferBytes, checkAtStartBytes }),
      patrol: (onDamage) => this.#patrol(path, metrics, onDamage),
    });
    const progress = new Progress(clock, logger, store);
    const metrics: HistoryMetrics = historyMetrics(this.#metrics, () => ({
      indexedHeight: store.cursor.height,
      behindBlocks: Math.max(0, chain.status().head.header.height - store.cursor.height),
      completeFrom: completeFrom(store.cursor),
      transactions: store.cursor.transactions,
      failing: progress.state === "failing",
    }));
    await store.open();
    const pace = new Pace(clock, this.#scheduler, backfillPercent);
    const indexer = new Indexer({ chain, events: this.#events, store, pace, clock, logger, metrics, progress });
    const queries = new HistoryQueries(store, chain, clock, metrics);
    this.#routes = historyRoutes({ chain, store, queries, progress }).routes;
    this.#running = { store, indexer };
    logger.info({ path, height: store.cursor.height, headHeight: chain.status().head.header.height }, "history index open");
    indexer.start();
  }

  #patrol(path: string, metrics: HistoryMetrics, onDamage: (reason: string) => void): Patrol | undefined {
    const { patrolBytesPerSecond: bytesPerSecond } = this.#config;
    if (bytesPerSecond === 0) return undefined;
    const patrol = new LevelTablePatrol(path, this.#scheduler, {
      bytesPerSecond,
      onDamage,
      onTable: (bytes) => metrics.patrolledBytes.increment(bytes),
      onFailure: (thrown) => {
        metrics.patrolFailures.increment();
        const data = { code: HistoryIoError.code, reason: messageOf(thrown) };
        this.#logger.warn(data, "a table of the history index could not be read for its check; the patrol goes on after a rest");
      },
    });
    patrol.start();
    return patrol;
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.indexer.stop();
    await running?.store.close();
  }
}
