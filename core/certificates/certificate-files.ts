/**
 * Where keys and certificates lie, and how they get there: keys with mode 0600, every file whole or absent, and never one over
 * a key that is there, except by a rotation, which keeps the one before.
 *
 * - An authority's folder: `ca.pem`, `ca-key.pem`. Keep it off the nodes.
 * - A node's folder (`tls` in its data directory): `certificate.pem`, `key.pem`, and `ca.pem`, whom it trusts.
 */
import { link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "../kernel/errors.js";
import { toHex } from "../primitives/bytes.js";
import { CertificateExistsError, CertificateFileError, CertificateMissingError, OtherAuthorityError } from "./errors.js";
import { checkKeyMatches, fingerprintOf, readCertificates } from "./inspect.js";
import type { Authority, CertifiedKey } from "./issue.js";
import { isEncryptedKey, openPrivateKey, type RandomSource } from "./private-key.js";

export const AUTHORITY_CERTIFICATE_FILE = "ca.pem";
export const AUTHORITY_KEY_FILE = "ca-key.pem";
export const NODE_CERTIFICATE_FILE = "certificate.pem";
export const NODE_KEY_FILE = "key.pem";

/** Bundles of all public authorities have 0.3 MiB. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
const SECRET = 0o600;
const PUBLIC = 0o644;

/** Text of a PEM file. @throws CERTIFICATE_MISSING, CERTIFICATE_FILE */
export async function readPemFile(path: string, remedy: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) throw new CertificateFileError({ path, reason: `it has ${size} bytes, at most ${FILE_BYTES_MAX} are read` });
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") throw new CertificateMissingError({ path, remedy }, thrown);
    throw CertificateFileError.matches(thrown) ? thrown : new CertificateFileError({ path, reason: messageOf(thrown) }, thrown);
  }
}

/** Writes a new authority's files. @throws CERTIFICATE_EXISTS, CERTIFICATE_FILE */
export async function writeAuthority(directory: string, { certificate, key }: CertifiedKey, entropy: RandomSource): Promise<void> {
  const remedy = "an authority is never replaced: choose another folder";
  await writeNewFiles(
    [
      // The key first: a certificate whose key was lost is of no use.
      { path: join(directory, AUTHORITY_KEY_FILE), text: key, mode: SECRET },
      { path: join(directory, AUTHORITY_CERTIFICATE_FILE), text: certificate, mode: PUBLIC },
    ],
    remedy,
    entropy,
  );
}

/**
 * An authority that can issue.
 *
 * @param passphrase asked only if its key is encrypted
 * @throws CERTIFICATE_*
 */
export async function readAuthority(directory: string, passphrase: (what: string) => Promise<string | undefined>): Promise<Authority> {
  const remedy = "make an authority with: chainwright tls init-ca";
  const certificatePath = join(directory, AUTHORITY_CERTIFICATE_FILE);
  const what = join(directory, AUTHORITY_KEY_FILE);
  const [certificate] = readCertificates(await readPemFile(certificatePath, remedy), certificatePath);
  const pem = await readPemFile(what, remedy);
  const key = await openPrivateKey(pem, { what, passphrase: isEncryptedKey(pem) ? await passphrase(what) : undefined });
  if (certificate === undefined) throw new CertificateMissingError({ path: certificatePath, remedy });
  checkKeyMatches(certificate, key, { certificate: certificatePath, key: what });
  return { certificate, key };
}

const ROTATE = "renew a node's certificate with: chainwright tls rotate";

/** So that nobody is asked for a passphrase in vain. @throws CERTIFICATE_EXISTS */
export async function checkNoNodeCertificate(directory: string): Promise<void> {
  const names = [NODE_KEY_FILE, NODE_CERTIFICATE_FILE, AUTHORITY_CERTIFICATE_FILE];
  await checkAbsent(
    names.map((name) => join(directory, name)),
    ROTATE,
  );
}

/** Writes a node's first files. @throws CERTIFICATE_EXISTS, CERTIFICATE_FILE */
export async function writeNodeCertificate(
  directory: string,
  { certificate, key }: CertifiedKey,
  authority: Authority["certificate"],
  entropy: RandomSource,
): Promise<void> {
  await writeNewFiles(
    [
      { path: join(directory, NODE_KEY_FILE), text: key, mode: SECRET },
      { path: join(directory, NODE_CERTIFICATE_FILE), text: certificate, mode: PUBLIC },
      { path: join(directory, AUTHORITY_CERTIFICATE_FILE), text: authority.toString(), mode: PUBLIC },
    ],
    ROTATE,
    entropy,
  );
}

