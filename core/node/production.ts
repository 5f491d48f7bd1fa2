/**
 * When this node makes blocks: while it is asked to, and not while it is far behind its peers, since those would be stale.
 *
 * A node whose peers are gone goes on (nobody else may be there to do it), but one that has just started gives its peers a
 * moment to say how far they are. What they say costs them nothing, and counts for as long as they need to show it; afterwards, only
 * headers that were found good keep this node from producing, or whoever likes could.
 */
import type { Producer } from "../ports/consensus.js";
import type { Cancellable, Clock, Scheduler } from "../ports/runtime.js";
import type { NetworkView } from "../ports/views.js";

/** With fewer blocks behind than this, others would still take ours for their head now and then. */
const FAR_BEHIND_BLOCKS = 4;
const PEERS_GRACE_MS = 2_000;
/** After a start, peers have so long to show what they claim. */
const CLAIMS_GRACE_MS = 30_000;
/** Good headers ahead count for so long after they were last seen: between two attempts to fetch their blocks they are out of sight. */
const HEADERS_AHEAD_MS = 10_000;
const LOOK_MS = 200;
/** Whoever produces and falls behind makes a stale block at worst; the head's own moves end what it is at. */
const LOOK_RUNNING_MS = 3_000;

export interface ProductionParts {
  readonly producer: Producer;
  readonly network: Pick<NetworkView, "sync">;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly hasTransactions: () => boolean;
}

export class Production {
  readonly #parts: ProductionParts;
  #looking: Cancellable | undefined;
  /** Since when peers had their chance to say how far they are; undefined: the network has not begun. */
  #startedAtMs: number | undefined;
  #headersAhead = { height: 0, untilMs: 0 };
  #wanted = false;
  #running = false;
  /** Starts and stops follow each other, never overlap. */
  #turn: Promise<void> = Promise.resolve();
  /** Turns that have not ended. */
  #turns = 0;

  constructor(parts: ProductionParts) {
    this.#parts = parts;
  }

  /** Produces from now on, whenever it makes sense. @throws what the producer throws if it is started at once */
  async start(): Promise<void> {
    if (this.#wanted) return;
    const { clock, scheduler } = this.#parts;
    this.#wanted = true;
    this.#startedAtMs = clock.monotonicMs();
    this.#look(scheduler);
    await this.#follow();
  }

  /** The network has begun: from now on peers can say how far they are. */
  begin(): void {
    this.#startedAtMs ??= this.#parts.clock.monotonicMs();
  }

  get isWanted(): boolean {
    return this.#wanted;
  }

  get isRunning(): boolean {
    return this.#running;
  }

  /** Looks, and looks again: soon while it waits for its time to produce, now and then while it does. */
  #look(scheduler: Scheduler): void {
    this.#looking = scheduler.after(this.#running ? LOOK_RUNNING_MS : LOOK_MS, () => {
      this.#look(scheduler);
      // Mostly there is nothing to do.
      if (this.#turns === 0 && this.#makesSense() === this.#running) return;
      // A producer that can't start said so at the first start; here it is tried again.
      this.#follow().catch(() => undefined);
    });
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    this.#looking?.cancel();
    this.#looking = undefined;
    await this.#follow();
  }

  #makesSense(): boolean {
    return this.#wanted && !this.isBehind;
  }

  /** Blocks that are built here now would be stale, or the node can't tell yet. */
  get isBehind(): boolean {
    const { network, clock } = this.#parts;
    const { state, currentHeight, targetHeight, headerHeight } = network.sync;
    const nowMs = clock.monotonicMs();
    if (headerHeight - currentHeight >= FAR_BEHIND_BLOCKS) this.#headersAhead = { height: headerHeight, untilMs: nowMs + HEADERS_AHEAD_MS };
    const { height, untilMs } = this.#headersAhead;
    if (nowMs < untilMs && height - currentHeight >= FAR_BEHIND_BLOCKS) return true;
    if (this.#startedAtMs === undefined) return true;
    const sinceStartMs = nowMs - this.#startedAtMs;
    if (state === "isolated") return !this.#running && sinceStartMs < PEERS_GRACE_MS;
    const isClaimedFar = state === "syncing" && targetHeight - currentHeight >= FAR_BEHIND_BLOCKS;
    return isClaimedFar && sinceStartMs < CLAIMS_GRACE_MS;
  }

  #follow(): Promise<void> {
    this.#turns++;
    const turn = this.#turn.then(async () => {
      const should = this.#makesSense();
      if (should === this.#running) return;
      const { producer, hasTransactions } = this.#parts;
      if (should) {
        await producer.start();
        // Of what waits already it has not been told.
        if (hasTransactions()) producer.transactionsWaiting?.();
      } else await producer.stop();
      this.#running = should;
    });
    this.#turn = turn
      .catch(() => undefined)
      .then(() => {
        this.#turns--;
      });
    return turn;
  }
}
