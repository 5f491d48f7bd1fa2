/**
 * The declared channels, looked up by number, and what follows from them for a connection's memory.
 *
 * Both ends declare the same channels, so whatever is derived here is known to both without being negotiated.
 */
import type { ChannelSpec } from "../../core/sdk.js";
import { BadChannelsError } from "./errors.js";

const CHANNELS_MAX = 256;
/** Also with tiny channels, two messages of several fragments can be under way. */
const PARTIAL_BYTES_MIN = 262_144;

export class ChannelTable {
  /** Numbers of the declared channels. */
  readonly numbers: readonly number[];
  /**
   * Most bytes that messages which have begun and not ended may hold together, over all channels of a connection. The sender
   * begins no message that would exceed it, and the receiver checks it. Twice the largest message: one may overtake another.
   */
  readonly partialBytesMax: number;
  readonly largestMessageBytes: number;
  /** How many different priorities there are. */
  readonly levels: number;
  readonly #limits: (number | undefined)[] = new Array<number | undefined>(CHANNELS_MAX).fill(undefined);
  readonly #levels: number[] = new Array<number>(CHANNELS_MAX).fill(0);

  /** @throws TRANSPORT_BAD_CHANNELS */
  constructor(channels: readonly ChannelSpec[]) {
    const priorities = [...new Set(channels.map(({ priority }) => priority))].sort((a, b) => a - b);
    for (const { number, maxMessageBytes, priority } of channels) {
      if (!Number.isInteger(number) || number < 0 || number >= CHANNELS_MAX) fail(`a channel's number is 0 to 255, not ${number}`);
      if (this.#limits[number] !== undefined) fail(`channel ${number} is declared twice`);
      if (!Number.isInteger(maxMessageBytes) || maxMessageBytes < 0 || maxMessageBytes > 0xffff_ffff)
        fail(`the limit of channel ${number} is 0 to 2^32 − 1 bytes, not ${maxMessageBytes}`);
      if (!Number.isFinite(priority)) fail(`the priority of channel ${number} is a number, not ${priority}`);
      this.#limits[number] = maxMessageBytes;
      this.#levels[number] = priorities.indexOf(priority);
    }
    if (channels.length === 0) fail("there is no channel");
    this.numbers = channels.map(({ number }) => number);
    this.levels = priorities.length;
    this.largestMessageBytes = Math.max(...channels.map(({ maxMessageBytes }) => maxMessageBytes));
    this.partialBytesMax = Math.max(PARTIAL_BYTES_MIN, 2 * this.largestMessageBytes);
  }

  /** Largest message of a channel, bytes; undefined if there is no such channel. */
  limit(channel: number): number | undefined {
    return this.#limits[channel];
  }

  /** Rank of a channel's priority among all: 0 goes first. */
  level(channel: number): number {
    return this.#levels[channel] ?? 0;
  }
}

function fail(reason: string): never {
  throw new BadChannelsError({ reason });
}
