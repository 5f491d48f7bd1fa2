/**
 * Follows the chain's head: takes out what blocks took, asks the ledger again about whom a block touched, takes back what
 * a reorg undid. Only those are looked at whose facts rest on state that changed; everybody is only at a change of rules, or
 * where the ledger can't tell what a block touched. Long work makes room for others between two transactions.
 */
import type { Logger, Scheduler, Slicer } from "../ports/runtime.js";
import { type Bytes, bytesEqual } from "../primitives/bytes.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import type { HeadChange, MempoolChain } from "./chain.js";
import { type Examiner, keyText, rawKeyOf } from "./examiner.js";
import type { JournalRecord } from "./journal.js";
import type { MempoolMetrics } from "./metrics.js";
import type { PoolItem } from "./pool-item.js";
import { dropReasonFor, isRefusal } from "./refusal.js";
import type { Residents } from "./residents.js";

/** Transactions of a block that the pool never saw are decoded so many at a time. */
const DECODE_CHUNK = 128;

interface Returning {
  readonly raw: Bytes;
  readonly rawKey: HashKey;
}

/** What a change of the head stirs up. */
interface Wake {
  /** Raw hashes of the new branch's transactions. */
  readonly applied: Set<HashKey>;
  /** State keys (as `keyText`) that may have changed. */
  readonly touched: Set<string>;
  /** Transactions of either branch that are not pooled: what they touch is known only by decoding them. */
  readonly unseen: Bytes[];
  /** False if `touched` can't be all. */
  complete: boolean;
}

export interface HeadFollowerDependencies {
  readonly chain: MempoolChain;
  readonly examiner: Examiner;
  readonly residents: Residents;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: MempoolMetrics;
  /** Gets the raw hashes of what came back from an abandoned branch, once it is in the journal. */
  readonly onReadmitted: (rawKeys: readonly HashKey[]) => void;
}

export class HeadFollower {
  readonly #dependencies: HeadFollowerDependencies;
  #revision: number;

  constructor(dependencies: HeadFollowerDependencies) {
    this.#dependencies = dependencies;
    this.#revision = dependencies.chain.head().rules.revision;
  }

  /**
   * One change at a time, in order. Runs at once as far as its first slice goes.
   *
   * @throws JournalFailedError, and what ledger and state throw that is no refusal: nothing was forgotten for it
   */
  async follow(change: HeadChange): Promise<void> {
    try {
      await this.#follow(change);
    } finally {
      this.#dependencies.residents.pool.settle();
    }
  }

  async #follow(change: HeadChange): Promise<void> {
    const { chain, residents, scheduler } = this.#dependencies;
    const { pool, journal } = residents;
    const head = chain.head();
    const slicer = scheduler.slicer();
    const wake: Wake = { applied: new Set(), touched: new Set(change.changedKeys?.map(keyText)), unseen: [], complete: true };
    const exact = change.changedKeys !== undefined;

    // While the pool is empty (a node that syncs, mostly) and nothing comes back, nobody needs to know what blocks hold.
    if (pool.count > 0 || change.undone.length > 0) {
      for (const [index, raw] of change.applied.entries()) {
        if (slicer.due()) await this.#pause(slicer);
        this.#takeOut(raw, change.appliedIds?.[index], head.height, exact, wake);
      }
    }
    const returning: Returning[] = [];
    for (const raw of change.undone) {
      if (slicer.due()) await this.#pause(slicer);
      const rawKey = rawKeyOf(raw);
      if (wake.applied.has(rawKey)) continue;
      // Its effects are undone: it touches state as much as what is applied.
      wake.unseen.push(raw);
      returning.push({ raw: new Uint8Array(raw), rawKey });
    }
    for (const expired of pool.setNextHeight(head.height + 1)) residents.drop(expired, "expired");
    for (let at = 0; at < wake.unseen.length && wake.complete && !exact && pool.count > 0; at += DECODE_CHUNK) {
      if (slicer.due()) await this.#pause(slicer);
      this.#addTouched(wake.unseen.slice(at, at + DECODE_CHUNK), wake);
    }

    const rulesChanged = head.rules.revision !== this.#revision;
    this.#revision = head.rules.revision;
    if (rulesChanged) pool.setLimits(head.rules.limits);
    pool.settle();
    await this.recheck(rulesChanged || !(exact || wake.complete) ? [...pool.items()] : this.#readersOf(wake.touched), slicer);
    const { records, readmitted } = await this.#readmit(returning, slicer);
    if (records.length > 0) await journal.append(records);
    if (readmitted.length > 0) this.#dependencies.onReadmitted(readmitted);
    await journal.tidy(chain.finalizedHeight());
  }

