/** Whole nodes that meet: the life of connections from dial to goodbye. */
import t from "tap";
import { channelSpecs } from "../../../core/network/channels.js";
import type { Connection, Transport } from "../../../core/ports/transport.js";
import {
  bentConnection,
  bentTransport,
  type Identity,
  identities,
  identityOf,
  LIMITS,
  type NodeSetup,
  Stranger,
  World,
  type WorldNode,
} from "./world.js";

const [LOW, MIDDLE, HIGH] = identities(3) as [Identity, Identity, Identity];
const HOUR_MS = 3_600_000;

type Test = { teardown(end: () => Promise<void>): void };

function worldOf(t: Test): World {
  const world = new World();
  t.teardown(() => world.end());
  return world;
}

const peersOf = ({ network }: WorldNode) => network.peers.map(({ nodeId, direction }) => `${direction} ${nodeId}`);

t.test("two nodes meet, see each other's heads, and say goodbye", async (t) => {
  const world = worldOf(t);
  const alice = await world.started({ identity: LOW, name: "alice" });
  const bob = await world.started({ identity: HIGH, name: "bob", options: { bootstrap: [alice.address] } });
  t.equal(bob.network.sync.state, "isolated", "it expects somebody, and nobody is there yet");
  t.equal(alice.network.sync.state, "synced", "it expects nobody");
  await world.time.settle();
  t.equal(bob.network.sync.state, "synced");
  t.match(bob.network.peers, [
    { nodeId: LOW.nodeId, direction: "outbound", agent: "chainwright/test", headHeight: 0, latencyMs: 0, scoreMilli: 55_000 },
  ]);
  t.match(alice.network.peers, [{ nodeId: HIGH.nodeId, direction: "inbound" }]);
  t.same(alice.network.listening, ["memory://alice"]);
  alice.chain.move(1);
  alice.chain.move(2);
  await world.time.pass(300);
  t.match(bob.network.peers, [{ headHeight: 2 }]);
  t.same(bob.recorder.events, ["+outbound", "head 1", "head 2"], "the first change at once, the rest gathered");
  alice.chain.move(2);
  await world.time.pass(6_000);
  t.equal(alice.metrics.of("network_messages_total out status"), 2, "no news is not told");
  await world.stopped(alice.network);
  t.same(bob.recorder.events.at(-1), "-outbound");
  t.ok(bob.lines.includes("info peer disconnected NODE_STOPPING"));
  t.equal(bob.network.sync.state, "isolated");
});

t.test("a stopped node leaves no timer behind", async (t) => {
  const world = new World();
  const alice = await world.started({ identity: LOW, name: "alice", options: { exchange: true } });
  const bob = await world.started({
    identity: HIGH,
    name: "bob",
    options: { exchange: true, bootstrap: [alice.address], persistent: ["memory://nobody"] },
  });
  await world.time.pass(1_000);
  await world.end();
  t.equal(world.time.timers, 0);
  await t.rejects(bob.network.add("memory://alice", { persistent: false }), { code: "NETWORK_NOT_RUNNING" });
  await t.rejects(bob.network.start(), { code: "NETWORK_NOT_RUNNING" });
});

t.test("a head that moved during the handshake is told at once", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node" });
  const stranger = await world.stranger(HIGH, node);
  await world.time.settle();
  node.chain.move(7);
  await stranger.greet();
  t.match(stranger.of("status"), [{ head: { height: 7 } }]);
});

/** Holds back what arrives on a node's connections, each until it is let go. */
class Gates {
  readonly #held = new Map<string, () => void>();

  wrap(name: string): (inner: Transport) => Transport {
    return (inner) =>
      bentTransport(inner, (connection: Connection) => {
        const waiting: (() => void)[] = [];
        let isOpen = false;
        this.#held.set(`${name} ${connection.direction}`, () => {
          isOpen = true;
          for (const deliver of waiting) deliver();
        });
        return bentConnection(connection, {
          onMessage: (listener) =>
            connection.onMessage((channel, message) => {
              if (isOpen) listener(channel, message);
              else waiting.push(() => listener(channel, message));
            }),
        });
      });
  }

  open(gate: string): void {
    this.#held.get(gate)?.();
  }
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]));
}

