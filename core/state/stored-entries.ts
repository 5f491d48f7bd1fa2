/** Keys and values as they lie in storage, by path: written and read without a StateStore, for whoever loads or copies a whole state. */
import type { Storage, StorageOperation } from "../ports/storage.js";
import { type Bytes, type Hash, toHex } from "../primitives/index.js";
import { digestInto } from "./digest.js";
import { StateDamagedError, ValueInvalidError } from "./errors.js";
import { keyBytes } from "./key-text.js";
import { checkedKey, MAX_VALUE_BYTES } from "./overlay.js";
import { decodeEntry, encodeValue, VALUE_PREFIX } from "./records.js";

export interface StateEntry {
  readonly key: Bytes;
  readonly value: Bytes;
}

/** The operation that stores one value, for those who have verified it and load with `values: "present"` later. */
export function valueOperation({ key, value }: StateEntry): StorageOperation {
  const text = checkedKey(key);
  if (value.length === 0 || value.length > MAX_VALUE_BYTES) throw new ValueInvalidError({ length: value.length });
  const at = new Uint8Array(33);
  at[0] = VALUE_PREFIX;
  digestInto(key, at, 1);
  return { type: "put", key: at, value: encodeValue(text, value) };
}

/**
 * All values as they are stored, by path, from the one after `after` on: what `values: "present"` is loaded from. They are not
 * checked here: the root at the end tells.
 */
export async function* storedEntries(storage: Storage, after?: Hash): AsyncGenerator<StateEntry> {
  const from = new Uint8Array(33);
  from[0] = VALUE_PREFIX;
  if (after !== undefined) from.set(after, 1);
  const range = { ...(after === undefined ? { gte: from } : { gt: from }), lt: new Uint8Array([VALUE_PREFIX + 1]) };
  for await (const [key, stored] of storage.range(range)) {
    const entry = decodeEntry(stored);
    if (entry === undefined) throw new StateDamagedError({ record: "value", key: toHex(key), reason: "it holds no key and value" });
    yield { key: keyBytes(entry.text), value: entry.value };
  }
}
