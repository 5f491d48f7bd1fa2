/** Metrics of the account ledger. */
import type { ExecutionOptions, ExecutionOutcome, Metrics } from "../../core/sdk.js";

export interface LedgerMetrics {
  executed(outcome: ExecutionOutcome, mode: ExecutionOptions["mode"]): void;
}

export function ledgerMetrics(metrics: Metrics): LedgerMetrics {
  const transactions = metrics.counter({
    name: "ledger_transactions_total",
    help: "Transactions executed, by what became of them; a block that is executed again counts again",
    labels: ["mode", "result"],
  });
  return {
    executed({ receipts, skipped }, mode) {
      let failed = 0;
      for (const receipt of receipts) if (!receipt.ok) failed++;
      if (receipts.length > failed) transactions.increment(receipts.length - failed, { mode, result: "ok" });
      if (failed > 0) transactions.increment(failed, { mode, result: "failed" });
      if (skipped.length > 0) transactions.increment(skipped.length, { mode, result: "skipped" });
    },
  };
}
