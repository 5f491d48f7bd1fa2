/** What a node's operator is told, and may say: failures of peers that were named, refusals, isolation, addresses, bans. */
import { readdir, readFile } from "node:fs/promises";
import t from "tap";
import { ENGINE_CHANNELS_MAX } from "../../../core/network/channels.js";
import type { Connection, Transport } from "../../../core/ports/transport.js";
import { sha256 } from "../../../core/primitives/hash.js";
import { ROOT } from "../../functional/node-process.js";
import { bentTransport, type Identity, identities, identityOf, ScriptedChain, World, type WorldNode } from "./world.js";

const [LOW, MIDDLE, HIGH] = identities(3) as [Identity, Identity, Identity];
const HOUR_MS = 3_600_000;
const REFUSED = "info a connection was refused";

function worldOf(t: { teardown(end: () => Promise<void>): void }): World {
  const world = new World();
  t.teardown(() => world.end());
  return world;
}

/** Codes of the warnings about peers that can't be had, in order. */
const warnings = ({ lines }: WorldNode) =>
  lines.filter((line) => line.startsWith("warn no connection with a peer")).map((line) => line.slice(line.lastIndexOf(" ") + 1));

t.test("a named peer that can't be had is warned of: once for each reason, and anew after a connection that lasted", async (t) => {
  const world = worldOf(t);
  const other = await world.started({ identity: HIGH, name: "other", spec: { chainId: "elsewhere-1" } });
  for (const options of [{ persistent: [other.address] }, { bootstrap: [other.address] }]) {
    const node = await world.started({ identity: LOW, name: `node-${Object.keys(options)}`, options });
    await world.time.pass(HOUR_MS);
    t.same(warnings(node), ["NETWORK_OTHER_CHAIN"], `${Object.keys(options)}: one line, however often it is tried`);
    await world.stopped(node.network);
  }
  await world.stopped(other.network);

  const node = await world.started({ identity: LOW, name: "node", options: { persistent: ["memory://moody"] } });
  await world.time.pass(1_000);
  t.equal(warnings(node).length, 1, "nobody is there");
  const moody = await world.started({ identity: MIDDLE, name: "moody" });
  const ban = () => moody.network.ban(LOW.nodeId, { durationMs: 10 * HOUR_MS, reason: "not today" });
  await ban();
  await world.time.pass(HOUR_MS);
  t.same(warnings(node).slice(1), ["NETWORK_BANNED"], "another reason is news");
  const shortly = async (pauseMs: number) => {
    await moody.network.unban(LOW.nodeId);
    while (node.network.peers.length === 0) await world.time.pass(1_000);
    await world.time.pass(pauseMs);
    await ban();
    await world.time.pass(HOUR_MS);
  };
  await shortly(1_000);
  t.same(warnings(node).slice(1), ["NETWORK_BANNED"], "a connection that did not last changes nothing");
  await shortly(15_000);
  t.same(warnings(node).slice(1), ["NETWORK_BANNED", "NETWORK_BANNED"]);
});

t.test("of addresses that nobody named no warning is written, and of many there is a bound", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node", options: { exchange: true } });
  const stranger = await world.stranger(HIGH, node);
  await stranger.greet({ listenAddresses: ["memory://hearsay"] });
  await world.time.pass(60_000);
  t.match(node.network.records(), [{ address: "memory://hearsay", lastFailure: {} }]);
  t.same(warnings(node), []);

  const bootstrap = Array.from({ length: 100 }, (_, index) => `memory://nobody-${index}`);
  const busy = await world.started({ identity: MIDDLE, name: "busy", options: { bootstrap } });
  await world.time.pass(59_000);
  t.equal(warnings(busy).length, 20);
  await world.time.pass(10 * 60_000);
  t.equal(warnings(busy).length, 100, "each once, when there is room");
});

t.test("what a peer says of us is not taken for what we say of it, and both have a stable code", async (t) => {
  const world = worldOf(t);
  const refusing = await world.started({ identity: MIDDLE, name: "refusing" });
  await refusing.network.ban(LOW.nodeId, { durationMs: HOUR_MS, reason: "not you" });
  const node = await world.started({ identity: LOW, name: "node", options: { persistent: ["memory://nobody", refusing.address] } });
  await world.time.pass(100);
  const failure = (address: string) => node.network.records().find((record) => record.address === address)?.lastFailure;
  t.match(failure(refusing.address), { code: "NETWORK_BANNED", reason: "it refused: this node is banned" });
  t.match(failure("memory://nobody"), { code: /^TRANSPORT_/, reason: /^(?!it refused)/ });
  await refusing.network.unban(LOW.nodeId);
  while (node.network.peers.length === 0) await world.time.pass(1_000);
  refusing.recorder.peers.get(LOW.nodeId)?.close("TEST_MOOD", "not\u0007today");
  await world.time.settle();
  t.match(failure(refusing.address), { code: "TEST_MOOD", reason: "it refused: not?today" }, "a stranger's words don't ring the bell");

  const throwing = (inner: Transport): Transport =>
    bentTransport(inner, (connection: Connection) => connection, { dial: () => Promise.reject(new Error("of no kind")) });
  const untyped = await world.started({ identity: HIGH, name: "untyped", transport: throwing, options: { persistent: ["memory://x"] } });
  await world.time.settle();
  t.match(untyped.network.records(), [{ lastFailure: { code: "NETWORK_INTERNAL", reason: "of no kind" } }]);
  const stuck = (inner: Transport): Transport =>
    bentTransport(inner, (connection: Connection) => connection, { dial: () => new Promise(() => undefined) });
  const late = await world.started({ identity: HIGH, name: "late", transport: stuck, options: { persistent: ["memory://x"] } });
  await world.time.pass(10_001);
  t.match(late.network.records(), [{ lastFailure: { code: "NETWORK_DIAL_TIMEOUT" } }]);
});

