/**
 * Proofs as bytes: README.md has the format by tables.
 *
 * A proof is a walk through the trie from the root, a node before its left child, that before its right child. What each
 * node is goes into a string of bits (the shape), what has to be known of it into bytes (the body). Nothing is counted in
 * advance: a reader takes a bit only where the walk needs one, so there is no number that could lie, and nothing is
 * allocated but what the bytes at hand fill.
 */
import { type Bytes, isBytes, isZero } from "./bytes.js";
import { ProofError } from "./errors.js";
import { HASH_BYTES, MAX_KEY_BYTES, MAX_PROOF_BYTES } from "./limits.js";

export const PROOF_VERSION = 1;
/** The second byte of a proof. */
export const ProofKind = { single: 1, multi: 2, range: 3 } as const;
export type ProofKind = (typeof ProofKind)[keyof typeof ProofKind];

const HEAD_BYTES = 2;
const SHAPE_LENGTH_BYTES = 4;
const COMPLETE = 0;
const CONTINUED = 1;

/** Bits that tell one of `count` (≥ 1) indexes. */
function indexBits(count: number): number {
  return 32 - Math.clz32(count - 1);
}

/** Reads a proof in the order of its walk. Throws on the first thing that is not as it must be. */
export class ProofReader {
  /** Range proofs: where the next range begins; undefined if this one is complete. */
  readonly next: Bytes | undefined;
  readonly #bytes: Bytes;
  #bit: number;
  readonly #shapeEnd: number;
  #at = HEAD_BYTES;

  /** @throws PROOF_ARGUMENT_INVALID, PROOF_TOO_LARGE, PROOF_VERSION_UNKNOWN, PROOF_KIND_WRONG, PROOF_TRUNCATED, PROOF_NOT_CANONICAL */
  constructor(proof: unknown, expected: ProofKind) {
    if (!isBytes(proof)) throw new ProofError("PROOF_ARGUMENT_INVALID", { argument: "proof", reason: "it is not a Uint8Array" });
    if (proof.length > MAX_PROOF_BYTES) throw new ProofError("PROOF_TOO_LARGE", { bytes: proof.length, limit: MAX_PROOF_BYTES });
    this.#bytes = proof;
    const [version, found] = proof;
    if (version === undefined || found === undefined) throw new ProofError("PROOF_TRUNCATED", { atByte: proof.length });
    if (version !== PROOF_VERSION) throw new ProofError("PROOF_VERSION_UNKNOWN", { found: version, supported: PROOF_VERSION });
    if (found !== expected) throw new ProofError("PROOF_KIND_WRONG", { found, expected });
    this.next = expected === ProofKind.range ? this.#continuation() : undefined;
    const length = this.#take(SHAPE_LENGTH_BYTES).reduce((value, byte) => value * 256 + byte, 0);
    this.#bit = this.#at * 8;
    this.#take(length);
    this.#shapeEnd = this.#at * 8;
  }

