/** The import pipeline: a verdict for every kind of block, what waits and for what, many blocks at once, faults. */
import t from "tap";
import { Verdicts } from "../../../core/chain/index.js";
import { defineError } from "../../../core/kernel/errors.js";
import type { ImportVerdict } from "../../../core/ports/consensus.js";
import { Height } from "../../../core/primitives/amount.js";
import { encodedBlockBytes, payloadRootOf } from "../../../core/primitives/block-codec.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { merkleRoot } from "../../../core/primitives/merkle.js";
import { LIMITS, rulesOf } from "../../plugins/ledger-account/fixtures.js";
import {
  accountLedger,
  BlockMaker,
  idOf,
  importAll,
  type MadeBlock,
  made,
  scripted,
  seeded,
  type TestNode,
  tampered,
  transfer,
  worded,
} from "./harness.js";
import { GOOD_CERTIFICATE, GOOD_SEAL } from "./scripted-engine.js";

const other = sha256(Uint8Array.of(1, 2, 3));

async function tellsOf(node: TestNode, block: MadeBlock): Promise<string> {
  return worded(await node.chain.import(block.block));
}

t.test("each fault of a block has its code, and nothing of it stays", async (t) => {
  const maker = await BlockMaker.start();
  const node = await scripted();
  const good = await maker.make(maker.genesis, { transactions: [transfer(0, 0, 1), transfer(1, 0, 2)] });
  const [first, second] = good.block.transactions as [Uint8Array, Uint8Array];
  const broken = first.slice();
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  const withBody = (transactions: readonly Uint8Array[]) =>
    tampered(good, { transactionsRoot: merkleRoot(transactions.map((raw) => sha256(raw))) }, { transactions });
  const rows: readonly (readonly [string, MadeBlock])[] = [
    [Verdicts.wrongChain, tampered(good, { chainId: "test-2" })],
    [Verdicts.wrongHeight, tampered(good, { height: Height.from(2) })],
    ["SCRIPT_EXTRA", tampered(good, { extra: new Uint8Array(0) })],
    [Verdicts.badSeal, tampered(good, { seal: Uint8Array.of(1) })],
    [Verdicts.transactionsRoot, tampered(good, { transactionsRoot: other })],
    [Verdicts.transactionsRoot, tampered(good, {}, { transactions: [first] })],
    [Verdicts.transactionsRoot, tampered(good, {}, { transactions: [second, first] })],
    [Verdicts.payloadRoot, tampered(good, {}, { payload: Uint8Array.of(1) })],
    [Verdicts.payloadRoot, tampered(good, { payloadRoot: other })],
    [Verdicts.unexpectedPayload, tampered(good, { payloadRoot: payloadRootOf(Uint8Array.of(1)) }, { payload: Uint8Array.of(1) })],
    [Verdicts.badSignature, withBody([broken, second])],
    ["LEDGER_NONCE_GAP", withBody([second, transfer(0, 1, 1)])],
    ["LEDGER_STALE_NONCE", withBody([first, second, first])],
    ["ENCODING_NOT_CANONICAL", withBody([Uint8Array.from({ length: 120 }, () => 7)])],
    [Verdicts.receiptsRoot, tampered(good, { receiptsRoot: other })],
    [Verdicts.stateRoot, tampered(good, { stateRoot: other })],
    [Verdicts.stateRoot, tampered(good, { proposer: maker.genesis.header.proposer })],
  ];
  for (const [code, block] of rows) t.equal(await tellsOf(node, block), `invalid ${code}`);
  t.equal(node.height, 0);
  t.equal(node.chain.waitingCount, 0);
  t.equal(await tellsOf(node, good), "imported", "the block itself is still welcome");
  t.equal(await tellsOf(node, good), "known");
  t.equal(node.head, idOf(good));
  t.strictSame(node.fatals, []);
  t.ok(
    node.verdicts.some(({ verdict, code }) => verdict === "invalid" && code === Verdicts.badSeal),
    "verdicts are counted by code",
  );
});

