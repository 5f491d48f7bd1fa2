/**
 * Reorgs out of the log of chain events.
 *
 * The log holds blocks undone and applied. A reorg is a row of undone ones, tip downward, and the applied ones after it that outweigh what
 * was undone: that is when a reorg is decided, whatever the node applied in the same step. So the same events give the same reorg to
 * everybody, whenever they ask. Where the old branch was given up for a lighter one (a block of it was invalid, an operator rewound the
 * chain), nothing decides it for a while, or ever: what was applied so far is told, up to a bound, and that it is undecided.
 *
 * What it costs is bounded: few reorgs an answer, each of so many blocks (those undone are no more than the state has undo records), so many
 * transactions that are decoded, and a pause after each block.
 */
import { type ChainEvent, ChainwrightError, Hash, type HashKey, present, type Scheduler, toHex } from "../../core/sdk.js";
import { transactionIdsOf } from "./transaction-ids.js";
import type { ApiViews } from "./views.js";

const EVENTS_PER_READ = 1_000;
/** Events that one answer looks at before it leaves the rest to the next. */
const EVENTS_MAX = 10_000;
/** Undone transactions that one answer decodes: some 100 ms of work. */
const TRANSACTIONS_MAX = 20_000;
const LOST_LISTED_MAX = 256;
/**
 * Blocks applied after which a reorg that nothing has decided ends: twice as many as were undone, and no fewer than this. A branch that is
 * heavier only with more blocks than that took a collapse of the difficulty.
 */
const UNDECIDED_APPLIED_MIN = 256;

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
  readonly decided: boolean;
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
  /** Of what was undone; 0: unknown. */
  readonly weight: bigint;
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
    let page = await events.read(next, EVENTS_PER_READ);
    let before = await this.#undoneAt(after);
    for (let seen = 0; ; page = await events.read(next, EVENTS_PER_READ)) {
      for (const event of page) {
        if (row !== undefined && isOver(row, event)) row = undefined;
        // The rest of a reorg within which the cursor stands is not another one.
        before = before !== undefined && isNextDown(before, event) ? event : undefined;
        if (before !== undefined) {
          next = event.sequence;
          seen++;
          continue;
        }
        if (row === undefined && (seen >= EVENTS_MAX || (event.type === "undone" && rows.length >= limit))) return { rows, next };
        if (event.type === "undone") {
          if (row === undefined) {
            row = { undone: [], applied: [], weight: this.#weightOf(event), isDecided: false };
            rows.push(row);
          }
          row.undone.push(event);
        } else if (event.type === "applied" && row !== undefined) {
          row.applied.push(event);
          row.isDecided = this.#outweighs(event, row);
        }
        next = event.sequence;
        seen++;
      }
      if (page.length < EVENTS_PER_READ) return { rows, next };
      await this.#scheduler.yield();
    }
  }

  /** The event at a cursor, if it is one of a block undone; undefined, too, where it is not kept. */
  async #undoneAt(cursor: number): Promise<ChainEvent | undefined> {
    if (cursor === 0) return undefined;
    try {
      const [event] = await this.#views.events.read(cursor - 1, 1);
      return event?.type === "undone" ? event : undefined;
    } catch (error) {
      if (ChainwrightError.is(error) && error.code === "EVENTS_PRUNED") return undefined;
      throw error;
    }
  }

  /** By weight; by height where the engine has no weights or a header is gone. */
  #outweighs(applied: ChainEvent, { undone, weight: old }: Row): boolean {
    const weight = this.#weightOf(applied);
    return weight === 0n || old === 0n ? applied.height > (undone[0]?.height ?? 0) : weight > old;
  }

  #weightOf(event: ChainEvent): bigint {
    return this.#views.chain.blockInfo(event.blockId)?.record.weight ?? 0n;
  }

  async #reorg({ undone, applied, isDecided }: Row, budget: Budget): Promise<Reorg> {
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
      decided: isDecided,
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
  async #idsIn({ blockId }: ChainEvent, budget: Budget): Promise<readonly Hash[] | undefined> {
    const { chain } = this.#views;
    const count = chain.blockInfo(blockId)?.transactionCount;
    if (count === undefined || count > budget.transactions) return undefined;
    if (count === 0) return [];
    budget.transactions -= count;
    const block = await chain.block(blockId);
    await this.#scheduler.yield();
    return block === undefined ? undefined : transactionIdsOf(chain, block);
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
  const { undone, applied, isDecided } = row;
  if (event.type === "applied") return isDecided || applied.length >= Math.max(UNDECIDED_APPLIED_MIN, 2 * undone.length);
  if (event.type !== "undone") return false;
  const lowest = undone.at(-1);
  return applied.length > 0 || lowest === undefined || !isNextDown(lowest, event);
}

function isNextDown(undone: ChainEvent, event: ChainEvent): boolean {
  return event.type === "undone" && event.height === undone.height - 1;
}

function nameOf({ blockId, height }: ChainEvent): BlockName {
  return { hash: toHex(blockId), height };
}
