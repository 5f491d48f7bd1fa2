/** The parts of sync by themselves: locators, served headers, rows of slots, plausible targets, speeds. */
import * as fc from "fast-check";
import t from "tap";
import { HeaderServer } from "../../../../core/network/sync/header-server.js";
import { ImportQueue } from "../../../../core/network/sync/import-queue.js";
import { DEFAULT_SYNC_OPTIONS } from "../../../../core/network/sync/index.js";
import { locatorOf } from "../../../../core/network/sync/locator.js";
import { plausibleHeight, RateMeter } from "../../../../core/network/sync/progress.js";
import { type Slot, SlotRow } from "../../../../core/network/sync/slots.js";
import type { ImportVerdict } from "../../../../core/ports/consensus.js";
import type { Height } from "../../../../core/primitives/amount.js";
import type { Block, HeaderRecord } from "../../../../core/primitives/block.js";
import { decodeHeader } from "../../../../core/primitives/block-codec.js";
import { Hash, sha256 } from "../../../../core/primitives/hash.js";
import { BlockMaker, GENESIS_TIME_MS, idOf, type MadeBlock, scripted } from "../../chain/harness.js";
import { Company, claimOf, NetworkTime, TestPeer } from "./harness.js";

const idAt = (height: number): Hash =>
  sha256(Uint8Array.of(height & 255, (height >> 8) & 255, (height >> 16) & 255, (height / 2 ** 24) & 255));
/** A chain of which only ids are known. */
const chainOf = (height: number) => ({
  head: { id: idAt(height), header: { height: height as Height } } as never,
  genesisId: idAt(0),
  idAt: (at: number) => (at >= 0 && at <= height ? idAt(at) : undefined),
});

const rowRecord = (height: number) =>
  ({ id: idAt(height), header: { height, extra: new Uint8Array(8), seal: new Uint8Array(8) } }) as unknown as HeaderRecord;

t.test("locators: the newest ten, then gaps that double, then genesis; at most 64 ids at any height", async (t) => {
  const heights = new Map<string, number>();
  for (let height = 0; height <= 2_000; height++) heights.set(Hash.key(idAt(height)), height);
  const named = (height: number) => locatorOf(chainOf(height)).map((id) => heights.get(Hash.key(id)));
  t.strictSame(named(0), [0]);
  t.strictSame(named(3), [3, 2, 1, 0]);
  t.strictSame(named(100), [100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 89, 85, 77, 61, 29, 0]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), (height) => {
      const locator = named(height) as number[];
      return (
        locator.length <= 64 &&
        locator[0] === height &&
        locator.at(-1) === 0 &&
        locator.every((each, index) => index === 0 || each < (locator[index - 1] ?? 0))
      );
    }),
  );
  const far = { ...chainOf(0), head: { id: idAt(1), header: { height: Number.MAX_SAFE_INTEGER } } as never, idAt: () => idAt(7) };
  t.ok(locatorOf(far).length <= 64);
});

t.test("the header server: from the highest common block on the way, bounded, on any branch", async (t) => {
  const maker = await BlockMaker.start();
  const main = await maker.row(maker.genesis, 40, () => ({ weight: 2 }));
  const side = await maker.row(main[19] as MadeBlock, 12, () => ({ salt: 1 }));
  const node = await scripted();
  for (const { block } of [...main, ...side]) await node.chain.import(block);
  const server = new HeaderServer({ chain: node.chain, scheduler: node.time });
  const genesis = maker.genesis.id;
  const at = (height: number): Hash => (height === 0 ? genesis : (main[height - 1] as MadeBlock).id);
  const sideAt = (height: number): Hash => (side[height - 21] as MadeBlock).id;
  const unknown = sha256(Uint8Array.of(1));
  const heights = async (locator: readonly Hash[], stop?: Hash, count = 2_000) => {
    const headers = await server.headersFor({ locator, count, ...(stop === undefined ? {} : { stop }) });
    const records = headers.map(decodeHeader);
    for (const [index, { header }] of records.entries()) if (index > 0) t.strictSame(header.parent, records[index - 1]?.id, "consecutive");
    return records.map(({ header, id }) => (node.chain.isCanonical(id) ? header.height : -header.height));
  };
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
  t.strictSame(await heights([genesis]), range(1, 40));
  t.strictSame(await heights([unknown, at(30), genesis]), range(31, 40));
  t.strictSame(await heights([at(40), genesis]), [], "nothing above");
  t.strictSame(await heights([unknown]), [], "no common block");
  t.strictSame(await heights([genesis], undefined, 5), range(1, 5));
  t.strictSame(await heights([at(10), genesis], at(15)), range(11, 15), "up to a canonical block");
  t.strictSame(await heights([at(20), genesis], at(15)), [], "it has that");
  t.strictSame(await heights([at(10), genesis], unknown), [], "not known here");
  const down = range(21, 32).map((height) => -height);
  t.strictSame(await heights([at(35), at(5), genesis], sideAt(32)), down, "a requester on the main chain");
  t.strictSame(await heights([at(15), genesis], sideAt(32)), [...range(16, 20), ...down]);
  t.strictSame(await heights([sideAt(25), genesis], sideAt(32)), down.slice(5), "one that is on the side branch already");
  t.strictSame(await heights([sideAt(25), genesis], sideAt(32), 2), [-26, -27]);
  t.strictSame(await heights([sideAt(30), at(20), genesis], at(25)), range(21, 25), "one that comes from the side branch");
  await node.stop();
  await maker.node.stop();
});

