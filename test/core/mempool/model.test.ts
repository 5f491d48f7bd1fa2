/** The mempool against what must hold whatever happens, and its structures against simple ones. */
import fc from "fast-check";
import t from "tap";
import { ChainwrightError } from "../../../core/kernel/errors.js";
import { BoundedMap } from "../../../core/mempool/bounded-map.js";
import { HeightIndex } from "../../../core/mempool/height-index.js";
import { OrderedList } from "../../../core/mempool/ordered-list.js";
import { comparePlaces, feeAbove, feeRate, PoolItem } from "../../../core/mempool/pool-item.js";
import { TransactionPool } from "../../../core/mempool/transaction-pool.js";
import { Height } from "../../../core/primitives/amount.js";
import { type Bytes, toHex } from "../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { Bench, key, rulesOf } from "./fixtures.js";

const SENDERS = 4;
const OPTIONS = { maxCount: 12, maxPerSender: 5, replaceFeePercent: 10 };
const ALL = { maxBytes: 1e9, maxWeight: 1e9, maxCount: 1e6 };

const submission = fc.record({
  from: fc.integer({ min: 0, max: SENDERS - 1 }),
  /** Against the sender's nonce in the chain. */
  offset: fc.integer({ min: -1, max: 6 }),
  amount: fc.constantFrom(0n, 10n, 3_000n, 9_000n),
  fee: fc.integer({ min: 200, max: 2_000 }).map(BigInt),
  from_height: fc.constantFrom(0, 0, 0, 2, 5),
  until_height: fc.constantFrom(0, 0, 0, 3, 6),
  broken: fc.constantFrom(false, false, false, false, true),
});
const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("submit" as const), together: fc.array(submission, { minLength: 1, maxLength: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("mine" as const),
      count: fc.integer({ min: 0, max: 4 }),
      foreign: fc.array(submission, { maxLength: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("reorg" as const),
      depth: fc.integer({ min: 1, max: 3 }),
      keep: fc.integer({ min: 0, max: 7 }),
      foreign: fc.array(submission, { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("crash" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("upgrade" as const), floor: fc.integer({ min: 1, max: 3 }) }) },
);

type Submission = typeof submission extends fc.Arbitrary<infer T> ? T : never;

/** What was answered as accepted, by id, since the last start. */
class Run {
  readonly accepted = new Map<string, { id: Hash; raw: Bytes }>();
  readonly bench: Bench;

  constructor(bench: Bench) {
    this.bench = bench;
  }

  build(spec: Submission): Bytes {
    const account = this.bench.ledger.describeAccount(key(spec.from).address, this.bench.chain.state) as { nonce: number };
    const { from, amount, fee } = spec;
    const raw = this.bench.transfer(from, Math.max(0, account.nonce + spec.offset), {
      amount,
      fee,
      validFrom: spec.from_height,
      validUntil: spec.until_height,
    });
    if (spec.broken) raw[raw.length - 1] = (raw[raw.length - 1] ?? 0) ^ 1;
    return raw;
  }

  async submit(specs: readonly Submission[]): Promise<void> {
    const raws = specs.map((spec) => this.build(spec));
    const results = await Promise.allSettled(raws.map((raw) => this.bench.pool.submit(raw)));
    for (const [index, result] of results.entries()) {
      if (result.status === "rejected") {
        if (!ChainwrightError.is(result.reason)) throw result.reason;
        continue;
      }
      if (specs[index]?.broken === true) throw new Error("a broken signature was accepted");
      this.accepted.set(toHex(result.value.id), { id: result.value.id, raw: raws[index] as Bytes });
    }
  }

  async mine(count: number, foreign: readonly Submission[]): Promise<void> {
    const picked = this.bench.pool.select({ ...ALL, maxCount: count }).map(({ raw }) => raw);
    await this.bench.mine([...foreign.filter(({ broken }) => !broken).map((spec) => this.build(spec)), ...picked]);
  }

  async reorg(depth: number, keep: number, foreign: readonly Submission[]): Promise<void> {
    const { chain } = this.bench;
    const undone = chain.undo(Math.min(depth, chain.blocks.length));
    const others = foreign.filter(({ broken }) => !broken).map((spec) => this.build(spec));
    const applied = [
      ...(await chain.mine([...undone.filter((_, index) => (keep >> (index % 3)) & 1), ...others])),
      ...(await chain.mine([])),
    ];
    await this.bench.changed({ undone, applied });
  }

  async crash(): Promise<void> {
    const before = this.bench.ids();
    this.accepted.clear();
    await this.bench.crash();
    t.same(this.bench.ids(), before, "after a crash the pool is what it was, in the same order");
    for (const { id, raw } of this.bench.pool.list(0, 1_000)) this.accepted.set(toHex(id), { id, raw });
  }

  check(): void {
    const { bench } = this;
    const { pool, ledger, chain } = bench;
    const entries = pool.list(0, 1_000);
    const fail = (what: string) => {
      throw new Error(what);
    };
    if (entries.length !== pool.count || pool.count > OPTIONS.maxCount) fail("the count is bounded");
    if (entries.reduce((sum, { raw }) => sum + raw.length, 0) !== pool.bytes) fail("bytes are counted");
    const { height, rules, view } = chain.head();
    const claims = new Set<string>();
    const readyTags = new Set<string>();
    const reserved = new Map<string, bigint>();
    let wasReady = true;
    for (const entry of entries) {
      const batch = ledger.decodeBlock([entry.raw], rules);
      const facts = ledger.pool(batch, 0, view, { height: Height.from(height + 1), rules });
      for (const tag of facts.conflicts) {
        if (claims.has(tag)) fail("two pooled transactions conflict");
        claims.add(tag);
      }
      const ready = facts.validFrom <= height + 1 && facts.requires.every((tag) => readyTags.has(tag));
      if (ready !== (entry.standing === "ready")) fail(`${entry.standing} is not how it stands`);
      if (ready && !wasReady) fail("the ready ones come first, and whoever is needed before whoever needs it");
      wasReady = ready;
      if (ready) for (const tag of facts.provides) readyTags.add(tag);
      for (const { account, amount, available } of facts.reserves) {
        const sum = (reserved.get(account) ?? 0n) + amount;
        reserved.set(account, sum);
        if (sum > available) fail("an account promises more than it has");
      }
    }
    for (let from = 0; from < SENDERS; from++)
      if (pool.ofSender(key(from).text).length > OPTIONS.maxPerSender) fail("a sender's queue is bounded");
    for (const [id, { id: hash, raw }] of this.accepted) {
      if (pool.get(hash) === undefined && pool.dropped(hash) === undefined && !chain.holds(raw))
        fail(`${id} was accepted and lost without a trace`);
    }
  }

  /** Everything that is ready can be executed in this order, with its fee paid. */
  async checkExecution(): Promise<void> {
    const { bench } = this;
    const picked = bench.pool.select(ALL).map(({ raw }) => raw);
    const taken = await bench.chain.mine(picked);
    bench.chain.undo(1);
    if (taken.length !== picked.length) throw new Error("something selected could not be executed");
  }
}

for (const slicing of [false, true]) {
  t.test(`whatever is submitted, mined, undone or killed, the invariants hold (${slicing ? "in slices" : "at once"})`, async (t) => {
    let revision = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 14 }), async (operations) => {
        const bench = await Bench.opened({ accounts: SENDERS + 1, balance: 12_000, options: OPTIONS, slicing });
        const run = new Run(bench);
        for (const each of operations) {
          if (each.type === "submit") await run.submit(each.together);
          else if (each.type === "mine") await run.mine(each.count, each.foreign);
          else if (each.type === "reorg") await run.reorg(each.depth, each.keep, each.foreign);
          else if (each.type === "crash") await run.crash();
          else {
            bench.chain.rules = rulesOf({ feeFloorPerByte: each.floor }, ++revision);
            await run.mine(0, []);
          }
          run.check();
          await run.checkExecution();
        }
      }),
      { numRuns: slicing ? 15 : 30 },
    );
    t.pass();
  });
}

