/** Which block is the head, in known situations: rules, attacks and their remedies, proposals on a weak head. */
import t from "tap";
import { toHex } from "../../../../core/sdk.js";
import type { ForkChoiceBlock } from "../../../../plugins/consensus-gasper/fork-choice-types.js";
import { at, Chain, GENESIS, OPTIONS, root, SLOTS_PER_EPOCH } from "./chain.js";

t.test("the head is the only block, its child, the heavier child, and of equals the one with the greater root", async (t) => {
  const chain = new Chain();
  t.equal(chain.head, "genesis");
  chain.add("a", "genesis", 1).add("b", "genesis", 2);
  const greater = toHex(root("a")) > toHex(root("b")) ? "a" : "b";
  const lesser = greater === "a" ? "b" : "a";
  t.equal(chain.head, greater);
  chain.choice.onTick(3);
  chain.vote(lesser, 0, 1, 2);
  t.equal(chain.head, lesser);
  chain.vote(greater, 1, 2, 2);
  t.equal(chain.head, greater);
  chain.vote(lesser, 2, 3, 2);
  t.equal(chain.choice.weight(root(lesser)), 2);
  t.equal(chain.choice.weight(root("genesis")), 3);
  t.equal(chain.choice.weight(root("nowhere")), undefined);
  t.same(chain.asked, [0], "balances are asked for once");
});

t.test("votes: from the next slot on, once an epoch, of any validator", async (t) => {
  const chain = new Chain();
  chain.add("a", "genesis", 1).add("b", "genesis", 1);
  t.equal(chain.vote("a", 0, 3, 1), "waiting");
  t.equal(chain.vote("a", 0, 3, 1), "waiting");
  t.equal(chain.choice.waitingVotes, 3, "each waits once");
  t.equal(chain.choice.weight(root("a")), 0);
  chain.choice.onTick(2);
  t.equal(chain.choice.weight(root("a")), 3);
  t.equal(chain.choice.waitingVotes, 0);
  chain.vote("b", 0, 3, 1);
  t.equal(chain.choice.weight(root("b")), 0, "a second vote of an epoch is none");
  chain.choice.onTick(SLOTS_PER_EPOCH + 1);
  chain.vote("b", 0, 2, SLOTS_PER_EPOCH);
  t.equal(chain.choice.weight(root("b")), 2, "one of the next epoch moves");
  t.equal(chain.choice.weight(root("a")), 1);
  t.equal(chain.vote("b", 1_000, 1_001, SLOTS_PER_EPOCH), "counted", "without a balance yet");
  t.equal(chain.choice.weight(root("b")), 2);
});

t.test("votes that can't be valid are refused, those for blocks that are not here are told apart", async (t) => {
  const chain = new Chain();
  chain.add("a", "genesis", 1).add("b", "a", 9).choice.onTick(11);
  const vote = { indices: Uint32Array.of(1), root: root("b"), targetEpoch: 1 };
  t.equal(chain.choice.onVote({ ...vote, root: root("nowhere") }, 10), "unknown-block");
  t.equal(chain.choice.onVote({ ...vote, targetEpoch: 2 }, 10), "refused", "epoch and slot don't match");
  t.equal(chain.choice.onVote(vote, 8), "refused", "the block is newer than the vote");
  t.equal(chain.choice.onVote({ ...vote, targetRoot: root("b") }, 10), "refused", "not the block's checkpoint");
  t.equal(chain.choice.onVote(vote, 13), "refused", "further ahead than the next slot");
  t.equal(chain.choice.onVote({ ...vote, indices: Uint32Array.of(2 ** 20) }, 10), "refused", "no such validator");
  t.equal(chain.choice.weight(root("a")), 0);
  t.equal(chain.choice.onVote(vote, 12), "waiting");
  t.equal(chain.choice.onVote({ ...vote, targetRoot: root("a") }, 10), "counted");
  t.equal(chain.choice.weight(root("a")), 1);
});

/** Ex-ante reorg: slot 2's proposer hides its block and its committee's votes, and shows them after slot 3's was proposed. */
function exAnteReorg(proposerBoostPercent: number): Chain {
  const chain = new Chain({ options: { ...OPTIONS, proposerBoostPercent } });
  chain.add("a", "genesis", 1, { isTimely: true });
  chain.choice.onTick(3);
  chain.add("honest", "a", 3, { isTimely: true });
  chain.add("hidden", "a", 2);
  chain.vote("hidden", 0, 2, 2);
  return chain;
}

