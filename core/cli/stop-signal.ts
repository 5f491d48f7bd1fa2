/**
 * Ctrl-C, SIGTERM and a closed terminal as something to wait for, from before a node is there: loading and starting one takes its time, too.
 *
 * They are never given back: the process is about to end, and a second Ctrl-C (npm passes on a copy of each) must not turn
 * a clean stop into a killed one.
 */
export class StopSignal {
  #requested = false;
  #resolve: () => void = () => undefined;
  /** Resolves when the node shall end. */
  readonly wait = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  /** From here on the signals don't end the process any more. */
  constructor() {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => this.request());
  }

  get requested(): boolean {
    return this.#requested;
  }

  /** As a signal does. */
  request(): void {
    this.#requested = true;
    this.#resolve();
  }
}
