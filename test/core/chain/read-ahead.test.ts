/** Values are loaded beside the signature checks: before execution begins, within bounds, and without a say in the verdict. */
import t from "tap";
import { chainMetrics } from "../../../core/chain/metrics.js";
import { ReadAhead } from "../../../core/chain/read-ahead.js";
import { Stages } from "../../../core/chain/stages.js";
import type { Compute } from "../../../core/ports/compute.js";
import type { TransactionBatch } from "../../../core/ports/ledger.js";
import type { StateView } from "../../../core/ports/state.js";
import type { Block } from "../../../core/primitives/block.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { NO_METRICS, SILENT } from "../../plugins/ledger-account/fixtures.js";
import { accountLedger, BlockMaker, CutStorage, idOf, importAll, type MadeBlock, scripted, TestTime, transfer, worded } from "./harness.js";

/** Flat records of state values. */
const VALUES = 0x20;

/** Counts what is read of the state's values: many at a time, and one by one. */
class CountedStorage extends CutStorage {
  together = 0;
  single = 0;
  /** Thrown by calls that read many. */
  togetherFailure: Error | undefined;

  override get(at: Bytes): Bytes | undefined {
    if (at[0] === VALUES) this.single++;
    return super.get(at);
  }

  override async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    if (this.togetherFailure !== undefined) throw this.togetherFailure;
    this.together += keys.filter((key) => key[0] === VALUES).length;
    return super.getMany(keys);
  }
}

/** A node whose caches are empty, over a state on disk; its signatures are held until `verify`. */
async function coldNode(storage: CountedStorage) {
  let verify: () => void = () => undefined;
  let waiting = 0;
  const held = new Promise<void>((resolve) => {
    verify = resolve;
  });
  const granted: Compute["verifySignatures"] = async ({ count }) => {
    waiting++;
    await held;
    return new Uint8Array((count + 7) >> 3).fill(0xff);
  };
  /** What had been read when each execution began, and what each read. */
  const executions: { readonly togetherBefore: number; readonly single: number }[] = [];
  const ledger = accountLedger();
  const execute = ledger.execute.bind(ledger);
  ledger.execute = async (...args) => {
    const [together, single] = [storage.together, storage.single];
    const outcome = await execute(...args);
    executions.push({ togetherBefore: together, single: storage.single - single });
    return outcome;
  };
  const node = await scripted({}, { storage, ledger, compute: { verifySignatures: granted } });
  storage.together = 0;
  storage.single = 0;
  return { node, verify, executions, waiting: () => waiting };
}

async function chainOnDisk(): Promise<{ storage: CutStorage; next: readonly MadeBlock[] }> {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 2, (index) => ({ transactions: [0, 1, 2].map((from) => transfer(from, index, from + 4)) }));
  const node = await scripted();
  await importAll(node, trunk);
  await node.stop();
  const next = await maker.row(trunk[1] as MadeBlock, 3, (index) => ({
    transactions: [0, 1, 2].map((from) => transfer(from, index + 2, from + 4 + (index % 2))),
  }));
  return { storage: node.storage, next };
}

t.test("what a block touches is loaded while its signatures are verified", async (t) => {
  const { storage, next } = await chainOnDisk();
  const counted = new CountedStorage((await storage.copied()).inner);
  const { node, verify, executions, waiting } = await coldNode(counted);
  const verdict = node.chain.import((next[0] as MadeBlock).block);
  while (waiting() === 0) await node.time.yield();
  await node.rest();
  const loaded = counted.together;
  t.ok(loaded >= 6, `${loaded} values were read before any signature was found good`);
  verify();
  t.equal(worded(await verdict), "imported");
  t.strictSame(executions, [{ togetherBefore: loaded, single: 0 }], "execution reads nothing more");
  await node.stop();
});

t.test("blocks whose parent is not executed yet: the disk's values are loaded over the head", async (t) => {
  const { storage, next } = await chainOnDisk();
  const counted = new CountedStorage((await storage.copied()).inner);
  const { node, verify, executions, waiting } = await coldNode(counted);
  const verdicts = next.map(({ block }) => node.chain.import(block));
  while (waiting() < 3) await node.time.yield();
  await node.rest();
  const loaded = counted.together;
  verify();
  t.strictSame((await Promise.all(verdicts)).map(worded), ["imported", "imported", "imported"]);
  t.strictSame(
    executions,
    next.map(() => ({ togetherBefore: loaded, single: 0 })),
    "all three were loaded before the first was executed",
  );
  t.equal(node.head, idOf(next[2] as MadeBlock));
  await node.stop();
});

t.test("a failure while reading ahead is not told: execution meets it itself", async (t) => {
  const { storage, next } = await chainOnDisk();
  for (const lasts of [false, true]) {
    const counted = new CountedStorage((await storage.copied()).inner);
    const { node, verify, waiting } = await coldNode(counted);
    counted.togetherFailure = new Error("EIO");
    const verdict = node.chain.import((next[0] as MadeBlock).block).then(worded, String);
    while (waiting() === 0) await node.time.yield();
    await node.rest();
    t.strictSame(node.fatals, []);
    if (!lasts) counted.togetherFailure = undefined;
    verify();
    t.match(await verdict, lasts ? /EIO/ : /^imported$/);
    t.match(node.fatals, lasts ? [{ message: "EIO" }] : []);
  }
});

t.test("one block at a time, not far ahead; what was not reached is left alone", async (t) => {
  const begun: number[] = [];
  const gates: (() => void)[] = [];
  const view = {
    prefetch: (keys: readonly Bytes[]) => {
      begun.push(keys.length);
      return new Promise<void>((resolve) => gates.push(resolve));
    },
  } as unknown as StateView;
  const time = new TestTime();
  const ahead = new ReadAhead(
    {
      dependencies: { logger: SILENT },
      executor: { keysOf: async (batch) => Array.from({ length: batch.transactions.length }, () => new Uint8Array(1)) },
      stages: new Stages(time, chainMetrics(NO_METRICS)),
      viewOver: () => view,
    },
    10,
  );
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await time.yield();
  };
  const begin = (keys: number) => ahead.begin({ header: { height: 1 } } as Block, { transactions: new Array(keys) } as TransactionBatch);
  const blocks = [begin(6), begin(5), begin(4), begin(3), begin(2)];
  await settle();
  t.strictSame(begun, [6], "the first");
  gates.shift()?.();
  await settle();
  t.strictSame(begun, [6, 5], "then the second");
  let isReady = false;
  const ready = blocks[1]?.ready().then(() => {
    isReady = true;
  });
  await settle();
  t.notOk(isReady, "what is being loaded is waited for");
  gates.shift()?.();
  await ready;
  await settle();
  t.strictSame(begun, [6, 5], "no more than ten keys ahead, but for the last block's");
  await blocks[2]?.ready();
  blocks[0]?.end();
  await settle();
  t.strictSame(begun, [6, 5, 3], "room for the next; the third's time had come, and it was left alone");
  blocks[0]?.end();
  for (const block of blocks) block.end();
  gates.shift()?.();
  await settle();
  t.strictSame(begun, [6, 5, 3], "ended before its turn");
  begin(1);
  begin(1);
  await settle();
  gates.shift()?.();
  await settle();
  t.strictSame(begun, [6, 5, 3, 1, 1], "and nothing is counted twice");
  gates.shift()?.();
});