t.test("the header server makes one answer at a time for each peer, and lets few requests wait", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 10);
  const node = await company.member(blocks);
  const peer = node.stranger("greedy", claimOf([]));
  const request = { type: "headers-request", requestId: 1, locator: [company.maker.genesis.id], count: 5 } as const;
  await Promise.all(Array.from({ length: 8 }, () => node.receive(peer, request)));
  t.strictSame(peer.offences, []);
  t.equal(peer.sentOf("headers").length, 8);
  await Promise.all(Array.from({ length: 10 }, () => node.receive(peer, request)));
  t.strictSame(peer.offences, ["invalid SYNC_TOO_MANY_REQUESTS", "invalid SYNC_TOO_MANY_REQUESTS"]);
  t.equal(peer.sentOf("headers").length, 16);
  // One that leaves gets nothing more.
  const answers = [node.receive(peer, request), node.receive(peer, request)];
  node.lose(peer);
  await Promise.all(answers);
  t.equal(peer.sentOf("headers").length, 16);
  await company.stop();
});

t.test("a row of slots lets done ones go from the front and finds the others by height", async (t) => {
  const row = new SlotRow();
  t.equal(row.lowest, undefined);
  t.equal(row.at(0), undefined);
  for (let height = 5; height < 5_000; height++) row.push(rowRecord(height));
  const { bytes } = row;
  t.equal(row.at(4), undefined);
  t.equal(row.at(5), row.lowest);
  t.equal(row.at(5_000), undefined);
  for (const slot of row.from(0, 3_000)) slot.stage = "done";
  (row.at(1_000) as { stage: string }).stage = "held";
  row.shift();
  t.equal(row.lowest?.height, 1_000, "one that is not done holds up those above");
  t.equal(row.length, 4_000);
  (row.at(1_000) as { stage: string }).stage = "done";
  row.shift();
  t.equal(row.lowest?.height, 3_005);
  t.equal(row.at(4_000)?.height, 4_000);
  t.strictSame(
    [...row.from(4_000, 997)].map(({ height }) => height),
    [4_000, 4_001],
  );
  t.ok(row.bytes < bytes);
  for (const slot of row.from(0, 5_000)) slot.stage = "done";
  row.shift();
  t.equal(row.bytes, 0);
  t.equal(row.length, 0);
});

