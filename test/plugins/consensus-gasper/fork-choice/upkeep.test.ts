/** What a fork choice goes through over time: refused and invalid blocks, balances, pruning, restarts; and how long a head takes. */
import t from "tap";
import { Hash, toHex } from "../../../../core/sdk.js";
import { ForkChoice } from "../../../../plugins/consensus-gasper/fork-choice/fork-choice.js";
import type { ForkChoiceBlock } from "../../../../plugins/consensus-gasper/fork-choice-types.js";
import type { Checkpoint } from "../../../../plugins/consensus-gasper/types.js";
import { at, Chain, root } from "./chain.js";

t.test("an invalid block goes with all below it, with their votes, their boost and what they justified", async (t) => {
  const chain = new Chain();
  chain
    .add("a", "genesis", 8)
    .add("b", "a", 9)
    .add("bad", "a", 10, { justified: at(1, "a") })
    .add("worse", "bad", 11, { isTimely: true });
  chain.vote("worse", 0, 9, 11);
  chain.choice.onTick(11);
  t.equal(chain.head, "worse");
  t.equal(chain.choice.justified.epoch, 1);
  t.same(chain.choice.onInvalid(root("bad")), [root("bad"), root("worse")]);
  t.equal(chain.choice.size, 3);
  t.equal(chain.choice.justified.epoch, 0);
  t.equal(chain.head, "b");
  t.equal(chain.choice.weight(root("a")), 0);
  chain.choice.onTick(12);
  t.equal(chain.choice.weight(root("a")), 0, "votes for it that waited count for nothing");
  t.same(chain.choice.onInvalid(root("bad")), []);
  t.throws(() => chain.choice.onBlock(chain.block("x", "worse", 12), false), { code: "GASPER_FORK_CHOICE_UNKNOWN_PARENT" });
  t.throws(() => chain.choice.onInvalid(root("genesis")), /what is final is valid/);

  const boosted = new Chain();
  boosted.add("a", "genesis", 1, { isTimely: true });
  boosted.choice.onInvalid(root("a"));
  boosted.add("b", "genesis", 1, { isTimely: true });
  t.equal(boosted.choice.weight(root("b")), 0, "a slot has one boost");
});

