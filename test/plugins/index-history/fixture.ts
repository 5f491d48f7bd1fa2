/** An index over a scripted chain and a database that dies at a chosen write, as a process does; and the comparison with a naive one. */
import { MemoryLevel } from "memory-level";
import { SystemClock, SystemScheduler } from "../../../core/runtime/index.js";
import { Address, type Cancellable, type Clock, Hash, type Logger, type Metrics, type Scheduler, toHex } from "../../../core/sdk.js";
import { HistoryStore } from "../../../plugins/index-history/history-store.js";
import { Indexer } from "../../../plugins/index-history/indexer.js";
import type { Level } from "../../../plugins/index-history/level.js";
import { historyMetrics } from "../../../plugins/index-history/metrics.js";
import { Pace } from "../../../plugins/index-history/pace.js";
import { Progress } from "../../../plugins/index-history/progress.js";
import { type FoundTransaction, HistoryQueries } from "../../../plugins/index-history/queries.js";
import { NO_METRICS } from "../ledger-account/fixtures.js";
import { addressOf, type Found, type ScriptedChain } from "./scripted-chain.js";

const clock: Clock = new SystemClock();
const real = new SystemScheduler(clock);

/** Rests and waits cost nothing; slices end often, so that everything happens between any two steps. */
export const HURRIED: Scheduler = {
  after(_delayMs: number, callback: () => void): Cancellable {
    const immediate = setImmediate(callback);
    return { cancel: () => clearImmediate(immediate) };
  },
  every: () => ({ cancel: () => undefined }),
  yield: () => real.yield(),
  slicer: () => {
    let calls = 0;
    return { due: () => ++calls % 7 === 0, pause: () => real.yield() };
  },
};

interface BatchOperation {
  readonly type: "put" | "del";
}

/** From write `dieAt` on nothing is written nor answered; `lands` says whether that very write still does. */
export class MortalLevel extends MemoryLevel<Uint8Array, Uint8Array> {
  writes = 0;
  dieAt = Number.POSITIVE_INFINITY;
  lands = false;
  failure: Error | undefined;
  onDeath: () => void = () => undefined;

  constructor() {
    super({ storeEncoding: "view", keyEncoding: "view", valueEncoding: "view" });
  }

  // @ts-expect-error: abstract-level's types leave out what implementations override
  override async _batch(operations: readonly BatchOperation[], options: object): Promise<void> {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    const dies = this.writes++ >= this.dieAt;
    const next = () =>
      (MemoryLevel.prototype as unknown as { _batch(...args: unknown[]): Promise<void> })._batch.call(this, operations, options);
    if (!dies) return next();
    if (this.lands && this.writes === this.dieAt + 1) await next();
    this.onDeath();
    return new Promise(() => undefined);
  }
}

/** What a new process finds on disk. */
export async function survivorOf(dead: MortalLevel): Promise<MortalLevel> {
  const level = new MortalLevel();
  await level.open();
  for (const [key, value] of await dead.iterator().all()) await level.put(key, value);
  level.writes = 0;
  return level;
}

export class Index {
  readonly store: HistoryStore;
  readonly queries: HistoryQueries;
  readonly progress: Progress;
  readonly indexer: Indexer;
  readonly logged: { readonly level: string; readonly message: string; readonly data: Record<string, unknown> }[] = [];
  readonly counted: string[] = [];
  #running = false;

  constructor(
    readonly chain: ScriptedChain,
    readonly level: MortalLevel = new MortalLevel(),
    options: { readonly scheduler?: Scheduler; readonly coveredBytes?: number } = {},
  ) {
    const note = (at: string) => (data: object, message: string) => void this.logged.push({ level: at, message, data: { ...data } });
    const logger = { info: note("info"), warn: note("warn"), error: note("error") } as unknown as Logger;
    const metrics: Metrics = {
      ...NO_METRICS,
      counter: ({ name }) => ({
        increment: (_by, labels) => void this.counted.push(`${name} ${Object.values(labels ?? {}).join()}`.trim()),
      }),
    };
    const view = chain.view();
    const open = async (): Promise<Level> => {
      await level.open();
      return level as unknown as Level;
    };
    this.store = new HistoryStore({
      path: "/data/history.level",
      chainId: "test-1",
      genesisId: chain.at(0).id,
      addresses: chain.tellsAddresses,
      coveredBytes: options.coveredBytes ?? 20_000,
      open,
    });
    const meters = historyMetrics(metrics, () => ({ indexedHeight: 0, behindBlocks: 0, completeFrom: 0, transactions: 0, failing: false }));
    this.progress = new Progress(clock, logger, this.store);
    this.queries = new HistoryQueries(this.store, view, clock, meters);
    const pace = new Pace(clock, options.scheduler ?? HURRIED, 50);
    this.indexer = new Indexer({
      chain: view,
      events: chain,
      store: this.store,
      pace,
      clock,
      logger,
      metrics: meters,
      progress: this.progress,
    });
  }

  async start(): Promise<this> {
    await this.store.open();
    this.indexer.start();
    this.#running = true;
    return this;
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await this.indexer.stop();
    await this.store.close();
  }

  /** Resolves once the index is at the chain's head. */
  async atHead(turns = 20_000): Promise<this> {
    for (let turn = 0; turn < turns; turn++) {
      const { height, id } = this.store.cursor;
      if (height === this.chain.height && Hash.key(id) === Hash.key(this.chain.head.id) && this.progress.state === "following") return this;
      await real.yield();
    }
    throw new Error(`the index is at ${this.store.cursor.height}, the head at ${this.chain.height}: ${JSON.stringify(this.logged.at(-1))}`);
  }

  /** Everything that the index answers. */
  async contents(addresses: number, limit = 3): Promise<{ all: Map<string, Found>; byAddress: Map<string, Found[]> }> {
    const all = new Map<string, Found>();
    const byAddress = new Map<string, Found[]>();
    for (const id of this.chain.everSeen) {
      const found = await this.queries.transaction(Hash.parse(id)).catch((error: { code?: string }) => {
        if (error.code !== "HISTORY_TRANSACTION_NOT_FOUND") throw error;
        return undefined;
      });
      if (found !== undefined) all.set(id, plain(found.transaction));
    }
    for (let index = 0; index < addresses; index++) {
      const list: Found[] = [];
      for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
        const page = await this.queries.ofAddress(addressOf(index), limit, cursor);
        list.push(...page.transactions.map(plain));
        cursor = page.next;
      }
      if (list.length > 0) byAddress.set(Address.key(addressOf(index)), list);
    }
    return { all, byAddress };
  }

  /** How many records there are of each kind: nothing may be left over. */
  async recordCounts(): Promise<Record<number, number>> {
    const counts: Record<number, number> = {};
    for (const key of await this.level.keys().all()) counts[key[0] as number] = (counts[key[0] as number] ?? 0) + 1;
    return counts;
  }
}

const plain = ({ id, blockId, height, position, code, addresses }: FoundTransaction): Found => ({
  id: toHex(id),
  block: toHex(blockId),
  height,
  position,
  code,
  addresses: addresses.map(Address.key),
});
