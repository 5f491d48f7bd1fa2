import t from "tap";
import { decodeTransactions, decodeUsable, forEachPiece } from "../../../core/chain/transaction-pieces.js";
import { ChainwrightError } from "../../../core/kernel/errors.js";
import type { TransactionBatch } from "../../../core/ports/ledger.js";
import type { Slicer } from "../../../core/ports/runtime.js";
import { buildTransfer } from "../../../core/primitives/account-transaction.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import { CHAIN_ID, NEVER_DUE, rulesOf } from "../../plugins/ledger-account/fixtures.js";
import { accountLedger, BlockMaker, CutStorage, importAll, key, scripted, TestNode, testSpec, transfer } from "./harness.js";
import { GOOD_SEAL, ScriptedEngine } from "./scripted-engine.js";

const idsOf = ({ transactions }: TransactionBatch): string[] => transactions.map(({ id }) => Hash.key(id));
const raws = Array.from({ length: 150 }, (_, index) => transfer(index % 8, Math.floor(index / 8), 1));
const damaged = (at: readonly number[]): Bytes[] => raws.map((raw, index) => (at.includes(index) ? raw.subarray(1) : raw));

t.test("pieces are joined to what one decoding answers, and pauses come in between", async (t) => {
  const ledger = accountLedger();
  let calls = 0;
  let pauses = 0;
  const decode = ledger.decodeBlock.bind(ledger);
  ledger.decodeBlock = (some, rules) => {
    calls++;
    t.ok(some.length <= 64, "a piece is small");
    return decode(some, rules);
  };
  const slicer: Slicer = {
    due: () => true,
    pause: async () => {
      pauses++;
    },
  };
  const whole = decode(raws, rulesOf());
  const batch = await decodeTransactions(ledger, raws, rulesOf(), slicer);
  t.same(idsOf(batch), idsOf(whole));
  t.ok(calls >= 3 && pauses >= 2);
  const seen: string[] = [];
  await forEachPiece(ledger, batch, slicer, (piece, from) => {
    t.equal(from, seen.length);
    seen.push(...idsOf(piece));
  });
  t.same(seen, idsOf(whole));
  t.equal((await decodeTransactions(ledger, [], rulesOf(), slicer)).transactions.length, 0);
  let asked = 0;
  await forEachPiece(ledger, decode([], rulesOf()), slicer, () => asked++);
  t.equal(asked, 1, "an empty block is asked for, too: it has keys of its own");
});

t.test("large transactions make small pieces", async (t) => {
  const ledger = accountLedger();
  const counts: number[] = [];
  ledger.decodeBlock = (some) => {
    counts.push(some.length);
    return { transactions: [] };
  };
  ledger.join = () => ({ transactions: [] });
  await decodeTransactions(ledger, new Array(10).fill(new Uint8Array(100_000)), rulesOf(), NEVER_DUE);
  t.same(counts, [3, 3, 3, 1]);
});

t.test("the first bad transaction is named by its index in the block; others are told apart", async (t) => {
  const ledger = accountLedger();
  await t.rejects(decodeTransactions(ledger, damaged([90, 100]), rulesOf(), NEVER_DUE), {
    code: "LEDGER_INVALID_TRANSACTION",
    message: /^transaction 90: ENCODING_NOT_CANONICAL/,
    data: { index: 90, code: "ENCODING_NOT_CANONICAL" },
  });
  const { batch, refused } = await decodeUsable(ledger, damaged([0, 90, 149]), rulesOf(), NEVER_DUE);
  t.same(refused, [0, 90, 149]);
  const whole = idsOf(ledger.decodeBlock(raws, rulesOf()));
  t.same(
    idsOf(batch),
    whole.filter((_, index) => !refused.includes(index)),
  );
  ledger.decodeBlock = () => {
    throw new ChainwrightError("LEDGER_MODULE_BROKE_LAW", "internal", "a fault", {});
  };
  await t.rejects(decodeUsable(ledger, raws, rulesOf(), NEVER_DUE), { code: "LEDGER_MODULE_BROKE_LAW" }, "a fault is no refusal");
});

t.test("a transaction that does not decode under the next block's rules does not stop production", async (t) => {
  const node = await scripted();
  const [good, bad] = [transfer(0, 0, 1), transfer(1, 0, 1).subarray(1)];
  node.listed.pending = [bad, good];
  const { transactions } = await node.chain.build(node.chain.head.id, {
    timestampMs: node.chain.head.header.timestampMs + 1_000,
    proposer: key(20).address,
    extra: Uint8Array.of(1, 0),
  });
  t.same(transactions, [good]);
  t.equal(node.listed.rechecked.length, 1);
});

t.test("an upgrade to smaller transactions drops what is pooled and too large, and blocks go on", async (t) => {
  const before = testSpec().rulesAt(1);
  const after = { ...before, revision: 1, limits: { ...before.limits, transactionBytes: 256 } };
  const rulesAt = (height: number) => (height >= 3 ? after : before);
  const node = await TestNode.start({ engine: () => new ScriptedEngine(), spec: { rulesAt }, mempool: true });
  const step = async (maxBytes?: number) => {
    const { head } = node.chain;
    const fields = { timestampMs: head.header.timestampMs + 1_000, proposer: key(20).address, extra: Uint8Array.of(1) };
    const { header, transactions, payload } = await node.chain.build(head.id, {
      ...fields,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    await node.chain.import({ header: { ...header, seal: GOOD_SEAL }, transactions, payload });
    return transactions.length;
  };
  const large = buildTransfer({
    chainId: CHAIN_ID,
    from: key(0).secret,
    to: key(1).address,
    amount: 1n,
    nonce: 0,
    fee: 100_000n,
    memo: "m".repeat(200),
  });
  const { id } = await node.mempool.submit(large);
  await node.mempool.submit(transfer(1, 0, 2));
  await step(1);
  await step(1);
  t.equal(node.mempool.dropped(id), "invalid");
  t.equal(await step(), 1);
  t.equal(node.height, 3);
});

t.test("killed at any write of a deep reorg, an accepted transaction is in the chain or in the pool", async (t) => {
  const maker = await BlockMaker.start();
  const taken = transfer(0, 0, 1);
  const a = await maker.row(maker.genesis, 9, (index) => (index === 0 ? { transactions: [taken] } : {}));
  const b = await maker.row(maker.genesis, 9, (index) => ({ salt: 7, weight: index === 8 ? 9 : 1 }));
  const setup = { engine: () => new ScriptedEngine(), mempool: true } as const;
  const start = (storage: CutStorage) => new TestNode(setup, storage).start();
  const onA = async (cutAt?: number) => {
    let node = await start(new CutStorage((await CutStorage.empty()).inner));
    const { id } = await node.mempool.submit(taken);
    await importAll(node, a);
    // What the journal keeps has to survive a start, too.
    await node.stop();
    node = await start(node.storage.reopened(cutAt));
    await importAll(node, b.slice(0, 8));
    return { node, id };
  };
  const dry = await onA();
  const writes = dry.node.storage.writes;
  await importAll(dry.node, b.slice(8));
  t.equal(dry.node.head, Hash.key(b[8]?.id as Hash));
  for (let cutAt = writes; cutAt <= dry.node.storage.writes; cutAt++) {
    const { node, id } = await onA(cutAt);
    await Promise.race([importAll(node, b.slice(8)), node.storage.cut]);
    const again = await start(node.storage.reopened());
    const isIncluded = (await again.reader.transaction(id)) !== undefined;
    t.not(again.mempool.get(id) !== undefined, isIncluded, `write ${cutAt - writes}`);
  }
});
