/** transport-memory as a subject of the transport cases, with intruders and somebody who never answers. */
import type { TransportSubject } from "../../../core/conformance/index.js";
import type { PluginClass } from "../../../core/ports/plugin.js";
import { SystemClock, SystemScheduler } from "../../../core/runtime/index.js";
import { findListener, hubNamed } from "../../../plugins/transport-memory/hub.js";
import manifest from "../../../plugins/transport-memory/index.js";
import { LinkEnd } from "../../../plugins/transport-memory/link.js";

let hubs = 0;
const OVER_ALL_LIMITS = (16 << 20) + 1;

/** @param plugin another class than the plugin's own: one that breaks a law */
export function memorySubject(plugin: PluginClass = manifest.plugin, options: object = {}): TransportSubject {
  const hub = `conformance ${hubs++}`;
  const scheduler = new SystemScheduler(new SystemClock());
  return {
    plugin: (index) => ({ manifest: { ...manifest, plugin }, config: { hub, name: `node-${index}`, ...options } }),
    async intrude(address) {
      const [near, far] = LinkEnd.pair(scheduler);
      const listener = findListener(hub, address.slice("memory://".length));
      if (listener === undefined) throw new Error(`nobody listens on ${address}`);
      await listener.accept({ end: far, from: "memory://intruder", nonce: new Uint8Array(32) });
      let onClosed: () => void;
      const closed = new Promise<void>((resolve) => {
        onClosed = resolve;
      });
      near.use({
        onFrame: ({ kind }) => {
          if (kind === "goodbye") onClosed();
        },
        onTaken: () => undefined,
        onCut: () => onClosed(),
      });
      near.resume();
      return {
        // There is no half of a message here: of what is over all limits comes as much as it takes to see that.
        begin: (channel, messageBytes) => {
          if (messageBytes > OVER_ALL_LIMITS) near.put({ kind: "message", channel, message: new Uint8Array(OVER_ALL_LIMITS) }, 0);
        },
        babble: () => near.put({ kind: "message", channel: 77, message: new Uint8Array(3) }, 0),
        vanish: () => near.cut(),
        closed,
      };
    },
    silentAddress() {
      hubNamed(hub).add("silent", { accept: () => new Promise(() => undefined) });
      return "memory://silent";
    },
    dispose: () => hubNamed(hub).remove("silent"),
  };
}
