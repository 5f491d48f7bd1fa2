/** The addon's search for a counter behind a prefix whose SHA-256 is small enough: proof of work in miners (src/sha256/search.h). */
import type { CounterSearch } from "../core/ports/counter-search.js";
import type { Bytes } from "../core/primitives/bytes.js";
import { type Addon, loadAddon, typed } from "./addon.js";
import { NativeTierUnavailableError } from "./errors.js";

class AddonCounterSearch implements CounterSearch {
  readonly tier: string;
  readonly #addon: Addon;

  constructor(addon: Addon, tier: string) {
    this.#addon = addon;
    this.tier = tier;
  }

  find(prefix: Bytes, from: number, count: number, target: Bytes): number | undefined {
    try {
      const found = this.#addon.searchCounter(prefix, from, count, target, { sha256: this.tier });
      return found < 0 ? undefined : found;
    } catch (error) {
      throw typed("searchCounter", error);
    }
  }
}

/**
 * The search by the addon, or why there is none. `tier` may force one of SHA-256's.
 *
 * @throws NativeTierUnavailableError
 */
export function createCounterSearch(tier?: string): CounterSearch | { readonly reason: string } {
  const loaded = loadAddon();
  if ("reason" in loaded) return { reason: loaded.reason };
  const { best, available } = loaded.addon.tiers().sha256;
  if (tier !== undefined && !available.includes(tier)) throw new NativeTierUnavailableError({ primitive: "sha256", tier, available });
  return new AddonCounterSearch(loaded.addon, tier ?? best);
}
