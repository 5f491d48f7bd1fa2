/**
 * Errors of transport-tcp, and the codes with which it refuses and closes connections. Why a certificate is
 * not trusted is tls/'s to say: codes that begin with TRANSPORT_TLS_ (tls/refusals.ts).
 *
 * A refusal or close code that is chosen here is a metric label; what the other end says as its reason never is.
 */
import { ChainwrightError, defineError } from "../../core/sdk.js";

/** Why a connection closed or was not taken, when this transport decided it. */
export const CloseCode = {
  badFrame: "TRANSPORT_BAD_FRAME",
  unknownChannel: "TRANSPORT_UNKNOWN_CHANNEL",
  messageTooLarge: "TRANSPORT_MESSAGE_TOO_LARGE",
  partialOverflow: "TRANSPORT_PARTIAL_OVERFLOW",
  /** Half-received messages of all connections were too much, and this one had kept one open for longest. */
  partialEvicted: "TRANSPORT_PARTIAL_EVICTED",
  sendOverflow: "TRANSPORT_SEND_OVERFLOW",
  sendStalled: "TRANSPORT_SEND_STALLED",
  messageStalled: "TRANSPORT_MESSAGE_STALLED",
  idle: "TRANSPORT_IDLE",
  /** The other side ended the connection without a goodbye. */
  closed: "TRANSPORT_CLOSED",
  /** The operating system or TLS reported an error. */
  broken: "TRANSPORT_BROKEN",
  stopping: "TRANSPORT_STOPPING",
} as const;

/** Why a connection was refused before or during its TLS handshake. */
export const RefusalCode = {
  connectionsFull: "TRANSPORT_CONNECTIONS_FULL",
  addressFull: "TRANSPORT_ADDRESS_FULL",
  subnetFull: "TRANSPORT_SUBNET_FULL",
  handshakesFull: "TRANSPORT_HANDSHAKES_FULL",
  acceptRate: "TRANSPORT_ACCEPT_RATE",
  subnetRate: "TRANSPORT_SUBNET_RATE",
  handshakeTimeout: "TRANSPORT_HANDSHAKE_TIMEOUT",
  /** The other side went away, or was cut off, before the handshake was over. */
  handshakeBroken: "TRANSPORT_HANDSHAKE_BROKEN",
  notTls: "TRANSPORT_NOT_TLS",
  tlsVersion: "TRANSPORT_TLS_VERSION",
  wrongAlpn: "TRANSPORT_WRONG_ALPN",
  /** The other side ended the handshake with an alert: it refuses this node's certificate or parameters. */
  tlsAlert: "TRANSPORT_TLS_ALERT",
  tlsFailed: "TRANSPORT_TLS_FAILED",
} as const;
export type RefusalCode = (typeof RefusalCode)[keyof typeof RefusalCode];

export const BadAddressError = defineError<{ address: string; reason: string }>(
  "TRANSPORT_BAD_ADDRESS",
  "input",
  ({ address, reason }) => `"${address}" is no address of this transport: ${reason}; write tcp://host:port, IPv6 in brackets`,
);

export const BadChannelsError = defineError<{ reason: string }>(
  "TRANSPORT_BAD_CHANNELS",
  "internal",
  ({ reason }) => `the channels can't be declared so: ${reason}`,
);

/** A call out of order: listening before configuring, dialing before the start or after the end. */
export const TransportStateError = defineError<{ operation: string; reason: string }>(
  "TRANSPORT_WRONG_STATE",
  "conflict",
  ({ operation, reason }) => `can't ${operation}: ${reason}`,
);

export const SendBoundsError = defineError<{ highBytes: number; maxBytes: number }>(
  "TRANSPORT_BAD_SEND_BOUNDS",
  "input",
  ({ highBytes, maxBytes }) =>
    `limits.sendBytesHigh (${highBytes}) is above limits.sendBytesMax (${maxBytes}): connections would close before anybody was told to wait; lower the first or raise the second`,
);

export const PortInUseError = defineError<{ host: string; port: number }>(
  "TRANSPORT_PORT_IN_USE",
  "conflict",
  ({ host, port }) =>
    `port ${port} on ${host} is taken by another program, or by another node; stop that one, or give plugins.transport-tcp.port another number (0 takes any free port)`,
);

export const ListenError = defineError<{ host: string; port: number; reason: string }>(
  "TRANSPORT_LISTEN_FAILED",
  "input",
  ({ host, port, reason }) => `can't listen on ${host}, port ${port}: ${reason}; mend plugins.transport-tcp.host and port`,
);

/** A message that its own channel does not take: a bug of the sender, who must split or bound what it says. */
export const MessageTooLargeError = defineError<{ channel: number; bytes: number; limitBytes: number }>(
  CloseCode.messageTooLarge,
  "limit",
  ({ channel, bytes, limitBytes }) => `channel ${channel} takes messages of up to ${limitBytes} bytes, not ${bytes}; send it in parts`,
);

export const UnknownChannelError = defineError<{ channel: number }>(
  CloseCode.unknownChannel,
  "internal",
  ({ channel }) => `channel ${channel} was not declared; name it in configure()`,
);

export const DialRefusedError = defineError<{ address: string }>(
  "TRANSPORT_DIAL_REFUSED",
  "unavailable",
  ({ address }) => `nobody listens on ${address}; is that node running, and is it the right port?`,
);

export const DialTimeoutError = defineError<{ address: string; timeoutMs: number }>(
  "TRANSPORT_DIAL_TIMEOUT",
  "unavailable",
  ({ address, timeoutMs }) =>
    `${address} did not complete a connection within ${timeoutMs} ms; a firewall may drop it, or it is overloaded`,
);

export const DialAbortedError = defineError<{ address: string }>(
  "TRANSPORT_DIAL_ABORTED",
  "unavailable",
  ({ address }) => `the dial of ${address} was given up by its caller`,
);

export const UnreachableError = defineError<{ address: string; reason: string }>(
  "TRANSPORT_UNREACHABLE",
  "unavailable",
  ({ address, reason }) => `there is no way to ${address} from here: ${reason}; check the network and its routes`,
);

export const HostUnknownError = defineError<{ address: string; reason: string }>(
  "TRANSPORT_HOST_UNKNOWN",
  "unavailable",
  ({ address, reason }) => `the host of ${address} has no address: ${reason}; check its name and this machine's resolver`,
);

export const DialResetError = defineError<{ address: string }>(
  "TRANSPORT_DIAL_RESET",
  "unavailable",
  ({ address }) => `${address} ended the connection during the handshake: it may be full, or take no more from here now; try again later`,
);

export const DialFailedError = defineError<{ address: string; reason: string }>(
  "TRANSPORT_DIAL_FAILED",
  "unavailable",
  ({ address, reason }) => `${address} can't be dialed: ${reason}`,
);

export const ConnectionsFullError = defineError<{ limit: number }>(
  RefusalCode.connectionsFull,
  "limit",
  ({ limit }) => `this node has dialed ${limit} connections, as many as it may; raise plugins.transport-tcp.limits.outboundConnections`,
);

/**
 * TLS or trust does not let this peer be at the other end. Its code is the refusal's own: TRANSPORT_TLS_FOREIGN_CA, TRANSPORT_WRONG_ALPN …
 *
 * @param refusal what the handshake ended with, or tls/ says of the peer
 */
export function dialDeniedError(address: string, { code, message }: { readonly code: string; readonly message: string }): ChainwrightError {
  return new ChainwrightError(code, "denied", `${address}: ${message}`, { address });
}
