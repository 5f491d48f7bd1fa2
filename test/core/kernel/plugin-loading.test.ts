import { join } from "node:path";
import t from "tap";
import Type from "typebox";
import { loadConfig } from "../../../core/kernel/index.js";
import type { PluginClass, PluginManifest } from "../../../core/ports/plugin.js";
import { linesOf, load, loadAll, ManualScheduler, manifest, problemsOf } from "./fixtures.js";

/** A plugin's module as text. */
function moduleText(id: string, more = ""): string {
  return `{ id: "${id}", version: "1.0.0", ports: "^1.2.0", description: "d", provides: [], requires: [],
    config: { type: "object", properties: { x: { type: "integer", default: 1 } } }, plugin: class {}, ${more} }`;
}

const installed = (exports: unknown, files: Record<string, string>, type = "module"): Record<string, string> => ({
  "package.json": JSON.stringify({ name: "irrelevant", type, ...(exports as object) }),
  ...files,
});

t.test("third-party plugins by package name and by path, from the config file's folder", async (t) => {
  const esm = (id: string): string => `export default ${moduleText(id)}`;
  const dir = t.testdir({
    node_modules: {
      "esm-only": installed({ exports: { ".": { types: "./x.d.ts", import: "./m.js" } } }, { "m.js": esm("pkg-esm-only") }),
      "@acme": {
        scoped: installed(
          { exports: { ".": [{ "some-condition": "./no.js" }, "./m.js"], "./parts/*": { default: "./src/*.js" } } },
          { "m.js": esm("pkg-scoped"), src: { "x.js": esm("pkg-part") } as unknown as string },
        ),
      },
      "main-only": installed({ main: "lib/entry" }, { lib: { "entry.js": esm("pkg-main") } as unknown as string }),
      "common-js": installed({}, { "index.js": `exports.__esModule = true; exports.default = ${moduleText("pkg-common")}` }, "commonjs"),
    },
    etc: {
      "n.yaml": [
        "chain: c.json",
        "plugins:",
        "  esm-only:",
        '  "@acme/scoped": { x: 2 }',
        '  "@acme/scoped/parts/x":',
        "  main-only:",
        "  common-js:",
        "  ./file.mjs:",
        "  ../folder:",
        "  ./indexed:",
      ].join("\n"),
      "file.mjs": esm("path-file"),
      indexed: { "index.js": `export { default } from "../file-indexed.mjs"` },
      "file-indexed.mjs": esm("path-indexed"),
    },
    folder: installed({ exports: "./deep/m.js" }, { deep: { "m.js": esm("path-folder") } as unknown as string }),
  });
  const config = await load({ file: join(dir, "etc", "n.yaml") });
  t.same(
    config.plugins.map(({ manifest: { id } }) => id),
    ["pkg-esm-only", "pkg-scoped", "pkg-part", "pkg-main", "pkg-common", "path-file", "path-folder", "path-indexed"],
  );
  t.same(config.pluginConfigs.get("pkg-scoped"), { x: 2 });
});

