/** The start: takes back what the journal holds and no canonical block does. README.md tells what the journal promises. */
import type { Logger, Scheduler } from "../ports/runtime.js";
import { Hash, type HashKey } from "../primitives/hash.js";
import type { MempoolChain } from "./chain.js";
import { type Examiner, rawKeyOf } from "./examiner.js";
import { withInclusions } from "./inclusions.js";
import type { DamagedRecord, Journal, JournalRecord, RetiredRecord } from "./journal.js";
import type { MempoolMetrics } from "./metrics.js";
import { dropReasonFor, isRefusal } from "./refusal.js";
import type { Residents } from "./residents.js";

interface RestorationDependencies {
  readonly chain: MempoolChain;
  readonly journal: Journal;
  readonly residents: Residents;
  readonly examiner: Examiner;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: MempoolMetrics;
}

/** What became of the journal's records. */
interface Restored {
  readonly restored: number;
  readonly included: number;
  readonly refused: number;
  readonly damaged: number;
}

/**
 * In order of acceptance. The chain must have its head, storage must have started.
 *
 * @throws what ledger, state and storage throw that is no refusal of a transaction; the journal is left as it is
 */
export async function restore(dependencies: RestorationDependencies): Promise<Restored> {
  const { chain, journal, scheduler, logger } = dependencies;
  const slicer = scheduler.slicer();
  const counts = { restored: 0, included: 0, refused: 0, damaged: 0 };
  const included: { readonly rawKey: HashKey; readonly record: RetiredRecord }[] = [];
  const onDamaged = ({ sequence, damage }: DamagedRecord) => {
    counts.damaged++;
    logger.warn({ sequence, damage }, "a journal record is damaged and dropped; send its transaction again");
    if (sequence > 0) journal.forget(sequence);
  };
  for await (const batch of withInclusions(journal.load(), chain, onDamaged)) {
    for (const { record, height } of batch) {
      if (slicer.due()) await slicer.pause();
      const { sequence, raw } = record;
      if (height !== undefined) included.push({ rawKey: rawKeyOf(raw), record: { sequence, height, bytes: raw.length } });
      else counts[restoreOne(record, dependencies) ? "restored" : "refused"]++;
    }
  }
  // Blocks that are not final may hand them back.
  counts.included = included.length;
  for (const { rawKey, record } of included.sort((a, b) => a.record.height - b.record.height)) journal.retire(rawKey, record);
  await journal.tidy(chain.finalizedHeight());
  await journal.flush();
  return counts;
}

/**
 * Takes back what no canonical block holds: it was pooled when the process ended, or a reorg handed it back. Signatures were
 * verified before the record was written, and its checksum vouches for the bytes.
 */
function restoreOne(
  { sequence, id, raw }: JournalRecord,
  { residents, examiner, journal, logger, metrics }: RestorationDependencies,
): boolean {
  const rawKey = rawKeyOf(raw);
  try {
    residents.admit(examiner.newItem(raw, rawKey), sequence);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    logger.debug({ sequence, id: Hash.key(id), code: error.code }, "a journaled transaction is no longer valid");
    residents.refuse(Hash.key(id), dropReasonFor(error));
    journal.forget(sequence);
    return false;
  }
  metrics.restored();
  return true;
}