t.test("of two simultaneous dials both ends keep the one of the lower id, in whatever order they see them", async (t) => {
  const orders = permutations(["alice outbound", "alice inbound", "bob outbound", "bob inbound"]);
  for (const order of orders) {
    const world = new World();
    const gates = new Gates();
    const setup = (name: string, identity: Identity, other: string): NodeSetup => ({
      identity,
      name,
      transport: gates.wrap(name),
      options: { persistent: [`memory://${other}`], helloTimeoutMs: 60_000, redialMs: 100_000, redialMaxMs: 100_000 },
    });
    const alice = await world.node(setup("alice", LOW, "bob"));
    const bob = await world.node(setup("bob", HIGH, "alice"));
    await Promise.all([alice.network.start(), bob.network.start()]);
    // The one that started first found nobody yet.
    for (const [node, other] of [
      [alice, bob],
      [bob, alice],
    ] as const)
      await node.network.add(other.address, { persistent: true });
    await world.time.settle();
    for (const gate of order) {
      gates.open(gate);
      await world.time.settle();
    }
    t.same(peersOf(alice), [`outbound ${HIGH.nodeId}`], `alice: ${order.join(", ")}`);
    t.same(peersOf(bob), [`inbound ${LOW.nodeId}`], `bob: ${order.join(", ")}`);
    for (const { recorder } of [alice, bob]) {
      const came = recorder.events.filter((event) => event.startsWith("+")).length;
      const went = recorder.events.filter((event) => event.startsWith("-")).length;
      t.equal(came - went, 1, "the parts heard of each coming and going");
    }
    await world.time.pass(30_000);
    t.same(peersOf(alice), [`outbound ${HIGH.nodeId}`], "and it stays");
    t.same(bob.network.records()[0]?.lastFailure, undefined, "nobody is to blame");
    await world.end();
  }
});

t.test("a second connection of the same direction replaces the first; one of the higher id's dialing does not", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: MIDDLE, name: "node" });
  const first = await world.stranger(HIGH, node, { name: "first" });
  await first.greet();
  const second = await world.stranger(HIGH, node, { name: "second" });
  await second.greet();
  t.equal(first.closed?.code, "NETWORK_REPLACED");
  t.equal(second.closed, undefined);
  t.equal(node.network.peers.length, 1);

  const listener = await world.started({ identity: HIGH, name: "listener" });
  await second.connection.close("TEST_OVER", "");
  await node.network.add(listener.address, { persistent: false });
  await world.time.settle();
  t.same(peersOf(node), [`outbound ${HIGH.nodeId}`]);
  await world.time.pass(100);
  const pings = listener.metrics.of("network_messages_total in ping");
  const third = await world.stranger(HIGH, node, { name: "third" });
  await third.greet();
  t.equal(third.closed?.code, "NETWORK_DUPLICATE", "the middle one has the lower id, and dialed");
  t.equal(listener.metrics.of("network_messages_total in ping"), pings + 1, "the old connection is asked for a sign of life");
});

t.test("a persistent peer is dialed again for ever, less and less often, with jitter", async (t) => {
  const world = worldOf(t);
  const dials: number[] = [];
  const counting = (inner: Transport): Transport =>
    bentTransport(inner, (connection) => connection, {
      dial: (address, signal) => {
        dials.push(world.time.monotonicMs());
        return inner.dial(address, signal);
      },
    });
  const node = await world.started({ identity: LOW, name: "node", transport: counting, options: { persistent: ["memory://late"] } });
  await world.time.pass(HOUR_MS / 4);
  const pauses = dials.slice(1).map((at, index) => at - (dials[index] ?? 0));
  for (const [index, pause] of pauses.entries()) {
    const delay = Math.min(60_000, 500 * 2 ** index);
    t.ok(pause >= delay / 2 && pause <= delay + 1, `pause ${index}: ${pause} of ${delay}`);
  }
  t.ok(pauses.length > 20, `${pauses.length} dials`);
  t.ok(new Set(pauses.slice(-10)).size > 5, "jitter");
  t.match(node.network.records(), [{ failuresInARow: dials.length, lastFailure: { reason: /memory:\/\/late/ } }]);
  const score = node.network.records()[0]?.scoreMilli ?? 0;
  t.ok(score >= 25_000 && score < 26_000, `alone, nobody is given up: ${score}`);
  await world.started({ identity: HIGH, name: "late" });
  await world.time.pass(61_000);
  t.same(peersOf(node), [`outbound ${HIGH.nodeId}`]);
  t.match(node.network.records(), [{ failuresInARow: 0, connected: true }]);
});

