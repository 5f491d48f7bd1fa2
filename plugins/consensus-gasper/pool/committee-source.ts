/**
 * Committees for votes from outside, whose signatures are not checked yet: anybody may name any known block as head, and the committees of
 * an old one may take a walk through empty epochs. So committees of the head's branch are to be had at once; others only without a walk, and
 * by a budget.
 */
import { AssertionFailure, bytesEqual, Hash } from "../../../core/sdk.js";
import type { GasperChain } from "../chain-access.js";
import type { CommitteeShuffling } from "../duties/index.js";

/** Decision blocks off the head's branch that are admitted in one slot: those of one branch, for this epoch and the one before. */
const ADMITTED_PER_SLOT = 2;
/**
 * Admitted ones that are remembered, by last use: fewer than the engine keeps committees of, so that nobody makes it compute the same ones
 * again and again by asking for all in turn.
 */
const ADMITTED_MAX = 8;

export interface BranchCommittees {
  readonly shuffling: CommitteeShuffling;
  /** The block that decides them. */
  readonly decisionRoot: Hash;
}

export class CommitteeSource {
  readonly #admitted = new Set<string>();
  #slot = -1;
  #leftInSlot = 0;

  constructor(private readonly chain: GasperChain) {}

  /** Committees of `epoch` on the branch of a known block; undefined where they are not to be had (now). */
  async of(epoch: number, headRoot: Hash): Promise<BranchCommittees | undefined> {
    const decisionRoot = this.chain.decisionRoot(epoch, headRoot);
    if (decisionRoot === undefined || !this.#admits(epoch, headRoot, decisionRoot)) return undefined;
    try {
      return { shuffling: await this.chain.shuffling(epoch, headRoot), decisionRoot };
    } catch (error) {
      if (error instanceof AssertionFailure) throw error;
      // The state of that branch is not kept any more.
      return undefined;
    }
  }

  /** Whether committees are not to be had only because the slot's budget is used up. */
  isPutOff(epoch: number, headRoot: Hash): boolean {
    const decisionRoot = this.chain.decisionRoot(epoch, headRoot);
    if (decisionRoot === undefined || this.#admitted.has(keyOf(epoch, decisionRoot))) return false;
    return !this.#isOfHead(epoch, decisionRoot) && this.#isNear(epoch, headRoot) && this.#budget() === 0;
  }

  #admits(epoch: number, headRoot: Hash, decisionRoot: Hash): boolean {
    const key = keyOf(epoch, decisionRoot);
    // Only for new ones: after each vote the head has to be found anew.
    if (!this.#admitted.delete(key) && !this.#isOfHead(epoch, decisionRoot) && !(this.#isNear(epoch, headRoot) && this.#pays()))
      return false;
    this.#admitted.add(key);
    for (const oldest of this.#admitted) {
      if (this.#admitted.size <= ADMITTED_MAX) break;
      this.#admitted.delete(oldest);
    }
    return true;
  }

  #isOfHead(epoch: number, decisionRoot: Hash): boolean {
    const ofHead = this.chain.decisionRoot(epoch, this.chain.head().root);
    return ofHead !== undefined && bytesEqual(ofHead, decisionRoot);
  }

  /** Whether the block's own state has the committees, without a walk: a branch that nobody builds on is none that honest votes are for. */
  #isNear(epoch: number, headRoot: Hash): boolean {
    const block = this.chain.block(headRoot);
    return block !== undefined && epoch - this.chain.clock.epochOf(block.slot) <= 1;
  }

  /** What is left for this slot. */
  #budget(): number {
    const slot = this.chain.currentSlot();
    if (slot !== this.#slot) {
      this.#slot = slot;
      this.#leftInSlot = ADMITTED_PER_SLOT;
    }
    return this.#leftInSlot;
  }

  #pays(): boolean {
    if (this.#budget() === 0) return false;
    this.#leftInSlot--;
    return true;
  }
}

function keyOf(epoch: number, decisionRoot: Hash): string {
  return `${epoch}:${Hash.key(decisionRoot)}`;
}
