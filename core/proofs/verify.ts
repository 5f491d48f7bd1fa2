/** The verifiers: what is asked, what a proof shows of it, and the root that it has to lead to. */
import { type Bytes, bytesEqual, compareBytes, isBytes } from "./bytes.js";
import { ProofError, type ProofErrorData } from "./errors.js";
import { HASH_BYTES, MAX_KEY_BYTES, MAX_PROOF_KEYS, MAX_RANGE_ENTRIES } from "./limits.js";
import { PathRange, PathSet, type Span } from "./scope.js";
import { type Sha256, TrieHasher } from "./trie.js";
import { type Leaf, ProofWalk, type Question } from "./walk.js";
import { ProofKind, ProofReader } from "./wire.js";

export interface VerifyOptions {
  /** Another SHA-256, where there is a faster one (`node:crypto`). Default: @noble/hashes. */
  readonly sha256?: Sha256;
}

export interface RangeEntry {
  /** SHA-256 of the key, 32 bytes. */
  readonly path: Bytes;
  readonly key: Bytes;
  readonly value: Bytes;
}

export interface VerifiedRange {
  /** All entries from `from` on, by ascending path: up to `to`, or up to `next`. */
  readonly entries: readonly RangeEntry[];
  /** Path of the first entry that is not among these: go on from there. Undefined: there is none up to `to`. */
  readonly next?: Bytes;
}

function checkArgument(holds: boolean, argument: ProofErrorData["PROOF_ARGUMENT_INVALID"]["argument"], reason: string): void {
  if (!holds) throw new ProofError("PROOF_ARGUMENT_INVALID", { argument, reason });
}

function checkHash(value: unknown, argument: "root" | "from" | "to"): void {
  checkArgument(isBytes(value) && value.length === HASH_BYTES, argument, "it is a Uint8Array of 32 bytes");
}

function checkKey(key: unknown): void {
  checkArgument(isBytes(key) && key.length > 0 && key.length <= MAX_KEY_BYTES, "key", "it is a Uint8Array of 1 to 128 bytes");
}

/** Keys and their values. */
class KeysQuestion implements Question<Span> {
  /** By the order of `set.paths`; undefined: absent, as far as the walk did not find it. */
  readonly values: (Bytes | undefined)[] = [];
  readonly top: Span;

  constructor(
    readonly set: PathSet,
    private readonly hasher: TrieHasher,
  ) {
    this.top = set.top;
  }

  child(place: Span, depth: number, bit: 0 | 1): Span | undefined {
    return this.set.child(place, depth, bit);
  }

  take({ first, end }: Span, reader: ProofReader): Leaf {
    const index = first + reader.index(end - first);
    const value = reader.value();
    this.values[index] = value;
    return { path: this.set.paths[index] as Bytes, valueHash: this.hasher.sha256(value) };
  }

  isForeign(place: Span, path: Bytes): boolean {
    return this.set.indexOf(path, place) < 0;
  }
}

/** An interval and all that is in it. */
class RangeQuestion extends PathRange implements Question<number> {
  readonly entries: RangeEntry[] = [];
  /** The leaf of `next` was met. */
  continues = false;

  constructor(
    first: Bytes,
    last: Bytes,
    /** `last`, if it is where the next range begins. */
    private readonly next: Bytes | undefined,
    private readonly hasher: TrieHasher,
  ) {
    super(first, last);
  }

