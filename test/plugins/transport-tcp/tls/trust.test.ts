/** Whom TLS lets in: every trust mode, every refusal, on both sides of real connections. */
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { type CertifiedKey, fingerprintOf, readCertificates } from "../../../../core/certificates/index.js";
import { fromHex, toHex } from "../../../../core/primitives/bytes.js";
import { hasExtendedMasterSecret } from "../../../../plugins/transport-tcp/tls/extended-master-secret.js";
import type { TlsConfig } from "../../../../plugins/transport-tcp/tls/index.js";
import { RevocationList } from "../../../../plugins/transport-tcp/tls/revocation-list.js";
import type { TlsVerdict } from "../../../../plugins/transport-tcp/tls-security.js";
import * as vectors from "../../../core/certificates/openssl-vectors.js";
import {
  authority,
  codeOf,
  gauge,
  type Handshake,
  handshake,
  issue,
  NODE_A,
  NODE_B,
  pairA,
  pairB,
  putFiles,
  startedNode,
  stranger,
  tlsNode,
} from "./fixtures.js";

/** This network's own authority, and one of elliptic curves. */
const BOTH = authority.pem + vectors.ecAuthority.certificate;

const expired = await issue(NODE_B, -30, 10);
const notYetValid = await issue(NODE_B, 10, 20);

function bindingOf(verdict: Handshake["accepted"]): Extract<Extract<TlsVerdict, { security: unknown }>["security"], { kind: "binding" }> {
  if (!("security" in verdict) || verdict.security.kind !== "binding") throw new Error(`no binding: ${JSON.stringify(verdict)}`);
  return verdict.security;
}

t.test("ca: two nodes of one authority meet, and share what no other connection has", async (t) => {
  t.testdir();
  const [a, b] = [await startedNode(t, pairA), await startedNode(t, pairB)];
  const first = await handshake(t, a, b);
  const [inbound, outbound] = [bindingOf(first.accepted), bindingOf(first.dialed)];
  t.equal(inbound.value.length, 32);
  t.same(inbound.value, outbound.value, "one value on both ends");
  t.same(inbound.allowed, { by: "certificate", nodeIds: [fromHex(NODE_B)] });
  t.same(outbound.allowed, { by: "certificate", nodeIds: [fromHex(NODE_A)] });
  const hashOf = (pem: string) => readCertificates(pem, "c").map(fingerprintOf)[0];
  t.equal(toHex(inbound.localCertificateHash ?? new Uint8Array(0)), hashOf(pairA.certificate));
  t.equal(toHex(inbound.remoteCertificateHash ?? new Uint8Array(0)), hashOf(pairB.certificate));
  t.same(outbound.localCertificateHash, inbound.remoteCertificateHash);
  t.same(outbound.remoteCertificateHash, inbound.localCertificateHash);
  t.equal(first.clientSocket.getProtocol(), "TLSv1.3");
  t.same(b.security.judge(first.clientSocket), first.dialed, "asked twice, the same");
  const second = bindingOf((await handshake(t, a, b)).accepted);
  t.notSame(second.value, inbound.value, "another connection, another value");
});

t.test("ca: every certificate that is not good has its own reason, whoever dials", async (t) => {
  t.testdir();
  const node = await startedNode(t, pairA, {}, BOTH);
  const chain = vectors.below.certificate + vectors.intermediate.certificate;
  const cases: readonly (readonly [string, CertifiedKey, string])[] = [
    ["of the authority", pairB, "accepted"],
    ["ECDSA", vectors.ecNode, "accepted"],
    ["Ed25519", vectors.edNode, "accepted"],
    ["with the one between", { ...vectors.below, certificate: chain }, "accepted"],
    ["without the one between", vectors.below, "TRANSPORT_TLS_FOREIGN_CA"],
    [
      "from one that is no authority",
      { ...vectors.forged, certificate: vectors.forged.certificate + vectors.nameless.certificate },
      "TRANSPORT_TLS_WRONG_PURPOSE",
    ],
    ["expired", expired, "TRANSPORT_TLS_EXPIRED"],
    ["not yet valid", notYetValid, "TRANSPORT_TLS_NOT_YET_VALID"],
    ["names no node", vectors.nameless, "TRANSPORT_TLS_NO_NODE_ID"],
    ["names no node, but another name looks so", vectors.sly, "TRANSPORT_TLS_NO_NODE_ID"],
    ["weak", vectors.weak, "TRANSPORT_TLS_WEAK_KEY"],
  ];
  for (const [what, pair, code] of cases) {
    t.equal(codeOf((await handshake(t, node, stranger(pair))).accepted), code, `accepting: ${what}`);
    t.equal(codeOf((await handshake(t, stranger(pair), node)).dialed), code, `dialing: ${what}`);
  }
  const serverOnly = stranger(vectors.serverOnly);
  t.equal(codeOf((await handshake(t, node, serverOnly)).accepted), "TRANSPORT_TLS_WRONG_PURPOSE");
  t.equal(codeOf((await handshake(t, serverOnly, node)).dialed), "accepted", "as a server it is good");
  t.equal(codeOf((await handshake(t, node, stranger(undefined))).accepted), "TRANSPORT_TLS_NO_CERTIFICATE");

  const narrow = await startedNode(t, pairA);
  t.equal(codeOf((await handshake(t, narrow, stranger(vectors.ecNode))).accepted), "TRANSPORT_TLS_FOREIGN_CA");
  const selfSigned = await startedNode(t, undefined, { trust: "open" });
  t.equal(codeOf((await handshake(t, narrow, selfSigned)).accepted), "TRANSPORT_TLS_SELF_SIGNED");
  t.equal(codeOf((await handshake(t, selfSigned, narrow)).dialed), "TRANSPORT_TLS_SELF_SIGNED");

  const nameless = await startedNode(t, pairA, { requireNodeId: false }, BOTH);
  const named = await handshake(t, nameless, stranger(vectors.ecNode));
  t.same(bindingOf(named.accepted).allowed?.nodeIds, [fromHex(vectors.VECTOR_NODE_ID)], "a name that is there counts all the same");
  t.equal(bindingOf((await handshake(t, nameless, stranger(vectors.nameless))).accepted).allowed, undefined);
});

