import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import Type from "typebox";
import { configJsonSchema, explainConfig, renderExplanation, validateDocument, validateFile } from "../../../core/kernel/index.js";
import { ENGINE_CONFIG, linesOf, load, manifest, problemsOf } from "./fixtures.js";

const engine = manifest("motor-diesel", { config: ENGINE_CONFIG });
const mempool = manifest("mempool", { config: Type.Object({ maxCount: Type.Integer({ default: 100 }) }) });

t.test("YAML, TOML and JSON of the same content load alike", async (t) => {
  const dir = t.testdir({
    "a.yaml": [
      "$schema: ../schema.json",
      "chain: dev.json",
      "log: { level: debug, components: { chain: trace } }",
      "mempool:",
      "  maxCount: 7",
      "plugins:",
      "  motor-diesel:",
      '    tags: [a, "b"]',
      "    port: 9000",
    ].join("\n"),
    "a.toml": [
      '"$schema" = "../schema.json"',
      'chain = "dev.json"',
      'log = { level = "debug", components = { chain = "trace" } }',
      "[mempool]",
      "maxCount = 7",
      "[plugins.motor-diesel]",
      'tags = ["a", "b"]',
      "port = 9000",
    ].join("\n"),
    "a.json": JSON.stringify({
      $schema: "../schema.json",
      chain: "dev.json",
      log: { level: "debug", components: { chain: "trace" } },
      mempool: { maxCount: 7 },
      plugins: { "motor-diesel": { tags: ["a", "b"], port: 9000 } },
    }),
  });
  const loaded = await Promise.all(
    ["yaml", "toml", "json"].map((ending) => load({ file: join(dir, `a.${ending}`), plugins: [engine], coreManifests: [mempool] })),
  );
  for (const config of loaded) {
    t.equal(config.chain, join(dir, "dev.json"), "paths in a file start from its folder");
    t.equal(config.dataDir, resolve("data"), "default paths start from the working directory");
    t.same(config.log, { level: "debug", components: { chain: "trace" }, format: "auto" });
    t.same(config.pluginConfigs.get("mempool"), { maxCount: 7 });
    t.same(config.pluginConfigs.get("motor-diesel"), {
      port: 9000,
      host: "127.0.0.1",
      startTimeoutMs: 1000,
      tags: ["a", "b"],
      verbose: false,
    });
  }
  const lineOf = (i: number): string | undefined =>
    loaded[i] && explainConfig(loaded[i]).plugins[1]?.settings.find(({ path }) => path === "port")?.source;
  t.equal(lineOf(0), `${join(dir, "a.yaml")}:9`);
  t.equal(lineOf(1), `${join(dir, "a.toml")}:8`);
  t.equal(lineOf(2), `${join(dir, "a.json")}:1`);
});

