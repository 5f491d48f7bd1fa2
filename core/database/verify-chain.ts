/**
 * Reads every record of the chain again and checks it against whatever it follows from: blocks against their ids and the roots in
 * their headers, receipts against their root, the canonical index against parents, places of transactions against blocks, events
 * against the head.
 */
import { BlockStore } from "../chain/block-store.js";
import {
  decodeEvent,
  decodeIndexRecord,
  decodeLocation,
  type HeadPointer,
  type HistoryPointer,
  type IndexRecord,
  keys,
  readNumber,
  unseal,
} from "../chain/records.js";
import type { Storage } from "../ports/storage.js";
import { decodeBlock, payloadRootOf } from "../primitives/block-codec.js";
import { type Bytes, bytesEqual } from "../primitives/bytes.js";
import { Hash, sha256 } from "../primitives/hash.js";
import { merkleRoot } from "../primitives/merkle.js";
import { decodeReceipts, receiptHash } from "../primitives/receipt-codec.js";
import { chainHashOf, decodeTransaction } from "../primitives/transaction-codec.js";
import { type Findings, Mend } from "./findings.js";
import { mayStop, type Work } from "./work.js";

/** Stored blocks were checked against the limits of their height when they came in. */
const READ_LIMITS = { blockBytes: 1 << 30, transactionBytes: 1 << 30 };
const TRANSACTION_LIMITS = { transactionBytes: 1 << 30, authorizations: 1 << 16 };

export interface ChainSubject {
  readonly storage: Storage;
  readonly chainId: string;
  readonly pointer: HeadPointer;
  readonly headHeight: number;
}

export interface ChainCounts {
  readonly blocks: number;
  readonly transactions: number;
  readonly bytes: number;
  readonly history: HistoryPointer;
}

/** Canonical ids in one piece of memory, by height. */
class CanonicalIds {
  readonly #ids: Uint8Array;
  readonly #known: Uint8Array;
  /** Bit 0: its body was seen; bit 1: its receipts. */
  readonly seen: Uint8Array;

  constructor(readonly heights: number) {
    this.#ids = new Uint8Array(heights * 32);
    this.#known = new Uint8Array(heights);
    this.seen = new Uint8Array(heights);
  }

  set(height: number, id: Hash): void {
    this.#ids.set(id, height * 32);
    this.#known[height] = 1;
  }

  at(height: number): Hash | undefined {
    return this.#known[height] === 1 ? Hash.from(this.#ids.slice(height * 32, height * 32 + 32)) : undefined;
  }

  is(height: number, id: Hash): boolean {
    return this.#known[height] === 1 && bytesEqual(this.#ids.subarray(height * 32, height * 32 + 32), id);
  }
}

/** @throws DATABASE_INTERRUPTED; what storage throws */
export async function verifyChain(subject: ChainSubject, findings: Findings, work: Work): Promise<ChainCounts> {
  return new ChainVerification(subject, findings, work).run();
}

class ChainVerification {
  readonly #subject: ChainSubject;
  readonly #findings: Findings;
  readonly #work: Work;
  readonly #store: BlockStore;
  readonly #canonical: CanonicalIds;
  readonly #chainHash: Hash;
  #blocks = 0;
  #bytes = 0;
  #transactions = 0;
  #locations = 0;

  constructor(subject: ChainSubject, findings: Findings, work: Work) {
    this.#subject = subject;
    this.#findings = findings;
    this.#work = work;
    this.#store = new BlockStore(subject.storage);
    this.#canonical = new CanonicalIds(subject.headHeight + 1);
    this.#chainHash = chainHashOf(subject.chainId);
  }

