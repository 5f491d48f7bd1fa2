/** Metrics of the metrics: how often they are asked for, and what that costs. */
import type { Clock, Counter, Histogram, Metrics } from "../../core/sdk.js";

export class ScrapeMetrics {
  private readonly scrapes: Counter;
  private readonly seconds: Histogram;

  constructor(
    metrics: Metrics,
    private readonly clock: Clock,
  ) {
    this.scrapes = metrics.counter({ name: "metrics_scrapes_total", help: "Times that all metrics were rendered" });
    this.seconds = metrics.histogram({
      name: "metrics_scrape_seconds",
      help: "Time to render all metrics",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    });
  }

  async measure(render: () => Promise<string>): Promise<string> {
    const began = this.clock.monotonicMs();
    const text = await render();
    this.scrapes.increment();
    this.seconds.observe((this.clock.monotonicMs() - began) / 1_000);
    return text;
  }
}
