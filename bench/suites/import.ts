/**
 * The chain's main road: blocks in and out, accounts read, transactions taken in, blocks executed again after a crash.
 *
 * All of it runs on a node's own chain, state and mempool, over chains of the generator. "Known" signatures are those of
 * transactions that the mempool verified before their block came, as on a node that keeps up; a node that syncs verifies
 * them all. Repetitions that import start at genesis, on a fresh node.
 */
import { cp } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Executor } from "../../core/chain/executor.js";
import { ComputeService } from "../../core/compute/index.js";
import { assert, present } from "../../core/kernel/assert.js";
import type { Compute } from "../../core/ports/compute.js";
import type { Address } from "../../core/primitives/address.js";
import type { Block } from "../../core/primitives/block.js";
import { encodedBlockBytes, headerRecord } from "../../core/primitives/block-codec.js";
import type { Bytes } from "../../core/primitives/bytes.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { readAccount } from "../../plugins/ledger-account/accounts.js";
import { SeededNumbers } from "../generator/accounts.js";
import { FreshNodes, type StorageKind } from "../generator/fresh-nodes.js";
import { type ChainNode, type ChainOptions, type ChainPlan, generateChain, GrantingCompute, NEVER_FLUSH, planChain } from "../generator/index.js";
import { SILENT, UNMETERED } from "../quiet.js";
import type { BenchContext, BenchSuite } from "../suite.js";

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
async function execution(context: BenchContext, chain: Chain, { granting }: Computes): Promise<void> {
  const block = present(chain.blocks[0], "the chain has a block");
  const record = headerRecord(block.header);
  const nodes = new FreshNodes(context, "memory");
  const { dependencies } = await nodes.next(chain.plan, granting);
  const { ledger, spec } = dependencies;
  await context.measure(
    `execute one block of ${block.transactions.length}, with root`,
    async () => {
      const batch = ledger.decodeBlock(block.transactions, spec.rulesAt(1));
      await new Executor(dependencies).execute(block, record, batch);
    },
    { unit: "ms" },
  );
  await nodes.close();
}

async function blockStore(context: BenchContext, chain: Chain, { granting }: Computes): Promise<void> {
  const { plan, blocks } = chain;
  const name = `${blocks[0]?.transactions.length} transfers`;
  const nodes = new FreshNodes(context, "level");
  try {
    const operations = blocks.length;
    const records = blocks.map((block) => {
      const header = { ...headerRecord(block.header), weight: 1n };
      return { header, sizeBytes: encodedBlockBytes(block), transactionCount: block.transactions.length, invalid: false };
    });
    const write = async () => {
      const { store } = nodes.node.chain;
      for (const [i, block] of blocks.entries()) await store.write(store.storeBlock(block, present(records[i], "each block has one"), undefined));
    };
    const before = async () => void (await nodes.next(plan, granting));
    await context.measure(`block write, ${name}, durable`, write, { unit: "blocks/s", operations, before });
    const { store } = nodes.node.chain;
    const read = () => {
      for (const { header } of records) assert(store.block(header.id)?.transactions.length !== 0, "the block is there");
    };
    await context.measure(`block read, ${name}`, read, { unit: "blocks/s", operations });
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
    await context.measure(`account lookup, cold, ${count}`, readAll, { ...unit, before: reopen });
    await context.measure(`account lookup, warm, ${count}`, readAll, { ...unit, reference: `account lookup, cold, ${count}` });
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
async function reexecution(context: BenchContext, chain: Chain, { granting }: Computes): Promise<void> {
  const { plan, blocks } = chain;
  const nodes = new FreshNodes(context, "level");
  const path = await context.directory();
  try {
    const node = await nodes.next(plan, granting, { path, chain: NEVER_FLUSH });
    await importAll(node, blocks);
    assert(node.view.status().flushedHeight === 0, "nothing was flushed");
    await nodes.close();
    await context.measure(
      `re-execute ${blocks.length} unflushed blocks of ${blocks[0]?.transactions.length}`,
      async () => {
        await present(waiting, "a node waits").start();
      },
      { unit: "ms", before: async () => {} },
    );
  } finally {
    await nodes.close();
  }
}