t.test("submissions and head changes that overlap leave a consistent pool", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(submission, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }), async (rounds) => {
      const bench = await Bench.opened({ accounts: SENDERS + 1, balance: 12_000, options: OPTIONS, slicing: true });
      const run = new Run(bench);
      for (const specs of rounds)
        await Promise.all([run.submit(specs), run.mine(2, specs.slice(0, 1)), run.submit([...specs].reverse()), run.mine(1, [])]);
      await bench.changed({ undone: [], applied: [] });
      run.check();
      await run.checkExecution();
    }),
    { numRuns: 15 },
  );
  t.pass();
});

// A ledger with outputs instead of nonces: several needs, several rivals.

interface Node {
  readonly needs: readonly number[];
  readonly claims: readonly number[];
  readonly fee: number;
}

function itemOf(index: number, node: Node): PoolItem {
  const id = sha256(Uint8Array.of(index, index >> 8));
  const raw = new Uint8Array(100);
  const facts = {
    sender: `s${index % 3}`,
    provides: [`o:${index}`],
    requires: node.needs.filter((need) => need !== index).map((need) => `o:${need}`),
    conflicts: node.claims.map((claim) => `c:${claim}`),
    reserves: [],
    fee: BigInt(node.fee),
    weight: 1,
    validFrom: 0,
    validUntil: Number.MAX_SAFE_INTEGER,
  };
  return new PoolItem({ batch: { transactions: [] }, revision: 0 }, id, raw, Hash.key(id), { facts, readKeys: [`k${index % 5}`] });
}

