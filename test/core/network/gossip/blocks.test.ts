import t from "tap";
import { encodeBlock } from "../../../../core/primitives/block-codec.js";
import { EMPTY_BYTES } from "../../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../../core/primitives/hash.js";
import { BlockMaker, idOf, key, type MadeBlock, tampered, transfer } from "../../chain/harness.js";
import { GOOD_CERTIFICATE } from "../../chain/scripted-engine.js";
import { heads, type Station, type TestPeer, Town } from "./fixtures.js";

const announcement = (...blocks: readonly MadeBlock[]) =>
  ({ type: "block-announcement", blocks: blocks.map(({ id, block }) => ({ id, height: block.header.height })) }) as const;

/** Answers the last request of a station with these blocks (or what else is put in their place). */
function answer(
  station: Station,
  peer: TestPeer,
  blocks: readonly (MadeBlock | Uint8Array)[],
  certificate = EMPTY_BYTES,
): Promise<unknown> {
  const request = peer.sentOf("blocks-request").at(-1);
  if (request === undefined) throw new Error("it asked for nothing");
  return Promise.all(
    blocks.map((block, index) =>
      station.receive(peer, {
        type: "block-response",
        requestId: request.requestId,
        id: request.ids[index] ?? Hash.zero,
        block: block instanceof Uint8Array ? block : encodeBlock(block.block),
        certificate,
      }),
    ),
  );
}

const asked = (peer: TestPeer): string[] => peer.sentOf("blocks-request").flatMap(({ ids }) => ids.map(Hash.key));

t.test("a block reaches every node of a line, each of which is asked for it at most once", async (t) => {
  const town = await Town.of(5);
  const maker = await BlockMaker.start();
  town.line();
  const blocks = await maker.row(maker.genesis, 3, (index) => ({ transactions: [transfer(0, index, 1)] }));
  for (const { block, id } of blocks) {
    t.match(await town.node(0).chain.import(block), { status: "imported" });
    await town.until(() => heads(town).every((head) => head === Hash.key(id)), "all have the block");
  }
  for (const [index, station] of town.stations.entries()) {
    t.equal(station.count("gossip_served_total{block}"), index === 4 ? 0 : 3);
    t.equal(station.count("gossip_announced_total{block,out}"), index === 4 ? 0 : 3, "nobody is told of what it told itself");
    for (const peer of station.peers) t.same(peer.offences, []);
  }
  t.same(
    town.stations.map(({ peers }) => peers.map(({ merits }) => merits.length)),
    [[0], [3, 0], [3, 0], [3, 0], [3]],
    "who gave a good block is rewarded",
  );
  await town.stop();
});

t.test("when the first announcer never answers, the next is asked, and the first is blamed", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const block = await maker.make(maker.genesis);
  const station = town.station(0);
  const [silent, good, third] = [station.stranger("silent"), station.stranger("good"), station.stranger("third")];
  for (const peer of [silent, good, third]) await station.receive(peer, announcement(block));
  t.same([asked(silent).length, asked(good).length, asked(third).length], [1, 0, 0], "one at a time");
  town.time.advance(5_000);
  t.same(silent.offences, ["failure GOSSIP_BLOCK_TIMEOUT"]);
  t.same([asked(good).length, asked(third).length], [1, 0]);
  await answer(station, good, [block]);
  t.equal(town.node(0).head, idOf(block));
  t.same(good.merits, ["block"]);
  t.same([good.sentOf("block-announcement"), silent.sentOf("block-announcement")], [[], []]);
  t.equal(station.count("gossip_retries_total{block}"), 1);
  // What comes late is no offence.
  await answer(station, silent, [block]);
  t.equal(silent.connected, true);
  town.time.advance(60_000);
  t.same(asked(third), []);
  await town.stop();
});

