/** TLS of transport-tcp: what the transport, and nobody else, takes from this folder. */
export { type TlsConfig, TlsSchema } from "./config.js";
export { ALPN } from "./contexts.js";
export type { PeerRefusalCode, Refusal } from "./refusals.js";
export { CertificateSecurity, type CertificateSecurityDependencies } from "./security.js";
