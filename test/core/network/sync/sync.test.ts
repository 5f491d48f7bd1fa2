/** Sync between real chains: from one and many, over branches, with and without headers that can be judged alone. */
import t from "tap";
import type { Consensus } from "../../../../core/ports/consensus.js";
import { toHex } from "../../../../core/primitives/bytes.js";
import { publicKeyOf } from "../../../../core/primitives/signing.js";
import { InstantEngine } from "../../../fixtures/instant-engine.js";
import { SlotEngine } from "../../../fixtures/slot-engine.js";
import { idOf, key, TestNode, TestTime, transfer } from "../../chain/harness.js";
import { Company, claimOf, Member, serving } from "./harness.js";

t.test("a fresh node syncs the whole chain of its only peer: headers first, each checked once", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 120);
  const source = await company.member(blocks);
  const fresh = await company.member([], {}, { sync: { headersPerRequest: 50 } });
  t.equal(fresh.sync.status.state, "synced", "with nobody to sync to");
  const peer = fresh.connect(source);
  await fresh.synced(source.node.chain.head);
  t.strictSame(fresh.states, ["synced", "syncing", "synced"]);
  t.strictSame(peer.offences, []);
  t.equal(peer.merits.length, 120);
  t.equal(peer.sentOf("headers-request").length, 3, "50, 50, 20");
  t.strictSame(peer.asked.sort(), blocks.map(idOf).sort(), "each block is asked for once");
  const checks = fresh.node.engine.calls.filter((call) => call.startsWith("checkHeader"));
  t.equal(checks.length, 120, "import does not check again what was accepted");
  const { blocksPerSecond, activePeers, ...heights } = fresh.sync.status;
  t.strictSame(heights, { state: "synced", currentHeight: 120, targetHeight: 120, headerHeight: 120 });
  t.strictSame({ blocksPerSecond, activePeers }, { blocksPerSecond: 0, activePeers: 0 });
  t.equal(fresh.count("sync_runs_total SYNC_REACHED"), 1);
  t.equal(fresh.count("sync_blocks_total"), 120);
  t.strictSame(
    fresh.lines.map(({ message }) => message),
    ["syncing", "in sync"],
  );
  await company.stop();
});

t.test("bodies come from all peers that claim to have them, each asked for once, and bad luck of one does not matter", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 150, (index) => ({
    transactions: index < 8 ? [transfer(index, 0, 9)] : [],
  }));
  const fresh = await company.member([], {}, { options: { blocksPerPeer: 16 } });
  const sources = [await company.member(blocks), await company.member(blocks), await company.member(blocks.slice(0, 60))];
  const peers = sources.map((source) => fresh.connect(source));
  await fresh.synced(sources[0]?.node.chain.head ?? company.maker.genesis);
  t.strictSame(peers.flatMap(({ asked }) => asked).sort(), blocks.map(idOf).sort());
  for (const [index, { merits, offences }] of peers.entries()) {
    t.ok(merits.length >= 16, `peer ${index} delivered ${merits.length}`);
    t.strictSame(offences, []);
  }
  const low = new Set(blocks.slice(60).map(idOf));
  t.notOk(
    peers[2]?.asked.some((id) => low.has(id)),
    "who claims height 60 is asked for nothing above",
  );
  t.equal(fresh.node.balance(9), company.maker.node.balance(9), "the same state");
  await company.stop();
});

t.test("progress is told every five seconds, with speed, what remains, and how many peers deliver", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 60);
  const source = await company.member(blocks);
  const second = await company.member(blocks);
  const fresh = await company.member([], {}, { options: { blocksPerPeer: 4 }, sync: { importBlocks: 2, windowBlocks: 8 } });
  fresh.connect(source);
  fresh.connect(second);
  fresh.stranger("below", {});
  await fresh.until(() => fresh.lines.length >= 3, "lines come", { stepMs: 400 });
  t.match(fresh.lines[0], { message: "syncing", data: { height: 0, target: 60, connected: 1 } });
  t.match(fresh.lines[1], {
    message: "syncing",
    data: { height: Number, target: 60, headers: 60, blocksPerSecond: Number, remainingSeconds: Number, peers: 2, connected: 3 },
  });
  await fresh.synced(source.node.chain.head);
  await company.stop();
});

