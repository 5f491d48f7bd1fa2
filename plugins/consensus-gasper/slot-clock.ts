/** Slots and epochs from milliseconds: whole numbers, from the chain's genesis on. */
import { assert } from "../../core/sdk.js";

export class SlotClock {
  readonly #genesisTimeMs: number;
  readonly slotMs: number;
  readonly slotsPerEpoch: number;

  constructor(genesisTimeMs: number, slotMs: number, slotsPerEpoch: number) {
    this.#genesisTimeMs = genesisTimeMs;
    this.slotMs = slotMs;
    this.slotsPerEpoch = slotsPerEpoch;
  }

  /** The slot that is under way at a time; negative before genesis. */
  slotAt(timeMs: number): number {
    return Math.floor((timeMs - this.#genesisTimeMs) / this.slotMs);
  }

  /** When a slot begins, ms since the Unix epoch. */
  startOf(slot: number): number {
    return this.#genesisTimeMs + slot * this.slotMs;
  }

  /** The slot that begins exactly then; undefined where none does. */
  slotStartingAt(timeMs: number): number | undefined {
    const slot = this.slotAt(timeMs);
    return slot >= 0 && this.startOf(slot) === timeMs ? slot : undefined;
  }

  epochOf(slot: number): number {
    assert(slot >= 0, "epochs begin at genesis");
    return Math.floor(slot / this.slotsPerEpoch);
  }

  firstSlotOf(epoch: number): number {
    return epoch * this.slotsPerEpoch;
  }
}
