/**
 * How much work on seals a peer may cause for nothing: on headers that are bad, or that (not yet) belong to a branch heavier than this
 * node's chain. Where an engine's seals are dear, a long branch of real but little work, made once and shown to many, would
 * otherwise keep a node's cores busy for minutes. A branch that turns out heavier gives back what it took: then it was not for nothing.
 */
import type { Clock } from "../../ports/runtime.js";

export interface SealBudgetOptions {
  /** Seals are checked in pieces that take about so many milliseconds of one core … */
  readonly sealPieceMs: number;
  /** … of which a peer may cause so many for nothing … */
  readonly sealBudgetMs: number;
  /** … and in how long all of it comes back. */
  readonly sealBudgetPeriodMs: number;
}

interface Account {
  spentUs: number;
  atMs: number;
}

/** Of engines that don't say what a seal costs. */
const SEAL_COST_US = 10;
/** Peers that are remembered with less than all of it; whoever spent least is forgotten first. */
const ACCOUNTS_MAX = 1_024;

export class SealBudget {
  readonly #clock: Clock;
  readonly #options: SealBudgetOptions;
  readonly #sealCost: () => number | undefined;
  readonly #accounts = new Map<string, Account>();

  /** @param sealCostUs what the engine says that one seal costs, µs of one core */
  constructor(clock: Clock, options: SealBudgetOptions, sealCostUs: () => number | undefined = () => undefined) {
    this.#clock = clock;
    this.#options = options;
    this.#sealCost = sealCostUs;
  }

  /** Headers of a piece: so that dear seals show progress, and who sends bad ones is found out early. At least one. */
  get pieceHeaders(): number {
    return Math.max(1, Math.floor((this.#options.sealPieceMs * 1_000) / this.costUs(1)));
  }

  /** Of so many seals. */
  costUs(headers: number): number {
    return headers * (this.#sealCost() ?? SEAL_COST_US);
  }

  /** What the peer may still cause, µs of one core; at or below 0: nothing. */
  leftUs(nodeId: string): number {
    return this.#options.sealBudgetMs * 1_000 - (this.#account(nodeId)?.spentUs ?? 0);
  }

  spend(nodeId: string, us: number): void {
    const account = this.#account(nodeId) ?? { spentUs: 0, atMs: this.#clock.monotonicMs() };
    account.spentUs += us;
    this.#accounts.set(nodeId, account);
    if (this.#accounts.size > ACCOUNTS_MAX) this.#forgetOne();
  }

  refund(nodeId: string, us: number): void {
    const account = this.#account(nodeId);
    if (account !== undefined) account.spentUs -= us;
  }

  /** As of now; undefined if nothing is spent. */
  #account(nodeId: string): Account | undefined {
    const account = this.#accounts.get(nodeId);
    if (account === undefined) return undefined;
    const { sealBudgetMs, sealBudgetPeriodMs } = this.#options;
    const nowMs = this.#clock.monotonicMs();
    account.spentUs -= ((nowMs - account.atMs) * sealBudgetMs * 1_000) / sealBudgetPeriodMs;
    account.atMs = nowMs;
    if (account.spentUs > 0) return account;
    this.#accounts.delete(nodeId);
    return undefined;
  }

  #forgetOne(): void {
    let least: string | undefined;
    let leastUs = Number.POSITIVE_INFINITY;
    for (const nodeId of [...this.#accounts.keys()]) {
      const spentUs = this.#account(nodeId)?.spentUs ?? 0;
      if (spentUs >= leastUs) continue;
      leastUs = spentUs;
      least = nodeId;
    }
    if (least !== undefined) this.#accounts.delete(least);
  }
}
