/**
 * What is to happen, by (time, sequence): a heap of four children each. Cancelled events stay until their turn comes, or until they are
 * the most.
 *
 * Times and sequences stand in columns beside the events: an event that sinks is compared with numbers that lie side by side, not with
 * objects all over the memory.
 */
import { assert } from "../sdk.js";

/** Whose code an event runs. */
export interface EventOwner {
  readonly name: string;
  readonly index: number;
  /** Raised at each crash and stop: what was scheduled before does not happen. */
  readonly life: number;
  /** Whether the event, which is due, has to wait; the owner calls `World.execute` later then. */
  postpone(event: SimulationEvent): boolean;
}

export interface SimulationEvent {
  /** Microseconds since the run began. */
  readonly atUs: number;
  /** In the order of scheduling: decides between events of the same time. */
  readonly sequence: number;
  /** Whose code runs; undefined: the world's. */
  readonly owner: EventOwner | undefined;
  /** Of the owner when it was scheduled. */
  readonly life: number;
  /** Undefined once it is cancelled. */
  run: (() => void) | undefined;
}

/** Below, a queue is not worth being cleaned of cancelled events. */
const CLEAN_MIN = 1_024;
const ROOM_MIN = 256;

export class EventQueue {
  /** All three: by place in the heap. */
  #events: SimulationEvent[] = [];
  #times: Float64Array = new Float64Array(ROOM_MIN);
  #sequences: Float64Array = new Float64Array(ROOM_MIN);
  #cancelled = 0;

  /** Cancelled ones included. */
  get size(): number {
    return this.#events.length;
  }

  get first(): SimulationEvent | undefined {
    return this.#events[0];
  }

  push(event: SimulationEvent): void {
    const events = this.#events;
    let at = events.length;
    if (at === this.#times.length) {
      this.#times = doubled(this.#times);
      this.#sequences = doubled(this.#sequences);
    }
    const [times, sequences] = [this.#times, this.#sequences];
    const { atUs, sequence } = event;
    events.push(event);
    while (at > 0) {
      const above = (at - 1) >> 2;
      const aboveUs = times[above] as number;
      if (aboveUs < atUs || (aboveUs === atUs && (sequences[above] as number) < sequence)) break;
      this.#move(above, at);
      at = above;
    }
    this.#put(event, at);
  }

  pop(): SimulationEvent | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined) return undefined;
    if (events.length > 0) this.#sink(0, last);
    if (first.run === undefined) this.#cancelled--;
    return first;
  }

  /** What it refers to is let go of at once. */
  cancel(event: SimulationEvent): void {
    if (event.run === undefined) return;
    event.run = undefined;
    this.#cancelled++;
    if (this.#cancelled > CLEAN_MIN && this.#cancelled * 2 > this.#events.length) this.#clean();
  }

  #clean(): void {
    this.#events = this.#events.filter(({ run }) => run !== undefined);
    for (const [at, event] of this.#events.entries()) this.#put(event, at);
    for (let at = (this.#events.length - 2) >> 2; at >= 0; at--) this.#sink(at, this.#events[at] as SimulationEvent);
    this.#cancelled = 0;
  }

  /** Puts `event` at `from` or below, where it belongs. */
  #sink(from: number, event: SimulationEvent): void {
    const [times, sequences] = [this.#times, this.#sequences];
    const { length } = this.#events;
    const { atUs, sequence } = event;
    let at = from;
    for (;;) {
      const below = 4 * at + 1;
      if (below >= length) break;
      let least = below;
      let leastUs = times[below] as number;
      for (let child = below + 1, end = Math.min(below + 4, length); child < end; child++) {
        const childUs = times[child] as number;
        if (childUs > leastUs || (childUs === leastUs && (sequences[child] as number) > (sequences[least] as number))) continue;
        least = child;
        leastUs = childUs;
      }
      if (leastUs > atUs || (leastUs === atUs && (sequences[least] as number) > sequence)) break;
      this.#move(least, at);
      at = least;
    }
    this.#put(event, at);
    assert(at < length, "an event stays in its heap");
  }

  #move(from: number, to: number): void {
    this.#events[to] = this.#events[from] as SimulationEvent;
    this.#times[to] = this.#times[from] as number;
    this.#sequences[to] = this.#sequences[from] as number;
  }

  #put(event: SimulationEvent, at: number): void {
    this.#events[at] = event;
    this.#times[at] = event.atUs;
    this.#sequences[at] = event.sequence;
  }
}

function doubled(column: Float64Array): Float64Array {
  const out = new Float64Array(2 * column.length);
  out.set(column);
  return out;
}
