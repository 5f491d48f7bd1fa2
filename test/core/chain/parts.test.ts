/** The chain's parts by themselves: lane, block tree, waiting room, records. */
import * as fc from "fast-check";
import t from "tap";
import { BlockTree, type TreeNode } from "../../../core/chain/block-tree.js";
import { Lane } from "../../../core/chain/lane.js";
import {
  decodeEvent,
  decodeHeadPointer,
  decodeIndexRecord,
  decodeLocation,
  encodeEvent,
  encodeHeadPointer,
  encodeIndexRecord,
  encodeLocation,
  keys,
  numberKey,
  ranges,
  readNumber,
  seal,
  unseal,
} from "../../../core/chain/records.js";
import { RetryTimers } from "../../../core/chain/retry-timers.js";
import { WaitingRoom } from "../../../core/chain/waiting-room.js";
import { AssertionFailure } from "../../../core/kernel/assert.js";
import { ChainwrightError } from "../../../core/kernel/errors.js";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import { Address } from "../../../core/primitives/address.js";
import { Height } from "../../../core/primitives/amount.js";
import type { Block, Header } from "../../../core/primitives/block.js";
import { headerRecord } from "../../../core/primitives/block-codec.js";
import { compareBytes } from "../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { TestTime } from "./harness.js";

function headerAt(height: number, parent: Hash, salt = 0): Header {
  return {
    chainId: "test-1",
    height: Height.from(height),
    parent,
    timestampMs: height,
    transactionsRoot: Hash.zero,
    receiptsRoot: Hash.zero,
    stateRoot: Hash.zero,
    payloadRoot: Hash.zero,
    proposer: Address.zero,
    extra: Uint8Array.of(salt),
    seal: new Uint8Array(0),
  };
}

function treeHeader(height: number, parent: Hash, salt = 0, weight = 0n): TreeHeader {
  return { ...headerRecord(headerAt(height, parent, salt)), weight };
}

const blockOf = (header: Header): Block => ({ header, transactions: [], payload: new Uint8Array(0) });

