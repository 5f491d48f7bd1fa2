/**
 * Puts `chainwright` into node_modules/.bin of this very package, so that `npx chainwright …` works as printed from a
 * clone. Run by `npm ci`; npm itself links only the binaries of dependencies.
 */
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PACKAGE_ROOT } from "../node/version.js";

const main = fileURLToPath(new URL("main.js", import.meta.url));
const folder = new URL("node_modules/.bin/", PACKAGE_ROOT);
// As a dependency of another package there is nothing to do: npm links it there.
if (existsSync(new URL("node_modules/", PACKAGE_ROOT)) && process.platform !== "win32") {
  mkdirSync(folder, { recursive: true });
  const link = fileURLToPath(new URL("chainwright", folder));
  rmSync(link, { force: true });
  symlinkSync(main, link);
  chmodSync(main, 0o755);
}
