/** Blocks, receipts, indexes and events in storage: reads with checks, and the operations that a batch is made of. */

import type { TreeHeader } from "../ports/consensus.js";
import type { Storage, StorageOperation, StorageRange } from "../ports/storage.js";
import type { BlockInfo, ChainEvent, TransactionLocation } from "../ports/views.js";
import type { Block } from "../primitives/block.js";
import { decodeBlock, encodeBlock } from "../primitives/block-codec.js";
import type { Bytes } from "../primitives/bytes.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import type { Receipt } from "../primitives/receipt.js";
import { decodeReceipts } from "../primitives/receipt-codec.js";
import { ChainDamagedError, JournalLawError } from "./errors.js";
import {
  decodeEvent,
  decodeHeadPointer,
  decodeHistoryPointer,
  decodeIndexRecord,
  decodeLocation,
  encodeEvent,
  encodeHeadPointer,
  encodeHistoryPointer,
  encodeIndexRecord,
  type HeadPointer,
  type HistoryPointer,
  type IndexRecord,
  keys,
  locationsIn,
  ranges,
  readNumber,
  seal,
  unseal,
  WHOLE_HISTORY,
} from "./records.js";

const put = (key: Bytes, value: Bytes): StorageOperation => ({ type: "put", key, value });
const del = (key: Bytes): StorageOperation => ({ type: "del", key });

/** Headers below the tree that were read lately: ancestors of difficulty rules, API pages. */
const HEADER_CACHE_ENTRIES = 4_096;
/** Laws of `EngineJournal`. */
const JOURNAL_KEY_BYTES_MAX = 64;
const JOURNAL_VALUE_BYTES_MAX = 65_536;
const NO_BYTES = new Uint8Array(0);
/** Stored blocks were checked against the limits of their height when they came in; reading only needs an upper bound. */
const READ_LIMITS = { blockBytes: 1 << 30, transactionBytes: 1 << 30 };

export class BlockStore {
  readonly #storage: Storage;
  readonly #headers = new Map<HashKey, IndexRecord>();
  #history: HistoryPointer = WHOLE_HISTORY;
  #deferred: StorageOperation[] = [];
  /** The write that took what was put off last. */
  #settling: Promise<void> = Promise.resolve();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  // --- reads -------------------------------------------------------------------------------------------------------

  pointer(): HeadPointer | undefined {
    const value = this.#storage.get(keys.pointer("head"));
    return value === undefined ? undefined : decodeHeadPointer(value);
  }

  index(id: Hash): IndexRecord | undefined {
    const key = Hash.key(id);
    const cached = this.#headers.get(key);
    if (cached !== undefined) return cached;
    const value = this.#storage.get(keys.index(id));
    if (value === undefined) return undefined;
    const record = decodeIndexRecord(id, value);
    this.#remember(key, record);
    return record;
  }

