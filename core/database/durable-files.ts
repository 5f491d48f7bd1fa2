/**
 * Files that are there whole or not at all: written under a temporary name, synced, renamed, the folder synced. And the hashes by
 * which a copy is known to be right.
 */
import { createHash, type Hash as Hasher } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "../kernel/errors.js";
import { DiskFullError, NoSpaceError, PathRefusedError } from "./errors.js";

const CHUNK_BYTES = 1024 * 1024;
/** Left free when space is checked before: file systems need some for themselves, and so do others. */
const SPARE_BYTES = 8 * 1024 * 1024;

export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}

/** The system refuses a path as it is: nothing that waiting or trying again could change. */
const REFUSALS: ReadonlySet<string | undefined> = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOTDIR",
  "EISDIR",
  "EEXIST",
  "ENOENT",
  "ELOOP",
  "ENAMETOOLONG",
]);

/** What `step` throws, with a full disk or a path that can't be used as an error that says what to do. */
export async function onDisk<Value>(path: string, step: () => Promise<Value>): Promise<Value> {
  try {
    return await step();
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === "ENOSPC" || code === "EDQUOT") throw new DiskFullError({ path }, thrown);
    if (REFUSALS.has(code)) throw new PathRefusedError({ path, reason: messageOf(thrown) }, thrown);
    throw thrown;
  }
}

/** @throws NoSpaceError */
export async function requireSpace(path: string, needBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  const freeBytes = bavail * bsize;
  if (freeBytes < needBytes + SPARE_BYTES) throw new NoSpaceError({ path, needBytes: needBytes + SPARE_BYTES, freeBytes });
}

export async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle;
  try {
    folder = await open(path, "r");
  } catch (thrown) {
    // Windows opens no folders, and its renames are durable with the journal.
    if (process.platform === "win32") return;
    throw thrown;
  }
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Sets the content of a file so that after any crash it is the old or the new one: temporary file, sync, rename, sync of the folder. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

export interface Copied {
  /** SHA-256 of the bytes, hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Hands the first `bytes` of a file over in pieces; stops early where there are fewer. */
async function readPieces(file: FileHandle, bytes: number, onPiece: (piece: Uint8Array) => void | Promise<void>): Promise<number> {
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(1, bytes)));
  let at = 0;
  while (at < bytes) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, bytes - at), at);
    if (bytesRead === 0) break;
    await onPiece(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
  return at;
}

/** SHA-256 of the first `bytes` of a file, by default of all. */
export async function hashFile(
  path: string,
  bytes = Number.MAX_SAFE_INTEGER,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Copied> {
  const file = await open(path, "r");
  try {
    return await hashOpenFile(file, bytes, onBytes);
  } finally {
    await file.close();
  }
}

async function hashOpenFile(file: FileHandle, bytes: number, onBytes: (bytes: number) => void): Promise<Copied> {
  const hasher = createHash("sha256");
  const size = Math.min(bytes, (await file.stat()).size);
  const read = await readPieces(file, size, (piece) => {
    hasher.update(piece);
    onBytes(piece.length);
  });
  return { sha256: hasher.digest("hex"), bytes: read };
}

/**
 * Copies the first `bytes` of an open file to a new one and syncs it. The copy is removed if that fails.
 * @returns what was copied: fewer bytes, where the file has no more
 */
export async function copyFrom(source: FileHandle, bytes: number, to: string, onBytes: (bytes: number) => void): Promise<Copied> {
  return writeNew(to, async (target, hasher) =>
    readPieces(source, bytes, async (piece) => {
      hasher.update(piece);
      await target.writeFile(piece);
      onBytes(piece.length);
    }),
  );
}

/** Writes a new file and syncs it. */
export async function writeBytes(content: Uint8Array, to: string): Promise<Copied> {
  return writeNew(to, async (target, hasher) => {
    hasher.update(content);
    await target.writeFile(content);
    return content.length;
  });
}

async function writeNew(to: string, fill: (target: FileHandle, hasher: Hasher) => Promise<number>): Promise<Copied> {
  const hasher = createHash("sha256");
  const target = await open(to, "w", 0o600);
  try {
    let bytes: number;
    try {
      bytes = await fill(target, hasher);
      await target.sync();
    } finally {
      await target.close();
    }
    return { sha256: hasher.digest("hex"), bytes };
  } catch (thrown) {
    await rm(to, { force: true });
    throw thrown;
  }
}
