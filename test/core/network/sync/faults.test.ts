/** Sync among peers that stall, lie, flood or fail: each is found out, and the chain comes from the honest. */
import t, { type Test } from "tap";
import { DEFAULT_NETWORK_OPTIONS } from "../../../../core/network/options.js";
import type { WireMessage } from "../../../../core/network/wire/messages.js";
import type { Block } from "../../../../core/primitives/block.js";
import { decodeBlock, encodeBlock, encodeHeader } from "../../../../core/primitives/block-codec.js";
import type { Bytes } from "../../../../core/primitives/bytes.js";
import { sha256 } from "../../../../core/primitives/hash.js";
import { type MadeBlock, tampered, transfer } from "../../chain/harness.js";
import { type Answerer, Company, claimOf, type Member, serving, type TestPeer } from "./harness.js";

const LIMITS = { blockBytes: 1 << 23, transactionBytes: 1 << 16 };
const PACE = { stepMs: 20 };

/** Made-up headers that link and have good seals, endlessly. */
function madeUp(above: MadeBlock, count: number): MadeBlock[] {
  const out: MadeBlock[] = [];
  for (let last = above, index = 0; index < count; index++) {
    last = tampered(last, {
      parent: last.id,
      height: (last.block.header.height + 1) as never,
      timestampMs: last.block.header.timestampMs + 1,
    });
    out.push(last);
  }
  return out;
}

interface Scene {
  readonly company: Company;
  readonly blocks: readonly MadeBlock[];
  readonly fresh: Member;
  readonly honest: Member;
  stop(): Promise<void>;
}

/** A fresh node and an honest one with the whole chain. */
async function scene(count: number, setup: Parameters<Company["member"]>[2] = {}): Promise<Scene> {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, count, (index) => ({
    transactions: index < 8 ? [transfer(index, 0, 9)] : [],
  }));
  const honest = await company.member(blocks);
  const fresh = await company.member([], {}, setup);
  return { company, blocks, fresh, honest, stop: () => company.stop() };
}

async function comesFromHonest(t: Test, { fresh, honest }: Scene): Promise<TestPeer> {
  const peer = fresh.connect(honest);
  await fresh.synced(honest.node.chain.head, PACE);
  t.strictSame(peer.offences, [], "the honest peer is not blamed");
  return peer;
}

t.test("a peer that claims the moon is asked once, blamed, and its claim does not stand in the way", async (t) => {
  const at = await scene(30);
  const { fresh } = at;
  const liar = fresh.stranger("liar", { id: sha256(Uint8Array.of(1)), height: 1_000_000_000, weight: 1n << 200n }, (message) =>
    message.type === "headers-request" ? { type: "headers", requestId: message.requestId, headers: [] } : undefined,
  );
  t.ok(fresh.sync.status.targetHeight <= 20_000, "nobody believes in 1e9 blocks");
  t.equal(fresh.sync.status.headerHeight, 0, "a claim is no header: alone it keeps nobody from producing for long");
  await fresh.until(() => liar.offences.length > 0, "it is blamed");
  t.strictSame(liar.offences, ["failure SYNC_NO_HEADERS"]);
  const peer = await comesFromHonest(t, at);
  fresh.lose(liar);
  t.equal(fresh.sync.status.targetHeight, 30);
  // Among peers that say otherwise, such a claim does not even change what the node says of itself.
  const before = fresh.states.length;
  fresh.connect(await at.company.member(at.blocks));
  const other = fresh.stranger("other", { id: sha256(Uint8Array.of(2)), height: 1_000_000_000, weight: 1n << 200n });
  await fresh.until(() => other.sentOf("headers-request").length > 0, "it is asked");
  t.equal(fresh.sync.status.state, "synced");
  await fresh.until(() => other.offences.length > 0, "it is blamed", PACE);
  t.equal(fresh.states.length, before);
  t.strictSame(peer.offences, []);
  await at.stop();
});

