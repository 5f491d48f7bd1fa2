/**
 * Follows the chain's head: takes out what blocks took, asks the ledger again about whom a block touched, takes back what
 * a reorg undid. Only those are looked at whose facts rest on state that changed; everybody is only at a change of rules, or
 * where the ledger can't tell what a block touched. Long work makes room for others between two transactions.
 */
import { ChainwrightError } from "../kernel/errors.js";
import type { Logger, Scheduler, Slicer } from "../ports/runtime.js";
import type { DropReason } from "../ports/views.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import type { ChainHead, HeadChange, MempoolChain } from "./chain.js";
import { MempoolFullError, ReplacementUnderpricedError } from "./errors.js";
import { type Examiner, keyText, rawKeyOf } from "./examiner.js";
import type { JournalRecord } from "./journal.js";
import type { MempoolMetrics } from "./metrics.js";
import type { PoolItem } from "./pool-item.js";
import type { Residents } from "./residents.js";

/** Transactions of a block that the pool never saw are decoded so many at a time. */
const DECODE_CHUNK = 128;

interface Returning {
  readonly raw: Bytes;
  readonly rawKey: HashKey;
}

export interface HeadFollowerDependencies {
  readonly chain: MempoolChain;
  readonly examiner: Examiner;
  readonly residents: Residents;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: MempoolMetrics;
}

export class HeadFollower {
  readonly #dependencies: HeadFollowerDependencies;
  #revision: number;

  constructor(dependencies: HeadFollowerDependencies) {
    this.#dependencies = dependencies;
    this.#revision = dependencies.chain.head().rules.revision;
  }

  /** One change at a time, in order. Runs at once as far as its first slice goes. @throws JournalFailedError */
  async follow(change: HeadChange): Promise<void> {
    const { chain, residents, scheduler } = this.#dependencies;
    const { pool, journal } = residents;
    const head = chain.head();
    const slicer = scheduler.slicer();
    const touched = new Set<string>(change.changedKeys?.map(keyText));
    const unseen: Bytes[] = [];
    const applied = this.#takeOut(change, head, touched, unseen);
    const returning = this.#returning(change, applied, unseen);
    for (const expired of pool.setNextHeight(head.height + 1)) residents.drop(expired, "expired");
    pool.settle();

    const exact = change.changedKeys !== undefined || (await this.#addUnseen(unseen, touched, slicer));
    const rulesChanged = head.rules.revision !== this.#revision;
    this.#revision = head.rules.revision;
    if (rulesChanged) pool.setLimits(head.rules.limits);
    const concerned = rulesChanged || !exact ? [...pool.items()] : this.#readersOf(touched);
    await this.recheck(concerned, slicer);
    const records = await this.#readmit(returning, slicer);
    if (records.length > 0) await journal.append(records);
    await journal.tidy(head.height);
  }

  /** Asks the ledger again about each that is still pooled, and drops what is no longer valid or no longer borne. */
  async recheck(items: Iterable<PoolItem>, slicer: Slicer): Promise<void> {
    const { residents, examiner } = this.#dependencies;
    const { pool } = residents;
    const accounts = new Set<string>();
    for (const item of items) {
      if (slicer.due()) {
        pool.settle();
        await slicer.pause();
      }
      if (pool.byId(item.idKey) !== item) continue;
      try {
        pool.update(item, examiner.examine(item));
      } catch (error) {
        if (!ChainwrightError.is(error)) throw error;
        this.#dependencies.logger.debug({ id: item.idKey, code: error.code }, "dropped a transaction that is no longer valid");
        residents.drop(item, "invalid");
        continue;
      }
      for (const { account } of item.facts.reserves) accounts.add(account);
    }
    pool.settle();
    for (const account of accounts) {
      for (const item of pool.excessOf(account)) residents.drop(item, "invalid");
      pool.settle();
    }
  }

  /** Removes what the new blocks took; answers the raw hashes of all of theirs that matter here. */
  #takeOut(change: HeadChange, head: ChainHead, touched: Set<string>, unseen: Bytes[]): ReadonlySet<HashKey> {
    const { residents, examiner } = this.#dependencies;
    const { pool } = residents;
    const applied = new Set<HashKey>();
    // While the pool is empty (a node that syncs, mostly) and nothing comes back, nobody needs these hashes.
    if (pool.count === 0 && change.undone.length === 0) return applied;
    for (const raw of change.applied) {
      const rawKey = rawKeyOf(raw);
      applied.add(rawKey);
      const item = pool.byRaw(rawKey);
      if (item === undefined) {
        residents.markVerified(rawKey);
        unseen.push(raw);
        continue;
      }
      if (change.changedKeys === undefined && !examiner.addTouched(item.batch, touched)) unseen.push(raw);
      residents.include(item, head.height);
    }
    return applied;
  }

