/**
 * The transport: listens and dials through TLS, and keeps its connections, their limits and their timeouts.
 *
 * Certificates and trust come as a `TlsSecurity`, so that all of this runs, and is tested, without files.
 */
import type { TLSSocket } from "node:tls";
import {
  type Cancellable,
  ChainwrightError,
  type ChannelSpec,
  type Clock,
  type Connection,
  type ConnectionSecurity,
  type Logger,
  type Metrics,
  present,
  type Scheduler,
  type Transport,
} from "../../core/sdk.js";
import { listeningAddresses, SCHEME } from "./address.js";
import { Admission } from "./admission.js";
import { BatchPool } from "./batch-pool.js";
import { ChannelTable } from "./channel-table.js";
import type { TransportTcpOptions } from "./config.js";
import { type ConnectionOptions, TcpConnection } from "./connection.js";
import { dialSocket } from "./dialer.js";
import { SendBoundsError, TransportStateError } from "./errors.js";
import { HeldMessages } from "./held-messages.js";
import { Listener } from "./listener.js";
import { TransportMetrics } from "./metrics.js";
import type { TlsSecurity } from "./tls-security.js";

export interface TransportDependencies {
  readonly security: TlsSecurity;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Connections are looked after this often, or four times within the shortest timeout. */
const SWEEP_MS_MAX = 1_000;
const SWEEP_MS_MIN = 5;

export class TcpTransport implements Transport {
  readonly scheme = SCHEME;
  readonly #dependencies: TransportDependencies;
  readonly #options: TransportTcpOptions;
  readonly #connections = new Set<TcpConnection>();
  /** Dials under way: how to end each, and when it has. */
  readonly #dials = new Map<AbortController, Promise<unknown>>();
  readonly #batches = new BatchPool();
  #metrics: TransportMetrics | undefined;
  #admission: Admission | undefined;
  #channels: ChannelTable | undefined;
  #held: HeldMessages | undefined;
  #listener: Listener | undefined;
  #sweep: Cancellable | undefined;
  #closing: Promise<void> | undefined;

