/** Commands that look for damage and mend it: db verify, db rebuild. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { verifyBackup } from "../../database/backup.js";
import { BackupStore } from "../../database/backup-store.js";
import { requireSpace } from "../../database/durable-files.js";
import { type DatabaseFacts, readFacts, readHead } from "../../database/facts.js";
import {
  carryOver,
  executeAgain,
  executeBlocks,
  REBUILD_FOLDER,
  rebuildPages,
  rebuildTransactions,
  takeOver,
} from "../../database/rebuild.js";
import { rewindHorizon } from "../../database/rewind.js";
import { diskStats } from "../../database/stats.js";
import { verifyDatabase } from "../../database/verify.js";
import type { Work } from "../../database/work.js";
import { readDataDirectory } from "../../node/data-directory.js";
import { type DataSource, openOffline, storageFilesOf } from "../../node/offline-node.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";
import { durationText } from "../work-progress.js";
import { type LocationOptions, locate, wholeNumber, withData, withFolderLock, working } from "./db-location.js";

const EXECUTE_FOLDER = "execute.tmp";

export interface VerifyCommandOptions extends LocationOptions {
  readonly execute?: boolean;
  readonly from?: string;
  readonly backup?: string;
  readonly generation?: string;
}

export async function verify(options: VerifyCommandOptions, context: Context): Promise<number> {
  if (options.backup !== undefined) return verifyCopies(options.backup, options, context);
  const { output } = context;
  const from = options.from === undefined ? undefined : wholeNumber(options.from, "--from", 0);
  if (from !== undefined && options.execute !== true) throw new UsageError({ reason: "--from says where --execute begins: give both" });
  const source = await locate(
    options,
    context,
    options.execute === true ? "blocks are executed by the chain's own ledger and rules" : undefined,
  );
  return working("verify", options, context, async (work) => {
    const beganMs = performance.now();
    const { chainId } = await readDataDirectory(source.path);
    const found = await withData(source, { parts: "storage" }, async ({ storage, compute }) =>
      verifyDatabase({ storage, compute, chainId, path: source.path }, work),
    );
    let executed: number | undefined;
    if (options.execute === true && found.facts !== undefined && found.count === 0)
      executed = await execute(source, found.facts, from, work);
    work.end();
    const seconds = (performance.now() - beganMs) / 1_000;
    const { facts, ...rest } = found;
    if (options.json === true)
      output.json({
        ok: found.count === 0,
        head: facts?.head,
        ...rest,
        ...(executed === undefined ? {} : { executedBlocks: executed }),
        seconds,
      });
    else {
      for (const { record, reason, mend } of found.faults)
        output.line(`${output.style("red", "damaged")}  ${record}: ${reason}  (${mend})`);
      if (found.count > found.faults.length) output.line(`… and ${found.count - found.faults.length} more`);
      const { blocks, transactions, entries, pages } = found.counts;
      output.line(
        `${found.count === 0 ? output.style("green", "whole") : `${found.count} faults`}: ${blocks.toLocaleString("en")} blocks, ${transactions.toLocaleString("en")} transactions, ${entries.toLocaleString("en")} state entries, ${pages.toLocaleString("en")} pages in ${durationText(seconds)}`,
      );
      if (executed !== undefined) output.line(`executed ${executed.toLocaleString("en")} blocks again: every root is what it was`);
      else if (options.execute === true) output.line("nothing was executed: mend what is damaged first");
      if (found.mend !== undefined) output.line(`to mend it: ${found.mend}`);
    }
    return found.count === 0 ? ExitCode.ok : ExitCode.damaged;
  });
}

async function verifyCopies(folder: string, options: VerifyCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  const wanted = options.generation === undefined ? undefined : wholeNumber(options.generation, "--generation", 1);
  const store = await BackupStore.open(folder, undefined);
  return working("verify", options, context, async (work) => {
    const manifest = await store.manifest(wanted);
    const faults = await withFolderLock(store.path, () => verifyBackup(store, manifest.generation, work));
    work.end();
    if (options.json === true)
      output.json({ ok: faults.length === 0, generation: manifest.generation, files: manifest.files.length, faults });
    else {
      for (const fault of faults) output.line(`${output.style("red", "damaged")}  ${fault}`);
      output.line(
        `generation ${manifest.generation}: ${faults.length === 0 ? "whole" : `${faults.length} faults`}, ${manifest.files.length} files, height ${manifest.head.height}`,
      );
      if (faults.length > 0) output.line("to mend it: take another generation, or make a new backup of the node into an empty folder");
    }
    return faults.length === 0 ? ExitCode.ok : ExitCode.damaged;
  });
}

/** Executes blocks again and compares every root; the node's own data is only read. @returns how many blocks */
async function execute(source: DataSource, facts: DatabaseFacts, from: number | undefined, work: Work): Promise<number> {
  const { height } = facts.head;
  if (from !== undefined && from > 0) {
    const lowest = rewindHorizon(facts);
    if (from < lowest)
      throw new UsageError({
        reason: `--from ${from}: the state is kept from height ${lowest} on; take that, or leave --from away to begin at genesis`,
      });
    return withData(source, { parts: "chain" }, ({ chain }) => executeAgain(chain, from, height, work));
  }
  const path = join(source.path, EXECUTE_FOLDER);
  await withData(source, { parts: "storage" }, async ({ storage }) =>
    withData(source, { parts: "chain", path, create: true }, ({ chain }) => executeBlocks(storage, chain, height, work)),
  );
  await rm(path, { recursive: true, force: true });
  return height;
}

