/**
 * A machine's way into the network, where that has a bound: fragments of messages leave one after the other, those of the most
 * urgent channel first, so that a large block holds up an announcement by one fragment at most.
 */
import type { World } from "../world.js";
import { type Frame, frameBytes, type Pipe } from "./pipe.js";

/** As the transport port has it. */
const FRAGMENT_BYTES = 65_536;
/** Behind all channels: a goodbye comes after what was sent before. */
const LAST = 256;

interface Waiting {
  readonly pipe: Pipe;
  readonly frame: Frame;
  leftBytes: number;
}

export class Uplink {
  readonly #world: World;
  readonly #bytesPerSecond: number;
  readonly #leave: (pipe: Pipe, frame: Frame) => void;
  /** By priority; each in order. */
  readonly #lanes = new Map<number, Waiting[]>();
  #isBusy = false;
  /** Of the machine, so far. */
  #crashes = 0;

  /** @param leave called when the last fragment of a frame is on its way */
  constructor(world: World, bytesPerSecond: number, leave: (pipe: Pipe, frame: Frame) => void) {
    this.#world = world;
    this.#bytesPerSecond = bytesPerSecond;
    this.#leave = leave;
  }

  /** @param copies how often it is sent, @param atUs when the processor is done with it: a crash before that takes it, too */
  put(pipe: Pipe, frame: Frame, copies: number, atUs: number): void {
    if (atUs <= this.#world.nowUs) {
      this.#enqueue(pipe, frame, copies);
      return;
    }
    const crashes = this.#crashes;
    this.#world.at(atUs, () => {
      if (this.#crashes === crashes) this.#enqueue(pipe, frame, copies);
    });
  }

  #enqueue(pipe: Pipe, frame: Frame, copies: number): void {
    const priority = frame.kind === "message" ? frame.priority : LAST;
    const lane = this.#lanes.get(priority) ?? [];
    this.#lanes.set(priority, lane);
    lane.push({ pipe, frame, leftBytes: frameBytes(frame) * copies });
    if (!this.#isBusy) this.#next();
  }

  /** The machine has crashed: what had not left is gone, the frame whose fragment is on the wire included. */
  clear(): void {
    this.#crashes++;
    // In place: that fragment's end looks into its lane.
    for (const lane of this.#lanes.values()) lane.length = 0;
  }

  #next(): void {
    const lane = this.#mostUrgent();
    const waiting = lane?.[0];
    this.#isBusy = waiting !== undefined;
    if (lane === undefined || waiting === undefined) return;
    const bytes = Math.min(FRAGMENT_BYTES, waiting.leftBytes);
    this.#world.after((bytes / this.#bytesPerSecond) * 1e6, () => {
      waiting.leftBytes -= bytes;
      if (waiting.leftBytes <= 0 && lane[0] === waiting) {
        lane.shift();
        this.#leave(waiting.pipe, waiting.frame);
      }
      this.#next();
    });
  }

  #mostUrgent(): Waiting[] | undefined {
    let best = Number.POSITIVE_INFINITY;
    for (const [priority, lane] of this.#lanes) if (lane.length > 0 && priority < best) best = priority;
    return this.#lanes.get(best);
  }
}