t.test("all problems at once, each on one line with file, line, path, value, what is allowed and the nearest key", async (t) => {
  const dir = t.testdir({
    "bad.yaml": [
      "log:",
      "  level: verbose",
      "  levle: info",
      "plugins:",
      "  motor-diesel:",
      '    port: "80"',
      "    prot: 1",
      "    tags: a",
      "    startTimeoutMs: 0",
      "    verbose: 18446744073709551616",
      "  motor-disel: {}",
      "  ./gone.js: {}",
      "mempol: {}",
    ].join("\n"),
  });
  t.same(await linesOf(load({ file: "bad.yaml", directory: dir, plugins: [engine], coreManifests: [mempool] })), [
    "bad.yaml:1: chain: is missing; allowed: string of at least 1 characters",
    'bad.yaml:2: log.level: "verbose" is not allowed; allowed: one of trace, debug, info, warn, error, fatal',
    'bad.yaml:3: log.levle: unknown key (value "info"); allowed: level, components, format; did you mean level?',
    'bad.yaml:6: plugins.motor-diesel.port: "80" is not an integer; allowed: integer from 0 to 65535',
    "bad.yaml:7: plugins.motor-diesel.prot: unknown key (value 1); allowed: port, host, startTimeoutMs, tags, verbose; did you mean port?",
    'bad.yaml:8: plugins.motor-diesel.tags: "a" is not a list; allowed: list of string',
    "bad.yaml:9: plugins.motor-diesel.startTimeoutMs: 0 is out of range; allowed: integer of at least 1",
    "bad.yaml:10: plugins.motor-diesel.verbose: 18446744073709551616 is not true or false; allowed: true or false",
    `bad.yaml:11: plugins.motor-disel: no such plugin: no built-in plugin has this id, and no package of this name is installed for ${dir}; correct the name, or install the package there; did you mean motor-diesel?`,
    `bad.yaml:12: plugins."./gone.js": no such plugin: there is no ${join(dir, "gone.js")}`,
    "bad.yaml:13: mempol: unknown key; allowed: $schema, chain, dataDir, log, mempool, plugins; did you mean mempool?",
  ]);
  const problems = await problemsOf(load({ file: "bad.yaml", directory: dir, plugins: [engine], coreManifests: [mempool] }));
  t.same(
    problems.map(({ code }) => code),
    [
      "CONFIG_MISSING_KEY",
      "CONFIG_OUT_OF_RANGE",
      "CONFIG_UNKNOWN_KEY",
      "CONFIG_WRONG_TYPE",
      "CONFIG_UNKNOWN_KEY",
      "CONFIG_WRONG_TYPE",
      "CONFIG_OUT_OF_RANGE",
      "CONFIG_WRONG_TYPE",
      "PLUGIN_NOT_FOUND",
      "PLUGIN_NOT_FOUND",
      "CONFIG_UNKNOWN_KEY",
    ],
  );
  t.match(problems[3], { file: "bad.yaml", line: 6, path: "plugins.motor-diesel.port", allowed: "integer from 0 to 65535" });
  const error: unknown = await load({ file: "bad.yaml", directory: dir, plugins: [engine] }).catch((thrown: unknown) => thrown);
  t.match(error, { code: "CONFIG_INVALID", kind: "input", message: /^bad\.yaml: 11 problems\n {2}bad\.yaml:1: / });
});

t.test("precedence: default < file < environment < flag, and every value knows its source", async (t) => {
  const dir = t.testdir({
    "n.yaml": "chain: c.json\nplugins:\n  motor-diesel:\n    port: 1\n    host: file\n    startTimeoutMs: 11\n",
  });
  const config = await load({
    file: join(dir, "n.yaml"),
    directory: dir,
    plugins: [engine],
    environment: {
      CHAINWRIGHT__PLUGINS__MOTOR_DIESEL__HOST: "8080",
      CHAINWRIGHT__PLUGINS__MOTOR_DIESEL__START_TIMEOUT_MS: "22",
      CHAINWRIGHT__PLUGINS__MOTOR_DIESEL__TAGS: "x, y",
      CHAINWRIGHT__LOG__COMPONENTS__MOTOR_DIESEL: "warn",
      CHAINWRIGHT__DATA_DIR: "from-environment",
      CHAINWRIGHT_PASSWORD: "not ours",
      PATH: "nor this",
    },
    overrides: ["plugins.motor-diesel.startTimeoutMs=33", "plugins.motor-diesel.verbose=true", 'plugins.motor-diesel.tags.1="z"'],
  });
  t.same(config.pluginConfigs.get("motor-diesel"), {
    port: 1,
    host: "8080",
    startTimeoutMs: 33,
    tags: ["x", '"z"'],
    verbose: true,
  });
  t.equal(config.dataDir, join(dir, "from-environment"));
  t.same(config.log.components, { "motor-diesel": "warn" });
  const sources = Object.fromEntries(explainConfig(config).plugins[0]?.settings.map(({ path, source }) => [path, source]) ?? []);
  t.same(sources, {
    port: `${join(dir, "n.yaml")}:4`,
    host: "environment CHAINWRIGHT__PLUGINS__MOTOR_DIESEL__HOST",
    startTimeoutMs: "--set plugins.motor-diesel.startTimeoutMs",
    tags: "environment CHAINWRIGHT__PLUGINS__MOTOR_DIESEL__TAGS",
    verbose: "--set plugins.motor-diesel.verbose",
  });
});

