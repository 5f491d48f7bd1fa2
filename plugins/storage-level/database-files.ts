/**
 * Whether a LevelDB directory is whole enough to be trusted.
 *
 * LevelDB opens much that is not: a directory without CURRENT is a new database to it, and what else is there is deleted; a write
 * log that is missing, cut off or damaged loses what it held, and goes unmentioned but for a line in LevelDB's own LOG at best; a
 * table that was cut off is noticed when the missing part is read. So before each open the manifest is read, tables must have
 * the sizes that it tells, and write logs must hold the operations that follow on it, without a gap, up to what was acknowledged.
 * After the open LOG is read; what it tells is kept in a file that refuses every later open.
 *
 * What a power loss leaves is no damage: bytes behind the last synced write that make no sense are cut off before LevelDB sees them.
 */
import { open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type LevelManifest,
  levelDamageMark,
  levelTableNames,
  markLevelDamaged,
  readLevelLog,
  readLevelManifest,
  StorageDamagedError,
} from "../../core/sdk.js";
import { type Acknowledged, readAcknowledged } from "./acknowledgement.js";
import { logName } from "./log-files.js";
import { BATCH_HEADER_BYTES, claimedFirst, LogOperations } from "./log-operations.js";

const DATA_FILE = /^\d+\.(?:ldb|sst|log)$/;
const LOG_FILE = /^(\d+)\.log$/;
const CORRUPTION = /^.*(?:dropping \d+ bytes; Corruption|Ignoring error Corruption).*$/m;
const MARK_CHARACTERS_MAX = 1_000;

/** A log that ends in what a power loss left: cut there, and without what follows it, it is sound. */
interface Remnant {
  readonly log: string;
  readonly soundBytes: number;
  readonly later: readonly string[];
}

/**
 * Before an open.
 *
 * @param requireFree throws if another process has the database open: then files come and go, and nothing of them is to be judged
 * @throws StorageDamagedError; what `requireFree` throws
 */
export async function checkDatabaseFiles(directory: string, requireFree: () => Promise<void>): Promise<void> {
  if ((await judge(directory)) === undefined) return;
  await requireFree();
  // Who had it open may have ended just now: what was read while it wrote fits together no better than the files of a running node.
  const verdict = await judge(directory);
  if (typeof verdict === "string") throw new StorageDamagedError({ path: directory, reason: verdict });
  if (verdict === undefined) return;
  await cut(join(directory, verdict.log), verdict.soundBytes);
  for (const each of verdict.later) await rm(join(directory, each), { force: true });
}

/** What is damaged, or what is to be cut off; undefined: it is whole. */
async function judge(directory: string): Promise<string | Remnant | undefined> {
  const mark = await levelDamageMark(directory);
  if (mark !== undefined) return mark;
  const names = await readdir(directory).catch(() => [] as string[]);
  // A manifest alone is what a kill leaves while a new database is being made: LevelDB writes CURRENT before the first log.
  if (!names.some((name) => DATA_FILE.test(name) || name === "CURRENT")) return undefined;
  // Asked for by name: a listing may miss a file that is being replaced.
  if (!(await exists(join(directory, "CURRENT")))) return "its file CURRENT is missing, the rest is there";
  const manifest = await readLevelManifest(directory);
  if ("damage" in manifest) return manifest.damage;
  return (await tableFault(directory, manifest)) ?? judgeLogs(directory, names, manifest);
}

