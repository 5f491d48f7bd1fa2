/**
 * Deletes bodies, receipts and places of transactions below `HistoryPointer.bodiesFrom`, from the lowest height up, in slices.
 *
 * The pointer that says that they are not kept is durable before the first of them goes, and nobody is served anything below
 * it. So it does not matter in which state a kill leaves a block: the next run begins at `sweptTo` again. Headers of canonical
 * blocks and their certificates stay; stale blocks go with all they have.
 */
import { messageOf } from "../kernel/errors.js";
import type { Logger, Slicer } from "../ports/runtime.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import { type Bytes, bytesEqual } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import { decodeReceiptPieces } from "../primitives/receipt-codec.js";
import type { BlockStore } from "./block-store.js";
import { decodeIndexRecord, encodeLocation, keys, ranges, unseal } from "./records.js";

/** A slice ends after so many heights, if their blocks are empty. */
const HEIGHTS_PER_SLICE = 128;
const PIECE_RECEIPTS = 32;

export interface SweptSlice {
  readonly heights: number;
  readonly bytes: number;
  /** Nothing below `bodiesFrom` is left. */
  readonly done: boolean;
}

export interface BodySweepDependencies {
  readonly storage: Storage;
  readonly store: BlockStore;
  readonly logger: Logger;
  /** One slice deletes about so many records. */
  readonly sliceRecords: number;
  /** Runs a step while nobody writes places of transactions. */
  readonly exclusively: (step: () => Promise<void>) => Promise<void>;
}

/** A place of a transaction as the block that is being deleted had written it. */
interface Place {
  readonly key: Bytes;
  readonly value: Bytes;
}

/** A part of what is deleted at one height. */
interface Deletion {
  /** Go only if they still are what this block wrote: a ledger may let the same transaction stand in a later block, too. */
  readonly places: readonly Place[];
  readonly keys: readonly Bytes[];
  readonly bytes: number;
  /** Set on the last part of a height. */
  readonly sweptTo?: number;
}

export class BodySweep {
  readonly #parts: BodySweepDependencies;
  #under: AsyncGenerator<Deletion, void, void> | undefined;

  constructor(parts: BodySweepDependencies) {
    this.#parts = parts;
  }

  /** Deletes some. Two slices never overlap. @throws whatever storage throws; the next slice begins at `sweptTo` then */
  async slice(slicer: Slicer): Promise<SweptSlice> {
    const { store, sliceRecords } = this.#parts;
    const { bodiesFrom, sweptTo } = store.history;
    if (sweptTo >= bodiesFrom) return { heights: 0, bytes: 0, done: true };
    this.#under ??= this.#deletions(sweptTo, slicer);
    try {
      const places: Place[] = [];
      const doomed: Bytes[] = [];
      let bytes = 0;
      let reached = sweptTo;
      while (places.length + doomed.length < sliceRecords && reached - sweptTo < HEIGHTS_PER_SLICE) {
        const next = await this.#under.next();
        if (next.done === true) break;
        for (const place of next.value.places) places.push(place);
        for (const key of next.value.keys) doomed.push(key);
        bytes += next.value.bytes;
        reached = next.value.sweptTo ?? reached;
        if (reached >= bodiesFrom) break;
      }
      await this.#delete(places, doomed, bytes, reached);
      if (reached >= bodiesFrom) this.#under = undefined;
      return { heights: reached - sweptTo, bytes, done: reached >= bodiesFrom };
    } catch (error) {
      this.#under = undefined;
      throw error;
    }
  }

  /** Not synced: should it be lost, the next run deletes it again, and if the pointer is there, all before it is. */
  async #delete(places: readonly Place[], doomed: readonly Bytes[], bytes: number, sweptTo: number): Promise<void> {
    const { storage, store, exclusively } = this.#parts;
    await exclusively(async () => {
      const operations: StorageOperation[] = [];
      const stored = await storage.getMany(places.map(({ key }) => key));
      for (const [i, { key, value }] of places.entries()) {
        const found = stored[i];
        if (found !== undefined && bytesEqual(found, value)) operations.push({ type: "del", key });
      }
      for (const key of doomed) operations.push({ type: "del", key });
      const history = { ...store.history, sweptTo, deletedBytes: store.history.deletedBytes + bytes };
      await storage.write([...operations, store.putHistory(history)], { durable: false });
      store.adoptHistory(history);
    });
  }

  async *#deletions(from: number, slicer: Slicer): AsyncGenerator<Deletion, void, void> {
    const { storage, store } = this.#parts;
    for (let height = from; height < store.history.bodiesFrom; height++) {
      if (height === 0) {
        yield { places: [], keys: [], bytes: 0, sweptTo: 1 };
        continue;
      }
      const canonical = store.idAt(height);
      const doomed: Bytes[] = [];
      let bytes = 0;
      for await (const [atHeight] of storage.range(ranges.atHeight(height))) {
        const id = Hash.from(atHeight.slice(9));
        const isCanonical = canonical !== undefined && bytesEqual(canonical, id);
        const [receipts, index] = await storage.getMany([keys.receipts(id), keys.index(id)]);
        bytes += (receipts?.length ?? 0) + sizeOf(id, index);
        doomed.push(keys.block(id), keys.receipts(id));
        if (isCanonical) {
          for (const places of this.#places(id, height, receipts)) {
            yield { places, keys: [], bytes: places.reduce((sum, { key, value }) => sum + key.length + value.length, 0) };
            if (slicer.due()) await slicer.pause();
          }
        } else {
          doomed.push(keys.index(id), atHeight, keys.certificate(id));
          store.forget(id);
        }
      }
      yield { places: [], keys: doomed, bytes, sweptTo: height + 1 };
      if (slicer.due()) await slicer.pause();
    }
  }

  /** Where the block's transactions stand, by its receipts. Damaged ones are told of, and leave places that lead nowhere. */
  *#places(id: Hash, height: number, sealed: Bytes | undefined): Generator<readonly Place[], void, void> {
    if (sealed === undefined) return;
    let index = 0;
    try {
      for (const receipts of decodeReceiptPieces(unseal(`receipts of block ${Hash.key(id)}`, sealed), PIECE_RECEIPTS)) {
        yield receipts.map(({ transactionId }) => ({ key: keys.transaction(transactionId), value: encodeLocation(id, height, index++) }));
      }
    } catch (error) {
      this.#parts.logger.warn(
        { height, reason: messageOf(error) },
        "a pruned block's receipts are damaged: the places of its transactions stay, but are not served",
      );
    }
  }
}

/** Of a block, as its index record says; a damaged one only makes the estimate worse. */
function sizeOf(id: Hash, index: Bytes | undefined): number {
  try {
    return index === undefined ? 0 : decodeIndexRecord(id, index).sizeBytes;
  } catch {
    return 0;
  }
}
