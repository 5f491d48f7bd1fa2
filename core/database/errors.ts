/**
 * Errors of the tools that work on a node's stored data. Each says what is lost (nothing, wherever that is so) and what to do.
 */
import { defineError } from "../kernel/errors.js";

/** Ctrl-C: work ended at a safe point, from which it can go on; with `anew`, it changed nothing that could be gone on from. */
export const InterruptedError = defineError<{ what: string; anew?: boolean }>("DATABASE_INTERRUPTED", "unavailable", ({ what, anew }) =>
  anew === true
    ? `${what} was stopped; nothing is lost, and the same command begins anew`
    : `${what} was stopped; nothing is lost, and the same command goes on where it was`,
);

export const NoSpaceError = defineError<{ path: string; needBytes: number; freeBytes: number }>(
  "DATABASE_NO_SPACE",
  "unavailable",
  ({ path, needBytes, freeBytes }) =>
    `${path} has ${freeBytes.toLocaleString("en")} bytes free, ${needBytes.toLocaleString("en")} are needed; nothing was changed: free space there, or name another place`,
);

export const DiskFullError = defineError<{ path: string }>(
  "DATABASE_DISK_FULL",
  "unavailable",
  ({ path }) => `the disk of ${path} is full; nothing is lost: free space there and give the same command again, it goes on where it was`,
);

export const PathRefusedError = defineError<{ path: string; reason: string }>(
  "DATABASE_PATH_REFUSED",
  "input",
  ({ path, reason }) => `${path} can't be used: ${reason}; check the path, its owner and its permissions, or name another`,
);

export const FilesUnsteadyError = defineError<{ path: string; attempts: number; reason: string }>(
  "DATABASE_FILES_UNSTEADY",
  "unavailable",
  ({ path, attempts, reason }) =>
    `the files of ${path} changed ${attempts} times while they were being copied (${reason}); nothing was changed: give the command again, or stop the node first`,
);

export const NothingStoredError = defineError<{ path: string; reason: string }>(
  "DATABASE_MISSING",
  "missing",
  ({ path, reason }) => `there is no database in ${path}: ${reason}; check the path, or start the node once`,
);

export const StorageHasNoFilesError = defineError<{ storage: string }>(
  "DATABASE_STORAGE_WITHOUT_FILES",
  "input",
  ({ storage }) => `${storage} does not say how its files are copied (storageFiles in its manifest), so it can't be backed up`,
);

// --- backups -----------------------------------------------------------------------------------------------------------

export const NotABackupError = defineError<{ path: string; reason: string }>(
  "BACKUP_FOREIGN",
  "conflict",
  ({ path, reason }) => `${path} is not a folder of backups: ${reason}; nothing was changed: name an empty folder, or the right one`,
);

export const BackupMissingError = defineError<{ path: string; wanted: string }>(
  "BACKUP_MISSING",
  "missing",
  ({ path, wanted }) => `there is no ${wanted} in ${path}; list what there is with: chainwright db backups ${path}`,
);

export const BackupNewerFormatError = defineError<{ path: string; format: number; supported: number }>(
  "BACKUP_NEWER_FORMAT",
  "conflict",
  ({ path, format, supported }) => `${path} has backup format ${format}, this program knows ${supported}; update it`,
);

export const BackupOtherChainError = defineError<{ path: string; there: string; wanted: string }>(
  "BACKUP_OTHER_CHAIN",
  "conflict",
  ({ path, there, wanted }) => `the backups in ${path} are of ${there}, not of ${wanted}; nothing was changed: name another folder`,
);

const BACKUP_ADVICE = {
  /** BACKUP.json, without a generation that says the same. */
  face: "take another copy of the folder; for the next db backup of the node name another one",
  manifest: "take another generation (--generation) or another copy of the folder; the next db backup of the node makes a new generation",
  object:
    "take another generation (--generation) or another copy of the folder; if the node still has its data: chainwright db verify --backup sets aside what is damaged, and the next db backup copies it again",
};

export const BackupDamagedError = defineError<{ path: string; reason: string; part: keyof typeof BACKUP_ADVICE }>(
  "BACKUP_DAMAGED",
  "damaged",
  ({ path, reason, part }) => `the backup ${path} is damaged: ${reason}; nothing was changed: ${BACKUP_ADVICE[part]}`,
);

/** Another command has the folder of backups for itself. */
export const BackupBusyError = defineError<{ path: string; pid: number }>(
  "BACKUP_BUSY",
  "conflict",
  ({ path, pid }) =>
    `another backup into ${path}, or a check or restore of it, is under way (process ${pid}); nothing was changed: wait for its end and give the command again, or name another folder`,
);

export const TargetNotEmptyError = defineError<{ path: string }>(
  "RESTORE_TARGET_NOT_EMPTY",
  "conflict",
  ({ path }) => `${path} holds data already; nothing was changed: name an empty directory, or replace what is there with --force`,
);

export const RestoreCheckError = defineError<{ path: string; reason: string }>(
  "RESTORE_CHECK_FAILED",
  "damaged",
  ({ path, reason }) =>
    `what was restored does not start: ${reason}; what was in ${path} before is untouched: take another generation, or look closer with --no-check and chainwright db verify`,
);

export const RestoreUnfinishedError = defineError<{ path: string }>(
  "RESTORE_UNFINISHED",
  "conflict",
  ({ path }) =>
    `the data in ${path} was being replaced (db restore, rewind or rebuild) when that was cut off; nothing is lost: chainwright db restore --finish --data-dir ${path} ends it`,
);