t.test("an ex-ante reorg succeeds without the boost, and fails with it", async (t) => {
  t.equal(exAnteReorg(0).head, "hidden");
  const boosted = exAnteReorg(40);
  t.equal(boosted.head, "honest");
  t.equal(boosted.choice.weight(root("honest")), 3, "40 % of 8, rounded down");
  t.equal(boosted.choice.weight(root("a")), 5);
  boosted.choice.onTick(4);
  t.equal(boosted.head, "hidden", "the boost ends with the slot: by then votes have to be there");
  t.equal(boosted.choice.weight(root("honest")), 0);
});

t.test("the boost is the first timely block's, of the current slot, on the head's shuffling", async (t) => {
  const chain = new Chain();
  chain.add("late", "genesis", 1).add("first", "genesis", 1, { isTimely: true }).add("second", "genesis", 1, { isTimely: true });
  t.same(
    ["late", "first", "second"].map((name) => chain.choice.weight(root(name))),
    [0, 3, 0],
  );
  chain.choice.onTick(3);
  chain.add("of the last slot", "first", 2, { isTimely: true });
  t.equal(chain.choice.weight(root("of the last slot")), 0);

  // Two branches since before the block that epoch 2's proposers follow from.
  const other = new Chain();
  other.add("a", "genesis", 1).add("b", "genesis", 2).choice.onTick(3);
  other.vote("a", 0, 5, 2);
  other.choice.onTick(16);
  other.add("b2", "b", 16, { isTimely: true });
  t.equal(other.choice.weight(root("b2")), 0, "who proposes there is no proposer on the head's chain");
  other.add("a2", "a", 16, { isTimely: true });
  t.equal(other.choice.weight(root("a2")), 3);
});

t.test("equivocators count no more: neither what they said nor what they will say", async (t) => {
  const chain = new Chain();
  chain.add("a", "genesis", 1).add("b", "genesis", 1).choice.onTick(2);
  chain.vote("a", 0, 5, 1);
  chain.vote("b", 5, 8, 1);
  chain.vote("b", 60, 62, 2);
  t.equal(chain.head, "a");
  chain.choice.onEquivocation(Uint32Array.of(1, 2, 3, 60));
  t.equal(chain.head, "b");
  chain.choice.onTick(9);
  t.equal(chain.choice.weight(root("b")), 4, "nor what was waiting");
  chain.vote("a", 1, 4, 8);
  chain.choice.onTick(10);
  t.equal(chain.choice.weight(root("a")), 2);
  chain.choice.onEquivocation(Uint32Array.of(1, 2, 3, 900));
  t.equal(chain.choice.weight(root("a")), 2, "twice is not less");
});

t.test("a block is pulled up to what its votes justify when its epoch is over, and so is the store", async (t) => {
  const chain = new Chain();
  chain
    .add("a", "genesis", 8)
    .add("fork", "a", 9)
    .add("b", "a", 15, { unrealizedJustified: at(1, "a") });
  chain.vote("fork", 0, 5, 14);
  t.equal(chain.choice.justified.epoch, 0);
  t.equal(chain.choice.unrealizedJustified.epoch, 1);
  t.equal(chain.head, "fork", "while nothing is realized, votes alone decide");
  chain.choice.onTick(50);
  t.same(chain.choice.justified, at(1, "a"), "at the first border");
  t.equal(chain.head, "b", "the other branch never got that far, and its votes are too old");
  t.same(chain.asked, [0, 1]);
  chain.add("c", "b", 50);
  t.equal(chain.head, "c");

  // A block that comes when its epoch is over already counts at once.
  const late = new Chain();
  late.add("a", "genesis", 8).choice.onTick(16);
  late.add("b", "a", 15, { unrealizedJustified: at(1, "a") });
  t.same(late.choice.justified, at(1, "a"));
});

t.test("a branch that justified less stays a candidate for two epochs", async (t) => {
  const chain = new Chain();
  chain
    .add("a", "genesis", 8)
    .add("b", "a", 16)
    .add("fork", "b", 17, { unrealizedJustified: at(1, "a") });
  chain.add("c", "b", 23, { unrealizedJustified: at(2, "b") });
  chain.vote("fork", 0, 9, 22);
  chain.choice.onTick(24);
  t.equal(chain.choice.justified.epoch, 2);
  t.equal(chain.head, "fork", "1 + 2 ≥ 3");
  chain.choice.onTick(32);
  t.equal(chain.head, "c", "1 + 2 < 4");
});

