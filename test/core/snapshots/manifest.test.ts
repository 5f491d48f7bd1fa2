/** Manifests of others, what is refused without a chunk, how long the largest of them holds the thread; and what kills leave of a load. */
import t from "tap";
import { present } from "../../../core/kernel/assert.js";
import type { Scheduler } from "../../../core/ports/runtime.js";
import type { RangeProof } from "../../../core/ports/state.js";
import type { StorageOperation } from "../../../core/ports/storage.js";
import { type Bytes, concatBytes, Hash, headerRecord, sha256 } from "../../../core/primitives/index.js";
import {
  CHUNK_LIMITS,
  type ChunkRecord,
  ChunkTable,
  decodeManifest,
  encodeManifest,
  MAX_MANIFEST_BYTES,
  type Manifest,
} from "../../../core/snapshots/manifest.js";
import { isLoading, SnapshotReceiver } from "../../../core/snapshots/receiver.js";
import { VALUE_PREFIX } from "../../../core/state/records.js";
import { MemoryStorage } from "../../../plugins/storage-memory/memory-storage.js";
import { NO_METRICS, SILENT } from "../../plugins/ledger-account/fixtures.js";
import { blockId, newStore, TestStorage, testCompute } from "../state/fixtures.js";

/** How often somebody asked whether others are to have their turns: a slow machine changes nothing of it. */
let looks = 0;
const scheduler = {
  slicer: () => ({ due: () => ++looks % 10_000 === 0, pause: () => new Promise<void>((resolve) => setImmediate(resolve)) }),
  yield: () => new Promise<void>((resolve) => setImmediate(resolve)),
} as unknown as Scheduler;

const header = {
  ...headerRecord({
    chainId: "manifests",
    height: 5,
    parent: Hash.zero,
    timestampMs: 1,
    transactionsRoot: Hash.zero,
    receiptsRoot: Hash.zero,
    stateRoot: sha256(Uint8Array.of(1)),
    payloadRoot: Hash.zero,
    proposer: new Uint8Array(20),
    extra: new Uint8Array(0),
    seal: new Uint8Array(0),
  } as never),
  weight: 5n,
};
const full = { entries: CHUNK_LIMITS.entries, bytes: 200_000 };
const large = { entries: 9, bytes: CHUNK_LIMITS.bytes / 2 };
type Cut = Pick<ChunkRecord, "entries" | "bytes">;

function manifestOf(cuts: readonly Cut[], change: Partial<Manifest> = {}): Bytes {
  const step = 2n ** 256n / BigInt(cuts.length);
  const chunks = cuts.map(({ entries, bytes }, index): ChunkRecord => {
    const first = Hash.parse((step * BigInt(index)).toString(16).padStart(64, "0"));
    return { first, next: undefined, entries, bytes, hash: sha256(first) };
  });
  const entries = cuts.reduce((sum, cut) => sum + cut.entries, 0);
  const base = { chainId: "manifests", genesisId: Hash.zero, header, ancestors: [], entries, chunks: ChunkTable.of(chunks) };
  return encodeManifest({ ...base, ...change });
}

/** The largest that there may be: some 900,000 chunks. */
function largest(): Bytes {
  const count = Math.floor((MAX_MANIFEST_BYTES - 1_024) / 72);
  const encoded = new Uint8Array(count * 72);
  const view = new DataView(encoded.buffer);
  for (let index = 0; index < count; index++) {
    view.setUint32(index * 72, index * 4_000);
    view.setUint32(index * 72 + 32, full.entries);
    view.setUint32(index * 72 + 36, full.bytes);
  }
  return manifestOf([full], { chunks: new ChunkTable(encoded), entries: count * full.entries });
}

async function receiver() {
  const storage = new MemoryStorage(NO_METRICS);
  await storage.start();
  const rest = {
    compute: {} as never,
    scheduler,
    logger: SILENT,
    chainId: "manifests",
    genesisId: () => Hash.zero,
    startOperations: () => [],
  };
  return { storage, receiver: new SnapshotReceiver({ storage, ...rest }) };
}

