/** The index follows a scripted chain through everything, and is compared with a naive one. */
import fc from "fast-check";
import t, { type Test } from "tap";
import { Hash } from "../../../core/sdk.js";
import { Index, MortalLevel, survivorOf } from "./fixture.js";
import { addressOf, ScriptedChain } from "./scripted-chain.js";

const ADDRESSES = 4;

/** A chain of so many blocks above genesis, with transactions of some addresses. */
function chainOf(blocks: number, perBlock = 2): ScriptedChain {
  const chain = new ScriptedChain();
  grow(chain, blocks, perBlock);
  return chain;
}

function grow(chain: ScriptedChain, blocks: number, perBlock = 2): void {
  for (let made = 0; made < blocks; made++) {
    const { height } = chain;
    chain.extend(
      Array.from({ length: perBlock }, (_, index) =>
        chain.transaction(
          [(height + index) % ADDRESSES, (height + 2 * index + 1) % ADDRESSES].filter(unique),
          index === 1 ? "BANK_FAILED" : "",
        ),
      ),
    );
  }
}

const unique = <Value>(value: Value, index: number, all: readonly Value[]): boolean => all.indexOf(value) === index;

async function matches(t: Test, index: Index, message: string): Promise<void> {
  await index.atHead();
  t.same(await index.contents(ADDRESSES), index.chain.naive(index.store.cursor.gaps), message);
}

t.test("switched on late, it fills itself in, and follows the head", async (t) => {
  const chain = chainOf(40);
  const index = await new Index(chain).start();
  await matches(t, index, "filled in");
  t.same(index.logged.map(({ message }) => message).filter(unique), ["filling in the history index", "the history index is at the head"]);
  t.equal(index.store.cursor.sequence, chain.latest);
  grow(chain, 3);
  await matches(t, index, "new blocks");
  t.equal(index.store.cursor.transactions, 86);
  t.equal(index.queries.ofAddress.length, 3);
  await index.stop();
  t.equal(chain.listeners, 0, "nobody listens any more");
});

t.test("blocks that come while it fills in are not missed, and it stops in the middle", async (t) => {
  const chain = chainOf(200);
  const index = await new Index(chain).start();
  while (index.store.cursor.height < 0 && chain.outcomesRead < 50) await new Promise((resolve) => setImmediate(resolve));
  grow(chain, 5);
  await index.stop();
  t.ok(index.store.cursor.height < chain.height, "it was in the middle");
  const again = await new Index(chain, index.level).start();
  await matches(t, again, "complete");
  await again.stop();
});

t.test("stopped in the middle of a block that is a batch of its own: nothing of it is written", async (t) => {
  const chain = chainOf(3);
  const many = Array.from({ length: 3_000 }, (_, index) => chain.transaction([index % ADDRESSES, (index + 1) % ADDRESSES]));
  chain.extend(many);
  const index = new Index(chain);
  let stopped: Promise<void> | undefined;
  chain.onPiece = (height, from) => {
    if (height === 4 && from >= 2_700) stopped ??= index.stop();
  };
  await index.start();
  while (stopped === undefined) await new Promise((resolve) => setImmediate(resolve));
  await stopped;
  await index.level.open();
  t.ok(index.store.cursor.height < 4, "it has not come to that block");
  const { 3: byId = 0, 4: byPlace = 0 } = await index.recordCounts();
  t.same([byId, byPlace], [index.store.cursor.transactions, index.store.cursor.transactions], "what there is, the cursor tells of");
  chain.onPiece = () => undefined;
  chain.undo(1);
  chain.extend(many.slice(0, 5));
  const again = await new Index(chain, index.level).start();
  await matches(t, again, "the block was undone meanwhile");
  await again.stop();
});

t.test("reorgs: to another branch, to a shorter one, back again, and with the same transactions", async (t) => {
  const chain = chainOf(10);
  const index = await new Index(chain).start();
  await index.atHead();
  const old = chain.undo(4);
  grow(chain, 5);
  await matches(t, index, "another branch");
  const shorter = chain.undo(7);
  const moved = shorter.flatMap(({ transactions }) => transactions).slice(0, 3);
  chain.extend(moved, true);
  chain.announce();
  await matches(t, index, "a shorter one, with transactions of the old one in another place");
  chain.undo(1);
  chain.reapply([...shorter.slice(0, 2), ...old]);
  await matches(t, index, "back again");
  const fresh = await new Index(chain).start();
  await fresh.atHead();
  const { 6: _own, ...counts } = await index.recordCounts();
  const { 6: _others, ...expected } = await fresh.recordCounts();
  t.same(counts, expected, "nothing is left over");
  await index.stop();
  await fresh.stop();
});

t.test("a whole switch of heads is one write: no answer lies between the branches", async (t) => {
  const chain = chainOf(10);
  const index = await new Index(chain).start();
  await index.atHead();
  const { writes } = index.level;
  const undone = chain.undo(3);
  chain.extend([], true);
  for (const { transactions } of undone) chain.extend(transactions, true);
  chain.announce();
  await index.atHead();
  t.equal(index.level.writes, writes + 1);
  await matches(t, index, "as it should be");
  await index.stop();
});

