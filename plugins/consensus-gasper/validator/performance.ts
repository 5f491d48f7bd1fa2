/**
 * How this node's validators do, by what the canonical chain says of them: for API, CLI and metrics.
 *
 * An epoch is judged by the state of a last block before a border: votes by the flags of participation, which are complete once the
 * epoch after it has ended, proposals by which of the slots have a block, distances by the blocks' votes. Bounded by the number of keys.
 */
import { Hash, type Json, toHex } from "../../../core/sdk.js";
import type { DutyChain, DutyState, ValidatorDependencies } from "./dependencies.js";
import { addTotals, type EpochOutcome, effectivenessMilli, isIncluded, noTotals, ValidatorOutcomes } from "./outcomes.js";
import type { OwnValidator, OwnValidators } from "./own-validators.js";

/** A block that became canonical, with who voted in it. */
export interface CanonicalBlock {
  readonly root: Hash;
  readonly parentRoot: Hash;
  readonly slot: number;
  readonly proposerIndex: number;
  /** Of its attestations; `IndexedAttestation` is one. */
  readonly votes: readonly CanonicalVote[];
}

export interface CanonicalVote {
  readonly data: { readonly slot: number; readonly target: { readonly epoch: number } };
  readonly indices: Uint32Array;
}

/** Epochs without any block that count as missed at one border; a chain that stood longer has other troubles. */
const EMPTY_EPOCHS_MAX = 64;
/** Validators with a metric of their own. */
const GAUGES_MAX = 64;

export class Performance {
  readonly #chain: Pick<DutyChain, "clock" | "block" | "ancestorAt" | "stateOf">;
  readonly #metrics: ValidatorDependencies["metrics"];
  readonly #validators: OwnValidators;
  readonly #outcomes = new Map<string, ValidatorOutcomes>();
  /** Highest epoch of each kind that metrics have counted. */
  #countedVotes = -1;
  #countedProposals = -1;

  constructor(
    chain: Pick<DutyChain, "clock" | "block" | "ancestorAt" | "stateOf">,
    metrics: ValidatorDependencies["metrics"],
    validators: OwnValidators,
  ) {
    this.#chain = chain;
    this.#metrics = metrics;
    this.#validators = validators;
  }

  /** To be told of each block that becomes canonical, parents first, after a reorg those of the new branch. */
  onCanonicalBlock(block: CanonicalBlock): void {
    if (this.#validators.count === 0) return;
    const parentSlot = this.#chain.block(block.parentRoot)?.slot;
    const { clock } = this.#chain;
    if (parentSlot !== undefined && clock.epochOf(parentSlot) < clock.epochOf(block.slot))
      this.#close(block.parentRoot, parentSlot, clock.epochOf(block.slot));
    for (const { data, indices } of block.votes)
      for (const index of indices) {
        const own = this.#validators.at(index);
        if (own === undefined) continue;
        const distance = block.slot - data.slot;
        if (this.#of(own).included(data.target.epoch, distance)) this.#metrics.inclusionDistance.observe(distance);
      }
  }

  /** The chain goes on in `next` after its last block so far: judges what is complete by that. */
  #close(root: Hash, slot: number, next: number): void {
    const state = this.#chain.stateOf(root);
    if (state === undefined) return;
    this.#validators.find(state);
    const epoch = this.#chain.clock.epochOf(slot);
    const made = this.#slotsWithBlocks(root, slot, epoch);
    for (const own of this.#validators.all) {
      const { index } = own;
      if (index === undefined) continue;
      const view = state.validator(index);
      const votesOf = (at: number, flags: number) => {
        const outcome = state.isActive(index, at) && !view.slashed ? this.#of(own).at(at) : undefined;
        if (outcome !== undefined) this.#countVote(outcome, flags);
      };
      if (epoch > 0) votesOf(epoch - 1, view.previousFlags);
      // Whole epochs without a block: nobody's votes of the last one with blocks can come any more.
      if (next > epoch + 1) votesOf(epoch, view.currentFlags);
      for (let empty = epoch + 1; empty < Math.min(next - 1, epoch + EMPTY_EPOCHS_MAX); empty++) votesOf(empty, 0);
      const outcome = this.#of(own).at(epoch);
      if (outcome !== undefined) outcome.balance = view.balance;
      for (let at = epoch; at <= Math.min(next - 1, epoch + 1); at++) this.#judgeProposals(own, state, index, at, made);
    }
    this.#countedVotes = Math.max(this.#countedVotes, next > epoch + 1 ? next - 2 : epoch - 1);
    this.#countedProposals = Math.max(this.#countedProposals, Math.min(next - 1, epoch + 1));
    this.#publish();
  }

  #countVote(outcome: EpochOutcome, flags: number): void {
    outcome.flags = flags;
    if (outcome.epoch <= this.#countedVotes) return;
    this.#metrics.includedVotes.increment(1, { outcome: isIncluded(outcome) ? "included" : "missed" });
  }

  #judgeProposals(own: OwnValidator, state: DutyState, index: number, epoch: number, withBlocks: ReadonlySet<number>): void {
    const { clock } = this.#chain;
    const first = clock.firstSlotOf(epoch);
    let made = 0;
    let missed = 0;
    // Slot 0 is genesis'.
    for (let slot = Math.max(1, first); slot < first + clock.slotsPerEpoch; slot++) {
      if (state.proposerAt(slot) !== index) continue;
      if (withBlocks.has(slot)) made++;
      else missed++;
    }
    const outcome = this.#of(own).at(epoch);
    if (outcome !== undefined) outcome.proposals = { made, missed };
    if (epoch <= this.#countedProposals) return;
    if (made > 0) this.#metrics.canonicalProposals.increment(made, { outcome: "made" });
    if (missed > 0) this.#metrics.canonicalProposals.increment(missed, { outcome: "missed" });
  }

  /** Slots of the epoch in which the branch of `root` has a block. */
  #slotsWithBlocks(root: Hash, slot: number, epoch: number): ReadonlySet<number> {
    const found = new Set<number>();
    const first = this.#chain.clock.firstSlotOf(epoch);
    let at: number | undefined = slot;
    while (at !== undefined && at >= first) {
      found.add(at);
      const below: Hash | undefined = at === 0 ? undefined : this.#chain.ancestorAt(root, at - 1);
      at = below === undefined ? undefined : this.#chain.block(below)?.slot;
    }
    return found;
  }

