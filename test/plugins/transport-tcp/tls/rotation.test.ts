/** What changes while a node runs: certificates, trust, revocations, time. */
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import tls, { type TLSSocket } from "node:tls";
import t from "tap";
import { type CertifiedKey, replaceNodeCertificate } from "../../../../core/certificates/index.js";
import { sha256 } from "../../../../core/primitives/hash.js";
import { sentCertificate } from "../../../../plugins/transport-tcp/tls/judge.js";
import { WatchedFiles } from "../../../../plugins/transport-tcp/tls/watched-files.js";
import * as vectors from "../../../core/certificates/openssl-vectors.js";
import {
  authority,
  codeOf,
  entropy,
  gauge,
  handshake,
  issue,
  NODE_A,
  NODE_B,
  pairA,
  pairB,
  putFiles,
  startedNode,
  stranger,
  type TlsNode,
  tlsNode,
} from "./fixtures.js";

const DAY_MS = 86_400_000;
const expired = await issue(NODE_A, -30, 10);
const nextA = await issue(NODE_A);

const der = ({ certificate }: CertifiedKey) => new X509Certificate(certificate).raw;

/** A server as the transport has one: it takes new options over when it is told to, and keeps its connections. */
async function listening(t: { teardown(handler: () => void): void }, node: TlsNode) {
  const server = tls.createServer(node.security.serverOptions());
  const accepted: TLSSocket[] = [];
  server.on("secureConnection", (socket) => {
    socket.on("error", () => undefined);
    accepted.push(socket.setEncoding("utf8"));
    if ("refusal" in node.security.judge(socket)) socket.destroy();
    socket.on("data", (text) => socket.write(text));
  });
  const rotated = new Promise<void>((resolve) =>
    node.security.onRotated(() => {
      server.setSecureContext(node.security.serverOptions());
      resolve();
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    for (const socket of accepted) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  const dial = async (by: TlsNode): Promise<TLSSocket> => {
    const socket = tls.connect({ host: "127.0.0.1", port, ...by.security.clientOptions() }).setEncoding("utf8");
    t.teardown(() => socket.destroy());
    await once(socket, "secureConnect");
    return socket;
  };
  return { accepted, rotated, dial };
}

async function echo(socket: TLSSocket, text: string): Promise<string> {
  const answer = once(socket, "data");
  socket.write(text);
  return String((await answer)[0]);
}

t.test("a node under connections takes a new certificate over: old connections live on, new ones get it", async (t) => {
  t.testdir();
  const [node, peer] = [await startedNode(t, pairA), await startedNode(t, pairB)];
  const { accepted, rotated, dial } = await listening(t, node);
  const before = await dial(peer);
  t.equal(await echo(before, "one"), "one");
  await replaceNodeCertificate(join(node.directory, "tls"), nextA, authority.certificate, entropy);
  await rotated;
  t.equal(await echo(before, "two"), "two", "the old connection lives on");
  const after = await dial(peer);
  t.equal(await echo(after, "three"), "three");
  const servedBy = (socket: TLSSocket) => sentCertificate(socket)?.raw;
  t.same(servedBy(before), der(pairA));
  t.same(servedBy(after), der(nextA));
  // Each connection signs the certificate that it has itself, not the newest one.
  for (const [socket, pair] of [
    [accepted[0], pairA],
    [accepted[1], nextA],
  ] as const) {
    const verdict = socket === undefined ? undefined : node.security.judge(socket);
    if (verdict === undefined || !("security" in verdict) || verdict.security.kind !== "binding") throw new Error("both are good");
    t.same(verdict.security.localCertificateHash, sha256(der(pair)));
  }
  const dialed = await handshake(t, peer, node);
  t.same(sentCertificate(dialed.serverSocket as TLSSocket)?.raw, der(nextA), "dialing, too");
  t.match(await node.metrics.render(), /tls_reloads_total\{what="certificate",result="taken"\} 1/);
});

t.test("a pair that is no pair, expired or half written changes nothing, and is told once", async (t) => {
  t.testdir();
  const [node, peer] = [await startedNode(t, pairA), await startedNode(t, pairB)];
  const served = async () => sentCertificate((await handshake(t, node, peer)).clientSocket)?.raw;
  const refused = /not taken over \(certificate\)/;
  await putFiles(node.directory, { "tls/key.pem": nextA.key });
  await node.logger.until(refused);
  t.match(node.logger.of(refused)[0], { level: "error", data: { reason: /is not the one of the certificate/ } });
  t.same(await served(), der(pairA));
  await t.rejects(node.security.reload(), { code: "CERTIFICATE_KEY_MISMATCH" }, "on demand it is said at once");
  await putFiles(node.directory, { "tls/certificate.pem": expired.certificate, "tls/key.pem": expired.key });
  await node.logger.until(/expired|not taken over/, 3);
  t.match(node.logger.of(refused).at(-1)?.data.reason, /expired on/);
  t.same(await served(), der(pairA));
  await rm(join(node.directory, "tls", "certificate.pem"));
  await node.logger.until(refused, 4);
  t.same(await served(), der(pairA));
  await putFiles(node.directory, { "tls/certificate.pem": nextA.certificate, "tls/key.pem": nextA.key });
  await node.logger.until(/new certificates are in force/);
  t.same(await served(), der(nextA));
  t.equal(node.logger.of(refused).length, 4, "each once");
  t.match(await node.metrics.render(), /tls_reloads_total\{what="certificate",result="refused"\} 4/);
});

t.test("two files that change one after the other are no fault: what can't be taken is looked at twice", async (t) => {
  const directory = t.testdir({ a: "1", b: "1" });
  const files = await WatchedFiles.watch([join(directory, "a"), join(directory, "b")]);
  const broken = new Error("half of it");
  const fails = () => Promise.reject(broken);
  const counts = { taken: 0 };
  const takes = async () => {
    counts.taken++;
  };
  t.same(await files.turn(fails), { taken: false }, "nothing changed");
  await putFiles(directory, { a: "22" });
  t.same(await files.turn(fails), { taken: false }, "perhaps the other one follows");
  await putFiles(directory, { b: "22" });
  t.same(await files.turn(takes), { taken: true });
  t.same(await files.turn(takes), { taken: false }, "once");
  await putFiles(directory, { a: "333" });
  t.same([await files.turn(fails), await files.turn(fails)], [{ taken: false }, { taken: false, refused: broken }], "it stays so");
  t.same(await files.turn(fails), { taken: false }, "and is told once");
  await rm(join(directory, "a"));
  t.same([await files.turn(takes), counts.taken], [{ taken: true }, 2], "a file that went is a change, too");
});

t.test("on demand: reload takes what is there at once", async (t) => {
  t.testdir();
  const node = await startedNode(t, pairA, { reloadIntervalMs: 86_400_000 });
  let rotations = 0;
  node.security.onRotated(() => rotations++);
  await node.security.reload();
  t.equal(rotations, 0, "nothing changed");
  await putFiles(node.directory, { "tls/certificate.pem": nextA.certificate, "tls/key.pem": nextA.key });
  await Promise.all([node.security.reload(), node.security.reload()]);
  t.equal(rotations, 1);
});

t.test("trust changes with the file: a new authority counts from the next connection on", async (t) => {
  t.testdir();
  const node = await startedNode(t, pairA, { reloadIntervalMs: 86_400_000 });
  t.equal(codeOf((await handshake(t, node, stranger(vectors.ecNode))).accepted), "TRANSPORT_TLS_FOREIGN_CA");
  await putFiles(node.directory, { "tls/ca.pem": authority.pem + vectors.ecAuthority.certificate });
  await node.security.reload();
  t.equal(codeOf((await handshake(t, node, stranger(vectors.ecNode))).accepted), "accepted");
});

t.test("a revocation ends open connections of the revoked, and no others", async (t) => {
  const directory = t.testdir({ list: "# nobody yet\n" });
  const list = join(directory, "list");
  const node = await startedNode(t, pairA, { revoked: list }, authority.pem + vectors.ecAuthority.certificate);
  const [revoked, other] = [await handshake(t, node, stranger(pairB)), await handshake(t, node, stranger(vectors.ecNode))];
  t.same([codeOf(revoked.accepted), codeOf(other.accepted)], ["accepted", "accepted"]);
  const reason = once(revoked.serverSocket as TLSSocket, "error");
  await putFiles(directory, { list: `# nobody yet\nnode:${NODE_B}\n` });
  t.match(await reason, [{ code: "TRANSPORT_TLS_REVOKED", message: new RegExp(NODE_B) }]);
  t.notOk(other.serverSocket?.destroyed, "others go on");
  t.equal(codeOf((await handshake(t, node, stranger(pairB))).accepted), "TRANSPORT_TLS_REVOKED");
  t.match(await node.metrics.render(), /tls_revoked_connections_total 1/);

  await putFiles(directory, { list: "nonsense" });
  await node.logger.until(/not taken over \(revocations\)/);
  t.match(node.logger.of(/not taken over/)[0], { data: { reason: /line 1/ } });
  t.equal(codeOf((await handshake(t, node, stranger(pairB))).accepted), "TRANSPORT_TLS_REVOKED", "the last good list holds");
  await rm(list);
  await node.logger.until(/not taken over \(revocations\)/, 2);
  t.equal(codeOf((await handshake(t, node, stranger(pairB))).accepted), "TRANSPORT_TLS_REVOKED", "so it does without one");
});

t.test("a certificate that nears its end is spoken of once a day, then in earnest", async (t) => {
  t.testdir();
  const node = await startedNode(t, await issue(NODE_A, -1, 41), { reloadIntervalMs: 86_400_000 });
  const spoken = () => node.logger.of(/own certificate (ends|has)/).map(({ level, message }) => `${level} ${message.split(";")[0]}`);
  const after = async (ms: number) => {
    node.clock.shiftMs += ms;
    await node.security.reload().catch(() => undefined);
    return spoken();
  };
  t.same(spoken(), []);
  t.ok(Math.abs((await gauge(node, "transport_tls_certificate_remaining_seconds")) ?? 0) > 39 * 86_400);
  t.same(await after(10 * DAY_MS), ["warn the own certificate ends in 29 days"]);
  t.equal((await after(3_600_000)).length, 1, "once a day");
  t.same((await after(DAY_MS)).at(-1), "warn the own certificate ends in 28 days");
  t.same((await after(28 * DAY_MS)).at(-1), "warn the own certificate ends today");
  node.clock.shiftMs += DAY_MS;
  t.ok(((await gauge(node, "transport_tls_certificate_remaining_seconds")) ?? 0) < 0);
  t.ok(((await gauge(node, "transport_tls_authority_remaining_seconds")) ?? 0) > 3_000 * 86_400);
  await node.security.reload().catch(() => undefined);
  t.same(spoken().at(-1), "error the own certificate has expired");
});

t.test("stopped, it looks at nothing more", async (t) => {
  const directory = t.testdir();
  await putFiles(directory, { "tls/certificate.pem": pairA.certificate, "tls/key.pem": pairA.key, "tls/ca.pem": authority.pem });
  const node = tlsNode(t, directory);
  t.throws(() => node.security.serverOptions(), /before its options/);
  await node.security.start();
  await putFiles(directory, { "tls/certificate.pem": nextA.certificate, "tls/key.pem": nextA.key });
  const reloading = node.security.reload();
  node.security.stop();
  await reloading;
  t.equal(node.security.serverOptions().cert, pairA.certificate);
});
