/** What lies between two machines: latency, loss, bandwidth; for each direction on its own. */
import type { Distribution } from "../distribution.js";
import type { Machine } from "../machine/machine.js";

/** One direction between two machines. */
export interface Link {
  /** One way, without queues. */
  readonly latency: Distribution;
  /** Probability that a packet is lost and has to be sent again, 0 … 1. */
  readonly loss: number;
  /** Probability that a packet is sent twice: it takes bandwidth, and no more, since a connection drops the second. */
  readonly duplication: number;
}

/** Bytes a second; undefined: no bound. */
export interface Bandwidth {
  readonly up: number | undefined;
  readonly down: number | undefined;
}

export interface LinkModel {
  link(from: Machine, to: Machine): Link;
  bandwidth(machine: Machine): Bandwidth;
}

/** Payload of a packet on an ordinary path (Ethernet's 1,500 bytes less IPv4's and TCP's headers). */
const PACKET_BYTES = 1_460;
/** Packets of one message whose loss is drawn one by one; of a larger one, the others go at the same rate without a draw. */
const PACKETS_DRAWN_MAX = 64;

export function packetsOf(bytes: number): number {
  return Math.min(PACKETS_DRAWN_MAX, Math.max(1, Math.ceil(bytes / PACKET_BYTES)));
}
