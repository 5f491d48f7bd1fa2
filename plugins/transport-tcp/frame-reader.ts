/**
 * Turns chunks of a byte stream into messages, in time and memory linear in what arrives.
 *
 * A frame's limits are checked on its header, before anything of it is kept. A message that lies within one chunk and makes up
 * most of its memory is handed out as a view; a small one is copied, or else somebody who keeps a transaction of 200 bytes would
 * keep the 16 KiB that it came in. What is spread over chunks is gathered in a buffer that grows with what has arrived, so that a
 * header alone reserves next to nothing, and a frame that trickles in byte by byte costs no more than its bytes. The first part of
 * a frame stays in its chunk until the second is there: by then most frames need their whole length, which is reserved once.
 */
import { assert, type Bytes } from "../../core/sdk.js";
import type { ChannelTable } from "./channel-table.js";
import { CloseCode } from "./errors.js";
import { FRAGMENT_BYTES, FrameKind, GOODBYE_BYTES_MAX, HEADER_BYTES } from "./frame.js";
import type { HeldMessages } from "./held-messages.js";

export type Received =
  | { readonly type: "message"; readonly channel: number; readonly message: Bytes }
  | { readonly type: "goodbye"; readonly payload: Bytes }
  /** The stream makes no sense from here on. */
  | { readonly type: "fault"; readonly code: string; readonly message: string };

/** A message of which fragments have come, but not its end. */
interface PartialMessage {
  readonly parts: Bytes[];
  bytes: number;
  /** When `inspect` first saw it with as many bytes. */
  seenBytes: number;
  seenMs: number;
}

const GATHER_BYTES_MIN = 1_024;
/** What is held of a frame that has not ended is at most so many times what has arrived of it. */
const GATHER_FACTOR = 4;
/** A view may pin at most this many times its own bytes. */
const PINNED_FACTOR_MAX = 2;
const EMPTY: Bytes = new Uint8Array(0);

export class FrameReader {
  readonly #channels: ChannelTable;
  /** Chunks that came while the current one was not read to its end. */
  readonly #waiting: Bytes[] = [];
  #chunk: Bytes = EMPTY;
  #at = 0;

  #inFrame = false;
  #headerFilled = 0;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #length = 0;
  #channel = 0;
  #kind = 0;
  /** Payload of a frame that is spread over chunks: at first a view of the first one. */
  #gathered: Bytes = EMPTY;
  #gatheredFilled = 0;

  readonly #partials = new Map<number, PartialMessage>();
  #partialBytes = 0;
  #faulty = false;
  /** Frames begun, and what `inspect` saw of it. */
  #frames = 0;
  #seenFrames = 0;
  #seenFramesMs = 0;

  /**
   * @param held counts messages that have not ended, over all connections
   * @param evict ends the connection, and calls `clear`
   */
  constructor(
    channels: ChannelTable,
    private readonly held: HeldMessages,
    private readonly evict: () => void,
  ) {
    this.#channels = channels;
  }

  /** Whether there is something that `next` was not asked for. */
  get hasUnread(): boolean {
    return this.#at < this.#chunk.length || this.#waiting.length > 0;
  }

  /** Lets go of everything; there is nothing more. */
  clear(): void {
    this.#faulty = true;
    this.#release();
  }

  /** Bytes that are held for messages which have not ended. */
  get heldBytes(): number {
    return this.#partialBytes + this.#gathered.buffer.byteLength;
  }

  /** Takes what arrived. `chunk` is the reader's from now on. */
  push(chunk: Bytes): void {
    if (this.#at === this.#chunk.length && this.#waiting.length === 0) {
      this.#chunk = chunk;
      this.#at = 0;
    } else this.#waiting.push(chunk);
  }

