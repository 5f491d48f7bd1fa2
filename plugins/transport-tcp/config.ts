/** Options of transport-tcp. All are local to a node; the wire format has none. */
import { type Static, Type } from "../../core/sdk.js";
import { TlsSchema } from "./tls/index.js";

const MIB = 1024 * 1024;

const count = (description: string, defaultValue: number, maximum = 65_535) =>
  Type.Integer({ description, default: defaultValue, minimum: 1, maximum });
const bytes = (description: string, defaultValue: number) =>
  Type.Integer({ description, default: defaultValue, minimum: 65_536, maximum: 1_024 * MIB });
const time = (description: string, defaultValue: number) =>
  Type.Integer({ description, default: defaultValue, minimum: 10, maximum: 3_600_000 });

const LimitsSchema = Type.Object(
  {
    inboundConnections: count(
      "Connections that others made, those that are shaking hands included. More than the network's maxInbound.",
      192,
    ),
    outboundConnections: count("Connections that this node made, those under way included. More than the network's maxOutbound.", 64),
    connectionsPerAddress: count("Inbound connections from one IP address.", 8),
    connectionsPerSubnet: count("Inbound connections from one subnet (IPv4 /24, IPv6 /56).", 32),
    handshakes: count("TLS handshakes under way at a time; more are refused.", 64),
    acceptsPerSecond: count("Inbound connections a second that may begin a TLS handshake, from everybody together.", 50),
    acceptBurst: count("How many more may come at once after a quiet time.", 200),
    subnetAcceptsPerSecond: count("The same for one subnet.", 5),
    subnetAcceptBurst: count("The same for one subnet.", 20),
    excuseLoopback: Type.Boolean({
      description:
        "Do not apply limits by address and subnet to this machine itself. Turn it off behind a proxy that hides where connections come from.",
      default: true,
    }),
    partialBytesMax: bytes(
      "Bytes of messages that have begun and not ended, over all connections; above it the connection of the oldest is closed (TRANSPORT_PARTIAL_EVICTED). Raised to what one connection may hold, twice the chain's largest message, where it is less.",
      256 * MIB,
    ),
    sendBytesHigh: bytes("Unsent bytes of a connection above which its senders are told to wait; they go on at half of it.", MIB),
    sendBytesMax: bytes(
      "Unsent bytes of a connection at which it is closed (TRANSPORT_SEND_OVERFLOW). Raised to sendBytesHigh and twice the chain's largest message where it is less.",
      32 * MIB,
    ),
  },
  { additionalProperties: false, default: {}, description: "What others may take of this node." },
);

const TimeoutsSchema = Type.Object(
  {
    dialMs: time("For reaching a node: name, TCP and TLS together, ms.", 10_000),
    handshakeMs: time("For the TLS handshake of an inbound connection, ms.", 10_000),
    idleMs: time("A connection on which nothing is received is closed (TRANSPORT_IDLE), ms. Longer than the network's pings.", 120_000),
    messageMs: time("A frame, or a message in fragments, that gets no further is closed (TRANSPORT_MESSAGE_STALLED), ms.", 60_000),
    sendMs: time("A connection whose other end takes nothing of what is sent is closed (TRANSPORT_SEND_STALLED), ms.", 60_000),
    goodbyeMs: time("For what was sent before a close, and its reason, to go out; then the connection is cut, ms.", 1_000),
    keepAliveMs: time("Silence before TCP probes whether the other machine is still there, ms.", 30_000),
  },
  { additionalProperties: false, default: {}, description: "When to stop waiting." },
);

export const TransportTcpConfig = Type.Object(
  {
    listen: Type.Boolean({
      description: "Accept connections. Off for a node that nobody can reach (behind NAT, a firewall): it only dials.",
      default: true,
    }),
    host: Type.String({
      description:
        "IP address to listen on: 0.0.0.0 is every IPv4 address of this machine, :: every IPv4 and IPv6 one. A node is there to be reached, and whoever connects must pass TLS and trust first, so the default is all.",
      default: "0.0.0.0",
      minLength: 1,
      maxLength: 255,
    }),
    port: Type.Integer({
      description: "TCP port to listen on; 0 takes any free one (the log says which).",
      default: 8646,
      minimum: 0,
      maximum: 65_535,
    }),
    limits: LimitsSchema,
    timeouts: TimeoutsSchema,
    tls: TlsSchema,
  },
  { additionalProperties: false },
);

export type TransportTcpOptions = Omit<Static<typeof TransportTcpConfig>, "tls">;
