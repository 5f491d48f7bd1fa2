/**
 * Takes connections: admission on the remote address, TLS, trust, and then hands over a socket.
 *
 * Sockets are accepted by a plain server and given to a TLS server as its "connection", which Node documents for this; so what is
 * refused costs no handshake.
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import { type Cancellable, type Clock, type Logger, messageOf, type Scheduler } from "../../core/sdk.js";
import { formatAddress, plainIp } from "./address.js";
import { type Admission, type Place, TokenBucket } from "./admission.js";
import { ListenError, PortInUseError, RefusalCode } from "./errors.js";
import { goodbyeFrame } from "./frame.js";
import { handshakeRefusal } from "./handshake-refusal.js";
import type { TransportMetrics } from "./metrics.js";
import type { TlsSecurity } from "./tls-security.js";

/** Lines about refused connections: so many at once, and so many a minute. An operator must see them, and strangers can cause any number. */
const REFUSAL_LINES = 20;
const REFUSAL_LINES_PER_MINUTE = 20;
/** What a refused peer may still send while it is told why: its Hello, and a little more. */
const DROPPED_BYTES_MAX = 16_384;

export interface ListenerDependencies {
  readonly security: TlsSecurity;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: TransportMetrics;
}

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly handshakeMs: number;
  readonly goodbyeMs: number;
}

export interface AcceptedSocket {
  readonly socket: TLSSocket;
  readonly remoteAddress: string;
  readonly verdict: Extract<ReturnType<TlsSecurity["judge"]>, { security: unknown }>;
  readonly handshakeMs: number;
}

/** A socket that is on its way through TLS. */
interface Pending {
  readonly place: Place;
  readonly ip: string;
  readonly port: number;
  readonly beganMs: number;
}

export class Listener {
  readonly #dependencies: ListenerDependencies;
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #tls: TlsServer;
  /** All accepted sockets, and by the names of their ends those that shake hands. */
  readonly #sockets = new Set<Socket>();
  readonly #pending = new Map<string, Pending>();
  readonly #lines: TokenBucket;
  #linesLeftOut = 0;
  #closing = false;
  #listening: Promise<void> | undefined;

