/**
 * Random histories (trees, votes, ticks, equivocations, changing balances, invalid blocks, pruning, restarts): the fast fork choice has the
 * head, the checkpoints, the weights and the proposer's head of the naive one after each step. FORK_CHOICE_WALKS=n for more of them.
 */
import t from "tap";
import { Hash, toHex } from "../../../../core/sdk.js";
import { ForkChoice } from "../../../../plugins/consensus-gasper/fork-choice/fork-choice.js";
import type { ForkChoiceBlock } from "../../../../plugins/consensus-gasper/fork-choice-types.js";
import type { Checkpoint } from "../../../../plugins/consensus-gasper/types.js";
import { Random } from "../../../fixtures/random.js";
import { type NaiveBlock, type NaiveCheckpoint, NaiveStore } from "./naive-store.js";

const SLOTS_PER_EPOCH = 4;
const BOOST_PERCENT = 40;
const VALIDATORS = 12;
const STEPS = 70;
const WALKS = Number(process.env.FORK_CHOICE_WALKS ?? 160);

const toFast = (checkpoint: NaiveCheckpoint): Checkpoint => ({ epoch: checkpoint.epoch, root: Hash.parse(checkpoint.root) });

const toFastBlock = (block: NaiveBlock): ForkChoiceBlock => ({
  root: Hash.parse(block.root),
  parentRoot: Hash.parse(block.parentRoot),
  slot: block.slot,
  proposerIndex: block.proposerIndex,
  justified: toFast(block.justified),
  finalized: toFast(block.finalized),
  unrealizedJustified: toFast(block.unrealizedJustified),
  unrealizedFinalized: toFast(block.unrealizedFinalized),
});

