/** Metrics of transport-memory; listed in README.md. */
import type { Counter, Metrics } from "../../core/sdk.js";

export interface TransportMetrics {
  /** Labels: direction = inbound, outbound. */
  readonly opened: Counter;
  /** Labels: by = local, remote. */
  readonly closed: Counter;
  readonly sentMessages: Counter;
  readonly sentBytes: Counter;
  readonly receivedMessages: Counter;
  readonly receivedBytes: Counter;
  readonly waits: Counter;
}

/** @param connections how many are open now */
export function transportMetrics(metrics: Metrics, connections: () => number): TransportMetrics {
  const counter = (name: string, help: string, labels: readonly string[] = []) =>
    metrics.counter({ name: `transport_memory_${name}`, help, labels });
  metrics.gauge({ name: "transport_memory_connections", help: "Open connections", collect: connections });
  return {
    opened: counter("opened_connections_total", "Connections opened, by who dialed", ["direction"]),
    closed: counter("closed_connections_total", "Connections closed, by which side decided it", ["by"]),
    sentMessages: counter("sent_messages_total", "Messages handed to connections"),
    sentBytes: counter("sent_bytes_total", "Bytes of messages handed to connections"),
    receivedMessages: counter("received_messages_total", "Messages handed to listeners"),
    receivedBytes: counter("received_bytes_total", "Bytes of messages handed to listeners"),
    waits: counter("send_waits_total", "Times that a sender was told to wait"),
  };
}
