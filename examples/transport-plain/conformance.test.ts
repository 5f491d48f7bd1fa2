/** Runs the cases of "chainwright/conformance" over this transport: each says which law of the transport port is broken. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import test from "node:test";
import { type Intruder, type TransportSubject, transportConformance } from "chainwright/conformance";
import manifest from "./index.js";

/** A bare socket that has said hello and then writes what it likes. */
async function intrude(address: string): Promise<Intruder> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.on("error", () => undefined).resume();
  socket.write(new Uint8Array(32));
  return {
    babble: () => socket.write(new Uint8Array(64).fill(0xee)),
    begin(channel, messageBytes) {
      const length = Math.min(messageBytes, 65_536);
      socket.write(Uint8Array.of(0, length >> 16, (length >> 8) & 0xff, length & 0xff, channel, messageBytes > length ? 1 : 0));
    },
    vanish: () => socket.resetAndDestroy(),
    closed: new Promise((resolve) => socket.once("close", () => resolve())),
  };
}

function subject(): TransportSubject {
  const sockets = new Set<Socket>();
  const silent: Server = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
  return {
    plugin: () => ({ manifest, config: { port: 0 } }),
    intrude,
    async silentAddress() {
      await once(silent.listen(0, "127.0.0.1"), "listening");
      const bound = silent.address();
      return `plain://127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`;
    },
    dispose() {
      for (const socket of sockets) socket.destroy();
      silent.close();
    },
  };
}

for (const { name, run } of transportConformance(subject)) test(name, run);