  take(_place: number, reader: ProofReader): Leaf | undefined {
    if (this.entries.length === MAX_RANGE_ENTRIES) throw new ProofError("PROOF_TOO_MANY_ENTRIES", { limit: MAX_RANGE_ENTRIES });
    const key = reader.key();
    const value = reader.value();
    const path = this.hasher.sha256(key);
    if (!this.contains(path) || this.#isNext(path)) return undefined;
    this.entries.push({ path, key, value });
    return { path, valueHash: this.hasher.sha256(value) };
  }

  isForeign(_place: number, path: Bytes): boolean {
    if (!this.#isNext(path)) return !this.contains(path);
    this.continues = true;
    return true;
  }

  #isNext(path: Bytes): boolean {
    return this.next !== undefined && bytesEqual(path, this.next);
  }
}

function requireRoot(root: Bytes, computed: Bytes): void {
  if (!bytesEqual(root, computed)) throw new ProofError("PROOF_ROOT_MISMATCH", { root: hex(root), computed: hex(computed) });
}

function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function verifyKeys(kind: ProofKind, root: Bytes, keys: readonly Bytes[], proof: Bytes, options: VerifyOptions): (Bytes | undefined)[] {
  checkHash(root, "root");
  for (const key of keys) checkKey(key);
  const hasher = new TrieHasher(options.sha256);
  const paths = keys.map((key) => hasher.sha256(key));
  const question = new KeysQuestion(PathSet.of(paths), hasher);
  requireRoot(root, new ProofWalk(new ProofReader(proof, kind), question, hasher).root());
  return paths.map((path) => question.values[question.set.indexOf(path)]);
}

/**
 * The value of `key` in the state with this root; undefined if the proof shows that there is none.
 *
 * @param root 32 bytes, from a header that is trusted
 * @param key 1 to 128 bytes
 * @throws ProofError (PROOF_*): the proof shows nothing
 */
export function verifyProof(root: Bytes, key: Bytes, proof: Bytes, options: VerifyOptions = {}): Bytes | undefined {
  return verifyKeys(ProofKind.single, root, [key], proof, options)[0];
}

/**
 * The values of `keys` in the state with this root, in the order of `keys`; undefined for each that the proof shows to be
 * absent. The order of keys is the caller's own and a key may come twice: the proof is of the set.
 *
 * @param keys 1 to 1,024 of them
 * @throws ProofError (PROOF_*): the proof does not show all of it
 */
export function verifyMultiProof(
  root: Bytes,
  keys: readonly Bytes[],
  proof: Bytes,
  options: VerifyOptions = {},
): readonly (Bytes | undefined)[] {
  const count: unknown = Array.isArray(keys) ? keys.length : 0;
  checkArgument(typeof count === "number" && count > 0 && count <= MAX_PROOF_KEYS, "keys", `there are 1 to ${MAX_PROOF_KEYS} keys`);
  return verifyKeys(ProofKind.multi, root, keys, proof, options);
}

/**
 * All entries of the state with this root whose paths lie from `from` to `to`, both included; or, if the prover reached a
 * limit, from `from` up to `next`, which is then the path of an entry that exists.
 *
 * @param from 32 bytes, like `to`; 32 zero bytes and 32 bytes of 0xff are the whole state
 * @throws ProofError (PROOF_*): the proof does not show all of it
 */
export function verifyRange(root: Bytes, from: Bytes, to: Bytes, proof: Bytes, options: VerifyOptions = {}): VerifiedRange {
  checkHash(root, "root");
  checkHash(from, "from");
  checkHash(to, "to");
  checkArgument(compareBytes(from, to) <= 0, "from", "it is not above `to`");
  const reader = new ProofReader(proof, ProofKind.range);
  const { next } = reader;
  if (next !== undefined && (compareBytes(next, from) <= 0 || compareBytes(next, to) > 0))
    throw new ProofError("PROOF_NEXT_INVALID", { reason: "its next path lies outside of what was asked for" });
  const hasher = new TrieHasher(options.sha256);
  const question = new RangeQuestion(from, next ?? to, next, hasher);
  const computed = new ProofWalk(reader, question, hasher).root();
  if (next !== undefined && !question.continues) throw new ProofError("PROOF_NEXT_INVALID", { reason: "no entry has its next path" });
  if (next !== undefined && question.entries.length === 0)
    throw new ProofError("PROOF_NEXT_INVALID", { reason: "it has no entries itself" });
  requireRoot(root, computed);
  return { entries: question.entries, ...(next === undefined ? {} : { next }) };
}
