/** What sync holds, asks for and remembers is bounded; what this node can't do is nobody's fault; what nobody asked for is. */
import t from "tap";
import { RequestTracker } from "../../../../core/network/gossip/request-tracker.js";
import { Claims } from "../../../../core/network/sync/claims.js";
import { SyncCode } from "../../../../core/network/sync/codes.js";
import { HeaderRequests } from "../../../../core/network/sync/header-requests.js";
import type { SyncOptions } from "../../../../core/network/sync/index.js";
import type { HeadClaim } from "../../../../core/network/wire/messages.js";
import type { Block } from "../../../../core/primitives/block.js";
import { decodeBlock, encodeBlock } from "../../../../core/primitives/block-codec.js";
import { Hash, sha256 } from "../../../../core/primitives/hash.js";
import { idOf, type MadeBlock } from "../../chain/harness.js";
import { Company, claimOf, type Member, serving } from "./harness.js";

const PACE = { stepMs: 20 };
const idOfNumber = (number: number): Hash => sha256(Uint8Array.of(number & 255, number >> 8, 99));

/** Imports wait until the answer is called. */
function gate(member: Member): { readonly launched: Set<string>; open(): void } {
  const { chain } = member.node;
  const real = chain.import.bind(chain);
  const launched = new Set<string>();
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  Object.assign(chain, {
    import: async (block: Block, ...rest: []) => {
      launched.add(String(block.header.height));
      await opened;
      return real(block, ...rest);
    },
  });
  return { launched, open: () => open() };
}

t.test("while imports stand still, no more is asked for than there is room for", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 300);
  const headerBytes = 1_600;
  const cases: readonly [string, Partial<SyncOptions>, { launched: number; asked: number; headers: number }][] = [
    ["headers in count", { headersAhead: 120, windowBlocks: 40 }, { launched: 6, asked: 40, headers: 100 }],
    ["headers in bytes", { headerBytesAhead: 60 * headerBytes, windowBlocks: 30 }, { launched: 6, asked: 30, headers: 100 }],
    ["imports in bytes", { importBytes: 1, windowBlocks: 10, headersAhead: 50 }, { launched: 1, asked: 10, headers: 50 }],
  ];
  for (const [name, sync, expected] of cases) {
    const setup = { options: { blocksPerPeer: 64 }, sync: { headersPerRequest: 50, importBlocks: 6, ...sync } };
    const fresh = await company.member([], {}, setup);
    const { launched, open } = gate(fresh);
    const peers = ["a", "b", "c"].map((each) => fresh.stranger(each, claimOf(blocks), serving(blocks)));
    await fresh.until(() => launched.size > 0, "blocks come");
    await fresh.rest(100);
    const asked = peers.flatMap((peer) => peer.asked);
    t.strictSame({ launched: launched.size, asked: asked.length, headers: fresh.count("sync_headers_total") }, expected, name);
    open();
    await fresh.synced(blocks.at(-1) as MadeBlock);
    for (const { offences } of peers) t.strictSame(offences, []);
  }
  await company.stop();
});

t.test("of requests for headers that were given up, the newest 16 of a peer are known", async (t) => {
  const company = await Company.start();
  const node = await company.member();
  const requests = new HeaderRequests(node.context);
  const peer = node.stranger("slow", {});
  const question = { locator: [company.maker.genesis.id], stop: idOfNumber(1), count: 1 };
  const answers = Array.from({ length: 20 }, () => requests.ask(peer, question));
  node.time.advance(node.context.options.requestTimeoutMs);
  t.strictSame([...new Set(await Promise.all(answers))], ["gone", "timeout"], "each gives up the one before");
  const ids = peer.sentOf("headers-request").map(({ requestId }) => requestId);
  for (const requestId of ids.slice(4)) requests.onHeaders(peer, { type: "headers", requestId, headers: [] });
  t.strictSame(peer.offences, ["failure SYNC_STALLED"], "late is no offence");
  requests.onHeaders(peer, { type: "headers", requestId: ids[3] ?? 0, headers: [] });
  t.equal(peer.offences.at(-1), "violation SYNC_UNREQUESTED");
  requests.onPeerGone(peer);
  t.equal(await requests.ask(peer, question), "gone", "who is gone is not asked");
  await company.stop();
});