/** Somebody deleted what was to come in place of the old data. `gone`: and so much of the old data, too. */
export const ReplacementLostError = defineError<{ path: string; staging: string; gone: readonly string[] }>(
  "RESTORE_LOST",
  "missing",
  ({ path, staging, gone }) =>
    gone.length === 0
      ? `what was to replace the data in ${path} is gone from ${staging}; what was there before is in its place again: give the command that was cut off (db restore, rewind or rebuild) once more`
      : `what was to replace the data in ${path} is gone from ${staging}, and of what was there before, ${gone.join(", ")}: bring a backup back with chainwright db restore --from DIR --force, or sync into an empty data directory`,
);

export const ReplacementMarkError = defineError<{ path: string; reason: string }>(
  "RESTORE_MARK_DAMAGED",
  "damaged",
  ({ path, reason }) =>
    `the file RESTORE in ${path}, which says how its data was being replaced, is damaged: ${reason}; nothing was changed: bring a backup back with chainwright db restore --from DIR --force; until then what was there before is in replaced.tmp, where it was moved already`,
);

// --- formats -----------------------------------------------------------------------------------------------------------

export const OlderFormatError = defineError<{ path: string; format: number; current: number; minutes: string }>(
  "DATA_FORMAT_OLDER",
  "conflict",
  ({ path, format, current, minutes }) =>
    `the database in ${path} has format ${format}, this program works with ${current}; nothing was changed: migrate it with: chainwright db migrate (${minutes}; --dry-run shows what it does), or set node.migrate: always`,
);

export const NewerFormatError = defineError<{ path: string; format: number; current: number }>(
  "DATA_FORMAT_NEWER",
  "conflict",
  ({ path, format, current }) =>
    `the database in ${path} has format ${format}, this program knows formats up to ${current}; nothing was changed: update the program, or restore a backup that was made with this version`,
);

/** Records, but nothing that says whose: another program's database, or one that lost both its format and its head. */
export const ForeignDatabaseError = defineError<{ path: string }>(
  "DATA_FORMAT_FOREIGN",
  "conflict",
  ({ path }) =>
    `the database in ${path} is none of a node's: it holds records, but neither a format nor a head; none of them was changed: choose another data directory, or restore a backup (chainwright db restore)`,
);

export const FormatDamagedError = defineError<{ reason: string }>(
  "DATA_FORMAT_DAMAGED",
  "damaged",
  ({ reason }) => `the record of the database's format is damaged: ${reason}; restore a backup, or start with an empty directory`,
);

// --- blocks as a stream ------------------------------------------------------------------------------------------------

export const StreamDamagedError = defineError<{ frame: number; offset: number; reason: string; imported: number }>(
  "STREAM_DAMAGED",
  "damaged",
  ({ frame, offset, reason, imported }) =>
    `frame ${frame} of the stream (at byte ${offset}) is damaged: ${reason}; the ${imported} blocks before it were taken: get a whole copy of the stream and give the command again, it goes on there`,
);

export const StreamForeignError = defineError<{ reason: string }>(
  "STREAM_FOREIGN",
  "input",
  ({ reason }) => `this is no stream of blocks for this chain: ${reason}; nothing was changed: check the file (unpacked?) and the config`,
);

export const StreamBlockRefusedError = defineError<{ frame: number; height: number; code: string; reason: string }>(
  "STREAM_BLOCK_REFUSED",
  "input",
  ({ frame, height, code, reason }) =>
    `frame ${frame} of the stream, block ${height}, was refused: ${code}: ${reason}; the blocks before it were taken and the chain is whole: export it again from a node that agrees, from a height that is here`,
);

/** A block within what is kept. */
export const BlockMissingError = defineError<{ height: number }>(
  "DATABASE_BLOCK_MISSING",
  "damaged",
  ({ height }) =>
    `block ${height} is missing here though it should be kept: chainwright db verify tells what else is damaged; bring it back with chainwright db restore, or an empty data directory and sync`,
);

/** A block comes to something else than it did when it was made. */
export const BlockDiffersError = defineError<{ height: number; code: string; reason: string }>(
  "DATABASE_BLOCK_DIFFERS",
  "damaged",
  ({ height, code, reason }) =>
    `block ${height}, executed again, was refused: ${code}: ${reason}; the database is as it was: check that chain spec and version of the program are the chain's, then bring a backup back (chainwright db restore) or sync into an empty data directory`,
);

/** A pruned node, or one that began from a snapshot. */
export const BlocksNotKeptError = defineError<{ bodiesFrom: number; instead: string }>(
  "DATABASE_BLOCKS_NOT_KEPT",
  "missing",
  ({ bodiesFrom, instead }) =>
    `blocks can't be executed from genesis on: this node keeps them from height ${bodiesFrom} on; nothing was changed: ${instead}`,
);

export const ExportRangeError = defineError<{ reason: string }>(
  "EXPORT_RANGE",
  "missing",
  ({ reason }) => `these blocks can't be exported: ${reason}`,
);

// --- going back --------------------------------------------------------------------------------------------------------

export const RewindError = defineError<{ reason: string }>(
  "REWIND_IMPOSSIBLE",
  "missing",
  ({ reason }) => `the chain can't go back there: ${reason}`,
);
