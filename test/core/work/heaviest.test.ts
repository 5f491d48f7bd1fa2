/** Fork choice by work, against a model that looks at everything each time, and case by case. */
import fc from "fast-check";
import t from "tap";
import { AssertionFailure } from "../../../core/kernel/assert.js";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import { Address } from "../../../core/primitives/address.js";
import { Height } from "../../../core/primitives/amount.js";
import { Hash } from "../../../core/primitives/hash.js";
import { HeaviestChain, type HeaviestChainOptions, type Placement } from "../../../core/work/heaviest.js";

/** Makes blocks with chosen work; remembers them all, as core's store does. */
class Blocks {
  readonly all = new Map<string, TreeHeader>();
  readonly unexecuted = new Set<string>();
  #count = 0;

  make(parent: TreeHeader | undefined, work = 1n): TreeHeader {
    const id = new Uint8Array(32);
    new DataView(id.buffer).setUint32(28, ++this.#count);
    const block: TreeHeader = {
      id: Hash.from(id),
      signingRoot: Hash.zero,
      weight: (parent?.weight ?? 0n) + work,
      header: {
        chainId: "t",
        height: Height.from(parent === undefined ? 0 : parent.header.height + 1),
        parent: parent?.id ?? Hash.zero,
        timestampMs: 0,
        transactionsRoot: Hash.zero,
        receiptsRoot: Hash.zero,
        stateRoot: Hash.zero,
        payloadRoot: Hash.zero,
        proposer: Address.zero,
        extra: new Uint8Array(0),
        seal: new Uint8Array(0),
      },
    };
    this.all.set(Hash.key(block.id), block);
    return block;
  }

  chain(root: TreeHeader, options: Partial<HeaviestChainOptions> = {}): HeaviestChain {
    return new HeaviestChain(
      root,
      { lookup: (id) => this.all.get(Hash.key(id)), isExecuted: (id) => !this.unexecuted.has(Hash.key(id)) },
      { confirmations: 2, maxReorgDepth: 5, ...options },
    );
  }
}

function setUp(options?: Partial<HeaviestChainOptions>) {
  const blocks = new Blocks();
  const genesis = blocks.make(undefined);
  return { blocks, genesis, chain: blocks.chain(genesis, options) };
}

/** Adds `count` blocks of `work` each over `parent`; answers them. */
function extend(blocks: Blocks, chain: HeaviestChain, parent: TreeHeader, count: number, work = 1n) {
  const made: TreeHeader[] = [];
  const placements: Placement[] = [];
  for (let at = parent; made.length < count; at = made[made.length - 1] as TreeHeader) {
    const block = blocks.make(at, work);
    made.push(block);
    placements.push(chain.add(block));
  }
  return { made, kinds: placements.map(({ kind }) => kind), tip: made[made.length - 1] as TreeHeader };
}

t.test("the heaviest chain, first seen among equals", async (t) => {
  const { blocks, genesis, chain } = setUp();
  const a = extend(blocks, chain, genesis, 2);
  t.same(a.kinds, ["extended", "extended"]);
  const b = extend(blocks, chain, genesis, 2);
  t.same(b.kinds, ["side", "side"], "equal work: the first seen stays");
  t.equal(chain.choice.head, a.tip.id);
  const heavier = blocks.make(b.tip);
  t.same(chain.add(heavier), { kind: "reorganized", depth: 2 });
  t.equal(chain.choice.head, heavier.id);
  const short = blocks.make(genesis, 10n);
  t.same(chain.add(short), { kind: "reorganized", depth: 3 }, "work counts, not length");
  t.equal(chain.height, 1);
  t.same(chain.add(short), { kind: "known" });
  t.same(chain.choice, { head: short.id, justified: genesis.id, finalized: genesis.id });
});

t.test("depth: justified and finalized follow the head; deeper branches are refused", async (t) => {
  const { blocks, genesis, chain } = setUp();
  const low = extend(blocks, chain, genesis, 2);
  const { made, tip } = extend(blocks, chain, genesis, 8);
  const byHeight = [genesis, ...made];
  t.same(chain.choice, { head: tip.id, justified: byHeight[6]?.id, finalized: byHeight[3]?.id });
  t.equal(chain.size, 6, "what is below finality is gone, with the branches that leave there");
  t.equal(chain.has(low.tip.id), false);
  const below = blocks.make(byHeight[2], 1_000n);
  t.same(chain.add(below), { kind: "refused" }, "heavier, but it leaves the chain below finality");
  t.same(chain.add(blocks.make(below, 1_000n)), { kind: "refused" }, "and so do its descendants");
  t.same(chain.add(blocks.make(byHeight[2])), { kind: "unlinked" }, "a lighter one is not even looked at");
  t.equal(chain.choice.head, tip.id);
  t.same(chain.add(blocks.make(byHeight[3], 1_000n)), { kind: "reorganized", depth: 5 }, "from the finalized block itself it may leave");
});

t.test("finality waits for execution", async (t) => {
  const { blocks, genesis, chain } = setUp();
  const first = blocks.make(genesis);
  blocks.unexecuted.add(Hash.key(first.id));
  chain.add(first);
  let tip = first;
  for (let i = 0; i < 20; i++) {
    tip = blocks.make(tip);
    blocks.unexecuted.add(Hash.key(tip.id));
    chain.add(tip);
  }
  t.equal(chain.choice.finalized, genesis.id, "a long branch that nobody executed is final for nobody");
  const other = blocks.make(genesis);
  t.same(chain.add(other), { kind: "side" });
  t.equal(chain.invalidate(first.id), true);
  t.equal(chain.choice.head, other.id, "when its first block fails, the other branch is still there");
  t.same(chain.add(blocks.make(tip, 1_000n)), { kind: "invalid" }, "descendants of an invalid block are out");
  t.same(chain.add(first), { kind: "invalid" });
});

t.test("an invalid block: the next best branch is chosen, among equals the first seen", async (t) => {
  const { blocks, genesis, chain } = setUp();
  const a = extend(blocks, chain, genesis, 2);
  const b = extend(blocks, chain, genesis, 2);
  const c = extend(blocks, chain, genesis, 1);
  const bad = blocks.make(b.made[0], 10n);
  t.equal(chain.add(bad).kind, "reorganized");
  t.equal(chain.invalidate(bad.id), true);
  t.equal(chain.choice.head, a.tip.id);
  t.equal(chain.invalidate(c.tip.id), false, "an invalid side block moves nothing");
  t.equal(chain.invalidate(Hash.from(new Uint8Array(32).fill(9))), false, "nor does an unknown one");
  t.equal(chain.invalidate(a.made[0]?.id as Hash), true);
  t.equal(chain.choice.head, b.tip.id);
  t.equal(chain.invalidate(b.made[0]?.id as Hash), true);
  t.equal(chain.choice.head, genesis.id);
  t.throws(() => chain.invalidate(genesis.id), AssertionFailure, "the finalized block can't turn out invalid");
});

t.test("memory is bounded; a dropped branch comes back when it is the heaviest", async (t) => {
  const { blocks, genesis, chain } = setUp({ maxSideBlocks: 16, maxInvalidBlocks: 4, maxReorgDepth: 200, confirmations: 1 });
  const line = extend(blocks, chain, genesis, 100, 2n);
  const side = extend(blocks, chain, genesis, 99, 2n);
  t.ok(chain.size <= 101 + 16, `${chain.size} blocks are kept`);
  t.equal(chain.has(side.tip.id), false, "a long light branch was dropped");
  const comeback = blocks.make(side.tip, 100n);
  t.equal(chain.add(comeback).kind, "reorganized");
  t.equal(chain.choice.head, comeback.id);
  t.ok(chain.size <= 101 + 16, "the left branch is bounded, too");
  t.same(chain.add(blocks.make(blocks.make(line.tip, 1n), 1n)), { kind: "unlinked" }, "a light block on a dropped one is not linked");
  const orphan = blocks.make(comeback);
  blocks.all.delete(Hash.key(orphan.id));
  t.same(chain.add(blocks.make(orphan, 1_000n)), { kind: "unlinked" }, "an ancestor that core does not know");
});

t.test("restore: keeps first seen, takes heavier, drops what leads nowhere", async (t) => {
  const { blocks, genesis } = setUp();
  const a = blocks.make(genesis);
  const b = blocks.make(genesis);
  const nowhere = blocks.make(blocks.make(undefined));
  const kept = blocks.chain(genesis);
  kept.restore([genesis, a, b, nowhere], b.id);
  t.equal(kept.choice.head, b.id, "core's head was seen first, whatever the order in the store");
  t.equal(kept.size, 3);
  const heavier = blocks.make(a);
  const moved = blocks.chain(genesis);
  moved.restore([a, b, heavier], b.id);
  t.equal(moved.choice.head, heavier.id);
  const empty = blocks.chain(genesis);
  empty.restore([], genesis.id);
  t.equal(empty.choice.head, genesis.id);
  t.throws(() => moved.restore([], genesis.id), AssertionFailure, "only once");
});

t.test("random trees: the same head as a model that looks at all blocks", async () => {
  const step = fc.record({
    pick: fc.nat(),
    work: fc.bigInt({ min: 1n, max: 3n }),
    invalid: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { blocks, genesis, chain } = setUp({ maxReorgDepth: 1_000 });
      const valid: TreeHeader[] = [genesis];
      for (const { pick, work, invalid } of steps) {
        const parent = valid[pick % valid.length] as TreeHeader;
        if (invalid && parent !== genesis) {
          chain.invalidate(parent.id);
          const gone = new Set([parent]);
          for (const block of valid) if ([...gone].some((each) => Hash.key(each.id) === Hash.key(block.header.parent))) gone.add(block);
          valid.splice(0, valid.length, ...valid.filter((block) => !gone.has(block)));
        } else {
          const block = blocks.make(parent, work);
          chain.add(block);
          valid.push(block);
        }
        const best = valid.reduce((best, block) => (block.weight > best.weight ? block : best));
        // After an invalidation another equal tip may have been seen first; by weight there is no doubt.
        const head = blocks.all.get(Hash.key(chain.choice.head)) as TreeHeader;
        if (head.weight !== best.weight || !valid.includes(head)) return false;
      }
      return true;
    }),
  );
});

t.test("an extension costs the same on a long chain", async (t) => {
  const { blocks, genesis, chain } = setUp({ maxReorgDepth: 100, confirmations: 6 });
  extend(blocks, chain, genesis, 20_000);
  t.equal(chain.height, 20_000);
  t.equal(chain.size, 101);
});
