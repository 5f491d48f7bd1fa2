import t from "tap";
import { ChainwrightError } from "../../../core/kernel/errors.js";
import { journalKey, journalValue } from "../../../core/mempool/journal.js";
import { Address } from "../../../core/primitives/address.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { Bench, key, refusal, rulesOf } from "./fixtures.js";

const corrupted = (raw: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(raw);
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
  return copy;
};

t.test("a transaction is accepted, seen, selected, and gone once a block took it", async (t) => {
  const bench = await Bench.opened();
  const raw = bench.transfer(0, 0);
  const { id, standing } = await bench.pool.submit(raw);
  t.equal(standing, "ready");
  t.match(bench.pool.get(id), { sender: key(0).text, fee: 1_000n, weight: 200, standing: "ready" });
  t.equal(bench.pool.count, 1);
  t.equal(bench.pool.bytes, raw.length);
  t.same(await bench.pool.submit(raw), { id, standing: "known" });
  t.equal(bench.compute.calls.length, 1, "it was verified once");
  t.ok(bench.pool.isVerified(sha256(raw)));
  t.same(await bench.mine(), [raw]);
  t.equal(bench.pool.count, 0);
  t.equal(bench.pool.get(id), undefined);
  t.equal(bench.pool.dropped(id), undefined, "what is in a block was not dropped");
  t.ok(bench.pool.isVerified(sha256(raw)), "still remembered as verified");
  t.same(await bench.pool.submit(raw), { id, standing: "known" }, "sent again after a lost answer: it is in a block");
  const other = await refusal(bench.pool.submit(bench.transfer(0, 0, { amount: 7n })));
  t.equal(other.code, "LEDGER_STALE_NONCE", "another one in its place is not");
});

t.test("a block took a copy with another signature: the pooled one goes, too", async (t) => {
  const bench = await Bench.opened();
  const raw = bench.transfer(0, 0);
  const { id } = await bench.pool.submit(raw);
  const copy = corrupted(raw);
  const applied = await bench.chain.mine([copy]);
  await bench.changed({ undone: [], applied, appliedIds: [id] });
  t.equal(bench.pool.get(id), undefined);
  t.equal(bench.pool.count, 0);
  t.ok(bench.pool.isVerified(sha256(copy)), "the chain verified it");
});

t.test("what the caller does with its buffer afterwards does not matter", async (t) => {
  const bench = await Bench.opened();
  const raw = bench.transfer(0, 0);
  const accepted = bench.pool.submit(raw);
  raw.fill(0);
  const { id } = await accepted;
  t.equal((await bench.mine()).length, 1);
  t.equal(bench.pool.get(id), undefined);
});

t.test("submissions of one turn share one signature check and one durable write", async (t) => {
  const bench = await Bench.opened();
  const raws = [0, 1, 2, 3].map((from) => bench.transfer(from, 0));
  const before = bench.writes.length;
  await Promise.all(raws.map((raw) => bench.pool.submit(raw)));
  t.same(bench.compute.calls, [4]);
  t.equal(bench.writes.length, before + 1);
  t.equal(bench.writes.at(-1)?.durable, true);
});

t.test("one bad signature in a batch refuses only its own transaction, and is cheap the second time", async (t) => {
  const bench = await Bench.opened();
  const bad = corrupted(bench.transfer(1, 0));
  const results = await Promise.allSettled([bench.submit(0, 0), bench.pool.submit(bad), bench.submit(2, 0)]);
  t.same(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  t.equal((results[1] as PromiseRejectedResult).reason.code, "MEMPOOL_BAD_SIGNATURE");
  t.equal((await refusal(bench.pool.submit(bad))).code, "MEMPOOL_BAD_SIGNATURE");
  t.equal(bench.compute.calls.length, 1, "the bad one was not verified again");
  t.notOk(bench.pool.isVerified(sha256(bad)));
  t.equal((await bench.submit(1, 0)).standing, "ready", "the good copy is not affected");
});

t.test("the same transaction sent twice in one turn is verified once and answered twice", async (t) => {
  const bench = await Bench.opened();
  const raw = bench.transfer(0, 0);
  const [first, second] = await Promise.all([bench.pool.submit(raw), bench.pool.submit(raw)]);
  t.equal(first.standing, "ready");
  t.equal(second.standing, "known");
  t.same(bench.compute.calls, [1]);
});

t.test("bad input is refused with the ledger's or the codec's own code, before any signature check", async (t) => {
  const bench = await Bench.opened();
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(0), "ENCODING_NOT_CANONICAL"],
    [Uint8Array.of(1, 2, 3), "ENCODING_NOT_CANONICAL"],
    [Uint8Array.from([...bench.transfer(0, 0), 0]), "ENCODING_NOT_CANONICAL"],
    [new Uint8Array(70_000), "MEMPOOL_TRANSACTION_TOO_LARGE"],
    [bench.transfer(0, 0, { chainId: "other-1" }), "LEDGER_WRONG_CHAIN"],
    [bench.transfer(0, 0, { fee: 1n }), "LEDGER_FEE_TOO_LOW"],
    [bench.transfer(0, 0, { amount: 1_000_000n }), "LEDGER_INSUFFICIENT_BALANCE"],
    [bench.transfer(0, 300), "LEDGER_FAR_NONCE"],
  ];
  for (const [raw, code] of cases) t.equal((await refusal(bench.pool.submit(raw))).code, code);
  t.equal(bench.compute.calls.length, 0);
});