t.test("a peer that is near is left to gossip for a moment; a block that gossip asks for is fetched at once", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 6);
  const source = await company.member(blocks);
  const behind = await company.member(blocks.slice(0, 4), {}, { sync: { graceMs: 100 } });
  const peer = behind.connect(source);
  await behind.rest(50);
  t.strictSame(peer.sent, [], "nothing yet");
  await behind.synced(source.node.chain.head);
  t.strictSame(behind.states, ["synced"], "two blocks are not called syncing");
  const next = await company.maker.row(blocks.at(-1) ?? company.maker.genesis, 2);
  for (const { block } of next) await source.node.chain.import(block);
  behind.sync.request(peer, next[1]?.id ?? company.maker.genesis.id);
  behind.sync.request(peer, next[1]?.id ?? company.maker.genesis.id);
  await behind.rest(30);
  t.equal(behind.node.head, source.node.head, "within the grace");
  t.equal(peer.asked.length, 4);
  await company.stop();
});

t.test("the heavier branch wins: headers decide, then bodies, then a reorg; a lighter branch costs no body", async (t) => {
  const company = await Company.start();
  const { maker } = company;
  const shared = await maker.row(maker.genesis, 20);
  const fork = shared.at(-1) ?? maker.genesis;
  const light = await maker.row(fork, 30, () => ({ salt: 1 }));
  const heavy = await maker.row(fork, 25, () => ({ salt: 2, weight: 2 }));
  const a = await company.member([...shared, ...light], {}, { sync: { headersPerRequest: 8 } });
  const b = await company.member([...shared, ...heavy]);
  const onA = a.connect(b);
  const onB = b.peers[0];
  await a.synced(b.node.chain.head);
  t.strictSame(onA.asked, heavy.map(idOf), "only what is not known");
  t.strictSame(onA.offences, []);
  await b.rest();
  t.equal(onB?.sentOf("headers-request").length, 0, "nobody asks for what weighs less");
  // The locator's gaps lead to height 11; blocks 21 to 36, which end in the fourth answer of eight, weigh more than 30.
  t.equal(
    onA.sent.findIndex(({ type }) => type === "blocks-request"),
    4,
    "no body before that",
  );
  await company.stop();
});

t.test("what gossip wants of a lighter branch is looked at, not fetched, and nobody is blamed", async (t) => {
  const company = await Company.start();
  const { maker } = company;
  const main = await maker.row(maker.genesis, 10);
  const side = await maker.row(main[3] ?? maker.genesis, 3, () => ({ salt: 1 }));
  const a = await company.member(main);
  const b = await company.member([...main, ...side]);
  const peer = a.connect(b);
  a.sync.request(peer, side[2]?.id ?? maker.genesis.id);
  await a.until(() => a.count("sync_runs_total SYNC_NOT_BETTER") === 1, "it was looked at");
  t.strictSame(peer.asked, []);
  t.strictSame(peer.offences, []);
  await company.stop();
});

