/** Keys and certificates: what is issued, what others issued, who vouches for whom, and the files. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { derElement, derSequence, derUnsigned } from "../../../core/certificates/der.js";
import {
  type Authority,
  AuthorityUnusableError,
  CertificateExistsError,
  CertificateFileError,
  CertificateKeyMismatchError,
  CertificateMissingError,
  CertificatePassphraseError,
  CertificatePassphraseMissingError,
  CertificateUnreadableError,
  CertificateValueError,
  checkKeyMatches,
  createAuthority,
  DerReader,
  describeCertificate,
  isEncryptedKey,
  issueCertificate,
  judgeChain,
  nodeIdsIn,
  nodeUri,
  OtherAuthorityError,
  openPrivateKey,
  PrivateKeyUnreadableError,
  readAuthority,
  readCertificates,
  replaceNodeCertificate,
  sealPrivateKey,
  selfSignedCertificate,
  writeAuthority,
  writeNodeCertificate,
} from "../../../core/certificates/index.js";
import { SystemEntropy } from "../../../core/runtime/index.js";
import * as vectors from "./openssl-vectors.js";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 21);
const NODE_ID = vectors.VECTOR_NODE_ID;
const source = { nowMs: NOW_MS, entropy: new SystemEntropy() };

const read = (pem: string): X509Certificate => new X509Certificate(pem);

async function opened(pair: { readonly certificate: string; readonly key: string }, passphrase?: string): Promise<Authority> {
  return { certificate: read(pair.certificate), key: await openPrivateKey(pair.key, { what: "a key", passphrase }) };
}

/** Keys take their time to be made: one of each for all tests. */
const authorityPair = await createAuthority(source, { name: "Prüfstelle, Zweig: A", bits: 2048, days: 400, passphrase: "correct horse" });
const authority = await opened(authorityPair, "correct horse");
const nodePair = await issueCertificate(authority, source, { nodeId: NODE_ID, days: 90 });

t.test("an authority issues a certificate that names its node and serves both ends of a connection", async (t) => {
  const certificate = read(nodePair.certificate);
  const description = describeCertificate(certificate);
  t.match(description, { nodeIds: [NODE_ID], keyKind: "RSA-2048", isAuthority: false, isSelfSigned: false });
  t.equal(description.validFromMs, NOW_MS - 3_600_000, "begins a little before now, for clocks that are behind");
  t.equal(description.validUntilMs, NOW_MS + 90 * DAY_MS);
  t.equal(description.issuer, describeCertificate(authority.certificate).subject, "a name that is not ASCII stays what it is");
  t.match(description.serial, /^[4-7][0-9a-f]{31}$/, "16 bytes, positive");
  t.same(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], "server and client (extended key usage)");
  t.equal(judgeChain(certificate, [], [authority.certificate], NOW_MS), "trusted");
  checkKeyMatches(certificate, await openPrivateKey(nodePair.key, { what: "a key" }), { certificate: "c", key: "k" });
  t.throws(() => checkKeyMatches(certificate, authority.key, { certificate: "c", key: "k" }), { code: CertificateKeyMismatchError.code });
  t.match(describeCertificate(authority.certificate), { isAuthority: true, isSelfSigned: true, nodeIds: [] });
});

t.test("two certificates have neither serial number nor key in common", async (t) => {
  const other = read((await issueCertificate(authority, source, { nodeId: NODE_ID })).certificate);
  const certificate = read(nodePair.certificate);
  t.not(other.serialNumber, certificate.serialNumber);
  t.notOk(other.publicKey.equals(certificate.publicKey));
});

t.test("a certificate ends with its authority at the latest", async (t) => {
  const { certificate } = await issueCertificate(authority, source, { nodeId: NODE_ID, days: 4_000 });
  t.equal(describeCertificate(read(certificate)).validUntilMs, describeCertificate(authority.certificate).validUntilMs);
});

