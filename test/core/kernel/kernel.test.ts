import t from "tap";
import { inject, injectable } from "../../../core/kernel/di.js";
import { defineError } from "../../../core/kernel/errors.js";
import { Kernel, type KernelOptions, type LoadedConfig } from "../../../core/kernel/index.js";
import {
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  PLUGIN_SPEC,
  type Plugin,
  type PluginClass,
  type PluginManifest,
} from "../../../core/ports/plugin.js";
import type { Logger, Metrics } from "../../../core/ports/runtime.js";
import { ENGINE_CONFIG, loadAll, manifest, providing, settle, testHost } from "./fixtures.js";

const asClass = (value: unknown): PluginClass => value as PluginClass;

async function kernelOf(plugins: readonly PluginManifest[], options: Partial<KernelOptions> = {}) {
  const host = testHost();
  const config: LoadedConfig = await loadAll(plugins, { host: Object.keys(options.hostValues ?? {}) });
  return { host, kernel: await Kernel.create({ config, ...host, ...options }) };
}

const fuel = manifest("fuel-petrol", { provides: ["test:fuel"], plugin: providing({ "test:fuel": { litres: 5 } }) });
const lights = (id: string, colour: string): PluginManifest =>
  manifest(id, { provides: ["test:lights"], plugin: providing({ "test:lights": { colour } }) });

t.test("constructor injection, by decorators and by static inject", async (t) => {
  @injectable()
  class Decorated {
    readonly turn = "decorated";
    constructor(
      @inject("test:fuel") readonly fuel: { litres: number },
      @inject("test:lights") readonly lights: readonly { colour: string }[],
      @inject("test:wheels") readonly wheels: unknown,
      @inject("test:road") readonly road: unknown,
      @inject(PLUGIN_CONFIG) readonly config: { port: number },
      @inject(PLUGIN_SPEC) readonly spec: unknown,
      @inject(PLUGIN_LOGGER) readonly logger: Logger,
      @inject(PLUGIN_METRICS) readonly metrics: Metrics,
    ) {}
  }
  class Plain {
    static readonly inject = ["test:engine", PLUGIN_CONFIG];
    constructor(
      readonly engine: Decorated,
      readonly config: unknown,
    ) {}
  }
  const parts: Plain[] = [];
  class Watched extends Plain {
    constructor(engine: Decorated, config: unknown) {
      super(engine, config);
      parts.push(this);
    }
  }
  const road = { long: true };
  const { kernel, host } = await kernelOf(
    [
      manifest("car-plain", { requires: ["test:engine"], plugin: asClass(Watched) }),
      lights("lights-b", "blue"),
      manifest("motor-a", {
        provides: ["test:engine"],
        requires: ["test:fuel", "test:road"],
        optional: ["test:lights", "test:wheels"],
        config: ENGINE_CONFIG,
        plugin: asClass(Decorated),
      }),
      lights("lights-a", "amber"),
      fuel,
    ],
    { hostValues: { "test:road": road }, specParametersFor: ({ id }) => `spec of ${id}` },
  );
  const engine = kernel.get<Decorated>("test:engine");
  t.equal(parts[0]?.engine, engine, "one instance for all");
  t.same(parts[0]?.config, {});
  t.equal(engine.fuel.litres, 5);
  t.same(engine.lights, [{ colour: "blue" }, { colour: "amber" }], "contributions in config order");
  t.equal(engine.wheels, undefined);
  t.equal(engine.road, road);
  t.equal(engine.config.port, 8080);
  t.equal(engine.spec, "spec of motor-a");
  engine.logger.info({}, "hello");
  t.match(host.lines, [{ component: "motor-a", msg: "hello" }]);
  engine.metrics.counter({ name: "turns_total", help: "Turns" }).increment();
  t.same(kernel.getAll("test:lights"), engine.lights);
  t.same(kernel.getAll("test:wheels"), []);
  t.equal(kernel.has("test:wheels"), false);
  t.throws(() => kernel.get("test:wheels"), { code: "KERNEL_NO_CAPABILITY" });
  t.equal(kernel.explain().plugins.length, 5);
});

