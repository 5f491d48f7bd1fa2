/** Metrics of gossip and the slasher; listed in the engine's README.md. Sizes of the pools are the engine's (../metrics.ts). */
import type { Counter, Histogram, Metrics } from "../../../core/sdk.js";

export interface PoolMetrics {
  /** Labels: channel = attestations, aggregates, slashings, other; code of `GOSSIP_CONDITIONS`. */
  readonly messages: Counter;
  /** Signature sets that were verified in one call. */
  readonly batchSets: Histogram;
  /** Labels: offence = double_vote, surround_vote, double_proposal. */
  readonly offences: Counter;
}

export interface PoolMetricSources {
  readonly waitingMessages: () => number;
  readonly waitingSets: () => number;
  /** Places in the history of votes. */
  readonly historyEntries: () => number;
}

export function registerPoolMetrics(metrics: Metrics): PoolMetrics {
  return {
    messages: metrics.counter({
      name: "gasper_gossip_messages",
      help: "Votes, aggregates and evidence from peers that were judged, by what was found.",
      labels: ["channel", "code"],
    }),
    batchSets: metrics.histogram({
      name: "gasper_gossip_batch_sets",
      help: "Signature sets of gossip that were verified in one batch.",
      buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    }),
    offences: metrics.counter({
      name: "gasper_offences_found",
      help: "Offences that this node found by itself, by kind.",
      labels: ["offence"],
    }),
  };
}

export function registerPoolGauges(metrics: Metrics, sources: PoolMetricSources): void {
  const gauge = (name: string, help: string, collect: () => number) => metrics.gauge({ name, help, collect });
  gauge("gasper_gossip_waiting_messages", "Votes and aggregates that wait for their block or slot.", sources.waitingMessages);
  gauge("gasper_gossip_waiting_sets", "Signature sets of gossip that wait to be verified.", sources.waitingSets);
  gauge("gasper_vote_history_entries", "Places of validators and epochs in the history of votes, 4 bytes each.", sources.historyEntries);
}
