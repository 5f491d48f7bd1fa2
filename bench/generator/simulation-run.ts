/**
 * Runs of a simulated network, one after the other, as this process: how fast its time goes, and what memory it takes.
 *
 * The simulator is loaded only here, when a run begins: it puts a check before the clock and the timers of its process.
 */
import { readFileSync } from "node:fs";
import { cpuUsage, pid, resourceUsage } from "node:process";

export interface SimulationRun {
  readonly nodes: number;
  readonly minutes: number;
  readonly seeds: readonly number[];
}

/** What came of one seed. */
export interface SimulationLine {
  readonly seed: number;
  readonly seconds: number;
  /** CPU time of the thread that runs it: what a busy machine leaves alone. Of the whole process where the system does not tell. */
  readonly threadSeconds: number;
  /** Of the process, until now. */
  readonly peakMiB: number;
  readonly imports: number;
  readonly messages: number;
  readonly height: number;
  readonly digest: string;
}

const MEBIBYTE_KIB = 1_024;

/** Every node mines, has some eight connections and blocks of a minute; a transfer a minute. */
function scenarioOf({ nodes, minutes }: SimulationRun): object {
  return {
    name: `bench-${nodes}`,
    duration: `${minutes}m`,
    nodes: [{ name: "miner", count: nodes, hashShare: 100 }],
    network: { topology: "random", degree: 4, latency: { logNormal: { median: "80ms", sigma: 0.4 } } },
    traffic: { perMinute: 1, accounts: 8 },
    expect: { heapBytes: 8 * 1024 ** 3 },
  };
}

/** Configs, plugins and keys of the nodes are within the measured time, and so are the checks of every run at its end. */
export async function runSimulations(run: SimulationRun, tell: (line: SimulationLine) => void): Promise<void> {
  const { parseScenario, simulate } = await import("../../core/simulation/index.js");
  const scenario = await parseScenario(scenarioOf(run));
  for (const seed of run.seeds) {
    const [beganMs, beganThread] = [performance.now(), threadSeconds()];
    const { failure, imports, network, height, digest } = await simulate(scenario, { seed });
    const seconds = (performance.now() - beganMs) / 1_000;
    if (failure !== undefined) throw failure;
    tell({
      seed,
      seconds,
      threadSeconds: threadSeconds() - beganThread,
      peakMiB: resourceUsage().maxRSS / MEBIBYTE_KIB,
      imports,
      messages: network.messages,
      height,
      digest,
    });
  }
}

/** Linux counts the time of each thread on a processor, in ns. */
function threadSeconds(): number {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${pid}/schedstat`, "utf8").split(" ");
    return Number(nanoseconds) / 1e9;
  } catch {
    const { user, system } = cpuUsage();
    return (user + system) / 1e6;
  }
}
