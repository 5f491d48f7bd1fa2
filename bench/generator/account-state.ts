/** A state of many accounts, of the shape that the bank has, loaded at once instead of block by block. */
import { hash } from "node:crypto";
import type { Compute } from "../../core/ports/compute.js";
import type { Scheduler } from "../../core/ports/runtime.js";
import type { Storage } from "../../core/ports/storage.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { sha256 } from "../../core/primitives/hash.js";
import { BulkLoader, type StateEntry } from "../../core/state/index.js";

/**
 * Where numbers become bytes. A view of each array would do, but then V8 moves its few bytes off the heap, and what collecting
 * those costs would be counted as the state's.
 */
const scratch = new DataView(new ArrayBuffer(8));

/** Namespace, address. */
export function accountKey(index: number): Bytes {
  const key = new Uint8Array(22);
  key[0] = 1;
  scratch.setUint32(0, index);
  for (let i = 0; i < 4; i++) key[4 + i] = scratch.getUint8(i);
  return key;
}

/** Balance, nonce. */
export function accountValue(number: number): Bytes {
  const value = new Uint8Array(24);
  scratch.setFloat64(0, number);
  for (let i = 0; i < 8; i++) value[i] = scratch.getUint8(i);
  return value;
}

const MIB = 1024 * 1024;
/** Memory of one account in the caches, bytes: its part of the pages, its value. Twice that, as each cache has two generations. */
const PAGE_BYTES = 1_024;
const VALUE_BYTES = 256;

/** Caches that hold so many accounts. What is called warm or in memory is measured with these: with less, it is a measurement of storage. */
export function cachesOf(accounts: number): { readonly pageCacheBytes: number; readonly valueCacheBytes: number } {
  return {
    pageCacheBytes: Math.max(64 * MIB, accounts * PAGE_BYTES),
    valueCacheBytes: Math.max(16 * MIB, accounts * VALUE_BYTES),
  };
}

/** A write buffer that holds a flush of 10,000 keys (9 MiB), and more: with a smaller one each waits for the one before it to become a table. */
export const STORAGE_MEMORY = { cacheBytes: 32 * MIB, writeBufferBytes: 32 * MIB } as const;

/** Numbers of accounts in the order of their paths. The first six bytes of a path tell any two of some millions apart. */
function sortedAccounts(count: number): Uint32Array {
  const heads = new Float64Array(count);
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const path = hash("sha256", accountKey(i), "binary");
    let head = 0;
    for (let byte = 0; byte < 6; byte++) head = head * 256 + path.charCodeAt(byte);
    heads[i] = head;
    order[i] = i;
  }
  return order.sort((a, b) => (heads[a] as number) - (heads[b] as number));
}

function* entriesOf(order: Uint32Array): Generator<StateEntry> {
  for (const index of order) yield { key: accountKey(index), value: accountValue(index + 1) };
}

/** Makes the state after a block at height 0 of an empty storage. Answers entries a second, of the load alone. */
export async function loadAccounts(
  dependencies: {
    readonly storage: Storage;
    readonly compute: Pick<Compute, "hashPairs" | "hashPairsSync">;
    readonly scheduler: Scheduler;
  },
  count: number,
): Promise<number> {
  const order = sortedAccounts(count);
  const startMs = performance.now();
  const loader = await BulkLoader.open(dependencies, { values: "write" });
  await loader.add(entriesOf(order));
  await loader.finish({ blockId: sha256(new Uint8Array([1])), height: 0, parent: undefined, root: await loader.root() });
  return (count * 1000) / (performance.now() - startMs);
}