t.test("public authorities: their certificates need no names, ours are foreign", async (t) => {
  t.testdir();
  const node = await startedNode(t, pairA, { ca: "public" });
  t.equal(codeOf((await handshake(t, node, stranger(pairB))).accepted), "TRANSPORT_TLS_FOREIGN_CA");
});

t.test("the protocol: its name, its version, no resumption", async (t) => {
  t.testdir();
  const node = await startedNode(t, pairA);
  t.equal(codeOf((await handshake(t, node, stranger(pairB, { ALPNProtocols: [] }))).accepted), "TRANSPORT_WRONG_ALPN");
  t.equal(codeOf((await handshake(t, stranger(pairB, { ALPNProtocols: [] }), node)).dialed), "TRANSPORT_WRONG_ALPN");
  const http = stranger(pairB, { ALPNProtocols: ["http/1.1", "chainwright/2"] });
  t.match(codeOf((await handshake(t, node, http)).accepted), /ALPN|APPLICATION_PROTOCOL/, "ended by TLS itself");
  t.match(codeOf((await handshake(t, node, stranger(pairB, { maxVersion: "TLSv1.2" }))).accepted), /^ERR_SSL.*PROTOCOL/);
  t.match(codeOf((await handshake(t, stranger(pairB, { maxVersion: "TLSv1.2" }), node)).dialed), /^ERR_SSL.*(VERSION|PROTOCOL)/);

  const first = await handshake(t, node, stranger(pairB));
  const session = await new Promise<Buffer | undefined>((resolve) => {
    first.clientSocket.once("session", resolve);
    first.serverSocket?.end("x", () => resolve(undefined));
  });
  const again = await handshake(t, node, stranger(pairB, session === undefined ? {} : { session }));
  t.equal(codeOf(again.accepted), "accepted");
  t.notOk(again.clientSocket.isSessionReused(), "certificates are checked each time");
  // What a server that resumes would look like.
  const socket = again.serverSocket;
  if (socket === undefined) throw new Error("it was accepted");
  socket.isSessionReused = () => true;
  t.equal(codeOf(node.security.judge(socket)), "TRANSPORT_TLS_RESUMED");
  socket.destroy();
  t.equal(codeOf(node.security.judge(socket)), "TRANSPORT_HANDSHAKE_BROKEN", "a closed connection is no missing certificate");
});

