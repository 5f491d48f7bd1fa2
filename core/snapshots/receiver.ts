/**
 * Takes a snapshot over from peers, chunk by chunk in whatever order they come, into a storage that has no chain yet.
 *
 * A chunk is checked, then its values are written, the last of them together with a mark that it is there: after a kill the rest is fetched. When all
 * are there, one scan in the order of paths builds the pages (state/bulk-load.ts), the root is compared with the header's, and the
 * write that ends the load is also the one that gives the chain its head. Prefixes 0x74 to 0x76 are this file's:
 *
 * | prefix | key | value |
 * | --- | --- | --- |
 * | 74 | | manifest's SHA-256 (32), height (8), block id (32): a load is under way |
 * | 75 | number of the part (4) | the encoded manifest, in parts of 1 MiB |
 * | 76 | SHA-256 of a chunk | its first path (32) |
 *
 * Each begins with a CRC-32C of the rest, bound to its key.
 *
 * What is discarded may be cut off by a kill, too. So the state's note that its records go (`discardState`) is written before anything else, and
 * the load's own note goes last: whoever finds both discards again, and believes no mark of a chunk whose values may be gone.
 */
import { createHash } from "node:crypto";
import { messageOf } from "../kernel/errors.js";
import type { Compute } from "../ports/compute.js";
import type { TreeHeader } from "../ports/consensus.js";
import type { Logger, Scheduler, Slicer } from "../ports/runtime.js";
import type { Storage, StorageOperation, StorageRange } from "../ports/storage.js";
import { type Bytes, bytesEqual, concatBytes, crc32c, Hash, toHex } from "../primitives/index.js";
import {
  BulkLoader,
  discardState,
  RootMismatchError,
  StateDamagedError,
  type StateEntry,
  storedEntries,
  valueOperation,
} from "../state/index.js";
import { decodeLoad, encodeLoad, LOAD_KEY } from "../state/records.js";
import { unpack } from "./chunk.js";
import { SnapshotManifestError, SnapshotRootMismatchError, SnapshotWriteError } from "./errors.js";
import { type ChunkRecord, decodeManifest, MAX_MANIFEST_BYTES, type Manifest, type ManifestHead } from "./manifest.js";
import { type ChunkChecker, chunkChecker, chunkQuestion } from "./verify.js";

const NOTE_KEY: Bytes = Uint8Array.of(0x74);
const MANIFEST_PREFIX = 0x75;
const DONE_PREFIX = 0x76;
/** A manifest is summed and written piece by piece: 64 MiB in one would hold the thread. */
const PART_BYTES = 1024 * 1024;
const NOTE_BYTES = 72;
const DELETES_PER_WRITE = 1_024;
/** The state's note that nothing of it counts, as `discardState` begins with it. */
const DISCARDING: StorageOperation = {
  type: "put",
  key: LOAD_KEY,
  value: encodeLoad({ values: "write", entries: 0, bytes: 0, lastPath: Hash.zero, root: Hash.zero }),
};
/** Handing operations to the storage holds the thread: a whole chunk's at a time did for more than 10 ms. */
const VALUES_PER_WRITE = 512;

export interface ReceiverDependencies {
  readonly storage: Storage;
  readonly compute: Compute;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly chainId: string;
  /** Known once the chain shows genesis. */
  readonly genesisId: () => Hash;
  /** What makes the chain begin after this header, in the write that ends the load. */
  readonly startOperations: (header: TreeHeader) => readonly StorageOperation[];
}

/** What is known of one that an earlier run began. */
export interface UnfinishedLoad {
  readonly manifestHash: Hash;
  readonly manifest: Bytes;
  readonly height: number;
  readonly id: Hash;
}

function seal(key: Bytes, body: Bytes): StorageOperation {
  const value = new Uint8Array(4 + body.length);
  value.set(body, 4);
  new DataView(value.buffer).setUint32(0, (crc32c(body) ^ crc32c(key)) >>> 0);
  return { type: "put", key, value };
}

