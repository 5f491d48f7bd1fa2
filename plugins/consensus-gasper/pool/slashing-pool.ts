/**
 * Evidence that waits for a block: against each proposer once, and against voters as long as it accuses somebody whom other evidence does
 * not. Evidence stays until a final state has punished all whom it accuses, because the block that took it may lose.
 */
import { compareBytes } from "../../../core/sdk.js";
import type { GasperState } from "../state/index.js";
import type { AttestationData, AttesterSlashing, ProposerSlashing } from "../types.js";
import { accusedBy, type Evidence } from "./evidence.js";

/** Validators with evidence of a double proposal; each entry is two headers, up to 1.3 KB. */
const PROPOSER_SLASHINGS_MAX = 1_024;
/** Pairs of votes; each up to two committees, 0.5 to 17 KB. */
const ATTESTER_SLASHINGS_MAX = 512;

export interface SlashingPoolOptions {
  readonly maxProposerSlashings?: number;
  readonly maxAttesterSlashings?: number;
}

/** What a block may hold. */
export interface SlashingLimits {
  readonly proposerSlashings: number;
  readonly attesterSlashings: number;
}

interface AttesterEntry {
  readonly slashing: AttesterSlashing;
  readonly accused: Uint32Array;
}

export class SlashingPool {
  readonly #proposers = new Map<number, ProposerSlashing>();
  readonly #attesters: AttesterEntry[] = [];
  /** How many entries accuse a voter. */
  readonly #accused = new Map<number, number>();
  readonly #maxProposers: number;
  readonly #maxAttesters: number;

  constructor(options: SlashingPoolOptions = {}) {
    this.#maxProposers = options.maxProposerSlashings ?? PROPOSER_SLASHINGS_MAX;
    this.#maxAttesters = options.maxAttesterSlashings ?? ATTESTER_SLASHINGS_MAX;
  }

  get proposerSlashings(): number {
    return this.#proposers.size;
  }

  get attesterSlashings(): number {
    return this.#attesters.length;
  }

  /** Whether there is evidence of a double proposal of this validator. */
  hasProposer(index: number): boolean {
    return this.#proposers.has(index);
  }

  /** Whether there is evidence against this voter. */
  accuses(index: number): boolean {
    return this.#accused.has(index);
  }

  /** What all nodes keep, for the API. */
  *evidence(): Iterable<Evidence> {
    for (const slashing of this.#proposers.values()) yield { kind: "proposer", slashing };
    for (const { slashing } of this.#attesters) yield { kind: "attester", slashing };
  }

  /** Answers whether it is kept: it is not where there is evidence against `index`, or no room. @param slashing checked */
  addProposer(index: number, slashing: ProposerSlashing): boolean {
    if (this.#proposers.has(index) || this.#proposers.size >= this.#maxProposers) return false;
    this.#proposers.set(index, slashing);
    return true;
  }

  /**
   * Answers whom it accuses that nothing accused before; nobody: it is not kept. Where there is no room, it takes the place of the one that
   * accuses the fewest, if it accuses more.
   *
   * @param slashing checked
   */
  addAttester(slashing: AttesterSlashing): Uint32Array {
    const accused = accusedBy(slashing);
    const fresh = accused.filter((index) => !this.#accused.has(index));
    if (fresh.length === 0) return fresh;
    if (this.#attesters.length >= this.#maxAttesters) {
      const least = this.#attesters.reduce((a, b) => (b.accused.length < a.accused.length ? b : a));
      if (least.accused.length >= accused.length) return new Uint32Array(0);
      this.#remove(least);
    }
    this.#attesters.push({ slashing, accused });
    for (const index of accused) this.#accused.set(index, (this.#accused.get(index) ?? 0) + 1);
    return fresh;
  }

  /**
   * What a block on `state` may hold: proposers by index, then votes that cost the most stake of validators who can still be slashed,
   * each counted once. Depends on what is in the pool, not on how it came there.
   *
   * @param state at the block's slot
   */
  select(state: GasperState, limits: SlashingLimits): { proposerSlashings: ProposerSlashing[]; attesterSlashings: AttesterSlashing[] } {
    const { epoch } = state;
    const slashed = new Set<number>();
    const proposerSlashings: ProposerSlashing[] = [];
    for (const index of [...this.#proposers.keys()].sort((a, b) => a - b)) {
      if (proposerSlashings.length === limits.proposerSlashings) break;
      if (!state.isSlashable(index, epoch)) continue;
      slashed.add(index);
      proposerSlashings.push(this.#proposers.get(index) as ProposerSlashing);
    }
    const stakeOf = ({ accused }: AttesterEntry): number => {
      let stake = 0;
      // Below 2^20 validators of less than 2^16 increments each. One more, so that evidence counts against those who have none.
      for (const index of accused)
        if (!slashed.has(index) && state.isSlashable(index, epoch)) stake += 1 + state.effectiveIncrementsOf(index);
      return stake;
    };
    const attesterSlashings: AttesterSlashing[] = [];
    const left = this.#attesters.filter(({ slashing }) => isKnownTo(state, slashing)).sort(compareEntries);
    while (attesterSlashings.length < limits.attesterSlashings) {
      let best: AttesterEntry | undefined;
      let most = 0;
      for (const entry of left) {
        const stake = stakeOf(entry);
        if (stake > most) {
          most = stake;
          best = entry;
        }
      }
      if (best === undefined) break;
      attesterSlashings.push(best.slashing);
      for (const index of best.accused) slashed.add(index);
    }
    return { proposerSlashings, attesterSlashings };
  }

  /** Drops evidence that is of no use any more. @param finalized a final state, whose slashings nothing takes back */
  prune(finalized: GasperState): void {
    const { epoch } = finalized;
    const isSpent = (index: number): boolean =>
      index < finalized.validatorCount && (finalized.isSlashed(index) || epoch >= finalized.withdrawableEpoch(index));
    for (const index of this.#proposers.keys()) if (isSpent(index)) this.#proposers.delete(index);
    for (const entry of [...this.#attesters]) if (entry.accused.every(isSpent)) this.#remove(entry);
  }

  #remove(entry: AttesterEntry): void {
    this.#attesters.splice(this.#attesters.indexOf(entry), 1);
    for (const index of entry.accused) {
      const count = (this.#accused.get(index) ?? 0) - 1;
      if (count > 0) this.#accused.set(index, count);
      else this.#accused.delete(index);
    }
  }
}

/** By whom they accuse, then by epochs and slots: an order that arrival has no part in. */
function compareEntries(a: AttesterEntry, b: AttesterEntry): number {
  const { length } = a.accused;
  for (let i = 0; i < length && i < b.accused.length; i++) {
    const difference = (a.accused[i] as number) - (b.accused[i] as number);
    if (difference !== 0) return difference;
  }
  return (
    length - b.accused.length ||
    compareVotes(a.slashing.first.data, b.slashing.first.data) ||
    compareVotes(a.slashing.second.data, b.slashing.second.data)
  );
}

function compareVotes(a: AttestationData, b: AttestationData): number {
  return (
    a.target.epoch - b.target.epoch ||
    a.source.epoch - b.source.epoch ||
    a.slot - b.slot ||
    a.committeeIndex - b.committeeIndex ||
    compareBytes(a.headRoot, b.headRoot) ||
    compareBytes(a.target.root, b.target.root) ||
    compareBytes(a.source.root, b.source.root)
  );
}

/** Whether all voters are registered there. */
function isKnownTo(state: GasperState, { first, second }: AttesterSlashing): boolean {
  return [first, second].every(({ indices }) => (indices[indices.length - 1] ?? 0) < state.validatorCount);
}