t.test("the host's contributions come first", async (t) => {
  const { kernel } = await kernelOf([lights("lights-a", "amber")], { hostValues: { "test:lights": [{ colour: "red" }] } });
  t.same(kernel.getAll("test:lights"), [{ colour: "red" }, { colour: "amber" }]);
  await t.rejects(kernelOf([], { hostValues: { "test:lights": [{}] } }), { code: "PLUGIN_BAD_CAPABILITY" });
  await t.rejects(kernelOf([], { hostValues: { "test:engine": {} } }), { code: "PLUGIN_BAD_CAPABILITY" });
});

t.test("a plugin reaches only what it declared", async (t) => {
  class Greedy {
    static readonly inject = ["test:fuel"];
    constructor(readonly fuel: unknown) {}
  }
  await t.rejects(kernelOf([fuel, manifest("car-greedy", { plugin: asClass(Greedy) })]), {
    code: "KERNEL_UNDECLARED_CAPABILITY",
    message: "plugin car-greedy injects test:fuel, which its manifest does not declare; add it to requires or optional",
    data: { plugin: "car-greedy", capability: "test:fuel" },
  });
  @injectable()
  class Hand {
    constructor(@inject("test:fuel") readonly fuel: unknown) {}
  }
  @injectable()
  class Sly {
    constructor(@inject(Hand as unknown as string) readonly hand: Hand) {}
  }
  await t.rejects(kernelOf([fuel, manifest("car-sly", { plugin: asClass(Sly) })]), {
    code: "KERNEL_UNDECLARED_CAPABILITY",
    data: { plugin: "car-sly", capability: "test:fuel" },
  });
  const { container } = await import("tsyringe");
  container.register("test:smuggled", { useValue: 1 });
  class Smuggler {
    static readonly inject = ["test:smuggled"];
    constructor(readonly goods: unknown) {}
  }
  await t.rejects(kernelOf([manifest("car-smuggler", { plugin: asClass(Smuggler) })]), { code: "KERNEL_UNDECLARED_CAPABILITY" });
});

t.test("a class that was decorated by another copy of the package", async (t) => {
  class Foreign {
    readonly turn = 1;
    constructor(readonly fuel: { litres: number }) {}
  }
  Object.defineProperty(Foreign, Symbol.for("chainwright:injection-tokens"), { value: ["test:fuel"] });
  const { kernel } = await kernelOf([
    fuel,
    manifest("motor-a", { provides: ["test:engine"], requires: ["test:fuel"], plugin: asClass(Foreign) }),
  ]);
  t.equal(kernel.get<Foreign>("test:engine").fuel.litres, 5);
});

t.test("constructors that fail", async (t) => {
  class Throws {
    constructor() {
      throw new Error("no spark");
    }
  }
  await t.rejects(kernelOf([manifest("motor-a", { plugin: asClass(Throws) })]), {
    code: "PLUGIN_CONSTRUCTION_FAILED",
    message: "plugin motor-a could not be constructed: no spark",
    cause: { message: "no spark" },
  });
  class Unmarked {
    constructor(readonly what: unknown) {}
  }
  await t.rejects(kernelOf([manifest("motor-a", { plugin: asClass(Unmarked) })]), { code: "PLUGIN_CONSTRUCTION_FAILED" });
  await t.rejects(kernelOf([manifest("motor-a", { plugin: asClass(() => 5) })]), { code: "PLUGIN_CONSTRUCTION_FAILED" });
});