t.test("wrong overrides are problems that name the variable or flag", async (t) => {
  const options = {
    document: { chain: "c.json", plugins: { "motor-diesel": { tags: ["a"] } } },
    plugins: [engine],
    environment: { CHAINWRIGHT__PLUGINS__MOTOR_DIESEL__PROT: "1", CHAINWRIGHT__LOGG__LEVEL: "info", CHAINWRIGHT__LOG__LEVEL: "loud" },
    overrides: [
      "nonsense",
      "=1",
      'plugins."motor-diesel.port=1',
      "plugins.motor-diesel.port=many",
      "plugins.motor-diesel.tags.5=x",
      "plugins.motor.port=1",
      "log=debug",
    ],
  };
  const lines = await linesOf(load(options));
  t.match(lines, [
    "environment CHAINWRIGHT__LOGG__LEVEL: no key is spelt LOGG; allowed: SCHEMA, CHAIN, DATA_DIR, LOG, PLUGINS; did you mean LOG?",
    "environment CHAINWRIGHT__PLUGINS__MOTOR_DIESEL__PROT: plugins.motor-diesel: no key is spelt PROT; allowed: PORT, HOST, START_TIMEOUT_MS, TAGS, VERBOSE; did you mean PORT?",
    "--set nonsense: not of the form path=value; write for example --set plugins.api-http.port=0",
    "--set : not of the form path=value",
    '--set plugins."motor-diesel.port: not of the form path=value',
    "--set plugins.motor.port: plugins.motor: no such plugin",
    "--set plugins.motor-diesel.tags.5: plugins.motor-diesel.tags.5: the list has 1 entries; write an index from 0 to its length",
    '--set log: log: "debug" is not a map; allowed: map with keys level, components, format',
    '--set plugins.motor-diesel.port: plugins.motor-diesel.port: "many" is not an integer; allowed: integer from 0 to 65535',
  ]);
  t.equal(lines.length, 9);
});

t.test("an override can add a plugin, and call one that is named by path by its id", async (t) => {
  const added = await load({ document: { chain: "c.json" }, plugins: [engine], overrides: ["plugins.motor-diesel.port=5"] });
  t.match(added.pluginConfigs.get("motor-diesel"), { port: 5 });
  const byMap = await load({ document: { chain: "c.json" }, plugins: [engine], overrides: ['plugins={"motor-diesel":{"port":6}}'] });
  t.match(byMap.pluginConfigs.get("motor-diesel"), { port: 6 });
  const source = `export default { id: "motor-own", version: "1.0.0", ports: "*", description: "own", provides: [], requires: [],
    config: { type: "object", required: ["gear"], properties: { gear: { type: "integer", default: 1 } } }, plugin: class {} }`;
  const dir = t.testdir({ "own.js": source, "n.yaml": "chain: c.json\nplugins:\n  ./own.js:\n" });
  const byId = await load({
    file: join(dir, "n.yaml"),
    environment: { CHAINWRIGHT__PLUGINS__MOTOR_OWN__GEAR: "3" },
  });
  t.same(byId.pluginConfigs.get("motor-own"), { gear: 3 });
  const byPath = await load({ file: join(dir, "n.yaml"), overrides: ['plugins."./own.js".gear=4'] });
  t.same(byPath.pluginConfigs.get("motor-own"), { gear: 4 });
});

