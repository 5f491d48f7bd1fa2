/**
 * Makes a backup of a data directory, whether a node runs on it or not.
 *
 * It works on files, from outside: the storage plugin says which files of this moment make a whole database (`StorageFiles.plan`), and
 * these are copied. Files that never change are kept once for all generations. The copy is then opened as a database, apart
 * from the original: that proves that it opens, and tells at which height it stands.
 */
import { appendFile, cp, type FileHandle, link, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { assert } from "../kernel/assert.js";
import { ChainwrightError, messageOf } from "../kernel/errors.js";
import { StorageDamagedError } from "../ports/errors.js";
import type { StorageFile, StorageFiles } from "../ports/storage.js";
import { LoadUnderWayError } from "../snapshots/errors.js";
import { type BackupFacts, type BackupFile, BackupStore, type ChainIdentity } from "./backup-store.js";
import { codeOf, copyFrom, exists, hashFile, makeFolder, onDisk, requireSpace, writeBytes } from "./durable-files.js";
import { BackupDamagedError, FilesUnsteadyError, NewerFormatError, NothingStoredError } from "./errors.js";
import { mayStop, type Work } from "./work.js";

/** The file that says which chain a data directory is of. */
export const FORMAT_FILE = "format.json";
/** What is secret or a node's own: in a backup only if that is asked for, and never taken away by a restore. */
export const KEY_FILES = ["keys", "tls", "node.key", "admin.token"] as const;
const ATTEMPTS_MAX = 50;
/** Tables that are held open at once, so that they can be read though they were deleted. */
const OPEN_FILES_MAX = 512;
const COPIED = "copied.jsonl";
const STAGING = "staging";

export interface BackupOptions {
  readonly dataDirectory: string;
  readonly chain: ChainIdentity;
  readonly storage: { readonly id: string; readonly files: StorageFiles };
  /** The folder of backups; its lock is held by the caller. */
  readonly to: string;
  readonly withKeys: boolean;
  /** How many generations stay. */
  readonly keep: number;
  readonly createdBy: string;
  readonly nowMs: number;
  /** Opens a copy of the data directory and says what is in it. Throws where it does not open. */
  readonly inspect: (dataDirectory: string) => Promise<BackupFacts>;
}

export interface BackupResult extends BackupFacts {
  readonly generation: number;
  readonly files: number;
  readonly bytes: number;
  /** Of these, copied by this run. */
  readonly copiedBytes: number;
  readonly dropped: { readonly generations: number; readonly bytes: number };
  /** How often the files had to be listed anew, because the node went on. */
  readonly attempts: number;
}

/** @throws BACKUP_*, DATABASE_*, STORAGE_DAMAGED */
export async function makeBackup(options: BackupOptions, work: Work): Promise<BackupResult> {
  const run = new BackupRun(options, work, await BackupStore.openOrMake(options.to, options.chain));
  return onDisk(options.to, () => run.run());
}

class BackupRun {
  readonly #options: BackupOptions;
  readonly #work: Work;
  readonly #store: BackupStore;
  /** Hash of what was found as such a file before. */
  readonly #known = new Map<string, string>();
  #copiedBytes = 0;
  #attempts = 0;
  #temporary = 0;

  constructor(options: BackupOptions, work: Work, store: BackupStore) {
    this.#options = options;
    this.#work = work;
    this.#store = store;
  }

  async run(): Promise<BackupResult> {
    const { keep, chain, storage, withKeys, nowMs, createdBy } = this.#options;
    const store = this.#store;
    await this.#clearLeftovers();
    await this.#remember();
    const files = [...(await this.#copyStorage()), ...(await this.#copyOthers())];
    const facts = await this.#inspect(files);
    const generations = await store.generations();
    const generation = (generations[generations.length - 1] ?? 0) + 1;
    const { chainId, parametersHash } = chain;
    await store.commit({
      backupFormat: 1,
      generation,
      createdAtMs: nowMs,
      createdBy,
      chainId,
      parametersHash,
      ...facts,
      storage: storage.id,
      withKeys,
      files,
    });
    const dropped = await store.cleanUp(keep);
    await rm(join(store.path, COPIED), { force: true });
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { ...facts, generation, files: files.length, bytes, copiedBytes: this.#copiedBytes, dropped, attempts: this.#attempts };
  }

  /** Of a backup that was cut off. */
  async #clearLeftovers(): Promise<void> {
    const { path } = this.#store;
    await rm(join(path, STAGING), { recursive: true, force: true });
    const objects = join(path, "objects");
    for (const name of await readdir(objects)) if (name.startsWith("new-")) await rm(join(objects, name), { force: true });
  }

  /** What the last generations hold, and what an unfinished run copied. */
  async #remember(): Promise<void> {
    const note = ({ source, sha256 }: { readonly source?: string; readonly sha256: string }) => {
      if (source !== undefined) this.#known.set(source, sha256);
    };
    for (const generation of await this.#store.generations()) {
      // A damaged generation shares what it can't say.
      const manifest = await this.#store.manifest(generation).catch(() => undefined);
      for (const file of manifest?.files ?? []) note(file);
    }
    const text = await readFile(join(this.#store.path, COPIED), "utf8").catch(() => "");
    for (const line of text.split("\n")) {
      const match = /^\{"source":"([^"\\]+)","sha256":"([0-9a-f]{64})"\}$/.exec(line);
      if (match?.[1] !== undefined && match[2] !== undefined) this.#known.set(match[1], match[2]);
    }
  }

  async #copyStorage(): Promise<BackupFile[]> {
    const { dataDirectory, storage } = this.#options;
    const { folder, plan } = storage.files;
    const directory = join(dataDirectory, folder);
    if (!(await exists(directory))) throw new NothingStoredError({ path: dataDirectory, reason: `it has no ${folder}` });
    for (this.#attempts = 1; ; this.#attempts++) {
      mayStop(this.#work, "the backup");
      try {
        return await this.#copyPlanned(directory, await plan(directory));
      } catch (thrown) {
        // The node went on and deleted what it does not need any more: what was copied stays, the rest is planned anew.
        if (codeOf(thrown) !== "ENOENT") throw thrown;
        if (this.#attempts === ATTEMPTS_MAX)
          throw new FilesUnsteadyError({ path: directory, attempts: ATTEMPTS_MAX, reason: messageOf(thrown) }, thrown);
      }
    }
  }

  async #copyPlanned(directory: string, planned: readonly StorageFile[]): Promise<BackupFile[]> {
    const { folder } = this.#options.storage.files;
    const done = new Map<StorageFile, BackupFile>();
    const wanted: { readonly file: StorageFile; readonly source: string }[] = [];
    for (const file of planned) {
      const path = `${folder}/${file.name}`;
      const source = file.immutable ? sourceOf(path, await stat(join(directory, file.name), { bigint: true }), file.bytes) : "";
      const sha256 = file.immutable ? this.#known.get(source) : undefined;
      if (sha256 !== undefined && (await this.#store.has(sha256, file.bytes))) done.set(file, { path, bytes: file.bytes, sha256, source });
      else wanted.push({ file, source });
    }
    const total = wanted.reduce((sum, { file }) => sum + file.bytes, 0);
    // What grows is copied once more where the copy is opened.
    const growing = planned.filter(({ immutable }) => !immutable).reduce((sum, { bytes }) => sum + bytes, 0);
    await requireSpace(this.#store.path, total + 2 * growing);
    this.#work.progress.stage({ title: "copying", unit: "bytes", total });
    // What can change goes first: it is of the plan's moment, and tables that go meanwhile are held by being open.
    wanted.sort((a, b) => Number(a.file.immutable) - Number(b.file.immutable));
    for (let at = 0; at < wanted.length; at += OPEN_FILES_MAX) {
      const part = wanted.slice(at, at + OPEN_FILES_MAX);
      const handles: FileHandle[] = [];
      try {
        for (const { file } of part) if (file.content === undefined) handles.push(await open(join(directory, file.name), "r"));
        let next = 0;
        for (const { file, source } of part) {
          mayStop(this.#work, "the backup");
          const copied = await this.#copy(file, file.content === undefined ? handles[next++] : undefined);
          const path = `${folder}/${file.name}`;
          done.set(file, { path, bytes: file.bytes, sha256: copied, ...(file.immutable ? { source } : {}) });
          if (file.immutable) await this.#noteCopied(source, copied);
        }
      } finally {
        for (const handle of handles) await handle.close();
      }
    }
    return planned.map((file) => {
      const copied = done.get(file);
      assert(copied !== undefined, "each planned file is there");
      return copied;
    });
  }

  /** So that a run that is cut off need not read it again. */
  async #noteCopied(source: string, sha256: string): Promise<void> {
    this.#known.set(source, sha256);
    await appendFile(join(this.#store.path, COPIED), `${JSON.stringify({ source, sha256 })}\n`, { mode: 0o600 });
  }

  /** Copies a file to where its hash says. */
  async #copy(file: StorageFile, handle: FileHandle | undefined): Promise<string> {
    const temporary = this.#newObject();
    const onBytes = (bytes: number) => this.#work.progress.done(bytes);
    const content = file.content;
    let copied: Awaited<ReturnType<typeof writeBytes>>;
    if (content !== undefined) {
      copied = await writeBytes(content, temporary);
      onBytes(content.length);
    } else {
      assert(handle !== undefined, "a file without content is open");
      copied = await copyFrom(handle, file.bytes, temporary, onBytes);
    }
    if (copied.bytes !== file.bytes) {
      await rm(temporary, { force: true });
      throw new FilesUnsteadyError({ path: file.name, attempts: 1, reason: `it has ${copied.bytes} bytes instead of ${file.bytes}` });
    }
    await this.#keep(temporary, copied.sha256, copied.bytes);
    return copied.sha256;
  }

  #newObject(): string {
    return join(this.#store.path, "objects", `new-${process.pid}-${this.#temporary++}`);
  }

  /** Also where such an object is there: of the copy it is known that its content is what its name says. */
  async #keep(temporary: string, sha256: string, bytes: number): Promise<void> {
    const isNew = !(await this.#store.has(sha256, bytes));
    await this.#store.makeObjectFolder(sha256);
    await rename(temporary, this.#store.objectPath(sha256));
    if (isNew) this.#copiedBytes += bytes;
  }

  /** What is in the data directory beside the storage. */
  async #copyOthers(): Promise<BackupFile[]> {
    const { dataDirectory, withKeys } = this.#options;
    const paths: string[] = [];
    for (const name of withKeys ? [FORMAT_FILE, ...KEY_FILES] : [FORMAT_FILE]) paths.push(...(await filesUnder(dataDirectory, name)));
    const files: BackupFile[] = [];
    for (const path of paths) {
      const temporary = this.#newObject();
      const { sha256, bytes } = await writeBytes(await readFile(join(dataDirectory, path)), temporary);
      await this.#keep(temporary, sha256, bytes);
      files.push({ path, bytes, sha256 });
    }
    return files;
  }

  /**
   * Opens the copy. Tables are linked (whoever opens a database never writes into them), the rest is copied, so the objects stay as
   * they are.
   */
  async #inspect(files: readonly BackupFile[]): Promise<BackupFacts> {
    mayStop(this.#work, "the backup");
    const staging = join(this.#store.path, STAGING);
    const keys: readonly string[] = KEY_FILES;
    try {
      for (const { path, sha256, source } of files) {
        if (keys.includes(path.split("/")[0] ?? "")) continue;
        const to = join(staging, path);
        await makeFolder(dirname(to));
        const from = this.#store.objectPath(sha256);
        // Some file systems have no links.
        if (source === undefined) await cp(from, to);
        else await link(from, to).catch(() => cp(from, to));
      }
      this.#work.progress.stage({ title: "opening the copy", unit: "records", total: undefined });
      return await this.#options.inspect(staging);
    } catch (thrown) {
      throw await this.#ofOriginal(thrown, staging, files);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  /**
   * What is wrong with a copy is wrong with what was copied, and told of that; unless an object went bad since an earlier backup made it: that is
   * set aside, and the backup named.
   */
  async #ofOriginal(thrown: unknown, staging: string, files: readonly BackupFile[]): Promise<unknown> {
    const { dataDirectory } = this.#options;
    const original = (text: string) => text.replaceAll(staging, dataDirectory);
    if (NewerFormatError.matches(thrown)) return new NewerFormatError({ ...thrown.data, path: original(thrown.data.path) }, thrown.cause);
    if (NothingStoredError.matches(thrown))
      return new NothingStoredError({ ...thrown.data, path: original(thrown.data.path) }, thrown.cause);
    if (LoadUnderWayError.matches(thrown)) return new LoadUnderWayError({ path: original(thrown.data.path) }, thrown.cause);
    if (!ChainwrightError.is(thrown) || thrown.kind !== "damaged") return thrown;
    this.#work.progress.stage({ title: "reading the copy", unit: "bytes", total: files.reduce((sum, { bytes }) => sum + bytes, 0) });
    for (const { path, bytes, sha256 } of files) {
      mayStop(this.#work, "the backup");
      const reason = await objectFault(this.#store, sha256, bytes, this.#work);
      if (reason !== undefined)
        return new BackupDamagedError({ path: this.#store.path, reason: `${path}: ${reason}`, part: "object" }, thrown);
    }
    if (!StorageDamagedError.matches(thrown)) return thrown;
    return new StorageDamagedError({ path: original(thrown.data.path), reason: original(thrown.data.reason) }, thrown.cause);
  }
}

/** Size, times and place of a file: another file, or the same one changed, differs in at least one of them. */
function sourceOf(path: string, found: { readonly ino: bigint; readonly dev: bigint; readonly mtimeNs: bigint }, bytes: number): string {
  return `${path} ${bytes} ${found.dev}:${found.ino} ${found.mtimeNs}`;
}

/** Files at or below a name in a folder, with "/". */
async function filesUnder(root: string, name: string): Promise<string[]> {
  const found = await stat(join(root, name)).catch(() => undefined);
  if (found === undefined) return [];
  if (found.isFile()) return [name];
  if (!found.isDirectory()) return [];
  const files: string[] = [];
  for (const each of (await readdir(join(root, name))).sort()) files.push(...(await filesUnder(root, `${name}/${each}`)));
  return files;
}

/**
 * Reads all content of a generation again. The folder's lock is held by the caller.
 *
 * What is not what its name says is set aside: otherwise every later backup would take it for a copy of a table that it has.
 * @returns one line for each file that is damaged, BACKUP.json included
 */
export async function verifyBackup(store: BackupStore, generation: number | undefined, work: Work): Promise<readonly string[]> {
  const { files } = await store.manifest(generation);
  const faults = store.faceFault === undefined ? [] : [store.faceFault];
  const found = new Map<string, string | undefined>();
  work.progress.stage({ title: "reading", unit: "bytes", total: files.reduce((sum, { bytes }) => sum + bytes, 0) });
  for (const { path, bytes, sha256 } of files) {
    mayStop(work, "the check", "anew");
    if (!found.has(sha256)) found.set(sha256, await objectFault(store, sha256, bytes, work));
    const fault = found.get(sha256);
    if (fault !== undefined) faults.push(`${path}: ${fault}`);
  }
  return faults;
}

async function objectFault(store: BackupStore, sha256: string, bytes: number, work: Work): Promise<string | undefined> {
  const path = store.objectPath(sha256);
  let found: Awaited<ReturnType<typeof hashFile>>;
  try {
    found = await hashFile(path, undefined, (read) => work.progress.done(read));
  } catch (thrown) {
    return codeOf(thrown) === "ENOENT" ? `${path} is missing` : messageOf(thrown);
  }
  if (found.bytes === bytes && found.sha256 === sha256) return undefined;
  const fault =
    found.bytes === bytes ? `${path} has other content than was backed up` : `${path} has ${found.bytes} bytes instead of ${bytes}`;
  return store.setAside(sha256).then(
    () => `${fault}; it was set aside as ${sha256}.damaged`,
    (thrown: unknown) => `${fault}; it can't be set aside: ${messageOf(thrown)}`,
  );
}