t.test("plugins that answer nonsense instead of their capabilities", async (t) => {
  const reason = async (plugin: PluginClass): Promise<unknown> => {
    const error: unknown = await kernelOf([manifest("motor-a", { provides: ["test:engine"], plugin })]).catch((thrown: unknown) => thrown);
    t.match(error, { code: "PLUGIN_BAD_CAPABILITY", data: { plugin: "motor-a" } });
    return (error as { data: { reason: string } }).data.reason;
  };
  const answering = (answer: () => unknown): PluginClass =>
    asClass(
      class {
        capabilities = answer;
      },
    );
  t.equal(await reason(asClass(class {})), "it lacks turn");
  t.equal(await reason(answering(() => ({}))), "there is no value for it");
  t.equal(await reason(answering(() => null)), "capabilities() did not answer an object");
  t.equal(await reason(answering(() => ({ "test:engine": 5 }))), "5 is not an object");
  t.equal(await reason(answering(() => ({ "test:engine": null }))), "null is not an object");
  t.equal(await reason(answering(() => ({ "test:engine": {} }))), "it lacks turn");
  t.match(await reason(answering(() => ({ "test:engine": Promise.resolve() }))), /^it is a promise/);
  t.match(await reason(answering(() => ({ "test:engine": { turn: 1 }, "test:extra": {} }))), "its manifest does not list it in provides");
  t.equal(
    await reason(
      answering(() => {
        throw new Error("nope");
      }),
    ),
    "capabilities() failed: nope",
  );
  const trap = new Proxy(
    {},
    {
      has: () => {
        throw new Error("trap");
      },
    },
  );
  t.equal(await reason(answering(() => ({ "test:engine": trap }))), "its value cannot be read: trap");
  const early = {
    get turn(): never {
      throw new Error("not before start");
    },
  };
  await t.resolves(
    kernelOf([manifest("motor-a", { provides: ["test:engine"], plugin: answering(() => ({ "test:engine": early })) })]),
    "members are looked for, not read: a getter may work only after start",
  );
});

/** Three plugins in a row, each noting what happens to it. */
function chain(events: string[], hooks: Readonly<Record<string, Plugin>> = {}): readonly PluginManifest[] {
  const part = (id: string, provides: string, value: object, requires: string[]): PluginManifest =>
    manifest(id, {
      provides: [provides],
      requires,
      plugin: providing(
        { [provides]: value },
        {
          start: () => {
            events.push(`start ${id}`);
            return hooks[id]?.start?.();
          },
          stop: () => {
            events.push(`stop ${id}`);
            return hooks[id]?.stop?.();
          },
        },
      ),
    });
  return [
    part("motor-c", "test:engine", { turn: 1 }, ["test:wheels"]),
    part("wheels-b", "test:wheels", { count: 4 }, ["test:fuel"]),
    part("fuel-a", "test:fuel", { litres: 1 }, []),
  ];
}

t.test("starts in order, stops in reverse, once", async (t) => {
  const events: string[] = [];
  const { kernel, host } = await kernelOf(chain(events));
  t.equal(kernel.state, "constructed");
  await kernel.start();
  t.equal(kernel.state, "started");
  await Promise.all([kernel.stop(), kernel.stop()]);
  await kernel.stop();
  t.equal(kernel.state, "stopped");
  t.same(events, ["start fuel-a", "start wheels-b", "start motor-c", "stop motor-c", "stop wheels-b", "stop fuel-a"]);
  t.equal(host.scheduler.pending, 0, "no timer is left");
  await t.rejects(kernel.start(), { code: "KERNEL_WRONG_STATE" });
});

t.test("a start that throws stops what had started, in reverse", async (t) => {
  for (const start of [
    (): void => {
      throw new Error("no spark");
    },
    () => Promise.reject(new Error("no spark")),
  ]) {
    const events: string[] = [];
    const { kernel, host } = await kernelOf(chain(events, { "wheels-b": { start } }));
    await t.rejects(kernel.start(), {
      code: "PLUGIN_START_FAILED",
      message: "plugin wheels-b failed to start: no spark",
      data: { plugin: "wheels-b" },
      cause: { message: "no spark" },
    });
    t.same(events, ["start fuel-a", "start wheels-b", "stop wheels-b", "stop fuel-a"]);
    t.equal(kernel.state, "stopped");
    t.equal(host.scheduler.pending, 0);
    await kernel.stop();
  }
});

