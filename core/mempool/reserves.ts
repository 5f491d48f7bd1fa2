/** What pooled transactions take from accounts, against what is there: nobody promises the same coins twice. */
import { assert, present } from "../kernel/assert.js";
import { OvercommittedError } from "./errors.js";
import type { PoolItem } from "./pool-item.js";

interface Account {
  reserved: bigint;
  /** As of the newest examination. */
  available: bigint;
  readonly items: Set<PoolItem>;
}

export class Reserves {
  readonly #accounts = new Map<string, Account>();

  add(item: PoolItem): void {
    for (const { account, amount, available } of item.facts.reserves) {
      let entry = this.#accounts.get(account);
      if (entry === undefined) {
        entry = { reserved: 0n, available, items: new Set() };
        this.#accounts.set(account, entry);
      }
      entry.reserved += amount;
      entry.available = available;
      entry.items.add(item);
    }
  }

  delete(item: PoolItem): void {
    for (const { account, amount } of item.facts.reserves) {
      const entry = present(this.#accounts.get(account), "a reserve's account is known");
      entry.reserved -= amount;
      entry.items.delete(item);
      assert(entry.reserved >= 0n, "reserves are taken back once");
    }
    for (const { account } of item.facts.reserves) if (this.#accounts.get(account)?.items.size === 0) this.#accounts.delete(account);
  }

  /** Whether the accounts bear a newcomer, once its rivals are gone. @throws OvercommittedError */
  check(item: PoolItem, rivals: ReadonlySet<PoolItem>): void {
    for (const { account, available } of item.facts.reserves) {
      const needed = reservedBy(item, account);
      let reserved = this.#accounts.get(account)?.reserved ?? 0n;
      for (const rival of rivals) reserved -= reservedBy(rival, account);
      if (reserved + needed > available)
        throw new OvercommittedError({
          account,
          needed: needed.toString(),
          reserved: reserved.toString(),
          available: available.toString(),
        });
    }
  }

  /**
   * Who has to go for an account to bear the rest.
   *
   * @param sort best first
   */
  excessOf(account: string, sort: (items: ReadonlySet<PoolItem>) => PoolItem[]): readonly PoolItem[] {
    const entry = this.#accounts.get(account);
    if (entry === undefined || entry.reserved <= entry.available) return [];
    const excess: PoolItem[] = [];
    let left = entry.reserved;
    for (const item of sort(entry.items).reverse()) {
      if (left <= entry.available) break;
      left -= reservedBy(item, account);
      excess.push(item);
    }
    return excess;
  }
}

/** Over all of the item's reserves on that account. */
function reservedBy(item: PoolItem, account: string): bigint {
  let sum = 0n;
  for (const reserve of item.facts.reserves) if (reserve.account === account) sum += reserve.amount;
  return sum;
}
