/** What a node says of itself: in sync while it follows its network, syncing when it really is behind, and not one after the other. */
import t from "tap";
import { Following } from "../../../../core/network/sync/following.js";
import { DEFAULT_SYNC_OPTIONS } from "../../../../core/network/sync/index.js";
import type { MadeBlock } from "../../chain/harness.js";
import { Company, claimOf, type Member, NetworkTime } from "./harness.js";

/** Looks each `stepMs`; answers what was said, without repetitions. */
function play(durationMs: number, at: (nowMs: number) => { own: number; network: number }, stepMs = 50): string[] {
  const time = new NetworkTime();
  const following = new Following(time, DEFAULT_SYNC_OPTIONS);
  const said: string[] = [];
  for (let nowMs = 0; nowMs < durationMs; nowMs += stepMs) {
    const { own, network } = at(nowMs);
    const pace = following.look(own, network);
    if (pace !== said.at(-1)) said.push(pace);
    time.advance(stepMs);
  }
  return said;
}

t.test("one to five blocks behind a network that makes ten a second is following it", async (t) => {
  const made = (nowMs: number) => Math.max(0, Math.floor(nowMs / 100));
  t.strictSame(
    play(60_000, (nowMs) => ({ own: made(nowMs - 100 * (1 + (Math.floor(nowMs / 350) % 5))), network: made(nowMs) })),
    ["synced"],
  );
});

t.test("who is far behind says so at once, until it has what its network had a while ago", async (t) => {
  // Always five behind at the end: never near, and yet there.
  const network = (nowMs: number) => 1_000 + Math.floor(nowMs / 200);
  const own = (nowMs: number) => Math.min(network(nowMs) - 5, Math.floor(nowMs / 10));
  t.strictSame(
    play(60_000, (nowMs) => ({ own: own(nowMs), network: network(nowMs) })),
    ["syncing", "synced"],
  );
  // One that comes to the head says so without delay.
  const saidAtEnd: string[] = [];
  const following = new Following(new NetworkTime(), DEFAULT_SYNC_OPTIONS);
  for (const height of [0, 500, 995, 998]) saidAtEnd.push(following.look(height, 1_000));
  t.strictSame(saidAtEnd, ["syncing", "syncing", "syncing", "synced"]);
});

t.test("who stands still a few blocks behind is behind, after a while", async (t) => {
  t.strictSame(
    play(4_900, () => ({ own: 10, network: 14 })),
    ["synced"],
  );
  t.strictSame(
    play(30_000, () => ({ own: 10, network: 14 })),
    ["synced", "syncing"],
  );
  t.strictSame(
    play(30_000, () => ({ own: 10, network: 12 })),
    ["synced"],
    "two blocks are near, however long",
  );
});

t.test("a claim that vanishes, or a lag that stays, changes it once at most", async (t) => {
  t.strictSame(
    play(30_000, (nowMs) => ({ own: 10, network: nowMs % 4_000 < 3_500 ? 15 : 10 })),
    ["synced"],
  );
  // Three behind, a block every six seconds: at each block its lag of five seconds ago is three or two.
  const slow = (nowMs: number) => ({ own: Math.floor(nowMs / 6_000), network: Math.floor(nowMs / 6_000) + 3 });
  t.ok(play(600_000, slow, 200).length <= 2);
});

/** A source whose chain grows; it is heard of as by status messages. */
async function grown(company: Company, source: Member, blocks: MadeBlock[], count: number): Promise<void> {
  const more = await company.maker.row(blocks.at(-1) ?? company.maker.genesis, count);
  blocks.push(...more);
  for (const { block } of more) await source.node.chain.import(block);
}

