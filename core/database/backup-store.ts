/**
 * A folder of backups: objects named by their SHA-256, and one manifest for each generation that lists what it is made of.
 *
 * ```
 * BACKUP.json               format, and the chain that all generations are of
 * objects/ab/abcdef…        content; never changed, shared by all generations that have the same table
 * generations/000007.json   files with sizes and hashes, head, format of the data, a digest over all of it
 * copied.jsonl              what an unfinished backup has hashed already
 * ```
 *
 * A generation is its manifest: written last, atomically, when all that it lists is on the device. What is in no manifest is left
 * over from a backup that was cut off, and goes with the next clean-up.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { messageOf } from "../kernel/errors.js";
import { codeOf, exists, makeFolder, syncFolder, writeFileAtomically } from "./durable-files.js";
import { BackupDamagedError, BackupMissingError, BackupNewerFormatError, BackupOtherChainError, NotABackupError } from "./errors.js";

export const BACKUP_FORMAT = 1;
const FACE = "BACKUP.json";
const OBJECT = /^[0-9a-f]{64}$/;
const GENERATION = /^(\d{6,})\.json$/;

/** Which chain something is of. */
export interface ChainIdentity {
  readonly chainId: string;
  readonly parametersHash: string;
}

export interface BackupFile {
  /** In the data directory, with "/". */
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Of an immutable file: as which it was found. One that is found so again need not be read again. */
  readonly source?: string;
}

/** What a generation says of the database that it is a copy of. */
export interface BackupFacts {
  readonly genesisId: string;
  readonly head: { readonly height: number; readonly id: string };
  readonly finalizedHeight: number;
  /** State is on disk up to here; above, a start executes blocks again. */
  readonly flushedHeight: number;
  /** Format of the database. */
  readonly format: number;
}

export interface BackupManifest extends ChainIdentity, BackupFacts {
  readonly backupFormat: number;
  readonly generation: number;
  readonly createdAtMs: number;
  readonly createdBy: string;
  /** Id of the storage plugin. */
  readonly storage: string;
  readonly withKeys: boolean;
  readonly files: readonly BackupFile[];
}

/** What the manifest's file says of its content. */
export function digestOf(manifest: BackupManifest): string {
  return createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
}

export class BackupStore {
  readonly path: string;
  #faceFault: string | undefined;

  private constructor(path: string) {
    this.path = path;
  }

  /** What is wrong with BACKUP.json. The generations can be used all the same: each says itself what that file says. */
  get faceFault(): string | undefined {
    return this.#faceFault;
  }

  /** @throws BACKUP_MISSING, BACKUP_FOREIGN, BACKUP_NEWER_FORMAT, BACKUP_OTHER_CHAIN, BACKUP_DAMAGED */
  static async open(path: string, chain: ChainIdentity | undefined): Promise<BackupStore> {
    const store = new BackupStore(resolve(path));
    const face = await store.#face();
    if (face === undefined) {
      if (await exists(store.path)) throw new NotABackupError({ path: store.path, reason: `it has no ${FACE}` });
      throw new BackupMissingError({ path: store.path, wanted: "such folder" });
    }
    if (chain !== undefined) store.#requireChain(face, chain);
    return store;
  }

  /** Opens a folder, or makes it one of backups if it is empty. @throws as `open` */
  static async openOrMake(path: string, chain: ChainIdentity): Promise<BackupStore> {
    const store = new BackupStore(resolve(path));
    await makeFolder(store.path);
    const there = await store.#face();
    if (there !== undefined) store.#requireChain(there, chain);
    else {
      const names = (await readdir(store.path)).filter((name) => name !== "lock" && name !== `${FACE}.new` && name !== "lost+found");
      if (names.length > 0) throw new NotABackupError({ path: store.path, reason: `it has no ${FACE}, but ${names[0]}` });
    }
    if (there === undefined || store.#faceFault !== undefined) {
      const face = { backupFormat: BACKUP_FORMAT, chainId: chain.chainId, parametersHash: chain.parametersHash };
      await writeFileAtomically(join(store.path, FACE), `${JSON.stringify(face, undefined, 2)}\n`);
    }
    await makeFolder(join(store.path, "objects"));
    await makeFolder(join(store.path, "generations"));
    return BackupStore.open(path, chain);
  }

