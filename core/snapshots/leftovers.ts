/** What a storage without a head pointer holds: nothing, what a load of a state left that did not end, or a chain that lost its pointer. */
import { BlockStore } from "../chain/block-store.js";
import { ChainDamagedError } from "../chain/errors.js";
import type { Storage } from "../ports/storage.js";

/** Of state syncs and loads of snapshots: ladders of headers, notes, manifests, marks. */
const PROGRESS = { gte: Uint8Array.of(0x70), lt: Uint8Array.of(0x80) };

/** Of a state sync that did not end: progress of any kind, or headers without a head. @throws CHAIN_DAMAGED where there are blocks */
export async function hasLeftovers(storage: Storage): Promise<boolean> {
  const store = new BlockStore(storage);
  // A load brings genesis and headers only.
  if (await store.isBegun()) throw new ChainDamagedError({ record: "head pointer", reason: "it is missing, but blocks are there" });
  for await (const _ of storage.range({ ...PROGRESS, limit: 1 })) return true;
  return store.hasCanonical();
}
