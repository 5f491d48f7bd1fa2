/** Makes single-key proofs from pages. Their verifier is proof.ts. */
import type { StateProof } from "../ports/state.js";
import { type Bytes, Hash } from "../primitives/index.js";
import {
  childPage,
  hashBytes,
  isInner,
  leafOffset,
  leafSlotAt,
  nodeOffset,
  PAGE_LEVELS,
  type Page,
  ROOT_PAGE,
  slotOf,
  slotOffset,
} from "./page.js";
import type { PageSource } from "./trie-update.js";

function nodeHash(page: Page, position: number): Hash {
  const at = nodeOffset(page, position);
  return at < 0 ? Hash.zero : Hash.from(hashBytes(page.words, at));
}

/** What stands at a node that is not inner. */
function endAt(page: Page, position: number, siblings: readonly Hash[]): StateProof {
  const slot = leafSlotAt(page, position);
  if (slot < 0) return { siblings };
  const at = leafOffset(page, slot);
  return { siblings, leaf: { path: Hash.from(hashBytes(page.words, at)), valueHash: Hash.from(hashBytes(page.words, at + 8)) } };
}

/** The proof for `path` (32 bytes of `bytes` from `at`) in the trie that `source` shows. */
export function makeStateProof(source: PageSource, bytes: Bytes, at: number): StateProof {
  const siblings: Hash[] = [];
  let page = source.root();
  if (page === undefined) return { siblings };
  let id = ROOT_PAGE;
  for (let depth = 0; ; depth++) {
    const slot = slotOf(bytes, at, depth);
    let position = 1;
    for (let level = 0; level < PAGE_LEVELS; level++) {
      if (!isInner(page, position)) return endAt(page, position, siblings);
      const right = (slot >> (PAGE_LEVELS - 1 - level)) & 1;
      siblings.push(nodeHash(page, position * 2 + 1 - right));
      position = position * 2 + right;
    }
    if (!isInner(page, position)) return endAt(page, position, siblings);
    id = childPage(id, slot);
    page = source.page(id, page.words, slotOffset(page, slot));
  }
}
