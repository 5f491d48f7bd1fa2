/** Commands on certificates: tls init-ca, issue, rotate, inspect. */
import type { X509Certificate } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  AUTHORITY_CERTIFICATE_FILE,
  type Authority,
  AuthorityUnusableError,
  type CertificateDescription,
  CertificateMissingError,
  CertificatePassphraseMissingError,
  type ChainVerdict,
  checkKeyMatches,
  checkNoNodeCertificate,
  createAuthority,
  describeCertificate,
  type IssuingSource,
  isEncryptedKey,
  issueCertificate,
  judgeChain,
  NODE_CERTIFICATE_FILE,
  NODE_KEY_FILE,
  openPrivateKey,
  RSA_BITS,
  type RsaBits,
  readAuthority,
  readCertificates,
  readPemFile,
  replaceNodeCertificate,
  writeAuthority,
  writeNodeCertificate,
} from "../../certificates/index.js";
import { openIdentity } from "../../node/identity.js";
import { readPassphrase } from "../../node/keystore.js";
import { KeyPassphraseMissingError } from "../../node/keystore-errors.js";
import { SystemEntropy } from "../../runtime/index.js";
import { type Context, passphrase } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";

const DAY_MS = 86_400_000;
const TLS_FOLDER = "tls";

interface MakingOptions {
  readonly days?: string;
  readonly bits?: string;
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

export interface InitAuthorityOptions extends MakingOptions {
  readonly dir: string;
  readonly name: string;
  /** False with `--no-passphrase`. */
  readonly passphrase: boolean;
}

export interface RotateOptions extends MakingOptions {
  readonly ca: string;
  readonly dataDir?: string;
  readonly out?: string;
  readonly keyPassphraseFile?: string;
}

export interface IssueOptions extends RotateOptions {
  readonly nodeId?: string;
}

export interface InspectOptions {
  readonly ca?: string;
  readonly json?: boolean;
}

export async function initAuthority(options: InitAuthorityOptions, context: Context): Promise<number> {
  const source = issuingSource();
  if (!options.passphrase && options.passphraseFile !== undefined)
    throw new UsageError({ reason: "--passphrase-file and --no-passphrase contradict each other; say one of them" });
  const remedy = "name a file with --passphrase-file, set CHAINWRIGHT_PASSPHRASE, or say --no-passphrase to leave the key unencrypted";
  const secret = options.passphrase ? await askPassphrase("the authority's key", remedy, options, context, true) : undefined;
  const made = await createAuthority(source, { name: options.name, passphrase: secret, ...making(options) });
  await writeAuthority(options.dir, made, source.entropy);
  const path = join(options.dir, AUTHORITY_CERTIFICATE_FILE);
  const [certificate] = readCertificates(made.certificate, path);
  if (certificate !== undefined) show([{ file: path, certificates: [certificate] }], options, context);
  if (options.json !== true)
    context.output.line(
      `Made an authority in ${options.dir}. Give ${path} to all nodes, and the key to none. Next: chainwright tls issue --ca ${options.dir} --data-dir DIR`,
    );
  return ExitCode.ok;
}

export async function issue(options: IssueOptions, context: Context): Promise<number> {
  const source = issuingSource();
  const out = outFolder(options);
  await checkNoNodeCertificate(out);
  const authority = await openAuthority(options, context);
  const nodeId = await nodeIdFor(options);
  const made = await issueCertificate(authority, source, { nodeId, passphrase: await keyPassphrase(options), ...making(options) });
  await writeNodeCertificate(out, made, authority.certificate, source.entropy);
  await report(out, options, context, "Issued");
  return ExitCode.ok;
}

export async function rotate(options: RotateOptions, context: Context): Promise<number> {
  const source = issuingSource();
  const out = outFolder(options);
  const certificatePath = join(out, NODE_CERTIFICATE_FILE);
  const remedy = "make a first certificate with: chainwright tls issue";
  const [current] = readCertificates(await readPemFile(certificatePath, remedy), certificatePath);
  const [nodeId, ...others] = current === undefined ? [] : describeCertificate(current).nodeIds;
  if (nodeId === undefined || others.length > 0)
    throw new CertificateMissingError({ path: `certificate of one node in ${certificatePath}`, remedy });
  const secret = await keyPassphrase(options);
  const keyPath = join(out, NODE_KEY_FILE);
  if (secret === undefined && isEncryptedKey(await readPemFile(keyPath, remedy)))
    throw new CertificatePassphraseMissingError({
      what: `the new key: the one before, ${keyPath}, is encrypted`,
      remedy: "name a file with --key-passphrase-file",
    });
  const authority = await openAuthority(options, context);
  const made = await issueCertificate(authority, source, { nodeId, passphrase: secret, ...making(options) });
  await replaceNodeCertificate(out, made, authority.certificate, source.entropy);
  await report(out, options, context, "Renewed (a running node takes it over by itself; the files before are there as .previous)");
  return ExitCode.ok;
}

export async function inspect(files: readonly string[], options: InspectOptions, context: Context): Promise<number> {
  const read = async (path: string) => readCertificates(await readPemFile(path, "check the path"), path);
  const authorities = options.ca === undefined ? undefined : await read(options.ca);
  const found: Found[] = [];
  for (const file of files) found.push({ file, certificates: await read(file), ...(authorities === undefined ? {} : { authorities }) });
  return show(found, options, context) ? ExitCode.ok : ExitCode.failure;
}

function issuingSource(): IssuingSource {
  return { nowMs: Date.now(), entropy: new SystemEntropy() };
}

function making(options: MakingOptions): { readonly days?: number; readonly bits?: RsaBits } {
  const bits = RSA_BITS.find((each) => String(each) === options.bits);
  return { ...(options.days === undefined ? {} : { days: Number(options.days) }), ...(bits === undefined ? {} : { bits }) };
}

/** @throws CERTIFICATE_PASSPHRASE_MISSING with what this command offers */
async function askPassphrase(what: string, remedy: string, options: MakingOptions, context: Context, isNew: boolean): Promise<string> {
  try {
    const { passphraseFile } = options;
    return await passphrase(what, passphraseFile === undefined ? {} : { passphraseFile }, context, isNew);
  } catch (thrown) {
    throw KeyPassphraseMissingError.matches(thrown) ? new CertificatePassphraseMissingError({ what, remedy }, thrown) : thrown;
  }
}

async function openAuthority(options: RotateOptions, context: Context): Promise<Authority> {
  const remedy = "name a file with --passphrase-file, or set CHAINWRIGHT_PASSPHRASE";
  return readAuthority(options.ca, (what) => askPassphrase(what, remedy, options, context, false));
}

async function keyPassphrase({ keyPassphraseFile }: RotateOptions): Promise<string | undefined> {
  return keyPassphraseFile === undefined ? undefined : readPassphrase(keyPassphraseFile);
}

function outFolder({ out, dataDir }: RotateOptions): string {
  if (out !== undefined) return out;
  if (dataDir === undefined) throw new UsageError({ reason: "say for which node: --data-dir DIR, or --out DIR" });
  return join(dataDir, TLS_FOLDER);
}

/** As given, or of the node whose data directory it is; its key is made where there is none. */
async function nodeIdFor({ nodeId, dataDir }: IssueOptions): Promise<string> {
  if (nodeId !== undefined && dataDir !== undefined)
    throw new UsageError({ reason: "--node-id and --data-dir both say which node it is; say one of them (and --out for the folder)" });
  if (nodeId !== undefined) return nodeId.toLowerCase();
  if (dataDir === undefined) throw new UsageError({ reason: "say for which node: --data-dir DIR, or --node-id HEX with --out DIR" });
  return identityIn(dataDir);
}

async function identityIn(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return (await openIdentity({ resolve: (...segments) => join(path, ...segments) }, new SystemEntropy())).nodeId;
}

/** The id of a node that need not run, nor have run: who issues certificates or pins nodes elsewhere has to know it first. */
export async function showNodeId(
  { dataDir, json }: { readonly dataDir: string; readonly json?: boolean },
  { output }: Context,
): Promise<number> {
  const nodeId = await identityIn(dataDir);
  if (json === true) output.json({ nodeId });
  else output.line(nodeId);
  return 0;
}

/** Reads back what was written, and shows it. */
async function report(out: string, options: RotateOptions, context: Context, done: string): Promise<void> {
  const certificatePath = join(out, NODE_CERTIFICATE_FILE);
  const keyPath = join(out, NODE_KEY_FILE);
  const authorityPath = join(out, AUTHORITY_CERTIFICATE_FILE);
  const read = async (path: string) => readCertificates(await readPemFile(path, "it was there a moment ago"), path);
  const certificates = await read(certificatePath);
  const authorities = await read(authorityPath);
  const key = await openPrivateKey(await readPemFile(keyPath, "it was there a moment ago"), {
    what: keyPath,
    passphrase: await keyPassphrase(options),
  });
  const [certificate] = certificates;
  if (certificate !== undefined) checkKeyMatches(certificate, key, { certificate: certificatePath, key: keyPath });
  if (!show([{ file: certificatePath, certificates, authorities }], options, context))
    throw new AuthorityUnusableError({ what: options.ca, reason: `what it issued is not trusted by ${authorityPath}` });
  if (options.json !== true) context.output.line(`${done}: ${out}`);
}

/** A file's certificates, and whom its first one has to lead to. */
interface Found {
  readonly file: string;
  readonly certificates: readonly X509Certificate[];
  readonly authorities?: readonly X509Certificate[];
}

interface Shown extends CertificateDescription {
  readonly daysLeft: number;
  /** Absent: nobody asked. */
  readonly verdict?: ChainVerdict;
  readonly good: boolean;
}

/** Answers whether all of them are good. */
function show(found: readonly Found[], options: { readonly json?: boolean }, context: Context): boolean {
  const { output } = context;
  const nowMs = Date.now();
  const shown = found.map(({ file, certificates, authorities }) => ({ file, certificates: describeAll(certificates, authorities, nowMs) }));
  if (options.json === true) output.json(shown);
  else for (const { file, certificates } of shown) for (const certificate of certificates) showOne(file, certificate, context);
  return shown.every(({ certificates }) => certificates.every(({ good }) => good));
}

function describeAll(
  certificates: readonly X509Certificate[],
  authorities: readonly X509Certificate[] | undefined,
  nowMs: number,
): readonly Shown[] {
  return certificates.map((certificate, index) => {
    const description = describeCertificate(certificate);
    const inTime = nowMs >= description.validFromMs && nowMs <= description.validUntilMs;
    // What follows the first are those between it and its authority.
    const verdict = authorities === undefined || index > 0 ? undefined : judgeChain(certificate, certificates.slice(1), authorities, nowMs);
    const daysLeft = Math.floor((description.validUntilMs - nowMs) / DAY_MS);
    return {
      ...description,
      daysLeft,
      ...(verdict === undefined ? {} : { verdict }),
      good: inTime && (verdict ?? "trusted") === "trusted",
    };
  });
}

function showOne(file: string, certificate: Shown, { output }: Context): void {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const { daysLeft, verdict } = certificate;
  const left =
    daysLeft < 0
      ? output.style("red", "expired")
      : daysLeft < 30
        ? output.style("yellow", `${daysLeft} days left`)
        : `${daysLeft} days left`;
  output.line(output.style("bold", file));
  output.table([
    ["subject", certificate.subject],
    ...certificate.nodeIds.map((nodeId) => ["node id", nodeId]),
    ["issuer", certificate.isSelfSigned ? "itself" : certificate.issuer],
    ["key", certificate.keyKind],
    ["valid", `${day(certificate.validFromMs)} to ${day(certificate.validUntilMs)}, ${left}`],
    ["fingerprint", `sha256:${certificate.fingerprint}`],
    ["serial", certificate.serial],
    ...(certificate.isAuthority ? [["authority", "yes"]] : []),
    ...(verdict === undefined ? [] : [["verdict", verdict === "trusted" ? output.style("green", verdict) : output.style("red", verdict)]]),
  ]);
}
