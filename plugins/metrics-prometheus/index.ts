/**
 * `metrics-prometheus`: the node's metrics for a Prometheus scraper, under /metrics of the API, and on a port of its own
 * if configured.
 *
 * @example
 * ```yaml
 * plugins:
 *   metrics-prometheus:
 *     listen: { port: 9464 }
 * ```
 * ```sh
 * curl http://127.0.0.1:9464/metrics
 * ```
 */
import { API_ROUTES, CLOCK, definePlugin, METRICS_SOURCE } from "../../core/sdk.js";
import { MetricsPrometheusConfig } from "./config.js";
import { MetricsPrometheusPlugin } from "./metrics-prometheus-plugin.js";

export default definePlugin({
  id: "metrics-prometheus",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "The node's metrics in Prometheus' text format, on the API and on a port of its own",
  provides: [API_ROUTES],
  requires: [METRICS_SOURCE, CLOCK],
  config: MetricsPrometheusConfig,
  plugin: MetricsPrometheusPlugin,
});