t.test("leaves decide whether a branch is a candidate, not the blocks above them", async (t) => {
  const chain = new Chain();
  const justifies = { unrealizedJustified: at(1, "a") };
  chain.add("a", "genesis", 8).add("b", "a", 9, justifies).add("c", "b", 10, { unrealizedJustified: GENESIS }).add("d", "a", 11, justifies);
  chain.vote("b", 0, 9, 10);
  t.equal(chain.head, "c");
  chain.choice.onTick(40);
  t.equal(chain.head, "d");
});

t.test("bouncing: votes that were held back for a later epoch don't move an honest majority to and fro", async (t) => {
  // Both branches lack a few votes to justify their checkpoint of epoch 1; the attacker has them, and shows them where it hurts.
  const chain = new Chain();
  chain.add("left", "genesis", 8).add("right", "genesis", 9);
  chain.choice.onTick(16);
  chain.vote("left", 0, 40, 15);
  chain.vote("right", 40, 60, 15);
  chain.add("left2", "left", 16);
  t.equal(chain.head, "left2");
  // In epoch 2 a block on the right includes what was held back: justified, but not while the epoch lasts.
  chain.add("right2", "right", 20, { unrealizedJustified: at(1, "right") });
  t.equal(chain.choice.justified.epoch, 0, "nobody moves in the middle of an epoch");
  t.equal(chain.head, "left2");
  // The border comes for all at the same time, whether they heard of a later block on the right or not.
  chain.choice.onTick(24);
  t.same(chain.choice.justified, at(1, "right"));
  t.equal(chain.head, "right2");
  // On the left the same epoch can't be justified any more; a block there that says so changes nothing.
  chain.add("left3", "left2", 25, { unrealizedJustified: at(1, "left") });
  chain.choice.onTick(32);
  t.equal(chain.head, "right2", "an equal epoch does not bounce back");
});

t.test("finality: only what descends from it is a candidate, comes in, or moves checkpoints", async (t) => {
  const chain = new Chain();
  chain.add("a", "genesis", 8).add("before", "a", 10).add("b", "a", 16);
  chain.add("c", "b", 24, { justified: at(2, "b"), finalized: at(1, "a") }).add("other", "b", 25);
  t.same(chain.choice.finalized, at(1, "a"));
  t.throws(() => chain.choice.onBlock(chain.block("x", "genesis", 25), false), { code: "GASPER_FORK_CHOICE_BEFORE_FINALIZED" });
  chain.add("d", "c", 32, { justified: at(3, "c"), finalized: at(2, "b") });
  chain.choice.onTick(33);
  t.throws(() => chain.choice.onBlock(chain.block("x", "before", 33), false), { code: "GASPER_FORK_CHOICE_BEFORE_FINALIZED" });
  t.throws(() => chain.choice.onBlock(chain.block("x", "b", 16), false), Error);
  chain.vote("before", 0, 30, 12);
  t.equal(chain.head, "d", "whatever the votes");

  // A third of the validators broke the rules: the specification would follow; what is final stays.
  const broken = new Chain();
  broken
    .add("a", "genesis", 8)
    .add("left", "a", 16)
    .add("right", "a", 17, { unrealizedJustified: at(3, "right"), unrealizedFinalized: at(2, "right") });
  broken.add("left2", "left", 20, { justified: at(2, "left"), unrealizedJustified: at(2, "left"), finalized: at(2, "left") });
  broken.choice.onTick(24);
  t.same([broken.choice.justified, broken.choice.finalized], [at(2, "left"), at(2, "left")]);
  t.equal(broken.head, "left2");
});

t.test("a block between the finalized one and its epoch's first slot leads nowhere", async (t) => {
  const chain = new Chain();
  chain.add("a", "genesis", 6).add("between", "a", 7).add("b", "a", 9);
  chain.vote("between", 0, 9, 7);
  chain.choice.onTick(10);
  t.equal(chain.head, "between");
  chain.add("c", "b", 16, { justified: at(2, "c"), finalized: at(1, "a") });
  t.same(chain.choice.prune(root("a")), [root("genesis")]);
  t.equal(chain.head, "c");
  t.throws(() => chain.add("d", "between", 17), { code: "GASPER_FORK_CHOICE_BEFORE_FINALIZED" });
});

