/**
 * A node-wide bound on messages that have begun and not ended. A connection may hold twice the largest message; two hundred
 * strangers that each begin so much and never end it would together take gigabytes.
 *
 * Where it is exceeded, the message that has been under way for longest ends, and its connection with it: what is sent in earnest
 * is soon over, what is there to take memory stays. No clock is needed: a Map keeps the order in which they began.
 */
export class HeldMessages {
  readonly #begun = new Map<object, () => void>();
  #bytes = 0;

  constructor(readonly maxBytes: number) {}

  /** @param evict ends the connection that `message` came on, which makes it call `ended` before it returns */
  begun(message: object, evict: () => void): void {
    this.#begun.set(message, evict);
  }

  grew(bytes: number): void {
    this.#bytes += bytes;
  }

  ended(message: object, bytes: number): void {
    if (this.#begun.delete(message)) this.#bytes -= bytes;
  }

  /** Evicts until the rest is within the bound. Not while a reader is at work. */
  relieve(): void {
    if (this.#bytes <= this.maxBytes) return;
    for (const evict of this.#begun.values()) {
      evict();
      if (this.#bytes <= this.maxBytes) return;
    }
  }
}