class Walk {
  readonly random: Random;
  /** One justified root an epoch, as while two thirds are honest; else several. */
  readonly sane: boolean;
  readonly naive: NaiveStore;
  fast: ForkChoice;
  readonly counts = { restarts: 0, pruned: 0, invalid: 0, refusedBlocks: 0, finalized: 0, proposerReorgs: 0 };
  readonly #options = { slotsPerEpoch: SLOTS_PER_EPOCH, proposerBoostPercent: BOOST_PERCENT };
  readonly #balances: (checkpoint: { readonly epoch: number; readonly root: string }) => Uint32Array;
  #justifieds: NaiveCheckpoint[] = [];
  #finals: NaiveCheckpoint[] = [];
  #finalizedEpoch: number;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.sane = this.random.chance(60);
    const greatest = this.random.pick([1, 4, 1_000]);
    this.#balances = ({ epoch, root }) => {
      const own = new Random(epoch * 7 + Number.parseInt(root.slice(0, 6), 16));
      return Uint32Array.from({ length: VALIDATORS - own.below(4) }, () => own.below(greatest + 1));
    };
    const root = toHex(this.random.bytes(32));
    const slot = this.random.pick([0, 0, 4, 21]);
    const checkpoint = { epoch: Math.floor(slot / SLOTS_PER_EPOCH), root };
    this.#finalizedEpoch = checkpoint.epoch;
    this.naive = new NaiveStore(SLOTS_PER_EPOCH, BOOST_PERCENT, { root, slot }, this.#balances);
    this.fast = this.#freshAt(checkpoint, slot);
  }

  #freshAt(checkpoint: NaiveCheckpoint, slot: number): ForkChoice {
    const at = toFast(checkpoint);
    return new ForkChoice(this.#options, { root: at.root, slot, justified: at, finalized: at }, ({ epoch, root }) =>
      this.#balances({ epoch, root: toHex(root) }),
    );
  }

  /** Whether `checkpoint` is on the chain of `other`, or the other way round. */
  #agree(checkpoint: NaiveCheckpoint, other: NaiveCheckpoint): boolean {
    const [low, high] = checkpoint.epoch <= other.epoch ? [checkpoint, other] : [other, checkpoint];
    return this.naive.getCheckpointBlock(high.root, low.epoch) === low.root;
  }

  #extend(parent: NaiveBlock, slot: number): NaiveBlock {
    const { naive, random } = this;
    const epoch = naive.epochAt(slot);
    const crosses = epoch > naive.epochAt(parent.slot);
    const justified = crosses ? parent.unrealizedJustified : parent.justified;
    const finalized = crosses ? parent.unrealizedFinalized : parent.finalized;
    let { unrealizedJustified, unrealizedFinalized } = parent;
    const target = random.chance(60) ? epoch : epoch - 1;
    if (random.chance(35) && target > unrealizedJustified.epoch && slot > naive.startSlot(target)) {
      const candidate = { epoch: target, root: naive.getCheckpointBlock(parent.root, target) };
      const isUnique = this.#justifieds.every((other) => other.epoch !== target || other.root === candidate.root);
      if ((isUnique || !this.sane) && this.#finals.every((final) => this.#agree(candidate, final))) {
        const before = unrealizedJustified;
        this.#justifieds.push(candidate);
        unrealizedJustified = candidate;
        const others = this.#justifieds.filter((other) => other.epoch >= before.epoch);
        if (random.chance(60) && before.epoch > unrealizedFinalized.epoch && others.every((other) => this.#agree(before, other))) {
          unrealizedFinalized = before;
          this.#finals.push(before);
        }
      }
    }
    const root = toHex(random.bytes(32));
    const proposerIndex = random.below(2);
    return { root, parentRoot: parent.root, slot, proposerIndex, justified, finalized, unrealizedJustified, unrealizedFinalized };
  }

  block(): void {
    const { naive, random } = this;
    const all = [...naive.blocks.values()];
    const parent = random.chance(50) ? naive.block(naive.getHead()) : random.pick(random.chance(70) ? all.slice(-6) : all);
    const slot = random.chance(75) ? naive.slot : parent.slot + 1 + random.below(4);
    if (slot <= parent.slot) return;
    const [justifieds, finals] = [[...this.#justifieds], [...this.#finals]];
    const block = this.#extend(parent, slot);
    const isTimely = random.chance(60);
    let refused = false;
    try {
      naive.onBlock(block, isTimely);
    } catch {
      refused = true;
      this.#justifieds = justifieds;
      this.#finals = finals;
      this.counts.refusedBlocks++;
    }
    let code = "";
    try {
      this.fast.onBlock(toFastBlock(block), isTimely);
    } catch (thrown) {
      code = (thrown as { code?: string }).code ?? String(thrown);
    }
    if (refused !== /^GASPER_FORK_CHOICE_(UNKNOWN_PARENT|FUTURE_BLOCK|BEFORE_FINALIZED)$/.test(code) || (!refused && code !== ""))
      throw new Error(`block of slot ${slot}: refused ${refused}, code "${code}"`);
  }

  /** Validators vote in one slot of an epoch, but may do so for several blocks. */
  vote(): void {
    const { naive, random } = this;
    const slot = Math.max(0, naive.slot + 1 - random.below(random.chance(70) ? 3 : 9));
    const epoch = naive.epochAt(slot);
    const committee = Array.from({ length: VALIDATORS }, (_, i) => i).filter(
      (i) => (7 * i + epoch) % SLOTS_PER_EPOCH === slot % SLOTS_PER_EPOCH,
    );
    const indices = committee.filter(() => random.chance(70));
    const known = [...naive.blocks.values()].filter((block) => this.fast.contains(Hash.parse(block.root)));
    const recent = random.chance(70) ? known.slice(-6) : known;
    const block = random.pick(recent.length === 0 ? known : recent);
    if (block.slot > slot && random.chance(90)) return;
    let oldest = block;
    while (oldest.slot > naive.startSlot(epoch) && naive.blocks.has(oldest.parentRoot)) oldest = naive.block(oldest.parentRoot);
    const root = random.chance(5) ? random.pick(known).root : oldest.root;
    if (!this.fast.contains(Hash.parse(root))) return;
    let expected = naive.slot >= slot + 1 ? "counted" : "waiting";
    try {
      naive.onAttestation({ indices, root: block.root, slot, target: { epoch, root } });
    } catch {
      expected = "refused";
    }
    const vote = { indices: Uint32Array.from(indices), root: Hash.parse(block.root), targetEpoch: epoch, targetRoot: Hash.parse(root) };
    const outcome = this.fast.onVote(vote, slot);
    if (outcome !== expected) throw new Error(`vote of slot ${slot}: ${outcome}, not ${expected}`);
  }

  tick(): void {
    const slot = this.naive.slot + (this.random.chance(92) ? 1 : this.random.below(3 * SLOTS_PER_EPOCH));
    this.naive.onTick(slot);
    this.fast.onTick(slot);
  }

  equivocate(): void {
    const indices = this.random.distinct(1 + this.random.below(2), VALIDATORS);
    this.naive.onAttesterSlashing(indices);
    this.fast.onEquivocation(Uint32Array.from(indices));
  }

  invalidate(): void {
    const { naive } = this;
    const candidates = [...naive.blocks.values()].filter(({ root, slot }) => {
      if (!this.fast.contains(Hash.parse(root))) return false;
      return naive.getAncestor(naive.finalized.root, slot) !== root;
    });
    if (candidates.length === 0) return;
    const { root } = this.random.pick(candidates.slice(-5));
    const before = this.fast.size;
    naive.remove(root);
    naive.revise();
    const removed = this.fast.onInvalid(Hash.parse(root));
    if (before - removed.length !== this.fast.size || removed.some((each) => naive.blocks.has(toHex(each))))
      throw new Error("removed others");
    const isHere = (checkpoint: NaiveCheckpoint) => naive.blocks.has(checkpoint.root);
    this.#justifieds = this.#justifieds.filter(isHere);
    this.#finals = this.#finals.filter(isHere);
    this.counts.invalid++;
  }

  prune(): void {
    const removed = this.fast.prune(Hash.parse(this.naive.finalized.root));
    this.counts.pruned += removed.length;
    for (const root of removed)
      if (this.fast.contains(root) || this.#descendsFromFinal(toHex(root))) throw new Error("pruned what descends from finality");
  }

  #descendsFromFinal(root: string): boolean {
    const { finalized } = this.naive;
    return this.naive.getAncestor(root, this.naive.block(finalized.root).slot) === finalized.root;
  }

  /** A new one from the blocks since finality and the snapshot. */
  restart(): void {
    const { naive } = this;
    const snapshot = this.fast.snapshot();
    naive.onTick(naive.slot + 1);
    const { finalized } = naive;
    const fresh = this.#freshAt(finalized, naive.block(finalized.root).slot);
    fresh.onTick(naive.slot);
    for (const block of naive.blocks.values()) {
      naive.timeliness.set(block.root, false);
      if (block.root === finalized.root || naive.getCheckpointBlock(block.root, finalized.epoch) !== finalized.root) continue;
      fresh.onBlock(toFastBlock(block), false);
    }
    fresh.restore(snapshot);
    this.fast = fresh;
    this.counts.restarts++;
  }

  compare(): void {
    const { naive, fast, random } = this;
    const pairs: [string, unknown, unknown][] = [["head", toHex(fast.head()), naive.getHead()]];
    const checkpoint = ({ epoch, root }: Checkpoint) => `${epoch} ${toHex(root)}`;
    const expected = ({ epoch, root }: NaiveCheckpoint) => `${epoch} ${root}`;
    pairs.push(["justified", checkpoint(fast.justified), expected(naive.justified)]);
    if (fast.finalized.epoch > this.#finalizedEpoch) this.counts.finalized++;
    this.#finalizedEpoch = fast.finalized.epoch;
    pairs.push(["finalized", checkpoint(fast.finalized), expected(naive.finalized)]);
    pairs.push(["unrealized", checkpoint(fast.unrealizedJustified), expected(naive.unrealizedJustified)]);
    // Whoever started at the finalized block does not know of votes for side branches that left it before its epoch began.
    const onFinal = ({ root }: NaiveBlock) =>
      root !== naive.finalized.root && naive.getCheckpointBlock(root, naive.finalized.epoch) === naive.finalized.root;
    const candidates = [...naive.blocks.values()].filter(onFinal);
    if (candidates.length > 0) {
      const { root } = random.pick(candidates);
      pairs.push(["weight", fast.weight(Hash.parse(root)), naive.getWeight(root)]);
    }
    const slot = naive.slot + random.below(2);
    const proposerHead = naive.getProposerHead(naive.getHead(), slot, (each) => fast.contains(Hash.parse(each)));
    if (proposerHead !== naive.getHead()) this.counts.proposerReorgs++;
    pairs.push(["proposer's head", toHex(fast.proposerHead(slot)), proposerHead]);
    for (const [what, is, should] of pairs) if (is !== should) throw new Error(`${what}: ${is}, not ${should}`);
  }

  step(): string {
    const roll = this.random.below(100);
    if (roll < 33) return this.#do("block");
    if (roll < 66) return this.#do("vote");
    if (roll < 91) return this.#do("tick");
    if (roll < 94) return this.#do("prune");
    if (roll < 96) return this.#do("equivocate");
    if (roll < 98) return this.#do("invalidate");
    return this.sane ? this.#do("restart") : this.#do("tick");
  }

  #do(action: "block" | "vote" | "tick" | "prune" | "equivocate" | "invalidate" | "restart"): string {
    this[action]();
    this.compare();
    return action;
  }
}

t.test("the same as the specification after each step of random histories", async (t) => {
  const totals: Record<string, number> = { steps: 0 };
  for (let seed = 1; seed <= WALKS; seed++) {
    const walk = new Walk(seed);
    const history: string[] = [];
    try {
      for (let step = 0; step < STEPS; step++) history.push(walk.step());
    } catch (thrown) {
      t.fail(
        `seed ${seed} (${walk.sane ? "sane" : "wild"}), step ${history.length} after ${history.slice(-5).join(", ")}: ${(thrown as Error).stack}`,
      );
      return;
    }
    totals.steps = (totals.steps ?? 0) + STEPS;
    for (const [name, count] of Object.entries(walk.counts)) totals[name] = (totals[name] ?? 0) + count;
  }
  t.comment(JSON.stringify(totals));
  for (const [name, count] of Object.entries(totals)) t.ok(count > 0, `${name}: ${count}`);
});
