/**
 * Where the transports of one process meet: names, and who listens under them.
 *
 * Hubs live as long as somebody listens in them, in the scope of this module: nodes share nothing else, so there is nothing
 * that could be injected into both.
 */
import type { Bytes } from "../../core/sdk.js";
import type { LinkEnd } from "./link.js";

/** What a dialer brings: the listener's end of a fresh link, its own address, and its half of the binding. */
export interface Offer {
  readonly end: LinkEnd;
  readonly from: string;
  /** 32 random bytes. */
  readonly nonce: Bytes;
}

export interface Listener {
  /** Answers the listener's half of the binding, 32 random bytes. @throws TRANSPORT_* */
  accept(offer: Offer): Promise<Bytes>;
}

export class Hub {
  readonly #listeners = new Map<string, Listener>();
  readonly #onEmpty: () => void;

  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  /** Answers whether the name was free. */
  add(name: string, listener: Listener): boolean {
    if (this.#listeners.has(name)) return false;
    this.#listeners.set(name, listener);
    return true;
  }

  remove(name: string): void {
    this.#listeners.delete(name);
    if (this.#listeners.size === 0) this.#onEmpty();
  }

  find(name: string): Listener | undefined {
    return this.#listeners.get(name);
  }
}

const HUBS = new Map<string, Hub>();

/** The hub of that name, made if there is none. Ask anew each time: an empty hub is forgotten. */
export function hubNamed(name: string): Hub {
  const known = HUBS.get(name);
  if (known !== undefined) return known;
  const hub = new Hub(() => HUBS.delete(name));
  HUBS.set(name, hub);
  return hub;
}

export function findListener(hub: string, name: string): Listener | undefined {
  return HUBS.get(hub)?.find(name);
}
