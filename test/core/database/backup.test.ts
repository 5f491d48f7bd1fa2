import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { type BackupOptions, makeBackup, verifyBackup } from "../../../core/database/backup.js";
import { BackupStore } from "../../../core/database/backup-store.js";
import { NewerFormatError, NothingStoredError } from "../../../core/database/errors.js";
import { takeOver } from "../../../core/database/rebuild.js";
import { finishReplacing } from "../../../core/database/replacement.js";
import { restoreBackup, sourceOf } from "../../../core/database/restore.js";
import { SILENT_WORK, type Work } from "../../../core/database/work.js";
import { StorageDamagedError } from "../../../core/ports/errors.js";
import type { StorageFile } from "../../../core/ports/storage.js";
import { SystemClock } from "../../../core/runtime/index.js";
import { storageFiles } from "../../../plugins/storage-level/backup-plan.js";
import { LevelStorage } from "../../../plugins/storage-level/index.js";
import { NO_METRICS } from "../../plugins/ledger-account/fixtures.js";
import { stopsAfter } from "./fixtures.js";

const chain = { chainId: "test", parametersHash: "ab".repeat(32) };
const facts = { genesisId: "cd", head: { height: 7, id: "ef" }, finalizedHeight: 1, flushedHeight: 5, format: 2 };

const made: string[] = [];
t.teardown(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));

/** A data directory with a storage of tables t1, t2 … and a log that grows. */
class World {
  readonly root: string;
  tables = ["t1", "t2", "t3"];
  /** Called before each copy of the plan is handed out. */
  onPlan: () => Promise<void> = async () => undefined;
  inspected = 0;
  inspect: (path: string) => Promise<void> = async () => undefined;

  constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<World> {
    const root = await mkdtemp(join(tmpdir(), "chainwright-backup-"));
    made.push(root);
    const world = new World(root);
    await mkdir(join(world.data, "store"), { recursive: true });
    await mkdir(join(world.data, "keys"));
    await writeFile(join(world.data, "format.json"), "{}");
    await writeFile(join(world.data, "keys", "one"), "secret");
    await writeFile(join(world.data, "node.key"), "also secret");
    for (const table of world.tables) await world.table(table);
    await appendFile(join(world.data, "store", "log"), "beginning");
    return world;
  }

  get data(): string {
    return join(this.root, "data");
  }

  get backups(): string {
    return join(this.root, "backups");
  }

  async table(name: string, content = `content of ${name} `.repeat(100)): Promise<void> {
    await writeFile(join(this.data, "store", name), content);
  }

  options(change: Partial<BackupOptions> = {}): BackupOptions {
    const plan = async (): Promise<StorageFile[]> => {
      const files: StorageFile[] = [{ name: "log", bytes: 9, immutable: false }];
      for (const name of this.tables) files.push({ name, bytes: (await stat(join(this.data, "store", name))).size, immutable: true });
      await this.onPlan();
      return files;
    };
    return {
      dataDirectory: this.data,
      chain,
      storage: { id: "storage-test", files: { folder: "store", plan } },
      to: this.backups,
      withKeys: false,
      keep: 3,
      createdBy: "test",
      nowMs: 1_000,
      inspect: async (path) => {
        this.inspected++;
        await this.inspect(path);
        return facts;
      },
      ...change,
    };
  }

  backup(change: Partial<BackupOptions> = {}, work: Work = SILENT_WORK) {
    return makeBackup(this.options(change), work);
  }

  store(): Promise<BackupStore> {
    return BackupStore.open(this.backups, chain);
  }

  async restore(name: string, change: Partial<Parameters<typeof restoreBackup>[0]> = {}, work: Work = SILENT_WORK) {
    const dataDirectory = join(this.root, name);
    await mkdir(dataDirectory, { recursive: true });
    return restoreBackup(
      { store: await this.store(), generation: undefined, dataDirectory, force: false, check: undefined, ...change },
      work,
    );
  }

  async read(name: string): Promise<Record<string, string>> {
    const out: Record<string, string> = {};
    const entries = await readdir(join(this.root, name), { recursive: true, withFileTypes: true });
    for (const entry of entries)
      if (entry.isFile())
        out[join(entry.parentPath, entry.name).slice(join(this.root, name).length + 1)] = await readFile(
          join(entry.parentPath, entry.name),
          "utf8",
        );
    return out;
  }
}

