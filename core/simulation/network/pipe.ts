/**
 * One direction of a connection. Its order is the transport port's: within a channel as sent; between channels as latency has it, but
 * nothing overtakes the first message; and what was lost on the way is sent again, while everything behind it on this connection waits,
 * as it does in TCP.
 */
import type { Bytes } from "../../sdk.js";
import type { Machine } from "../machine/machine.js";
import type { SeededRandom } from "../random.js";

export type Frame =
  | { readonly kind: "message"; readonly channel: number; readonly priority: number; readonly bytes: Bytes }
  /** The sender ends the connection and says why. */
  | { readonly kind: "goodbye"; readonly code: string; readonly message: string }
  /** The sender is gone. */
  | { readonly kind: "reset" };

/** What an end of a connection does with what comes. */
export interface PipeEnd {
  readonly machine: Machine;
  /** Of the machine, that the end belongs to. */
  readonly life: number;
  receive(frame: Frame): void;
  /** So many bytes that this end sent are no longer under way. */
  taken(bytes: number): void;
}

/** What a frame takes beside its payload: of headers on the wire, and of memory. */
const FRAME_BYTES = 48;

export function frameBytes(frame: Frame): number {
  return FRAME_BYTES + (frame.kind === "message" ? frame.bytes.length : 0);
}

export class Pipe {
  readonly from: PipeEnd;
  readonly to: PipeEnd;
  readonly random: SeededRandom;
  /** Frames that can't go since the network is cut, in order. */
  limbo: Frame[] = [];
  /** Since when, µs. */
  limboSinceUs = 0;
  /** The sender has said its last. */
  isEnded = false;
  /** Nothing arrives before: the first message, and what was lost and came late. */
  #floorUs = 0;
  #lastUs = 0;
  #isFirst = true;
  /** By channel. */
  readonly #lastOfChannelUs: number[] = [];

  /** @param random the sender's, for what happens on the way */
  constructor(from: PipeEnd, to: PipeEnd, random: SeededRandom) {
    this.from = from;
    this.to = to;
    this.random = random;
  }

  /** When a frame arrives that would, by itself, at `wishUs`. @param isLate it was lost at first: what follows waits for it */
  arrival(frame: Frame, wishUs: number, isLate: boolean): number {
    let arriveUs = Math.max(wishUs, this.#floorUs);
    if (frame.kind === "message") {
      arriveUs = Math.max(arriveUs, this.#lastOfChannelUs[frame.channel] ?? 0);
      this.#lastOfChannelUs[frame.channel] = arriveUs;
    } else arriveUs = Math.max(arriveUs, this.#lastUs);
    if (this.#isFirst || isLate) this.#floorUs = arriveUs;
    this.#isFirst = false;
    this.#lastUs = Math.max(this.#lastUs, arriveUs);
    return arriveUs;
  }
}
