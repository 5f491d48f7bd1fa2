/**
 * Start-up of the whole process, from spawn, and its memory at rest: a new chain, a kept one after kill -9, and one
 * with blocks full of transfers that were not flushed. Needs the build (`npm run build`).
 */
import { cp } from "node:fs/promises";
import { platform } from "node:os";
import { join } from "node:path";
import { NodeProcess } from "../node-process.js";
import type { BenchContext, BenchSuite } from "../suite.js";

/** Memory and CPU time are read from /proc. */
const ON_LINUX = platform() === "linux";
/** Blocks that the node makes before its memory is read. */
const IDLE_BLOCKS = 3;
/** The chain that is reopened: more state than fits into a block, each block with a thousand signed transfers. */
const UNFLUSHED = { name: "32 blocks of 1,000 transfers", blocks: 32, transactions: 1_000, accounts: 2_000 } as const;
/** As many blocks as matter, small ones: what recovery costs a block. */
const MANY_UNFLUSHED = { name: "1,000 blocks of 30 transfers", blocks: 1_000, transactions: 30, accounts: 2_000 } as const;

async function run(context: BenchContext): Promise<void> {
  const runs = context.quick ? 1 : 7;
  await freshAndKept(context, runs);
  await unflushed(context, UNFLUSHED, runs);
  await unflushed(context, MANY_UNFLUSHED, Math.min(runs, 3));
}

/** Figures of several starts: wall time as the user waits, and CPU time, which a busy machine does not change. */
class Series {
  readonly wallMs: number[] = [];
  readonly cpuMs: number[] = [];

  add(node: NodeProcess, wallMs: number): void {
    this.wallMs.push(wallMs);
    if (ON_LINUX) this.cpuMs.push(node.cpuMs());
  }

  record(context: BenchContext, name: string): void {
    context.record(name, this.wallMs, "ms");
    if (ON_LINUX) context.record(`${name}: CPU time`, this.cpuMs, "ms");
  }
}

async function freshAndKept(context: BenchContext, runs: number): Promise<void> {
  const answers = new Series();
  const firstBlock = new Series();
  const reopened = new Series();
  const idleMiB: number[] = [];
  for (let i = 0; i < runs; i++) {
    const directory = await context.directory();
    const fresh = await NodeProcess.dev(directory);
    try {
      answers.add(fresh, await fresh.answers());
      firstBlock.add(fresh, await fresh.reaches(1));
      if (!context.quick) await fresh.reaches(IDLE_BLOCKS);
      if (ON_LINUX) idleMiB.push(fresh.residentMiB());
    } finally {
      await fresh.end("SIGKILL");
    }
    await open(await NodeProcess.dev(directory), reopened, 1);
  }
  answers.record(context, "HTTP answers");
  firstBlock.record(context, "first block");
  if (ON_LINUX) context.record("idle memory", idleMiB, "MiB");
  reopened.record(context, "reopen after kill -9, empty chain");
}

/** Waits until a reopened node's API answers and the node is ready, and kills it. It must have come up at `height` or above. @returns when it was ready, ms */
async function open(node: NodeProcess, series: Series, height: number): Promise<number> {
  try {
    series.add(node, await node.answers());
    const readyMs = await node.ready();
    const found = await node.heightWhenReady();
    if (found < height) throw new Error(`the node had acknowledged height ${height} and came up at ${found}`);
    return readyMs;
  } finally {
    await node.end("SIGKILL");
  }
}

type Unflushed = typeof UNFLUSHED | typeof MANY_UNFLUSHED;

async function unflushed(context: BenchContext, chain: Unflushed, runs: number): Promise<void> {
  const made = await context.directory();
  const blocks = context.quick ? 1 : chain.blocks;
  const maker = NodeProcess.unflushed(made, {
    blocks,
    transactions: context.quick ? 8 : chain.transactions,
    accounts: context.quick ? 4 : chain.accounts,
    seed: context.seed,
    // On schedule until now, so that the miner of the reopened node finds a chain that has just stopped.
    genesisTimeMs: Date.now() - 1_000 * (blocks + 1),
  });
  try {
    await maker.reaches(blocks);
  } finally {
    await maker.end("SIGKILL");
  }
  const opened = new Series();
  const readyMs: number[] = [];
  for (let i = 0; i < runs; i++) {
    // A copy each time: a node with default options flushes what it had to execute again.
    const copy = await context.directory();
    await cp(made, copy, { recursive: true });
    readyMs.push(await open(await NodeProcess.start(join(copy, "node.json")), opened, blocks));
  }
  opened.record(context, `reopen after kill -9, ${chain.name}`);
  context.record(`the same, until the mempool is back, too, ${chain.name}`, readyMs, "ms");
}

const suite: BenchSuite = {
  name: "startup",
  description: "start-up and memory of the whole process: new chain, after kill -9, with unflushed blocks",
  run,
};
export default suite;
