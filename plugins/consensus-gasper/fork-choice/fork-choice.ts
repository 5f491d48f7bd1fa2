/**
 * Which block is the head: LMD-GHOST among the branches that agree with Casper FFG.
 *
 * Rules and names are those of the Ethereum consensus specification (`specs/phase0/fork-choice.md`), with proposer boost, equivocation
 * discounting and pulled-up checkpoints; what differs stands in SPECIFICATION.md. Each method names the handler that it is. Pure: it knows
 * the slot by `onTick` alone, and the same calls give the same head.
 *
 * The parts: proto-array.ts has blocks and weights, latest-votes.ts what validators said last, early-votes.ts what they said of the slot
 * that is not over, checkpoint-store.ts what is justified and final, proposer-boost.ts the boost. Here lies the order in which things happen.
 *
 * Costs: 350 to 600 bytes a block, 21 a validator. A vote takes about 15 ns, and 70 when it comes alone. `head` is a look-up while nothing
 * changed, else one pass over the blocks (10 ns each); a new justified checkpoint adds one pass over the validators. `onInvalid` and `prune`
 * walk through both. How many blocks there are is up to whoever adds them and prunes: core bounds its tree.
 */
import { assert, type Bytes, bytesEqual, Hash } from "../../../core/sdk.js";
import type { ForkChoiceBlock, ForkChoiceOptions, ForkChoiceVote, JustifiedBalances } from "../fork-choice-types.js";
import { type Checkpoint, FAR_FUTURE_EPOCH } from "../types.js";
import { CheckpointStore } from "./checkpoint-store.js";
import { EarlyVotes } from "./early-votes.js";
import { BeforeFinalizedError, FutureBlockError, KnownBlockError, UnknownParentError } from "./errors.js";
import { LatestVotes, VALIDATORS_MAX } from "./latest-votes.js";
import { ProposerBoost } from "./proposer-boost.js";
import { NONE, ProtoArray, sameCheckpoint, type ViabilityRule } from "./proto-array.js";
import { decodeVotes, encodeVotes, type VoteMessage } from "./vote-codec.js";
import { savedVotes } from "./vote-snapshot.js";

/** Percent of a committee's weight below which a head is weak, and above which its parent is strong. */
const REORG_HEAD_WEIGHT_THRESHOLD = 20;
const REORG_PARENT_WEIGHT_THRESHOLD = 160;
const REORG_MAX_EPOCHS_SINCE_FINALIZATION = 2;

/**
 * The trusted block that everything descends from: genesis, a weak-subjectivity checkpoint, or what was final at the last stop. Checkpoints
 * with another root than its own are older than it, and taken as if they were it.
 */
export interface ForkChoiceAnchor {
  readonly root: Hash;
  readonly slot: number;
  readonly justified: Checkpoint;
  readonly finalized: Checkpoint;
}

/**
 * What became of a vote. `counted`: it was considered (a validator's older or second vote still changes nothing). `waiting`: it will be, when
 * its slot is over. `unknown-block`: the block is not here (yet, or any more). `refused`: it can't be valid, or is of a slot further ahead
 * than the next.
 */
export type VoteOutcome = "counted" | "waiting" | "unknown-block" | "refused";

export class ForkChoice {
  readonly #options: ForkChoiceOptions;
  readonly #balances: JustifiedBalances;
  readonly #tree: ProtoArray;
  readonly #votes: LatestVotes;
  readonly #early = new EarlyVotes();
  readonly #boost: ProposerBoost;
  readonly #checkpoints: CheckpointStore;
  #slot: number;
  /** The checkpoint by whose balances votes count. */
  #countedBy: Checkpoint | undefined;
  #changed = true;

  /**
   * `get_forkchoice_store`.
   *
   * @param balances asked from `head`, `weight`, `proposerHead` and `onBlock`, after the justified checkpoint changed; for a checkpoint whose
   * block is in the tree. If it throws, so do these, and ask again the next time.
   */
  constructor(options: ForkChoiceOptions, anchor: ForkChoiceAnchor, balances: JustifiedBalances) {
    assert(Number.isSafeInteger(options.slotsPerEpoch) && options.slotsPerEpoch > 0, "an epoch has slots");
    assert(Number.isSafeInteger(anchor.slot) && anchor.slot >= 0, "the anchor has a slot");
    this.#options = options;
    this.#balances = balances;
    this.#tree = new ProtoArray(options.slotsPerEpoch);
    this.#votes = new LatestVotes(this.#tree);
    this.#boost = new ProposerBoost(this.#tree);
    this.#slot = anchor.slot;
    const { root, slot } = anchor;
    const justified = { epoch: anchor.justified.epoch, root };
    const finalized = { epoch: anchor.finalized.epoch, root };
    const checkpoints = { justified, finalized, unrealizedJustified: justified, unrealizedFinalized: finalized };
    this.#tree.add({ root, parentRoot: Hash.zero, slot, proposerIndex: 0, ...checkpoints }, NONE, false);
    this.#checkpoints = new CheckpointStore(this.#tree, options.slotsPerEpoch);
  }

