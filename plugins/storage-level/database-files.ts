/**
 * Whether a LevelDB directory is whole enough to be trusted.
 *
 * - LevelDB takes a directory without CURRENT for a new database and deletes what else is there: one lost file of 16 bytes
 *   would silently lose everything. So a directory that holds tables or logs but no CURRENT is refused. A manifest alone is
 *   none: that is what a kill leaves while a new database is being made, since LevelDB writes CURRENT before the first log.
 * - When a record of its write log fails its checksum, LevelDB drops it and the rest of that log, and goes on: synced
 *   writes are gone. All that it says is a line in its own LOG, and the next open knows nothing of it. So LOG is read after
 *   each open, and what it tells is kept in a file that refuses every later open.
 */
import { open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { StorageDamagedError } from "../../core/sdk.js";

const DATA_FILE = /^\d+\.(?:ldb|sst|log)$/;
const CORRUPTION = /^.*(?:dropping \d+ bytes; Corruption|Ignoring error Corruption).*$/m;
const MARK = "DAMAGED";
const MARK_CHARACTERS_MAX = 1_000;

/** Before an open. @throws StorageDamagedError */
export async function checkDatabaseFiles(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => [] as string[]);
  if (names.includes(MARK))
    throw new StorageDamagedError({ path: directory, reason: (await readFile(join(directory, MARK), "utf8")).trim() });
  if (!names.some((name) => DATA_FILE.test(name))) return;
  // Asked for by name: a listing may miss a file that is being replaced.
  const isThere = await stat(join(directory, "CURRENT")).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new StorageDamagedError({ path: directory, reason: "its file CURRENT is missing, the rest is there" });
}

/** After an open: whether LevelDB had to drop anything. @throws StorageDamagedError, now and at every later open */
export async function checkRecoveryLog(directory: string): Promise<void> {
  const log = await readFile(join(directory, "LOG"), "utf8").catch(() => "");
  const line = CORRUPTION.exec(log)?.[0];
  if (line === undefined) return;
  const reason = `its write log is corrupt, and LevelDB dropped a part of it (${line.trim().slice(0, MARK_CHARACTERS_MAX)})`;
  const mark = await open(join(directory, MARK), "w", 0o600);
  try {
    await mark.writeFile(`${reason}\n`);
    await mark.sync();
  } finally {
    await mark.close();
  }
  throw new StorageDamagedError({ path: directory, reason });
}
