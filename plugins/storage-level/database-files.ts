/**
 * Whether a LevelDB directory is whole enough to be opened.
 *
 * LevelDB takes a directory without CURRENT for a new database and deletes what else is there: one lost file of 16 bytes
 * would silently lose everything. So a directory that holds data but no CURRENT is refused.
 */
import { readdir } from "node:fs/promises";
import { StorageDamagedError } from "../../core/sdk.js";

const DATA_FILE = /^(?:MANIFEST-\d+|\d+\.(?:ldb|sst|log))$/;

/** @throws StorageDamagedError */
export async function checkDatabaseFiles(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => [] as string[]);
  if (names.includes("CURRENT") || !names.some((name) => DATA_FILE.test(name))) return;
  throw new StorageDamagedError({ path: directory, reason: "its file CURRENT is missing, the rest is there" });
}
