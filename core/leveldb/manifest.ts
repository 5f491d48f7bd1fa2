/**
 * What a LevelDB database says of itself: the manifest that CURRENT names, a log of version edits.
 *
 * Source of the tags: LevelDB's db/version_edit.cc, version 1.20.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes } from "../primitives/bytes.js";
import { readLog } from "./log-format.js";

export interface Manifest {
  /** Of the file. */
  readonly name: string;
  /** Up to here, the file is what was read. */
  readonly soundBytes: number;
  /** Write logs from this number on are not in tables yet. 0: none was ever begun. */
  readonly logNumber: number;
  /** At least so many operations are in tables; exactly, right after an open. */
  readonly lastSequence: number;
  /** Bytes of each live table by its number. */
  readonly tables: ReadonlyMap<number, number>;
}

const TAG = {
  comparator: 1,
  logNumber: 2,
  nextFile: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  prevLog: 9,
} as const;

class EditReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Numbers above 2^53 lose digits; neither files nor operations come near. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || factor > 2 ** 63) throw new RangeError("a number has no end");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  skipBytes(): void {
    const length = this.number();
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError("a text is longer than its record");
  }
}

class ManifestReader implements Omit<Manifest, "name" | "soundBytes"> {
  logNumber = 0;
  lastSequence = 0;
  readonly tables = new Map<number, number>();

  /** Answers what is wrong with a record, or undefined. */
  apply(record: Bytes): string | undefined {
    const reader = new EditReader(record);
    try {
      while (!reader.isAtEnd) this.#field(reader);
      return undefined;
    } catch (thrown) {
      return thrown instanceof RangeError ? thrown.message : "it can't be read";
    }
  }

  #field(reader: EditReader): void {
    const tag = reader.number();
    switch (tag) {
      case TAG.comparator:
        reader.skipBytes();
        break;
      case TAG.logNumber:
        this.logNumber = reader.number();
        break;
      case TAG.lastSequence:
        this.lastSequence = reader.number();
        break;
      case TAG.nextFile:
      case TAG.prevLog:
        reader.number();
        break;
      case TAG.compactPointer:
        reader.number();
        reader.skipBytes();
        break;
      case TAG.deletedFile:
        reader.number();
        this.tables.delete(reader.number());
        break;
      case TAG.newFile: {
        reader.number();
        const table = reader.number();
        this.tables.set(table, reader.number());
        reader.skipBytes();
        reader.skipBytes();
        break;
      }
      default:
        throw new RangeError(`there is no field ${tag}`);
    }
  }
}

/** The manifest of a database that has a CURRENT, or what is wrong with it. */
export async function readManifest(directory: string): Promise<Manifest | { readonly damage: string }> {
  const current = await readFile(join(directory, "CURRENT"), "latin1");
  if (!/^MANIFEST-\d+\n$/.test(current)) return { damage: "its file CURRENT names no manifest" };
  const name = current.trimEnd();
  const isThere = await stat(join(directory, name)).then(
    () => true,
    () => false,
  );
  if (!isThere) return { damage: `its file ${name} is missing` };
  const manifest = new ManifestReader();
  let records = 0;
  const ending = await readLog(join(directory, name), Number.POSITIVE_INFINITY, (record) => {
    records++;
    return manifest.apply(record);
  });
  if (ending.kind === "damaged") return { damage: `its file ${name} is damaged from byte ${ending.soundBytes} on: ${ending.reason}` };
  if (records === 0) return { damage: `its file ${name} is empty` };
  const { logNumber, lastSequence, tables } = manifest;
  return { name, soundBytes: ending.soundBytes, logNumber, lastSequence, tables };
}

/** How the file of a table may be called: today, and by LevelDB before 1.14. */
export function tableNames(number: number): readonly [string, string] {
  const digits = String(number).padStart(6, "0");
  return [`${digits}.ldb`, `${digits}.sst`];
}
