/** What the network has of a chain: headers checked ahead of their blocks, what a block is known as, its bytes, and who hears of it. */
import t from "tap";
import type { NetworkChain } from "../../../core/network/chain.js";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import { encodeBlock } from "../../../core/primitives/block-codec.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { BlockMaker, idOf, importAll, type MadeBlock, scripted, type TestNode, tampered, transfer, worded } from "./harness.js";
import { GOOD_CERTIFICATE, ScriptedEngine } from "./scripted-engine.js";

const checksOf = ({ engine }: TestNode, made: MadeBlock) => engine.calls.filter((call) => call === `checkHeader ${idOf(made)}`).length;
const refusalOf = async (chain: NetworkChain, blocks: readonly MadeBlock[]) => {
  const { accepted, refusal } = await chain.checkHeaders(blocks.map(({ record }) => record));
  return { accepted: accepted.length, status: refusal?.status, code: refusal?.code };
};

t.test("headers are checked in a row: rules, seals in one batch, weight; import does not check them again", async (t) => {
  const maker = await BlockMaker.start();
  const blocks = await maker.row(maker.genesis, 30, (index) => ({ weight: 1 + (index % 3) }));
  let batches = 0;
  class CountingEngine extends ScriptedEngine {
    override verifySeals(...args: Parameters<ScriptedEngine["verifySeals"]>) {
      batches++;
      return super.verifySeals(...args);
    }
  }
  const node = await scripted({}, { engine: () => new CountingEngine({ ancestryDepth: 12 }) });
  // The network takes a chain as it is.
  const chain: NetworkChain = node.chain;
  const first = await chain.checkHeaders(blocks.slice(0, 20).map(({ record }) => record));
  t.equal(first.refusal, undefined);
  t.strictSame(first.accepted.map(idOf), blocks.slice(0, 20).map(idOf));
  t.equal(first.accepted.at(-1)?.weight, maker.node.chain.header((blocks[19] as MadeBlock).id)?.weight);
  t.equal(batches, 1);
  t.equal(chain.standing((blocks[5] as MadeBlock).id), "unknown", "a checked header is no block");
  t.equal(chain.header((blocks[5] as MadeBlock).id), undefined);
  t.equal((await chain.checkHeaders(blocks.slice(20).map(({ record }) => record))).accepted.length, 10, "on what was accepted before");
  t.equal(batches, 2);
  t.equal((await chain.checkHeaders(blocks.map(({ record }) => record))).accepted.length, 30);
  t.equal(batches, 2, "a row that is shown again costs nothing");
  t.strictSame(
    (await importAll(node, blocks)).map(worded),
    blocks.map(() => "imported"),
  );
  t.equal((await chain.checkHeaders(blocks.map(({ record }) => record))).accepted.length, 30);
  t.equal(batches, 2, "no seal is checked twice");
  for (const made of blocks) t.equal(checksOf(node, made), 3, "rules are looked at for each row, and not again for its blocks");
  t.strictSame(await chain.checkHeaders([]), { accepted: [] });
  await node.stop();
  await maker.node.stop();
});

t.test("what is wrong with a row, and how far it is good", async (t) => {
  const maker = await BlockMaker.start();
  const blocks = await maker.row(maker.genesis, 12);
  const node = await scripted({ finalAtDepth: 4 });
  const at = (height: number) => blocks[height - 1] as MadeBlock;
  const row = (from: number, to: number) => blocks.slice(from - 1, to);
  const on = (parent: MadeBlock, fields: Parameters<typeof tampered>[1]) =>
    tampered(at(parent.block.header.height + 1), { parent: parent.id, ...fields });
  const unsealed = on(at(3), { seal: Uint8Array.of(1) });
  t.strictSame(await refusalOf(node.chain, [...row(1, 3), unsealed, on(unsealed, {})]), {
    accepted: 3,
    status: "invalid",
    code: "BLOCK_BAD_SEAL",
  });
  const coded = on(at(3), { seal: Uint8Array.of(0xc0) });
  t.strictSame(await refusalOf(node.chain, [...row(1, 3), coded, on(coded, {})]), { accepted: 3, status: "invalid", code: "SCRIPT_SEAL" });
  t.match(await node.chain.import({ ...at(1).block, header: { ...at(1).block.header, seal: Uint8Array.of(0xc0) } }), {
    code: "SCRIPT_SEAL",
  });
  t.strictSame(await refusalOf(node.chain, [...row(1, 3), on(at(3), { extra: new Uint8Array(0) })]), {
    accepted: 3,
    status: "invalid",
    code: "SCRIPT_EXTRA",
  });
  t.strictSame(await refusalOf(node.chain, [...row(1, 3), on(at(3), { chainId: "other" })]), {
    accepted: 3,
    status: "invalid",
    code: "BLOCK_WRONG_CHAIN",
  });
  t.strictSame(await refusalOf(node.chain, [...row(1, 3), on(at(3), { height: 9 as never })]), {
    accepted: 3,
    status: "invalid",
    code: "BLOCK_WRONG_HEIGHT",
  });
  t.strictSame(await refusalOf(node.chain, [...row(1, 3), ...row(5, 6)]), { accepted: 3, status: "invalid", code: "BLOCK_UNLINKED" });
  t.strictSame(await refusalOf(node.chain, row(6, 8)), { accepted: 0, status: "not-yet", code: "BLOCK_UNKNOWN_PARENT" });
  const early = on(at(3), { timestampMs: node.time.nowMs() + 100_000 });
  t.strictSame(await refusalOf(node.chain, [...row(1, 3), early]), { accepted: 3, status: "not-yet", code: "SCRIPT_FUTURE" });
  // Only three of all those were accepted, so nothing can stand on the others.
  t.strictSame(await refusalOf(node.chain, row(5, 5)), { accepted: 0, status: "not-yet", code: "BLOCK_UNKNOWN_PARENT" });
  await importAll(node, blocks);
  t.strictSame(await refusalOf(node.chain, [on(at(5), { extra: Uint8Array.of(1, 9) })]), {
    accepted: 0,
    status: "invalid",
    code: "BLOCK_BELOW_FINALITY",
  });
  const bad = tampered(await maker.make(at(11), { salt: 3, weight: 9 }), { stateRoot: sha256(Uint8Array.of(1)) });
  t.match(worded(await node.chain.import(bad.block)), /^invalid/);
  t.strictSame(await refusalOf(node.chain, [bad]), { accepted: 0, status: "invalid", code: "BLOCK_INVALID_ANCESTOR" });
  t.strictSame(await refusalOf(node.chain, [tampered(bad, { parent: bad.id, height: 13 as never })]), {
    accepted: 0,
    status: "invalid",
    code: "BLOCK_INVALID_ANCESTOR",
  });
  t.strictSame(node.fatals, []);
  await node.stop();
  await t.rejects(node.chain.checkHeaders([at(1).record]), { code: "CHAIN_STOPPED" });
  await maker.node.stop();
});

