/**
 * The chain's main road: blocks in and out, accounts read, transactions taken in, blocks executed again after a crash.
 *
 * All of it runs on a node's own chain, state and mempool, over chains of the generator. "Known" signatures are those of
 * transactions that the mempool verified before their block came, as on a node that keeps up; a node that syncs verifies
 * them all. Repetitions that import start at genesis, on a fresh node.
 */
import { availableParallelism } from "node:os";
import { Executor } from "../../core/chain/executor.js";
import { ComputeService } from "../../core/compute/index.js";
import { assert, present } from "../../core/kernel/assert.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import type { Compute } from "../../core/ports/compute.js";
import type { Address } from "../../core/primitives/address.js";
import type { Block } from "../../core/primitives/block.js";
import { encodedBlockBytes, headerRecord } from "../../core/primitives/block-codec.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { StateStore } from "../../core/state/index.js";
import { readAccount } from "../../plugins/ledger-account/accounts.js";
import { SeededNumbers } from "../generator/accounts.js";
import { FreshNodes, type StorageKind } from "../generator/fresh-nodes.js";
import {
  type ChainNode,
  type ChainOptions,
  type ChainPlan,
  GrantingCompute,
  generateChain,
  NEVER_FLUSH,
  planChain,
} from "../generator/index.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const MIB = 2 ** 20;
const clock = new SystemClock();
const scheduler = new SystemScheduler(clock);
/** An executor that builds no blocks takes none from anywhere. */
const NO_TRANSACTIONS = { select: () => [], isVerified: () => true, recheck: () => undefined, onHeadChanged: () => undefined };

const KINDS: readonly StorageKind[] = ["memory", "level"];

interface Chain {
  readonly plan: ChainPlan;
  readonly blocks: readonly Block[];
  readonly transactions: readonly Bytes[];
}

interface Computes {
  /** Verifies signatures in workers. */
  readonly real: Compute;
  /** Takes them for good. */
  readonly granting: Compute;
}

async function chainOf(options: ChainOptions): Promise<Chain> {
  const generated = generateChain(options);
  const blocks: Block[] = [];
  for await (const block of generated) blocks.push(block);
  return { plan: generated.plan, blocks, transactions: blocks.flatMap(({ transactions }) => transactions) };
}

/** All at once, as a sync does: the checks of one block overlap the execution of those before it. */
async function importAll(node: ChainNode, blocks: readonly Block[]): Promise<void> {
  const verdicts = await Promise.all(blocks.map((block) => node.chain.import(block)));
  for (const verdict of verdicts) assert(verdict.status === "imported" && verdict.canonical, `not imported: ${JSON.stringify(verdict)}`);
}

interface ImportCase {
  /** What the blocks are. */
  readonly blocks: string;
  readonly signatures: "known" | "verified" | "none";
  readonly unit: "blocks/s" | "transactions/s";
}

async function imports(context: BenchContext, chain: Chain, computes: Computes, { blocks, signatures, unit }: ImportCase): Promise<void> {
  const nameOf = (kind: StorageKind) => `import ${blocks}${signatures === "none" ? "" : `, signatures ${signatures}`}, ${kind}`;
  for (const kind of KINDS) {
    const nodes = new FreshNodes(context, kind);
    try {
      await context.measure(nameOf(kind), () => importAll(nodes.node, chain.blocks), {
        unit,
        operations: unit === "blocks/s" ? chain.blocks.length : chain.transactions.length,
        ...(kind === "level" ? { reference: nameOf("memory") } : {}),
        before: async () => {
          const node = await nodes.next(chain.plan, signatures === "verified" ? computes.real : computes.granting);
          if (signatures === "known") await node.submit(chain.transactions);
        },
      });
    } finally {
      await nodes.close();
    }
  }
}

/** Nothing but decoding, execution, receipts and state root of one block, as import, production and recovery do it. */
async function execution(context: BenchContext, { plan, blocks }: Chain, { granting }: Computes): Promise<void> {
  const block = present(blocks[0], "the chain has a block");
  const record = headerRecord(block.header);
  const nodes = new FreshNodes(context, "memory");
  const { ledger, consensus } = await nodes.next(plan, granting);
  const { spec } = plan;
  const parts = { storage: nodes.storage, compute: granting, scheduler, logger: SILENT, metrics: UNMETERED };
  const state = new StateStore(parts, { pageCacheBytes: 32 * MIB, valueCacheBytes: 32 * MIB, undoBlocks: 100 });
  await state.open();
  const executor = new Executor({ spec, state, ledger, consensus, compute: granting, clock, scheduler, transactions: NO_TRANSACTIONS });
  const { length } = block.transactions;
  await context.measure(
    "execute a block of 1,000, with root",
    async () => {
      const { receipts } = await executor.execute(block, record, ledger.decodeBlock(block.transactions, spec.rulesAt(1)));
      assert(receipts.length === length, "every transaction has its receipt");
    },
    { unit: "ms" },
  );
  await nodes.close();
}

