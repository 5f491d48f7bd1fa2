/**
 * An ordered map of byte strings in memory: a hash map for what is asked by key, and its keys sorted, in pieces small enough that an
 * insertion moves little.
 *
 * Keys are kept as strings of one character a byte, whose order is that of the bytes.
 */
import { type Bytes, toLatin1 } from "../../sdk.js";

const PIECE_KEYS_MAX = 512;

export type KeyText = string;

export const keyText = (key: Bytes): KeyText => toLatin1(key);

export function keyBytes(text: KeyText): Bytes {
  const key = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) key[i] = text.charCodeAt(i);
  return key;
}

export interface KeyRange {
  readonly gte?: KeyText | undefined;
  readonly gt?: KeyText | undefined;
  readonly lte?: KeyText | undefined;
  readonly lt?: KeyText | undefined;
}

export class OrderedMap {
  readonly #values = new Map<KeyText, Bytes>();
  /** Not empty but for the only one; each sorted, and all before the next. */
  #pieces: KeyText[][] = [[]];

  get size(): number {
    return this.#values.size;
  }

  get(key: KeyText): Bytes | undefined {
    return this.#values.get(key);
  }

  set(key: KeyText, value: Bytes): void {
    if (!this.#values.has(key)) this.#insert(key);
    this.#values.set(key, value);
  }

  delete(key: KeyText): void {
    if (!this.#values.delete(key)) return;
    const piece = this.#pieces[this.#pieceOf(key)] as KeyText[];
    piece.splice(lowerBound(piece, key), 1);
    if (piece.length === 0 && this.#pieces.length > 1) this.#pieces = this.#pieces.filter((each) => each !== piece);
  }

  /** In order; at most `limit`, from either end. */
  keys({ gte, gt, lte, lt }: KeyRange, isReverse: boolean, limit: number): KeyText[] {
    const from = gt !== undefined && (gte === undefined || gt >= gte) ? after(gt) : (gte ?? "");
    const until = lt !== undefined && (lte === undefined || lt <= lte) ? lt : lte === undefined ? undefined : after(lte);
    const out: KeyText[] = [];
    if (until !== undefined && until <= from) return out;
    if (isReverse) this.#collectDown(from, until, limit, out);
    else this.#collectUp(from, until, limit, out);
    return out;
  }

  #collectUp(from: KeyText, until: KeyText | undefined, limit: number, out: KeyText[]): void {
    for (let at = this.#pieceOf(from); at < this.#pieces.length; at++) {
      const piece = this.#pieces[at] as KeyText[];
      for (let i = lowerBound(piece, from); i < piece.length; i++) {
        const key = piece[i] as KeyText;
        if (out.length >= limit || (until !== undefined && key >= until)) return;
        out.push(key);
      }
    }
  }

  #collectDown(from: KeyText, until: KeyText | undefined, limit: number, out: KeyText[]): void {
    const last = until === undefined ? this.#pieces.length - 1 : this.#pieceOf(until);
    for (let at = last; at >= 0; at--) {
      const piece = this.#pieces[at] as KeyText[];
      for (let i = (until === undefined ? piece.length : lowerBound(piece, until)) - 1; i >= 0; i--) {
        const key = piece[i] as KeyText;
        if (out.length >= limit || key < from) return;
        out.push(key);
      }
    }
  }

  #insert(key: KeyText): void {
    const at = this.#pieceOf(key);
    const piece = this.#pieces[at] as KeyText[];
    piece.splice(lowerBound(piece, key), 0, key);
    if (piece.length > PIECE_KEYS_MAX) this.#pieces.splice(at + 1, 0, piece.splice(PIECE_KEYS_MAX / 2));
  }

  /** The piece that a key is in, or belongs into. */
  #pieceOf(key: KeyText): number {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle]?.[0] ?? "") <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The first text behind `key`. */
function after(key: KeyText): KeyText {
  return `${key}\0`;
}

function lowerBound(keys: readonly KeyText[], key: KeyText): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as KeyText) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