t.test("a generation holds what the plan says, without keys unless they are asked for; the next one copies what is new", async (t) => {
  const world = await World.make();
  await appendFile(join(world.data, "store", "log"), "and what came later");
  const first = await world.backup();
  t.match(first, { generation: 1, files: 5, head: { height: 7 }, attempts: 1 });
  await world.restore("r1");
  const restored = await world.read("r1");
  t.same(Object.keys(restored).sort(), ["format.json", "store/log", "store/t1", "store/t2", "store/t3"]);
  t.equal(restored["store/log"], "beginning", "nothing behind what the plan says");

  world.tables = ["t2", "t3", "t4"];
  await world.table("t4");
  const second = await world.backup({ withKeys: true });
  t.equal(second.generation, 2);
  t.equal(second.copiedBytes, 1_400 + "secret".length + "also secret".length, "one table, and the keys");
  await world.restore("r2");
  const withKeys = await world.read("r2");
  t.equal(withKeys["keys/one"], "secret");
  t.same(
    Object.keys(withKeys).filter((name) => name.startsWith("store/t")),
    ["store/t2", "store/t3", "store/t4"],
  );
  t.equal(world.inspected, 2, "each copy was opened");
  t.same(await verifyBackup(await world.store(), 1, SILENT_WORK), []);
});

t.test("a table with the same name and size, but another file, is read again", async (t) => {
  const world = await World.make();
  await world.backup();
  await rm(join(world.data, "store", "t1"));
  await world.table("t1", "CONTENT OF t1 ".repeat(100).padEnd(1_500, "x"));
  await world.table("t1", "CONTENT of t1 ".repeat(100) + " ".repeat((await stat(join(world.data, "store", "t2"))).size - 1_400));
  const again = await world.backup();
  t.ok(again.copiedBytes > 0);
  await world.restore("r");
  t.match((await world.read("r"))["store/t1"], /^CONTENT/);
});

t.test("a file that goes while it is copied means a new plan; what was copied stays copied", async (t) => {
  const world = await World.make();
  let plans = 0;
  world.onPlan = async () => {
    if (++plans > 2) return;
    await rm(join(world.data, "store", world.tables.pop() ?? ""));
    await world.table(`new${plans}`);
    world.tables.push(`new${plans}`);
  };
  const result = await world.backup();
  t.equal(result.attempts, 3);
  await world.restore("r");
  t.same(Object.keys(await world.read("r")), ["format.json", "store/log", "store/new2", "store/t1", "store/t2"]);
  world.onPlan = async () => void (await rm(join(world.data, "store", "t1"), { force: true }));
  await t.rejects(world.backup(), { code: "DATABASE_FILES_UNSTEADY" }, "but not for ever");
});

t.test("cut off anywhere, the generation before stays whole, and the next run goes on", async (t) => {
  const world = await World.make();
  await world.backup();
  world.tables.push("t5", "t6");
  await world.table("t5");
  await world.table("t6");
  for (let looks = 0; ; looks++) {
    const ended = await world.backup({}, stopsAfter(looks)).then(
      () => "done",
      (error: { readonly code?: string }) => error.code,
    );
    if (ended === "done") break;
    t.equal(ended, "DATABASE_INTERRUPTED");
    t.same(await (await world.store()).generations(), [1]);
    t.same(await verifyBackup(await world.store(), 1, SILENT_WORK), []);
  }
  t.same(await (await world.store()).generations(), [1, 2]);
  t.same(await verifyBackup(await world.store(), 2, SILENT_WORK), []);
  world.inspect = async () => Promise.reject(new Error("it does not open"));
  await t.rejects(world.backup(), { message: "it does not open" });
  t.same(await (await world.store()).generations(), [1, 2], "a copy that does not open is no backup");
  const names = await readdir(world.backups);
  t.notOk(names.includes("staging"));
});

