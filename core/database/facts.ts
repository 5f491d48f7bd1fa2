/** What a database is, told by its pointers: read at once, checked against each other, without the rest being looked at. */
import { BlockStore } from "../chain/block-store.js";
import type { HeadPointer } from "../chain/records.js";
import type { TreeHeader } from "../ports/consensus.js";
import type { Storage } from "../ports/storage.js";
import { Hash } from "../primitives/hash.js";
import { LoadUnderWayError } from "../snapshots/errors.js";
import { hasLeftovers } from "../snapshots/leftovers.js";
import { LOAD_KEY } from "../state/records.js";
import { type RecoveredState, recoverState } from "../state/recovery.js";
import type { BackupFacts } from "./backup-store.js";
import { NothingStoredError } from "./errors.js";
import { readDatabaseFormat } from "./format.js";

export interface DatabaseFacts extends BackupFacts {
  readonly pointer: HeadPointer;
  readonly headHeader: TreeHeader;
  readonly state: RecoveredState;
  /** Blocks are kept from this height on; 0: all. */
  readonly bodiesFrom: number;
}

/** @throws DATABASE_MISSING, SNAPSHOT_LOAD_UNDER_WAY, CHAIN_DAMAGED, STATE_DAMAGED, STATE_LOAD_UNFINISHED, DATA_FORMAT_* */
export async function readFacts(storage: Storage, path: string): Promise<DatabaseFacts> {
  const format = await readDatabaseFormat(storage, path);
  const store = new BlockStore(storage);
  const pointer = store.pointer();
  if (pointer === undefined) await refuseHeadless(storage, path);
  const state = await recoverState(storage);
  if (format === undefined || pointer === undefined || state === undefined)
    throw new NothingStoredError({ path, reason: "it has no blocks yet" });
  const header = store.header(pointer.head);
  const finalized = store.header(pointer.finalized);
  if (header === undefined || finalized === undefined)
    throw new NothingStoredError({ path, reason: "the block of its head pointer is missing" });
  return {
    genesisId: Hash.key(pointer.genesis),
    head: { height: header.header.height, id: Hash.key(header.id) },
    finalizedHeight: finalized.header.height,
    flushedHeight: state.pointer.height,
    format: format.format,
    pointer,
    headHeader: header,
    state,
    bodiesFrom: store.openHistory().bodiesFrom,
  };
}

/** @throws SNAPSHOT_LOAD_UNDER_WAY, CHAIN_DAMAGED */
async function refuseHeadless(storage: Storage, path: string): Promise<void> {
  // `snapshots load` of the values alone leaves nothing but its note.
  if ((await hasLeftovers(storage)) || storage.get(LOAD_KEY) !== undefined) throw new LoadUnderWayError({ path });
}

/** The head by the chain's records alone: for when the state is what is damaged. @throws DATABASE_MISSING, SNAPSHOT_LOAD_UNDER_WAY, CHAIN_DAMAGED */
export async function readHead(storage: Storage, path: string): Promise<{ readonly height: number; readonly pointer: HeadPointer }> {
  const store = new BlockStore(storage);
  const pointer = store.pointer();
  if (pointer === undefined) await refuseHeadless(storage, path);
  const header = pointer === undefined ? undefined : store.header(pointer.head);
  if (pointer === undefined || header === undefined) throw new NothingStoredError({ path, reason: "it has no head" });
  return { height: header.header.height, pointer };
}

/** The part of the facts that a backup's manifest has. */
export function backupFactsOf({ genesisId, head, finalizedHeight, flushedHeight, format }: DatabaseFacts): BackupFacts {
  return { genesisId, head, finalizedHeight, flushedHeight, format };
}
