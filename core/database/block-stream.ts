/**
 * Blocks as a stream of bytes, for files and pipes.
 *
 * | part | bytes |
 * | --- | --- |
 * | magic | `CWBLOCKS` (8) |
 * | frame | type (1) ‖ length of the body (4) ‖ CRC-32C over type, length and body (4) ‖ body |
 * | body of type 1, first: header | JSON: version, chain, first and last height; spaces up to 512 bytes, so that it can be written anew in its place |
 * | body of type 2: block | height (8) ‖ length of the block (4) ‖ block ‖ certificate |
 * | body of type 3, last: end | count of blocks (8) ‖ SHA-256 over all block bodies (32) |
 *
 * Integers are big-endian. A stream without its end was cut off, wherever that was; every bit is covered by a checksum, so a frame
 * that can't be read is named.
 */
import { createHash } from "node:crypto";
import { type Bytes, bytesEqual, concatBytes } from "../primitives/bytes.js";
import { crc32c } from "../primitives/crc32c.js";
import type { ChainIdentity } from "./backup-store.js";
import { StreamDamagedError, StreamForeignError } from "./errors.js";

export const STREAM_VERSION = 1;
const MAGIC = Buffer.from("CWBLOCKS", "latin1");
const FRAME_HEAD_BYTES = 9;
const TYPE = { header: 1, block: 2, end: 3 } as const;
const HEADER_BODY_BYTES = 512;
/** More than any chain spec allows for a block with its certificate; a damaged length does not fill the memory. */
const BODY_BYTES_MAX = 256 * 1024 * 1024;

export interface StreamHeader extends ChainIdentity {
  readonly version: number;
  readonly genesisId: string;
  readonly from: number;
  readonly to: number;
}

export interface StreamBlock {
  readonly height: number;
  /** As `encodeBlock` makes it. */
  readonly block: Bytes;
  readonly certificate: Bytes | undefined;
}

function frame(type: number, body: Bytes): Uint8Array {
  const out = new Uint8Array(FRAME_HEAD_BYTES + body.length);
  const view = new DataView(out.buffer);
  view.setUint8(0, type);
  view.setUint32(1, body.length);
  out.set(body, FRAME_HEAD_BYTES);
  view.setUint32(5, checksumOf(out.subarray(0, 5), body));
  return out;
}

/** Over the head's first five bytes and the body, without putting them together. */
function checksumOf(head: Bytes, body: Bytes): number {
  return (crc32c(body) ^ crc32c(head)) >>> 0;
}

/** Writes a stream, piece by piece. */
export class BlockStreamWriter {
  readonly #digest = createHash("sha256");
  #count = 0;

  begin(header: StreamHeader): Uint8Array {
    return concatBytes(MAGIC, frame(TYPE.header, Buffer.from(JSON.stringify(header).padEnd(HEADER_BODY_BYTES), "utf8")));
  }

  block({ height, block, certificate }: StreamBlock): Uint8Array {
    const body = new Uint8Array(12 + block.length + (certificate?.length ?? 0));
    const view = new DataView(body.buffer);
    view.setBigUint64(0, BigInt(height));
    view.setUint32(8, block.length);
    body.set(block, 12);
    if (certificate !== undefined) body.set(certificate, 12 + block.length);
    this.#digest.update(body);
    this.#count++;
    return frame(TYPE.block, body);
  }

