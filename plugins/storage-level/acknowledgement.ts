/**
 * How far writes were acknowledged: a few bytes beside LevelDB's files, in ACKNOWLEDGED.
 *
 * A write log that lost its end looks like one that never was longer, so the database alone can't tell. LevelDB numbers all
 * operations; the number of the last one that a durable write promised is noted here before the promise is given. It is not
 * synced each time (that would double the cost of a write): after the end of a process it is exact, after a power loss it may be
 * older, but never newer than what is on the device.
 *
 * A second line tells what the operating system has, and the number of the boot in which it was so: as long as that has not changed, no power
 * was lost, and everything up to there must be in the files. It also tells how long the newest two logs were, since the manifest may count
 * operations that are in a log alone: numbers don't tell then that it was emptied.
 */
import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { asciiBytes, crc32c } from "../../core/sdk.js";

export const ACKNOWLEDGED_FILE = "ACKNOWLEDGED";
const NOTE = /^([0-9]{16}) (always|background) ([0-9a-f]{8})\n/;
/** The second line begins here: the note before it is padded. */
const NOTE_CHARACTERS = 48;
const WRITTEN = /^([0-9]{16}) written ([0-9a-f-]{36}) logs ([0-9]{10}) ([0-9]{16}) ([0-9]{10}) ([0-9]{16}) ([0-9a-f]{8})\n/;
/** Linux draws it anew at each boot. */
const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

export type SyncPolicy = "always" | "background";

/** How far a write log of LevelDB reached. */
export interface LogEnd {
  /** LevelDB's number of the file; 0: there was none. */
  readonly number: number;
  readonly bytes: number;
}

/** LevelDB has two logs at most: the newest one, and the one before until a table is made of it. */
export interface LogEnds {
  readonly newest: LogEnd;
  readonly before: LogEnd;
}

export const NO_LOGS: LogEnds = { newest: { number: 0, bytes: 0 }, before: { number: 0, bytes: 0 } };

export interface Acknowledged {
  /** LevelDB's number of the last acknowledged operation. */
  readonly sequence: number;
  /** The policy under which it was noted. With `background` it was synced itself. */
  readonly policy: SyncPolicy;
  /** How long the logs were then. Undefined where power may have been lost since: then they may be shorter. */
  readonly logs: LogEnds | undefined;
}

type Note = Omit<Acknowledged, "logs">;

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
  if (written === undefined) return { ...noted, logs: undefined };
  // Of this very boot: as good as `always`, since no power can have been lost meanwhile.
  return written.sequence >= noted.sequence ? { ...written, policy: "always" } : { ...noted, logs: written.logs };
}

/** What the operating system had of this boot, by the second line of a note. */
function writtenIn(line: string, boot: string | undefined): { readonly sequence: number; readonly logs: LogEnds } | undefined {
  const [, sequence, noted, newest, newestBytes, before, beforeBytes, sum] = WRITTEN.exec(line) ?? [];
  if (boot === undefined || noted !== boot) return undefined;
  const end = (number: string | undefined, bytes: string | undefined) => ({ number: Number(number), bytes: Number(bytes) });
  const written = { sequence: Number(sequence), logs: { newest: end(newest, newestBytes), before: end(before, beforeBytes) } };
  return sum === checksum(writtenBody(written.sequence, boot, written.logs)) ? written : undefined;
}

function writtenBody(sequence: number, boot: string, { newest, before }: LogEnds): string {
  const ends = [newest, before].map(({ number, bytes }) => `${padded(number, 10)} ${padded(bytes, 16)}`);
  return `${padded(sequence, 16)} written ${boot} logs ${ends.join(" ")}`;
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
  static async open(directory: string, policy: SyncPolicy, sequence: number, logs: LogEnds): Promise<AcknowledgedFile> {
    const { O_CREAT, O_RDWR } = constants;
    const file = new AcknowledgedFile(await open(join(directory, ACKNOWLEDGED_FILE), O_RDWR | O_CREAT, 0o600), policy, await bootId());
    await file.note(sequence, logs);
    await file.#file.sync();
    return file;
  }

  /**
   * All operations up to `sequence` are as durable as the policy promises. Calls don't overlap.
   *
   * @param logs how long they were then; without it, the line of what the operating system has stays as it is
   */
  async note(sequence: number, logs?: LogEnds): Promise<void> {
    if (sequence <= this.#sequence) return;
    this.#sequence = sequence;
    const line = logs === undefined ? "" : this.#writtenLine(sequence, logs);
    await this.#file.write(textOf({ sequence, policy: this.#policy }) + line, 0, "latin1");
    if (this.#policy === "background") await this.#file.datasync();
  }

  /** All operations up to `sequence` are with the operating system. Calls don't overlap; they may overlap with `note`. */
  async written(sequence: number, logs: LogEnds): Promise<void> {
    const line = this.#writtenLine(sequence, logs);
    if (line !== "") await this.#file.write(line, NOTE_CHARACTERS, "latin1");
  }

  #writtenLine(sequence: number, logs: LogEnds): string {
    if (this.#boot === undefined) return "";
    const body = writtenBody(sequence, this.#boot, logs);
    return `${body} ${checksum(body)}\n`;
  }

  async close(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
  }
}