t.test("a node stays in sync while its network mines fast, says syncing when it misses a lot, and in sync once", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 10);
  const source = await company.member(blocks);
  const node = await company.member(blocks);
  const peer = node.connect(source);
  let largest = 0;
  for (let round = 0; round < 25; round++) {
    await grown(company, source, blocks, 1 + ((round * 3) % 5));
    node.hear(peer, source.head);
    largest = Math.max(largest, source.head.height - node.head.height);
    await node.rest(6, 20);
  }
  t.ok(largest >= 4, `up to ${largest} blocks behind`);
  t.strictSame(node.states, ["synced"]);
  t.strictSame(
    node.lines.map(({ message }) => message),
    [],
    "and nothing of it in the log",
  );
  await grown(company, source, blocks, 60);
  const { head } = source;
  await grown(company, source, blocks, 20);
  node.hear(peer, head);
  t.match(node.sync.status, { state: "syncing", targetHeight: head.height });
  await node.until(() => node.node.height > head.height - 30, "it is under way");
  // The chain grows meanwhile: the end of what was claimed first is not the end.
  node.hear(peer, source.head);
  t.equal(node.sync.status.targetHeight, source.head.height);
  await node.synced(source.node.chain.head);
  t.strictSame(node.states, ["synced", "syncing", "synced"]);
  await company.stop();
});

t.test("a sync that breaks off is not the end of being behind, for as long as it may go on with another", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 80);
  const fresh = await company.member([], {}, { options: { blocksPerPeer: 4 }, sync: { retryMs: 3_000 } });
  const first = fresh.connect(await company.member(blocks));
  await fresh.until(() => fresh.node.height >= 10, "it is under way");
  fresh.lose(first);
  await fresh.rest(20, 50);
  t.match(fresh.sync.status, { state: "syncing", targetHeight: 80, activePeers: 0 });
  fresh.connect(await company.member(blocks.slice(0, 70)));
  await fresh.until(() => fresh.node.height >= 70, "another goes on");
  t.strictSame(fresh.states, ["synced", "syncing"]);
  await fresh.rest(20, 50);
  t.equal(fresh.sync.status.state, "syncing", "there are good headers above");
  await fresh.until(() => fresh.sync.status.state === "synced", "nobody has them any more", { stepMs: 20 });
  t.ok(fresh.time.timers > 0 && fresh.node.height === 70);
  await company.stop();
});

t.test("headers that anybody can make up count for nothing until their blocks come in", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 120);
  const engine = { headers: "state" as const };
  const source = await company.member(blocks, engine);
  const setup = { options: { blocksPerPeer: 4, requestTimeoutMs: 500 }, sync: { windowBlocks: 16 } };
  const fresh = await company.member([], engine, setup);
  // Its headers are good, in fact; but nobody can know before it sends a body, and it does not.
  const liar = fresh.connect(source, (message) => (message.type === "block-response" ? undefined : message));
  await fresh.until(() => fresh.count("sync_headers_total") === 120, "its headers are taken");
  await fresh.rest(10);
  t.equal(fresh.sync.status.headerHeight, 0, "or it could keep a node from producing");
  fresh.lose(liar);
  const ahead: number[] = [];
  fresh.node.chain.onImported(({ header }) => ahead.push(fresh.sync.status.headerHeight - header.height));
  fresh.connect(source);
  await fresh.synced(source.node.chain.head);
  t.ok(Math.max(...ahead) > 50, "as they do here");
  await company.stop();
});

t.test("headers that weigh less than this node's chain are not ahead of it, however many", async (t) => {
  const company = await Company.start();
  const { maker } = company;
  const main = await maker.row(maker.genesis, 30, () => ({ weight: 5 }));
  const light = await maker.row(maker.genesis, 90, () => ({ salt: 1 }));
  const node = await company.member(main, {}, { sync: { headersPerRequest: 20 } });
  const seen: number[] = [];
  const liar = node.connect(await company.member(light), (message) => {
    if (message.type === "headers") seen.push(node.sync.status.headerHeight);
    return message;
  });
  node.hear(liar, claimOf(light, 1_000));
  await node.until(() => liar.offences.length > 0, "it is found out");
  t.strictSame(liar.offences, ["invalid SYNC_FALSE_CLAIM"]);
  t.equal(liar.sentOf("headers-request").length, 5);
  t.strictSame(seen, [30, 30, 30, 30, 30]);
  await company.stop();
});