t.test("a single slow peer's late answer is taken all the same", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const block = await maker.make(maker.genesis);
  const station = town.station(0);
  const slow = station.stranger("slow");
  await station.receive(slow, announcement(block));
  town.time.advance(5_000);
  await answer(station, slow, [block]);
  t.equal(town.node(0).head, idOf(block));
  await town.stop();
});

t.test("what is announced and never sent: blamed once for each time, asked elsewhere a few times, then left", async (t) => {
  const town = await Town.of(1);
  const station = town.station(0);
  const ghost = { type: "block-announcement", blocks: [{ id: sha256(Uint8Array.of(1)), height: 1 }] } as const;
  const peers = Array.from({ length: 8 }, (_, index) => station.stranger(`ghost ${index}`));
  for (const peer of peers) await station.receive(peer, ghost);
  for (let round = 0; round < 10; round++) town.time.advance(5_000);
  t.same(
    peers.map(({ offences }) => offences),
    [...Array.from({ length: 5 }, () => ["failure GOSSIP_BLOCK_TIMEOUT"]), [], [], []],
  );
  t.equal(town.time.timers, 0, "nothing is waited for any more");
  // And who says that it does not have it after all is blamed, too.
  const liar = peers[6] as TestPeer;
  await station.receive(liar, ghost);
  await answer(station, liar, [EMPTY_BYTES]);
  t.same(liar.offences, ["failure GOSSIP_ANNOUNCED_BLOCK_MISSING"]);
  await town.stop();
});

t.test("a flood of announcements is bounded, and leaves room for others", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const block = await maker.make(maker.genesis);
  const station = town.station(0);
  const flooder = station.stranger("flooder");
  for (let round = 0; round < 100; round++) {
    const blocks = Array.from({ length: 64 }, (_, index) => ({ id: sha256(Uint8Array.of(round, index)), height: 1 }));
    await station.receive(flooder, { type: "block-announcement", blocks });
  }
  t.equal(asked(flooder).length, 64);
  t.equal(station.count("gossip_announcements_dropped_total{block}"), 99 * 64);
  const good = station.stranger("good");
  await station.receive(good, announcement(block));
  await answer(station, good, [block]);
  t.equal(town.node(0).head, idOf(block));
  await town.stop();
});

t.test("a block that nobody asked for is a violation, and is not looked at", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const [first, second] = await maker.row(maker.genesis, 2);
  if (first === undefined || second === undefined) throw new Error("two blocks");
  const station = town.station(0);
  const response = (requestId: number, { id, block }: MadeBlock) =>
    ({ type: "block-response", requestId, id, block: encodeBlock(block), certificate: EMPTY_BYTES }) as const;
  const stranger = station.stranger("stranger");
  await station.receive(stranger, response(7, first));
  t.same(stranger.offences, ["violation GOSSIP_UNREQUESTED_BLOCK"]);
  t.equal(stranger.connected, false);

  const other = station.stranger("other");
  await station.receive(other, announcement(first));
  const { requestId } = other.sentOf("blocks-request")[0] ?? { requestId: 0 };
  await station.receive(other, response(requestId, second));
  t.same(other.offences, ["violation GOSSIP_UNREQUESTED_BLOCK"], "another block in an open request");

  const twice = station.stranger("twice");
  await station.receive(twice, announcement(first));
  await answer(station, twice, [first]);
  t.same(twice.offences, []);
  await answer(station, twice, [first]);
  t.same(twice.offences, ["violation GOSSIP_UNREQUESTED_BLOCK"], "the same answer again");
  t.equal(station.count("gossip_unrequested_total{block}"), 3);
  t.equal(town.node(0).height, 1);
  await town.stop();
});

