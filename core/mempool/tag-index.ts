/** From a string (a tag, a state key, a sender) to the pooled transactions that have it. No empty sets are kept. */

const NONE: ReadonlySet<never> = new Set<never>();

export class TagIndex<T> {
  readonly #sets = new Map<string, Set<T>>();

  add(tag: string, element: T): void {
    const set = this.#sets.get(tag);
    if (set === undefined) this.#sets.set(tag, new Set([element]));
    else set.add(element);
  }

  delete(tag: string, element: T): void {
    const set = this.#sets.get(tag);
    if (set === undefined) return;
    set.delete(element);
    if (set.size === 0) this.#sets.delete(tag);
  }

  get(tag: string): ReadonlySet<T> {
    return this.#sets.get(tag) ?? NONE;
  }
}