t.test("plugins that can't be found or loaded", async (t) => {
  const dir = t.testdir({
    node_modules: {
      hidden: installed({ exports: { "./other": "./m.js" } }, { "m.js": "" }),
      escaping: installed({ exports: "../../outside.js" }, {}),
      broken: installed({}, { "package.json": "{" }),
      mainless: installed({}, {}),
    },
    empty: {},
    "outside.js": "",
    "throws.mjs": "throw new Error('no\\nway')",
    "syntax.mjs": "export default {",
    "import.mjs": "import 'not-installed-anywhere'",
    "none.mjs": "export const x = 1",
    "string.mjs": "export default 'plugin'",
    "trap.mjs": "export default { id: 'trap-it', get version() { throw new Error('trapped') } }",
    "endless.mjs": "await new Promise(() => undefined)",
    "nonsense.mjs": `export default { id: "Bad Id", version: 1, ports: "", description: "", provides: "x", requires: [1], optional: {},
      config: { type: "string" }, spec: { section: "other" }, declares: [{ name: "x" }], plugin: {} }`,
    "twice.mjs": `export default ${moduleText("path-twice", 'requires: ["test:a", "test:a"]')}`,
    "pattern.mjs": `export default ${moduleText("path-pattern", 'config: { type: "object", properties: { a: { type: "string", pattern: "(" } } }')}`,
    "range.mjs": `export default ${moduleText("path-range", 'ports: "soon"')}`,
    "old.mjs": `export default ${moduleText("path-old", 'ports: "^0.9.0"')}`,
    "wide.mjs": `export default ${moduleText("path-wide", 'ports: ">=1.0.0 <2.0.0"')}`,
  });
  const faults = async (name: string): Promise<string> => {
    const scheduler = new ManualScheduler();
    const loading = problemsOf(load({ document: { chain: "c", plugins: { [name]: {} } }, directory: dir, scheduler, loadTimeoutMs: 50 }));
    if (name.includes("endless")) {
      // The timer is set before the import begins.
      while (scheduler.pending === 0) await scheduler.pass(0);
      await scheduler.pass(50);
    }
    const problems = await loading;
    return problems.map(({ code, message }) => `${code} ${message}`).join(" && ");
  };
  t.match(await faults("hidden"), /^PLUGIN_NOT_FOUND no such plugin: the package in .*hidden does not export a main module to import$/);
  t.match(await faults("hidden/gone"), /^PLUGIN_NOT_FOUND .* does not export \.\/gone to import$/);
  t.match(await faults("escaping"), /^PLUGIN_NOT_FOUND .* exports \.\.\/\.\.\/outside\.js, which is not a file of it$/);
  t.match(await faults("broken"), /^PLUGIN_NOT_FOUND no such plugin: cannot be looked up/);
  t.match(await faults("mainless"), /^PLUGIN_NOT_FOUND .* has no file index\.js$/);
  t.match(await faults("No Package!"), /^PLUGIN_NOT_FOUND no such plugin: not a built-in plugin, a package name or a path$/);
  t.match(await faults("./empty"), /^PLUGIN_NOT_FOUND .* has no package\.json and no index\.js$/);
  t.equal(await faults("./throws.mjs"), "PLUGIN_LOAD_FAILED its module cannot be loaded: no way");
  t.match(await faults("./syntax.mjs"), /^PLUGIN_LOAD_FAILED /);
  t.match(await faults("./import.mjs"), /^PLUGIN_LOAD_FAILED .*not-installed-anywhere/);
  t.equal(await faults("./endless.mjs"), "PLUGIN_LOAD_FAILED its module cannot be loaded: its module did not load within 50 ms");
  const none = "PLUGIN_NO_MANIFEST its default export is not a plugin manifest; write export default definePlugin({ … })";
  t.equal(await faults("./none.mjs"), none);
  t.equal(await faults("./string.mjs"), none);
  t.equal(await faults("./trap.mjs"), "PLUGIN_BAD_MANIFEST its manifest cannot be read: trapped");
  t.same((await faults("./nonsense.mjs")).split(" && "), [
    'PLUGIN_BAD_MANIFEST its manifest: id is "Bad Id"; write <kind>-<name> in lower case with dashes',
    "PLUGIN_BAD_MANIFEST its manifest: version is a value of type number; write a semantic version like 1.0.0",
    'PLUGIN_BAD_MANIFEST its manifest: ports is ""; write a semver range like ^0.1.0',
    "PLUGIN_BAD_MANIFEST its manifest: description is missing; write one line",
    'PLUGIN_BAD_MANIFEST its manifest: provides is "x"; write a list of capability names',
    "PLUGIN_BAD_MANIFEST its manifest: requires is a value of type object; write a list of capability names",
    "PLUGIN_BAD_MANIFEST its manifest: optional is a value of type object; write a list of capability names",
    "PLUGIN_BAD_MANIFEST its manifest: config is not an object schema; write Type.Object({ … })",
    'PLUGIN_BAD_MANIFEST its manifest: spec.section is "other"; write consensus or ledger',
    'PLUGIN_BAD_MANIFEST its manifest: declares[0] is not of the shape { name, cardinality: "single" | "many", members: [] }',
    "PLUGIN_BAD_MANIFEST its manifest: plugin is a value of type object; write the plugin's class",
  ]);
  t.equal(await faults("./twice.mjs"), "PLUGIN_BAD_MANIFEST its manifest: requires and optional list test:a twice");
  t.match(await faults("./pattern.mjs"), /^PLUGIN_BAD_MANIFEST its manifest: config\.a has the pattern \(/);
  t.match(await faults("./range.mjs"), /^PLUGIN_BAD_MANIFEST .*no semver range/);
  t.equal(
    await faults("./old.mjs"),
    "PLUGIN_PORTS_MISMATCH it was written for ports ^0.9.0, this node has ports 1.2.3; install a version of it that fits",
  );
  t.equal(await faults("./wide.mjs"), "");
});

t.test("one plugin twice", async (t) => {
  const dir = t.testdir({ "own.mjs": `export default ${moduleText("motor-otto")}` });
  const plugins = [manifest("motor-otto")];
  t.same(await linesOf(load({ document: { chain: "c", plugins: { "motor-otto": {}, "./own.mjs": {} } }, directory: dir, plugins })), [
    'config: plugins."./own.mjs": its id motor-otto is also that of motor-otto; a node has each plugin once, remove one',
  ]);
  const core = [manifest("motor-otto")];
  t.match(await problemsOf(loadAll(plugins, { coreManifests: core })), [{ code: "PLUGIN_DUPLICATE" }]);
});

t.test("the graph: missing, twice, unknown, cycle", async (t) => {
  const engine = (id: string, fields: Partial<PluginManifest> = {}): PluginManifest =>
    manifest(id, { provides: ["test:engine"], ...fields });
  const fuel = manifest("fuel-petrol", { provides: ["test:fuel"] });
  const car = manifest("car-small", { requires: ["test:engine", "test:lights"] });

  t.same(await linesOf(loadAll([engine("motor-a"), engine("motor-b")])), [
    "config: plugins.motor-b: provides test:engine, and so does motor-a, but a node has only one; remove one of them",
  ]);
  t.match(await linesOf(loadAll([engine("motor-a")], { host: ["test:engine"] })), [/and so does host, .*; remove motor-a$/]);
  t.same(
    await linesOf(load({ plugins: [engine("motor-a"), engine("motor-b"), car], document: { chain: "c", plugins: { "car-small": {} } } })),
    ["config: plugins.car-small: car-small requires test:engine, which no plugin provides; add motor-a or motor-b to plugins"],
  );
  t.same(await linesOf(loadAll([car])), [
    "config: plugins.car-small: car-small requires test:engine, which no plugin provides; add a plugin that provides it to plugins",
  ]);
  const gone = await problemsOf(load({ plugins: [car], document: { chain: "c", plugins: { "car-small": {}, "motor-gone": {} } } }));
  t.same(
    gone.map(({ code }) => code),
    ["PLUGIN_NOT_FOUND"],
    "what the missing plugin may have provided is not reported as missing too",
  );
  t.same(await linesOf(loadAll([engine("motor-a", { provides: ["test:engin"], requires: ["test:fuels"] })])), [
    "config: plugins.motor-a: provides test:engin, a capability that nobody declares; correct the name, or add it to declares of the manifest; did you mean test:engine?",
    "config: plugins.motor-a: requires test:fuels, a capability that nobody declares; correct the name, or add it to declares of the manifest; did you mean test:fuel?",
  ]);
  const own = { name: "acme:turbo", cardinality: "single", members: [] } as const;
  t.same(
    await linesOf(
      loadAll([engine("motor-a", { provides: ["acme:turbo"], declares: [own] }), manifest("car-fast", { requires: ["acme:turbo"] })]),
    ),
    [],
  );
  t.match(
    await problemsOf(
      loadAll([manifest("motor-a", { declares: [own] }), manifest("motor-b", { declares: [{ ...own, cardinality: "many" }] })]),
    ),
    [{ code: "CAPABILITY_UNKNOWN", message: /declares acme:turbo as many, but it is already known as single/ }],
  );
  const cycle = [
    manifest("car-first"),
    engine("motor-a", { requires: ["test:fuel"] }),
    manifest("fuel-petrol", { provides: ["test:fuel"], requires: ["test:wheels"] }),
    manifest("wheels-four", { provides: ["test:wheels"], optional: ["test:engine"] }),
  ];
  t.match(await problemsOf(loadAll(cycle)), [{ code: "CAPABILITY_CYCLE" }]);
  t.same(await linesOf(loadAll(cycle)), [
    "config: plugins.motor-a: these plugins need each other, so none can start first: motor-a, which needs test:fuel of fuel-petrol, which needs test:wheels of wheels-four, which needs test:engine of motor-a; make one of these optional or split the plugin",
  ]);
  t.match(await problemsOf(loadAll([manifest("fuel-own", { provides: ["test:fuel"], requires: ["test:fuel"] })])), [
    { code: "CAPABILITY_CYCLE" },
  ]);
  t.same(await linesOf(loadAll([car, engine("motor-a", { requires: ["test:fuel"] }), fuel])), []);
});

t.test("order: dependencies first, core before plugins, else as the config lists them; always the same", async (t) => {
  const plugins = [
    manifest("lights-b", { provides: ["test:lights"] }),
    manifest("car-a", { requires: ["test:lights", "test:engine"] }),
    manifest("lights-a", { provides: ["test:lights"] }),
    manifest("motor-a", { provides: ["test:engine"], optional: ["test:fuel"] }),
    manifest("fuel-a", { provides: ["test:fuel"] }),
  ];
  const core = [manifest("road", { requires: ["test:engine"] }), manifest("sky")];
  const order = async (): Promise<readonly string[]> =>
    (await loadAll(plugins, { coreManifests: core })).graph.order.map(({ manifest: { id } }) => id);
  t.same(await order(), ["fuel-a", "motor-a", "road", "sky", "lights-b", "lights-a", "car-a"]);
  t.same(await order(), await order());
});

t.test("only what the config names is imported, and nothing of it is constructed", async (t) => {
  const events: string[] = [];
  const loud = (id: string): PluginManifest =>
    manifest(id, {
      config: Type.Object({}),
      plugin: class {
        constructor() {
          events.push(`constructed ${id}`);
        }
      } as PluginClass,
    });
  const builtIns = Object.fromEntries(
    ["motor-a", "motor-b"].map((id) => [
      id,
      () => {
        events.push(`imported ${id}`);
        return Promise.resolve({ default: loud(id) });
      },
    ]),
  );
  await loadConfig({
    document: { chain: "c", plugins: { "motor-a": null } },
    builtIns,
    host: [],
    scheduler: new ManualScheduler(),
    portsVersion: "1.2.0",
  });
  t.same(events, ["imported motor-a"]);
});
