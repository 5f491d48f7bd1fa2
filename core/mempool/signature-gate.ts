/**
 * Signature checks in micro-batches: submissions of one turn of the event loop share one call to compute.
 *
 * A batch goes out after the turn in which its first submission came, so a lone one waits next to nothing and a burst is
 * checked in large batches. Both what waits and what is under way are bounded.
 */
import { assert } from "../kernel/assert.js";
import type { Compute } from "../ports/compute.js";
import type { Ledger, TransactionBatch } from "../ports/ledger.js";
import type { Scheduler } from "../ports/runtime.js";
import { bitmapGet, SignatureBatchBuilder } from "../primitives/signature-batch.js";
import { MempoolBusyError } from "./errors.js";
import type { MempoolOptions } from "./options.js";

/** What goes through the gate. */
export interface Gated {
  readonly batch: TransactionBatch;
  readonly bytes: number;
  /** Its signatures were verified before. */
  readonly verified: boolean;
}

export interface SignatureGateDependencies<T extends Gated> {
  readonly compute: Compute;
  readonly ledger: Ledger;
  readonly scheduler: Scheduler;
  /** Gets a batch with the verdict on each, or with the error of compute instead. Must not throw. */
  readonly pass: (batch: readonly T[], verdicts: readonly boolean[] | { readonly error: unknown }) => Promise<void>;
}

export class SignatureGate<T extends Gated> {
  readonly #dependencies: SignatureGateDependencies<T>;
  readonly #options: Pick<MempoolOptions, "maxPending" | "maxPendingBytes" | "maxBatch" | "maxConcurrentBatches">;
  #queue: T[] = [];
  /** Waiting and under way. */
  #pending = 0;
  #pendingBytes = 0;
  #underWay = 0;
  #turnBooked = false;

  constructor(
    dependencies: SignatureGateDependencies<T>,
    options: Pick<MempoolOptions, "maxPending" | "maxPendingBytes" | "maxBatch" | "maxConcurrentBatches">,
  ) {
    this.#dependencies = dependencies;
    this.#options = options;
  }

  get pending(): number {
    return this.#pending;
  }

  /** @throws MempoolBusyError */
  enter(gated: T): void {
    const { maxPending, maxPendingBytes } = this.#options;
    if (this.#pending >= maxPending || this.#pendingBytes + gated.bytes > maxPendingBytes)
      throw new MempoolBusyError({ pending: this.#pending, pendingBytes: this.#pendingBytes });
    this.#pending++;
    this.#pendingBytes += gated.bytes;
    this.#queue.push(gated);
    if (this.#turnBooked) return;
    this.#turnBooked = true;
    void this.#dependencies.scheduler.yield().then(() => {
      this.#turnBooked = false;
      this.#pump();
    });
  }

  #pump(): void {
    const { maxBatch, maxConcurrentBatches } = this.#options;
    while (this.#queue.length > 0 && this.#underWay < maxConcurrentBatches) {
      const batch = this.#queue.slice(0, maxBatch);
      this.#queue = this.#queue.slice(maxBatch);
      this.#underWay++;
      void this.#check(batch);
    }
  }

  async #check(batch: readonly T[]): Promise<void> {
    let verdicts: readonly boolean[] | { readonly error: unknown };
    try {
      verdicts = await this.#verdictsOn(batch);
    } catch (error) {
      verdicts = { error };
    }
    await this.#dependencies.pass(batch, verdicts);
    this.#underWay--;
    this.#pending -= batch.length;
    for (const { bytes } of batch) this.#pendingBytes -= bytes;
    assert(this.#pending >= 0 && this.#pendingBytes >= 0, "who enters leaves once");
    this.#pump();
  }

  async #verdictsOn(batch: readonly T[]): Promise<readonly boolean[]> {
    const builder = new SignatureBatchBuilder(batch.length);
    const owners: number[] = [];
    for (const [owner, gated] of batch.entries()) {
      if (gated.verified) continue;
      const { batch: signatures } = this.#dependencies.ledger.signatures(gated.batch);
      for (let entry = 0; entry < signatures.count; entry++) {
        builder.addEntry(signatures, entry);
        owners.push(owner);
      }
    }
    const verdicts: boolean[] = new Array(batch.length).fill(true);
    if (owners.length === 0) return verdicts;
    const bitmap = await this.#dependencies.compute.verifySignatures(builder.build(), { priority: "mempool" });
    for (const [entry, owner] of owners.entries()) if (!bitmapGet(bitmap, entry)) verdicts[owner] = false;
    return verdicts;
  }
}
