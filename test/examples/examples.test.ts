/**
 * Third-party packages as their authors have them: Chainwright packed and installed in a folder of its own, the examples and
 * fresh templates compiled against it, held to the conformance list, and run from a node config.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import t from "tap";
import type * as Conformance from "../../core/conformance/index.js";
import type { PluginManifest } from "../../core/ports/plugin.js";
import { getJson, NodeProcess, ROOT, run } from "../functional/node-process.js";

const execute = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "chainwright-examples-"));
const installed = join(folder, "node_modules", "chainwright");
const CLI = join(installed, "dist", "core", "cli", "main.js");
const PACKAGES = ["consensus-solo", "transport-plain", "consensus-fair-play", "transport-carrier-pigeon"];

t.teardown(() => rm(folder, { recursive: true, force: true }));

/** Packs Chainwright as it would be published and installs it, with this repository's dependencies beside it. */
async function install(): Promise<void> {
  const root = ROOT.pathname;
  await mkdir(installed, { recursive: true });
  const { stdout } = await execute("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: root });
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string }];
  await execute("tar", ["-xzf", join(folder, packed.filename), "-C", installed, "--strip-components=1"]);
  for (const entry of await readdir(join(root, "node_modules")))
    if (!entry.startsWith(".") && entry !== "chainwright")
      await symlink(join(root, "node_modules", entry), join(folder, "node_modules", entry));
}

interface Peers {
  readonly listening: readonly string[];
  readonly peers: readonly { readonly address: string; readonly direction: string }[];
}

const entryOf = (name: string) => pathToFileURL(join(folder, name, "dist", "index.js")).href;

async function manifestOf(name: string): Promise<PluginManifest> {
  return ((await import(entryOf(name))) as { readonly default: PluginManifest }).default;
}

t.before(async () => {
  await install();
  for (const name of PACKAGES.slice(0, 2)) await cp(new URL(`examples/${name}`, ROOT), join(folder, name), { recursive: true });
  for (const [kind, name] of [
    ["consensus", "fair-play"],
    ["transport", "carrier-pigeon"],
  ] as const) {
    const { code, stdout, stderr } = await run(["plugin", "new", kind, name], { cwd: folder });
    if (code !== 0) throw new Error(stdout + stderr);
  }
  const tsc = join(ROOT.pathname, "node_modules", "typescript", "bin", "tsc");
  await execute(process.execPath, [tsc, "-b", ...PACKAGES.map((name) => join(folder, name))], { cwd: folder });
});

t.test("an example stays within what an author is promised", async (t) => {
  for (const [name, maxFiles, maxLines] of [
    ["consensus-solo", 2, 250],
    ["transport-plain", 3, 400],
  ] as const) {
    const files = (await readdir(new URL(`examples/${name}`, ROOT))).filter((file) => file.endsWith(".ts"));
    t.ok(files.length <= maxFiles, name);
    let lines = 0;
    for (const file of files) {
      const text = await readFile(new URL(`examples/${name}/${file}`, ROOT), "utf8");
      lines += text.split("\n").length - 1;
      const imports = [...text.matchAll(/from "([^"]+)"/g)].map(([, from]) => from ?? "");
      t.strictSame(
        imports.filter(
          (from) => !["chainwright/sdk", "chainwright/conformance"].includes(from) && !from.startsWith("node:") && !from.startsWith("./"),
        ),
        [],
        `${name} needs only the sdk and the conformance kit`,
      );
    }
    t.ok(lines <= maxLines, `${name} has ${lines} lines`);
  }
});

/** Runs the test that comes with a package, as `npm test` in it does. */
async function ownTest(name: string): Promise<string> {
  // Not as a part of this test's own run, which node:test would report to.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const args = ["--test", join(folder, name, "dist", "conformance.test.js")];
  const { stdout } = await execute(process.execPath, args, { env: environment }).catch((error: { readonly stdout?: string }) => {
    if (error.stdout === undefined) throw error;
    return { stdout: error.stdout };
  });
  return stdout;
}