t.test("a branch that leaves below finality ends the connection and is no violation", async (t) => {
  const company = await Company.start();
  const { maker } = company;
  const main = await maker.row(maker.genesis, 30);
  const other = await maker.row(main[9] ?? maker.genesis, 40, () => ({ salt: 1 }));
  const a = await company.member(main, { finalAtDepth: 10 });
  const stateful = await company.member(main, { finalAtDepth: 10, headers: "state" });
  const b = await company.member([...main.slice(0, 10), ...other]);
  for (const member of [a, stateful]) {
    const peer = member.connect(b);
    await member.until(() => peer.closedWith !== undefined, "the connection ends");
    t.equal(peer.closedWith, "NETWORK_FORKED_BELOW_FINALITY");
    t.strictSame(peer.offences, ["failure NETWORK_FORKED_BELOW_FINALITY"]);
    t.strictSame(peer.asked, []);
    t.equal(member.node.height, 30);
  }
  // What it costs nobody to claim is not told; checked headers are.
  t.equal(stateful.sync.status.refusedBranch, undefined);
  const refused = a.sync.status.refusedBranch;
  t.strictSame(
    { ...refused, id: toHex(refused?.id ?? new Uint8Array()), forkId: toHex(refused?.forkId ?? new Uint8Array()) },
    {
      height: 50,
      id: toHex(other[39]?.id ?? new Uint8Array()),
      weight: 50n,
      forkHeight: 10,
      forkId: toHex(main[9]?.id ?? new Uint8Array()),
      depth: 20,
      peer: b.name,
      seenAtMs: refused?.seenAtMs,
    },
  );
  // A fork above finality is followed.
  const near = await maker.row(main[24] ?? maker.genesis, 10, () => ({ salt: 2 }));
  const c = await company.member([...main.slice(0, 25), ...near]);
  a.connect(c);
  await a.synced(c.node.chain.head);
  t.ok(a.sync.status.refusedBranch !== undefined, "the other one still weighs more");
  const heavy = await maker.row(near[9] ?? maker.genesis, 20);
  a.connect(await company.member([...main.slice(0, 25), ...near, ...heavy]));
  await a.until(() => a.node.height === 55, "its own chain grows");
  t.equal(a.sync.status.refusedBranch, undefined, "and is the better one again");
  await company.stop();
});

t.test("of a branch below finality only what its headers weigh is believed", async (t) => {
  const company = await Company.start();
  const { maker } = company;
  const main = await maker.row(maker.genesis, 60);
  const sync = { headersPerRequest: 20 };
  const a = await company.member(main, { finalAtDepth: 10 }, { sync });
  const branch = (length: number, salt: number) => maker.row(maker.genesis, length, () => ({ salt }));
  const endOf = async (blocks: Parameters<typeof serving>[0], weight: number) => {
    const peer = a.stranger(`claims ${weight}`, claimOf(blocks, weight), serving(blocks));
    await a.until(() => peer.offences.length > 0, "it ends");
    t.strictSame(peer.asked, []);
    return peer;
  };
  const light = await endOf(await branch(35, 1), 1_000);
  t.strictSame(light.offences, ["invalid SYNC_FALSE_CLAIM"], "light");
  t.equal(light.sentOf("headers-request").length, 2);
  t.equal(a.sync.status.refusedBranch, undefined);
  const heavy = await endOf(await branch(65, 2), 65);
  t.strictSame(heavy.offences, ["failure NETWORK_FORKED_BELOW_FINALITY"], "heavy, over four answers");
  t.match(a.sync.status.refusedBranch, { height: 65, forkHeight: 0, depth: 60 });
  await endOf(await branch(66, 3), 66);
  t.equal(a.count("sync_refused_branches_total"), 2);
  t.equal(
    a.lines.filter(({ message }) => message.startsWith("a heavier branch")).length,
    1,
    "an error once, not each time that somebody comes",
  );
  await company.stop();
});

t.test("the best claim first; when its peer leaves, another goes on where it was", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 100);
  const fresh = await company.member([], {}, { options: { blocksPerPeer: 8 } });
  const long = await company.member(blocks);
  const short = await company.member(blocks.slice(0, 90));
  const onLong = fresh.connect(long);
  const onShort = fresh.connect(short);
  // In the middle, however busy the machine is: whoever looks from time to time may come when all is done.
  fresh.node.chain.onImported(({ header }) => {
    if (header.height === 20) fresh.lose(onLong);
  });
  await fresh.until(() => fresh.node.height >= 20, "it is under way");
  // Not at once: the headers up to 100 were good.
  await fresh.synced(blocks[89] ?? company.maker.genesis, { stepMs: 20 });
  await fresh.rest();
  t.equal(fresh.count("sync_runs_total SYNC_PEER_GONE") + fresh.count("sync_runs_total SYNC_REACHED"), 2);
  t.strictSame(onShort.offences, []);
  t.equal(fresh.sync.status.targetHeight, 90);
  fresh.connect(long);
  await fresh.synced(long.node.chain.head);
  await company.stop();
});

