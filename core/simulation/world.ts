/**
 * Virtual time: takes one event at a time by (time, sequence), lets it run, drains everything that it set going, then takes the next.
 *
 * While it runs, the guard is armed and the event loop stands still. Now and then, between two events, the world steps out of
 * its own time for a moment, so that the process can take a signal or show progress; nothing simulated sees that.
 */
import { assert, ChainwrightError, messageOf } from "../sdk.js";
import { afterDrain } from "./drain.js";
import { SimulatedNodeError, SimulationBusyError, SimulationLawError, SimulationStuckError } from "./errors.js";
import { type EventOwner, EventQueue, type SimulationEvent } from "./event-queue.js";
import { Guard } from "./guard/guard.js";
import { realHrtime, realSetImmediate } from "./guard/patches.js";
import { History, Note } from "./history.js";
import { SeededRandom } from "./random.js";

export interface WorldOptions {
  /** Any text; a run is the same if this is. */
  readonly seed: string;
  /** Wall time at the beginning, ms since 1970. */
  readonly startMs: number;
}

/** In the history, in place of a machine's number. */
const WORLD = 0xffff;
/** Between two steps out of virtual time, real ns. */
const BREATH_NS = 50_000_000n;
/** Events between two looks at the real clock. */
const EVENTS_A_LOOK = 256;
/** Events of one moment, beyond which time is taken to stand still. */
const EVENTS_A_MOMENT_MAX = 1_000_000;
/** Where a process keeps the world that runs in it; copies of this package share it. */
const RUNNING = Symbol.for("chainwright.simulation.running");

export class World {
  readonly seed: string;
  readonly startMs: number;
  readonly guard = new Guard(({ what, stack }) =>
    this.fail(new SimulationLawError({ what, node: this.runningName, atMs: this.elapsedMs, where: stack })),
  );
  readonly #history = new History();
  readonly #queue = new EventQueue();
  readonly #toPrepare: (() => Promise<unknown>)[] = [];
  readonly #ticks = () => this.guard.ticks;
  #nowUs = 0;
  #sequence = 0;
  #events = 0;
  /** Events until the present moment began, and until the world stepped out of its time last. */
  #momentBegan = 0;
  #lastBreath = -1;
  #running: EventOwner | undefined;
  #failure: ChainwrightError | undefined;
  #isStopped = false;
  /** Called while the world is out of its time; may call `stop`. */
  onBreath: (() => void) | undefined;

  constructor({ seed, startMs }: WorldOptions) {
    this.seed = seed;
    this.startMs = startMs;
  }

  get history(): History {
    this.guard.used("the history");
    return this.#history;
  }

  /** Microseconds since the beginning. */
  get nowUs(): number {
    return this.#nowUs;
  }

  get elapsedMs(): number {
    return this.#nowUs / 1_000;
  }

