/**
 * What a node keeps, by its mode: memory and disk while a long chain of full blocks is imported, and what pruning gives back.
 *
 * One chain is generated for all modes, into a file. A full block here has 30 transfers between 10,000 accounts, one in eight to an
 * address that is new; blocks come as fast as the import takes them, 32 under way, signatures verified in a worker, over storage-level
 * with its default options, each mode in a process of its own that holds a node and nothing else. Memory is the whole process' (RSS).
 * Pace and CPU time "at" a height are those of the thousand blocks up to it. "Of a fresh database": the size of the files after pruning
 * and compaction, divided by those of a database that was only ever given the same entries.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PruningMode } from "../../core/ports/views.js";
import { writeBlockFile } from "../generator/block-file.js";
import { planChain } from "../generator/index.js";
import { type PruningLine, type PruningRun, runPruning } from "../generator/pruning-run.js";
import { repositoryRoot } from "../machine.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const MODES: readonly PruningMode[] = ["archive", "full", "pruned"];
const BLOCKS = 2_000;
/** So that 20,000 blocks take minutes, not hours; what grows by the block is seen better, too. */
const FULL_TRANSFERS = 30;
const SAMPLES = [1_000, 5_000, 20_000];
const TOLD_EVERY = 1_000;

async function measure(context: BenchContext, run: PruningRun): Promise<void> {
  const name = (what: string) => `${run.mode}: ${what}`;
  const take = (line: PruningLine): void => {
    if (line.type === "sample") {
      const at = `at ${line.height.toLocaleString("en")} blocks`;
      const [rss, peak, heap, buffers, disk] = [line.rssMiB, line.peakMiB, line.heapMiB, line.buffersMiB, line.diskMiB].map(Math.round);
      context.log(`${run.mode} ${at}: ${rss} MiB of memory (at most ${peak}; ${heap} objects, ${buffers} buffers), ${disk} MiB on disk`);
      context.record(name(`memory ${at}`), [line.rssMiB], "MiB");
      context.record(name(`memory at most, ${at}`), [line.peakMiB], "MiB");
      context.record(name(`disk ${at}`), [line.diskMiB], "MiB");
      context.record(name(`import ${at}`), [line.blocksPerSecond], "blocks/s");
      context.record(name(`CPU time of a block ${at}`), [line.cpuMsPerBlock], "ms");
      return;
    }
    context.log(`${run.mode}: ${line.seconds.toFixed(0)} s, bodies from ${line.bodiesFrom}, states from ${line.statesFrom}`);
    context.record(name("import"), [line.blocksPerSecond], "blocks/s");
    context.record(name("pruning what is left, with compaction"), [line.pruneSeconds * 1_000], "ms");
    context.record(name("disk when pruned"), [line.diskMiB], "MiB");
    context.record(name("disk when compacted"), [line.compactMiB], "MiB");
    context.record(name("disk of a fresh database"), [line.freshMiB], "MiB");
    context.record(name("disk when pruned, of a fresh database"), [line.diskMiB / line.freshMiB], "ratio");
    context.record(name("disk when compacted, of a fresh database"), [line.compactMiB / line.freshMiB], "ratio");
  };
  if (context.quick) return runPruning(run, take);
  const child = spawn(process.execPath, [join(repositoryRoot(), "dist/bench/generator/pruning.process.js"), JSON.stringify(run)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface({ input: child.stdout }).on("line", (line) => take(JSON.parse(line) as PruningLine));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`the process of mode ${run.mode} ended with ${code}`);
}

export default {
  name: "pruning",
  description: "memory and disk of archive, full and pruned nodes over a long chain; --blocks N, 20000 for the whole table",
  async run(context: BenchContext): Promise<void> {
    const blocks = context.blocks ?? BLOCKS;
    const chain = context.quick
      ? { blocks: 12, transactions: 4, accounts: 8, seed: context.seed }
      : { blocks, transactions: FULL_TRANSFERS, accounts: 10_000, seed: context.seed };
    const blockFile = join(await context.directory(), "blocks");
    await writeBlockFile(blockFile, planChain(chain), (height) => {
      if (height % TOLD_EVERY === 0) context.log(`generated ${height} of ${chain.blocks} blocks`);
    });
    const samples = [...SAMPLES.filter((height) => height < chain.blocks), chain.blocks];
    for (const mode of MODES) {
      const folder = await context.directory();
      const keepBlocks = Math.max(128, Math.floor(chain.blocks / 20));
      await measure(context, {
        mode,
        keepBlocks,
        blocks: chain.blocks,
        blockFile,
        folder,
        samples,
        engine: context.quick ? "auto" : "native",
      });
    }
  },
} satisfies BenchSuite;
