/** Writes over a view, kept apart from it: what moving a state through empty slots changed, to be read over, gone on from, or written elsewhere. */
import { AssertionFailure, type Bytes, type StateReader, type StateWriter, toLatin1 } from "../../core/sdk.js";

export class StateChanges implements StateWriter {
  readonly #base: StateReader;
  /** By key; undefined: deleted. */
  readonly #entries: Map<string, Bytes | undefined>;

  /** @param earlier changes to go on from: they stay as they are */
  constructor(base: StateReader, earlier?: StateChanges) {
    this.#base = base;
    this.#entries = new Map(earlier === undefined ? [] : earlier.#entries);
  }

  get(key: Bytes): Bytes | undefined {
    const name = toLatin1(key);
    return this.#entries.has(name) ? this.#entries.get(name) : this.#base.get(key);
  }

  set(key: Bytes, value: Bytes): void {
    this.#entries.set(toLatin1(key), value.length === 0 ? undefined : value);
  }

  delete(key: Bytes): void {
    this.#entries.set(toLatin1(key), undefined);
  }

  /** Writes all of them to the state that they were made over. */
  applyTo(writer: StateWriter): void {
    for (const [name, value] of this.#entries) {
      const key = new Uint8Array(Buffer.from(name, "latin1"));
      if (value === undefined) writer.delete(key);
      else writer.set(key, value);
    }
  }

  checkpoint(): number {
    throw new AssertionFailure("empty slots have nothing to go back from");
  }

  revertTo(): void {
    throw new AssertionFailure("empty slots have nothing to go back from");
  }
}