  /** Blocks: since finality, as `prune` left them. */
  get size(): number {
    return this.#tree.size;
  }

  get slot(): number {
    return this.#slot;
  }

  get justified(): Checkpoint {
    return this.#checkpoints.justified;
  }

  get finalized(): Checkpoint {
    return this.#checkpoints.finalized;
  }

  /** What will be justified at the end of the epoch, as far as blocks tell. */
  get unrealizedJustified(): Checkpoint {
    return this.#checkpoints.unrealizedJustified;
  }

  /** Votes that wait for the end of their slot. */
  get waitingVotes(): number {
    return this.#early.size;
  }

  /**
   * `on_tick`: it is `slot` now. Slots in between need no calls: the checkpoints of an epoch's end are taken at the first border that was
   * crossed, and nothing is left for the others. A clock that went back is ignored.
   */
  onTick(slot: number): void {
    assert(Number.isSafeInteger(slot) && this.#epochOf(slot) < FAR_FUTURE_EPOCH - 1, "a slot is an integer of an epoch below 2^32 - 2");
    if (slot <= this.#slot) return;
    const isNewEpoch = this.#epochOf(slot) > this.#epochOf(this.#slot);
    this.#slot = slot;
    this.#boost.reset();
    if (isNewEpoch) this.#checkpoints.onEpoch(this.#epochOf(slot));
    this.#early.release(slot, ({ validator, node, targetEpoch }) => this.#votes.vote(validator, node, targetEpoch));
    this.#changed = true;
  }

  /**
   * `on_block`, of a block that was executed. Its attestations and slashings come by `onVote` and `onEquivocation`.
   *
   * @param isTimely it arrived in its slot, before votes are due
   * @throws UnknownParentError, KnownBlockError, FutureBlockError, BeforeFinalizedError; then nothing changed
   */
  onBlock(block: ForkChoiceBlock, isTimely: boolean): void {
    const parent = this.#admit(block);
    const isInTime = isTimely && block.slot === this.#slot;
    const isBoosted = isInTime && !this.#boost.isGiven && this.#hasHeadsShuffling(parent);
    const node = this.#tree.add(block, parent, isInTime);
    if (isBoosted) this.#boost.give(node);
    this.#checkpoints.onBlock(this.#tree.recordAt(node));
    this.#changed = true;
  }

  /**
   * `on_attestation`, from gossip or from a block, of votes whose signature is good. Of gossip the caller checks besides that the target's
   * epoch is the current or the previous one.
   *
   * @param slotOfVote slot that was voted in
   */
  onVote({ indices, root, targetEpoch, targetRoot }: ForkChoiceVote, slotOfVote: number): VoteOutcome {
    const node = this.#tree.indexOf(root);
    if (node === NONE) return "unknown-block";
    if (slotOfVote > this.#slot + 1 || this.#epochOf(slotOfVote) !== targetEpoch) return "refused";
    if (this.#tree.slotAt(node) > slotOfVote) return "refused";
    if (targetRoot !== undefined) {
      const checkpoint = this.#tree.ancestorAt(node, this.#startOf(targetEpoch));
      if (!bytesEqual(this.#tree.rootAt(checkpoint), targetRoot)) return "refused";
    }
    for (const validator of indices) if (validator >= VALIDATORS_MAX) return "refused";
    const isEarly = slotOfVote >= this.#slot;
    for (const validator of indices) this.#take(validator, node, targetEpoch, slotOfVote);
    this.#changed ||= !isEarly;
    return isEarly ? "waiting" : "counted";
  }

  /** `on_attester_slashing`: these validators' votes count no more, past and future ones. @param indices below 2^20 */
  onEquivocation(indices: Uint32Array): void {
    for (const validator of indices) this.#votes.equivocate(validator);
    this.#changed = true;
  }

  /**
   * A block turned out to be invalid: drops it and all below it, and takes back what they said of checkpoints, but for finality.
   *
   * @returns roots that were dropped; none if it is not here
   */
  onInvalid(root: Hash): Hash[] {
    const node = this.#tree.indexOf(root);
    if (node === NONE) return [];
    assert(!this.#tree.isAncestor(node, this.#nodeOf(this.#checkpoints.finalized)), "what is final is valid");
    const removed = this.#retain(this.#tree.subtree(node).map((isBelow) => 1 - isBelow));
    this.#checkpoints.revise();
    return removed;
  }

  /**
   * Drops whatever does not descend from `finalizedRoot`: the finalized block, or an ancestor of it that is still here.
   *
   * @returns roots that were dropped
   */
  prune(finalizedRoot: Hash): Hash[] {
    const node = this.#tree.indexOf(finalizedRoot);
    assert(node !== NONE && this.#tree.isAncestor(node, this.#nodeOf(this.#checkpoints.finalized)), "only what is final is pruned to");
    return node === 0 ? [] : this.#retain(this.#tree.subtree(node));
  }

  /** `get_head`. */
  head(): Hash {
    this.#settle();
    return this.#tree.rootAt(this.#headNode());
  }

  /**
   * `get_proposer_head`: what to build on in `slot`. The head, or its parent: where the head came late and got few votes while its parent
   * has many, or where its proposer made two blocks. The caller sees to it that the proposal itself is early in its slot.
   */
  proposerHead(slot: number): Hash {
    this.#settle();
    const head = this.#headNode();
    return this.#tree.rootAt(this.#isReplaceable(head, slot) ? this.#tree.parentAt(head) : head);
  }

  /** `get_weight`: votes for the block and its descendants, and the boost; increments of effective balance. Undefined: not here. */
  weight(root: Hash): number | undefined {
    this.#settle();
    const node = this.#tree.indexOf(root);
    return node === NONE ? undefined : this.#tree.weightAt(node);
  }

  contains(root: Hash): boolean {
    return this.#tree.indexOf(root) !== NONE;
  }

  blockSlot(root: Hash): number | undefined {
    const node = this.#tree.indexOf(root);
    return node === NONE ? undefined : this.#tree.slotAt(node);
  }

  /** Whether `root` is `ancestor` or descends from it; false if either is not here. */
  isDescendant(ancestor: Hash, root: Hash): boolean {
    const [above, node] = [this.#tree.indexOf(ancestor), this.#tree.indexOf(root)];
    return above !== NONE && node !== NONE && this.#tree.isAncestor(above, node);
  }

  /** `get_ancestor`: the newest of the block and its ancestors with at most this slot. Undefined: the block is not here, or that one is not. */
  ancestorAt(root: Hash, slot: number): Hash | undefined {
    const node = this.#tree.indexOf(root);
    if (node === NONE) return undefined;
    const ancestor = this.#tree.ancestorAt(node, slot);
    return this.#tree.slotAt(ancestor) > slot ? undefined : this.#tree.rootAt(ancestor);
  }

  /** Votes and equivocators as bytes (vote-codec.ts), for `restore` after a restart. */
  snapshot(): Bytes {
    return encodeVotes(savedVotes(this.#tree, this.#votes, this.#early));
  }

  /**
   * Adds votes of a snapshot to what blocks have told already: call it last, after `onTick` and all blocks. A vote for a block that is not
   * here counts for nothing, but no older one takes its place.
   *
   * @throws SnapshotError; then nothing changed
   */
  restore(snapshot: Bytes): void {
    const { messages, latest, equivocators, early } = decodeVotes(snapshot);
    const nodes = messages.map(({ root }) => this.#tree.indexOf(root));
    this.onEquivocation(equivocators);
    for (const [validator, number] of latest.entries()) {
      const message = messages[number - 1];
      if (message !== undefined) this.#votes.vote(validator, nodes[number - 1] as number, message.targetEpoch);
    }
    for (const { validator, message, slot } of early) {
      const { targetEpoch } = messages[message - 1] as VoteMessage;
      this.#take(validator, nodes[message - 1] as number, targetEpoch, slot);
    }
    this.#changed = true;
  }

  #epochOf(slot: number): number {
    return Math.floor(slot / this.#options.slotsPerEpoch);
  }

  #startOf(epoch: number): number {
    return epoch * this.#options.slotsPerEpoch;
  }

  #nodeOf({ root }: Checkpoint): number {
    const node = this.#tree.indexOf(root);
    assert(node !== NONE, "checkpoints are in the tree");
    return node;
  }

  /** `calculate_committee_fraction`, but rounded once. Exact: balances sum up to less than 2^45. */
  #committeeFraction(percent: number): number {
    const [share, parts] = [this.#votes.totalBalance * percent, this.#options.slotsPerEpoch * 100];
    return (share - (share % parts)) / parts;
  }

  /** A vote counts from the slot after its own. */
  #take(validator: number, node: number, targetEpoch: number, slot: number): void {
    if (slot < this.#slot) this.#votes.vote(validator, node, targetEpoch);
    else if (this.#votes.isNews(validator, targetEpoch)) this.#early.add(validator, node, targetEpoch, slot);
  }

  /** The parent of a block that may come in. */
  #admit(block: ForkChoiceBlock): number {
    const root = Hash.key(block.root);
    if (this.contains(block.root)) throw new KnownBlockError({ root });
    const parent = this.#tree.indexOf(block.parentRoot);
    if (parent === NONE) throw new UnknownParentError({ root, parent: Hash.key(block.parentRoot) });
    if (block.slot > this.#slot) throw new FutureBlockError({ root, slot: block.slot, currentSlot: this.#slot });
    const { epoch } = this.#checkpoints.finalized;
    if (block.slot <= this.#startOf(epoch) || !this.#tree.isFinalBranch(parent))
      throw new BeforeFinalizedError({ root, slot: block.slot, finalizedEpoch: epoch });
    return parent;
  }

  /** Drops what is not flagged, with its votes. */
  #retain(kept: Uint8Array): Hash[] {
    this.#votes.withdraw(kept);
    this.#boost.withdraw(kept);
    this.#boost.apply(this.#committeeFraction(this.#options.proposerBoostPercent));
    this.#tree.settle(this.#rule());
    const { removed, renumbered } = this.#tree.retain(kept);
    this.#votes.renumber(renumbered);
    this.#early.renumber(renumbered);
    this.#boost.renumber(renumbered);
    this.#changed = true;
    return removed;
  }

  /** Brings the weights up to what was told since the last time. */
  #settle(): void {
    if (!this.#changed) return;
    const { justified } = this.#checkpoints;
    if (this.#countedBy === undefined || !sameCheckpoint(this.#countedBy, justified)) {
      this.#votes.rebalance(this.#balances(justified));
      this.#countedBy = justified;
    }
    this.#boost.apply(this.#committeeFraction(this.#options.proposerBoostPercent));
    this.#tree.settle(this.#rule());
    this.#changed = false;
  }

  #rule(): ViabilityRule {
    return {
      currentEpoch: this.#epochOf(this.#slot),
      justifiedEpoch: this.#checkpoints.justified.epoch,
      finalizedEpoch: this.#checkpoints.finalized.epoch,
    };
  }

  #headNode(): number {
    return this.#tree.bestFrom(this.#nodeOf(this.#checkpoints.justified));
  }

  /**
   * The last condition of `update_proposer_boost_root`: proposers of this epoch follow from the same block (`get_shuffling_dependent_root`)
   * for the head as for a child of `parent`. Otherwise someone might be boosted that is no proposer on the head's chain.
   */
  #hasHeadsShuffling(parent: number): boolean {
    this.#settle();
    const dependentSlot = Math.max(0, this.#startOf(Math.max(0, this.#epochOf(this.#slot) - 1)) - 1);
    return this.#tree.ancestorAt(this.#headNode(), dependentSlot) === this.#tree.ancestorAt(parent, dependentSlot);
  }

  /** The conditions of `get_proposer_head`. */
  #isReplaceable(head: number, slot: number): boolean {
    const parent = this.#tree.parentAt(head);
    const isAnchored = parent === NONE || head === this.#nodeOf(this.#checkpoints.justified) || head === this.#boost.node;
    if (isAnchored || this.#tree.slotAt(head) + 1 !== slot) return false;
    const headWeight = this.#voteWeight(head) + this.#votes.equivocatedBalance();
    if (headWeight >= this.#committeeFraction(REORG_HEAD_WEIGHT_THRESHOLD)) return false;
    if (this.#tree.hasTwin(head)) return true;
    return (
      !this.#tree.isTimely(head) &&
      sameCheckpoint(this.#tree.recordAt(head).unrealizedJustified, this.#tree.recordAt(parent).unrealizedJustified) &&
      this.#epochOf(slot) - this.#checkpoints.finalized.epoch <= REORG_MAX_EPOCHS_SINCE_FINALIZATION &&
      this.#tree.slotAt(parent) + 1 === this.#tree.slotAt(head) &&
      this.#voteWeight(parent) > this.#committeeFraction(REORG_PARENT_WEIGHT_THRESHOLD)
    );
  }

  /** `get_attestation_score` */
  #voteWeight(node: number): number {
    return this.#tree.weightAt(node) - this.#boost.within(node);
  }
}
