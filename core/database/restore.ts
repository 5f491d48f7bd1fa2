/**
 * Brings a generation of a backup back into a data directory.
 *
 * Everything is written to `restore.tmp` inside the directory first, verified by its hash, and opened there. Only then what was there
 * before is replaced, entry by entry (replacement.ts). Up to that moment the old data is untouched and can be used.
 */
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "../kernel/errors.js";
import { KEY_FILES } from "./backup.js";
import { type BackupFile, type BackupManifest, type BackupStore, digestOf } from "./backup-store.js";
import { copyFrom, hashFile, makeFolder, onDisk, requireSpace, syncFolder } from "./durable-files.js";
import {
  BackupDamagedError,
  ReplacementLostError,
  ReplacementMarkError,
  RestoreCheckError,
  RestoreUnfinishedError,
  TargetNotEmptyError,
} from "./errors.js";
import { finishReplacing, REPLACED, RESTORE_MARK, readMark, replaceData, STAGING } from "./replacement.js";
import { mayStop, type Work } from "./work.js";

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
      throw new BackupDamagedError({ path: store.manifestPath(manifest.generation), reason: `it names a file ${path}`, part: "manifest" });
  return onDisk(dataDirectory, async () => {
    // An earlier run came so far; what it brought was verified then.
    if (await ended(dataDirectory, sourceOf(manifest), force)) return { manifest, reusedFiles: manifest.files.length, replaced: true };
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
    const wanted = (await readdir(join(dataDirectory, STAGING))).filter((name) => name !== "lock" && !isKey(name));
    await replaceData(dataDirectory, { staging: STAGING, replace: there, wanted, source: sourceOf(manifest) });
    return { manifest, reusedFiles, replaced: there.length > 0 };
  });
}

const isKey = (name: string): boolean => (KEY_FILES as readonly string[]).includes(name);

/** How RESTORE names a generation: the same number in another folder is another one. */
export function sourceOf(manifest: BackupManifest): string {
  return `backup ${digestOf(manifest)}`;
}

/**
 * Ends what an earlier command was doing to the directory when it was cut off.
 * @returns whether that was this very restore
 */
async function ended(dataDirectory: string, source: string, force: boolean): Promise<boolean> {
  try {
    const mark = await readMark(dataDirectory);
    if (mark !== undefined && mark.source !== source && !force) throw new RestoreUnfinishedError({ path: dataDirectory });
    return (await finishReplacing(dataDirectory)) && mark?.source === source;
  } catch (thrown) {
    // Whatever of it is there, it is to be replaced.
    if (force && (ReplacementLostError.matches(thrown) || ReplacementMarkError.matches(thrown))) return false;
    throw thrown;
  }
}

/** Names in a data directory that a restore replaces. Keys and certificates are not among them: they are the node's own. */
async function dataIn(dataDirectory: string): Promise<readonly string[]> {
  return (await readdir(dataDirectory)).filter((name) => !NO_DATA.has(name) && !isKey(name) && !name.startsWith("."));
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
  const damaged = (reason: string) => new BackupDamagedError({ path: object, reason: `${reason} (${path})`, part: "object" });
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

async function filesIn(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await filesIn(folder, path)));
    else files.push(path);
  }
  return files;
}
