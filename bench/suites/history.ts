/** The history index: filling in from a node's blocks, and lookups, on a real LevelDB. */
import { join } from "node:path";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { ChainEvents } from "../../core/ports/views.js";
import { Address } from "../../core/primitives/address.js";
import { Hash } from "../../core/primitives/hash.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { HistoryStore } from "../../plugins/index-history/history-store.js";
import { Indexer } from "../../plugins/index-history/indexer.js";
import { openLevel } from "../../plugins/index-history/level.js";
import { historyMetrics } from "../../plugins/index-history/metrics.js";
import { Pace } from "../../plugins/index-history/pace.js";
import { Progress } from "../../plugins/index-history/progress.js";
import { HistoryQueries } from "../../plugins/index-history/queries.js";
import { MemoryStorage } from "../../plugins/storage-memory/memory-storage.js";
import { ChainNode, type ChainPlan, GrantingCompute, generateBlocks, planChain } from "../generator/index.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const PER_BLOCK = 100;
const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);

class Filled {
  readonly store: HistoryStore;
  readonly queries: HistoryQueries;
  readonly #node: ChainNode;

  constructor(node: ChainNode, plan: ChainPlan, directory: string) {
    this.#node = node;
    const path = join(directory, "history.level");
    this.store = new HistoryStore({
      path,
      chainId: plan.spec.chainId,
      genesisId: node.view.status().genesisId,
      addresses: true,
      coveredBytes: 1 << 25,
      open: () => openLevel(path, { cacheBytes: 1 << 23, writeBufferBytes: 1 << 23, checkAtStartBytes: 0 }),
    });
    this.queries = new HistoryQueries(this.store, node.view, clock, this.#metrics());
  }

  #metrics() {
    return historyMetrics(UNMETERED, () => ({ indexedHeight: 0, behindBlocks: 0, completeFrom: 0, transactions: 0, failing: false }));
  }

  /** Indexes the whole chain, with all of the main thread; answers for how long it was held at a time at the 99th percentile, ms. */
  async fill(): Promise<number> {
    const { view: chain } = this.#node;
    const events: ChainEvents = { latest: 0, read: async () => [], onAppended: () => () => undefined };
    const progress = new Progress(clock, SILENT, this.store);
    const pace = new Pace(clock, scheduler, 100);
    const indexer = new Indexer({ chain, events, store: this.store, pace, clock, logger: SILENT, metrics: this.#metrics(), progress });
    indexer.start();
    const holds: number[] = [];
    for (let beforeMs = clock.monotonicMs(); progress.state !== "following"; ) {
      await scheduler.yield();
      const nowMs = clock.monotonicMs();
      // Turns in which nothing was done would hide those in which something was.
      if (nowMs - beforeMs > 1) holds.push(nowMs - beforeMs);
      beforeMs = nowMs;
    }
    await indexer.stop();
    return holds.sort((a, b) => a - b)[Math.floor(holds.length * 0.99)] ?? 0;
  }
}

async function filling(context: BenchContext, node: ChainNode, plan: ChainPlan, blocks: number): Promise<Filled> {
  const rates: number[] = [];
  const holds: number[] = [];
  let last: Filled | undefined;
  for (let round = 0; round < (context.quick ? 1 : 3); round++) {
    await last?.store.close();
    const filled = new Filled(node, plan, join(await context.directory(), String(round)));
    await filled.store.open();
    const startedMs = clock.monotonicMs();
    holds.push(await filled.fill());
    rates.push((1_000 * blocks) / (clock.monotonicMs() - startedMs));
    last = filled;
  }
  context.record(`fill in: blocks of ${PER_BLOCK} transfers`, rates, "blocks/s");
  context.record("fill in: main thread held at a time, p99", holds, "ms");
  if (last === undefined) throw new Error("there was a round");
  return last;
}

async function lookups(context: BenchContext, node: ChainNode, plan: ChainPlan, { queries }: Filled): Promise<void> {
  const ids: Hash[] = [];
  const addresses: Address[] = [];
  const head = node.view.status().head.id;
  for (const piece of node.view.outcomes(head) ?? [])
    for (const { receipt, addresses: concerned = [] } of piece) {
      ids.push(receipt.transactionId);
      addresses.push(...concerned);
    }
  context.log(
    `${plan.options.transactions * plan.options.blocks} transactions, ${Address.format(addresses[0] ?? Address.zero, "cw")} among them`,
  );
  const count = context.quick ? 5 : 2_000;
  let at = 0;
  const next = <Value>(values: readonly Value[]): Value => values[at++ % values.length] as Value;
  const operations = { operations: count };
  await context.measure(
    "look up a transaction",
    async () => {
      for (let made = 0; made < count; made++) await queries.transaction(next(ids));
    },
    { unit: "lookups/s", ...operations },
  );
  const pages = context.quick ? 2 : 200;
  await context.measure(
    "a page of 20 of an address",
    async () => {
      for (let made = 0; made < pages; made++) await queries.ofAddress(next(addresses), 20);
    },
    { unit: "pages/s", operations: pages },
  );
}

const suite: BenchSuite = {
  name: "history",
  description: "index-history: filling in from blocks of 100 transfers, lookups by id and by address",
  async run(context) {
    const blocks = context.quick ? 3 : 300;
    const plan = planChain({ blocks, transactions: context.quick ? 5 : PER_BLOCK, accounts: 1_000, seed: context.seed });
    const storage = new MemoryStorage(UNMETERED);
    await storage.start();
    for await (const _block of generateBlocks(plan, { storage }));
    const compute = new GrantingCompute(scheduler, clock);
    const node = new ChainNode({ plan, storage, compute });
    await node.open();
    try {
      const filled = await filling(context, node, plan, blocks);
      await lookups(context, node, plan, filled);
      await filled.store.close();
    } finally {
      await compute.close();
      await storage.stop();
    }
  },
};

export default suite;
