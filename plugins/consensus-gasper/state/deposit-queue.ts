/** Deposits that wait for the end of an epoch, in the order in which blocks brought them, and those that were given back lately. */
import { present, type StateReader } from "../../../core/sdk.js";
import { decodePending, decodeRefused, encodePending, encodeRefused, type PendingDeposit, type RefusedDepositRecord } from "./deposits.js";
import { REFUSED_KEPT, type StateKeys } from "./keys.js";
import type { Summary } from "./summary.js";
import type { StateValues } from "./values.js";

interface QueueState {
  readonly keys: StateKeys;
  readonly summary: Summary;
  readonly values: StateValues & StateReader;
}

export class DepositQueue {
  readonly #state: QueueState;

  constructor(state: QueueState) {
    this.#state = state;
  }

  get length(): number {
    return this.#state.summary.endPending - this.#state.summary.firstPending;
  }

  append(deposit: PendingDeposit): void {
    const { keys, summary, values } = this.#state;
    values.set(keys.pendingDeposit(summary.endPending++), encodePending(deposit));
    summary.pendingTotal += BigInt(deposit.amount);
  }

  /** The oldest ones, `count` at most. */
  first(count: number): readonly PendingDeposit[] {
    const { keys, summary, values } = this.#state;
    const deposits: PendingDeposit[] = [];
    for (let sequence = summary.firstPending; sequence < summary.endPending && deposits.length < count; sequence++)
      deposits.push(decodePending(present(values.get(keys.pendingDeposit(sequence)), "a deposit that waits is in state")));
    return deposits;
  }

  /** Takes the oldest one out. */
  removeFirst(deposit: PendingDeposit): void {
    const { keys, summary, values } = this.#state;
    values.delete(keys.pendingDeposit(summary.firstPending++));
    summary.pendingTotal -= BigInt(deposit.amount);
  }

  recordRefused(record: RefusedDepositRecord): void {
    const { keys, summary, values } = this.#state;
    values.set(keys.refusedDeposit(summary.refusedCount++), encodeRefused(record));
  }

  /** The last `REFUSED_KEPT`, newest first. */
  refused(): readonly RefusedDepositRecord[] {
    const { keys, summary, values } = this.#state;
    const records: RefusedDepositRecord[] = [];
    for (let count = summary.refusedCount - 1; count >= Math.max(0, summary.refusedCount - REFUSED_KEPT); count--)
      records.push(decodeRefused(present(values.get(keys.refusedDeposit(count)), "a refused deposit is in state")));
    return records;
  }
}
