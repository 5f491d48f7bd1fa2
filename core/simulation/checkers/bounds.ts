/** Bounds: mempools keep the limits of their configs, trees theirs; the run as a whole does not grow without end. */
import { getHeapStatistics } from "node:v8";
import { type Checker, honestNodes, type RunView } from "./checker.js";

interface NodeLimits {
  readonly mempool: { readonly maxCount: number; readonly maxBytes: number };
}

export class BoundsChecker implements Checker {
  readonly name = "bounds";
  readonly #run: RunView;

  constructor(run: RunView) {
    this.#run = run;
  }

  onLook(): void {
    const { world, scenario } = this.#run;
    for (const node of honestNodes(this.#run)) {
      const { maxCount, maxBytes } = (node.loaded.config.pluginConfigs.get("node") as NodeLimits).mempool;
      const { count, bytes } = node.mempool;
      if (count > maxCount || bytes > maxBytes)
        this.#run.violate(
          "mempool-bounds",
          node,
          `its mempool has ${count} transactions and ${bytes} bytes, and may have ${maxCount} and ${maxBytes}`,
        );
    }
    if (world.queued > scenario.expect.queuedEvents)
      this.#run.violate("event-bounds", undefined, `${world.queued} events wait, more than ${scenario.expect.queuedEvents}`);
    // `process.memoryUsage` says the same, and half a millisecond later what else the process takes.
    const { used_heap_size: heapUsed } = getHeapStatistics();
    if (heapUsed > scenario.expect.heapBytes)
      this.#run.violate("memory-bounds", undefined, `the heap has ${heapUsed} bytes, more than ${scenario.expect.heapBytes}`);
  }
}
