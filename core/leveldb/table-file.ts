/**
 * Whether a table is the one that LevelDB wrote: every block has a checksum, which LevelDB does not look at when it reads.
 *
 * A bit that flips in a value is noticed by whoever stored it (hashes, CRC-32C). One that flips in a key, in the index or in the filter
 * hides a record, or puts it under another key, and nobody can notice: a missing transaction looks like one that never was. And
 * once LevelDB has merged such a table into another, the checksums are right again. So tables are checked as a whole.
 *
 * Layout (LevelDB's doc/table_format.md, version 1.20): data blocks, filter block, meta index, index, footer; each block followed by its
 * compression (1 byte) and a masked CRC-32C of both. They must cover the file without a gap, so that no byte is outside of a
 * checksum but the footer's, whose change would leave a gap.
 */
import { open } from "node:fs/promises";
import type { Bytes } from "../primitives/bytes.js";
import { crc32c } from "../primitives/crc32c.js";
import { unmaskedCrc } from "./log-format.js";
import { unsnappy } from "./snappy.js";

const FOOTER_BYTES = 48;
/** 0xdb4775248b80fb57, little-endian. */
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb] as const;
const TRAILER_BYTES = 5;
const UNCOMPRESSED = 0;
const SNAPPY = 1;
/** Index blocks of tables of 2 MiB have a few dozen KiB; a table of one huge value has a small one. */
const INDEX_BYTES_MAX = 64 * 1024 * 1024;

interface Handle {
  readonly offset: number;
  readonly size: number;
}

class Cursor {
  at: number;
  constructor(
    readonly bytes: Bytes,
    at = 0,
  ) {
    this.at = at;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || factor > 2 ** 49) throw new RangeError("a number has no end");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  handle(): Handle {
    return { offset: this.varint(), size: this.varint() };
  }

  skip(bytes: number): void {
    this.at += bytes;
    if (this.at > this.bytes.length) throw new RangeError("an entry is longer than its block");
  }
}

/** What is wrong with the table in this file, or undefined. @throws what opening and reading it throws */
export async function tableDamage(path: string): Promise<string | undefined> {
  const bytes = await contentOf(path);
  try {
    return damageIn(bytes);
  } catch (thrown) {
    if (thrown instanceof RangeError) return thrown.message;
    throw thrown;
  }
}

async function contentOf(path: string): Promise<Bytes> {
  const file = await open(path, "r");
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** @throws RangeError as another way to say it */
function damageIn(table: Bytes): string | undefined {
  const end = table.length - FOOTER_BYTES;
  if (end < 0 || MAGIC.some((byte, i) => table[table.length - MAGIC.length + i] !== byte)) return "its end is not that of a table";
  const footer = new Cursor(table, end);
  const metaIndex = footer.handle();
  const index = footer.handle();
  const blocks = [...handlesIn(checkedBlock(table, index)), ...handlesIn(checkedBlock(table, metaIndex)), metaIndex, index];
  blocks.sort((a, b) => a.offset - b.offset);
  let at = 0;
  for (const block of blocks) {
    if (block.offset !== at) return `its blocks leave a gap at byte ${at}`;
    if (block !== index && block !== metaIndex) checkBlock(table, block);
    at += block.size + TRAILER_BYTES;
  }
  return at === end ? undefined : `its blocks leave a gap at byte ${at}`;
}

/** @throws RangeError unless the block has its checksum */
function checkBlock(table: Bytes, { offset, size }: Handle): void {
  const end = offset + size;
  if (end + TRAILER_BYTES > table.length - FOOTER_BYTES) throw new RangeError(`its block at byte ${offset} reaches beyond its end`);
  const stored = new DataView(table.buffer, table.byteOffset, table.length).getUint32(end + 1, true);
  if (crc32c(table.subarray(offset, end + 1)) !== unmaskedCrc(stored))
    throw new RangeError(`the checksum of its block at byte ${offset} does not match`);
}

function checkedBlock(table: Bytes, handle: Handle): Bytes {
  checkBlock(table, handle);
  const content = table.subarray(handle.offset, handle.offset + handle.size);
  const compression = table[handle.offset + handle.size];
  if (compression === UNCOMPRESSED) return content;
  if (compression !== SNAPPY) throw new RangeError(`its block at byte ${handle.offset} has compression ${compression}`);
  return unsnappy(content, INDEX_BYTES_MAX);
}

/** The handles that are the values of an index block: entries with shared key prefixes, then restart points (4 bytes each), then their count. */
function handlesIn(block: Bytes): Handle[] {
  const handles: Handle[] = [];
  if (block.length < 4) throw new RangeError("an index is too short");
  const restarts = new DataView(block.buffer, block.byteOffset, block.length).getUint32(block.length - 4, true);
  const end = block.length - 4 - 4 * restarts;
  if (end < 0) throw new RangeError("an index has more restart points than bytes");
  const cursor = new Cursor(block.subarray(0, end));
  while (cursor.at < end) {
    cursor.varint();
    const keyBytes = cursor.varint();
    const valueBytes = cursor.varint();
    cursor.skip(keyBytes);
    const value = new Cursor(block, cursor.at);
    cursor.skip(valueBytes);
    handles.push(value.handle());
  }
  return handles;
}
