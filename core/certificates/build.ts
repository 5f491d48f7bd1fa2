/**
 * Puts X.509 certificates (RFC 5280) together with node-forge and signs them with OpenSSL.
 *
 * node-forge is imported only when a certificate is made: it takes 60 ms to load, and a node that only reads certificates
 * never needs it. It encodes; the private key stays a KeyObject of OpenSSL, which signs in a millisecond where JavaScript
 * takes a hundred. RSA keys with SHA-256 are what node-forge can encode.
 */
import { createPublicKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import type { asn1, pki } from "node-forge";
import { assert } from "../kernel/assert.js";
import { messageOf } from "../kernel/errors.js";
import { type Bytes, toHex } from "../primitives/bytes.js";
import { derElement, derSequence } from "./der.js";
import { AuthorityUnusableError, CertificateValueError } from "./errors.js";
import type { RandomSource } from "./private-key.js";

type Forge = typeof import("node-forge");

/** A function of forge that its typings leave out. */
interface WithoutTypings {
  getTBSCertificate(certificate: pki.Certificate): asn1.Asn1;
}

/** Places within a TBSCertificate (RFC 5280, section 4.1) of version 3. */
const SIGNATURE_FIELD = 2;
const ISSUER_FIELD = 3;
const SUBJECT_FIELD = 5;

export interface CertificatePlan {
  /** 1 … 64 characters. */
  readonly commonName: string;
  readonly key: KeyObject;
  /** Absent: it signs itself. */
  readonly issuer?: { readonly certificate: X509Certificate; readonly key: KeyObject };
  readonly validFromMs: number;
  readonly validUntilMs: number;
  /** `authority` issues others, but no further authorities; `peer` is one end of a connection, either one. */
  readonly role: "authority" | "peer";
  /** URIs that name the subject. */
  readonly uris: readonly string[];
}

/** Years of five digits can't be written in a certificate. */
const LAST_MS = Date.UTC(9999, 11, 31);

/** The certificate in PEM. @throws CERTIFICATE_VALUE, CERTIFICATE_AUTHORITY_UNUSABLE */
export async function buildCertificate(plan: CertificatePlan, entropy: RandomSource): Promise<string> {
  if (!(plan.validFromMs < plan.validUntilMs && plan.validUntilMs < LAST_MS))
    throw new CertificateValueError({ what: "validity", reason: "it begins before it ends, and ends before the year 9999" });
  const signingKey = plan.issuer?.key ?? plan.key;
  assert(plan.key.asymmetricKeyType === "rsa" && signingKey.asymmetricKeyType === "rsa", "issue.ts lets only RSA keys through");
  const { default: forge } = await import("node-forge");
  const pem = encode(forge, plan, signingKey, serialNumber(entropy));
  checkIssued(pem, plan.issuer?.certificate);
  return pem;
}

function encode(forge: Forge, plan: CertificatePlan, signingKey: KeyObject, serial: Bytes): string {
  const certificate = forge.pki.createCertificate();
  const algorithm = forge.pki.oids.sha256WithRSAEncryption;
  assert(algorithm !== undefined, "node-forge knows RSA with SHA-256");
  certificate.signatureOid = algorithm;
  certificate.siginfo.algorithmOid = algorithm;
  certificate.serialNumber = toHex(serial);
  certificate.validity.notBefore = new Date(plan.validFromMs);
  certificate.validity.notAfter = new Date(plan.validUntilMs);
  certificate.publicKey = forge.pki.publicKeyFromPem(createPublicKey(plan.key).export({ type: "spki", format: "pem" }).toString());
  // The typings call every tag a class.
  const utf8 = forge.asn1.Type.UTF8 as unknown as pki.CertificateField["valueTagClass"];
  const subject = [{ name: "commonName", value: plan.commonName, valueTagClass: utf8 }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  const issuer = plan.issuer === undefined ? undefined : issuerFields(forge, plan.issuer.certificate);
  certificate.setExtensions([
    ...extensionsOf(plan),
    ...(issuer?.keyIdentifier === undefined ? [] : [{ name: "authorityKeyIdentifier", keyIdentifier: issuer.keyIdentifier }]),
  ]);
  const unsigned = (forge.pki as typeof forge.pki & WithoutTypings).getTBSCertificate(certificate);
  const fields = sequenceOf(unsigned);
  const signatureAlgorithm = fields[SIGNATURE_FIELD];
  assert(signatureAlgorithm !== undefined && fields.length > ISSUER_FIELD, "a certificate has all its fields");
  if (issuer !== undefined) fields[ISSUER_FIELD] = issuer.name;
  const der = derOf(forge, unsigned);
  // A BIT STRING without unused bits.
  const signature = derElement(0x03, Uint8Array.of(0), sign("sha256", der, signingKey));
  const signed = Buffer.from(derSequence(der, derOf(forge, signatureAlgorithm), signature));
  return `-----BEGIN CERTIFICATE-----\n${(signed.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;
}

function extensionsOf({ role, uris }: CertificatePlan): readonly object[] {
  const names = uris.length === 0 ? [] : [{ name: "subjectAltName", altNames: uris.map((value) => ({ type: 6, value })) }];
  const identifier = { name: "subjectKeyIdentifier" };
  if (role === "authority")
    return [
      { name: "basicConstraints", critical: true, cA: true, pathLenConstraint: 0 },
      { name: "keyUsage", critical: true, keyCertSign: true, cRLSign: true },
      identifier,
    ];
  return [
    { name: "basicConstraints", critical: true, cA: false },
    // All that TLS 1.3, and 1.2 with ECDHE, asks of a certificate's key.
    { name: "keyUsage", critical: true, digitalSignature: true },
    // Every peer accepts and dials.
    { name: "extKeyUsage", serverAuth: true, clientAuth: true },
    identifier,
    ...names,
  ];
}

/**
 * Whom the certificate is from: the authority's own bytes, since a name that is decoded and encoded again may be another one
 * (forge does so to what is not ASCII, and to names with several parts in one place).
 */
function issuerFields(forge: Forge, issuer: X509Certificate): { readonly name: asn1.Asn1; readonly keyIdentifier: string | undefined } {
  try {
    const name = sequenceOf(sequenceOf(forge.asn1.fromDer(issuer.raw.toString("latin1")))[0])[SUBJECT_FIELD];
    assert(name !== undefined, "OpenSSL read this certificate, so it has a subject");
    const extension = forge.pki.certificateFromPem(issuer.toString()).getExtension("subjectKeyIdentifier") as SubjectKeyIdentifier;
    const identifier = extension?.value === undefined ? undefined : forge.asn1.fromDer(extension.value).value;
    return { name, keyIdentifier: typeof identifier === "string" ? identifier : undefined };
  } catch (thrown) {
    throw new AuthorityUnusableError({ what: issuer.subject.replaceAll("\n", ", "), reason: messageOf(thrown) }, thrown);
  }
}

type SubjectKeyIdentifier = { readonly value?: string } | null | undefined;

function sequenceOf(element: asn1.Asn1 | undefined): asn1.Asn1[] {
  if (element === undefined || typeof element.value === "string")
    throw new CertificateValueError({ what: "not DER", reason: "no sequence" });
  return element.value;
}

function derOf(forge: Forge, element: asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(element).getBytes(), "latin1");
}

/** 16 random bytes, positive and without leading zeros (RFC 5280, section 4.1.2.2, allows 20 bytes). */
function serialNumber(entropy: RandomSource): Bytes {
  const serial = new Uint8Array(entropy.bytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

/** OpenSSL's opinion of what forge encoded. */
function checkIssued(pem: string, issuer: X509Certificate | undefined): void {
  const made = new X509Certificate(pem);
  if (issuer === undefined) {
    assert(made.verify(made.publicKey), "what forge encoded and OpenSSL signed is a certificate");
    return;
  }
  if (made.checkIssued(issuer) && made.verify(issuer.publicKey)) return;
  const what = issuer.subject.replaceAll("\n", ", ");
  throw new AuthorityUnusableError({
    what,
    reason: "OpenSSL does not take what it signed as its own; it may not be allowed to sign certificates",
  });
}
