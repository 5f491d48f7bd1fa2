/**
 * Heads among 1,000 blocks with 10,000 votes, for the suite `gasper`: without finality, as fork choice has it in bad times. The reference does what the
 * specification says with one pass over the votes for each head: a vote's weight goes to its block and all above it, then the heaviest child is taken.
 */
import { assert } from "../../core/kernel/assert.js";
import { bytesEqual } from "../../core/primitives/bytes.js";
import { Hash, sha256Of } from "../../core/primitives/hash.js";
import { ForkChoice } from "../../plugins/consensus-gasper/fork-choice/fork-choice.js";
import type { BenchContext } from "../suite.js";

const SLOTS_PER_EPOCH = 32;
/** Validators that say the same, as those of one committee do. */
const GROUP = 156;
const BALANCE = 32;
/** Blocks fork off from one of so many before them. */
const FORK_DEPTH = 4;

export async function measureForkChoice(context: BenchContext): Promise<void> {
  const contest = new Contest(context.quick ? 50 : 1_000, context.quick ? 500 : 10_000, context.seed);
  contest.vote();
  assert(bytesEqual(contest.choice.head(), contest.naiveHead()), "both find the same head");
  const [votes, head, naive] = ["10,000 votes", "head after 10,000 votes, 1,000 blocks", "head, walking up from each vote"];
  let found: Hash = Hash.zero;
  const before = () => contest.vote();
  const walk = () => {
    found = contest.naiveHead();
  };
  const find = () => {
    found = contest.choice.head();
  };
  await context.measure(`fork choice: ${naive}`, walk, { unit: "ms", before });
  await context.measure(`fork choice: ${head}`, find, { unit: "ms", before, reference: `fork choice: ${naive}` });
  assert(bytesEqual(found, contest.naiveHead()), "both find the same head");
  await context.measure(
    `fork choice: ${votes}, then head`,
    () => {
      contest.vote();
      find();
    },
    { unit: "ms" },
  );
}

/** A tree of blocks, and validators who change their minds. */
class Contest {
  readonly choice: ForkChoice;
  readonly #roots: Hash[] = [];
  readonly #parents: number[] = [];
  /** By validator: the block that it voted for last. */
  readonly #latest: Uint32Array;
  #slot: number;
  #state: number;

  constructor(blocks: number, validators: number, seed: number) {
    this.#state = seed | 1;
    this.#latest = new Uint32Array(validators);
    const genesis = { epoch: 0, root: rootOf(0) };
    const balances = new Uint32Array(validators).fill(BALANCE);
    const anchor = { root: genesis.root, slot: 0, justified: genesis, finalized: genesis };
    this.choice = new ForkChoice({ slotsPerEpoch: SLOTS_PER_EPOCH, proposerBoostPercent: 40 }, anchor, () => balances);
    this.#roots.push(genesis.root);
    this.#parents.push(-1);
    for (let slot = 1; slot < blocks; slot++) {
      const parent = Math.max(0, slot - 1 - this.#below(FORK_DEPTH));
      const checkpoints = { justified: genesis, finalized: genesis, unrealizedJustified: genesis, unrealizedFinalized: genesis };
      const root = rootOf(slot);
      this.choice.onTick(slot);
      this.choice.onBlock({ root, parentRoot: this.#roots[parent] as Hash, slot, proposerIndex: 0, ...checkpoints }, false);
      this.#roots.push(root);
      this.#parents.push(parent);
    }
    this.#slot = SLOTS_PER_EPOCH * Math.ceil(blocks / SLOTS_PER_EPOCH);
  }

  /** All of an epoch more, each group for a block of its own choice. */
  vote(): void {
    const targetEpoch = this.#slot / SLOTS_PER_EPOCH;
    this.#slot += SLOTS_PER_EPOCH;
    this.choice.onTick(this.#slot);
    for (let from = 0; from < this.#latest.length; from += GROUP) {
      const block = this.#below(this.#roots.length);
      const indices = Uint32Array.from({ length: Math.min(GROUP, this.#latest.length - from) }, (_, index) => from + index);
      this.#latest.fill(block, from, from + GROUP);
      const outcome = this.choice.onVote({ indices, root: this.#roots[block] as Hash, targetEpoch }, this.#slot - 1);
      assert(outcome === "counted", "votes of the last slot count");
    }
  }

  naiveHead(): Hash {
    const weights = new Float64Array(this.#roots.length);
    for (const block of this.#latest)
      for (let above = block; above >= 0; above = this.#parents[above] as number) weights[above] = (weights[above] as number) + BALANCE;
    const children = new Map<number, number[]>();
    for (const [block, parent] of this.#parents.entries()) children.set(parent, [...(children.get(parent) ?? []), block]);
    let head = 0;
    for (let below = children.get(head); below !== undefined; below = children.get(head))
      head = below.reduce((best, block) => (this.#isBetter(weights, block, best) ? block : best));
    return this.#roots[head] as Hash;
  }

  /** Of the same weight the greater root. */
  #isBetter(weights: Float64Array, block: number, best: number): boolean {
    const [one, other] = [weights[block] as number, weights[best] as number];
    if (one !== other) return one > other;
    return Buffer.compare(this.#roots[block] as Hash, this.#roots[best] as Hash) > 0;
  }

  /** Xorshift: the same in each run of a seed. */
  #below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
}

function rootOf(number: number): Hash {
  return sha256Of(new Uint8Array(new Uint32Array([number]).buffer));
}
