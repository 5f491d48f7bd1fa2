/** Certificates, nodes with TLS, and handshakes between them over real sockets. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import tls, { type ConnectionOptions, type TLSSocket, type TlsOptions } from "node:tls";
import { Value } from "typebox/value";
import { buildCertificate } from "../../../../core/certificates/build.js";
import { type Authority, type CertifiedKey, createAuthority, exportPrivateKey, nodeUri } from "../../../../core/certificates/index.js";
import { generateRsaKey } from "../../../../core/certificates/private-key.js";
import { createMetrics, type MetricsRegistry } from "../../../../core/kernel/metrics.js";
import type { Clock, Logger } from "../../../../core/ports/runtime.js";
import { SystemEntropy, SystemScheduler } from "../../../../core/runtime/index.js";
import { ALPN, CertificateSecurity, type TlsConfig, TlsSchema } from "../../../../plugins/transport-tcp/tls/index.js";
import type { TlsVerdict } from "../../../../plugins/transport-tcp/tls-security.js";

export const entropy = new SystemEntropy();
export const NODE_A = "aa".repeat(32);
export const NODE_B = "bb".repeat(32);
const DAY_MS = 86_400_000;

const authorityPair = await createAuthority({ nowMs: Date.now(), entropy }, { name: "test authority", bits: 2048 });
export const authority: Authority & { readonly pem: string } = {
  certificate: new X509Certificate(authorityPair.certificate),
  key: createPrivateKey(authorityPair.key),
  pem: authorityPair.certificate,
};

/**
 * A certificate of the authority, for any time, also outside of the authority's own.
 *
 * @param startsInDays from today
 */
export async function issue(nodeId: string, startsInDays = -1, days = 30): Promise<CertifiedKey> {
  const key = await generateRsaKey(2048);
  const validFromMs = Date.now() + startsInDays * DAY_MS;
  const validity = { validFromMs, validUntilMs: validFromMs + days * DAY_MS };
  const plan = { commonName: nodeId, key, issuer: authority, role: "peer", uris: [nodeUri(nodeId)], ...validity } as const;
  return { certificate: await buildCertificate(plan, entropy), key: exportPrivateKey(key) };
}

export const pairA = await issue(NODE_A);
export const pairB = await issue(NODE_B);

/** Remembers lines; `until` resolves with the first one, old or new, whose message matches. */
export class RecordingLogger implements Logger {
  readonly lines: { readonly level: string; readonly data: Record<string, unknown>; readonly message: string }[] = [];
  readonly #waiting = new Set<() => void>();

  #add(level: string, data: object, message: string): void {
    this.lines.push({ level, data: { ...data }, message });
    for (const wake of this.#waiting) wake();
  }

  async until(pattern: RegExp, count = 1): Promise<void> {
    while (this.of(pattern).length < count)
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
  }

  of(pattern: RegExp) {
    return this.lines.filter(({ message }) => pattern.test(message));
  }

  trace = (data: object, message: string) => this.#add("trace", data, message);
  debug = (data: object, message: string) => this.#add("debug", data, message);
  info = (data: object, message: string) => this.#add("info", data, message);
  warn = (data: object, message: string) => this.#add("warn", data, message);
  error = (data: object, message: string) => this.#add("error", data, message);
  fatal = (data: object, message: string) => this.#add("fatal", data, message);
  isLevelEnabled = () => true;
  child = () => this;
}

/** A clock that tests set; it runs with the real one. */
export class ShiftedClock implements Clock {
  shiftMs = 0;
  nowMs = () => Date.now() + this.shiftMs;
  monotonicMs = () => performance.now() + this.shiftMs;
}

/** What of tap's test object is used here; its `testdir()` has been called. */
interface Test {
  readonly testdirName: string;
  teardown(handler: () => void): void;
}

export interface TlsNode {
  readonly security: CertificateSecurity;
  readonly logger: RecordingLogger;
  readonly clock: ShiftedClock;
  readonly metrics: MetricsRegistry;
  readonly directory: string;
}

