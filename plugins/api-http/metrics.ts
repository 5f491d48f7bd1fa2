/** Metrics of the HTTP API. Labels come from closed sets: route templates, known methods, status codes. */
import type { Counter, Histogram, Metrics } from "../../core/sdk.js";

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Sources of the gauges, read at each scrape. */
export interface ApiGauges {
  readonly connections: () => number;
  readonly waiters: () => number;
}

export class ApiMetrics {
  private readonly requests: Counter;
  private readonly seconds: Histogram;
  private readonly connectionErrors: Counter;

  constructor(metrics: Metrics, gauges: ApiGauges) {
    this.requests = metrics.counter({
      name: "api_requests_total",
      help: "HTTP requests that were answered, by route template, method and status",
      labels: ["route", "method", "status"],
    });
    this.seconds = metrics.histogram({
      name: "api_request_seconds",
      help: "Time from a request's headers to the end of its answer, by route template",
      labels: ["route"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    });
    this.connectionErrors = metrics.counter({
      name: "api_connection_errors_total",
      help: "Connections that ended because their bytes were no HTTP request, or came too slowly, by error code",
      labels: ["code"],
    });
    metrics.gauge({ name: "api_connections", help: "Open HTTP connections", collect: gauges.connections });
    metrics.gauge({ name: "api_event_waiters", help: "Requests that wait for chain events", collect: gauges.waiters });
  }

  answered(route: string | undefined, method: string, status: number, seconds: number): void {
    const template = route ?? "unmatched";
    this.requests.increment(1, { route: template, method: METHODS.has(method) ? method : "other", status: String(status) });
    this.seconds.observe(seconds, { route: template });
  }

  connectionFailed(code: string): void {
    this.connectionErrors.increment(1, { code });
  }
}