t.test("only the newest generations stay, with what they need", async (t) => {
  const world = await World.make();
  for (let round = 0; round < 5; round++) {
    world.tables = [`a${round}`, "t1"];
    await world.table(`a${round}`);
    await world.backup({ keep: 2 });
  }
  const store = await world.store();
  t.same(await store.generations(), [4, 5]);
  for (const generation of [4, 5]) t.same(await verifyBackup(store, generation, SILENT_WORK), []);
  const objects = (await readdir(join(world.backups, "objects"), { recursive: true })).filter((name) => name.includes("/"));
  t.equal(objects.length, 5, "format.json, the log, t1, a3, a4");
});

t.test("an object whose content went bad is set aside by the check, and copied again by the next backup", async (t) => {
  const world = await World.make();
  await world.backup();
  const store = await world.store();
  const { files } = await store.manifest();
  const objectOf = (path: string) => store.objectPath(files.find((file) => file.path === path)?.sha256 ?? "");
  const whole = await readFile(objectOf("store/t2"), "utf8");
  await writeFile(objectOf("store/t2"), whole.replace("content", "Content"));
  await writeFile(objectOf("store/t3"), "short");
  t.match(await verifyBackup(store, undefined, SILENT_WORK), [
    /store\/t2: .* other content.* set aside/,
    /store\/t3: .* bytes instead of .* set aside/,
  ]);
  t.match(await verifyBackup(store, undefined, SILENT_WORK), [/store\/t2: .*is missing/, /store\/t3: .*is missing/]);
  await t.rejects(world.restore("none"), { code: "BACKUP_DAMAGED", message: /db verify --backup/ });
  t.match(await world.backup(), { generation: 2, copiedBytes: 2_800 });
  for (const generation of [1, 2]) t.same(await verifyBackup(store, generation, SILENT_WORK), [], "both are whole again");
  const objects = await readdir(join(world.backups, "objects"), { recursive: true });
  t.same(
    objects.filter((name) => name.includes("damaged")),
    [],
  );

  // Read again because it is another file, its content replaces what bears its name.
  await writeFile(objectOf("store/t1"), whole);
  const content = await readFile(join(world.data, "store", "t1"), "utf8");
  await writeFile(join(world.data, "again"), content);
  await rename(join(world.data, "again"), join(world.data, "store", "t1"));
  await world.backup();
  t.same(await verifyBackup(store, undefined, SILENT_WORK), []);
});

t.test("what is altered, cut off, foreign or of another chain is refused", async (t) => {
  const world = await World.make();
  await world.backup();
  const store = await world.store();
  const { files } = await store.manifest();
  const table = files.find(({ path }) => path === "store/t2");
  const object = store.objectPath(table?.sha256 ?? "");
  const content = await readFile(object, "utf8");
  await writeFile(object, content.replace("content", "Content"));
  await t.rejects(world.restore("bad"), { code: "BACKUP_DAMAGED", message: /store\/t2/ });
  t.same(
    Object.keys(await world.read("bad")).filter((name) => !name.startsWith("restore.tmp")),
    [],
  );
  await writeFile(object, content.slice(1));
  await t.rejects(world.restore("bad"), { code: "BACKUP_DAMAGED", message: /bytes instead of/ });
  t.equal((await world.backup()).generation, 2, "a new backup copies again what is cut off");
  t.same(await verifyBackup(store, 2, SILENT_WORK), []);

  const manifest = await readFile(store.manifestPath(2), "utf8");
  await writeFile(store.manifestPath(2), manifest.replace('"height": 7', '"height": 8'));
  await t.rejects(store.manifest(), { code: "BACKUP_DAMAGED", message: /digest/ });
  await writeFile(store.manifestPath(2), manifest.slice(0, -20));
  await t.rejects(store.manifest(2), { code: "BACKUP_DAMAGED" });
  t.equal((await store.manifest(1)).generation, 1, "the other generation can be used");
  await t.rejects(store.manifest(9), { code: "BACKUP_MISSING" });

  await t.rejects(world.backup({ chain: { ...chain, chainId: "other" } }), { code: "BACKUP_OTHER_CHAIN" });
  await t.rejects(world.backup({ to: world.data }), { code: "BACKUP_FOREIGN" });
  await t.rejects(BackupStore.open(join(world.root, "nowhere"), chain), { code: "BACKUP_MISSING" });
  await writeFile(join(world.backups, "BACKUP.json"), JSON.stringify({ backupFormat: 9, ...chain }));
  await t.rejects(world.store(), { code: "BACKUP_NEWER_FORMAT" });
});

