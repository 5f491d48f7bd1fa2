/**
 * Reorgs out of the log of chain events.
 *
 * The log holds blocks undone and applied. A reorg is a row of undone ones, tip downward, and the applied ones after it that outweigh what
 * was undone: that is when a reorg is decided, whatever the node applied in the same step. So the same events give the same reorg to
 * everybody, whenever they ask. Where the old branch was given up for a lighter one (a block of it was invalid, an operator rewound the
 * chain), all that was applied before the log's end, or before the next reorg, counts.
 *
 * What it costs is bounded: few reorgs an answer, so many transactions that are decoded, and a pause after each block.
 */
import {
  type ChainEvent,
  ChainwrightError,
  chainHashOf,
  decodeTransaction,
  Hash,
  type HashKey,
  present,
  type Scheduler,
  toHex,
} from "../../core/sdk.js";
import type { ApiViews } from "./views.js";

const EVENTS_PER_READ = 1_000;
/** Events that one answer looks at before it leaves the rest to the next. */
const EVENTS_MAX = 10_000;
/** Undone transactions that one answer decodes: some 100 ms of work. */
const TRANSACTIONS_MAX = 20_000;
const LOST_LISTED_MAX = 256;
const MAX_AUTHORIZATIONS = 255;

interface BlockName {
  readonly hash: string;
  readonly height: number;
}

interface LostTransaction {
  readonly id: string;
  readonly blockHash: string;
  readonly standing: "pending" | "included" | "dropped" | "unknown";
  readonly reason: string | null;
}

export interface Reorg {
  readonly sequence: number;
  readonly lastSequence: number;
  readonly depth: number;
  readonly ancestor: BlockName;
  readonly undone: BlockName[];
  readonly applied: BlockName[];
  readonly lost: LostTransaction[];
  readonly lostCount: number;
  readonly complete: boolean;
}

export interface ReorgPage {
  readonly reorgs: Reorg[];
  readonly next: number;
}

/** Events that make one reorg. */
interface Row {
  readonly undone: ChainEvent[];
  readonly applied: ChainEvent[];
  /** The applied ones outweigh the undone ones. */
  isDecided: boolean;
}

/** What is left of an answer's work. */
interface Budget {
  transactions: number;
}

export class ReorgReader {
  readonly #views: Pick<ApiViews, "chain" | "events" | "mempool">;
  readonly #scheduler: Pick<Scheduler, "yield">;

  constructor(views: Pick<ApiViews, "chain" | "events" | "mempool">, scheduler: Pick<Scheduler, "yield">) {
    this.#views = views;
    this.#scheduler = scheduler;
  }

  /**
   * Reorgs after a cursor (undefined: after the oldest event that is kept), at most `limit`. Looks at some 10,000 events: where `next` is below the newest, there may be more.
   *
   * @throws EVENTS_PRUNED, EVENTS_AHEAD
   */
  async read(after: number | undefined, limit: number): Promise<ReorgPage> {
    const { rows, next } = await this.#rows(after ?? (await this.#oldest()), limit);
    const budget = { transactions: TRANSACTIONS_MAX };
    const reorgs: Reorg[] = [];
    for (const row of rows) reorgs.push(await this.#reorg(row, budget));
    return { reorgs, next };
  }

  /** A cursor from which on all events are kept. */
  async #oldest(): Promise<number> {
    try {
      await this.#views.events.read(0, 1);
      return 0;
    } catch (error) {
      const oldest = ChainwrightError.is(error) && error.code === "EVENTS_PRUNED" ? (error.data as { oldest?: unknown }).oldest : undefined;
      if (typeof oldest !== "number") throw error;
      return oldest - 1;
    }
  }

