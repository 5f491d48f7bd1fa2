/**
 * Metrics of transport-tcp. Labels come from closed sets: this transport's own codes, the declared channels, and a bounded number of
 * close codes of this node's other parts. What a peer gives as its reason is counted as `REMOTE`, whatever it says.
 */
import type { Counter, Gauge, Histogram, Metrics } from "../../core/sdk.js";

const CHANNELS_MAX = 256;
/** Codes of close() and of the trust decision come from this node's own code, but this transport does not know how many. */
const LABELS_MAX = 64;
const REMOTE_LABEL = "REMOTE";
const OTHER_LABEL = "OTHER";
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Who decided that a connection ends: a rule of this transport, the caller of `close`, the other end, or nobody (it broke). */
export type ClosedBy = "transport" | "caller" | "remote" | "network";

/** Messages and bytes by channel, counted in arrays: a metric with labels for each message would cost more than the message. */
export class Traffic {
  readonly #sentMessages = new Float64Array(CHANNELS_MAX);
  readonly #sentBytes = new Float64Array(CHANNELS_MAX);
  readonly #receivedMessages = new Float64Array(CHANNELS_MAX);
  readonly #receivedBytes = new Float64Array(CHANNELS_MAX);
  readonly #counters: readonly (readonly [Float64Array, Counter])[];

  constructor(metrics: Metrics) {
    const counter = (name: string, help: string) => metrics.counter({ name: `transport_tcp_${name}`, help, labels: ["channel"] });
    this.#counters = [
      [this.#sentMessages, counter("sent_messages_total", "Messages handed in for sending, by channel")],
      [this.#sentBytes, counter("sent_bytes_total", "Their bytes, without frames and TLS, by channel")],
      [this.#receivedMessages, counter("received_messages_total", "Messages received whole, by channel")],
      [this.#receivedBytes, counter("received_bytes_total", "Their bytes, without frames and TLS, by channel")],
    ];
  }

  sent(channel: number, bytes: number): void {
    this.#sentMessages[channel] = (this.#sentMessages[channel] as number) + 1;
    this.#sentBytes[channel] = (this.#sentBytes[channel] as number) + bytes;
  }

  received(channel: number, bytes: number): void {
    this.#receivedMessages[channel] = (this.#receivedMessages[channel] as number) + 1;
    this.#receivedBytes[channel] = (this.#receivedBytes[channel] as number) + bytes;
  }

  /** Moves what was counted into the metrics. */
  publish(channels: readonly number[]): void {
    for (const [counts, counter] of this.#counters) {
      for (const channel of channels) {
        const count = counts[channel] as number;
        if (count === 0) continue;
        counter.increment(count, { channel: String(channel) });
        counts[channel] = 0;
      }
    }
  }
}

/** Read at each scrape, over all connections. */
export interface MemorySources {
  readonly unsentBytes: () => number;
  readonly heldBytes: () => number;
}

export class TransportMetrics {
  readonly traffic: Traffic;
  readonly #connections: Gauge;
  readonly #open = { inbound: 0, outbound: 0 };
  readonly #accepted: Counter;
  readonly #refused: Counter;
  readonly #dials: Counter;
  readonly #closes: Counter;
  readonly #handshakeSeconds: Histogram;
  readonly #waitSeconds: Histogram;
  readonly #labels = new Set<string>();

  constructor(metrics: Metrics, { unsentBytes, heldBytes }: MemorySources) {
    const name = (text: string) => `transport_tcp_${text}`;
    this.traffic = new Traffic(metrics);
    this.#connections = metrics.gauge({ name: name("connections"), help: "Open connections", labels: ["direction"] });
    metrics.gauge({ name: name("unsent_bytes"), help: "Bytes that wait to be sent, over all connections", collect: unsentBytes });
    metrics.gauge({ name: name("partial_bytes"), help: "Bytes kept of messages that have not come to their end", collect: heldBytes });
    this.#accepted = metrics.counter({ name: name("accepted_total"), help: "Inbound connections that passed TLS and trust" });
    this.#refused = metrics.counter({
      name: name("refused_total"),
      help: "Inbound connections that were refused, by reason",
      labels: ["code"],
    });
    this.#dials = metrics.counter({ name: name("dials_total"), help: "Dials by result: OK, or why they failed", labels: ["code"] });
    this.#closes = metrics.counter({
      name: name("closes_total"),
      help: "Closed connections by who decided it (transport, caller, remote, network) and why",
      labels: ["by", "code"],
    });
    this.#handshakeSeconds = metrics.histogram({
      name: name("handshake_seconds"),
      help: "From the accepted or begun connection to the end of the TLS handshake",
      labels: ["direction"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    });
    this.#waitSeconds = metrics.histogram({
      name: name("send_wait_seconds"),
      help: "How long senders were told to wait, because a peer did not take what was sent",
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60],
    });
  }

  opened(direction: "inbound" | "outbound", handshakeMs: number): void {
    this.#connections.set(++this.#open[direction], { direction });
    if (direction === "inbound") this.#accepted.increment();
    else this.#dials.increment(1, { code: "OK" });
    this.#handshakeSeconds.observe(handshakeMs / 1_000, { direction });
  }

  closed(direction: "inbound" | "outbound", by: ClosedBy, code: string): void {
    this.#connections.set(--this.#open[direction], { direction });
    this.#closes.increment(1, { by, code: by === "remote" ? REMOTE_LABEL : this.#label(code) });
  }

  refused(code: string): void {
    this.#refused.increment(1, { code: this.#label(code) });
  }

  dialFailed(code: string): void {
    this.#dials.increment(1, { code: this.#label(code) });
  }

  waited(ms: number): void {
    this.#waitSeconds.observe(ms / 1_000);
  }

  /** The code itself as long as there are few of them: a label's values are a closed set. */
  #label(code: string): string {
    if (this.#labels.has(code)) return code;
    if (this.#labels.size >= LABELS_MAX || !CODE.test(code)) return OTHER_LABEL;
    this.#labels.add(code);
    return code;
  }
}
