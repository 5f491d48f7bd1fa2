/**
 * The chain as this node's validators see it: what may take long can be broken off when they stop. The walk itself goes on, for the chain's own
 * lane may wait for it, too; and whoever comes again finds how far it is.
 */
import type { GasperChain } from "./chain-access.js";
import { MovingStoppedError } from "./errors.js";
import type { DutyChain } from "./validator/index.js";

export class DutyWaits {
  readonly #waiting = new Set<(error: unknown) => void>();

  /** What `work` comes to, unless `stop` comes first. @throws MovingStoppedError, and what `work` throws */
  for<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const settled = (): void => void this.#waiting.delete(reject);
      work.then(
        (value) => {
          settled();
          resolve(value);
        },
        (error: unknown) => {
          settled();
          reject(error);
        },
      );
    });
  }

  /** Whoever waits now waits no more. */
  stop(): void {
    for (const reject of this.#waiting) reject(new MovingStoppedError({}));
    this.#waiting.clear();
  }

  chain(chain: GasperChain): DutyChain {
    return {
      host: chain.host,
      clock: chain.clock,
      chainHash: chain.chainHash,
      currentSlot: () => chain.currentSlot(),
      head: () => chain.head(),
      block: (root) => chain.block(root),
      ancestorAt: (root, slot) => chain.ancestorAt(root, slot),
      decisionRoot: (epoch, root) => chain.decisionRoot(epoch, root),
      stateOf: (root) => chain.stateOf(root),
      stateAt: (root, slot) => this.for(chain.stateAt(root, slot)),
      shuffling: (epoch, root) => this.for(chain.shuffling(epoch, root)),
    };
  }
}
