/**
 * A lane: tasks that must not overlap, run one after the other in order of arrival.
 *
 * Everything that changes the tree, the head or the disk runs in the chain's one lane, so that no step ever sees
 * another half done; what only reads or checks runs outside.
 */
export class Lane {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Tasks that wait or run. */
  get depth(): number {
    return this.#waiting;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const result = this.#tail.then(task).finally(() => {
      this.#waiting--;
    });
    // The lane goes on after a failed task; whoever ran it gets the failure.
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves once everything that was in the lane has ended. */
  idle(): Promise<void> {
    return this.#tail.then(() => undefined);
  }
}
