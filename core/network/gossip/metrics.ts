/** What gossip counts. Labels come from closed sets. */
import type { Counter, Metrics } from "../../ports/runtime.js";

export type RequestFailure = "timeout" | "gone" | "missing" | "unusable";
export type TransactionOutcome = "accepted" | "known" | "refused" | "invalid" | "busy" | "failed";

export interface GossipMetrics {
  /** Ids in announcements. */
  announced(kind: "block" | "transaction", direction: "in" | "out", count: number): void;
  /** Ids in requests. */
  requested(kind: "block" | "transaction", count: number): void;
  /** Asked for, and not got from this peer. */
  failed(kind: "block" | "transaction", reason: RequestFailure, count: number): void;
  /** Asked for again, from another peer. */
  retried(kind: "block" | "transaction", count: number): void;
  /** Came, and nobody had asked this peer for it. */
  unrequested(kind: "block" | "transaction"): void;
  served(kind: "block" | "transaction", count: number): void;
  /** Announcements that found no room. */
  dropped(kind: "block" | "transaction", count: number): void;
  transaction(outcome: TransactionOutcome): void;
  engineMessage(verdict: "accept" | "ignore" | "reject" | "duplicate" | "failed"): void;
}

export function gossipMetrics(metrics: Metrics): GossipMetrics {
  const counter = (name: string, help: string, ...labels: string[]): Counter => metrics.counter({ name, help, labels });
  const announced = counter("gossip_announced_total", "Ids in announcements", "kind", "direction");
  const requested = counter("gossip_requested_total", "Ids in requests", "kind");
  const failed = counter("gossip_request_failures_total", "Ids that a peer was asked for and did not give, by reason", "kind", "reason");
  const retried = counter("gossip_retries_total", "Ids that another peer was asked for", "kind");
  const unrequested = counter("gossip_unrequested_total", "Answers that nobody had asked for", "kind");
  const served = counter("gossip_served_total", "Blocks and transactions sent on request", "kind");
  const dropped = counter("gossip_announcements_dropped_total", "Announced ids that found no room", "kind");
  const transactions = counter("gossip_transactions_total", "Transactions got from peers, by outcome", "outcome");
  const engine = counter("gossip_engine_messages_total", "Messages for the engine got from peers, by verdict", "verdict");
  return {
    announced: (kind, direction, count) => announced.increment(count, { kind, direction }),
    requested: (kind, count) => requested.increment(count, { kind }),
    failed: (kind, reason, count) => failed.increment(count, { kind, reason }),
    retried: (kind, count) => retried.increment(count, { kind }),
    unrequested: (kind) => unrequested.increment(1, { kind }),
    served: (kind, count) => served.increment(count, { kind }),
    dropped: (kind, count) => dropped.increment(count, { kind }),
    transaction: (outcome) => transactions.increment(1, { outcome }),
    engineMessage: (verdict) => engine.increment(1, { verdict }),
  };
}