t.test("limits of the chain spec are enforced at their very edge", async (t) => {
  const maker = await BlockMaker.start();
  const block = await maker.make(maker.genesis, { transactions: [transfer(0, 0, 1), transfer(1, 0, 2)] });
  const sizeBytes = encodedBlockBytes(block.block);
  const limited = (limits: Partial<typeof LIMITS>) => scripted({}, { spec: { rulesAt: () => rulesOf(limits) } });
  t.equal(await tellsOf(await limited({ blockBytes: sizeBytes }), block), "imported");
  t.equal(await tellsOf(await limited({ blockBytes: sizeBytes - 1 }), block), `invalid ${Verdicts.tooLarge}`);
  t.equal(await tellsOf(await limited({ blockWeight: 400 }), block), "imported");
  t.match(await tellsOf(await limited({ blockWeight: 399 }), block), /^invalid (BLOCK_OVERWEIGHT|LEDGER_BLOCK_FULL)$/);
  t.equal(await tellsOf(await limited({ feeFloorPerByte: 10 }), block), "invalid LEDGER_FEE_TOO_LOW");
  t.match(await tellsOf(await limited({ transactionBytes: 150 }), block), /^invalid LEDGER_TRANSACTION_TOO_LARGE$/);
});

t.test("a ledger that answers too much weight is held to the limit by core", async (t) => {
  const ledger = accountLedger();
  const execute = ledger.execute.bind(ledger);
  ledger.execute = async (...args) => ({ ...(await execute(...args)), weight: LIMITS.blockWeight + 1 });
  const maker = await BlockMaker.start();
  const node = await scripted({}, { ledger });
  t.equal(await tellsOf(node, await maker.make(maker.genesis)), `invalid ${Verdicts.overweight}`);
});

t.test("an engine's own payload check is asked", async (t) => {
  const maker = await BlockMaker.start();
  const node = await scripted({ payloads: true });
  const good = await maker.make(maker.genesis, { payload: Uint8Array.of(1) });
  const bad = await maker.make(maker.genesis, { payload: Uint8Array.of(0xff) });
  t.equal(await tellsOf(node, bad), "invalid SCRIPT_PAYLOAD");
  t.equal(await tellsOf(node, good), "imported");
});

t.test("an unknown parent: the block waits, within bounds, and comes in behind its parent", async (t) => {
  const maker = await BlockMaker.start();
  const row = await maker.row(maker.genesis, 5);
  const [one, two, three, four, five] = row as [MadeBlock, MadeBlock, MadeBlock, MadeBlock, MadeBlock];
  const node = await scripted({}, { options: { waitingBlocks: 3 } });
  for (const block of [five, four, three]) t.equal(await tellsOf(node, block), `not-yet ${Verdicts.unknownParent}`);
  t.equal(await tellsOf(node, three), `not-yet ${Verdicts.unknownParent}`, "and may be offered again");
  t.equal(node.chain.waitingCount, 3);
  t.equal(await tellsOf(node, two), `not-yet ${Verdicts.unknownParent}`);
  t.equal(node.chain.waitingCount, 3, "the oldest left for it");
  t.equal(await tellsOf(node, one), "imported");
  await node.headIs(four.id);
  t.equal(node.chain.waitingCount, 0);
  t.equal(await tellsOf(node, five), "imported");

  const small = await scripted({}, { options: { waitingBytes: encodedBlockBytes(two.block) + 10 } });
  await tellsOf(small, two);
  await tellsOf(small, three);
  t.equal(small.chain.waitingCount, 1, "bytes are bounded, too");
  const none = await scripted({}, { options: { waitingBlocks: 0 } });
  await tellsOf(none, two);
  t.equal(none.chain.waitingCount, 0);
});

t.test("a block of the future is tried again when its time has come, and leaves no timer behind", async (t) => {
  const maker = await BlockMaker.start();
  const node = await scripted({}, { options: { waitingBlocks: 2 } });
  const inMs = (ms: number) => node.time.nowMs() + node.engine.futureBoundMs + ms;
  maker.node.time.advance(10 * 3_600_000);
  const [soon, later, late] = await Promise.all(
    [5_000, 9_000, 8 * 3_600_000].map((ms) => maker.make(maker.genesis, { timestampMs: inMs(ms) })),
  );
  if (soon === undefined || later === undefined || late === undefined) throw new Error("three blocks were made");
  t.equal(await tellsOf(node, soon), "not-yet SCRIPT_FUTURE");
  t.equal(await tellsOf(node, soon), "not-yet SCRIPT_FUTURE");
  t.equal(node.time.timers, 1, "one timer a block");
  node.time.advance(4_999);
  await node.time.yield();
  t.equal(node.height, 0);
  node.time.advance(1);
  await node.headIs(soon.id);
  t.equal(node.chain.waitingCount, 0);
  t.equal(node.time.timers, 0);

  await tellsOf(node, later);
  await tellsOf(node, late);
  t.equal(node.time.timers, 2);
  const later2 = await maker.make(maker.genesis, { timestampMs: inMs(4_000), salt: 1 });
  await tellsOf(node, later2);
  t.equal(node.chain.waitingCount, 2, "the oldest left");
  t.equal(node.time.timers, 2, "and took its timer with it");
  node.time.advance(3_600_000);
  await node.rest();
  t.equal(node.chain.waitingCount, 1, "a block of the far future is looked at again and waits on");
  t.equal(node.time.timers, 1);
  await node.stop();
  t.equal(node.time.timers, 0, "a clean stop leaves no timer");
});

