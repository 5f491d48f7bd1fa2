/**
 * All that is known of one vote (one committee, one `AttestationData`): single signatures, and aggregates none of which is part of another.
 *
 * Aggregates can be merged only if nobody is in both. Signatures are added up when somebody asks for the sum, because most never are: each
 * costs the decompression of a point.
 */
import { type Bytes, blsAggregateSignatures, compareBytes, type Hash, toLatin1 } from "../../../core/sdk.js";
import { bitsOverlap, countBits, emptyBits, hasBit, isSubsetOf, unionBits } from "../codec/index.js";
import type { Attestation, AttestationData } from "../types.js";
import type { Steps } from "./steps.js";

/** Aggregates kept of one vote; of more those of the fewest voters go. */
const AGGREGATES_MAX = 16;
/** Sums kept until another vote comes. */
const SUMS_MAX = 16;
/** Signatures added up at once: 3 ms. */
const STEP_SIGNATURES = 32;
const INFINITY_FLAG = 0x40;

/** A vote that was checked, with what it was checked against. */
export interface CheckedAttestation {
  readonly attestation: Attestation;
  /** Signing root of its data. */
  readonly root: Hash;
  /** Members in the order of bits; not changed, not copied. */
  readonly committee: Uint32Array;
  /** The block that decides the committees of the target's epoch on its branch. */
  readonly decisionRoot: Hash;
}

interface Signed {
  readonly bits: Bytes;
  readonly signature: Bytes;
}

/** Signatures that can be added up to one attestation. */
export interface VoteCandidate {
  readonly bits: Bytes;
  readonly count: number;
  readonly signatures: readonly Bytes[];
}

export class VoteGroup {
  readonly data: AttestationData;
  readonly root: Hash;
  readonly committee: Uint32Array;
  readonly decisionRoot: Hash;
  /** Signatures by position in the committee. */
  readonly #singles = new Map<number, Bytes>();
  #singleBits: Bytes;
  #aggregates: Signed[] = [];
  readonly #sums = new Map<string, Bytes>();

  constructor({ attestation, root, committee, decisionRoot }: CheckedAttestation) {
    this.data = attestation.data;
    this.root = root;
    this.committee = committee;
    this.decisionRoot = decisionRoot;
    this.#singleBits = emptyBits(committee.length);
  }

  /** What it takes of the pool's room: its aggregates, and one for what single votes make. */
  get entries(): number {
    return this.#aggregates.length + (this.#singles.size > 0 ? 1 : 0);
  }

  /** Voters of the largest part. */
  get weight(): number {
    return Math.max(this.#singles.size, ...this.#aggregates.map(({ bits }) => countBits(bits)));
  }

  /** Answers whether it says something that was not known. @param bits at least one; signature: valid */
  add({ bits, signature }: Signed): boolean {
    const isNew = countBits(bits) === 1 ? this.#addSingle(bits, signature) : this.#addAggregate({ bits, signature });
    if (isNew) this.#sums.clear();
    return isNew;
  }

  /**
   * What attestations can be made: each aggregate, with all others and all single votes that have nobody in common with it. In an order
   * that does not depend on that of arrival.
   */
  candidates(): readonly VoteCandidate[] {
    if (this.#aggregates.length === 0) return this.#singles.size === 0 ? [] : [this.#extend(undefined)];
    const byBits = new Map<string, VoteCandidate>();
    for (const aggregate of this.#aggregates) {
      const candidate = this.#extend(aggregate);
      const key = toLatin1(candidate.bits);
      if (!byBits.has(key)) byBits.set(key, candidate);
    }
    return [...byBits.values()];
  }

  /**
   * Adds a candidate's signatures up, in steps of a few milliseconds; undefined where they cancel each other: two keys of one person may be
   * each other's negatives, and nobody accepts the sum.
   */
  *materialize({ bits, signatures }: VoteCandidate): Steps<Attestation | undefined> {
    const key = toLatin1(bits);
    const known = this.#sums.get(key);
    let signature = known ?? (signatures[0] as Bytes);
    // One signature of one message by these voters: whatever is added to it meanwhile, the sum is the same.
    for (let at = 1; known === undefined && at < signatures.length; at += STEP_SIGNATURES) {
      signature = blsAggregateSignatures([signature, ...signatures.slice(at, at + STEP_SIGNATURES)]);
      yield;
    }
    if (this.#sums.size < SUMS_MAX) this.#sums.set(key, signature);
    if (((signature[0] as number) & INFINITY_FLAG) !== 0) return undefined;
    return { data: this.data, bits, signature };
  }

  #addSingle(bits: Bytes, signature: Bytes): boolean {
    let position = 0;
    while (!hasBit(bits, position)) position++;
    if (this.#singles.has(position)) return false;
    this.#singles.set(position, signature);
    this.#singleBits = unionBits(this.#singleBits, bits);
    return true;
  }

  #addAggregate(added: Signed): boolean {
    if (this.#aggregates.some(({ bits }) => isSubsetOf(added.bits, bits))) return false;
    const kept = this.#aggregates.filter(({ bits }) => !isSubsetOf(bits, added.bits));
    kept.push(added);
    kept.sort((a, b) => countBits(b.bits) - countBits(a.bits) || compareBytes(a.bits, b.bits));
    this.#aggregates = kept.slice(0, AGGREGATES_MAX);
    return this.#aggregates.includes(added);
  }

  #extend(first: Signed | undefined): VoteCandidate {
    let bits: Bytes = first?.bits ?? emptyBits(this.committee.length);
    const signatures: Bytes[] = first === undefined ? [] : [first.signature];
    for (const other of this.#aggregates) {
      if (bitsOverlap(bits, other.bits)) continue;
      bits = unionBits(bits, other.bits);
      signatures.push(other.signature);
    }
    if (!isSubsetOf(this.#singleBits, bits)) {
      for (const [position, signature] of this.#singles) if (!hasBit(bits, position)) signatures.push(signature);
      bits = unionBits(bits, this.#singleBits);
    }
    return { bits, count: countBits(bits), signatures };
  }
}