t.test("the code of a plugin's own error is kept", async (t) => {
  const PortBusy = defineError<{ port: number }>("API_PORT_BUSY", "conflict", ({ port }) => `port ${port} is taken`);
  const { kernel } = await kernelOf(chain([], { "fuel-a": { start: () => Promise.reject(new PortBusy({ port: 80 })) } }));
  await t.rejects(kernel.start(), { code: "PLUGIN_START_FAILED", data: { causeCode: "API_PORT_BUSY" }, cause: { data: { port: 80 } } });
});

t.test("a start that hangs is ended by its timeout, which names the plugin", async (t) => {
  const events: string[] = [];
  const { kernel, host } = await kernelOf(chain(events, { "wheels-b": { start: () => new Promise(() => undefined) } }));
  const starting = kernel.start();
  starting.catch(() => undefined);
  await host.scheduler.pass(29_999);
  t.equal(kernel.state, "starting");
  await host.scheduler.pass(1);
  await t.rejects(starting, {
    code: "PLUGIN_START_TIMEOUT",
    message: "plugin wheels-b did not start within 30000 ms; see its log for what it waits for",
  });
  t.same(events, ["start fuel-a", "start wheels-b", "stop wheels-b", "stop fuel-a"]);
});

t.test("stops that fail or hang don't keep the others from stopping", async (t) => {
  const events: string[] = [];
  const { kernel, host } = await kernelOf(
    chain(events, {
      "motor-c": { stop: () => Promise.reject(new Error("stuck")) },
      "wheels-b": { stop: () => new Promise(() => undefined) },
    }),
  );
  await kernel.start();
  const stopping = kernel.stop();
  stopping.catch(() => undefined);
  await host.scheduler.pass(5_000);
  await t.rejects(stopping, {
    code: "KERNEL_STOP_INCOMPLETE",
    message:
      "stopped, but not cleanly: plugin motor-c failed to stop: stuck; plugin wheels-b did not stop within 5000 ms; the others were stopped without it",
    data: {
      failures: [
        { plugin: "motor-c", code: "PLUGIN_STOP_FAILED" },
        { plugin: "wheels-b", code: "PLUGIN_STOP_TIMEOUT" },
      ],
    },
  });
  t.same(events.slice(3), ["stop motor-c", "stop wheels-b", "stop fuel-a"]);
  t.equal(kernel.state, "stopped");
  t.match(
    host.lines.filter(({ level }) => level === 50),
    [{ error: { code: "PLUGIN_STOP_FAILED" } }, { error: { code: "PLUGIN_STOP_TIMEOUT" } }],
  );
});

t.test("stop while starting does not wait for the plugin that is starting", async (t) => {
  const events: string[] = [];
  let late: (error: Error) => void = () => undefined;
  const hanging = new Promise<void>((_, reject) => {
    late = reject;
  });
  const { kernel, host } = await kernelOf(chain(events, { "wheels-b": { start: () => hanging } }));
  const starting = kernel.start();
  const outcome = starting.catch((error: unknown) => error);
  await settle();
  await kernel.stop();
  t.match(await outcome, { code: "KERNEL_START_ABORTED", message: "the node was stopped while wheels-b was starting" });
  t.same(events, ["start fuel-a", "start wheels-b", "stop wheels-b", "stop fuel-a"]);
  t.equal(host.scheduler.pending, 0);
  late(new Error("too late to matter"));
  await settle();

  const before = await kernelOf(chain(events));
  await before.kernel.stop();
  await t.rejects(before.kernel.start(), { code: "KERNEL_WRONG_STATE" });
});

t.test("stop called by a plugin's own start", async (t) => {
  const events: string[] = [];
  const self: { kernel?: Kernel } = {};
  const { kernel } = await kernelOf(
    chain(events, {
      "wheels-b": {
        start: () => {
          self.kernel?.stop().catch(() => undefined);
        },
      },
    }),
  );
  self.kernel = kernel;
  await t.rejects(kernel.start(), { code: "KERNEL_START_ABORTED" });
  t.same(events, ["start fuel-a", "start wheels-b", "stop wheels-b", "stop fuel-a"]);
});
