import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import {
  DATA_DIRECTORY_FORMAT,
  type DataDirectoryOptions,
  openDataDirectory,
  writeFileAtomically,
} from "../../../core/node/data-directory.js";
import { lockDirectory } from "../../../core/node/directory-lock.js";
import type { Scheduler } from "../../../core/ports/runtime.js";
import { asciiBytes } from "../../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../../core/primitives/hash.js";

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));
const scheduler: Scheduler = {
  after: () => ({ cancel: () => {} }),
  every: () => ({ cancel: () => {} }),
  yield: turn,
  slicer: () => ({ due: () => false, pause: turn }),
};
const parametersHash = sha256(asciiBytes("parameters"));

function options(path: string, chain: Partial<NonNullable<DataDirectoryOptions["chain"]>> = {}): DataDirectoryOptions {
  return {
    path,
    chain: { chainId: "test", parametersHash, ...chain },
    createdBy: "chainwright 0.1.0",
    clock: { nowMs: () => 1234, monotonicMs: () => 0 },
    scheduler,
  };
}

const made: string[] = [];
t.teardown(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));

async function freshDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "chainwright-directory-"));
  made.push(path);
  return path;
}

t.test("a new directory", async (t) => {
  const path = join(await freshDirectory(), "a", "node");
  const directory = await openDataDirectory(options(path));
  t.equal(directory.path, path);
  t.equal((await stat(path)).mode & 0o777, 0o700, "nobody else may look inside");
  t.equal((await stat(join(path, "format.json"))).mode & 0o777, 0o600);
  t.same(JSON.parse(await readFile(join(path, "format.json"), "utf8")), {
    format: DATA_DIRECTORY_FORMAT,
    chainId: "test",
    parametersHash: Hash.key(parametersHash),
    createdBy: "chainwright 0.1.0",
    createdAtMs: 1234,
  });
  t.equal(directory.resolve("chain.level", "x"), join(path, "chain.level", "x"));
  t.throws(() => directory.resolve("..", "elsewhere"), /inside the data directory/);
  await directory.close();
  t.same(await readdir(join(path, "lock")), [], "unlocked");
  t.notOk((await readdir(path)).includes("format.json.new"), "no temporary file is left");
});

t.test("an existing directory", async (t) => {
  const path = await freshDirectory();
  await (await openDataDirectory(options(path))).close();
  const before = await readFile(join(path, "format.json"), "utf8");

  await t.test("is opened again as it is", async (t) => {
    const directory = await openDataDirectory(options(path));
    t.equal(directory.format.createdAtMs, 1234);
    await directory.close();
    t.equal(await readFile(join(path, "format.json"), "utf8"), before);
  });

  await t.test("is closed to others if it is ours or empty", async (t) => {
    await chmod(path, 0o755);
    await (await openDataDirectory(options(path))).close();
    t.equal((await stat(path)).mode & 0o777, 0o700);
    const empty = await freshDirectory();
    await chmod(empty, 0o755);
    await (await openDataDirectory(options(empty))).close();
    t.equal((await stat(empty)).mode & 0o777, 0o700);
  });

  await t.test("of somebody else is refused, and nothing in it is touched", async (t) => {
    const shared = await freshDirectory();
    await chmod(shared, 0o755);
    await writeFile(join(shared, "somebody-elses"), "");
    await t.rejects(openDataDirectory(options(shared)), { code: "DATA_DIRECTORY_FOREIGN", message: /holds somebody-elses/ });
    t.equal((await stat(shared)).mode & 0o777, 0o755);
    t.same(await readdir(shared), ["somebody-elses"]);
    await (await openDataDirectory({ ...options(shared), besides: [join(shared, "somebody-elses")] })).close();
    const prepared = await freshDirectory();
    await mkdir(join(prepared, "tls"));
    await (await openDataDirectory(options(prepared))).close();
  });

  await t.test("from before its format was written down counts as format 1, and is raised later, never lowered", async (t) => {
    const old = await freshDirectory();
    await mkdir(join(old, "chain.level"));
    const directory = await openDataDirectory(options(old));
    t.equal(directory.format.format, 1);
    await directory.raiseFormat(2);
    await directory.raiseFormat(1);
    await directory.close();
    t.equal((JSON.parse(await readFile(join(old, "format.json"), "utf8")) as { format: number }).format, 2);
  });

  await t.test("in the middle of a restore is refused", async (t) => {
    const torn = await freshDirectory();
    await (await openDataDirectory(options(torn))).close();
    await writeFile(join(torn, "RESTORE"), "");
    await t.rejects(openDataDirectory(options(torn)), { code: "RESTORE_UNFINISHED" });
  });

  await t.test("that a tool wants has to be there", async (t) => {
    const nowhere = join(await freshDirectory(), "nowhere");
    await t.rejects(openDataDirectory({ ...options(nowhere), chain: undefined }), { code: "DATA_DIRECTORY_MISSING" });
    await t.rejects(readdir(nowhere), { code: "ENOENT" });
  });

  await t.test("binds the genesis block once", async (t) => {
    const genesis = sha256(asciiBytes("genesis"));
    const directory = await openDataDirectory(options(path));
    await directory.bindGenesis(genesis);
    await directory.bindGenesis(genesis);
    await directory.close();
    const again = await openDataDirectory(options(path));
    t.equal(again.format.genesisId, Hash.key(genesis));
    await again.bindGenesis(genesis);
    await t.rejects(again.bindGenesis(sha256(asciiBytes("another"))), { code: "DATA_DIRECTORY_OTHER_CHAIN", message: /genesis block/ });
    await again.close();
  });

  await t.test(
    "is another chain's as long as nothing of the first was begun: a chain spec that a plugin refused, and that was mended",
    async (t) => {
      const place = await freshDirectory();
      const config = join(place, "node.yaml");
      await writeFile(config, "chain: chain.yaml");
      const opened = await openDataDirectory({ ...options(place), besides: [config] });
      await writeFile(join(place, "node.key"), "made before plugins are");
      await opened.close();
      const mended = { ...options(place, { chainId: "mended", parametersHash: sha256(asciiBytes("mended")) }), besides: [config] };
      const again = await openDataDirectory(mended);
      t.match(again.format, { chainId: "mended", createdAtMs: 1234 });
      await again.close();
      t.match(JSON.parse(await readFile(join(place, "format.json"), "utf8")), { chainId: "mended", genesisId: undefined });
      // A plugin has begun something, known to this program or not: it may be a storage.
      await mkdir(join(place, "chain.other"));
      await t.rejects(openDataDirectory({ ...options(place), besides: [config] }), { code: "DATA_DIRECTORY_OTHER_CHAIN" });
      await rm(join(place, "chain.other"), { recursive: true });
      const bound = await openDataDirectory(mended);
      await bound.bindGenesis(sha256(asciiBytes("genesis")));
      await bound.close();
      await t.rejects(openDataDirectory({ ...options(place), besides: [config] }), { code: "DATA_DIRECTORY_OTHER_CHAIN" });
    },
  );

  await t.test("survives a crash between writing format.json and renaming it", async (t) => {
    await writeFile(join(path, "format.json.new"), "half of i");
    await (await openDataDirectory(options(path))).close();
    t.notOk((await readdir(path)).includes("format.json.new"));
  });
});

