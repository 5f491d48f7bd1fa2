/**
 * Checks that the lock file names every optional dependency of every package (binaries for other platforms included), as
 * `npm ci` demands. npm leaves out those that its registry did not answer for while it wrote the lock. `--fix` adds them.
 */
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const missing = new Map();
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const isThere = [`node_modules/${name}`, `${path}/node_modules/${name}`].some((key) => key in lock.packages);
    if (!isThere) missing.set(`node_modules/${name}`, { version, ...(entry.dev ? { dev: true } : {}), optional: true });
  }
}
if (missing.size === 0) process.exit(0);
if (!process.argv.includes("--fix")) {
  console.error(
    `package-lock.json lacks ${missing.size} optional dependencies, so npm ci refuses it; run: node test/lint/lockfile.mjs --fix`,
  );
  process.exit(1);
}
const packages = { ...lock.packages, ...Object.fromEntries(missing) };
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`added ${missing.size} optional dependencies`);
