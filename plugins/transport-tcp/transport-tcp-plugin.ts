/** The transport as the container builds it: with the node's certificates. */
import {
  CLOCK,
  type Clock,
  DATA_DIRECTORY,
  type DataDirectory,
  ENTROPY,
  type Entropy,
  inject,
  injectable,
  type Logger,
  type Metrics,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  type Plugin,
  SCHEDULER,
  type Scheduler,
  type Static,
} from "../../core/sdk.js";
import type { TransportTcpConfig } from "./config.js";
import { CertificateSecurity } from "./tls/index.js";
import { TcpTransport } from "./transport.js";

@injectable()
export class TransportTcpPlugin extends TcpTransport implements Plugin {
  constructor(
    @inject(PLUGIN_CONFIG) config: Static<typeof TransportTcpConfig>,
    @inject(DATA_DIRECTORY) directory: DataDirectory,
    @inject(CLOCK) clock: Clock,
    @inject(SCHEDULER) scheduler: Scheduler,
    @inject(ENTROPY) entropy: Entropy,
    @inject(PLUGIN_LOGGER) logger: Logger,
    @inject(PLUGIN_METRICS) metrics: Metrics,
  ) {
    const security = new CertificateSecurity({ directory, clock, scheduler, entropy, logger, metrics }, config.tls);
    super({ security, clock, scheduler, logger, metrics }, config);
  }
}