/** A node's TLS over a data directory; not started. */
export function tlsNode(t: Test, directory: string, config: Partial<TlsConfig> = {}): TlsNode {
  const logger = new RecordingLogger();
  const clock = new ShiftedClock();
  const scheduler = new SystemScheduler(clock);
  const metrics = createMetrics();
  const security = new CertificateSecurity(
    {
      directory: { path: directory, resolve: (...segments) => join(directory, ...segments) },
      clock,
      scheduler,
      entropy,
      logger,
      metrics: metrics.metricsFor("test"),
    },
    Value.Parse(TlsSchema, Value.Default(TlsSchema, { reloadIntervalMs: 50, ...config })),
  );
  t.teardown(() => security.stop());
  return { security, logger, clock, metrics, directory };
}

/** The same, with files in its data directory (`certificate.pem`, `key.pem`, `ca.pem` under tls), and started. */
export async function startedNode(
  t: Test,
  pair: CertifiedKey | undefined,
  config: Partial<TlsConfig> = {},
  authorities = authority.pem,
): Promise<TlsNode> {
  const folder = await mkdtemp(join(t.testdirName, "node-"));
  if (pair !== undefined)
    await putFiles(folder, { "tls/certificate.pem": pair.certificate, "tls/key.pem": pair.key, "tls/ca.pem": authorities });
  const node = tlsNode(t, folder, config);
  await node.security.start();
  return node;
}

export async function putFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text, { mode: 0o600 });
  }
}

export interface Handshake {
  /** What the accepting side says; `failed` if TLS ended before there was anything to judge. */
  readonly accepted: TlsVerdict | { readonly failed: string };
  readonly dialed: TlsVerdict | { readonly failed: string };
  readonly serverSocket: TLSSocket | undefined;
  readonly clientSocket: TLSSocket;
}

/** One side of a handshake: a node, or any options of node:tls (a stranger judges nothing). */
export type Side = TlsNode | (ConnectionOptions & TlsOptions);

/** A stranger's options: its certificate, and the right protocol name. */
export function stranger(pair: CertifiedKey | undefined, more: ConnectionOptions & TlsOptions = {}): ConnectionOptions & TlsOptions {
  const identity = pair === undefined ? {} : { cert: pair.certificate, key: pair.key };
  return {
    ...identity,
    ALPNProtocols: [ALPN],
    rejectUnauthorized: false,
    requestCert: true,
    checkServerIdentity: () => undefined,
    ...more,
  };
}

const isNode = (side: Side): side is TlsNode => "security" in side;

/** Listens with one side, dials with the other, and lets both judge. */
export async function handshake(t: Test, acceptor: Side, dialer: Side): Promise<Handshake> {
  const server = tls.createServer(isNode(acceptor) ? acceptor.security.serverOptions() : acceptor);
  t.teardown(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = new Promise<Pick<Handshake, "accepted" | "serverSocket">>((resolve) => {
    server.once("secureConnection", (socket) => {
      socket.on("error", () => undefined);
      const verdict = isNode(acceptor) ? acceptor.security.judge(socket) : { failed: "does not judge" };
      resolve({ accepted: verdict, serverSocket: socket });
    });
    server.once("tlsClientError", (error: NodeJS.ErrnoException) => {
      resolve({ accepted: { failed: error.code ?? error.message }, serverSocket: undefined });
    });
  });
  const { port } = server.address() as AddressInfo;
  const clientSocket = tls.connect({ host: "127.0.0.1", port, ...(isNode(dialer) ? dialer.security.clientOptions() : dialer) });
  t.teardown(() => clientSocket.destroy());
  const dialed = new Promise<Handshake["dialed"]>((resolve) => {
    clientSocket.once("error", (error: NodeJS.ErrnoException) => resolve({ failed: error.code ?? error.message }));
    clientSocket.once("secureConnect", () => resolve(isNode(dialer) ? dialer.security.judge(clientSocket) : { failed: "does not judge" }));
  });
  clientSocket.on("error", () => undefined);
  const [atServer, atClient] = await Promise.all([accepted, dialed]);
  const { serverSocket } = atServer;
  if (serverSocket !== undefined) t.teardown(() => serverSocket.destroy());
  return { ...atServer, dialed: atClient, clientSocket };
}

/** The code of a refusal, of a failed handshake, or `accepted`. */
export function codeOf(verdict: Handshake["accepted"]): string {
  if ("failed" in verdict) return verdict.failed;
  return "refusal" in verdict ? verdict.refusal.code : "accepted";
}

export async function gauge(node: TlsNode, name: string): Promise<number | undefined> {
  const line = (await node.metrics.render()).split("\n").find((each) => each.startsWith(`chainwright_${name}`));
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}
