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
  heightToGoOnFrom,
  rebuildPages,
  rebuildTransactions,
  requireAllBlocks,
  takeOver,
} from "../../database/rebuild.js";
import { REBUILD_FOLDER } from "../../database/replacement.js";
import { rewindHorizon } from "../../database/rewind.js";
import { diskStats } from "../../database/stats.js";
import { verifyDatabase } from "../../database/verify.js";
import type { Work } from "../../database/work.js";
import { readDataDirectory } from "../../node/data-directory.js";
import { type DataSource, openOffline, storageFilesOf } from "../../node/offline-node.js";
import { VERSION } from "../../node/version.js";
import { StorageDamagedError } from "../../ports/errors.js";
import type { Storage } from "../../ports/storage.js";
import type { Context } from "../context.js";
import { UsageError } from "../errors.js";
import { ExitCode } from "../exit-codes.js";
import { durationText } from "../work-progress.js";
import {
  endRebuilding,
  type LocationOptions,
  locate,
  wholeNumber,
  withBackupLock,
  withData,
  withFolderLock,
  working,
} from "./db-location.js";

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
    const found = await withData(source, { parts: "storage" }, async ({ storage, compute }) => {
      if (options.execute === true) await checkExecutable(storage, source.path, from);
      return verifyDatabase({ storage, compute, chainId, path: source.path }, work);
    }).catch((thrown: unknown) => {
      throw StorageDamagedError.matches(thrown) ? new StorageDamagedError({ ...thrown.data, verified: true }, thrown.cause) : thrown;
    });
    let executed: Executed | undefined;
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
        ...(executed === undefined ? {} : { executedBlocks: executed.blocks, executedBefore: executed.before }),
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
      if (executed !== undefined) {
        const { blocks: again, before } = executed;
        const earlier = before === 0 ? "" : `, ${before.toLocaleString("en")} of them by the run that was stopped`;
        output.line(`executed ${again.toLocaleString("en")} blocks again${earlier}: every root is what it was`);
      } else if (options.execute === true) output.line("nothing was executed: mend what is damaged first");
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
    const faults = await withBackupLock(store.path, () => verifyBackup(store, manifest.generation, work));
    work.end();
    if (options.json === true)
      output.json({ ok: faults.length === 0, generation: manifest.generation, files: manifest.files.length, faults });
    else {
      for (const fault of faults) output.line(`${output.style("red", "damaged")}  ${fault}`);
      output.line(
        `generation ${manifest.generation}: ${faults.length === 0 ? "whole" : `${faults.length} faults`}, ${manifest.files.length} files, height ${manifest.head.height}`,
      );
      if (faults.length > 0)
        output.line(
          store.faceFault !== undefined && faults.length === 1
            ? "to mend it: make a backup again; until then this generation can be restored as it is"
            : "to mend it: make a backup again, which copies what was set aside as far as the node still has it, and verify that; until then restore another generation",
        );
    }
    return faults.length === 0 ? ExitCode.ok : ExitCode.damaged;
  });
}

/** Before hours of reading: whether the blocks that are to be executed are here, and the state below them. */
async function checkExecutable(storage: Storage, path: string, from: number | undefined): Promise<void> {
  // What is damaged is told by the check itself.
  const facts = await readFacts(storage, path).catch(() => undefined);
  if (facts === undefined) return;
  const lowest = Math.max(rewindHorizon(facts), facts.bodiesFrom - 1);
  if (from === undefined || from === 0)
    requireAllBlocks(storage, `execute them over a state that is kept with --execute --from ${lowest}, or leave --execute away`);
  else if (from < lowest || from > facts.head.height)
    throw new UsageError({
      reason: `--from ${from}: states and blocks are kept from height ${lowest} to ${facts.head.height}; take one of these, or leave --from away to begin at genesis`,
    });
}

interface Executed {
  readonly blocks: number;
  /** Of these, by an earlier run. */
  readonly before: number;
}

/** Executes blocks again and compares every root; the node's own data is only read. */
async function execute(source: DataSource, facts: DatabaseFacts, from: number | undefined, work: Work): Promise<Executed> {
  const { height } = facts.head;
  if (from !== undefined && from > 0) {
    const blocks = await withData(source, { parts: "chain" }, ({ chain }) => executeAgain(chain, from, height, work));
    return { blocks, before: 0 };
  }
  const path = join(source.path, EXECUTE_FOLDER);
  const before = await withData(source, { parts: "storage" }, async ({ storage }) => {
    const reached = await leftover(source, storage, path, height);
    await withData(source, { parts: "chain", path, create: true }, ({ chain }) => executeBlocks(storage, chain, height, work));
    return reached;
  });
  await rm(path, { recursive: true, force: true });
  return { blocks: height, before };
}

/**
 * What an earlier run left in a folder is gone on with if this program made it of the blocks that are canonical now; anything else goes.
 * Checks that there is space for the rest of it.
 * @returns how far it came
 */
async function leftover(source: DataSource, storage: Storage, path: string, target: number): Promise<number> {
  const reached = await usable(source, storage, path, target).catch(() => undefined);
  if (reached === undefined) await rm(path, { recursive: true, force: true });
  const database = await diskStats(join(source.path, storageFilesOf(source).files.folder));
  await requireSpace(source.path, Math.max(0, database.bytes - (await diskStats(path)).bytes));
  return reached ?? 0;
}

async function usable(source: DataSource, storage: Storage, path: string, target: number): Promise<number | undefined> {
  // Another version may have executed them to other roots.
  if ((await readDataDirectory(path)).createdBy !== `chainwright ${VERSION}`) return undefined;
  return withData(source, { parts: "storage", path }, async (found) => heightToGoOnFrom(storage, found.storage, target));
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
    await endRebuilding(source.path);
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
    const target = to ?? (await readHead(storage, source.path)).height;
    requireAllBlocks(storage, "bring a backup back (chainwright db restore), or sync into an empty data directory");
    await leftover(source, storage, path, target);
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
