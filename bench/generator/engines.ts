/** Which engines and tiers this machine has, for suites that measure all of them. */
import { createEngine, type EngineOptions } from "../../native/index.js";

/** Why an engine can't be built here, or undefined. */
export function lacking(options: EngineOptions): string | undefined {
  try {
    createEngine(options);
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
