/**
 * What credentials become for node:tls. The context is made once and shared by all connections: making one costs 1.5 ms,
 * as much as the handshake.
 */
import { constants } from "node:crypto";
import { type ConnectionOptions, createSecureContext, type SecureContext, type SecureContextOptions, type TlsOptions } from "node:tls";
import { messageOf } from "../../../core/sdk.js";
import type { TlsConfig } from "./config.js";
import type { Credentials } from "./credentials.js";
import { TlsOwnCertificateError } from "./errors.js";

/** Protocol name in ALPN (RFC 7301). */
export const ALPN = "chainwright/1";

/** All of TLS 1.3's, then those of TLS 1.2 with forward secrecy and authenticated encryption; the version decides which count. */
const CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");
const GROUPS = "X25519:P-256:P-384";
/** Tickets would resume sessions without the checks of certificates; renegotiation would change them in mid-connection. */
const SECURE_OPTIONS = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION;

export interface TlsContexts {
  readonly server: TlsOptions;
  readonly client: ConnectionOptions;
}

/** @param path of the certificate, for the error. @throws TRANSPORT_TLS_OWN_CERTIFICATE if OpenSSL takes the credentials not */
export function createContexts(credentials: Credentials, { minVersion }: TlsConfig, path: string): TlsContexts {
  const settings: SecureContextOptions = {
    cert: credentials.certificatePem,
    key: credentials.keyPem,
    // An empty list, where nobody is trusted by authority: none at all would mean all public ones.
    ca: [...credentials.authorityPems],
    minVersion,
    maxVersion: "TLSv1.3",
    ciphers: CIPHERS,
    ecdhCurve: GROUPS,
    honorCipherOrder: true,
    secureOptions: SECURE_OPTIONS,
  };
  let secureContext: SecureContext;
  try {
    secureContext = createSecureContext(settings);
  } catch (thrown) {
    throw new TlsOwnCertificateError({ path, reason: `can't be used for TLS: ${messageOf(thrown)}` }, thrown);
  }
  const common = { secureContext, ALPNProtocols: [ALPN], rejectUnauthorized: false };
  return {
    // A server makes its context from the settings; a TLSSocket with `isServer` takes the one that is made.
    server: { ...settings, ...common, requestCert: true },
    // Whom the certificate names is judged by node ids, not by host names.
    client: { ...common, minVersion, checkServerIdentity: () => undefined },
  };
}