t.test("peers that part too soon are left alone for longer and longer, others come back soon", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node", options: { persistent: ["memory://moody"] } });
  const moody = await world.started({ identity: HIGH, name: "moody" });
  await world.time.pass(1_000);
  const kick = () => moody.recorder.peers.get(LOW.nodeId)?.close("TEST_MOOD", "not today");
  const away: number[] = [];
  for (let round = 0; round < 5; round++) {
    kick();
    const since = world.time.monotonicMs();
    while (node.network.peers.length === 0 || world.time.monotonicMs() === since) await world.time.pass(50);
    away.push(world.time.monotonicMs() - since);
  }
  t.ok((away.at(-1) ?? 0) >= 4_000, `away for ${away.join()}`);
  await world.time.pass(11_000);
  kick();
  await world.time.pass(550);
  t.equal(node.network.peers.length, 1, "after a connection that lasted, back at once");
});

t.test("a dial that never ends is given up, and a connection that comes too late is closed", async (t) => {
  const world = worldOf(t);
  let arrive: ((connection: Connection) => void) | undefined;
  const closed: string[] = [];
  const stuck = (inner: Transport): Transport =>
    bentTransport(inner, (connection) => connection, {
      dial: () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
    });
  const node = await world.started({ identity: LOW, name: "node", transport: stuck, options: { bootstrap: ["memory://stuck"] } });
  await world.time.pass(9_999);
  t.equal(node.metrics.of("network_dials_total timeout"), 0);
  await world.time.pass(2);
  t.equal(node.metrics.of("network_dials_total timeout"), 1);
  arrive?.({ close: async (code: string) => void closed.push(code) } as unknown as Connection);
  await world.time.settle();
  t.same(
    closed,
    ["NODE_STOPPING"].map(() => "NETWORK_DIAL_TIMEOUT"),
  );
  t.match(node.network.records(), [{ failuresInARow: 1, lastFailure: { reason: /10000 ms/ } }]);
});

t.test("as many outbound peers as wanted, the best first", async (t) => {
  const world = worldOf(t);
  const others: WorldNode[] = [];
  for (let number = 0; number < 5; number++)
    others.push(await world.started({ identity: identityOf(100 + number), name: `other-${number}` }));
  const bootstrap = others.map(({ address }) => address);
  const node = await world.started({ identity: LOW, name: "node", options: { bootstrap, targetOutbound: 2 } });
  await world.time.pass(1_000);
  t.equal(node.network.peers.length, 2);
  t.equal(node.network.records().filter(({ connected }) => connected).length, 2);
  const before = node.network.peers[0];
  const lost = others.find(({ address }) => address === before?.address);
  if (lost !== undefined) await world.stopped(lost.network);
  await world.time.pass(1_000);
  t.equal(node.network.peers.length, 2, "another one takes the place");
  t.notOk(node.network.peers.some(({ address }) => address === before?.address));
});

t.test("who has a bad score is not dialed, unless the operator says so", async (t) => {
  const world = worldOf(t);
  const bad = await world.started({ identity: HIGH, name: "bad" });
  const good = await world.started({ identity: MIDDLE, name: "good" });
  const node = await world.started({ identity: LOW, name: "node", options: { bootstrap: [bad.address, good.address] } });
  await world.time.settle();
  for (let count = 0; count < 7; count++) node.recorder.peers.get(HIGH.nodeId)?.offend("invalid", "SYNC_TEST", "test");
  t.equal(node.network.records().find(({ address }) => address === bad.address)?.scoreMilli, 20_000);
  node.recorder.peers.get(HIGH.nodeId)?.close("TEST_OVER", "");
  await world.time.pass(30 * 60_000);
  t.same(peersOf(node), [`outbound ${MIDDLE.nodeId}`]);
  await node.network.add(bad.address, { persistent: false });
  await world.time.settle();
  t.equal(node.network.peers.length, 2);
  node.recorder.peers.get(HIGH.nodeId)?.close("TEST_OVER", "");
  await world.time.pass(HOUR_MS);
  t.equal(node.network.peers.length, 2, "time forgives");
});

