/** Finds the suites: every file of bench/suites is one, under its file's name. */
import { readdirSync } from "node:fs";
import type { BenchSuite } from "./suite.js";

const EXTENSION = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** Names of all suites, sorted. */
export function suiteNames(folder = new URL("./suites/", import.meta.url)): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(EXTENSION) && !file.endsWith(".d.ts"))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();
}

/** Loads one suite by its name. @throws Error if its file does not export a suite of that name */
export async function loadSuite(name: string, folder = new URL("./suites/", import.meta.url)): Promise<BenchSuite> {
  const file = new URL(name + EXTENSION, folder);
  const { default: suite } = (await import(file.href)) as { readonly default?: Partial<BenchSuite> };
  if (suite?.name !== name || typeof suite.run !== "function" || typeof suite.description !== "string") {
    throw new Error(`${file.pathname}: its default export is no suite named ${name} (see bench/suite.ts)`);
  }
  return suite as BenchSuite;
}
