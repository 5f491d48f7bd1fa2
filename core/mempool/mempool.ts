/**
 * The mempool: transactions that were accepted and wait for a block. README.md tells the life of one.
 *
 * This class is the face: submission, views, selection, start and stop. What it joins: signature-gate.ts verifies,
 * transaction-pool.ts orders, journal.ts keeps, restoration.ts takes back, head-follower.ts follows the chain.
 */
import { assert } from "../kernel/assert.js";
import type { ChainSpec } from "../ports/chain-spec.js";
import type { Compute } from "../ports/compute.js";
import type { Ledger } from "../ports/ledger.js";
import type { Clock, Logger, Metrics, Scheduler } from "../ports/runtime.js";
import type { Storage } from "../ports/storage.js";
import type { DropReason, MempoolView, PoolEntry, TransactionSubmission } from "../ports/views.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import type { HeadChange, MempoolChain, SelectionLimits } from "./chain.js";
import { BadSignatureError, MempoolStoppedError, TransactionTooLargeError } from "./errors.js";
import { Examiner, rawKeyOf } from "./examiner.js";
import { HeadFollower } from "./head-follower.js";
import { Journal, type JournalRecord } from "./journal.js";
import { type MempoolMetrics, mempoolMetrics } from "./metrics.js";
import { DEFAULT_MEMPOOL_OPTIONS, type MempoolOptions } from "./options.js";
import { entryOf, type PoolItem } from "./pool-item.js";
import { isRefusal } from "./refusal.js";
import { Residents } from "./residents.js";
import { restore } from "./restoration.js";
import { type Gated, SignatureGate } from "./signature-gate.js";
import { TransactionPool } from "./transaction-pool.js";

/** Longest page of `list`. */
const MAX_LIST = 1_000;

export interface MempoolDependencies {
  readonly ledger: Ledger;
  readonly chain: MempoolChain;
  readonly spec: ChainSpec;
  readonly storage: Storage;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type Submitted = Awaited<ReturnType<TransactionSubmission["submit"]>>;

/** A submission between its first examination and its acceptance. */
interface Ticket extends Gated {
  readonly item: PoolItem;
  /** `headVersion` at its examination. */
  readonly version: number;
  resolve(answer: Submitted): void;
  reject(error: unknown): void;
}

export class Mempool implements MempoolView, TransactionSubmission {
  readonly #dependencies: MempoolDependencies;
  readonly #options: MempoolOptions;
  readonly #metrics: MempoolMetrics;
  readonly #examiner: Examiner;
  readonly #pool: TransactionPool;
  readonly #journal: Journal;
  readonly #residents: Residents;
  readonly #gate: SignatureGate<Ticket>;
  readonly #pending = new Map<HashKey, Promise<Submitted>>();
  readonly #listeners = new Set<(entries: readonly PoolEntry[]) => void>();
  readonly #addedListeners = new Set<(rawHashes: readonly Hash[]) => void>();
  #follower: HeadFollower | undefined;
  /** Waits while the journal is loaded, and before. */
  #changes: HeadChange[] = [];
  #loading: Promise<unknown> | undefined;
  #following: Promise<void> | undefined;
  /** Counts changes of the head, so that a submission notices one that came during its verification. */
  #headVersion = 0;
  #running = false;

