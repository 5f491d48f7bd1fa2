/** What the tests of transport-tcp share: TLS without files or trust, real time, metrics that can be read, bare sockets. */
import { once } from "node:events";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { type ConnectionOptions, connect, createSecureContext, type TLSSocket } from "node:tls";
import { Value } from "typebox/value";
import type { Cancellable, Clock, Logger, Metrics } from "../../../core/ports/runtime.js";
import type { ChannelSpec, CloseReason, Connection, Transport } from "../../../core/ports/transport.js";
import { sha256 } from "../../../core/primitives/hash.js";
import { SystemClock, SystemScheduler } from "../../../core/runtime/index.js";
import { TransportTcpConfig, type TransportTcpOptions } from "../../../plugins/transport-tcp/config.js";
import { HEADER_BYTES, writeHeader } from "../../../plugins/transport-tcp/frame.js";
import type { TlsSecurity, TlsVerdict } from "../../../plugins/transport-tcp/tls-security.js";
import { TcpTransport } from "../../../plugins/transport-tcp/transport.js";

/** Of nobody, for localhost; ends in 2126. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrBCGHqb7m2ZmDxtJ
Kmhtli5Y+nCbMbOdskfzT9ChxEWhRANCAAQ5zeMBAzd4AgJMtM2cMzktCwyNjV9g
2orgzlE2+UUUwITCfjZbKfHA1JDY2uFJrK/JYBSS2TE8SSGOMWGl0Km5
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `
-----BEGIN CERTIFICATE-----
MIIBjTCCATOgAwIBAgIUPBIwd8niXY/zlHMBRfgEWb3e8kcwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQY2hhaW53cmlnaHQtdGVzdDAgFw0yNjExMjEwMzIyMDlaGA8y
MTI2MTAyODAzMjIwOVowGzEZMBcGA1UEAwwQY2hhaW53cmlnaHQtdGVzdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABDnN4wEDN3gCAky0zZwzOS0LDI2NX2DaiuDO
UTb5RRTAhMJ+Nlsp8cDUkNja4Umsr8lgFJLZMTxJIY4xYaXQqbmjUzBRMB0GA1Ud
DgQWBBRFY6X+8XJv4GvEjHjBh3qJLA1KCDAfBgNVHSMEGDAWgBRFY6X+8XJv4GvE
jHjBh3qJLA1KCDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIACE
41it80jjXCOtC3bh5m8Z6hjDe/b1BQaOf7yea2lRAiEA0/VZFASjqDFmKIjbvhd1
AQrevOL92dBaO/5Mh9uHLAE=
-----END CERTIFICATE-----
`;

const ALPN = "chainwright/1";
const nothing = () => undefined;

export const SILENT: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  isLevelEnabled: () => false,
  child: () => SILENT,
};

const context = createSecureContext({ key: KEY, cert: CERTIFICATE, minVersion: "TLSv1.3" });

/** Lets everybody in who speaks the protocol; `refuse` says otherwise. */
export class TestSecurity implements TlsSecurity {
  refuse: ((direction: "inbound" | "outbound", socket: TLSSocket) => { code: string; message: string } | undefined) | undefined;
  readonly rotated: (() => void)[] = [];
  async start(): Promise<void> {}
  stop(): void {}
  serverOptions() {
    return {
      key: KEY,
      cert: CERTIFICATE,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.3",
      ALPNProtocols: [ALPN],
    } as const;
  }
  clientOptions(): ConnectionOptions {
    return { secureContext: context, rejectUnauthorized: false, minVersion: "TLSv1.3", ALPNProtocols: [ALPN] };
  }
  judge(socket: TLSSocket, direction: "inbound" | "outbound"): TlsVerdict {
    if (socket.alpnProtocol !== ALPN) return { refusal: { code: "TRANSPORT_WRONG_ALPN", message: "it does not speak chainwright/1" } };
    const refusal = this.refuse?.(direction, socket);
    if (refusal !== undefined) return { refusal };
    const value = new Uint8Array(socket.exportKeyingMaterial(32, "EXPORTER-test", Buffer.alloc(0)));
    const hash = (raw: Buffer | undefined) => sha256(new Uint8Array(raw ?? []));
    return {
      security: {
        kind: "binding",
        value,
        localCertificateHash: hash(socket.getX509Certificate()?.raw),
        remoteCertificateHash: hash(socket.getPeerX509Certificate()?.raw),
      },
    };
  }
  onRotated(listener: () => void): void {
    this.rotated.push(listener);
  }
}