t.test("a folder whose BACKUP.json is lost or damaged is used by what its generations say, and the next backup mends it", async (t) => {
  const world = await World.make();
  await world.backup();
  const face = join(world.backups, "BACKUP.json");
  const whole = await readFile(face, "utf8");
  const other = { ...chain, chainId: "other" };
  for (const [name, text] of [
    ["is missing", undefined],
    ["is empty", ""],
    ["makes no sense", "{"],
    ["makes no sense", JSON.stringify({ backupFormat: 1, chainId: "test" })],
  ] as const) {
    await (text === undefined ? rm(face) : writeFile(face, text));
    const found = new RegExp(`BACKUP.json ${name}; .* next backup writes it again`);
    t.match(await verifyBackup(await world.store(), undefined, SILENT_WORK), [found]);
    t.match(await world.restore("r", { force: true }), { manifest: { files: { length: 5 } } });
    await t.rejects(BackupStore.open(world.backups, other), { code: "BACKUP_OTHER_CHAIN" });
    await t.rejects(world.backup({ chain: other }), { code: "BACKUP_OTHER_CHAIN" });
    await world.backup({ keep: 2 });
    t.equal(await readFile(face, "utf8"), whole);
    t.same(await verifyBackup(await world.store(), undefined, SILENT_WORK), []);
  }
});

t.test(
  "without BACKUP.json, any whole generation can say what it said; without one, the folder is damaged and not a foreign one",
  async (t) => {
    const world = await World.make();
    await world.backup();
    await world.backup();
    const face = join(world.backups, "BACKUP.json");
    const store = await world.store();
    await writeFile(face, "");
    const second = await readFile(store.manifestPath(2), "utf8");
    await writeFile(store.manifestPath(2), "");
    t.match((await world.store()).faceFault, /is empty/, "the older one says it");
    await writeFile(store.manifestPath(1), "");
    const damaged = { code: "BACKUP_DAMAGED", kind: "damaged", message: /BACKUP.json is damaged: it is empty, .* no whole generation/ };
    await t.rejects(world.store(), damaged);
    await t.rejects(world.backup(), damaged);
    await writeFile(store.manifestPath(2), second.replace('"backupFormat": 1', '"backupFormat": 9'));
    await t.rejects(world.store(), { code: "BACKUP_NEWER_FORMAT" });
    await rm(store.manifestPath(1));
    await rm(store.manifestPath(2));
    await t.rejects(world.store(), damaged, "objects are there");
    await rm(join(world.backups, "generations"), { recursive: true });
    await t.rejects(world.store(), { code: "BACKUP_FOREIGN", message: /BACKUP.json is empty/ }, "nothing says that it is a backup");
  },
);

t.test("what is wrong with the copy is told of the node's own database, or of the object that went bad", async (t) => {
  const world = await World.make();
  const own = join(world.data, "store");
  world.inspect = async (path) => {
    throw new StorageDamagedError({ path: join(path, "store"), reason: `${join(path, "store")} has no end` });
  };
  await t.rejects(world.backup(), { code: "STORAGE_DAMAGED", data: { path: own, reason: `${own} has no end` } });
  world.inspect = async (path) => Promise.reject(new NewerFormatError({ path, format: 3, current: 2 }));
  await t.rejects(world.backup(), { code: "DATA_FORMAT_NEWER", data: { path: world.data } });
  world.inspect = async (path) => Promise.reject(new NothingStoredError({ path, reason: "it has no blocks yet" }));
  await t.rejects(world.backup(), { code: "DATABASE_MISSING", data: { path: world.data } });

  world.inspect = async () => undefined;
  await world.backup();
  const store = await world.store();
  const object = store.objectPath((await store.manifest()).files.find(({ path }) => path === "store/t2")?.sha256 ?? "");
  await writeFile(object, (await readFile(object, "utf8")).replace("content", "Content"));
  world.inspect = async (path) => {
    if ((await readFile(join(path, "store", "t2"), "utf8")).startsWith("C"))
      throw new StorageDamagedError({ path: join(path, "store"), reason: "its table t2 is damaged" });
  };
  await t.rejects(world.backup(), { code: "BACKUP_DAMAGED", message: /store\/t2: .*other content.*set aside/, data: { path: store.path } });
  t.match(await world.backup(), { generation: 2, copiedBytes: 1_400 }, "the next one copies it again");
});

