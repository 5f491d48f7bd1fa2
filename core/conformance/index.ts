/**
 * "chainwright/conformance": for each port a list of named cases that throw node:assert errors, for any test runner.
 *
 * ```ts
 * import test from "node:test";
 * import { storageConformance } from "chainwright/conformance";
 *
 * for (const { name, run } of storageConformance(() => ({ storage: new MyStorage() }), { persistence: false })) test(name, run);
 * ```
 */
export { type BoundCase, bindCases, type ConformanceCase } from "./case.js";
export {
  CONFORMANCE_KEY_FILE,
  CONFORMANCE_KEYS,
  type ConformanceKeys,
  type ConformanceValidator,
  type ConsensusSubject,
  type ConsensusSupports,
  conformanceValidators,
  consensusConformance,
  type PluginUnderTest,
} from "./consensus/index.js";
export { CONFORMANCE_CHAIN_ID, type LedgerSubject, type LedgerSupports, ledgerConformance } from "./ledger/index.js";
export { type StorageSubject, type StorageSupports, storageConformance } from "./storage/index.js";
export { type Intruder, type TransportSubject, type TransportSupports, transportConformance } from "./transport/index.js";