t.test("the import queue: in order, many at a time; a refusal stops it until somebody decides", async (t) => {
  const launched: number[] = [];
  const verdicts = new Map<number, (verdict: ImportVerdict) => void>();
  const chain = {
    import: ({ header }: Block) => {
      launched.push(header.height);
      return new Promise<ImportVerdict>((resolve) => verdicts.set(header.height, resolve));
    },
  };
  const row = new SlotRow();
  const hold = (height: number) => {
    const slot = row.at(height) as Slot;
    slot.stage = "held";
    slot.body = { block: { header: { height } } as never, certificate: undefined, sizeBytes: 10, from: undefined as never };
  };
  for (let height = 1; height <= 8; height++) row.push(rowRecord(height));
  const troubles: string[] = [];
  const imported: number[] = [];
  let idle = 0;
  const queue = new ImportQueue({
    chain,
    row,
    options: { ...DEFAULT_SYNC_OPTIONS, importBlocks: 3 },
    onImported: (slot) => {
      slot.stage = "done";
      imported.push(slot.height);
      row.shift();
    },
    onTrouble: (trouble) => troubles.push(`${trouble.kind} ${trouble.slot.height}`),
    onIdle: () => idle++,
  });
  const settle = async (height: number, status: ImportVerdict["status"]) => {
    verdicts.get(height)?.({ status, id: idAt(height), code: "X", reason: "x", canonical: true } as ImportVerdict);
    for (let turn = 0; turn < 5; turn++) await null;
  };
  hold(2);
  queue.pump();
  t.strictSame(launched, [], "the lowest first");
  for (const height of [1, 3, 4, 5]) hold(height);
  queue.pump();
  t.strictSame(launched, [1, 2, 3]);
  await settle(1, "imported");
  t.strictSame(launched, [1, 2, 3, 4]);
  await settle(3, "not-yet");
  await settle(2, "invalid");
  t.strictSame(troubles, [], "until all have ended");
  await settle(4, "not-yet");
  t.strictSame(troubles, ["refused 2"], "the first, though another was heard of before");
  t.equal(idle, 1);
  queue.pump();
  t.strictSame(launched, [1, 2, 3, 4], "nobody has decided what to do with it");
  hold(2);
  queue.pump();
  t.strictSame(launched.slice(4), [2, 3, 4], "those above were good enough");
  for (const height of [2, 3, 4, 5]) await settle(height, "imported");
  t.strictSame(imported, [1, 2, 3, 4, 5]);
  hold(6);
  queue.stop();
  queue.pump();
  t.equal(launched.length, 8);
});

t.test("a claim is shown as far as a chain of this age can have come", async (t) => {
  const second = 1_000;
  const nowMs = GENESIS_TIME_MS + 1_000_000 * second;
  const shown = (claimed: number, height: number, ageSeconds: number, witnessed = 0) =>
    plausibleHeight(claimed, witnessed, GENESIS_TIME_MS, { height, timestampMs: GENESIS_TIME_MS + ageSeconds * second }, nowMs);
  t.equal(shown(1e9, 0, 0), 20_000, "nothing is known");
  t.equal(shown(1e9, 0, 0, 500_000), 500_000, "but somebody else says so, too");
  t.equal(shown(100, 0, 0), 100);
  t.equal(shown(1e9, 1_000, 1_000), 1_000 + 20_000 + 4 * 999_000, "a block a second so far");
  t.equal(shown(1_000_000, 1_000, 1_000), 1_000_000);
  t.equal(shown(1e9, 1_000_000, 1_000_000), 1_020_000);
});

t.test("speed is that of the last ten seconds", async (t) => {
  const time = new NetworkTime();
  const rate = new RateMeter(time);
  t.equal(rate.perSecond, 0);
  rate.reset();
  for (let step = 0; step < 600; step++) {
    time.advance(100);
    rate.add();
  }
  t.ok(Math.abs(rate.perSecond - 10) < 0.5, String(rate.perSecond));
  for (let step = 0; step < 2_000; step++) {
    time.advance(10);
    rate.add();
  }
  t.ok(Math.abs(rate.perSecond - 100) < 5, String(rate.perSecond));
  rate.reset();
  t.equal(rate.perSecond, 0);
});

t.test("peers that come and go in any order leave nothing behind", async (t) => {
  const company = await Company.start();
  const blocks = await company.maker.row(company.maker.genesis, 30);
  const source = await company.member(blocks);
  const fresh = await company.member();
  const timers = company.time.timers;
  for (let turn = 0; turn < 8; turn++) {
    const peer = fresh.connect(source);
    await fresh.rest(turn);
    fresh.lose(peer);
    fresh.sync.request(peer, (blocks[29] as MadeBlock).id);
    await fresh.rest(5);
  }
  fresh.connect(source);
  await fresh.synced(source.node.chain.head);
  await fresh.rest(20);
  t.equal(company.time.timers, timers, "no timer is left");
  t.ok(new TestPeer("x", fresh.head).connected);
  t.equal(idOf(fresh.node.chain.head), idOf(blocks[29] as MadeBlock));
  await company.stop();
});
