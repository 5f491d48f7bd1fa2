/**
 * Snapshots on disk: `<data directory>/snapshots/<height>-<block id>/` with `manifest` (its SHA-256 at its end) and one file a chunk.
 *
 * A snapshot is made under a name that begins with a dot, every file is synced, and the folder is renamed at the end. So what has its
 * proper name is whole; what still has the other one after a kill is deleted at the next start.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, statfs } from "node:fs/promises";
import { basename, join } from "node:path";
import { messageOf } from "../kernel/errors.js";
import { type Bytes, bytesEqual, concatBytes } from "../primitives/bytes.js";
import { Hash, sha256 } from "../primitives/hash.js";
import { SnapshotDamagedError, SnapshotIoError, SnapshotManifestError, SnapshotNoSpaceError } from "./errors.js";
import { decodeManifest, MAX_MANIFEST_BYTES, type Manifest } from "./manifest.js";

/** The folder of all snapshots in a data directory. */
export const SNAPSHOTS_FOLDER = "snapshots";
const MANIFEST_FILE = "manifest";
const MAKING = ".making-";
const NAME = /^(\d{1,16})-([0-9a-f]{64})$/;

/** So much stays free for the chain, which stops where there is no space: as much, or this part of a smaller volume. */
const SPARE = { bytes: 1024 ** 3, part: 10 } as const;

export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Of the volume that a folder is on. */
export async function diskSpace(path: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** A whole snapshot on disk. */
export interface StoredSnapshot {
  readonly folder: string;
  readonly height: number;
  readonly id: Hash;
  readonly manifest: Manifest;
  /** SHA-256 of the encoded manifest: what peers know it by. */
  readonly manifestHash: Hash;
  readonly manifestBytes: number;
}

export function snapshotName(height: number, id: Hash): string {
  return `${height}-${Hash.key(id)}`;
}

function chunkFile(index: number): string {
  return `${String(index).padStart(6, "0")}.chunk`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

async function io<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new SnapshotIoError({ path, reason: messageOf(error) }, error);
  }
}

async function writeSynced(path: string, content: Bytes): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle;
  try {
    folder = await open(path, "r");
  } catch (error) {
    // Windows opens no folders, and its renames are durable with the journal.
    if (process.platform === "win32") return;
    throw error;
  }
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A snapshot that is being written. @throws SNAPSHOT_IO from all methods, SNAPSHOT_NO_SPACE */
export class SnapshotWriter {
  readonly #root: string;
  readonly #name: string;
  readonly #making: string;
  readonly #spaceOf: typeof diskSpace;
  #chunks = 0;

  private constructor(root: string, name: string, spaceOf: typeof diskSpace) {
    this.#root = root;
    this.#spaceOf = spaceOf;
    this.#name = name;
    this.#making = join(root, `${MAKING}${name}`);
  }