t.test("TLS 1.2 by configuration: authenticated encryption, and bound by an extended master secret", async (t) => {
  t.testdir();
  const [a, b] = [await startedNode(t, pairA, { minVersion: "TLSv1.2" }), await startedNode(t, pairB, { minVersion: "TLSv1.2" })];
  t.equal((await handshake(t, a, b)).clientSocket.getProtocol(), "TLSv1.3", "the newest that both speak");
  const old = stranger(pairB, { maxVersion: "TLSv1.2" });
  const { accepted, clientSocket } = await handshake(t, a, old);
  t.equal(clientSocket.getProtocol(), "TLSv1.2");
  t.match(clientSocket.getCipher().standardName, /^TLS_ECDHE_.*(GCM|POLY1305)/);
  const label = "EXPORTER-chainwright-hello";
  t.same(bindingOf(accepted).value, new Uint8Array(clientSocket.exportKeyingMaterial(32, label, Buffer.alloc(0))));
  t.equal(codeOf((await handshake(t, old, b)).dialed), "accepted");
  // SSL_OP_NO_EXTENDED_MASTER_SECRET of OpenSSL 3.0; Node has no name for it.
  const loose = stranger(pairB, { maxVersion: "TLSv1.2", secureOptions: 1 });
  t.equal(codeOf((await handshake(t, a, loose)).accepted), "TRANSPORT_TLS_NO_BINDING");
  t.equal(codeOf((await handshake(t, loose, b)).dialed), "TRANSPORT_TLS_NO_BINDING");
  const cbc = stranger(pairB, { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-SHA256:AES128-GCM-SHA256" });
  t.match(codeOf((await handshake(t, a, cbc)).accepted), /NO_SHARED_CIPHER/);
  t.notOk(hasExtendedMasterSecret(undefined));
  t.notOk(hasExtendedMasterSecret(Buffer.from("3003020101", "hex")));
  t.notOk(hasExtendedMasterSecret(Buffer.from("ffffff", "hex")));
});

t.test("open: anybody with a certificate; the own one is made at the first start and kept", async (t) => {
  t.testdir();
  const node = await startedNode(t, undefined, { trust: "open" });
  const folder = join(node.directory, "tls");
  t.same((await readdir(folder)).sort(), ["self-signed-key.pem", "self-signed.pem"]);
  t.equal((await stat(join(folder, "self-signed-key.pem"))).mode & 0o777, 0o600);
  const made = await readFile(join(folder, "self-signed.pem"), "utf8");
  for (const [what, pair] of [
    ["self-signed", { certificate: made, key: await readFile(join(folder, "self-signed-key.pem"), "utf8") }],
    ["expired", expired],
    ["foreign", vectors.ecNode],
  ] as const) {
    const { accepted } = await handshake(t, node, stranger(pair));
    t.equal(bindingOf(accepted).allowed, undefined, `${what}: whoever proves an identity`);
  }
  t.equal(codeOf((await handshake(t, node, stranger(undefined))).accepted), "TRANSPORT_TLS_NO_CERTIFICATE");
  t.equal(codeOf((await handshake(t, node, stranger(vectors.weak))).accepted), "TRANSPORT_TLS_WEAK_KEY");

  const again = tlsNode(t, node.directory, { trust: "open" });
  await again.security.start();
  t.equal(await readFile(join(folder, "self-signed.pem"), "utf8"), made, "kept");
  await rm(join(folder, "self-signed-key.pem"));
  const third = tlsNode(t, node.directory, { trust: "open" });
  await third.security.start();
  t.not(await readFile(join(folder, "self-signed.pem"), "utf8"), made, "half of it is none");
  await putFiles(node.directory, { "tls/certificate.pem": pairA.certificate, "tls/key.pem": pairA.key });
  const issued = tlsNode(t, node.directory, { trust: "open" });
  await issued.security.start();
  t.match(issued.logger.of(/ready/)[0]?.data, { nodeIds: [NODE_A] }, "one that an authority issued goes first");
});

t.test("open with a passphrase: the key that is made is encrypted", async (t) => {
  const directory = t.testdir({ passphrase: "correct horse\n", wrong: "horse\n" });
  const config = { trust: "open", keyPassphraseFile: join(directory, "passphrase") } as const;
  await tlsNode(t, directory, config).security.start();
  t.match(await readFile(join(directory, "tls", "self-signed-key.pem"), "utf8"), /ENCRYPTED/);
  await putFiles(directory, { "tls/self-signed.pem": vectors.edNode.certificate, "tls/self-signed-key.pem": vectors.scryptKey });
  const wrong = tlsNode(t, directory, { ...config, keyPassphraseFile: join(directory, "wrong") });
  await t.rejects(wrong.security.start(), { code: "CERTIFICATE_PASSPHRASE" }, "and not replaced because it can't be opened");
  const none = tlsNode(t, directory, { trust: "open" });
  await t.rejects(none.security.start(), { code: "CERTIFICATE_PASSPHRASE_MISSING", message: /keyPassphraseFile/ });
});

t.test("pinned: any certificate, listed node ids", async (t) => {
  t.testdir();
  const node = await startedNode(t, pairA, { trust: "pinned", pinned: [NODE_A.toUpperCase(), NODE_B] });
  const { accepted } = await handshake(t, node, stranger(vectors.ecNode));
  t.same(bindingOf(accepted).allowed, { by: "pinned", nodeIds: [fromHex(NODE_A), fromHex(NODE_B)] });
});

t.test("a revocation list: by certificate, by serial number, by node", async (t) => {
  const directory = t.testdir({ empty: "" });
  const [b] = readCertificates(pairB.certificate, "b");
  if (b === undefined) throw new Error("a certificate");
  const colons = (hex: string) => hex.match(/../g)?.join(":").toUpperCase();
  const lists: readonly (readonly [string, string])[] = [
    [`# stolen\nsha256:${fingerprintOf(b)}\n`, "TRANSPORT_TLS_REVOKED"],
    [`SHA256:${colons(fingerprintOf(b))} # as openssl prints it`, "TRANSPORT_TLS_REVOKED"],
    [`serial:00${b.serialNumber}`, "TRANSPORT_TLS_REVOKED"],
    [`\r\n  node:${NODE_B}\r\n`, "TRANSPORT_TLS_REVOKED"],
    [`node:${NODE_A}\nserial:01`, "accepted"],
    ["", "accepted"],
  ];
  for (const [text, code] of lists) {
    await putFiles(directory, { list: text });
    const node = await startedNode(t, pairA, { revoked: join(directory, "list") });
    t.equal(codeOf((await handshake(t, node, stranger(pairB))).accepted), code, text);
  }
  await putFiles(directory, { list: `node:${NODE_A}` });
  const pinned = await startedNode(t, pairA, { trust: "pinned", pinned: [NODE_A, NODE_B], revoked: join(directory, "list") });
  t.same(bindingOf((await handshake(t, pinned, stranger(pairB))).accepted).allowed?.nodeIds, [fromHex(NODE_B)]);
  t.equal(await gauge(pinned, "transport_tls_revocations"), 1);
  for (const line of ["node:ab", "sha256:", "serial:xyz", "serial:", NODE_A, `mode:${NODE_A}`])
    t.throws(() => RevocationList.parse(`# first\n${line}`, "list"), { code: "TRANSPORT_TLS_REVOCATION_LIST", message: /, line 2/ });
});

t.test("what can't be right does not start, and says what to do", async (t) => {
  const directory = t.testdir({ passphrase: "correct horse" });
  await putFiles(directory, { "tls/certificate.pem": pairA.certificate, "tls/key.pem": pairA.key, "tls/ca.pem": authority.pem });
  const rejects = (config: Partial<TlsConfig>, expected: { code: string; message?: RegExp }, what = "refused") =>
    t.rejects(tlsNode(t, directory, config).security.start(), expected, what);
  const contradictions: readonly Partial<TlsConfig>[] = [
    { trust: "pinned" },
    { trust: "open", pinned: [NODE_A] },
    { trust: "open", ca: "public" },
    { trust: "open", requireNodeId: true },
    { ca: "public", requireNodeId: true },
    { certificate: "x" },
    { keyPassphraseFile: join(directory, "absent") },
  ];
  for (const config of contradictions) await rejects(config, { code: "TRANSPORT_TLS_CONFIG" }, JSON.stringify(config));
  await rejects(
    { ca: [join(directory, "absent")] },
    { code: "TRANSPORT_TLS_CERTIFICATE_MISSING", message: /tls issue --ca DIR --data-dir/ },
  );
  await rejects({ revoked: join(directory, "absent") }, { code: "TRANSPORT_TLS_REVOCATION_LIST" });
  const own = async (pair: CertifiedKey, expected: { code: string; message?: RegExp }, what: string) => {
    await putFiles(directory, { "tls/certificate.pem": pair.certificate, "tls/key.pem": pair.key });
    await rejects({}, expected, what);
  };
  await own({ ...pairA, key: pairB.key }, { code: "CERTIFICATE_KEY_MISMATCH" }, "another key");
  await own(expired, { code: "TRANSPORT_TLS_OWN_CERTIFICATE", message: /expired.*tls rotate/ }, "expired");
  await own(notYetValid, { code: "TRANSPORT_TLS_OWN_CERTIFICATE", message: /clock/ }, "not yet valid");
  await own(vectors.weak, { code: "TRANSPORT_TLS_OWN_CERTIFICATE", message: /RSA-1024/ }, "weak");
  await own({ ...pairA, key: "nothing" }, { code: "CERTIFICATE_KEY_UNREADABLE" }, "no key");
  await own({ ...pairA, certificate: "nothing" }, { code: "CERTIFICATE_UNREADABLE" }, "no certificate");
  await own({ ...vectors.edNode, key: vectors.scryptKey }, { code: "CERTIFICATE_PASSPHRASE_MISSING" }, "no passphrase");
  const foreign = tlsNode(t, directory);
  await putFiles(directory, { "tls/certificate.pem": vectors.edNode.certificate, "tls/key.pem": vectors.edNode.key });
  await foreign.security.start();
  t.match(foreign.logger.of(/not from a trusted authority/)[0], { level: "warn", data: { verdict: "unknown-authority" } });
});
