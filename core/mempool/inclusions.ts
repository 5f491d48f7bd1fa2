/**
 * Which journaled transactions stand in canonical blocks: looked up some hundreds at once, while the caller is busy with those
 * before them. At the start of a busy node there are tens of thousands, and users wait.
 */
import { present } from "../kernel/assert.js";
import type { MempoolChain } from "./chain.js";
import type { DamagedRecord, JournalRecord } from "./journal.js";

const LOOKUPS_AT_ONCE = 512;

export interface JournaledTransaction {
  readonly record: JournalRecord;
  /** Of the canonical block that holds it; undefined if none does. */
  readonly height: number | undefined;
}

/** The intact ones of these records, in order, in batches, each with its block's height. */
export async function* withInclusions(
  records: AsyncIterable<JournalRecord | DamagedRecord>,
  chain: Pick<MempoolChain, "inclusionHeights">,
  onDamaged: (record: DamagedRecord) => void,
): AsyncGenerator<readonly JournaledTransaction[], void, void> {
  let before: Promise<readonly JournaledTransaction[]> | undefined;
  let batch: JournalRecord[] = [];
  for await (const record of records) {
    if ("damage" in record) onDamaged(record);
    else batch.push(record);
    if (batch.length < LOOKUPS_AT_ONCE) continue;
    const looked = lookUp(batch, chain);
    batch = [];
    if (before !== undefined) yield await before;
    before = looked;
  }
  if (before !== undefined) yield await before;
  if (batch.length > 0) yield await lookUp(batch, chain);
}

function lookUp(batch: readonly JournalRecord[], chain: Pick<MempoolChain, "inclusionHeights">): Promise<readonly JournaledTransaction[]> {
  const answer = chain
    .inclusionHeights(batch.map(({ id }) => id))
    .then((heights) => heights.map((height, index) => ({ record: present(batch[index], "an answer for each record"), height })));
  // Whoever waits for it hears of its failure; until then, nobody does.
  answer.catch(() => undefined);
  return answer;
}