t.test("a bad body can't take the place of a block that waits, nor speak for one that is being judged", async (t) => {
  const maker = await BlockMaker.start();
  const [one, two] = (await maker.row(maker.genesis, 2, () => ({ transactions: [] }))) as [MadeBlock, MadeBlock];
  const forged = tampered(two, {}, { transactions: [transfer(0, 0, 1)] });
  t.equal(idOf(forged), idOf(two), "the id does not say which body is the right one");

  const orphans = await scripted();
  t.equal(await tellsOf(orphans, forged), `invalid ${Verdicts.transactionsRoot}`);
  t.equal(await tellsOf(orphans, two), `not-yet ${Verdicts.unknownParent}`);
  await tellsOf(orphans, one);
  await orphans.headIs(two.id);

  const future = await scripted();
  future.time.advance(-3_600_000);
  future.engine.futureBoundMs = 0;
  const forgedOne = tampered(one, {}, { transactions: [transfer(0, 0, 1)] });
  t.equal(await tellsOf(future, one), "not-yet SCRIPT_FUTURE");
  t.equal(await tellsOf(future, forgedOne), `invalid ${Verdicts.transactionsRoot}`);
  future.time.advance(3_600_000);
  await future.headIs(one.id);

  const busy = await scripted();
  const [bad, good] = await Promise.all([busy.chain.import(forgedOne.block), busy.chain.import(one.block)]);
  t.equal(worded(bad), `invalid ${Verdicts.transactionsRoot}`);
  t.equal(worded(good), "imported");
});

t.test("a block without its certificate is not yet; the certificate completes it, a bad one does no harm", async (t) => {
  const maker = await BlockMaker.start();
  const [one, two] = (await maker.row(maker.genesis, 2)) as [MadeBlock, MadeBlock];
  const node = await scripted({ certificates: true });
  const { chain } = node;
  t.equal(
    worded(await chain.importCertificate(one.id, GOOD_CERTIFICATE)),
    `not-yet ${Verdicts.unknownParent}`,
    "its block has not arrived",
  );
  t.equal(await tellsOf(node, one), `not-yet ${Verdicts.awaitingCertificate}`);
  t.equal(worded(await chain.importCertificate(one.id, Uint8Array.of(1))), `invalid ${Verdicts.badCertificate}`);
  t.equal(worded(await chain.import(one.block, Uint8Array.of(1))), `invalid ${Verdicts.badCertificate}`);
  t.equal(chain.waitingCount, 1, "the block still waits");
  t.equal(worded(await chain.importCertificate(one.id, GOOD_CERTIFICATE)), "imported");
  t.equal(chain.waitingCount, 0);
  t.equal(worded(await chain.importCertificate(one.id, GOOD_CERTIFICATE)), "known");

  t.equal(await tellsOf(node, two), `not-yet ${Verdicts.awaitingCertificate}`);
  t.equal(worded(await chain.import(two.block, GOOD_CERTIFICATE)), "imported");
  t.equal(chain.waitingCount, 0, "nothing stays behind in the waiting room");
  t.strictSame(chain.store.certificate(two.id), GOOD_CERTIFICATE);

  // The certificate comes while the bare block is still being judged.
  const three = await maker.extend(two);
  const verdicts = await Promise.all([chain.import(three.block), chain.importCertificate(three.id, GOOD_CERTIFICATE)]);
  t.strictSame(verdicts.map(worded), [`not-yet ${Verdicts.awaitingCertificate}`, "imported"]);
  const four = await maker.extend(three);
  const both = await Promise.all([chain.import(four.block), chain.import(four.block, GOOD_CERTIFICATE)]);
  t.strictSame(both.map(worded), [`not-yet ${Verdicts.awaitingCertificate}`, "imported"]);
  t.equal(node.head, idOf(four));

  // A certificate for an orphan is kept with it.
  const [five, six] = (await maker.row(four, 2)) as [MadeBlock, MadeBlock];
  t.equal(await tellsOf(node, six), `not-yet ${Verdicts.unknownParent}`);
  t.equal(worded(await chain.importCertificate(six.id, GOOD_CERTIFICATE)), `not-yet ${Verdicts.unknownParent}`);
  t.equal(worded(await chain.import(five.block, GOOD_CERTIFICATE)), "imported");
  await node.headIs(six.id);
});

