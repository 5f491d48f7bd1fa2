/**
 * The commitment to the validator set, which light clients follow: one hash in state, written at genesis and at the end of each epoch.
 *
 * The set changes with few validators, but its hash is made anew each time: 2 ms for 10,000 validators, less than the epoch's other walks.
 * Format: light-client/set-format.ts. Of the state only what is asked for here, so that its genesis can use this.
 */
import { type Bytes, Hash, type Slicer, sha256, uint32At } from "../../../core/sdk.js";
import { SET_ENTRY_BYTES, SET_PIECE_VALIDATORS, SetEntry, setRootOf } from "../light-client/set-format.js";

interface Column<A> {
  flat(validators: number): A;
  chunk(chunk: number): A;
}

/** `GasperState` is one. */
export interface CommittedState {
  readonly validatorCount: number;
  readonly keys: { readonly commitment: Bytes };
  readonly values: { get(key: Bytes): Bytes | undefined; set(key: Bytes, value: Bytes): void };
  readonly columns: {
    /** Of `SET_PIECE_VALIDATORS` validators a chunk. */
    readonly publicKeys: Column<Uint8Array>;
    readonly epochs: Column<Uint32Array>;
    readonly effective: Column<Uint16Array>;
    readonly slashed: Column<Uint8Array>;
  };
}

const PUBLIC_KEY_BYTES = 48;
// Elements of a validator in the column `epochs`, and which of them are activation and exit (state/columns.ts).
const EPOCH_FIELDS = 4;
const ACTIVATION = 1;
const EXIT = 2;

/** Root of the set that the state committed to last. */
export function committedSetRoot(state: Pick<CommittedState, "keys" | "values">): Hash | undefined {
  const value = state.values.get(state.keys.commitment);
  return value === undefined ? undefined : Hash.from(value);
}

/** Commits to the set of `epoch`: at the end of the one before. */
export async function commitValidatorSet(state: CommittedState, epoch: number, slicer: Slicer): Promise<void> {
  const hasher = new SetHasher();
  for (const piece of setPieces(state, epoch)) {
    hasher.add(piece);
    if (slicer.due()) await slicer.pause();
  }
  state.values.set(state.keys.commitment, hasher.root());
}

/** The same at once, for genesis. */
export function commitValidatorSetSync(state: CommittedState, epoch: number): void {
  const hasher = new SetHasher();
  for (const piece of setPieces(state, epoch)) hasher.add(piece);
  state.values.set(state.keys.commitment, hasher.root());
}

/** The whole set, as light clients take it. */
export async function encodeValidatorSet(state: CommittedState, epoch: number, slicer: Slicer): Promise<Bytes> {
  const pieces: Bytes[] = [];
  let length = 0;
  for (const piece of setPieces(state, epoch)) {
    pieces.push(piece.slice());
    length += piece.length;
    if (slicer.due()) await slicer.pause();
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Root of a set as `encodeValidatorSet` makes it. */
export function encodedSetRoot(bytes: Bytes): Hash {
  const hasher = new SetHasher();
  let at = 0;
  for (let piece = 1; at < bytes.length; piece++) {
    const from = at;
    while (at < bytes.length && uint32At(bytes, at) < piece * SET_PIECE_VALIDATORS) at += SET_ENTRY_BYTES;
    hasher.add(bytes.subarray(from, at));
  }
  return Hash.from(hasher.root());
}

class SetHasher {
  readonly #pieces: Bytes[] = [];
  #entries = 0;
  /** Pieces up to the last one with an entry. */
  #used = 0;

  add(piece: Bytes): void {
    this.#pieces.push(sha256(piece));
    this.#entries += piece.length / SET_ENTRY_BYTES;
    if (piece.length > 0) this.#used = this.#pieces.length;
  }

  root(): Bytes {
    return setRootOf(this.#entries, this.#pieces.slice(0, this.#used), sha256);
  }
}

/**
 * One after another in the same memory: each is good until the next is asked for. 100,000 validators are six megabytes, which as arrays of
 * their own would have the garbage collector at work in the middle of it.
 */
function* setPieces({ validatorCount, columns }: CommittedState, epoch: number): Generator<Bytes> {
  const epochs = columns.epochs.flat(validatorCount);
  const effective = columns.effective.flat(validatorCount);
  const slashed = columns.slashed.flat(validatorCount);
  const bytes = new Uint8Array(SET_PIECE_VALIDATORS * SET_ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  for (let first = 0; first < validatorCount; first += SET_PIECE_VALIDATORS) {
    const keys = columns.publicKeys.chunk(first / SET_PIECE_VALIDATORS);
    const count = Math.min(SET_PIECE_VALIDATORS, validatorCount - first);
    let at = 0;
    for (let place = 0; place < count; place++) {
      const index = first + place;
      const exit = epochs[index * EPOCH_FIELDS + EXIT] as number;
      if (exit <= epoch) continue;
      view.setUint32(at + SetEntry.index, index);
      copyKey(keys, place * PUBLIC_KEY_BYTES, bytes, at + SetEntry.publicKey);
      view.setUint16(at + SetEntry.increments, effective[index] as number);
      view.setUint32(at + SetEntry.activation, epochs[index * EPOCH_FIELDS + ACTIVATION] as number);
      view.setUint32(at + SetEntry.exit, exit);
      bytes[at + SetEntry.slashed] = slashed[index] as number;
      at += SET_ENTRY_BYTES;
    }
    yield bytes.subarray(0, at);
  }
}

/** Byte by byte: a view of each key would be more work than its bytes. */
function copyKey(keys: Bytes, from: number, into: Bytes, at: number): void {
  for (let i = 0; i < PUBLIC_KEY_BYTES; i++) into[at + i] = keys[from + i] as number;
}
