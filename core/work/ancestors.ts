/** Ancestors of a block to come, for engines that ask their own rules what it must state. */
import { assert, present } from "../kernel/assert.js";
import type { Ancestors, TreeHeader } from "../ports/consensus.js";
import type { Hash } from "../primitives/hash.js";
import { medianTimePast } from "./timestamps.js";

/** Ancestors of a block on `parent`, read one by one as they are asked for, each once. */
export function ancestorsFrom(parent: TreeHeader, lookup: (id: Hash) => TreeHeader | undefined): Ancestors {
  const known = [parent];
  return {
    at(distance) {
      assert(distance >= 1, "the nearest ancestor is the parent, at distance 1");
      while (known.length < distance) {
        const last = present(known.at(-1), "it begins with the parent");
        const next = last.header.height === 0 ? undefined : lookup(last.header.parent);
        if (next === undefined) return undefined;
        known.push(next);
      }
      return known[distance - 1];
    },
  };
}

/** Median of the timestamps of the last `blocks` ancestors: see `medianTimePast`. */
export function medianTimeOf(ancestors: Ancestors, blocks: number): number {
  return medianTimePast((distance) => ancestors.at(distance)?.header.timestampMs, blocks);
}
