/** Chain events: appended in the batch that makes them true, readable from a cursor, oldest forgotten beyond a bound. */

import { messageOf } from "../kernel/errors.js";
import type { TreeHeader } from "../ports/consensus.js";
import type { Logger } from "../ports/runtime.js";
import type { StorageOperation } from "../ports/storage.js";
import type { ChainEvent, ChainEvents } from "../ports/views.js";
import type { BlockStore } from "./block-store.js";
import { EventsAheadError, EventsPrunedError } from "./errors.js";

const READ_LIMIT_MAX = 1_000;

export class EventLog implements ChainEvents {
  readonly #store: BlockStore;
  readonly #logger: Logger;
  readonly #kept: number;
  readonly #listeners = new Set<() => void>();
  #latest = 0;
  #oldest = 1;

  constructor(store: BlockStore, logger: Logger, kept: number) {
    this.#store = store;
    this.#logger = logger;
    this.#kept = kept;
  }

  async open(latest: number): Promise<void> {
    this.#latest = latest;
    this.#oldest = (await this.#store.oldestEvent()) ?? latest + 1;
  }

  get latest(): number {
    return this.#latest;
  }

  async read(after: number, limit: number): Promise<readonly ChainEvent[]> {
    if (after > this.#latest) throw new EventsAheadError({ after, latest: this.#latest });
    if (after + 1 < this.#oldest) throw new EventsPrunedError({ after, oldest: this.#oldest });
    const events = await this.#store.events(after, Math.max(0, Math.min(limit, READ_LIMIT_MAX)));
    // What is appended but not announced yet belongs to a switch that is still under way.
    return events.filter((event) => event.sequence <= this.#latest);
  }

  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Operations for a switch of heads, and the sequence after it. The caller writes them, then calls `announce`. */
  prepare(changes: readonly { readonly type: ChainEvent["type"]; readonly header: TreeHeader }[]): {
    readonly operations: readonly StorageOperation[];
    readonly latest: number;
  } {
    const operations: StorageOperation[] = [];
    let sequence = this.#latest;
    for (const { type, header } of changes) {
      sequence++;
      operations.push(this.#store.putEvent({ sequence, type, blockId: header.id, height: header.header.height }));
    }
    for (let old = this.#oldest; old <= sequence - this.#kept; old++) operations.push(this.#store.dropEvent(old));
    return { operations, latest: sequence };
  }

  announce(latest: number): void {
    this.#latest = latest;
    this.#oldest = Math.max(this.#oldest, latest - this.#kept + 1);
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        // A listener is a reader's business; its fault must not stop the chain.
        this.#logger.error({ reason: messageOf(error) }, "a listener of chain events failed");
      }
    }
  }
}
