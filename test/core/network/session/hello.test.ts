/** Hello: each refusal with its own code, on real connections; what is signed; which fork ids fit. */
import fc from "fast-check";
import t from "tap";
import { type ForkId, forkIdAt, forkMismatch } from "../../../../core/network/session/fork-id.js";
import { checkHello, helloPreimage, isSoundNodeId, type LocalNode, makeHello } from "../../../../core/network/session/hello.js";
import type { Hello } from "../../../../core/network/wire/messages.js";
import type { ConnectionSecurity, Transport } from "../../../../core/ports/transport.js";
import { fromHex, toHex } from "../../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../../core/primitives/hash.js";
import { bentConnection, bentTransport, type Identity, identities, type NodeSetup, World } from "../world.js";

const [LOW, MIDDLE, HIGH] = identities(3) as [Identity, Identity, Identity];

/** A node, and a stranger that has just dialed it. */
async function doorOf(t: { teardown(end: () => Promise<void>): void }, setup: Partial<NodeSetup> = {}) {
  const world = new World();
  t.teardown(() => world.end());
  const node = await world.started({ identity: LOW, name: "node", ...setup });
  return { world, node, stranger: await world.stranger(HIGH, node) };
}

/** Changes the security of all connections that come to a node. */
function secured(change: (security: ConnectionSecurity) => ConnectionSecurity): (inner: Transport) => Transport {
  return (inner) => bentTransport(inner, (connection) => bentConnection(connection, { security: change(connection.security) }));
}

t.test("a good Hello is answered by a session, each other one by its own code", async (t) => {
  const other = sha256(Uint8Array.of(1));
  const cases: readonly (readonly [code: string, fields: Partial<Hello>])[] = [
    ["NETWORK_VERSION", { minVersion: 2, maxVersion: 3 }],
    ["NETWORK_OTHER_CHAIN", { chainId: "other" }],
    ["NETWORK_OTHER_GENESIS", { genesisId: other }],
    ["NETWORK_OTHER_FORK", { forkHash: other.slice(0, 8) }],
    ["NETWORK_WRONG_ROLE", { role: "listener" }],
    ["NETWORK_BAD_SIGNATURE", { nodeId: MIDDLE.bytes }],
    ["NETWORK_BAD_SIGNATURE", { signature: new Uint8Array(64) }],
    ["NETWORK_BAD_SIGNATURE", { signature: new Uint8Array(0) }],
    ["NETWORK_BAD_NODE_ID", { nodeId: new Uint8Array(32) }],
  ];
  for (const [code, fields] of cases) {
    const { node, stranger, world } = await doorOf(t);
    await stranger.greet(fields);
    t.equal(stranger.closed?.code, code, `${code} for ${Object.keys(fields).join()}`);
    t.same(node.network.peers, []);
    t.equal(node.metrics.of(`network_closed_total local ${code}`), 1);
    const next = await world.stranger(HIGH, node, { name: "next" });
    await next.greet();
    t.equal(next.closed, undefined, "it serves others");
    t.match(node.network.peers, [{ nodeId: HIGH.nodeId, direction: "inbound", agent: "stranger/1" }]);
  }
});

t.test("versions overlap or don't", async (t) => {
  const { stranger } = await doorOf(t);
  await stranger.greet({ minVersion: 1, maxVersion: 9 });
  t.equal(stranger.closed, undefined);
});

t.test("nothing but Hello is taken before it, once, and in time", async (t) => {
  const { stranger } = await doorOf(t);
  stranger.send({ type: "ping", nonce: 1 });
  await stranger.world.time.settle();
  t.equal(stranger.closed?.code, "NETWORK_EXPECTED_HELLO");

  const { stranger: silent, node, world } = await doorOf(t);
  await world.time.pass(4_999);
  t.equal(silent.closed, undefined);
  t.equal(node.metrics.gauges.get("network_handshakes")?.(), 1);
  await world.time.pass(2);
  t.equal(silent.closed?.code, "NETWORK_HELLO_TIMEOUT");
  t.equal(node.metrics.gauges.get("network_handshakes")?.(), 0);

  const { stranger: twice } = await doorOf(t);
  await twice.greet();
  await twice.greet();
  t.match(twice.closed?.code, /NETWORK_UNEXPECTED_HELLO|NETWORK_FLOOD/);

  const { stranger: garbled, node: garbledNode } = await doorOf(t);
  garbled.connection.send(0, Uint8Array.of(255, 255, 255));
  await garbled.world.time.settle();
  t.match(garbled.closed?.code, /^WIRE_/);
  t.same(garbledNode.network.peers, []);
});