t.test("a peer that claims and says nothing is given up after the time for an answer", async (t) => {
  const at = await scene(30, { options: { requestTimeoutMs: 500 } });
  const { fresh } = at;
  const mute = fresh.stranger("mute", { id: sha256(Uint8Array.of(1)), height: 90, weight: 90n });
  const peer = fresh.connect(at.honest);
  await fresh.synced(at.honest.node.chain.head, PACE);
  t.ok(mute.offences.includes("failure SYNC_STALLED"));
  t.ok(mute.sentOf("headers-request").length <= 3, "and not asked again at once");
  t.strictSame(peer.offences, []);
  // What comes too late is no offence, what nobody asked for is.
  const late = mute.sentOf("headers-request").at(-1)?.requestId ?? 0;
  await fresh.until(
    () => mute.offences.filter((each) => each.endsWith("STALLED")).length >= mute.sentOf("headers-request").length,
    "given up",
    PACE,
  );
  const before = mute.offences.length;
  await fresh.receive(mute, { type: "headers", requestId: late, headers: [] });
  t.equal(mute.offences.length, before);
  await fresh.receive(mute, { type: "headers", requestId: late, headers: [] });
  t.equal(mute.offences.at(-1), "violation SYNC_UNREQUESTED");
  await at.stop();
});

t.test("any number of mute claimants of the moon keep a node from nobody else's chain", async (t) => {
  const at = await scene(30, { options: { requestTimeoutMs: 500 } });
  const { fresh } = at;
  const moon = (number: number) => ({ id: sha256(Uint8Array.of(1, number)), height: 1_000_000_000, weight: 1n << 200n });
  const mutes = Array.from({ length: 40 }, (_, number) => fresh.stranger(`mute ${number}`, moon(number)));
  const honest = fresh.connect(at.honest);
  // What it says of itself is another matter: most of its peers are liars.
  await fresh.until(() => fresh.node.head === at.honest.node.head, "it has the chain", { stepMs: 50, turns: 2_000 });
  t.ok(
    mutes.every((mute) => mute.sentOf("headers-request").length <= 2),
    "who led nowhere waits until those were tried who did not",
  );
  t.strictSame(honest.offences, [], "and the honest one does not answer for what the others hold up");
  await at.stop();

  // Connections to this node cost nothing, either: whom it dialed itself comes first.
  const second = await scene(30);
  for (let number = 0; number < 40; number++) {
    const mute = second.fresh.stranger(`caller ${number}`, { ...second.fresh.head });
    Object.defineProperty(mute, "direction", { value: "inbound" });
    second.fresh.hear(mute, moon(number));
  }
  const before = second.company.time.monotonicMs();
  second.fresh.connect(second.honest);
  await second.fresh.until(() => second.fresh.node.head === second.honest.node.head, "it has the chain", { stepMs: 50, turns: 2_000 });
  const tookMs = second.company.time.monotonicMs() - before;
  // A second mute one would take as long again. Work that threads do takes more virtual time where they are slow.
  t.ok(tookMs < 2 * DEFAULT_NETWORK_OPTIONS.requestTimeoutMs, `${tookMs} ms: the one that was under way, and then the honest one`);
  await second.stop();
});

t.test("bad headers end the connection, each kind with its code", async (t) => {
  const at = await scene(20);
  const { fresh, blocks } = at;
  const last = blocks.at(-1) as MadeBlock;
  const encode = (made: readonly MadeBlock[]): Bytes[] => made.map(({ block }) => encodeHeader(block.header));
  const unsealed = tampered(blocks[4] as MadeBlock, { seal: Uint8Array.of(1) });
  const sealless = [...blocks.slice(0, 4), unsealed, ...madeUp(unsealed, 15)];
  const foreign = tampered(blocks[0] as MadeBlock, { chainId: "other" });
  const kinds: Record<string, Bytes[]> = {
    SYNC_BAD_HEADER: [...encode(blocks.slice(0, 19)), Uint8Array.of(1, 2, 3)],
    "SYNC_BAD_HEADER of a bad seal": encode(sealless),
    "SYNC_BAD_HEADER of another chain": encode([foreign, ...madeUp(foreign, 19)]),
    "SYNC_UNLINKED_HEADERS with a gap": encode([...blocks.slice(0, 9), ...blocks.slice(10)]),
    "SYNC_UNLINKED_HEADERS from nowhere": encode(blocks.slice(3)),
    "SYNC_FALSE_CLAIM without end": encode([...blocks.slice(0, 1), ...madeUp(blocks[0] as MadeBlock, 30)]),
    "SYNC_TOO_MANY_HEADERS above what was asked for": encode([...blocks, ...madeUp(last, 1)]),
  };
  for (const [name, headers] of Object.entries(kinds)) {
    const claim = claimOf(name.endsWith("bad seal") ? sealless : blocks, 1_000);
    const liar = fresh.stranger(name, claim, (message) =>
      message.type === "headers-request" ? { type: "headers", requestId: message.requestId, headers } : undefined,
    );
    await fresh.until(() => liar.offences.length > 0, `${name} is found out`);
    t.strictSame(liar.offences, [`violation ${name.split(" ")[0]}`], name);
    t.notOk(liar.connected);
    t.strictSame(liar.asked, [], "nothing is fetched for it");
  }
  t.equal(fresh.node.height, 0);
  await comesFromHonest(t, at);
  await at.stop();
});

