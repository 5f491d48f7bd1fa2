/**
 * How far writes were acknowledged: a few bytes beside LevelDB's files, in ACKNOWLEDGED.
 *
 * A write log that lost its end looks like one that never was longer, so the database alone can't tell. LevelDB numbers all
 * operations; the number of the last one that a durable write promised is noted here before the promise is given. It is not
 * synced each time (that would double the cost of a write): after the end of a process it is exact, after a power loss it may be
 * older, but never newer than what is on the device.
 *
 * A second line has the number of the boot in which the database was opened: as long as that has not changed, no power was lost. With
 * `background`, where the note tells what is on the device, that line tells what the operating system has: without a loss of power, everything
 * up to there must be in the files.
 */
import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { asciiBytes, crc32c } from "../../core/sdk.js";

export const ACKNOWLEDGED_FILE = "ACKNOWLEDGED";
const NOTE = /^([0-9]{16}) (always|background) ([0-9a-f]{8})\n/;
/** The second line begins here: the note before it is padded. */
const NOTE_CHARACTERS = 48;
const WRITTEN = /^([0-9]{16}) written ([0-9a-f-]{36}) ([0-9a-f]{8})\n/;
/** Linux draws it anew at each boot. */
const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

export type SyncPolicy = "always" | "background";

export interface Acknowledged {
  /** LevelDB's number of the last acknowledged operation. */
  readonly sequence: number;
  /** The policy under which it was noted. With `background` it was synced itself. */
  readonly policy: SyncPolicy;
  /** Since the database was opened, no power was lost. */
  readonly isOfThisBoot: boolean;
}

type Note = Omit<Acknowledged, "isOfThisBoot">;

function textOf({ sequence, policy }: Note): string {
  const body = `${String(sequence).padStart(16, "0")} ${policy}`;
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
  const isOfThisBoot = written !== undefined;
  // Of this very boot: as good as `always`, since no power can have been lost meanwhile.
  return isOfThisBoot && written >= noted.sequence ? { sequence: written, policy: "always", isOfThisBoot } : { ...noted, isOfThisBoot };
}

/** What the operating system had of this boot, by the second line of a note. */
function writtenIn(line: string, boot: string | undefined): number | undefined {
  const match = WRITTEN.exec(line);
  if (match === null || match[2] !== boot || match[3] !== checksum(`${match[1]} written ${match[2]}`)) return undefined;
  return Number(match[1]);
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
  static async open(directory: string, policy: SyncPolicy, sequence: number): Promise<AcknowledgedFile> {
    const { O_CREAT, O_RDWR } = constants;
    const file = new AcknowledgedFile(await open(join(directory, ACKNOWLEDGED_FILE), O_RDWR | O_CREAT, 0o600), policy, await bootId());
    await file.#writeBoot(sequence);
    await file.note(sequence);
    await file.#file.sync();
    return file;
  }

  /** All operations up to `sequence` are as durable as the policy promises. Calls don't overlap. */
  async note(sequence: number): Promise<void> {
    if (sequence <= this.#sequence) return;
    this.#sequence = sequence;
    await this.#file.write(textOf({ sequence, policy: this.#policy }), 0, "latin1");
    if (this.#policy === "background") await this.#file.datasync();
  }

  /** With `background`: all operations up to `sequence` are with the operating system. Calls don't overlap; they may overlap with `note`. */
  async written(sequence: number): Promise<void> {
    if (this.#policy === "background") await this.#writeBoot(sequence);
  }

  async #writeBoot(sequence: number): Promise<void> {
    if (this.#boot === undefined) return;
    const body = `${String(sequence).padStart(16, "0")} written ${this.#boot}`;
    await this.#file.write(`${body} ${checksum(body)}\n`, NOTE_CHARACTERS, "latin1");
  }

  async close(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
  }
}
