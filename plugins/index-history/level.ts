/**
 * The index' own LevelDB, in its own folder of the data directory.
 *
 * Not the node's storage: what is there is the chain's and nobody else's (its writes would wait for ours in one queue, and a
 * backup would carry what can be made again), and a folder of its own can be deleted without a tool.
 */
import { readdir } from "node:fs/promises";
import type { AbstractLevel } from "abstract-level";
import { ClassicLevel } from "classic-level";
import { HistoryDamagedError, HistoryForeignError, levelError } from "./errors.js";

export type Level = AbstractLevel<string | Uint8Array, Uint8Array, Uint8Array>;

export interface LevelOptions {
  readonly cacheBytes: number;
  readonly writeBufferBytes: number;
}

/** Table files of 2 MiB that are kept open. */
const OPEN_FILES = 256;

const DATA_FILE = /^\d+\.(?:ldb|sst|log)$/;
/** What LevelDB makes before its first data file: a kill may leave them alone. */
const EARLY_FILE = /^(?:LOCK|LOG|LOG\.old|CURRENT|MANIFEST-\d+|\d+\.dbtmp)$/;

/** @throws HISTORY_FOREIGN, HISTORY_DAMAGED, HISTORY_LOCKED, HISTORY_IO */
export async function openLevel(path: string, { cacheBytes, writeBufferBytes }: LevelOptions): Promise<Level> {
  await checkFiles(path);
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
async function checkFiles(path: string): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(path);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT") return;
    if (code === "ENOTDIR") throw new HistoryForeignError({ path, reason: "it is a file" }, thrown);
    throw levelError(thrown, path);
  }
  if (names.includes("CURRENT")) return;
  if (names.some((name) => DATA_FILE.test(name))) throw new HistoryDamagedError({ path, reason: "its file CURRENT is missing" });
  const other = names.find((name) => !EARLY_FILE.test(name));
  if (other !== undefined) throw new HistoryForeignError({ path, reason: `it has a file ${other}` });
}
