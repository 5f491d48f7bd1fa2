/** What both ends of the wire suite have in common: channels, certificates, and the transport as a node runs it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecureContextOptions } from "node:tls";
import { Value } from "typebox/value";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { ChannelSpec } from "../../core/ports/transport.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../core/runtime/index.js";
import { TransportTcpConfig } from "../../plugins/transport-tcp/config.js";
import type { TcpTransport } from "../../plugins/transport-tcp/transport.js";
import { TransportTcpPlugin } from "../../plugins/transport-tcp/transport-tcp-plugin.js";

export const WireChannel = { announce: 0, small: 1, large: 2, echo: 3 } as const;

const CHANNELS: readonly ChannelSpec[] = [
  { number: WireChannel.announce, maxMessageBytes: 64, priority: 0 },
  { number: WireChannel.small, maxMessageBytes: 65_536, priority: 2 },
  { number: WireChannel.large, maxMessageBytes: 4 * 1_048_576, priority: 5 },
  { number: WireChannel.echo, maxMessageBytes: 65_536, priority: 1 },
];
const MANY = 10_000;

/** A raw connection is answered by one byte after each so many. */
export const RAW_ACKNOWLEDGED_BYTES = 64 * 1_048_576;

/** The transport with default options, but for limits on how many connections come how fast; self-signed, anybody is trusted. */
export async function startWire(folder: string): Promise<TcpTransport> {
  const clock = new SystemClock();
  const limits = { inboundConnections: MANY, outboundConnections: MANY, handshakes: MANY, acceptsPerSecond: MANY, acceptBurst: MANY };
  const config: unknown = Value.Default(TransportTcpConfig, { host: "127.0.0.1", port: 0, limits, tls: { trust: "open" } });
  if (!Value.Check(TransportTcpConfig, config)) throw new Error("the options of the bench do not fit the schema");
  const place = { path: folder, resolve: (...segments: readonly string[]) => join(folder, ...segments) };
  const transport = new TransportTcpPlugin(config, place, clock, new SystemScheduler(clock), new SystemEntropy(), SILENT, UNMETERED);
  await transport.start();
  transport.configure(CHANNELS);
  return transport;
}

/** For node:tls alone: the same certificate and cipher. */
export async function rawOptions(folder: string): Promise<SecureContextOptions & { readonly rejectUnauthorized: boolean }> {
  const [cert, key] = await Promise.all(["self-signed.pem", "self-signed-key.pem"].map((file) => readFile(join(folder, "tls", file))));
  return { cert: cert ?? "", key: key ?? "", rejectUnauthorized: false, minVersion: "TLSv1.3", ciphers: "TLS_AES_128_GCM_SHA256" };
}
