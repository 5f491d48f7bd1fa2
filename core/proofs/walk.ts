/**
 * The verifier's walk: rebuilds the root from a proof, and lets nothing pass that an honest trie can't have.
 *
 * Which nodes are opened follows from the scope. Of a sibling the proof gives the reference, and its kind is read from that
 * reference. An opened node's kind is a claim at first, but its reference is made with the bit of that kind, so the root
 * can only be met if each inner node above held a reference of that very kind: an inner node can't pass for a leaf, nor a
 * leaf or a value of 64 bytes for an inner node.
 */
import { type Bytes, sharesBits } from "./bytes.js";
import { ProofError } from "./errors.js";
import { HASH_BYTES, MAX_DEPTH } from "./limits.js";
import type { Scope } from "./scope.js";
import { kindOf, type TrieHasher } from "./trie.js";
import type { ProofReader } from "./wire.js";

export interface Leaf {
  readonly path: Bytes;
  readonly valueHash: Bytes;
}

/** A scope that takes what a proof shows. */
export interface Question<Place> extends Scope<Place> {
  /** Reads a leaf that is offered as one that was asked for, and keeps what it shows. @throws ProofError */
  take(place: Place, reader: ProofReader): Leaf | undefined;
  /** Whether a leaf of this path may stand at `place` as one that was not asked for. */
  isForeign(place: Place, path: Bytes): boolean;
}

/** Walks one proof. */
export class ProofWalk<Place> {
  /** Path bits of the node where the walk is; zero from its depth on. */
  readonly #prefix = new Uint8Array(HASH_BYTES);

  constructor(
    private readonly reader: ProofReader,
    private readonly question: Question<Place>,
    private readonly hasher: TrieHasher,
  ) {}

  /** The root to which the whole proof leads. @throws ProofError */
  root(): Bytes {
    const root = this.#opened(this.question.top, 0);
    this.reader.end();
    return root;
  }

  /** Reference of a node that is opened. Recursion ends at depth 256. */
  #opened(place: Place, depth: number): Bytes {
    if (this.reader.bit() === 1) return this.#inner(place, depth);
    if (this.reader.bit() === 0) return this.hasher.empty;
    const isOwn = this.reader.bit() === 1;
    const leaf = isOwn ? this.question.take(place, this.reader) : this.#foreign(place);
    if (leaf === undefined) {
      const reason = isOwn ? "was not asked for" : "was asked for, so its value has to be shown";
      throw new ProofError("PROOF_LEAF_MISPLACED", { depth, reason });
    }
    if (!sharesBits(leaf.path, this.#prefix, depth))
      throw new ProofError("PROOF_LEAF_MISPLACED", { depth, reason: "has another path than the one that leads to it" });
    return this.hasher.leaf(leaf.path, leaf.valueHash);
  }

  #foreign(place: Place): Leaf | undefined {
    const path = this.reader.hash();
    const valueHash = this.reader.hash();
    return this.question.isForeign(place, path) ? { path, valueHash } : undefined;
  }

  #inner(place: Place, depth: number): Bytes {
    if (depth === MAX_DEPTH) throw new ProofError("PROOF_TOO_DEEP", { depth });
    const left = this.#child(place, depth, 0);
    const at = depth >> 3;
    const bit = 0x80 >> (depth & 7);
    this.#prefix[at] = (this.#prefix[at] as number) | bit;
    const right = this.#child(place, depth, 1);
    this.#prefix[at] = (this.#prefix[at] as number) & ~bit;
    // Two leaves or more: both sides occupied, or an inner node on the one side that is.
    const kinds = [kindOf(left), kindOf(right)];
    if (kinds.includes("empty") && !kinds.includes("inner")) throw new ProofError("PROOF_NODE_HOLLOW", { depth });
    return this.hasher.inner(left, right);
  }

  #child(place: Place, depth: number, bit: 0 | 1): Bytes {
    const below = this.question.child(place, depth, bit);
    return below === undefined ? (this.reader.sibling() ?? this.hasher.empty) : this.#opened(below, depth + 1);
  }
}
