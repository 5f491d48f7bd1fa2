/**
 * Runs asynchronous pieces of work one after the other, in the order of their calls; what is behind waits until nothing else does, however
 * long that is here already. So the proofs that anybody may ask for hold up a block by one proof at most.
 */
type Turn = "ahead" | "behind";

export class Mutex {
  readonly #ahead: (() => void)[] = [];
  readonly #behind: (() => void)[] = [];
  #isBusy = false;

  /** How many pieces wait behind all others. */
  get waitingBehind(): number {
    return this.#behind.length;
  }

  async run<Result>(work: () => Promise<Result>, turn: Turn = "ahead"): Promise<Result> {
    if (this.#isBusy) await new Promise<void>((resolve) => (turn === "ahead" ? this.#ahead : this.#behind).push(resolve));
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      // The next in line waits for the end of this one, not for its success; who comes meanwhile waits, too.
      const next = this.#ahead.shift() ?? this.#behind.shift();
      if (next === undefined) this.#isBusy = false;
      else next();
    }
  }
}
