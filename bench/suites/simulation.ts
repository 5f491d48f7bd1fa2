/**
 * How fast the simulator's time goes, and what memory its networks take: whole runs of real Nakamoto nodes, all of which mine, with
 * blocks of a minute and a transfer a minute, each run in a process of its own.
 *
 * A run includes everything from reading the nodes' configs to the checks at the end. Beside the pace by the wall's clock is the one by
 * CPU time of the thread that runs it: a simulation is one thread, so on an idle machine the two differ by what the collector's
 * threads save. Many short runs, the way of a search through seeds, go to two processes.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { runSimulations, type SimulationLine, type SimulationRun } from "../generator/simulation-run.js";
import { repositoryRoot } from "../machine.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const PROCESSES = 2;
/** The largest network needs more than Node gives itself by default on a small machine. */
const HEAP_MIB = 8_192;

async function runsOf(context: BenchContext, run: SimulationRun): Promise<readonly SimulationLine[]> {
  const lines: SimulationLine[] = [];
  if (context.quick) {
    await runSimulations(run, (line) => lines.push(line));
    return lines;
  }
  const script = join(repositoryRoot(), "dist/bench/generator/simulation.process.js");
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, script, JSON.stringify(run)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line) as SimulationLine));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`the process that simulated ${run.nodes} nodes ended with ${code}`);
  return lines;
}

/** One long run of a network. @param name of the case, whatever the size in a quick run */
async function network(context: BenchContext, name: string, run: SimulationRun): Promise<void> {
  const lines = await runsOf(context, run);
  const simulated = run.minutes * 60;
  context.record(
    `${name}: pace`,
    lines.map(({ seconds }) => simulated / seconds),
    "simulated s/s",
  );
  context.record(
    `${name}: pace by the thread's CPU time`,
    lines.map(({ threadSeconds }) => simulated / threadSeconds),
    "simulated s/s",
  );
  context.record(
    `${name}: nodes × pace`,
    lines.map(({ seconds }) => (run.nodes * simulated) / seconds),
    "node s/s",
  );
  context.record(
    `${name}: CPU time of an import`,
    lines.map(({ threadSeconds, imports }) => (threadSeconds * 1_000) / Math.max(1, imports)),
    "ms",
  );
  context.record(
    `${name}: memory at most`,
    lines.map(({ peakMiB }) => peakMiB),
    "MiB",
  );
  for (const { seed, height, imports, messages, digest } of lines)
    context.log(
      `${run.nodes} nodes, ${run.minutes} minutes, seed ${seed}: height ${height}, ${imports} imports, ${messages} messages, ${digest}`,
    );
}

/** Many seeds of a small network, shared out to processes. */
async function manySeeds(context: BenchContext, name: string, run: SimulationRun): Promise<void> {
  const beganMs = performance.now();
  const parts = Array.from({ length: PROCESSES }, (_, part) => run.seeds.filter((_seed, index) => index % PROCESSES === part));
  const started = parts.map((seeds) => () => runsOf(context, { ...run, seeds }));
  const lines: SimulationLine[] = [];
  // In one process, a run can't take place beside another.
  if (context.quick) for (const start of started) lines.push(...(await start()));
  else for (const part of await Promise.all(started.map((start) => start()))) lines.push(...part);
  const peaks = lines.map(({ peakMiB }) => peakMiB);
  context.record(`${name}, two processes`, [(performance.now() - beganMs) / 1_000], "s");
  context.record(
    `${name}: CPU time of a seed`,
    lines.map(({ threadSeconds }) => threadSeconds * 1_000),
    "ms",
  );
  context.record(`${name}: memory of a process at most`, [Math.max(...peaks)], "MiB");
}

export default {
  name: "simulation",
  description: "networks of simulated nodes: simulated time per real time, memory",
  async run(context: BenchContext): Promise<void> {
    const { quick, seed } = context;
    const size = (nodes: number, minutes: number) => (quick ? { nodes: 2, minutes: 2 } : { nodes, minutes });
    await network(context, "100 nodes, 1 hour", { ...size(100, 60), seeds: quick ? [seed] : [seed, seed + 1, seed + 2] });
    await network(context, "1,000 nodes, 10 minutes", { ...size(1_000, 10), seeds: [seed] });
    const seeds = Array.from({ length: quick ? 2 : 100 }, (_, index) => seed + index);
    await manySeeds(context, "20 nodes, 1 hour, 100 seeds", { ...size(20, 60), seeds });
  },
} satisfies BenchSuite;