  get events(): number {
    return this.#events;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Whose code runs now. */
  get running(): EventOwner | undefined {
    return this.#running;
  }

  get runningName(): string {
    return this.#running?.name ?? "the simulation";
  }

  get failure(): ChainwrightError | undefined {
    return this.#failure;
  }

  /** A stream of random numbers of its own for each purpose. */
  random(purpose: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${purpose}`, this.guard);
  }

  /** @param owner whose event it is: it does not happen if the owner crashes before, and waits while that is busy */
  at(atUs: number, run: () => void, owner?: EventOwner): SimulationEvent {
    this.guard.used("the scheduler");
    const event = {
      atUs: atUs < this.#nowUs ? this.#nowUs : Math.ceil(atUs),
      sequence: this.#sequence++,
      owner,
      life: owner === undefined ? 0 : owner.life,
      run,
    };
    this.#queue.push(event);
    return event;
  }

  after(delayUs: number, run: () => void, owner?: EventOwner): SimulationEvent {
    return this.at(this.#nowUs + delayUs, run, owner);
  }

  cancel(event: SimulationEvent): void {
    this.guard.used("the scheduler");
    this.#queue.cancel(event);
  }

  /**
   * Something real that has to be there before time goes on (a module to load). It begins when the event is over, and nothing simulated
   * may wait for it: what it brings is found by later events.
   */
  prepare(begin: () => Promise<unknown>): void {
    this.#toPrepare.push(begin);
  }

  /** Ends the run after this event; the first failure counts. */
  fail(failure: unknown): void {
    this.#isStopped = true;
    if (this.#failure !== undefined) return;
    this.#failure = ChainwrightError.is(failure)
      ? failure
      : new SimulatedNodeError(
          {
            node: this.runningName,
            atMs: this.elapsedMs,
            reason: messageOf(failure),
            where: failure instanceof Error ? (failure.stack ?? "") : "",
          },
          failure,
        );
  }

  /** Ends the run after this event. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Keeps the process for this world until the answer is called. Two runs at once would each wait for the other's ticks, and see what the
   * other's loading does as a breach of the law; each has to have the process to itself.
   *
   * @throws SIMULATION_BUSY
   */
  claim(): () => void {
    const holder = Reflect.get(globalThis, RUNNING) as World | undefined;
    if (holder !== undefined) throw new SimulationBusyError({ seed: holder.seed });
    Reflect.set(globalThis, RUNNING, this);
    return () => void Reflect.deleteProperty(globalThis, RUNNING);
  }

  /**
   * Runs until `untilUs` (its events included), a failure or `stop`.
   *
   * @throws whatever made it fail: SIMULATION_LAW_BROKEN, SIMULATION_NODE_FAILED, SIMULATION_STUCK, SIMULATION_INVARIANT_BROKEN;
   *   SIMULATION_BUSY where another world has the process
   */
  async run(untilUs: number): Promise<void> {
    assert(!this.#isStopped, "a world that has stopped stays so");
    const isClaimed = Reflect.get(globalThis, RUNNING) === this;
    const release = isClaimed ? () => undefined : this.claim();
    const onRejection = (reason: unknown): void => this.fail(reason);
    process.on("unhandledRejection", onRejection);
    try {
      while (!(await this.#stretch(untilUs))) await this.#breathe();
      // Rejections that nobody took are told when the event loop turns.
      await this.#breathe();
    } finally {
      process.off("unhandledRejection", onRejection);
      this.guard.disarm();
      this.#running = undefined;
      release();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Events without a pause. Answers whether the run is over. */
  #stretch(untilUs: number): Promise<boolean> {
    const beganNs = realHrtime();
    return new Promise((resolve) => {
      const next = (): void => {
        const event = this.#isStopped ? undefined : this.#queue.first;
        const isOver = event === undefined || event.atUs > untilUs;
        if (isOver || this.#isBreathDue(beganNs)) {
          this.guard.stepOut();
          if (isOver && !this.#isStopped) this.#nowUs = Math.max(this.#nowUs, untilUs);
          resolve(isOver);
          return;
        }
        this.#queue.pop();
        this.#take(event);
        afterDrain(this.#ticks, next);
      };
      this.guard.arm();
      next();
    });
  }

  #isBreathDue(sinceNs: bigint): boolean {
    if (this.#lastBreath === this.#events) return false;
    return this.#toPrepare.length > 0 || (this.#events % EVENTS_A_LOOK === 0 && this.guard.aside(realHrtime) - sinceNs > BREATH_NS);
  }

  #take(event: SimulationEvent): void {
    const { run, owner } = event;
    // Cancelled, or of a machine that has crashed since.
    if (run === undefined || (owner !== undefined && owner.life !== event.life)) return;
    this.#moment(event.atUs);
    if (owner?.postpone(event) === true) return;
    this.execute(event, run);
  }

  /** For an owner that postponed the event: runs it now. */
  execute(event: SimulationEvent, run: () => void): void {
    this.#events++;
    this.#running = event.owner;
    event.run = undefined;
    this.#history.note(Note.event, this.#nowUs, event.owner?.index ?? WORLD);
    try {
      run();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  #moment(atUs: number): void {
    if (atUs > this.#nowUs) {
      this.#nowUs = atUs;
      this.#momentBegan = this.#events;
    } else if (this.#events - this.#momentBegan > EVENTS_A_MOMENT_MAX) {
      this.fail(new SimulationStuckError({ atMs: this.elapsedMs, events: EVENTS_A_MOMENT_MAX }));
    }
  }

  /**
   * Out of virtual time: the event loop turns once, and what is to be there before time goes on is awaited. Whatever real thing came to its
   * end meanwhile goes on here until it waits again, so that none of it runs on among the events.
   */
  async #breathe(): Promise<void> {
    this.#lastBreath = this.#events;
    await Promise.all(this.#toPrepare.splice(0).map((begin) => begin())).catch((error: unknown) => this.fail(error));
    await new Promise<void>((resolve) => realSetImmediate(() => afterDrain(this.#ticks, resolve)));
    this.guard.aside(() => this.onBreath?.());
  }
}