t.test("switched off and on: the chain moved on, its events were forgotten, or are another database's", async (t) => {
  const chain = chainOf(20);
  const first = await new Index(chain).start();
  await first.atHead();
  await first.stop();
  chain.undo(5);
  grow(chain, 9);
  chain.forgetEvents();
  const second = await new Index(chain, first.level).start();
  await matches(t, second, "events forgotten, and a reorg among them");
  t.ok(second.counted.includes("history_gaps_total events-forgotten"));
  t.match(second.logged[0]?.message, /read from the blocks/);
  await second.stop();
  chain.undo(18);
  chain.restartEvents();
  grow(chain, 2);
  const third = await new Index(chain, first.level).start();
  await matches(t, third, "an older database was restored");
  t.ok(third.counted.includes("history_gaps_total other-events"));
  await third.stop();
});

t.test("pruned blocks: it says from where it is complete, and keeps what it had", async (t) => {
  const chain = chainOf(60);
  chain.keptFrom = 41;
  const late = await new Index(chain).start();
  await matches(t, late, "from the oldest kept block");
  t.same(late.store.cursor.gaps, [{ from: 1, to: 40 }]);
  t.match(late.logged.find(({ level }) => level === "warn")?.data, { from: 1, to: 40, completeFrom: 41 });
  await late.stop();
  grow(chain, 30);
  chain.keptFrom = 81;
  chain.idsFrom = 75;
  const again = await new Index(chain, late.level).start();
  await again.atHead();
  t.same(again.store.cursor.gaps, [
    { from: 1, to: 40 },
    { from: 61, to: 80 },
  ]);
  t.same(await again.contents(ADDRESSES), chain.naive(again.store.cursor.gaps));
  chain.keptFrom = 0;
  chain.idsFrom = 0;
  chain.undo(25);
  grow(chain, 30);
  await matches(t, again, "a reorg into the gap: it is tried anew");
  t.same(again.store.cursor.gaps, [{ from: 1, to: 40 }]);
  await again.stop();
});

t.test("crash at every write, landed or not, in back-fill and reorg: exact after re-opening", async (t) => {
  let deaths = 0;
  for (const lands of [false, true])
    for (let dieAt = 0; ; dieAt++) {
      const chain = chainOf(12);
      const level = new MortalLevel();
      const died = new Promise<string>((resolve) => {
        level.onDeath = () => resolve("died");
      });
      level.lands = lands;
      level.dieAt = dieAt + 1;
      const index = new Index(chain, level);
      const life = async (): Promise<string> => {
        await index.start();
        await index.atHead(1_000);
        for (const depth of [1, 4, 2]) {
          const undone = chain.undo(depth);
          chain.extend(undone[0]?.transactions ?? [], true);
          grow(chain, depth + 1);
          await index.atHead(1_000);
        }
        return "lived";
      };
      const end = await Promise.race([life(), died]);
      if (end === "lived") {
        await index.stop();
        break;
      }
      deaths++;
      grow(chain, 1);
      const again = await new Index(chain, await survivorOf(level)).start();
      await again.atHead();
      const what = `killed at write ${dieAt}${lands ? ", which landed" : ""}`;
      t.same(await again.contents(ADDRESSES), chain.naive([]), what);
      await again.stop();
    }
  t.ok(deaths >= 6, `${deaths} deaths`);
});

t.test("a write that fails is tried again, from what is on disk; the chain goes on meanwhile", async (t) => {
  const chain = chainOf(10);
  const index = await new Index(chain).start();
  await index.atHead();
  index.level.failure = new Error("No space left on device");
  grow(chain, 2);
  await matches(t, index, "as if nothing had been");
  t.match(index.logged.find(({ level }) => level === "error")?.data, { code: "HISTORY_IO" });
  t.equal(index.progress.failure, undefined);
  await index.stop();
});

t.test("no block with receipts anywhere: it waits, says so, and goes on when there is one", async (t) => {
  const chain = chainOf(3);
  const index = await new Index(chain).start();
  await index.atHead();
  grow(chain, 1);
  chain.keptFrom = 100;
  grow(chain, 1);
  while (index.progress.state !== "failing") await new Promise((resolve) => setImmediate(resolve));
  t.equal(index.progress.failure?.code, "HISTORY_BLOCK_MISSING");
  chain.keptFrom = 0;
  await matches(t, index, "there it is");
  await index.stop();
});

