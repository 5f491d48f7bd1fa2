/** The nearest known name to a misspelt one. Loaded only when there is something to suggest. */
import { distance } from "fastest-levenshtein";

/**
 * The name among `known` with the least edit distance to `given`, case and separators aside; undefined when none is near
 * enough to be meant (more than a third of its letters differ, at least one may). The same letters in another order count as
 * one edit: `prot` means `port`.
 */
export function nearest(given: string, known: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  const plain = lettersOf(given);
  for (const name of known) {
    const letters = lettersOf(name);
    const edits = sortedLetters(plain) === sortedLetters(letters) ? Math.min(1, distance(plain, letters)) : distance(plain, letters);
    const near = edits <= Math.max(1, Math.floor(Math.max(plain.length, letters.length) / 3));
    const prefix = plain.length >= 3 && (letters.startsWith(plain) || letters.endsWith(plain));
    if ((near || prefix) && (best === undefined || edits < best.distance)) best = { name, distance: edits };
  }
  return best?.name;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function sortedLetters(letters: string): string {
  return [...letters].sort().join("");
}