  constructor(dependencies: MempoolDependencies, options: Partial<MempoolOptions> = {}) {
    this.#dependencies = dependencies;
    this.#options = { ...DEFAULT_MEMPOOL_OPTIONS, ...options };
    const { ledger, chain, storage, compute, scheduler, metrics, spec } = dependencies;
    this.#metrics = mempoolMetrics(metrics, () => ({
      count: this.count,
      bytes: this.bytes,
      pending: this.#gate.pending,
      retainedBytes: this.#journal.retiredBytes,
    }));
    this.#examiner = new Examiner(ledger, chain);
    this.#pool = new TransactionPool(this.#options, spec.rulesAt(1).limits, 1);
    this.#journal = new Journal(storage, { maxRetiredBytes: this.#options.journalRetainedBytes });
    this.#residents = new Residents(this.#pool, this.#journal, this.#metrics, this.#options);
    this.#gate = new SignatureGate({ compute, ledger, scheduler, pass: (batch, verdicts) => this.#pass(batch, verdicts) }, this.#options);
  }

  /**
   * Takes back what the journal holds and no canonical block does, in order of acceptance; then follows what the head has done
   * since. The chain must have its head, storage must have started.
   *
   * @throws what ledger, state and storage throw that is no refusal of a transaction; the journal is left as it is
   */
  async start(): Promise<void> {
    assert(this.#follower === undefined, "a mempool starts once");
    const { chain, logger, clock } = this.#dependencies;
    const beganMs = clock.monotonicMs();
    const head = chain.head();
    this.#pool.setLimits(head.rules.limits);
    this.#pool.setNextHeight(head.height + 1);
    this.#follower = new HeadFollower({
      ...this.#dependencies,
      metrics: this.#metrics,
      examiner: this.#examiner,
      residents: this.#residents,
      onReadmitted: (rawKeys) => this.#tellAdded(rawKeys),
    });
    const loading = restore({
      ...this.#dependencies,
      journal: this.#journal,
      residents: this.#residents,
      examiner: this.#examiner,
      metrics: this.#metrics,
    });
    this.#loading = loading;
    const counts = await loading;
    this.#loading = undefined;
    if (this.#changes.length > 0) await this.#follow(this.#follower);
    this.#running = true;
    logger.info({ ...counts, durationMs: Math.round(clock.monotonicMs() - beganMs) }, "mempool restored from its journal");
  }

  /** Refuses new submissions, settles those under way, and writes what waits. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.allSettled(this.#pending.values());
    await this.#following;
    await this.#journal.flush();
  }

  // Submission.

  async submit(raw: Bytes): Promise<Submitted> {
    const { clock } = this.#dependencies;
    const beganMs = clock.monotonicMs();
    try {
      const answer = await this.#submit(raw);
      if (answer.standing !== "known") this.#metrics.accepted((clock.monotonicMs() - beganMs) / 1_000);
      return answer;
    } catch (error) {
      // Someone whose answer was lost sends it again: not a conflict to sign anew about, but the same transaction.
      const included = isRefusal(error) ? await this.#included(raw) : undefined;
      if (included !== undefined) return { id: included, standing: "known" };
      this.#metrics.refused(error);
      throw error;
    }
  }

  /** Its id, if this very byte string was verified here and stands in a canonical block. */
  async #included(raw: Bytes): Promise<Hash | undefined> {
    const { ledger, chain } = this.#dependencies;
    if (!this.#running || !this.#residents.isVerified(rawKeyOf(raw))) return undefined;
    const id = ledger.decodeBlock([raw], chain.head().rules).transactions[0]?.id;
    const [height] = id === undefined ? [] : await chain.inclusionHeights([id]);
    return height === undefined ? undefined : id;
  }

  #submit(raw: Bytes): Submitted | Promise<Submitted> {
    if (!this.#running) throw new MempoolStoppedError({});
    const { transactionBytes } = this.#dependencies.chain.head().rules.limits;
    if (raw.length > transactionBytes) throw new TransactionTooLargeError({ bytes: raw.length, limit: transactionBytes });
    // A copy of its own: the caller's bytes may be a window into a large buffer, or change.
    const bytes = new Uint8Array(raw);
    const rawKey = rawKeyOf(bytes);
    const pooled = this.#pool.byRaw(rawKey);
    const pending = this.#pending.get(rawKey);
    if (pending !== undefined) return pending.then(({ id }) => ({ id, standing: "known" }));
    if (pooled !== undefined) return { id: pooled.id, standing: "known" };
    if (this.#residents.isBad(rawKey)) throw new BadSignatureError({ rawHash: rawKey });

    const item = this.#examiner.newItem(bytes, rawKey);
    this.#pool.plan(item, "early");
    const answer = new Promise<Submitted>((resolve, reject) => {
      const verified = this.#residents.isVerified(rawKey);
      this.#gate.enter({ item, batch: item.batch, bytes: bytes.length, verified, version: this.#headVersion, resolve, reject });
    });
    this.#pending.set(rawKey, answer);
    const settled = () => this.#pending.delete(rawKey);
    answer.then(settled, settled);
    return answer;
  }

  /** A batch comes out of the gate: takes in the good ones, writes them to the journal together, answers each. */
  async #pass(batch: readonly Ticket[], verdicts: readonly boolean[] | { readonly error: unknown }): Promise<void> {
    if ("error" in verdicts) {
      for (const ticket of batch) ticket.reject(verdicts.error);
      return;
    }
    this.#metrics.verified(batch.length);
    const admitted: Ticket[] = [];
    for (const [index, ticket] of batch.entries()) {
      try {
        if (this.#admit(ticket, verdicts[index] === true)) admitted.push(ticket);
        else ticket.resolve({ id: ticket.item.id, standing: "known" });
      } catch (error) {
        ticket.reject(error);
      }
    }
    if (admitted.length === 0) return;
    // As they stand now: while the journal is written, a block may already take them.
    const entries = admitted.map(({ item }) => entryOf(item));
    try {
      await this.#journal.append(admitted.map(({ item: { sequence, id, raw } }): JournalRecord => ({ sequence, id, raw })));
    } catch (error) {
      for (const ticket of admitted) {
        this.#residents.retract(ticket.item);
        ticket.reject(error);
      }
      return;
    }
    for (const [index, ticket] of admitted.entries())
      ticket.resolve({ id: ticket.item.id, standing: entries[index]?.standing ?? "queued" });
    for (const listener of this.#listeners) listener(entries);
    this.#tellAdded(admitted.map(({ item }) => item.rawKey));
  }

  /** Answers false if it came in meanwhile by a reorg. @throws what `submit` answers */
  #admit({ item, version }: Ticket, isGood: boolean): boolean {
    if (!isGood) {
      this.#residents.markBad(item.rawKey);
      throw new BadSignatureError({ rawHash: item.rawKey });
    }
    this.#residents.markVerified(item.rawKey);
    if (version !== this.#headVersion) item.examination = this.#examiner.examine(item);
    if (this.#pool.byRaw(item.rawKey) !== undefined) return false;
    this.#residents.admit(item);
    return true;
  }

  /** Calls back with transactions that were just accepted; answers the function that ends it. Listeners must not throw. */
  onAccepted(listener: (entries: readonly PoolEntry[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Calls back with the SHA-256 of the raw bytes of what came into the pool: just accepted, or back from an abandoned branch; after
   * it is in the journal. Answers the function that ends it. Listeners must not throw.
   */
  onAdded(listener: (rawHashes: readonly Hash[]) => void): () => void {
    this.#addedListeners.add(listener);
    return () => this.#addedListeners.delete(listener);
  }

  #tellAdded(rawKeys: readonly HashKey[]): void {
    if (this.#addedListeners.size === 0) return;
    const rawHashes = rawKeys.map(Hash.parse);
    for (const listener of this.#addedListeners) listener(rawHashes);
  }

  // Following the chain.

  /**
   * The chain's head moved, and `chain.head()` answers the new one. Calls may overlap; changes are followed in order.
   * Resolves when this change is followed and what it took back is in the journal; before `start`, which then follows it, at once.
   *
   * @throws JournalFailedError, and what ledger and state throw that is no refusal of a transaction
   */
  onHeadChanged(change: HeadChange): Promise<void> {
    this.#headVersion++;
    this.#changes.push(change);
    return this.#follower === undefined ? Promise.resolve() : this.#follow(this.#follower);
  }

  #follow(follower: HeadFollower): Promise<void> {
    this.#following ??= this.#followAll(follower).finally(() => {
      this.#following = undefined;
    });
    return this.#following;
  }

  async #followAll(follower: HeadFollower): Promise<void> {
    const { clock } = this.#dependencies;
    if (this.#loading !== undefined) await this.#loading;
    for (let change = this.#changes.shift(); change !== undefined; change = this.#changes.shift()) {
      const beganMs = clock.monotonicMs();
      await follower.follow(change);
      this.#metrics.followed((clock.monotonicMs() - beganMs) / 1_000);
    }
  }

  /** Decodes these again and asks the ledger about them: production left them out although they were selected. */
  async recheck(ids: readonly Hash[]): Promise<void> {
    const items = ids.map((id) => this.#pool.byId(Hash.key(id))).filter((item) => item !== undefined);
    await this.#follower?.recheck(items, this.#dependencies.scheduler.slicer(), "again");
  }

  /** Whether this very byte string passed signature verification here, as far as it is remembered. */
  isVerified(rawHash: Hash): boolean {
    return this.#residents.isVerified(Hash.key(rawHash));
  }

  /** The best that fit, in an order in which they can be executed over the head's state. */
  select(limits: SelectionLimits): { readonly raw: Bytes; readonly id: Hash }[] {
    return this.#pool.select(limits).map(({ raw, id }) => ({ raw, id }));
  }

  // Views.

  get count(): number {
    return this.#pool.count;
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  get(id: Hash): PoolEntry | undefined {
    const item = this.#pool.byId(Hash.key(id));
    return item === undefined ? undefined : entryOf(item);
  }

  list(offset: number, limit: number): readonly PoolEntry[] {
    const entries: PoolEntry[] = [];
    const count = Math.min(limit, MAX_LIST);
    for (const item of this.#pool.items(Math.max(0, offset))) {
      if (entries.length >= count) break;
      entries.push(entryOf(item));
    }
    return entries;
  }

  // By the SHA-256 of the whole raw bytes, as peers name transactions.

  /** Pooled, or being verified. */
  has(rawHash: Hash): boolean {
    const rawKey = Hash.key(rawHash);
    return this.#pool.byRaw(rawKey) !== undefined || this.#pending.has(rawKey);
  }

  /** Pooled, being verified, found to be bad, or lately taken by a block: as far as that is remembered. Nobody needs to send it. */
  isKnown(rawHash: Hash): boolean {
    const rawKey = Hash.key(rawHash);
    return this.has(rawHash) || this.#residents.isBad(rawKey) || this.#residents.isIncluded(rawKey);
  }

  /** Of what is pooled. Not to be changed. */
  raw(rawHash: Hash): Bytes | undefined {
    return this.#pool.byRaw(Hash.key(rawHash))?.raw;
  }

  /** Of what is pooled, best first, at most `limit`. */
  hashes(limit: number): readonly Hash[] {
    const hashes: Hash[] = [];
    for (const { rawKey } of this.#pool.items()) {
      if (hashes.length >= limit) break;
      hashes.push(Hash.parse(rawKey));
    }
    return hashes;
  }

  dropped(id: Hash): DropReason | undefined {
    return this.#residents.droppedFor(Hash.key(id));
  }

  ofSender(sender: string): readonly PoolEntry[] {
    return this.#pool.ofSender(sender).map(entryOf);
  }
}
