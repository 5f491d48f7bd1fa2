/**
 * The certificate of a node that needs none: with trust `open` or `pinned` TLS wants one, but only the node id, which Hello
 * proves, means anything. Made at the first start, kept, and made again when it nears its end or a crash left half of it.
 */
import { readFile } from "node:fs/promises";
import {
  type Clock,
  type Entropy,
  type Logger,
  openPrivateKey,
  readCertificates,
  selfSignedCertificate,
  validityOf,
  writeCertifiedKey,
} from "../../../core/sdk.js";
import { type CredentialFiles, readPassphrase } from "./credentials.js";

const RENEW_BEFORE_MS = 30 * 86_400_000;

/** @throws CERTIFICATE_*; a key that the passphrase does not open is not replaced */
export async function ensureSelfSigned(
  files: CredentialFiles,
  { clock, entropy, logger }: { readonly clock: Clock; readonly entropy: Entropy; readonly logger: Logger },
): Promise<void> {
  const passphrase = await readPassphrase(files.keyPassphrase);
  if (await isUsable(files, passphrase, clock.nowMs())) return;
  const made = await selfSignedCertificate({ nowMs: clock.nowMs(), entropy }, { passphrase });
  await writeCertifiedKey(files, made, entropy);
  logger.info({ certificate: files.certificate }, "made a self-signed certificate");
}

async function isUsable(files: CredentialFiles, passphrase: string | undefined, nowMs: number): Promise<boolean> {
  const [certificatePem, keyPem] = await Promise.all([textOf(files.certificate), textOf(files.key)]);
  if (certificatePem === undefined || keyPem === undefined) return false;
  const [leaf] = readCertificates(certificatePem, files.certificate);
  const key = await openPrivateKey(keyPem, {
    what: files.key,
    passphrase,
    remedy: "name a file that holds it with tls.keyPassphraseFile",
  });
  return leaf?.checkPrivateKey(key) === true && validityOf(leaf).validUntilMs - nowMs > RENEW_BEFORE_MS;
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
