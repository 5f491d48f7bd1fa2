/** The package's version, read once from its package.json, from source and from dist alike. */
import { existsSync, readFileSync } from "node:fs";

function findPackage(): URL {
  for (let at = new URL("./", import.meta.url); ; at = new URL("../", at)) {
    const file = new URL("package.json", at);
    if (existsSync(file)) return file;
    if (at.pathname === "/") throw new Error("package.json of chainwright is missing");
  }
}

/** The folder that holds package.json. */
export const PACKAGE_ROOT = new URL("./", findPackage());

export const VERSION: string = (JSON.parse(readFileSync(new URL("package.json", PACKAGE_ROOT), "utf8")) as { version: string }).version;
