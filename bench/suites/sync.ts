/**
 * Sync: a fresh node takes over the whole chain of another, both in this process, over transport-memory.
 *
 * Everything but the wire is real: dial, Hello, headers first, bodies, signatures, execution, storage. Both nodes share this thread, so
 * the figures hold what serving costs, too. Generating and storing the chain, and opening the fresh node's storage, are not timed.
 */
import { availableParallelism } from "node:os";
import { Value } from "typebox/value";
import { ComputeService } from "../../core/compute/index.js";
import { assert, present } from "../../core/kernel/assert.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { Compute } from "../../core/ports/compute.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../core/runtime/index.js";
import { MemoryTransport, TransportMemoryConfig, type TransportMemoryOptions } from "../../plugins/transport-memory/index.js";
import { type OwnedStorage, type StorageKind, storageOf } from "../generator/fresh-nodes.js";
import { ChainNode, type ChainOptions, type ChainPlan, GrantingCompute, generateBlocks, planChain } from "../generator/index.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);
const HUB = "bench-sync";
const SOURCE = "source";

function transport(name: string): MemoryTransport {
  const options = Value.Default(TransportMemoryConfig, { hub: HUB, name }) as TransportMemoryOptions;
  return new MemoryTransport(options, new SystemEntropy(), scheduler, UNMETERED);
}

/** A started node over a storage of its own. */
class StoredNode {
  readonly node: ChainNode;
  readonly #storage: OwnedStorage;

  private constructor(node: ChainNode, storage: OwnedStorage) {
    this.node = node;
    this.#storage = storage;
  }

  static async open(context: BenchContext, kind: StorageKind, plan: ChainPlan, compute: Compute, name: string): Promise<StoredNode> {
    const storage = storageOf(kind, await context.directory());
    await storage.start();
    const network = name === SOURCE ? {} : { persistent: [`memory://${SOURCE}`] };
    const node = new ChainNode({ plan, storage, compute, transports: [transport(name)], network });
    await node.open();
    return new StoredNode(node, storage);
  }

  async close(): Promise<void> {
    await this.node.stop();
    await this.#storage.stop();
  }
}

/** Begins, and resolves once the head is at `height`. */
async function syncTo({ node }: StoredNode, height: number): Promise<void> {
  const reached = new Promise<void>((resolve) => {
    const end = node.chain.onImported(({ header }) => {
      if (header.height < height) return;
      end();
      resolve();
    });
  });
  await node.begin();
  await reached;
  assert(node.chain.head.header.height === height, "the head is the last block");
}

interface SyncCase {
  readonly name: string;
  readonly kind: StorageKind;
  readonly unit: "blocks/s" | "transactions/s" | "ms";
}

/** Measures each case over the same chain, which one node holds. */
async function syncs(context: BenchContext, options: ChainOptions, compute: Compute, cases: readonly SyncCase[]): Promise<void> {
  const plan = planChain(options);
  const granting = new GrantingCompute(scheduler, clock);
  const source = await StoredNode.open(context, "level", plan, granting, SOURCE);
  for await (const block of generateBlocks(plan)) await source.node.chain.import(block);
  await source.node.begin();
  const amounts = { "blocks/s": options.blocks, "transactions/s": options.blocks * options.transactions, ms: 1 };
  let fresh: StoredNode | undefined;
  let runs = 0;
  try {
    for (const { name, kind, unit } of cases)
      await context.measure(name, () => syncTo(present(fresh, "it was opened before"), options.blocks), {
        unit,
        ...(unit === "ms" ? {} : { operations: amounts[unit] }),
        before: async () => {
          await fresh?.close();
          fresh = await StoredNode.open(context, kind, plan, compute, `fresh-${runs++}`);
        },
      });
  } finally {
    await fresh?.close();
    await source.close();
    await granting.close();
  }
}

const suite: BenchSuite = {
  name: "sync",
  description: "a fresh node takes over the whole chain of another",
  async run(context) {
    const { seed, quick } = context;
    const compute = new ComputeService(
      { clock, scheduler, logger: SILENT, metrics: UNMETERED },
      { threads: Math.max(1, availableParallelism() - 1) },
    );
    try {
      await syncs(context, { blocks: quick ? 3 : 2_000, transactions: 0, accounts: 1, seed }, compute, [
        { name: "empty blocks, memory", kind: "memory", unit: "blocks/s" },
        { name: "empty blocks, level", kind: "level", unit: "blocks/s" },
      ]);
      await syncs(context, { blocks: quick ? 3 : 100, transactions: 0, accounts: 1, seed }, compute, [
        { name: "a chain of 100 empty blocks, level", kind: "level", unit: "ms" },
      ]);
      const people = quick ? { accounts: 8 } : { accounts: 2_000, holders: 20_000 };
      await syncs(context, { blocks: quick ? 2 : 12, transactions: quick ? 8 : 1_000, ...people, seed }, compute, [
        { name: "blocks of 1,000, signatures verified, level", kind: "level", unit: "transactions/s" },
      ]);
    } finally {
      await compute.close();
      scheduler.close();
    }
  },
};

export default suite;