t.test("files that can't be read or parsed", async (t) => {
  const dir = t.testdir({
    folder: {},
    "a.yaml": "chain: x\nlog: {\n",
    "twice.yaml": "chain: x\nchain: y\n",
    "tag.yaml": "chain: !!js/function x\n",
    "two.yaml": "chain: x\n---\nchain: y\n",
    "a.toml": 'chain = "x"\nlog = \n',
    "a.json": '{\n  "chain": "x",\n  "chain": "y"\n}',
    "comma.json": '{\n  "chain": "x",\n}',
    "deep.json": "[".repeat(100_000),
    "bomb.yaml": `a: &a [x]\n${["b", "c", "d", "e", "f", "g", "h", "i"].map((k, i) => `${k}: &${k} [${Array(10).fill(`*${"abcdefgh"[i]}`).join(",")}]`).join("\n")}`,
    "a.ini": "x",
    "list.yaml": "- a\n",
    "empty.yaml": "",
  });
  const first = async (file: string): Promise<string> => {
    const [problem] = await problemsOf(load({ file, directory: dir }));
    return `${problem?.code} ${problem?.text}`;
  };
  t.equal(await first("gone.yaml"), "CONFIG_FILE_MISSING gone.yaml:1: no such file; check the path");
  t.equal(await first("folder"), "CONFIG_FILE_MISSING folder:1: this is a folder");
  t.match(await first("a.yaml"), /^CONFIG_SYNTAX a\.yaml:[23]: not YAML: /);
  t.match(await first("twice.yaml"), /^CONFIG_SYNTAX twice\.yaml:2: not YAML: Map keys must be unique/);
  t.match(await first("tag.yaml"), /^CONFIG_SYNTAX tag\.yaml:1: not YAML: /);
  t.match(await first("two.yaml"), /^CONFIG_SYNTAX two\.yaml:\d: not YAML: /);
  t.match(await first("a.toml"), /^CONFIG_SYNTAX a\.toml:2: not TOML: /);
  t.equal(await first("a.json"), 'CONFIG_SYNTAX a.json:3: not JSON: the key "chain" stands here twice, found ":"');
  t.equal(await first("comma.json"), 'CONFIG_SYNTAX comma.json:3: not JSON: expected a key in double quotes or "}", found "}"');
  t.match(await first("deep.json"), /^CONFIG_SYNTAX deep\.json:1: not JSON: nested deeper than 64/);
  t.match(await first("bomb.yaml"), /^CONFIG_SYNTAX bomb\.yaml:\d: its aliases repeat more than 10000 values/);
  t.match(await first("a.ini"), /^CONFIG_SYNTAX a\.ini:1: unknown file ending; write \.yaml, \.toml or \.json/);
  t.match(await first("list.yaml"), /^CONFIG_WRONG_TYPE list\.yaml:1: the document is not a map/);
  t.match(await first("empty.yaml"), /^CONFIG_MISSING_KEY empty\.yaml:1: chain: is missing/);
});

t.test("secrets are shown nowhere", async (t) => {
  const vault = manifest("keys-vault", {
    config: Type.Object({
      password: Type.String({ secret: true, minLength: 8 }),
      pins: Type.Array(Type.String({ secret: true }), { default: [] }),
    }),
  });
  const good = await load({
    document: { chain: "c.json", plugins: { "keys-vault": { password: "hunter2-hunter2", pins: ["1234"] } } },
    plugins: [vault],
  });
  t.same(good.pluginConfigs.get("keys-vault"), { password: "hunter2-hunter2", pins: ["1234"] });
  const explained = renderExplanation(explainConfig(good));
  t.notMatch(explained, /hunter2|1234/);
  t.match(explained, 'password = "(secret)"');
  t.notMatch(JSON.stringify(good.settings), /hunter2/);
  const bad = load({
    document: { chain: "c.json", plugins: { "keys-vault": { password: "hunter2", pasword: "hunter2" } } },
    plugins: [vault],
  });
  const lines = await linesOf(bad);
  t.equal(lines.length, 2);
  t.notMatch(lines.join("\n"), /hunter2/);
  t.match(lines[0], "plugins.keys-vault.password: (secret) is too short");
});