t.test("what can't issue does not", async (t) => {
  const options = { nodeId: NODE_ID };
  const node = await opened(nodePair);
  await t.rejects(issueCertificate(node, source, options), { code: AuthorityUnusableError.code, message: /not of an authority/ });
  const later = { ...source, nowMs: NOW_MS + 401 * DAY_MS };
  await t.rejects(issueCertificate(authority, later, options), { code: AuthorityUnusableError.code, message: /expired/ });
  const earlier = { ...source, nowMs: NOW_MS - DAY_MS };
  await t.rejects(issueCertificate(authority, earlier, options), { code: AuthorityUnusableError.code, message: /not valid yet/ });
  const mixed = { certificate: authority.certificate, key: node.key };
  await t.rejects(issueCertificate(mixed, source, options), { code: AuthorityUnusableError.code, message: /its key/ });
  const elliptic = await opened(vectors.ecAuthority);
  await t.rejects(issueCertificate(elliptic, source, options), { code: AuthorityUnusableError.code, message: /only RSA/ });
});

t.test("values that no certificate has are refused before a key is made", async (t) => {
  for (const nodeId of ["", "ab", NODE_ID.toUpperCase(), `${NODE_ID}0`, "g".repeat(64)])
    await t.rejects(issueCertificate(authority, source, { nodeId }), { code: CertificateValueError.code }, `node id ${nodeId}`);
  for (const days of [0, -1, 1.5, Number.NaN, 36_501])
    await t.rejects(selfSignedCertificate(source, { days }), { code: CertificateValueError.code }, `${days} days`);
  for (const name of ["", "x".repeat(65), "a\nb", "\u001b[31m"])
    await t.rejects(createAuthority(source, { name, bits: 2048 }), { code: CertificateValueError.code }, JSON.stringify(name));
});

t.test("certificates of other tools are read: ECDSA, Ed25519, RSA", async (t) => {
  t.match(describeCertificate(read(vectors.ecNode.certificate)), { keyKind: "EC-prime256v1", nodeIds: [NODE_ID], isSelfSigned: false });
  t.match(describeCertificate(read(vectors.edNode.certificate)), { keyKind: "Ed25519", nodeIds: [NODE_ID] });
  t.match(describeCertificate(read(vectors.weak.certificate)), { keyKind: "RSA-1024", isSelfSigned: true });
  t.match(describeCertificate(read(vectors.ecAuthority.certificate)), { isAuthority: true, isSelfSigned: true });
  for (const vector of [vectors.ecNode, vectors.edNode]) {
    const key = await openPrivateKey(vector.key, { what: "a key" });
    t.ok(read(vector.certificate).checkPrivateKey(key));
  }
  t.equal(readCertificates(`words before\n${vectors.ecNode.certificate}\n${vectors.intermediate.certificate}`, "two").length, 2);
  t.throws(() => readCertificates("nothing", "a file"), { code: CertificateUnreadableError.code });
  const cut = vectors.ecNode.certificate.replace(/.{64}\n/, "\n");
  t.throws(() => readCertificates(cut, "a file"), { code: CertificateUnreadableError.code });
  t.throws(() => readCertificates(vectors.ecNode.certificate.repeat(1_001), "a file"), { code: CertificateUnreadableError.code });
});

t.test("only a URI names a node, not a name that reads like one", async (t) => {
  const { subjectAltName } = read(vectors.sly.certificate);
  t.match(subjectAltName, /chainwright:node/, "the name is there");
  t.same(describeCertificate(read(vectors.sly.certificate)).nodeIds, []);
  const uri = nodeUri(NODE_ID);
  t.same(nodeIdsIn(undefined), []);
  t.same(nodeIdsIn(`DNS:a, URI:${uri}, IP Address:127.0.0.1`), [NODE_ID]);
  t.same(nodeIdsIn(`URI:${uri}, URI:${uri}`), [NODE_ID], "once");
  for (const text of [
    uri,
    `DNS:${uri}`,
    `URI:x${uri}`,
    `URI:${uri}0`,
    `URI:${uri.toUpperCase()}`,
    `email:"a, URI:${uri}, DNS:b"`,
    `URI:"${uri}"`,
  ])
    t.same(nodeIdsIn(text), [], text);
  fc.assert(fc.property(fc.string(), (text) => nodeIdsIn(`DNS:${JSON.stringify(text)}`).length === 0));
});

