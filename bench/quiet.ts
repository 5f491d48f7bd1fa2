/** A logger and metrics that do nothing: what is measured is the work, not its reports. */
import type { Logger, Metrics } from "../core/ports/runtime.js";

const nothing = (): undefined => undefined;

export const SILENT: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  isLevelEnabled: () => false,
  child: () => SILENT,
};

export const UNMETERED: Metrics = {
  counter: () => ({ increment: nothing }),
  gauge: () => ({ set: nothing }),
  histogram: () => ({ observe: nothing }),
};
