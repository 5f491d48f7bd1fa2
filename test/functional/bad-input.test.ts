/** What users get wrong, tried through the command line: each gets its own code, a message that says what to do, and an exit code. */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { NodeProcess, ROOT, run } from "./node-process.js";

const BASE = `chain: chain.yaml
dataDir: data
log: { level: error }
plugins:
  storage-level:
  ledger-account:
  consensus-nakamoto: { mine: true, address: cw1ayy95jfr49x85qzs4jf6u8ajnue4ugs99jadee }
  api-http: { port: 0 }
`;

async function chainIn(directory: string, config = BASE): Promise<string> {
  await mkdir(directory, { recursive: true });
  await cp(new URL("config/dev-chain.yaml", ROOT), join(directory, "chain.yaml"));
  await writeFile(join(directory, "node.yaml"), config);
  return join(directory, "node.yaml");
}

/** A plugin package of one plain file. */
async function pluginIn(directory: string, file: string, body: string, manifest = ""): Promise<void> {
  const schema = `{ type: "object", properties: {}, required: [], additionalProperties: false }`;
  await writeFile(
    join(directory, file),
    `class Extra { ${body} }
export default { id: "extra-${file.replace(".mjs", "")}", version: "1.0.0", ports: "^0.1.0", description: "a test's plugin",
  provides: [], requires: [], config: ${schema}, plugin: Extra, ${manifest} };\n`,
  );
}

t.test("config problems come all at once, each on its line with code, place and nearest key", { timeout: 120_000 }, async (t) => {
  const directory = t.testdir();
  const config = await chainIn(
    directory,
    BASE.replace("dataDir: data", "dataDirr: data")
      .replace("{ port: 0 }", "{ port: seventy, hots: 127.0.0.1 }")
      .replace("  storage-level:\n", "  storage-level:\n  storage-memory:\n  consensus-nakamto:\n"),
  );
  const { code, stderr } = await run(["config", "check", "--config", config]);
  t.equal(code, 2, stderr);
  t.match(stderr, /node\.yaml:2: dataDirr: .*did you mean dataDir\?/);
  t.match(stderr, /node\.yaml:\d+: plugins\.api-http\.port: .*seventy/);
  t.match(stderr, /node\.yaml:\d+: plugins\.api-http\.hots: .*did you mean host\?/);
  t.match(stderr, /consensus-nakamto.*did you mean consensus-nakamoto\?/);
  t.match(stderr, /CONFIG_INVALID/);
});

t.test("capabilities: two providers, none, a cycle, another ports version", { timeout: 120_000 }, async (t) => {
  const directory = t.testdir();
  const two = await chainIn(join(directory, "two"), BASE.replace("  storage-level:\n", "  storage-level:\n  storage-memory:\n"));
  t.match(
    (await run(["config", "check", "--config", two])).stderr,
    /chainwright:storage.*storage-level.*storage-memory|storage-memory.*storage-level/,
  );
  const none = await chainIn(join(directory, "none"), BASE.replace("  storage-level:\n", ""));
  t.match((await run(["config", "check", "--config", none])).stderr, /chainwright:storage/);
  const cyclic = await chainIn(join(directory, "cycle"), `${BASE}  ./a.mjs:\n  ./b.mjs:\n`);
  const declares = (name: string) => `declares: [{ name: "test:${name}", cardinality: "single", members: [] }],`;
  await pluginIn(join(directory, "cycle"), "a.mjs", "", `${declares("a")} provides: ["test:a"], requires: ["test:b"]`);
  await pluginIn(join(directory, "cycle"), "b.mjs", "", `${declares("b")} provides: ["test:b"], requires: ["test:a"]`);
  const cycle = await run(["config", "check", "--config", cyclic]);
  t.equal(cycle.code, 2);
  t.match(cycle.stderr, /extra-a.*extra-b|extra-b.*extra-a/);
  const old = await chainIn(join(directory, "old"), `${BASE}  ./a.mjs:\n`);
  await pluginIn(join(directory, "old"), "a.mjs", "", `ports: "^7.0.0"`);
  const ports = await run(["config", "check", "--config", old]);
  t.equal(ports.code, 2);
  t.match(ports.stderr, /7\.0\.0/);
});

