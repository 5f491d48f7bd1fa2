/**
 * The migrations, in order: the first one leads from format 1 to 2. A migration that was released is never changed.
 *
 * | format | since | what is different |
 * | --- | --- | --- |
 * | 1 | 0.1.0 | |
 * | 2 | 0.2.0 | record `history` (what of the past is kept), record `format` |
 */
import { encodeHistoryPointer, keys, WHOLE_HISTORY } from "../chain/records.js";
import type { Compute } from "../ports/compute.js";
import type { Scheduler } from "../ports/runtime.js";
import type { Storage, StorageOperation } from "../ports/storage.js";
import type { Work } from "./work.js";

export interface MigrationEstimate {
  readonly records: number;
  readonly seconds: number;
  readonly extraBytes: number;
  /** A start of a node may carry it out unasked. */
  readonly quick: boolean;
}

export interface MigrationRun {
  readonly storage: Storage;
  readonly compute: Pick<Compute, "hashPairs" | "hashPairsSync">;
  readonly scheduler: Scheduler;
  /** The last write of the migration, with the number of the new format, in one batch. */
  readonly finish: (operations: readonly StorageOperation[]) => Promise<void>;
}

export interface Migration {
  readonly title: string;
  readonly estimate: (storage: Storage) => Promise<MigrationEstimate>;
  /** Begun again after a kill, it finds its own traces and goes on. Calls `finish` once, at the end. */
  readonly run: (run: MigrationRun, work: Work) => Promise<void>;
}

/** Format 1 kept everything and said so nowhere; format 2 says what it keeps. */
const history: Migration = {
  title: "note what of the past is kept",
  estimate: async () => ({ records: 1, seconds: 0, extraBytes: 0, quick: true }),
  run: async ({ finish }, { progress }) => {
    await finish([{ type: "put", key: keys.pointer("history"), value: encodeHistoryPointer(WHOLE_HISTORY) }]);
    progress.done(1);
  },
};

export const MIGRATIONS: readonly Migration[] = [history];
