/** The slot of a timestamp, in rules: exact, or the header is wrong. */
import { GasperFault, invalidBlock } from "../errors.js";
import type { GasperParameters } from "../parameters.js";

/** Undefined where no slot begins at that time. */
export function slotBeginningAt({ genesisTimeMs, slotMs }: GasperParameters, timestampMs: number): number | undefined {
  const passedMs = timestampMs - genesisTimeMs;
  return passedMs >= 0 && passedMs % slotMs === 0 ? passedMs / slotMs : undefined;
}

/** @throws InvalidHeaderError GASPER_TIMESTAMP */
export function slotOfHeader(parameters: GasperParameters, timestampMs: number): number {
  const slot = slotBeginningAt(parameters, timestampMs);
  if (slot === undefined) throw invalidBlock(GasperFault.timestamp, `no slot begins at ${timestampMs}`);
  return slot;
}
