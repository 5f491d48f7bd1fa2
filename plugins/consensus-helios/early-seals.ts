/**
 * Headers from the future whose seals were found good. They are judged when they come, since a place among those that wait is earned by work, and would be
 * again when their time has come, or each time that somebody shows them meanwhile.
 *
 * An id commits to the seal and to all that it was judged by. Who fills this has done the work; the oldest leave first, and would be judged again.
 */
import { Hash, type HashKey } from "../../core/sdk.js";

const HEADERS_MAX = 1_024;

export class EarlySeals {
  readonly #max: number;
  readonly #ids = new Set<HashKey>();

  constructor(max: number = HEADERS_MAX) {
    this.#max = max;
  }

  add(id: Hash): void {
    this.#ids.add(Hash.key(id));
    if (this.#ids.size <= this.#max) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }

  has(id: Hash): boolean {
    // Hardly ever is there one.
    return this.#ids.size > 0 && this.#ids.has(Hash.key(id));
  }

  /** Its block is in. */
  delete(id: Hash): void {
    if (this.#ids.size > 0) this.#ids.delete(Hash.key(id));
  }
}