t.test("inbound places are bounded; who is known to be better, or named by the operator, gets one", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node", options: { maxInbound: 2 } });
  const guests = [];
  for (let number = 0; number < 3; number++) {
    const guest = await world.stranger(identityOf(200 + number), node, { name: `guest-${number}` });
    await guest.greet();
    guests.push(guest);
  }
  t.same(
    guests.map(({ closed }) => closed?.code),
    [undefined, undefined, "NETWORK_TOO_MANY_PEERS"],
  );
  t.equal(node.network.peers.length, 2);
  // The third one earns trust while there is room for it.
  await guests[0]?.connection.close("TEST_OVER", "");
  const worthy = await world.stranger(identityOf(202), node, { name: "worthy-1" });
  await worthy.greet();
  for (let count = 0; count < 12; count++) node.recorder.peers.get(worthy.identity.nodeId)?.reward("block");
  await worthy.connection.close("TEST_OVER", "");
  const filler = await world.stranger(identityOf(203), node, { name: "filler" });
  await filler.greet();
  t.equal(filler.closed, undefined);
  const back = await world.stranger(identityOf(202), node, { name: "worthy-2" });
  await back.greet();
  t.equal(back.closed, undefined, "the better one came in");
  t.equal(filler.closed?.code, "NETWORK_TOO_MANY_PEERS", "for the one that came last");
  t.equal(node.network.peers.length, 2);
});

t.test("whom the operator named gets a place, and keeps it", async (t) => {
  const world = worldOf(t);
  const named = await world.started({ identity: HIGH, name: "named" });
  const node = await world.started({
    identity: LOW,
    name: "node",
    options: { maxInbound: 1, persistent: [named.address], redialMs: HOUR_MS, redialMaxMs: HOUR_MS },
  });
  await world.time.settle();
  await world.stopped(named.network);
  const guest = await world.stranger(MIDDLE, node, { name: "guest" });
  await guest.greet();
  t.same(peersOf(node), [`inbound ${MIDDLE.nodeId}`]);
  const caller = await world.stranger(HIGH, node, { name: "caller" });
  await caller.greet();
  t.same(peersOf(node), [`inbound ${HIGH.nodeId}`], "it calls from elsewhere, and is known");
  t.equal(guest.closed?.code, "NETWORK_TOO_MANY_PEERS");
  for (let count = 0; count < 40; count++) node.recorder.peers.get(HIGH.nodeId)?.offend("failure", "SYNC_TEST", "");
  const better = await world.stranger(MIDDLE, node, { name: "better" });
  await better.greet();
  t.equal(better.closed?.code, "NETWORK_TOO_MANY_PEERS");
});

t.test("handshakes under way are bounded", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node", options: { maxInbound: 4 } });
  const strangers = [];
  for (let number = 0; number < 25; number++) strangers.push(await world.stranger(HIGH, node, { name: `silent-${number}` }));
  await world.time.settle();
  t.equal(strangers.filter(({ closed }) => closed?.code === "NETWORK_TOO_MANY_PEERS").length, 5, "four places, and sixteen more");
});

t.test("five violations ban for a day, over restarts; an operator's ban and pardon", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node" });
  for (let count = 1; count <= 5; count++) {
    const stranger = await world.stranger(HIGH, node, { name: `villain-${count}` });
    await stranger.greet();
    stranger.connection.send(2, Uint8Array.of(255, 255));
    await world.time.settle();
    t.match(stranger.closed?.code, count < 5 ? /^WIRE_/ : /^NETWORK_BANNED$/);
  }
  t.equal(node.metrics.of("network_bans_total"), 1);
  t.match(node.network.bans(), [{ subject: HIGH.nodeId, reason: /5 violations/ }]);
  const refused = await world.stranger(HIGH, node, { name: "refused" });
  await refused.greet();
  t.equal(refused.closed?.code, "NETWORK_BANNED");

  // Killed rather than stopped: the ban is on disk already.
  const killed = await world.started({ identity: MIDDLE, name: "survivor", storage: node.storage });
  t.match(killed.network.bans(), [{ subject: HIGH.nodeId }]);
  const again = await world.stranger(HIGH, killed, { name: "again" });
  await again.greet();
  t.equal(again.closed?.code, "NETWORK_BANNED");
  world.time.skip(24 * HOUR_MS);
  t.same(killed.network.bans(), []);
  const forgiven = await world.stranger(HIGH, killed, { name: "forgiven" });
  await forgiven.greet();
  t.equal(forgiven.closed, undefined);

  await killed.network.ban(HIGH.nodeId.toUpperCase(), { durationMs: 1_000, reason: "because" });
  await world.time.settle();
  t.match(forgiven.closed, { code: "NETWORK_BANNED", message: "because" });
  t.equal(await killed.network.unban(HIGH.nodeId), true);
  t.equal(await killed.network.unban(HIGH.nodeId), false);
  await t.rejects(killed.network.ban("somebody", { durationMs: 1, reason: "" }), { code: "NETWORK_BAD_PEER" });
  await t.rejects(killed.network.ban(MIDDLE.nodeId, { durationMs: 1, reason: "" }), { code: "NETWORK_BAD_PEER" });
});

