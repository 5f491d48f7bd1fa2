/**
 * Whether a LevelDB directory is whole enough to be opened.
 *
 * LevelDB takes a directory without CURRENT for a new database and deletes what else is there: one lost file of 16 bytes
 * would silently lose everything. So a directory that holds tables or logs but no CURRENT is refused. A manifest alone is
 * none: that is what a kill leaves while a new database is being made, since LevelDB writes CURRENT before the first log.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { StorageDamagedError } from "../../core/sdk.js";

const DATA_FILE = /^\d+\.(?:ldb|sst|log)$/;

/** @throws StorageDamagedError */
export async function checkDatabaseFiles(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => [] as string[]);
  if (!names.some((name) => DATA_FILE.test(name))) return;
  // Asked for by name: a listing may miss a file that is being replaced.
  const isThere = await stat(join(directory, "CURRENT")).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new StorageDamagedError({ path: directory, reason: "its file CURRENT is missing, the rest is there" });
}