  end(): Uint8Array {
    const count = new Uint8Array(8);
    new DataView(count.buffer).setBigUint64(0, BigInt(this.#count));
    return frame(TYPE.end, concatBytes(count, this.#digest.digest()));
  }
}

/** Takes whole pieces out of chunks of whatever size. */
class ChunkReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);
  offset = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; fewer at the end of the source. */
  async take(bytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let wanted = bytes;
    while (wanted > 0) {
      if (this.#held.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) break;
        this.#held = next.value;
        continue;
      }
      const part = this.#held.subarray(0, wanted);
      this.#held = this.#held.subarray(part.length);
      wanted -= part.length;
      parts.push(part);
    }
    const [first] = parts;
    const taken = parts.length === 1 && first !== undefined ? first : concatBytes(...parts);
    this.offset += taken.length;
    return taken;
  }
}

/** A block where it stands in a stream. */
interface FramedBlock extends StreamBlock {
  readonly frame: number;
  /** Bytes of the stream up to the end of its frame. */
  readonly endOffset: number;
}

export interface OpenStream {
  readonly header: StreamHeader;
  /** Bytes up to the end of the header's frame. */
  readonly headerBytes: number;
  /** Each is checked before it is answered. @throws STREAM_DAMAGED */
  readonly blocks: AsyncIterable<FramedBlock>;
}

/** What is whole of a stream that was cut off: it can be written on. */
export interface StreamPrefix {
  readonly header: StreamHeader;
  readonly headerBytes: number;
  /** Of header and blocks. */
  readonly bytes: number;
  readonly last: StreamBlock;
  /** Writes what follows. */
  readonly writer: BlockStreamWriter;
}

/** Reads as far as a stream is whole. Undefined: not even to the end of its first block. */
export async function readPrefix(source: AsyncIterable<Uint8Array>): Promise<StreamPrefix | undefined> {
  const writer = new BlockStreamWriter();
  let open: OpenStream | undefined;
  let last: FramedBlock | undefined;
  try {
    open = await readBlockStream(source);
    for await (const block of open.blocks) {
      if (block.height !== (last === undefined ? open.header.from : last.height + 1)) break;
      writer.block(block);
      last = block;
    }
  } catch (thrown) {
    if (!StreamDamagedError.matches(thrown) && !StreamForeignError.matches(thrown)) throw thrown;
  }
  if (open === undefined || last === undefined) return undefined;
  return { header: open.header, headerBytes: open.headerBytes, bytes: last.endOffset, last, writer };
}

/**
 * Reads a stream's header, and offers its blocks.
 * @throws STREAM_FOREIGN, STREAM_DAMAGED
 */
export async function readBlockStream(source: AsyncIterable<Uint8Array>): Promise<OpenStream> {
  const reader = new ChunkReader(source);
  const magic = await reader.take(MAGIC.length);
  if (!bytesEqual(magic, MAGIC))
    throw new StreamForeignError({ reason: magic.length === 0 ? "it is empty" : "it does not begin with CWBLOCKS" });
  const first = await readFrame(reader, 1, 0);
  if (first.type !== TYPE.header) throw damaged(1, MAGIC.length, 0, "it is not the stream's header");
  const header = headerOf(first.body);
  return { header, headerBytes: reader.offset, blocks: blocksOf(reader) };
}

function headerOf(body: Bytes): StreamHeader {
  const noHeader = () => damaged(1, MAGIC.length, 0, "the stream's header makes no sense");
  let value: Partial<StreamHeader> | null;
  try {
    value = JSON.parse(Buffer.from(body).toString("utf8")) as Partial<StreamHeader> | null;
  } catch {
    throw noHeader();
  }
  const { version, chainId, parametersHash, genesisId, from, to } = value ?? {};
  if (typeof version !== "number") throw noHeader();
  if (version !== STREAM_VERSION)
    throw new StreamForeignError({ reason: `it has version ${version}, this program reads ${STREAM_VERSION}` });
  if (typeof chainId !== "string" || typeof parametersHash !== "string" || typeof genesisId !== "string") throw noHeader();
  if (!isHeight(from) || !isHeight(to) || to < from) throw noHeader();
  return { version, chainId, parametersHash, genesisId, from, to };
}

function isHeight(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

async function* blocksOf(reader: ChunkReader): AsyncGenerator<FramedBlock, void, void> {
  const digest = createHash("sha256");
  for (let number = 2, count = 0; ; number++) {
    const { offset } = reader;
    const { type, body } = await readFrame(reader, number, count);
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    if (type === TYPE.end) {
      const isRight = body.length === 40 && Number(view.getBigUint64(0)) === count && bytesEqual(body.subarray(8), digest.digest());
      if (!isRight) throw damaged(number, offset, count, "blocks before the end are missing or others");
      return;
    }
    if (type !== TYPE.block || body.length < 12) throw damaged(number, offset, count, `there is no frame of type ${type} here`);
    digest.update(body);
    const end = 12 + view.getUint32(8);
    if (end > body.length) throw damaged(number, offset, count, "its block is longer than the frame");
    const certificate = end < body.length ? body.slice(end) : undefined;
    const block = body.slice(12, end);
    yield { frame: number, endOffset: reader.offset, height: Number(view.getBigUint64(0)), block, certificate };
    count++;
  }
}

async function readFrame(
  reader: ChunkReader,
  number: number,
  count: number,
): Promise<{ readonly type: number; readonly body: Uint8Array }> {
  const { offset } = reader;
  const head = await reader.take(FRAME_HEAD_BYTES);
  if (head.length < FRAME_HEAD_BYTES)
    throw damaged(number, offset, count, head.length === 0 ? "the stream was cut off here" : "it is cut off");
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const length = view.getUint32(1);
  if (length > BODY_BYTES_MAX) throw damaged(number, offset, count, `its length, ${length}, makes no sense`);
  const body = await reader.take(length);
  if (body.length < length) throw damaged(number, offset, count, `it is cut off: ${body.length} of ${length} bytes are there`);
  if (checksumOf(head.subarray(0, 5), body) !== view.getUint32(5)) throw damaged(number, offset, count, "its checksum does not match");
  return { type: head[0] ?? 0, body };
}

function damaged(frameNumber: number, offset: number, imported: number, reason: string): Error {
  return new StreamDamagedError({ frame: frameNumber, offset, reason, imported });
}
