/** Commands that tell of a database and keep it in shape: db stats, db compact, db prune, db migrate. */
import { join } from "node:path";
import { compactStorage } from "../../database/compact.js";
import { requireSpace } from "../../database/durable-files.js";
import { readFacts } from "../../database/facts.js";
import { DATABASE_FORMAT, migrate, planMigration, readDatabaseFormat } from "../../database/format.js";
import { diskStats, recordStats } from "../../database/stats.js";
import type { Work } from "../../database/work.js";
import { type DataSource, type OfflineNode, storageFilesOf } from "../../node/offline-node.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";
import { amountText, durationText } from "../work-progress.js";
import { type LocationOptions, locate, wholeNumber, withData, working } from "./db-location.js";

const LOOK_EVERY_MS = 100;
const PRUNING_STAGES = {
  blocks: { title: "deleting old blocks", unit: "blocks" },
  archive: { title: "deleting what archive mode left", unit: "entries" },
  compaction: { title: "compacting", unit: "ranges" },
} as const;

const diskOf = (source: DataSource) => diskStats(join(source.path, storageFilesOf(source).files.folder));

export async function stats(options: LocationOptions, context: Context): Promise<number> {
  const { output } = context;
  const source = await locate(options, context);
  return working("stats", options, context, async (work) => {
    const disk = await diskOf(source);
    const found = await withData(source, { parts: "storage" }, async ({ storage }) => {
      const { head, finalizedHeight, flushedHeight, format, state, genesisId, bodiesFrom } = await readFacts(storage, source.path);
      const statesFrom = state.versions[0]?.height ?? flushedHeight;
      return { head, genesisId, finalizedHeight, flushedHeight, bodiesFrom, statesFrom, format, kinds: await recordStats(storage, work) };
    });
    const whole = await diskStats(source.path);
    work.end();
    if (options.json === true) output.json({ dataDir: source.path, storage: source.storage.id, disk, dataDirBytes: whole.bytes, ...found });
    else {
      output.table([
        ["data directory", source.path],
        ["head", `height ${found.head.height}, ${found.head.id}`],
        ["finalized, flushed", `${found.finalizedHeight}, ${found.flushedHeight}`],
        ["blocks kept from", String(found.bodiesFrom)],
        ["states kept from", String(found.statesFrom)],
        [
          "format",
          `${found.format}${found.format < DATABASE_FORMAT ? ` (this program works with ${DATABASE_FORMAT}: chainwright db migrate)` : ""}`,
        ],
        ["database on disk", `${amountText(disk.bytes, "bytes")} in ${disk.files} files`],
        ["data directory on disk", `${amountText(whole.bytes, "bytes")} in ${whole.files} files`],
      ]);
      output.line();
      output.table([
        ["kind", "records", "bytes"],
        ...found.kinds.map(({ kind, records, bytes }) => [kind, records.toLocaleString("en"), amountText(bytes, "bytes")]),
      ]);
    }
    return ExitCode.ok;
  });
}

export async function compact(options: LocationOptions, context: Context): Promise<number> {
  const { output } = context;
  const source = await locate(options, context);
  return working("compact", options, context, async (work) => {
    const before = await diskOf(source);
    await requireSpace(source.path, before.bytes);
    await withData(source, { parts: "storage" }, ({ storage }) => compactStorage(storage, work));
    const after = await diskOf(source);
    work.end();
    if (options.json === true) output.json({ before, after });
    else output.line(`compacted: ${amountText(before.bytes, "bytes")} before, ${amountText(after.bytes, "bytes")} after`);
    return ExitCode.ok;
  });
}

export interface PruneCommandOptions extends LocationOptions {
  readonly mode?: string;
  readonly keepBlocks?: string;
}