t.test("more headers than asked for, and a trickle of them", async (t) => {
  const at = await scene(20, { sync: { headersPerRequest: 10 } });
  const { fresh, blocks } = at;
  const answering = (count: number): Answerer => {
    const serve = serving(blocks);
    return (message) => (message.type === "headers-request" ? serve({ ...message, count }) : undefined);
  };
  const flood = fresh.stranger("flood", claimOf(blocks), answering(11));
  await fresh.until(() => flood.offences.length > 0, "it is found out");
  t.strictSame(flood.offences, ["violation SYNC_TOO_MANY_HEADERS"]);
  const trickle = fresh.stranger("trickle", claimOf(blocks), answering(1));
  await fresh.until(() => trickle.offences.length > 0, "it is found out");
  t.strictSame(trickle.offences, ["failure SYNC_FEW_HEADERS"]);
  await comesFromHonest(t, at);
  await at.stop();
});

t.test("endless light headers are not collected for ever, and no body is fetched for them", async (t) => {
  const at = await scene(40, { sync: { headersPerRequest: 10, headersAhead: 25 } });
  const { fresh, company, honest } = at;
  await comesFromHonest(t, at);
  const side = await company.maker.row(company.maker.genesis, 1, () => ({ salt: 9 }));
  const endless = [...side, ...madeUp(side[0] as MadeBlock, 200)];
  const liar = fresh.stranger("liar", claimOf(endless, 1_000), serving(endless));
  await fresh.until(() => liar.offences.length > 0, "it is found out");
  t.strictSame(liar.offences, ["invalid SYNC_LIGHT_BRANCH"]);
  t.equal(liar.sentOf("headers-request").length, 3);
  t.strictSame(liar.asked, []);
  // A claim of more weight than the headers have.
  const short = endless.slice(0, 20);
  const boaster = fresh.stranger("boaster", claimOf(short, 900), serving(short));
  await fresh.until(() => boaster.offences.length > 0, "it is found out");
  t.strictSame(boaster.offences, ["invalid SYNC_FALSE_CLAIM"]);
  t.strictSame(boaster.asked, []);
  t.equal(fresh.node.head, honest.node.head);
  await at.stop();
});

t.test("light headers take so much work on seals and no more; those of a heavier branch, piece by piece, are free", async (t) => {
  // Seals of this engine cost 10 µs: three a piece, twenty for nothing in an hour.
  const at = await scene(40, { sync: { headersPerRequest: 10, headersAhead: 1_000, sealPieceMs: 0.03, sealBudgetMs: 0.2 } });
  const { fresh, company, honest } = at;
  await comesFromHonest(t, at);
  const side = await company.maker.row(company.maker.genesis, 1, () => ({ salt: 9 }));
  const endless = [...side, ...madeUp(side[0] as MadeBlock, 200)];
  const liar = fresh.stranger("liar", claimOf(endless, 1_000), serving(endless));
  await fresh.until(() => liar.offences.length > 0, "it is found out");
  t.strictSame(liar.offences, ["invalid SYNC_SEAL_BUDGET"]);
  t.equal(liar.sentOf("headers-request").length, 3, "the third row is not looked at to its end");
  t.strictSame(liar.asked, []);
  t.equal(fresh.node.head, honest.node.head);
  await at.stop();
});