  async run(): Promise<ChainCounts> {
    const history =
      this.#findings.check("what is kept of the past (history)", Mend.copy, () => this.#store.openHistory()) ?? this.#store.history;
    await this.#canonicalIndex(history);
    await this.#headers(history);
    await this.#bodies(history);
    await this.#receipts();
    this.#missing(history);
    await this.#places();
    await this.#events();
    await this.#others();
    return { blocks: this.#blocks, transactions: this.#transactions, bytes: this.#bytes, history };
  }

  /** All records of a prefix; the key without it. */
  async *#records(title: string, prefix: number): AsyncGenerator<readonly [Bytes, Bytes]> {
    this.#work.progress.stage({ title, unit: "records", total: undefined });
    let count = 0;
    for await (const [key, value] of this.#subject.storage.range({ gte: Uint8Array.of(prefix), lt: Uint8Array.of(prefix + 1) })) {
      if (++count % 64 === 0) mayStop(this.#work, "the check", "anew");
      this.#work.progress.done(1);
      this.#bytes += key.length + value.length;
      yield [key.subarray(1), value];
    }
  }

  async #canonicalIndex(history: HistoryPointer): Promise<void> {
    const { headHeight, pointer } = this.#subject;
    const findings = this.#findings;
    for await (const [key, value] of this.#records("canonical index", 0x03)) {
      const height = readNumber(key, 0);
      const record = `canonical id at height ${height}`;
      const body = findings.check(record, Mend.copy, () => unseal(record, value));
      if (body === undefined) continue;
      if (height > headHeight) findings.add(record, "it is above the head", Mend.copy);
      else this.#canonical.set(height, Hash.from(body.slice()));
    }
    for (let height = history.headersFrom; height <= headHeight; height++)
      if (this.#canonical.at(height) === undefined) findings.add(`canonical id at height ${height}`, "it is missing", Mend.copy);
    if (!this.#canonical.is(headHeight, pointer.head))
      findings.add(`canonical id at height ${headHeight}`, "it is not the head", Mend.copy);
    if (!this.#canonical.is(0, pointer.genesis)) findings.add("canonical id at height 0", "it is not the genesis block", Mend.copy);
  }

  async #headers({ bodiesFrom }: HistoryPointer): Promise<void> {
    const findings = this.#findings;
    const seen = new Uint8Array(this.#canonical.heights);
    for await (const [key, value] of this.#records("headers", 0x02)) {
      const id = Hash.from(key.slice());
      const found = findings.check(`index of block ${Hash.key(id)}`, Mend.copy, () => decodeIndexRecord(id, value));
      if (found === undefined) continue;
      const { height, parent } = found.header.header;
      // Headers that came without a body (a start from a snapshot) are found as canonical ones only.
      const isHeaderOnly = height > 0 && height < bodiesFrom && this.#canonical.is(height, id);
      if (!isHeaderOnly && this.#subject.storage.get(keys.atHeight(height, id)) === undefined)
        findings.add(`block ${Hash.key(id)} by height`, `it is not found at height ${height}`, Mend.copy);
      if (!this.#canonical.is(height, id)) continue;
      seen[height] = 1;
      const below = height === 0 ? undefined : this.#canonical.at(height - 1);
      if (below !== undefined && !bytesEqual(below, parent))
        findings.add(`block ${Hash.key(id)} at height ${height}`, "the canonical block below is not its parent", Mend.copy);
      if (found.invalid) findings.add(`index of block ${Hash.key(id)}`, "it is canonical and marked invalid", Mend.state);
    }
    for (let height = 0; height < seen.length; height++) {
      const id = this.#canonical.at(height);
      if (seen[height] === 0 && id !== undefined)
        findings.add(`index of block ${Hash.key(id)} at height ${height}`, "it is missing", Mend.copy);
    }
  }

  #indexOf(id: Hash): IndexRecord | undefined {
    const value = this.#subject.storage.get(keys.index(id));
    try {
      return value === undefined ? undefined : decodeIndexRecord(id, value);
    } catch {
      // Told already.
      return undefined;
    }
  }

  async #bodies(history: HistoryPointer): Promise<void> {
    const findings = this.#findings;
    for await (const [key, value] of this.#records("blocks", 0x01)) {
      const id = Hash.from(key.slice());
      this.#blocks++;
      const name = `block ${Hash.key(id)}`;
      const read = findings.check(name, Mend.copy, () => decodeBlock(unseal(name, value), READ_LIMITS));
      if (read === undefined) continue;
      const { block, record } = read;
      const { height } = block.header;
      if (!bytesEqual(record.id, id)) {
        findings.add(name, "it has another id", Mend.copy);
        continue;
      }
      if (this.#canonical.is(height, id)) this.#canonical.seen[height] = (this.#canonical.seen[height] ?? 0) | 1;
      if (!bytesEqual(payloadRootOf(block.payload), block.header.payloadRoot))
        findings.add(name, "its payload root does not match", Mend.copy);
      if (!bytesEqual(merkleRoot(block.transactions.map((raw) => sha256(raw))), block.header.transactionsRoot))
        findings.add(name, "its transactions root does not match", Mend.copy);
      const index = this.#indexOf(id);
      if (index === undefined) findings.add(`index of ${name}`, "it is missing, but the block is there", Mend.copy);
      else if (index.transactionCount !== block.transactions.length)
        findings.add(`index of ${name}`, "it counts other transactions", Mend.copy);
      const isKept = height === 0 || height >= history.bodiesFrom;
      if (isKept && this.#canonical.is(height, id)) await this.#placesOf(id, height, block.transactions);
    }
  }

  async #placesOf(id: Hash, height: number, raws: readonly Bytes[]): Promise<void> {
    const findings = this.#findings;
    this.#transactions += raws.length;
    const ids = raws.flatMap((raw) => {
      const read = findings.check(`a transaction of block ${Hash.key(id)}`, Mend.copy, () =>
        decodeTransaction(raw, this.#chainHash, TRANSACTION_LIMITS),
      );
      return read === undefined ? [] : [read.id];
    });
    const values = await this.#subject.storage.getMany(ids.map((each) => keys.transaction(each)));
    for (const [index, value] of values.entries()) {
      const name = `place of transaction ${Hash.key(ids[index] ?? Hash.zero)}`;
      if (value === undefined) {
        findings.add(name, `it is missing; the transaction is in block ${height}`, Mend.transactions);
        continue;
      }
      const place = findings.check(name, Mend.transactions, () => decodeLocation(name, value));
      if (place !== undefined && (place.height !== height || place.index !== index || !bytesEqual(place.blockId, id)))
        findings.add(name, `it names block ${place.height}, index ${place.index} instead of ${height}, ${index}`, Mend.transactions);
    }
  }

  async #receipts(): Promise<void> {
    const findings = this.#findings;
    for await (const [key, value] of this.#records("receipts", 0x04)) {
      const id = Hash.from(key.slice());
      const name = `receipts of block ${Hash.key(id)}`;
      const receipts = findings.check(name, Mend.state, () => decodeReceipts(unseal(name, value)));
      if (receipts === undefined) continue;
      const index = this.#indexOf(id);
      if (index === undefined) continue;
      const { header } = index.header;
      if (this.#canonical.is(header.height, id)) this.#canonical.seen[header.height] = (this.#canonical.seen[header.height] ?? 0) | 2;
      if (!bytesEqual(merkleRoot(receipts.map(receiptHash)), header.receiptsRoot))
        findings.add(name, "their root does not match", Mend.state);
    }
  }

  /** What no record told of, because it is not there. */
  #missing(history: HistoryPointer): void {
    const findings = this.#findings;
    for (let height = 0; height < this.#canonical.heights; height++) {
      if (height !== 0 && height < history.bodiesFrom) continue;
      const id = this.#canonical.at(height);
      const seen = this.#canonical.seen[height] ?? 0;
      if (id === undefined) continue;
      if ((seen & 1) === 0) findings.add(`block ${Hash.key(id)} at height ${height}`, "it is missing or damaged", Mend.copy);
      if ((seen & 2) === 0)
        findings.add(`receipts of block ${Hash.key(id)} at height ${height}`, "they are missing or damaged", Mend.state);
    }
  }

  async #places(): Promise<void> {
    const findings = this.#findings;
    for await (const [key, value] of this.#records("places of transactions", 0x05)) {
      const name = `place of transaction ${Hash.key(Hash.from(key.slice()))}`;
      this.#locations++;
      const place = findings.check(name, Mend.transactions, () => decodeLocation(name, value));
      if (place !== undefined && !this.#canonical.is(place.height, place.blockId))
        findings.add(name, "its block is not canonical", Mend.transactions);
    }
    if (this.#locations > this.#transactions && this.#store.history.bodiesFrom === 0)
      findings.add("places of transactions", `there are ${this.#locations} for ${this.#transactions} transactions`, Mend.transactions);
  }

  async #events(): Promise<void> {
    const findings = this.#findings;
    let expected: number | undefined;
    for await (const [key, value] of this.#records("events", 0x06)) {
      const sequence = readNumber(key, 0);
      if (expected !== undefined && sequence !== expected) findings.add(`event ${expected}`, "it is missing", Mend.copy);
      expected = sequence + 1;
      findings.check(`event ${sequence}`, Mend.copy, () => decodeEvent(sequence, value));
    }
    const { events } = this.#subject.pointer;
    if ((expected ?? 1) - 1 !== events && !(expected === undefined && events === 0))
      findings.add(`event ${events}`, `the last one is ${(expected ?? 1) - 1}`, Mend.copy);
  }

  async #others(): Promise<void> {
    const findings = this.#findings;
    for await (const [key] of this.#records("blocks by height", 0x07)) {
      const id = Hash.from(key.slice(8));
      const index = this.#indexOf(id);
      if (index === undefined) findings.add(`index of block ${Hash.key(id)}`, "it is missing, but found by height", Mend.copy);
      else if (index.header.header.height !== readNumber(key, 0))
        findings.add(`block ${Hash.key(id)} by height`, "it has another height", Mend.copy);
    }
    for await (const [key, value] of this.#records("pointers", 0x08)) {
      const name = `pointer ${Buffer.from(key).toString("latin1")}`;
      findings.check(name, Mend.copy, () => unseal(name, value));
    }
    for await (const [, value] of this.#records("journal of the engine", 0x09))
      findings.check("journal of the engine", Mend.copy, () => unseal("engine journal record", value));
    for await (const [key, value] of this.#records("certificates", 0x0a)) {
      const name = `certificate of block ${Hash.key(Hash.from(key.slice()))}`;
      findings.check(name, Mend.copy, () => unseal(name, value));
    }
  }
}
