/**
 * Whether a certificate leads to an authority that is trusted. For what a person asks (`chainwright tls inspect --ca`) and for
 * a node's look at its own certificate; between peers OpenSSL decides, within the handshake, by the whole of RFC 5280.
 */
import type { X509Certificate } from "node:crypto";
import { isSelfSigned, validityOf } from "./inspect.js";

/** RFC 5280 sets no limit; real chains have three or four. */
const DEPTH_MAX = 8;

export type ChainVerdict = "trusted" | "expired" | "not-yet-valid" | "self-signed" | "unknown-authority";

/** @param others certificates that may stand between the two, as they came with it */
export function judgeChain(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  nowMs: number,
): ChainVerdict {
  const { validFromMs, validUntilMs } = validityOf(certificate);
  if (nowMs < validFromMs) return "not-yet-valid";
  if (nowMs > validUntilMs) return "expired";
  if (leadsTo(certificate, others, authorities, nowMs, 0)) return "trusted";
  return isSelfSigned(certificate) ? "self-signed" : "unknown-authority";
}

function leadsTo(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  nowMs: number,
  depth: number,
): boolean {
  if (authorities.some((authority) => authority.raw.equals(certificate.raw))) return true;
  if (depth >= DEPTH_MAX) return false;
  if (authorities.some((authority) => issued(authority, certificate, nowMs))) return true;
  return others.some(
    (other) =>
      !other.raw.equals(certificate.raw) &&
      issued(other, certificate, nowMs) &&
      leadsTo(
        other,
        others.filter((each) => each !== other),
        authorities,
        nowMs,
        depth + 1,
      ),
  );
}

function issued(issuer: X509Certificate, certificate: X509Certificate, nowMs: number): boolean {
  try {
    const { validFromMs, validUntilMs } = validityOf(issuer);
    return (
      issuer.ca && nowMs >= validFromMs && nowMs <= validUntilMs && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
    );
  } catch {
    return false;
  }
}
