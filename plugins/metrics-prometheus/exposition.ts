/** The node's metrics as text. Scrapes at the same time share one rendering, so that many of them cost as much as one. */
import type { MetricsSource } from "../../core/sdk.js";
import type { ScrapeMetrics } from "./metrics.js";

export class Exposition {
  private rendering: Promise<string> | undefined;

  constructor(
    private readonly source: MetricsSource,
    private readonly metrics: ScrapeMetrics,
  ) {}

  get contentType(): string {
    return this.source.contentType;
  }

  render(): Promise<string> {
    this.rendering ??= this.metrics
      .measure(() => this.source.render())
      .finally(() => {
        this.rendering = undefined;
      });
    return this.rendering;
  }
}
