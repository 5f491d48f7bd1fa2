/** Errors of opening a data directory. Each says what to do; the CLI prints them as they are. */
import { defineError } from "../kernel/errors.js";

/** Another process, or another node of this one, uses the directory. */
export const DataDirectoryLockedError = defineError<{ path: string; pid: number }>(
  "DATA_DIRECTORY_LOCKED",
  "conflict",
  ({ path, pid }) => `the data directory ${path} is in use by process ${pid}; stop that node first, or choose another directory`,
);

/** A later version of the program made it. */
export const DataDirectoryNewerFormatError = defineError<{ path: string; format: number; supported: number; createdBy: string }>(
  "DATA_DIRECTORY_NEWER_FORMAT",
  "conflict",
  ({ path, format, supported, createdBy }) =>
    `the data directory ${path} has format ${format}, made by ${createdBy}; this program knows formats up to ${supported}: update it, or choose another directory`,
);

/** It belongs to another chain. `differs` names the first thing that does. */
export const DataDirectoryOtherChainError = defineError<{ path: string; differs: string; there: string; wanted: string }>(
  "DATA_DIRECTORY_OTHER_CHAIN",
  "conflict",
  ({ path, differs, there, wanted }) =>
    `the data directory ${path} belongs to another chain: its ${differs} is ${there}, that of the chain spec is ${wanted}; choose another directory, or the chain spec that it was made with`,
);

/** Its format.json can't be read or makes no sense. */
export const DataDirectoryDamagedError = defineError<{ path: string; reason: string }>(
  "DATA_DIRECTORY_DAMAGED",
  "damaged",
  ({ path, reason }) =>
    `the data directory ${path} is damaged: ${reason}; restore it from a backup, or choose an empty directory to sync again`,
);

/** It can't be made or written. */
export const DataDirectoryNotWritableError = defineError<{ path: string; reason: string }>(
  "DATA_DIRECTORY_NOT_WRITABLE",
  "denied",
  ({ path, reason }) => `the data directory ${path} can't be written: ${reason}; check its owner, permissions and free space`,
);

/** It is somebody else's folder. */
export const DataDirectoryForeignError = defineError<{ path: string; found: string }>(
  "DATA_DIRECTORY_FOREIGN",
  "conflict",
  ({ path, found }) => `${path} is no data directory of a node: ${found}; nothing was written there: choose an empty or a new directory`,
);

/** There is none. */
export const DataDirectoryMissingError = defineError<{ path: string }>(
  "DATA_DIRECTORY_MISSING",
  "missing",
  ({ path }) => `there is no data directory at ${path} (no format.json); check the path, or start the node once`,
);