/** Undefined where it is missing or damaged: then it is fetched again. */
function unseal(storage: Storage, key: Bytes): Bytes | undefined {
  const stored = storage.get(key);
  return stored === undefined ? undefined : bodyOf(key, stored);
}

function bodyOf(key: Bytes, stored: Bytes): Bytes | undefined {
  if (stored.length < 4) return undefined;
  const body = stored.subarray(4);
  return new DataView(stored.buffer, stored.byteOffset).getUint32(0) === (crc32c(body) ^ crc32c(key)) >>> 0 ? body : undefined;
}

function partKey(number: number): Bytes {
  const key = new Uint8Array(5);
  key[0] = MANIFEST_PREFIX;
  new DataView(key.buffer).setUint32(1, number);
  return key;
}

/** All keys with a prefix, or up to another one. */
function under(first: number, last = first): StorageRange {
  return { gte: Uint8Array.of(first), lt: Uint8Array.of(last + 1) };
}

function doneKey({ hash }: ChunkRecord): Bytes {
  return concatBytes(Uint8Array.of(DONE_PREFIX), hash);
}

/** Whether a load from a snapshot was begun in this storage and not ended: what it has of a state is none. */
export function isLoading(storage: Storage): boolean {
  return storage.get(NOTE_KEY) !== undefined;
}

/** Deletes what a load left, its values included: the storage has no state then. Killed on the way, it has to be done again before a load. */
export async function discardLoad(storage: Storage, scheduler: Scheduler): Promise<void> {
  await storage.write([DISCARDING], { durable: true });
  // Marks go before what they vouch for.
  await deleteAll(storage, under(DONE_PREFIX));
  await discardState(storage, scheduler);
  await forget(storage);
}

/** A discard was begun and not ended, or what the state notes of a load is damaged: of what is there, nothing may be gone on with. */
function isDiscarding(storage: Storage): boolean {
  const note = storage.get(LOAD_KEY);
  try {
    return note !== undefined && decodeLoad(note).values === "write";
  } catch (error) {
    if (StateDamagedError.matches(error)) return true;
    throw error;
  }
}

/**
 * Deletes what a load that has ended left, because the node was killed before it had forgotten all of it. Costs one look where there is nothing.
 * What a load is under way in stays.
 */
export async function forgetEnded(storage: Storage): Promise<void> {
  if (isLoading(storage)) return;
  for await (const _ of storage.range({ ...under(MANIFEST_PREFIX, DONE_PREFIX), limit: 1 })) return forget(storage);
}

/** The note that there is a load goes last. */
async function forget(storage: Storage): Promise<void> {
  await deleteAll(storage, under(MANIFEST_PREFIX, DONE_PREFIX));
  await storage.write([{ type: "del", key: NOTE_KEY }], { durable: true });
}

async function deleteAll(storage: Storage, range: StorageRange): Promise<void> {
  let operations: StorageOperation[] = [];
  for await (const [key] of storage.range(range)) {
    if (operations.push({ type: "del", key }) < DELETES_PER_WRITE) continue;
    await storage.write(operations, { durable: false });
    operations = [];
  }
  if (operations.length > 0) await storage.write(operations, { durable: false });
}

/** A manifest that is worked on. */
class Intake {
  /** A byte a chunk: 1, if it is stored. */
  readonly #done: Uint8Array;
  readonly chunks: number;
  readonly chunkBytes: number;
  readonly entries: number;

  constructor(
    readonly manifest: Manifest,
    private readonly dependencies: ReceiverDependencies,
    private readonly check: ChunkChecker,
  ) {
    this.chunks = manifest.chunks.length;
    this.chunkBytes = manifest.chunks.chunkBytes;
    this.entries = manifest.entries;
    this.#done = new Uint8Array(this.chunks);
  }

