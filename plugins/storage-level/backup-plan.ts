/**
 * Which files make a whole database, at a moment while another process writes it.
 *
 * LevelDB's files suit that: tables never change, the manifest and the write logs only grow, and what was acknowledged is in the
 * logs before it is acknowledged. Read in this order, they fit together:
 *
 * 1. ACKNOWLEDGED: whatever it promises was written before.
 * 2. The manifest, up to its last whole record: it names the tables, and the first log that is not in them yet.
 * 3. The logs from that one on, each up to its last whole record. What the manifest did not know yet is still in a log, since LevelDB
 *    deletes a log after the manifest tells of the table that was made of it.
 *
 * A table or a log that went meanwhile means that the manifest moved on: the plan is made again. Since operations are numbered, that
 * the logs follow on the manifest without a gap and reach what was acknowledged is checked here, and again when the copy is opened.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Bytes,
  type LevelManifest,
  levelDamageMark,
  levelTableNames,
  readLevelLog,
  readLevelManifest,
  StorageDamagedError,
  type StorageFile,
  type StorageFiles,
} from "../../core/sdk.js";
import { ACKNOWLEDGED_FILE, parseAcknowledged } from "./acknowledgement.js";
import { logName } from "./log-files.js";
import { BATCH_HEADER_BYTES, LogOperations } from "./log-operations.js";

/** Folder of the database in the data directory. */
export const DATABASE_FOLDER = "chain.level";
const LOG_FILE = /^(\d+)\.log$/;
/** A note that was read while it was written is read again. */
const NOTE_READS_MAX = 5;

export const storageFiles: StorageFiles = { folder: DATABASE_FOLDER, plan };

async function plan(directory: string): Promise<readonly StorageFile[]> {
  const damaged = (reason: string) => new StorageDamagedError({ path: directory, reason });
  const mark = await levelDamageMark(directory);
  if (mark !== undefined) throw damaged(mark);
  const note = await noteOf(directory);
  const current = await readFile(join(directory, "CURRENT"));
  const manifest = await readLevelManifest(directory);
  if ("damage" in manifest) throw damaged(manifest.damage);
  const logs = await logsOf(directory, manifest, note?.sequence ?? 0);
  if (typeof logs === "string") throw damaged(logs);
  const files: StorageFile[] = [];
  if (note !== undefined) files.push(whole(ACKNOWLEDGED_FILE, note.content));
  files.push(whole("CURRENT", current), { name: manifest.name, bytes: manifest.soundBytes, immutable: false }, ...logs);
  const there = new Set(await readdir(directory));
  for (const [number, bytes] of manifest.tables) {
    const name = levelTableNames(number).find((each) => there.has(each));
    if (name === undefined) throw missing(join(directory, levelTableNames(number)[0]));
    files.push({ name, bytes, immutable: true });
  }
  return files;
}

function whole(name: string, content: Bytes): StorageFile {
  return { name, bytes: content.length, immutable: false, content: new Uint8Array(content) };
}

/** As the file system would say it: the plan is made again. */
function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file, ${path}`), { code: "ENOENT" });
}

async function noteOf(directory: string): Promise<{ readonly sequence: number; readonly content: Bytes } | undefined> {
  for (let reads = 0; reads < NOTE_READS_MAX; reads++) {
    const content = await readFile(join(directory, ACKNOWLEDGED_FILE)).catch(() => undefined);
    const acknowledged = content === undefined ? undefined : parseAcknowledged(content.toString("latin1"));
    if (content !== undefined && acknowledged !== undefined) return { sequence: acknowledged.sequence, content };
    if (content === undefined) return undefined;
  }
  return undefined;
}

/** The write logs that follow on the manifest; a text where they do not. */
async function logsOf(directory: string, manifest: LevelManifest, acknowledged: number): Promise<readonly StorageFile[] | string> {
  const numbers = (await readdir(directory)).flatMap((name) => LOG_FILE.exec(name)?.[1] ?? []).sort((a, b) => Number(a) - Number(b));
  const names = numbers.filter((number) => Number(number) >= manifest.logNumber).map((number) => `${number}.log`);
  const first = names[0];
  if (manifest.logNumber > 0 && (first === undefined || Number.parseInt(first, 10) !== manifest.logNumber))
    throw missing(join(directory, logName(manifest.logNumber)));
  const files: StorageFile[] = [];
  const operations = new LogOperations(manifest.lastSequence);
  for (const [index, name] of names.entries()) {
    const ending = await readLevelLog(join(directory, name), BATCH_HEADER_BYTES, operations.follow);
    const isLast = index === names.length - 1;
    if (ending.kind === "damaged" || (ending.kind === "torn" && !isLast))
      return `its write log ${name} is damaged from byte ${ending.soundBytes} on: ${ending.reason}`;
    files.push({ name, bytes: ending.soundBytes, immutable: false });
  }
  if (acknowledged <= operations.last) return files;
  return `its write logs end at operation ${operations.last}, and ${acknowledged} was acknowledged`;
}
