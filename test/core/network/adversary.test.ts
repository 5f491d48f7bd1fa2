/** What a hostile, slow or merely unlucky other side must not achieve; and starts and stops that cross each other. */
import t from "tap";
import { channelSpecs } from "../../../core/network/channels.js";
import type { CloseReason, Connection, Transport } from "../../../core/ports/transport.js";
import { bentConnection, bentTransport, type Identity, identities, identityOf, LIMITS, World, type WorldNode } from "./world.js";

const [LOW, MIDDLE, HIGH] = identities(3) as [Identity, Identity, Identity];
const HOUR_MS = 3_600_000;

type Test = { teardown(end: () => Promise<void>): void };

function worldOf(t: Test): World {
  const world = new World();
  t.teardown(() => world.end());
  return world;
}

/** Somebody who listens, and closes whoever comes with a code of his choice. */
async function turnstile(
  t: Test,
  world: World,
  name: string,
  code: string,
): Promise<{ readonly address: string; readonly guests: number[] }> {
  const transport = world.transport(name);
  transport.configure(channelSpecs(LIMITS, []));
  const guests: number[] = [];
  await transport.listen((connection) => {
    guests.push(world.time.monotonicMs());
    void connection.close(code, "says who?");
  });
  t.teardown(() => transport.close());
  return { address: `memory://${name}`, guests };
}

t.test("nobody talks a node out of an address by claiming to be the node itself", async (t) => {
  const world = worldOf(t);
  const liar = await turnstile(t, world, "liar", "NETWORK_SELF");
  const node = await world.started({ identity: LOW, name: "node", options: { persistent: [liar.address] } });
  await world.time.pass(10 * 60_000);
  t.match(node.network.records(), [{ address: liar.address, persistent: true }], "it is still in the book");
  t.ok(liar.guests.length > 5, `and dialed again: ${liar.guests.length} times`);
});

t.test("a node that dials itself knows it, whichever end sees it first", async (t) => {
  for (const slowEnd of ["inbound", "outbound"]) {
    const world = worldOf(t);
    const late = (inner: Transport): Transport =>
      bentTransport(inner, (connection) =>
        connection.direction === slowEnd
          ? bentConnection(connection, {
              onMessage: (listener) =>
                connection.onMessage((channel, message) => void world.time.after(50, () => listener(channel, message))),
            })
          : connection,
      );
    const node = await world.started({ identity: LOW, name: "node", transport: late });
    await node.network.add("memory://node", { persistent: true });
    await world.time.pass(60_000);
    t.same(node.network.records(), [], `the ${slowEnd} end is slow`);
    t.same(node.network.peers, []);
    await t.rejects(node.network.add("memory://node", { persistent: true }), { message: /this node itself/ });
  }
});

t.test("who turns us away politely again and again is dialed less and less often", async (t) => {
  for (const code of ["NETWORK_DUPLICATE", "NETWORK_REPLACED", "NODE_STOPPING", "NETWORK_PROBED"]) {
    const world = worldOf(t);
    const polite = await turnstile(t, world, "polite", code);
    const node = await world.started({ identity: LOW, name: "node", options: { persistent: [polite.address] } });
    await world.time.pass(HOUR_MS / 4);
    t.ok(polite.guests.length < 60, `${code}: ${polite.guests.length} dials in a quarter of an hour`);
    t.match(node.network.records(), [{ scoreMilli: 50_000 }], "and nobody is blamed");
  }
});

