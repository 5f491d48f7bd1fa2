/** How much was slashed in which of the last `vectorEpochs` epochs, in increments: what the correlation penalty is measured by. */
import { type Bytes, EMPTY_BYTES, putUint32Little, uint32LittleAt } from "../../../core/sdk.js";
import type { GasperState } from "./gasper-state.js";

const ENTRY_BYTES = 8;

/** Adds a validator's effective balance to those that were slashed in `epoch`. */
export function addSlashed(state: GasperState, epoch: number, increments: number): void {
  const place = epoch % state.parameters.slashing.vectorEpochs;
  setEntry(state, place, entryAt(ringOf(state), place) + increments);
  state.summary.slashedIncrements += increments;
}

/** Forgets what was slashed `vectorEpochs` before `epoch`, whose place it takes. */
export function resetSlashed(state: GasperState, epoch: number): void {
  const place = epoch % state.parameters.slashing.vectorEpochs;
  const forgotten = entryAt(ringOf(state), place);
  if (forgotten === 0) return;
  setEntry(state, place, 0);
  state.summary.slashedIncrements -= forgotten;
}

/** What was slashed in one of the last `vectorEpochs` epochs, increments. */
export function slashedIn(state: GasperState, epoch: number): number {
  return entryAt(ringOf(state), epoch % state.parameters.slashing.vectorEpochs);
}

function ringOf({ values, keys }: GasperState): Bytes {
  return values.get(keys.slashings) ?? EMPTY_BYTES;
}

function entryAt(ring: Bytes, place: number): number {
  const at = place * ENTRY_BYTES;
  if (at >= ring.length) return 0;
  // At most 2^20 validators of 2^16 increments.
  return uint32LittleAt(ring, at) + uint32LittleAt(ring, at + 4) * 0x1_0000_0000;
}

/** Entries of zero at the end are left out, as everywhere in this state: one content, one encoding. */
function setEntry(state: GasperState, place: number, increments: number): void {
  const ring = ringOf(state);
  const grown = new Uint8Array(Math.max(ring.length, (place + 1) * ENTRY_BYTES));
  grown.set(ring);
  putUint32Little(grown, place * ENTRY_BYTES, increments);
  putUint32Little(grown, place * ENTRY_BYTES + 4, Math.floor(increments / 0x1_0000_0000));
  let entries = grown.length / ENTRY_BYTES;
  while (entries > 0 && entryAt(grown, entries - 1) === 0) entries--;
  state.values.set(state.keys.slashings, grown.slice(0, entries * ENTRY_BYTES));
}