t.test("another chain and another genesis block: both sides are named, in words that a goodbye has room for", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node", spec: { chainId: "a".repeat(32) } });
  const chain = await world.stranger(HIGH, node, { name: "other-chain" });
  await chain.greet({ chainId: "b".repeat(32) });
  t.match(chain.closed, {
    code: "NETWORK_OTHER_CHAIN",
    message: `this node is on chain ${"a".repeat(32)}, the other on ${"b".repeat(32)}`,
  });
  const genesis = await world.stranger(HIGH, node, { name: "other-genesis" });
  await genesis.greet({ chainId: "a".repeat(32), genesisId: sha256(Uint8Array.of(1)) });
  const { code, message = "" } = genesis.closed ?? {};
  t.equal(code, "NETWORK_OTHER_GENESIS");
  const [ours = "", theirs = ""] = message.match(/[0-9a-f]{16}(?=…)/g) ?? [];
  t.equal(ours, Buffer.from(node.chain.genesisId).toString("hex").slice(0, 16));
  t.equal(
    theirs,
    Buffer.from(sha256(Uint8Array.of(1)))
      .toString("hex")
      .slice(0, 16),
  );
  for (const { closed } of [chain, genesis]) t.ok(Buffer.byteLength(closed?.message ?? "") <= 200);
});

t.test("whoever is refused at the door or at Hello is in the log, within a bound of its own", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node" });
  const wrong = await world.stranger(HIGH, node, { name: "wrong" });
  await wrong.greet({ chainId: "elsewhere-1" });
  t.ok(node.lines.includes(`${REFUSED} NETWORK_OTHER_CHAIN`));

  await node.network.ban("memory://banned", { durationMs: HOUR_MS, reason: "test" });
  await world.stranger(HIGH, node, { name: "banned" });
  await world.time.settle();
  t.ok(node.lines.includes(`${REFUSED} NETWORK_BANNED`), "at the door");

  const theirs = await world.stranger(MIDDLE, node, { name: "theirs" });
  await theirs.connection.close("TRANSPORT_TLS_FOREIGN_CA", "its certificate is from elsewhere");
  await world.time.settle();
  t.ok(node.lines.includes(`${REFUSED} TRANSPORT_TLS_FOREIGN_CA`), "also when it is they who refuse");

  const probing = await world.stranger(MIDDLE, node, { name: "probing" });
  await probing.connection.close("NETWORK_PROBED", "");
  await world.time.settle();
  t.notOk(
    node.lines.some((line) => line.includes("NETWORK_PROBED")),
    "what happens every day is none",
  );

  for (let number = 0; number < 40; number++) {
    const stranger = await world.stranger(HIGH, node, { name: `many-${number}` });
    await stranger.greet({ chainId: "elsewhere-1" });
  }
  t.equal(node.lines.filter((line) => line.startsWith(REFUSED)).length, 20);
  const good = await world.stranger(MIDDLE, node, { name: "good" });
  await good.greet();
  t.ok(node.lines.includes("info peer connected"), "they don't silence what else is said");
});

t.test("a node that others dialed is isolated when the last of them is gone", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node" });
  const refused = await world.stranger(HIGH, node, { name: "refused" });
  await refused.greet({ chainId: "elsewhere-1" });
  t.equal(node.network.sync.state, "synced", "it never had a peer, and expects none");
  const ISOLATED = "warn the last peer is gone; this node is isolated";
  const first = await world.stranger(HIGH, node, { name: "first" });
  await first.greet();
  const second = await world.stranger(MIDDLE, node, { name: "second" });
  await second.greet();
  const again = await world.stranger(HIGH, node, { name: "again" });
  await again.greet();
  t.equal(first.closed?.code, "NETWORK_REPLACED");
  await second.connection.close("TEST_OVER", "");
  await world.time.settle();
  t.equal(node.network.sync.state, "synced");
  const replaced = await world.stranger(HIGH, node, { name: "replaced" });
  await replaced.greet();
  t.notOk(
    node.lines.some((line) => line.startsWith(ISOLATED)),
    "one that another takes the place of is not gone",
  );
  const told = () => node.lines.filter((line) => line.startsWith(ISOLATED)).length;
  let last = replaced;
  for (let count = 0; count < 3; count++) {
    await last.connection.close("TEST_OVER", "");
    await world.time.settle();
    t.equal(node.network.sync.state, "isolated");
    t.equal(told(), 1, "said once");
    last = await world.stranger(HIGH, node, { name: `back-${count}` });
    await last.greet();
    t.equal(node.network.sync.state, "synced");
  }
  await world.time.pass(11_000);
  await last.connection.close("TEST_OVER", "");
  await world.time.settle();
  t.equal(told(), 2, "again after a connection that lasted");
});

