/**
 * Listens before the first signature whether somebody else uses the same keys, which slashing protection can't know: a machine that was
 * cloned, a node that still runs elsewhere. Whole epochs after the one in which it began count, since votes of that one may be our own.
 */
import type { ChainwrightError } from "../../../core/sdk.js";
import { DoppelgangerError } from "./errors.js";
import type { OwnValidators } from "./own-validators.js";

export class Doppelganger {
  readonly #epochs: number;
  readonly #validators: OwnValidators;
  /** Votes of these epochs are listened to: [from, until). Signing begins with `until`. */
  #from = 0;
  #until = 0;
  #stoppedEpoch: number | undefined;

  /** @param epochs 0: don't listen */
  constructor(epochs: number, validators: OwnValidators) {
    this.#epochs = epochs;
    this.#validators = validators;
  }

  /** @param epoch the current one; negative before genesis, when nobody can have voted yet */
  begin(epoch: number): void {
    if (this.#epochs === 0 || epoch < 0) return;
    // After a short pause (the node fell behind) the keys are still ours.
    if (this.#stoppedEpoch !== undefined && epoch <= this.#stoppedEpoch + 1) return;
    this.#from = epoch + 1;
    this.#until = this.#from + this.#epochs;
  }

  end(epoch: number): void {
    this.#stoppedEpoch = epoch;
  }

  /** @param epoch negative before genesis */
  isListening(epoch: number): boolean {
    return this.#until > 0 && epoch < this.#until;
  }

  /** First epoch in which is signed; 0: at once. */
  get signsFrom(): number {
    return this.#until;
  }

  /**
   * Somebody voted or proposed. Answers who of ours that was, each only once; they sign nothing from now on.
   *
   * @param epoch of the vote's target
   */
  heard(indices: Iterable<number>, epoch: number): readonly ChainwrightError[] {
    if (epoch < this.#from || epoch >= this.#until) return [];
    const seen: ChainwrightError[] = [];
    for (const validator of indices) {
      const own = this.#validators.at(validator);
      if (own === undefined || own.refusal !== undefined) continue;
      const error = new DoppelgangerError({ publicKey: own.name, validator, epoch });
      own.refusal = error;
      seen.push(error);
    }
    return seen;
  }
}
