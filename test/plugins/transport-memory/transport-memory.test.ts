import t from "tap";
import { Value } from "typebox/value";
import { transportConformance } from "../../../core/conformance/transport/index.js";
import type { Metrics, Scheduler } from "../../../core/ports/runtime.js";
import type { ChannelSpec, CloseReason, Connection } from "../../../core/ports/transport.js";
import { bytesEqual } from "../../../core/primitives/bytes.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../../core/runtime/index.js";
import { findListener } from "../../../plugins/transport-memory/hub.js";
import manifest, { MemoryTransport, TransportMemoryConfig, type TransportMemoryOptions } from "../../../plugins/transport-memory/index.js";
import { memorySubject } from "../../core/conformance/transport-subject.js";

const DEFAULTS = Value.Default(TransportMemoryConfig, {}) as TransportMemoryOptions;
const CHANNELS: readonly ChannelSpec[] = [
  { number: 0, maxMessageBytes: 100, priority: 0 },
  { number: 1, maxMessageBytes: 1 << 20, priority: 5 },
];
const signal = new AbortController().signal;
const realScheduler = new SystemScheduler(new SystemClock());

function countingMetrics() {
  const counts: Record<string, number> = {};
  let connections = () => -1;
  const metrics: Metrics = {
    counter: ({ name }) => ({
      increment: (by = 1, labels) => {
        const key = [name.replace("transport_memory_", ""), ...Object.values(labels ?? {})].join(" ");
        counts[key] = (counts[key] ?? 0) + by;
      },
    }),
    gauge: ({ collect }) => {
      if (collect !== undefined) connections = collect;
      return { set: () => undefined };
    },
    histogram: () => ({ observe: () => undefined }),
  };
  return { counts, metrics, connections: () => connections() };
}

let hubs = 0;

/** Transports in a hub of their own. */
function makerOf(scheduler: Scheduler = realScheduler) {
  const hub = `test ${hubs++}`;
  return (options: Partial<TransportMemoryOptions> = {}, metrics = countingMetrics().metrics): MemoryTransport => {
    const transport = new MemoryTransport({ ...DEFAULTS, hub, ...options }, new SystemEntropy(), scheduler, metrics);
    transport.configure(CHANNELS);
    return transport;
  };
}

const closing = (connection: Connection) => new Promise<CloseReason>((resolve) => connection.onClose(resolve));

t.test("keeps the laws of the transport port", async (t) => {
  const cases = transportConformance(() => memorySubject());
  t.ok(cases.length > 30);
  for (const { name, run } of cases) await t.test(name, run);
});

t.test("is what its manifest says", async (t) => {
  t.equal(manifest.id, "transport-memory");
  t.ok(Value.Check(TransportMemoryConfig, DEFAULTS));
  t.notOk(Value.Check(TransportMemoryConfig, { ...DEFAULTS, name: "Not A Name" }));
});

t.test("names: chosen or random, one listener each, hubs apart, forgotten when empty", async (t) => {
  const make = makerOf();
  const [one, two, nameless] = [make({ name: "one" }), make({ name: "one" }), make()];
  t.same(await one.listen(() => undefined), ["memory://one"]);
  await t.rejects(
    two.listen(() => undefined),
    { code: "TRANSPORT_ADDRESS_IN_USE", message: /memory:\/\/one/ },
  );
  t.match((await nameless.listen(() => undefined))[0], /^memory:\/\/[0-9a-f]{16}$/);
  await t.rejects(makerOf()().dial("memory://one", signal), { code: "TRANSPORT_UNREACHABLE" }, "another hub");
  await one.close();
  t.same(await two.listen(() => undefined), ["memory://one"], "the name is free again");
  await Promise.all([two.close(), nameless.close()]);
  t.equal(findListener(`test ${hubs - 2}`, "one"), undefined);
  await t.rejects(
    one.listen(() => undefined),
    { code: "TRANSPORT_CLOSED" },
  );
});

