/**
 * Signatures of gossip, verified together: what arrives in the same moment shares one call, and while one is under way the next gathers.
 *
 * A set in a batch costs about half of one alone. Blocks go first: they have a priority of their own on the compute service.
 */
import type { BlsSet, BlsVerifier, Cancellable, Scheduler } from "../../../core/sdk.js";
import type { PoolMetrics } from "./metrics.js";

/** How long the first of a batch waits for others, ms: little beside a third of the shortest slot. */
const GATHER_MS = 2;
/** Sets of a call: a few jobs of the verifier, so that none has to wait long for its verdict. */
const BATCH_SETS = 128;

interface Request {
  readonly sets: readonly BlsSet[];
  readonly settle: (verdicts: readonly boolean[] | undefined) => void;
}

export interface SignatureQueueOptions {
  /** Sets that may wait; what comes beyond is refused. */
  readonly maxWaitingSets: number;
}

export class SignatureQueue {
  readonly #waiting: Request[] = [];
  #waitingSets = 0;
  #isVerifying = false;
  #timer: Cancellable | undefined;
  #isStopped = false;

  constructor(
    private readonly dependencies: {
      readonly bls: Pick<BlsVerifier, "verify">;
      readonly scheduler: Scheduler;
      readonly metrics: PoolMetrics;
    },
    private readonly options: SignatureQueueOptions,
  ) {}

  get waitingSets(): number {
    return this.#waitingSets;
  }

  /** Whether there is room for so many sets more: ask before `verify`. */
  hasRoom(sets: number): boolean {
    return !this.#isStopped && this.#waitingSets + sets <= this.options.maxWaitingSets;
  }

  /** One verdict a set; undefined where the verifier failed, or there was no room. */
  verify(sets: readonly BlsSet[]): Promise<readonly boolean[] | undefined> {
    if (!this.hasRoom(sets.length)) return Promise.resolve(undefined);
    return new Promise((settle) => {
      this.#waiting.push({ sets, settle });
      this.#waitingSets += sets.length;
      if (this.#isVerifying) return;
      if (this.#waitingSets >= BATCH_SETS) void this.#drain();
      else this.#timer ??= this.dependencies.scheduler.after(GATHER_MS, () => void this.#drain());
    });
  }

  /** Whoever waits gets no verdict. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const { settle } of this.#waiting.splice(0)) settle(undefined);
    this.#waitingSets = 0;
  }

  async #drain(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isVerifying) return;
    this.#isVerifying = true;
    try {
      while (this.#waiting.length > 0) await this.#verifyBatch(this.#take());
    } finally {
      this.#isVerifying = false;
    }
  }

  #take(): readonly Request[] {
    const batch: Request[] = [];
    let sets = 0;
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || (batch.length > 0 && sets + next.sets.length > BATCH_SETS)) break;
      sets += next.sets.length;
      batch.push(next);
      this.#waiting.shift();
    }
    this.#waitingSets -= sets;
    return batch;
  }

  async #verifyBatch(batch: readonly Request[]): Promise<void> {
    const sets = batch.flatMap((request) => request.sets);
    this.dependencies.metrics.batchSets.observe(sets.length);
    let verdicts: readonly boolean[] | undefined;
    try {
      verdicts = await this.dependencies.bls.verify(sets, { priority: "mempool" });
    } catch {
      // The compute service counts and logs its failures; nothing is known of these signatures then.
      verdicts = undefined;
    }
    let at = 0;
    for (const request of batch) {
      const end = at + request.sets.length;
      request.settle(verdicts?.slice(at, end));
      at = end;
    }
  }
}
