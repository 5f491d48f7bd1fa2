/** Metrics of the mempool. */
import { ChainwrightError } from "../kernel/errors.js";
import type { Metrics } from "../ports/runtime.js";
import type { DropReason } from "../ports/views.js";

export interface MempoolMetrics {
  accepted(seconds: number): void;
  refused(error: unknown): void;
  dropped(reason: DropReason): void;
  included(): void;
  restored(): void;
  verified(count: number): void;
  followed(seconds: number): void;
}

/** Codes of other origin (a third-party module's, say) share one label, so that nobody can make labels without end. */
const KNOWN_CODE = /^(?:MEMPOOL|LEDGER|ENCODING|COMPUTE|STORAGE)_[A-Z_]{1,40}$/;

export function mempoolMetrics(
  metrics: Metrics,
  pool: () => { readonly count: number; readonly bytes: number; readonly pending: number; readonly retainedBytes: number },
): MempoolMetrics {
  metrics.gauge({ name: "mempool_transactions", help: "Pooled transactions", collect: () => pool().count });
  metrics.gauge({ name: "mempool_bytes", help: "Raw bytes of the pooled transactions", collect: () => pool().bytes });
  metrics.gauge({
    name: "mempool_retained_bytes",
    help: "What the journal keeps of transactions in blocks that are not final, as its bound counts it",
    collect: () => pool().retainedBytes,
  });
  metrics.gauge({ name: "mempool_pending", help: "Submissions that wait for verification or the journal", collect: () => pool().pending });
  const accepted = metrics.counter({ name: "mempool_accepted_total", help: "Transactions verified and written to the journal" });
  const refused = metrics.counter({ name: "mempool_refused_total", help: "Submissions refused, by code", labels: ["code"] });
  const dropped = metrics.counter({
    name: "mempool_dropped_total",
    help: "Accepted transactions that left the pool other than into a block, by reason",
    labels: ["reason"],
  });
  const included = metrics.counter({ name: "mempool_included_total", help: "Accepted transactions that left the pool into a block" });
  const restored = metrics.counter({ name: "mempool_restored_total", help: "Transactions taken back from the journal or after a reorg" });
  const batches = metrics.histogram({
    name: "mempool_batch_transactions",
    help: "Transactions for each signature check",
    buckets: [1, 4, 16, 64, 256],
  });
  const admission = metrics.histogram({
    name: "mempool_admission_seconds",
    help: "From submission to acceptance",
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  });
  const following = metrics.histogram({
    name: "mempool_head_change_seconds",
    help: "Following one change of the head, pauses included",
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1],
  });
  return {
    accepted(seconds) {
      accepted.increment();
      admission.observe(seconds);
    },
    refused: (error) => refused.increment(1, { code: labelOf(error) }),
    dropped: (reason) => dropped.increment(1, { reason }),
    included: () => included.increment(),
    restored: () => restored.increment(),
    verified: (count) => batches.observe(count),
    followed: (seconds) => following.observe(seconds),
  };
}

function labelOf(error: unknown): string {
  return ChainwrightError.is(error) && KNOWN_CODE.test(error.code) ? error.code : "other";
}
