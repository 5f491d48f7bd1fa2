/**
 * Puts a new database in the place of an old one: of a restore, a rebuild, or a rewind that executed blocks again.
 *
 * That is many renames, so the file RESTORE says meanwhile what is to be done: which entries go, which must come, and from which folder.
 * No node starts while it is there, and `finishReplacing` ends it after any kill. The old data is deleted last, when everything
 * that was to come is in its place. If that has been deleted meanwhile, there is nothing to finish: the old data goes back.
 */
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../kernel/assert.js";
import { messageOf } from "../kernel/errors.js";
import { KEY_FILES } from "./backup.js";
import { codeOf, makeFolder, syncFolder, writeFileAtomically } from "./durable-files.js";
import { ReplacementLostError, ReplacementMarkError } from "./errors.js";

/** While it is there, what the directory holds is being replaced. */
export const RESTORE_MARK = "RESTORE";
/** Where a restore puts what it brings. */
export const STAGING = "restore.tmp";
/** Where a database is made anew. */
export const REBUILD_FOLDER = "rebuild.tmp";
/** The source of what was made there. */
export const REBUILT = "rebuild";
/** What was there before. */
export const REPLACED = "replaced.tmp";
/** In it: all that goes is there. */
const BEGUN = "begun";

export interface Replacement {
  /** Folder within the directory that holds the new data. */
  readonly staging: typeof STAGING | typeof REBUILD_FOLDER;
  /** Entries that go. */
  readonly replace: readonly string[];
  /** Entries that come; without all of them, the old data stays. */
  readonly wanted: readonly string[];
  /** What the new data is, for whoever goes on with it. */
  readonly source: string;
}

interface Mark extends Replacement {
  /** The new data was lost: the old goes back. */
  readonly back?: boolean;
}

/** Unlike `exists`: what can't be looked at is not taken for missing. */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return false;
    throw thrown;
  }
}

/** Whether a directory is in the middle of being replaced. */
export function isUnfinishedRestore(dataDirectory: string): Promise<boolean> {
  return isThere(join(dataDirectory, RESTORE_MARK));
}