t.test("a restore replaces only when it is told to, leaves keys, and checks before", async (t) => {
  const world = await World.make();
  await world.backup({ withKeys: true });
  const target = join(world.root, "old");
  await mkdir(join(target, "store"), { recursive: true });
  await writeFile(join(target, "store", "t9"), "old data");
  await writeFile(join(target, "node.key"), "my own");
  await t.rejects(world.restore("old"), { code: "RESTORE_TARGET_NOT_EMPTY" });
  await t.rejects(world.restore("old", { force: true, check: async () => Promise.reject(new Error("no start")) }), {
    code: "RESTORE_CHECK_FAILED",
    message: /no start/,
  });
  t.equal((await world.read("old"))["store/t9"], "old data", "untouched so far");
  t.match(await world.restore("old", { force: true, check: async () => undefined }), { replaced: true, reusedFiles: 7 });
  const after = await world.read("old");
  t.equal(after["store/t9"], undefined);
  t.equal(after["node.key"], "my own");
  t.equal(after["keys/one"], "secret", "keys come where there were none");
});

const REPLACED_NAMES = ["store", "format.json"];

/** As `replaceData` writes it. */
async function mark(data: string, change: object = {}): Promise<void> {
  const content = { staging: "restore.tmp", replace: REPLACED_NAMES, wanted: REPLACED_NAMES, source: "backup of old", ...change };
  await writeFile(join(data, "RESTORE"), JSON.stringify(content));
}

/** A directory with old data of which some is moved out, and new data of which some is moved in. */
async function half(world: World, name: string, movedOut: readonly string[], movedIn: readonly string[]): Promise<string> {
  const data = join(world.root, name);
  await mkdir(join(data, "store"), { recursive: true });
  await writeFile(join(data, "store", "old"), "old");
  await writeFile(join(data, "format.json"), "old");
  await writeFile(join(data, "node.key"), "mine");
  await world.restore(`${name}-new`);
  await rename(join(world.root, `${name}-new`), join(data, "restore.tmp"));
  await mark(data);
  await mkdir(join(data, "replaced.tmp"));
  for (const each of movedOut) await rename(join(data, each), join(data, "replaced.tmp", each));
  if (movedOut.length === REPLACED_NAMES.length) await writeFile(join(data, "replaced.tmp", "begun"), "");
  for (const each of movedIn) await rename(join(data, "restore.tmp", each), join(data, each));
  return data;
}

t.test("new data that was deleted while it was being put in place: the old comes back, at whatever moment that is cut off", async (t) => {
  const world = await World.make();
  await world.backup();
  const old = { "format.json": "old", "node.key": "mine", "store/old": "old" };
  const moments = [
    [[], []],
    [["format.json"], []],
    [REPLACED_NAMES, []],
    [REPLACED_NAMES, ["store"]],
  ] as const;
  for (const [index, [movedOut, movedIn]] of moments.entries()) {
    const data = await half(world, `lost${index}`, movedOut, movedIn);
    await rm(join(data, "restore.tmp"), { recursive: true });
    // A kill while the old data goes back leaves the mark, and some of it where it was.
    if (index === 2) await rename(join(data, "replaced.tmp", "store"), join(data, "store"));
    await t.rejects(finishReplacing(data), { code: "RESTORE_LOST", message: /is in its place again/ });
    t.match(await world.read(`lost${index}`), old);
    t.notOk((await readdir(data)).includes("RESTORE"));
    t.equal(await finishReplacing(data), false, "that was all");
  }
  const data = await half(world, "all-lost", REPLACED_NAMES, []);
  await rm(join(data, "restore.tmp"), { recursive: true });
  await rm(join(data, "replaced.tmp"), { recursive: true });
  await t.rejects(finishReplacing(data), { code: "RESTORE_LOST", message: /db restore --from/ });
  t.match(await world.restore("all-lost", { force: true }), { replaced: false });
  t.match(await world.read("all-lost"), { "store/log": "beginning" });
});

