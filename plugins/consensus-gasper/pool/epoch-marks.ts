/** Which validators did something in an epoch: bits by validator, for the few epochs that gossip is about. */
export class EpochMarks {
  readonly #epochs = new Map<number, Uint8Array>();

  has(epoch: number, validator: number): boolean {
    const marks = this.#epochs.get(epoch);
    return marks !== undefined && (((marks[validator >> 3] ?? 0) >> (validator & 7)) & 1) === 1;
  }

  /** Answers whether it was not marked before. @param validator one that exists: it bounds the memory */
  add(epoch: number, validator: number): boolean {
    if (this.has(epoch, validator)) return false;
    let marks = this.#epochs.get(epoch);
    if (marks === undefined || validator >> 3 >= marks.length) {
      const grown = new Uint8Array(Math.max(128, 2 * (validator >> 3)));
      if (marks !== undefined) grown.set(marks);
      this.#epochs.set(epoch, grown);
      marks = grown;
    }
    marks[validator >> 3] = (marks[validator >> 3] as number) | (1 << (validator & 7));
    return true;
  }

  /** Forgets the epochs before `epoch`. */
  prune(epoch: number): void {
    for (const known of this.#epochs.keys()) if (known < epoch) this.#epochs.delete(known);
  }

  get epochs(): number {
    return this.#epochs.size;
  }
}