  /** @param onAccepted a connection that passed everything */
  constructor(
    dependencies: ListenerDependencies,
    options: ListenerOptions,
    private readonly onAccepted: (accepted: AcceptedSocket) => void,
  ) {
    this.#dependencies = dependencies;
    this.#options = options;
    const { security, clock } = dependencies;
    this.#lines = new TokenBucket(REFUSAL_LINES_PER_MINUTE / 60, REFUSAL_LINES, clock.monotonicMs());
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#tls = createTlsServer({ ...security.serverOptions(), handshakeTimeout: options.handshakeMs });
    this.#tls.on("secureConnection", (socket) => this.#secured(socket));
    this.#tls.on("tlsClientError", (error, socket) => this.#handshakeFailed(error, socket));
    security.onRotated(() => this.#tls.setSecureContext(security.serverOptions()));
  }

  /** @returns the port that it listens on. @throws TRANSPORT_PORT_IN_USE, TRANSPORT_LISTEN_FAILED */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    this.#listening = new Promise<void>((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException) => {
        reject(
          error.code === "EADDRINUSE"
            ? new PortInUseError({ host, port }, error)
            : new ListenError({ host, port, reason: error.message }, error),
        );
      };
      this.#server.once("error", onError);
      this.#server.listen({ host, port }, () => {
        this.#server.off("error", onError);
        resolve();
      });
    });
    await this.#listening;
    this.#server.on("error", (error) => this.#dependencies.logger.warn({ reason: messageOf(error) }, "a connection could not be accepted"));
    const bound = this.#server.address();
    return typeof bound === "object" && bound !== null ? bound.port : port;
  }

  /**
   * Takes no more connections, and cuts what is left.
   *
   * @param said resolves when those that were handed over have said goodbye
   */
  async close(said: Promise<unknown>): Promise<void> {
    this.#closing = true;
    // A server that is closed before it has begun to listen begins all the same.
    await this.#listening?.catch(() => undefined);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await said;
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const { admission, clock, metrics } = this.#dependencies;
    const { remoteAddress, remotePort } = socket;
    // Also for one that is refused: a reset can fail.
    socket.on("error", () => undefined);
    // It was gone before it came.
    if (remoteAddress === undefined || remotePort === undefined || this.#closing) {
      socket.destroy();
      return;
    }
    const ip = plainIp(remoteAddress);
    const place = admission.admitInbound(ip);
    if (typeof place === "string") {
      metrics.refused(place);
      socket.resetAndDestroy();
      return;
    }
    const key = endsOf(socket);
    this.#sockets.add(socket);
    this.#pending.set(key, { place, ip, port: remotePort, beganMs: clock.monotonicMs() });
    socket.once("close", () => {
      place.release();
      this.#sockets.delete(socket);
      this.#pending.delete(key);
    });
    this.#tls.emit("connection", socket);
  }

  #handshakeFailed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    this.#refused(handshakeRefusal(error), socket.remoteAddress);
    // Node tells, and leaves the socket open.
    socket.destroy();
  }

  #secured(socket: TLSSocket): void {
    const { security, clock, metrics } = this.#dependencies;
    const key = endsOf(socket);
    const pending = this.#pending.get(key);
    socket.on("error", () => undefined);
    // It was gone, or this listener is, before the handshake's end was noticed.
    if (pending === undefined || this.#closing) {
      metrics.refused(RefusalCode.handshakeBroken);
      socket.destroy();
      return;
    }
    this.#pending.delete(key);
    pending.place.established();
    const verdict = security.judge(socket, "inbound");
    const remoteAddress = formatAddress({ host: pending.ip, port: pending.port });
    if ("refusal" in verdict) {
      this.#refused(verdict.refusal, remoteAddress);
      void tellRefusal(socket, verdict.refusal, this.#dependencies.scheduler, this.#options.goodbyeMs);
      return;
    }
    this.onAccepted({ socket, remoteAddress, verdict, handshakeMs: clock.monotonicMs() - pending.beganMs });
  }

  /** Counts a refusal, and says it to whoever reads the log: to the network it was never a connection. */
  #refused({ code, message: reason }: { readonly code: string; readonly message: string }, address: string | undefined): void {
    const { clock, metrics, logger } = this.#dependencies;
    metrics.refused(code);
    // Who only looks whether a port is open goes away again: no news, and on some networks every few seconds.
    const isNews = code !== RefusalCode.handshakeBroken;
    if (isNews && this.#lines.has(clock.monotonicMs())) {
      this.#lines.take();
      logger.info(
        { code, reason, address, ...(this.#linesLeftOut === 0 ? {} : { linesLeftOut: this.#linesLeftOut }) },
        "a connection was refused",
      );
      this.#linesLeftOut = 0;
      return;
    }
    if (isNews) this.#linesLeftOut++;
    logger.debug({ code, reason, address }, "a connection was refused");
  }
}

/** Says why, takes little more from it, and cuts the connection after a while in any case. Resolves when it is gone. */
export function tellRefusal(
  socket: TLSSocket,
  refusal: { readonly code: string; readonly message: string },
  scheduler: Scheduler,
  goodbyeMs: number,
): Promise<void> {
  if (socket.closed) return Promise.resolve();
  let dropped = 0;
  socket.on("data", (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > DROPPED_BYTES_MAX) socket.destroy();
  });
  const cut: Cancellable = scheduler.after(goodbyeMs, () => socket.destroy());
  socket.end(goodbyeFrame(refusal.code, refusal.message));
  return new Promise((resolve) => {
    socket.once("close", () => {
      cut.cancel();
      resolve();
    });
  });
}

/** A TCP connection's name: no two open ones share it. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
