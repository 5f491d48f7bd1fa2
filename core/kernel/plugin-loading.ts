/** Imports the module that a config names as a plugin and checks its manifest; whatever goes wrong is a problem, never an exception. */
import type { PluginManifest } from "../ports/plugin.js";
import type { Scheduler } from "../ports/runtime.js";
import { present } from "./assert.js";
import { withDeadline } from "./deadline.js";
import { messageOf } from "./errors.js";
import { checkManifest, type ManifestFault } from "./manifest.js";
import { resolveModule } from "./plugin-source.js";

/** Plugins by id, imported when a config names them. */
export type PluginModules = Readonly<Record<string, () => Promise<{ readonly default: PluginManifest }>>>;

export interface PluginLoading {
  readonly manifest: PluginManifest | undefined;
  readonly faults: readonly (ManifestFault & { readonly near?: { readonly given: string; readonly among: readonly string[] } })[];
}

export interface PluginLoadingContext {
  readonly builtIns: PluginModules;
  /** Of the config file: paths and packages are found from there. */
  readonly directory: string;
  readonly scheduler: Scheduler;
  readonly loadTimeoutMs: number;
  readonly portsVersion: string;
}

/** @param name built-in id, package name or path */
export async function loadPlugin(name: string, context: PluginLoadingContext): Promise<PluginLoading> {
  const { builtIns, directory, scheduler, loadTimeoutMs, portsVersion } = context;
  let load: () => Promise<unknown>;
  if (Object.hasOwn(builtIns, name)) load = present(builtIns[name], "an own member");
  else {
    const resolved = resolveModule(name, directory);
    if ("reason" in resolved) {
      const near = { given: name, among: Object.keys(builtIns) };
      return { manifest: undefined, faults: [{ code: "PLUGIN_NOT_FOUND", message: `no such plugin: ${resolved.reason}`, near }] };
    }
    load = () => import(resolved.url);
  }
  try {
    const exports = await withDeadline(
      load,
      scheduler,
      loadTimeoutMs,
      () => new Error(`its module did not load within ${loadTimeoutMs} ms`),
    );
    const { manifest, faults } = await checkManifest(exports, portsVersion);
    return { manifest, faults };
  } catch (error) {
    return { manifest: undefined, faults: [{ code: "PLUGIN_LOAD_FAILED", message: `its module cannot be loaded: ${messageOf(error)}` }] };
  }
}

/** The manifest of a built-in plugin; undefined if its module does not load here (a missing optional dependency). */
export async function loadBuiltIn(id: string, builtIns: PluginModules): Promise<PluginManifest | undefined> {
  try {
    return (await builtIns[id]?.())?.default;
  } catch {
    // Only asked for advice: the plugin that was really named reports its own failure.
    return undefined;
  }
}