/** What the node would do in the background, at once and to its end. */
export async function prune(options: PruneCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  const { mode } = options;
  if (mode !== undefined && !["archive", "full", "pruned"].includes(mode))
    throw new UsageError({ reason: `--mode ${mode} is not archive, full or pruned` });
  const set = [...(options.set ?? [])];
  if (mode !== undefined) set.push(`node.chain.pruning=${mode}`);
  if (options.keepBlocks !== undefined) set.push(`node.chain.keepBlocks=${wholeNumber(options.keepBlocks, "--keep-blocks", 1)}`);
  const source = await locate({ ...options, set }, context, "pruning follows the node's config");
  return working("prune", options, context, async (work) => {
    const before = await diskOf(source);
    const found = await withData(source, { parts: "chain" }, async ({ chain }) => {
      const stop = work.cancellation.wait.then(() => "stopped" as const);
      const endProgress = showPruning(chain, work);
      // What was deleted is deleted: the next run, or the node, goes on from there.
      const ended = await Promise.race([chain.prune().then(() => "done" as const), stop]).finally(endProgress);
      const { bodiesFrom } = chain.store.history;
      return { mode: chain.pruning, bodiesFrom, height: chain.head.header.height, ended };
    });
    const after = await diskOf(source);
    work.end();
    const isDone = found.ended === "done";
    if (options.json === true) output.json({ ...found, before, after });
    else {
      output.line(
        `${isDone ? "pruned" : "stopped; the same command goes on"}: mode ${found.mode}, blocks kept from height ${found.bodiesFrom}, head at ${found.height}`,
      );
      output.line(`${amountText(before.bytes, "bytes")} before, ${amountText(after.bytes, "bytes")} after`);
      if (mode !== undefined) output.line(`set node.chain.pruning: ${mode} in the config, too: the node's next start goes by it`);
    }
    return isDone ? ExitCode.ok : ExitCode.interrupted;
  });
}

/** Blocks first, then what is left of an archive, then ranges. @returns what ends it */
function showPruning(chain: OfflineNode["chain"], work: Work): () => void {
  let shown: OfflineNode["chain"]["pruningBacklog"] | undefined;
  const look = () => {
    const backlog = chain.pruningBacklog;
    if (backlog.stage === undefined) return;
    if (backlog.stage !== shown?.stage || (backlog.left ?? 0) > (shown.left ?? 0)) {
      work.progress.stage({ ...PRUNING_STAGES[backlog.stage], total: backlog.left });
      shown = backlog;
    }
    work.progress.done((shown.left ?? 0) - (backlog.left ?? 0));
    shown = backlog;
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

export interface MigrateCommandOptions extends LocationOptions {
  readonly dryRun?: boolean;
}

export async function migrateCommand(options: MigrateCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  const source = await locate(options, context);
  return working("migrate", options, context, async (work) => {
    const { format, steps } = await withData(source, { parts: "storage" }, async ({ storage, compute, scheduler, directory }) => {
      const { path } = source;
      const found = (await readDatabaseFormat(storage, path))?.format ?? DATABASE_FORMAT;
      const planned = await planMigration(storage, path);
      if (options.dryRun !== true) {
        await requireSpace(
          path,
          planned.reduce((sum, step) => sum + step.extraBytes, 0),
        );
        await migrate({ storage, compute, scheduler, path, raise: (to) => directory.raiseFormat(to) }, work);
      }
      return { format: found, steps: planned };
    });
    work.end();
    if (options.json === true) output.json({ from: format, to: DATABASE_FORMAT, dryRun: options.dryRun === true, steps });
    else if (steps.length === 0) output.line(`the database has format ${format} already: there is nothing to do`);
    else {
      output.line(
        options.dryRun === true
          ? `format ${format} → ${DATABASE_FORMAT}; this would be done, nothing was changed:`
          : `migrated the database from format ${format} to ${DATABASE_FORMAT}:`,
      );
      output.table(
        steps.map(({ from, to, title, records, seconds, extraBytes, begun }) => [
          `${from} → ${to}`,
          title,
          `${records.toLocaleString("en")} records`,
          `about ${durationText(seconds)}`,
          `${amountText(extraBytes, "bytes")} of space`,
          begun ? "begun before" : "",
        ]),
      );
      if (options.dryRun === true) output.line("make a backup first (chainwright db backup): there is no way back but that");
    }
    return ExitCode.ok;
  });
}
