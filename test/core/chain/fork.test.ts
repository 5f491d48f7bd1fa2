/** Forks: reorgs of every depth against a naive replay, events, the transaction index, production on any branch. */
import t, { type Test } from "tap";
import { EventsPrunedError } from "../../../core/chain/index.js";
import type { ChainEvent } from "../../../core/ports/views.js";
import type { Block } from "../../../core/primitives/block.js";
import { encodedBlockBytes } from "../../../core/primitives/block-codec.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { verifyMerkleProof } from "../../../core/primitives/merkle.js";
import { LIMITS, rulesOf } from "../../plugins/ledger-account/fixtures.js";
import {
  BlockMaker,
  FUNDED,
  idOf,
  importAll,
  key,
  type MadeBlock,
  replay,
  rootOf,
  scripted,
  seeded,
  type TestNode,
  transfer,
  worded,
} from "./harness.js";

/** State, index and store of a node's canonical chain, against everything executed again in one map. */
async function agreesWithReplay(t: Test, node: TestNode, name: string): Promise<void> {
  const blocks = await node.canonical();
  const state = await replay(blocks);
  t.equal(rootOf(state), Hash.key(node.view().root), `${name}: the state root is that of a naive replay`);
  t.equal(Hash.key(node.chain.head.header.stateRoot), Hash.key(node.view().root));
  const balances = (view: Parameters<typeof node.ledger.describeAccount>[1]) =>
    Array.from({ length: FUNDED }, (_, index) => node.ledger.describeAccount(key(index).address, view));
  t.strictSame(balances(node.view()), balances(state), `${name}: balances and nonces`);
  t.equal(node.reader.idAt(node.height + 1), undefined, `${name}: nothing is canonical above the head`);
}

t.test("reorgs of depth 1 to 8, wherever the disk stands, come to the state of a naive replay", async (t) => {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 8, (index) => ({ transactions: [transfer(0, index, 1), transfer(2, index, 3, 7n)] }));
  const branches: MadeBlock[][] = [];
  for (let depth = 1; depth <= 8; depth++) {
    const fork = trunk[7 - depth] ?? maker.genesis;
    // Each branch is heavier than the one before, and repeats some of the trunk's transactions.
    const branch = await maker.row(fork, depth, (index) => ({
      salt: depth,
      weight: 1 + depth,
      transactions: [transfer(0, 8 - depth + index, 1), transfer(1, index, 4, BigInt(10 * depth + 1))],
    }));
    branches.push(branch);
  }
  for (const [flushAfterBlocks, flushAfterBytes] of [
    [1, 1 << 26],
    [3, 1 << 26],
    [1_000, 1 << 26],
    [1_000, 1],
  ] as const) {
    const name = `flush after ${flushAfterBlocks} blocks or ${flushAfterBytes} bytes`;
    const node = await scripted({}, { options: { flushAfterBlocks, flushAfterBytes, flushAfterMs: 1e9 } });
    await importAll(node, trunk);
    await agreesWithReplay(t, node, name);
    let fromHead = node.chain.head;
    for (const [index, branch] of branches.entries()) {
      const depth = index + 1;
      node.listed.changes.length = 0;
      await importAll(node, branch);
      t.equal(node.head, idOf(branch.at(-1) as MadeBlock), `${name}: the heavier branch of depth ${depth} is the head`);
      await agreesWithReplay(t, node, `${name}, depth ${depth}`);
      t.equal(node.reader.blockInfo(fromHead.id)?.standing, "stale");
      fromHead = node.chain.head;
    }
    t.strictSame(node.fatals, []);
    const again = await node.restart("crash");
    t.equal(again.head, node.head);
    await agreesWithReplay(t, again, `${name}, after a crash`);
  }
});

t.test("random trees: any order of blocks, any flush rhythm, the same state", async (t) => {
  for (const seed of ["oak", "elm", "ash", "fir"]) {
    const random = seeded(seed);
    const maker = await BlockMaker.start();
    const blocks: MadeBlock[] = [];
    const nonces = new Map<string, number>([[idOf(maker.genesis), 0]]);
    for (let index = 0; index < 24; index++) {
      const parent = blocks[Math.floor(random() * (blocks.length + 2)) - 1] ?? blocks.at(-1) ?? maker.genesis;
      const nonce = nonces.get(idOf(parent)) ?? 0;
      const transactions = random() < 0.7 ? [transfer(0, nonce, 1 + Math.floor(random() * 4), BigInt(1 + index))] : [];
      const block = await maker.extend(parent, { transactions, salt: index, weight: 1 + Math.floor(random() * 3) });
      nonces.set(idOf(block), nonce + transactions.length);
      blocks.push(block);
    }
    const node = await scripted({}, { options: { flushAfterBlocks: 1 + Math.floor(random() * 4) } });
    const shuffled = blocks.map((block) => ({ block, at: random() })).sort((a, b) => a.at - b.at);
    for (const { block } of shuffled) await node.chain.import(block.block);
    for (let turn = 0; turn < 500 && node.chain.waitingCount > 0; turn++) await node.time.yield();
    await node.rest();
    const heaviest = Math.max(...blocks.map(({ id }) => Number(node.chain.header(id)?.weight ?? 0n)));
    t.equal(Number(node.chain.head.weight), heaviest, seed);
    await agreesWithReplay(t, node, seed);
    t.strictSame(node.fatals, []);
  }
});

