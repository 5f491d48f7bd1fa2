/** A logger and metrics that do nothing: for what nobody listens to, and for measurements of work without its reports. */
import type { Logger, Metrics } from "../ports/runtime.js";

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

export const UNMETERED: Metrics = {
  counter: () => ({ increment: NOTHING }),
  gauge: () => ({ set: NOTHING }),
  histogram: () => ({ observe: NOTHING }),
};
