/**
 * What a simulated node runs on: a clock that may go wrong, a processor that takes its time, a disk, a place in the network. It
 * outlives the processes on it: each start of the node is another `life`, and nothing of an earlier one happens any more.
 */
import { assert } from "../../sdk.js";
import type { EventOwner, SimulationEvent } from "../event-queue.js";
import type { World } from "../world.js";
import type { SimulatedDisk } from "./disk.js";

export interface MachineOptions {
  /** As in the scenario: `miner-3`. */
  readonly name: string;
  readonly index: number;
  /** Row of the table of latencies. */
  readonly region: number;
  readonly disk: SimulatedDisk;
  /** Wall clock ahead of true time (behind: negative), ms. */
  readonly skewMs: number;
  /** How much faster the clock goes, parts per million. */
  readonly driftPpm: number;
  readonly costs: ProcessingCosts;
}

/** Virtual time that work takes on this machine; all 0: none. */
interface ProcessingCosts {
  readonly messageUs: number;
  readonly kilobyteUs: number;
  readonly signatureUs: number;
}

/** Of an ordinary machine, about. */
const ORDINARY: ProcessingCosts = { messageUs: 20, kilobyteUs: 4, signatureUs: 30 };

/** Of a machine that is so many times slower than an ordinary one; 0: nothing takes any time. */
export function costsOf(slowness: number): ProcessingCosts {
  const { messageUs, kilobyteUs, signatureUs } = ORDINARY;
  return { messageUs: messageUs * slowness, kilobyteUs: kilobyteUs * slowness, signatureUs: signatureUs * slowness };
}

export class Machine implements EventOwner {
  readonly name: string;
  readonly index: number;
  readonly region: number;
  readonly disk: SimulatedDisk;
  readonly costs: ProcessingCosts;
  readonly world: World;
  /** Of the miner that runs here: the hash rate has changed. */
  onHashRate: (() => void) | undefined;
  #hashRate = 0;
  #life = 0;
  #skewMs: number;
  readonly #rate: number;
  #busyUntilUs = 0;
  /** Events that came while it was busy, in order. */
  #backlog: SimulationEvent[] = [];
  #isWakeSet = false;

  constructor(world: World, options: MachineOptions) {
    this.world = world;
    this.name = options.name;
    this.index = options.index;
    this.region = options.region;
    this.disk = options.disk;
    this.costs = options.costs;
    this.#skewMs = options.skewMs;
    this.#rate = 1 + options.driftPpm / 1e6;
    assert(this.#rate > 0, "a clock goes forward");
  }

  get life(): number {
    return this.#life;
  }

  /** Attempts at proof of work, a second. */
  get hashRate(): number {
    return this.#hashRate;
  }

  set hashRate(attempts: number) {
    if (attempts === this.#hashRate) return;
    this.#hashRate = attempts;
    this.onHashRate?.();
  }

  /** Events that wait for the processor. */
  get backlog(): number {
    return this.#backlog.length;
  }

  /** When what is sent in this event leaves the machine. */
  get departureUs(): number {
    return Math.max(this.world.nowUs, this.#busyUntilUs);
  }

  /** Wall time by this machine's clock, ms since 1970. */
  nowMs(): number {
    return Math.floor(this.world.startMs + this.#skewMs + this.monotonicMs());
  }

  monotonicMs(): number {
    return this.world.elapsedMs * this.#rate;
  }

  /** From a duration by this machine's clock to true time, µs. */
  trueUs(durationMs: number): number {
    return Math.ceil((durationMs * 1_000) / this.#rate);
  }

  /** Somebody sets the wall clock. */
  setSkew(skewMs: number): void {
    this.#skewMs = skewMs;
  }

  /** Work that the running event costs. */
  charge(costUs: number): void {
    if (costUs > 0) this.#busyUntilUs = Math.max(this.world.nowUs, this.#busyUntilUs) + costUs;
  }

  /** Nothing runs on it for a while, as in a long garbage collection or on a paused virtual machine; clocks go on. */
  stall(durationUs: number): void {
    this.#busyUntilUs = Math.max(this.#busyUntilUs, this.world.nowUs + durationUs);
  }

  /** What ran here is gone: nothing of it happens any more. The disk loses what it had not synced. */
  crash(): void {
    this.end();
    this.disk.crash();
  }

  /** The process has ended in good order. */
  end(): void {
    this.#life++;
    this.onHashRate = undefined;
    this.#backlog = [];
    this.#busyUntilUs = 0;
  }

  /** Of the world: whether an event that is due has to wait, since the machine is busy or others wait already. */
  postpone(event: SimulationEvent): boolean {
    if (this.#backlog.length === 0 && this.#busyUntilUs <= this.world.nowUs) return false;
    this.#backlog.push(event);
    this.#setWake();
    return true;
  }

  #setWake(): void {
    if (this.#isWakeSet) return;
    this.#isWakeSet = true;
    this.world.at(this.#busyUntilUs, () => this.#wake());
  }

  #wake(): void {
    this.#isWakeSet = false;
    if (this.#busyUntilUs > this.world.nowUs) {
      if (this.#backlog.length > 0) this.#setWake();
      return;
    }
    const event = this.#next();
    if (event?.run !== undefined) this.world.execute(event, event.run);
    if (this.#backlog.length > 0) this.#setWake();
  }

  #next(): SimulationEvent | undefined {
    for (;;) {
      const event = this.#backlog.shift();
      if (event === undefined || (event.run !== undefined && event.life === this.#life)) return event;
    }
  }
}