t.test("a lane runs one task after the other, in order of arrival, also after one that failed", async (t) => {
  const lane = new Lane();
  const log: string[] = [];
  const task = (name: string, fails = false) =>
    lane.run(async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const [a, b, c] = [task("a"), task("b", true), task("c")];
  t.equal(lane.depth, 3);
  await t.rejects(b, /b/);
  t.equal(await a, "a");
  t.equal(await c, "c");
  t.strictSame(log, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  await lane.idle();
  t.equal(lane.depth, 0);
});

t.test("the block tree", async (t) => {
  const tree = new BlockTree();
  t.throws(() => tree.root, AssertionFailure);
  const add = (header: TreeHeader): TreeNode => tree.add({ header, sizeBytes: 1, transactionCount: 0, standing: "stored" });
  const root = add(treeHeader(0, Hash.zero));
  const a1 = add(treeHeader(1, root.id));
  const a2 = add(treeHeader(2, a1.id));
  const a3 = add(treeHeader(3, a2.id));
  const b1 = add(treeHeader(1, root.id, 1));
  const b2 = add(treeHeader(2, b1.id, 1));
  const c3 = add(treeHeader(3, a2.id, 2));
  t.throws(() => add(treeHeader(1, root.id)), AssertionFailure, "a block twice");
  t.throws(() => add(treeHeader(9, sha256(Uint8Array.of(1)))), AssertionFailure, "a block without its parent");
  t.equal(tree.root, root);
  t.equal(tree.size, 7);
  t.strictSame(tree.path(root, a3), [a1, a2, a3]);
  t.strictSame(tree.path(a3, a3), []);
  t.equal(tree.path(b1, a3), undefined);
  t.equal(tree.path(a3, a1), undefined, "not downward");
  t.equal(tree.commonAncestor(a3, c3), a2);
  t.equal(tree.commonAncestor(b2, c3), root);
  t.equal(tree.commonAncestor(a1, a3), a1);
  t.ok(tree.descendsFrom(c3, a1));
  t.notOk(tree.descendsFrom(c3, b1));
  t.strictSame(new Set(tree.subtree(a1)), new Set([a1, a2, a3, c3]));
  const places = tree.subtree(root).map(({ header }) => Number(header.height));
  t.strictSame(places, [...places].sort(), "parents first");

  t.strictSame(tree.advanceRoot(root), { below: [], beside: [] });
  const { below, beside } = tree.advanceRoot(a2);
  t.strictSame(below, [root, a1]);
  t.strictSame(new Set(beside), new Set([b1, b2]));
  t.equal(tree.root, a2);
  t.equal(a2.parent, undefined, "what is below can be forgotten");
  for (const node of [root, a1, b1, b2])
    t.strictSame([node.parent, node.children.size], [undefined, 0], "who keeps a dropped block keeps no other one with it");
  t.strictSame(new Set(a2.children), new Set([a3, c3]));
  t.equal(tree.size, 3);
  t.equal(tree.get(a1.id), undefined);
  t.equal(tree.commonAncestor(a3, c3), a2);
  t.throws(() => tree.advanceRoot(b2), AssertionFailure);
});

t.test("the waiting room is bounded in count and bytes; the oldest leaves first", async (t) => {
  const room = new WaitingRoom({ maxCount: 3, maxBytes: 100 });
  const parent = sha256(Uint8Array.of(1));
  const waiting = (salt: number, sizeBytes = 10, of = parent) => {
    const header = headerAt(5, of, salt);
    return { block: blockOf(header), id: headerRecord(header).id, sizeBytes, certificate: undefined, code: "X" };
  };
  const [one, two, three, four] = [waiting(1), waiting(2), waiting(3), waiting(4)];
  for (const each of [one, two, three]) t.strictSame(room.add(each), []);
  t.strictSame(room.add(one), [], "again: it is the youngest now");
  t.equal(room.count, 3);
  t.strictSame(room.add(four), [two]);
  t.equal(room.get(two.id), undefined);
  t.equal(room.bytes, 30);
  const big = waiting(5, 85);
  t.strictSame(room.add(big), [three, one]);
  t.equal(room.bytes, 95);
  const huge = waiting(6, 101);
  t.strictSame(room.add(huge), [huge], "too large to keep at all");
  t.equal(room.remove(huge.id), undefined);
  t.strictSame(room.takeChildren(parent), [four, big]);
  t.strictSame(room.takeChildren(parent), []);
  t.equal(room.count + room.bytes, 0);
  const none = new WaitingRoom({ maxCount: 0, maxBytes: 100 });
  t.strictSame(none.add(one), [one]);

  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(60), fc.constantFrom("add", "remove", "take")), { maxLength: 60 }), (steps) => {
      const small = new WaitingRoom({ maxCount: 3, maxBytes: 100 });
      for (const [salt, sizeBytes, step] of steps) {
        const of = sha256(Uint8Array.of(salt % 2));
        const each = waiting(salt, sizeBytes, of);
        if (step === "add") small.add(each);
        else if (step === "remove") small.remove(each.id);
        else for (const child of small.takeChildren(of)) if (small.get(child.id) !== undefined) return false;
        if (small.count > 3 || small.bytes > 100 || (small.count === 0) !== (small.bytes === 0 && small.count === 0)) return false;
      }
      for (const parity of [0, 1]) small.takeChildren(sha256(Uint8Array.of(parity)));
      return small.count === 0 && small.bytes === 0;
    }),
  );
});

t.test("retry timers: one a block, at most an hour ahead", async (t) => {
  const time = new TestTime();
  const timers = new RetryTimers({ clock: time, scheduler: time });
  const [a, b] = [sha256(Uint8Array.of(1)), sha256(Uint8Array.of(2))];
  const rung: string[] = [];
  timers.set(a, time.nowMs() + 10, () => rung.push("a early"));
  timers.set(a, time.nowMs() + 20, () => rung.push("a"));
  timers.set(b, time.nowMs() + 1e12, () => rung.push("b"));
  time.advance(19);
  t.strictSame(rung, []);
  time.advance(1);
  t.strictSame(rung, ["a"]);
  time.advance(3_600_000);
  t.strictSame(rung, ["a", "b"]);
  timers.set(a, 0, () => rung.push("the past"));
  timers.set(b, 0, () => rung.push("never"));
  timers.cancel(b);
  timers.cancel(b);
  time.advance(0);
  t.strictSame(rung, ["a", "b", "the past"]);
  timers.set(a, time.nowMs() + 5, () => rung.push("never"));
  timers.cancelAll();
  t.equal(time.timers, 0);
});

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Hash.from(bytes));
const number = fc.maxSafeNat();

