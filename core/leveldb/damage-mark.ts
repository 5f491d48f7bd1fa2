/** What is known to be damaged refuses every later open, since what LevelDB makes of it looks sound: a file in the database's folder says so. */
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";

const MARK = "DAMAGED";

export async function markDamaged(directory: string, reason: string): Promise<void> {
  const mark = await open(join(directory, MARK), "w", 0o600);
  try {
    await mark.writeFile(`${reason}\n`);
    await mark.sync();
  } finally {
    await mark.close();
  }
}

/** What was found once; undefined: nothing. @throws what reading the mark throws where there is one */
export async function damageMark(directory: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, MARK), "utf8")).trim();
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}