t.test("a rebuilt database takes over: cut off before, it is there still; after, it is brought to its end", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "chainwright-takeover-"));
  made.push(root);
  const place = async (name: string, what: string) => {
    await mkdir(join(root, name, "store"), { recursive: true });
    for (const file of ["store/log", "format.json", "lock", "extra"]) await writeFile(join(root, name, file), what);
  };
  await place("data", "old");
  await t.rejects(takeOver(join(root, "data"), "store"), "nothing goes before something comes");
  await place(join("data", "rebuild.tmp"), "new");
  await rm(join(root, "data", "rebuild.tmp", "store"), { recursive: true });
  await t.rejects(takeOver(join(root, "data"), "store"));
  t.equal(await readFile(join(root, "data", "store", "log"), "utf8"), "old");
  await place(join("data", "rebuild.tmp"), "new");
  for (const moved of [0, 1, 2]) {
    const data = join(root, `cut${moved}`);
    await cp(join(root, "data"), data, { recursive: true });
    if (moved > 0) {
      await mark(data, { staging: "rebuild.tmp", source: "rebuild" });
      await mkdir(join(data, "replaced.tmp"));
      for (const name of REPLACED_NAMES.slice(0, moved)) await rename(join(data, name), join(data, "replaced.tmp", name));
      t.equal(await finishReplacing(data), true);
    } else await takeOver(data, "store");
    const content = Object.fromEntries(
      await Promise.all((await readdir(data)).map(async (name) => [name, await readFile(join(data, name), "utf8").catch(() => "folder")])),
    );
    t.same(content, { store: "folder", "format.json": "new", lock: "old", extra: "old" });
    t.equal(await readFile(join(data, "store", "log"), "utf8"), "new");
  }
});

t.test("a damaged mark is told; a restore by force goes over it", async (t) => {
  const world = await World.make();
  await world.backup();
  for (const text of ["", "{", "[]", '{"replace":["store"]}', '{"staging":"../x","replace":[],"wanted":["a"],"source":""}']) {
    const data = await half(world, "torn", ["store"], []);
    await writeFile(join(data, "RESTORE"), text);
    await t.rejects(finishReplacing(data), { code: "RESTORE_MARK_DAMAGED" }, text);
    await t.rejects(world.restore("torn"), { code: "RESTORE_MARK_DAMAGED" });
    t.match(await world.restore("torn", { force: true }), { manifest: { generation: 1 } });
    t.match(await world.read("torn"), { "store/log": "beginning" });
    await rm(data, { recursive: true });
  }
});

t.test("a restore says which generation it brought, also where another one was cut off", async (t) => {
  const world = await World.make();
  await world.backup();
  await writeFile(join(world.data, "store", "log"), "secondgen");
  await world.backup();
  const log = async (name: string) => (await world.read(name))["store/log"];
  await half(world, "other", REPLACED_NAMES, []);
  await t.rejects(world.restore("other", { generation: 1 }), { code: "RESTORE_UNFINISHED" }, "what it was is not known here");
  t.match(await world.restore("other", { generation: 1, force: true }), { manifest: { generation: 1 }, replaced: true });
  t.equal(await log("other"), "beginning");
  // Cut off while this very generation came: it is ended, without --force.
  const mine = sourceOf(await (await world.store()).manifest(2));
  const own = await half(world, "own", REPLACED_NAMES, ["store"]);
  await mark(own, { source: mine });
  t.match(await world.restore("own", { generation: 2 }), { manifest: { generation: 2 }, replaced: true });
  t.equal(await log("own"), "secondgen");
});

