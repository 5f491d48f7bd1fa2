/** Errors of the metrics plugin, all at start-up: nothing was started. */
import { defineError } from "../../core/sdk.js";

export const MetricsPortInUseError = defineError<{ host: string; port: number }>(
  "METRICS_PORT_IN_USE",
  "conflict",
  ({ host, port }) =>
    `port ${port} on ${host} is taken by another program, or by another node; stop that one, or give plugins.metrics-prometheus.listen.port another number (0 takes any free port)`,
);

export const MetricsListenError = defineError<{ host: string; port: number; reason: string }>(
  "METRICS_LISTEN_FAILED",
  "input",
  ({ host, port, reason }) => `can't listen on ${host}, port ${port}: ${reason}; mend plugins.metrics-prometheus.listen`,
);