  /**
   * @param root the folder of all snapshots; it is made if it is not there
   * @param expectedBytes how large it will be, as far as that is known
   */
  static async begin(root: string, height: number, id: Hash, expectedBytes = 0, spaceOf = diskSpace): Promise<SnapshotWriter> {
    const writer = new SnapshotWriter(root, snapshotName(height, id), spaceOf);
    await io(root, async () => {
      await mkdir(root, { recursive: true, mode: 0o700 });
      await rm(writer.#making, { recursive: true, force: true });
    });
    await writer.#requireSpace(expectedBytes);
    await io(root, () => mkdir(writer.#making, { mode: 0o700 }));
    return writer;
  }

  /** Looked at before each chunk: the chain grows meanwhile, and how large the state is was a guess. */
  async #requireSpace(needBytes: number): Promise<void> {
    const { freeBytes, totalBytes } = await io(this.#root, () => this.#spaceOf(this.#root));
    const spareBytes = Math.min(SPARE.bytes, totalBytes / SPARE.part);
    if (freeBytes < needBytes + spareBytes) throw new SnapshotNoSpaceError({ path: this.#root, needBytes, freeBytes, spareBytes });
  }

  async chunk(proof: Bytes): Promise<void> {
    await this.#requireSpace(proof.length);
    await io(this.#making, () => writeSynced(join(this.#making, chunkFile(this.#chunks)), proof));
    this.#chunks++;
  }

  /** Makes it whole under its proper name. */
  async finish(encodedManifest: Bytes): Promise<string> {
    const folder = join(this.#root, this.#name);
    await io(folder, async () => {
      await writeSynced(join(this.#making, MANIFEST_FILE), concatBytes(encodedManifest, sha256(encodedManifest)));
      await syncFolder(this.#making);
      await rm(folder, { recursive: true, force: true });
      await rename(this.#making, folder);
      await syncFolder(this.#root);
    });
    return folder;
  }

  /** Deletes what there is; never throws. */
  async discard(): Promise<void> {
    await rm(this.#making, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Opens the manifest of one snapshot. @throws SNAPSHOT_DAMAGED */
export async function openSnapshot(folder: string): Promise<StoredSnapshot> {
  const damaged = (reason: string, cause?: unknown) => new SnapshotDamagedError({ folder, part: MANIFEST_FILE, reason }, cause);
  let stored: Bytes;
  try {
    stored = new Uint8Array(await readFile(join(folder, MANIFEST_FILE)));
  } catch (error) {
    throw damaged(codeOf(error) === "ENOENT" ? "it is missing; is this the folder of one snapshot?" : messageOf(error), error);
  }
  const length = stored.length - Hash.bytes;
  if (length <= 0 || length > MAX_MANIFEST_BYTES) throw damaged(`it has ${stored.length} bytes`);
  const encoded = stored.subarray(0, length);
  const manifestHash = sha256(encoded);
  if (!bytesEqual(manifestHash, stored.subarray(length))) throw damaged("its bytes do not have the hash at its end");
  try {
    const manifest = await decodeManifest(encoded);
    const { id, header } = manifest.header;
    return { folder, height: header.height, id, manifest, manifestHash, manifestBytes: length };
  } catch (error) {
    if (SnapshotManifestError.matches(error)) throw damaged(error.data.reason, error);
    throw error;
  }
}

/** The encoded manifest, for who sends it. @throws SNAPSHOT_DAMAGED */
export async function readManifest({ folder, manifestBytes, manifestHash }: StoredSnapshot): Promise<Bytes> {
  const stored = await readPart(folder, MANIFEST_FILE);
  const encoded = new Uint8Array(stored.subarray(0, manifestBytes));
  if (!bytesEqual(sha256(encoded), manifestHash)) throw new SnapshotDamagedError({ folder, part: MANIFEST_FILE, reason: "it has changed" });
  return encoded;
}

/** One chunk as it is on disk, checked against the manifest's hash. @throws SNAPSHOT_DAMAGED */
export async function readChunk({ folder, manifest }: StoredSnapshot, index: number): Promise<Bytes> {
  const part = `chunk ${index}`;
  const record = manifest.chunks.at(index);
  if (record === undefined) throw new SnapshotDamagedError({ folder, part, reason: `it has ${manifest.chunks.length} chunks` });
  const proof = new Uint8Array(await readPart(folder, chunkFile(index)));
  if (proof.length !== record.bytes)
    throw new SnapshotDamagedError({ folder, part, reason: `it has ${proof.length} bytes instead of ${record.bytes}` });
  if (!bytesEqual(sha256(proof), record.hash))
    throw new SnapshotDamagedError({ folder, part, reason: "its bytes have another hash than the manifest says" });
  return proof;
}

async function readPart(folder: string, file: string): Promise<Bytes> {
  try {
    return await readFile(join(folder, file));
  } catch (error) {
    throw new SnapshotDamagedError({ folder, part: file, reason: codeOf(error) === "ENOENT" ? "it is missing" : messageOf(error) }, error);
  }
}

/** All whole snapshots, newest first, and what is wrong with the others. */
export async function listSnapshots(root: string): Promise<{ readonly snapshots: StoredSnapshot[]; readonly faults: Error[] }> {
  let names: string[];
  try {
    names = await readdir(root);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { snapshots: [], faults: [] };
    throw new SnapshotIoError({ path: root, reason: messageOf(error) }, error);
  }
  const snapshots: StoredSnapshot[] = [];
  const faults: Error[] = [];
  for (const name of names) {
    if (!NAME.test(name)) continue;
    try {
      const snapshot = await openSnapshot(join(root, name));
      if (snapshotName(snapshot.height, snapshot.id) !== name)
        throw new SnapshotDamagedError({
          folder: join(root, name),
          part: MANIFEST_FILE,
          reason: "it is of another block than the folder's name says",
        });
      snapshots.push(snapshot);
    } catch (error) {
      if (!SnapshotDamagedError.matches(error)) throw error;
      faults.push(error);
    }
  }
  return { snapshots: snapshots.sort((a, b) => b.height - a.height), faults };
}

/** Deletes a snapshot: first it loses its proper name, so that a half-deleted one is never taken for whole. */
export async function removeSnapshot(folder: string): Promise<void> {
  const doomed = join(folder, "..", `${MAKING}${basename(folder)}`);
  await io(folder, async () => {
    await rm(doomed, { recursive: true, force: true });
    await rename(folder, doomed);
    await rm(doomed, { recursive: true, force: true });
  });
}

/** Deletes what a kill left of snapshots that were being made or deleted. */
export async function removeUnfinished(root: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(root);
  } catch {
    return;
  }
  for (const name of names) if (name.startsWith(MAKING)) await io(root, () => rm(join(root, name), { recursive: true, force: true }));
}