t.test("pages are stable under new blocks; a reorg below a page is told", async (t) => {
  const chain = chainOf(30);
  const index = await new Index(chain).start();
  await index.atHead();
  const expected = chain.naive([]).byAddress.get(Buffer.from(addressOf(0)).toString("hex")) ?? [];
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await index.queries.ofAddress(addressOf(0), 4, cursor);
    t.equal(page.indexed?.height, chain.height, "each page says what it is true of");
    seen.push(...page.transactions.map(({ id }) => Hash.key(id)));
    cursor = page.next;
    grow(chain, 1);
    await index.atHead();
  } while (cursor !== undefined);
  t.same(
    seen,
    expected.map(({ id }) => id),
    "each once, none of the new ones",
  );
  const { next } = await index.queries.ofAddress(addressOf(0), 2);
  chain.undo(10);
  grow(chain, 11);
  await index.atHead();
  await t.rejects(index.queries.ofAddress(addressOf(0), 2, next), { code: "HISTORY_CURSOR_UNDONE" });
  t.same(await index.queries.ofAddress(addressOf(99), 2), {
    ...(await index.queries.ofAddress(addressOf(98), 2)),
    transactions: [],
    next: undefined,
  });
  await index.stop();
});

t.test("a ledger that tells no addresses: by id only", async (t) => {
  const chain = chainOf(3);
  chain.tellsAddresses = false;
  const index = await new Index(chain).start();
  await index.atHead();
  const [transaction] = chain.head.transactions;
  const found = await index.queries.transaction(transaction?.id ?? Hash.zero);
  t.same([found.transaction.height, found.transaction.addresses], [3, []]);
  t.throws(() => index.queries.ofAddress(addressOf(0), 1), { code: "HISTORY_NO_ADDRESSES" });
  await index.stop();
  chain.tellsAddresses = true;
  await t.rejects(new Index(chain, index.level).start(), { code: "HISTORY_WITHOUT_ADDRESSES" });
});

type Act =
  | { readonly act: "extend"; readonly transactions: readonly (readonly number[])[] }
  | { readonly act: "reorg"; readonly depth: number; readonly blocks: number; readonly same: boolean }
  | { readonly act: "restart" | "forget" | "wait" }
  | { readonly act: "crash"; readonly lands: boolean }
  | { readonly act: "prune"; readonly keep: number };

const concerned = fc.uniqueArray(fc.nat(ADDRESSES - 1), { maxLength: 3 });
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ act: fc.constant("extend" as const), transactions: fc.array(concerned, { maxLength: 8 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant("reorg" as const),
      depth: fc.integer({ min: 1, max: 6 }),
      blocks: fc.nat(7),
      same: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom("restart" as const, "forget" as const, "wait" as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("crash" as const), lands: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("prune" as const), keep: fc.integer({ min: 7, max: 12 }) }) },
);

/** Does one thing to chain or index; answers the index that runs then. */
async function perform(act: Act, chain: ScriptedChain, index: Index): Promise<Index> {
  switch (act.act) {
    case "extend":
      chain.extend(act.transactions.map((addresses) => chain.transaction(addresses)));
      return index;
    case "reorg": {
      const undone = chain.undo(Math.min(act.depth, chain.height));
      if (act.same) for (const { transactions } of undone.reverse()) chain.extend(transactions, true);
      for (let made = 0; made < act.blocks; made++) chain.extend([chain.transaction([made % ADDRESSES])], true);
      chain.announce();
      return index;
    }
    case "forget":
      chain.forgetEvents();
      return index;
    case "prune":
      chain.keptFrom = Math.max(chain.keptFrom, chain.height - act.keep);
      return index;
    case "wait":
      return index.atHead();
    case "restart":
      await index.stop();
      return new Index(chain, index.level).start();
    case "crash": {
      // Killed at whatever it writes next; or now, if it has nothing to write.
      const { level } = index;
      level.lands = act.lands;
      level.dieAt = level.writes;
      const died = new Promise<void>((resolve) => {
        level.onDeath = resolve;
      });
      chain.extend([chain.transaction([0, 1])]);
      await died;
      return new Index(chain, await survivorOf(level)).start();
    }
  }
}

t.test("random chains with reorgs, restarts, crashes, pruning: always what a naive index has", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 25 }), async (script) => {
      const chain = new ScriptedChain();
      let index = await new Index(chain).start();
      for (const act of script) index = await perform(act, chain, index);
      chain.extend([]);
      await index.atHead();
      const { gaps } = index.store.cursor;
      const expected = chain.naive(gaps);
      t.strictSame(await index.contents(ADDRESSES), expected);
      if (!script.some(({ act }) => act === "prune")) t.strictSame(gaps, []);
      t.equal(index.store.cursor.transactions, expected.all.size);
      const counts = await index.recordCounts();
      t.same(
        [counts[2] ?? 0, counts[3] ?? 0, counts[4] ?? 0, counts[5] ?? 0],
        [
          chain.height + 1 - gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0),
          expected.all.size,
          expected.all.size,
          [...expected.byAddress.values()].reduce((sum, list) => sum + list.length, 0),
        ],
        "no record too many",
      );
      await index.stop();
      return t.passing();
    }),
    { numRuns: Number(process.env.RUNS ?? 40) },
  );
});
