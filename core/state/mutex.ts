/** Runs asynchronous pieces of work one after the other, in the order of their calls. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    // The next in line waits for the end of this one, not for its success.
    this.#last = result.then(ignore, ignore);
    return result;
  }
}

function ignore(): void {}
