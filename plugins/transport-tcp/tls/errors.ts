/**
 * Errors of TLS. Those at start are thrown; TRANSPORT_TLS_REVOKED is what an open connection is destroyed with. What a new connection
 * is refused for is no error but a verdict: refusals.ts. Errors of reading files are core/certificates' (CERTIFICATE_*).
 */
import { defineError } from "../../../core/sdk.js";

/** Options that contradict each other. */
export const TlsConfigError = defineError<{ reason: string }>("TRANSPORT_TLS_CONFIG", "input", ({ reason }) => `tls: ${reason}`);

/** Trust in authorities needs files that only an authority makes. */
export const TlsCertificateMissingError = defineError<{ path: string; dataDirectory: string }>(
  "TRANSPORT_TLS_CERTIFICATE_MISSING",
  "missing",
  ({ path, dataDirectory }) =>
    `there is no ${path}, and tls.trust is ca; let the network's authority issue it with: chainwright tls issue --ca DIR --data-dir ${dataDirectory} (and make an authority with: chainwright tls init-ca --dir DIR)`,
);

/** Peers would refuse it. */
export const TlsOwnCertificateError = defineError<{ path: string; reason: string }>(
  "TRANSPORT_TLS_OWN_CERTIFICATE",
  "conflict",
  ({ path, reason }) => `${path} ${reason}; renew it with: chainwright tls rotate`,
);

export const RevocationListError = defineError<{ path: string; line: number; reason: string }>(
  "TRANSPORT_TLS_REVOCATION_LIST",
  "input",
  ({ path, line, reason }) =>
    `${path}${line === 0 ? "" : `, line ${line}`}: ${reason}; a line is node:<64 hex digits>, sha256:<64 hex digits> or serial:<hex digits>`,
);

/** An open connection whose certificate was put on the revocation list. */
export const TlsRevokedError = defineError<{ entry: string }>(
  "TRANSPORT_TLS_REVOKED",
  "denied",
  ({ entry }) => `the certificate was revoked (${entry})`,
);