t.test("any web of needs and rivals is ordered so that nobody stands before what it needs", async (t) => {
  const node = fc.record({
    needs: fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 3 }),
    claims: fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 2 }),
    fee: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(
      fc.array(node, { maxLength: 40 }),
      fc.array(fc.nat({ max: 39 }), { maxLength: 15 }),
      fc.array(fc.boolean()),
      (nodes, removals, order) => {
        const pool = new TransactionPool(
          { maxCount: 25, maxBytes: 1e6, maxPerSender: 12, replaceFeePercent: 10 },
          { blockBytes: 1e6, blockWeight: 1e6 },
          1,
        );
        const items = nodes.map((each, index) => itemOf(index, each));
        // Circles of needs are left in on purpose: they wait for ever, but must not hang or break anything.
        for (const [index, item] of items.entries()) {
          item.sequence = order[index] === true ? index : 1_000 - index;
          try {
            pool.admit(item, pool.plan(item, "final"));
          } catch (error) {
            if (!ChainwrightError.is(error)) throw error;
          }
        }
        for (const removal of removals) {
          const item = items[removal];
          if (item !== undefined && pool.byId(item.idKey) === item) pool.remove(item);
          pool.settle();
        }
        const ordered = [...pool.items()];
        const executable = new Set<string>();
        const claimed = new Set<string>();
        for (const item of ordered) {
          const ready = item.facts.requires.every((tag) => executable.has(tag));
          if (item.place?.ready !== ready) throw new Error("ready is who has all it needs before it");
          if (ready) for (const tag of item.facts.provides) executable.add(tag);
          for (const tag of item.facts.conflicts) {
            if (claimed.has(tag)) throw new Error("rivals in one pool");
            claimed.add(tag);
          }
        }
        for (let at = 1; at < ordered.length; at++) {
          const [a, b] = [ordered[at - 1], ordered[at]];
          if (a?.place === undefined || b?.place === undefined || comparePlaces(a.place, a.sequence, b.place, b.sequence) >= 0)
            throw new Error("it is sorted");
        }
        const few = pool.select({ maxBytes: 450, maxWeight: 1e6, maxCount: 1e6 });
        const had = new Set<string>();
        for (const item of few) {
          if (!item.facts.requires.every((tag) => had.has(tag))) throw new Error("selected without what it needs");
          for (const tag of item.facts.provides) had.add(tag);
        }
      },
    ),
    { numRuns: 300 },
  );
  t.pass();
});

t.test("the least fee above a rate is exactly that", async (t) => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 70n }), fc.bigInt({ min: 1n, max: 2n ** 33n }), (rate, share) => {
      const fee = feeAbove(rate, share);
      return feeRate(fee, share) > rate && (fee === 0n || feeRate(fee - 1n, share) <= rate);
    }),
  );
  t.pass();
});

t.test("an ordered list is a sorted array", async (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 3_000 })), { maxLength: 3_000, size: "max" }), (steps) => {
      const list = new OrderedList<number>((a, b) => a - b);
      const model = new Set<number>();
      for (const [remove, value] of steps) {
        if (model.has(value) !== remove) continue;
        if (remove) list.delete(value);
        else list.insert(value);
        if (remove) model.delete(value);
        else model.add(value);
      }
      const sorted = [...model].sort((a, b) => a - b);
      const offset = sorted.length >> 1;
      return (
        list.length === sorted.length &&
        [...list.fromFirst()].join() === sorted.join() &&
        [...list.fromFirst(offset)].join() === sorted.slice(offset).join() &&
        [...list.fromLast()].join() === sorted.reverse().join()
      );
    }),
    { numRuns: 15 },
  );
  const list = new OrderedList<number>((a, b) => a - b);
  list.insert(1);
  t.throws(() => list.delete(2), /invariant/);
});

t.test("a bounded map forgets its oldest, a height index finds what lies between", async (t) => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  map.set("c", 4);
  t.same([map.get("a"), map.get("b"), map.get("c"), map.size], [3, undefined, 4, 2]);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 })), fc.nat({ max: 60 }), fc.nat({ max: 60 }), (heights, a, b) => {
      const index = new HeightIndex<number>();
      for (const [element, height] of heights.entries()) index.add(height, element);
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const expected = [...heights.entries()].filter(([, height]) => height >= low && height <= high).map(([element]) => element);
      return (
        index
          .within(low, high)
          .sort((x, y) => x - y)
          .join() === expected.join()
      );
    }),
  );
});
