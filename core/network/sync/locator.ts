/**
 * Locators: how two nodes find the highest block that both have, in one message, without knowing anything of each other's
 * chain. As in Bitcoin's `getheaders`: the newest blocks one by one, then gaps that double, then genesis.
 */
import type { Hash } from "../../primitives/hash.js";
import type { NetworkChain } from "../chain.js";

export const LOCATOR_MAX = 64;
/** Ids in a row before gaps begin: most forks are short. */
const DENSE = 10;

/** Ids of the canonical chain from its head downward, ending with genesis; at most 64, whatever the height. */
export function locatorOf(chain: Pick<NetworkChain, "head" | "idAt" | "genesisId">): Hash[] {
  const { head, genesisId } = chain;
  const ids: Hash[] = [];
  let gap = 1;
  for (let height: number = head.header.height; height > 0 && ids.length < LOCATOR_MAX - 1; height -= gap) {
    const id = height === head.header.height ? head.id : chain.idAt(height);
    if (id !== undefined) ids.push(id);
    if (ids.length >= DENSE) gap *= 2;
  }
  ids.push(genesisId);
  return ids;
}
