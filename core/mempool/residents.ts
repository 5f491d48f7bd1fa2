/**
 * Who is in the pool, and what is remembered of who left: the pool's structure joined with journal, caches and metrics,
 * so that nothing enters or leaves one of them without the others.
 */
import { assert } from "../kernel/assert.js";
import type { DropReason } from "../ports/views.js";
import type { HashKey } from "../primitives/hash.js";
import { BoundedMap } from "./bounded-map.js";
import type { Journal } from "./journal.js";
import type { MempoolMetrics } from "./metrics.js";
import type { MempoolOptions } from "./options.js";
import type { PoolItem } from "./pool-item.js";
import type { TransactionPool } from "./transaction-pool.js";

export class Residents {
  readonly pool: TransactionPool;
  readonly journal: Journal;
  readonly #metrics: MempoolMetrics;
  readonly #bad: BoundedMap<HashKey, true>;
  /** Whether a block took it. */
  readonly #verified: BoundedMap<HashKey, boolean>;
  readonly #dropped: BoundedMap<HashKey, DropReason>;

  constructor(
    pool: TransactionPool,
    journal: Journal,
    metrics: MempoolMetrics,
    options: Pick<MempoolOptions, "rememberBad" | "rememberVerified" | "rememberDropped">,
  ) {
    this.pool = pool;
    this.journal = journal;
    this.#metrics = metrics;
    this.#bad = new BoundedMap(options.rememberBad);
    this.#verified = new BoundedMap(options.rememberVerified);
    this.#dropped = new BoundedMap(options.rememberDropped);
  }

  /**
   * Takes in a verified transaction. Its record in the journal is the caller's to write.
   *
   * @param sequence a standing one; by default the next in order of acceptance
   * @throws MEMPOOL_* as the pool refuses it
   */
  admit(item: PoolItem, sequence?: number): void {
    item.sequence = sequence ?? Number.MAX_SAFE_INTEGER;
    const plan = this.pool.plan(item, "final");
    item.sequence = sequence ?? this.journal.takeSequence();
    this.pool.admit(item, plan);
    this.#dropped.delete(item.idKey);
    for (const rival of plan.replaces) this.#left(rival, "replaced");
    for (const evicted of plan.evicts) this.#left(evicted, "evicted");
  }

  /** Call the pool's `settle` afterwards. */
  drop(item: PoolItem, reason: DropReason): void {
    this.pool.remove(item);
    this.#left(item, reason);
  }

  /** A transaction that was accepted once can't come back. Its record in the journal is the caller's to forget. */
  refuse(idKey: HashKey, reason: DropReason): void {
    this.#metrics.dropped(reason);
    this.#dropped.set(idKey, reason);
  }

  /** A block took it, at `height` or below. Call the pool's `settle` afterwards. */
  include(item: PoolItem, height: number): void {
    this.pool.remove(item);
    this.markIncluded(item.rawKey);
    this.journal.retire(item.rawKey, { sequence: item.sequence, height, bytes: item.raw.length });
    this.#metrics.included();
  }

  /** Takes back what was admitted but could not be written to the journal: it was never accepted. */
  retract(item: PoolItem): void {
    if (this.pool.byId(item.idKey) !== item) return;
    this.pool.remove(item);
    this.pool.settle();
    this.journal.forget(item.sequence);
  }

  markBad(rawKey: HashKey): void {
    assert(!this.isVerified(rawKey), "a signature is good or bad");
    this.#bad.set(rawKey, true);
  }

  isBad(rawKey: HashKey): boolean {
    return this.#bad.has(rawKey);
  }

  markVerified(rawKey: HashKey): void {
    this.#verified.set(rawKey, false);
  }

  /** A block took it, which verified its signatures. */
  markIncluded(rawKey: HashKey): void {
    this.#verified.set(rawKey, true);
  }

  /** Lately, and not handed back since. */
  isIncluded(rawKey: HashKey): boolean {
    return this.#verified.get(rawKey) === true;
  }

  isVerified(rawKey: HashKey): boolean {
    return this.pool.byRaw(rawKey) !== undefined || this.#verified.has(rawKey);
  }

  droppedFor(idKey: HashKey): DropReason | undefined {
    return this.#dropped.get(idKey);
  }

  #left(item: PoolItem, reason: DropReason): void {
    this.markVerified(item.rawKey);
    this.#dropped.set(item.idKey, reason);
    this.journal.forget(item.sequence);
    this.#metrics.dropped(reason);
  }
}
