/** The addon's arithmetic modulo large numbers, for plugins (through the sdk): an engine of their own kind, apart from the compute service. */
import { createModulus } from "../../native/index.js";
import type { Modulus, ModulusAbsence } from "../ports/modular.js";
import type { Bytes } from "../primitives/bytes.js";

/**
 * Arithmetic modulo an odd number of 2,048 bits (256 bytes, the top bit set) by the addon; `reason` says why there is none. To be built once in each
 * thread (0.1 ms). `tier` forces one: what the node's compute service says (`engine.tiers.modular`) is what its operator wants; without it
 * CHAINWRIGHT_TIERS is asked.
 *
 * @throws NATIVE_INPUT for another modulus, NATIVE_TIER_UNAVAILABLE, NATIVE_SETTING
 */
export function nativeModulus(modulus: Bytes, tier?: string): Modulus | ModulusAbsence {
  return createModulus(modulus, tier);
}