function numberOf(log: string): number {
  return Number.parseInt(log, 10);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function tableFault(directory: string, { tables }: LevelManifest): Promise<string | undefined> {
  for (const [number, bytes] of tables) {
    const [name, olderName] = levelTableNames(number);
    const sizeOf = (table: string) =>
      stat(join(directory, table)).then(
        ({ size }) => size,
        () => undefined,
      );
    const found = (await sizeOf(name)) ?? (await sizeOf(olderName));
    if (found === undefined) return `its table ${name} is missing`;
    if (found !== bytes) return `its table ${name} has ${found} bytes instead of ${bytes}`;
  }
  return undefined;
}

/** Follows the operations through all logs that LevelDB will replay. */
async function judgeLogs(directory: string, names: readonly string[], manifest: LevelManifest): Promise<string | Remnant | undefined> {
  const numbers = names.flatMap((name) => LOG_FILE.exec(name)?.[1] ?? []).sort((a, b) => Number(a) - Number(b));
  const logs = numbers.filter((number) => Number(number) >= manifest.logNumber).map((number) => `${number}.log`);
  const acknowledged = await readAcknowledged(directory);
  const lengths = new Map<number, number>();
  for (const end of [acknowledged?.logs?.newest, acknowledged?.logs?.before]) if (end !== undefined) lengths.set(end.number, end.bytes);
  // Of those that the manifest has no table of: the oldest one, and those that held something.
  for (const number of [manifest.logNumber, ...lengths.keys()])
    if (number > 0 && number >= manifest.logNumber && !logs.some((log) => numberOf(log) === number))
      return `its write log ${logName(number)} is missing`;
  const operations = new LogOperations(manifest.lastSequence);
  for (const [index, log] of logs.entries()) {
    const path = join(directory, log);
    const ending = await readLevelLog(path, BATCH_HEADER_BYTES, operations.follow);
    const bytes = lengths.get(numberOf(log)) ?? 0;
    const isCutShort = ending.soundBytes < bytes;
    if (ending.kind === "whole" && !isCutShort) continue;
    const later = logs.slice(index + 1);
    const last = operations.last;
    const what =
      ending.kind === "whole"
        ? `its write log ${log} has ${ending.soundBytes} bytes and had ${bytes}`
        : `its write log ${log} is damaged from byte ${ending.soundBytes} on: ${ending.reason}`;
    const acknowledgedTo = acknowledged?.sequence ?? 0;
    // The manifest may count operations that are in this log alone, so where it has none, the numbers don't tell which are lost.
    if (operations.isEmpty && (isCutShort || (acknowledged !== undefined && (await heldAcknowledged(path, acknowledged)))))
      return `${what}; operations up to ${acknowledgedTo} were acknowledged, and those that it held are lost`;
    if (acknowledgedTo > last) return `${what}; operations ${last + 1} to ${acknowledgedTo} were acknowledged and are lost`;
    if (isCutShort) return `${what}; acknowledged operations are lost`;
    const behind = ending.isFollowed || (await haveContent(directory, later));
    if (!behind && ending.kind === "torn") continue;
    if (!mayBeCut(behind, acknowledged)) return behind ? `${what}; what was written later is there` : what;
    return { log, soundBytes: ending.soundBytes, later };
  }
  const last = operations.last;
  if (acknowledged === undefined || acknowledged.sequence <= last) return undefined;
  return `its write log ends too early: operations ${last + 1} to ${acknowledged.sequence} were acknowledged and are lost`;
}

/**
 * Whether acknowledged operations were in a log whose very first record is not sound, where how long the log was is not known (a power loss).
 * The record tells the number of its first operation, unless it was just that number that was damaged.
 */
async function heldAcknowledged(path: string, { sequence }: Acknowledged): Promise<boolean> {
  const claimed = claimedFirst(await readFile(path));
  // Operations are numbered from 1; a log with less than a head, or with zeros, is what a power loss leaves.
  return claimed !== undefined && claimed > 0 && claimed <= sequence;
}

/**
 * Whether bytes that make no sense are what a power loss left of writes that nobody was promised. Nothing acknowledged is among
 * them; but the note of `always` may be older than the last synced write, so there what follows must make no sense either.
 */
function mayBeCut(behind: boolean, acknowledged: Acknowledged | undefined): boolean {
  return acknowledged !== undefined && (acknowledged.policy === "background" || !behind);
}

async function haveContent(directory: string, logs: readonly string[]): Promise<boolean> {
  for (const log of logs) if ((await stat(join(directory, log))).size > 0) return true;
  return false;
}

async function cut(path: string, bytes: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.truncate(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** After an open: the number of the last operation that the database holds. @throws StorageDamagedError */
export async function openedSequence(directory: string): Promise<number> {
  const manifest = await readLevelManifest(directory);
  if ("damage" in manifest) throw new StorageDamagedError({ path: directory, reason: manifest.damage });
  return manifest.lastSequence;
}

/** After an open: whether LevelDB had to drop anything. @throws StorageDamagedError, now and at every later open */
export async function checkRecoveryLog(directory: string): Promise<void> {
  const log = await readFile(join(directory, "LOG"), "utf8").catch(() => "");
  const line = CORRUPTION.exec(log)?.[0];
  if (line === undefined) return;
  const reason = `its write log is corrupt, and LevelDB dropped a part of it (${line.trim().slice(0, MARK_CHARACTERS_MAX)})`;
  await markLevelDamaged(directory, reason);
  throw new StorageDamagedError({ path: directory, reason });
}
