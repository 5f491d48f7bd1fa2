/** Metrics of certificates. Refusals are counted where connections are: by the transport, with the codes of refusals.ts. */
import type { Counter, Metrics } from "../../../core/sdk.js";

/** Sources of the gauges, read at each scrape. */
export interface ExpirySources {
  /** Seconds until the own certificate ends; negative afterwards. */
  readonly certificate: () => number;
  /** The same of the authority that ends first; undefined where none is trusted by file. */
  readonly authority: (() => number) | undefined;
  readonly revocations: () => number;
}

export interface TlsMetrics {
  readonly reloads: Counter;
  readonly revokedConnections: Counter;
}

export function tlsMetrics(metrics: Metrics, sources: ExpirySources): TlsMetrics {
  metrics.gauge({
    name: "transport_tls_certificate_remaining_seconds",
    help: "Time until the node's own certificate ends; negative once it has",
    collect: sources.certificate,
  });
  if (sources.authority !== undefined)
    metrics.gauge({
      name: "transport_tls_authority_remaining_seconds",
      help: "Time until the first of the trusted authorities' certificates ends; negative once it has",
      collect: sources.authority,
    });
  metrics.gauge({ name: "transport_tls_revocations", help: "Entries of the revocation list", collect: sources.revocations });
  return {
    reloads: metrics.counter({
      name: "transport_tls_reloads_total",
      help: "Files that changed, by what (certificate, revocations) and result (taken, refused); a refused one leaves the last in force",
      labels: ["what", "result"],
    }),
    revokedConnections: metrics.counter({
      name: "transport_tls_revoked_connections_total",
      help: "Open connections that ended because their certificate was revoked",
    }),
  };
}