t.test("a gap in the nonces queues, and filling it promotes all that wait", async (t) => {
  const bench = await Bench.opened();
  t.equal((await bench.submit(0, 2)).standing, "queued");
  t.equal((await bench.submit(0, 1)).standing, "queued");
  t.same(bench.standings(0), ["queued", "queued"]);
  t.same(bench.pool.select({ maxBytes: 1e6, maxWeight: 1e6, maxCount: 10 }), []);
  t.equal((await bench.submit(0, 0)).standing, "ready");
  t.same(bench.standings(0), ["ready", "ready", "ready"]);
  t.equal((await bench.mine()).length, 3);
});

t.test("selection takes the better fee first, and never a successor before what it needs", async (t) => {
  const bench = await Bench.opened();
  const order = [
    [0, 0, 1_000n],
    [1, 0, 3_000n],
    [0, 1, 9_000n],
    [2, 0, 2_000n],
    [1, 1, 1_500n],
  ] as const;
  const ids = new Map<string, string>();
  for (const [from, nonce, fee] of order) ids.set(Hash.key((await bench.submit(from, nonce, { fee })).id), `${from}:${nonce}`);
  const picked = bench.pool.select({ maxBytes: 1e6, maxWeight: 1e6, maxCount: 10 }).map(({ id }) => ids.get(Hash.key(id)));
  t.same(picked, ["1:0", "2:0", "1:1", "0:0", "0:1"]);
  t.same(
    bench.ids().map((id) => ids.get(id)),
    picked,
    "the list has the same order",
  );
  t.same(
    bench.pool.list(1, 2).map(({ id }) => ids.get(Hash.key(id))),
    ["2:0", "1:1"],
  );
  const two = bench.pool.select({ maxBytes: 1e6, maxWeight: 400, maxCount: 10 });
  t.same(
    two.map(({ id }) => ids.get(Hash.key(id))),
    ["1:0", "2:0"],
  );
  const bytes = bench.transfer(1, 0, { fee: 3_000n }).length;
  t.equal(bench.pool.select({ maxBytes: bytes, maxWeight: 1e6, maxCount: 10 }).length, 1);
});

t.test("among equals, a dear successor follows what it waited for at once", async (t) => {
  const bench = await Bench.opened();
  for (const [from, nonce, fee] of [
    [0, 0, 1_000n],
    [1, 0, 1_000n],
    [0, 1, 5_000n],
  ] as const)
    await bench.submit(from, nonce, { fee, memo: "" });
  t.same(
    bench.pool.list(0, 9).map(({ fee }) => fee),
    [1_000n, 5_000n, 1_000n],
  );
});

t.test("a successor does not stand in for what does not fit", async (t) => {
  const bench = await Bench.opened();
  const large = bench.transfer(0, 0, { memo: "m".repeat(200), fee: 50_000n });
  await bench.pool.submit(large);
  await bench.submit(0, 1, { fee: 50_000n });
  await bench.submit(1, 0, { fee: 1_000n });
  const picked = bench.pool.select({ maxBytes: large.length - 1, maxWeight: 1e6, maxCount: 10 });
  t.equal(picked.length, 1);
  t.equal((await bench.chain.mine(picked.map(({ raw }) => raw))).length, 1);
});