  #remember(key: HashKey, record: IndexRecord): void {
    this.#headers.delete(key);
    if (this.#headers.size >= HEADER_CACHE_ENTRIES) {
      const oldest = this.#headers.keys().next().value;
      if (oldest !== undefined) this.#headers.delete(oldest);
    }
    this.#headers.set(key, record);
  }

  /** Its record is deleted. */
  forget(id: Hash): void {
    this.#headers.delete(Hash.key(id));
  }

  header(id: Hash): TreeHeader | undefined {
    return this.index(id)?.header;
  }

  /** What is kept of the past, as of `openHistory` and `adoptHistory`. */
  get history(): HistoryPointer {
    return this.#history;
  }

  /** Reads what an earlier run kept. @throws ChainDamagedError */
  openHistory(): HistoryPointer {
    const value = this.#storage.get(keys.pointer("history"));
    this.#history = value === undefined ? WHOLE_HISTORY : decodeHistoryPointer(value);
    return this.#history;
  }

  /** From now on nothing below its heights is served. Whoever raises them writes the pointer durably first, and deletes after that. */
  adoptHistory(history: HistoryPointer): void {
    this.#history = history;
  }

  /** Whether the body of a block at this height is kept. Genesis' always is. */
  keepsBodyAt(height: number): boolean {
    return height === 0 || height >= this.#history.bodiesFrom;
  }

  /** Whether a block's body may be served: what is being deleted is not, though some of it may be there still. */
  #isKept(id: Hash): boolean {
    if (this.#history.bodiesFrom === 0) return true;
    const height = this.index(id)?.header.header.height;
    return height === undefined || this.keepsBodyAt(height);
  }

  /** Undefined where it is unknown or no longer kept; so are its encoded form and its receipts. */
  block(id: Hash): Block | undefined {
    const encoded = this.encodedBlock(id);
    if (encoded === undefined) return undefined;
    const { block, record } = decodeBlock(encoded, READ_LIMITS);
    if (Hash.key(record.id) !== Hash.key(id)) throw new ChainDamagedError({ record: `block ${Hash.key(id)}`, reason: "it has another id" });
    return block;
  }

  /** The bytes that `encodeBlock` made, checked against their checksum and not decoded. */
  encodedBlock(id: Hash): Bytes | undefined {
    const value = this.#isKept(id) ? this.#storage.get(keys.block(id)) : undefined;
    return value === undefined ? undefined : unseal(`block ${Hash.key(id)}`, value);
  }

  receipts(id: Hash): readonly Receipt[] | undefined {
    const encoded = this.encodedReceipts(id);
    return encoded === undefined ? undefined : decodeReceipts(encoded);
  }

  encodedReceipts(id: Hash): Bytes | undefined {
    const value = this.#isKept(id) ? this.#storage.get(keys.receipts(id)) : undefined;
    return value === undefined ? undefined : unseal(`receipts of block ${Hash.key(id)}`, value);
  }

  certificate(id: Hash): Bytes | undefined {
    const value = this.#storage.get(keys.certificate(id));
    return value === undefined ? undefined : unseal(`certificate of block ${Hash.key(id)}`, value);
  }

  idAt(height: number): Hash | undefined {
    if (!Number.isSafeInteger(height) || height < 0) return undefined;
    const value = this.#storage.get(keys.canonical(height));
    return value === undefined ? undefined : Hash.from(unseal(`canonical id at height ${height}`, value));
  }

  location(transactionId: Hash): TransactionLocation | undefined {
    const value = this.#storage.get(keys.transaction(transactionId));
    const location = value === undefined ? undefined : decodeLocation(`location of transaction ${Hash.key(transactionId)}`, value);
    return location === undefined || !this.keepsBodyAt(location.height) ? undefined : location;
  }

  /** Heights of the canonical blocks that hold these transactions; undefined where none does. */
  async inclusionHeights(transactionIds: readonly Hash[]): Promise<(number | undefined)[]> {
    const values = await this.#storage.getMany(transactionIds.map((id) => keys.transaction(id)));
    return values.map((value) => {
      const height = value === undefined ? undefined : decodeLocation("location of a transaction", value).height;
      return height === undefined || !this.keepsBodyAt(height) ? undefined : height;
    });
  }

  info(id: Hash, canonical: boolean): BlockInfo | undefined {
    const record = this.index(id);
    if (record === undefined || record.invalid) return undefined;
    return {
      record: record.header,
      standing: canonical ? "canonical" : "stale",
      sizeBytes: record.sizeBytes,
      transactionCount: record.transactionCount,
    };
  }

  /** All blocks from `height` upward, on every branch, lowest first. */
  async fromHeight(height: number): Promise<IndexRecord[]> {
    const out: IndexRecord[] = [];
    for await (const [key] of this.#storage.range(ranges.fromHeight(height))) {
      const id = Hash.from(key.slice(9));
      const record = this.index(id);
      if (record === undefined) throw new ChainDamagedError({ record: `index of block ${Hash.key(id)}`, reason: "it is missing" });
      out.push(record);
    }
    return out;
  }

  async events(after: number, limit: number): Promise<ChainEvent[]> {
    const out: ChainEvent[] = [];
    for await (const [key, value] of this.#storage.range({ ...ranges.events, gte: keys.event(after + 1), limit }))
      out.push(decodeEvent(readNumber(key, 1), value));
    return out;
  }

  /** The first of these heights that has no canonical id; undefined if there is none. Looks at keys alone. */
  missingHeight(from: number, to: number): Promise<number | undefined> {
    return this.#gapIn({ gte: keys.canonical(from), lte: keys.canonical(to) }, from, to);
  }

  /** The first of these sequences that has no event; undefined if there is none. Looks at keys alone. */
  missingEvent(from: number, to: number): Promise<number | undefined> {
    return this.#gapIn({ gte: keys.event(from), lte: keys.event(to) }, from, to);
  }

  async #gapIn(range: StorageRange, from: number, to: number): Promise<number | undefined> {
    let next = from;
    for await (const [key] of this.#storage.range(range)) if (readNumber(key, 1) !== next++) return next - 1;
    return next <= to ? next : undefined;
  }

  /** Sequence of the oldest event that is kept; undefined if there is none. */
  /** Whether a canonical id above genesis is there. */
  async hasCanonical(): Promise<boolean> {
    for await (const _ of this.#storage.range({ ...ranges.canonicalFrom(1), limit: 1 })) return true;
    return false;
  }

  /** Whether there are traces of a chain above genesis: a second block, or an event. */
  async isBegun(): Promise<boolean> {
    let blocks = 0;
    for await (const _ of this.#storage.range({ ...ranges.blocks, limit: 2 })) blocks++;
    return blocks > 1 || (await this.oldestEvent()) !== undefined;
  }

  async oldestEvent(): Promise<number | undefined> {
    for await (const [key] of this.#storage.range({ ...ranges.events, limit: 1 })) return readNumber(key, 1);
    return undefined;
  }

  snapshot(): Bytes | undefined {
    const value = this.#storage.get(keys.pointer("snapshot"));
    return value === undefined ? undefined : unseal("engine snapshot", value);
  }

  // --- writes ------------------------------------------------------------------------------------------------------

  async write(operations: readonly StorageOperation[]): Promise<void> {
    const deferred = this.#deferred;
    if (deferred.length === 0) {
      if (operations.length > 0) await this.#storage.write(operations, { durable: true });
      return;
    }
    this.#deferred = [];
    const written = this.#storage.write([...deferred, ...operations], { durable: true });
    this.#settling = written;
    await written;
  }

  /**
   * Puts operations off until the next write, with which they are one: a small block costs one sync with the switch of heads that
   * follows from it. Nothing that is written here later can be durable without them; before anything else is written elsewhere
   * that follows from them, and before anybody is told, `settle`.
   */
  defer(operations: readonly StorageOperation[]): void {
    for (const operation of operations) this.#deferred.push(operation);
  }

  /** Resolves once nothing is put off any more and what was is durable. */
  async settle(): Promise<void> {
    if (this.#deferred.length > 0) await this.write([]);
    else await this.#settling;
  }

  /** A block as it came in: checked, not executed. */
  storeBlock(block: Block, record: IndexRecord, certificate: Bytes | undefined): StorageOperation[] {
    const { id, header } = record.header;
    const operations = [
      put(keys.block(id), seal(encodeBlock(block))),
      put(keys.index(id), encodeIndexRecord(record)),
      put(keys.atHeight(header.height, id), NO_BYTES_VALUE),
    ];
    if (certificate !== undefined) operations.push(put(keys.certificate(id), seal(certificate)));
    return operations;
  }

  markInvalid(record: IndexRecord): StorageOperation[] {
    const marked = { ...record, invalid: true };
    this.#remember(Hash.key(record.header.id), marked);
    return [put(keys.index(record.header.id), encodeIndexRecord(marked))];
  }

  /** @param encodedReceipts all receipts as `encodeReceipts` makes them */
  makeCanonical(header: TreeHeader, transactionIds: readonly Hash[], encodedReceipts: Bytes): StorageOperation[] {
    const operations = [put(keys.canonical(header.header.height), seal(header.id)), put(keys.receipts(header.id), seal(encodedReceipts))];
    const locationOf = locationsIn(header.id, header.header.height);
    for (const [index, id] of transactionIds.entries()) operations.push(put(keys.transaction(id), locationOf(index)));
    return operations;
  }

  /** What `makeCanonical` wrote, but for the receipts. A transaction is in a chain once: no block below has a place to restore. */
  unmakeCanonical(header: TreeHeader, transactionIds: readonly Hash[]): StorageOperation[] {
    return [del(keys.canonical(header.header.height)), ...transactionIds.map((id) => del(keys.transaction(id)))];
  }

  putPointer(pointer: HeadPointer): StorageOperation {
    return put(keys.pointer("head"), encodeHeadPointer(pointer));
  }

  putHistory(history: HistoryPointer): StorageOperation {
    return put(keys.pointer("history"), encodeHistoryPointer(history));
  }

  putEvent(event: ChainEvent): StorageOperation {
    return put(keys.event(event.sequence), encodeEvent(event));
  }

  dropEvent(sequence: number): StorageOperation {
    return del(keys.event(sequence));
  }

  putSnapshot(snapshot: Bytes | undefined): StorageOperation {
    return snapshot === undefined ? del(keys.pointer("snapshot")) : put(keys.pointer("snapshot"), seal(snapshot));
  }

  journal = {
    get: (key: Bytes): Bytes | undefined => {
      const value = this.#storage.get(keys.journal(key));
      return value === undefined ? undefined : unseal("engine journal record", value);
    },
    put: async (key: Bytes, value: Bytes): Promise<void> => {
      if (key.length === 0 || key.length > JOURNAL_KEY_BYTES_MAX)
        throw new JournalLawError({ what: "key", bytes: key.length, limit: JOURNAL_KEY_BYTES_MAX });
      if (value.length > JOURNAL_VALUE_BYTES_MAX)
        throw new JournalLawError({ what: "record", bytes: value.length, limit: JOURNAL_VALUE_BYTES_MAX });
      await this.write([put(keys.journal(key), seal(value))]);
    },
    delete: (key: Bytes): Promise<void> => this.write([del(keys.journal(key))]),
  };
}

/** The by-height index has no content, but an empty value and a missing one look alike to some databases. */
const NO_BYTES_VALUE = seal(NO_BYTES);