t.test("the chain leads to an authority, or there is a reason why not", async (t) => {
  const nowMs = Date.now();
  const [ec, below, intermediate] = [vectors.ecAuthority, vectors.below, vectors.intermediate].map(({ certificate }) => read(certificate));
  const judge = (certificate: X509Certificate, others: X509Certificate[], authorities: X509Certificate[], at = nowMs) =>
    judgeChain(certificate, others, authorities, at);
  if (ec === undefined || below === undefined || intermediate === undefined) throw new Error("three vectors");
  t.equal(judge(below, [intermediate], [ec]), "trusted");
  t.equal(judge(below, [], [ec]), "unknown-authority", "the one between is missing");
  t.equal(judge(below, [], [intermediate]), "trusted", "an authority need not be a root");
  t.equal(judge(below, [intermediate, intermediate], [authority.certificate]), "unknown-authority");
  t.equal(judge(read(vectors.weak.certificate), [], [ec]), "self-signed");
  t.equal(judge(read(vectors.weak.certificate), [], [read(vectors.weak.certificate)]), "trusted", "trusted by itself");
  t.equal(judge(below, [intermediate], [ec], Date.UTC(2200, 0)), "expired");
  t.equal(judge(below, [intermediate], [ec], 0), "not-yet-valid");
  const [forged, nameless] = [read(vectors.forged.certificate), read(vectors.nameless.certificate)];
  t.ok(forged.checkIssued(nameless) && forged.verify(nameless.publicKey), "signed it is");
  t.equal(judge(forged, [nameless], [ec]), "unknown-authority", "but not by an authority");
});

t.test("keys at rest: encrypted by scrypt, and opened from whichever tool", async (t) => {
  t.ok(isEncryptedKey(authorityPair.key));
  t.notOk(isEncryptedKey(nodePair.key));
  // OpenSSL's own reader agrees about the format.
  t.ok(createPrivateKey({ key: authorityPair.key, passphrase: "correct horse" }).equals(authority.key));
  await t.rejects(openPrivateKey(authorityPair.key, { what: "k", passphrase: "wrong" }), { code: CertificatePassphraseError.code });
  await t.rejects(openPrivateKey(authorityPair.key, { what: "k" }), { code: CertificatePassphraseMissingError.code });
  await t.rejects(sealPrivateKey(authority.key, "", source.entropy), { code: CertificateValueError.code });
  const plain = await openPrivateKey(vectors.edNode.key, { what: "k" });
  for (const sealed of [vectors.scryptKey, vectors.pbkdf2Key]) {
    t.ok((await openPrivateKey(sealed, { what: "k", passphrase: "hi" })).equals(plain));
    await t.rejects(openPrivateKey(sealed, { what: "k", passphrase: "ho" }), { code: CertificatePassphraseError.code });
  }
  const again = await sealPrivateKey(plain, "Pa\u0301ss", source.entropy);
  t.ok((await openPrivateKey(again, { what: "k", passphrase: "P\u00e1ss" })).equals(plain), "typed on another system");
  for (const text of ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", vectors.ecNode.certificate])
    await t.rejects(openPrivateKey(text, { what: "k" }), { code: PrivateKeyUnreadableError.code });
});

t.test("a forged key file can't ask for any amount of work", async (t) => {
  const body = vectors.scryptKey.split("\n").slice(1, -2).join("");
  const der = Buffer.from(body, "base64").toString("hex");
  // p = 5 becomes 127.
  const cost = "020240000201080201" + "05";
  t.ok(der.includes(cost), "the vector has the cost that is changed here");
  const forged = Buffer.from(der.replace(cost, "020240000201080201" + "7f"), "hex").toString("base64");
  const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${forged}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
  await t.rejects(openPrivateKey(pem, { what: "k", passphrase: "hi" }), { code: PrivateKeyUnreadableError.code, message: /work/ });
});

t.test("DER: what is written is read; garbage ends in one kind of error", async (t) => {
  const roundTrip = fc.property(fc.uint8Array({ maxLength: 70_000 }), fc.integer({ min: 0, max: 2 ** 47 - 1 }), (bytes, value) => {
    const reader = new DerReader(derSequence(derElement(0x04, bytes), derUnsigned(value))).sequence();
    return Buffer.compare(reader.content(0x04), bytes) === 0 && reader.integer() === value && reader.done;
  });
  t.notOk(fc.check(roundTrip).failed);
  const garbage = fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    try {
      const reader = new DerReader(bytes).sequence();
      while (!reader.done) reader.integer();
    } catch (thrown) {
      return CertificateValueError.matches(thrown);
    }
    return true;
  });
  t.notOk(fc.check(garbage).failed);
});