t.test("a wildcard is no address to dial, and the error says what to write", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node", options: { advertise: ["memory://0.0.0.0:8646"] } });
  for (const host of ["0.0.0.0", "[::]", "[0:0:0:0:0:0:0:0]", "[::ffff:0.0.0.0]"]) {
    const address = `memory://${host}:8646`;
    const error = {
      code: "NETWORK_BAD_ADDRESS",
      message: /which machine; write that machine's own IP address or DNS name, as in memory:\/\/192\.0\.2\.7:8646/,
    };
    await t.rejects(node.network.add(address, { persistent: true }), error, `add ${host}`);
    for (const option of ["bootstrap", "persistent"]) {
      const wrong = await world.node({ identity: HIGH, name: `wrong-${option}`, options: { [option]: [address] } });
      await t.rejects(wrong.network.start(), error, `${option} ${host}`);
    }
  }
  t.same(node.network.records(), []);
  await node.network.add("memory://10.0.0.0:8646", { persistent: true });
  t.equal(node.network.records().length, 1);
});

t.test("an engine's channels that can't be carried are an error of its plugin", async (t) => {
  const world = worldOf(t);
  const channel = (name: string, maxMessageBytes = 9) => ({ name, maxMessageBytes });
  const all = Array.from({ length: ENGINE_CHANNELS_MAX }, (_, index) => channel(`votes-${index}`));
  const made = (channels: ReturnType<typeof channel>[]) =>
    world.node({ identity: LOW, name: "node", chain: new ScriptedChain("genesis", channels) });
  for (const [channels, message] of [
    [[...all, channel("one-more")], /there are 65, and room for 64/],
    [[channel("votes"), channel("votes")], /two have the name "votes"/],
    [[channel("")], /"" is no name/],
    [[channel("vötes")], /is no name in printable ASCII/],
    [[channel("votes", 0)], /1 to 4294967295 bytes, not 0/],
    [[channel("votes", 1.5)], /not 1\.5/],
    [[channel("votes", 2 ** 32)], /not 4294967296/],
  ] as const)
    await t.rejects(made([...channels]), { code: "NETWORK_BAD_ENGINE_CHANNELS", message });
  const node = await made(all);
  await node.network.start();
  t.equal(node.network.sync.state, "synced");
});

t.test("an operator's ban holds, however many this node has made itself", async (t) => {
  const world = worldOf(t);
  const node = await world.started({ identity: LOW, name: "node", options: { bookEntries: 3 } });
  await node.network.ban(HIGH.nodeId, { durationMs: 1_000, reason: "meant so" });
  for (let number = 0; number < 5; number++) {
    for (let count = 1; count <= 5; count++) {
      const villain = await world.stranger(identityOf(400 + number), node, { name: `villain-${number}-${count}` });
      await villain.greet();
      villain.connection.send(2, Uint8Array.of(255, 255));
      await world.time.settle();
    }
  }
  t.equal(node.metrics.of("network_bans_total"), 5);
  t.equal(node.network.bans().length, 3);
  t.match(
    node.network.bans().find(({ subject }) => subject === HIGH.nodeId),
    { reason: "meant so", by: "operator" },
  );
  t.same(
    node.network
      .bans()
      .map(({ by }) => by)
      .sort(),
    ["node", "node", "operator"],
  );
});

t.test("the README names every error of the network, and no other", async (t) => {
  const folder = new URL("core/network/", ROOT);
  const paths = (await readdir(folder, { recursive: true })).filter((path) => /(^|\/)errors\.ts$/.test(path));
  t.ok(paths.length >= 3, paths.join());
  const declared = new Set<string>();
  for (const path of paths)
    for (const [, code = ""] of (await readFile(new URL(path, folder), "utf8")).matchAll(/defineError<[\s\S]*?>\(\s*"([A-Z_]+)"/g))
      declared.add(code);
  t.ok(declared.size >= 14, `${declared.size} codes`);
  const readme = await readFile(new URL("README.md", folder), "utf8");
  const table = readme.slice(readme.indexOf("\n## Errors\n"));
  const named = new Set(
    [...table.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = ""]) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code = ""]) => code)),
  );
  t.same([...named].sort(), [...declared].sort());
});
