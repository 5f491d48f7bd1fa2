/**
 * transport-tcp: connections between nodes over TCP and TLS 1.3, with certificates on both sides.
 *
 * In a node config, for a network with its own certificate authority (`chainwright tls init-ca`, `chainwright tls issue`):
 *
 * ```yaml
 * plugins:
 *   transport-tcp:
 *     port: 8646
 *     tls: { trust: ca }
 * network:
 *   bootstrap: ["tcp://seed.example.org:8646"]
 * ```
 *
 * Used directly, as a test or a tool would:
 *
 * ```ts
 * const transport = new TcpTransport({ security, clock, scheduler, logger, metrics }, options);
 * await transport.start();
 * transport.configure([{ number: 0, maxMessageBytes: 4_096, priority: 0 }]);
 * const [address] = await transport.listen((connection) => {
 *   connection.onMessage((channel, message) => connection.send(channel, message)); // an echo
 * });
 * const connection = await transport.dial(address, signal);
 * connection.onMessage((channel, message) => console.log(channel, message));
 * connection.send(0, new Uint8Array([1, 2, 3]));
 * await connection.close("DONE", "that was all");
 * await transport.stop();
 * ```
 *
 * The wire format, options, metrics and errors are in README.md.
 */
import { CLOCK, DATA_DIRECTORY, definePlugin, ENTROPY, SCHEDULER, TRANSPORT } from "../../core/sdk.js";
import { TransportTcpConfig } from "./config.js";
import { TransportTcpPlugin } from "./transport-tcp-plugin.js";

export { TransportTcpConfig, type TransportTcpOptions } from "./config.js";
export { TcpTransport, type TransportDependencies } from "./transport.js";

export default definePlugin({
  id: "transport-tcp",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Connections between nodes over TCP and TLS 1.3",
  provides: [TRANSPORT],
  requires: [DATA_DIRECTORY, CLOCK, SCHEDULER, ENTROPY],
  config: TransportTcpConfig,
  plugin: TransportTcpPlugin,
});