t.test("an invalid block takes its descendants with it, and the engine chooses again", async (t) => {
  const maker = await BlockMaker.start();
  const trunk = await maker.extend(maker.genesis, { transactions: [transfer(0, 0, 1)] });
  const good = await maker.row(trunk, 2, (index) => ({ salt: index + 1 }));
  const first = await maker.make(trunk, { weight: 2 });
  const bad = tampered(first, { stateRoot: other });
  const onBad = tampered(await maker.make(trunk, { weight: 9 }), { parent: bad.id, height: Height.from(3) });
  const onOnBad = tampered(onBad, { parent: onBad.id, height: Height.from(4) });

  const node = await scripted();
  await importAll(node, [trunk, ...good]);
  node.engine.bend = (choice) => ({
    ...choice,
    head: idOf({ id: choice.head }) === idOf(onOnBad) ? choice.head : (good[1]?.id ?? choice.head),
  });
  // Lighter than the head, so stored unexecuted; its children make it the heaviest.
  t.equal(await tellsOf(node, bad), "imported");
  t.equal(node.reader.blockInfo(bad.id)?.standing, "stale");
  t.equal(await tellsOf(node, onBad), "imported");
  t.equal(await tellsOf(node, onOnBad), `invalid ${Verdicts.stateRoot}`);
  node.engine.bend = undefined;
  t.equal(node.head, idOf(good[1] as MadeBlock), "the engine chose again");
  t.ok(node.engine.calls.includes(`onInvalid ${idOf(bad)}`));
  for (const each of [bad, onBad, onOnBad]) {
    t.equal(node.reader.blockInfo(each.id), undefined, "an invalid block is not shown as stale");
    t.equal(await tellsOf(node, each), `invalid ${Verdicts.invalidAncestor}`);
  }
  const child = tampered(onBad, { parent: onOnBad.id, height: Height.from(5), extra: Uint8Array.of(1, 1) });
  t.equal(await tellsOf(node, child), `invalid ${Verdicts.invalidAncestor}`);

  const again = await node.restart("crash");
  t.equal(again.head, idOf(good[1] as MadeBlock));
  t.equal(await tellsOf(again, bad), `invalid ${Verdicts.invalidAncestor}`, "also after a restart");
  t.notOk(
    again.engine.restored?.blocks.some(({ id }) => idOf({ id }) === idOf(bad)),
    "the engine never hears of it again",
  );
});

t.test("an engine that needs state never hears of a block that fails execution", async (t) => {
  const maker = await BlockMaker.start();
  const node = await scripted({ headers: "state" });
  const bad = tampered(await maker.make(maker.genesis), { stateRoot: other });
  t.equal(await tellsOf(node, bad), `invalid ${Verdicts.stateRoot}`);
  t.strictSame(
    node.engine.calls.filter((call) => !call.startsWith("checkHeader")),
    [],
    "neither onBlock nor onInvalid",
  );
  const child = tampered(bad, { parent: bad.id, height: Height.from(2) });
  t.equal(await tellsOf(node, child), `invalid ${Verdicts.invalidAncestor}`);
  t.strictSame(node.fatals, []);
});

