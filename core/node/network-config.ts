/** `node.network` of a node config: whom to connect to, how many, and how peers are scored. Scores are points here, milli-points inside. */
import Type, { type Static } from "#bundled/typebox";
import { DEFAULT_NETWORK_OPTIONS, type NetworkOptions } from "../network/index.js";

const DEFAULTS = DEFAULT_NETWORK_OPTIONS;
const DAY_MS = 86_400_000;
const MEBIBYTE = 1024 * 1024;

const integer = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum });
const points = (description: string, milli: number) => Type.Number({ description, default: milli / 1_000, minimum: -100, maximum: 100 });
const addresses = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 254 }), { description, default: [], maxItems: 1_024 });

export const NetworkSchema = Type.Object(
  {
    bootstrap: addresses("Addresses to begin with while the peer book knows nobody better: tcp://host:port"),
    persistent: addresses("Addresses that are dialed again for ever"),
    advertise: Type.Array(Type.String({ minLength: 1, maxLength: 254 }), {
      description: "What peers are told to dial; by default what the transports listen on",
      default: [],
      maxItems: 8,
    }),
    exchange: Type.Boolean({ description: "Learn addresses from peers and hand them out", default: DEFAULTS.exchange }),
    maxInbound: integer("Inbound connections", DEFAULTS.maxInbound, 0, 100_000),
    maxOutbound: integer("Outbound connections, persistent peers included", DEFAULTS.maxOutbound, 0, 10_000),
    targetOutbound: integer("Outbound connections to keep up from the peer book", DEFAULTS.targetOutbound, 0, 10_000),
    dialTimeoutMs: integer("Time for a dial, ms", DEFAULTS.dialTimeoutMs, 100, 600_000),
    helloTimeoutMs: integer("Time for a new connection to prove its identity, ms", DEFAULTS.helloTimeoutMs, 100, 600_000),
    pingIntervalMs: integer("Between two pings, ms", DEFAULTS.pingIntervalMs, 100, DAY_MS),
    pingTimeoutMs: integer("Time for the answer to a ping; then the connection is closed, ms", DEFAULTS.pingTimeoutMs, 100, DAY_MS),
    redialMs: integer("First pause before an address is dialed again; doubles with each failure, ms", DEFAULTS.redialMs, 10, DAY_MS),
    redialMaxMs: integer("Longest such pause, ms", DEFAULTS.redialMaxMs, 10, DAY_MS),
    bookEntries: integer("Addresses that the peer book remembers", DEFAULTS.bookEntries, 16, 1_000_000),
    requestTimeoutMs: integer("Time for the answer to a request; then another peer is asked, ms", DEFAULTS.requestTimeoutMs, 100, 600_000),
    blocksPerPeer: integer("Blocks of a sync that are under way from one peer", DEFAULTS.blocksPerPeer, 1, 128),
    bytesUnderWay: integer(
      "Bytes of one peer's messages that may be under way before it is not read",
      DEFAULTS.bytesUnderWay,
      65_536,
      4_096 * MEBIBYTE,
    ),
    score: Type.Object(
      {
        initial: Type.Number({ description: "Points of a new peer", default: DEFAULTS.score.initial / 1_000, minimum: 0, maximum: 100 }),
        connection: points("For a connection that proved its identity", DEFAULTS.score.connection),
        failure: points("For a failed dial or an unanswered request", DEFAULTS.score.failure),
        block: points("For a valid block", DEFAULTS.score.block),
        transaction: points("For a valid transaction", DEFAULTS.score.transaction),
        invalid: points("For an invalid message", DEFAULTS.score.invalid),
        violation: points("For a violation of the protocol", DEFAULTS.score.violation),
        dialMinimum: Type.Number({
          description: "Peers below are not dialed",
          default: DEFAULTS.score.dialMinimum / 1_000,
          minimum: 0,
          maximum: 100,
        }),
        violationsToBan: integer("Violations that ban a peer", DEFAULTS.score.violationsToBan, 1, 1_000_000),
        banMs: integer("How long a ban lasts, ms", DEFAULTS.score.banMs, 1, 3_650 * DAY_MS),
      },
      { description: "Scores of peers, 0 to 100 points", additionalProperties: false, default: {} },
    ),
  },
  { description: "Peers: whom to connect to, limits and scores", additionalProperties: false, default: {} },
);

/** Points to milli-points. */
export function networkOptions({ score, ...options }: Static<typeof NetworkSchema>): NetworkOptions {
  const { violationsToBan, banMs, ...scores } = score;
  const milli = Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, Math.round(value * 1_000)])) as typeof scores;
  return { ...options, score: { ...milli, violationsToBan, banMs } };
}