async function blockStore(context: BenchContext, chain: Chain, { granting }: Computes): Promise<void> {
  const { plan, blocks } = chain;
  const nodes = new FreshNodes(context, "level");
  try {
    const operations = blocks.length;
    const records = blocks.map((block) => {
      const header = { ...headerRecord(block.header), weight: 1n };
      return { header, sizeBytes: encodedBlockBytes(block), transactionCount: block.transactions.length, invalid: false };
    });
    const write = async () => {
      const { store } = nodes.node.chain;
      for (const [i, block] of blocks.entries())
        await store.write(store.storeBlock(block, present(records[i], "each block has one"), undefined));
    };
    const before = async () => void (await nodes.next(plan, granting));
    await context.measure("block write, 100 transfers, durable", write, { unit: "blocks/s", operations, before });
    const { store } = nodes.node.chain;
    const read = () => {
      for (const { header } of records) assert(store.block(header.id)?.transactions.length !== 0, "the block is there");
    };
    await context.measure("block read, 100 transfers", read, { unit: "blocks/s", operations });
  } finally {
    await nodes.close();
  }
}

async function accounts(context: BenchContext, { granting }: Computes): Promise<void> {
  const count = context.quick ? 100 : 100_000;
  const reads = context.quick ? 20 : 20_000;
  const plan = planChain({ blocks: 0, transactions: 0, accounts: 1, holders: count, seed: context.seed });
  const numbers = new SeededNumbers(context.seed);
  const addresses: readonly Address[] = Array.from({ length: reads }, () => plan.addressAt(numbers.below(count)));
  const nodes = new FreshNodes(context, "level");
  const path = await context.directory();
  const readAll = () => {
    const view = present(nodes.node.view.state(), "the head has its state");
    for (const address of addresses) assert(readAccount(view, address).balance > 0n, "every account has a balance");
  };
  const unit = { unit: "accounts/s", operations: reads };
  const reopen = async () => void (await nodes.next(plan, granting, { path }));
  try {
    await context.measure(`account lookup, cold`, readAll, { ...unit, before: reopen });
    await context.measure(`account lookup, warm`, readAll, { ...unit, reference: `account lookup, cold` });
  } finally {
    await nodes.close();
  }
}

async function submissions(context: BenchContext, chain: Chain, { real }: Computes): Promise<void> {
  const nodes = new FreshNodes(context, "level");
  try {
    await context.measure("transaction validation: submit, verify, journal", () => nodes.node.submit(chain.transactions), {
      unit: "transactions/s",
      operations: chain.transactions.length,
      before: async () => void (await nodes.next(chain.plan, real)),
    });
  } finally {
    await nodes.close();
  }
}

/** What a restart after kill -9 does in its process: read and execute every block above the last flush, then one root. */
async function reexecution(context: BenchContext, { plan, blocks }: Chain, { granting }: Computes): Promise<void> {
  const nodes = new FreshNodes(context, "level");
  const kept = { path: await context.directory(), chain: NEVER_FLUSH };
  try {
    const node = await nodes.next(plan, granting, kept);
    await importAll(node, blocks);
    assert(node.view.status().flushedHeight === 0, "nothing was flushed");
    const again = async () => {
      await nodes.node.start();
      assert(nodes.node.view.status().head.header.height === blocks.length, "it came up at the head");
    };
    const name = "re-execute 32 blocks of 1,000 after a crash";
    await context.measure(name, again, { unit: "ms", before: async () => void (await nodes.prepare(plan, granting, kept)) });
  } finally {
    await nodes.close();
  }
}

const suite: BenchSuite = {
  name: "import",
  description: "blocks in and out, accounts read, transactions taken in, blocks executed again after a crash",
  async run(context) {
    const { seed, quick } = context;
    const threads = Math.max(1, availableParallelism() - 1);
    const real = new ComputeService({ clock, scheduler, logger: SILENT, metrics: UNMETERED }, { threads });
    const granting = new GrantingCompute(scheduler, clock);
    const computes: Computes = { real, granting };
    const people = quick ? { accounts: 8 } : { accounts: 2_000, holders: 20_000 };
    try {
      const empty = await chainOf({ blocks: quick ? 2 : 200, transactions: 0, accounts: 1, seed });
      await imports(context, empty, computes, { blocks: "empty blocks", signatures: "none", unit: "blocks/s" });
      const small = await chainOf({ blocks: quick ? 2 : 20, transactions: quick ? 4 : 100, ...people, seed });
      const hundred = { blocks: "blocks of 100", unit: "blocks/s" } as const;
      await imports(context, small, computes, { ...hundred, signatures: "known" });
      await imports(context, small, computes, { ...hundred, signatures: "verified" });
      await blockStore(context, small, computes);
      const large = await chainOf({ blocks: quick ? 2 : 32, transactions: quick ? 8 : 1_000, ...people, seed });
      const few = firstOf(large, quick ? 1 : 4);
      const thousand = { blocks: "blocks of 1,000", unit: "transactions/s" } as const;
      await imports(context, few, computes, { ...thousand, signatures: "known" });
      await imports(context, few, computes, { ...thousand, signatures: "verified" });
      await submissions(context, few, computes);
      await execution(context, large, computes);
      await reexecution(context, large, computes);
      await accounts(context, computes);
    } finally {
      await real.close();
      await granting.close();
      scheduler.close();
    }
  },
};

function firstOf({ plan, blocks }: Chain, count: number): Chain {
  const part = blocks.slice(0, count);
  return { plan, blocks: part, transactions: part.flatMap(({ transactions }) => transactions) };
}

export default suite;