t.test("an engine whose headers need state: in order, with few headers ahead", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 90);
  const engine = { headers: "state" as const };
  const source = await company.member(blocks, engine);
  const fresh = await company.member([], engine, { sync: { stateHeadersPerRequest: 16, stateHeadersAhead: 32 } });
  const ahead: number[] = [];
  fresh.node.chain.onImported(({ header }) => ahead.push(fresh.sync.status.headerHeight - header.height));
  const peer = fresh.connect(source);
  await fresh.synced(source.node.chain.head);
  t.ok(Math.max(...ahead) <= 32, "no more than 32 unchecked headers are held");
  t.strictSame(peer.offences, []);
  await company.stop();
});

const validators = Array.from({ length: 4 }, (_, index) => toHex(publicKeyOf(key(index).secret)));
const secrets = [0, 1, 2, 3].map((index) => key(index).secret);

/** Two nodes of an engine of its own: one that made blocks, one that has none. */
async function pair<Engine extends Consensus>(
  engine: ConstructorParameters<typeof TestNode<Engine>>[0]["engine"],
  produce: (node: TestNode<Engine>) => Promise<unknown>,
) {
  const company = await Company.start();
  const setup = { engine, mempool: true as const, spec: { consensus: { plugin: "toy", parameters: {} } } };
  const maker = await TestNode.start<Engine>({ ...setup, secrets, time: new TestTime(0) });
  await produce(maker);
  const source = new Member("source", maker, company.time);
  const fresh = new Member("fresh", await TestNode.start<Engine>(setup), company.time);
  const stop = async () => {
    await source.stop();
    await fresh.stop();
    await company.stop();
  };
  return { source, fresh, stop };
}

t.test("slots: a chain that only state can judge is synced", async (t) => {
  const slotMs = 1_000;
  const { source, fresh, stop } = await pair(
    (treasury) => new SlotEngine({ validators, slotMs, missPenalty: 1 }, treasury),
    (node) => node.engine.produce(20),
  );
  const peer = fresh.connect(source as unknown as Member<Consensus>);
  await fresh.synced(source.node.chain.head);
  t.strictSame(peer.offences, []);
  t.equal(fresh.node.height, 20);
  await stop();
});

t.test("instant finality: blocks come with their certificates, and without one from nobody", async (t) => {
  const { source, fresh, stop } = await pair(
    () => new InstantEngine({ validators }),
    (node) => node.engine.produce(20),
  );
  let bare = 0;
  const strip = fresh.connect(source as unknown as Member<Consensus>, (message) => {
    if (message.type !== "block-response") return message;
    bare++;
    return { ...message, certificate: new Uint8Array(0) };
  });
  await fresh.until(() => bare > 0, "blocks come");
  await fresh.rest();
  t.ok(strip.offences.includes("failure SYNC_NO_CERTIFICATE"));
  t.equal(fresh.node.height, 0);
  fresh.lose(strip);
  const peer = fresh.connect(source as unknown as Member<Consensus>);
  await fresh.synced(source.node.chain.head, { stepMs: 20 });
  t.strictSame(peer.offences, []);
  t.equal(fresh.node.chain.finalized.header.height, 20);
  await stop();
});

t.test("stopping in the middle leaves nothing under way, and the next start goes on", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 80);
  const source = await company.member(blocks);
  const fresh = await company.member([], {}, { options: { blocksPerPeer: 8 } });
  const peer = fresh.connect(source);
  await fresh.until(() => fresh.node.height >= 20, "it is under way");
  await fresh.sync.stop();
  const { height } = fresh.node;
  await fresh.rest();
  t.equal(fresh.node.height, height, "nothing more comes in");
  fresh.lose(peer);
  fresh.sync.start();
  fresh.connect(source);
  await fresh.synced(source.node.chain.head);
  t.ok(claimOf(blocks).height === 80);
  await company.stop();
});