t.test("an address that is banned is not dialed, and who was met there is not let in", async (t) => {
  const world = worldOf(t);
  const bad = await world.started({ identity: HIGH, name: "bad" });
  const node = await world.started({ identity: LOW, name: "node", options: { persistent: [bad.address] } });
  await world.time.settle();
  t.equal(node.network.peers.length, 1);
  await node.network.ban(bad.address, { durationMs: HOUR_MS, reason: "test" });
  await world.time.pass(HOUR_MS / 2);
  t.same(node.network.peers, []);
  const disguised = await world.stranger(HIGH, node, { name: "disguise" });
  await disguised.greet();
  t.equal(disguised.closed?.code, "NETWORK_BANNED");
  const other = await world.stranger(MIDDLE, node, { name: "other" });
  await other.greet();
  t.equal(other.closed, undefined);
  await world.time.pass(HOUR_MS);
  t.same(peersOf(node), [`outbound ${HIGH.nodeId}`], "dialed again when the ban is over");
});

t.test("addresses that can't be dialed are typed errors", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node" });
  await t.rejects(node.network.add("tcp://somewhere:1", { persistent: true }), { code: "NETWORK_NO_TRANSPORT", message: /memory:/ });
  for (const address of ["nonsense", "memory://", "memory://a b", `memory://${"x".repeat(300)}`, "tcp://host:99999"])
    await t.rejects(node.network.add(address, { persistent: true }), { code: "NETWORK_BAD_ADDRESS" }, address.slice(0, 20));
  const wrong = await world.node({ identity: HIGH, name: "wrong", options: { bootstrap: ["noise://x"] } });
  await t.rejects(wrong.network.start(), { code: "NETWORK_NO_TRANSPORT" });
});

t.test("a transport that can't listen stops the start, and nothing is left", async (t) => {
  const world = new World();
  const failing = (inner: Transport): Transport =>
    bentTransport(inner, (connection) => connection, { listen: () => Promise.reject(new Error("no port")) });
  const node = await world.node({ identity: LOW, name: "node", transport: failing, options: { exchange: true } });
  await t.rejects(node.network.start(), /no port/);
  t.equal(world.time.timers, 0);
});

t.test("two transports at once, chosen by scheme", async (t) => {
  const world = worldOf(t);
  const alice = await world.started({ identity: LOW, name: "alice" });
  const renamed = (inner: Transport): Transport =>
    bentTransport(
      inner,
      (connection) => bentConnection(connection, { remoteAddress: connection.remoteAddress.replace("memory:", "other:") }),
      {
        scheme: "other",
        dial: (address, signal) => inner.dial(address.replace("other:", "memory:"), signal),
        listen: async (onConnection) => (await inner.listen(onConnection)).map((address) => address.replace("memory:", "other:")),
      },
    );
  const bob = await world.started({
    identity: MIDDLE,
    name: "bob",
    transports: [renamed(world.transport("bob-other")), world.transport("bob-memory")],
  });
  t.same(bob.network.listening, ["other://bob-other", "memory://bob-memory"]);
  await bob.network.add("other://alice", { persistent: false });
  await world.time.settle();
  t.match(bob.network.peers, [{ nodeId: LOW.nodeId }]);
  t.ok(alice);
});

t.test("without transports a node is alone and in sync", async (t) => {
  const world = worldOf(t);
  const node = await world.node({ identity: LOW, name: "node", transports: [] });
  t.equal(node.network.sync.state, "starting");
  await node.network.start();
  node.chain.move(3);
  t.same(node.network.sync, { state: "synced", currentHeight: 3, targetHeight: 3, headerHeight: 3, blocksPerSecond: 0, activePeers: 0 });
  t.same([node.network.peers, node.network.listening, node.network.records(), node.network.bans()], [[], [], [], []]);
  node.network.publishEngine("votes", new Uint8Array(1));
  await t.rejects(node.network.add("memory://x", { persistent: true }), { code: "NETWORK_NO_TRANSPORT" });
  t.equal(world.time.timers, 0, "nothing happens");
});