  /**
   * Asks the ledger again about each that is still pooled, and drops what is no longer valid or no longer borne.
   *
   * @param decoding `again` decodes them again, too; a change of rules does so in any case
   */
  async recheck(items: Iterable<PoolItem>, slicer: Slicer, decoding?: "again"): Promise<void> {
    const { residents } = this.#dependencies;
    const { pool } = residents;
    const accounts = new Set<string>();
    try {
      for (const item of items) {
        if (slicer.due()) await this.#pause(slicer);
        if (pool.byId(item.idKey) === item && this.#recheck(item, decoding))
          for (const { account } of item.facts.reserves) accounts.add(account);
      }
    } finally {
      pool.settle();
    }
    for (const account of accounts) {
      for (const item of pool.excessOf(account)) residents.drop(item, "invalid");
      pool.settle();
    }
  }

  /** Answers false if it was dropped. */
  #recheck(item: PoolItem, decoding: "again" | undefined): boolean {
    const { residents, examiner, logger } = this.#dependencies;
    try {
      residents.pool.update(item, examiner.examine(item, decoding));
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      logger.debug({ id: item.idKey, code: error.code }, "dropped a transaction that is no longer valid");
      residents.drop(item, "invalid");
      return false;
    }
  }

  /** Takes out what a new block took, or notes that the pool never saw it. */
  #takeOut(raw: Bytes, id: Hash | undefined, height: number, exact: boolean, wake: Wake): void {
    const { residents, examiner } = this.#dependencies;
    const pooled = id === undefined ? undefined : residents.pool.byId(Hash.key(id));
    // Its id alone says nothing of its signatures.
    const rawKey = pooled !== undefined && bytesEqual(pooled.raw, raw) ? pooled.rawKey : rawKeyOf(raw);
    wake.applied.add(rawKey);
    const item = residents.pool.byRaw(rawKey);
    if (item === undefined) {
      residents.markIncluded(rawKey);
      wake.unseen.push(raw);
      return;
    }
    if (!exact && !examiner.addTouched(item.batch, wake.touched)) wake.complete = false;
    residents.include(item, height);
  }

  #addTouched(raws: readonly Bytes[], wake: Wake): void {
    const batch = this.#dependencies.examiner.decode(raws);
    if (batch === undefined || !this.#dependencies.examiner.addTouched(batch, wake.touched)) wake.complete = false;
  }

  /** Others see only settled places. */
  #pause(slicer: Slicer): Promise<void> {
    this.#dependencies.residents.pool.settle();
    return slicer.pause();
  }

  #readersOf(touched: ReadonlySet<string>): Set<PoolItem> {
    const readers = new Set<PoolItem>();
    for (const key of touched) {
      for (const item of this.#dependencies.residents.pool.readersOf(key)) readers.add(item);
    }
    return readers;
  }

  /** Answers who came back, and the records that have to be written to the journal. */
  async #readmit(
    returning: readonly Returning[],
    slicer: Slicer,
  ): Promise<{ readonly records: readonly JournalRecord[]; readonly readmitted: readonly HashKey[] }> {
    const { residents, metrics, logger } = this.#dependencies;
    const records: JournalRecord[] = [];
    const readmitted: HashKey[] = [];
    for (const { raw, rawKey } of returning) {
      if (slicer.due()) await this.#pause(slicer);
      // The import that put it into a block verified its signatures.
      residents.markVerified(rawKey);
      if (residents.pool.byRaw(rawKey) !== undefined) continue;
      const standing = residents.journal.revive(rawKey);
      const item = this.#examined(raw, rawKey);
      if (item === undefined) {
        if (standing !== undefined) residents.journal.forget(standing);
        continue;
      }
      try {
        residents.admit(item, standing);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        logger.debug({ id: item.idKey, code: error.code }, "could not take back a transaction of an undone block");
        residents.refuse(item.idKey, dropReasonFor(error));
        if (standing !== undefined) residents.journal.forget(standing);
        continue;
      }
      metrics.restored();
      readmitted.push(rawKey);
      if (standing === undefined) records.push({ sequence: item.sequence, id: item.id, raw });
    }
    return { records, readmitted };
  }

  /** Undefined where it can't be in a block on the new branch: its nonce was used there, say. */
  #examined(raw: Bytes, rawKey: HashKey): PoolItem | undefined {
    const { examiner, residents, logger } = this.#dependencies;
    try {
      return examiner.newItem(raw, rawKey);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      logger.debug({ code: error.code, reason: error.message }, "a transaction of an undone block is not valid on the new branch");
      const id = examiner.decode([raw])?.transactions[0]?.id;
      if (id !== undefined) residents.refuse(Hash.key(id), "invalid");
      return undefined;
    }
  }
}
