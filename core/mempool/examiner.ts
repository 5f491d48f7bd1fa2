/**
 * Asks the ledger about a transaction over the current head, and notes which state its answer depends on.
 *
 * That makes following the head exact and cheap for any ledger: facts are a function of the transaction, the rules, the
 * height and the state that was read, so only who read a changed key is asked again.
 */
import { assert } from "../kernel/assert.js";
import type { Ledger, PoolFacts, TransactionBatch } from "../ports/ledger.js";
import type { StateReader } from "../ports/state.js";
import { Address } from "../primitives/address.js";
import { Height } from "../primitives/amount.js";
import { type Bytes, toLatin1 } from "../primitives/bytes.js";
import { Hash, type HashKey, sha256 } from "../primitives/hash.js";
import type { ChainHead, MempoolChain } from "./chain.js";
import { type Examination, PoolItem } from "./pool-item.js";
import { isRefusal } from "./refusal.js";

/** A state key as the key of a map. */
export function keyText(key: Bytes): string {
  return toLatin1(key);
}

/** Key of a raw transaction in pool and caches: its bytes' hash, not its id, so that a copy with a broken signature poisons nothing. */
export function rawKeyOf(raw: Bytes): HashKey {
  return Hash.key(sha256(raw));
}

class NotingReader implements StateReader {
  readonly keys: string[] = [];
  readonly #view: StateReader;

  constructor(view: StateReader) {
    this.#view = view;
  }

  get(key: Bytes): Bytes | undefined {
    this.keys.push(keyText(key));
    return this.#view.get(key);
  }
}

export class Examiner {
  readonly #ledger: Ledger;
  readonly #chain: MempoolChain;
  /** Keys that `access` names for a block without transactions: every block touches them, and no facts hang on them. */
  #blockKeys: ReadonlySet<string> | undefined;

  constructor(ledger: Ledger, chain: MempoolChain) {
    this.#ledger = ledger;
    this.#chain = chain;
  }

  /**
   * Decodes and examines; `raw` is kept.
   *
   * @throws ENCODING_*, LEDGER_*
   */
  newItem(raw: Bytes, rawKey: HashKey): PoolItem {
    const head = this.#chain.head();
    const { revision } = head.rules;
    const batch = this.#ledger.decodeBlock([raw], head.rules);
    const transaction = batch.transactions[0];
    assert(transaction !== undefined, "a batch of one has one transaction");
    return new PoolItem({ batch, revision }, transaction.id, raw, rawKey, this.#examine(batch, head));
  }

  /**
   * Asks again over the head, and decodes again where its rules are not those under which the item was decoded: an upgrade
   * may allow fewer bytes, or another encoding.
   *
   * @param decoding `again` decodes in any case
   * @throws ENCODING_*, LEDGER_* if it is no longer valid
   */
  examine(item: PoolItem, decoding?: "again"): Examination {
    const head = this.#chain.head();
    const { revision } = head.rules;
    if (decoding === "again" || item.revision !== revision) {
      item.batch = this.#ledger.decodeBlock([item.raw], head.rules);
      item.revision = revision;
    }
    return this.#examine(item.batch, head);
  }

  #examine(batch: TransactionBatch, head: ChainHead): Examination {
    const reader = new NotingReader(head.view);
    const facts = this.#ledger.pool(batch, 0, reader, { height: Height.from(head.height + 1), rules: head.rules });
    checkFacts(facts);
    return { facts, readKeys: reader.keys };
  }

  /** Adds the state keys that these transactions of a block may have changed. Answers false if the ledger can't name them all. */
  addTouched(batch: TransactionBatch, touched: Set<string>): boolean {
    this.#blockKeys ??= new Set(
      this.#ledger
        .access(this.#ledger.decodeBlock([], this.#chain.head().rules), { proposer: Address.zero })
        .keys.map((key) => keyText(key)),
    );
    const { keys, complete } = this.#ledger.access(batch, { proposer: Address.zero });
    for (const key of keys) {
      const text = keyText(key);
      if (!this.#blockKeys.has(text)) touched.add(text);
    }
    return complete;
  }

  /** Undefined for what does not decode under the head's rules: it was in a block under others. */
  decode(raws: readonly Bytes[]): TransactionBatch | undefined {
    try {
      return this.#ledger.decodeBlock(raws, this.#chain.head().rules);
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw error;
    }
  }
}

/** A third-party ledger's answer, checked at the edge, once. */
function checkFacts({ fee, weight, validFrom, validUntil, reserves }: PoolFacts): void {
  assert(fee >= 0n && Number.isSafeInteger(weight) && weight >= 0, "Ledger.pool answers a fee and a weight that are not negative");
  assert(Number.isSafeInteger(validFrom) && Number.isSafeInteger(validUntil), "Ledger.pool answers heights that are integers");
  for (const { amount } of reserves) assert(amount >= 0n, "Ledger.pool answers reserves that are not negative");
}
