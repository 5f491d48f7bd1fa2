/**
 * Built-in plugins by id. Nothing imports a plugin: this table names their modules, and the kernel loads those that a
 * config names, so that a node pays in memory and start-up only for what it runs.
 */
import type { PluginManifest } from "../ports/plugin.js";

const IDS = [
  "api-http",
  "consensus-gasper",
  "consensus-helios",
  "consensus-nakamoto",
  "index-history",
  "ledger-account",
  "metrics-prometheus",
  "storage-level",
  "storage-memory",
  "transport-memory",
  "transport-tcp",
] as const;

export type ManifestLoader = () => Promise<{ readonly default: PluginManifest }>;

export const BUILTIN_PLUGINS: Readonly<Record<string, ManifestLoader>> = Object.fromEntries(
  IDS.map((id) => [
    id,
    () => {
      const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
      return import(new URL(`../../plugins/${id}/index.${ending}`, import.meta.url).href) as ReturnType<ManifestLoader>;
    },
  ]),
);