t.test("bad input", async (t) => {
  async function withFormat(content: string): Promise<string> {
    const path = await freshDirectory();
    await writeFile(join(path, "format.json"), content);
    return path;
  }
  const valid = { format: 1, chainId: "test", parametersHash: Hash.key(parametersHash), createdBy: "x", createdAtMs: 1 };

  await t.test("another chain", async (t) => {
    const path = await withFormat(JSON.stringify({ ...valid, genesisId: Hash.key(Hash.zero) }));
    await t.rejects(openDataDirectory(options(path, { chainId: "other" })), {
      code: "DATA_DIRECTORY_OTHER_CHAIN",
      message: /its chain id is test, that of the chain spec is other; choose another directory/,
      data: { differs: "chain id", there: "test", wanted: "other" },
    });
    await t.rejects(openDataDirectory(options(path, { parametersHash: sha256(asciiBytes("edited")) })), {
      code: "DATA_DIRECTORY_OTHER_CHAIN",
      data: { differs: "hash of parameters" },
    });
    t.same(await readdir(join(path, "lock")), [], "a refused directory is not left locked");
  });

  await t.test("a newer format, whatever else it holds", async (t) => {
    const path = await withFormat(
      JSON.stringify({ format: DATA_DIRECTORY_FORMAT + 1, createdBy: "chainwright 9.0.0", chains: ["a", "b"] }),
    );
    await t.rejects(openDataDirectory(options(path)), {
      code: "DATA_DIRECTORY_NEWER_FORMAT",
      message: /made by chainwright 9\.0\.0; this program knows formats up to \d+: update it/,
    });
  });

  await t.test("damage", async (t) => {
    const damaged = [
      "",
      "{",
      "null",
      "[]",
      '{"format":0}',
      '{"format":"1"}',
      JSON.stringify({ ...valid, chainId: 5 }),
      JSON.stringify({ ...valid, genesisId: "00" }),
    ];
    for (const content of damaged) {
      const path = await withFormat(content);
      await t.rejects(openDataDirectory(options(path)), { code: "DATA_DIRECTORY_DAMAGED", message: /restore it from a backup/ }, content);
    }
    const path = await freshDirectory();
    await mkdir(join(path, "format.json"));
    await t.rejects(openDataDirectory(options(path)), { code: "DATA_DIRECTORY_DAMAGED" }, "a folder in its place");
  });

  await t.test("not writable", async (t) => {
    const path = await withFormat("{}");
    await t.rejects(
      openDataDirectory(options(join(path, "format.json"))),
      { code: "DATA_DIRECTORY_NOT_WRITABLE", message: /check its owner/ },
      "a file",
    );
    await t.rejects(
      openDataDirectory(options("/proc/chainwright")),
      { code: "DATA_DIRECTORY_NOT_WRITABLE" },
      "a file system that takes nothing",
    );
  });
});