  /** What the old blocks held and the new ones don't; their effects on state are undone, so they touch it, too. */
  #returning(change: HeadChange, applied: ReadonlySet<HashKey>, unseen: Bytes[]): Returning[] {
    const returning: Returning[] = [];
    for (const undone of change.undone) {
      const rawKey = rawKeyOf(undone);
      if (applied.has(rawKey)) continue;
      unseen.push(undone);
      returning.push({ raw: new Uint8Array(undone), rawKey });
    }
    return returning;
  }

  /** Adds what transactions touched that are not in the pool. Answers whether that is all. */
  async #addUnseen(unseen: readonly Bytes[], touched: Set<string>, slicer: Slicer): Promise<boolean> {
    const { examiner, residents } = this.#dependencies;
    if (residents.pool.count === 0) return true;
    for (let at = 0; at < unseen.length; at += DECODE_CHUNK) {
      if (slicer.due()) await slicer.pause();
      const batch = examiner.decode(unseen.slice(at, at + DECODE_CHUNK));
      if (batch === undefined || !examiner.addTouched(batch, touched)) return false;
    }
    return true;
  }

  #readersOf(touched: ReadonlySet<string>): Set<PoolItem> {
    const readers = new Set<PoolItem>();
    for (const key of touched) {
      for (const item of this.#dependencies.residents.pool.readersOf(key)) readers.add(item);
    }
    return readers;
  }

  /** Answers the records that have to be written to the journal. */
  async #readmit(returning: readonly Returning[], slicer: Slicer): Promise<JournalRecord[]> {
    const { residents, metrics, logger } = this.#dependencies;
    const records: JournalRecord[] = [];
    for (const { raw, rawKey } of returning) {
      if (slicer.due()) await slicer.pause();
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
        if (!ChainwrightError.is(error)) throw error;
        logger.debug({ id: item.idKey, code: error.code }, "could not take back a transaction of an undone block");
        residents.refuse(item.idKey, reasonFor(error));
        if (standing !== undefined) residents.journal.forget(standing);
        continue;
      }
      metrics.restored();
      if (standing === undefined) records.push({ sequence: item.sequence, raw });
    }
    return records;
  }

  /** Undefined where it can't be in a block on the new branch: its nonce was used there, say. */
  #examined(raw: Bytes, rawKey: HashKey): PoolItem | undefined {
    const { examiner, residents, logger } = this.#dependencies;
    try {
      return examiner.newItem(raw, rawKey);
    } catch (error) {
      if (!ChainwrightError.is(error)) throw error;
      logger.debug({ code: error.code, reason: error.message }, "a transaction of an undone block is not valid on the new branch");
      const id = examiner.decode([raw])?.transactions[0]?.id;
      if (id !== undefined) residents.refuse(Hash.key(id), "invalid");
      return undefined;
    }
  }
}

function reasonFor(error: ChainwrightError): DropReason {
  if (ReplacementUnderpricedError.matches(error)) return "replaced";
  return MempoolFullError.matches(error) ? "evicted" : "invalid";
}
