/**
 * What the transport asks of TLS: contexts to begin with, and a verdict on the other end. Keys, certificates, trust, rotation
 * and expiry are decided in tls/; framing, limits and sockets know nothing of them beyond this file.
 */
import type { ConnectionOptions, TLSSocket, TlsOptions } from "node:tls";
import type { ConnectionSecurity } from "../../core/sdk.js";

/** Codes of refusals begin with TRANSPORT_ and are a closed set: they are metric labels, and told to the other end. */
export type TlsVerdict =
  | { readonly security: ConnectionSecurity }
  | { readonly refusal: { readonly code: string; readonly message: string } };

export interface TlsSecurity {
  /** Loads and checks keys and certificates. @throws TRANSPORT_TLS_* */
  start(): Promise<void>;
  stop(): void;
  /** For tls.createServer / TLSSocket; always the newest certificates. rejectUnauthorized is false: judge() decides. */
  serverOptions(): TlsOptions;
  clientOptions(): ConnectionOptions;
  /** After the handshake, on either side: protocol version, ALPN, certificate, trust. Binding by exportKeyingMaterial. */
  judge(socket: TLSSocket, direction: "inbound" | "outbound"): TlsVerdict;
  /** Calls back when new certificates are in force (for server.setSecureContext). */
  onRotated(listener: () => void): void;
}
