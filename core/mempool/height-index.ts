/** From a height to the pooled transactions for which something changes there: they begin to be valid, or cease to. */

export class HeightIndex<T> {
  readonly #sets = new Map<number, Set<T>>();

  add(height: number, element: T): void {
    const set = this.#sets.get(height);
    if (set === undefined) this.#sets.set(height, new Set([element]));
    else set.add(element);
  }

  delete(height: number, element: T): void {
    const set = this.#sets.get(height);
    if (set === undefined) return;
    set.delete(element);
    if (set.size === 0) this.#sets.delete(height);
  }

  /** Elements of the heights from `first` to `last`, both included, ascending by height. */
  within(first: number, last: number): T[] {
    const found: T[] = [];
    for (const height of this.#heights(first, last)) {
      for (const element of this.#sets.get(height) ?? []) found.push(element);
    }
    return found;
  }

  /** A step of one block looks up one height; a long jump looks at the heights that there are. */
  #heights(first: number, last: number): number[] {
    if (last < first) return [];
    if (last - first < this.#sets.size) return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    return [...this.#sets.keys()].filter((height) => height >= first && height <= last).sort((a, b) => a - b);
  }
}