t.test("claims: the newest four blocks that gossip wants of a peer, the newest 64 that led nowhere", async (t) => {
  const company = await Company.start();
  const node = await company.member();
  const claims = new Claims(node.context);
  const peer = node.stranger("peer", {});
  for (let number = 0; number < 6; number++) claims.want(peer, idOfNumber(number));
  claims.want(peer, idOfNumber(5));
  const wanted: string[] = [];
  for (let target = claims.best(); target !== undefined; target = claims.best()) {
    wanted.push(Hash.key(target.id));
    claims.settle(target, { code: SyncCode.notBetter, claim: "drop", reason: "" });
  }
  t.strictSame(
    wanted,
    [5, 4, 3, 2].map((number) => Hash.key(idOfNumber(number))),
  );
  const says = (head: Partial<HeadClaim>): void => {
    peer.head = { ...peer.head, ...head };
    claims.onClaim(peer);
  };
  for (let number = 100; number < 165; number++) {
    says({ id: idOfNumber(number), height: number, weight: BigInt(number) });
    const target = claims.best();
    t.equal(target === undefined ? "" : Hash.key(target.id), Hash.key(idOfNumber(number)));
    if (target !== undefined) claims.settle(target, { code: SyncCode.notBetter, claim: "drop", reason: "" });
  }
  t.equal(claims.best(), undefined);
  says({ id: idOfNumber(101) });
  t.equal(claims.best(), undefined, "remembered");
  says({ id: idOfNumber(100) });
  t.not(claims.best(), undefined, "forgotten");
  // Each failure makes its peer wait twice as long, up to a minute.
  const rests: number[] = [];
  for (let failure = 0; failure < 9; failure++) {
    const target = claims.best();
    if (target === undefined) break;
    claims.settle(target, { code: SyncCode.noHeaders, claim: "rest", reason: "" });
    t.equal(claims.best(), undefined);
    rests.push((claims.nextRestMs() ?? 0) - node.time.monotonicMs());
    node.time.advance(rests.at(-1) ?? 0);
  }
  says({ height: 0, weight: 0n });
  t.equal(claims.best(), undefined, "nobody claims anything");
  claims.want(peer, idOfNumber(200));
  t.same(claims.best()?.id, idOfNumber(200), "and what gossip wants is seen all the same");
  t.strictSame(rests, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  await company.stop();
});

t.test("what nobody asked for ends the connection: headers and bodies", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 40);
  const fresh = await company.member();
  const pushy = fresh.stranger("pushy", {});
  await fresh.receive(pushy, { type: "headers", requestId: 1, headers: [] });
  t.strictSame(pushy.offences, ["violation SYNC_UNREQUESTED"]);
  t.notOk(pushy.connected);
  // In the middle of a sync, instead of what it was asked for.
  const last = blocks.at(-1) as MadeBlock;
  const serve = serving(blocks);
  const other = fresh.stranger("other", claimOf(blocks), (message) => {
    if (message.type !== "blocks-request") return serve(message);
    const { requestId } = message;
    return { type: "block-response", requestId, id: idOfNumber(1), block: encodeBlock(last.block), certificate: new Uint8Array(0) };
  });
  await fresh.until(() => !other.connected, "it is found out");
  t.strictSame(other.offences, ["violation GOSSIP_UNREQUESTED_BLOCK"]);
  t.equal(fresh.node.height, 0);
  await fresh.rest();
  const honest = fresh.stranger("honest", claimOf(blocks), serve);
  await fresh.synced(last);
  t.strictSame(honest.offences, []);
  await company.stop();
});