t.test("what is wrong with a block is held against its sender as the fault deserves, and nothing of it is relayed", async (t) => {
  const maker = await BlockMaker.start();
  const block = await maker.make(maker.genesis, { transactions: [transfer(0, 0, 1)] });
  const other = await maker.make(maker.genesis, { salt: 9 });
  const forged = { ...block, block: { ...block.block, transactions: [transfer(1, 0, 2)] } };
  const cases: [string, MadeBlock, MadeBlock | Uint8Array, string[]][] = [
    ["no block at all", block, Uint8Array.of(1, 2, 3), ["violation GOSSIP_MALFORMED_BLOCK"]],
    ["another block", block, other, ["violation GOSSIP_WRONG_BLOCK"]],
    [
      "a bad seal",
      tampered(block, { seal: Uint8Array.of(1) }),
      tampered(block, { seal: Uint8Array.of(1) }),
      ["violation GOSSIP_INVALID_BLOCK"],
    ],
    ["a body that is not its own", block, forged, ["violation GOSSIP_INVALID_BLOCK"]],
    [
      "a wrong state root: found only by execution",
      tampered(block, { stateRoot: Hash.zero }),
      tampered(block, { stateRoot: Hash.zero }),
      ["invalid GOSSIP_INVALID_BLOCK"],
    ],
    ["a block of the future", tampered(block, { timestampMs: 2_000_000_000_000 }), tampered(block, { timestampMs: 2_000_000_000_000 }), []],
  ];
  for (const [name, announced, sent, offences] of cases) {
    const town = await Town.of(1);
    const station = town.station(0);
    const [witness, peer] = [station.stranger("witness"), station.stranger("peer")];
    await station.receive(peer, announcement(announced));
    await answer(station, peer, [sent]);
    t.same(peer.offences, offences, name);
    t.same(peer.merits, [], name);
    t.same(witness.sent, [], `${name}: not relayed`);
    t.equal(town.node(0).height, 0, name);
    if (offences[0] === "invalid GOSSIP_INVALID_BLOCK") {
      await station.receive(witness, announcement(announced));
      t.same(witness.offences, ["invalid GOSSIP_INVALID_BLOCK_ANNOUNCED"], "and it is known from then on");
    }
    await town.stop();
  }
});

t.test("a forged copy does not keep the real block out", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const block = await maker.make(maker.genesis, { transactions: [transfer(0, 0, 1)] });
  const station = town.station(0);
  const [forger, good] = [station.stranger("forger"), station.stranger("good")];
  let open: () => void = () => undefined;
  town.node(0).engine.sealGate = new Promise((resolve) => {
    open = resolve;
  });
  await station.receive(forger, announcement(block));
  const judged = answer(station, forger, [{ ...block, block: { ...block.block, transactions: [] } }]);
  await station.receive(good, announcement(block, block));
  t.same(asked(good), []);
  open();
  await judged;
  t.same(forger.offences, ["violation GOSSIP_INVALID_BLOCK"]);
  await answer(station, good, [block]);
  t.equal(town.node(0).head, idOf(block));
  await town.stop();
});

t.test("an orphan is left to sync with the peer that has it, and so is what is far ahead", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const row = await maker.row(maker.genesis, 20);
  const [station, node] = [town.station(0), town.node(0)];
  const peer = station.stranger("peer");
  const second = row[1] as MadeBlock;
  await station.receive(peer, announcement(second));
  await answer(station, peer, [second]);
  t.same(station.syncRequests, [`peer ${idOf(second)}`]);
  t.same(peer.offences, []);
  await station.receive(peer, announcement(second));
  t.equal(asked(peer).length, 1, "it waits in the chain: nobody is asked again");
  await station.receive(peer, announcement(row[18] as MadeBlock));
  t.equal(asked(peer).length, 1, "far ahead: not asked for");
  t.equal(station.syncRequests.length, 2);
  await node.chain.import((row[0] as MadeBlock).block);
  await town.until(() => node.head === idOf(second), "the orphan follows its parent");
  await town.stop();
});