t.test("files: whole, private, and never over what is there", async (t) => {
  const directory = t.testdir({ readonly: {} });
  const ca = join(directory, "deep", "ca");
  await writeAuthority(ca, authorityPair, source.entropy);
  t.equal((await stat(join(ca, "ca-key.pem"))).mode & 0o777, 0o600);
  t.equal((await stat(ca)).mode & 0o777, 0o700);
  t.same((await readdir(ca)).sort(), ["ca-key.pem", "ca.pem"], "nothing else is left there");
  const before = await readFile(join(ca, "ca-key.pem"), "utf8");
  await t.rejects(writeAuthority(ca, nodePair, source.entropy), { code: CertificateExistsError.code });
  t.equal(await readFile(join(ca, "ca-key.pem"), "utf8"), before);

  const reread = await readAuthority(ca, async () => "correct horse");
  t.ok(reread.key.equals(authority.key));
  await t.rejects(
    readAuthority(ca, async () => undefined),
    { code: CertificatePassphraseMissingError.code },
  );
  await t.rejects(
    readAuthority(directory, async () => undefined),
    { code: CertificateMissingError.code },
  );
  await t.rejects(writeAuthority(join(ca, "ca.pem", "below"), authorityPair, source.entropy), { code: CertificateFileError.code });

  const tls = join(directory, "tls");
  await writeNodeCertificate(tls, nodePair, authority.certificate, source.entropy);
  await t.rejects(writeNodeCertificate(tls, nodePair, authority.certificate, source.entropy), { code: CertificateExistsError.code });
  const next = await issueCertificate(authority, source, { nodeId: NODE_ID });
  const stranger = read(vectors.ecAuthority.certificate);
  await t.rejects(replaceNodeCertificate(tls, next, stranger, source.entropy), { code: OtherAuthorityError.code });
  await replaceNodeCertificate(tls, next, authority.certificate, source.entropy);
  t.equal(await readFile(join(tls, "certificate.pem"), "utf8"), next.certificate);
  t.equal(await readFile(join(tls, "key.pem"), "utf8"), next.key);
  t.equal(await readFile(join(tls, "certificate.pem.previous"), "utf8"), nodePair.certificate);
  t.equal(await readFile(join(tls, "key.pem.previous"), "utf8"), nodePair.key);
  for (const name of ["key.pem", "key.pem.previous"]) t.equal((await stat(join(tls, name))).mode & 0o777, 0o600, name);
  t.equal((await readdir(tls)).length, 5, "nothing else is left there");

  await writeFile(join(ca, "ca-key.pem"), nodePair.key);
  await t.rejects(
    readAuthority(ca, async () => undefined),
    { code: CertificateKeyMismatchError.code },
  );
});