t.test("a Hello is worth nothing on another connection, or sent back", async (t) => {
  const { world, node, stranger } = await doorOf(t);
  const recorded = stranger.hello();
  const replayed = await world.stranger(HIGH, node, { name: "replayer" });
  replayed.send(recorded);
  await world.time.settle();
  t.equal(replayed.closed?.code, "NETWORK_BAD_SIGNATURE", "replayed on another connection");

  await world.time.settle();
  const [own] = stranger.of("hello");
  t.ok(own, "the node says Hello at once, too");
  if (own === undefined) return;
  stranger.send(own);
  await world.time.settle();
  t.equal(stranger.closed?.code, "NETWORK_WRONG_ROLE", "its own Hello sent back");

  const turned = await world.stranger(HIGH, node, { name: "turner" });
  await world.time.settle();
  const [seen] = turned.of("hello");
  if (seen !== undefined) turned.send({ ...seen, role: "dialer" });
  await world.time.settle();
  t.equal(turned.closed?.code, "NETWORK_BAD_SIGNATURE", "its own Hello sent back with the other role");
});

t.test("who stands between two connections can't hand a Hello on", async (t) => {
  const { world, node } = await doorOf(t);
  const victim = await world.started({ identity: MIDDLE, name: "victim" });
  const toVictim = await world.stranger(HIGH, victim, { name: "relay-one" });
  const toNode = await world.stranger(HIGH, node, { name: "relay-two" });
  await world.time.settle();
  const [hello] = toVictim.of("hello");
  if (hello !== undefined) toNode.send({ ...hello, role: "dialer" });
  await world.time.settle();
  t.equal(toNode.closed?.code, "NETWORK_BAD_SIGNATURE");
});

t.test("certificates are part of what is signed, on each side in its place", async (t) => {
  const [ours, theirs] = [sha256(Uint8Array.of(1)), sha256(Uint8Array.of(2))];
  const value = sha256(Uint8Array.of(3));
  const local = localOf(LOW);
  const remote = localOf(HIGH);
  const hello = makeHello(remote, "dialer", { kind: "binding", value, localCertificateHash: theirs, remoteCertificateHash: ours });
  const seen = (security: Partial<ConnectionSecurity & { kind: "binding" }>) =>
    checkHello(local, hello, "dialer", { kind: "binding", value, localCertificateHash: ours, remoteCertificateHash: theirs, ...security })
      ?.code;
  t.equal(seen({}), undefined);
  t.equal(seen({ localCertificateHash: theirs }), "NETWORK_BAD_SIGNATURE");
  t.equal(seen({ remoteCertificateHash: ours }), "NETWORK_BAD_SIGNATURE");
  t.equal(seen({ value: ours }), "NETWORK_BAD_SIGNATURE");
  const preimage = toHex(
    helloPreimage(Hash.zero, "listener", HIGH.bytes, { value, ownCertificateHash: theirs, otherCertificateHash: undefined }),
  );
  const zeros = "00".repeat(32);
  t.equal(
    preimage,
    `63772f68656c6c6f2f31000000000000${zeros}01${toHex(value)}${HIGH.nodeId}${toHex(theirs)}${zeros}`,
    "the bytes, as documented",
  );
});

t.test("whom the transport trusts: by certificate, by list, by its own proof", async (t) => {
  const allowing = (by: "certificate" | "pinned") =>
    secured((security) => (security.kind === "binding" ? { ...security, allowed: { nodeIds: [MIDDLE.bytes], by } } : security));
  for (const [by, code] of [
    ["certificate", "NETWORK_NOT_IN_CERTIFICATE"],
    ["pinned", "NETWORK_NOT_PINNED"],
  ] as const) {
    const { world, node, stranger } = await doorOf(t, { transport: allowing(by) });
    await stranger.greet();
    t.equal(stranger.closed?.code, code);
    const allowed = await world.stranger(MIDDLE, node, { name: "allowed" });
    await allowed.greet();
    t.equal(allowed.closed, undefined);
  }
  const proving = secured(() => ({ kind: "authenticated", nodeId: HIGH.bytes }));
  const greeted = async (fields: Partial<Hello>, identity = HIGH) => {
    const { world, node } = await doorOf(t, { transport: proving });
    const stranger = await world.stranger(identity, node, { name: "proved" });
    await stranger.greet(fields);
    return stranger.closed?.code;
  };
  t.equal(await greeted({ signature: new Uint8Array(0) }), undefined);
  t.equal(await greeted({}), "NETWORK_BAD_SIGNATURE", "nothing is to be signed");
  t.equal(await greeted({ signature: new Uint8Array(0) }, MIDDLE), "NETWORK_OTHER_IDENTITY");
});

