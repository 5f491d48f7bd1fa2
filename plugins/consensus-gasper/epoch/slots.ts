/** Time goes on: empty slots, and the ends of epochs among them (`process_slots`). */
import { assert, type Hash } from "../../../core/sdk.js";
import type { GasperState } from "../state/index.js";
import type { EpochServices } from "./services.js";
import { processEpoch } from "./transition.js";

/**
 * Moves the state on to `slot`, which is not behind it. What takes time is done once an epoch, not once a slot.
 *
 * @param parentRoot the block that the state is the state of: newest block of all slots that are passed
 */
export async function processSlots(state: GasperState, slot: number, parentRoot: Hash, services: EpochServices): Promise<void> {
  assert(Number.isSafeInteger(slot) && slot >= state.slot, `a state moves on from slot ${state.slot}, not to ${slot}`);
  while (state.slot < slot) {
    const border = state.firstSlotOf(state.epoch + 1);
    const to = Math.min(slot, border);
    state.fillBlockRoots(to, parentRoot);
    if (to === border) {
      state.summary.slot = border - 1;
      await processEpoch(state, services);
    }
    state.summary.slot = to;
    if (services.slicer.due()) await services.slicer.pause();
  }
}
