/**
 * The row of operations that write logs hold: LevelDB numbers them, so a gap tells of a write that is missing.
 */
import type { Bytes } from "../../core/sdk.js";

/** A batch begins with the number of its first operation (8 bytes) and how many it has (4), little-endian. */
export const BATCH_HEADER_BYTES = 12;

/** Follows the batches of one log after the other. A log may begin before what the manifest knows, since writes go on while a table is made of the one before. */
export class LogOperations {
  readonly #known: number;
  #next: number | undefined;

  /** @param known the last operation that the manifest knows of */
  constructor(known: number) {
    this.#known = known;
  }

  /** The last operation found. Where logs hold anything, they hold all that is not in tables; the manifest may already count what is in logs alone. */
  get last(): number {
    return this.#next === undefined ? this.#known : this.#next - 1;
  }

  /** Whether no log held a batch so far: then `last` is what the manifest says, which may count operations that are in a log alone. */
  get isEmpty(): boolean {
    return this.#next === undefined;
  }

  /** Takes a batch; answers why it can't be the next one, or undefined. */
  readonly follow = (batch: Bytes): string | undefined => {
    if (batch.length < BATCH_HEADER_BYTES) return "a batch is too short";
    const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
    const first = Number(view.getBigUint64(0, true));
    const expected = this.#next ?? this.#known + 1;
    if (this.#next === undefined ? first > expected : first !== expected) return `operation ${first} follows where ${expected} should`;
    this.#next = first + view.getUint32(8, true);
    return undefined;
  };
}

/** Of a record's head in the log: checksum, length, type. */
const RECORD_HEADER_BYTES = 7;

/** The number that a log's first batch claims to begin with, whatever its checksum says; undefined: there are not so many bytes. */
export function claimedFirst(log: Bytes): number | undefined {
  if (log.length < RECORD_HEADER_BYTES + BATCH_HEADER_BYTES) return undefined;
  return Number(new DataView(log.buffer, log.byteOffset, log.length).getBigUint64(RECORD_HEADER_BYTES, true));
}
