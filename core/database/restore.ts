/**
 * Brings a generation of a backup back into a data directory.
 *
 * Everything is written to `restore.tmp` inside the directory first, verified by its hash, and opened there. Only then what was there
 * before is replaced, entry by entry. That is many renames, so the file RESTORE says meanwhile what is to be done: no node starts while
 * it is there, and the next `restore` ends it. Up to that moment the old data is untouched and can be used.
 */
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "../kernel/errors.js";
import { KEY_FILES } from "./backup.js";
import type { BackupFile, BackupManifest, BackupStore } from "./backup-store.js";
import { copyFrom, exists, hashFile, makeFolder, onDisk, requireSpace, syncFolder, writeFileAtomically } from "./durable-files.js";
import { BackupDamagedError, RestoreCheckError, TargetNotEmptyError } from "./errors.js";
import { mayStop, type Work } from "./work.js";

/** While it is there, a restore is replacing what the directory held. */
export const RESTORE_MARK = "RESTORE";
export const STAGING = "restore.tmp";
const REPLACED = "replaced.tmp";
/** Of a running node or of nobody: not data. */
const NO_DATA = new Set(["lock", "lost+found", STAGING, REPLACED, RESTORE_MARK, `${RESTORE_MARK}.new`, "api.url"]);

export interface RestoreOptions {
  readonly store: BackupStore;
  /** Default: the newest. */
  readonly generation: number | undefined;
  /** Exists; its lock is held by the caller. */
  readonly dataDirectory: string;
  /** Replace data that is there. */
  readonly force: boolean;
  /** Opens the restored directory before it takes its place. Throws where it does not come up. Undefined: no check. */
  readonly check: ((dataDirectory: string) => Promise<void>) | undefined;
}

export interface RestoreResult {
  readonly manifest: BackupManifest;
  /** Files that an earlier run had brought already. */
  readonly reusedFiles: number;
  readonly replaced: boolean;
}

/** @throws BACKUP_*, RESTORE_*, DATABASE_NO_SPACE, DATABASE_DISK_FULL, DATABASE_INTERRUPTED */
export async function restoreBackup(options: RestoreOptions, work: Work): Promise<RestoreResult> {
  const { store, dataDirectory, force, check } = options;
  const manifest = await store.manifest(options.generation);
  for (const { path } of manifest.files)
    if (path.startsWith("/") || path.split("/").some((part) => part === "" || part === "." || part === ".."))
      throw new BackupDamagedError({ path: store.manifestPath(manifest.generation), reason: `it names a file ${path}` });
  return onDisk(dataDirectory, async () => {
    // An earlier run came so far; what it brought was verified then.
    if (await finishReplacing(dataDirectory)) return { manifest, reusedFiles: manifest.files.length, replaced: true };
    const there = await dataIn(dataDirectory);
    if (there.length > 0 && !force) throw new TargetNotEmptyError({ path: dataDirectory });
    const reusedFiles = await bring(store, manifest, dataDirectory, work);
    if (check !== undefined) {
      work.progress.stage({ title: "opening what was restored", unit: "records", total: undefined });
      try {
        await check(join(dataDirectory, STAGING));
      } catch (thrown) {
        throw new RestoreCheckError({ path: dataDirectory, reason: messageOf(thrown) }, thrown);
      }
    }
    mayStop(work, "the restore");
    await replaceData(dataDirectory, there);
    return { manifest, reusedFiles, replaced: there.length > 0 };
  });
}

/** Names in a data directory that a restore replaces. Keys and certificates are not among them: they are the node's own. */
async function dataIn(dataDirectory: string): Promise<readonly string[]> {
  const keys: readonly string[] = KEY_FILES;
  return (await readdir(dataDirectory)).filter((name) => !NO_DATA.has(name) && !keys.includes(name) && !name.startsWith("."));
}