t.test("accepted headers are bounded: what was forgotten is checked again", async (t) => {
  const maker = await BlockMaker.start();
  const blocks = await maker.row(maker.genesis, 20);
  const node = await scripted({}, { options: { acceptedHeaders: 5 } });
  t.equal((await refusalOf(node.chain, blocks)).accepted, 20);
  t.strictSame(
    (await importAll(node, blocks)).map(worded),
    blocks.map(() => "imported"),
  );
  t.equal(blocks.filter((made) => checksOf(node, made) === 2).length, 15);
  const small = await scripted({}, { options: { acceptedHeaderBytes: 4_000 } });
  t.equal((await refusalOf(small.chain, blocks)).accepted, 20);
  await importAll(small, blocks);
  t.equal(blocks.filter((made) => checksOf(small, made) === 2).length, 18, "two have room in 4,000 bytes");
  for (const each of [node, small, maker.node]) await each.stop();
});

t.test("an accepted header does not spare its block any other check", async (t) => {
  const maker = await BlockMaker.start();
  const made = await maker.make(maker.genesis, { transactions: [transfer(0, 0, 1)] });
  const forged = tampered(made, { stateRoot: sha256(Uint8Array.of(1)) });
  const node = await scripted({ certificates: true });
  t.equal((await refusalOf(node.chain, [made])).accepted, 1);
  t.equal((await refusalOf(node.chain, [forged])).accepted, 1, "headers say nothing of roots");
  const other = { ...made.block, transactions: [transfer(1, 0, 1)] };
  t.equal(worded(await node.chain.import(other, GOOD_CERTIFICATE)), "invalid BLOCK_TRANSACTIONS_ROOT");
  t.equal(await node.chain.isWhole(other), false);
  t.equal(await node.chain.isWhole(made.block), true);
  t.equal(worded(await node.chain.import(made.block, Uint8Array.of(1))), "invalid BLOCK_BAD_CERTIFICATE");
  t.equal(worded(await node.chain.import(made.block)), "not-yet BLOCK_AWAITING_CERTIFICATE");
  t.equal(node.chain.standing(made.id), "waiting");
  t.equal(worded(await node.chain.import(made.block, GOOD_CERTIFICATE)), "imported");
  t.equal(worded(await node.chain.import(forged.block, GOOD_CERTIFICATE)), "imported", "a side branch, not executed");
  t.strictSame(node.chain.certificate(made.id), GOOD_CERTIFICATE);
  await node.stop();
  await maker.node.stop();
});