t.test("replacing takes a tenth more, and takes the old one's place before its successors", async (t) => {
  const bench = await Bench.opened();
  const old = await bench.submit(0, 0, { fee: 1_000n });
  await bench.submit(0, 1, { fee: 1_000n });
  const under = await refusal(bench.submit(0, 0, { fee: 1_099n }));
  t.equal(under.code, "MEMPOOL_REPLACEMENT_UNDERPRICED");
  t.match(under.message, /at least 1100 /);
  t.equal(under.data.needed, "1100");
  const replacement = await bench.submit(0, 0, { fee: 1_100n });
  t.equal(bench.pool.dropped(old.id), "replaced");
  t.equal(bench.pool.get(old.id), undefined);
  t.equal(bench.pool.count, 2);
  t.same(bench.standings(0), ["ready", "ready"]);
  await bench.crash();
  t.same(bench.ids().includes(Hash.key(replacement.id)), true);
  t.equal(bench.pool.count, 2, "the journal holds the replacement, not both");
});

t.test("the pool is bounded: the worst goes, and who would be the worst does not come in", async (t) => {
  const bench = await Bench.opened({ accounts: 12, options: { maxCount: 4 } });
  const ids = [];
  for (const [from, fee] of [3_000n, 2_000n, 4_000n, 5_000n].entries()) ids.push((await bench.submit(from, 0, { fee })).id);
  const full = await refusal(bench.submit(5, 0, { fee: 2_000n }));
  t.equal(full.code, "MEMPOOL_FULL");
  const needed = BigInt(String(full.data.needed));
  t.equal((await refusal(bench.submit(5, 0, { fee: needed - 1n }))).code, "MEMPOOL_FULL", "one less is not enough");
  t.equal((await bench.submit(5, 0, { fee: needed })).standing, "ready", "what it says is enough");
  t.equal(bench.pool.count, 4);
  t.equal(bench.pool.dropped(ids[1] as Hash), "evicted");
  t.equal((await bench.submit(6, 0, { fee: 2_500n })).standing, "ready");
  t.equal((await refusal(bench.submit(7, 3, { fee: 90_000n }))).code, "MEMPOOL_FULL", "what is queued never takes a ready one's place");
  t.same(
    bench.pool.list(0, 9).map(({ fee }) => fee),
    [5_000n, 4_000n, 3_000n, 2_500n],
  );
});

t.test("who comes in and is evicted within one batch does not come back after a crash", async (t) => {
  const bench = await Bench.opened({ options: { maxCount: 1 } });
  const results = await Promise.all([1_000n, 2_000n, 3_000n].map((fee, from) => bench.submit(from, 0, { fee })));
  t.same(
    results.map(({ id }) => bench.pool.dropped(id)),
    ["evicted", "evicted", undefined],
  );
  await bench.crash({ maxCount: 10 });
  t.same(
    bench.pool.list(0, 9).map(({ fee }) => fee),
    [3_000n],
  );
});

t.test("a dear successor does not keep a cheap transaction in a full pool", async (t) => {
  const bench = await Bench.opened({ options: { maxCount: 3 } });
  await bench.submit(0, 0, { fee: 500n });
  const dear = await bench.submit(0, 1, { fee: 90_000n });
  await bench.submit(1, 0, { fee: 1_000n });
  await bench.submit(2, 0, { fee: 1_000n });
  t.equal(bench.pool.dropped(dear.id), "evicted", "it is worth no more than what must go before it");
  t.equal(bench.pool.count, 3);
});

t.test("a sender's queue is bounded, but the missing nonce still gets in", async (t) => {
  const bench = await Bench.opened({ options: { maxPerSender: 3 } });
  for (const nonce of [1, 2, 3]) await bench.submit(0, nonce);
  t.equal((await refusal(bench.submit(0, 4))).code, "MEMPOOL_SENDER_FULL");
  t.equal((await bench.submit(0, 0)).standing, "ready");
  t.same(bench.standings(0), ["ready", "ready", "ready"]);
  t.equal((await refusal(bench.submit(0, 3))).code, "MEMPOOL_SENDER_FULL");
});