t.test("the mempool hears what was undone and what was applied, oldest first", async (t) => {
  const maker = await BlockMaker.start();
  const raws = [0, 1, 2, 3].map((nonce) => transfer(0, nonce, 1));
  const rivals = [0, 1, 2].map((nonce) => transfer(1, nonce, 2));
  const trunk = await maker.row(maker.genesis, 3, (index) => ({ transactions: [raws[index] as Uint8Array] }));
  const branch = await maker.row(trunk[0] as MadeBlock, 3, (index) => ({ salt: 1, transactions: [rivals[index] as Uint8Array] }));
  const node = await scripted();
  await importAll(node, [...trunk, ...branch]);
  const hex = (list: readonly Uint8Array[]) => list.map((raw) => Buffer.from(raw).toString("hex"));
  const last = node.listed.changes.at(-1);
  t.strictSame(hex(last?.undone ?? []), hex(raws.slice(1, 3)));
  t.strictSame(hex(last?.applied ?? []), hex(rivals));
});

const told = (events: readonly ChainEvent[]) =>
  events.map(({ type, height, blockId }) => `${type} ${height} ${Hash.key(blockId).slice(0, 8)}`);

t.test("events: in order without gaps, undone from the tip down, applied upward, durable before they are seen", async (t) => {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 4);
  const branch = await maker.row(trunk[1] as MadeBlock, 3, () => ({ salt: 1 }));
  const node = await scripted({ finalAtDepth: 4 });
  let heard = 0;
  const off = node.chain.events.onAppended(() => {
    heard++;
  });
  node.chain.events.onAppended(() => {
    throw new Error("a reader's bug");
  });
  await importAll(node, [...trunk, ...branch]);
  const name = (block: MadeBlock | undefined) => idOf(block as MadeBlock).slice(0, 8);
  const applied = (height: number, block: MadeBlock | undefined) => `applied ${height} ${name(block)}`;
  const undone = (height: number, block: MadeBlock | undefined) => `undone ${height} ${name(block)}`;
  const events = await node.events();
  t.strictSame(told(events), [
    ...trunk.map((block, index) => applied(index + 1, block)),
    undone(4, trunk[3]),
    undone(3, trunk[2]),
    applied(3, branch[0]),
    applied(4, branch[1]),
    applied(5, branch[2]),
    `finalized 1 ${name(trunk[0])}`,
  ]);
  t.strictSame(
    events.map(({ sequence }) => sequence),
    events.map((_, index) => index + 1),
  );
  t.equal(heard, 5, "once a switch of heads");
  t.match(node.logged, [{ level: "error", message: "a listener of chain events failed" }]);
  t.strictSame(node.fatals, [], "a reader's fault is the reader's");
  off();
  t.equal(node.chain.events.latest, 10);
  t.strictSame(told(await node.chain.events.read(8, 1)), told(events.slice(8, 9)));
  t.strictSame(await node.chain.events.read(10, 100), []);
  t.strictSame(await node.chain.events.read(4, 0), []);
  await t.rejects(node.chain.events.read(999, 10), { code: "EVENTS_AHEAD" }, "a cursor of the future is of another database");

  const again = await node.restart("crash");
  t.strictSame(told(await again.events(6)), told(events.slice(6)), "a cursor means the same after a crash");
  await again.chain.import((await maker.make(branch[2] as MadeBlock)).block);
  t.equal((await again.events(10))[0]?.sequence, 11);
  t.equal(heard, 5, "who left hears nothing");
});

t.test("events: the oldest are forgotten, and a cursor that is older is told so", async (t) => {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 9);
  const node = await scripted({}, { options: { keptEvents: 4 } });
  await importAll(node, trunk);
  t.strictSame(
    (await node.events(5)).map(({ sequence }) => sequence),
    [6, 7, 8, 9],
  );
  for (const events of [node.chain.events, (await node.restart("crash")).chain.events]) {
    await t.rejects(events.read(4, 10), { code: EventsPrunedError.code, data: { after: 4, oldest: 6 } });
    await t.rejects(events.read(0, 10), { code: EventsPrunedError.code });
    t.equal((await events.read(5, 10)).length, 4);
    t.same(await events.read(9, 10), [], "up to date");
    await t.rejects(events.read(10, 10), { code: "EVENTS_AHEAD", data: { after: 10, latest: 9 } }, "a cursor of another database");
  }
});