t.test("while most peers are far ahead nothing is announced or asked for", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const row = await maker.row(maker.genesis, 3);
  const [station, node] = [town.station(0), town.node(0)];
  const peer = station.stranger("peer", { height: 1_000 });
  await node.chain.import((row[0] as MadeBlock).block);
  await station.receive(peer, announcement(row[1] as MadeBlock));
  t.same(peer.sent, []);
  station.stranger("b");
  station.stranger("c");
  await node.chain.import((row[1] as MadeBlock).block);
  t.equal(peer.sentOf("block-announcement").length, 0, "it announced that one itself");
  await node.chain.import((row[2] as MadeBlock).block);
  town.time.advance(20);
  t.equal(peer.sentOf("block-announcement").length, 1, "one of three may well lie");
  await town.stop();
});

t.test("side branches that were not executed are not announced, the tip that wins is", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const [station, node] = [town.station(0), town.node(0)];
  const peer = station.stranger("peer");
  const main = await maker.extend(maker.genesis, { weight: 2 });
  const side = await maker.extend(maker.genesis, { salt: 1 });
  const tip = await maker.extend(side, { weight: 5 });
  for (const { block } of [main, side, tip]) await node.chain.import(block);
  town.time.advance(20);
  t.equal(node.head, idOf(tip));
  const announced = peer.sentOf("block-announcement").flatMap(({ blocks }) => blocks.map(({ id }) => Hash.key(id)));
  t.same(announced, [idOf(main), idOf(tip)]);
  await town.stop();
});

t.test("engines with certificates: a block travels with its certificate, and nobody can withhold it", async (t) => {
  const town = await Town.of(3, { certificates: true });
  const maker = await BlockMaker.start();
  const block = await maker.make(maker.genesis);
  const [station, node] = [town.station(0), town.node(0)];
  const [without, wrong, good] = [station.stranger("without"), station.stranger("wrong"), station.stranger("good")];
  for (const peer of [without, wrong, good]) await station.receive(peer, announcement(block));
  town.connect(0, 1);
  await answer(station, without, [block]);
  t.same(without.offences, ["invalid GOSSIP_UNCERTIFIED_BLOCK"]);
  await answer(station, wrong, [block], Uint8Array.of(1));
  t.same(wrong.offences, ["violation GOSSIP_INVALID_BLOCK"]);
  await answer(station, good, [block], GOOD_CERTIFICATE);
  t.equal(node.head, idOf(block));
  await town.until(() => town.node(1).head === idOf(block), "the neighbour has it, with its certificate");

  const third = town.station(2);
  await town.node(2).chain.import(block.block);
  t.equal(town.node(2).height, 0, "it waits for its certificate");
  const [a, b] = [third.stranger("a"), third.stranger("b")];
  const certificate = (bytes: Uint8Array) => ({ type: "certificate", blockId: block.id, certificate: bytes }) as const;
  await third.receive(a, certificate(Uint8Array.of(2)));
  t.same(a.offences, ["violation GOSSIP_INVALID_CERTIFICATE"]);
  const c = third.stranger("c");
  await third.receive(b, certificate(GOOD_CERTIFICATE));
  t.equal(town.node(2).head, idOf(block));
  t.same(b.merits, ["block"]);
  t.same(c.sentOf("certificate"), [certificate(GOOD_CERTIFICATE)], "and it is relayed");
  t.same(b.sentOf("certificate"), []);
  const next = await (await BlockMaker.start()).make(maker.genesis, { salt: 7 });
  await third.receive(c, { ...certificate(GOOD_CERTIFICATE), blockId: next.id });
  t.same(asked(c), [idOf(next)], "the certificate of an unknown block is as good as its announcement");
  await town.stop();
});