t.test("a transport may tell at once what has come and that it is over", async (t) => {
  const world = worldOf(t);
  // As the port has it: "at once or soon, where the connection has ended already".
  let ended = 0;
  const prompt = (inner: Transport): Transport =>
    bentTransport(inner, (connection) =>
      bentConnection(connection, {
        send: () => "closed",
        onClose: (listener: (reason: CloseReason) => void) => {
          ended++;
          listener({ code: "TRANSPORT_CLOSED", message: "it was quick", local: false });
        },
      }),
    );
  const node = await world.started({ identity: LOW, name: "node", transport: prompt });
  for (let count = 0; count < 100; count++) await world.stranger(HIGH, node, { name: `quick-${count}` });
  await world.time.settle();
  t.equal(ended, 100, "all of them were let in to shake hands");
  t.equal(node.metrics.gauges.get("network_handshakes")?.(), 0, "and none of them takes a place for ever");
  await world.time.pass(10_000);
  t.equal(node.metrics.of("network_closed_total remote any"), 100);

  let admit: () => void = () => undefined;
  const eager = (inner: Transport): Transport =>
    bentTransport(inner, (connection) => connection, {
      listen: (onConnection) =>
        inner.listen((connection) => {
          const early: (readonly [number, Uint8Array])[] = [];
          let listener = (channel: number, message: Uint8Array): void => void early.push([channel, message]);
          connection.onMessage((channel, message) => listener(channel, message));
          const onMessage: Connection["onMessage"] = (next) => {
            listener = next;
            for (const [channel, message] of early.splice(0)) next(channel, message);
          };
          admit = () => onConnection(bentConnection(connection, { onMessage }));
        }),
    });
  const listener = await world.started({ identity: MIDDLE, name: "listener", transport: eager });
  const hasty = await world.stranger(HIGH, listener, { name: "hasty" });
  await hasty.greet();
  admit();
  await world.time.settle();
  t.equal(listener.network.peers.length, 1, "what was said before anybody listened is heard");
});

t.test("a stop during a start ends it, and nothing comes to life afterwards", async (t) => {
  const world = new World();
  let listen: (addresses: readonly string[]) => void = () => undefined;
  let calls = 0;
  const slow = (inner: Transport): Transport =>
    bentTransport(inner, (connection) => connection, {
      listen: (onConnection) => {
        calls++;
        return new Promise((resolve) => {
          listen = (addresses) =>
            void inner.listen(onConnection).then(
              () => resolve(addresses),
              () => resolve(addresses),
            );
        });
      },
    });
  const node = await world.node({
    identity: LOW,
    name: "node",
    transport: slow,
    options: { persistent: ["memory://nobody"], exchange: true },
  });
  const starting = node.network.start();
  starting.catch(() => undefined);
  await world.time.settle();
  t.equal(calls, 1);
  const stops = [world.stopped(node.network), node.network.stop()];
  await world.time.settle();
  listen(["memory://node"]);
  await Promise.all(stops);
  await t.rejects(starting, { code: "NETWORK_NOT_RUNNING" });
  await world.time.pass(60_000);
  t.equal(node.network.sync.state, "starting", "not running");
  t.equal(node.metrics.of("network_dials_total failed"), 0);
  t.equal(world.time.timers, 0);
  await world.end();
});

t.test("whoever stops a node that is being stopped waits for the same end", async (t) => {
  const world = new World();
  const slow = (inner: Transport): Transport =>
    bentTransport(inner, (connection) => connection, {
      close: async () => {
        await new Promise<void>((resolve) => void world.time.after(500, resolve));
        await inner.close();
      },
    });
  const node = await world.started({ identity: LOW, name: "node", transport: slow });
  const ends: number[] = [];
  const stop = () => node.network.stop().then(() => void ends.push(world.time.monotonicMs()));
  const both = [stop(), stop()];
  await world.time.pass(5_000);
  await Promise.all(both);
  t.same(ends, [500, 500]);
});

t.test("two transports of one scheme are an error that says so", async (t) => {
  const world = worldOf(t);
  const node = await world.node({ identity: LOW, name: "node", transports: [world.transport("one"), world.transport("two")] });
  await t.rejects(node.network.start(), { code: "NETWORK_DUPLICATE_TRANSPORT", message: /memory/ });
});

t.test("a peer is not asked for addresses sooner than it answers", async (t) => {
  const world = worldOf(t);
  const hub = await world.started({ identity: HIGH, name: "hub", options: { exchange: true } });
  const node = await world.started({ identity: LOW, name: "node", options: { exchange: true, targetOutbound: 4 } });
  // The round in which somebody is asked again comes a little later.
  await world.time.pass(110_000);
  await node.network.add(hub.address, { persistent: true });
  await world.time.pass(HOUR_MS / 2);
  t.equal(hub.metrics.of("network_offences_total invalid NETWORK_TOO_MANY_REQUESTS"), 0);
  const asked = node.metrics.of("network_messages_total out peers-request");
  t.ok(asked > 5, `asked ${asked} times`);
  t.equal(node.metrics.of("network_messages_total in peers"), asked);
});

