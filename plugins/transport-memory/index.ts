/**
 * transport-memory: connections between the nodes of one process, and the reference implementation of the transport port.
 *
 * For tests, and as the thing to read before writing a transport. In a node config:
 *
 * ```yaml
 * plugins:
 *   transport-memory: { name: alice }
 * ```
 *
 * Used directly:
 *
 * ```ts
 * const [alice, bob] = ["alice", "bob"].map((name) => new MemoryTransport({ ...defaults, name }, entropy, scheduler, metrics));
 * for (const transport of [alice, bob]) transport.configure([{ number: 0, maxMessageBytes: 1024, priority: 0 }]);
 * await alice.listen((connection) => connection.onMessage((channel, message) => connection.send(channel, message)));
 * const connection = await bob.dial("memory://alice", AbortSignal.any([]));
 * connection.onMessage((channel, message) => …); // its echo
 * connection.send(0, Uint8Array.of(1, 2, 3)); // "sent"
 * ```
 */
import { definePlugin, ENTROPY, SCHEDULER, TRANSPORT } from "../../core/sdk.js";
import { TransportMemoryConfig } from "./config.js";
import { MemoryTransport } from "./transport.js";

export { TransportMemoryConfig, type TransportMemoryOptions } from "./config.js";
export { MemoryTransport } from "./transport.js";

export default definePlugin({
  id: "transport-memory",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Connections between the nodes of one process",
  provides: [TRANSPORT],
  requires: [ENTROPY, SCHEDULER],
  config: TransportMemoryConfig,
  plugin: MemoryTransport,
});