t.test("consensus-solo and its template keep the laws of the consensus port", async (t) => {
  const { consensusConformance, CONFORMANCE_KEYS } = (await import(
    pathToFileURL(join(installed, "dist", "core", "conformance", "index.js")).href
  )) as typeof Conformance;
  for (const name of ["consensus-solo", "consensus-fair-play"]) {
    t.match(await ownTest(name), /^# fail 0$/m, `${name}: the test that comes with it`);
    const manifest = await manifestOf(name);
    t.equal(manifest.id, name);
    const cases = consensusConformance({
      manifest,
      parameters: { authority: Buffer.from(CONFORMANCE_KEYS.publicKeys[0] ?? []).toString("hex") },
      config: { produce: true },
    });
    t.ok(cases.length > 15);
    for (const { name: law, run: check } of cases) await t.test(`${name}: ${law}`, check);
  }
});

t.test("transport-plain and its template keep the laws of the transport port", async (t) => {
  for (const name of ["transport-plain", "transport-carrier-pigeon"]) {
    t.equal((await manifestOf(name)).id, name);
    const output = await ownTest(name);
    t.match(output, /^# fail 0$/m, name);
    const [, passed] = /^# pass (\d+)$/m.exec(output) ?? [];
    t.ok(Number(passed) > 30, `${name}: ${passed} cases`);
  }
});

t.test("a node runs a third-party engine from its config, by path and by package name", async (t) => {
  const environment = { CHAINWRIGHT_PASSPHRASE: "correct horse" };
  const made = await run(["keys", "new", "authority", "--keys", join(folder, "keys"), "--json"], { environment });
  const { publicKey } = JSON.parse(made.stdout) as { readonly publicKey: string };
  const spec = {
    chainId: "solo-test",
    addressPrefix: "cw",
    genesisTimeMs: 1_767_225_600_000,
    consensus: { plugin: "consensus-solo", parameters: { authority: publicKey, intervalMs: 50 } },
    ledger: { plugin: "ledger-account", parameters: { allocations: [] } },
  };
  await writeFile(join(folder, "chain.json"), JSON.stringify(spec));
  await symlink(join(folder, "consensus-solo"), join(folder, "node_modules", "consensus-solo"));
  let height = 0;
  for (const plugin of ["./consensus-solo", "consensus-solo"]) {
    const config = {
      chain: "chain.json",
      dataDir: "data",
      log: { level: "warn" },
      keys: { directory: "keys", unlock: ["authority"] },
      plugins: { "storage-level": {}, "ledger-account": {}, [plugin]: { produce: true }, "api-http": { port: 0 } },
    };
    await writeFile(join(folder, "node.json"), JSON.stringify(config));
    const node = new NodeProcess(["start", "--config", join(folder, "node.json")], environment, CLI);
    t.teardown(() => node.kill("SIGKILL"));
    const api = await node.api();
    const ready = node.lines.find((line) => line.type === "ready");
    t.ok((ready?.height ?? -1) >= height, `${plugin}: it goes on where it was`);
    height = (await node.block((ready?.height ?? 0) + 3)).height;
    const { block } = (await getJson(`${api}/v1/blocks/1`)) as { readonly block?: unknown };
    const first = (block ?? (await getJson(`${api}/v1/blocks/1`))) as { readonly canonical?: boolean };
    t.equal(first.canonical, true);
    t.equal(await node.kill("SIGTERM"), 0, `${plugin}: a clean stop`);
  }
});

t.test("a node has several transports at once: peers come over a third-party one, and over TLS, and all have one chain", async (t) => {
  await symlink(join(folder, "transport-plain"), join(folder, "node_modules", "transport-plain"));
  const environment = { CHAINWRIGHT_PASSPHRASE: "correct horse" };
  const started = async (name: string, produce: boolean, persistent: readonly string[]) => {
    const config = {
      chain: "chain.json",
      dataDir: name,
      log: { level: "warn" },
      node: { network: { persistent, exchange: false } },
      ...(produce ? { keys: { directory: "keys", unlock: ["authority"] } } : {}),
      plugins: {
        "storage-level": {},
        "ledger-account": {},
        "./consensus-solo": { produce },
        "transport-plain": {},
        "transport-tcp": { host: "127.0.0.1", port: 0, tls: { trust: "open" } },
        "api-http": { port: 0 },
      },
    };
    await writeFile(join(folder, `${name}.json`), JSON.stringify(config));
    const node = new NodeProcess(["start", "--config", join(folder, `${name}.json`)], environment, CLI);
    t.teardown(() => node.kill("SIGKILL"));
    const api = await node.api();
    return { node, peers: async () => (await getJson(`${api}/v1/peers`)) as unknown as Peers };
  };
  const hub = await started("several-1", true, []);
  const { listening } = await hub.peers();
  t.same(listening.map((address) => address.split("://")[0]).sort(), ["plain", "tcp"], "it listens on both");
  const followers: NodeProcess[] = [];
  for (const address of listening) {
    const { node, peers } = await started(`several-${address.split(":")[0]}`, false, [address]);
    const { height } = await hub.node.block(((await node.line(({ type }) => type === "ready")) as { readonly height: number }).height + 3);
    t.ok((await node.block(height)).height >= height, `blocks come over ${address}`);
    t.match((await peers()).peers, [{ address, direction: "outbound" }]);
    followers.push(node);
  }
  t.equal((await hub.peers()).peers.length, 2);
  for (const node of [hub.node, ...followers]) t.equal(await node.kill("SIGTERM"), 0, "a clean stop");
});
