/** Makes authorities and certificates of nodes. Pure of files: see certificate-files.ts for where they lie. */
import type { KeyObject, X509Certificate } from "node:crypto";
import { buildCertificate } from "./build.js";
import { AuthorityUnusableError, CertificateValueError } from "./errors.js";
import { validityOf } from "./inspect.js";
import { nodeUri } from "./node-name.js";
import { exportPrivateKey, generateRsaKey, type RandomSource, type RsaBits, sealPrivateKey } from "./private-key.js";

const DAY_MS = 86_400_000;
/** Certificates begin an hour before now, for peers whose clocks are behind. */
const BACKDATE_MS = 3_600_000;
const DAYS_MAX = 36_500;
/** Upper bound of a common name (ub-common-name, RFC 5280, appendix A.1). No control characters: names are shown on terminals. */
const COMMON_NAME = /^[^\p{Cc}]{1,64}$/u;

/**
 * Keys of authorities are only verified by peers, which is cheap, and live for years; a node signs with its own at each handshake
 * (twice the time with 3,072 bits), and it authenticates one year of connections whose secrets do not depend on it.
 */
const AUTHORITY_BITS = 3072;
const PEER_BITS = 2048;
export const AUTHORITY_DAYS = 3_650;
export const PEER_DAYS = 365;

export interface IssuingSource {
  /** Wall time now, ms. */
  readonly nowMs: number;
  readonly entropy: RandomSource;
}

/** Both in PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  /** PKCS #8; encrypted if a passphrase was given. */
  readonly key: string;
}

interface KeyOptions {
  /** Encrypts the key. */
  readonly passphrase?: string | undefined;
  /** Default: 3,072 for an authority, else 2,048. */
  readonly bits?: RsaBits | undefined;
  /** 1 … 36,500; default: 3,650 for an authority, else 365. */
  readonly days?: number | undefined;
}

export interface AuthorityOptions extends KeyOptions {
  /** Common name, 1 … 64 characters. */
  readonly name: string;
}

export interface PeerOptions extends KeyOptions {
  /** Hex of the node's Ed25519 public key. */
  readonly nodeId: string;
}

/** An authority that can issue. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** A network's own certificate authority. @throws CERTIFICATE_VALUE */
export async function createAuthority({ nowMs, entropy }: IssuingSource, options: AuthorityOptions): Promise<CertifiedKey> {
  if (!COMMON_NAME.test(options.name))
    throw new CertificateValueError({ what: "name", reason: "it has 1 to 64 characters, none of them a control character" });
  const validity = validityFor(nowMs, options.days ?? AUTHORITY_DAYS);
  const key = await generateRsaKey(options.bits ?? AUTHORITY_BITS);
  const plan = { commonName: options.name, key, role: "authority", uris: [], ...validity } as const;
  return { certificate: await buildCertificate(plan, entropy), key: await keyText(key, options.passphrase, entropy) };
}

/**
 * A node's key and its certificate, which names the node's id; good for accepting and for dialing. It ends with its
 * authority, should that end before.
 *
 * @throws CERTIFICATE_VALUE, CERTIFICATE_AUTHORITY_UNUSABLE
 */
export async function issueCertificate(
  authority: Authority,
  { nowMs, entropy }: IssuingSource,
  options: PeerOptions,
): Promise<CertifiedKey> {
  const uris = [nodeUri(options.nodeId)];
  checkAuthority(authority, nowMs);
  const { validFromMs, validUntilMs } = validityFor(nowMs, options.days ?? PEER_DAYS);
  const limits = validityOf(authority.certificate);
  const validity = {
    validFromMs: Math.max(validFromMs, limits.validFromMs),
    validUntilMs: Math.min(validUntilMs, limits.validUntilMs),
  };
  const key = await generateRsaKey(options.bits ?? PEER_BITS);
  const plan = { commonName: options.nodeId, key, issuer: authority, role: "peer", uris, ...validity } as const;
  return { certificate: await buildCertificate(plan, entropy), key: await keyText(key, options.passphrase, entropy) };
}

/** A certificate that nobody vouches for, for networks that don't ask. It names no node. @throws CERTIFICATE_VALUE */
export async function selfSignedCertificate({ nowMs, entropy }: IssuingSource, options: KeyOptions = {}): Promise<CertifiedKey> {
  const validity = validityFor(nowMs, options.days ?? AUTHORITY_DAYS);
  const key = await generateRsaKey(options.bits ?? PEER_BITS);
  const plan = { commonName: "chainwright node", key, role: "peer", uris: [], ...validity } as const;
  return { certificate: await buildCertificate(plan, entropy), key: await keyText(key, options.passphrase, entropy) };
}

function validityFor(nowMs: number, days: number): { readonly validFromMs: number; readonly validUntilMs: number } {
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX)
    throw new CertificateValueError({ what: "days", reason: `a certificate is valid for 1 to ${DAYS_MAX} days` });
  return { validFromMs: nowMs - BACKDATE_MS, validUntilMs: nowMs + days * DAY_MS };
}

function checkAuthority({ certificate, key }: Authority, nowMs: number): void {
  const refuse = (reason: string): never => {
    throw new AuthorityUnusableError({ what: certificate.subject.replaceAll("\n", ", "), reason });
  };
  if (!certificate.ca) refuse("it is the certificate of one end of a connection, not of an authority");
  if (key.asymmetricKeyType !== "rsa")
    refuse(`its key is ${key.asymmetricKeyType}, and only RSA keys sign here; issue with the tool that made it, such as openssl`);
  if (!certificate.checkPrivateKey(key)) refuse("its key is not the one of its certificate");
  const { validFromMs, validUntilMs } = validityOf(certificate);
  if (nowMs < validFromMs) refuse("it is not valid yet; check the clock");
  if (nowMs > validUntilMs) refuse(`it expired on ${certificate.validTo}; make a new one with: chainwright tls init-ca`);
}

function keyText(key: KeyObject, passphrase: string | undefined, entropy: RandomSource): Promise<string> | string {
  return passphrase === undefined ? exportPrivateKey(key) : sealPrivateKey(key, passphrase, entropy);
}
