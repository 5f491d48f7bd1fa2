/**
 * From the name of a plugin in a config to its module: a built-in by id, a path, or a package.
 *
 * Packages are found from the config file's folder, as Node would find them for a module that lies there. Node 20 offers no
 * such call for ESM (`createRequire` refuses packages that export to `import` only), hence the small resolver here: node_modules upwards,
 * then `exports` under the conditions node, import and default (Node's docs, "Packages").
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const CONDITIONS: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);
const PACKAGE_NAME = /^(@[a-z0-9][\w.~-]*\/)?[a-z0-9][\w.~-]*/i;

/** The module's URL, or why there is none. */
export type ResolvedModule = { readonly url: string } | { readonly reason: string };

export function isPathName(name: string): boolean {
  return name.startsWith("./") || name.startsWith("../") || name.startsWith("file:") || isAbsolute(name);
}

/** @param directory of the config file */
export function resolveModule(name: string, directory: string): ResolvedModule {
  try {
    return isPathName(name) ? resolvePath(name, directory) : resolvePackage(name, directory);
  } catch (error) {
    return { reason: `cannot be looked up (${(error as NodeJS.ErrnoException).code ?? String(error)})` };
  }
}

function resolvePath(name: string, directory: string): ResolvedModule {
  const path = name.startsWith("file:") ? fileURLToPath(name) : resolve(directory, name);
  if (isFile(path)) return { url: pathToFileURL(path).href };
  if (!existsSync(path)) return { reason: `there is no ${path}` };
  if (existsSync(join(path, "package.json"))) return resolveExports(path, ".");
  const index = join(path, "index.js");
  return isFile(index) ? { url: pathToFileURL(index).href } : { reason: `the folder ${path} has no package.json and no index.js` };
}

function resolvePackage(name: string, directory: string): ResolvedModule {
  const packageName = PACKAGE_NAME.exec(name)?.[0];
  const subpath = packageName === undefined ? "" : name.slice(packageName.length);
  if (packageName === undefined || (subpath !== "" && !subpath.startsWith("/")))
    return { reason: "not a built-in plugin, a package name or a path" };
  for (let folder = directory; ; folder = dirname(folder)) {
    const root = join(folder, "node_modules", packageName);
    if (existsSync(join(root, "package.json"))) return resolveExports(root, `.${subpath}`);
    if (folder === dirname(folder)) break;
  }
  return {
    reason: `no built-in plugin has this id, and no package of this name is installed for ${directory}; correct the name, or install the package there`,
  };
}

interface PackageJson {
  readonly main?: unknown;
  readonly exports?: unknown;
}

function resolveExports(root: string, subpath: string): ResolvedModule {
  const description = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as PackageJson;
  const { exports, main } = description;
  if (exports === undefined || exports === null) {
    const entry = subpath === "." ? (typeof main === "string" ? main : "index.js") : subpath;
    const file = [entry, `${entry}.js`, join(entry, "index.js")].map((path) => join(root, path)).find(isFile);
    return file === undefined ? { reason: `the package in ${root} has no file ${entry}` } : { url: pathToFileURL(file).href };
  }
  const target = matchExports(exports, subpath);
  if (target === undefined)
    return { reason: `the package in ${root} does not export ${subpath === "." ? "a main module" : subpath} to import` };
  const file = resolve(root, target);
  if (!file.startsWith(resolve(root) + sep) || !isFile(file))
    return { reason: `the package in ${root} exports ${target}, which is not a file of it` };
  return { url: pathToFileURL(file).href };
}

/** The target of `subpath` in an `exports` field, patterns with one star included. */
function matchExports(exports: unknown, subpath: string): string | undefined {
  const isTable =
    typeof exports === "object" && exports !== null && !Array.isArray(exports) && Object.keys(exports).some((key) => key.startsWith("."));
  if (!isTable) return subpath === "." ? pickTarget(exports, "") : undefined;
  const table = exports as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(table, subpath)) return pickTarget(table[subpath], "");
  const patterns = Object.keys(table).filter((key) => key.includes("*"));
  // Longest prefix first, as Node does.
  patterns.sort((a, b) => b.indexOf("*") - a.indexOf("*"));
  for (const pattern of patterns) {
    const [prefix = "", suffix = ""] = pattern.split("*");
    const fits = subpath.startsWith(prefix) && subpath.endsWith(suffix) && subpath.length > prefix.length + suffix.length;
    if (fits) return pickTarget(table[pattern], subpath.slice(prefix.length, subpath.length - suffix.length));
  }
  return undefined;
}

function pickTarget(target: unknown, star: string): string | undefined {
  if (typeof target === "string") return target.replaceAll("*", star);
  if (Array.isArray(target)) {
    for (const option of target) {
      const picked = pickTarget(option, star);
      if (picked !== undefined) return picked;
    }
    return undefined;
  }
  if (typeof target !== "object" || target === null) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    if (!CONDITIONS.has(condition)) continue;
    const picked = pickTarget(inner, star);
    if (picked !== undefined) return picked;
  }
  return undefined;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
