/** What the kernel's tests share: a scheduler whose time a test moves by hand, loggers that keep their lines, toy plugins. */
import Type, { type TObject } from "typebox";
import { type ConfigProblem, isConfigInvalid, type LoadConfigOptions, type LoadedConfig, loadConfig } from "../../../core/kernel/index.js";
import { createLogging } from "../../../core/kernel/logger.js";
import { createMetrics } from "../../../core/kernel/metrics.js";
import type { Capability, Plugin, PluginClass, PluginManifest } from "../../../core/ports/plugin.js";
import type { Cancellable, Clock, Scheduler, Slicer } from "../../../core/ports/runtime.js";

/** Time stands still until `pass`. */
export class ManualScheduler implements Scheduler, Clock {
  private timeMs = 0;
  private timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  nowMs(): number {
    return this.timeMs;
  }
  monotonicMs(): number {
    return this.timeMs;
  }
  after(delayMs: number, callback: () => void): Cancellable {
    const timer = { dueMs: this.timeMs + delayMs, callback };
    this.timers.push(timer);
    return {
      cancel: () => {
        this.timers = this.timers.filter((other) => other !== timer);
      },
    };
  }
  every(): Cancellable {
    throw new Error("the kernel has no periodic work");
  }
  yield(): Promise<void> {
    return Promise.resolve();
  }
  slicer(): Slicer {
    return { due: () => false, pause: () => Promise.resolve() };
  }
  get pending(): number {
    return this.timers.length;
  }
  /** Lets everything that waits in microtasks happen, then moves time. */
  async pass(ms: number): Promise<void> {
    await settle();
    this.timeMs += ms;
    const due = this.timers.filter(({ dueMs }) => dueMs <= this.timeMs);
    this.timers = this.timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) callback();
    await settle();
  }
}

/** One turn of the event loop: all microtasks are done. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const single = (name: string, ...members: string[]): Capability => ({ name, cardinality: "single", members });

/** Capabilities of a world without blocks. */
export const TEST_CAPABILITIES: readonly Capability[] = [
  single("test:engine", "turn"),
  single("test:fuel", "litres"),
  single("test:wheels", "count"),
  single("test:road"),
  { name: "test:lights", cardinality: "many", members: ["colour"] },
];

export function manifest(id: string, fields: Partial<PluginManifest> = {}): PluginManifest {
  return {
    id,
    version: "1.0.0",
    ports: "^1.2.0",
    description: `the ${id}`,
    provides: [],
    requires: [],
    config: Type.Object({}),
    plugin: class {} as PluginClass,
    ...fields,
  };
}

/** A class whose instances provide the given values. */
export function providing(values: Readonly<Record<string, unknown>>, plugin: Plugin = {}): PluginClass {
  return class {
    capabilities(): Readonly<Record<string, unknown>> {
      return values;
    }
    start(): void | Promise<void> {
      return plugin.start?.();
    }
    stop(): void | Promise<void> {
      return plugin.stop?.();
    }
  };
}

export type TestOptions = Partial<LoadConfigOptions> & { readonly plugins?: readonly PluginManifest[] };

/** Loads a config with the test's own world of capabilities (and no built-ins but `plugins`). */
export function load({ plugins = [], ...options }: TestOptions): Promise<LoadedConfig> {
  return loadConfig({
    builtIns: Object.fromEntries(plugins.map((plugin) => [plugin.id, () => Promise.resolve({ default: plugin })])),
    host: [],
    scheduler: new ManualScheduler(),
    capabilities: TEST_CAPABILITIES,
    portsVersion: "1.2.3",
    ...options,
  });
}

/** As `load`, with a document that names all `plugins`. */
export function loadAll(plugins: readonly PluginManifest[], options: TestOptions = {}): Promise<LoadedConfig> {
  const document = { chain: "chain.json", plugins: Object.fromEntries(plugins.map(({ id }) => [id, null])) };
  return load({ plugins, document, ...options });
}

/** The problems that loading reports; none if it succeeds. */
export async function problemsOf(loading: Promise<unknown>): Promise<readonly ConfigProblem[]> {
  try {
    await loading;
    return [];
  } catch (error) {
    if (isConfigInvalid(error)) return error.data.problems;
    throw error;
  }
}

export async function linesOf(loading: Promise<unknown>): Promise<readonly string[]> {
  return (await problemsOf(loading)).map(({ text }) => text);
}

/** What a kernel needs of its host, with the log's lines kept. */
export function testHost() {
  const scheduler = new ManualScheduler();
  const lines: Record<string, unknown>[] = [];
  const { loggerFor } = createLogging({
    level: "trace",
    components: {},
    format: "json",
    clock: scheduler,
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const { metricsFor } = createMetrics();
  return { scheduler, lines, hostValues: {}, loggerFor, metricsFor, specParametersFor: (): unknown => undefined };
}

export const ENGINE_CONFIG: TObject = Type.Object({
  port: Type.Integer({ default: 8080, minimum: 0, maximum: 65_535 }),
  host: Type.String({ default: "127.0.0.1" }),
  startTimeoutMs: Type.Integer({ default: 1000, minimum: 1 }),
  tags: Type.Array(Type.String(), { default: [] }),
  verbose: Type.Boolean({ default: false }),
});
