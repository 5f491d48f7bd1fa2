import t from "tap";
import { ChainwrightError } from "../../../../core/kernel/errors.js";
import type { NetworkMempool } from "../../../../core/network/chain.js";
import { encodeBlock } from "../../../../core/primitives/block-codec.js";
import type { Bytes } from "../../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../../core/primitives/hash.js";
import { BlockMaker, importAll, transfer } from "../../chain/harness.js";
import { Station, type TestPeer, Town } from "./fixtures.js";

const announcement = (...hashes: readonly Hash[]) => ({ type: "transaction-announcement", hashes }) as const;
const announced = (peer: TestPeer): string[] => peer.sentOf("transaction-announcement").flatMap(({ hashes }) => hashes.map(Hash.key));
const asked = (peer: TestPeer): string[] => peer.sentOf("transactions-request").flatMap(({ hashes }) => hashes.map(Hash.key));
const keyOf = (raw: Bytes): string => Hash.key(sha256(raw));

/** Answers a station's last request of a peer. */
function answer(station: Station, peer: TestPeer, transactions: readonly Bytes[], more = false, requestId?: number): Promise<void> {
  const last = peer.sentOf("transactions-request").at(-1);
  if (last === undefined) throw new Error("it asked for nothing");
  return station.receive(peer, { type: "transactions", requestId: requestId ?? last.requestId, transactions, more });
}

function corrupted(raw: Bytes): Bytes {
  const copy = new Uint8Array(raw);
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
  return copy;
}

/** A mempool that accepts, or does what a test says. */
class FakeMempool implements NetworkMempool {
  readonly pooled = new Map<string, Bytes>();
  readonly submitted: string[] = [];
  readonly listeners = new Set<(hashes: readonly Hash[]) => void>();
  onSubmit: (raw: Bytes) => Promise<void> | void = () => undefined;

