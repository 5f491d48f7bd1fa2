/**
 * Makes anew what follows from something else: pages of the state from its values, places of transactions from blocks, everything
 * from blocks alone.
 */
import { BlockStore } from "../chain/block-store.js";
import type { Chain } from "../chain/index.js";
import { keys, locationsIn, ranges } from "../chain/records.js";
import { present } from "../kernel/assert.js";
import type { Compute } from "../ports/compute.js";
import type { Scheduler } from "../ports/runtime.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import { decodeBlock } from "../primitives/block-codec.js";
import { Hash } from "../primitives/hash.js";
import { chainHashOf, decodeTransaction } from "../primitives/transaction-codec.js";
import { BulkLoader, storedEntries } from "../state/index.js";
import { decodePointer, POINTER_KEY } from "../state/records.js";
import { FORMAT_FILE } from "./backup.js";
import { BlockDiffersError, BlocksNotKeptError, NothingStoredError, StreamBlockRefusedError } from "./errors.js";
import { REBUILD_FOLDER, REBUILT, replaceData } from "./replacement.js";
import { canonicalBlock, importOne } from "./transfer.js";
import { mayStop, type Work } from "./work.js";

const READ_LIMITS = { blockBytes: 1 << 30, transactionBytes: 1 << 30 };
const TRANSACTION_LIMITS = { transactionBytes: 1 << 30, authorizations: 1 << 16 };
const OPERATIONS_PER_WRITE = 4_096;
const PLACES = "making the places of transactions anew (until it is done, not all transactions are found by their ids)";

export interface StatePages {
  readonly storage: Storage;
  readonly compute: Pick<Compute, "hashPairs" | "hashPairsSync">;
  readonly scheduler: Scheduler;
}

/**
 * Makes all pages of the state anew from its values. Killed, it goes on where it was; no node starts meanwhile (STATE_LOAD_UNFINISHED).
 *
 * @param extra operations of the last write
 * @returns how many entries the state has
 * @throws STATE_ROOT_MISMATCH where the values are not those of the header's root: then pages are not what is damaged
 */
export async function rebuildPages(
  { storage, compute, scheduler }: StatePages,
  work: Work,
  extra: readonly StorageOperation[] = [],
): Promise<number> {
  const stored = storage.get(POINTER_KEY);
  if (stored === undefined) throw new NothingStoredError({ path: "the storage", reason: "it has no state" });
  const { root } = decodePointer(stored);
  work.progress.stage({ title: "pages of the state", unit: "entries", total: undefined });
  const loader = await BulkLoader.open({ storage, compute, scheduler }, { values: "present" });
  work.progress.done(loader.entries);
  await loader.add(counted(storedEntries(storage, loader.lastPath), work));
  await loader.finishPages(root, extra);
  return loader.entries;
}

async function* counted<Entry>(entries: AsyncIterable<Entry>, work: Work): AsyncGenerator<Entry> {
  let count = 0;
  for await (const entry of entries) {
    if (++count % 1_024 === 0) {
      work.progress.done(1_024);
      mayStop(work, "making pages anew");
    }
    yield entry;
  }
}

/** Makes all places of transactions anew from the canonical blocks that are kept. @returns how many there are */
export async function rebuildTransactions(storage: Storage, chainId: string, headHeight: number, work: Work): Promise<number> {
  const store = new BlockStore(storage);
  const { bodiesFrom } = store.openHistory();
  const chainHash = chainHashOf(chainId);
  let operations: StorageOperation[] = [];
  const flush = async (durable: boolean) => {
    await storage.write(operations, { durable });
    operations = [];
  };
  work.progress.stage({ title: "old places of transactions", unit: "records", total: undefined });
  for await (const [key] of storage.range({ gte: Uint8Array.of(0x05), lt: Uint8Array.of(0x06) })) {
    mayStop(work, PLACES, "anew");
    operations.push({ type: "del", key });
    work.progress.done(1);
    if (operations.length >= OPERATIONS_PER_WRITE) await flush(false);
  }
  let count = 0;
  work.progress.stage({ title: "places of transactions", unit: "blocks", total: headHeight - Math.max(1, bodiesFrom) + 1 });
  for (let height = Math.max(1, bodiesFrom); height <= headHeight; height++) {
    mayStop(work, PLACES, "anew");
    const { id, block } = canonicalBlock(store, height);
    const placeOf = locationsIn(id, height);
    for (const [index, raw] of decodeBlock(block, READ_LIMITS).block.transactions.entries()) {
      const transaction = decodeTransaction(raw, chainHash, TRANSACTION_LIMITS);
      operations.push({ type: "put", key: keys.transaction(transaction.id), value: placeOf(index) });
      count++;
    }
    work.progress.done(1);
    if (operations.length >= OPERATIONS_PER_WRITE) await flush(false);
  }
  await flush(true);
  return count;
}

/**
 * Executes the canonical blocks of one database into the chain of another, from where that one stands.
 * @throws DATABASE_BLOCK_DIFFERS with the block that comes to something else than it did
 */
