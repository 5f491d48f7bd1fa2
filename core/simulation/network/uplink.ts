/**
 * A machine's way into the network, where that has a bound: fragments of messages leave one after the other, those of the most
 * urgent channel first, so that a large block holds up an announcement by one fragment at most.
 */
import type { Machine } from "../machine/machine.js";
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

  /** @param leave called when the last fragment of a frame is on its way */
  constructor(world: World, bytesPerSecond: number, leave: (pipe: Pipe, frame: Frame) => void) {
    this.#world = world;
    this.#bytesPerSecond = bytesPerSecond;
    this.#leave = leave;
  }

  /** @param copies how often it is sent */
  put(pipe: Pipe, frame: Frame, copies: number): void {
    const priority = frame.kind === "message" ? frame.priority : LAST;
    const lane = this.#lanes.get(priority) ?? [];
    this.#lanes.set(priority, lane);
    lane.push({ pipe, frame, leftBytes: frameBytes(frame) * copies });
    if (!this.#isBusy) this.#next();
  }

  /** The machine has crashed: what had not left is gone. */
  clear(machine: Machine): void {
    for (const [priority, lane] of this.#lanes)
      this.#lanes.set(
        priority,
        lane.filter(({ pipe }) => pipe.from.machine !== machine),
      );
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
