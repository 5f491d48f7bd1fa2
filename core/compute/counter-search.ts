/** The addon's search for small hashes, for plugins (through the sdk): an engine of its own kind, apart from the compute service. */
import { createCounterSearch } from "../../native/index.js";
import type { CounterSearch } from "../ports/counter-search.js";

/** The search by the addon; `reason` says why there is none. `tier` forces one. @throws NATIVE_TIER_UNAVAILABLE */
export function nativeCounterSearch(tier?: string): CounterSearch | { readonly reason: string } {
  return createCounterSearch(tier);
}
