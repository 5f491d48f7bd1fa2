/** Logs and metrics of what nobody listens to. */
import type { Logger, Metrics } from "../../sdk.js";

const NOTHING = (): undefined => undefined;

export const SILENT: Logger = {
  trace: NOTHING,
  debug: NOTHING,
  info: NOTHING,
  warn: NOTHING,
  error: NOTHING,
  fatal: NOTHING,
  isLevelEnabled: () => false,
  child: () => SILENT,
};

export const NO_METRICS: Metrics = {
  counter: () => ({ increment: NOTHING }),
  gauge: () => ({ set: NOTHING }),
  histogram: () => ({ observe: NOTHING }),
};