t.test("an account can't promise more than it has", async (t) => {
  const bench = await Bench.opened({ balance: 10_000 });
  await bench.submit(0, 0, { amount: 4_000n });
  const over = await refusal(bench.submit(0, 1, { amount: 4_001n }));
  t.equal(over.code, "MEMPOOL_OVERCOMMITTED");
  t.match(over.message, /has 10000, its waiting transactions take 5000 of it, and this one needs 5001/);
  await bench.submit(0, 1, { amount: 4_000n });
  await bench.submit(0, 1, { amount: 3_800n, fee: 1_200n });
  t.equal(bench.pool.count, 2, "a replacement frees what it replaces");
});

t.test("a block that spends elsewhere drops what the account no longer bears, last first", async (t) => {
  const bench = await Bench.opened({ balance: 10_000 });
  const first = await bench.submit(0, 1, { amount: 2_000n });
  const second = await bench.submit(0, 2, { amount: 5_000n });
  await bench.mine([bench.transfer(0, 0, { amount: 1_000n })]);
  t.equal(bench.pool.get(first.id)?.standing, "ready", "nonce 0 came in a block that the pool never saw");
  t.equal(bench.pool.dropped(second.id), "invalid");
});

t.test("a block of others' transactions with a pooled nonce makes that one invalid", async (t) => {
  const bench = await Bench.opened();
  const mine = await bench.submit(0, 0);
  const next = await bench.submit(0, 1);
  await bench.mine([bench.transfer(0, 0, { amount: 77n })]);
  t.equal(bench.pool.dropped(mine.id), "invalid");
  t.equal(bench.pool.get(next.id)?.standing, "ready");
});

t.test("heights: waiting for validFrom, expiring after validUntil, and back again in a reorg", async (t) => {
  const bench = await Bench.opened();
  const later = await bench.submit(0, 0, { validFrom: 3 });
  const successor = await bench.submit(0, 1);
  const soon = await bench.submit(1, 1, { validUntil: 2 });
  t.equal(later.standing, "queued");
  await bench.mine([]);
  t.equal(bench.pool.get(later.id)?.standing, "queued");
  await bench.mine([]);
  t.equal(bench.pool.get(later.id)?.standing, "ready", "the next block is 3");
  t.equal(bench.pool.get(successor.id)?.standing, "ready");
  t.equal(bench.pool.dropped(soon.id), "expired");
  await bench.changed({ undone: bench.chain.undo(1), applied: [] });
  t.equal(bench.pool.get(later.id)?.standing, "queued");
  t.equal(bench.pool.get(successor.id)?.standing, "queued");
});

t.test("a reorg brings back what the new branch does not hold, without verifying again", async (t) => {
  const bench = await Bench.opened();
  const [kept, lost, beaten] = [bench.transfer(0, 0), bench.transfer(1, 0), bench.transfer(2, 0)];
  for (const raw of [kept, lost, beaten]) await bench.pool.submit(raw);
  const foreign = bench.transfer(3, 0);
  await bench.mine([kept, lost, beaten, foreign]);
  const waiting = await bench.submit(1, 1);
  const calls = bench.compute.calls.length;
  const undone = bench.chain.undo(1);
  const applied = await bench.chain.mine([kept, bench.transfer(2, 0, { amount: 9n })]);
  await bench.changed({ undone, applied });
  t.same(
    bench.pool
      .list(0, 9)
      .map(({ sender }) => sender)
      .sort(),
    [key(1).text, key(1).text, key(3).text].sort(),
  );
  t.equal(bench.pool.get(waiting.id)?.standing, "ready");
  t.equal(bench.compute.calls.length, calls);
  await bench.crash();
  t.equal(bench.pool.count, 3, "what came back is in the journal");
});

t.test("accepted, in a block, undone, and the process killed at once: nothing is lost", async (t) => {
  const bench = await Bench.opened();
  const { id } = await bench.submit(0, 0);
  await bench.mine();
  // The chain went back durably, but the mempool was not told before the crash.
  bench.chain.undo(1);
  await bench.crash();
  t.ok(bench.pool.get(id));
  // Long after, its record is gone.
  await bench.mine();
  for (let blocks = 0; blocks < 7; blocks++) await bench.mine([]);
  t.equal(await bench.journaled(), 0);
});

