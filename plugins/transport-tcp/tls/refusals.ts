/**
 * Why a peer is refused after the handshake: stable codes, each with one line for the log and for the peer. What OpenSSL ends
 * within the handshake is the transport's to tell; the same reason has the same code on both ways.
 */
import { RefusalCode as TransportRefusal } from "../errors.js";

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

const MESSAGES = {
  TRANSPORT_TLS_NO_CERTIFICATE: "it sent no certificate; both sides of a connection have one",
  TRANSPORT_TLS_BAD_CERTIFICATE: "its certificate can't be read",
  TRANSPORT_TLS_EXPIRED: "its certificate, or its authority's, has expired",
  TRANSPORT_TLS_NOT_YET_VALID: "its certificate, or its authority's, is not valid yet; one of the clocks is wrong",
  TRANSPORT_TLS_SELF_SIGNED: "its certificate is signed by itself, and this node trusts authorities only",
  TRANSPORT_TLS_FOREIGN_CA: "its certificate is from an authority that this node does not trust",
  TRANSPORT_TLS_WRONG_PURPOSE: "its certificate, or one that vouches for it, is not made for that",
  TRANSPORT_TLS_UNTRUSTED: "its certificate does not pass",
  TRANSPORT_TLS_WEAK_KEY: "its certificate has an RSA key of less than 2048 bits",
  TRANSPORT_TLS_REVOKED: "its certificate is on the revocation list",
  TRANSPORT_TLS_NO_NODE_ID: "its certificate names no node id",
  TRANSPORT_TLS_RESUMED: "it resumed a session, which skips the checks of its certificate",
  TRANSPORT_TLS_NO_BINDING: "TLS 1.2 without extended master secret (RFC 7627) binds no identity to a connection",
  [TransportRefusal.tlsVersion]: "it speaks no version of TLS that this node takes",
  [TransportRefusal.wrongAlpn]: "it does not speak chainwright/1",
  [TransportRefusal.handshakeBroken]: "it went away during the handshake",
} as const;

export type PeerRefusalCode = keyof typeof MESSAGES;

/** @param detail what exactly, in parentheses */
export function refusal(code: PeerRefusalCode, detail?: string): Refusal {
  return { code, message: detail === undefined ? MESSAGES[code] : `${MESSAGES[code]} (${detail})` };
}

/** Names of verify results (X509_V_ERR_*) as Node has them in `authorizationError`. */
const BY_VERIFY_RESULT: Readonly<Record<string, PeerRefusalCode>> = {
  CERT_HAS_EXPIRED: "TRANSPORT_TLS_EXPIRED",
  CERT_NOT_YET_VALID: "TRANSPORT_TLS_NOT_YET_VALID",
  DEPTH_ZERO_SELF_SIGNED_CERT: "TRANSPORT_TLS_SELF_SIGNED",
  SELF_SIGNED_CERT_IN_CHAIN: "TRANSPORT_TLS_FOREIGN_CA",
  UNABLE_TO_GET_ISSUER_CERT: "TRANSPORT_TLS_FOREIGN_CA",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "TRANSPORT_TLS_FOREIGN_CA",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "TRANSPORT_TLS_FOREIGN_CA",
  CERT_SIGNATURE_FAILURE: "TRANSPORT_TLS_FOREIGN_CA",
  CERT_UNTRUSTED: "TRANSPORT_TLS_FOREIGN_CA",
  INVALID_PURPOSE: "TRANSPORT_TLS_WRONG_PURPOSE",
};

/** @param result `socket.authorizationError`; whatever OpenSSL says, or does not say: what is not verified is not trusted */
export function refusalOfVerification(result: string | undefined): Refusal {
  const code = result === undefined ? undefined : BY_VERIFY_RESULT[result];
  return code === undefined ? refusal("TRANSPORT_TLS_UNTRUSTED", result ?? "nobody verified it") : refusal(code);
}
