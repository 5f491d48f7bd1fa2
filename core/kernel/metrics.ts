/**
 * Metrics through prom-client, behind the ports Metrics and MetricsSource. Every node has a registry of its own: several nodes
 * in one process (tests, simulations) don't mix.
 */
import * as prometheus from "#bundled/prom-client";
import type { Counter, Gauge, Histogram, MetricOptions, Metrics, MetricsSource } from "../ports/runtime.js";
import { MetricConflictError, MetricNameError } from "./errors.js";

export const METRICS_PREFIX = "chainwright_";

export interface MetricsOptions {
  /**
   * Label combinations that one metric may have; further ones are counted under the label value `other`. Default 500.
   * Labels are meant to come from a small closed set: this is the bound if one does not.
   */
  readonly maxSeries?: number;
}

export interface MetricsRegistry extends MetricsSource {
  /** @param owner plugin id or component, named in errors */
  metricsFor(owner: string): Metrics;
}

const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const OTHER = "other";

type Labels = Readonly<Record<string, string>>;

interface Registration {
  readonly owner: string;
  /** Everything that must be equal for the name to mean the same. */
  readonly meaning: string;
  readonly metric: Counter | Gauge | Histogram;
}

export function createMetrics({ maxSeries = 500 }: MetricsOptions = {}): MetricsRegistry {
  const registry = new prometheus.Registry();
  const known = new Map<string, Registration>();

  const register = <Metric extends Counter | Gauge | Histogram>(
    owner: string,
    kind: string,
    options: MetricOptions & { readonly buckets?: readonly number[] },
    make: (name: string) => Metric,
  ): Metric => {
    const { name, help, labels = [], buckets = [] } = options;
    if (!NAME.test(name)) throw new MetricNameError({ metric: name, owner, reason: "write snake_case with the unit last" });
    if (name.startsWith(METRICS_PREFIX))
      throw new MetricNameError({ metric: name, owner, reason: `leave out ${METRICS_PREFIX}, it is added` });
    const bad = labels.find((label) => !NAME.test(label));
    if (bad !== undefined) throw new MetricNameError({ metric: name, owner, reason: `its label "${bad}" is not snake_case` });
    const meaning = JSON.stringify([kind, help, labels, buckets]);
    const before = known.get(name);
    if (before === undefined) {
      const metric = make(`${METRICS_PREFIX}${name}`);
      known.set(name, { owner, meaning, metric });
      return metric;
    }
    if (before.meaning !== meaning) throw new MetricConflictError({ metric: name, owner, other: before.owner });
    return before.metric as Metric;
  };

  const metricsFor = (owner: string): Metrics => ({
    counter: (options) =>
      register(owner, "counter", options, (name): Counter => {
        const metric = new prometheus.Counter({ ...base(name, options), registers: [registry] });
        const bound = seriesBound(options.labels, maxSeries);
        return { increment: (by = 1, labels) => (labels === undefined ? metric.inc(by) : metric.inc(bound(labels), by)) };
      }),
    gauge: (options) =>
      register(owner, "gauge", options, (name): Gauge => {
        const { collect } = options;
        const metric: prometheus.Gauge = new prometheus.Gauge({
          ...base(name, options),
          registers: [registry],
          ...(collect === undefined
            ? {}
            : {
                // Called at each scrape, with the gauge as this.
                collect(this: prometheus.Gauge): void {
                  this.set(valueOrNothing(collect));
                },
              }),
        });
        const bound = seriesBound(options.labels, maxSeries);
        return { set: (value, labels) => (labels === undefined ? metric.set(value) : metric.set(bound(labels), value)) };
      }),
    histogram: (options) =>
      register(owner, "histogram", options, (name): Histogram => {
        const metric = new prometheus.Histogram({ ...base(name, options), buckets: [...options.buckets], registers: [registry] });
        const bound = seriesBound(options.labels, maxSeries);
        return { observe: (value, labels) => (labels === undefined ? metric.observe(value) : metric.observe(bound(labels), value)) };
      }),
  });

  return { contentType: registry.contentType, render: () => registry.metrics(), metricsFor };
}

function base(name: string, { help, labels = [] }: MetricOptions): { name: string; help: string; labelNames: string[] } {
  return { name, help, labelNames: [...labels] };
}

/** One gauge that can't be read must not cost the scrape of all others. */
function valueOrNothing(collect: () => number): number {
  try {
    return collect();
  } catch {
    return Number.NaN;
  }
}

/** Lets the first `maxSeries` label combinations through, and folds the rest into one. */
function seriesBound(names: readonly string[] = [], maxSeries: number): (labels: Labels) => Labels {
  const seen = new Set<string>();
  const rest = Object.fromEntries(names.map((name) => [name, OTHER]));
  return (labels) => {
    let key = "";
    for (const name of names) key += `${labels[name] ?? ""}\u0000`;
    if (seen.has(key)) return labels;
    if (seen.size >= maxSeries) return rest;
    seen.add(key);
    return labels;
  };
}
