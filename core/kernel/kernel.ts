/**
 * The kernel of one node: constructs the plugins of a loaded config, starts and stops them. It knows nothing of blockchains:
 * what plugins are for is between them and their host (core/node).
 */
import type { CapabilityName } from "../ports/plugin.js";
import type { Scheduler } from "../ports/runtime.js";
import { assert } from "./assert.js";
import type { LoadedConfig } from "./config.js";
import { type Construction, type ConstructionHost, constructAll } from "./construction.js";
import { NoCapabilityError } from "./errors.js";
import { type Explanation, explainConfig } from "./explain.js";
import { Lifecycle, type LifecycleState } from "./lifecycle.js";

export interface KernelOptions extends ConstructionHost {
  readonly config: LoadedConfig;
  readonly scheduler: Scheduler;
  /** How long each plugin's `start` may take. Default 30 000. */
  readonly startTimeoutMs?: number;
  /** How long each plugin's `stop` may take. Default 5 000. */
  readonly stopTimeoutMs?: number;
}

export class Kernel {
  /**
   * Constructs everything; nothing has started. Constructors have no side effects, so there is nothing to undo when one fails.
   *
   * @throws UndeclaredCapabilityError, PluginConstructionError, BadCapabilityError
   */
  static async create(options: KernelOptions): Promise<Kernel> {
    const { config, scheduler, loggerFor, startTimeoutMs = 30_000, stopTimeoutMs = 5_000 } = options;
    const construction = constructAll(config, options);
    const lifecycle = new Lifecycle(construction.parts, scheduler, loggerFor("kernel"), { startTimeoutMs, stopTimeoutMs });
    return new Kernel(config, construction, lifecycle);
  }

  private constructor(
    private readonly config: LoadedConfig,
    private readonly construction: Construction,
    private readonly lifecycle: Lifecycle,
  ) {}

  get state(): LifecycleState {
    return this.lifecycle.state;
  }

  /** Starts all plugins, dependencies first. See `Lifecycle.start`. */
  start(): Promise<void> {
    return this.lifecycle.start();
  }

  /** Stops all plugins, dependents first; idempotent, at any time. See `Lifecycle.stop`. */
  stop(): Promise<void> {
    return this.lifecycle.stop();
  }

  /** Whether anything provides `capability` on this node. */
  has(capability: CapabilityName): boolean {
    return this.construction.valuesOf(capability).length > 0;
  }

  /**
   * The value of a capability of cardinality `single`.
   *
   * `Value` is the caller's word: its members were checked at construction, its type can't be.
   * @throws NoCapabilityError
   */
  get<Value>(capability: CapabilityName): Value {
    const values = this.construction.valuesOf(capability);
    assert(this.config.graph.capabilities.get(capability)?.cardinality !== "many", `${capability} has many values: use getAll`);
    if (values.length === 0) throw new NoCapabilityError({ capability });
    return values[0] as Value;
  }

  /** All values of a capability, in config order; empty if there are none. */
  getAll<Value>(capability: CapabilityName): readonly Value[] {
    return this.construction.valuesOf(capability) as readonly Value[];
  }

  explain(): Explanation {
    return explainConfig(this.config);
  }
}
