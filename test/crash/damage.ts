/** Damage to LevelDB's own files: a bit that flips, an end that is missing. */
import { readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Damage {
  readonly file: string;
  readonly what: string;
}

/** Files that hold something; a name for the table of outcomes. */
export function kindOf(file: string): string | undefined {
  if (/^\d+\.log$/.test(file)) return "log";
  if (/^\d+\.(ldb|sst)$/.test(file)) return "table";
  if (file.startsWith("MANIFEST-")) return "manifest";
  return file === "CURRENT" ? "current" : undefined;
}

/** Damages one file of a database that nobody has open; undefined if none has content. */
export async function damage(database: string, random: () => number): Promise<Damage | undefined> {
  const names = (await readdir(database)).filter((name) => kindOf(name) !== undefined).sort();
  const sized: { readonly name: string; readonly bytes: number }[] = [];
  for (const name of names) sized.push({ name, bytes: (await stat(join(database, name))).size });
  // By kind first: there are many tables and one log.
  const kinds = [...new Set(sized.filter(({ bytes }) => bytes > 0).map(({ name }) => kindOf(name)))];
  const kind = kinds[Math.floor(random() * kinds.length)];
  const choices = sized.filter(({ name, bytes }) => bytes > 0 && kindOf(name) === kind);
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) return undefined;
  const path = join(database, chosen.name);
  const at = Math.floor(random() * chosen.bytes);
  if (random() < 0.4) {
    const left = random() < 0.2 ? 0 : at;
    await truncate(path, left);
    return { file: chosen.name, what: `cut to ${left} of ${chosen.bytes} bytes` };
  }
  const bytes = await readFile(path);
  const bit = Math.floor(random() * 8);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  await writeFile(path, bytes);
  return { file: chosen.name, what: `bit ${bit} of byte ${at} of ${chosen.bytes} flipped` };
}
