/** What is said of this node's validators: by the flags that the state has, the slots that have blocks, and the blocks' votes. */
import t from "tap";
import { Flag } from "../../../../plugins/consensus-gasper/epoch/index.js";
import { effectivenessMilli, OUTCOMES_KEPT, ValidatorOutcomes } from "../../../../plugins/consensus-gasper/validator/outcomes.js";
import type { CanonicalVote } from "../../../../plugins/consensus-gasper/validator/performance.js";
import { GENESIS_ROOT, type TestBlock, TestValidators, Tree } from "./fixtures.js";

const ALL = Flag.source | Flag.target | Flag.head;

/** A node with validators 1 and 2, whose blocks a test writes. */
async function observer(tree = new Tree()) {
  const node = new TestValidators({ tree, keys: [1, 2] });
  await node.client.start();
  await node.client.stop();
  let head = tree.head;
  const extend = (slot: number, votes: readonly (readonly [slot: number, ...indices: number[]])[] = [], parent: TestBlock = head) => {
    head = tree.add(parent, slot);
    tree.head = head;
    node.client.onCanonicalBlock({
      root: head.root,
      parentRoot: parent.root,
      slot,
      proposerIndex: tree.proposerOf(slot),
      votes: votes.map(
        ([at, ...indices]): CanonicalVote => ({
          data: { slot: at, target: { epoch: Math.floor(at / 4) } },
          indices: Uint32Array.from(indices),
        }),
      ),
    });
    return head;
  };
  const facts = (index: number) => {
    const found = tree.validators[index];
    if (found === undefined) throw new Error("there are eight");
    return found;
  };
  return { node, extend, facts, of: (index: number) => node.client.performance.of(index) as Record<string, unknown> };
}

t.test("votes by the flags of a whole epoch, distances by blocks, balances by epoch", async (t) => {
  const { node, extend, facts, of } = await observer();
  extend(1, [[0, 1, 7]]);
  extend(2);
  extend(3, [[1, 2, 5]]);
  t.match(of(1), { votes: { due: 0 }, inclusionDistance: { sum: 1, count: 1, last: 1 } });
  extend(4);
  facts(1).balance += 1_000;
  // The second of two blocks with the same vote tells nothing new.
  extend(5, [[1, 2]]);
  facts(1).previousFlags = ALL;
  facts(2).previousFlags = Flag.source | Flag.target;
  t.match(of(1), { votes: { due: 0 } }, "votes of epoch 0 may still come in epoch 1");
  extend(8);
  t.match(of(1), { votes: { due: 1, included: 1, source: 1, target: 1, head: 1 }, effectivenessMilli: 1_000 });
  t.match(of(2), {
    votes: { due: 1, included: 1, source: 1, target: 1, head: 0 },
    effectivenessMilli: 740,
    inclusionDistance: { sum: 2, count: 1, last: 2 },
  });
  facts(1).previousFlags = 0;
  facts(2).previousFlags = ALL;
  extend(12);
  t.match(of(1), { votes: { due: 2, included: 1 }, effectivenessMilli: 500 });
  t.match(of(2), { votes: { due: 2, included: 2, source: 2, target: 2, head: 1 }, effectivenessMilli: 870 });
  const [first, second] = of(1).recent as readonly Record<string, unknown>[];
  t.match(first, { epoch: 0, flags: ALL, inclusionDistance: 1, balance: "32000000000", balanceChange: null });
  t.match(second, { epoch: 1, flags: 0, balance: "32000001000", balanceChange: "1000" });
  t.equal(node.counted.get("gasper_validator_votes included"), 3);
  t.equal(node.counted.get("gasper_validator_votes missed"), 1);
  t.equal(node.client.performance.of(5), undefined, "somebody else's");
  t.equal(node.client.performance.list().length, 2);
  t.match(node.client.status(), { onChain: { effectivenessMilli: 685, votes: { due: 4, included: 3 } } });
});

