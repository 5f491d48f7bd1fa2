/** What the cases of storage conformance run on, and the small words that they share. */
import type { Storage, StorageOperation, StorageRange, StorageSnapshot } from "../../ports/storage.js";
import { asciiBytes, type Bytes, bytesEqual, toHex } from "../../primitives/bytes.js";
import { holds } from "../case.js";

/** A storage that can be started, stopped and, where it keeps anything, opened again. */
export interface StorageSubject {
  readonly storage: Storage & { start(): void | Promise<void>; stop(): void | Promise<void> };
  /** Another instance over the same data; needed with `supports.persistence`. Called after the first was stopped. */
  reopen?(): StorageSubject["storage"];
  /** Removes what the subject left behind. */
  dispose?(): void | Promise<void>;
}

export interface StorageSupports {
  /** What was written is there after stop and reopen. Default true. */
  readonly persistence?: boolean;
  /** A second instance over the same data is refused with STORAGE_LOCKED while the first is open. Default: as `persistence`. */
  readonly lock?: boolean;
  /** `sizeBytes` shrinks after deleting and compacting. Default true. */
  readonly compaction?: boolean;
}

export const text = asciiBytes;
export const put = (key: Bytes, value: Bytes): StorageOperation => ({ type: "put", key, value });
export const del = (key: Bytes): StorageOperation => ({ type: "del", key });
export const volatile = { durable: false } as const;
export const durable = { durable: true } as const;

function show(value: Bytes | undefined): string {
  return value === undefined ? "nothing" : value.length > 32 ? `${value.length} bytes` : `0x${toHex(value)}`;
}

export function expectValue(seen: Bytes | undefined, expected: Bytes | undefined, law: string): void {
  const same = seen === undefined || expected === undefined ? seen === expected : bytesEqual(seen, expected);
  holds(same, law, `${show(seen)} instead of ${show(expected)}`);
}

export async function collect(source: Pick<Storage | StorageSnapshot, "range">, range: StorageRange): Promise<(readonly [Bytes, Bytes])[]> {
  const entries: (readonly [Bytes, Bytes])[] = [];
  for await (const entry of source.range(range)) entries.push(entry);
  return entries;
}

export async function expectKeys(storage: Storage, range: StorageRange, expected: readonly Bytes[], law: string): Promise<void> {
  const seen = (await collect(storage, range)).map(([key]) => toHex(key)).join(" ");
  const wanted = expected.map(toHex).join(" ");
  holds(seen === wanted, law, `keys [${seen}] instead of [${wanted}]`);
}