function localOf(identity: Identity, spec: Partial<LocalNode["spec"]> = {}, height = 0): LocalNode {
  return {
    identity,
    spec: { chainId: "test", upgrades: [], ...spec },
    genesisId: Hash.zero,
    head: () => ({ id: Hash.zero, height, weight: 0n, finalizedHeight: 0 }),
    services: () => 1,
    listenAddresses: () => [],
    agent: "test/1",
  };
}

t.test("node ids are canonical and of large order", async (t) => {
  for (const identity of identities(20)) t.ok(isSoundNodeId(identity.bytes));
  // Encodings of the points of small order: as published with libsodium's and ZIP-215's tests.
  const small = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  ];
  const doubled = [
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  ];
  for (const hex of [...small, ...doubled]) t.notOk(isSoundNodeId(fromHex(hex) ?? new Uint8Array(0)), hex);
  t.notOk(isSoundNodeId(new Uint8Array(31)));
});

t.test("a node that dials itself notices and stops", async (t) => {
  const world = new World();
  t.teardown(() => world.end());
  const node = await world.started({ identity: LOW, name: "node", options: { persistent: ["memory://node"] } });
  await world.time.pass(1_000);
  t.same(node.network.peers, []);
  t.equal(
    node.metrics.of("network_closed_total local NETWORK_SELF") + node.metrics.of("network_closed_total remote any"),
    2,
    "one dial, both ends",
  );
  t.same(node.network.records(), [], "its own address is no peer's");
  await t.rejects(node.network.add("memory://node", { persistent: true }), { code: "NETWORK_BAD_ADDRESS" });
  await world.time.pass(600_000);
  t.equal(node.metrics.of("network_dials_total refused"), 1, "never again");
});

t.test("fork ids: who is merely behind or late fits, who follows other rules does not", async (t) => {
  const genesis = Hash.zero;
  const upgrade = (height: number, variant = 0) => ({ height, hash: sha256(Uint8Array.of(height, variant)) });
  const ours = [upgrade(100), upgrade(200)];
  const id = (upgrades: typeof ours, height: number): ForkId => forkIdAt(genesis, upgrades, height);
  const fits = (height: number, remote: ForkId) => forkMismatch(genesis, ours, height, remote) === undefined;
  const table: readonly (readonly [name: string, ours: number, remote: ForkId, expected: boolean])[] = [
    ["same height", 150, id(ours, 150), true],
    ["remote behind one upgrade", 250, id(ours, 150), true],
    ["remote behind all upgrades", 250, id(ours, 0), true],
    ["remote ahead", 0, id(ours, 250), true],
    ["at the border, passed by one", 100, id(ours, 99), true],
    ["remote does not know the next upgrade yet", 150, id([upgrade(100)], 150), true],
    ["remote missed the upgrade that we passed", 250, id([upgrade(100)], 250), false],
    ["remote missed all upgrades", 250, id([], 250), false],
    ["remote knows an upgrade to come that we don't", 250, id([...ours, upgrade(300)], 250), true],
    ["remote passed an upgrade that we don't know", 250, id([...ours, upgrade(300)], 300), false],
    ["remote passed another upgrade at the same height", 150, id([upgrade(100, 1), upgrade(200)], 150), false],
    ["remote passed its upgrade at another height", 150, id([upgrade(90)], 150), false],
    ["remote announces an upgrade where we passed none", 160, id([upgrade(100), upgrade(155)], 150), false],
    ["remote behind announces another next upgrade", 250, id([upgrade(100), upgrade(190)], 150), false],
  ];
  for (const [name, height, remote, expected] of table) t.equal(fits(height, remote), expected, name);
  t.not(toHex(id(ours, 0).hash), toHex(forkIdAt(sha256(new Uint8Array(0)), ours, 0).hash), "genesis counts");
  fc.assert(
    fc.property(fc.nat(400), fc.nat(400), (a, b) => fits(a, id(ours, b))),
    { numRuns: 200 },
  );
});

t.test("a node behind an upgrade meets one ahead of it on a real connection", async (t) => {
  const world = new World();
  t.teardown(() => world.end());
  const upgrades = [{ height: 10, hash: sha256(Uint8Array.of(10)) }];
  const ahead = await world.node({ identity: LOW, name: "ahead", spec: { upgrades } });
  ahead.chain.move(20);
  await ahead.network.start();
  const behind = await world.started({ identity: MIDDLE, name: "behind", spec: { upgrades }, options: { bootstrap: [ahead.address] } });
  const stale = await world.node({ identity: HIGH, name: "stale", options: { bootstrap: [ahead.address] } });
  stale.chain.move(20);
  await stale.network.start();
  await world.time.settle();
  t.match(behind.network.peers, [{ nodeId: LOW.nodeId, headHeight: 20 }]);
  t.same(stale.network.peers, []);
  t.match(stale.network.records(), [{ lastFailure: { reason: /upgrade/ } }]);
});