t.test("what a block took is kept until that block is final, whatever the depth and however often the process dies", async (t) => {
  const bench = await Bench.opened();
  bench.chain.depth = 20;
  const [first, second] = [await bench.submit(0, 0), await bench.submit(1, 0)];
  await bench.mine([bench.transfer(1, 0)]);
  await bench.mine();
  await bench.crash();
  t.equal(bench.pool.count, 0, "both are in blocks");
  for (let blocks = 0; blocks < 10; blocks++) await bench.mine([]);
  t.equal(await bench.journaled(), 2);
  const before = bench.chain.state;
  const undone = bench.chain.blocks.splice(1);
  bench.chain.state = undone[0]?.before ?? before;
  await bench.crash();
  t.same(bench.ids(), [Hash.key(first.id)], "the second block was undone durably, and nobody was told");
  t.equal(bench.pool.get(second.id), undefined);
  await bench.mine();
  bench.chain.depth = bench.chain.blocks.length - 1;
  await bench.changed({ undone: [], applied: [] });
  t.equal(await bench.journaled(), 1, "the first block is final");
  bench.chain.depth = 0;
  await bench.crash();
  t.equal(await bench.journaled(), 0, "a start lets go of what became final meanwhile");
});

t.test("a start keeps what blocks took in the order in which they become final", async (t) => {
  const bench = await Bench.opened();
  bench.chain.depth = 2;
  await bench.submit(0, 0);
  await bench.submit(1, 0);
  // The later one comes first.
  await bench.mine([bench.transfer(1, 0)]);
  await bench.mine([bench.transfer(0, 0)]);
  await bench.crash();
  t.equal(await bench.journaled(), 2);
  await bench.mine([]);
  t.equal(await bench.journaled(), 1, "the first block is final");
  await bench.mine([]);
  t.equal(await bench.journaled(), 0);
});

t.test("a record that a reorg revived is kept under its own sequence, and no second one piles up", async (t) => {
  const bench = await Bench.opened();
  await bench.submit(0, 0);
  for (let round = 0; round < 3; round++) {
    const applied = await bench.mine();
    t.equal(applied.length, 1);
    await bench.crash();
    await bench.changed({ undone: bench.chain.undo(1), applied: [] });
    t.equal(bench.pool.count, 1);
    t.equal(await bench.journaled(), 1);
  }
});

t.test("retained records are bounded in bytes: the oldest are let go first", async (t) => {
  const size = 256 + (await Bench.opened()).transfer(0, 0).length;
  const bench = await Bench.opened({ options: { journalRetainedBytes: 2 * size } });
  bench.chain.depth = 100;
  for (let from = 0; from < 5; from++) {
    await bench.submit(from, 0);
    await bench.mine();
  }
  await bench.mine([]);
  t.equal(await bench.journaled(), 2);
  bench.chain.undo(6);
  await bench.crash();
  t.same(
    bench.pool.list(0, 9).map(({ sender }) => sender),
    [key(3).text, key(4).text],
  );
});

