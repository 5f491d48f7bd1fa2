/** The plugin: reads the token, builds the application, listens; and the reverse. */
import { rm, writeFile } from "node:fs/promises";
import {
  API_ADDRESS,
  API_ROUTES,
  type ApiAddress,
  type ApiRoutes,
  CHAIN_EVENTS,
  CHAIN_VIEW,
  type ChainEvents,
  type ChainView,
  CLOCK,
  type Clock,
  COMPUTE,
  type Compute,
  DATA_DIRECTORY,
  type DataDirectory,
  ENTROPY,
  type Entropy,
  inject,
  injectable,
  type Logger,
  MEMPOOL_VIEW,
  type MempoolView,
  type Metrics,
  NETWORK_VIEW,
  type NetworkView,
  NODE_CONTROL,
  NODE_HEALTH,
  type NodeControl,
  type NodeHealth,
  PEER_ADMINISTRATION,
  type PeerAdministration,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  type Plugin,
  SCHEDULER,
  type Scheduler,
  TRANSACTION_SUBMISSION,
  type TransactionSubmission,
} from "../../core/sdk.js";
import { AdminToken } from "./admin-token.js";
import { createApplication } from "./application.js";
import type { ApiHttpConfig } from "./config.js";
import { EventWaiters } from "./event-waiters.js";
import { close, isLoopback, listen } from "./listener.js";
import { ApiMetrics } from "./metrics.js";
import type { ApiApplication, ApiViews } from "./views.js";

const TOKEN_FILE = "admin.token";
const URL_FILE = "api.url";

@injectable()
export class ApiHttpPlugin implements Plugin {
  private readonly metrics: ApiMetrics;
  private waiters: EventWaiters | undefined;
  private app: ApiApplication | undefined;
  private url = "";
  private connections = 0;
  private stopping = false;
  private starting: Promise<void> | undefined;

  constructor(
    @inject(CHAIN_VIEW) private readonly chain: ChainView,
    @inject(CHAIN_EVENTS) private readonly events: ChainEvents,
    @inject(MEMPOOL_VIEW) private readonly mempool: MempoolView,
    @inject(NETWORK_VIEW) private readonly network: NetworkView,
    @inject(TRANSACTION_SUBMISSION) private readonly submission: TransactionSubmission,
    @inject(NODE_HEALTH) private readonly health: NodeHealth,
    @inject(NODE_CONTROL) private readonly control: NodeControl,
    @inject(PEER_ADMINISTRATION) private readonly peerBook: PeerAdministration,
    @inject(COMPUTE) private readonly compute: Compute | undefined,
    @inject(API_ROUTES) private readonly contributions: readonly ApiRoutes[],
    @inject(DATA_DIRECTORY) private readonly dataDirectory: DataDirectory,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(SCHEDULER) private readonly scheduler: Scheduler,
    @inject(ENTROPY) private readonly entropy: Entropy,
    @inject(PLUGIN_CONFIG) private readonly config: ApiHttpConfig,
    @inject(PLUGIN_LOGGER) private readonly logger: Logger,
    @inject(PLUGIN_METRICS) metrics: Metrics,
  ) {
    this.metrics = new ApiMetrics(metrics, { connections: () => this.connections, waiters: () => this.waiters?.count ?? 0 });
  }

  capabilities(): Readonly<Record<string, unknown>> {
    const url = () => this.url;
    const address: ApiAddress = {
      get url() {
        return url();
      },
    };
    return { [API_ADDRESS]: address };
  }

  start(): Promise<void> {
    this.starting = this.begin();
    return this.starting;
  }

  private async begin(): Promise<void> {
    const { config, logger } = this;
    if (!isLoopback(config.host))
      logger.warn({ host: config.host }, "the API speaks plain HTTP and listens beyond this machine: put a TLS proxy in front of it");
    const token = config.admin ? await AdminToken.load(this.tokenFile(), this.entropy, logger) : undefined;
    this.waiters = new EventWaiters({ events: this.events, scheduler: this.scheduler }, { maxWaiters: config.maxEventWaiters });
    const app = await createApplication({
      views: this.views(),
      contributions: this.contributions,
      token,
      waiters: this.waiters,
      metrics: this.metrics,
      logger,
      scheduler: this.scheduler,
      config,
      stopping: () => this.stopping,
    });
    app.server.on("connection", (socket) => {
      this.connections++;
      socket.once("close", () => this.connections--);
    });
    this.url = await listen(app, config.host, config.port);
    this.app = app;
    // So that a command finds the API of the node whose directory it is given.
    await writeFile(this.urlFile(), `${this.url}\n`);
    logger.info({ url: this.url }, "API listening");
  }

  async stop(): Promise<void> {
    this.stopping = true;
    // A start that was given up goes on: the listener that it opens has to be closed, too.
    await this.starting?.catch(() => undefined);
    this.waiters?.close();
    const app = this.app;
    this.app = undefined;
    this.url = "";
    if (app === undefined) return;
    await close(app, this.scheduler);
    await rm(this.urlFile(), { force: true });
  }

  private views(): ApiViews {
    const { chain, events, mempool, network, submission, health, control, peerBook, compute, clock } = this;
    return { chain, events, mempool, network, submission, health, control, peerBook, compute, clock };
  }

  private urlFile(): string {
    return this.dataDirectory.resolve(URL_FILE);
  }

  private tokenFile(): string {
    return this.config.adminTokenFile ?? this.dataDirectory.resolve(TOKEN_FILE);
  }
}
