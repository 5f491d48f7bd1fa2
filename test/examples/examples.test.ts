/**
 * Third-party packages as their authors have them: Chainwright packed and installed in a folder of its own, the examples and
 * fresh templates compiled against it, held to the conformance list, and run from a node config.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import t from "tap";
import type * as Conformance from "../../core/conformance/index.js";
import type { PluginManifest } from "../../core/ports/plugin.js";
import type { ChannelSpec, CloseReason, Connection, Transport } from "../../core/ports/transport.js";
import { type Bytes, bytesEqual } from "../../core/primitives/bytes.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../core/runtime/index.js";
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

t.test("consensus-solo and its template keep the laws of the consensus port", async (t) => {
  const { consensusConformance, CONFORMANCE_KEYS } = (await import(
    pathToFileURL(join(installed, "dist", "core", "conformance", "index.js")).href
  )) as typeof Conformance;
  for (const name of ["consensus-solo", "consensus-fair-play"]) {
    // Not as a part of this test's own run, which node:test would report to.
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const own = await execute(process.execPath, ["--test", join(folder, name, "dist", "conformance.test.js")], { env: environment });
    t.match(own.stdout, /^# fail 0$/m, `${name}: the test that comes with it`);
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

// --- transport --------------------------------------------------------------------------------------------------------

const CHANNELS: readonly ChannelSpec[] = [
  { number: 0, maxMessageBytes: 100, priority: 0 },
  { number: 7, maxMessageBytes: 8 << 20, priority: 5 },
];
const never = new AbortController().signal;

interface Ends {
  readonly here: Connection;
  readonly there: Connection;
  readonly listening: Transport;
  readonly dialing: Transport;
  readonly address: string;
}

t.test("two transports of one kind", async (t) => {
  for (const name of ["transport-plain", "transport-carrier-pigeon"]) {
    const manifest = await manifestOf(name);
    t.equal(manifest.id, name);
    const scheduler = new SystemScheduler(new SystemClock());
    const made: Transport[] = [];
    const transport = (channels = CHANNELS): Transport => {
      const one = new manifest.plugin({ host: "127.0.0.1", port: 0 }, new SystemEntropy(), scheduler) as unknown as Transport;
      one.configure(channels);
      made.push(one);
      return one;
    };
    const connected = async (farChannels = CHANNELS): Promise<Ends> => {
      const [listening, dialing] = [transport(), transport(farChannels)];
      let accept: (connection: Connection) => void = () => undefined;
      const accepted = new Promise<Connection>((resolve) => {
        accept = resolve;
      });
      const [address = ""] = await listening.listen((connection) => accept(connection));
      const there = await dialing.dial(address, never);
      return { here: await accepted, there, listening, dialing, address };
    };
    const messages = (connection: Connection) => {
      const got: { readonly channel: number; readonly message: Bytes }[] = [];
      let wake: () => void = () => undefined;
      connection.onMessage((channel, message) => {
        got.push({ channel, message });
        wake();
      });
      const until = async (count: number) => {
        while (got.length < count)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        return got;
      };
      return { got, until };
    };
    const closing = (connection: Connection) => new Promise<CloseReason>((resolve) => connection.onClose(resolve));

    await t.test(`${name}: messages arrive whole and in order, in both directions`, async (t) => {
      const { here, there } = await connected();
      t.strictSame([here.direction, there.direction], ["inbound", "outbound"]);
      const [atHere, atThere] = [messages(here), messages(there)];
      const sizes = [0, 1, 65_535, 65_536, 65_537, 131_072, 1 << 20];
      for (const size of sizes) there.send(7, new Uint8Array(size).fill(size % 251));
      here.send(0, Uint8Array.of(1));
      here.send(0, Uint8Array.of(2));
      const got = await atHere.until(sizes.length);
      t.strictSame(
        got.map(({ channel, message }) => [channel, message.length]),
        sizes.map((size) => [7, size]),
      );
      t.ok(got.every(({ message }, index) => message.every((byte) => byte === (sizes[index] ?? 0) % 251)));
      t.strictSame(
        (await atThere.until(2)).map(({ message }) => [...message]),
        [[1], [2]],
      );
    });

    await t.test(`${name}: the ends share a value that no other connection has`, async (t) => {
      const [one, two] = [await connected(), await connected()];
      const values = [one.here, one.there, two.here].map(({ security }) =>
        security.kind === "binding" ? security.value : new Uint8Array(0),
      );
      t.ok(bytesEqual(values[0] as Bytes, values[1] as Bytes));
      t.notOk(bytesEqual(values[0] as Bytes, values[2] as Bytes));
    });

    await t.test(`${name}: what is urgent overtakes what is large, and a full sender is told to wait`, async (t) => {
      const { here, there } = await connected();
      const large = new Uint8Array(8 << 20);
      const drained = new Promise<void>((resolve) => there.onDrain(resolve));
      t.equal(there.send(7, large), "wait");
      t.equal(there.send(0, Uint8Array.of(9)), "wait");
      const { got, until } = messages(here);
      await until(2);
      t.strictSame(
        got.map(({ channel }) => channel),
        [0, 7],
      );
      await drained;
      t.equal(there.send(0, Uint8Array.of(9)), "sent");
    });

    await t.test(`${name}: a receiver that pauses gets nothing more until it resumes, and loses nothing`, async (t) => {
      const { here, there } = await connected();
      const got: number[] = [];
      let all: () => void = () => undefined;
      const done = new Promise<void>((resolve) => {
        all = resolve;
      });
      here.onMessage((_channel, message) => {
        got.push(message[0] ?? -1);
        if (got.length === 1) {
          here.pause();
          setTimeout(() => {
            t.equal(got.length, 1);
            here.resume();
          }, 20);
        }
        if (got.length === 5) all();
      });
      for (let index = 0; index < 5; index++) there.send(0, Uint8Array.of(index));
      await done;
      t.strictSame(got, [0, 1, 2, 3, 4]);
    });

    await t.test(`${name}: limits hold on both sides`, async (t) => {
      const { there } = await connected();
      t.throws(() => there.send(0, new Uint8Array(101)), { code: /^TRANSPORT_/ });
      t.throws(() => there.send(99, new Uint8Array(1)), { code: /^TRANSPORT_/ });
      const loose = CHANNELS.map((channel) => ({ ...channel, maxMessageBytes: 1 << 20 })).concat({
        number: 9,
        maxMessageBytes: 9,
        priority: 1,
      });
      for (const [channel, size, code] of [
        [0, 101, "TRANSPORT_MESSAGE_TOO_LARGE"],
        [9, 1, "TRANSPORT_UNKNOWN_CHANNEL"],
      ] as const) {
        const { here, there: far } = await connected(loose);
        const { got } = messages(here);
        const [near, distant] = [closing(here), closing(far)];
        far.onMessage(() => undefined);
        far.send(channel, new Uint8Array(size));
        t.match(await near, { code, local: true });
        t.match(await distant, { code, local: false });
        t.equal(got.length, 0);
        t.equal(here.send(0, new Uint8Array(1)), "closed");
      }
    });

    await t.test(`${name}: a close tells its reason, after everything that was sent before`, async (t) => {
      const { here, there } = await connected();
      const { got } = messages(here);
      const closed = closing(here);
      there.send(7, new Uint8Array(1 << 20));
      there.send(0, Uint8Array.of(1));
      await there.close("PEER_BANNED", "five violations");
      t.match(await closed, { code: "PEER_BANNED", message: "five violations", local: false });
      t.equal(got.length, 2);
      t.equal(there.send(0, Uint8Array.of(1)), "closed");
      await there.close("AGAIN", "harmless");
      let told: CloseReason | undefined;
      there.onClose((reason) => {
        told = reason;
      });
      t.match(told, { code: "PEER_BANNED", local: true }, "who asks late is told, too");
    });

    await t.test(`${name}: strangers are cut off, dials that fail say so`, async (t) => {
      const { here, listening, dialing, address } = await connected();
      const { port } = new URL(address);
      const raw = async (): Promise<Socket> => {
        const socket = connect(Number(port), "127.0.0.1");
        socket.on("error", () => undefined);
        await once(socket, "connect");
        return socket;
      };
      const garbage = await raw();
      garbage.write(new Uint8Array(64).fill(0xee));
      garbage.resume();
      const silent = await raw();
      silent.resume();
      const ended = [once(garbage, "close"), once(silent, "close")];
      for (const bad of ["http://127.0.0.1:1", "nonsense", "plain://127.0.0.1:1"]) {
        await t.rejects(dialing.dial(bad, never), { code: /^TRANSPORT_/ }, bad);
      }
      await t.rejects(dialing.dial(address, AbortSignal.abort()), { code: /^TRANSPORT_/ });
      const aborter = new AbortController();
      const given = dialing.dial(address, aborter.signal);
      aborter.abort();
      await t.rejects(given, { code: /^TRANSPORT_/ });
      const closed = closing(here);
      await listening.close();
      t.match(await closed, { code: "TRANSPORT_STOPPING", local: true });
      await Promise.all(ended);
      await t.rejects(dialing.dial(address, never), { code: /^TRANSPORT_/ }, "nobody listens any more");
    });

    await Promise.all(made.map((one) => one.close()));
    t.equal(scheduler.close(), 0, `${name}: no timer is left`);
  }
});