  #publish(): void {
    for (const own of this.#validators.all.slice(0, GAUGES_MAX))
      if (own.index !== undefined)
        this.#metrics.effectiveness.set(effectivenessMilli(this.#of(own).totals), { validator: String(own.index) });
  }

  #of(own: OwnValidator): ValidatorOutcomes {
    let outcomes = this.#outcomes.get(own.name);
    if (outcomes === undefined) {
      outcomes = new ValidatorOutcomes();
      this.#outcomes.set(own.name, outcomes);
    }
    return outcomes;
  }

  /** Of one of this node's validators; undefined for others, and for those that the chain does not know yet. */
  of(index: number): Json | undefined {
    const own = this.#validators.at(index);
    return own === undefined ? undefined : this.#describe(own, index);
  }

  /** Of all of this node's validators that the chain knows. */
  list(): readonly Json[] {
    return this.#validators.all.flatMap((own) => (own.index === undefined ? [] : [this.#describe(own, own.index)]));
  }

  /** Of all together, for status. */
  summary(): Json {
    const totals = noTotals();
    for (const outcomes of this.#outcomes.values()) addTotals(totals, outcomes.totals);
    const { votes, included, made, missed } = totals;
    return { effectivenessMilli: effectivenessMilli(totals), votes: { due: votes, included }, proposals: { made, missed } };
  }

  #describe(own: OwnValidator, index: number): Json {
    const outcomes = this.#of(own);
    const { votes, included, source, target, head, distanceSum, distanceCount, made, missed } = outcomes.totals;
    return {
      index,
      publicKey: toHex(own.publicKey),
      effectivenessMilli: effectivenessMilli(outcomes.totals),
      proposals: { made, missed },
      votes: { due: votes, included, source, target, head },
      inclusionDistance: { sum: distanceSum, count: distanceCount, last: outcomes.lastDistance ?? null },
      recent: outcomes.recent.map((outcome) => describeOutcome(outcome, outcomes.balanceChange(outcome.epoch))),
    };
  }
}

function describeOutcome({ epoch, flags, distance, proposals, balance }: EpochOutcome, change: number | undefined): Json {
  return {
    epoch,
    flags: flags ?? null,
    inclusionDistance: distance ?? null,
    proposals: proposals === undefined ? null : { made: proposals.made, missed: proposals.missed },
    balance: balance === undefined ? null : String(balance),
    balanceChange: change === undefined ? null : String(change),
  };
}