t.test("limits: inbound connections, and a sender that does not wait", async (t) => {
  const make = makerOf();
  const host = make({ name: "host", maxInbound: 1 });
  const inbound: Connection[] = [];
  await host.listen((connection) => inbound.push(connection));
  const dialer = make({ queueBytes: 1_024, maxQueueBytes: 4_096 });
  const connection = await dialer.dial("memory://host", signal);
  await t.rejects(dialer.dial("memory://host", signal), { code: "TRANSPORT_REFUSED", message: /memory:\/\/host has 1 inbound/ });
  const [here, there] = [closing(inbound[0] as Connection), closing(connection)];
  t.equal(connection.send(1, new Uint8Array(100_000)), "wait", "one that is larger than the queue goes nevertheless");
  t.equal(connection.send(0, new Uint8Array(1)), "closed");
  t.match(await there, { code: "TRANSPORT_QUEUE_FULL", local: true });
  const received: number[] = [];
  inbound[0]?.onMessage((_channel, message) => received.push(message.length));
  t.match(await here, { code: "TRANSPORT_QUEUE_FULL", local: false });
  t.same(received, [100_000]);
  const again = await dialer.dial("memory://host", signal);
  t.equal(again.remoteAddress, "memory://host", "there is room again");
  await Promise.all([host.close(), dialer.close()]);
});

t.test("counts what goes through it", async (t) => {
  const make = makerOf();
  const [here, there] = [countingMetrics(), countingMetrics()];
  const host = make({ name: "host" }, here.metrics);
  const dialer = make({ queueBytes: 1_024 }, there.metrics);
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  await host.listen((connection) => connection.onMessage((channel) => channel === 1 && done()));
  const connection = await dialer.dial("memory://host", signal);
  t.equal(there.connections(), 1);
  connection.send(0, new Uint8Array(10));
  connection.send(1, new Uint8Array(5_000));
  await all;
  await connection.close("DONE", "that was all");
  await new Promise((resolve) => setImmediate(resolve));
  t.same(there.counts, {
    "opened_connections_total outbound": 1,
    sent_messages_total: 2,
    sent_bytes_total: 5_010,
    send_waits_total: 1,
    "closed_connections_total local": 1,
  });
  t.same(here.counts, {
    "opened_connections_total inbound": 1,
    received_messages_total: 2,
    received_bytes_total: 5_010,
    "closed_connections_total remote": 1,
  });
  t.same([here.connections(), there.connections()], [0, 0]);
  await Promise.all([host.stop(), dialer.stop()]);
  t.equal(realScheduler.close(), 0, "no timer is left");
});

t.test("needs nothing but turns of the scheduler, as a simulated run demands", async (t) => {
  const timers = new Set<object>();
  const virtual: Scheduler = {
    after: () => {
      const timer = { cancel: () => void timers.delete(timer) };
      timers.add(timer);
      return timer;
    },
    every: () => {
      throw new Error("there is nothing periodic");
    },
    yield: async () => undefined,
    slicer: () => ({ due: () => false, pause: async () => undefined }),
  };
  let hasEventLoopTurned = false;
  const turn = setImmediate(() => {
    hasEventLoopTurned = true;
  });
  const make = makerOf(virtual);
  const [host, dialer] = [make({ name: "host" }), make()];
  const sent = new Uint8Array(1 << 20).fill(7);
  const got = new Promise<boolean>((resolve) => {
    void host.listen((connection) => connection.onMessage((_channel, message) => resolve(bytesEqual(message, sent))));
  });
  const connection = await dialer.dial("memory://host", signal);
  const drained = new Promise<void>((resolve) => connection.onDrain(resolve));
  t.equal(connection.send(1, sent), "wait");
  t.ok(await got);
  await drained;
  await Promise.all([host.close(), dialer.close()]);
  t.notOk(hasEventLoopTurned);
  t.equal(timers.size, 0);
  clearImmediate(turn);
});