t.test("addresses spread: who is met is told, who is told is met", async (t) => {
  const world = worldOf(t);
  const hub = await world.started({ identity: LOW, name: "hub", options: { exchange: true } });
  const leaves: WorldNode[] = [];
  for (let number = 0; number < 4; number++)
    leaves.push(
      await world.started({
        identity: identityOf(300 + number),
        name: `leaf-${number}`,
        options: { exchange: true, bootstrap: [hub.address] },
      }),
    );
  await world.time.pass(10_000);
  t.equal(hub.network.peers.length, 4);
  t.same(
    leaves.map(({ network }) => network.peers.length),
    [1, 1, 1, 1],
    "nobody was met at the leaves' addresses yet",
  );
  await world.time.pass(10 * 60_000);
  t.same(
    leaves.map(({ network }) => network.peers.length),
    [4, 4, 4, 4],
    "everybody knows everybody",
  );
  t.equal(hub.network.peers.length, 4, "and looking who is there broke nothing");
  t.notOk([hub, ...leaves].some(({ lines }) => lines.some((line) => line.includes("peer disconnected"))));
});

t.test("told addresses are bounded, checked, and only taken when asked for", async (t) => {
  const world = worldOf(t);
  const told = Array.from({ length: 64 }, (_, index) => `memory://told-${index}`);
  let answers = 0;
  const node = await world.started({ identity: LOW, name: "node", options: { exchange: true, bookEntries: 40, targetOutbound: 1 } });
  const listener = world.transport("source");
  listener.configure(channelSpecs(LIMITS, []));
  let source: Stranger | undefined;
  await listener.listen((connection) => {
    source = new Stranger(HIGH, connection, node, world);
    source.send(source.hello({ listenAddresses: ["tcp://10.0.0.1:1", "memory://claimed", "nonsense"] }));
  });
  t.teardown(() => listener.close());
  await node.network.add("memory://source", { persistent: false });
  await world.time.settle();
  t.equal(source?.of("peers-request").length, 1, "asked once");
  source?.send({ type: "peers", addresses: ["noise://other:1", "rubbish", "memory://node", ...told].slice(0, 64) });
  await world.time.settle();
  answers = node.network.records().length;
  t.equal(answers, 40, "no more than the book holds");
  t.ok(
    node.network.records().some(({ address, connected }) => address === "memory://source" && connected),
    "and never in place of where we are connected",
  );
  t.notOk(node.network.records().some(({ address }) => /noise|rubbish|tcp|nonsense/.test(address)));
  source?.send({ type: "peers", addresses: ["memory://unasked"] });
  source?.send({ type: "peers-request" });
  source?.send({ type: "peers-request" });
  await world.time.settle();
  t.notOk(node.network.records().some(({ address }) => address === "memory://unasked"));
  t.equal(node.metrics.of("network_offences_total invalid NETWORK_UNEXPECTED_PEERS"), 1);
  t.equal(node.metrics.of("network_offences_total invalid NETWORK_TOO_MANY_REQUESTS"), 1, "one answer a minute");
  t.same(source?.of("peers"), [{ type: "peers", addresses: [] }], "its own address is no news to it");
});

t.test("whoever claims another's address does not keep us from dialing it", async (t) => {
  const world = worldOf(t);
  const victim = await world.started({ identity: HIGH, name: "victim" });
  const node = await world.started({ identity: LOW, name: "node", options: { exchange: true } });
  const liar = await world.stranger(MIDDLE, node, { name: "liar" });
  await liar.greet({ listenAddresses: ["memory://victim", "memory://liar"] });
  t.same(liar.of("hello")[0]?.listenAddresses, ["memory://node"], "and we say where we listen");
  await world.time.settle();
  t.same(peersOf(node).sort(), [`inbound ${MIDDLE.nodeId}`, `outbound ${HIGH.nodeId}`]);
  t.ok(victim);
});

t.test("without exchange nobody asks, and nobody is told", async (t) => {
  const world = worldOf(t);
  const quiet = await world.started({ identity: LOW, name: "quiet" });
  const curious = await world.started({ identity: HIGH, name: "curious", options: { exchange: true, bootstrap: [quiet.address] } });
  await world.time.pass(60_000);
  t.same(quiet.network.records(), []);
  t.same(
    curious.network.records().map(({ address }) => address),
    [quiet.address],
  );
  t.equal(quiet.metrics.of("network_messages_total out peers"), 1, "an answer, without content");
  const stranger = await world.stranger(MIDDLE, quiet);
  await stranger.greet({ listenAddresses: [curious.address] });
  t.same(stranger.of("hello")[0]?.listenAddresses, []);
  t.same(quiet.network.records(), []);
});
