/** `chainwright db` on real nodes: copies of a running one under load, kills, damage, and the way back. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { keys } from "../../core/chain/records.js";
import { exitCodeOf } from "../../core/cli/exit-codes.js";
import { Output } from "../../core/cli/output.js";
import { buildProgram } from "../../core/cli/program.js";
import { devAccount } from "../../core/devnet/dev-accounts.js";
import { lockDirectory } from "../../core/node/directory-lock.js";
import { buildTransfer } from "../../core/primitives/account-transaction.js";
import { SystemClock } from "../../core/runtime/index.js";
import { LevelStorage } from "../../plugins/storage-level/index.js";
import { NO_METRICS } from "../plugins/ledger-account/fixtures.js";
import { CLI, getJson, NodeProcess } from "./node-process.js";

// Each command listens for signals until its process ends.
process.setMaxListeners(0);

const directory = await mkdtemp(join(tmpdir(), "chainwright-db-"));
t.teardown(() => rm(directory, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(directory, ...parts);
const config = at("dev", "node.yaml");
const data = at("dev", "data");
const backups = at("backups");

const INSTANT = ["--port", "0", "--mine", "instant"];
/** In this process: most of what a command costs is its start. Those that are killed or piped are real ones. */
async function db(...args: string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const written = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const output = new Output(into("stdout"), into("stderr"), {});
  try {
    const code = await buildProgram({ output, environment: {} }).run(["db", ...args]);
    return { code, ...written };
  } catch (error) {
    output.error(error, false);
    return { code: exitCodeOf(error), ...written };
  }
}
const dbJson = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await db(...args, "--json");
  if (code !== 0) throw new Error(`db ${args[0]} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
};

let nonce = 0;
async function load(api: string, count: number): Promise<void> {
  for (let each = 0; each < count; each++) {
    const raw = buildTransfer({
      chainId: "chainwright-dev",
      from: devAccount("alice").secretKey,
      to: devAccount("bob").address,
      amount: 5n,
      nonce: nonce++,
      fee: 10_000n,
    });
    const response = await fetch(`${api}/v1/transactions`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: raw,
    });
    if (response.status !== 202) throw new Error(await response.text());
  }
}

t.test("a running node under load is copied, again and again, though backups are killed", async (t) => {
  const node = new NodeProcess(["dev", "--data-dir", at("dev"), ...INSTANT]);
  t.teardown(() => node.kill("SIGKILL"));
  const api = await node.api();
  // Transfers that come together share a block.
  for (let height = 1; height <= 5; height++) {
    await load(api, 4);
    await node.block(height);
  }

  const refused = await db("verify", "--config", config);
  t.equal(refused.code, 4, "a database in use is not checked");
  t.match(refused.stderr, new RegExp(`in use by process ${node.pid}`));

  for (const killAfterMs of [170, 290]) {
    const child = spawn(process.execPath, [CLI, "db", "backup", "--config", config, "--to", backups], { stdio: "ignore" });
    await Promise.race([delay(killAfterMs), once(child, "close")]);
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  }
  const { height } = (await getJson(`${api}/v1/status`)) as unknown as { readonly height: number };
  const first = (await dbJson("backup", "--config", config, "--to", backups)) as unknown as Summary;
  t.ok(first.head.height >= height, `everything that was told before is in it: ${first.head.height}, ${height}`);
  await load(api, 5);
  await node.block(first.head.height + 1);
  const second = (await dbJson("backup", "--data-dir", data, "--to", backups)) as unknown as Summary;
  t.ok(second.generation === first.generation + 1 && second.head.height > first.head.height);
  t.match(await db("verify", "--backup", backups), { code: 0, stdout: /whole/ });

  await node.kill("SIGKILL");
  t.match(await dbJson("restore", "--config", config, "--data-dir", at("copy"), "--from", backups), {
    height: second.head.height,
    replaced: false,
  });
  t.match(await db("restore", "--config", config, "--data-dir", at("copy"), "--from", backups), {
    code: 4,
    stderr: /RESTORE_TARGET_NOT_EMPTY/,
  });
  t.match(await dbJson("verify", "--config", config, "--data-dir", at("copy"), "--execute"), {
    ok: true,
    executedBlocks: second.head.height,
    head: { id: second.head.id },
  });
  t.notOk((await readdir(at("copy"))).includes("node.key"), "keys are not in a backup");
});

interface Summary {
  readonly generation: number;
  readonly head: { readonly height: number; readonly id: string };
}

t.test("damage has exit code 7, is named, and a backup mends it", async (t) => {
  const folder = at("copy", "chain.level");
  const logs = (await readdir(folder)).filter((name) => /\.(ldb|log)$/.test(name));
  for (const name of logs) {
    const bytes = await readFile(join(folder, name));
    for (let each = 200; each < bytes.length; each += 1_500) bytes[each] = (bytes[each] ?? 0) ^ 8;
    await writeFile(join(folder, name), bytes);
  }
  const { code, stdout, stderr } = await db("verify", "--config", config, "--data-dir", at("copy"));
  t.equal(code, 7, stdout + stderr);
  t.match(await dbJson("restore", "--config", config, "--data-dir", at("copy"), "--from", backups, "--force"), { replaced: true });
  t.match(await dbJson("verify", "--data-dir", at("copy")), { ok: true });

  // What can't be opened is all that there is to tell.
  await appendFile(join(folder, "CURRENT"), "x");
  const unopened = await db("verify", "--data-dir", at("copy"));
  t.match(unopened, { code: 7, stderr: /all that db verify can tell.* restore it from a backup .*STORAGE_DAMAGED/ });
  t.notMatch(unopened.stderr, /what else is wrong/);
  const unsaved = await db("backup", "--data-dir", at("copy"), "--to", at("of-damage"));
  t.match(unsaved, { code: 7, stderr: new RegExp(`the database at ${folder} is damaged.*STORAGE_DAMAGED`) });
  t.match(await dbJson("restore", "--config", config, "--data-dir", at("copy"), "--from", backups, "--force"), { replaced: true });
});

t.test("a folder of backups that another command works on is not taken for a node's", async (t) => {
  const lock = await lockDirectory(backups, async () => undefined);
  if ("heldBy" in lock) throw new Error("nobody works on it");
  for (const command of [
    ["backup", "--config", config, "--to", backups],
    ["verify", "--backup", backups],
    ["restore", "--data-dir", at("busy"), "--from", backups],
  ])
    t.match(await db(...command), { code: 4, stderr: /another backup into .* is under way \(process \d+\).*BACKUP_BUSY/ });
  lock.release();
});

t.test("a directory of format 1 is migrated by a command, or by the start of a node", async (t) => {
  const old = at("copy");
  const makeOld = async () => {
    const format = JSON.parse(await readFile(join(old, "format.json"), "utf8")) as object;
    await writeFile(join(old, "format.json"), JSON.stringify({ ...format, format: 1 }));
    const options = { cacheBytes: 1 << 20, writeBufferBytes: 1 << 20, maxOpenFiles: 100, compression: true };
    const storage = new LevelStorage({ path: old, resolve: (...parts) => join(old, ...parts) }, new SystemClock(), NO_METRICS, options);
    await storage.start();
    await storage.write(
      (["history", "format"] as const).map((name) => ({ type: "del", key: keys.pointer(name) })),
      { durable: true },
    );
    await storage.stop();
  };
  await makeOld();
  t.match(await dbJson("migrate", "--data-dir", old, "--dry-run"), { from: 1, to: 2, dryRun: true, steps: [{ from: 1, to: 2 }] });
  await writeFile(at("empty.cw"), "");
  t.match(await db("import", at("none.cw"), "--config", config, "--data-dir", old), { code: 2, stderr: /none.cw can't be read/ });
  t.match(await db("import", at("empty.cw"), "--config", config, "--data-dir", old, "--set", "node.migrate=never"), {
    code: 4,
    stderr: /DATA_FORMAT_OLDER/,
  });
  t.match(await dbJson("migrate", "--data-dir", old), { from: 1, to: 2, dryRun: false });
  t.match(JSON.parse(await readFile(join(old, "format.json"), "utf8")), { format: 2 });
  t.match(await dbJson("migrate", "--data-dir", old), { from: 2, steps: [] });
  await makeOld();
  t.match(await dbJson("rebuild", "all", "--config", config, "--data-dir", old), { rebuilt: "all" });
  t.match(await dbJson("stats", "--data-dir", old), { format: 2 });
  t.match(await dbJson("verify", "--data-dir", old), { ok: true });
});

t.test("blocks go to another node through a pipe", async (t) => {
  const sender = spawn(process.execPath, [CLI, "db", "export", "-", "--config", config], { stdio: ["ignore", "pipe", "ignore"] });
  const receiver = spawn(process.execPath, [CLI, "db", "import", "-", "--config", config, "--data-dir", at("piped"), "--json"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  sender.stdout.pipe(receiver.stdin);
  let text = "";
  receiver.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  const [code] = (await once(receiver, "close")) as [number | null];
  t.equal(code, 0);
  const { head, imported, height } = JSON.parse(text) as { readonly head: string; readonly imported: number; readonly height: number };
  t.equal(imported, height);
  t.equal(head.length, 64);
  t.match(await db("rewind", "--config", config, "--data-dir", at("piped"), "--to", "3"), {
    code: 2,
    stderr: /Say so with --yes; nothing was changed/,
  });
  t.match(await dbJson("rewind", "--config", config, "--data-dir", at("piped"), "--to", "3", "--drop", "--yes"), { to: 3, dropped: true });
  t.match(await dbJson("verify", "--data-dir", at("piped")), { ok: true, head: { height: 3 } });
});

t.test("blocks are executed again from where a stopped run was, if these are the blocks still", async (t) => {
  const leftBy = async (from: string, to: string) => {
    for (const name of ["chain.level", "format.json"]) await cp(join(from, name), join(to, "execute.tmp", name), { recursive: true });
  };
  const execute = (of: string) => dbJson("verify", "--config", config, "--data-dir", of, "--execute");
  await leftBy(at("piped"), at("copy"));
  t.match(await execute(at("copy")), { ok: true, executedBefore: 3 });
  await leftBy(at("copy"), at("piped"));
  t.match(await execute(at("piped")), { ok: true, executedBlocks: 3, executedBefore: 0 }, "what stands above is no answer");
  t.notOk((await readdir(at("piped"))).includes("execute.tmp"));
  t.match(await db("verify", "--config", config, "--data-dir", at("piped"), "--execute", "--from", "4"), {
    code: 2,
    stderr: /kept from height \d to 3/,
  });
});

const startOf = (of: string, ...set: string[]) =>
  new NodeProcess([
    "start",
    "--config",
    config,
    ...[`dataDir=${of}`, "plugins.api-http.port=0", ...set].flatMap((each) => ["--set", each]),
  ]);

async function edited(of: string, edit: (storage: LevelStorage) => Promise<void>): Promise<void> {
  const options = { cacheBytes: 1 << 20, writeBufferBytes: 1 << 20, maxOpenFiles: 100, compression: true };
  const storage = new LevelStorage({ path: of, resolve: (...parts) => join(of, ...parts) }, new SystemClock(), NO_METRICS, options);
  await storage.start();
  await edit(storage);
  await storage.stop();
}

t.test("a chain that was brought back to its genesis comes up there", async (t) => {
  await cp(at("piped"), at("zero"), { recursive: true });
  t.match(await dbJson("rewind", "--config", config, "--data-dir", at("zero"), "--to", "0", "--drop", "--yes"), { to: 0 });
  const node = startOf(at("zero"));
  t.teardown(() => node.kill("SIGKILL"));
  t.match(await getJson(`${await node.api()}/v1/status`), { height: 0 });
  t.equal(await node.kill("SIGTERM"), 0, node.stderr);
});

t.test("without its head pointer, a chain is damaged and not begun anew", async (t) => {
  const of = at("headless");
  await cp(at("piped"), of, { recursive: true });
  let head: Uint8Array | undefined;
  await edited(of, async (storage) => {
    head = storage.get(keys.pointer("head"));
    await storage.write([{ type: "del", key: keys.pointer("head") }], { durable: true });
  });
  t.match(await db("verify", "--data-dir", of), {
    code: 7,
    stderr:
      /head pointer is damaged: it is missing, but blocks are there.*CHAIN_DAMAGED|CHAIN_DAMAGED.*head pointer is damaged: it is missing, but blocks are there/s,
  });
  const node = startOf(of);
  t.teardown(() => node.kill("SIGKILL"));
  t.equal(await node.exited, 7, node.stderr);
  await edited(of, (storage) =>
    storage.write([{ type: "put", key: keys.pointer("head"), value: head ?? new Uint8Array(0) }], { durable: true }),
  );
  t.match(await dbJson("verify", "--data-dir", of), { ok: true, head: { height: 3 } }, "nothing was lost by looking");
});

t.test("what a state sync has loaded so far is left alone by every command", async (t) => {
  const of = at("half");
  await cp(at("piped"), of, { recursive: true });
  // Headers without a head: what a node has that was killed on its way to a state.
  await edited(of, async (storage) => {
    for (const [gte, lt] of [
      [0x01, 0x02],
      [0x06, 0x07],
      [0x20, 0x40],
    ] as const)
      for await (const [key] of storage.range({ gte: Uint8Array.of(gte), lt: Uint8Array.of(lt) }))
        await storage.write([{ type: "del", key }], { durable: false });
    await storage.write([{ type: "del", key: keys.pointer("head") }], { durable: true });
  });
  const stream = at("whole.cw");
  t.match(await db("export", "--config", config, stream), { code: 0 });
  for (const command of [
    ["stats"],
    ["verify"],
    ["backup", "--to", at("half-backup")],
    ["export", at("half-export.cw"), "--config", config],
    ["prune", "--config", config],
    ["import", stream, "--config", config],
  ]) {
    const { code, stderr } = await db(...command, "--data-dir", of);
    t.match(stderr, /SNAPSHOT_LOAD_UNDER_WAY/, command.join(" "));
    t.ok(stderr.includes(`${of} has no chain yet`), "its own directory is named, not that of a copy");
    t.not(code, 0);
  }
  // Before that: a ladder of headers, and nothing else.
  const rung = Uint8Array.of(0x71, 0, 0, 0, 1);
  await edited(of, async (storage) => {
    t.ok(storage.get(keys.canonical(3)) !== undefined && storage.get(keys.pointer("head")) === undefined, "nothing was discarded");
    for (const height of [1, 2, 3]) await storage.write([{ type: "del", key: keys.canonical(height) }], { durable: false });
    await storage.write([{ type: "put", key: rung, value: rung }], { durable: true });
  });
  t.match(await db("prune", "--config", config, "--data-dir", of), { stderr: /SNAPSHOT_LOAD_UNDER_WAY/ });
  await edited(of, async (storage) => void t.ok(storage.get(rung) !== undefined && storage.get(keys.pointer("head")) === undefined));
});

t.test("damage that is found while a node runs stops it, with its name", async (t) => {
  const of = at("patrolled");
  await cp(at("piped"), of, { recursive: true });
  // A table of its own, of records that nobody reads: who finds this is the patrol.
  const others = { gte: Uint8Array.of(0xfe), lt: Uint8Array.of(0xff) };
  await edited(of, async (storage) => {
    await storage.compact();
    const puts = Array.from({ length: 500 }, (_, i) => ({
      type: "put" as const,
      key: Uint8Array.of(0xfe, i >> 8, i & 0xff),
      value: new Uint8Array(100).fill(i),
    }));
    await storage.write(puts, { durable: true });
    await storage.compact(others);
  });
  const folder = join(of, "chain.level");
  const newest =
    (await readdir(folder))
      .filter((each) => each.endsWith(".ldb"))
      .sort()
      .at(-1) ?? "";
  const bytes = await readFile(join(folder, newest));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 8;
  await writeFile(join(folder, newest), bytes);
  const node = startOf(of, "plugins.storage-level.checkAtStartBytes=0");
  t.teardown(() => node.kill("SIGKILL"));
  t.equal(await node.exited, 7, node.stderr);
  t.match(node.stderr, /damage was found in what is stored/);
  t.match(node.stderr, /STORAGE_DAMAGED/);
});

t.test("an export whose reader goes away has failed", async (t) => {
  const sender = spawn(process.execPath, [CLI, "db", "export", "-", "--config", config], { stdio: ["ignore", "pipe", "pipe"] });
  sender.stdout.destroy();
  let told = "";
  sender.stderr.setEncoding("utf8").on("data", (piece: string) => {
    told += piece;
  });
  t.same(await once(sender, "close"), [1, null]);
  t.match(told, /went away before its end/);
});

t.test("what can't be is said before anything is changed", async (t) => {
  t.match(await db("stats", "--data-dir", at("nowhere")), { code: 3, stderr: /DATA_DIRECTORY_MISSING/ });
  t.match(await db("backup", "--to", backups), { code: 2, stderr: /--config FILE, or --data-dir DIR/ });
  t.match(await db("backup", "--config", config, "--to", data), { code: 4, stderr: /BACKUP_FOREIGN/ });
  await mkdir(at("bare"));
  await writeFile(at("bare", "format.json"), "{}");
  t.match(await db("stats", "--data-dir", at("bare")), { code: 7, stderr: /DATA_DIRECTORY_DAMAGED/ });
  t.match(await db("backup", "--config", config, "--to", config), { code: 2, stderr: /DATABASE_PATH_REFUSED/ });
  t.match(await db("export", "--config", config, at("no", "folder.cw")), { code: 2, stderr: /DATABASE_PATH_REFUSED/ });
  t.match(await db("import", "--config", config, directory), { code: 2, stderr: /it is a folder/ });
  await writeFile(at("bare", "RESTORE"), "{");
  t.match(await db("restore", "--finish", "--data-dir", at("bare")), { code: 7, stderr: /RESTORE_MARK_DAMAGED/ });
  await writeFile(at("half.cw"), "CWBLOCKS");
  t.match(await db("import", at("half.cw"), "--config", config, "--data-dir", at("piped")), { code: 7, stderr: /STREAM_DAMAGED/ });
});
