/** What the network counts. Labels come from closed sets: an outsider can't make a new time series. */
import type { Metrics } from "../ports/runtime.js";
import type { Offence } from "./peer.js";
import type { WireMessageType } from "./wire/messages.js";

export type DialResult = "connected" | "failed" | "timeout" | "refused";

export interface NetworkMetrics {
  received(type: WireMessageType, bytes: number): void;
  sent(type: WireMessageType, bytes: number): void;
  dialed(result: DialResult): void;
  /** A connection is over, before or after Hello. */
  closed(code: string, local: boolean): void;
  offended(offence: Offence, code: string): void;
  banned(): void;
  /** From the connection to the end of the handshake. */
  greeted(seconds: number): void;
  /** A message waits: for the receiver's limits, or for room in the transport. */
  paced(): void;
  /** Records of the peer book that were dropped because they were damaged. */
  damaged(count: number): void;
}

/** What is read at each scrape. */
export interface NetworkGauges {
  readonly inbound: () => number;
  readonly outbound: () => number;
  readonly handshakes: () => number;
  readonly bookAddresses: () => number;
  readonly bans: () => number;
}

/** Codes are literals of core and engines; whatever else comes (a remote side may send any code) shares one label. */
const KNOWN_CODE = /^(?:NETWORK|WIRE|GOSSIP|SYNC|NODE|TRANSPORT)_[A-Z_]{1,40}$/;

export function networkMetrics(metrics: Metrics, gauges: NetworkGauges): NetworkMetrics {
  metrics.gauge({ name: "network_inbound_peers", help: "Peers that dialed this node", collect: gauges.inbound });
  metrics.gauge({ name: "network_outbound_peers", help: "Peers that this node dialed", collect: gauges.outbound });
  metrics.gauge({ name: "network_handshakes", help: "Connections that have not said Hello yet", collect: gauges.handshakes });
  metrics.gauge({ name: "network_book_addresses", help: "Addresses in the peer book", collect: gauges.bookAddresses });
  metrics.gauge({ name: "network_bans", help: "Node ids and addresses that are banned", collect: gauges.bans });
  const messages = metrics.counter({
    name: "network_messages_total",
    help: "Messages from and to peers, by type",
    labels: ["direction", "type"],
  });
  const bytes = metrics.counter({
    name: "network_message_bytes_total",
    help: "Encoded bytes of these messages, without the transport's own",
    labels: ["direction", "type"],
  });
  const dials = metrics.counter({ name: "network_dials_total", help: "Dials, by what came of them", labels: ["result"] });
  const closed = metrics.counter({
    name: "network_closed_total",
    help: "Connections closed, by who closed them and the code; codes of the remote side are not told apart",
    labels: ["by", "code"],
  });
  const offences = metrics.counter({ name: "network_offences_total", help: "Offences of peers", labels: ["offence", "code"] });
  const bans = metrics.counter({ name: "network_bans_total", help: "Bans for repeated violations" });
  const hello = metrics.histogram({
    name: "network_hello_seconds",
    help: "From a connection to the peer's accepted Hello",
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  });
  const paced = metrics.counter({
    name: "network_paced_messages_total",
    help: "Messages that waited, for the receiver's limits or for room in the transport",
  });
  const damaged = metrics.counter({ name: "network_book_damaged_total", help: "Damaged records dropped from the peer book" });
  return {
    received(type, length) {
      messages.increment(1, { direction: "in", type });
      bytes.increment(length, { direction: "in", type });
    },
    sent(type, length) {
      messages.increment(1, { direction: "out", type });
      bytes.increment(length, { direction: "out", type });
    },
    dialed: (result) => dials.increment(1, { result }),
    closed: (code, local) => closed.increment(1, local ? { by: "local", code: labelOf(code) } : { by: "remote", code: "any" }),
    offended: (offence, code) => offences.increment(1, { offence, code: labelOf(code) }),
    banned: () => bans.increment(),
    greeted: (seconds) => hello.observe(seconds),
    paced: () => paced.increment(),
    damaged: (count) => damaged.increment(count),
  };
}

function labelOf(code: string): string {
  return KNOWN_CODE.test(code) ? code : "other";
}