  #requireChain(there: ChainIdentity, wanted: ChainIdentity): void {
    if (there.chainId !== wanted.chainId || there.parametersHash !== wanted.parametersHash)
      throw new BackupOtherChainError({ path: this.path, there: nameOf(there), wanted: nameOf(wanted) });
  }

  async #face(): Promise<ChainIdentity | undefined> {
    const foreign = (reason: string) => new NotABackupError({ path: this.path, reason });
    let text: string;
    try {
      text = await readFile(join(this.path, FACE), "utf8");
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") return this.#faceOfGenerations("is missing");
      throw foreign(messageOf(thrown));
    }
    const value = parsed(text) as Partial<ChainIdentity & { backupFormat: number }> | undefined;
    const { backupFormat: format, chainId, parametersHash } = value ?? {};
    if (typeof format === "number" && format > BACKUP_FORMAT)
      throw new BackupNewerFormatError({ path: this.path, format, supported: BACKUP_FORMAT });
    if (typeof format === "number" && typeof chainId === "string" && typeof parametersHash === "string") return { chainId, parametersHash };
    const fault = text.trim() === "" ? "is empty" : "makes no sense";
    const face = await this.#faceOfGenerations(fault);
    if (face === undefined) throw foreign(`${FACE} ${fault}`);
    return face;
  }

  /**
   * What BACKUP.json said, by the newest generation that can be read.
   * @returns undefined: there is nothing of a backup here
   * @throws BACKUP_DAMAGED if there is, and no generation can say it; BACKUP_NEWER_FORMAT
   */
  async #faceOfGenerations(fault: string): Promise<ChainIdentity | undefined> {
    const generations = await this.generations();
    for (const generation of [...generations].reverse()) {
      try {
        const { chainId, parametersHash } = await this.manifest(generation);
        this.#faceFault = `${join(this.path, FACE)} ${fault}; the generations say themselves what it said, and the next backup writes it again`;
        return { chainId, parametersHash };
      } catch (thrown) {
        if (!BackupDamagedError.matches(thrown)) throw thrown;
      }
    }
    const isBackup =
      generations.length > 0 || ((await exists(join(this.path, "generations"))) && (await exists(join(this.path, "objects"))));
    if (!isBackup) return undefined;
    const reason = `it ${fault}, and there is no whole generation that says which chain the backups are of`;
    throw new BackupDamagedError({ path: join(this.path, FACE), reason, part: "face" });
  }

  /** Numbers of the generations, oldest first. */
  async generations(): Promise<readonly number[]> {
    const names = await readdir(join(this.path, "generations")).catch(() => [] as string[]);
    return names
      .flatMap((name) => GENERATION.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** @param generation default: the newest. @throws BACKUP_MISSING, BACKUP_DAMAGED, BACKUP_NEWER_FORMAT */
  async manifest(generation?: number): Promise<BackupManifest> {
    const all = await this.generations();
    const wanted = generation ?? all[all.length - 1];
    if (wanted === undefined) throw new BackupMissingError({ path: this.path, wanted: "finished backup" });
    if (!all.includes(wanted)) throw new BackupMissingError({ path: this.path, wanted: `generation ${wanted}` });
    const path = this.manifestPath(wanted);
    const value = parsed(await readFile(path, "utf8")) as { manifest?: BackupManifest; sha256?: unknown } | undefined;
    const manifest = value?.manifest;
    if (typeof manifest?.backupFormat !== "number")
      throw new BackupDamagedError({ path, reason: "it is cut off or no manifest", part: "manifest" });
    if (manifest.backupFormat > BACKUP_FORMAT)
      throw new BackupNewerFormatError({ path, format: manifest.backupFormat, supported: BACKUP_FORMAT });
    if (value?.sha256 !== digestOf(manifest)) throw new BackupDamagedError({ path, reason: "its digest does not match", part: "manifest" });
    return manifest;
  }

  manifestPath(generation: number): string {
    return join(this.path, "generations", `${String(generation).padStart(6, "0")}.json`);
  }

  objectPath(sha256: string): string {
    return join(this.path, "objects", sha256.slice(0, 2), sha256);
  }

  /** Whether content is there, by its name and size; `db verify --backup` reads it, and sets aside what is not what its name says. */
  async has(sha256: string, bytes: number): Promise<boolean> {
    return stat(this.objectPath(sha256)).then(
      ({ size }) => size === bytes,
      () => false,
    );
  }

  /** Takes content that is not what its name says out of use: the next backup copies it again, and its clean-up deletes this. */
  async setAside(sha256: string): Promise<void> {
    const path = this.objectPath(sha256);
    await rename(path, `${path}.damaged`);
    await syncFolder(dirname(path));
  }

  async makeObjectFolder(sha256: string): Promise<string> {
    const folder = join(this.path, "objects", sha256.slice(0, 2));
    await mkdir(folder, { mode: 0o700 }).catch((thrown: unknown) => {
      if (codeOf(thrown) !== "EEXIST") throw thrown;
    });
    return folder;
  }

  /** The last step of a backup: from here on, the generation is there. */
  async commit(manifest: BackupManifest): Promise<void> {
    const objects = join(this.path, "objects");
    for (const folder of new Set(manifest.files.map(({ sha256 }) => sha256.slice(0, 2)))) await syncFolder(join(objects, folder));
    await syncFolder(objects);
    await writeFileAtomically(
      this.manifestPath(manifest.generation),
      `${JSON.stringify({ sha256: digestOf(manifest), manifest }, undefined, 1)}\n`,
    );
  }

  /**
   * Drops all but the newest generations, and what no generation needs. A manifest that can't be read stays, and with it everything:
   * nobody can say any more what it needs.
   *
   * @returns how many generations and bytes went
   */
  async cleanUp(keep: number): Promise<{ readonly generations: number; readonly bytes: number }> {
    const all = await this.generations();
    const dropped = all.slice(0, Math.max(0, all.length - keep));
    for (const generation of dropped) await unlink(this.manifestPath(generation));
    if (dropped.length > 0) await syncFolder(join(this.path, "generations"));
    const needed = new Set<string>();
    for (const generation of await this.generations()) {
      try {
        for (const { sha256 } of (await this.manifest(generation)).files) needed.add(sha256);
      } catch {
        return { generations: dropped.length, bytes: 0 };
      }
    }
    let bytes = 0;
    const objects = join(this.path, "objects");
    for (const folder of await readdir(objects)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) {
        await rm(join(objects, folder), { force: true, recursive: true });
        continue;
      }
      for (const name of await readdir(join(objects, folder))) {
        if (OBJECT.test(name) && needed.has(name)) continue;
        const path = join(objects, folder, name);
        bytes += (await stat(path)).size;
        await rm(path, { force: true });
      }
    }
    return { generations: dropped.length, bytes };
  }
}

export function nameOf({ chainId, parametersHash }: ChainIdentity): string {
  return `chain ${chainId} (parameters ${parametersHash.slice(0, 16)}…)`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