  async #rows(after: number, limit: number): Promise<{ readonly rows: readonly Row[]; readonly next: number }> {
    const { events } = this.#views;
    const rows: Row[] = [];
    let row: Row | undefined;
    let next = after;
    for (let seen = 0; ; ) {
      const page = await events.read(next, EVENTS_PER_READ);
      for (const event of page) {
        if (row !== undefined && isOver(row, event)) row = undefined;
        if (row === undefined && (seen >= EVENTS_MAX || (event.type === "undone" && rows.length >= limit))) return { rows, next };
        if (event.type === "undone") {
          if (row === undefined) {
            row = { undone: [], applied: [], isDecided: false };
            rows.push(row);
          }
          row.undone.push(event);
        } else if (event.type === "applied" && row !== undefined) {
          row.applied.push(event);
          row.isDecided = this.#outweighs(event, row.undone[0]);
        }
        next = event.sequence;
        seen++;
      }
      if (page.length < EVENTS_PER_READ) return { rows, next };
      await this.#scheduler.yield();
    }
  }

  /** By weight; by height where the engine has no weights or a header is gone. */
  #outweighs(applied: ChainEvent, undone: ChainEvent | undefined): boolean {
    if (undone === undefined) return true;
    const weightOf = (event: ChainEvent) => this.#views.chain.blockInfo(event.blockId)?.record.weight ?? 0n;
    const [weight, old] = [weightOf(applied), weightOf(undone)];
    return weight === 0n || old === 0n ? applied.height > undone.height : weight > old;
  }

  async #reorg({ undone, applied }: Row, budget: Budget): Promise<Reorg> {
    const first = present(undone[0], "a row begins with an undone block");
    const lowest = present(undone.at(-1), "a row begins with an undone block");
    const { lost, complete } = await this.#lost(undone, applied, budget);
    return {
      sequence: first.sequence,
      lastSequence: (applied.at(-1) ?? lowest).sequence,
      depth: undone.length,
      ancestor: this.#ancestor(lowest),
      undone: undone.map(nameOf),
      applied: applied.map(nameOf),
      lost: await this.#standings(lost.slice(0, LOST_LISTED_MAX)),
      lostCount: lost.length,
      complete,
    };
  }

  /** The parent of the lowest undone block; the canonical block below it where its header is gone. */
  #ancestor({ blockId, height }: ChainEvent): BlockName {
    const { chain } = this.#views;
    const id = chain.blockInfo(blockId)?.record.header.parent ?? chain.idAt(height - 1);
    return { hash: id === undefined ? toHex(Hash.zero) : toHex(id), height: height - 1 };
  }

  /** Transactions of the undone blocks, oldest first, that none of the applied ones includes. */
  async #lost(undone: readonly ChainEvent[], applied: readonly ChainEvent[], budget: Budget) {
    const kept = new Set<HashKey>();
    let complete = true;
    for (const event of applied) {
      const ids = await this.#idsIn(event, budget);
      for (const id of ids ?? []) kept.add(Hash.key(id));
      complete &&= ids !== undefined;
    }
    const lost: { readonly id: Hash; readonly block: Hash }[] = [];
    for (const event of [...undone].reverse()) {
      const ids = await this.#idsIn(event, budget);
      for (const id of ids ?? []) if (!kept.has(Hash.key(id))) lost.push({ id, block: event.blockId });
      complete &&= ids !== undefined;
    }
    return { lost, complete };
  }

  /** Undefined where the block is not kept, or the answer has done enough. */
  async #idsIn({ blockId, height }: ChainEvent, budget: Budget): Promise<readonly Hash[] | undefined> {
    const { chain } = this.#views;
    const count = chain.blockInfo(blockId)?.transactionCount;
    if (count === undefined || count > budget.transactions) return undefined;
    if (count === 0) return [];
    budget.transactions -= count;
    const block = await chain.block(blockId);
    await this.#scheduler.yield();
    if (block === undefined) return undefined;
    const chainHash = chainHashOf(chain.spec.chainId);
    const limits = { transactionBytes: chain.spec.rulesAt(height).limits.transactionBytes, authorizations: MAX_AUTHORIZATIONS };
    return block.transactions.map((raw) => decodeTransaction(raw, chainHash, limits).id);
  }

  async #standings(lost: readonly { readonly id: Hash; readonly block: Hash }[]): Promise<LostTransaction[]> {
    const { chain, mempool } = this.#views;
    const told: LostTransaction[] = [];
    for (const { id, block } of lost) {
      const base = { id: toHex(id), blockHash: toHex(block), reason: null };
      if (mempool.get(id) !== undefined) told.push({ ...base, standing: "pending" });
      else if ((await chain.transaction(id)) !== undefined) told.push({ ...base, standing: "included" });
      else {
        const reason = mempool.dropped(id);
        told.push(reason === undefined ? { ...base, standing: "unknown" } : { ...base, standing: "dropped", reason });
      }
    }
    return told;
  }
}

/** Whether an event belongs to a row no more. */
function isOver(row: Row, event: ChainEvent): boolean {
  if (event.type === "applied") return row.isDecided;
  if (event.type !== "undone") return false;
  return row.applied.length > 0 || event.height !== (row.undone.at(-1)?.height ?? 0) - 1;
}

function nameOf({ blockId, height }: ChainEvent): BlockName {
  return { hash: toHex(blockId), height };
}
