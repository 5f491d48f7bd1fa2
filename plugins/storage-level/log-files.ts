/**
 * What LevelDB leaves out of a synced write: logs that it has rotated away.
 *
 * A synced write syncs the current log only. When the log is full, LevelDB (1.20, DBImpl::MakeRoomForWrite) closes it
 * without syncing and begins the next one; until its content has become a table file, writes in it that were not synced
 * can still be lost with the power, although a later write was durable. The port promises that a durable write makes
 * all earlier ones durable, so these files are synced here. `fsync` works on the file, whoever wrote it.
 */
import { statSync } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type LogEnd, type LogEnds, NO_LOGS } from "./acknowledgement.js";

const LOG_NAME = /^(\d+)\.log$/;

/** Names of the write logs in a LevelDB directory, oldest first: usually one, two while a table file is being made. */
async function logNames(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter((name) => LOG_NAME.test(name));
  return names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

/** As LevelDB names it. */
export function logName(number: number): string {
  return `${String(number).padStart(6, "0")}.log`;
}

export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}

/**
 * Makes the content of write logs durable.
 *
 * @param which `rotated`: all but the current one, after a synced write. `all`: a barrier without a write.
 * @returns how many were synced
 */
export async function syncLogs(directory: string, which: "rotated" | "all"): Promise<number> {
  const names = await logNames(directory);
  let synced = 0;
  for (const name of which === "all" ? names : names.slice(0, -1)) {
    try {
      const file = await open(join(directory, name), "r+");
      try {
        await file.sync();
        synced++;
      } finally {
        await file.close();
      }
    } catch (thrown) {
      // LevelDB deletes a log only after its content is in a table file and both that and the manifest are synced.
      if (!isMissing(thrown)) throw thrown;
    }
  }
  return synced;
}

/** Bytes in write logs. */
export async function logBytes(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await logNames(directory)) {
    try {
      bytes += (await stat(join(directory, name))).size;
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
    }
  }
  return bytes;
}

/** How long LevelDB's logs are. It begins another one only within a write, so between two writes they stand still. */
export class LogLengths {
  readonly #directory: string;
  #ends = NO_LOGS;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** As of when they were last followed. */
  get ends(): LogEnds {
    return this.#ends;
  }

  /** To be called after the open and after each write, while none is under way. */
  async follow(): Promise<void> {
    // A write makes the newest log longer, or is the first one in another log.
    const { newest } = this.#ends;
    const bytes = (newest.number > 0 && this.#bytesOf(logName(newest.number))) || 0;
    if (bytes > newest.bytes) this.#ends = { ...this.#ends, newest: { number: newest.number, bytes } };
    else await this.#find();
  }

  async #find(): Promise<void> {
    for (;;) {
      const [newestName, beforeName] = (await logNames(this.#directory)).toReversed();
      if (newestName === undefined) return;
      const newest = this.#endOf(newestName);
      // A compaction that somebody asked for begins a log, too, and may just have replaced the one that was listed.
      if (newest === undefined) continue;
      const before = beforeName === undefined ? undefined : this.#endOf(beforeName);
      this.#ends = { newest, before: before ?? NO_LOGS.before };
      return;
    }
  }

  #endOf(name: string): LogEnd | undefined {
    const bytes = this.#bytesOf(name);
    return bytes === undefined ? undefined : { number: Number.parseInt(name, 10), bytes };
  }

  /** LevelDB has the file open, so this waits for no device: two microseconds. Undefined: a table was made of it. */
  #bytesOf(name: string): number | undefined {
    return statSync(join(this.#directory, name), { throwIfNoEntry: false })?.size;
  }
}
