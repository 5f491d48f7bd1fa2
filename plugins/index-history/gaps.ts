/** Heights that the index had to leave out, because the node does not keep their blocks. */
import type { ChainView, Hash } from "../../core/sdk.js";
import type { Pace } from "./pace.js";
import type { Cursor, Gap } from "./records.js";

/** A node that is switched off and pruned over and over has a gap each time; beyond so many the oldest become one. */
const GAPS_MAX = 32;

/** With one more above all others. Joined with the last one where they meet; too many lose detail at the old end, never claim too much. */
export function addGap(gaps: readonly Gap[], gap: Gap): readonly Gap[] {
  const last = gaps.at(-1);
  if (last !== undefined && last.to + 1 === gap.from) return [...gaps.slice(0, -1), { from: last.from, to: gap.to }];
  const all = [...gaps, gap];
  const [first, second] = all;
  if (all.length <= GAPS_MAX || first === undefined || second === undefined) return all;
  return [{ from: first.from, to: second.to }, ...all.slice(2)];
}

/** The newest gap, if `height` is its last. */
export function gapEndingAt({ gaps }: Pick<Cursor, "gaps">, height: number): Gap | undefined {
  const last = gaps.at(-1);
  return last?.to === height ? last : undefined;
}

/**
 * The lowest canonical block from `missing` upward that is kept with its receipts. What is kept reaches from some height to the
 * head, so halving finds it in few reads, whatever the chain's length.
 */
export async function oldestKept(
  chain: ChainView,
  missing: number,
  pace: Pace,
): Promise<{ readonly height: number; readonly parent: Hash } | undefined> {
  let below = missing - 1;
  let found = kept(chain, chain.status().head.header.height);
  while (found !== undefined && found.height - below > 1) {
    if (pace.due()) await pace.pause();
    const middle = Math.floor((below + found.height) / 2);
    const there = kept(chain, middle);
    if (there === undefined) below = middle;
    else found = there;
  }
  return found;
}

function kept(chain: ChainView, height: number): { readonly height: number; readonly parent: Hash } | undefined {
  const id = chain.idAt(height);
  const header = id === undefined ? undefined : chain.blockInfo(id)?.record.header;
  return id === undefined || header === undefined || chain.outcomes(id) === undefined ? undefined : { height, parent: header.parent };
}