t.test("writeFileAtomically replaces", async (t) => {
  const file = join(await freshDirectory(), "f");
  await writeFileAtomically(file, "one");
  await writeFileAtomically(file, "two");
  t.equal(await readFile(file, "utf8"), "two");
});

/** A process that locks `path`, prints what came of it, and keeps the lock until it is told to let go. */
function spawnHolder(path: string): ChildProcess {
  const script = fileURLToPath(new URL(`./lock-holder.process${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));
  return spawn(process.execPath, [...process.execArgv, script, path], { stdio: ["pipe", "pipe", "inherit"] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout ?? child, "data")) as [Buffer];
  return chunk.toString().trim();
}

t.test("the lock", async (t) => {
  await t.test("keeps a second node of this process out", async (t) => {
    const path = await freshDirectory();
    const directory = await openDataDirectory(options(path));
    await t.rejects(openDataDirectory(options(path)), { code: "DATA_DIRECTORY_LOCKED", data: { pid: process.pid } });
    await directory.close();
    await (await openDataDirectory(options(path))).close();
  });

  await t.test("keeps another process out, and ends with its process: kill -9", async (t) => {
    const path = await freshDirectory();
    const child = spawnHolder(path);
    t.equal(await firstLine(child), "locked");
    await t.rejects(openDataDirectory(options(path)), {
      code: "DATA_DIRECTORY_LOCKED",
      message: new RegExp(`in use by process ${child.pid}; stop that node first`),
      data: { pid: child.pid },
    });
    child.kill("SIGKILL");
    await once(child, "close");
    t.equal((await readdir(join(path, "lock"))).length, 1, "the dead process left its claim");
    const directory = await openDataDirectory(options(path));
    t.equal((await readdir(join(path, "lock"))).length, 1, "which is gone now, ours is there");
    await directory.close();
  });

  await t.test("goes to at most one of many processes that come at once, over the claim of a dead one", async (t) => {
    const path = await freshDirectory();
    const dead = spawnHolder(path);
    t.equal(await firstLine(dead), "locked");
    dead.kill("SIGKILL");
    await once(dead, "close");
    const children = [1, 2, 3].map(() => spawnHolder(path));
    const lines = await Promise.all(children.map(firstLine));
    const winners = children.filter((_, i) => lines[i] === "locked");
    t.equal(winners.length, 1, lines.join(", "));
    t.ok(
      lines.every((line) => line === "locked" || /^held by \d+$/.test(line)),
      lines.join(", "),
    );
    for (const child of children) child.stdin?.end();
    await Promise.all(children.map((child) => child.exitCode ?? once(child, "close")));
    await (await openDataDirectory(options(path))).close();
  });

  await t.test(
    "is not fooled by a reused process id, another boot, or foreign files",
    { skip: process.platform !== "linux" },
    async (t) => {
      const path = await freshDirectory();
      const [own] = await ownClaim(path);
      const [pid, started, boot, namespace] = own.split("-") as [string, string, string, string];
      const parent = process.ppid;
      const dead = [
        `${parent}-1-${boot}-${namespace}`,
        `${pid}-${Number(started) + 1}-${boot}-${namespace}`,
        `${parent}-${started}-00000000-${namespace}`,
      ];
      for (const name of [...dead, "README", "1-2-3"]) await writeFile(join(path, "lock", name), "");
      const lock = await lockDirectory(path, turn);
      t.ok("release" in lock, "none of them lives");
      t.same((await readdir(join(path, "lock"))).sort(), ["1-2-3", "README", own].sort(), "dead claims are gone, foreign files stay");
      if ("release" in lock) lock.release();

      const facts = await readFile(`/proc/${parent}/stat`, "latin1");
      const parentStarted = facts.slice(facts.lastIndexOf(")") + 2).split(" ")[19];
      await writeFile(join(path, "lock", `${parent}-${parentStarted}-${boot}-${namespace}`), "");
      t.same(await lockDirectory(path, turn), { heldBy: parent }, "a living one counts");
    },
  );
});

async function ownClaim(path: string): Promise<[string]> {
  const lock = await lockDirectory(path, turn);
  const names = await readdir(join(path, "lock"));
  if ("release" in lock) lock.release();
  return [names[0] ?? ""];
}
