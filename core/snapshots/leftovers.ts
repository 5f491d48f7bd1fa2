/** What a storage without a head pointer holds: nothing, what a load of a state left that did not end, or a chain that lost its pointer. */
import { BlockStore } from "../chain/block-store.js";
import { ChainDamagedError } from "../chain/errors.js";
import type { Storage } from "../ports/storage.js";
import { isLoading } from "./receiver.js";

/** Of a state sync, or of `snapshots load`: values, or headers without a head. @throws CHAIN_DAMAGED where there are blocks */
export async function hasLeftovers(storage: Storage): Promise<boolean> {
  const store = new BlockStore(storage);
  // A load brings genesis and headers only.
  if (await store.isBegun()) throw new ChainDamagedError({ record: "head pointer", reason: "it is missing, but blocks are there" });
  return isLoading(storage) || store.idAt(1) !== undefined;
}
