/**
 * Fork choice in the node: tells it of blocks, votes and time, and core of what it says.
 *
 * Balances by which votes count are those of the justified checkpoint's state, which may have to be moved on through empty slots first:
 * they are looked up before fork choice hears of the checkpoint, so that it has them when it asks.
 */
import { bytesEqual, type ConsensusHost, type Hash, Hash as HashType, present, type TreeHeader } from "../../core/sdk.js";
import type { KnownBlock } from "./chain-access.js";
import { decodeExtra } from "./codec/index.js";
import { unrealizedCheckpoints } from "./epoch/index.js";
import { ForkChoice } from "./fork-choice/fork-choice.js";
import type { GasperParameters } from "./parameters.js";
import type { SlotClock } from "./slot-clock.js";
import type { GasperState } from "./state/index.js";
import type { StateAccess } from "./state-access.js";
import type { Checkpoint, IndexedAttestation } from "./types.js";

/** Balances of so many justified checkpoints are at hand: realized and unrealized ones of the branches there are. */
const BALANCES_MAX = 16;

export interface HeadChoiceParts {
  readonly host: ConsensusHost;
  readonly parameters: GasperParameters;
  readonly clock: SlotClock;
  readonly states: StateAccess;
  /** Blocks that are out for good. */
  readonly onPruned: (roots: readonly Hash[]) => void;
}

export class HeadChoice {
  readonly #parts: HeadChoiceParts;
  readonly #balances = new Map<string, Uint32Array>();
  #choice: ForkChoice | undefined;
  /** Fork choice's oldest block. */
  #oldest: Hash | undefined;
  /** What core was told last. */
  #told: { readonly head: Hash; readonly justified: Hash; readonly finalized: Hash } | undefined;

  constructor(parts: HeadChoiceParts) {
    this.#parts = parts;
  }

  get isRestored(): boolean {
    return this.#choice !== undefined;
  }

  get choice(): ForkChoice {
    return present(this.#choice, "fork choice begins with restore");
  }

  /** Begins anew over the finalized block, whose state is kept. */
  async restore(anchor: TreeHeader): Promise<void> {
    const { states, clock } = this.#parts;
    const state = states.require(anchor.id);
    const slot = present(clock.slotStartingAt(anchor.header.timestampMs), "a block's time is its slot's");
    const checkpoint = { epoch: clock.epochOf(slot), root: anchor.id };
    const [justified, finalized] = [later(state.currentJustified, checkpoint), later(state.finalized, checkpoint)];
    this.#told = undefined;
    this.#oldest = anchor.id;
    await this.#prepare({ epoch: justified.epoch, root: anchor.id });
    this.#choice = new ForkChoice(
      { slotsPerEpoch: clock.slotsPerEpoch, proposerBoostPercent: this.#parts.parameters.spec.forkChoice.proposerBoostPercent },
      { root: anchor.id, slot, justified, finalized },
      (wanted) => present(this.#balances.get(keyOf(wanted)), "balances are looked up before they are needed"),
    );
  }

  /** A block that was executed. @param isTimely it came early in its own slot */
  async onBlock(block: TreeHeader, isTimely: boolean): Promise<void> {
    const { states, clock } = this.#parts;
    const state = states.require(block.id);
    const { justified: unrealizedJustified, finalized: unrealizedFinalized } = unrealizedCheckpoints(state);
    const justified = state.currentJustified;
    await this.#prepare(this.#known(justified));
    await this.#prepare(this.#known(unrealizedJustified));
    const slot = present(clock.slotStartingAt(block.header.timestampMs), "a block's time is its slot's");
    this.tick();
    // It was let in, so its slot had begun: a clock that was set back since does not change that.
    this.choice.onTick(slot);
    this.choice.onBlock(
      {
        root: block.id,
        parentRoot: block.header.parent,
        slot,
        proposerIndex: present(decodeExtra(block.header.extra), "a header's extra was checked").proposerIndex,
        justified,
        finalized: state.finalized,
        unrealizedJustified,
        unrealizedFinalized,
      },
      isTimely,
    );
  }

  onVotes({ data, indices }: Pick<IndexedAttestation, "data" | "indices">): void {
    const { headRoot, target, slot } = data;
    this.choice.onVote({ indices, root: headRoot, targetEpoch: target.epoch, targetRoot: target.root }, slot);
  }

  onInvalid(root: Hash): void {
    this.#forget(this.choice.onInvalid(root));
  }

  /** Time by this node's clock. */
  tick(): void {
    const slot = this.#parts.clock.slotAt(this.#parts.host.clock.nowMs());
    if (slot > 0) this.choice.onTick(slot);
  }

  head(): KnownBlock {
    const root = this.choice.head();
    return { root, slot: present(this.choice.blockSlot(root), "the head is in fork choice") };
  }

  /** Tells core what fork choice says, if that is another thing than before. Answers whether the head moved. */
  tell(): boolean {
    const { choice } = this;
    const head = choice.head();
    const [justified, finalized] = [choice.justified.root, choice.finalized.root];
    const told = this.#told;
    const isHeadNew = told === undefined || !bytesEqual(told.head, head);
    if (!isHeadNew && bytesEqual(told.justified, justified) && bytesEqual(told.finalized, finalized)) return false;
    this.#told = { head, justified, finalized };
    this.#parts.host.choiceChanged({ head, justified, finalized });
    if (told !== undefined && !bytesEqual(told.finalized, finalized)) {
      this.#forget(choice.prune(finalized));
      this.#oldest = finalized;
    }
    return isHeadNew;
  }

  #forget(roots: readonly Hash[]): void {
    if (roots.length > 0) this.#parts.onPruned(roots);
  }

  /** The checkpoint as fork choice will ask for it: where its block is older than all that it has, its oldest stands for it. */
  #known({ epoch, root }: Checkpoint): Checkpoint {
    return { epoch, root: this.choice.contains(root) ? root : present(this.#oldest, "fork choice begins with a block") };
  }

  /** Looks up the balances of a checkpoint's state. */
  async #prepare(checkpoint: Checkpoint): Promise<void> {
    const key = keyOf(checkpoint);
    const { states, clock } = this.#parts;
    const balances = this.#balances.get(key) ?? balancesOf(await states.at(checkpoint.root, clock.firstSlotOf(checkpoint.epoch)));
    this.#balances.delete(key);
    this.#balances.set(key, balances);
    const choice = this.#choice;
    // What fork choice may ask for without another block: at the next tick, or where it goes back to what is final.
    const spared = choice === undefined ? [] : [choice.justified, choice.unrealizedJustified, choice.finalized].map(keyOf);
    for (const oldest of this.#balances.keys()) {
      if (this.#balances.size <= BALANCES_MAX) return;
      if (oldest !== key && !spared.includes(oldest)) this.#balances.delete(oldest);
    }
  }
}

/** Effective balances of those who are active and not slashed, 0 for others. */
function balancesOf(state: GasperState): Uint32Array {
  const balances = new Uint32Array(state.validatorCount);
  const effective = state.effectiveIncrements();
  for (const index of state.activeIndices(state.epoch)) if (!state.isSlashed(index)) balances[index] = effective[index] as number;
  return balances;
}

function later(one: Checkpoint, other: Checkpoint): Checkpoint {
  return one.epoch >= other.epoch ? one : other;
}

function keyOf({ epoch, root }: Checkpoint): string {
  return `${epoch}:${HashType.key(root)}`;
}
