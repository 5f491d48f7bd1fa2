/** Conformance of the storage port: the laws of core/ports/storage.ts, one case each. */
import type { Storage } from "../../ports/storage.js";
import { type BoundCase, bindCases, type ConformanceCase } from "../case.js";
import { keys, readsAndWrites } from "./entries.js";
import { compaction, lifecycle, locking, persistence } from "./life.js";
import { ranges, snapshots } from "./ranges.js";
import type { StorageSubject, StorageSupports } from "./subject.js";

export type { StorageSubject, StorageSupports } from "./subject.js";

/** Runs a case on the storage itself, started before and stopped after. */
function started({ name, run }: ConformanceCase<Storage>): ConformanceCase<StorageSubject> {
  return {
    name,
    async run({ storage }) {
      await storage.start();
      try {
        await run(storage);
      } finally {
        await storage.stop();
      }
    },
  };
}

/**
 * The cases that every storage passes, each on a subject of its own that `make` made (not started yet).
 *
 * @param make a fresh, empty storage for each case
 * @param supports what this storage can do beyond memory; see `StorageSupports` for the defaults
 */
export function storageConformance(
  make: () => StorageSubject | Promise<StorageSubject>,
  supports: StorageSupports = {},
): readonly BoundCase[] {
  const persists = supports.persistence ?? true;
  const cases: ConformanceCase<StorageSubject>[] = [...readsAndWrites, ...keys, ...ranges, ...snapshots].map(started);
  cases.push(started(compaction(supports.compaction ?? true)), ...lifecycle);
  if (persists) cases.push(...persistence);
  if (supports.lock ?? persists) cases.push(...locking);
  return bindCases(cases, make, (subject) => subject.dispose?.());
}