t.test("proposals by slots that have a block", async (t) => {
  const { node, extend, of } = await observer();
  // Slots 1 and 2 are ours, then 9 and 10, then 17 and 18.
  extend(1);
  extend(3);
  extend(4);
  extend(10);
  t.match(of(1), { proposals: { made: 1, missed: 0 } });
  t.match(of(2), { proposals: { made: 0, missed: 1 } });
  extend(24);
  t.match(of(1), { proposals: { made: 1, missed: 1 } }, "of whole epochs without a block only the next one's proposers are known");
  t.match(of(2), { proposals: { made: 1, missed: 1 } });
  t.equal(node.counted.get("gasper_validator_proposals made"), 2);
  t.equal(node.counted.get("gasper_validator_proposals missed"), 2);
});

t.test("epochs without blocks are missed by all who were active", async (t) => {
  const { extend, facts, of } = await observer();
  facts(2).activation = 3;
  extend(4);
  facts(1).previousFlags = ALL;
  facts(1).currentFlags = Flag.source;
  // Epoch 1 ends with block 4; epochs 2, 3, 4 have none.
  extend(20);
  t.match(of(1), { votes: { due: 4, included: 2, source: 2, target: 1 } });
  t.match(of(2), { votes: { due: 1, included: 0 } }, "of epoch 3; votes of epoch 4 may still come");
  t.same(
    (of(1).recent as readonly { readonly epoch: number; readonly flags: number }[]).map(({ epoch, flags }) => [epoch, flags]),
    [
      [0, ALL],
      [1, Flag.source],
      [2, 0],
      [3, 0],
    ],
  );
});

t.test("a reorg over the end of an epoch corrects what was said, and counts nothing twice", async (t) => {
  const { node, extend, facts, of } = await observer();
  extend(1);
  const fork = extend(4);
  facts(1).previousFlags = 0;
  facts(2).previousFlags = ALL;
  extend(8);
  t.match(of(1), { votes: { due: 1, included: 0 } });
  facts(1).previousFlags = ALL;
  const other = extend(5, [[3, 1]], fork);
  extend(9, [], other);
  t.match(of(1), { votes: { due: 1, included: 1 }, inclusionDistance: { sum: 2, count: 1 }, proposals: { made: 1, missed: 0 } });
  t.equal((node.counted.get("gasper_validator_votes included") ?? 0) + (node.counted.get("gasper_validator_votes missed") ?? 0), 2);
});

t.test("it is bounded: old epochs are summed up", async (t) => {
  const outcomes = new ValidatorOutcomes();
  for (let epoch = 0; epoch < 100; epoch++) {
    const outcome = outcomes.at(epoch);
    if (outcome === undefined) throw new Error("epochs ascend");
    outcome.flags = epoch % 2 === 0 ? ALL : 0;
    outcome.proposals = { made: 1, missed: 2 };
    outcomes.included(epoch, 3);
  }
  t.equal(outcomes.recent.length, OUTCOMES_KEPT);
  t.equal(outcomes.at(50), undefined, "what was summed up is not changed any more");
  t.match(outcomes.totals, { votes: 100, included: 100, source: 50, head: 50, distanceSum: 300, made: 100, missed: 200 });
  t.equal(effectivenessMilli(outcomes.totals), 500);
  t.equal(effectivenessMilli(new ValidatorOutcomes().totals), 1_000);
});

t.test("nothing is kept of blocks while there are no keys, and unknown states are no failure", async (t) => {
  const tree = new Tree();
  const node = new TestValidators({ tree, keys: [] });
  const root = tree.add(tree.head, 4).root;
  node.client.onCanonicalBlock({ root, parentRoot: GENESIS_ROOT, slot: 4, proposerIndex: 0, votes: [] });
  t.same(node.client.performance.list(), []);
  const own = new TestValidators({ tree, keys: [1] });
  await own.client.start();
  await own.client.stop();
  const lost = root.map((byte) => byte ^ 1) as typeof root;
  own.client.onCanonicalBlock({ root, parentRoot: lost, slot: 8, proposerIndex: 0, votes: [] });
  t.match(own.client.performance.of(1), { votes: { due: 0 } });
});
