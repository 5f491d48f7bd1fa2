/**
 * LevelDB's log format, which its write logs and its manifest share: 32 KiB blocks of records, each with a masked CRC-32C, its
 * length and its type (whole, first, middle or last part). Source: LevelDB's doc/log_format.md and db/log_reader.cc, version 1.20.
 *
 * LevelDB reads it leniently: a record that fails its checksum drops the rest of its block, one whose length reaches beyond the end
 * of the file ends the log without a word. So a damaged length loses everything behind it in silence. This reader tells exactly
 * where a log stops being sound and whether sound records follow.
 */
import { open } from "node:fs/promises";
import { assert } from "../kernel/assert.js";
import type { Bytes } from "../primitives/bytes.js";
import { crc32c } from "../primitives/crc32c.js";

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
const CHUNK_BLOCKS = 64;
const MASK_DELTA = 0xa282ead8;
const FULL = 1;
const FIRST = 2;
const LAST = 4;

/** How a log ends. */
export interface LogEnding {
  /**
   * `whole`: with its last record. `torn`: within a record, as a kill leaves it. `damaged`: at bytes that make no sense, or at a record
   * that the caller refused.
   */
  readonly kind: "whole" | "torn" | "damaged";
  /** Up to here it is sound, bytes. */
  readonly soundBytes: number;
  /** Whether a sound record stands behind the first unsound byte: then the end is none. */
  readonly isFollowed: boolean;
  readonly reason: string;
}

interface Part {
  readonly type: number;
  /** Of the payload, within its block. */
  readonly from: number;
  readonly to: number;
}

/** LevelDB stores checksums rotated and moved, so that a checksum over bytes that hold checksums is none of a special kind. */
export function unmaskedCrc(stored: number): number {
  const masked = (stored - MASK_DELTA) >>> 0;
  return ((masked >>> 17) | (masked << 15)) >>> 0;
}

/** The record part at `at` of a block; a reason where there is none. `over`: it reaches beyond the block's bytes. */
function partAt(block: Bytes, at: number): Part | "over" | "zero" | string {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const length = view.getUint16(at + 4, true);
  const type = view.getUint8(at + 6);
  const from = at + HEADER_BYTES;
  if (type === 0 && length === 0) return "zero";
  if (from + length > block.length) return "over";
  if (crc32c(block.subarray(at + 6, from + length)) !== unmaskedCrc(view.getUint32(at, true))) return "a checksum does not match";
  if (type < FULL || type > LAST) return `there is no record type ${type}`;
  return { type, from, to: from + length };
}

/** Whether any sound record stands in the block at or behind `at`. Slow: tries every byte. */
function hasRecordFrom(block: Bytes, at: number): boolean {
  for (let each = at; each + HEADER_BYTES <= block.length; each++) {
    const type = block[each + 6] ?? 0;
    if (type >= FULL && type <= LAST && typeof partAt(block, each) === "object") return true;
  }
  return false;
}

async function* blocksOf(path: string): AsyncGenerator<{ readonly block: Bytes; readonly offset: number }, void, void> {
  const file = await open(path, "r");
  try {
    const chunk = new Uint8Array(CHUNK_BLOCKS * BLOCK_BYTES);
    for (let offset = 0; ; offset += chunk.length) {
      let filled = 0;
      while (filled < chunk.length) {
        const { bytesRead } = await file.read(chunk, filled, chunk.length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      for (let at = 0; at < filled; at += BLOCK_BYTES)
        yield { block: chunk.subarray(at, Math.min(at + BLOCK_BYTES, filled)), offset: offset + at };
      if (filled < chunk.length) return;
    }
  } finally {
    await file.close();
  }
}

/** Puts parts together to records. */
class Assembly {
  readonly #keepBytes: number;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  /** Where the record under way began; undefined between records. */
  beganAt: number | undefined;

  constructor(keepBytes: number) {
    this.#keepBytes = keepBytes;
  }

  /** Answers the record that this part completes. @throws nothing; a reason as text where the part does not fit */
  add(block: Bytes, { type, from, to }: Part, at: number): Bytes | string | undefined {
    const begins = type === FULL || type === FIRST;
    if (begins && this.beganAt !== undefined && this.#keptBytes > 0) return "a record has no end";
    if (!begins && this.beganAt === undefined) return "a record has no beginning";
    if (begins) {
      this.beganAt = at;
      this.#kept = [];
      this.#keptBytes = 0;
    }
    const part = block.slice(from, Math.min(to, from + this.#keepBytes - this.#keptBytes));
    this.#kept.push(part);
    this.#keptBytes += part.length;
    if (type !== FULL && type !== LAST) return undefined;
    this.beganAt = undefined;
    const record = new Uint8Array(this.#keptBytes);
    let filled = 0;
    for (const each of this.#kept) {
      record.set(each, filled);
      filled += each.length;
    }
    return record;
  }
}

/**
 * Reads a log from its beginning to where it stops being sound.
 *
 * @param keepBytes at most so many first bytes of each record are handed over
 * @param onRecord answers why a record can't be what was written here, or undefined
 */
export async function readLog(path: string, keepBytes: number, onRecord: (record: Bytes) => string | undefined): Promise<LogEnding> {
  const assembly = new Assembly(keepBytes);
  let found: { kind: LogEnding["kind"]; soundBytes: number; reason: string } | undefined;
  let soundBytes = 0;
  let size = 0;
  for await (const { block, offset } of blocksOf(path)) {
    size = offset + block.length;
    let at = 0;
    if (found !== undefined) {
      if (hasRecordFrom(block, 0)) return { ...found, kind: "damaged", isFollowed: true };
      continue;
    }
    for (; block.length - at >= HEADER_BYTES; ) {
      const part = partAt(block, at);
      const fault = typeof part === "string" ? part : undefined;
      if (fault === "zero" && block.subarray(at).every((byte) => byte === 0)) {
        // What a file system may leave where it had room for more than was written.
        found = { kind: "torn", soundBytes, reason: "it ends in zeros" };
        break;
      }
      const record = typeof part === "string" ? undefined : assembly.add(block, part, offset + at);
      const reason = fault ?? (typeof record === "string" ? record : record === undefined ? undefined : onRecord(record));
      if (reason !== undefined) {
        const kind = reason === "over" && block.length < BLOCK_BYTES ? "torn" : "damaged";
        found = { kind, soundBytes, reason: reason === "over" ? "a record is longer than what is there" : reason };
        if (hasRecordFrom(block, at + 1)) return { ...found, kind: "damaged", isFollowed: true };
        break;
      }
      assert(typeof part === "object", "a part without a fault is a part");
      at = part.to;
      if (assembly.beganAt === undefined) soundBytes = offset + at;
    }
    if (found === undefined && block.length < BLOCK_BYTES && at < block.length)
      found = { kind: "torn", soundBytes, reason: "it ends within a record" };
  }
  if (found !== undefined) return { ...found, isFollowed: false };
  // A block's last bytes may be too few for a header: they are zeros and belong to the record before them.
  if (assembly.beganAt === undefined) return { kind: "whole", soundBytes: size, isFollowed: false, reason: "" };
  return { kind: "torn", soundBytes, isFollowed: false, reason: "its last record has no end" };
}
