/** The plugin: contributes /metrics to the API, and opens a listener of its own if configured. */
import {
  API_ROUTES,
  type ApiRoutes,
  CLOCK,
  type Clock,
  inject,
  injectable,
  type Logger,
  METRICS_SOURCE,
  type Metrics,
  type MetricsSource,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  type Plugin,
  Type,
} from "../../core/sdk.js";
import type { MetricsPrometheusConfig } from "./config.js";
import { Exposition } from "./exposition.js";
import { listen, type MetricsListener } from "./listener.js";
import { ScrapeMetrics } from "./metrics.js";

@injectable()
export class MetricsPrometheusPlugin implements Plugin {
  private readonly exposition: Exposition;
  private listener: MetricsListener | undefined;

  constructor(
    @inject(METRICS_SOURCE) source: MetricsSource,
    @inject(CLOCK) clock: Clock,
    @inject(PLUGIN_CONFIG) private readonly config: MetricsPrometheusConfig,
    @inject(PLUGIN_LOGGER) private readonly logger: Logger,
    @inject(PLUGIN_METRICS) metrics: Metrics,
  ) {
    this.exposition = new Exposition(source, new ScrapeMetrics(metrics, clock));
  }

  capabilities(): Readonly<Record<string, unknown>> {
    return { [API_ROUTES]: routesOf(this.exposition, this.config.api) };
  }

  async start(): Promise<void> {
    const { listen: wanted } = this.config;
    if (wanted === undefined) return;
    this.listener = await listen(this.exposition, wanted.host, wanted.port, this.logger);
    this.logger.info({ url: this.listener.url }, "metrics listening");
  }

  async stop(): Promise<void> {
    await this.listener?.close();
    this.listener = undefined;
  }
}

function routesOf(exposition: Exposition, served: boolean): ApiRoutes {
  return {
    prefix: "/metrics",
    routes: async (app) => {
      if (!served) return;
      app.get(
        "",
        {
          schema: {
            tags: ["node"],
            summary: "Metrics in Prometheus' text format",
            response: { 200: { description: "All metrics of the node", content: { "text/plain": { schema: Type.String() } } } },
          },
        },
        async (_request, reply) => reply.type(exposition.contentType).send(await exposition.render()),
      );
    },
  };
}
