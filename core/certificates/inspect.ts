/**
 * What a certificate says, read by OpenSSL (`X509Certificate`), so that RSA, ECDSA and Ed25519 alike are understood, from
 * whichever tool they come. What is issued here is RSA, since node-forge makes nothing else; see build.ts.
 */
import { type KeyObject, X509Certificate } from "node:crypto";
import { messageOf } from "../kernel/errors.js";
import { toHex } from "../primitives/bytes.js";
import { sha256 } from "../primitives/hash.js";
import { CertificateKeyMismatchError, CertificateUnreadableError } from "./errors.js";
import { nodeIdsIn } from "./node-name.js";

/** A bundle of all public authorities has about 150. */
const CERTIFICATES_MAX = 1_000;
const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

export interface CertificateDescription {
  /** Distinguished name on one line: `O=Chainwright, CN=devnet`. */
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex. */
  readonly serial: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  /** Node ids that it names, lower-case hex. */
  readonly nodeIds: readonly string[];
  /** `RSA-2048`, `EC-prime256v1`, `Ed25519`, … */
  readonly keyKind: string;
  readonly isAuthority: boolean;
  readonly isSelfSigned: boolean;
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

/** All certificates of a PEM text, in its order. @throws CERTIFICATE_UNREADABLE */
export function readCertificates(pem: string, what: string): readonly X509Certificate[] {
  const blocks = pem.match(PEM) ?? [];
  if (blocks.length === 0) throw new CertificateUnreadableError({ what, reason: "it has no such block" });
  if (blocks.length > CERTIFICATES_MAX)
    throw new CertificateUnreadableError({ what, reason: `it has ${blocks.length} of them, at most ${CERTIFICATES_MAX} are read` });
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (thrown) {
      throw new CertificateUnreadableError({ what, reason: messageOf(thrown) }, thrown);
    }
  });
}

/** @throws CERTIFICATE_UNREADABLE if its dates make no sense */
export function describeCertificate(certificate: X509Certificate): CertificateDescription {
  const { validFromMs, validUntilMs } = validityOf(certificate);
  return {
    subject: onOneLine(certificate.subject),
    issuer: onOneLine(certificate.issuer),
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: fingerprintOf(certificate),
    nodeIds: nodeIdsIn(certificate.subjectAltName),
    keyKind: keyKindOf(certificate),
    isAuthority: certificate.ca,
    isSelfSigned: isSelfSigned(certificate),
    validFromMs,
    validUntilMs,
  };
}

/** SHA-256 of the DER, lower-case hex. */
export function fingerprintOf(certificate: X509Certificate): string {
  return toHex(sha256(certificate.raw));
}

/** @throws CERTIFICATE_UNREADABLE */
export function validityOf(certificate: X509Certificate): { readonly validFromMs: number; readonly validUntilMs: number } {
  const validFromMs = Date.parse(certificate.validFrom);
  const validUntilMs = Date.parse(certificate.validTo);
  if (Number.isNaN(validFromMs) || Number.isNaN(validUntilMs))
    throw new CertificateUnreadableError({ what: onOneLine(certificate.subject), reason: "its dates make no sense" });
  return { validFromMs, validUntilMs };
}

export function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    // Not by checkIssued: that wants to know, too, whether the key may sign certificates.
    return certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey);
  } catch {
    // A key that OpenSSL does not know verifies nothing.
    return false;
  }
}

/** `RSA-2048`, `EC-prime256v1`, `Ed25519`, or the name that OpenSSL has for it. */
export function keyKindOf(certificate: X509Certificate): string {
  let key: KeyObject;
  try {
    key = certificate.publicKey;
  } catch {
    return "unknown";
  }
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = key;
  if (type === "rsa" || type === "rsa-pss") return `${type.toUpperCase()}-${details?.modulusLength ?? "unknown"}`;
  if (type === "ec") return `EC-${details?.namedCurve ?? "unknown"}`;
  return type === "ed25519" ? "Ed25519" : type;
}

/** @throws CERTIFICATE_KEY_MISMATCH */
export function checkKeyMatches(certificate: X509Certificate, key: KeyObject, names: { certificate: string; key: string }): void {
  if (!certificate.checkPrivateKey(key)) throw new CertificateKeyMismatchError(names);
}

function onOneLine(name: string): string {
  return name.split("\n").join(", ");
}