  /** The next message, goodbye or fault; undefined until more arrives. After a goodbye or fault there is nothing more. */
  next(): Received | undefined {
    while (!this.#faulty) {
      if (!this.#inFrame) {
        if (!this.#readHeader()) return undefined;
        const fault = this.#check();
        if (fault !== undefined) {
          this.clear();
          return fault;
        }
        this.#inFrame = true;
      }
      const payload = this.#readPayload();
      if (payload === undefined) return undefined;
      this.#inFrame = false;
      this.#headerFilled = 0;
      const received = this.#frameRead(payload);
      if (received !== undefined) return received;
    }
    return undefined;
  }

  /**
   * How long, in ms, the message that has waited longest has made no progress, as far as seen from call to call.
   *
   * @param excused the reading was held back on this side: all begin anew
   */
  inspect(nowMs: number, excused: boolean): number {
    let longestMs = 0;
    if (excused || this.#frames !== this.#seenFrames || this.#headerFilled === 0) {
      this.#seenFrames = this.#frames;
      this.#seenFramesMs = nowMs;
    } else longestMs = nowMs - this.#seenFramesMs;
    for (const partial of this.#partials.values()) {
      if (excused || partial.bytes !== partial.seenBytes) {
        partial.seenBytes = partial.bytes;
        partial.seenMs = nowMs;
      } else longestMs = Math.max(longestMs, nowMs - partial.seenMs);
    }
    return longestMs;
  }

  /** Whether there are bytes to read; moves on to the next chunk where one is read to its end. */
  #available(): boolean {
    while (this.#at === this.#chunk.length) {
      const next = this.#waiting.shift();
      // A chunk that was read must not be held until the next one comes.
      this.#chunk = next ?? EMPTY;
      this.#at = 0;
      if (next === undefined) return false;
    }
    return true;
  }

  #readHeader(): boolean {
    while (this.#headerFilled < HEADER_BYTES) {
      if (!this.#available()) return false;
      this.#header[this.#headerFilled++] = this.#chunk[this.#at++] as number;
    }
    const [a, b, c, d, channel, kind] = this.#header as unknown as readonly [number, number, number, number, number, number];
    this.#length = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    this.#channel = channel;
    this.#kind = kind;
    this.#frames++;
    return true;
  }

  /** Why the frame whose header was read is not taken. */
  #check(): Received | undefined {
    const length = this.#length;
    const channel = this.#channel;
    const kind = this.#kind;
    if (kind === FrameKind.goodbye)
      return channel === 0 && length <= GOODBYE_BYTES_MAX
        ? undefined
        : fault(CloseCode.badFrame, `a goodbye is on channel 0 and has up to ${GOODBYE_BYTES_MAX} bytes`);
    if (kind !== FrameKind.end && kind !== FrameKind.more) return fault(CloseCode.badFrame, `there is no kind of frame ${kind}`);
    const limit = this.#channels.limit(channel);
    if (limit === undefined) return fault(CloseCode.unknownChannel, `there is no channel ${channel}`);
    const partial = this.#partials.get(channel)?.bytes ?? 0;
    if (partial + length > limit) return fault(CloseCode.messageTooLarge, `channel ${channel} takes messages of up to ${limit} bytes`);
    if (length > FRAGMENT_BYTES || (kind === FrameKind.more && length !== FRAGMENT_BYTES))
      return fault(CloseCode.badFrame, `a fragment has ${FRAGMENT_BYTES} bytes, and the end of a message no more`);
    if (kind === FrameKind.end && partial > 0 && length === 0)
      return fault(CloseCode.badFrame, "the end of a fragmented message is not empty");
    if (kind === FrameKind.more && this.#partialBytes + length > this.#channels.partialBytesMax)
      return fault(CloseCode.partialOverflow, `messages that have not ended hold ${this.#channels.partialBytesMax} bytes at most`);
    return undefined;
  }