t.test("finality: blocks on dropped branches are refused, known ones keep their verdict", async (t) => {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 6);
  const at = (height: number) => trunk[height - 1] as MadeBlock;
  const side = await maker.extend(at(1), { salt: 9 });
  const badSide = tampered(await maker.make(at(1), { weight: 200 }), { stateRoot: other });
  const node = await scripted({ finalAtDepth: 2 });
  await importAll(node, [at(1), at(2), side]);
  t.equal(await tellsOf(node, badSide), `invalid ${Verdicts.stateRoot}`);
  await importAll(node, trunk.slice(2));
  t.equal(node.chain.finalized.header.height, 4);
  t.equal(await tellsOf(node, side), "known");
  t.equal(await tellsOf(node, badSide), `invalid ${Verdicts.invalidAncestor}`, "what was invalid stays so, also below finality");
  t.equal(await tellsOf(node, await maker.make(side)), `invalid ${Verdicts.belowFinality}`);
  t.equal(await tellsOf(node, await maker.make(at(3), { salt: 4 })), `invalid ${Verdicts.belowFinality}`);
  t.equal(await tellsOf(node, await maker.make(at(4), { salt: 4 })), "imported", "a child of the finalized block is not below it");
  t.equal(node.reader.blockInfo(side.id)?.standing, "stale");
  t.equal(node.reader.blockInfo(at(2).id)?.standing, "canonical");
});

t.test("a full tree takes nothing but what extends the head, until finality moves", async (t) => {
  const maker = await BlockMaker.start();
  const row = await maker.row(maker.genesis, 4);
  const side = await maker.extend(maker.genesis, { salt: 5 });
  const node = await scripted({}, { options: { treeBlocks: 3 } });
  const verdicts = await importAll(node, [...row.slice(0, 3), side, ...row.slice(3)]);
  t.strictSame(verdicts.map(worded), ["imported", "imported", "imported", `not-yet ${Verdicts.treeFull}`, "imported"]);
  t.equal(node.chain.waitingCount, 0);
});

t.test("no more blocks are judged at the same time than the bound allows", async (t) => {
  const maker = await BlockMaker.start();
  const row = await maker.row(maker.genesis, 4);
  const node = await scripted({}, { options: { passingBlocks: 2 } });
  const offered = await Promise.allSettled(row.map(({ block }) => node.chain.import(block)));
  t.strictSame(
    offered.map((each) => each.status),
    ["fulfilled", "fulfilled", "rejected", "rejected"],
  );
  t.match((offered[3] as PromiseRejectedResult).reason, { code: "CHAIN_BUSY" });
});

t.test("many imports at once, in any order, come to the same", async (t) => {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 12, (index) => ({ transactions: [transfer(0, index, 1)] }));
  const branch = await maker.row(trunk[5] as MadeBlock, 9, (index) => ({ salt: 3, transactions: [transfer(1, index, 2)] }));
  const all = [...trunk, ...branch];
  const last = branch.at(-1) as MadeBlock;
  for (const headers of ["ancestry", "state"] as const) {
    const inOrder = await scripted({ headers });
    const verdicts = await Promise.all(all.map(({ block }) => inOrder.chain.import(block)));
    t.strictSame(
      new Set(verdicts.map(worded)),
      new Set(["imported"]),
      `${headers}: children are checked against parents that are under way`,
    );
    for (const seed of ["a", "b", "c", "d"]) {
      const random = seeded(seed);
      const node = await scripted({ headers });
      const shuffled = all
        .flatMap((block) => [block, block])
        .map((block) => ({ block, at: random() }))
        .sort((x, y) => x.at - y.at);
      const given: ImportVerdict[] = [];
      await Promise.all(
        shuffled.map(async ({ block, at }) => {
          for (let turn = 0; turn < at * 5; turn++) await node.time.yield();
          given.push(await node.chain.import(block.block));
        }),
      );
      await node.headIs(last.id);
      // The last blocks of the shorter branch may still be on their way out of the waiting room.
      for (let turn = 0; turn < 1_000 && node.chain.waitingCount > 0; turn++) await node.time.yield();
      t.notOk(
        given.some(({ status }) => status === "invalid"),
        `${headers} ${seed}`,
      );
      t.equal(node.chain.waitingCount, 0);
      t.equal(idOf({ id: node.view().root }), idOf({ id: last.record.header.stateRoot }));
      t.strictSame(node.fatals, []);
    }
  }
});

t.test("a child whose parent turns out bad while both are under way", async (t) => {
  const maker = await BlockMaker.start();
  const one = await maker.extend(maker.genesis);
  const two = await maker.extend(one);
  const node = await scripted();
  const badSeal = tampered(one, { seal: Uint8Array.of(0) });
  const child = tampered(two, { parent: badSeal.id });
  const verdicts = await Promise.all([node.chain.import(badSeal.block), node.chain.import(child.block)]);
  t.strictSame(verdicts.map(worded), [`invalid ${Verdicts.badSeal}`, `not-yet ${Verdicts.unknownParent}`]);
  const badState = tampered(one, { stateRoot: other });
  const heir = tampered(two, { parent: badState.id });
  const both = await Promise.all([node.chain.import(badState.block), node.chain.import(heir.block)]);
  t.strictSame(both.map(worded), [`invalid ${Verdicts.stateRoot}`, `invalid ${Verdicts.invalidAncestor}`]);
});