t.test("what a block is known as, and its bytes", async (t) => {
  const maker = await BlockMaker.start();
  const blocks = await maker.row(maker.genesis, 4, (index) => ({ transactions: [transfer(index, 0, 7)] }));
  const [a, b, c] = blocks as [MadeBlock, MadeBlock, MadeBlock];
  const bad = tampered(await maker.make(a, { salt: 1, weight: 9 }), { receiptsRoot: sha256(Uint8Array.of(1)) });
  const node = await scripted();
  t.equal(node.chain.standing(a.id), "unknown");
  t.equal(node.chain.encodedBlock(a.id), undefined);
  await node.chain.import(b.block);
  t.equal(node.chain.standing(b.id), "waiting", "for its parent");
  t.equal(node.chain.encodedBlock(b.id), undefined, "not to be served yet");
  const judging = node.chain.import(a.block);
  t.equal(node.chain.standing(a.id), "waiting", "for its verdict");
  await judging;
  await node.headIs(b.id);
  await node.chain.import(bad.block);
  t.equal(node.chain.standing(a.id), "valid");
  t.equal(node.chain.standing(bad.id), "invalid");
  t.equal(node.chain.encodedBlock(bad.id), undefined);
  t.strictSame(node.chain.encodedBlock(a.id), encodeBlock(a.block));
  t.strictSame(node.chain.idAt(1), a.id);
  t.strictSame(node.chain.genesisId, maker.genesis.id);
  t.equal(node.chain.certificate(a.id), undefined, "this engine has none");
  t.strictSame(node.chain.channels, []);
  const again = await node.restart("crash");
  t.equal(again.chain.standing(bad.id), "invalid", "over a restart, too");
  t.equal(again.chain.standing(c.id), "unknown");
  const [key] = (await again.storage.keys(0x01)).filter((each) => Hash.key(Hash.from(each.slice(1))) === idOf(a));
  await again.storage.flip(key as Uint8Array, 90);
  t.throws(() => again.chain.encodedBlock(a.id), { code: "CHAIN_DAMAGED" }, "flipped bits are not served");
  await again.stop();
  await maker.node.stop();
});

t.test("who listens hears of every block that came in, in order, with what became of it", async (t) => {
  const maker = await BlockMaker.start();
  const blocks = await maker.row(maker.genesis, 5);
  const side = await maker.row(maker.genesis, 1, () => ({ salt: 1 }));
  const node = await scripted();
  const heard: string[] = [];
  const note = (header: TreeHeader, canonical: boolean) =>
    heard.push(`${idOf(header)} ${canonical} ${node.chain.encodedBlock(header.id) !== undefined}`);
  const end = node.chain.onImported(() => {
    throw new Error("a listener's fault");
  });
  const endNote = node.chain.onImported(note);
  // Backwards: all but the first wait, and come in when it does.
  for (const { block } of [...blocks].reverse()) await node.chain.import(block);
  await node.headIs((blocks[4] as MadeBlock).id);
  await node.chain.import((side[0] as MadeBlock).block);
  await node.chain.import((blocks[0] as MadeBlock).block);
  t.strictSame(heard, [...blocks.map((made) => `${idOf(made)} true true`), `${idOf(side[0] as MadeBlock)} false true`]);
  t.equal(node.logged.filter(({ message }) => message === "a listener of imported blocks failed").length, 6);
  end();
  endNote();
  await node.chain.import((await maker.make(blocks[4] as MadeBlock)).block);
  t.equal(heard.length, 6);
  t.strictSame(node.fatals, []);
  await node.stop();
  await maker.node.stop();
});

t.test("an orphan that is offered again while its parent is on its way goes in with it", async (t) => {
  const maker = await BlockMaker.start();
  const blocks = await maker.row(maker.genesis, 3);
  const node = await scripted();
  const [a, b, c] = blocks as [MadeBlock, MadeBlock, MadeBlock];
  t.equal(worded(await node.chain.import(b.block)), "not-yet BLOCK_UNKNOWN_PARENT");
  const verdicts = await Promise.all([a, b, c].map(({ block }) => node.chain.import(block)));
  t.strictSame(verdicts.map(worded), ["imported", "imported", "imported"]);
  t.equal(node.chain.waitingCount, 0);
  await node.stop();
  await maker.node.stop();
});

t.test("engine messages reach the engine, and its faults stay with it", async (t) => {
  class TalkingEngine extends ScriptedEngine {
    readonly channels = [{ name: "vote", maxMessageBytes: 100 }];
    onMessage(channel: string, message: Uint8Array) {
      if (message[0] === 0) throw new Error("the engine's fault");
      return channel === "vote" && message[0] === 1 ? ("accept" as const) : ("reject" as const);
    }
  }
  const node = await scripted({}, { engine: () => new TalkingEngine() });
  t.strictSame(node.chain.channels, [{ name: "vote", maxMessageBytes: 100 }]);
  t.equal(await node.chain.onEngineMessage("vote", Uint8Array.of(1)), "accept");
  t.equal(await node.chain.onEngineMessage("vote", Uint8Array.of(2)), "reject");
  t.equal(await node.chain.onEngineMessage("vote", Uint8Array.of(0)), "ignore", "nobody is blamed for it");
  t.equal(node.logged.at(-1)?.level, "error");
  t.strictSame(node.fatals, []);
  await node.stop();
  t.equal(await node.chain.onEngineMessage("vote", Uint8Array.of(1)), "ignore");
  const mute = await scripted();
  t.equal(await mute.chain.onEngineMessage("vote", Uint8Array.of(1)), "ignore");
  await mute.stop();
});