t.test("pongs that can't go yet do not pile up", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node" });
  const stranger = await world.stranger(HIGH, node);
  await stranger.greet();
  for (let nonce = 1; nonce <= 1_500; nonce++) stranger.send({ type: "ping", nonce });
  await world.time.settle();
  t.equal(stranger.closed, undefined);
  await world.time.pass(60_000);
  const pongs = stranger.of("pong");
  t.ok(pongs.length < 300, `${pongs.length} pongs`);
  t.equal(pongs.at(-1)?.nonce, 1_500, "the newest is answered");
});

t.test("a node that could do nothing for a while does not blame its peers for silence", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node" });
  const stranger = await world.stranger(HIGH, node);
  await stranger.greet();
  const answer = () => {
    for (const { nonce } of stranger.of("ping")) stranger.send({ type: "pong", nonce });
    stranger.received.length = 0;
  };
  // The machine stands still for a minute, and when it goes on its timers come before what was received.
  world.time.skip(60_000);
  await world.time.pass(1);
  t.equal(stranger.closed, undefined);
  answer();
  for (let round = 0; round < 30; round++) {
    await world.time.pass(10_000);
    answer();
  }
  t.equal(stranger.closed, undefined);
  t.equal(node.metrics.of("network_offences_total failure NETWORK_PING_TIMEOUT"), 0);
  await world.time.pass(100_000);
  t.equal(stranger.closed?.code, "NETWORK_PING_TIMEOUT", "but of silence it does");
});

t.test("a node with two addresses is dialed at one of them at a time", async (t) => {
  const world = worldOf(t);
  const other = await world.started({ identity: HIGH, name: "other" });
  let underWay = 0;
  let most = 0;
  const aliased = (inner: Transport): Transport =>
    bentTransport(inner, (connection) => connection, {
      dial: async (_address, signal) => {
        underWay++;
        most = Math.max(most, underWay);
        await new Promise<void>((resolve) => void world.time.after(300, resolve));
        underWay--;
        return inner.dial(other.address, signal);
      },
    });
  const options = { persistent: ["memory://alias-1", "memory://alias-2"] };
  const node = await world.started({ identity: LOW, name: "node", transport: aliased, options });
  await world.time.pass(5_000);
  t.equal(node.network.peers.length, 1);
  t.equal(most, 2, "at first nobody knows");
  most = 0;
  for (let round = 0; round < 5; round++) {
    await world.time.pass(11_000);
    node.recorder.peers.get(HIGH.nodeId)?.close("TEST_OVER", "");
    await world.time.pass(3_000);
    t.equal(node.network.peers.length, 1);
  }
  t.equal(most, 1);
});

t.test("a ban without end is written, and does not spoil the book", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node" });
  await node.network.ban(HIGH.nodeId, { durationMs: Number.MAX_VALUE, reason: "for ever" });
  await node.network.ban(MIDDLE.nodeId, { durationMs: 1.5, reason: "for a moment" });
  const next = await world.started({ identity: identityOf(9), name: "next", storage: node.storage });
  t.match(
    next.network.bans(),
    [{ subject: HIGH.nodeId }, { subject: MIDDLE.nodeId }].sort((a, b) => (a.subject < b.subject ? -1 : 1)),
  );
});

t.test("private addresses in another dress are private", async (t) => {
  const { addressFromPeer } = await import("../../../core/network/peers/addresses.js");
  const far = "tcp://[2001:db8::7]:30303";
  for (const host of [
    "[::ffff:7f00:1]",
    "[::ffff:a00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[0:0:0:0:0:0:0:1]",
    "[::FFFF:192.168.1.1]",
    "[::0]",
  ])
    t.equal(addressFromPeer(`tcp://${host}:80`, far, false), undefined, host);
  t.equal(addressFromPeer("tcp://[2001:db8::8]:80", far, false), "tcp://[2001:db8::8]:80");
  t.equal(addressFromPeer("tcp://[::ffff:808:808]:80", far, false), "tcp://[::ffff:808:808]:80");
});

t.test("a connection that takes too long to say who it is leaves no trace", async (t) => {
  const world = worldOf(t);
  const node: WorldNode = await world.started({ identity: LOW, name: "node" });
  const connections: Connection[] = [];
  for (let count = 0; count < 10; count++)
    connections.push((await world.stranger(identityOf(count), node, { name: `mute-${count}` })).connection);
  await world.time.pass(5_100);
  t.equal(node.metrics.of("network_closed_total local NETWORK_HELLO_TIMEOUT"), 10);
  t.equal(node.metrics.gauges.get("network_handshakes")?.(), 0);
});
