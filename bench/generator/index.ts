/**
 * Generated chains: valid ones, of any size, quickly, the same for the same options.
 *
 * Nothing is imitated: transfers are signed, go through a mempool, are picked, executed and sealed by a real node in this
 * process, which hands each block out once it has imported it. Only the check of signatures is left out, since they were made a
 * moment ago.
 *
 * @example
 * const chain = generateChain({ blocks: 10, transactions: 100, accounts: 50, seed: 1 });
 * for await (const block of chain) await node.chain.import(block);   // node: of chain.plan.spec
 */

import { UNMETERED } from "../../core/kernel/quiet.js";
import type { Clock } from "../../core/ports/runtime.js";
import type { Storage } from "../../core/ports/storage.js";
import type { Block } from "../../core/primitives/block.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { MemoryStorage } from "../../plugins/storage-memory/memory-storage.js";
import { ChainNode, GrantingCompute } from "./chain-node.js";
import { BLOCK_INTERVAL_MS, type ChainOptions, type ChainPlan, planChain } from "./plan.js";
import { TransferMaker } from "./transfers.js";

export { ChainNode, type ChainNodeOptions, GrantingCompute, NEVER_FLUSH } from "./chain-node.js";
export { type ChainOptions, type ChainPlan, type NodePlan, planChain } from "./plan.js";

export interface GeneratedChain extends AsyncIterable<Block> {
  readonly plan: ChainPlan;
}

/** The chain of `options`; its blocks from height 1 on are made as they are asked for, anew for each iteration. @throws RangeError */
export function generateChain(options: ChainOptions): GeneratedChain {
  const plan = planChain(options);
  return { plan, [Symbol.asyncIterator]: () => generateBlocks(plan) };
}

export interface GenerateInto {
  /** Started, empty; keeps the whole chain. Default: memory. */
  readonly storage?: Storage;
  /** Keys of the node config's `node.chain`. */
  readonly chain?: Readonly<Record<string, number | string>>;
}

/** Makes the blocks of a plan, into a storage if one is given. What is not flushed at the end stays so. */
export async function* generateBlocks(plan: ChainPlan, into: GenerateInto = {}): AsyncGenerator<Block, void, void> {
  const clock = new ScheduleClock(plan.options.genesisTimeMs);
  const compute = new GrantingCompute(new SystemScheduler(clock), clock);
  const storage = into.storage ?? (await memory());
  const node = new ChainNode({ plan, storage, compute, clock, ...(into.chain === undefined ? {} : { chain: into.chain }) });
  try {
    await node.start();
    const transfers = new TransferMaker(plan);
    for (let height = 1; height <= plan.options.blocks; height++) {
      clock.height = height;
      await node.submit(transfers.next(plan.options.transactions));
      const block = node.chain.store.block(await node.produce());
      if (block?.transactions.length !== plan.options.transactions)
        throw new Error(`block ${height} has ${block?.transactions.length} transactions instead of ${plan.options.transactions}`);
      yield block;
    }
  } finally {
    await compute.close();
  }
}

async function memory(): Promise<Storage> {
  const storage = new MemoryStorage(UNMETERED);
  await storage.start();
  return storage;
}

/** Says what time it is when a block on schedule is made: timestamps, and so ids, depend on nothing else. */
class ScheduleClock implements Clock {
  readonly #system = new SystemClock();
  readonly #genesisTimeMs: number;
  height = 0;

  constructor(genesisTimeMs: number) {
    this.#genesisTimeMs = genesisTimeMs;
  }

  nowMs(): number {
    return this.#genesisTimeMs + this.height * BLOCK_INTERVAL_MS;
  }

  monotonicMs(): number {
    return this.#system.monotonicMs();
  }
}
