/** What the tests of stored data share: a chain with transfers, forks and undo, over a storage that can be copied, cut and damaged. */
import { readFacts } from "../../../core/database/facts.js";
import { type Verified, verifyDatabase } from "../../../core/database/verify.js";
import { SILENT_WORK, type Work } from "../../../core/database/work.js";
import type { StorageOperation } from "../../../core/ports/storage.js";
import { CHAIN_ID } from "../../plugins/ledger-account/fixtures.js";
import { BlockMaker, CutStorage, type MadeBlock, scripted, type TestNode, transfer } from "../chain/harness.js";
import { testCompute } from "../state/fixtures.js";

export interface Fixture {
  readonly node: TestNode;
  /** On the canonical chain, from height 1 on. */
  readonly blocks: readonly MadeBlock[];
}

/** Twelve blocks with a transfer each, a side block at height 4, finality five below the head, state flushed to the last but one. */
export async function fixture(): Promise<Fixture> {
  const maker = await BlockMaker.start();
  const node = await scripted({ payloads: true, finalAtDepth: 5 }, { options: { flushAfterBlocks: 3, flushAfterMs: 1e9 } });
  const blocks = await maker.row(maker.genesis, 12, (index) => ({
    transactions: [transfer(0, index, 1), transfer(2, index, index % 8)],
    weight: 9,
  }));
  const side = await maker.extend(blocks[2] ?? maker.genesis, { salt: 7, weight: 1 });
  for (const [index, { block }] of blocks.entries()) {
    await node.chain.import(block);
    if (index === 3) await node.chain.import(side.block);
  }
  await node.stop();
  await maker.node.stop();
  return { node, blocks };
}

export function verified(storage: CutStorage, work: Work = SILENT_WORK): Promise<Verified> {
  return verifyDatabase({ storage, compute: testCompute, chainId: CHAIN_ID, path: "here" }, work);
}

export function factsOf(storage: CutStorage) {
  return readFacts(storage, "here");
}

/** Writes past the counter of writes. */
export async function put(storage: CutStorage, operations: readonly StorageOperation[]): Promise<void> {
  await storage.inner.write(operations, { durable: true });
}

/** Work that is cancelled: at the look after so many. */
export function stopsAfter(looks: number): Work {
  let left = looks;
  return {
    ...SILENT_WORK,
    cancellation: {
      get requested() {
        return left-- <= 0;
      },
    },
  };
}
