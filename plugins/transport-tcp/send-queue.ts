/**
 * What waits to be sent on one connection: in order within a channel, the most urgent channel first, channels of one priority by
 * turns, cut into fragments. Messages are not copied until they go into a batch, so that one message to many slow peers is held once.
 */
import { type Bytes, present } from "../../core/sdk.js";
import type { ChannelTable } from "./channel-table.js";
import { FRAGMENT_BYTES, FrameKind, HEADER_BYTES, wireBytes, writeHeader } from "./frame.js";

/** Sent messages at the front of a queue are dropped from it when they are this many, and half of it. */
const COMPACT_FROM = 256;

class ChannelQueue {
  readonly #messages: (Bytes | undefined)[] = [];
  #head = 0;
  /** Bytes of the first message that have gone. */
  offset = 0;

  constructor(
    readonly channel: number,
    readonly level: number,
  ) {}

  get first(): Bytes | undefined {
    return this.#messages[this.#head];
  }

  push(message: Bytes): void {
    this.#messages.push(message);
  }

  shift(): void {
    this.#messages[this.#head++] = undefined;
    this.offset = 0;
    if (this.#head === this.#messages.length) {
      this.#messages.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#messages.length) {
      this.#messages.splice(0, this.#head);
      this.#head = 0;
    }
  }
}

export class SendQueue {
  readonly #channels: ChannelTable;
  readonly #queues = new Map<number, ChannelQueue>();
  /** By priority: the channels that have something to send, next first. */
  readonly #levels: ChannelQueue[][];
  /** Whole sizes of the messages of which some fragments have gone, but not all. */
  #begunBytes = 0;
  #bytes = 0;

  constructor(channels: ChannelTable) {
    this.#channels = channels;
    this.#levels = Array.from({ length: channels.levels }, () => []);
  }

  /** Bytes that wait, as they will be on the wire. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param message is read until it has gone, and must not change until then */
  push(channel: number, message: Bytes): void {
    let queue = this.#queues.get(channel);
    if (queue === undefined) {
      queue = new ChannelQueue(channel, this.#channels.level(channel));
      this.#queues.set(channel, queue);
    }
    if (queue.first === undefined) present(this.#levels[queue.level], "a channel has a level").push(queue);
    queue.push(message);
    this.#bytes += wireBytes(message.length);
  }

  clear(): void {
    this.#queues.clear();
    for (const level of this.#levels) level.length = 0;
    this.#bytes = 0;
    this.#begunBytes = 0;
  }

  /**
   * Writes the frames that go next into `batch`, which has room for a header and a fragment at least.
   *
   * @returns how many bytes they are
   */
  fill(batch: Bytes): number {
    let at = 0;
    for (let queue = this.#next(); queue !== undefined; queue = this.#next()) {
      const message = present(queue.first, "a channel that is active has a message");
      const length = Math.min(FRAGMENT_BYTES, message.length - queue.offset);
      if (at + HEADER_BYTES + length > batch.length) break;
      const ends = queue.offset + length === message.length;
      writeHeader(batch, at, length, queue.channel, ends ? FrameKind.end : FrameKind.more);
      batch.set(length === message.length ? message : message.subarray(queue.offset, queue.offset + length), at + HEADER_BYTES);
      at += HEADER_BYTES + length;
      this.#bytes -= HEADER_BYTES + length;
      this.#sent(queue, message, length, ends);
    }
    return at;
  }

  /** The channel whose turn it is. Messages under way always can go on, so there is one as long as something waits. */
  #next(): ChannelQueue | undefined {
    for (const level of this.#levels) {
      for (const queue of level) if (this.#mayGo(queue)) return queue;
    }
    return undefined;
  }

  /** Whether the receiver's bound on messages that have not ended leaves room for this one. */
  #mayGo(queue: ChannelQueue): boolean {
    const length = queue.first?.length ?? 0;
    return length <= FRAGMENT_BYTES || queue.offset > 0 || this.#begunBytes + length <= this.#channels.partialBytesMax;
  }

  #sent(queue: ChannelQueue, message: Bytes, length: number, ends: boolean): void {
    if (!ends && queue.offset === 0) this.#begunBytes += message.length;
    if (ends && queue.offset > 0) this.#begunBytes -= message.length;
    if (ends) queue.shift();
    else queue.offset += length;
    const level = present(this.#levels[queue.level], "a channel has a level");
    const isEmpty = queue.first === undefined;
    if (level.length === 1) {
      if (isEmpty) level.length = 0;
      return;
    }
    level.splice(level.indexOf(queue), 1);
    if (!isEmpty) level.push(queue);
  }
}
