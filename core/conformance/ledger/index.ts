/** Conformance of the ledger port: the laws of core/ports/ledger.ts, one case each. */
import { type BoundCase, bindCases } from "../case.js";
import { decoding, execution } from "./cases.js";
import { mempool, treasuries } from "./facts.js";
import { LedgerRun, type LedgerSubject } from "./subject.js";

export { CONFORMANCE_CHAIN_ID } from "../harness/plugin.js";
export type { LedgerSubject, LedgerSupports } from "./subject.js";

/**
 * The cases that every ledger passes, each on a ledger of its own, over state that is a plain map.
 *
 * A ledger that is not constructed from these parameters fails all of them with the reason.
 */
export function ledgerConformance(subject: LedgerSubject): readonly BoundCase[] {
  const hasTreasury = subject.supports?.treasury ?? true;
  return bindCases([...decoding, ...execution, ...mempool, ...(hasTreasury ? treasuries : [])], () => new LedgerRun(subject));
}
