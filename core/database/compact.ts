/**
 * Gives the space of deleted records back, range by range, so that it can be told how far it is, and stopped. Given again, it passes
 * what is compact already without rewriting it.
 */
import { compactionRanges } from "../chain/compaction-ranges.js";
import type { Storage } from "../ports/storage.js";
import { mayStop, type Work } from "./work.js";

/** About what is compacted in one go: seconds. */
const RANGE_BYTES = 64 * 1024 * 1024;
const PARTS_MAX = 256;

/** @throws DATABASE_INTERRUPTED, STORAGE_* */
export async function compactStorage(storage: Storage, work: Work): Promise<void> {
  const parts = Math.max(1, Math.min(PARTS_MAX, Math.ceil((await storage.sizeBytes()) / RANGE_BYTES)));
  const ranges = compactionRanges(parts);
  work.progress.stage({ title: "compacting", unit: "ranges", total: ranges.length });
  for (const range of ranges) {
    mayStop(work, "the compaction");
    await storage.compact(range);
    work.progress.done(1);
  }
}
