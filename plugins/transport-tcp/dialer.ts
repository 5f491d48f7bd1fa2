/** Reaches other nodes: name, TCP, TLS and trust within one timeout; every way to fail has an error of its own. */
import { connect, type TLSSocket } from "node:tls";
import type { Clock, Scheduler } from "../../core/sdk.js";
import { formatAddress, parseAddress } from "./address.js";
import type { Admission } from "./admission.js";
import {
  ConnectionsFullError,
  DialAbortedError,
  DialFailedError,
  DialRefusedError,
  DialResetError,
  DialTimeoutError,
  dialDeniedError,
  HostUnknownError,
  UnreachableError,
} from "./errors.js";
import { handshakeRefusal } from "./handshake-refusal.js";
import { tellRefusal } from "./listener.js";
import type { TlsSecurity, TlsVerdict } from "./tls-security.js";

export interface DialerDependencies {
  readonly security: TlsSecurity;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

export interface DialerOptions {
  readonly dialMs: number;
  readonly goodbyeMs: number;
  /** For the message of the error. */
  readonly outboundConnections: number;
}

export interface DialedSocket {
  readonly socket: TLSSocket;
  /** In the one spelling that addresses have. */
  readonly remoteAddress: string;
  readonly verdict: Extract<TlsVerdict, { security: unknown }>;
  readonly handshakeMs: number;
}

/** @throws TRANSPORT_BAD_ADDRESS, TRANSPORT_CONNECTIONS_FULL, TRANSPORT_DIAL_*, TRANSPORT_UNREACHABLE, TRANSPORT_HOST_UNKNOWN, and the codes of refusals */
export async function dialSocket(
  address: string,
  signal: AbortSignal,
  { security, admission, clock, scheduler }: DialerDependencies,
  options: DialerOptions,
): Promise<DialedSocket> {
  const endpoint = parseAddress(address);
  if (signal.aborted) throw new DialAbortedError({ address });
  const place = admission.admitOutbound();
  if (place === undefined) throw new ConnectionsFullError({ limit: options.outboundConnections });
  const beganMs = clock.monotonicMs();
  let socket: TLSSocket;
  try {
    socket = connect({ ...security.clientOptions(), host: endpoint.host, port: endpoint.port });
  } catch (error) {
    place.release();
    throw dialError(error, address);
  }
  socket.once("close", () => place.release());
  // There is always somebody to hear of an error, also after this function.
  socket.on("error", () => undefined);
  try {
    await secured(socket, address, signal, scheduler, options.dialMs);
  } catch (error) {
    place.release();
    throw error;
  }
  socket.setNoDelay(true);
  const verdict = security.judge(socket, "outbound");
  if ("refusal" in verdict) {
    const cut = () => socket.destroy();
    signal.addEventListener("abort", cut, { once: true });
    await tellRefusal(socket, verdict.refusal, scheduler, options.goodbyeMs);
    signal.removeEventListener("abort", cut);
    throw dialDeniedError(address, verdict.refusal);
  }
  return { socket, remoteAddress: formatAddress(endpoint), verdict, handshakeMs: clock.monotonicMs() - beganMs };
}

/** Waits for the handshake's end, and leaves nothing behind when it does not come. */
function secured(socket: TLSSocket, address: string, signal: AbortSignal, scheduler: Scheduler, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      socket.destroy();
      settle(() => reject(error));
    };
    const onAbort = () => fail(new DialAbortedError({ address }));
    const onSecure = () => settle(resolve);
    const onError = (error: Error) => fail(dialError(error, address));
    const onClose = () => fail(new DialResetError({ address }));
    const timeout = scheduler.after(timeoutMs, () => fail(new DialTimeoutError({ address, timeoutMs })));
    const settle = (then: () => void) => {
      timeout.cancel();
      signal.removeEventListener("abort", onAbort);
      socket.off("secureConnect", onSecure);
      socket.off("error", onError);
      socket.off("close", onClose);
      then();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("secureConnect", onSecure);
    socket.once("error", onError);
    socket.once("close", onClose);
  });
}

/** The typed error for what a socket said before it was connected. */
function dialError(thrown: unknown, address: string): Error {
  // Several addresses of one name were tried (RFC 8305): the last one's trouble stands for all.
  const error: unknown = thrown instanceof AggregateError ? (thrown.errors.at(-1) ?? thrown) : thrown;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = error instanceof Error ? error.message : String(error);
  switch (code) {
    case "ECONNREFUSED":
      return new DialRefusedError({ address }, error);
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "EHOSTDOWN":
    case "ENETUNREACH":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
      return new UnreachableError({ address, reason }, error);
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
    case "ENODATA":
      return new HostUnknownError({ address, reason }, error);
    case "ECONNRESET":
    case "EPIPE":
      return new DialResetError({ address }, error);
    default:
      return code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || code === "EPROTO"
        ? dialDeniedError(address, handshakeRefusal(error))
        : new DialFailedError({ address, reason }, error);
  }
}
