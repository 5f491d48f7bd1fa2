/** What brings the index nearer to the canonical chain: one decision, from nothing but the two. Pure. */
import { type ChainView, Hash } from "../../core/sdk.js";
import type { Cursor } from "./records.js";

export type Step =
  /** The tip is the head. */
  | { readonly what: "none" }
  /** The tip is not canonical. */
  | { readonly what: "undo" }
  | { readonly what: "add"; readonly id: Hash; readonly height: number }
  /** There is a canonical chain above the tip, but not right above it. */
  | { readonly what: "missing" };

export function nextStep(chain: ChainView, tip: Pick<Cursor, "height" | "id">): Step {
  const height = tip.height + 1;
  const id = chain.idAt(height);
  if (id === undefined) {
    const here = tip.height < 0 ? undefined : chain.idAt(tip.height);
    const isHead = chain.status().head.header.height <= tip.height;
    if (here !== undefined && !isSame(here, tip.id)) return { what: "undo" };
    if (!isHead) return { what: "missing" };
    return here === undefined ? { what: "undo" } : { what: "none" };
  }
  const parent = chain.blockInfo(id)?.record.header.parent;
  // The first block has no parent, and a block whose header is not there can't say.
  if (tip.height >= 0 && parent !== undefined && !isSame(parent, tip.id)) return { what: "undo" };
  return { what: "add", id, height };
}

function isSame(a: Hash, b: Hash): boolean {
  return Hash.key(a) === Hash.key(b);
}
