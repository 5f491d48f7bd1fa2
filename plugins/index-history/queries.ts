/** Lookups: each in one view of the index, so that an answer is true at one height. */
import { type Address, type ChainView, type Clock, fromHex, Hash, present, toHex } from "../../core/sdk.js";
import { HistoryCursorUndoneError, HistoryNoAddressesError, HistoryTransactionNotFoundError } from "./errors.js";
import type { HistoryStore } from "./history-store.js";
import type { HistoryView } from "./history-view.js";
import type { HistoryMetrics } from "./metrics.js";
import { type Cursor, completeFrom, PLACE_BYTES, type Place, readPlace, writePlace } from "./records.js";

/** Transactions on one page of an address' history. */
export const PAGE_MAX = 100;
export const PAGE_DEFAULT = 20;

/** Place (9 bytes) and first 8 bytes of the id of its block, hex. */
const CURSOR_BYTES = PLACE_BYTES + 8;
export const PAGE_CURSOR_PATTERN = `^[0-9a-f]{${2 * CURSOR_BYTES}}$`;

/** What an answer is true of. */
export interface Validity {
  /** The newest indexed block; undefined before the first. */
  readonly indexed: { readonly id: Hash; readonly height: number } | undefined;
  readonly completeFrom: number;
}

export interface FoundTransaction extends Place {
  readonly id: Hash;
  readonly blockId: Hash;
  readonly timestampMs: number;
  /** Of its failure; empty when ok. */
  readonly code: string;
  readonly addresses: readonly Address[];
}

export interface AddressPage extends Validity {
  /** Newest first. */
  readonly transactions: readonly FoundTransaction[];
  /** For the next page; undefined at the end. */
  readonly next: string | undefined;
}

export class HistoryQueries {
  readonly #store: HistoryStore;
  readonly #chain: ChainView;
  readonly #clock: Clock;
  readonly #metrics: HistoryMetrics;

  constructor(store: HistoryStore, chain: ChainView, clock: Clock, metrics: HistoryMetrics) {
    this.#store = store;
    this.#chain = chain;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  /** @throws HISTORY_TRANSACTION_NOT_FOUND, HISTORY_CLOSED, HISTORY_DAMAGED, HISTORY_IO */
  transaction(id: Hash): Promise<Validity & { readonly transaction: FoundTransaction }> {
    return this.#read("transaction", (view) => {
      const { cursor } = view;
      const place = view.place(id);
      if (place === undefined)
        throw new HistoryTransactionNotFoundError({
          id: toHex(id),
          indexedHeight: cursor.height,
          completeFrom: completeFrom(cursor),
          headHeight: this.#chain.status().head.header.height,
        });
      return { ...validity(cursor), transaction: transactionAt(view, place) };
    });
  }

  /**
   * @param limit 1 … PAGE_MAX
   * @param after `next` of the page before
   * @throws HISTORY_NO_ADDRESSES, HISTORY_CURSOR_UNDONE, HISTORY_CLOSED, HISTORY_DAMAGED, HISTORY_IO
   */
  ofAddress(address: Address, limit: number, after?: string): Promise<AddressPage> {
    const { tellsAddresses, plugin } = this.#chain.ledger;
    if (!tellsAddresses) throw new HistoryNoAddressesError({ ledger: plugin });
    return this.#read("address", async (view) => {
      const below = after === undefined ? undefined : placeAfter(view, after);
      const places = await view.places(address, below, limit + 1);
      const transactions = places.slice(0, limit).map((place) => transactionAt(view, place));
      const last = transactions.at(-1);
      return { ...validity(view.cursor), transactions, next: places.length > limit && last !== undefined ? cursorOf(last) : undefined };
    });
  }

  async #read<Value>(what: string, read: (view: HistoryView) => Value | Promise<Value>): Promise<Value> {
    const startedMs = this.#clock.monotonicMs();
    try {
      return await this.#store.read(read);
    } finally {
      this.#metrics.querySeconds.observe((this.#clock.monotonicMs() - startedMs) / 1_000, { what });
    }
  }
}

export function validity(cursor: Cursor): Validity {
  return { indexed: cursor.height < 0 ? undefined : { id: cursor.id, height: cursor.height }, completeFrom: completeFrom(cursor) };
}

function transactionAt(view: HistoryView, place: Place): FoundTransaction {
  const block = present(view.block(place.height), "a transaction's block is written with it");
  return { ...place, ...view.transaction(place), blockId: block.id, timestampMs: block.timestampMs };
}

function cursorOf({ blockId, ...place }: FoundTransaction): string {
  const bytes = new Uint8Array(CURSOR_BYTES);
  writePlace(bytes, 0, place);
  bytes.set(blockId.subarray(0, CURSOR_BYTES - PLACE_BYTES), PLACE_BYTES);
  return toHex(bytes);
}

/** As long as its block stands, everything below is as it was when the page before was made. */
function placeAfter(view: HistoryView, cursor: string): Place {
  const bytes = present(fromHex(cursor), "the route's schema checks cursors");
  const place = readPlace(bytes, 0);
  const block = view.block(place.height);
  const start = toHex(bytes.subarray(PLACE_BYTES));
  if (block === undefined || !Hash.key(block.id).startsWith(start)) throw new HistoryCursorUndoneError({ height: place.height });
  return place;
}