t.test("records read back what was written", async (t) => {
  fc.assert(
    fc.property(hash, hash, hash, hash, number, (head, justified, finalized, genesis, events) => {
      const pointer = { head, justified, finalized, genesis, events };
      t.strictSame(decodeHeadPointer(encodeHeadPointer(pointer)), pointer);
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(hash, number, fc.nat(2 ** 20), (blockId, height, index) => {
      t.strictSame(decodeLocation("x", encodeLocation(blockId, height, index)), { blockId, height, index });
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(
      hash,
      number,
      number,
      fc.constantFrom("applied" as const, "undone" as const, "finalized" as const),
      (blockId, height, sequence, type) => {
        t.strictSame(decodeEvent(sequence, encodeEvent({ type, height, blockId })), { sequence, type, height, blockId });
      },
    ),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
      fc.nat(),
      fc.nat(),
      fc.boolean(),
      (weight, sizeBytes, transactionCount, invalid) => {
        const header = treeHeader(7, Hash.zero, 3, weight);
        const record = { header, sizeBytes, transactionCount, invalid };
        t.strictSame(decodeIndexRecord(header.id, encodeIndexRecord(record)), record);
      },
    ),
    { numRuns: 50 },
  );
});

t.test("a weight beyond 256 bits is a bug, never a smaller weight", async (t) => {
  const header = treeHeader(7, Hash.zero, 3, 1n << 256n);
  t.throws(() => encodeIndexRecord({ header, sizeBytes: 0, transactionCount: 0, invalid: false }), AssertionFailure);
  const negative = treeHeader(7, Hash.zero, 3, -1n);
  t.throws(() => encodeIndexRecord({ header: negative, sizeBytes: 0, transactionCount: 0, invalid: false }), AssertionFailure);
});

t.test("any change of a record's bytes is damage, and nothing but that error is thrown", async (t) => {
  const header = treeHeader(7, Hash.zero, 3, 12n);
  const samples: readonly (readonly [Uint8Array, (bytes: Uint8Array) => unknown])[] = [
    [encodeHeadPointer({ head: header.id, justified: header.id, finalized: header.id, genesis: header.id, events: 3 }), decodeHeadPointer],
    [encodeLocation(header.id, 3, 4), (bytes) => decodeLocation("location", bytes)],
    [encodeEvent({ type: "undone", height: 3, blockId: header.id }), (bytes) => decodeEvent(3, bytes)],
    [encodeIndexRecord({ header, sizeBytes: 1, transactionCount: 2, invalid: false }), (bytes) => decodeIndexRecord(header.id, bytes)],
    [seal(Uint8Array.of(1, 2, 3)), (bytes) => unseal("journal", bytes)],
  ];
  const isDamage = (run: () => unknown) => {
    try {
      run();
      return false;
    } catch (error) {
      return ChainwrightError.is(error) && error.code === "CHAIN_DAMAGED";
    }
  };
  for (const [bytes, decode] of samples) {
    t.notOk(isDamage(() => decode(bytes)));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (!isDamage(() => decode(flipped))) t.fail(`bit ${bit}`);
    }
    for (let length = 0; length < bytes.length; length++) if (!isDamage(() => decode(bytes.slice(0, length)))) t.fail(`length ${length}`);
    // A right checksum over something else.
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        try {
          decode(seal(body));
          return true;
        } catch (error) {
          return ChainwrightError.is(error);
        }
      }),
      { numRuns: 100 },
    );
  }
  const other = treeHeader(7, Hash.zero, 4);
  t.ok(
    isDamage(() => decodeIndexRecord(other.id, samples[3]?.[0] ?? new Uint8Array(0))),
    "the record of another block",
  );
});

t.test("keys sort by number", async (t) => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      t.equal(Math.sign(compareBytes(numberKey(a), numberKey(b))), Math.sign(a - b));
      t.equal(readNumber(keys.event(a), 1), a);
    }),
    { numRuns: 50 },
  );
  const id = sha256(Uint8Array.of(1));
  const range = ranges.fromHeight(5);
  const within = (key: Uint8Array) => compareBytes(key, range.gte) >= 0 && compareBytes(key, range.lt) < 0;
  t.notOk(within(keys.atHeight(4, id)));
  t.ok(within(keys.atHeight(5, id)));
  t.ok(within(keys.atHeight(Number.MAX_SAFE_INTEGER, id)));
  t.notOk(within(keys.pointer("head")));
});