t.test("explain tells order, who provides what to whom, and sources", async (t) => {
  const fuel = manifest("fuel-petrol", { provides: ["test:fuel"] });
  const car = manifest("motor-otto", { requires: ["test:fuel"], optional: ["test:lights"], config: ENGINE_CONFIG });
  const config = await load({
    document: { chain: "/c.json", dataDir: "/d", plugins: { "motor-otto": { port: 1 }, "fuel-petrol": null } },
    plugins: [fuel, car],
    host: ["test:road"],
  });
  t.equal(
    renderExplanation(explainConfig(config)),
    [
      "config: none",
      '  chain = "/c.json"    [config]',
      '  dataDir = "/d"       [config]',
      '  log.level = "info"   [default]',
      "  log.components = {}  [default]",
      '  log.format = "auto"  [default]',
      "",
      "given by the host: test:road",
      "",
      "plugins, in the order of their start:",
      "",
      "1. fuel-petrol 1.0.0 (config): the fuel-petrol",
      "   provides test:fuel to motor-otto",
      "",
      "2. motor-otto 1.0.0 (config): the motor-otto",
      "   needs test:fuel from fuel-petrol",
      "   may use test:lights from nobody",
      "   port = 1               [config]",
      '   host = "127.0.0.1"     [default]',
      "   startTimeoutMs = 1000  [default]",
      "   tags = []              [default]",
      "   verbose = false        [default]",
      "",
    ].join("\n"),
  );
});

t.test("the JSON Schema for editors", async (t) => {
  const schema = configJsonSchema({
    sections: { metrics: { schema: Type.Object({ lag: Type.Boolean({ default: true }) }), description: "What is measured." } },
    coreManifests: [mempool],
    plugins: [
      engine,
      manifest("keys-vault", {
        config: Type.Object({ password: Type.String({ secret: true }), file: Type.String({ path: true, default: "k" }) }),
      }),
    ],
  });
  t.match(schema, {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    required: ["chain"],
    additionalProperties: false,
    properties: {
      metrics: { description: "What is measured." },
      mempool: { properties: { maxCount: { default: 100 } } },
      plugins: {
        additionalProperties: { type: ["object", "null"] },
        properties: {
          "motor-diesel": { anyOf: [{ properties: { port: { maximum: 65_535 } } }, { type: "null" }] },
          "keys-vault": { anyOf: [{ required: ["password"], properties: { password: { writeOnly: true } } }, { type: "null" }] },
        },
      },
    },
  });
  t.notMatch(JSON.stringify(schema), /"(?:secret|path)":/, "the kernel's own keywords stay out");
  const typebox = await import("typebox/schema");
  t.ok(typebox.Check(schema, { chain: "c", plugins: { "motor-diesel": { port: 1 }, "./x.js": { y: 1 } } }));
  t.notOk(typebox.Check(schema, { chain: "c", plugins: { "motor-diesel": { prot: 1 } } }));
  t.notOk(typebox.Check(schema, { plugins: {} }));
});

t.test("other documents are validated by the same machinery", async (t) => {
  const schema = Type.Object({
    chainId: Type.String({ pattern: "^[a-z][a-z0-9-]*$" }),
    supply: Type.Union([Type.Integer(), Type.String({ pattern: "^[0-9]+$" })]),
  });
  const good = await validateDocument({ text: '{"chainId": "dev", "supply": "18446744073709551616"}', file: "dev.json", schema });
  t.same(good.value, { chainId: "dev", supply: "18446744073709551616" });
  const bad = await validateDocument({ text: '{\n"chainId": "Dev",\n"supply": 18446744073709551616,\n"x": 1}', file: "dev.json", schema });
  t.same(
    bad.problems.map(({ text }) => text),
    [
      'dev.json:2: chainId: "Dev" does not match; allowed: string matching ^[a-z][a-z0-9-]*$',
      "dev.json:3: supply: 18446744073709551616 fits none of the forms; allowed: integer or string matching ^[0-9]+$",
      "dev.json:4: x: unknown key (value 1); allowed: chainId, supply",
    ],
  );
  t.equal(bad.value, undefined);
  const dir = t.testdir();
  t.match((await validateFile(join(dir, "gone.json"), schema)).problems, [{ code: "CONFIG_FILE_MISSING" }]);
  writeFileSync(join(dir, "spec.yaml"), "chainId: dev\nsupply: 5\n");
  t.same((await validateFile(join(dir, "spec.yaml"), schema)).value, { chainId: "dev", supply: 5 });
});