  #continuation(): Bytes | undefined {
    const [flag] = this.#take(1);
    if (flag === COMPLETE) return undefined;
    if (flag !== CONTINUED) throw new ProofError("PROOF_NOT_CANONICAL", { reason: `its flag is ${flag}` });
    return this.#take(HASH_BYTES).slice();
  }

  #take(length: number): Bytes {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new ProofError("PROOF_TRUNCATED", { atByte: this.#bytes.length });
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  bit(): number {
    if (this.#bit === this.#shapeEnd) throw new ProofError("PROOF_TRUNCATED", { atByte: this.#bit >> 3 });
    const bit = ((this.#bytes[this.#bit >> 3] as number) >> (7 - (this.#bit & 7))) & 1;
    this.#bit++;
    return bit;
  }

  /** One of `count` (≥ 1) indexes. */
  index(count: number): number {
    let index = 0;
    for (let bits = indexBits(count); bits > 0; bits--) index = index * 2 + this.bit();
    if (index >= count) throw new ProofError("PROOF_NOT_CANONICAL", { reason: `it names key ${index} of ${count}` });
    return index;
  }

  /** 32 bytes of the body. Not to be kept. */
  hash(): Bytes {
    return this.#take(HASH_BYTES);
  }

  /** The reference of a node that is not opened; undefined: an empty one. */
  sibling(): Bytes | undefined {
    if (this.bit() === 0) return undefined;
    const reference = this.hash();
    if (isZero(reference)) throw new ProofError("PROOF_NOT_CANONICAL", { reason: "an empty sibling is written out" });
    return reference;
  }

  /** A copy. */
  key(): Bytes {
    const [bytes = 0] = this.#take(1);
    if (bytes === 0 || bytes > MAX_KEY_BYTES) throw new ProofError("PROOF_KEY_INVALID", { bytes });
    return this.#take(bytes).slice();
  }

  /** A copy. */
  value(): Bytes {
    const [high = 0, low = 0] = this.#take(2);
    return this.#take(high * 256 + low + 1).slice();
  }

  /** The walk is at its end, and so the proof has to be. */
  end(): void {
    if (this.#shapeEnd - this.#bit >= 8) throw new ProofError("PROOF_TRAILING_BYTES", { bytes: (this.#shapeEnd - this.#bit) >> 3 });
    while (this.#bit < this.#shapeEnd) {
      if (this.bit() !== 0) throw new ProofError("PROOF_NOT_CANONICAL", { reason: "the bits after its shape are not zero" });
    }
    if (this.#at < this.#bytes.length) throw new ProofError("PROOF_TRAILING_BYTES", { bytes: this.#bytes.length - this.#at });
  }
}

/** Bytes that grow. */
class Growing {
  bytes = new Uint8Array(1_024);
  length = 0;

  /** Makes room for `count` more bytes and answers where they begin. */
  #reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return at;
  }

  /** @param byte 0 to 255 */
  push(byte: number): void {
    const at = this.#reserve(1);
    this.bytes[at] = byte;
  }

  append(added: Bytes): void {
    const at = this.#reserve(added.length);
    this.bytes.set(added, at);
  }
}

/** Writes a proof in the order of its walk: the one place besides `ProofReader` that knows the format. */
export class ProofWriter {
  readonly #head: Bytes;
  readonly #shape = new Growing();
  #bits = 0;
  readonly #body = new Growing();

  /** @param next range proofs that are to be continued: the path of the first leaf that is not among the entries */
  constructor(kind: ProofKind, next?: Bytes) {
    const continuation = kind !== ProofKind.range ? [] : next === undefined ? [COMPLETE] : [CONTINUED, ...next];
    this.#head = Uint8Array.from([PROOF_VERSION, kind, ...continuation]);
  }

  /** Bytes of the finished proof so far. */
  get length(): number {
    return this.#head.length + SHAPE_LENGTH_BYTES + this.#shape.length + this.#body.length;
  }

  #bit(bit: 0 | 1): void {
    if ((this.#bits & 7) === 0) this.#shape.push(0);
    if (bit === 1) {
      const at = this.#bits >> 3;
      this.#shape.bytes[at] = (this.#shape.bytes[at] as number) | (0x80 >> (this.#bits & 7));
    }
    this.#bits++;
  }

  /** A node that is not opened; undefined: an empty one. */
  sibling(reference: Bytes | undefined): void {
    this.#bit(reference === undefined ? 0 : 1);
    if (reference !== undefined) this.#body.append(reference);
  }

  inner(): void {
    this.#bit(1);
  }

  empty(): void {
    this.#bit(0);
    this.#bit(0);
  }

  /** A leaf that was not asked for. */
  foreignLeaf(path: Bytes, valueHash: Bytes): void {
    this.#bit(0);
    this.#bit(1);
    this.#bit(0);
    this.#body.append(path);
    this.#body.append(valueHash);
  }

  #ownLeaf(): void {
    this.#bit(0);
    this.#bit(1);
    this.#bit(1);
  }

  /** The leaf of the key with this index among the `count` whose ways end here. */
  keyLeaf(index: number, count: number, value: Bytes): void {
    this.#ownLeaf();
    for (let bit = indexBits(count) - 1; bit >= 0; bit--) this.#bit(((index >> bit) & 1) === 1 ? 1 : 0);
    this.#value(value);
  }

  /** An entry of a range. */
  entryLeaf(key: Bytes, value: Bytes): void {
    this.#ownLeaf();
    this.#body.push(key.length);
    this.#body.append(key);
    this.#value(value);
  }

  #value(value: Bytes): void {
    this.#body.push((value.length - 1) >> 8);
    this.#body.push((value.length - 1) & 255);
    this.#body.append(value);
  }

  finish(): Bytes {
    const out = new Uint8Array(this.length);
    out.set(this.#head);
    let at = this.#head.length;
    new DataView(out.buffer).setUint32(at, this.#shape.length);
    at += SHAPE_LENGTH_BYTES;
    out.set(this.#shape.bytes.subarray(0, this.#shape.length), at);
    out.set(this.#body.bytes.subarray(0, this.#body.length), at + this.#shape.length);
    return out;
  }
}
