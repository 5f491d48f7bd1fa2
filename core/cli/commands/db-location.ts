/** What all database commands share: which data they work on, and how their work is shown and stopped. */
import { join } from "node:path";
import { FORMAT_FILE } from "../../database/backup.js";
import { exists, onDisk } from "../../database/durable-files.js";
import { BackupBusyError, InterruptedError } from "../../database/errors.js";
import { finishReplacing, REBUILT, readMark } from "../../database/replacement.js";
import { readDataDirectory } from "../../node/data-directory.js";
import { DataDirectoryLockedError } from "../../node/data-directory-errors.js";
import { lockDirectory } from "../../node/directory-lock.js";
import { type DataSource, findData, type OfflineNode, type OpenOptions, openOffline } from "../../node/offline-node.js";
import { SystemClock, SystemScheduler } from "../../runtime/index.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";
import { ShownWork } from "../work-progress.js";

export interface LocationOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

/** The data that `--config` or `--data-dir` names. @throws UsageError without either */
export async function locate(options: LocationOptions, { environment }: Context, needsConfig?: string): Promise<DataSource> {
  const { config, dataDir, set = [] } = options;
  if (config === undefined && dataDir === undefined) throw new UsageError({ reason: "say which node: --config FILE, or --data-dir DIR" });
  if (config === undefined && needsConfig !== undefined)
    throw new UsageError({ reason: `${needsConfig}: give the node's config, too: --config FILE` });
  if (config === undefined && set.length > 0) throw new UsageError({ reason: "--set changes a config: give it with --config FILE" });
  // What the directory says of itself counts for more than that it has no database.
  if (config === undefined && dataDir !== undefined) await readDataDirectory(dataDir);
  const levels = set.some((each) => each.startsWith("log.")) ? [] : ["log.level=warn"];
  return findData({
    ...(config === undefined ? {} : { file: config, overrides: [...levels, ...set], environment }),
    ...(dataDir === undefined ? {} : { dataDir }),
  });
}

/** Shows work, and ends it as its end demands: a stop by Ctrl-C is told, and has an exit code of its own. */
export async function working(
  title: string,
  options: { readonly json?: boolean },
  { output }: Context,
  run: (work: ShownWork) => Promise<number>,
): Promise<number> {
  const work = new ShownWork(title, output, options.json === true);
  try {
    return await run(work);
  } catch (error) {
    if (!InterruptedError.matches(error)) throw error;
    work.end();
    output.error(error, options.json === true);
    return ExitCode.interrupted;
  } finally {
    work.end();
  }
}

/** Opens the data under its lock, and closes it whatever happens. */
export async function withData<Result>(
  source: DataSource,
  options: OpenOptions,
  use: (node: OfflineNode) => Promise<Result>,
): Promise<Result> {
  const node = await openOffline(source, options);
  try {
    return await use(node);
  } finally {
    await node.close();
  }
}

/** Holds a data directory that two commands must not use at the same time. @throws DATA_DIRECTORY_LOCKED */
export function withFolderLock<Result>(path: string, use: () => Promise<Result>): Promise<Result> {
  return locked(path, (pid) => new DataDirectoryLockedError({ path, pid }), use);
}

/** Holds a folder of backups. @throws BACKUP_BUSY; DATA_DIRECTORY_LOCKED where a node's data was named by mistake */
export async function withBackupLock<Result>(path: string, use: () => Promise<Result>): Promise<Result> {
  const Busy = (await exists(join(path, FORMAT_FILE))) ? DataDirectoryLockedError : BackupBusyError;
  return locked(path, (pid) => new Busy({ path, pid }), use);
}

async function locked<Result>(path: string, busy: (pid: number) => Error, use: () => Promise<Result>): Promise<Result> {
  const scheduler = new SystemScheduler(new SystemClock());
  const lock = await onDisk(path, () => lockDirectory(path, () => scheduler.yield()));
  if ("heldBy" in lock) {
    scheduler.close();
    throw busy(lock.heldBy);
  }
  try {
    return await use();
  } finally {
    lock.release();
    scheduler.close();
  }
}

/** What this command or one like it was doing to the data when it was cut off is ended first: then the same command goes on. */
export async function endRebuilding(path: string): Promise<void> {
  if ((await readMark(path))?.source === REBUILT) await withFolderLock(path, () => onDisk(path, () => finishReplacing(path)));
}

/** A whole number from `least`. @throws UsageError */
export function wholeNumber(text: string, name: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new UsageError({ reason: `${name} ${text} is not a whole number from ${least}` });
  return value;
}