  /** The payload of the current frame once all of it is there. */
  #readPayload(): Bytes | undefined {
    const length = this.#length;
    if (length === 0) return EMPTY;
    if (!this.#available()) return undefined;
    if (this.#gatheredFilled === 0 && this.#chunk.length - this.#at >= length) {
      const from = this.#at;
      this.#at += length;
      return this.#cut(from, length);
    }
    for (;;) {
      const count = Math.min(length - this.#gatheredFilled, this.#chunk.length - this.#at);
      this.#gather(this.#chunk.subarray(this.#at, this.#at + count));
      this.#at += count;
      if (this.#gatheredFilled === length) break;
      if (!this.#available()) return undefined;
    }
    const payload = this.#gathered;
    assert(payload.length === length, "a gathered frame fills its buffer");
    this.#gathered = EMPTY;
    this.#gatheredFilled = 0;
    return payload;
  }

  /** A part of the current chunk: a view of it, or a copy where a view would pin too much. */
  #cut(from: number, length: number): Bytes {
    const chunk = this.#chunk;
    if (length * PINNED_FACTOR_MAX >= chunk.buffer.byteLength) return new Uint8Array(chunk.buffer, chunk.byteOffset + from, length);
    return Uint8Array.prototype.slice.call(new Uint8Array(chunk.buffer, chunk.byteOffset + from, length));
  }

  #gather(bytes: Bytes): void {
    // Never the whole frame, which would not have been gathered. A view pins its chunk, so it has to be a fair part of that.
    if (this.#gatheredFilled === 0 && bytes.length * GATHER_FACTOR >= bytes.buffer.byteLength) {
      this.#gathered = bytes;
      this.#gatheredFilled = bytes.length;
      return;
    }
    const needed = this.#gatheredFilled + bytes.length;
    if (needed > this.#gathered.length) {
      const grown = unfilled(Math.min(this.#length, Math.max(GATHER_BYTES_MIN, GATHER_FACTOR * needed)));
      grown.set(this.#gathered.subarray(0, this.#gatheredFilled));
      this.#gathered = grown;
    }
    this.#gathered.set(bytes, this.#gatheredFilled);
    this.#gatheredFilled = needed;
  }

  /** Puts a whole frame where it belongs; answers what it completes. */
  #frameRead(payload: Bytes): Received | undefined {
    if (this.#kind === FrameKind.goodbye) {
      this.clear();
      return { type: "goodbye", payload };
    }
    const channel = this.#channel;
    const partial = this.#partials.get(channel);
    if (this.#kind === FrameKind.end) {
      if (partial === undefined) return { type: "message", channel, message: payload };
      this.#partials.delete(channel);
      this.#partialBytes -= partial.bytes;
      this.held.ended(partial, partial.bytes);
      return { type: "message", channel, message: joined(partial, payload) };
    }
    if (partial === undefined) {
      const begun: PartialMessage = { parts: [payload], bytes: payload.length, seenBytes: 0, seenMs: 0 };
      this.#partials.set(channel, begun);
      this.held.begun(begun, this.evict);
    } else {
      partial.parts.push(payload);
      partial.bytes += payload.length;
    }
    this.#partialBytes += payload.length;
    this.held.grew(payload.length);
    return undefined;
  }

  #release(): void {
    for (const partial of this.#partials.values()) this.held.ended(partial, partial.bytes);
    this.#partials.clear();
    this.#partialBytes = 0;
    this.#waiting.length = 0;
    this.#chunk = EMPTY;
    this.#at = 0;
    this.#gathered = EMPTY;
    this.#gatheredFilled = 0;
  }
}

function fault(code: string, message: string): Received {
  return { type: "fault", code, message };
}

function joined({ parts, bytes }: PartialMessage, end: Bytes): Bytes {
  const message = unfilled(bytes + end.length);
  let at = 0;
  for (const part of parts) {
    message.set(part, at);
    at += part.length;
  }
  message.set(end, at);
  return message;
}

/** Memory of its own (no slice of a pool) that is not zeroed: whoever asks fills all of it before anyone sees it. */
function unfilled(length: number): Bytes {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}
