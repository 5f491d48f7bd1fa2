/**
 * When duties of a slot are due: its proposal at its start, its votes after a third, its aggregates after two thirds.
 *
 * Each phase of a slot comes once, and only while its slot is under way: after a stall, or a jump of the clock, what was missed is
 * over. A timer never runs for longer than a third of a slot, so that a jump is noticed soon.
 *
 * A clock that was set by more than an epoch is not believed: a vote with a target far ahead would stand in slashing protection's way for as
 * long, and may surround what others find. Nothing is due until it is set back, or the node is started anew.
 */
import type { Cancellable, Clock, Logger, Scheduler } from "../../../core/sdk.js";
import type { SlotClock } from "../slot-clock.js";

export type Phase = "propose" | "vote" | "aggregate";

/** From and to which third of the slot: a block that would come after the aggregates is late for everybody. */
const WINDOWS: readonly (readonly [Phase, from: number, to: number])[] = [
  ["propose", 0, 2],
  ["vote", 1, 3],
  ["aggregate", 2, 3],
];
/** Slots that are remembered as done: a clock that jumps back for longer finds slashing protection. */
const REMEMBERED_SLOTS = 256;

export class SlotTimer {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #slots: SlotClock;
  readonly #logger: Pick<Logger, "error" | "info">;
  readonly #onPhase: (phase: Phase, slot: number) => void;
  readonly #done: Readonly<Record<Phase, Set<number>>> = { propose: new Set(), vote: new Set(), aggregate: new Set() };
  #timer: Cancellable | undefined;
  /** Of wall time to monotonic time, at the first start: a clock that was set may be why validators were stopped and started again. */
  #offsetMs: number | undefined;
  #isParted = false;

  constructor(
    parts: { readonly clock: Clock; readonly scheduler: Scheduler },
    slots: SlotClock,
    logger: Pick<Logger, "error" | "info">,
    onPhase: (phase: Phase, slot: number) => void,
  ) {
    this.#clock = parts.clock;
    this.#scheduler = parts.scheduler;
    this.#slots = slots;
    this.#logger = logger;
    this.#onPhase = onPhase;
  }

  start(): void {
    this.stop();
    this.#offsetMs ??= this.#clock.nowMs() - this.#clock.monotonicMs();
    this.#arm(0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Whether a phase of a slot is still to be done; it counts as done from now on. */
  claim(phase: Phase, slot: number): boolean {
    const done = this.#done[phase];
    if (done.has(slot) || this.#isClockParted()) return false;
    done.add(slot);
    if (done.size > REMEMBERED_SLOTS) for (const oldest of done) if (done.delete(oldest)) break;
    return true;
  }

  /** When a third of a slot begins, 0 … 3. */
  thirdOf(slot: number, third: number): number {
    return this.#slots.startOf(slot) + Math.floor((this.#slots.slotMs * third) / 3);
  }

  /** Whether wall time went another way than the time that passed, by more than an epoch. */
  #isClockParted(): boolean {
    const { slotMs, slotsPerEpoch } = this.#slots;
    const offsetMs = this.#clock.nowMs() - this.#clock.monotonicMs();
    const partedMs = Math.round(offsetMs - (this.#offsetMs ?? offsetMs));
    const isParted = Math.abs(partedMs) > slotMs * slotsPerEpoch;
    if (isParted !== this.#isParted) {
      this.#isParted = isParted;
      if (isParted)
        this.#logger.error(
          { partedMs },
          "the clock was set by more than an epoch since the start, or the machine was asleep: this node's validators do nothing until it is set back; if the clock is right now, restart the node",
        );
      else this.#logger.info({ partedMs }, "the clock is where it was: this node's validators go on");
    }
    return isParted;
  }

  #arm(delayMs: number): void {
    this.#timer = this.#scheduler.after(delayMs, () => this.#wake());
  }

  #wake(): void {
    const nowMs = this.#clock.nowMs();
    const slot = this.#slots.slotAt(nowMs);
    let next = 1;
    while (next < 3 && this.thirdOf(slot, next) <= nowMs) next++;
    this.#arm(Math.max(1, this.thirdOf(slot, next) - nowMs));
    if (slot < 0) return;
    for (const [phase, from, to] of WINDOWS)
      if (nowMs >= this.thirdOf(slot, from) && nowMs < this.thirdOf(slot, to) && this.claim(phase, slot)) this.#onPhase(phase, slot);
  }
}