/** What is being done to a directory. @throws RESTORE_MARK_DAMAGED */
export async function readMark(dataDirectory: string): Promise<Mark | undefined> {
  let text: string;
  try {
    text = await readFile(join(dataDirectory, RESTORE_MARK), "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw new ReplacementMarkError({ path: dataDirectory, reason: messageOf(thrown) }, thrown);
  }
  let value: Partial<Mark> | null;
  try {
    value = JSON.parse(text) as Partial<Mark> | null;
  } catch (thrown) {
    throw new ReplacementMarkError({ path: dataDirectory, reason: "it is no JSON" }, thrown);
  }
  const { staging, replace, wanted, source, back } = value ?? {};
  const isRight =
    (staging === STAGING || staging === REBUILD_FOLDER) &&
    areNames(replace) &&
    areNames(wanted) &&
    wanted.length > 0 &&
    typeof source === "string";
  if (!isRight) throw new ReplacementMarkError({ path: dataDirectory, reason: "it makes no sense" });
  return { staging, replace, wanted, source, ...(back === true ? { back } : {}) };
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string" && /^[^/\\]+$/.test(name) && name !== "." && name !== "..");
}

function writeMark(dataDirectory: string, mark: Mark): Promise<void> {
  return writeFileAtomically(join(dataDirectory, RESTORE_MARK), `${JSON.stringify(mark)}\n`);
}

const isKey = (name: string): boolean => (KEY_FILES as readonly string[]).includes(name);

/**
 * Puts what is in the staging folder in the place of some entries of the directory. From the moment that RESTORE is there, it will be done,
 * if not now, then by `finishReplacing`.
 */
export async function replaceData(dataDirectory: string, replacement: Replacement): Promise<void> {
  const staging = join(dataDirectory, replacement.staging);
  await rm(join(staging, "lock"), { recursive: true, force: true });
  assert(replacement.wanted.length > 0, "something comes in place of what goes");
  for (const name of replacement.wanted) assert(await isThere(join(staging, name)), `${name} is there to come in place of the old one`);
  await rm(join(dataDirectory, REPLACED), { recursive: true, force: true });
  await writeMark(dataDirectory, replacement);
  await finishReplacing(dataDirectory);
}

/**
 * Ends what RESTORE tells of; repeated after a kill, it comes to the same.
 * @returns whether there was anything to end
 * @throws RESTORE_LOST where the new data is gone; the old is in its place again if it was there, RESTORE_MARK_DAMAGED
 */
export async function finishReplacing(dataDirectory: string): Promise<boolean> {
  const mark = await readMark(dataDirectory);
  if (mark === undefined) return false;
  const staging = join(dataDirectory, mark.staging);
  const replaced = join(dataDirectory, REPLACED);
  if (mark.back === true || (await isLost(dataDirectory, mark))) await goBack(dataDirectory, mark);
  // What was there goes first, all of it, before anything comes in its place: names do not tell the old from the new.
  if (!(await isThere(join(replaced, BEGUN)))) {
    await makeFolder(replaced);
    for (const name of mark.replace)
      if (await isThere(join(dataDirectory, name))) await rename(join(dataDirectory, name), join(replaced, name));
    await syncFolder(dataDirectory);
    await writeFileAtomically(join(replaced, BEGUN), "");
  }
  for (const name of (await isThere(staging)) ? await readdir(staging) : []) {
    // Keys that are there stay: nothing brings them back.
    const comes = isKey(name) ? !(await isThere(join(dataDirectory, name))) : mark.wanted.includes(name);
    if (comes) await rename(join(staging, name), join(dataDirectory, name));
  }
  await syncFolder(dataDirectory);
  await rm(staging, { recursive: true, force: true });
  await endMark(dataDirectory);
  // What was there before goes last: until here, a person could still have taken it back.
  await rm(replaced, { recursive: true, force: true });
  return true;
}

/** Whether something that is to come neither waits nor is in its place. */
async function isLost(dataDirectory: string, { staging, wanted }: Mark): Promise<boolean> {
  // Before all of the old data has gone, what has a wanted name is old.
  const mayHaveCome = await isThere(join(dataDirectory, REPLACED, BEGUN));
  for (const name of wanted)
    if (!(await isThere(join(dataDirectory, staging, name))) && !(mayHaveCome && (await isThere(join(dataDirectory, name))))) return true;
  return false;
}

/** Brings the old data back. @throws RESTORE_LOST always */
async function goBack(dataDirectory: string, mark: Mark): Promise<never> {
  if (mark.back !== true) await writeMark(dataDirectory, { ...mark, back: true });
  const replaced = join(dataDirectory, REPLACED);
  const aside = async (name: string) => {
    const staging = join(dataDirectory, mark.staging);
    if (!(await isThere(join(dataDirectory, name)))) return;
    await makeFolder(staging);
    await rm(join(staging, name), { recursive: true, force: true });
    await rename(join(dataDirectory, name), join(staging, name));
  };
  for (const name of mark.wanted) if (!mark.replace.includes(name)) await aside(name);
  for (const name of (await isThere(replaced)) ? await readdir(replaced) : []) {
    if (!mark.replace.includes(name)) continue;
    // While the old one is in the other folder, what bears its name is new.
    await aside(name);
    await rename(join(replaced, name), join(dataDirectory, name));
  }
  await syncFolder(dataDirectory);
  const gone: string[] = [];
  for (const name of mark.replace) if (!(await isThere(join(dataDirectory, name)))) gone.push(name);
  // With nothing there, a node would begin a chain of its own: the mark keeps it from that.
  if (gone.length === 0) {
    await endMark(dataDirectory);
    await rm(replaced, { recursive: true, force: true });
  }
  throw new ReplacementLostError({ path: dataDirectory, staging: mark.staging, gone });
}

async function endMark(dataDirectory: string): Promise<void> {
  await rm(join(dataDirectory, RESTORE_MARK), { force: true });
  await syncFolder(dataDirectory);
}