t.test("execution without import leaves no trace, and judges as import does", async (t) => {
  const maker = await BlockMaker.start();
  const one = await maker.extend(maker.genesis, { transactions: [transfer(0, 0, 1)] });
  const two = await maker.extend(one);
  for (const headers of ["ancestry", "state"] as const) {
    const node = await scripted({ headers });
    const { chain } = node;
    const { writes } = node.storage;
    const candidate = await chain.execute(one.block);
    t.equal(candidate.receipts.length, 1);
    t.equal(idOf(candidate.record), idOf(one));
    t.equal(node.storage.writes, writes);
    t.equal(chain.header(one.id), undefined);
    t.equal(node.state.has(one.id), false);
    const refused = async (block: MadeBlock) => {
      try {
        await chain.execute(block.block);
        return "executed";
      } catch (error) {
        const { code, data } = error as { readonly code: string; readonly data: { readonly code?: string } };
        return `${code} ${data.code ?? ""}`;
      }
    };
    t.equal(await refused(tampered(one, { stateRoot: other })), `CHAIN_BLOCK_INVALID ${Verdicts.stateRoot}`);
    t.equal(await refused(tampered(one, { seal: Uint8Array.of(0) })), `CHAIN_BLOCK_INVALID ${Verdicts.badSeal}`);
    t.equal(await refused(tampered(one, { height: Height.from(7) })), `CHAIN_BLOCK_INVALID ${Verdicts.wrongHeight}`);
    t.equal(await refused(tampered(one, { chainId: "test-2" })), `CHAIN_BLOCK_INVALID ${Verdicts.wrongChain}`);
    t.equal(await refused(tampered(one, { extra: new Uint8Array(0) })), "CHAIN_BLOCK_INVALID SCRIPT_EXTRA");
    t.equal(await refused(two), `CHAIN_BLOCK_NOT_YET ${Verdicts.unknownParent}`);
    t.equal(worded(await chain.import(one.block)), "imported");
    t.equal((await chain.execute(two.block)).receipts.length, 0);
    await node.stop();
    t.equal(await refused(two), "CHAIN_STOPPED ");
    t.strictSame(node.fatals, []);
  }
});

t.test("execution on a branch whose blocks fail is a refusal, not a fault", async (t) => {
  const maker = await BlockMaker.start();
  const main = await maker.row(maker.genesis, 3);
  const bad = tampered(await maker.make(maker.genesis, { salt: 1 }), { stateRoot: other });
  const onBad = tampered(await maker.make(maker.genesis, { salt: 2 }), { parent: bad.id, height: Height.from(2) });
  const node = await scripted();
  await importAll(node, main);
  t.equal(await tellsOf(node, bad), "imported", "a side branch is not executed");
  await t.rejects(node.chain.execute(onBad.block), { code: "CHAIN_BLOCK_INVALID", data: { code: Verdicts.invalidAncestor } });
  t.strictSame(node.fatals, []);
});

t.test("an engine's unlawful choices are logged and not followed", async (t) => {
  const maker = await BlockMaker.start();
  const row = await maker.row(maker.genesis, 3);
  const [one, two, three] = row as [MadeBlock, MadeBlock, MadeBlock];
  const side = await maker.extend(one, { salt: 5 });
  const bad = tampered(await maker.make(one, { salt: 6 }), { stateRoot: other });
  const node = await scripted();
  await importAll(node, [one, two, side, bad]);
  const { host } = node.engine;
  if (host === undefined) throw new Error("it is attached");
  host.choiceChanged({ head: bad.id });
  await node.rest();
  const refuses = async (name: string, choice: Parameters<typeof host.choiceChanged>[0]) => {
    const [before, logged] = [node.head, node.logged.length];
    host.choiceChanged(choice);
    await node.rest();
    t.equal(node.head, before, name);
    t.match(node.logged.slice(logged), [{ level: "error", message: "the engine's choice was not followed" }], name);
  };
  await refuses("an unknown head", { head: other });
  await refuses("an invalid head", { head: bad.id });
  await refuses("a finalized block off the head's chain", { head: two.id, finalized: side.id });
  await refuses("a finalized block that nobody knows", { head: two.id, finalized: other });
  t.equal(node.chain.finalized.header.height, 0);
  host.choiceChanged({ head: two.id, finalized: two.id });
  await node.headIs(two.id);
  await node.rest();
  t.equal(node.chain.finalized.header.height, 2);
  await refuses("a head that left the tree with finality", { head: side.id });
  await refuses("a finalized block that finality left behind on another branch", { head: two.id, finalized: side.id });
  host.choiceChanged({ head: two.id, finalized: one.id });
  await node.rest();
  t.equal(node.chain.finalized.header.height, 2, "an older finalized block on the chain is no fault, and changes nothing");
  t.equal(await tellsOf(node, three), "imported");
  t.strictSame(node.fatals, []);
});

