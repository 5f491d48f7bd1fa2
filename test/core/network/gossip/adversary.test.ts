/** What keeps blocks and transactions moving while peers withhold, lie, flood or are slow; and what honest ones are not blamed for. */
import t from "tap";
import { encodeBlock } from "../../../../core/primitives/block-codec.js";
import { EMPTY_BYTES } from "../../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../../core/primitives/hash.js";
import { BlockMaker, idOf, type MadeBlock, transfer } from "../../chain/harness.js";
import { type Station, type TestPeer, Town } from "./fixtures.js";

const announcement = (...blocks: readonly MadeBlock[]) =>
  ({ type: "block-announcement", blocks: blocks.map(({ id, block }) => ({ id, height: block.header.height })) }) as const;
const asked = (peer: TestPeer): string[] => peer.sentOf("blocks-request").flatMap(({ ids }) => ids.map(Hash.key));
const announced = (peer: TestPeer): string[] =>
  peer.sentOf("block-announcement").flatMap(({ blocks }) => blocks.map(({ id }) => Hash.key(id)));
const ghost = (index: number): Hash => sha256(new Uint8Array(Uint32Array.of(index, 7).buffer));

function inbound(station: Station, name: string, height?: number): TestPeer {
  const peer = station.stranger(name, height === undefined ? {} : { height });
  Object.defineProperty(peer, "direction", { value: "inbound" });
  return peer;
}

function give(station: Station, peer: TestPeer, { id, block }: MadeBlock): Promise<void> {
  const request = peer.sentOf("blocks-request").find(({ ids }) => ids.some((each) => Hash.key(each) === Hash.key(id)));
  if (request === undefined) throw new Error("it was not asked");
  const { requestId } = request;
  return station.receive(peer, { type: "block-response", requestId, id, block: encodeBlock(block), certificate: EMPTY_BYTES });
}

t.test("who announces first and sends nothing holds a block up for a moment, not for the whole time of an answer", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const [block, next] = await maker.row(maker.genesis, 2);
  if (block === undefined || next === undefined) throw new Error("two blocks");
  const station = town.station(0);
  const stallers = [1, 2, 3].map((number) => inbound(station, `staller ${number}`));
  const good = station.stranger("good");
  for (const peer of [...stallers, good]) await station.receive(peer, announcement(block));
  town.time.advance(999);
  t.same(asked(good), []);
  town.time.advance(1);
  t.same(asked(good), [idOf(block)], "whom this node chose itself comes before those who came");
  await give(station, good, block);
  t.equal(town.node(0).head, idOf(block));
  town.time.advance(4_000);
  t.same(
    stallers.map(({ offences }) => offences.length),
    [1, 0, 0],
    "and the one that was asked is to blame",
  );
  t.same(asked(stallers[1] as TestPeer), []);

  // Nobody else had it when that moment was over: the first who comes then is asked at once.
  await station.receive(stallers[1] as TestPeer, announcement(next));
  town.time.advance(1_500);
  await station.receive(good, announcement(next));
  t.same(asked(good), [idOf(block), idOf(next)]);
  await give(station, good, next);
  t.equal(town.node(0).head, idOf(next));
  await give(station, stallers[1] as TestPeer, next);
  t.same(stallers[1]?.offences, [], "a copy that comes second is no offence");
  await town.stop();
});

t.test("a peer whose answers are many and late is no offender, and is not asked for more than it may let wait", async (t) => {
  const town = await Town.of(1);
  const station = town.station(0);
  const slow = station.stranger("slow");
  for (let index = 0; index < 3_000; index++) {
    await station.receive(slow, { type: "block-announcement", blocks: [{ id: ghost(index), height: 1 }] });
    town.time.advance(100);
  }
  town.time.advance(5_000);
  const requests = slow.sentOf("blocks-request");
  t.ok(asked(slow).length >= 128 && asked(slow).length <= 512, `it was asked for ${asked(slow).length}; from 1,024 on it would ban us`);
  for (const { requestId, ids } of requests)
    for (const id of ids)
      await station.receive(slow, { type: "block-response", requestId, id, block: EMPTY_BYTES, certificate: EMPTY_BYTES });
  t.notOk(
    slow.offences.some((offence) => offence.startsWith("violation")),
    slow.offences.at(-1) ?? "",
  );
  await station.receive(slow, { type: "block-announcement", blocks: [{ id: ghost(9_999), height: 1 }] });
  t.equal(asked(slow).at(-1), Hash.key(ghost(9_999)), "and is asked again when it has answered");
  await town.stop();
});