/**
 * Puts a new key and certificate in the place of a node's, and keeps those before as `.previous`. A running node sees both
 * change and takes them over; for the moment between the two renames it goes on with what it has.
 *
 * @throws CERTIFICATE_OTHER_AUTHORITY if the node's own `ca.pem` does not hold the authority; CERTIFICATE_FILE
 */
export async function replaceNodeCertificate(
  directory: string,
  next: CertifiedKey,
  authority: Authority["certificate"],
  entropy: RandomSource,
): Promise<void> {
  const trustedPath = join(directory, AUTHORITY_CERTIFICATE_FILE);
  const trusted = readCertificates(await readPemFile(trustedPath, "put the authority's ca.pem there"), trustedPath);
  if (!trusted.some((each) => each.raw.equals(authority.raw)))
    throw new OtherAuthorityError({ directory, authority: fingerprintOf(authority) });
  const paths = { key: join(directory, NODE_KEY_FILE), certificate: join(directory, NODE_CERTIFICATE_FILE) };
  await writeCertifiedKey(paths, next, entropy, { keepPrevious: true });
}

/**
 * Puts a key and its certificate at two paths, also over what is there. Each is replaced as a whole; between the two they don't match
 * for a moment, which readers must bear.
 *
 * @throws CERTIFICATE_FILE
 */
export async function writeCertifiedKey(
  paths: CertifiedKey,
  content: CertifiedKey,
  entropy: RandomSource,
  { keepPrevious = false }: { readonly keepPrevious?: boolean } = {},
): Promise<void> {
  const files = [
    { path: paths.key, text: content.key, mode: SECRET },
    { path: paths.certificate, text: content.certificate, mode: PUBLIC },
  ];
  const written: { readonly path: string; readonly from: string }[] = [];
  try {
    // All that can fail for want of space comes before anything is replaced.
    for (const { path, text, mode } of files) {
      await makeFolder(dirname(path));
      written.push({ path, from: await writeAside(path, text, mode, entropy) });
    }
    if (keepPrevious)
      for (const { path, mode } of files) {
        const previous = await writeAside(path, await readFile(path, "utf8"), mode, entropy);
        await rename(previous, `${path}.previous`);
      }
    for (const { path, from } of written) await rename(from, path);
    for (const { path } of files) await syncFolder(dirname(path));
  } catch (thrown) {
    throw new CertificateFileError({ path: paths.certificate, reason: messageOf(thrown) }, thrown);
  } finally {
    for (const { from } of written) await rm(from, { force: true });
  }
}

interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/** All or, if one of them is there, none. Written aside and linked, which fails over a file that is there. */
async function writeNewFiles(files: readonly NewFile[], remedy: string, entropy: RandomSource): Promise<void> {
  const written: string[] = [];
  try {
    await checkAbsent(
      files.map(({ path }) => path),
      remedy,
    );
    for (const { path, text, mode } of files) {
      await makeFolder(dirname(path));
      const aside = await writeAside(path, text, mode, entropy);
      try {
        await link(aside, path);
      } finally {
        await rm(aside, { force: true });
      }
      written.push(path);
    }
    for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncFolder(folder);
  } catch (thrown) {
    for (const path of written) await rm(path, { force: true });
    if (CertificateExistsError.matches(thrown)) throw thrown;
    const path = files[written.length]?.path ?? "";
    if (codeOf(thrown) === "EEXIST") throw new CertificateExistsError({ path, remedy }, thrown);
    throw new CertificateFileError({ path, reason: messageOf(thrown) }, thrown);
  }
}

async function checkAbsent(paths: readonly string[], remedy: string): Promise<void> {
  for (const path of paths) {
    const there = await stat(path).then(
      () => true,
      () => false,
    );
    if (there) throw new CertificateExistsError({ path, remedy });
  }
}

/** Not by `recursive`: that never ends where a file system refuses with ENOENT (/proc). */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (codeOf(thrown) !== "ENOENT" || dirname(path) === path) throw thrown;
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

/** A synced file beside `path`; its own name, so that two processes do not write one. */
async function writeAside(path: string, text: string, mode: number, entropy: RandomSource): Promise<string> {
  const aside = `${path}.${toHex(entropy.bytes(8))}`;
  const file = await open(aside, "wx", mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (thrown) {
    await rm(aside, { force: true });
    throw thrown;
  } finally {
    await file.close();
  }
  return aside;
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and its renames are durable with the journal.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}
