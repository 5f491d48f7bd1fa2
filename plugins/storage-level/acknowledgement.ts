/**
 * How far writes were acknowledged: a few bytes beside LevelDB's files, in ACKNOWLEDGED.
 *
 * A write log that lost its end looks like one that never was longer, so the database alone can't tell. LevelDB numbers all
 * operations; the number of the last one that a durable write promised is noted here before the promise is given. It is not
 * synced each time (that would double the cost of a write): after the end of a process it is exact, after a power loss it may be
 * older, but never newer than what is on the device.
 *
 * A second line tells what the operating system has, and the number of the boot in which it was so: as long as that has not changed, no power
 * was lost, and everything up to there must be in the files. It also tells how long the newest log was, since the manifest may count
 * operations that are in that log alone: numbers don't tell then that it was emptied.
 */
import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { asciiBytes, crc32c } from "../../core/sdk.js";

export const ACKNOWLEDGED_FILE = "ACKNOWLEDGED";
const NOTE = /^([0-9]{16}) (always|background) ([0-9a-f]{8})\n/;
/** The second line begins here: the note before it is padded. */
const NOTE_CHARACTERS = 48;
const WRITTEN = /^([0-9]{16}) written ([0-9a-f-]{36}) log ([0-9]{10}) ([0-9]{16}) ([0-9a-f]{8})\n/;
/** Linux draws it anew at each boot. */
const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

export type SyncPolicy = "always" | "background";

/** How far LevelDB's newest write log reached. */
export interface LogEnd {
  /** LevelDB's number of the file; 0: there was none. */
  readonly number: number;
  readonly bytes: number;
}

export interface Acknowledged {
  /** LevelDB's number of the last acknowledged operation. */
  readonly sequence: number;
  /** The policy under which it was noted. With `background` it was synced itself. */
  readonly policy: SyncPolicy;
  /** What the newest log held then. Undefined where power may have been lost since: then it may be less. */
  readonly log: LogEnd | undefined;
}

type Note = Omit<Acknowledged, "log">;

function textOf({ sequence, policy }: Note): string {
  const body = `${padded(sequence, 16)} ${policy}`;
  // Padded, so that a shorter note covers a longer one.
  return `${body} ${checksum(body)}\n`.padEnd(NOTE_CHARACTERS, "\n");
}

function checksum(body: string): string {
  return crc32c(asciiBytes(body)).toString(16).padStart(8, "0");
}

/** What an earlier process noted; undefined where there is nothing that can be relied upon. */
export async function readAcknowledged(directory: string): Promise<Acknowledged | undefined> {
  const text = await readFile(join(directory, ACKNOWLEDGED_FILE), "latin1").catch(() => "");
  const noted = parseAcknowledged(text);
  if (noted === undefined) return undefined;
  const written = writtenIn(text.slice(NOTE_CHARACTERS), await bootId());
  if (written === undefined) return { ...noted, log: undefined };
  // Of this very boot: as good as `always`, since no power can have been lost meanwhile.
  return written.sequence >= noted.sequence ? { ...written, policy: "always" } : { ...noted, log: written.log };
}

/** What the operating system had of this boot, by the second line of a note. */
function writtenIn(line: string, boot: string | undefined): { readonly sequence: number; readonly log: LogEnd } | undefined {
  const match = WRITTEN.exec(line);
  if (match === null || boot === undefined || match[2] !== boot) return undefined;
  const written = { sequence: Number(match[1]), log: { number: Number(match[3]), bytes: Number(match[4]) } };
  return match[5] === checksum(writtenBody(written.sequence, boot, written.log)) ? written : undefined;
}

function writtenBody(sequence: number, boot: string, log: LogEnd): string {
  return `${padded(sequence, 16)} written ${boot} log ${padded(log.number, 10)} ${padded(log.bytes, 16)}`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

/** Undefined on systems that don't tell: there, damage to what was not synced yet looks like a power loss. */
async function bootId(): Promise<string | undefined> {
  const text = await readFile(BOOT_ID_FILE, "latin1").catch(() => "");
  return /^[0-9a-f-]{36}\n$/.test(text) ? text.trimEnd() : undefined;
}

/** What a note says; undefined if it was read while it was being written, or damaged. */
export function parseAcknowledged(text: string): Note | undefined {
  const match = NOTE.exec(text);
  if (match === null || match[3] !== checksum(`${match[1]} ${match[2]}`)) return undefined;
  return { sequence: Number(match[1]), policy: match[2] as SyncPolicy };
}

export class AcknowledgedFile {
  readonly #file: FileHandle;
  readonly #policy: SyncPolicy;
  readonly #boot: string | undefined;
  #sequence = -1;

  private constructor(file: FileHandle, policy: SyncPolicy, boot: string | undefined) {
    this.#file = file;
    this.#policy = policy;
    this.#boot = boot;
  }

  /** Opens the note of a database that holds `sequence` operations, all of them on the device. */
  static async open(directory: string, policy: SyncPolicy, sequence: number, log: LogEnd): Promise<AcknowledgedFile> {
    const { O_CREAT, O_RDWR } = constants;
    const file = new AcknowledgedFile(await open(join(directory, ACKNOWLEDGED_FILE), O_RDWR | O_CREAT, 0o600), policy, await bootId());
    await file.note(sequence, log);
    await file.#file.sync();
    return file;
  }

  /**
   * All operations up to `sequence` are as durable as the policy promises. Calls don't overlap.
   *
   * @param log where the newest log ended then; without it, the line of what the operating system has stays as it is
   */
  async note(sequence: number, log?: LogEnd): Promise<void> {
    if (sequence <= this.#sequence) return;
    this.#sequence = sequence;
    const line = log === undefined ? "" : this.#writtenLine(sequence, log);
    await this.#file.write(textOf({ sequence, policy: this.#policy }) + line, 0, "latin1");
    if (this.#policy === "background") await this.#file.datasync();
  }

  /** All operations up to `sequence` are with the operating system. Calls don't overlap; they may overlap with `note`. */
  async written(sequence: number, log: LogEnd): Promise<void> {
    const line = this.#writtenLine(sequence, log);
    if (line !== "") await this.#file.write(line, NOTE_CHARACTERS, "latin1");
  }

  #writtenLine(sequence: number, log: LogEnd): string {
    if (this.#boot === undefined) return "";
    const body = writtenBody(sequence, this.#boot, log);
    return `${body} ${checksum(body)}\n`;
  }

  async close(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
  }
}
