/** The keys of this node and the validators that they are, which a branch may number otherwise as long as it is not final. */
import { type Bytes, bytesEqual, toHex } from "../../../core/sdk.js";
import type { DutyState } from "./dependencies.js";

export class OwnValidator {
  /** Of the branch that was looked at last; undefined: no validator has this key there (yet). */
  index: number | undefined;
  /** Epoch of the last vote in this run. */
  votedEpoch = -1;
  /** It signs nothing before this epoch. */
  signsFrom = 0;
  /** Why it signs nothing any more in this run. */
  refusal: Error | undefined;
  readonly name: string;

  constructor(readonly publicKey: Bytes) {
    this.name = toHex(publicKey);
  }

  /** Whether it is that validator there. */
  isIn(state: DutyState, index: number): boolean {
    return index < state.validatorCount && bytesEqual(state.publicKey(index), this.publicKey);
  }
}

export class OwnValidators {
  readonly #byKey = new Map<string, OwnValidator>();
  #byIndex = new Map<number, OwnValidator>();

  get all(): readonly OwnValidator[] {
    return [...this.#byKey.values()];
  }

  get count(): number {
    return this.#byKey.size;
  }

  /** Adds keys; those that are there already stay what they are. */
  add(publicKeys: readonly Bytes[]): void {
    for (const publicKey of publicKeys) {
      const own = new OwnValidator(publicKey);
      if (!this.#byKey.has(own.name)) this.#byKey.set(own.name, own);
    }
  }

  /** Finds the keys in a state: cheap for those that have their number already. Answers who was found for the first time. */
  find(state: DutyState): readonly OwnValidator[] {
    const found: OwnValidator[] = [];
    const byIndex = new Map<number, OwnValidator>();
    for (const own of this.#byKey.values()) {
      const known = own.index;
      if (known === undefined || !own.isIn(state, known)) own.index = state.indexOf(own.publicKey);
      if (own.index === undefined) continue;
      byIndex.set(own.index, own);
      if (known === undefined) found.push(own);
    }
    this.#byIndex = byIndex;
    return found;
  }

  at(index: number): OwnValidator | undefined {
    return this.#byIndex.get(index);
  }
}