/** Metrics as they are: `name{label,label}` and its value. */
export class TestMetrics implements Metrics {
  readonly values = new Map<string, number>();
  counter({ name }: { name: string }) {
    return { increment: (by = 1, labels?: Readonly<Record<string, string>>) => this.#put(name, labels, (old) => old + by) };
  }
  readonly #collected = new Map<string, () => number>();
  gauge({ name, collect }: { name: string; collect?: () => number }) {
    if (collect !== undefined) this.#collected.set(name, collect);
    return { set: (value: number, labels?: Readonly<Record<string, string>>) => this.#put(name, labels, () => value) };
  }
  histogram({ name }: { name: string }) {
    return { observe: (_value: number, labels?: Readonly<Record<string, string>>) => this.#put(name, labels, (old) => old + 1) };
  }
  get(name: string, ...labels: readonly string[]): number {
    return this.values.get([`transport_tcp_${name}`, ...labels].join(" ")) ?? 0;
  }
  /** A gauge that is read at a scrape. */
  read(name: string): number {
    return this.#collected.get(`transport_tcp_${name}`)?.() ?? Number.NaN;
  }
  #put(name: string, labels: Readonly<Record<string, string>> | undefined, change: (old: number) => number): void {
    const key = [name, ...Object.values(labels ?? {})].join(" ");
    this.values.set(key, change(this.values.get(key) ?? 0));
  }
}

export const CHANNELS: readonly ChannelSpec[] = [
  { number: 0, maxMessageBytes: 1_024, priority: 0 },
  { number: 1, maxMessageBytes: 262_144, priority: 2 },
  { number: 2, maxMessageBytes: 4_194_304, priority: 5 },
];

const DEFAULTS = Value.Default(TransportTcpConfig, {}) as TransportTcpOptions;

export interface TestOptions {
  readonly host?: string;
  readonly port?: number;
  readonly listen?: boolean;
  readonly limits?: Partial<TransportTcpOptions["limits"]>;
  readonly timeouts?: Partial<TransportTcpOptions["timeouts"]>;
}

export function optionsOf({ limits, timeouts, ...rest }: TestOptions = {}): TransportTcpOptions {
  const { host, port, listen } = { ...DEFAULTS, host: "127.0.0.1", port: 0, ...rest };
  return { host, port, listen, limits: { ...DEFAULTS.limits, ...limits }, timeouts: { ...DEFAULTS.timeouts, ...timeouts } };
}

/** Time that passes when a test says so. What is due once (a cut-off, an expired dial) comes in real time. */
class TestTime extends SystemScheduler implements Clock {
  readonly #repeated = new Set<() => void>();
  #passedMs = 0;
  constructor() {
    super(new SystemClock());
  }
  nowMs(): number {
    return this.#passedMs;
  }
  monotonicMs(): number {
    return this.#passedMs;
  }
  override every(_periodMs: number, callback: () => void): Cancellable {
    this.#repeated.add(callback);
    return { cancel: () => void this.#repeated.delete(callback) };
  }
  pass(ms: number): void {
    this.#passedMs += ms;
    for (const callback of this.#repeated) callback();
  }
  override close(): number {
    return super.close() + this.#repeated.size;
  }
}

/** A transport with its insides in reach. */
export interface TestTransport {
  readonly transport: TcpTransport;
  readonly metrics: TestMetrics;
  readonly security: TestSecurity;
  /** What the log has at info, of refusals: code and data. */
  readonly refusals: { readonly code: string; readonly address?: string; readonly linesLeftOut?: number }[];
  /** Lets time pass, after which it looks after its connections. */
  pass(ms: number): void;
  /** Timers that are still set; 0 after a clean stop. */
  timers(): number;
}

export function makeTransport(options: TestOptions = {}): TestTransport {
  const time = new TestTime();
  const metrics = new TestMetrics();
  const security = new TestSecurity();
  const refusals: TestTransport["refusals"] = [];
  const logger: Logger = {
    ...SILENT,
    info: (data: object, message: string) => {
      if (message === "a connection was refused") refusals.push(data as TestTransport["refusals"][number]);
    },
  };
  const transport = new TcpTransport({ security, clock: time, scheduler: time, logger, metrics }, optionsOf(options));
  return { transport, metrics, security, refusals, pass: (ms) => time.pass(ms), timers: () => time.close() };
}

/** Ready to listen and dial. */
export async function startTransport(options: TestOptions = {}): Promise<TestTransport> {
  const made = makeTransport(options);
  await made.transport.start();
  made.transport.configure(CHANNELS);
  return made;
}

export const never = (): AbortSignal => new AbortController().signal;

export const closing = (connection: Connection): Promise<CloseReason> => new Promise((resolve) => connection.onClose(resolve));

/** Hands out connections in order of arrival. */
export class Guests {
  readonly #come: Connection[] = [];
  readonly #wanted: ((connection: Connection) => void)[] = [];
  readonly take = (connection: Connection): void => {
    const wanted = this.#wanted.shift();
    if (wanted === undefined) this.#come.push(connection);
    else wanted(connection);
  };
  get waiting(): number {
    return this.#come.length;
  }
  next(): Promise<Connection> {
    const come = this.#come.shift();
    return come === undefined ? new Promise((resolve) => this.#wanted.push(resolve)) : Promise.resolve(come);
  }
}

export async function listening(transport: Transport): Promise<{ address: string; port: number; guests: Guests }> {
  const guests = new Guests();
  const [address] = await transport.listen(guests.take);
  if (address === undefined) throw new Error("it listens nowhere");
  return { address, port: Number(address.slice(address.lastIndexOf(":") + 1)), guests };
}

/** A bare TLS socket to a transport, past its handshake. */
export async function bareTls(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", secureContext: context, rejectUnauthorized: false, ALPNProtocols: [ALPN], ...options });
  await once(socket, "secureConnect");
  // What is written is on its way, not waiting for the acknowledgement of what was written before.
  socket.setNoDelay(true).on("error", nothing);
  return socket;
}

export async function bareTcp(port: number): Promise<Socket> {
  const socket = connectTcp({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  socket.on("error", nothing);
  return socket;
}

/** Takes calls and never says anything. */
export async function silentServer(): Promise<{ address: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", nothing));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { address: `tcp://127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`, close };
}

/** A frame as it is on the wire; `length` may lie. */
export function frameOf(channel: number, kind: number, payload: Uint8Array, length = payload.length): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  writeHeader(frame, 0, length, channel, kind);
  frame.set(payload, HEADER_BYTES);
  return frame;
}