t.test("refused blocks change nothing", async (t) => {
  const chain = new Chain();
  chain.add("a", "genesis", 1);
  const refused = (block: ForkChoiceBlock, code: string) => {
    t.throws(() => chain.choice.onBlock(block, true), { code });
    t.equal(chain.choice.size, 2);
    t.equal(chain.head, "a");
  };
  refused(chain.block("x", "nowhere", 1), "GASPER_FORK_CHOICE_UNKNOWN_PARENT");
  refused({ ...chain.block("a", "genesis", 1) }, "GASPER_FORK_CHOICE_KNOWN_BLOCK");
  refused(chain.block("x", "a", 2), "GASPER_FORK_CHOICE_FUTURE_BLOCK");
  refused(chain.block("x", "genesis", 0), "GASPER_FORK_CHOICE_BEFORE_FINALIZED");
  t.throws(() => chain.choice.onBlock(chain.block("x", "a", 1), false), /after its parent's/);
  chain.choice.onTick(0);
  t.equal(chain.choice.slot, 1, "a clock that went back is ignored");
});

t.test("balances: asked for when the justified checkpoint changed, moved in the weights, asked for again after a failure", async (t) => {
  let fails = false;
  const chain = new Chain({
    balances: ({ epoch }) => {
      if (fails) throw new Error("no state");
      return new Uint32Array(epoch === 0 ? 64 : 4).fill(epoch === 0 ? 1 : 10);
    },
  });
  chain.add("a", "genesis", 8).add("b", "a", 9).add("c", "a", 9).choice.onTick(10);
  chain.vote("b", 0, 2, 9);
  chain.vote("c", 2, 8, 9);
  t.equal(chain.head, "c");
  fails = true;
  chain.add("b2", "b", 11, { justified: at(1, "a") });
  t.throws(() => chain.choice.head(), /no state/);
  t.throws(() => chain.choice.onBlock(chain.block("b3", "b2", 11, { slot: 11, parentRoot: root("a") }), true), /no state/);
  t.notOk(chain.choice.contains(root("b3")));
  fails = false;
  chain.choice.onEquivocation(Uint32Array.of(2));
  t.equal(chain.head, "b2");
  t.equal(chain.choice.weight(root("b")), 20);
  t.equal(chain.choice.weight(root("c")), 10);
});

t.test("pruning renumbers blocks, and votes, boost and waiting votes follow", async (t) => {
  const chain = new Chain();
  chain.add("side", "genesis", 7).add("a", "genesis", 8).add("b", "a", 9).add("c", "a", 10);
  chain.choice.onTick(11);
  chain.vote("side", 30, 60, 9);
  chain.vote("b", 0, 5, 10);
  chain.vote("c", 5, 8, 10);
  chain.vote("c", 8, 12, 11);
  chain.vote("side", 12, 14, 11);
  chain.add("d", "b", 11, { isTimely: true, justified: at(2, "a"), unrealizedJustified: at(2, "a"), finalized: at(1, "a") });
  t.equal(chain.choice.weight(root("b")), 8);
  t.same(chain.choice.prune(root("a")), [root("genesis"), root("side")]);
  t.same(chain.choice.prune(root("a")), []);
  t.throws(() => chain.choice.prune(root("b")), /only what is final/);
  t.equal(chain.choice.size, 4);
  t.notOk(chain.choice.contains(root("side")));
  t.equal(chain.choice.weight(root("b")), 8);
  t.equal(chain.choice.weight(root("d")), 3);
  t.equal(chain.vote("side", 60, 61, 10), "unknown-block");
  chain.choice.onTick(12);
  t.same(
    ["a", "b", "c", "d"].map((name) => chain.choice.weight(root(name))),
    [12, 5, 7, 0],
  );
  t.equal(chain.head, "c");
  chain.vote("b", 30, 60, 11);
  chain.vote("b", 12, 14, 11);
  t.equal(chain.choice.weight(root("b")), 5, "votes for what is gone are still those validators' latest");
});

t.test("ancestors and descendants", async (t) => {
  const chain = new Chain();
  chain.add("a", "genesis", 2).add("b", "a", 5).add("fork", "a", 6);
  const { choice } = chain;
  t.equal(choice.blockSlot(root("b")), 5);
  t.equal(choice.blockSlot(root("nowhere")), undefined);
  t.same(
    [0, 1, 2, 4, 5, 9].map((slot) => chain.nameOf(choice.ancestorAt(root("b"), slot) as Hash)),
    ["genesis", "genesis", "a", "a", "b", "b"],
  );
  t.equal(choice.ancestorAt(root("nowhere"), 3), undefined);
  t.ok(choice.isDescendant(root("a"), root("b")) && choice.isDescendant(root("b"), root("b")));
  t.notOk(choice.isDescendant(root("b"), root("a")) || choice.isDescendant(root("b"), root("fork")));
  t.notOk(choice.isDescendant(root("nowhere"), root("b")) || choice.isDescendant(root("b"), root("nowhere")));
});

t.test("an anchor in the middle of a chain: checkpoints before it are taken as the anchor", async (t) => {
  const old = at(3, "before the anchor");
  const anchor = { root: root("anchor"), slot: 37, justified: old, finalized: at(2, "long before") };
  const chain = new Chain({ anchor });
  t.same([chain.choice.justified, chain.choice.finalized], [at(3, "anchor"), at(2, "anchor")]);
  t.equal(chain.head, toHex(root("anchor")));
  t.equal(chain.choice.ancestorAt(root("anchor"), 36), undefined);
  const of = (justified: Checkpoint) => ({ justified, unrealizedJustified: justified, finalized: old, unrealizedFinalized: old });
  chain.add("a", "anchor", 38, of(at(4, "also before")));
  t.same([chain.choice.justified, chain.choice.finalized], [at(4, "anchor"), at(3, "anchor")]);
  chain.add("b", "a", 41, of(at(5, "a")));
  t.same(chain.choice.justified, at(5, "a"));
  t.equal(chain.head, "b");
  t.same(chain.asked, [3, 5]);
});

t.test("a snapshot brings votes, equivocators and waiting votes back", async (t) => {
  const build = () => {
    const chain = new Chain();
    return chain.add("a", "genesis", 8).add("b", "a", 9).add("c", "a", 9);
  };
  const chain = build();
  t.equal(chain.choice.snapshot().length, 17, "of nothing");
  chain.choice.onTick(10);
  chain.vote("b", 0, 5, 9);
  chain.vote("c", 5, 9, 9);
  chain.vote("c", 20, 23, 10);
  chain.choice.onEquivocation(Uint32Array.of(4, 70));
  const bytes = chain.choice.snapshot();
  t.equal(bytes.length, 17 + 2 * 36 + 9 * 4 + 2 * 4 + 3 * 16);

  const copy = build();
  copy.choice.onTick(10);
  copy.choice.restore(bytes);
  t.same(copy.choice.snapshot(), bytes);
  t.same([copy.choice.weight(root("b")), copy.choice.weight(root("c"))], [4, 4]);
  copy.choice.onTick(11);
  t.same([copy.choice.weight(root("b")), copy.choice.weight(root("c"))], [4, 7]);

  const later = build();
  later.choice.onTick(30);
  later.choice.restore(bytes);
  t.equal(later.choice.weight(root("c")), 7, "their slot is over");

  const poorer = new Chain();
  poorer.add("a", "genesis", 8).add("c", "a", 9).choice.onTick(11);
  poorer.choice.restore(bytes);
  t.equal(poorer.choice.weight(root("a")), 7);
  poorer.vote("c", 0, 1, 9);
  t.equal(poorer.choice.weight(root("a")), 7, "a vote for a block that is not here is still the latest");
});

t.test("bytes that are no snapshot are refused, whichever bit is wrong, and change nothing", async (t) => {
  const chain = new Chain();
  chain.add("a", "genesis", 1).choice.onTick(2);
  chain.vote("a", 0, 3, 1);
  chain.vote("a", 10, 11, 2);
  chain.choice.onEquivocation(Uint32Array.of(5, 6));
  const bytes = chain.choice.snapshot();
  const refuses = (change: (copy: Uint8Array) => Uint8Array | undefined, reason: RegExp) => {
    const copy = bytes.slice();
    const changed = change(copy) ?? copy;
    t.throws(() => chain.choice.restore(changed), { code: "GASPER_FORK_CHOICE_SNAPSHOT", message: reason });
  };
  const setting = (at: number, value: number) => (copy: Uint8Array) => {
    copy[at] = value;
    return copy;
  };
  const [latestAt, equivocatorsAt] = [17 + 36, 17 + 36 + 12];
  const earlyAt = equivocatorsAt + 8;
  refuses((copy) => copy.subarray(0, 16), /head/);
  refuses(setting(0, 2), /version is 2/);
  refuses(setting(5, 1), /more validators/);
  refuses(setting(9, 1), /more validators/);
  refuses(setting(13, 1), /more early votes/);
  refuses(setting(3, 1), /more messages/);
  refuses((copy) => copy.subarray(0, -1), /counts say/);
  refuses((copy) => Uint8Array.from([...copy, 0]), /counts say/);
  refuses((copy) => copy.fill(0xff, 17 + 32, 17 + 36), /no epoch/);
  refuses(setting(latestAt + 3, 2), /without its message/);
  refuses(setting(latestAt + 11, 0), /end with none/);
  refuses(setting(equivocatorsAt + 1, 0x10), /no validator/);
  refuses(setting(equivocatorsAt + 3, 6), /out of order/);
  refuses(setting(earlyAt, 1), /no validator/);
  refuses(setting(earlyAt + 7, 0), /early vote without/);
  refuses(setting(earlyAt + 7, 2), /early vote without/);
  refuses(setting(earlyAt + 8, 0xff), /beyond all time/);
  t.same(chain.choice.snapshot(), bytes);
});

t.test("10,000 votes that change, over 1,000 blocks, stay 10,000 votes", async (t) => {
  const [blocks, validators] = [1_000, 10_000];
  const roots = Array.from({ length: blocks }, (_, index) => root(`speed ${index}`));
  const genesis = { epoch: 0, root: roots[0] as Hash };
  const choice = new ForkChoice(
    { slotsPerEpoch: 32, proposerBoostPercent: 40 },
    { root: genesis.root, slot: 0, justified: genesis, finalized: genesis },
    () => new Uint32Array(validators).fill(32),
  );
  const states = { justified: genesis, finalized: genesis, unrealizedJustified: genesis, unrealizedFinalized: genesis };
  choice.onTick(blocks);
  // A chain with a branch of one block beside every other one.
  for (let index = 1; index < blocks; index++) {
    const parentRoot = roots[index - (index % 2 === 0 ? 2 : 1)] as Hash;
    choice.onBlock({ root: roots[index] as Hash, parentRoot, slot: index, proposerIndex: 0, ...states }, false);
  }
  const indices = Array.from({ length: 64 }, (_, group) =>
    Uint32Array.from({ length: Math.ceil((validators - group) / 64) }, (_, index) => group + 64 * index),
  );
  for (let epoch = 32; epoch < 38; epoch++) {
    choice.onTick(32 * (epoch + 1));
    for (const [group, each] of indices.entries())
      choice.onVote({ indices: each, root: roots[blocks - 1 - ((epoch * 7 + group) % 64)] as Hash, targetEpoch: epoch }, 32 * epoch);
    choice.head();
  }
  t.equal(choice.weight(genesis.root), 32 * validators);
});
