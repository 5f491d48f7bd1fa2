/**
 * Headers from the checkpoint down to genesis, as they were proved by their links: each names its parent's id, and the checkpoint's id
 * is trusted. They need no seal checks; nobody can make others that lead to the same id.
 *
 * They come from the top downward and are stored as they come, with a note of how far: after a kill the rest is fetched. The network
 * owns prefixes 0x70 to 0x73 for them: 70 and 71 for those up to the checkpoint, 72 and 73 for those from there up to a snapshot.
 *
 * | prefix | key | value |
 * | --- | --- | --- |
 * | 70, 72 | | the top's height (8) and id (32), lowest height (8), id that the header below it must have (32), height up to which they are in the chain (8) |
 * | 71, 73 | height (8, big-endian) | encoded header |
 *
 * Each begins with a CRC-32C of the rest, bound to its key.
 */
import type { Storage, StorageOperation } from "../../ports/storage.js";
import type { HeaderRecord } from "../../primitives/block.js";
import { decodeHeader, encodeHeader } from "../../primitives/block-codec.js";
import { type Bytes, bytesEqual } from "../../primitives/bytes.js";
import { crc32c } from "../../primitives/crc32c.js";
import { Hash } from "../../primitives/hash.js";
import type { Checkpoint, TrustedHeaders } from "./parts.js";

/** Prefix of the note; headers have the next one. */
export const LadderPrefix = { checkpoint: 0x70, snapshot: 0x72 } as const;
export type LadderPrefix = (typeof LadderPrefix)[keyof typeof LadderPrefix];

const NOTE_BYTES = 8 + 32 + 8 + 32 + 8;
/** Records that are deleted in one write. */
const DELETES_PER_WRITE = 1_024;

function headerKey(prefix: LadderPrefix, height: number): Bytes {
  const key = new Uint8Array(9);
  key[0] = prefix + 1;
  new DataView(key.buffer).setBigUint64(1, BigInt(height));
  return key;
}

function seal(key: Bytes, body: Bytes): Bytes {
  const out = new Uint8Array(4 + body.length);
  out.set(body, 4);
  new DataView(out.buffer).setUint32(0, (crc32c(body) ^ crc32c(key)) >>> 0);
  return out;
}

/** Undefined where it is damaged: what is lost here is fetched again. */
function unseal(key: Bytes, stored: Bytes | undefined): Bytes | undefined {
  if (stored === undefined || stored.length < 4) return undefined;
  const body = stored.subarray(4);
  return new DataView(stored.buffer, stored.byteOffset).getUint32(0) === (crc32c(body) ^ crc32c(key)) >>> 0 ? body : undefined;
}

export class HeaderLadder implements TrustedHeaders {
  readonly #storage: Storage;
  readonly #prefix: LadderPrefix;
  readonly height: number;
  readonly id: Hash;
  /** Height of the lowest one that is wanted. */
  readonly bottom: number;
  /** The lowest that is there … */
  #lowest: number;
  /** … and the id of the one below it. */
  #parent: Hash;
  #promoted = 0;

  private constructor(storage: Storage, { height, id }: Checkpoint, bottom: number, prefix: LadderPrefix) {
    this.#storage = storage;
    this.#prefix = prefix;
    this.bottom = bottom;
    this.height = height;
    this.id = id;
    this.#lowest = height + 1;
    this.#parent = id;
  }

  /**
   * Goes on with what an earlier run fetched below the same block; deletes what is of another one.
   *
   * @param bottom height of the lowest one that is wanted
   */
  static async open(
    storage: Storage,
    checkpoint: Checkpoint,
    bottom = 1,
    prefix: LadderPrefix = LadderPrefix.checkpoint,
  ): Promise<HeaderLadder> {
    const ladder = new HeaderLadder(storage, checkpoint, bottom, prefix);
    const noteKey = Uint8Array.of(prefix);
    const note = unseal(noteKey, storage.get(noteKey));
    if (note?.length === NOTE_BYTES) {
      const view = new DataView(note.buffer, note.byteOffset);
      const isSame = Number(view.getBigUint64(0)) === checkpoint.height && bytesEqual(note.subarray(8, 40), checkpoint.id);
      if (isSame) {
        ladder.#lowest = Number(view.getBigUint64(40));
        ladder.#parent = Hash.from(note.slice(48, 80));
        ladder.#promoted = Number(view.getBigUint64(80));
        return ladder;
      }
    }
    await clearRow(storage, prefix);
    return ladder;
  }

