/**
 * The native engine's source files by the instruction sets that they may use, told by the ends of their names:
 * `…avx2.cc`, `…ifma.cc`, `…avx512.cc`, `…sha_ni.cc`; everything else is portable. binding.gyp asks this file
 * (`node native/sources.js avx2`), so that a new source needs no second entry there, and install.js takes the fingerprint
 * of the sources from here. Plain JavaScript: it runs before anything is built.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The package's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Sources that the addon does not contain: the entry of the WebAssembly build. */
const NOT_IN_ADDON = new Set(["native/src/wasm.cc"]);

const GROUPS = { avx2: /avx2\.cc$/, ifma: /ifma\.cc$/, avx512: /avx512\.cc$/, "sha-ni": /sha_ni\.cc$/ };

/** All files below native/src, sorted, with slashes on every platform. */
function filesOfSource() {
  const entries = readdirSync(`${ROOT}native/src`, { recursive: true });
  return entries.map((entry) => `native/src/${entry.replaceAll("\\", "/")}`).sort();
}

/** Sources of one group: `portable` or a key of GROUPS. */
export function sources(group) {
  const all = filesOfSource().filter((path) => path.endsWith(".cc") && !NOT_IN_ADDON.has(path));
  if (group !== "portable") return all.filter((path) => GROUPS[group].test(path));
  return all.filter((path) => !Object.values(GROUPS).some((pattern) => pattern.test(path)));
}

/** SHA-256, in hex, over everything that decides what the addon does: sources, build description, headers' version. */
export function fingerprint() {
  const hash = createHash("sha256");
  const code = filesOfSource().filter((path) => /\.(cc|h)$/.test(path) && !NOT_IN_ADDON.has(path));
  for (const path of ["binding.gyp", "native/sources.js", ...code]) {
    const bytes = readFileSync(ROOT + path);
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

const [, script, group] = process.argv;
if (script !== undefined && fileURLToPath(import.meta.url) === script && group !== undefined) console.log(sources(group).join("\n"));
