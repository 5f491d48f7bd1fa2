/** Tells a loaded config: who provides what to whom, in which order, with which values from where. Never a secret. */
import type { CapabilityName } from "../ports/plugin.js";
import type { LoadedConfig } from "./config.js";
import { HOST, type PluginEntry } from "./graph.js";
import { describePath, describeSource } from "./sourced-value.js";
import type { Setting } from "./validate.js";

export interface ExplainedSetting {
  readonly path: string;
  readonly value: unknown;
  /** `default`, `node.yaml:12`, `environment …` or `--set …`. */
  readonly source: string;
}

export interface ExplainedPlugin {
  readonly id: string;
  readonly kind: "core" | "plugin";
  readonly version: string;
  readonly description: string;
  /** Where the node config names it. */
  readonly source: string;
  /** What it provides, and to which plugins. */
  readonly provides: readonly { readonly capability: CapabilityName; readonly to: readonly string[] }[];
  /** What it consumes, and from whom; an optional capability may come from nobody. */
  readonly consumes: readonly { readonly capability: CapabilityName; readonly optional: boolean; readonly from: readonly string[] }[];
  readonly settings: readonly ExplainedSetting[];
}

export interface Explanation {
  readonly file: string | undefined;
  /** Settings outside the plugins' own. */
  readonly settings: readonly ExplainedSetting[];
  readonly host: readonly CapabilityName[];
  /** In the order in which they are constructed and started. */
  readonly plugins: readonly ExplainedPlugin[];
}

export function explainConfig(config: LoadedConfig): Explanation {
  const owned = new Set<Setting>();
  const plugins = config.graph.order.map((entry) => {
    const settings = config.settings.filter(({ path }) => entry.path.every((segment, i) => path[i] === segment));
    for (const setting of settings) owned.add(setting);
    return explainPlugin(entry, settings, config);
  });
  const rest = config.settings.filter((setting) => !owned.has(setting) && setting.path[0] !== "plugins");
  return { file: config.file, settings: rest.map((setting) => explainSetting(setting, 0)), host: config.host, plugins };
}

function explainPlugin(entry: PluginEntry, settings: readonly Setting[], { graph }: LoadedConfig): ExplainedPlugin {
  const { id, version, description, provides, requires, optional = [] } = entry.manifest;
  const consume = (isOptional: boolean) => (capability: CapabilityName) => ({
    capability,
    optional: isOptional,
    from: graph.providers.get(capability) ?? [],
  });
  return {
    id,
    kind: entry.kind,
    version,
    description,
    source: entry.kind === "core" ? "core" : describeSource(entry.source),
    provides: provides.map((capability) => ({ capability, to: consumersOf(capability, graph.order) })),
    consumes: [...requires.map(consume(false)), ...optional.map(consume(true))],
    settings: settings.filter(({ path }) => path.length > entry.path.length).map((setting) => explainSetting(setting, entry.path.length)),
  };
}

function consumersOf(capability: CapabilityName, entries: readonly PluginEntry[]): readonly string[] {
  return entries
    .filter(({ manifest: { requires, optional = [] } }) => requires.includes(capability) || optional.includes(capability))
    .map(({ manifest }) => manifest.id);
}

function explainSetting({ path, value, source }: Setting, skip: number): ExplainedSetting {
  return { path: describePath(path.slice(skip)), value, source: describeSource(source) };
}

/** The explanation as text for a terminal. */
export function renderExplanation({ file, settings, host, plugins }: Explanation): string {
  const lines = [`config: ${file ?? "none"}`, ...renderSettings(settings, "  ")];
  lines.push("", `given by the ${HOST}: ${host.length === 0 ? "nothing" : host.join(", ")}`, "", "plugins, in the order of their start:");
  for (const [index, plugin] of plugins.entries()) {
    const { id, version, description, provides, consumes } = plugin;
    lines.push("", `${index + 1}. ${id} ${version} (${plugin.source}): ${description}`);
    for (const { capability, to } of provides) lines.push(`   provides ${capability} to ${to.length === 0 ? "nobody" : to.join(", ")}`);
    for (const { capability, optional, from } of consumes) {
      lines.push(`   ${optional ? "may use" : "needs"} ${capability} from ${from.length === 0 ? "nobody" : from.join(", ")}`);
    }
    lines.push(...renderSettings(plugin.settings, "   "));
  }
  return `${lines.join("\n")}\n`;
}

function renderSettings(settings: readonly ExplainedSetting[], indent: string): readonly string[] {
  const rows = settings.map(({ path, value, source }) => [`${path} = ${JSON.stringify(value)}`, source] as const);
  const width = Math.min(60, Math.max(0, ...rows.map(([left]) => left.length)));
  return rows.map(([left, source]) => `${indent}${left.padEnd(width)}  [${source}]`);
}