t.test("plugins that throw, hand out nonsense or ask for what they did not declare", { timeout: 120_000 }, async (t) => {
  const directory = t.testdir();
  const cases = [
    ["throws.mjs", 'start() { throw new Error("the moon is full"); }', "", /PLUGIN_START_FAILED/, /extra-throws.*the moon is full/],
    ["nonsense.mjs", "capabilities() { return 7; }", 'provides: ["chainwright:api-routes"]', /PLUGIN_BAD_CAPABILITY/, /extra-nonsense/],
    ["greedy.mjs", 'static inject = ["chainwright:storage"];', "", /KERNEL_UNDECLARED_CAPABILITY/, /extra-greedy.*chainwright:storage/],
  ] as const;
  for (const [file, body, manifest, code, message] of cases) {
    const at = join(directory, file);
    const config = await chainIn(at, `${BASE}  ./${file}:\n`);
    await pluginIn(at, file, body, manifest);
    const result = await run(["start", "--config", config]);
    t.equal(result.code, 1, `${file}: ${result.stderr}`);
    t.match(result.stderr, code, file);
    t.match(result.stderr, message, file);
  }
});

t.test("the data directory: locked, of another chain, of a newer format, damaged", { timeout: 120_000 }, async (t) => {
  const directory = t.testdir();
  const config = await chainIn(directory);
  const format = join(directory, "data", "format.json");
  const node = new NodeProcess(["start", "--config", config]);
  await node.api();
  const locked = await run(["start", "--config", config]);
  t.equal(locked.code, 4, locked.stderr);
  t.match(locked.stderr, /DATA_DIRECTORY_LOCKED/);
  t.equal(await node.kill("SIGTERM"), 0);

  const spec = await readFile(join(directory, "chain.yaml"), "utf8");
  await writeFile(join(directory, "chain.yaml"), spec.replace("1000000000000", "1000000000001"));
  const other = await run(["start", "--config", config]);
  t.equal(other.code, 4, other.stderr);
  t.match(other.stderr, /DATA_DIRECTORY_OTHER_CHAIN/);
  await writeFile(join(directory, "chain.yaml"), spec);

  const content = await readFile(format, "utf8");
  await writeFile(format, content.replace(/"format": *\d+/, '"format": 99'));
  const newer = await run(["start", "--config", config]);
  t.match(newer.stderr, /DATA_DIRECTORY_NEWER_FORMAT/);
  await writeFile(format, "{");
  const damaged = await run(["start", "--config", config]);
  t.equal(damaged.code, 7, damaged.stderr);
  t.match(damaged.stderr, /DATA_DIRECTORY_DAMAGED/);
  await writeFile(format, content);

  await rm(join(directory, "data", "chain.level", "CURRENT"));
  const database = await run(["start", "--config", config]);
  t.equal(database.code, 7, database.stderr);
  t.match(database.stderr, /STORAGE_DAMAGED|STATE_DAMAGED|CHAIN_DAMAGED/);
});

t.test("a busy port, another chain's plugin, a wrong chain spec", { timeout: 120_000 }, async (t) => {
  const directory = t.testdir();
  const config = await chainIn(directory);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const busy = await run(["start", "--config", config, "--set", `plugins.api-http.port=${port}`]);
  t.equal(busy.code, 4, busy.stderr);
  t.match(busy.stderr, new RegExp(`${port}`));

  const spec = await readFile(join(directory, "chain.yaml"), "utf8");
  await writeFile(join(directory, "chain.yaml"), spec.replace("plugin: consensus-nakamoto", "plugin: consensus-solo"));
  const mismatch = await run(["config", "check", "--config", config]);
  t.match(mismatch.stderr, /CHAIN_SPEC_MISMATCH/);
  t.match(mismatch.stderr, /consensus-solo/);
  await writeFile(
    join(directory, "chain.yaml"),
    spec.replace("blockIntervalMs: 1000", "blockIntervalMs: soon").replace("addressPrefix: cw", "adressPrefix: cw"),
  );
  const wrong = await run(["config", "check", "--config", config]);
  t.equal(wrong.code, 2);
  t.match(wrong.stderr, /chain\.yaml:\d+: consensus\.parameters\.blockIntervalMs/);
  t.match(wrong.stderr, /did you mean addressPrefix\?/);
});

t.test("the command line: unknown commands and options get the nearest one", { timeout: 120_000 }, async (t) => {
  const command = await run(["tx", "trnsfer"]);
  t.equal(command.code, 2);
  t.match(command.stderr, /Did you mean transfer\?/);
  const option = await run(["status", "--jsn"]);
  t.equal(option.code, 2);
  t.match(option.stderr, /Did you mean --json\?/);
  const nobody = await run(["status", "--api", "http://127.0.0.1:9"]);
  t.equal(nobody.code, 5);
  t.match(nobody.stderr, /CLI_NODE_UNREACHABLE/);
  const asJson = await run(["status", "--api", "http://127.0.0.1:9", "--json"]);
  t.match(JSON.parse(asJson.stderr), { error: { code: "CLI_NODE_UNREACHABLE" } });
  t.equal((await run(["--help"])).code, 0);
  t.equal((await run(["--version"])).code, 0);
});
