/** What the tests of the state share: a naive trie, compute on this thread, a storage that can crash, and a clockless scheduler. */
import { createHash } from "node:crypto";
import type { Compute, HashTag } from "../../../core/ports/compute.js";
import type { Logger, Metrics, Scheduler, Slicer } from "../../../core/ports/runtime.js";
import type { Storage, StorageOperation, StorageRange, StorageSnapshot } from "../../../core/ports/storage.js";
import { type Bytes, compareBytes, concatBytes, Hash, sha256 } from "../../../core/primitives/index.js";
import { StateStore, type StateStoreOptions } from "../../../core/state/index.js";

export function tagged(tag: HashTag, ...parts: readonly Bytes[]): Hash {
  const digest = new Uint8Array(
    createHash("sha256")
      .update(concatBytes(...parts))
      .digest(),
  );
  const first = digest[0] as number;
  if (tag !== "plain") digest[0] = tag === "leaf" ? first & 0x7f : first | 0x80;
  return Hash.from(digest);
}

/** SHA-256 by node:crypto, inline. */
export const testCompute: Pick<Compute, "hashPairs" | "hashPairsSync"> = {
  hashPairsSync(input, output, tag) {
    for (let at = 0; at < input.length; at += 64) output.set(tagged(tag, input.subarray(at, at + 64)), at / 2);
  },
  async hashPairs(input, output, tag) {
    await null;
    testCompute.hashPairsSync(input, output, tag);
  },
};

/** The rule of the trie, word for word: recursion over bits, no pages. */
export function naiveRoot(leaves: readonly { readonly path: Bytes; readonly valueHash: Bytes }[], bit = 0): Hash {
  if (leaves.length === 0) return Hash.zero;
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return tagged("leaf", only.path, only.valueHash);
  const isRight = (path: Bytes) => (((path[bit >> 3] as number) >> (7 - (bit & 7))) & 1) === 1;
  const left = naiveRoot(
    leaves.filter(({ path }) => !isRight(path)),
    bit + 1,
  );
  const right = naiveRoot(
    leaves.filter(({ path }) => isRight(path)),
    bit + 1,
  );
  return tagged("inner", left, right);
}

/** The state root of a plain map from keys (Latin-1 text) to values. */
export function modelRoot(model: ReadonlyMap<string, Bytes>): Hash {
  return naiveRoot([...model].map(([text, value]) => ({ path: sha256(Buffer.from(text, "latin1")), valueHash: sha256(value) })));
}

/** Time is always up; or never. */
export const alwaysDue: Slicer = { due: () => true, pause: () => Promise.resolve() };
export const neverDue: Slicer = { due: () => false, pause: () => Promise.resolve() };

export const testScheduler: Scheduler = {
  after: () => ({ cancel() {} }),
  every: () => ({ cancel() {} }),
  yield: () => Promise.resolve(),
  slicer: () => neverDue,
};

const silent = () => {};
export const silentLogger: Logger = {
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
  isLevelEnabled: () => false,
  child: () => silentLogger,
};

/** Metrics that keep their values where a test can read them. */
export class TestMetrics implements Metrics {
  readonly values = new Map<string, number>();
  readonly collects = new Map<string, () => number>();
  counter({ name }: { name: string }) {
    return { increment: (by = 1) => void this.values.set(name, (this.values.get(name) ?? 0) + by) };
  }
  gauge({ name, collect }: { name: string; collect?: () => number }) {
    if (collect !== undefined) this.collects.set(name, collect);
    return { set: (value: number) => void this.values.set(name, value) };
  }
  histogram({ name }: { name: string }) {
    return { observe: (value: number) => void this.values.set(name, value) };
  }
}

const textOf = (bytes: Bytes) => Buffer.from(bytes).toString("latin1");
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

/** An ordered map that behaves like a device: whole batches, a chosen moment at which it stops taking writes. */
export class TestStorage implements Storage {
  readonly durability = "device";
  readonly entries: Map<string, Bytes>;
  writes = 0;
  gets = 0;
  /** Writes from this one on are lost, as after kill -9. */
  dropFrom = Number.POSITIVE_INFINITY;
  /** Called between the moment when a batch becomes readable and the one when its write resolves, and before it. */
  onWrite: ((moment: "before" | "after", operations: readonly StorageOperation[]) => void | Promise<void>) | undefined;
  failure: Error | undefined;
  /** Awaited by `getMany` after it has read, before it answers. */
  onRead: (() => Promise<void>) | undefined;

  constructor(entries: Iterable<readonly [string, Bytes]> = []) {
    this.entries = new Map(entries);
  }
  get database(): Storage["database"] {
    throw new Error("the state does not use the database itself");
  }
  get(key: Bytes): Bytes | undefined {
    this.gets++;
    return this.entries.get(textOf(key));
  }
  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    await null;
    const values = keys.map((key) => this.entries.get(textOf(key)));
    await this.onRead?.();
    return values;
  }
  async write(operations: readonly StorageOperation[]): Promise<void> {
    await this.onWrite?.("before", operations);
    if (this.failure !== undefined) throw this.failure;
    if (this.writes++ < this.dropFrom) {
      for (const operation of operations) {
        if (operation.type === "put") this.entries.set(textOf(operation.key), operation.value.slice());
        else this.entries.delete(textOf(operation.key));
      }
    }
    await this.onWrite?.("after", operations);
  }
  async *range(range: StorageRange): AsyncIterable<readonly [Bytes, Bytes]> {
    await null;
    const found = [...this.entries]
      .map(([text, value]) => [bytesOf(text), value] as const)
      .filter(
        ([key]) =>
          (range.gte === undefined || compareBytes(key, range.gte) >= 0) && (range.gt === undefined || compareBytes(key, range.gt) > 0),
      )
      .filter(
        ([key]) =>
          (range.lte === undefined || compareBytes(key, range.lte) <= 0) && (range.lt === undefined || compareBytes(key, range.lt) < 0),
      )
      .sort(([a], [b]) => compareBytes(a, b));
    if (range.reverse === true) found.reverse();
    yield* range.limit === undefined || range.limit < 0 ? found : found.slice(0, range.limit);
  }
  snapshot(): StorageSnapshot {
    throw new Error("the state takes no snapshots yet");
  }
  async compact(): Promise<void> {}
  async sizeBytes(): Promise<number> {
    return 0;
  }
  /** What a restart finds. */
  reopened(): TestStorage {
    return new TestStorage(this.entries);
  }
  /** Stored keys with this prefix byte. */
  keys(prefix: number): Bytes[] {
    return [...this.entries.keys()].filter((text) => text.charCodeAt(0) === prefix).map(bytesOf);
  }
  /** Flips one bit of a stored value. */
  flip(key: Bytes, byte: number): void {
    const value = this.entries.get(textOf(key))?.slice();
    if (value === undefined) throw new Error("there is no such record");
    value[byte] = (value[byte] as number) ^ 1;
    this.entries.set(textOf(key), value);
  }
  remove(key: Bytes): void {
    this.entries.delete(textOf(key));
  }
}

export const smallOptions: StateStoreOptions = { pageCacheBytes: 1 << 20, valueCacheBytes: 1 << 20, undoBlocks: 100 };

export function newStore(storage: Storage, options: Partial<StateStoreOptions> = {}, metrics: Metrics = new TestMetrics()): StateStore {
  return new StateStore(
    { storage, compute: testCompute, scheduler: testScheduler, logger: silentLogger, metrics },
    { ...smallOptions, ...options },
  );
}

export const key = (text: string): Bytes => bytesOf(text);
export const blockId = (name: string): Hash => sha256(bytesOf(`block ${name}`));