/** Fills the staging folder; what is there already and right stays. @returns how many files that were */
async function bring(store: BackupStore, { files }: BackupManifest, dataDirectory: string, work: Work): Promise<number> {
  const staging = join(dataDirectory, STAGING);
  await makeFolder(staging);
  const wanted = new Map(files.map((file) => [file.path, file]));
  const found = new Map<string, number>();
  for (const path of await filesIn(staging)) {
    const file = wanted.get(path);
    const { size } = await stat(join(staging, path));
    if (file === undefined || size !== file.bytes) await rm(join(staging, path), { force: true });
    else found.set(path, size);
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  await requireSpace(dataDirectory, total - [...found.values()].reduce((sum, bytes) => sum + bytes, 0));
  work.progress.stage({ title: "restoring", unit: "bytes", total });
  let reused = 0;
  for (const file of files) {
    mayStop(work, "the restore");
    const to = join(staging, file.path);
    const onBytes = (bytes: number) => work.progress.done(bytes);
    if (found.has(file.path) && (await hashFile(to)).sha256 === file.sha256) {
      reused++;
      onBytes(file.bytes);
      continue;
    }
    await makeFolder(dirname(to));
    await bringFile(store, file, to, onBytes);
  }
  for (const folder of new Set(files.map(({ path }) => dirname(join(staging, path))))) await syncFolder(folder);
  await syncFolder(staging);
  return reused;
}

async function bringFile(
  store: BackupStore,
  { path, bytes, sha256 }: BackupFile,
  to: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const object = store.objectPath(sha256);
  const damaged = (reason: string) => new BackupDamagedError({ path: object, reason: `${reason} (${path})` });
  const source = await open(object, "r").catch((thrown: unknown) => {
    throw damaged(messageOf(thrown));
  });
  try {
    const { size } = await source.stat();
    if (size !== bytes) throw damaged(`it has ${size} bytes instead of ${bytes}`);
    const temporary = `${to}.new`;
    const copied = await copyFrom(source, bytes, temporary, onBytes);
    if (copied.sha256 !== sha256) {
      await rm(temporary, { force: true });
      throw damaged("it has other content than was backed up");
    }
    await rename(temporary, to);
  } finally {
    await source.close();
  }
}

/**
 * Puts what is in `restore.tmp` in the place of some entries of the directory. From the moment that RESTORE is there, it will be done,
 * if not now, then by `finishReplacing`.
 */
export async function replaceData(dataDirectory: string, replaced: readonly string[]): Promise<void> {
  await rm(join(dataDirectory, STAGING, "lock"), { recursive: true, force: true });
  await rm(join(dataDirectory, REPLACED), { recursive: true, force: true });
  await writeFileAtomically(join(dataDirectory, RESTORE_MARK), `${JSON.stringify({ replace: replaced })}\n`);
  await finishReplacing(dataDirectory);
}

/** Ends what RESTORE tells of; repeated after a kill, it comes to the same. @returns whether there was anything to end */
export async function finishReplacing(dataDirectory: string): Promise<boolean> {
  const text = await readFile(join(dataDirectory, RESTORE_MARK), "utf8").catch(() => undefined);
  if (text === undefined) return false;
  const { replace } = JSON.parse(text) as { readonly replace: readonly string[] };
  const staging = join(dataDirectory, STAGING);
  const replaced = join(dataDirectory, REPLACED);
  // What was there goes first, all of it, before anything comes in its place: names do not tell the old from the new.
  if (!(await exists(join(replaced, "begun")))) {
    await makeFolder(replaced);
    for (const name of replace) if (await exists(join(dataDirectory, name))) await rename(join(dataDirectory, name), join(replaced, name));
    await syncFolder(dataDirectory);
    await writeFileAtomically(join(replaced, "begun"), "");
  }
  const keys: readonly string[] = KEY_FILES;
  for (const name of (await exists(staging)) ? await readdir(staging) : []) {
    // Keys that are there stay: nothing brings them back.
    if (keys.includes(name) && (await exists(join(dataDirectory, name)))) continue;
    await rename(join(staging, name), join(dataDirectory, name));
  }
  await syncFolder(dataDirectory);
  await rm(staging, { recursive: true, force: true });
  await rm(join(dataDirectory, RESTORE_MARK), { force: true });
  await syncFolder(dataDirectory);
  // What was there before goes last: until here, a person could still have taken it back.
  await rm(replaced, { recursive: true, force: true });
  return true;
}

async function filesIn(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await filesIn(folder, path)));
    else files.push(path);
  }
  return files;
}

/** Whether a directory is in the middle of being replaced. */
export function isUnfinishedRestore(dataDirectory: string): Promise<boolean> {
  return exists(join(dataDirectory, RESTORE_MARK));
}