  has(hash: Hash): boolean {
    return this.pooled.has(Hash.key(hash));
  }
  isKnown(hash: Hash): boolean {
    return this.has(hash);
  }
  raw(hash: Hash): Bytes | undefined {
    return this.pooled.get(Hash.key(hash));
  }
  hashes(limit: number): readonly Hash[] {
    return [...this.pooled.keys()].slice(0, limit).map(Hash.parse);
  }
  async submit(raw: Bytes): ReturnType<NetworkMempool["submit"]> {
    this.submitted.push(keyOf(raw));
    await this.onSubmit(raw);
    this.add(raw);
    return { id: sha256(raw), standing: "ready" };
  }
  onAdded(listener: (hashes: readonly Hash[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  add(...raws: readonly Bytes[]): void {
    for (const raw of raws) this.pooled.set(keyOf(raw), raw);
    for (const listener of this.listeners) listener(raws.map((raw) => sha256(raw)));
  }
}

const raw = (index: number, bytes = 100): Bytes => {
  const out = new Uint8Array(bytes);
  new DataView(out.buffer).setUint32(0, index);
  return out;
};
const raws = (count: number, from = 0): Bytes[] => Array.from({ length: count }, (_, index) => raw(from + index));

/** A hash of nothing. */
function madeUp(...words: readonly number[]): Hash {
  const bytes = new Uint8Array(32);
  for (const [index, word] of words.entries()) new DataView(bytes.buffer).setUint32(4 * index, Math.imul(word + 1, 0x9e3779b1));
  return Hash.from(bytes);
}

async function faked(): Promise<{ town: Town; station: Station; mempool: FakeMempool }> {
  const town = await Town.of(1);
  const { chain, spec } = town.node(0);
  const mempool = new FakeMempool();
  return { town, mempool, station: new Station("fake", { chain, spec, mempool, time: town.time }) };
}

t.test("a transaction reaches every mempool of a line, in batches, and nobody is told or sent it twice", async (t) => {
  const town = await Town.of(4);
  town.line();
  const all = Array.from({ length: 20 }, (_, nonce) => [transfer(0, nonce, 1), transfer(1, nonce, 2)]).flat();
  await Promise.all(all.map((each) => town.node(0).mempool.submit(each)));
  await town.until(() => town.nodes.every(({ mempool }) => mempool.count === all.length), "all have all of them");
  await town.rest();
  for (const [index, station] of town.stations.entries()) {
    const onward = index === 3 ? 0 : all.length;
    t.equal(station.count("gossip_served_total{transaction}"), onward, "each is sent to the next node once");
    for (const peer of station.peers) {
      const told = announced(peer);
      t.equal(new Set(told).size, told.length, "and announced at most once to each");
      t.same(peer.offences, []);
    }
    t.ok(station.count("gossip_announced_total{transaction,out}") <= all.length, "never back to where it came from");
  }
  const [first] = town.station(0).peers;
  t.equal(first?.sentOf("transaction-announcement").length, 1, "one announcement for all of them");
  t.equal(town.station(1).count("gossip_transactions_total{accepted}"), all.length);
  t.equal(town.station(1).peers[0]?.merits.length, all.length);
  await town.stop();
});

t.test("what is not valid is not relayed, and its sender answers for what is no matter of opinion", async (t) => {
  const town = await Town.of(1);
  const station = town.station(0);
  const witness = station.stranger("witness");
  await town.node(0).mempool.submit(transfer(5, 0, 1));
  const cases: [string, Bytes, string[], string][] = [
    ["a bad signature", corrupted(transfer(0, 0, 1)), ["violation GOSSIP_INVALID_TRANSACTION"], "invalid"],
    ["no transaction at all", Uint8Array.of(1, 2, 3), ["violation GOSSIP_INVALID_TRANSACTION"], "invalid"],
    ["too little of a fee", transfer(1, 0, 2, 1n, 1n), [], "refused"],
    ["a nonce far ahead", transfer(2, 5_000, 2), [], "refused"],
    ["more than there is", transfer(3, 0, 2, 10n ** 12n), [], "refused"],
    ["an underpriced rival", transfer(5, 0, 2), [], "refused"],
  ];
  for (const [name, each, offences, outcome] of cases) {
    const peer = station.stranger(name);
    await station.receive(peer, announcement(sha256(each)));
    t.same(asked(peer), [keyOf(each)], name);
    const before = station.count(`gossip_transactions_total{${outcome}}`);
    await answer(station, peer, [each]);
    t.same(peer.offences, offences, name);
    t.same(peer.merits, [], name);
    t.equal(station.count(`gossip_transactions_total{${outcome}}`), before + 1, name);
    const later = station.stranger(`${name}, later`);
    await station.receive(later, announcement(sha256(each)));
    t.same(asked(later), [], `${name}: nobody is asked again`);
  }
  town.time.advance(100);
  t.same(announced(witness), [keyOf(transfer(5, 0, 1))]);
  t.equal(town.node(0).mempool.count, 1);
  await town.stop();
});

t.test("refusals of the moment are forgotten when the head moves", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const [station, node] = [town.station(0), town.node(0)];
  const later = transfer(0, 257, 1);
  const [first, second] = [station.stranger("first"), station.stranger("second")];
  await station.receive(first, announcement(sha256(later)));
  await answer(station, first, [later]);
  t.equal(node.mempool.count, 0);
  first.close();
  await node.chain.import((await maker.make(maker.genesis, { transactions: [0, 1].map((nonce) => transfer(0, nonce, 1)) })).block);
  await station.receive(second, announcement(sha256(later)));
  t.same(asked(second), [keyOf(later)]);
  await answer(station, second, [later]);
  t.equal(node.mempool.count, 1);
  await town.stop();
});

t.test("one announcer at a time; after a silence the next is asked, and the silent one for nothing more", async (t) => {
  const { town, station, mempool } = await faked();
  const [silent, good] = [station.stranger("silent"), station.stranger("good")];
  const hashes = raws(3).map((each) => sha256(each));
  for (const peer of [silent, good]) await station.receive(peer, announcement(...hashes));
  t.same([asked(silent).length, asked(good).length], [3, 0]);
  town.time.advance(5_000);
  t.same(silent.offences, ["failure GOSSIP_TRANSACTIONS_TIMEOUT"]);
  t.equal(asked(good).length, 3);
  t.equal(station.count("gossip_retries_total{transaction}"), 3);
  await station.receive(silent, announcement(sha256(raw(9))));
  t.equal(asked(silent).length, 3, "not before it has answered");
  await answer(station, good, raws(3));
  t.equal(mempool.pooled.size, 3);
  town.time.advance(25);
  t.same([announced(silent), announced(good)], [[], []], "nobody is told of what it announced itself");
  await answer(station, silent, raws(3));
  t.same(silent.offences.length, 1, "late is no offence");
  t.equal(mempool.submitted.length, 3, "and what is there is not taken again");
  t.equal(asked(silent).length, 4, "now it may be asked again");
  silent.close();
  good.close();
  town.time.advance(25);
  t.equal(town.time.timers, 0);
  await station.stop();
  await town.stop();
});

t.test("what a peer no longer has is asked of others without blame; who never has anything is blamed", async (t) => {
  const { town, station, mempool } = await faked();
  const [forgetful, good] = [station.stranger("forgetful"), station.stranger("good")];
  const all = raws(4);
  for (const peer of [forgetful, good]) await station.receive(peer, announcement(...all.map((each) => sha256(each))));
  await answer(station, forgetful, all.slice(0, 1));
  t.same(forgetful.offences, []);
  t.same(asked(good), all.slice(1).map(keyOf));
  await answer(station, good, all.slice(1));
  t.equal(mempool.pooled.size, 4);
  const empty = station.stranger("empty");
  for (let round = 0; round < 4; round++) {
    await station.receive(empty, announcement(...raws(1_024, 10_000 + 1_024 * round).map((each) => sha256(each))));
    await answer(station, empty, []);
    await answer(station, empty, []);
  }
  t.same(empty.offences, ["failure GOSSIP_USELESS_TRANSACTIONS", "failure GOSSIP_USELESS_TRANSACTIONS"], "after 2,048 each time");
  t.equal(station.count("gossip_request_failures_total{transaction,missing}"), 3 + 4_096);
  await station.stop();
  await town.stop();
});

t.test("transactions that nobody asked for, of nobody, in an open request or twice, are a violation", async (t) => {
  const { town, station, mempool } = await faked();
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => station.stranger(name)) as [TestPeer, TestPeer, TestPeer, TestPeer];
  await station.receive(a, { type: "transactions", requestId: 3, transactions: [raw(0)], more: false });
  await station.receive(b, announcement(sha256(raw(1))));
  await answer(station, b, [raw(2)]);
  await station.receive(c, announcement(sha256(raw(3)), sha256(raw(4))));
  await answer(station, c, [raw(3), raw(3)]);
  for (const peer of [a, b, c]) t.same(peer.offences, ["violation GOSSIP_UNREQUESTED_TRANSACTIONS"]);
  t.same(mempool.submitted, [keyOf(raw(3))]);
  await station.receive(d, announcement(sha256(raw(5))));
  await answer(station, d, [], true);
  t.same(d.offences, ["violation GOSSIP_EMPTY_ANSWER"]);
  t.equal(station.count("gossip_unrequested_total{transaction}"), 3);
  await station.stop();
  await town.stop();
});

t.test("answers in parts: the clock starts anew with each, and the next request goes out after the last", async (t) => {
  const { town, station, mempool } = await faked();
  const peer = station.stranger("peer");
  await station.receive(peer, announcement(...raws(3).map((each) => sha256(each))));
  await station.receive(peer, announcement(sha256(raw(7))));
  t.equal(asked(peer).length, 3, "one request at a time");
  for (const index of [0, 1]) {
    town.time.advance(3_000);
    await answer(station, peer, [raw(index)], true);
  }
  town.time.advance(3_000);
  t.same(peer.offences, []);
  await answer(station, peer, [raw(2)]);
  t.same(asked(peer).slice(3), [keyOf(raw(7))]);
  t.equal(mempool.pooled.size, 3);
  await station.stop();
  await town.stop();
});

t.test("a flood of announcements is bounded in memory, pushes out its own, and others get through", async (t) => {
  const { town, station, mempool } = await faked();
  const flooders = Array.from({ length: 6 }, (_, index) => station.stranger(`flooder ${index}`));
  for (const [index, peer] of flooders.entries())
    for (let round = 0; round < 20; round++)
      await station.receive(peer, announcement(...Array.from({ length: 1_024 }, (_, at) => madeUp(index, round, at))));
  const dropped = station.count("gossip_announcements_dropped_total{transaction}");
  t.ok(dropped >= 6 * 20_480 - 65_536, `${dropped} found no room`);
  for (const peer of flooders) t.ok(asked(peer).length <= 512, "one request each");
  const good = station.stranger("good");
  await station.receive(good, announcement(sha256(raw(999_999))));
  t.same(asked(good), [keyOf(raw(999_999))]);
  await answer(station, good, [raw(999_999)]);
  t.equal(mempool.pooled.size, 1);
  await station.stop();
  await town.stop();
});

t.test("a busy mempool is given a rest, and asked again", async (t) => {
  const { town, station, mempool } = await faked();
  const peer = station.stranger("peer");
  mempool.onSubmit = () => {
    throw new ChainwrightError("MEMPOOL_BUSY", "limit", "busy", {});
  };
  await station.receive(peer, announcement(sha256(raw(0))));
  await answer(station, peer, [raw(0)]);
  await station.receive(peer, announcement(sha256(raw(1))));
  t.equal(asked(peer).length, 1);
  mempool.onSubmit = () => undefined;
  town.time.advance(100);
  t.same(asked(peer).slice(1), [keyOf(raw(0)), keyOf(raw(1))]);
  await answer(station, peer, raws(2));
  t.equal(mempool.pooled.size, 2);
  t.same(peer.offences, []);
  // Trouble of this node's own says nothing of anybody.
  mempool.onSubmit = () => {
    throw new Error("the disk is full");
  };
  await station.receive(peer, announcement(sha256(raw(2))));
  await answer(station, peer, [raw(2)]);
  t.same(peer.offences, []);
  t.equal(station.count("gossip_transactions_total{failed}"), 1);
  await station.stop();
  await town.stop();
});

t.test("a node far behind waits with its questions until it has caught up", async (t) => {
  const town = await Town.of(1);
  const maker = await BlockMaker.start();
  const [station, node] = [town.station(0), town.node(0)];
  const peer = station.stranger("peer", { height: 20 });
  await station.receive(peer, announcement(sha256(transfer(0, 0, 1))));
  t.same(asked(peer), []);
  await importAll(node, await maker.row(maker.genesis, 4));
  t.same(asked(peer), [keyOf(transfer(0, 0, 1))]);
  await town.stop();
});

t.test("a new peer is told of what is pooled, and served as much as fits into a message", async (t) => {
  const { town, station, mempool } = await faked();
  const large = Array.from({ length: 10 }, (_, index) => raw(index, 60_000));
  const small = raws(2_000, 100);
  mempool.add(...large, ...small);
  town.time.advance(100);
  const peer = station.stranger("peer");
  t.same(announced(peer), [...large, ...small].map(keyOf), "best first");
  const gone = sha256(raw(5_000));
  const hashes = [...large.map((each) => sha256(each)), gone, ...small.slice(0, 900).map((each) => sha256(each))];
  await station.receive(peer, { type: "transactions-request", requestId: 4, hashes });
  await town.rest(5);
  const parts = peer.sentOf("transactions");
  t.same(
    parts.flatMap(({ transactions }) => transactions),
    [...large, ...small.slice(0, 900)],
  );
  t.same(
    parts.map(({ more }) => more),
    [true, true, true, false],
  );
  t.ok(parts.every(({ transactions }) => transactions.reduce((sum, { length }) => sum + length, 0) <= 192 * 1024));
  await station.receive(peer, { type: "transactions-request", requestId: 5, hashes: [gone] });
  await town.rest(5);
  t.match(peer.sentOf("transactions").at(-1), { requestId: 5, transactions: [], more: false }, "nothing is an answer");
  peer.congested = true;
  for (let request = 0; request < 8; request++)
    await station.receive(peer, { type: "transactions-request", requestId: 6, hashes: raws(1_024).map((each) => sha256(each)) });
  t.same(peer.offences, []);
  await station.receive(peer, { type: "transactions-request", requestId: 7, hashes: [gone] });
  t.same(peer.offences, ["violation GOSSIP_TOO_MANY_REQUESTS"]);
  await station.stop();
  await town.stop();
});

t.test("announcements wait, within bounds, for a peer that takes nothing", async (t) => {
  const { town, station, mempool } = await faked();
  const peer = station.stranger("peer");
  peer.congested = true;
  for (let round = 0; round < 30; round++) {
    mempool.add(...raws(1_024, round * 1_024));
    await town.rest(2);
  }
  t.same(peer.sent, []);
  t.equal(station.count("gossip_announcements_dropped_total{transaction}"), 30 * 1_024 - 16_384);
  station.drained(peer);
  const told = announced(peer);
  t.equal(told[16_383], keyOf(raw(30 * 1_024 - 1)), "the newest are kept");
  t.equal(told.length, 16_384 + 10_000, "and then it is told of the pool, like a new peer");
  t.equal(new Set(told).size, told.length);
  await station.stop();
  await town.stop();
});

t.test("what a reorg hands back is announced again, and a healed partition shares its transactions", async (t) => {
  const town = await Town.of(2);
  const maker = await BlockMaker.start();
  const mine = transfer(0, 0, 1);
  const losing = await maker.make(maker.genesis, { transactions: [mine] });
  const side = await maker.extend(maker.genesis, { salt: 1 });
  const winning = await maker.extend(side, { weight: 9 });
  const [node, other] = [town.node(0), town.node(1)];
  // The transaction was in no mempool but in a block of the branch that will lose.
  await node.chain.import(losing.block);
  await importAll(other, [side, winning]);
  const pooledThere = transfer(3, 0, 1);
  await other.mempool.submit(pooledThere);
  const witness = town.station(0).stranger("witness");
  town.connect(0, 1);
  await importAll(node, [side, winning]);
  t.equal(node.head, other.head);
  await town.until(() => other.mempool.has(sha256(mine)) && node.mempool.has(sha256(pooledThere)), "both have both");
  await town.rest();
  t.same(announced(witness).sort(), [keyOf(mine), keyOf(pooledThere)].sort());
  t.equal(encodeBlock(losing.block).length > 0, true);
  await town.stop();
});