  /** @throws TRANSPORT_BAD_SEND_BOUNDS */
  constructor(dependencies: TransportDependencies, options: TransportTcpOptions) {
    const { sendBytesHigh, sendBytesMax } = options.limits;
    if (sendBytesHigh > sendBytesMax) throw new SendBoundsError({ highBytes: sendBytesHigh, maxBytes: sendBytesMax });
    this.#dependencies = dependencies;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { security, scheduler, clock, metrics } = this.#dependencies;
    await security.start();
    this.#metrics = new TransportMetrics(metrics, {
      unsentBytes: () => this.#sum(({ unsentBytes }) => unsentBytes),
      heldBytes: () => this.#sum(({ heldBytes }) => heldBytes),
    });
    this.#admission = new Admission(clock, this.#options.limits);
    const { idleMs, messageMs, sendMs } = this.#options.timeouts;
    const periodMs = Math.max(SWEEP_MS_MIN, Math.min(SWEEP_MS_MAX, idleMs / 4, messageMs / 4, sendMs / 4));
    this.#sweep = scheduler.every(periodMs, () => this.#lookAfter());
  }

  async stop(): Promise<void> {
    await this.close();
    this.#dependencies.security.stop();
  }

  configure(channels: readonly ChannelSpec[]): void {
    if (this.#listener !== undefined || this.#connections.size > 0)
      throw new TransportStateError({ operation: "declare channels", reason: "there are connections; declare them before the first" });
    this.#channels = new ChannelTable(channels);
    this.#held = new HeldMessages(Math.max(this.#options.limits.partialBytesMax, this.#channels.partialBytesMax));
  }

  async listen(onConnection: (connection: Connection) => void): Promise<readonly string[]> {
    const { metrics, admission, channels } = this.#ready("listen");
    if (this.#listener !== undefined) throw new TransportStateError({ operation: "listen", reason: "it listens already" });
    const { host, port, listen, timeouts } = this.#options;
    if (!listen) return [];
    const listener = new Listener({ ...this.#dependencies, admission, metrics }, { host, port, ...timeouts }, (accepted) => {
      const { socket, remoteAddress, verdict, handshakeMs } = accepted;
      onConnection(this.#open(socket, { direction: "inbound", remoteAddress, security: verdict.security }, channels, handshakeMs));
    });
    this.#listener = listener;
    try {
      const bound = await listener.listen();
      const addresses = listeningAddresses(host, bound);
      this.#dependencies.logger.info({ host, port: bound, addresses }, "listening for nodes");
      return addresses;
    } catch (error) {
      this.#listener = undefined;
      throw error;
    }
  }

  async dial(address: string, signal: AbortSignal): Promise<Connection> {
    const { metrics, admission, channels } = this.#ready("dial");
    const { timeouts, limits } = this.#options;
    // Not AbortSignal.any: what it ties to a signal that lives as long as the node stays tied to it.
    const aborter = new AbortController();
    const abort = () => aborter.abort();
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    const dialing = dialSocket(address, aborter.signal, { ...this.#dependencies, admission }, { ...timeouts, ...limits });
    this.#dials.set(
      aborter,
      dialing.catch(() => undefined),
    );
    try {
      const { socket, remoteAddress, verdict, handshakeMs } = await dialing;
      return this.#open(socket, { direction: "outbound", remoteAddress, security: verdict.security }, channels, handshakeMs);
    } catch (error) {
      metrics.dialFailed(ChainwrightError.is(error) ? error.code : "OTHER");
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#dials.delete(aborter);
    }
  }

  /** Closes all connections with a reason, and waits until they are gone. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#sweep?.cancel();
    for (const aborter of this.#dials.keys()) aborter.abort();
    await Promise.all(this.#dials.values());
    const gone = Promise.all([...this.#connections].map((connection) => connection.stop()));
    await Promise.all([gone, this.#listener?.close(gone)]);
    this.#publish();
  }

  #ready(operation: string): { metrics: TransportMetrics; admission: Admission; channels: ChannelTable } {
    const wrong = (reason: string): never => {
      throw new TransportStateError({ operation, reason });
    };
    if (this.#closing !== undefined) wrong("the transport was closed");
    const metrics = this.#metrics ?? wrong("the transport was not started");
    const channels = this.#channels ?? wrong("no channels were declared; call configure() first");
    return { metrics, channels, admission: present(this.#admission, "what is started has an admission") };
  }

  #open(
    socket: TLSSocket,
    facts: { direction: "inbound" | "outbound"; remoteAddress: string; security: ConnectionSecurity },
    channels: ChannelTable,
    handshakeMs: number,
  ): Connection {
    const { clock, scheduler } = this.#dependencies;
    const metrics = present(this.#metrics, "connections come after the start");
    const held = present(this.#held, "whoever has channels has a bound on their messages");
    socket.setKeepAlive(true, this.#options.timeouts.keepAliveMs);
    // Of TLS 1.2, where the config lets it be: it costs the one who asks next to nothing.
    socket.disableRenegotiation();
    const connection = new TcpConnection(
      socket,
      facts,
      { channels, clock, scheduler, metrics, batches: this.#batches, held },
      this.#connectionOptions(channels),
      (by, { code }) => {
        metrics.closed(facts.direction, by, code);
        // Until the socket is gone it counts: a stop waits for it.
        void connection.gone.then(() => this.#connections.delete(connection));
      },
    );
    this.#connections.add(connection);
    metrics.opened(facts.direction, handshakeMs);
    return connection;
  }

  #connectionOptions(channels: ChannelTable): ConnectionOptions {
    const { limits, timeouts } = this.#options;
    const sendBytesMax = Math.max(limits.sendBytesMax, limits.sendBytesHigh + 2 * channels.largestMessageBytes);
    return { ...timeouts, sendBytesHigh: limits.sendBytesHigh, sendBytesMax };
  }

  #lookAfter(): void {
    const nowMs = this.#dependencies.clock.monotonicMs();
    for (const connection of this.#connections) connection.sweep(nowMs);
    this.#publish();
  }

  #sum(of: (connection: TcpConnection) => number): number {
    let sum = 0;
    for (const connection of this.#connections) sum += of(connection);
    return sum;
  }

  #publish(): void {
    if (this.#channels !== undefined) this.#metrics?.traffic.publish(this.#channels.numbers);
  }
}