t.test("a change of the head before or during the start is followed then", async (t) => {
  const bench = await Bench.opened({ slicing: true });
  const [foreign, later] = [bench.transfer(0, 0), bench.transfer(1, 0)];
  for (let from = 2; from < 8; from++) await bench.submit(from, 0);
  await bench.mine([foreign]);
  await bench.mine([later, bench.transfer(7, 0)]);
  bench.reopen();
  const undone = [bench.chain.undo(1), bench.chain.undo(1)] as const;
  let told = false;
  await bench.changed({ undone: undone[0], applied: [] });
  const started = bench.pool.start();
  const during = bench.changed({ undone: undone[1], applied: [] }).then(() => {
    told = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  t.notOk(told, "who comes during the start waits for it");
  await Promise.all([started, during]);
  t.same(
    bench.pool
      .list(0, 9)
      .map(({ sender }) => sender)
      .sort(),
    [0, 1, 2, 3, 4, 5, 6, 7].map((from) => key(from).text).sort(),
  );
  await bench.crash();
  t.equal(bench.pool.count, 8, "and is in the journal");
});

t.test("only what the ledger says of a transaction drops it: a fault of the node goes up, and the journal stays", async (t) => {
  for (const kind of ["damaged", "unavailable", "missing", "internal"] as const) {
    const bench = await Bench.opened();
    const { id } = await bench.submit(0, 0);
    const other = await bench.submit(1, 0);
    const foreign = bench.transfer(2, 0);
    const { state } = bench.chain;
    const get = state.get.bind(state);
    const fault = new ChainwrightError("STATE_TROUBLE", kind, "the disk", {});
    const breakState = () => {
      state.get = () => {
        throw fault;
      };
    };
    breakState();
    await t.rejects(bench.pool.recheck([id]), fault);
    await t.rejects(bench.changed({ undone: [foreign], applied: [] }), fault);
    t.equal(bench.pool.count, 2);
    t.equal(bench.pool.select({ maxBytes: 1e6, maxWeight: 1e6, maxCount: 9 }).length, 2, "its places are settled");
    bench.chain.rules = rulesOf({}, 1);
    let reads = 0;
    state.get = (at) => {
      if (++reads > 1) throw fault;
      return get(at);
    };
    await t.rejects(bench.pool.recheck([id, other.id]), fault, "in the middle");
    t.equal(bench.pool.select({ maxBytes: 1e6, maxWeight: 1e6, maxCount: 9 }).length, 2);
    breakState();
    await t.rejects(bench.crash(), fault);
    t.equal(await bench.journaled(), 2);
    state.get = get;
    await bench.crash();
    t.equal(bench.pool.count, 2);
  }
});

t.test("a restart restores what was accepted, in order, without verifying; damage is reported and dropped", async (t) => {
  const bench = await Bench.opened();
  for (const [from, nonce] of [
    [0, 1],
    [1, 0],
    [0, 0],
    [2, 0],
  ] as const)
    await bench.submit(from, nonce);
  const before = bench.ids();
  const calls = bench.compute.calls.length;
  await bench.crash();
  t.same(bench.ids(), before);
  t.equal(bench.compute.calls.length, calls);

  const raw = bench.transfer(5, 0);
  const value = journalValue(sha256(raw), raw);
  value[20] = (value[20] ?? 0) ^ 1;
  await bench.storage.write([{ type: "put", key: journalKey(500), value }], { durable: true });
  await bench.crash();
  t.same(bench.ids(), before);
  t.match(bench.warnings, [{ sequence: 500, damage: /checksum/ }]);
  t.equal(bench.storage.get(journalKey(500)), undefined);
  await bench.submit(6, 0);
  t.ok(bench.storage.get(journalKey(501)), "sequences go on behind the last");
});

t.test("what expired or was used meanwhile is not restored", async (t) => {
  const bench = await Bench.opened();
  const expired = await bench.submit(0, 0, { validUntil: 1 });
  const used = bench.transfer(1, 0);
  const inBlock = await bench.pool.submit(used);
  await bench.submit(2, 0);
  await bench.chain.mine([used]);
  await bench.crash();
  t.same(
    bench.pool.list(0, 9).map(({ sender }) => sender),
    [key(2).text],
  );
  t.equal(bench.pool.dropped(expired.id), "invalid", "who asks hears of it");
  t.equal(bench.pool.dropped(inBlock.id), undefined);
});

t.test("stop settles what is under way, then refuses", async (t) => {
  const bench = await Bench.opened();
  const accepted = bench.submit(0, 0);
  await bench.pool.stop();
  t.equal((await accepted).standing, "ready");
  t.equal((await refusal(bench.submit(1, 0))).code, "MEMPOOL_STOPPED");
  await bench.crash();
  t.equal(bench.pool.count, 1);
});

t.test("a head that moves during verification is noticed", async (t) => {
  const bench = await Bench.opened();
  let open = () => {};
  bench.compute.gate = new Promise((resolve) => {
    open = resolve;
  });
  const raw = bench.transfer(0, 0);
  const overtaken = bench.pool.submit(raw);
  const promoted = bench.submit(1, 1);
  while (bench.compute.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await bench.mine([bench.transfer(0, 0, { amount: 9n }), bench.transfer(1, 0)]);
  open();
  t.equal((await refusal(overtaken)).code, "LEDGER_STALE_NONCE");
  t.equal((await promoted).standing, "ready");
});

t.test("submissions under way are bounded", async (t) => {
  const bench = await Bench.opened({ options: { maxPending: 2 } });
  const results = await Promise.allSettled([0, 1, 2].map((from) => bench.submit(from, 0)));
  t.equal((results[2] as PromiseRejectedResult).reason.code, "MEMPOOL_BUSY");
  t.equal((await bench.submit(2, 0)).standing, "ready", "afterwards there is room again");
  t.equal((await refusal(Bench.opened({ options: { maxPendingBytes: 10 } }).then((small) => small.submit(0, 0)))).code, "MEMPOOL_BUSY");
});

t.test("trouble of compute or storage is answered to those who wait, and leaves nothing behind", async (t) => {
  const bench = await Bench.opened();
  bench.compute.failure = new Error("no workers");
  t.match(await refusal(bench.submit(0, 0)), { message: "no workers" });
  t.equal(bench.pool.count, 0);
  bench.writeFailure = new Error("disk full");
  const failed = await refusal(bench.submit(0, 0));
  t.equal(failed.code, "MEMPOOL_JOURNAL_FAILED");
  t.match(failed.message, /disk full/);
  t.equal(bench.pool.count, 0, "not accepted, so not pooled");
  t.equal((await bench.submit(0, 0)).standing, "ready");
});

t.test("at a change of rules everybody is asked again", async (t) => {
  const bench = await Bench.opened();
  const cheap = await bench.submit(0, 0, { fee: 300n });
  const dear = await bench.submit(1, 0, { fee: 3_000n });
  bench.chain.rules = rulesOf({ feeFloorPerByte: 5 }, 1);
  await bench.mine([]);
  t.equal(bench.pool.dropped(cheap.id), "invalid");
  t.ok(bench.pool.get(dear.id));
});

t.test("rules that allow fewer bytes drop what is larger", async (t) => {
  const bench = await Bench.opened();
  const large = await bench.submit(0, 0, { memo: "m".repeat(200) });
  const small = await bench.submit(1, 0);
  bench.chain.rules = rulesOf({ transactionBytes: 256 }, 1);
  await bench.mine([]);
  t.equal(bench.pool.dropped(large.id), "invalid");
  t.ok(bench.pool.get(small.id));
});

t.test("at a change of rules everybody is decoded again, and at production's request", async (t) => {
  const bench = await Bench.opened();
  const ids = [];
  for (const from of [0, 1, 2]) ids.push((await bench.submit(from, 0)).id);
  const decode = bench.ledger.decodeBlock.bind(bench.ledger);
  const banned = new Set([bench.transfer(0, 0)].map((raw) => Hash.key(sha256(raw))));
  bench.ledger.decodeBlock = (raws, rules) => {
    if (raws.some((raw) => banned.has(Hash.key(sha256(raw))))) throw new ChainwrightError("LEDGER_OLD_ENCODING", "input", "no more", {});
    return decode(raws, rules);
  };
  await bench.mine([]);
  t.equal(bench.pool.count, 3, "the same rules: nobody is asked");
  bench.chain.rules = rulesOf({}, 1);
  await bench.mine([]);
  t.equal(bench.pool.dropped(ids[0] as Hash), "invalid");
  banned.add(Hash.key(sha256(bench.transfer(1, 0))));
  await bench.pool.recheck(ids);
  t.equal(bench.pool.dropped(ids[1] as Hash), "invalid");
  t.ok(bench.pool.get(ids[2] as Hash));
});

t.test("the chain's own list of changed keys reaches what transactions don't show", async (t) => {
  const bench = await Bench.opened({ balance: 10_000 });
  const { id } = await bench.submit(0, 0, { amount: 5_000n });
  bench.ledger.debit(bench.chain.state, key(0).address, 6_000n);
  await bench.changed({ undone: [], applied: [], changedKeys: bench.ledger.accountKeys(key(0).address) });
  t.equal(bench.pool.dropped(id), "invalid");
  const other = await bench.submit(1, 0, { amount: 5_000n });
  bench.ledger.debit(bench.chain.state, key(1).address, 6_000n);
  await bench.pool.recheck([other.id]);
  t.equal(bench.pool.dropped(other.id), "invalid", "and production can ask for a look");
});

t.test("only those a block touched are asked again", async (t) => {
  const bench = await Bench.opened();
  for (let from = 0; from < 7; from++) await bench.submit(from, 1);
  let asked = 0;
  const ask = bench.ledger.pool.bind(bench.ledger);
  bench.ledger.pool = (...parameters) => {
    asked++;
    return ask(...parameters);
  };
  await bench.mine([bench.transfer(3, 0, { to: Address.from(new Uint8Array(20).fill(7)) })]);
  t.equal(asked, 1);
  t.same(bench.standings(3), ["ready"]);
});

t.test("listeners hear of what was accepted, once", async (t) => {
  const bench = await Bench.opened();
  const heard: string[] = [];
  const end = bench.pool.onAccepted((entries) => heard.push(...entries.map(({ sender }) => sender)));
  await Promise.all([bench.submit(0, 0), bench.submit(1, 0)]);
  end();
  await bench.submit(2, 0);
  t.same(heard, [key(0).text, key(1).text]);
});

t.test("peers name transactions by the hash of their raw bytes: what is here, what need not be sent", async (t) => {
  const bench = await Bench.opened();
  const [raw, bad] = [bench.transfer(0, 0, { fee: 2_000n }), corrupted(bench.transfer(1, 0))];
  const hash = sha256(raw);
  t.same([bench.pool.has(hash), bench.pool.isKnown(hash), bench.pool.raw(hash)], [false, false, undefined]);
  const accepted = bench.pool.submit(raw);
  t.same([bench.pool.has(hash), bench.pool.isKnown(hash), bench.pool.raw(hash)], [true, true, undefined], "being verified");
  await accepted;
  t.same([bench.pool.has(hash), bench.pool.isKnown(hash), bench.pool.raw(hash)], [true, true, raw]);
  await refusal(bench.pool.submit(bad));
  t.same([bench.pool.has(sha256(bad)), bench.pool.isKnown(sha256(bad))], [false, true], "known to be bad");
  const others = [bench.transfer(2, 1), bench.transfer(2, 0), bench.transfer(3, 0, { fee: 9_000n })];
  for (const each of others) await bench.pool.submit(each);
  const best = [others[2], raw, others[1], others[0]].map((each) => sha256(each as Uint8Array));
  t.same(bench.pool.hashes(100), best, "best first, and nothing before what it needs");
  t.same(bench.pool.hashes(2), best.slice(0, 2));
  t.same(bench.pool.hashes(0), []);
  const unseen = bench.transfer(5, 0);
  await bench.mine([raw, unseen]);
  t.same([bench.pool.has(hash), bench.pool.isKnown(hash), bench.pool.raw(hash)], [false, true, undefined], "a block took it");
  t.equal(bench.pool.isKnown(sha256(unseen)), true, "and one that was never pooled");
  const rival = bench.transfer(2, 0, { fee: 5_000n });
  await bench.pool.submit(rival);
  t.equal(bench.pool.isKnown(sha256(others[1] as Uint8Array)), false, "what was replaced may come again");
  const undone = bench.chain.undo(1);
  await bench.mine([bench.transfer(0, 0, { amount: 3n })]);
  await bench.changed({ undone, applied: [] });
  t.equal(bench.pool.isKnown(hash), false, "undone, and not valid on the new branch: it may be on the next");
  t.equal(bench.pool.has(sha256(unseen)), true);
});

t.test("listeners hear of what came into the pool, accepted or back from an abandoned branch, when it is durable", async (t) => {
  const bench = await Bench.opened({ slicing: true });
  const heard: string[] = [];
  const writes: number[] = [];
  const end = bench.pool.onAdded((hashes) => {
    heard.push(...hashes.map(Hash.key));
    writes.push(bench.writes.length);
  });
  const keyOf = (raw: Uint8Array) => Hash.key(sha256(raw));
  const [first, second, foreign] = [bench.transfer(0, 0), bench.transfer(1, 0), bench.transfer(2, 0)];
  const before = bench.writes.length;
  await Promise.all([bench.pool.submit(first), bench.pool.submit(second)]);
  t.same(heard.splice(0), [first, second].map(keyOf));
  t.same(writes.splice(0), [before + 1]);
  await bench.pool.submit(first);
  t.same(heard, [], "known");
  await refusal(bench.pool.submit(corrupted(bench.transfer(4, 0))));
  bench.writeFailure = new Error("disk full");
  await refusal(bench.pool.submit(bench.transfer(4, 0)));
  t.same(heard, [], "neither refused nor lost");
  const mined = await bench.mine([first, foreign]);
  t.equal(mined.length, 2);
  const undone = bench.chain.undo(1);
  const writesBefore = bench.writes.length;
  await bench.changed({ undone, applied: [] });
  t.same(heard.splice(0).sort(), [first, foreign].map(keyOf).sort(), "the block's own, whether it was pooled here or not");
  t.ok((writes[0] ?? 0) > writesBefore, "the foreign one is in the journal first");
  end();
  await bench.submit(5, 0);
  t.same(heard, []);
});
