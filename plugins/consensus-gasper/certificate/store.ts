/**
 * The last certificates, in memory and in the node's journal, and the validator sets of the newest in memory.
 *
 * A ring of places: certificate n of this node lies at place n mod `KEPT`, in parts that fit into the journal's records. The list of what is
 * where is written after the parts, so that a crash in between leaves the old list with one entry that may not fit: it is left out on reading.
 */
import {
  assert,
  type Bytes,
  bytesEqual,
  type EngineJournal,
  Hash,
  type HashKey,
  putUint32,
  putUint64,
  sha256,
  uint32At,
  uint64At,
} from "../../../core/sdk.js";

/** Certificates kept: with epochs of 32 slots of 12 s, almost seven hours. */
const CERTIFICATES_KEPT = 64;
/** Validator sets kept, and their bytes together at most. */
const SETS_KEPT = 16;
const SETS_BYTES_MAX = 64 * 1_024 * 1_024;
/** Of a record of the journal, less than its 65,536 bytes. */
const PART_BYTES = 60_000;
/** A larger certificate is kept in memory only; a set of 1,000,000 validators votes in about 2 MB. */
const DURABLE_BYTES_MAX = 4_000_000;
const KEY_TAG = new Uint8Array([0x63, 0x65, 0x72, 0x74]);
/** place ‖ epoch ‖ height ‖ slot ‖ voters ‖ voted ‖ active ‖ length ‖ four hashes. */
const ENTRY_BYTES = 4 + 7 * 8 + 4 * 32;

/** A certificate with what is told beside it. */
export interface KeptCertificate {
  readonly epoch: number;
  /** The finalized block. */
  readonly root: Hash;
  readonly height: number;
  readonly slot: number;
  readonly stateRoot: Hash;
  /** Of the validator set that its state commits to. */
  readonly setRoot: Hash;
  readonly voters: number;
  /** By that set. */
  readonly votedIncrements: number;
  readonly activeIncrements: number;
  /** `FinalityCertificate`. */
  readonly bytes: Bytes;
}

export class CertificateStore {
  readonly #journal: EngineJournal;
  /** Ascending by epoch. */
  #certificates: { readonly place: number; readonly certificate: KeptCertificate }[] = [];
  readonly #sets = new Map<HashKey, Bytes>();
  #setBytes = 0;

  constructor(journal: EngineJournal) {
    this.#journal = journal;
    this.#load();
  }

  latest(): KeptCertificate | undefined {
    return this.#certificates.at(-1)?.certificate;
  }

  certificateOf(epoch: number): KeptCertificate | undefined {
    return this.#certificates.find(({ certificate }) => certificate.epoch === epoch)?.certificate;
  }

  /** Ascending. */
  get epochs(): readonly number[] {
    return this.#certificates.map(({ certificate }) => certificate.epoch);
  }

  validatorSet(root: Hash): Bytes | undefined {
    return this.#sets.get(Hash.key(root));
  }

  hasSet(root: Hash): boolean {
    return this.#sets.has(Hash.key(root));
  }

  /** The oldest leave where there are too many. */
  addSet(root: Hash, bytes: Bytes): void {
    const key = Hash.key(root);
    if (this.#sets.has(key)) return;
    this.#sets.set(key, bytes);
    this.#setBytes += bytes.length;
    for (const [oldest, old] of this.#sets) {
      if (oldest === key || (this.#sets.size <= SETS_KEPT && this.#setBytes <= SETS_BYTES_MAX)) return;
      this.#sets.delete(oldest);
      this.#setBytes -= old.length;
    }
  }

  /** Durable when it resolves. @param certificate of a later epoch than all others */
  async add(certificate: KeptCertificate): Promise<void> {
    const last = this.#certificates.at(-1);
    assert(last === undefined || last.certificate.epoch < certificate.epoch, "certificates come in order");
    const place = last === undefined ? 0 : (last.place + 1) % CERTIFICATES_KEPT;
    this.#certificates = [...this.#certificates.filter((kept) => kept.place !== place), { place, certificate }];
    if (certificate.bytes.length > DURABLE_BYTES_MAX) return;
    for (let part = 0; part * PART_BYTES < certificate.bytes.length; part++)
      await this.#journal.put(partKey(place, part), certificate.bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
    await this.#journal.put(KEY_TAG, this.#encodeList());
  }

  #encodeList(): Bytes {
    const durable = this.#certificates.filter(({ certificate }) => certificate.bytes.length <= DURABLE_BYTES_MAX);
    const bytes = new Uint8Array(durable.length * ENTRY_BYTES);
    for (const [position, { place, certificate }] of durable.entries()) encodeEntry(bytes, position * ENTRY_BYTES, place, certificate);
    return bytes;
  }

  #load(): void {
    const list = this.#journal.get(KEY_TAG);
    if (list === undefined || list.length % ENTRY_BYTES !== 0) return;
    for (let at = 0; at < list.length; at += ENTRY_BYTES) {
      const kept = this.#loadEntry(list, at);
      if (kept !== undefined) this.#certificates.push(kept);
    }
  }

  #loadEntry(list: Bytes, at: number) {
    const place = uint32At(list, at);
    const numbers = Array.from({ length: 7 }, (_, i) => Number(uint64At(list, at + 4 + 8 * i)));
    const [epoch, height, slot, voters, votedIncrements, activeIncrements, length] = numbers as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const hashes = at + 4 + 7 * 8;
    const hash = (n: number) => Hash.from(list.slice(hashes + 32 * n, hashes + 32 * (n + 1)));
    const bytes = new Uint8Array(length > DURABLE_BYTES_MAX ? 0 : length);
    for (let part = 0; part * PART_BYTES < bytes.length; part++) {
      const stored = this.#journal.get(partKey(place, part));
      if (stored === undefined || stored.length !== Math.min(PART_BYTES, bytes.length - part * PART_BYTES)) return undefined;
      bytes.set(stored, part * PART_BYTES);
    }
    if (!bytesEqual(sha256(bytes), hash(3))) return undefined;
    const certificate: KeptCertificate = {
      epoch,
      root: hash(0),
      height,
      slot,
      stateRoot: hash(1),
      setRoot: hash(2),
      voters,
      votedIncrements,
      activeIncrements,
      bytes,
    };
    return { place, certificate };
  }
}

function encodeEntry(bytes: Bytes, at: number, place: number, certificate: KeptCertificate): void {
  const { epoch, height, slot, voters, votedIncrements, activeIncrements, root, stateRoot, setRoot } = certificate;
  putUint32(bytes, at, place);
  for (const [i, value] of [epoch, height, slot, voters, votedIncrements, activeIncrements, certificate.bytes.length].entries())
    putUint64(bytes, at + 4 + 8 * i, value);
  const hashes = at + 4 + 7 * 8;
  for (const [i, hash] of [root, stateRoot, setRoot, sha256(certificate.bytes)].entries()) bytes.set(hash, hashes + 32 * i);
}

function partKey(place: number, part: number): Bytes {
  const key = new Uint8Array(KEY_TAG.length + 8);
  key.set(KEY_TAG);
  putUint32(key, KEY_TAG.length, place);
  putUint32(key, KEY_TAG.length + 4, part);
  return key;
}