t.test("a reorg beyond the undo horizon can't be followed, and stops nobody", async (t) => {
  const maker = await BlockMaker.start();
  const main = await maker.row(maker.genesis, 6);
  const rival = await maker.row(maker.genesis, 7, () => ({ salt: 1 }));
  for (const headers of ["ancestry", "state"] as const) {
    const node = await scripted({ headers }, { undoBlocks: 2, options: { flushAfterBlocks: 1 } });
    await importAll(node, main);
    for (const { block } of rival) {
      const verdict = await node.chain.import(block);
      t.not(verdict.status, "invalid", "it may be right, only we can't tell");
    }
    t.equal(node.head, idOf(main[5] as MadeBlock));
    t.strictSame(node.fatals, [], headers);
    const again = await node.restart("crash");
    t.equal(again.head, idOf(main[5] as MadeBlock), `${headers}: it also comes up again`);
    const next = await maker.make(main[5] as MadeBlock);
    t.equal(await tellsOf(again, next), "imported");
  }
});

t.test("an engine that needs state comes up again with stored branches whose fork has left the undo horizon", async (t) => {
  const maker = await BlockMaker.start();
  const main = await maker.row(maker.genesis, 8);
  const side = await maker.row(maker.genesis, 2, () => ({ salt: 1 }));
  const node = await scripted({ headers: "state" }, { undoBlocks: 3, options: { flushAfterBlocks: 1 } });
  await importAll(node, [...main.slice(0, 2), ...side, ...main.slice(2)]);
  const again = await node.restart("crash");
  t.equal(again.head, idOf(main[7] as MadeBlock));
  t.equal(await tellsOf(again, await maker.make(side[1] as MadeBlock)), `not-yet ${Verdicts.needsState}`);
  t.equal(await tellsOf(again, await maker.make(main[7] as MadeBlock)), "imported");
  t.strictSame(again.fatals, []);
});

t.test("faults: a plugin that throws in onBlock and a mempool that fails stop the node; a busy compute does not", async (t) => {
  const maker = await BlockMaker.start();
  const [one, two] = (await maker.row(maker.genesis, 2, (index) => ({ transactions: [transfer(0, index, 1)] }))) as [MadeBlock, MadeBlock];
  const plugin = await scripted();
  plugin.engine.onBlockFailure = new Error("a bug of the plugin");
  await t.rejects(plugin.chain.import(one.block), /a bug of the plugin/);
  t.match(plugin.fatals, [/a bug of the plugin/]);

  const mempool = await scripted();
  mempool.listed.failure = new Error("the journal's disk is full");
  await t.rejects(mempool.chain.import(one.block), /disk is full/);
  t.equal(mempool.fatals.length, 1);

  const disk = await scripted();
  disk.storage.failure = new Error("the disk is full");
  await t.rejects(disk.chain.import(one.block), /disk is full/);
  t.equal(disk.fatals.length, 1);

  const Busy = defineError("COMPUTE_QUEUE_FULL", "limit", () => "busy");
  for (const headers of ["ancestry", "state"] as const) {
    let busy = true;
    const node = await scripted(
      { headers },
      {
        compute: {
          verifySignatures: async (batch) => {
            if (busy) throw new Busy({});
            return new Uint8Array(Math.ceil(batch.count / 8)).fill(0xff);
          },
        },
      },
    );
    await t.rejects(node.chain.import(one.block), { code: "COMPUTE_QUEUE_FULL" }, "no verdict on the block");
    t.strictSame(node.fatals, [], `${headers}: nor a reason to stop`);
    busy = false;
    t.strictSame((await importAll(node, [one, two])).map(worded), ["imported", "imported"]);
  }

  // In the chain's lane a full queue would be a fault: what a block needs there is taken all the same.
  let calls = 0;
  const lane = await scripted(
    {},
    {
      compute: {
        merkleRoot: async (leaves, options) => {
          if (++calls % 2 === 0 && options?.mayExceed !== true) throw new Busy({});
          return merkleRoot(Array.from({ length: leaves.length / 32 }, (_, at) => Hash.from(leaves.slice(32 * at, 32 * at + 32))));
        },
      },
    },
  );
  calls = 0;
  t.strictSame((await importAll(lane, [one, two])).map(worded), ["imported", "imported"]);
  t.equal(calls, 4, "transactions outside the lane, receipts in it");
});