  /** Finds out which chunks an earlier run stored, by their marks: there may be few of them and 900,000 chunks. */
  async recall(slicer: Slicer): Promise<void> {
    const { chunks } = this.manifest;
    for await (const [key, stored] of this.dependencies.storage.range(under(DONE_PREFIX))) {
      const first = bodyOf(key, stored);
      const index = first?.length === Hash.bytes ? chunks.indexOf(first) : undefined;
      if (index !== undefined && bytesEqual(chunks.at(index)?.hash ?? Hash.zero, key.subarray(1))) this.#done[index] = 1;
      if (slicer.due()) await slicer.pause();
    }
  }

  isDone(index: number): boolean {
    return this.#done[index] === 1;
  }

  bytesOf(index: number): number {
    return index < this.chunks ? this.manifest.chunks.bytesAt(index) : 0;
  }

  async take(index: number, proof: Bytes) {
    const verdict = await this.check(chunkQuestion(this.manifest, index, proof));
    if (!verdict.good) return { verdict: verdict.forged ? "forged" : "untrue", reason: verdict.reason } as const;
    const chunk = this.manifest.chunks.at(index);
    if (chunk === undefined) throw new RangeError(`chunk ${index} of ${this.chunks}`);
    const slicer = this.dependencies.scheduler.slicer();
    let operations: StorageOperation[] = [];
    for (const entry of unpack(verdict.packed)) {
      if (operations.push(valueOperation(entry)) === VALUES_PER_WRITE) {
        await write(this.dependencies.storage, operations, false);
        operations = [];
      }
      if (slicer.due()) await slicer.pause();
    }
    // Writes are kept in their order: where the mark is, the values are.
    operations.push(seal(doneKey(chunk), chunk.first));
    await write(this.dependencies.storage, operations, false);
    this.#done[index] = 1;
    return { verdict: "stored" } as const;
  }
}

export class SnapshotReceiver {
  readonly #dependencies: ReceiverDependencies;
  readonly #check: ChunkChecker;
  #intake: Intake | undefined;

  constructor(dependencies: ReceiverDependencies) {
    this.#dependencies = dependencies;
    this.#check = chunkChecker(dependencies.compute);
  }

  /** What an earlier run was at; undefined if there is nothing, or it is damaged or was being discarded. */
  async unfinished(): Promise<UnfinishedLoad | undefined> {
    const { storage, scheduler } = this.#dependencies;
    const note = unseal(storage, NOTE_KEY);
    if (note?.length !== NOTE_BYTES || isDiscarding(storage)) return undefined;
    const slicer = scheduler.slicer();
    const hasher = createHash("sha256");
    const parts: Bytes[] = [];
    for (let number = 0; number * PART_BYTES < MAX_MANIFEST_BYTES; number++) {
      const part = unseal(storage, partKey(number));
      if (part === undefined) break;
      hasher.update(part);
      parts.push(part);
      if (slicer.due()) await slicer.pause();
    }
    const manifestHash = Hash.from(note.slice(0, 32));
    if (!bytesEqual(hasher.digest(), manifestHash)) return undefined;
    const height = Number(new DataView(note.buffer, note.byteOffset).getBigUint64(32));
    return { manifestHash, manifest: concatBytes(...parts), height, id: Hash.from(note.slice(40, NOTE_BYTES)) };
  }