t.test("a block that a full line of requests keeps from being asked is asked of another", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const block = await maker.make(maker.genesis);
  const station = town.station(0);
  const [full, good] = [station.stranger("full"), station.stranger("good")];
  for (let index = 0; index < 1_000; index++) {
    await station.receive(full, { type: "block-announcement", blocks: [{ id: ghost(index), height: 1 }] });
    town.time.advance(100);
  }
  town.time.advance(5_000);
  await station.receive(full, announcement(block));
  await station.receive(good, announcement(block));
  t.same(asked(good), [idOf(block)]);
  await town.stop();
});

t.test("a node that takes in many blocks at once tells of them in few messages", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const row = await maker.row(maker.genesis, 200);
  const [station, node] = [town.station(0), town.node(0)];
  // Neither of them is ahead: this node is the first to hear of the branch.
  const peers = [station.stranger("a"), station.stranger("b")];
  const beganMs = town.time.monotonicMs();
  for (const { block } of row) await node.chain.import(block);
  const most = 5 + (town.time.monotonicMs() - beganMs) / 20;
  town.time.advance(20);
  await node.chain.import((await maker.extend(row.at(-1) as MadeBlock)).block);
  for (const peer of peers) {
    t.ok(peer.sentOf("block-announcement").length <= most, `${peer.sentOf("block-announcement").length} messages`);
    t.equal(announced(peer)[0], idOf(row[0] as MadeBlock), "the first at once");
    t.ok(announced(peer).includes(idOf(row.at(-1) as MadeBlock)), "and the last");
    t.equal(new Set(announced(peer)).size, announced(peer).length);
  }
  await town.stop();
});

t.test("liars do not keep a node from gossip", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const [first, second] = await maker.row(maker.genesis, 2);
  if (first === undefined || second === undefined) throw new Error("two blocks");
  const [station, node] = [town.station(0), town.node(0)];
  const good = station.stranger("good");
  station.stranger("liar", { height: 1_000_000 });
  await station.receive(good, announcement(first));
  t.same(asked(good), [idOf(first)], "one of two");
  await give(station, good, first);
  for (let number = 0; number < 20; number++) inbound(station, `liar ${number}`, 1_000_000);
  const other = station.stranger("other");
  await station.receive(good, announcement(second));
  t.same(asked(good), [idOf(first), idOf(second)], "or any number of those who came by themselves");
  await give(station, good, second);
  town.time.advance(20);
  t.same(announced(other), [idOf(second)]);
  const raw = transfer(0, 0, 1);
  await station.receive(good, { type: "transaction-announcement", hashes: [sha256(raw)] });
  t.equal(good.sentOf("transactions-request").length, 1);
  t.equal(node.height, 2);
  await town.stop();
});

t.test("a message of far blocks asks sync once", async (t) => {
  const town = await Town.of(1);
  const station = town.station(0);
  const peer = station.stranger("peer");
  const blocks = Array.from({ length: 64 }, (_, index) => ({ id: ghost(index), height: 1_000 + index }));
  await station.receive(peer, { type: "block-announcement", blocks });
  t.same(station.syncRequests, [`peer ${Hash.key(ghost(63))}`], "for the newest of them");
  await town.stop();
});

t.test("a transaction that came before the block it builds on is asked for once more after it", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const [station, node] = [town.station(0), town.node(0)];
  const early = transfer(0, 257, 1);
  const hopeless = transfer(0, 5_000, 1);
  const peer = station.stranger("peer");
  const send = (...transactions: readonly Uint8Array[]) => {
    const { requestId } = peer.sentOf("transactions-request").at(-1) ?? { requestId: 0 };
    return station.receive(peer, { type: "transactions", requestId, transactions, more: false });
  };
  const requests = () => peer.sentOf("transactions-request").map(({ hashes }) => hashes.map(Hash.key));
  await station.receive(peer, { type: "transaction-announcement", hashes: [sha256(early), sha256(hopeless)] });
  await send(early, hopeless);
  t.equal(node.mempool.count, 0, "refused, as its nonce is far ahead");
  // The peer announces nothing twice.
  const block = await maker.extend(maker.genesis, { transactions: [0, 1].map((nonce) => transfer(0, nonce, 1)) });
  await node.chain.import(block.block);
  t.same(requests().slice(1), [[early, hopeless].map((raw) => Hash.key(sha256(raw)))]);
  await send(early, hopeless);
  t.equal(node.mempool.count, 1);
  t.same(peer.offences, []);
  await node.chain.import((await maker.extend(block)).block);
  await town.rest(5);
  t.equal(requests().length, 2, "but not for ever");
  await town.stop();
});
