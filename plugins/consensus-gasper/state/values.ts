/** Single entries of the engine's state that were changed and not written yet. */
import { type Bytes, EMPTY_BYTES, present, type StateReader, type StateWriter, toLatin1 } from "../../../core/sdk.js";

export class StateValues implements StateReader {
  readonly #reader: StateReader;
  /** An empty value: deleted. */
  readonly #changes = new Map<string, { readonly key: Bytes; readonly value: Bytes }>();
  /** Changes since the last commit. */
  readonly #open = new Set<string>();

  constructor(reader: StateReader) {
    this.#reader = reader;
  }

  /** Not to be changed. */
  get(key: Bytes): Bytes | undefined {
    const change = this.#changes.get(toLatin1(key));
    if (change === undefined) return this.#reader.get(key);
    return change.value.length === 0 ? undefined : change.value;
  }

  /** Takes both as they are. */
  set(key: Bytes, value: Bytes): void {
    const name = toLatin1(key);
    this.#changes.set(name, { key, value });
    this.#open.add(name);
  }

  delete(key: Bytes): void {
    this.set(key, EMPTY_BYTES);
  }

  commit(writer: StateWriter): void {
    for (const name of this.#open) {
      const { key, value } = present(this.#changes.get(name), "an open change is a change");
      if (value.length === 0) writer.delete(key);
      else writer.set(key, value);
    }
    this.#open.clear();
  }
}
