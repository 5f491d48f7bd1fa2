/**
 * The node's place on disk: made, locked and checked before any plugin starts.
 *
 * `format.json` is the first thing written and the first thing read. It says which layout the rest has and which chain
 * it belongs to, so that a node never opens what it would misread.
 */
import { chmod, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import Type, { type Static } from "#bundled/typebox";
import { Value } from "#bundled/typebox/value";
import { writeFileAtomically } from "../database/durable-files.js";
import { RestoreUnfinishedError } from "../database/errors.js";
import { DATABASE_FORMAT } from "../database/format.js";
import { isUnfinishedRestore } from "../database/replacement.js";
import { assert } from "../kernel/assert.js";
import { messageOf } from "../kernel/errors.js";
import type { DataDirectory } from "../ports/data-directory.js";
import type { Clock, Scheduler } from "../ports/runtime.js";
import { Hash } from "../primitives/hash.js";
import {
  DataDirectoryDamagedError,
  DataDirectoryForeignError,
  DataDirectoryLockedError,
  DataDirectoryMissingError,
  DataDirectoryNewerFormatError,
  DataDirectoryNotWritableError,
  DataDirectoryOtherChainError,
} from "./data-directory-errors.js";
import { type DirectoryLock, lockDirectory } from "./directory-lock.js";

export { writeFileAtomically } from "../database/durable-files.js";

/** The layout that this program writes, and the newest that it reads. Raised with each format of the database (core/database/format.ts). */
export const DATA_DIRECTORY_FORMAT = DATABASE_FORMAT;
/** Of directories from before their format was written down. */
const FIRST_FORMAT = 1;

/** What may be in a directory before a node ran in it, put there by other commands or by who set the machine up. */
const BEFORE_FIRST_START: ReadonlySet<string> = new Set([
  "lock",
  "keys",
  "tls",
  "node.key",
  "admin.token",
  "lost+found",
  "format.json.new",
]);
/** A database that no format.json goes with: of a directory from before there was one, or brought by hand. */
const DATABASE = "chain.level";

const HEX_HASH = "^[0-9a-f]{64}$";

const FormatFile = Type.Object({
  format: Type.Integer({ minimum: 1 }),
  chainId: Type.String({ minLength: 1, maxLength: 32 }),
  parametersHash: Type.String({ pattern: HEX_HASH }),
  genesisId: Type.Optional(Type.String({ pattern: HEX_HASH })),
  createdBy: Type.String({ maxLength: 200 }),
  createdAtMs: Type.Integer({ minimum: 0 }),
});

/** Content of `format.json`. */
export type DataDirectoryFormat = Static<typeof FormatFile>;

/** Which chain the data must belong to. */
export interface DataDirectoryChain {
  readonly chainId: string;
  /** `ChainSpec.parametersHash`. */
  readonly parametersHash: Hash;
}

export interface DataDirectoryOptions {
  /** Made if it does not exist. Relative to the working directory. */
  readonly path: string;
  /** Which chain it must belong to. Undefined, for tools: whichever it does; it must be there then. */
  readonly chain: DataDirectoryChain | undefined;
  /** Absolute paths of files that may lie in it before it is one: config and chain spec. */
  readonly besides?: readonly string[];
  /** Name and version of the program, noted when the directory is made. */
  readonly createdBy: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/** A data directory that this process has locked. */
export interface OpenDataDirectory extends DataDirectory {
  readonly format: DataDirectoryFormat;
  /**
   * Notes the genesis block's id at the first start and compares it at all later ones.
   * @throws DATA_DIRECTORY_OTHER_CHAIN, DATA_DIRECTORY_NOT_WRITABLE
   */
  bindGenesis(genesisId: Hash): Promise<void>;
  /** Notes that the database has another format from now on. Never lowers it. @throws DATA_DIRECTORY_NOT_WRITABLE */
  raiseFormat(format: number): Promise<void>;
  /** Unlocks. Everything in the directory is closed by then. */
  close(): Promise<void>;
}

/** Makes a folder and those above it. Not by `recursive`: that never ends where a file system refuses with ENOENT (/proc). */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT" || dirname(path) === path) throw thrown;
    await makeFolders(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

/** Makes the folder, or closes an existing one to other users, if it is ours: never the modes of somebody else's folder. */
async function makeFolder(path: string): Promise<void> {
  await makeFolders(path);
  const found = await stat(path);
  if ((found.mode & 0o077) === 0) return;
  const names = await readdir(path);
  if (names.length === 0 || names.includes("format.json")) await chmod(path, 0o700);
}

async function readFormat(path: string): Promise<DataDirectoryFormat | undefined> {
  let text: string;
  try {
    text = await readFile(join(path, "format.json"), "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw new DataDirectoryDamagedError({ path, reason: `format.json can't be read: ${messageOf(thrown)}` }, thrown);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new DataDirectoryDamagedError({ path, reason: "format.json is no JSON" }, thrown);
  }
  // A newer format may have other fields: its number is judged before its shape.
  const newer = Value.Check(Type.Object({ format: Type.Integer(), createdBy: Type.Optional(Type.String()) }), value) ? value : undefined;
  if (newer !== undefined && newer.format > DATA_DIRECTORY_FORMAT) {
    const createdBy = newer.createdBy ?? "another program";
    throw new DataDirectoryNewerFormatError({ path, format: newer.format, supported: DATA_DIRECTORY_FORMAT, createdBy });
  }
  if (Value.Check(FormatFile, value)) return value;
  const [error] = Value.Errors(FormatFile, value);
  const where = error === undefined ? "it" : `${error.instancePath === "" ? "it" : error.instancePath.slice(1)} ${error.message}`;
  throw new DataDirectoryDamagedError({ path, reason: `format.json makes no sense: ${where}` });
}

function checkChain(path: string, found: DataDirectoryFormat, chain: DataDirectoryChain): void {
  const differing = (differs: string, there: string, wanted: string) => {
    if (there !== wanted) throw new DataDirectoryOtherChainError({ path, differs, there, wanted });
  };
  differing("chain id", found.chainId, chain.chainId);
  differing("hash of parameters", found.parametersHash, Hash.key(chain.parametersHash));
}

async function writeFormat(path: string, format: DataDirectoryFormat): Promise<void> {
  try {
    await writeFileAtomically(join(path, "format.json"), `${JSON.stringify(format, undefined, 2)}\n`);
  } catch (thrown) {
    throw new DataDirectoryNotWritableError({ path, reason: messageOf(thrown) }, thrown);
  }
}

/** Makes and locks the folder. */
async function lockFolder(path: string, scheduler: Scheduler): Promise<DirectoryLock> {
  let lock: Awaited<ReturnType<typeof lockDirectory>>;
  try {
    await makeFolder(path);
    lock = await lockDirectory(path, () => scheduler.yield());
  } catch (thrown) {
    throw new DataDirectoryNotWritableError({ path, reason: messageOf(thrown) }, thrown);
  }
  if ("heldBy" in lock) throw new DataDirectoryLockedError({ path, pid: lock.heldBy });
  return lock;
}

class LockedDataDirectory implements OpenDataDirectory {
  readonly path: string;
  readonly #lock: DirectoryLock;
  #format: DataDirectoryFormat;

  constructor(path: string, lock: DirectoryLock, format: DataDirectoryFormat) {
    this.path = path;
    this.#lock = lock;
    this.#format = format;
  }

  get format(): DataDirectoryFormat {
    return this.#format;
  }

  resolve(...segments: readonly string[]): string {
    const inside = resolve(this.path, ...segments);
    assert(inside === this.path || inside.startsWith(join(this.path, "/")), "a plugin's data lies inside the data directory");
    return inside;
  }

  async bindGenesis(genesisId: Hash): Promise<void> {
    const wanted = Hash.key(genesisId);
    const there = this.#format.genesisId;
    if (there === wanted) return;
    if (there !== undefined) throw new DataDirectoryOtherChainError({ path: this.path, differs: "genesis block", there, wanted });
    const format = { ...this.#format, genesisId: wanted };
    await writeFormat(this.path, format);
    this.#format = format;
  }

  async raiseFormat(number: number): Promise<void> {
    if (this.#format.format >= number) return;
    const format = { ...this.#format, format: number };
    await writeFormat(this.path, format);
    this.#format = format;
  }

  async close(): Promise<void> {
    this.#lock.release();
  }
}

/** Nothing is written into a folder that is somebody else's. */
async function refuseForeign(path: string, besides: readonly string[]): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(path);
  } catch {
    // It is not there yet, or is no folder: making it will tell.
    return;
  }
  if (names.includes("format.json") || names.includes(DATABASE)) return;
  const isStranger = (name: string) => !BEFORE_FIRST_START.has(name) && !name.startsWith(".") && !besides.includes(join(path, name));
  const stranger = names.find(isStranger);
  if (stranger !== undefined) throw new DataDirectoryForeignError({ path, found: `it holds ${stranger}, and no format.json` });
}

/**
 * Opens the node's data directory, which is made if it is not there.
 *
 * @throws DATA_DIRECTORY_LOCKED, DATA_DIRECTORY_NEWER_FORMAT, DATA_DIRECTORY_OTHER_CHAIN, DATA_DIRECTORY_DAMAGED,
 *   DATA_DIRECTORY_NOT_WRITABLE, DATA_DIRECTORY_FOREIGN, DATA_DIRECTORY_MISSING, RESTORE_UNFINISHED; the directory is not locked then
 */
export async function openDataDirectory(options: DataDirectoryOptions): Promise<OpenDataDirectory> {
  const path = resolve(options.path);
  await refuseForeign(path, options.besides ?? []);
  if (options.chain === undefined && (await readFormat(path)) === undefined) throw new DataDirectoryMissingError({ path });
  const lock = await lockFolder(path, options.scheduler);
  try {
    if (await isUnfinishedRestore(path)) throw new RestoreUnfinishedError({ path });
    // Crashes between writing and renaming, or at the end of a restore, leave these behind.
    await rm(join(path, "format.json.new"), { force: true });
    await rm(join(path, "replaced.tmp"), { recursive: true, force: true });
    const there = await readFormat(path);
    const isKept = there !== undefined && !(await isUnbegun(path, there, options));
    const format = isKept ? there : await makeFormat(path, options);
    if (options.chain !== undefined) checkChain(path, format, options.chain);
    return new LockedDataDirectory(path, lock, format);
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

/** A start that failed before any plugin began left it: whichever chain it was meant for, it has nothing of it. */
async function isUnbegun(
  path: string,
  { genesisId }: DataDirectoryFormat,
  { chain, besides = [] }: DataDirectoryOptions,
): Promise<boolean> {
  if (chain === undefined || genesisId !== undefined) return false;
  const isEarly = (name: string) => name === "format.json" || BEFORE_FIRST_START.has(name) || besides.includes(join(path, name));
  return (await readdir(path)).every(isEarly);
}

async function makeFormat(path: string, { chain, createdBy, clock }: DataDirectoryOptions): Promise<DataDirectoryFormat> {
  if (chain === undefined) throw new DataDirectoryMissingError({ path });
  const hasDatabase = (await readdir(path)).includes(DATABASE);
  const format = {
    format: hasDatabase ? FIRST_FORMAT : DATA_DIRECTORY_FORMAT,
    chainId: chain.chainId,
    parametersHash: Hash.key(chain.parametersHash),
    createdBy,
    createdAtMs: clock.nowMs(),
  };
  await writeFormat(path, format);
  return format;
}

/** What a data directory says of itself, without locking it: for backups of a running node. @throws DATA_DIRECTORY_MISSING, DATA_DIRECTORY_DAMAGED, … */
export async function readDataDirectory(path: string): Promise<DataDirectoryFormat> {
  const format = await readFormat(resolve(path));
  if (format === undefined) throw new DataDirectoryMissingError({ path: resolve(path) });
  return format;
}