export interface RebuildCommandOptions extends LocationOptions {
  readonly to?: string;
}

export async function rebuild(what: string, options: RebuildCommandOptions, context: Context): Promise<number> {
  const { output } = context;
  if (!["pages", "transactions", "all"].includes(what))
    throw new UsageError({ reason: `db rebuild knows pages, transactions and all, not ${what}` });
  const source = await locate(options, context, what === "all" ? "blocks are executed by the chain's own ledger and rules" : undefined);
  return working("rebuild", options, context, async (work) => {
    let result: Record<string, number>;
    if (what === "all") result = { blocks: await rebuildAll(source, undefined, true, work) };
    else
      result = await withData(source, { parts: "storage" }, async ({ storage, compute, scheduler }) => {
        if (what === "pages") return { entries: await rebuildPages({ storage, compute, scheduler }, work) };
        const facts = await readFacts(storage, source.path);
        const { chainId } = await readDataDirectory(source.path);
        return { transactions: await rebuildTransactions(storage, chainId, facts.head.height, work) };
      });
    work.end();
    if (options.json === true) output.json({ rebuilt: what, ...result });
    else
      output.line(
        `made anew: ${what} (${Object.entries(result)
          .map(([name, count]) => `${count.toLocaleString("en")} ${name}`)
          .join(", ")})`,
      );
    return ExitCode.ok;
  });
}

/**
 * Executes all blocks up to a height into a new database, which takes the place of the old one.
 * @param keepAbove blocks above stay known
 */
export async function rebuildAll(source: DataSource, to: number | undefined, keepAbove: boolean, work: Work): Promise<number> {
  const path = join(source.path, REBUILD_FOLDER);
  const { folder } = storageFilesOf(source).files;
  const height = await withData(source, { parts: "storage" }, async ({ storage }) => {
    const target = to ?? readHead(storage, source.path).height;
    await requireSpace(source.path, (await diskStats(join(source.path, folder))).bytes);
    await dropOther(path, source, target);
    await withData(source, { parts: "chain", path, create: true }, ({ chain }) => executeBlocks(storage, chain, target, work));
    const rebuilt = await openOffline(source, { parts: "storage", path });
    try {
      await carryOver(storage, rebuilt.storage, keepAbove ? target : undefined, work);
    } finally {
      await rebuilt.close();
    }
    return target;
  });
  await withFolderLock(source.path, () => takeOver(source.path, folder));
  return height;
}

/** What an earlier run made for another height can't be gone on with. */
async function dropOther(path: string, source: DataSource, target: number): Promise<void> {
  const height = await withData(source, { parts: "storage", path }, async ({ storage }) => readHead(storage, path).height).catch(
    () => undefined,
  );
  if (height === undefined || height > target) await rm(path, { recursive: true, force: true });
}
