/** What is to happen, by (time, sequence): a binary heap. Cancelled events stay until their turn comes, or until they are the most. */
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

export class EventQueue {
  #heap: SimulationEvent[] = [];
  #cancelled = 0;

  /** Cancelled ones included. */
  get size(): number {
    return this.#heap.length;
  }

  get first(): SimulationEvent | undefined {
    return this.#heap[0];
  }

  push(event: SimulationEvent): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as SimulationEvent;
      if (!isBefore(event, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  pop(): SimulationEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) sink(heap, 0, last);
    if (first.run === undefined) this.#cancelled--;
    return first;
  }

  /** What it refers to is let go of at once. */
  cancel(event: SimulationEvent): void {
    if (event.run === undefined) return;
    event.run = undefined;
    this.#cancelled++;
    if (this.#cancelled > CLEAN_MIN && this.#cancelled * 2 > this.#heap.length) this.#clean();
  }

  #clean(): void {
    const heap = this.#heap.filter(({ run }) => run !== undefined);
    for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(heap, at, heap[at] as SimulationEvent);
    this.#heap = heap;
    this.#cancelled = 0;
  }
}

function isBefore(one: SimulationEvent, other: SimulationEvent): boolean {
  return one.atUs < other.atUs || (one.atUs === other.atUs && one.sequence < other.sequence);
}

/** Puts `event` at `from` or below, where it belongs. */
function sink(heap: SimulationEvent[], from: number, event: SimulationEvent): void {
  const { length } = heap;
  let at = from;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= length) break;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, heap[below] as SimulationEvent)) below++;
    const child = heap[below] as SimulationEvent;
    if (!isBefore(child, event)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = event;
  assert(at < length, "an event stays in its heap");
}
