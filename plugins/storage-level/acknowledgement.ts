/**
 * How far writes were acknowledged: a few bytes beside LevelDB's files, in ACKNOWLEDGED.
 *
 * A write log that lost its end looks like one that never was longer, so the database alone can't tell. LevelDB numbers all
 * operations; the number of the last one that a durable write promised is noted here before the promise is given. It is not
 * synced each time (that would double the cost of a write): after the end of a process it is exact, after a power loss it may be
 * older, but never newer than what is on the device.
 */
import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { asciiBytes, crc32c } from "../../core/sdk.js";

const NAME = "ACKNOWLEDGED";
const NOTE = /^([0-9]{16}) (always|background) ([0-9a-f]{8})\n/;

export type SyncPolicy = "always" | "background";

export interface Acknowledged {
  /** LevelDB's number of the last acknowledged operation. */
  readonly sequence: number;
  /** The policy under which it was noted. With `background` it was synced itself. */
  readonly policy: SyncPolicy;
}

function textOf({ sequence, policy }: Acknowledged): string {
  const body = `${String(sequence).padStart(16, "0")} ${policy}`;
  // Padded, so that a shorter note covers a longer one.
  return `${body} ${checksum(body)}\n`.padEnd(48, "\n");
}

function checksum(body: string): string {
  return crc32c(asciiBytes(body)).toString(16).padStart(8, "0");
}

/** What an earlier process noted; undefined where there is nothing that can be relied upon. */
export async function readAcknowledged(directory: string): Promise<Acknowledged | undefined> {
  const text = await readFile(join(directory, NAME), "latin1").catch(() => "");
  const match = NOTE.exec(text);
  if (match === null || match[3] !== checksum(`${match[1]} ${match[2]}`)) return undefined;
  return { sequence: Number(match[1]), policy: match[2] as SyncPolicy };
}

export class AcknowledgedFile {
  readonly #file: FileHandle;
  readonly #policy: SyncPolicy;
  #sequence = -1;

  private constructor(file: FileHandle, policy: SyncPolicy) {
    this.#file = file;
    this.#policy = policy;
  }

  /** Opens the note of a database that holds `sequence` operations, all of them on the device. */
  static async open(directory: string, policy: SyncPolicy, sequence: number): Promise<AcknowledgedFile> {
    const { O_CREAT, O_RDWR } = constants;
    const file = new AcknowledgedFile(await open(join(directory, NAME), O_RDWR | O_CREAT, 0o600), policy);
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

  async close(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
  }
}