t.test("the transaction index follows the canonical chain", async (t) => {
  const maker = await BlockMaker.start();
  const [both, undone, fresh] = [transfer(0, 0, 1), transfer(1, 0, 2), transfer(2, 0, 3)] as const;
  const one = await maker.extend(maker.genesis, { transactions: [both, undone] });
  const two = await maker.extend(one);
  const rival = await maker.extend(maker.genesis, { salt: 1, weight: 3, transactions: [fresh, both] });
  const node = await scripted();
  await importAll(node, [one, two]);
  const { reader } = node;
  const ids = new Map<Uint8Array, Hash>();
  for (const raw of [both, undone, fresh]) {
    const transaction = node.ledger.decodeBlock([raw], rulesOf()).transactions[0];
    if (transaction === undefined) throw new Error("one was decoded");
    ids.set(raw, transaction.id);
  }
  const idOfRaw = (raw: Uint8Array) => ids.get(raw) as Hash;
  const outcomes = [...(reader.outcomes(node.chain.head.id) ?? []), ...(reader.outcomes(one.id) ?? [])].flat();
  t.ok(outcomes.length >= 2 && reader.ledger.tellsAddresses);
  for (const { raw, receipt, addresses } of outcomes) {
    t.same(receipt.transactionId, node.ledger.decodeBlock([raw], rulesOf()).transactions[0]?.id, "each with its receipt");
    t.equal(addresses?.length, 2);
  }
  t.equal(reader.outcomes(Hash.zero), undefined);
  const found = await reader.transaction(idOfRaw(undone));
  t.match(found, { height: 1, index: 1, confirmations: 2, receipt: { ok: true } });
  t.equal(await reader.transaction(idOfRaw(fresh)), undefined);

  await importAll(node, [rival]);
  t.equal(node.head, idOf(rival));
  t.equal(await reader.transaction(idOfRaw(undone)), undefined, "it is in no canonical block any more");
  t.match(await reader.transaction(idOfRaw(both)), { height: 1, index: 1, confirmations: 1 }, "the new place counts");
  const info = await reader.transaction(idOfRaw(fresh));
  t.match(info, { index: 0 });
  if (info === undefined) throw new Error("it is in the chain");
  const leaf = sha256(info.raw);
  t.ok(verifyMerkleProof(rival.record.header.transactionsRoot, leaf, await reader.transactionProof(info)));
  await t.rejects(reader.transactionProof({ ...info, blockId: leaf }), { code: "CHAIN_UNKNOWN_BLOCK" });
  t.equal((await reader.receipts(one.id))?.length, 2, "receipts of a stale block stay readable");
  t.equal(reader.blockInfo(one.id)?.standing, "stale");
  t.match(reader.blockInfo(rival.id), { standing: "canonical", transactionCount: 2, sizeBytes: encodedBlockBytes(rival.block) });
  t.match(reader.describeTransaction(info.raw, 1), { nonce: 0 });
  t.equal(reader.describeTransaction(Uint8Array.of(1, 2, 3), 1), undefined);
  t.strictSame(reader.consensus.describeHeader(rival.id), { weight: 3 });
  t.strictSame(reader.consensus.describeHeader(leaf), {});
  t.equal(reader.status().head.header.height, 1);
  t.equal(reader.idAt(-1), undefined);
  t.equal(reader.idAt(1.5), undefined);
  t.equal(await reader.block(leaf), undefined);

  const back = await maker.row(two, 3, () => ({ transactions: [] }));
  await importAll(node, back);
  t.match(await reader.transaction(idOfRaw(undone)), { height: 1, index: 1, confirmations: 5 }, "and back again");
  t.equal(await reader.transaction(idOfRaw(fresh)), undefined);
});

t.test("what is built here is imported here and everywhere, and executed only once", async (t) => {
  const maker = await BlockMaker.start();
  let executions = 0;
  const ledger = maker.node.ledger;
  const execute = ledger.execute.bind(ledger);
  ledger.execute = (...args) => {
    executions++;
    return execute(...args);
  };
  const block = await maker.extend(maker.genesis, { transactions: [transfer(0, 0, 1), transfer(1, 0, 2)] });
  t.equal(executions, 1, "its own block is not executed a second time");
  const node = await scripted();
  t.equal(worded(await node.chain.import(block.block)), "imported");
  t.equal(Hash.key(node.view().root), Hash.key(maker.node.view().root));
  // Two templates on one parent, sealed in the other order.
  const [a, b] = [await maker.make(block, { salt: 1 }), await maker.make(block, { salt: 2, transactions: [transfer(0, 1, 1)] })];
  t.strictSame((await importAll(maker.node, [b, a])).map(worded), ["imported", "imported"]);
  t.strictSame((await importAll(node, [a, b])).map(worded), ["imported", "imported"]);
});