t.test("an engine with slots is told the time, one tick after the other, while the chain runs", async (t) => {
  const node = await scripted({ tickMs: 500 });
  const ticks = () => node.engine.calls.filter((call) => call.startsWith("onTick")).length;
  const pass = async (ms: number) => {
    node.time.advance(ms);
    await node.rest();
  };
  await pass(499);
  t.equal(ticks(), 0);
  await pass(1);
  t.strictSame(node.engine.calls, ["onTick 3600500"]);
  let open = () => {};
  node.engine.tickGate = new Promise((resolve) => {
    open = resolve;
  });
  for (let period = 0; period < 4; period++) await pass(500);
  t.equal(ticks(), 2, "not while the last one takes its time");
  open();
  await pass(0);
  await pass(500);
  t.equal(ticks(), 3);
  node.engine.tickFailure = new Error("a bug of the plugin");
  await pass(500);
  t.match(node.fatals, [/a bug of the plugin/]);
  await node.stop();
  await pass(5_000);
  t.equal(ticks(), 4, "none after stop");
  t.equal(node.time.timers, 0);
});

t.test("signatures that the mempool verified are not verified again", async (t) => {
  const maker = await BlockMaker.start();
  const raws = [transfer(0, 0, 1), transfer(1, 0, 2), transfer(2, 0, 3)];
  const block = await maker.make(maker.genesis, { transactions: raws });
  const counts: number[] = [];
  const node = await scripted(
    {},
    {
      compute: {
        verifySignatures: async (batch) => {
          counts.push(batch.count);
          return new Uint8Array(1).fill((1 << batch.count) - 1);
        },
      },
    },
  );
  node.listed.verified.add(Hash.key(sha256(raws[1] as Uint8Array)));
  t.equal(await tellsOf(node, block), "imported");
  t.strictSame(counts, [2]);
});

t.test("a stopped chain takes nothing, and waits for what is under way", async (t) => {
  const maker = await BlockMaker.start();
  const [one, two] = (await maker.row(maker.genesis, 2)) as [MadeBlock, MadeBlock];
  const node = await scripted();
  await importAll(node, [one]);
  let open = () => {};
  node.engine.sealGate = new Promise((resolve) => {
    open = resolve;
  });
  const underWay = node.chain.import(two.block);
  const stopping = node.chain.stop();
  open();
  const outcome = await underWay.then(worded, (error: { readonly code: string }) => error.code);
  await stopping;
  t.match(outcome, /^(imported|CHAIN_STOPPED)$/);
  const { writes } = node.storage;
  await node.rest();
  t.equal(node.storage.writes, writes, "nothing is written after stop");
  await t.rejects(node.chain.import(two.block), { code: "CHAIN_STOPPED" });
  await t.rejects(node.chain.build(one.id, { timestampMs: 1, proposer: maker.genesis.header.proposer, extra: GOOD_SEAL }), {
    code: "CHAIN_STOPPED",
  });
  t.strictSame(node.fatals, []);
  await node.chain.stop();
  const again = await node.restart("crash");
  t.ok(again.height >= 1);
});

t.test("genesis itself is known, and a block that claims to be another genesis waits for a parent that never comes", async (t) => {
  const node = await scripted();
  const block = await node.reader.block(node.chain.genesis.id);
  if (block === undefined) throw new Error("genesis is stored");
  t.equal(worded(await node.chain.import(block)), "known");
  t.equal(await tellsOf(node, made({ ...block, header: { ...block.header, timestampMs: 1 } })), `not-yet ${Verdicts.unknownParent}`);
});
