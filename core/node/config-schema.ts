/** The JSON Schema of node configs with all built-in plugins, for editors and documentation. */
import { configJsonSchema } from "../kernel/index.js";
import type { PluginManifest } from "../ports/plugin.js";
import { BUILTIN_PLUGINS } from "./builtins.js";
import { CONFIG_SECTIONS, CORE_PARTS } from "./create-node.js";

export async function builtInConfigSchema(): Promise<Readonly<Record<string, unknown>>> {
  const plugins: PluginManifest[] = [];
  for (const load of Object.values(BUILTIN_PLUGINS)) plugins.push((await load()).default);
  return configJsonSchema({ sections: CONFIG_SECTIONS, coreManifests: CORE_PARTS, plugins });
}