  /** @throws SNAPSHOT_BAD_MANIFEST, SNAPSHOT_WRITE_FAILED */
  async open(encoded: Bytes, manifestHash: Hash, header: TreeHeader): Promise<Intake> {
    const { storage, scheduler } = this.#dependencies;
    const slicer = scheduler.slicer();
    const manifest = await decodeManifest(encoded, { slicer, expect: (head) => this.#expect(head, header) });
    const before = unseal(storage, NOTE_KEY);
    if (before === undefined || !bytesEqual(before.subarray(40), header.id) || isDiscarding(storage)) await this.discard();
    const intake = new Intake(manifest, this.#dependencies, this.#check);
    await intake.recall(slicer);
    await this.#keep(encoded, slicer);
    const note = new Uint8Array(NOTE_BYTES);
    note.set(manifestHash);
    new DataView(note.buffer).setBigUint64(32, BigInt(header.header.height));
    note.set(header.id, 40);
    // Before the first value: from here on nobody takes what is there for a state.
    await write(storage, [seal(NOTE_KEY, note)], true);
    this.#intake = intake;
    return intake;
  }

  /** @throws SNAPSHOT_BAD_MANIFEST */
  #expect(head: ManifestHead, header: TreeHeader): void {
    const { chainId, genesisId } = this.#dependencies;
    const refuse = (reason: string) => new SnapshotManifestError({ reason });
    if (head.chainId !== chainId || !bytesEqual(head.genesisId, genesisId())) throw refuse("it is of another chain");
    if (!bytesEqual(head.header.id, header.id)) throw refuse(`it is of block ${toHex(head.header.id)}, not of ${toHex(header.id)}`);
    if (head.header.weight !== header.weight) throw refuse("it gives its block another weight than its headers have");
  }

  /** Stores the manifest in the place of the one before. */
  async #keep(encoded: Bytes, slicer: Slicer): Promise<void> {
    const { storage } = this.#dependencies;
    const old: StorageOperation[] = [];
    for await (const [key] of storage.range(under(MANIFEST_PREFIX))) old.push({ type: "del", key });
    if (old.length > 0) await write(storage, old, false);
    for (let at = 0; at < encoded.length; at += PART_BYTES) {
      await write(storage, [seal(partKey(at / PART_BYTES), encoded.subarray(at, at + PART_BYTES))], false);
      if (slicer.due()) await slicer.pause();
    }
  }

  /** @throws SNAPSHOT_ROOT_MISMATCH, SNAPSHOT_WRITE_FAILED */
  async finish(header: TreeHeader, onProgress: (share: number) => void): Promise<void> {
    const { storage, startOperations, logger } = this.#dependencies;
    const { stateRoot, height, parent } = header.header;
    const total = this.#intake?.entries ?? 0;
    try {
      const loader = await BulkLoader.open(this.#dependencies, { values: "present" });
      await loader.add(counted(storedEntries(storage, loader.lastPath), loader.entries, total, onProgress));
      const extra = [...startOperations(header), { type: "del", key: NOTE_KEY } as const];
      await loader.finish({ blockId: header.id, height, parent, root: stateRoot }, extra);
    } catch (error) {
      if (!isLoss(error)) throw new SnapshotWriteError({ reason: messageOf(error) }, error);
      await this.discard();
      throw new SnapshotRootMismatchError({ expected: toHex(stateRoot), reason: messageOf(error) }, error);
    }
    this.#intake = undefined;
    await forget(storage).catch((error: unknown) =>
      logger.warn({ reason: messageOf(error) }, "marks of a finished state sync were not deleted"),
    );
  }

  /** @throws SNAPSHOT_WRITE_FAILED */
  async discard(): Promise<void> {
    this.#intake = undefined;
    try {
      await discardLoad(this.#dependencies.storage, this.#dependencies.scheduler);
    } catch (error) {
      throw new SnapshotWriteError({ reason: messageOf(error) }, error);
    }
  }
}

/** What storage holds is not what was written there: fetching it again helps. */
function isLoss(error: unknown): boolean {
  if (RootMismatchError.matches(error)) return true;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "STATE_DAMAGED" || code === "STATE_LOAD_ORDER" || code === "STATE_KEY_INVALID" || code === "STATE_VALUE_INVALID";
}

async function write(storage: Storage, operations: readonly StorageOperation[], durable: boolean): Promise<void> {
  try {
    await storage.write(operations, { durable });
  } catch (error) {
    throw new SnapshotWriteError({ reason: messageOf(error) }, error);
  }
}

const TELL_EVERY = 4_096;

async function* counted(
  entries: AsyncIterable<StateEntry>,
  before: number,
  total: number,
  onProgress: (share: number) => void,
): AsyncGenerator<StateEntry> {
  let count = before;
  for await (const entry of entries) {
    if (++count % TELL_EVERY === 0) onProgress(total === 0 ? 1 : Math.min(1, count / total));
    yield entry;
  }
}