t.test("a wrong body is its sender's fault: another is asked, and the chain is whole", async (t) => {
  for (const [name, change, code] of [
    ["other transactions", (block: Block) => ({ ...block, transactions: [transfer(1, 5, 2)] }), "SYNC_WRONG_BODY"],
    ["a payload", (block: Block) => ({ ...block, payload: Uint8Array.of(1) }), "SYNC_WRONG_BODY"],
    ["garbage for transactions", (block: Block) => ({ ...block, transactions: [new Uint8Array(200).fill(7)] }), "SYNC_WRONG_BODY"],
    ["another block", (block: Block) => ({ ...block, header: { ...block.header, extra: Uint8Array.of(1, 77) } }), "SYNC_BAD_BLOCK"],
  ] as const) {
    const at = await scene(40, { options: { blocksPerPeer: 4 } });
    const { fresh, blocks } = at;
    const forger = fresh.stranger(
      "forger",
      claimOf(blocks),
      serving(blocks, (block) => (block.header.height === 3 ? change(block) : block)),
    );
    await fresh.until(() => forger.offences.length > 0, `${name} is found out`);
    t.strictSame(forger.offences, [`violation ${code}`], name);
    t.ok(fresh.node.height <= 2);
    await comesFromHonest(t, at);
    await at.stop();
  }
});

t.test("a wrong body from one while others deliver the same branch: the sync goes on as it was", async (t) => {
  const at = await scene(60, { options: { blocksPerPeer: 4 } });
  const { fresh, blocks } = at;
  const honest = fresh.connect(at.honest);
  const forger = fresh.stranger(
    "forger",
    claimOf(blocks),
    serving(blocks, (block) => ({ ...block, transactions: [transfer(1, 5, 2)] })),
  );
  await fresh.synced(at.honest.node.chain.head, PACE);
  t.strictSame(forger.offences, ["violation SYNC_WRONG_BODY"]);
  t.strictSame(honest.offences, []);
  await fresh.rest();
  t.equal(fresh.count("sync_runs_total SYNC_REACHED"), 1, "one run");
  t.equal(fresh.sync.status.state, "synced");
  await at.stop();
});

t.test("a block that can't be executed is the fault of who led here, and its branch is left", async (t) => {
  const at = await scene(30);
  const { fresh, blocks, company } = at;
  const fork = blocks[9] as MadeBlock;
  const bad = tampered(await company.maker.make(fork, { salt: 5 }), { stateRoot: sha256(Uint8Array.of(9)) });
  const branch = [...blocks.slice(0, 10), bad, ...madeUp(bad, 40)];
  const liar = fresh.stranger("liar", claimOf(branch), serving(branch));
  await fresh.until(() => liar.offences.length > 0, "it is found out", PACE);
  t.strictSame(liar.offences, ["violation SYNC_INVALID_BRANCH"]);
  t.equal(fresh.node.height, 10, "up to there it was good");
  // The same from somebody else: known by its header now.
  const again = fresh.stranger("again", claimOf(branch), serving(branch));
  await fresh.until(() => again.offences.length > 0, "it is found out");
  t.strictSame(again.offences, ["violation SYNC_INVALID_BRANCH"]);
  t.strictSame(again.asked, []);
  await comesFromHonest(t, at);
  await at.stop();
});

t.test("a peer that does not deliver loses its blocks to others", async (t) => {
  const at = await scene(80, { options: { blocksPerPeer: 8, requestTimeoutMs: 1_000 } });
  const { fresh, blocks } = at;
  const mute = fresh.stranger("mute", claimOf(blocks, 1));
  const peer = fresh.connect(at.honest);
  await fresh.synced(at.honest.node.chain.head, PACE);
  t.ok(mute.asked.length >= 1, "it was asked");
  t.strictSame(peer.offences, []);
  t.equal(peer.merits.length, 80);
  t.ok(fresh.count("sync_stalls_total") >= 1);
  await at.stop();
});