export async function executeBlocks(from: Storage, into: Chain, to: number, work: Work): Promise<void> {
  const store = new BlockStore(from);
  store.openHistory();
  const begin = Math.min(into.head.header.height, to);
  work.progress.stage({ title: "executing", unit: "blocks", total: to });
  work.progress.done(begin);
  for (let height = begin + 1; height <= to; height++) {
    mayStop(work, "executing blocks again");
    const { block, certificate } = canonicalBlock(store, height);
    await importOne(into, block, certificate, height, height).catch((thrown: unknown) => {
      if (!StreamBlockRefusedError.matches(thrown)) throw thrown;
      throw new BlockDiffersError({ height, code: thrown.data.code, reason: thrown.data.reason }, thrown);
    });
    work.progress.done(1);
  }
}

/**
 * Executes blocks of a running chain over the states that it keeps, from the one above `from`, and compares their roots.
 * @returns how many. @throws CHAIN_BLOCK_INVALID with the block whose execution comes to something else
 */
export async function executeAgain(chain: Chain, from: number, to: number, work: Work): Promise<number> {
  work.progress.stage({ title: "executing", unit: "blocks", total: to - from });
  for (let height = from + 1; height <= to; height++) {
    mayStop(work, "executing blocks again", "anew");
    const { block } = canonicalBlock(chain.store, height);
    await chain.execute(decodeBlock(block, READ_LIMITS).block);
    work.progress.done(1);
  }
  return to - from;
}

/** Records that a rebuilt database takes over from the old one as they are: the engine's journal, the mempool's, the network's. */
const CARRIED = [
  { gte: Uint8Array.of(0x09), lt: Uint8Array.of(0x0a) },
  { gte: Uint8Array.of(0x40), lt: Uint8Array.of(0xff) },
];

/**
 * Takes over what does not follow from canonical blocks, and ends with the log of chain events, in one write: a rebuilt database is whole before
 * and after it.
 * @param above blocks higher than this stay known, on all branches; undefined: they don't
 */
export async function carryOver(from: Storage, into: Storage, above: number | undefined, work: Work): Promise<void> {
  let operations: StorageOperation[] = [];
  const put = async (key: Uint8Array, value: Uint8Array | undefined) => {
    if (value !== undefined) operations.push({ type: "put", key, value });
    if (operations.length < OPERATIONS_PER_WRITE) return;
    await into.write(operations, { durable: false });
    operations = [];
  };
  work.progress.stage({ title: "taking over", unit: "records", total: undefined });
  for (const range of CARRIED)
    for await (const [key, value] of from.range(range)) {
      await put(key, value);
      work.progress.done(1);
    }
  if (above !== undefined)
    for await (const [key, value] of from.range({ gte: Uint8Array.of(0x07), lt: Uint8Array.of(0x08) })) {
      const id = Hash.from(key.slice(9));
      if (Number(new DataView(key.buffer, key.byteOffset).getBigUint64(1)) <= above || from.get(keys.block(id)) === undefined) continue;
      for (const each of [keys.block(id), keys.index(id), keys.certificate(id)]) await put(each, from.get(each));
      await put(key, value);
      work.progress.done(1);
    }
  operations.push(...(await newEventLog(from, into)));
  await into.write(operations, { durable: true });
}

/**
 * Begins the log of chain events anew, above all numbers that were ever given. What was executed again made events with the old numbers and other
 * meanings: a subscriber's cursor would be taken for one of them, and no undone block be told. So these go, and the number after the old log's
 * last one stays empty: whoever has a cursor of the old log is told that what followed is forgotten (EVENTS_PRUNED). The one event that the new
 * log begins with says what is true of any chain: that its final block is final.
 */
async function newEventLog(from: Storage, into: Storage): Promise<StorageOperation[]> {
  const store = new BlockStore(into);
  const pointer = present(store.pointer(), "blocks were executed into it");
  const { height } = present(store.header(pointer.finalized), "the finalized block is stored").header;
  const sequence = present(new BlockStore(from).pointer(), "its blocks were executed").events + 2;
  const operations: StorageOperation[] = [];
  for await (const [key] of into.range(ranges.events)) operations.push({ type: "del", key });
  operations.push(store.putEvent({ sequence, type: "finalized", blockId: pointer.finalized, height }));
  operations.push(store.putPointer({ ...pointer, events: sequence }));
  return operations;
}

/** @param instead what to do where they aren't. @throws DATABASE_BLOCKS_NOT_KEPT unless all blocks are kept */
export function requireAllBlocks(storage: Storage, instead: string): void {
  const { bodiesFrom } = new BlockStore(storage).openHistory();
  if (bodiesFrom > 1) throw new BlocksNotKeptError({ bodiesFrom, instead });
}

/**
 * Whether what an earlier run executed can be gone on with: its head is a block of the canonical chain, and not above `to`. After a rewind
 * or a reorg it need not be, and an answer about other blocks would be a wrong one.
 * @returns the height that it stands at; undefined: it can't
 */
export function heightToGoOnFrom(from: Storage, leftover: Storage, to: number): number | undefined {
  const pointer = new BlockStore(leftover).pointer();
  const height = pointer === undefined ? undefined : new BlockStore(leftover).header(pointer.head)?.header.height;
  if (pointer === undefined || height === undefined || height > to) return undefined;
  const id = new BlockStore(from).idAt(height);
  return id !== undefined && Hash.key(id) === Hash.key(pointer.head) ? height : undefined;
}

/** The rebuilt database takes the place of the old one. Nobody has either open. */
export function takeOver(dataDirectory: string, storageFolder: string): Promise<void> {
  const names = [storageFolder, FORMAT_FILE];
  return replaceData(dataDirectory, { staging: REBUILD_FOLDER, replace: names, wanted: names, source: REBUILT });
}
