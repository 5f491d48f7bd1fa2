/**
 * The state after a block that lies below the undo horizon, as archive mode can tell it.
 *
 * Storage is searched there, not asked for a key, and a search can't be waited for by a synchronous `get`: so this view answers
 * for what was prefetched, and says so otherwise. There are no pages of old states, so there are no proofs.
 */
import type { StateView } from "../ports/state.js";
import { type Bytes, Hash, toHex } from "../primitives/index.js";
import { NotPrefetchedError, ProofHorizonError, ViewLimitError } from "./errors.js";
import type { KeyText } from "./key-text.js";
import { checkedKey } from "./overlay.js";

/** Keys that one view remembers: bounds its memory. */
const MAX_KEYS = 16_384;
/** Keys that are searched for at once; flushes wait that long at most. */
const KEYS_PER_LOAD = 64;

export class HistoricView implements StateView {
  readonly blockId: Hash;
  readonly root: Hash;
  readonly #height: number;
  readonly #undoFrom: number;
  readonly #load: (texts: readonly KeyText[]) => Promise<ReadonlyMap<KeyText, Bytes | null>>;
  readonly #values = new Map<KeyText, Bytes | null>();

  constructor(
    block: { readonly id: Hash; readonly height: number; readonly root: Hash; readonly undoFrom: number },
    load: (texts: readonly KeyText[]) => Promise<ReadonlyMap<KeyText, Bytes | null>>,
  ) {
    this.blockId = block.id;
    this.root = block.root;
    this.#height = block.height;
    this.#undoFrom = block.undoFrom;
    this.#load = load;
  }

  /** @throws STATE_NOT_PREFETCHED */
  get(key: Bytes): Bytes | undefined {
    const value = this.#values.get(checkedKey(key));
    if (value === undefined) throw new NotPrefetchedError({ blockId: Hash.key(this.blockId), key: toHex(key) });
    return value ?? undefined;
  }

  /** @throws STATE_VIEW_LIMIT beyond 16,384 keys; STATE_DAMAGED; STATE_VIEW_GONE if archive mode ended meanwhile */
  async prefetch(keys: readonly Bytes[]): Promise<void> {
    const missing = [...new Set(keys.map(checkedKey))].filter((text) => !this.#values.has(text));
    if (this.#values.size + missing.length > MAX_KEYS) throw new ViewLimitError({ limit: MAX_KEYS });
    for (let at = 0; at < missing.length; at += KEYS_PER_LOAD) {
      for (const [text, value] of await this.#load(missing.slice(at, at + KEYS_PER_LOAD))) this.#values.set(text, value);
    }
  }

  /** @throws STATE_PROOF_HORIZON always */
  async prove(): Promise<never> {
    throw this.#noProofs();
  }

  /** @throws STATE_PROOF_HORIZON always */
  async proveMany(): Promise<never> {
    throw this.#noProofs();
  }

  /** @throws STATE_PROOF_HORIZON always */
  async proveRange(): Promise<never> {
    throw this.#noProofs();
  }

  #noProofs(): Error {
    return new ProofHorizonError({ height: this.#height, provableFrom: this.#undoFrom });
  }
}