t.test("production takes only what may be in the block, says so, and keeps every limit", async (t) => {
  const limits = { blockBytes: 16_384, blockWeight: 1_000, feeFloorPerByte: 2 };
  const setup = { spec: { rulesAt: () => rulesOf(limits) } };
  const maker = await BlockMaker.start(setup);
  const good = [0, 1].map((nonce) => transfer(0, nonce, 1));
  const stale = transfer(0, 0, 2, 1n);
  const gap = transfer(1, 5, 2);
  const cheap = transfer(2, 0, 3, 1n, 1n);
  const poor = transfer(9, 0, 3);
  const block = await maker.extend(maker.genesis, { transactions: [good[0], stale, gap, cheap, poor, good[1]] as Uint8Array[] });
  t.strictSame(block.block.transactions, good);
  t.equal(maker.node.listed.rechecked.length, 4, "the mempool looks again at those that were left out");
  const node = await scripted({}, setup);
  t.equal(worded(await node.chain.import(block.block)), "imported");

  const many = Array.from({ length: 40 }, (_, index) => transfer(3, index, 1));
  const heavy = await maker.extend(block, { transactions: many });
  t.equal(heavy.block.transactions.length, 5, "a block's weight is 1,000, a transfer's 200");
  t.equal(worded(await node.chain.import(heavy.block)), "imported");

  const wide = await BlockMaker.start({ spec: { rulesAt: () => rulesOf({ ...limits, blockWeight: LIMITS.blockWeight }) } });
  const full = await wide.extend(wide.genesis, { transactions: many });
  t.ok(full.block.transactions.length > 5 && full.block.transactions.length < 40);
  t.ok(encodedBlockBytes(full.block) <= limits.blockBytes);
  const narrow = await wide.make(full, { transactions: many.slice(full.block.transactions.length), maxBytes: 12 * 1024 + 500 });
  t.equal(narrow.block.transactions.length, 2, "the proposer may ask for less");
  t.equal(
    (await wide.make(full, { transactions: [transfer(3, full.block.transactions.length, 1)], maxBytes: 100 })).block.transactions.length,
    0,
  );
});

t.test("production on any branch, and where it can't be", async (t) => {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 3, (index) => ({ transactions: [transfer(0, index, 1)] }));
  const [one, two] = trunk as [MadeBlock, MadeBlock];
  const side = await maker.row(one, 2, () => ({ salt: 1 }));
  const node = await scripted();
  await importAll(node, [...trunk, ...side]);
  const build = (parent: Hash) =>
    node.chain.build(parent, { timestampMs: node.time.nowMs(), proposer: key(3).address, extra: Uint8Array.of(1) });
  node.listed.pending = [transfer(0, 1, 1)];
  const onSide = await build((side[1] as MadeBlock).id);
  t.equal(onSide.transactions.length, 1, "a stored branch is executed for it");
  t.equal((await build(two.id)).transactions.length, 0, "there the nonce is used");
  await t.rejects(build(sha256(Uint8Array.of(9))), { code: "CHAIN_UNKNOWN_BLOCK" });

  const gone = await scripted({}, { undoBlocks: 1, options: { flushAfterBlocks: 1 } });
  await importAll(gone, trunk);
  await t.rejects(gone.chain.build(gone.chain.genesis.id, { timestampMs: 1, proposer: key(3).address, extra: Uint8Array.of(1) }), {
    code: "CHAIN_STATE_UNAVAILABLE",
  });
  t.equal(gone.reader.state(gone.chain.genesis.id), undefined);
  t.strictSame(gone.fatals, []);
});

t.test("rules change by height: both sides of an upgrade are judged by their own", async (t) => {
  const rulesAt = (height: number) => rulesOf({ feeFloorPerByte: height < 3 ? 1 : 10 }, height < 3 ? 0 : 1);
  const maker = await BlockMaker.start({ spec: { rulesAt } });
  const cheap = (nonce: number) => transfer(0, nonce, 1, 1n, 500n);
  const blocks: Block[] = [];
  let parent: { readonly id: Hash } = maker.genesis;
  for (let height = 1; height <= 4; height++) {
    const made = await maker.extend(parent, { transactions: [cheap(height - 1), transfer(1, height - 1, 2, 1n, 5_000n)] });
    blocks.push(made.block);
    parent = made;
  }
  t.strictSame(
    blocks.map(({ transactions }) => transactions.length),
    [2, 2, 1, 1],
  );
  const node = await scripted({}, { spec: { rulesAt } });
  for (const block of blocks) t.equal(worded(await node.chain.import(block)), "imported");
  const lax = await scripted();
  for (const block of blocks) t.equal(worded(await lax.chain.import(block)), "imported");
});