t.test("a slow peer does not hold up the lowest block: who is idle gets it, well before the time is up", async (t) => {
  const at = await scene(80, { options: { blocksPerPeer: 8, requestTimeoutMs: 10_000 }, sync: { windowBlocks: 24 } });
  const { fresh, blocks } = at;
  fresh.connect(at.honest);
  const slow = fresh.stranger("slow", claimOf(blocks, 1));
  const beganMs = fresh.time.monotonicMs();
  await fresh.synced(at.honest.node.chain.head, PACE);
  t.ok(fresh.time.monotonicMs() - beganMs < 9_000);
  t.equal(fresh.count("sync_steals_total"), 1);
  t.strictSame(slow.offences, [], "slow is no offence");
  await at.stop();
});

t.test("who does not have what it claims is asked for nothing more; who led here and has nothing is left", async (t) => {
  const at = await scene(60, { options: { blocksPerPeer: 8, requestTimeoutMs: 400 } });
  const { fresh, blocks } = at;
  const headersOnly = serving(blocks, () => undefined);
  const empty = fresh.stranger("empty", claimOf(blocks), headersOnly);
  await fresh.until(() => fresh.count("sync_runs_total SYNC_STARVED") === 1, "it starves", PACE);
  t.strictSame(empty.offences, ["failure SYNC_MISSING_BLOCK", "failure SYNC_STARVED"]);
  fresh.lose(empty);
  const peer = fresh.connect(at.honest);
  const other = fresh.stranger("other", claimOf(blocks), headersOnly);
  await fresh.synced(at.honest.node.chain.head, PACE);
  t.equal(other.asked.length, 8, "once");
  t.strictSame(other.offences, []);
  t.strictSame(peer.offences, []);
  await at.stop();
});

t.test("what is held ahead of import is bounded in bytes, whatever size blocks turn out to have", async (t) => {
  const company = await Company.start();
  // Much larger than a sync expects before it has seen any.
  const blocks = await company.maker.row(company.maker.genesis, 60, (index) => ({ payload: new Uint8Array(index < 50 ? 40_000 : 10) }));
  const largest = Math.max(...blocks.map(({ block }) => encodeBlock(block).length));
  const bytes = 5 * largest;
  const setup = { sync: { windowBytes: bytes, importBytes: largest, importBlocks: 2 } };
  const fresh = await company.member([], { payloads: true }, setup);
  const serve = serving(blocks);
  // The lowest comes last, from each.
  const backwards: Answerer = (message) => [serve(message) as WireMessage | readonly WireMessage[]].flat().reverse();
  const peers = ["a", "b", "c"].map((name) => fresh.stranger(name, claimOf(blocks), backwards));
  await fresh.synced(blocks.at(-1) as MadeBlock, PACE);
  const peak = fresh.peaks.get("sync_held_bytes") ?? 0;
  t.ok(peak > largest && peak <= bytes + largest, `${peak} of ${bytes} bytes`);
  for (const { offences } of peers) t.strictSame(offences, []);
  const asked = peers.reduce((sum, peer) => sum + peer.asked.length, 0);
  t.ok(
    asked < 2 * blocks.length,
    `${asked} requests for ${blocks.length} blocks: what was too much is asked for again, once the size is known no more`,
  );
  await company.stop();
});

t.test("faults of this node blame nobody: the block is offered again", async (t) => {
  const at = await scene(20, { options: { requestTimeoutMs: 400 } });
  const { fresh, honest } = at;
  const { chain } = fresh.node;
  const real = chain.import.bind(chain);
  let faults = 5;
  Object.assign(chain, {
    import: (block: Block) => (faults-- > 0 ? Promise.reject(Object.assign(new Error("busy"), { code: "CHAIN_BUSY" })) : real(block)),
  });
  const peer = fresh.connect(honest);
  await fresh.synced(honest.node.chain.head, PACE);
  t.strictSame(peer.offences, []);
  t.ok(decodeBlock(fresh.node.chain.encodedBlock(honest.node.chain.head.id) ?? new Uint8Array(), LIMITS));
  await at.stop();
});