t.test("chunks that are cut finer than the rule cuts them are refused; all that the rule makes is taken", async (t) => {
  const fine = { entries: 1, bytes: 300 };
  for (const good of [[fine], [full, fine], [large, full, fine], [large, large], [full, full]])
    t.equal((await decodeManifest(manifestOf(good))).chunks.length, good.length);
  const short = { entries: CHUNK_LIMITS.entries - 1, bytes: CHUNK_LIMITS.bytes / 2 - 1 };
  for (const bad of [[fine, full], [full, short, full], Array.from({ length: 50 }, () => fine)])
    await t.rejects(decodeManifest(manifestOf(bad)), { code: "SNAPSHOT_BAD_MANIFEST", message: /cut finer/ } as never);
});

t.test("tables that can be seen to be none", async (t) => {
  const table = ChunkTable.of([...(await decodeManifest(manifestOf([full, full, full]))).chunks]);
  const [one, two, three] = [...table] as [ChunkRecord, ChunkRecord, ChunkRecord];
  const bad: Record<string, [readonly ChunkRecord[], RegExp]> = {
    "the first path is not there": [[two, three], /not in order/],
    "out of order": [[one, three, two], /not in order/],
    twice: [[one, two, two], /not in order/],
    "too many entries": [[{ ...one, entries: CHUNK_LIMITS.entries + 1 }], /larger than/],
    "too many bytes": [[{ ...one, bytes: CHUNK_LIMITS.bytes + 1 }], /larger than/],
    "no bytes": [[{ ...one, bytes: 0 }], /larger than/],
    "an empty chunk among others": [[one, { ...two, entries: 0 }], /empty/],
    nothing: [[], /missing|add up/],
  };
  for (const [what, [records, message]] of Object.entries(bad)) {
    const entries = records.reduce((sum, record) => sum + record.entries, 0);
    await t.rejects(
      decodeManifest(manifestOf([full], { chunks: ChunkTable.of(records), entries })),
      { code: "SNAPSHOT_BAD_MANIFEST", message } as never,
      what,
    );
  }
  await t.rejects(decodeManifest(manifestOf([full], { entries: 3 })), { message: /add up/ } as never);
  await t.rejects(decodeManifest(manifestOf([full], { chunks: new ChunkTable(table.encoded.subarray(1)) })), {
    message: /cut short/,
  } as never);
  t.same([one.next, three.next], [two.first, undefined]);
  t.same([table.indexOf(two.first), table.indexOf(sha256(two.first)), table.at(3), table.at(-1)], [1, undefined, undefined, undefined]);
});

t.test("whatever entries a state has, the rule makes no chunk that is refused as cut too fine", async (t) => {
  const states: Record<string, (index: number) => readonly [keyBytes: number, valueBytes: number]> = {
    "the largest entries there may be": () => [128, 65_536],
    "large ones and the smallest": (index) => (index % 60 === 0 ? [128, 65_536] : [2, 1]),
    "some that just do not fit": (index) => (index % 9 === 0 ? [20, 65_536] : [20, 40_000]),
  };
  for (const [what, sizesOf] of Object.entries(states)) {
    const operations: [Bytes, Bytes][] = [];
    for (let index = 0, bytes = 0; bytes < 2.2 * CHUNK_LIMITS.bytes; index++) {
      const [keyBytes, valueBytes] = sizesOf(index);
      const key = new Uint8Array(keyBytes);
      new DataView(key.buffer).setUint16(0, index);
      operations.push([key, new Uint8Array(valueBytes).fill(index)]);
      bytes += keyBytes + valueBytes;
    }
    const store = newStore(new TestStorage());
    const id = blockId(what);
    const writer = store.writer(undefined);
    for (const [key, value] of operations) writer.set(key, value);
    store.adopt(id, 0, undefined, await store.finish(writer));
    const cuts: Cut[] = [];
    for (let first: Hash | undefined = Hash.zero; first !== undefined; ) {
      const range: RangeProof = await present(store.view(id), what).proveRange(first, CHUNK_LIMITS);
      cuts.push({ entries: range.entries, bytes: range.proof.length });
      first = range.next;
    }
    t.ok(cuts.length > 2, what);
    t.equal((await decodeManifest(manifestOf(cuts))).chunks.length, cuts.length, `${what}: ${JSON.stringify(cuts.slice(0, 3))}`);
  }
});

