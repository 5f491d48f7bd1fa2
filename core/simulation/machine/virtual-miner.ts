/**
 * A miner that takes virtual time: the time to a solution is drawn from the exponential distribution that real mining has (each
 * attempt is as good as any other, so the search has no memory), and then the solution is really searched for, at once.
 *
 * Proof of work stays what it is: every node checks the seal. Chains for simulations have targets that take a few dozen attempts, and
 * hash rates to match.
 */
import {
  assert,
  type Bytes,
  definePlugin,
  inject,
  injectable,
  type Json,
  type Plugin,
  PORTS_VERSION,
  type SearchFactory,
  type SearchJob,
  Type,
  WORK_SOURCE,
  type WorkSource,
} from "../../sdk.js";
import { type MachineParts, SIMULATED_MACHINE } from "../capability.js";
import { exponential } from "../distribution.js";
import type { SimulationEvent } from "../event-queue.js";
import type { SeededRandom } from "../random.js";
import type { Machine } from "./machine.js";

/** Attempts at once; a search goes on until it is over. */
const ATTEMPTS = 4_096;
const ATTEMPTS_MAX = 50_000_000;

/** Modules of searchers are loaded outside of virtual time, once for the process. */
const FACTORIES = new Map<string, SearchFactory<unknown>>();

async function loadFactory(module: URL): Promise<void> {
  if (FACTORIES.has(module.href)) return;
  const loaded = (await import(module.href)) as { readonly default: SearchFactory<unknown> };
  FACTORIES.set(module.href, loaded.default);
}

interface Search {
  readonly job: SearchJob;
  readonly resolve: (found: Bytes | undefined) => void;
  readonly reject: (reason: unknown) => void;
  due: SimulationEvent | undefined;
}

@injectable()
class VirtualMiner implements Plugin, WorkSource {
  readonly #machine: Machine;
  readonly #random: SeededRandom;
  #search: Search | undefined;

  constructor(@inject(SIMULATED_MACHINE) { machine }: MachineParts) {
    this.#machine = machine;
    this.#random = machine.world.random(`miner/${machine.name}/${machine.life}`);
    machine.onHashRate = () => this.#draw();
  }

  search(job: SearchJob): Promise<Bytes | undefined> {
    this.cancel();
    const { world } = this.#machine;
    if (!FACTORIES.has(job.module.href)) world.prepare(() => loadFactory(job.module));
    return new Promise((resolve, reject) => {
      this.#search = { job, resolve, reject, due: undefined };
      this.#draw();
    });
  }

  cancel(): void {
    const search = this.#search;
    if (search === undefined) return;
    this.#search = undefined;
    if (search.due !== undefined) this.#machine.world.cancel(search.due);
    search.resolve(undefined);
  }

  stop(): void {
    this.cancel();
  }

  get attemptsPerSecond(): number {
    return this.#search === undefined ? 0 : this.#machine.hashRate;
  }

  status(): Json {
    return { kind: "virtual", searching: this.#search !== undefined, attemptsPerSecond: this.attemptsPerSecond };
  }

  /** When the search under way ends; drawn anew when the hash rate changes, since it has no memory. */
  #draw(): void {
    const { world, hashRate } = this.#machine;
    const search = this.#search;
    if (search === undefined) return;
    if (search.due !== undefined) world.cancel(search.due);
    search.due = undefined;
    if (hashRate === 0) return;
    const attempts = exponential(this.#random) * Number(search.job.expectedAttempts);
    // Never in the very event that began it: the searcher's module is loaded after that.
    search.due = world.after(Math.max(1, (attempts / hashRate) * 1e6), () => void this.#find(search), this.#machine);
  }

  async #find(search: Search): Promise<void> {
    search.due = undefined;
    try {
      const factory = FACTORIES.get(search.job.module.href);
      assert(factory !== undefined, "the searcher was loaded when the search began");
      const searcher = await factory(search.job.input, { index: 0, count: 1 });
      for (let tried = 0; this.#search === search; tried += ATTEMPTS) {
        assert(tried < ATTEMPTS_MAX, "a simulated chain's target is easy to meet");
        const { found } = await searcher.search(ATTEMPTS, () => this.#search !== search);
        if (found === undefined) continue;
        if (this.#search === search) this.#search = undefined;
        search.resolve(found);
      }
    } catch (thrown) {
      if (this.#search === search) this.#search = undefined;
      search.reject(thrown);
    }
  }
}

export const virtualMiner = definePlugin({
  id: "work-virtual",
  version: PORTS_VERSION,
  ports: `^${PORTS_VERSION}`,
  description: "A miner that takes virtual time",
  provides: [WORK_SOURCE],
  requires: [SIMULATED_MACHINE],
  config: Type.Object({}, { additionalProperties: false }),
  plugin: VirtualMiner,
});
