/**
 * Starts plugins in order and stops them in reverse, each within its time.
 *
 * States: `constructed → starting → started → stopping → stopped`. A failed start stops what had started and ends in
 * `stopped`; so does a stop that arrives while starting, which does not wait for the plugin that is starting then. `stop()` of
 * a plugin is called exactly once if its `start()` was called, however that ended.
 */
import type { Plugin } from "../ports/plugin.js";
import type { Logger, Scheduler } from "../ports/runtime.js";
import { assert, present } from "./assert.js";
import { withDeadline } from "./deadline.js";
import {
  ChainwrightError,
  KernelStateError,
  messageOf,
  PluginStartError,
  PluginStartTimeoutError,
  PluginStopError,
  PluginStopTimeoutError,
  StartAbortedError,
  StopIncompleteError,
} from "./errors.js";

export type LifecycleState = "constructed" | "starting" | "started" | "stopping" | "stopped";

export interface LifecyclePart {
  readonly id: string;
  readonly plugin: Plugin;
}

export interface LifecycleOptions {
  /** Of each plugin. */
  readonly startTimeoutMs: number;
  /** Of each plugin. */
  readonly stopTimeoutMs: number;
}

export class Lifecycle {
  private stateNow: LifecycleState = "constructed";
  /** Parts whose `start` was called, in that order. */
  private readonly begun: LifecyclePart[] = [];
  private stopping: Promise<void> | undefined;
  /** Settles when `start` has nothing more to do. */
  private starting: Promise<void> = Promise.resolve();
  private interrupt: (() => void) | undefined;

  constructor(
    private readonly parts: readonly LifecyclePart[],
    private readonly scheduler: Scheduler,
    private readonly logger: Logger,
    private readonly options: LifecycleOptions,
  ) {}

  get state(): LifecycleState {
    return this.stateNow;
  }

  /**
   * @throws PluginStartError, PluginStartTimeoutError after everything that had started was stopped
   * @throws StartAbortedError if `stop` was called meanwhile
   */
  async start(): Promise<void> {
    if (this.stateNow !== "constructed") throw new KernelStateError({ operation: "start", state: this.stateNow });
    this.stateNow = "starting";
    const running = this.startAll();
    this.starting = running.catch(() => undefined);
    try {
      await running;
    } catch (error) {
      // What goes wrong while stopping is logged there; the caller needs the reason for it all.
      await this.stop().catch(() => undefined);
      throw error;
    }
  }

  private async startAll(): Promise<void> {
    for (const part of this.parts) {
      if (this.stateNow !== "starting") throw new StartAbortedError({ during: part.id });
      await this.startOne(part);
    }
    // A stop may have come between the last plugin's start and this line.
    const last = this.parts.at(-1)?.id ?? "nothing";
    if (this.stateNow !== "starting") throw new StartAbortedError({ during: last });
    this.stateNow = "started";
  }

  private async startOne({ id, plugin }: LifecyclePart): Promise<void> {
    this.begun.push({ id, plugin });
    const { startTimeoutMs } = this.options;
    const interrupted = new Promise<never>((_, reject) => {
      this.interrupt = () => reject(new StartAbortedError({ during: id }));
    });
    const late = (): Error => new PluginStartTimeoutError({ plugin: id, timeoutMs: startTimeoutMs });
    try {
      await withDeadline(() => plugin.start?.(), this.scheduler, startTimeoutMs, late, interrupted);
    } catch (error) {
      if (PluginStartTimeoutError.matches(error) || StartAbortedError.matches(error)) throw error;
      throw new PluginStartError({ plugin: id, ...reasonOf(error) }, error);
    } finally {
      this.interrupt = undefined;
    }
    this.logger.debug({ plugin: id }, "started");
  }

  /** Once and for all: a second call answers the first one's outcome. @throws StopIncompleteError after all were stopped */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    this.stateNow = "stopping";
    this.interrupt?.();
    await this.starting;
    const failures: ChainwrightError<{ plugin: string }>[] = [];
    while (this.begun.length > 0) {
      const failure = await this.stopOne(present(this.begun.pop(), "a part is left"));
      if (failure === undefined) continue;
      failures.push(failure);
      this.logger.error({ error: failure }, failure.message);
    }
    this.stateNow = "stopped";
    assert(this.begun.length === 0, "all that had begun was stopped");
    if (failures.length > 0) {
      const told = failures.map(({ code, message, data: { plugin } }) => ({ plugin, code, message }));
      throw new StopIncompleteError({ failures: told }, failures[0]);
    }
  }

  private async stopOne({ id, plugin }: LifecyclePart): Promise<ChainwrightError<{ plugin: string }> | undefined> {
    const { stopTimeoutMs } = this.options;
    const late = (): Error => new PluginStopTimeoutError({ plugin: id, timeoutMs: stopTimeoutMs });
    try {
      await withDeadline(() => plugin.stop?.(), this.scheduler, stopTimeoutMs, late);
      this.logger.debug({ plugin: id }, "stopped");
      return undefined;
    } catch (error) {
      if (PluginStopTimeoutError.matches(error)) return error;
      return new PluginStopError({ plugin: id, ...reasonOf(error) }, error);
    }
  }
}

function reasonOf(error: unknown): { readonly reason: string; readonly causeCode?: string } {
  return { reason: messageOf(error), ...(ChainwrightError.is(error) ? { causeCode: error.code } : {}) };
}