t.test("the largest manifest: others have their turns while it is read, and one of another block is refused at once", async (t) => {
  const manifest = largest();
  const { receiver: taking, storage } = await receiver();
  const other = { ...header, id: sha256(Uint8Array.of(9)) };
  const hash = sha256(manifest);
  looks = 0;
  await t.rejects(taking.open(manifest, hash, other), { code: "SNAPSHOT_BAD_MANIFEST", message: /it is of block/ } as never);
  await t.rejects(taking.open(manifest, hash, { ...header, weight: 6n }), { message: /another weight/ } as never);
  const stranger = { ...header, header: { ...header.header, chainId: "others" } };
  const foreign = manifestOf([full], { chainId: "others", header: stranger });
  await t.rejects(taking.open(foreign, sha256(foreign), stranger), { message: /another chain/ } as never);
  t.equal(looks, 0, "its table was not looked at");
  let puts = 0;
  const write = storage.write.bind(storage);
  storage.write = (operations, options) => {
    for (const operation of operations) if (operation.type === "put") puts = Math.max(puts, operation.value.length);
    return write(operations, options);
  };
  const { chunks } = await taking.open(manifest, hash, header);
  t.ok(chunks > 900_000);
  t.ok(looks > chunks + manifest.length / 1024 ** 2, `${looks} looks: after each chunk of the table and each part that is stored`);
  t.ok(puts <= 1024 ** 2 + 4, "no record is larger than a part");
  const again = new SnapshotReceiver({ ...(await receiver()), storage, scheduler, logger: SILENT } as never);
  const unfinished = await again.unfinished();
  t.same(
    [unfinished?.height, unfinished?.manifest.length, Hash.key(unfinished?.manifestHash ?? Hash.zero)],
    [5, manifest.length, Hash.key(hash)],
  );
});

t.test("a shorter manifest takes the place of a longer one, and a damaged one is none", async (t) => {
  const { receiver: taking, storage } = await receiver();
  const long = manifestOf(Array.from({ length: 30_000 }, () => full));
  const short = manifestOf([full, full]);
  await taking.open(long, sha256(long), header);
  await taking.open(short, sha256(short), header);
  t.same((await taking.unfinished())?.manifest, short);
  await taking.open(long, sha256(long), header);
  await storage.write([{ type: "put", key: Uint8Array.of(0x75, 0, 0, 0, 1), value: concatBytes(Uint8Array.of(1, 2, 3, 4), long) }], {
    durable: false,
  });
  t.equal(await taking.unfinished(), undefined);
});

t.test("what an earlier run stored counts, also for another manifest that has the same chunk", async (t) => {
  const storage = new MemoryStorage(NO_METRICS);
  await storage.start();
  const good = async () => ({ good: true, packed: new Uint8Array(0) });
  const rest = { scheduler, logger: SILENT, chainId: "manifests", genesisId: () => Hash.zero, startOperations: () => [] };
  const opened = (manifest: Bytes) =>
    new SnapshotReceiver({ storage, compute: { run: good } as never, ...rest }).open(manifest, sha256(manifest), header);
  const done = (intake: Awaited<ReturnType<typeof opened>>) => Array.from({ length: intake.chunks }, (_, index) => intake.isDone(index));
  const four = manifestOf([full, full, full, full]);
  const first = await opened(four);
  t.same(done(first), [false, false, false, false]);
  await first.take(2, new Uint8Array(1));
  t.same(done(await opened(four)), [false, false, true, false]);
  t.same(done(await opened(manifestOf([full, full]))), [false, true], "it begins at the same path and has the same hash");
  const changed = ChunkTable.of([...(await decodeManifest(four)).chunks].map((chunk) => ({ ...chunk, hash: sha256(chunk.hash) })));
  t.same(
    done(await opened(manifestOf([full], { chunks: changed, entries: 4 * full.entries }))),
    [false, false, false, false],
    "other bytes",
  );
});

/** A state of two chunks, whose manifest claims what it has to. */
async function smallState() {
  const store = newStore(new TestStorage());
  const writer = store.writer(undefined);
  const entries = Array.from({ length: 12 }, (_, index) => ({
    key: sha256(Uint8Array.of(index)).slice(0, 8),
    value: Uint8Array.of(index + 1),
  }));
  for (const { key, value } of entries) writer.set(key, value);
  const { root } = await store.finish(writer);
  const of = { ...headerRecord({ ...header.header, stateRoot: present(root, "it was not put off") } as never), weight: 5n };
  const manifest = manifestOf([full, full], { header: of });
  const chunks = [0, 1].map((half) => entries.filter(({ key }) => Number((sha256(key)[0] as number) > 127) === half));
  t.ok(
    chunks.every(({ length }) => length > 1),
    "both chunks have something",
  );
  return { header: of, manifest, chunks };
}

