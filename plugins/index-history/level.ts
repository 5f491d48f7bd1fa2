/**
 * The index' own LevelDB, in its own folder of the data directory.
 *
 * Not the node's storage: what is there is the chain's and nobody else's (its writes would wait for ours in one queue, and a
 * backup would carry what can be made again), and a folder of its own can be deleted without a tool.
 */
import { readdir } from "node:fs/promises";
import type { AbstractLevel } from "abstract-level";
import { ClassicLevel } from "classic-level";
import { damagedLevelTable, levelDamageMark } from "../../core/sdk.js";
import { HistoryDamagedError, HistoryForeignError, HistoryLockedError, levelError } from "./errors.js";

export type Level = AbstractLevel<string | Uint8Array, Uint8Array, Uint8Array>;

export interface LevelOptions {
  readonly cacheBytes: number;
  readonly writeBufferBytes: number;
  /** Of table files whose checksums are looked at before. */
  readonly checkAtStartBytes: number;
}

/** Table files of 2 MiB that are kept open. */
const OPEN_FILES = 256;

const DATA_FILE = /^\d+\.(?:ldb|sst|log)$/;
/** What LevelDB makes before its first data file: a kill may leave them alone. */
const EARLY_FILE = /^(?:LOCK|LOG|LOG\.old|CURRENT|MANIFEST-\d+|\d+\.dbtmp)$/;

/** @throws HISTORY_FOREIGN, HISTORY_DAMAGED, HISTORY_LOCKED, HISTORY_IO */
export async function openLevel(path: string, { cacheBytes, writeBufferBytes, checkAtStartBytes }: LevelOptions): Promise<Level> {
  if (await isThere(path)) await checkTables(path, checkAtStartBytes);
  const level = new ClassicLevel<Uint8Array, Uint8Array>(path, {
    keyEncoding: "view",
    valueEncoding: "view",
    cacheSize: cacheBytes,
    writeBufferSize: writeBufferBytes,
    maxOpenFiles: OPEN_FILES,
  });
  try {
    await level.open();
  } catch (thrown) {
    throw levelError(thrown, path);
  }
  return level as Level;
}

/** LevelDB takes a folder without CURRENT for a new database and deletes what it finds there of its own. */
async function isThere(path: string): Promise<boolean> {
  let names: readonly string[];
  try {
    names = await readdir(path);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT") return false;
    if (code === "ENOTDIR") throw new HistoryForeignError({ path, reason: "it is a file" }, thrown);
    throw levelError(thrown, path);
  }
  if (names.includes("CURRENT")) return true;
  if (names.some((name) => DATA_FILE.test(name))) throw new HistoryDamagedError({ path, reason: "its file CURRENT is missing" });
  const other = names.find((name) => !EARLY_FILE.test(name));
  if (other !== undefined) throw new HistoryForeignError({ path, reason: `it has a file ${other}` });
  return false;
}

/**
 * LevelDB reads tables without looking at their checksums: a bit that flips in a key hides a record, and a transaction that is missing
 * looks like one that never was. What was found once is refused for good: merged into another table, it would look sound.
 */
async function checkTables(path: string, limitBytes: number): Promise<void> {
  try {
    const reason = (await levelDamageMark(path)) ?? (await damagedLevelTable(path, limitBytes));
    if (reason === undefined) return;
    await requireFree(path);
    throw new HistoryDamagedError({ path, reason });
  } catch (thrown) {
    throw levelError(thrown, path);
  }
}

/** While another process has the index open, files come and go, and nothing of them is to be judged. @throws HISTORY_LOCKED */
async function requireFree(path: string): Promise<void> {
  // An open that LevelDB refuses in any case, by the lock first; it changes nothing.
  const probe = new ClassicLevel(path, { createIfMissing: false, errorIfExists: true });
  try {
    await probe.open();
    await probe.close();
  } catch (thrown) {
    const error = levelError(thrown, path);
    if (HistoryLockedError.matches(error)) throw error;
  }
}
