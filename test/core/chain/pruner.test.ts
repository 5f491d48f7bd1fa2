/** Pruning on LevelDB: what it leaves on disk after its own compaction, against a database that was only ever given the same entries. */
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { Value } from "typebox/value";
import { BlockStore } from "../../../core/chain/block-store.js";
import { compactionRanges } from "../../../core/chain/compaction-ranges.js";
import { DEFAULT_CHAIN_OPTIONS } from "../../../core/chain/dependencies.js";
import { chainMetrics } from "../../../core/chain/metrics.js";
import { Pruner, type PrunerParts } from "../../../core/chain/pruner.js";
import type { StorageOperation } from "../../../core/ports/storage.js";
import { Height } from "../../../core/primitives/amount.js";
import type { Block } from "../../../core/primitives/block.js";
import { headerRecord, payloadRootOf } from "../../../core/primitives/block-codec.js";
import { type Bytes, compareBytes, concatBytes, EMPTY_BYTES } from "../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";
import { encodeReceipts } from "../../../core/primitives/receipt-codec.js";
import { SystemClock, SystemScheduler } from "../../../core/runtime/index.js";
import { StorageLevelConfig, type StorageLevelOptions } from "../../../plugins/storage-level/config.js";
import { LevelStorage } from "../../../plugins/storage-level/level-storage.js";
import { key, NO_METRICS, SILENT } from "../../plugins/ledger-account/fixtures.js";

const BLOCKS = 240;
const KEEP = 80;
const TWICE = 10;
const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);

/** Small tables, so that a small database has many, on several levels. */
const options = { ...(Value.Default(StorageLevelConfig, {}) as StorageLevelOptions), writeBufferBytes: 128 * 1024 };
const storageIn = (path: string) => new LevelStorage({ path, resolve: (name) => join(path, name) }, clock, NO_METRICS, options);

/** Incompressible, and the same in each run. */
function noise(seed: string, bytes: number): Bytes {
  const parts: Bytes[] = [];
  for (let at = 0; at < bytes; at += 32) parts.push(createHash("sha256").update(`${seed} ${at}`).digest());
  return concatBytes(...parts).subarray(0, bytes);
}

function blockAt(height: number, parent: Hash): Block {
  // A ledger may let a transaction stand in two blocks; its place is in the later one.
  const seed = height === TWICE ? BLOCKS - 1 : height;
  const transactions = Array.from({ length: 4 }, (_, index) => noise(`transaction ${seed} ${index}`, 1_500));
  return {
    header: {
      chainId: "disk",
      height: Height.from(height),
      parent,
      timestampMs: height,
      transactionsRoot: Hash.zero,
      receiptsRoot: Hash.zero,
      stateRoot: sha256(noise(`state ${height}`, 32)),
      payloadRoot: payloadRootOf(EMPTY_BYTES),
      proposer: key(1).address,
      extra: EMPTY_BYTES,
      seal: EMPTY_BYTES,
    },
    transactions,
    payload: EMPTY_BYTES,
  };
}

async function fill(store: BlockStore): Promise<void> {
  let parent: Hash = Hash.zero;
  for (let height = 0; height <= BLOCKS; height++) {
    const block = blockAt(height, parent);
    const header = { ...headerRecord(block.header), weight: 0n };
    const ids = block.transactions.map(sha256);
    const receipts = ids.map((transactionId) => ({ transactionId, ok: true, code: "", feePaid: 1n, weight: 1, events: [] }));
    const index = { header, sizeBytes: 6_500, transactionCount: ids.length, invalid: false };
    const bytes = encodeReceipts(receipts);
    await store.write([...store.storeBlock(block, index, undefined), ...store.makeCanonical(header, ids, bytes)]);
    parent = header.id;
  }
}

async function diskBytes(path: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(path, { recursive: true })) {
    const facts = await stat(join(path, name));
    if (facts.isFile()) bytes += facts.size;
  }
  return bytes;
}

t.test("after pruning and compaction, the disk holds little more than a fresh database with the same entries", async (t) => {
  const path = t.testdir({ old: {}, fresh: {} });
  const storage = storageIn(join(path, "old"));
  await storage.start();
  const store = new BlockStore(storage);
  await fill(store);
  const compacted: Bytes[] = [];
  const compact = storage.compact.bind(storage);
  storage.compact = async (range) => {
    compacted.push(range?.gte ?? EMPTY_BYTES);
    await compact(range);
  };
  const state = { flushed: { height: BLOCKS }, undoFrom: BLOCKS, statesFrom: BLOCKS, isDroppingArchive: false };
  const pruner = new Pruner({
    dependencies: { storage, state, clock, scheduler, logger: SILENT } as unknown as PrunerParts["dependencies"],
    options: { ...DEFAULT_CHAIN_OPTIONS, pruning: "pruned", keepBlocks: KEEP },
    store,
    metrics: chainMetrics(NO_METRICS),
    heights: () => ({ head: BLOCKS, finalized: BLOCKS }),
    inLane: (step) => step(),
  });
  const before = await diskBytes(path);
  await pruner.finish();
  t.equal(store.history.bodiesFrom, BLOCKS - KEEP + 1);
  t.equal(store.history.deletedBytes, 0);
  t.equal(
    store.location(sha256(noise(`transaction ${BLOCKS - 1} 2`, 1_500)))?.height,
    BLOCKS - 1,
    "a place that is not the deleted block's stays",
  );
  t.equal(compacted.length, compactionRanges(1).length);
  const fresh = storageIn(join(path, "fresh"));
  await fresh.start();
  const entries: StorageOperation[] = [];
  for await (const [at, value] of storage.range({})) entries.push({ type: "put", key: at, value });
  await storage.stop();
  const after = await diskBytes(join(path, "old"));
  await fresh.write(entries, { durable: true });
  await fresh.compact();
  await fresh.stop();
  const least = await diskBytes(join(path, "fresh"));
  t.comment(`before ${before}, after ${after}, fresh ${least}`);
  t.ok(after <= 1.1 * least, `${after} bytes against ${least} of a fresh database`);
  t.ok(before > 2 * after, `it had ${before}`);
});

t.test("the ranges to compact are all keys there can be, in order, in as many pieces as wished", async (t) => {
  for (const parts of [1, 3, 256]) {
    const ranges = compactionRanges(parts);
    t.same(ranges[0]?.gte, Uint8Array.of(0));
    t.ok(compareBytes(ranges.at(-1)?.lt as Bytes, new Uint8Array(255).fill(0xff)) > 0);
    t.notOk(ranges.some(({ gte, lt }, index) => compareBytes(gte, lt) >= 0 || (index > 0 && ranges[index - 1]?.lt !== gte)));
    // Whole prefixes, or depths of pages, in pieces.
    for (const begin of [[0x01], [0x04], [0x05], [0x20], [0x28], [0x21, 5]])
      t.equal(ranges.filter(({ gte }) => gte.length === begin.length + 1 && begin.every((byte, at) => gte[at] === byte)).length, parts);
  }
});
