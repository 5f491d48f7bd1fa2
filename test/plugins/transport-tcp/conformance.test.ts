/** transport-tcp keeps the laws of the transport port. */
import { once } from "node:events";
import t from "tap";
import { transportConformance } from "../../../core/conformance/transport/index.js";
import type { Intruder, TransportSubject } from "../../../core/conformance/transport/subject.js";
import { CLOCK, SCHEDULER } from "../../../core/ports/index.js";
import { PLUGIN_CONFIG, PLUGIN_LOGGER, PLUGIN_METRICS } from "../../../core/ports/plugin.js";
import type { Clock, Logger, Metrics, Scheduler } from "../../../core/ports/runtime.js";
import { parseAddress } from "../../../plugins/transport-tcp/address.js";
import type { TransportTcpOptions } from "../../../plugins/transport-tcp/config.js";
import manifest from "../../../plugins/transport-tcp/index.js";
import { TcpTransport } from "../../../plugins/transport-tcp/transport.js";
import { bareTls, frameOf, silentServer, TestSecurity } from "./fixture.js";

/** The plugin, but for certificates: these are tested on their own. */
class TcpUnderTest extends TcpTransport {
  static readonly inject = [PLUGIN_CONFIG, CLOCK, SCHEDULER, PLUGIN_LOGGER, PLUGIN_METRICS];
  constructor(options: TransportTcpOptions, clock: Clock, scheduler: Scheduler, logger: Logger, metrics: Metrics) {
    super({ security: new TestSecurity(), clock, scheduler, logger, metrics }, options);
  }
}

async function intrude(address: string): Promise<Intruder> {
  const socket = await bareTls(parseAddress(address).port);
  socket.resume();
  return {
    babble: () => void socket.write(new Uint8Array(64).fill(0xff)),
    begin: (channel, messageBytes) =>
      void socket.write(
        frameOf(
          channel,
          messageBytes > 65_536 ? 1 : 0,
          new Uint8Array(0),
          Math.min(messageBytes, 65_536 + (channel === 0 ? messageBytes : 0)),
        ),
      ),
    vanish: () => void socket.destroy(),
    closed: once(socket, "close").then(() => undefined),
  };
}

async function subject(): Promise<TransportSubject> {
  const silent = await silentServer();
  return {
    plugin: () => ({
      manifest: { ...manifest, requires: [CLOCK, SCHEDULER], plugin: TcpUnderTest },
      config: { host: "127.0.0.1", port: 0, timeouts: { goodbyeMs: 300 } },
    }),
    intrude,
    silentAddress: () => silent.address,
    dispose: () => silent.close(),
  };
}

t.test("keeps the laws of the transport port", async (t) => {
  const cases = transportConformance(subject);
  t.ok(cases.length > 30);
  for (const { name, run } of cases) await t.test(name, run);
});
