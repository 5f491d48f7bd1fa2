/** Those who want to hear what happens in a cluster, and waiting for something to be so. */
import type { Scheduler } from "../ports/runtime.js";

/** `state`: a node started, runs, ended. `block`: its head moved. `report`: peers, pending or sync changed. `links`: cut or mended. */
export type ClusterEvent = { readonly type: "state" | "block" | "report"; readonly node: number } | { readonly type: "links" };

export class Observers {
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** @returns what ends it */
  add(listener: (event: ClusterEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(event: ClusterEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Looks now and at every event. @throws what `late` makes, after `timeoutMs`; what `holds` throws */
  until(holds: () => boolean, timeoutMs: number, late: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        try {
          if (!holds()) return;
          end();
          resolve();
        } catch (error) {
          end();
          reject(error);
        }
      };
      const timeout = this.#scheduler.after(timeoutMs, () => {
        end();
        reject(late());
      });
      const remove = this.add(look);
      const end = (): void => {
        timeout.cancel();
        remove();
      };
      look();
    });
  }
}
