/**
 * Which format a database has, and how it comes to this program's.
 *
 * The number stands in the database itself (chain record `format`), where it changes in the same atomic write as what it speaks of; a
 * database without it is of format 1, from before it was written. `format.json` of the data directory repeats it and is raised
 * before a migration begins, so that an older program refuses what is half-way to something it can't read. Migrations go forward only:
 * going back is restoring a backup.
 *
 * What a start of a node does about an older format is `node.migrate`: `quick` (default) carries out migrations that write a few
 * records, which nobody wants to be asked about, and refuses those that take long or need space, because an operator wants to choose
 * the moment and have a backup first. `always` carries out all, `never` none.
 */
import { keys, seal, unseal } from "../chain/records.js";
import { messageOf } from "../kernel/errors.js";
import type { Compute } from "../ports/compute.js";
import type { Logger, Scheduler } from "../ports/runtime.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import { asciiBytes } from "../primitives/bytes.js";
import { Hash } from "../primitives/hash.js";
import { ForeignDatabaseError, FormatDamagedError, NewerFormatError, OlderFormatError } from "./errors.js";
import { MIGRATIONS, type Migration } from "./migrations.js";
import { mayStop, SILENT_WORK, type Work } from "./work.js";

/** The format that this program works with. */
export const DATABASE_FORMAT = 1 + MIGRATIONS.length;

const FORMAT_KEY = keys.pointer("format");
const NO_KEY = new Uint8Array(0);
/** Blocks and state: a database that has none of these records is empty. */
const RECORDS = { gte: Uint8Array.of(0x01), lt: Uint8Array.of(0x40) };

export interface DatabaseFormat {
  readonly format: number;
  /** A migration to `format + 1` is under way. */
  readonly migrating?: boolean;
}

export type MigrationPolicy = "quick" | "always" | "never";

/** Undefined: the database is empty. @throws DATA_FORMAT_DAMAGED, DATA_FORMAT_NEWER */
export async function readDatabaseFormat(storage: Storage, path: string): Promise<DatabaseFormat | undefined> {
  const stored = storage.get(FORMAT_KEY);
  if (stored === undefined) {
    for await (const _ of storage.range({ ...RECORDS, limit: 1 })) return { format: 1 };
    return undefined;
  }
  let value: { readonly format?: unknown; readonly migrating?: unknown };
  try {
    value = JSON.parse(Buffer.from(unseal("database format", stored)).toString("utf8")) as typeof value;
  } catch (thrown) {
    throw new FormatDamagedError({ reason: messageOf(thrown) }, thrown);
  }
  const { format, migrating } = value;
  if (typeof format !== "number" || !Number.isInteger(format) || format < 1) throw new FormatDamagedError({ reason: "it has no number" });
  if (format > DATABASE_FORMAT) throw new NewerFormatError({ path, format, current: DATABASE_FORMAT });
  return migrating === true ? { format, migrating } : { format };
}

/** On disk, a database of ours has a format from its first record on, or, from before there were formats, a head. @throws DATA_FORMAT_FOREIGN */
async function refuseForeign(storage: Storage, path: string): Promise<void> {
  if (storage.get(FORMAT_KEY) !== undefined || storage.get(keys.pointer("head")) !== undefined) return;
  // What an engine was told before the node's first start is in its journal.
  const besides = [{ lt: keys.journal(NO_KEY) }, { gte: keys.certificate(Hash.zero) }];
  for (const range of besides) for await (const _ of storage.range({ ...range, limit: 1 })) throw new ForeignDatabaseError({ path });
}

/** The operation that says which format the rest has. */
export function formatOperation(value: DatabaseFormat): StorageOperation {
  return { type: "put", key: FORMAT_KEY, value: seal(asciiBytes(JSON.stringify(value))) };
}

export interface PlannedStep {
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly records: number;
  readonly seconds: number;
  /** Disk space that is needed besides, until the next compaction. */
  readonly extraBytes: number;
  readonly quick: boolean;
  /** It was begun before. */
  readonly begun: boolean;
}

/** What a migration would do; empty where there is nothing to do. Changes nothing. @throws DATA_FORMAT_* */
export async function planMigration(
  storage: Storage,
  path: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly PlannedStep[]> {
  const found = await readDatabaseFormat(storage, path);
  if (found === undefined) return [];
  const steps: PlannedStep[] = [];
  for (const [index, { title, estimate }] of migrations.entries()) {
    const from = index + 1;
    if (from < found.format) continue;
    steps.push({ from, to: from + 1, title, ...(await estimate(storage)), begun: from === found.format && found.migrating === true });
  }
  return steps;
}

export interface MigrationContext {
  readonly storage: Storage;
  readonly compute: Pick<Compute, "hashPairs" | "hashPairsSync">;
  readonly scheduler: Scheduler;
  /** Of the data directory, for messages. */
  readonly path: string;
  /** Raises the number in the data directory's format.json; called before anything is written to the database. */
  readonly raise: (format: number) => Promise<void>;
}

/**
 * Carries out what `planMigration` tells, step by step. Killed at any moment, it goes on when it is called again.
 *
 * @returns the steps that were carried out
 * @throws DATA_FORMAT_*, DATABASE_INTERRUPTED
 */
export async function migrate(
  context: MigrationContext,
  work: Work = SILENT_WORK,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly PlannedStep[]> {
  const { storage, path, raise } = context;
  const steps = await planMigration(storage, path, migrations);
  // An older program shall not open what has become half something else.
  await raise(1 + migrations.length);
  for (const { from, title, records } of steps) {
    mayStop(work, "the migration");
    work.progress.stage({ title, unit: "records", total: records });
    await storage.write([formatOperation({ format: from, migrating: true })], { durable: true });
    const finish = (operations: readonly StorageOperation[]) =>
      storage.write([...operations, formatOperation({ format: from + 1 })], { durable: true });
    await migrations[from - 1]?.run({ ...context, finish }, work);
  }
  return steps;
}

/** What the start of a node does about the format, before anything of the database is used. @throws DATA_FORMAT_* */
export async function prepareDatabase(
  context: MigrationContext & { readonly logger: Logger; readonly isOnDisk: boolean },
  policy: MigrationPolicy,
): Promise<void> {
  const { storage, path, logger, isOnDisk } = context;
  if (isOnDisk) await refuseForeign(storage, path);
  const found = await readDatabaseFormat(storage, path);
  if (found === undefined) {
    if (isOnDisk) await storage.write([formatOperation({ format: DATABASE_FORMAT })], { durable: true });
    return;
  }
  if (found.format === DATABASE_FORMAT) return context.raise(DATABASE_FORMAT);
  const steps = await planMigration(storage, path);
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  if (policy === "never" || (policy === "quick" && steps.some(({ quick }) => !quick)))
    throw new OlderFormatError({ path, format: found.format, current: DATABASE_FORMAT, minutes: timeText(seconds) });
  logger.info({ from: found.format, to: DATABASE_FORMAT, steps: steps.map(({ title }) => title) }, "migrating the database");
  await migrate(context);
  logger.info({ format: DATABASE_FORMAT }, "migrated the database");
}

function timeText(seconds: number): string {
  if (seconds < 1) return "about a second";
  return seconds < 100 ? `about ${Math.ceil(seconds)} s` : `about ${Math.ceil(seconds / 60)} minutes`;
}
