/**
 * Takes the chain back to a height that the state can still go back to: its undo records reach there.
 *
 * It goes down in steps of some blocks, each one atomic write of chain and state together, so whenever it is cut off the chain is
 * whole at some height between, and the same command goes on. What the engine has in its journal (votes that it cast) stays: forgetting
 * them could make a validator contradict itself.
 */
import { BlockStore } from "../chain/block-store.js";
import { keys, ranges } from "../chain/records.js";
import type { Compute } from "../ports/compute.js";
import type { Logger, Metrics, Scheduler } from "../ports/runtime.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import { decodeBlock } from "../primitives/block-codec.js";
import { Hash } from "../primitives/hash.js";
import { chainHashOf, decodeTransaction } from "../primitives/transaction-codec.js";
import { StateStore } from "../state/index.js";
import { RewindError } from "./errors.js";
import type { DatabaseFacts } from "./facts.js";
import { mayStop, type Work } from "./work.js";

const BLOCKS_PER_STEP = 32;
const DELETES_PER_WRITE = 4_096;
const CACHE_BYTES = 32 * 1024 * 1024;
/** All undo that there is stays: a node may need what it has kept down to its finalized block. */
const UNDO_BLOCKS = Number.MAX_SAFE_INTEGER;
const READ_LIMITS = { blockBytes: 1 << 30, transactionBytes: 1 << 30 };
const TRANSACTION_LIMITS = { transactionBytes: 1 << 30, authorizations: 1 << 16 };

export interface RewindOptions {
  readonly storage: Storage;
  readonly compute: Compute;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly facts: DatabaseFacts;
  readonly chainId: string;
  readonly to: number;
  /** Forget the blocks above, on all branches; else they stay, and the engine may choose them again. */
  readonly drop: boolean;
}

/** The lowest height that `rewind` reaches. */
export function rewindHorizon(facts: DatabaseFacts): number {
  return facts.state.versions[0]?.height ?? facts.flushedHeight;
}

/** @throws REWIND_IMPOSSIBLE, STATE_*, CHAIN_DAMAGED, DATABASE_INTERRUPTED */
export async function rewind(options: RewindOptions, work: Work): Promise<void> {
  const { storage, compute, scheduler, logger, metrics, facts, to } = options;
  const store = new BlockStore(storage);
  const { bodiesFrom } = store.openHistory();
  const { height: from } = facts.head;
  if (to > from) throw new RewindError({ reason: `the head is at height ${from}; choose a lower --to` });
  if (to < rewindHorizon(facts))
    throw new RewindError({ reason: `undo records reach down to height ${rewindHorizon(facts)}; choose that or a higher --to` });
  if (to + 1 < bodiesFrom)
    throw new RewindError({ reason: `blocks are kept from height ${bodiesFrom} on; choose --to ${bodiesFrom - 1} or higher` });
  // Without a word about archiving: it goes on with what it finds.
  const state = new StateStore(
    { storage, compute, scheduler, logger, metrics },
    { pageCacheBytes: CACHE_BYTES, valueCacheBytes: CACHE_BYTES, undoBlocks: UNDO_BLOCKS },
  );
  await state.open();
  work.progress.stage({ title: "going back", unit: "blocks", total: from - to });
  let pointer = facts.pointer;
  let finalizedHeight = facts.finalizedHeight;
  for (let height = from; height > to; ) {
    mayStop(work, "the rewind");
    // A step never crosses the height at which state is on disk: below, the state moves in the same write.
    const flushed = state.flushed?.height ?? 0;
    const target = Math.max(to, height - BLOCKS_PER_STEP, height > flushed ? flushed : 0);
    const operations: StorageOperation[] = [];
    let { events } = pointer;
    for (let each = height; each > target; each--) events = unmake(store, options.chainId, each, events, operations);
    const head = idAt(store, target);
    finalizedHeight = Math.min(finalizedHeight, target);
    const finalized = finalizedHeight === target ? head : pointer.finalized;
    // Justified lies between the two; where it lies above the new head, the finalized one is what is certain.
    const isAbove = (store.header(pointer.justified)?.header.height ?? 0) > target;
    pointer = { ...pointer, head, finalized, justified: isAbove ? finalized : pointer.justified, events };
    operations.push(store.putPointer(pointer), store.putSnapshot(undefined));
    if (target < flushed) await state.flush(head, operations);
    else await storage.write(operations, { durable: true });
    work.progress.done(height - target);
    height = target;
  }
  if (options.drop) await dropAbove(storage, to, work);
}

function idAt(store: BlockStore, height: number): Hash {
  const id = store.idAt(height);
  if (id === undefined)
    throw new RewindError({ reason: `the canonical id at height ${height} is missing; chainwright db verify tells what else is damaged` });
  return id;
}

/** Takes a block off the canonical chain. @returns the sequence of the event that says so */
function unmake(store: BlockStore, chainId: string, height: number, events: number, into: StorageOperation[]): number {
  const id = idAt(store, height);
  const header = store.header(id);
  const encoded = store.encodedBlock(id);
  if (header === undefined || encoded === undefined)
    throw new RewindError({ reason: `block ${height} is missing; chainwright db verify tells what else is damaged` });
  const { block } = decodeBlock(encoded, READ_LIMITS);
  const chainHash = chainHashOf(chainId);
  const ids = block.transactions.map((raw) => decodeTransaction(raw, chainHash, TRANSACTION_LIMITS).id);
  into.push(...store.unmakeCanonical(header, ids));
  const sequence = events + 1;
  into.push(store.putEvent({ sequence, type: "undone", blockId: id, height }));
  return sequence;
}

/** Deletes blocks above a height, on all branches, with all that is stored of them. Found by height, so doing it again goes on. */
async function dropAbove(storage: Storage, height: number, work: Work): Promise<void> {
  let operations: StorageOperation[] = [];
  const flush = async () => {
    await storage.write(operations, { durable: true });
    operations = [];
  };
  for await (const [key] of storage.range(ranges.fromHeight(height + 1))) {
    mayStop(work, "the rewind, while it dropped blocks,");
    const id = Hash.from(key.slice(9));
    for (const each of [keys.block(id), keys.index(id), keys.receipts(id), keys.certificate(id), key])
      operations.push({ type: "del", key: each });
    if (operations.length >= DELETES_PER_WRITE) await flush();
  }
  await flush();
}