t.test("a restore that was stopped goes on; one that was cut off while replacing is ended", async (t) => {
  const world = await World.make();
  await world.backup();
  for (let looks = 0; ; looks++) {
    const ended = await world.restore("r", {}, stopsAfter(looks)).then(
      () => "done",
      (error: { readonly code?: string }) => error.code,
    );
    if (ended === "done") break;
    t.equal(ended, "DATABASE_INTERRUPTED");
  }
  const wanted = await world.read("r");
  // Each state that a kill can leave between two renames.
  for (const step of ["marked", "one moved out", "all moved out", "one moved in"]) {
    const data = join(world.root, "cut");
    await rm(data, { recursive: true, force: true });
    await mkdir(join(data, "store"), { recursive: true });
    await writeFile(join(data, "store", "old"), "");
    await writeFile(join(data, "format.json"), "old");
    await world.restore("cut-new");
    await rename(join(world.root, "cut-new"), join(data, "restore.tmp"));
    await mark(data);
    await mkdir(join(data, "replaced.tmp"));
    if (step !== "marked") await rename(join(data, "format.json"), join(data, "replaced.tmp", "format.json"));
    if (step === "all moved out" || step === "one moved in") {
      await rename(join(data, "store"), join(data, "replaced.tmp", "store"));
      await writeFile(join(data, "replaced.tmp", "begun"), "");
    }
    if (step === "one moved in") await rename(join(data, "restore.tmp", "store"), join(data, "store"));
    t.equal(await finishReplacing(data), true);
    t.same(await world.read("cut"), wanted, step);
    t.equal(await finishReplacing(data), false);
  }
});

t.test("LevelDB's files make a whole database at any moment of its life", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "chainwright-backup-"));
  made.push(root);
  const options = { cacheBytes: 1 << 20, writeBufferBytes: 1 << 16, maxOpenFiles: 100, compression: true };
  const open = async (path: string) => {
    const storage = new LevelStorage({ path, resolve: (...parts) => join(path, ...parts) }, new SystemClock(), NO_METRICS, options);
    await storage.start();
    return storage;
  };
  const data = join(root, "data");
  await mkdir(data);
  await writeFile(join(data, "format.json"), "{}");
  const storage = await open(data);
  let written = 0;
  let isOver = false;
  const writer = (async () => {
    for (; !isOver; written++) {
      const value = new Uint8Array(3_000).map((_, index) => (index * 31 + written * 7) & 0xff);
      const key = Uint8Array.of(written >> 8, written & 0xff);
      await storage.write(
        [
          { type: "put", key, value },
          { type: "put", key: Uint8Array.of(0xff), value: key },
        ],
        { durable: written % 8 === 0 },
      );
      if (written % 40 === 0) await storage.compact();
    }
  })();
  let copiedBytes = 0;
  for (let round = 0; round < 6; round++) {
    while (written < round * 120 + 60) await new Promise((resolve) => setImmediate(resolve));
    const atLeast = written;
    const result = await makeBackup(
      {
        dataDirectory: data,
        chain,
        storage: { id: "storage-level", files: storageFiles },
        to: join(root, "backups"),
        withKeys: false,
        keep: 2,
        createdBy: "test",
        nowMs: 1,
        inspect: async (path) => {
          const copy = await open(path);
          const last = copy.get(Uint8Array.of(0xff)) ?? new Uint8Array(2);
          const count = (last[0] ?? 0) * 256 + (last[1] ?? 0) + 1;
          t.ok(count >= atLeast, `all ${atLeast} writes that were answered before are there: ${count}`);
          for (let each = 0; each < count; each++)
            if (copy.get(Uint8Array.of(each >> 8, each & 0xff))?.[1] !== ((31 + each * 7) & 0xff)) t.fail(`write ${each} is missing`);
          t.equal(copy.get(Uint8Array.of(count >> 8, count & 0xff)), undefined, "and nothing after the last");
          await copy.stop();
          return facts;
        },
      },
      SILENT_WORK,
    );
    copiedBytes = result.copiedBytes;
    t.ok(copiedBytes <= result.bytes);
  }
  isOver = true;
  await writer;
  await storage.stop();
  const store = await BackupStore.open(join(root, "backups"), chain);
  for (const generation of await store.generations())
    t.same(await verifyBackup(store, generation, SILENT_WORK), [], "opening a copy changed nothing in it");
  await appendFile(join(data, "chain.level", "CURRENT"), "x");
  await t.rejects(storageFiles.plan(join(data, "chain.level")), { code: "STORAGE_DAMAGED" });
});
