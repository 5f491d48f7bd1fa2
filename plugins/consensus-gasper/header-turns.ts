/**
 * What headers may cost that validators signed, but that are of little use: turns.
 *
 * A key of one validator is enough for headers that have the state moved through thousands of epochs, and for any number of valid blocks of one
 * slot. Neither can be refused, since a network that stood still needs the one and the head may be any of the other: so they wait for each other.
 */
import { Hash, type HashKey, NotYetError } from "../../core/sdk.js";
import { GasperFault, MovingStoppedError } from "./errors.js";
import type { SlotClock } from "./slot-clock.js";
import type { GasperState } from "./state/index.js";

/** Headers that wait for a walk, beside the one that walks. */
const WALKS_WAITING_MAX = 16;
/** Blocks of one proposer that a slot takes while it lasts: two prove the offence, and honest nodes may have either. */
const PROPOSALS_AT_ONCE = 2;
/** Further ones in each slot after that. */
const PROPOSALS_PER_SLOT = 8;
const EPOCHS_COUNTED = 2;
/** Slots and proposers that are counted: two epochs of 64 slots on 32 branches. Those whose seals were good longest ago leave. */
const PROPOSERS_COUNTED_MAX = 4_096;

/** One walk through epochs at a time. */
export class WalkTurns {
  /** Who walks or waits: a proposer has one turn at a time. */
  readonly #turns = new Map<number, { readonly what: string; readonly turn: Promise<GasperState> }>();
  #last: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(private readonly clock: SlotClock) {}

  /**
   * Walks when its turn comes.
   *
   * @param what the parent and the epoch: whoever asks for the same of the same proposer shares the turn
   * @throws NotYetError if too many wait, or another walk of this proposer; MovingStoppedError; and what `walk` throws
   */
  async run(proposer: number, what: string, nowMs: number, walk: () => Promise<GasperState>): Promise<GasperState> {
    const own = this.#turns.get(proposer);
    if (own?.what === what) return own.turn;
    if (own !== undefined || this.#turns.size > WALKS_WAITING_MAX)
      throw notYet(this.clock, nowMs, GasperFault.walksBusy, "others wait for the state to be moved through epochs, too");
    const begin = () => {
      if (this.#isStopped) throw new MovingStoppedError({});
      return walk();
    };
    const turn = this.#last.then(begin).finally(() => this.#turns.delete(proposer));
    this.#turns.set(proposer, { what, turn });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Who waits does not walk any more. */
  stop(): void {
    this.#isStopped = true;
  }
}

/** Blocks by slot and proposer, as far as they may be executed. */
export class ProposalTurns {
  readonly #admitted = new Map<string, { readonly slot: number; readonly roots: Set<HashKey> }>();
  #newest = 0;

  constructor(private readonly clock: SlotClock) {}

  /** Whether blocks of this slot are counted: old ones come by sync. */
  counts(slot: number, nowMs: number): boolean {
    return slot > this.clock.slotAt(nowMs) - EPOCHS_COUNTED * this.clock.slotsPerEpoch;
  }

  /**
   * @param slot that is counted, and has begun
   * @param signingRoot of a header with a good seal of the slot's proposer
   * @throws NotYetError from the third on, which come by and by
   */
  admit(slot: number, proposer: number, signingRoot: Hash, nowMs: number): void {
    const current = this.clock.slotAt(nowMs);
    if (current > this.#newest) this.#advance(current);
    const key = `${slot}:${proposer}`;
    const { roots } = this.#admitted.get(key) ?? { roots: new Set<HashKey>() };
    if (roots.has(Hash.key(signingRoot))) return;
    const most = PROPOSALS_AT_ONCE + PROPOSALS_PER_SLOT * Math.max(0, current - slot);
    if (roots.size >= most) {
      const reason = `validator ${proposer} has made ${roots.size} other blocks of slot ${slot}`;
      throw notYet(this.clock, nowMs, GasperFault.slotEquivocation, reason);
    }
    roots.add(Hash.key(signingRoot));
    this.#admitted.delete(key);
    this.#admitted.set(key, { slot, roots });
    for (const oldest of this.#admitted.keys()) {
      if (this.#admitted.size <= PROPOSERS_COUNTED_MAX) return;
      this.#admitted.delete(oldest);
    }
  }

  get size(): number {
    return this.#admitted.size;
  }

  #advance(current: number): void {
    this.#newest = current;
    for (const [key, { slot }] of this.#admitted)
      if (slot <= current - EPOCHS_COUNTED * this.clock.slotsPerEpoch) this.#admitted.delete(key);
  }
}

function notYet(clock: SlotClock, nowMs: number, code: GasperFault, reason: string) {
  return new NotYetError({ code, reason, retryAtMs: clock.startOf(clock.slotAt(nowMs) + 1) });
}