t.test("such a block is no candidate even where the justified one is its parent, whatever the votes", async (t) => {
  const chain = new Chain();
  chain.add("a", "genesis", 6).add("between", "a", 7);
  chain.add("b", "a", 17, { justified: at(2, "a"), unrealizedJustified: at(2, "a"), finalized: at(1, "a") });
  chain.choice.onTick(18);
  chain.vote("between", 0, 9, 8);
  t.same([chain.choice.justified, chain.choice.finalized], [at(2, "a"), at(1, "a")]);
  t.equal(chain.choice.weight(root("between")), 9);
  t.equal(chain.head, "b");
});

/** A head that came late, with few votes, on a parent that two committees voted for. */
function lateHead({ votes = 0, isTimely = false, parentVotes = 13, slot = 10, head = {} as Partial<ForkChoiceBlock> } = {}): Chain {
  const chain = new Chain();
  chain
    .add("a", "genesis", slot - 2)
    .add("parent", "a", slot - 1)
    .add("head", "parent", slot, { isTimely, ...head });
  chain.choice.onTick(slot + 1);
  chain.vote("head", 0, votes, slot);
  chain.vote("parent", 20, 20 + parentVotes, slot - 1);
  return chain;
}

const proposerHead = (chain: Chain, slot = 11) => chain.nameOf(chain.choice.proposerHead(slot));

t.test("a proposer builds on the parent of a late and weak head, if nothing speaks against it", async (t) => {
  t.equal(lateHead().head, "head");
  t.equal(proposerHead(lateHead()), "parent");
  t.equal(proposerHead(lateHead({ isTimely: true })), "head", "it was in time");
  t.equal(proposerHead(lateHead({ votes: 1 })), "head", "20 % of a committee of 8: 1 vote is not weak");
  t.equal(proposerHead(lateHead({ parentVotes: 12 })), "head", "160 % of 8: 12 votes are not strong");
  t.equal(proposerHead(lateHead(), 12), "head", "the slot after the next");
  t.equal(proposerHead(lateHead(), 10), "head", "the head's own slot");
  t.equal(proposerHead(lateHead({ head: { unrealizedJustified: at(1, "a") } })), "head", "it justifies more than its parent");
  t.equal(proposerHead(lateHead({ slot: 22 }), 23), "parent", "last finalized 2 epochs ago");
  t.equal(proposerHead(lateHead({ slot: 26 }), 27), "head", "last finalized 3 epochs ago");
  t.equal(proposerHead(lateHead({ slot: 15 }), 16), "parent", "an epoch's first proposer too: proposers are known long before");

  const skipped = new Chain();
  skipped.add("parent", "genesis", 8).add("head", "parent", 10).choice.onTick(11);
  skipped.vote("parent", 0, 20, 9);
  t.equal(proposerHead(skipped), "head", "it would take away more than a slot");

  const equivocated = lateHead();
  equivocated.choice.onEquivocation(Uint32Array.of(60));
  t.equal(proposerHead(equivocated), "head", "whoever equivocates does not make a head weak");

  t.equal(proposerHead(new Chain(), 1), "genesis", "nothing is before the anchor");
});

t.test("the boost makes no parent strong", async (t) => {
  // A committee weighs 80: 16 is weak, 128 is strong, and the boost is 8.
  const options = { ...OPTIONS, proposerBoostPercent: 10 };
  const build = (parentVotes: number) => {
    const chain = new Chain({ options, balances: () => new Uint32Array(640).fill(1) });
    chain.add("parent", "genesis", 9).add("head", "parent", 10).add("rival", "parent", 11, { isTimely: true });
    chain.vote("head", 0, 10, 10);
    chain.vote("parent", 10, 10 + parentVotes, 10);
    t.equal(chain.head, "head");
    t.equal(chain.choice.weight(root("parent")), parentVotes + 18);
    return chain;
  };
  t.equal(proposerHead(build(118)), "head");
  t.equal(proposerHead(build(119)), "parent");
});

t.test("a proposer builds on the parent of a weak head whose proposer made two blocks", async (t) => {
  const twins = (votes: number) => {
    const chain = lateHead({ isTimely: true, parentVotes: 0, votes });
    chain.choice.onBlock(chain.block("twin", "a", 10), false);
    return chain;
  };
  const chain = twins(0);
  chain.vote("parent", 0, 1, 9);
  t.equal(chain.head, "head");
  t.equal(proposerHead(chain), "parent");
  t.equal(proposerHead(twins(1)), "head");
  chain.choice.onInvalid(root("twin"));
  t.equal(proposerHead(chain), "head", "the other one is out");
});