function packed(entries: readonly { readonly key: Bytes; readonly value: Bytes }[]): Bytes {
  return concatBytes(...entries.flatMap(({ key, value }) => [Uint8Array.of(key.length), key, Uint8Array.of(0, 0, 0, value.length), value]));
}

/** A storage whose node is killed: from a write on, none comes to it. */
class KilledStorage extends MemoryStorage {
  writesLeft = Number.POSITIVE_INFINITY;

  override write(operations: readonly StorageOperation[], options: { readonly durable: boolean }): Promise<void> {
    return this.writesLeft-- > 0 ? super.write(operations, options) : Promise.reject(new Error("killed"));
  }
}

t.test("killed at any write of a discard: the next start takes nothing for stored that is not, and comes to its state", async (t) => {
  const state = await smallState();
  const hash = sha256(state.manifest);
  const begun = (storage: KilledStorage) =>
    new SnapshotReceiver({
      storage,
      compute: {
        ...testCompute,
        run: async (_task: unknown, { index }: { readonly index: number }) => ({ good: true, packed: packed(state.chunks[index] ?? []) }),
      } as never,
      scheduler,
      logger: SILENT,
      chainId: "manifests",
      genesisId: () => Hash.zero,
      startOperations: () => [],
    });
  const open = async (taking: SnapshotReceiver) => {
    const intake = await taking.open(state.manifest, hash, state.header);
    const lacking = [0, 1].filter((index) => !intake.isDone(index));
    for (const index of lacking) await intake.take(index, new Uint8Array(1));
    return lacking.length;
  };
  const finish = (taking: SnapshotReceiver) => taking.finish(state.header, () => undefined);
  const other = { ...headerRecord({ ...state.header.header, height: 6 } as never), weight: 6n };
  const otherManifest = manifestOf([full, full], { header: other });
  /** Why it is discarded. */
  const discards: Record<string, (taking: SnapshotReceiver, storage: KilledStorage) => Promise<unknown>> = {
    "it is given up": (taking) => taking.discard(),
    "another block's is begun": (taking) => taking.open(otherManifest, sha256(otherManifest), other),
    "its root is another one": async (taking, storage) => {
      const [[key] = [undefined]] = await first(storage.range({ gte: Uint8Array.of(VALUE_PREFIX) }));
      const { writesLeft } = storage;
      storage.writesLeft = 1;
      await storage.write([{ type: "del", key: present(key, "a value") }], { durable: true });
      storage.writesLeft = writesLeft;
      return finish(taking);
    },
  };
  for (const [why, discard] of Object.entries(discards)) {
    let kills = 0;
    for (let isKilled = true; isKilled && kills < 30; kills++) {
      const storage = new KilledStorage(NO_METRICS);
      await storage.start();
      const before = begun(storage);
      await open(before);
      storage.writesLeft = kills;
      const code = await discard(before, storage).then(
        () => "done",
        (error: { readonly code: string }) => error.code,
      );
      isKilled = code === "SNAPSHOT_WRITE_FAILED";
      storage.writesLeft = Number.POSITIVE_INFINITY;
      if (!isKilled) break;
      const values = await first(storage.range({ gte: Uint8Array.of(VALUE_PREFIX), lt: Uint8Array.of(VALUE_PREFIX + 1) }));
      t.ok(values.length === 0 || isLoading(storage), `${why}, killed at write ${kills}: values without a state can be seen to be none`);
      for (let start = 1; start <= 2; start++) {
        const after = begun(storage);
        if (why === "it is given up" && kills > 0 && (await after.unfinished()) !== undefined)
          t.equal(values.length, 0, `write ${kills}: what is half discarded is not gone on with`);
        const fetched = await open(after);
        const outcome = await finish(after).then(
          () => "loaded",
          (error: { readonly code: string }) => error.code,
        );
        if (outcome === "loaded") break;
        // Killed before the discard had begun: the value is still missing.
        t.ok(
          why === "its root is another one" && start === 1 && fetched === 0 && outcome === "SNAPSHOT_ROOT_MISMATCH",
          `${why}, write ${kills}: ${outcome}`,
        );
      }
      t.same((await newStore(storage).open())?.root, state.header.header.stateRoot, `${why}, killed at write ${kills}`);
    }
    t.ok(kills > 3 && kills < 30, `${why}: ${kills} writes`);
  }
});

async function first<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  for await (const item of items) return [item];
  return [];
}
