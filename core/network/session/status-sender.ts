/**
 * Tells peers when this node's head is another: the newest only, and not more often than they need to know. A block that moves the
 * head is announced by gossip at once; this is for those who compare chains.
 */
import type { Cancellable, Scheduler } from "../../ports/runtime.js";
import { bytesEqual } from "../../primitives/bytes.js";
import type { Peer } from "../peer.js";
import type { HeadClaim } from "../wire/messages.js";

/** After a change, the next ones are gathered for this long. */
const GATHER_MS = 200;
/** Votes and time move heads without a block; then nobody tells us. */
const LOOK_MS = 5_000;

export interface StatusSources {
  readonly scheduler: Scheduler;
  readonly peers: () => readonly Peer[];
  readonly head: () => HeadClaim;
}

export class StatusSender {
  readonly #sources: StatusSources;
  #told: HeadClaim | undefined;
  #gathering: Cancellable | undefined;
  #looking: Cancellable | undefined;

  constructor(sources: StatusSources) {
    this.#sources = sources;
  }

  start(): void {
    this.#told = this.#sources.head();
    this.#looking = this.#sources.scheduler.every(LOOK_MS, () => this.changed());
  }

  stop(): void {
    this.#looking?.cancel();
    this.#gathering?.cancel();
    this.#looking = undefined;
  }

  /** The head may have moved. */
  changed(): void {
    if (this.#looking === undefined || this.#gathering !== undefined) return;
    this.#tell();
    this.#gathering = this.#sources.scheduler.after(GATHER_MS, () => {
      this.#gathering = undefined;
      this.#tell();
    });
  }

  #tell(): void {
    const head = this.#sources.head();
    if (this.#told !== undefined && saysTheSame(head, this.#told)) return;
    this.#told = head;
    const message = { type: "status", head } as const;
    for (const peer of this.#sources.peers()) peer.send(message);
  }
}

/** Finality may move without the head, and so may what is kept. */
function saysTheSame(one: HeadClaim, other: HeadClaim): boolean {
  return one.finalizedHeight === other.finalizedHeight && one.bodiesFrom === other.bodiesFrom && bytesEqual(one.id, other.id);
}
