/** A validator set as its bytes say it (set-format.ts): who may vote when, with which key, and what the vote weighs. */
import { type Bytes, hashOf } from "./bytes.js";
import { LightClientError } from "./errors.js";
import { SET_ENTRY_BYTES, SET_PIECE_VALIDATORS, SetEntry, setRootOf } from "./set-format.js";

const PUBLIC_KEY_BYTES = 48;

export class ValidatorSet {
  readonly #bytes: Bytes;
  readonly #view: DataView;

  private constructor(
    bytes: Bytes,
    /** 32 bytes, what states commit to. */
    readonly root: Bytes,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Takes a copy. @param maxValidators all indices are below it @throws LightClientError */
  static decode(given: Bytes, maxValidators: number): ValidatorSet {
    const refuse = (reason: string): never => {
      throw new LightClientError("GASPER_LIGHT_ENCODING", { what: "validator set", reason });
    };
    if (given.length === 0 || given.length % SET_ENTRY_BYTES !== 0) refuse(`it has ${given.length} bytes, entries have ${SET_ENTRY_BYTES}`);
    if (given.length / SET_ENTRY_BYTES > maxValidators) refuse(`it has more than ${maxValidators} entries`);
    const bytes = new Uint8Array(given);
    const view = new DataView(bytes.buffer);
    let last = -1;
    for (let at = 0; at < bytes.length; at += SET_ENTRY_BYTES) {
      const index = view.getUint32(at + SetEntry.index);
      if (index <= last) refuse(`validator ${index} comes after ${last}`);
      if ((bytes[at + SetEntry.slashed] as number) > 1) refuse(`validator ${index} is slashed or not`);
      last = index;
    }
    if (last >= maxValidators) refuse(`validator ${last} is not below ${maxValidators}`);
    return new ValidatorSet(bytes, rootOf(bytes, view));
  }

  /** Validators in it. */
  get count(): number {
    return this.#bytes.length / SET_ENTRY_BYTES;
  }

  /** Place of a validator; undefined if it is not in the set. */
  placeOf(index: number): number | undefined {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#view.getUint32(middle * SET_ENTRY_BYTES + SetEntry.index);
      if (found === index) return middle;
      if (found < index) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** 48 bytes, a view. */
  publicKey(place: number): Bytes {
    const at = place * SET_ENTRY_BYTES + SetEntry.publicKey;
    return this.#bytes.subarray(at, at + PUBLIC_KEY_BYTES);
  }

  /** Effective balance, increments, of whoever is known to be active in an epoch; else 0. */
  activeIncrements(place: number, epoch: number): number {
    const at = place * SET_ENTRY_BYTES;
    const isActive = this.#view.getUint32(at + SetEntry.activation) <= epoch && epoch < this.#view.getUint32(at + SetEntry.exit);
    return isActive ? this.#view.getUint16(at + SetEntry.increments) : 0;
  }

  /** What its vote for a target of that epoch weighs: nothing if it was slashed. */
  votingIncrements(place: number, epoch: number): number {
    return this.#bytes[place * SET_ENTRY_BYTES + SetEntry.slashed] === 1 ? 0 : this.activeIncrements(place, epoch);
  }

  /** Of all who are known to be active in an epoch: their number and increments. */
  totals(epoch: number): { readonly validators: number; readonly increments: number } {
    let validators = 0;
    let increments = 0;
    for (let place = 0; place < this.count; place++) {
      const own = this.activeIncrements(place, epoch);
      if (own > 0) validators++;
      // Below 2^20 validators times 2^16 increments.
      increments += own;
    }
    return { validators, increments };
  }
}

function rootOf(bytes: Bytes, view: DataView): Bytes {
  const pieces: Bytes[] = [];
  let at = 0;
  for (let piece = 1; at < bytes.length; piece++) {
    const from = at;
    while (at < bytes.length && view.getUint32(at + SetEntry.index) < piece * SET_PIECE_VALIDATORS) at += SET_ENTRY_BYTES;
    pieces.push(hashOf(bytes.subarray(from, at)));
  }
  return setRootOf(bytes.length / SET_ENTRY_BYTES, pieces, (data) => hashOf(data));
}
