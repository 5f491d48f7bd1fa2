/** Commands that copy a node's data and bring it back: db backup, db backups, db restore. */
import { rmdir } from "node:fs/promises";
import { resolve } from "node:path";
import { makeBackup } from "../../database/backup.js";
import { BackupStore, type ChainIdentity } from "../../database/backup-store.js";
import { exists, makeFolder, onDisk } from "../../database/durable-files.js";
import { backupFactsOf, readFacts } from "../../database/facts.js";
import { finishReplacing } from "../../database/replacement.js";
import { restoreBackup } from "../../database/restore.js";
import { readDataDirectory } from "../../node/data-directory.js";
import { type DataSource, storageFilesOf } from "../../node/offline-node.js";
import { VERSION } from "../../node/version.js";
import { Hash } from "../../primitives/hash.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";
import { amountText } from "../work-progress.js";
import { type LocationOptions, locate, wholeNumber, withBackupLock, withData, withFolderLock, working } from "./db-location.js";

export interface BackupCommandOptions extends LocationOptions {
  readonly to: string;
  readonly withKeys?: boolean;
  readonly keep: string;
}

export async function backup(options: BackupCommandOptions, context: Context): Promise<number> {
  const keep = wholeNumber(options.keep, "--keep", 1);
  const source = await locate(options, context);
  return working("backup", options, context, async (work) => {
    const storage = storageFilesOf(source);
    const { chainId, parametersHash } = await readDataDirectory(source.path);
    await onDisk(options.to, () => makeFolder(options.to));
    const beganMs = performance.now();
    const result = await withBackupLock(resolve(options.to), () =>
      makeBackup(
        {
          dataDirectory: source.path,
          chain: { chainId, parametersHash },
          storage,
          to: options.to,
          withKeys: options.withKeys === true,
          keep,
          createdBy: `chainwright ${VERSION}`,
          nowMs: Date.now(),
          inspect: (path) => inspect(source, path),
        },
        work,
      ),
    );
    const seconds = (performance.now() - beganMs) / 1_000;
    const { output } = context;
    if (options.json === true) output.json({ ...result, to: resolve(options.to), seconds });
    else {
      output.line(
        `generation ${result.generation} in ${options.to}: height ${result.head.height}, ${amountText(result.bytes, "bytes")} in ${result.files} files`,
      );
      output.line(
        `copied ${amountText(result.copiedBytes, "bytes")} in ${seconds.toFixed(1)} s; it opens, and its head is ${result.head.id}`,
      );
      if (result.dropped.generations > 0)
        output.line(`dropped ${result.dropped.generations} older generations, ${amountText(result.dropped.bytes, "bytes")}`);
      output.line(
        options.withKeys === true
          ? "keys are in it: guard the folder like the node"
          : "keys are not in it (--with-keys): keep copies of them elsewhere",
      );
    }
    return ExitCode.ok;
  });
}

async function inspect(source: DataSource, path: string) {
  return withData(source, { parts: "storage", path }, async ({ storage }) => backupFactsOf(await readFacts(storage, path)));
}

export async function backups(folder: string, options: { readonly json?: boolean }, { output }: Context): Promise<number> {
  const store = await BackupStore.open(folder, undefined);
  const rows: Record<string, unknown>[] = [];
  let damaged = false;
  for (const generation of await store.generations()) {
    try {
      const { files, createdAtMs, head, chainId, withKeys, format } = await store.manifest(generation);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      rows.push({
        generation,
        chainId,
        height: head.height,
        head: head.id,
        createdAt: new Date(createdAtMs).toISOString(),
        bytes,
        files: files.length,
        withKeys,
        format,
      });
    } catch (error) {
      damaged = true;
      rows.push({ generation, damaged: error instanceof Error ? error.message : String(error) });
    }
  }
  if (options.json === true) output.json(rows);
  else if (rows.length === 0) output.line(`${folder} has no finished backup`);
  else
    output.table([
      ["generation", "made at", "height", "size", "files", "keys"],
      ...rows.map((row) =>
        row.damaged === undefined
          ? [
              String(row.generation),
              String(row.createdAt),
              String(row.height),
              amountText(Number(row.bytes), "bytes"),
              String(row.files),
              row.withKeys === true ? "yes" : "no",
            ]
          : [String(row.generation), `damaged: ${String(row.damaged)}`],
      ),
    ]);
  return damaged ? ExitCode.damaged : ExitCode.ok;
}

export interface RestoreCommandOptions extends LocationOptions {
  readonly from?: string;
  readonly finish?: boolean;
  readonly generation?: string;
  readonly force?: boolean;
  readonly check?: boolean;
}

export async function restore(options: RestoreCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  const generation = options.generation === undefined ? undefined : wholeNumber(options.generation, "--generation", 1);
  if (options.config === undefined && options.dataDir === undefined)
    throw new UsageError({ reason: "say where to: --config FILE of the node, or --data-dir DIR" });
  const config = options.config === undefined ? undefined : await locate(options, context);
  const path = config?.path ?? resolve(options.dataDir ?? "");
  const identity: ChainIdentity | undefined =
    config?.spec === undefined ? undefined : { chainId: config.spec.chainId, parametersHash: Hash.key(config.spec.parametersHash) };
  if (options.finish === true) return finish(path, options, context);
  const { from } = options;
  if (from === undefined) throw new UsageError({ reason: "say which backups: --from DIR" });
  return working("restore", options, context, async (work) => {
    const store = await BackupStore.open(from, identity);
    const wasThere = await exists(path);
    await onDisk(path, () => makeFolder(path));
    const check = options.check === false ? undefined : (restored: string) => opens(config, restored, context);
    try {
      // Both: no node runs there, and no backup drops what is being read.
      const { manifest, reusedFiles, replaced } = await withFolderLock(path, () =>
        withBackupLock(store.path, () =>
          restoreBackup({ store, generation, dataDirectory: path, force: options.force === true, check }, work),
        ),
      );
      const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
      const result = {
        generation: manifest.generation,
        height: manifest.head.height,
        head: manifest.head.id,
        bytes,
        files: manifest.files.length,
        reusedFiles,
        replaced,
        dataDir: path,
      };
      if (options.json === true) output.json(result);
      else {
        output.line(`restored generation ${manifest.generation} to ${path}: height ${manifest.head.height}, ${amountText(bytes, "bytes")}`);
        output.line(
          options.check === false
            ? "it was not opened (--no-check)"
            : config === undefined
              ? "its database opens; give --config to see the whole chain come up"
              : "the chain comes up on it",
        );
        if (!manifest.withKeys)
          output.line("keys were not in the backup: those that are in the directory stay, a missing node.key is made anew");
      }
      return ExitCode.ok;
    } catch (error) {
      if (!wasThere) await rmdir(path).catch(() => undefined);
      throw error;
    }
  });
}

/** Ends what was cut off. */
async function finish(path: string, options: RestoreCommandOptions, { output }: Context): Promise<number> {
  const finished = (await exists(path)) && (await withFolderLock(path, () => onDisk(path, () => finishReplacing(path))));
  if (options.json === true) output.json({ finished });
  else output.line(finished ? `the data in ${path} is whole again` : `there was nothing to finish in ${path}`);
  return ExitCode.ok;
}

/** Comes up on what was restored, as far as can be without a config. */
async function opens(config: DataSource | undefined, path: string, context: Context): Promise<void> {
  const source = config ?? (await locate({ dataDir: path }, context));
  if (config === undefined)
    await withData(source, { parts: "storage", path }, async ({ storage }) => void (await readFacts(storage, path)));
  else await withData(source, { parts: "chain", path }, async () => undefined);
}
