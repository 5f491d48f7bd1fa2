/** The node's key, its certificate and whom it trusts: found, read and checked before any of it is put in force. */
import type { X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import {
  CertificateMissingError,
  checkKeyMatches,
  type DataDirectory,
  exportPrivateKey,
  judgeChain,
  keyKindOf,
  type Logger,
  messageOf,
  openPrivateKey,
  readCertificates,
  readPemFile,
  validityOf,
} from "../../../core/sdk.js";
import type { TlsConfig } from "./config.js";
import { TlsCertificateMissingError, TlsConfigError, TlsOwnCertificateError } from "./errors.js";

export const RSA_BITS_MIN = 2048;

export interface CredentialFiles {
  readonly certificate: string;
  readonly key: string;
  readonly keyPassphrase: string | undefined;
  /** Absolute paths; empty unless the trust is `ca`. */
  readonly authorities: readonly string[] | "public";
  /** Made by this node where there are none. */
  readonly own: boolean;
}

export interface Credentials {
  readonly certificatePem: string;
  /** Decrypted. */
  readonly keyPem: string;
  readonly leaf: X509Certificate;
  readonly authorityPems: readonly string[];
  /** Those from files; empty for public ones, which are others' business. */
  readonly authorities: readonly X509Certificate[];
}

/** Everything that an option asks for while another excludes it. @throws TRANSPORT_TLS_CONFIG */
export function checkConfig({ trust, certificate, key, ca, requireNodeId, pinned }: TlsConfig): void {
  const refuseIf = (condition: boolean, reason: string): void => {
    if (condition) throw new TlsConfigError({ reason });
  };
  refuseIf((certificate === undefined) !== (key === undefined), "certificate and key belong together; set both or none");
  refuseIf(trust === "pinned" && pinned.length === 0, "trust is pinned, but pinned lists no node id: nobody could connect");
  refuseIf(trust !== "pinned" && pinned.length > 0, `pinned lists node ids, but trust is ${trust}; set trust to pinned, or clear the list`);
  refuseIf(trust !== "ca" && ca !== undefined, `ca names authorities, but trust is ${trust}; set trust to ca, or leave ca out`);
  refuseIf(trust !== "ca" && requireNodeId !== undefined, `requireNodeId is for trust ca; with ${trust} certificates need no names`);
  refuseIf(
    ca === "public" && requireNodeId === true,
    "public authorities name no nodes in their certificates, so requireNodeId refuses everybody",
  );
}

/** Where the files are: as configured, else in the data directory. */
export async function findFiles(config: TlsConfig, directory: DataDirectory): Promise<CredentialFiles> {
  const { trust, keyPassphraseFile: keyPassphrase, ca = [directory.resolve("tls", "ca.pem")] } = config;
  const authorities = trust === "ca" ? ca : [];
  const common = { keyPassphrase, authorities };
  if (config.certificate !== undefined && config.key !== undefined)
    return { ...common, certificate: config.certificate, key: config.key, own: false };
  const certificate = directory.resolve("tls", "certificate.pem");
  if (trust === "ca" || (await isFile(certificate)))
    return { ...common, certificate, key: directory.resolve("tls", "key.pem"), own: false };
  const names = { certificate: directory.resolve("tls", "self-signed.pem"), key: directory.resolve("tls", "self-signed-key.pem") };
  return { ...common, ...names, own: true };
}

/** All files whose change matters. */
export function watchedPaths({ certificate, key, keyPassphrase, authorities }: CredentialFiles): readonly string[] {
  return [certificate, key, ...(keyPassphrase === undefined ? [] : [keyPassphrase]), ...(authorities === "public" ? [] : authorities)];
}

/**
 * Reads and checks them.
 *
 * @throws TRANSPORT_TLS_CERTIFICATE_MISSING, TRANSPORT_TLS_OWN_CERTIFICATE, CERTIFICATE_*
 */
export async function loadCredentials(
  files: CredentialFiles,
  { trust }: TlsConfig,
  { directory, nowMs, logger }: { readonly directory: DataDirectory; readonly nowMs: number; readonly logger: Logger },
): Promise<Credentials> {
  try {
    const { pem: certificatePem, certificates } = await readBundle(files.certificate);
    const [leaf, ...others] = certificates;
    if (leaf === undefined) throw new TlsOwnCertificateError({ path: files.certificate, reason: "is empty" });
    const keyPem = await readKey(files, leaf, logger);
    checkStrength(files.certificate, leaf);
    const bundles = files.authorities === "public" ? [] : await Promise.all(files.authorities.map(readBundle));
    const authorities = bundles.flatMap((bundle) => bundle.certificates);
    if (trust === "ca") {
      checkDates(files.certificate, leaf, nowMs);
      const verdict = files.authorities === "public" ? "trusted" : judgeChain(leaf, others, authorities, nowMs);
      if (verdict !== "trusted")
        logger.warn(
          { certificate: files.certificate, verdict },
          "the own certificate is not from a trusted authority; peers that trust the same will refuse it",
        );
    }
    const authorityPems = files.authorities === "public" ? rootCertificates : bundles.map((bundle) => bundle.pem);
    return { certificatePem, keyPem, leaf, authorityPems, authorities };
  } catch (thrown) {
    if (trust === "ca" && CertificateMissingError.matches(thrown))
      throw new TlsCertificateMissingError({ path: thrown.data.path, dataDirectory: directory.path }, thrown);
    throw thrown;
  }
}

async function readBundle(path: string): Promise<{ readonly pem: string; readonly certificates: readonly X509Certificate[] }> {
  const pem = await readPemFile(path, "name another file under tls, or put it there");
  return { pem, certificates: readCertificates(pem, path) };
}

async function readKey(files: CredentialFiles, leaf: X509Certificate, logger: Logger): Promise<string> {
  const pem = await readPemFile(files.key, "name another file with tls.key, or put it there");
  await warnIfShared(files.key, "the node's private key", logger);
  if (files.keyPassphrase !== undefined) await warnIfShared(files.keyPassphrase, "the passphrase of the node's key", logger);
  const passphrase = await readPassphrase(files.keyPassphrase);
  const key = await openPrivateKey(pem, { what: files.key, passphrase, remedy: "name a file that holds it with tls.keyPassphraseFile" });
  checkKeyMatches(leaf, key, { certificate: files.certificate, key: files.key });
  return exportPrivateKey(key);
}

async function warnIfShared(path: string, what: string, logger: Logger): Promise<void> {
  const mode = await stat(path).then(
    (found) => found.mode,
    // Whoever reads it says better what is wrong with it.
    () => 0,
  );
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    logger.warn({ file: path, mode: (mode & 0o777).toString(8) }, `others can read ${what}: chmod 600 it`);
}

/** The first line of the file; undefined without a file. @throws TRANSPORT_TLS_CONFIG */
export async function readPassphrase(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return (await readFile(path, "utf8")).split(/\r?\n/, 1)[0];
  } catch (thrown) {
    throw new TlsConfigError({ reason: `keyPassphraseFile can't be read: ${messageOf(thrown)}` }, thrown);
  }
}

function checkStrength(path: string, leaf: X509Certificate): void {
  if (isWeak(leaf))
    throw new TlsOwnCertificateError({ path, reason: `has a key of kind ${keyKindOf(leaf)}, and peers want at least RSA-${RSA_BITS_MIN}` });
}

/** RSA keys of less than 2,048 bits can be factored by whoever cares enough. */
export function isWeak(certificate: X509Certificate): boolean {
  const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength;
  return bits !== undefined && bits < RSA_BITS_MIN;
}

function checkDates(path: string, leaf: X509Certificate, nowMs: number): void {
  const { validFromMs, validUntilMs } = validityOf(leaf);
  if (nowMs > validUntilMs) throw new TlsOwnCertificateError({ path, reason: `expired on ${leaf.validTo}` });
  if (nowMs < validFromMs) throw new TlsOwnCertificateError({ path, reason: `is valid from ${leaf.validFrom} only; check the clock` });
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