t.test("what gossip fetches is not asked for again, unless it does not come", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 30);
  const id = (height: number): Hash => (blocks[height - 1] as MadeBlock).id;
  const fresh = await company.member([], {}, { options: { requestTimeoutMs: 1_000 } });
  const { chain } = fresh.node;
  const tracker = RequestTracker.of(fresh.context);
  let mayAnswer = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    mayAnswer = resolve;
  });
  // Gossip has asked for block 1, which comes, and for block 9, which does not.
  const brings = fresh.stranger("brings", {}, async (message) => {
    if (message.type !== "blocks-request") return undefined;
    await told;
    const block = encodeBlock((blocks[0] as MadeBlock).block);
    return { type: "block-response", requestId: message.requestId, id: id(1), block, certificate: new Uint8Array(0) };
  });
  const mute = fresh.stranger("mute", {});
  const limits = { blockBytes: 1 << 23, transactionBytes: 1 << 16 };
  tracker.request(brings, [id(1)], async (_, __, answer) => {
    if (answer.status === "block") await chain.import(decodeBlock(answer.bytes, limits).block);
  });
  tracker.request(mute, [id(9)], () => undefined);
  const peer = fresh.stranger("source", claimOf(blocks), serving(blocks));
  await fresh.until(() => fresh.count("sync_headers_total") === 30, "headers are here");
  await fresh.rest();
  const asked = new Set(peer.asked);
  t.notOk(asked.has(Hash.key(id(1))) || asked.has(Hash.key(id(9))));
  t.equal(asked.size, 28);
  mayAnswer();
  await fresh.until(() => fresh.node.height === 8, "up to the one that does not come");
  await fresh.synced(blocks.at(-1) as MadeBlock, PACE);
  t.equal(peer.asked.filter((each) => each === Hash.key(id(9))).length, 1, "asked for by sync, in the end");
  t.notOk(peer.asked.includes(Hash.key(id(1))));
  t.strictSame(peer.offences, []);
  await company.stop();
});

t.test("a node that can't import gives up for a while and blames nobody", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 12);
  const fresh = await company.member([], {}, { options: { requestTimeoutMs: 200 } });
  const { chain } = fresh.node;
  const real = chain.import.bind(chain);
  let code: string | undefined = "CHAIN_BUSY";
  let limit = Number.POSITIVE_INFINITY;
  Object.assign(chain, {
    import: async (block: Block) => {
      if (code !== undefined && limit-- > 0) throw Object.assign(new Error("not now"), { code });
      return real(block);
    },
  });
  const peer = fresh.stranger("peer", claimOf(blocks), serving(blocks));
  await fresh.until(() => fresh.count("sync_runs_total SYNC_FAILED") === 1, "it gives up", PACE);
  // It stops for a moment, as a chain does that is told to.
  code = "CHAIN_STOPPED";
  limit = 12;
  await fresh.until(() => fresh.count("sync_runs_total SYNC_STOPPED") >= 1, "it tries again", PACE);
  await fresh.synced(blocks.at(-1) as MadeBlock, PACE);
  t.strictSame(peer.offences, []);
  await company.stop();
});

t.test("blocks whose time has not come: what is below them comes in, the rest later", async (t) => {
  for (const headers of ["ancestry", "state"] as const) {
    const company = await Company.start();
    const blocks = await company.maker.row(company.maker.genesis, 20);
    const timeOf = (height: number): number => (blocks[height - 1] as MadeBlock).block.header.timestampMs;
    const fresh = await company.member([], { headers }, { options: { requestTimeoutMs: 1_000, blocksPerPeer: 1 } });
    fresh.node.engine.futureBoundMs = timeOf(8) - fresh.node.time.nowMs();
    const peer = fresh.stranger("peer", claimOf(blocks), serving(blocks));
    await fresh.until(() => fresh.count("sync_runs_total SYNC_NOT_YET") === 1, `${headers}: it waits`, PACE);
    t.equal(fresh.node.height, 8, headers);
    fresh.node.engine.futureBoundMs = 60_000;
    await fresh.synced(blocks.at(-1) as MadeBlock, PACE);
    t.strictSame(peer.offences, [], headers);
    await company.stop();
  }
});

t.test("a record that can't be read is this node's trouble: the next request is answered", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 10);
  const node = await company.member(blocks);
  const { chain } = node.node;
  const real = chain.header.bind(chain);
  let damaged = true;
  Object.assign(chain, {
    header: (id: Hash) => {
      if (damaged && Hash.key(id) === idOf(blocks[4] as MadeBlock)) {
        damaged = false;
        throw new Error("damaged");
      }
      return real(id);
    },
  });
  const peer = node.stranger("peer", {});
  const request = { type: "headers-request", locator: [company.maker.genesis.id], count: 10 } as const;
  await Promise.all([1, 2, 3].map((requestId) => node.receive(peer, { ...request, requestId })));
  t.strictSame(
    peer.sentOf("headers").map(({ requestId, headers }) => [requestId, headers.length]),
    [
      [2, 10],
      [3, 10],
    ],
  );
  t.match(node.lines, [{ level: "error", data: { reason: "damaged" } }]);
  t.strictSame(peer.offences, []);
  await company.stop();
});