t.test("blocks are served in order, as fast as the peer takes them, and not without end", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const row = await maker.row(maker.genesis, 3, (index) => ({ proposer: key(index).address }));
  const [station, node] = [town.station(0), town.node(0)];
  for (const { block } of row) await node.chain.import(block);
  const peer = station.stranger("peer");
  const ids = [...row.map(({ id }) => id), Hash.zero];
  await station.receive(peer, { type: "blocks-request", requestId: 5, ids });
  await town.rest(5);
  const answers = peer.sentOf("block-response");
  t.same(
    answers.map(({ id }) => id),
    ids,
  );
  t.same(
    answers.map(({ block }) => block),
    [...row.map(({ block }) => encodeBlock(block)), EMPTY_BYTES],
  );
  peer.congested = true;
  await station.receive(peer, { type: "blocks-request", requestId: 6, ids });
  await town.rest(5);
  t.equal(peer.sentOf("block-response").length, 4, "nothing while the connection is full");
  station.drained(peer);
  await town.rest(5);
  t.equal(peer.sentOf("block-response").length, 8);
  peer.congested = true;
  const many = Array.from({ length: 128 }, () => Hash.zero);
  for (let request = 0; request < 8; request++) await station.receive(peer, { type: "blocks-request", requestId: 7 + request, ids: many });
  t.same(peer.offences, []);
  await station.receive(peer, { type: "blocks-request", requestId: 99, ids: many });
  t.same(peer.offences, ["violation GOSSIP_TOO_MANY_REQUESTS"]);
  await town.stop();
});

t.test("an answer that takes this node long to judge is not the peer's silence", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const [first, second] = await maker.row(maker.genesis, 2);
  if (first === undefined || second === undefined) throw new Error("two blocks");
  const [station, node] = [town.station(0), town.node(0)];
  const peer = station.stranger("peer");
  let open: () => void = () => undefined;
  node.engine.sealGate = new Promise((resolve) => {
    open = resolve;
  });
  await station.receive(peer, announcement(first, second));
  const judged = answer(station, peer, [first]);
  for (let round = 0; round < 4; round++) town.time.advance(5_000);
  t.same(peer.offences, [], "the clock stands");
  open();
  await judged;
  town.time.advance(5_000);
  t.same(peer.offences, ["failure GOSSIP_BLOCK_TIMEOUT"], "and goes on for the second block");
  await town.stop();
});

t.test("the clock starts anew with each answer, even with one that says no", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const [first, second, third] = await maker.row(maker.genesis, 3);
  if (first === undefined || second === undefined || third === undefined) throw new Error("three blocks");
  const station = town.station(0);
  const peer = station.stranger("peer");
  await station.receive(peer, announcement(first, second, third));
  const [request] = peer.sentOf("blocks-request");
  const respond = ({ id, block }: MadeBlock, isThere: boolean) =>
    station.receive(peer, {
      type: "block-response",
      requestId: request?.requestId ?? 0,
      id,
      block: isThere ? encodeBlock(block) : EMPTY_BYTES,
      certificate: EMPTY_BYTES,
    });
  town.time.advance(4_000);
  await respond(first, false);
  town.time.advance(4_000);
  await respond(second, true);
  town.time.advance(4_000);
  t.same(peer.offences, ["failure GOSSIP_ANNOUNCED_BLOCK_MISSING"], "the second's parent is left to sync");
  town.time.advance(1_000);
  t.same(peer.offences.slice(1), ["failure GOSSIP_BLOCK_TIMEOUT"]);
  await town.stop();
});

t.test("a peer that leaves is nobody's failure: the next announcer is asked at once", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const block = await maker.make(maker.genesis);
  const station = town.station(0);
  const [gone, next] = [station.stranger("gone"), station.stranger("next")];
  for (const peer of [gone, next]) await station.receive(peer, announcement(block));
  gone.close();
  t.same(asked(next), [idOf(block)]);
  t.same(gone.offences, []);
  t.equal(town.time.timers, 2, "for the answer, and for the moment after which another would be asked, too");
  await answer(station, next, [block]);
  t.equal(town.node(0).head, idOf(block));
  t.equal(town.time.timers, 0);
  await town.stop();
});
