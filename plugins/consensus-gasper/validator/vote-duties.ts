/** In which slot and committee this node's validators vote: known by epoch and by the block that decides its committees. */
import { Hash } from "../../../core/sdk.js";
import type { DutyChain, DutyState } from "./dependencies.js";
import type { OwnValidator, OwnValidators } from "./own-validators.js";

export interface VoteDuty {
  readonly own: OwnValidator;
  readonly validator: number;
  readonly slot: number;
  readonly committeeIndex: number;
  readonly position: number;
  readonly committeeSize: number;
}

/** This epoch and the next, on two branches. */
const KEPT = 4;

export class VoteDuties {
  readonly #chain: Pick<DutyChain, "shuffling" | "decisionRoot">;
  readonly #validators: OwnValidators;
  readonly #known = new Map<string, ReadonlyMap<number, readonly VoteDuty[]>>();

  constructor(chain: Pick<DutyChain, "shuffling" | "decisionRoot">, validators: OwnValidators) {
    this.#chain = chain;
    this.#validators = validators;
  }

  /** Of an epoch by slot, on the branch of `root`. @param state of that branch, in the epoch: who is who */
  async of(epoch: number, root: Hash, state: DutyState): Promise<ReadonlyMap<number, readonly VoteDuty[]>> {
    const decision = this.#chain.decisionRoot(epoch, root);
    const key = decision === undefined ? undefined : `${epoch} ${Hash.key(decision)} ${this.#validators.count}`;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const shuffling = await this.#chain.shuffling(epoch, root);
    // Only now: while the shuffling was made, somebody may have looked at another branch.
    this.#validators.find(state);
    const duties = new Map<number, VoteDuty[]>();
    for (const own of this.#validators.all) {
      const validator = own.index;
      const place = validator === undefined ? undefined : shuffling.positionOf(validator);
      if (validator === undefined || place === undefined) continue;
      const committeeSize = shuffling.committeeSize(place.slot, place.committeeIndex);
      const duty: VoteDuty = { own, validator, ...place, committeeSize };
      const ofSlot = duties.get(place.slot);
      if (ofSlot === undefined) duties.set(place.slot, [duty]);
      else ofSlot.push(duty);
    }
    if (key !== undefined) this.#remember(key, duties);
    return duties;
  }

  /** What was learned already of a slot, for status. */
  knownAt(slot: number): readonly VoteDuty[] {
    let latest: readonly VoteDuty[] = [];
    for (const duties of this.#known.values()) latest = duties.get(slot) ?? latest;
    return latest;
  }

  #remember(key: string, duties: ReadonlyMap<number, readonly VoteDuty[]>): void {
    this.#known.set(key, duties);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
  }
}