  /** Height of the lowest header that is there; one above the checkpoint's if none is. */
  get lowest(): number {
    return this.#lowest;
  }

  /** Id of the header that has to come next, at `lowest` − 1. */
  get wanted(): Hash {
    return this.#parent;
  }

  /** They lead from the top down to the bottom. */
  get isComplete(): boolean {
    return this.#lowest <= this.bottom;
  }

  /** Up to here they are stored in the chain. */
  get promoted(): number {
    return this.#promoted;
  }

  /** @param records linked, lowest first; the last one has the id `wanted` */
  async put(records: readonly HeaderRecord[]): Promise<void> {
    const first = records[0];
    if (first === undefined) return;
    const operations = records.map(({ header }): StorageOperation => {
      const key = headerKey(this.#prefix, header.height);
      return { type: "put", key, value: seal(key, encodeHeader(header)) };
    });
    this.#lowest = first.header.height;
    this.#parent = first.header.parent;
    await this.#storage.write([...operations, this.#note()], { durable: false });
  }

  async notePromoted(height: number): Promise<void> {
    this.#promoted = height;
    await this.#storage.write([this.#note()], { durable: false });
  }

  #note(): StorageOperation {
    const body = new Uint8Array(NOTE_BYTES);
    const view = new DataView(body.buffer);
    view.setBigUint64(0, BigInt(this.height));
    body.set(this.id, 8);
    view.setBigUint64(40, BigInt(this.#lowest));
    body.set(this.#parent, 48);
    view.setBigUint64(80, BigInt(this.#promoted));
    const key = Uint8Array.of(this.#prefix);
    return { type: "put", key, value: seal(key, body) };
  }

  /** Undefined where it is not there yet, or lost. */
  header(height: number): HeaderRecord | undefined {
    if (height < this.#lowest || height > this.height) return undefined;
    const key = headerKey(this.#prefix, height);
    const body = unseal(key, this.#storage.get(key));
    return body === undefined ? undefined : decodeHeader(body);
  }

  idAt(height: number): Hash | undefined {
    return height === this.height ? this.id : this.header(height)?.id;
  }

  /** Forgets all of it, to be fetched again: something of it was lost. */
  async reset(): Promise<void> {
    this.#lowest = this.height + 1;
    this.#parent = this.id;
    this.#promoted = 0;
    await clearRow(this.#storage, this.#prefix);
  }
}

/** Whether what an earlier run fetched is of this checkpoint. */
export function isLadderOf(storage: Storage, { height, id }: Checkpoint): boolean {
  const key = Uint8Array.of(LadderPrefix.checkpoint);
  const note = unseal(key, storage.get(key));
  if (note?.length !== NOTE_BYTES) return false;
  return Number(new DataView(note.buffer, note.byteOffset).getBigUint64(0)) === height && bytesEqual(note.subarray(8, 40), id);
}

/**
 * Deletes the headers of checkpoint starts that are not needed any more, also those that a kill left. Costs two looks where there are none.
 *
 * @param keep headers up to this checkpoint stay
 */
export async function clearLadder(storage: Storage, keep?: Checkpoint): Promise<void> {
  if (keep === undefined || !isLadderOf(storage, keep)) await clearRow(storage, LadderPrefix.checkpoint);
  await clearRow(storage, LadderPrefix.snapshot);
}

/** Deletes one row and its note. */
export async function clearRow(storage: Storage, prefix: LadderPrefix): Promise<void> {
  let operations: StorageOperation[] = [];
  for await (const [key] of storage.range({ gte: Uint8Array.of(prefix), lt: Uint8Array.of(prefix + 2) })) {
    operations.push({ type: "del", key });
    if (operations.length < DELETES_PER_WRITE) continue;
    await storage.write(operations, { durable: false });
    operations = [];
  }
  if (operations.length > 0) await storage.write(operations, { durable: false });
}
