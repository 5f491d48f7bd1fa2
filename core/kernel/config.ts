/**
 * From a node config to everything that the kernel needs to construct a node, or to the list of all that is wrong with it.
 *
 * Order of events: read the file → load the manifests of all plugins that file, environment and flags name → lay environment
 * and flags over the file → check the whole against one schema, filling in defaults → build the capability graph.
 * Problems of all steps are reported together. Of a plugin's code only the manifest's module has run by then.
 */
import { dirname, resolve } from "node:path";
import type { TSchema } from "typebox";
import { CAPABILITIES, PORTS_VERSION } from "../ports/index.js";
import type { Capability, CapabilityName, PluginManifest } from "../ports/plugin.js";
import type { Scheduler } from "../ports/runtime.js";
import { assert } from "./assert.js";
import { parseDocument } from "./document.js";
import { buildGraph, type CapabilityGraph, type PluginEntry } from "./graph.js";
import { type ConfigSection, type KernelConfig, type LogConfig, nodeConfigSchema } from "./node-config-schema.js";
import { applyOverrides, environmentOverrides, environmentWord, flagOverrides, type Override } from "./overrides.js";
import { loadBuiltIn, loadPlugin, type PluginLoading, type PluginModules } from "./plugin-loading.js";
import { type ProblemDraft, throwProblems } from "./problem.js";
import {
  type ConfigPath,
  DEFAULT_SOURCE,
  emptyMap,
  nodeAt,
  type SourcedMap,
  type SourcedValue,
  sourced,
  type ValueSource,
} from "./sourced-value.js";
import { type Setting, validate } from "./validate.js";
import { readText } from "./validate-document.js";

export interface LoadConfigOptions {
  /** Config file as the user wrote it; `.yaml`, `.yml`, `.toml` or `.json`. */
  readonly file?: string;
  /** In place of a file: the config as plain data (simulations, tests, `chainwright dev`). */
  readonly document?: unknown;
  /** What relative paths and package names start from when there is no file, and for environment and flags. Default: the working directory. */
  readonly directory?: string;
  /** `--set` flags: `plugins.api-http.port=0`. Strongest. */
  readonly overrides?: readonly string[];
  /** Variables beginning with `CHAINWRIGHT__` override the file. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Further sections at top level. */
  readonly sections?: Readonly<Record<string, ConfigSection>>;
  /** Parts of core that live like plugins; each has a section at top level, under its id. */
  readonly coreManifests?: readonly PluginManifest[];
  /** Built-in plugins by id; only those that the config names are imported. */
  readonly builtIns: PluginModules;
  /** Names of the capabilities whose values the host gives to `Kernel.create`. */
  readonly host: readonly CapabilityName[];
  readonly scheduler: Scheduler;
  /** How long a plugin's module may take to load. Default 10 000. */
  readonly loadTimeoutMs?: number;
  readonly capabilities?: readonly Capability[];
  readonly portsVersion?: string;
}

/** A config without problems. */
export interface LoadedConfig extends KernelConfig {
  /** As the user wrote it; undefined if there was none. */
  readonly file: string | undefined;
  /** Absolute folder of the config file, or the one that was given. */
  readonly directory: string;
  /** Validated values of the caller's sections, by key. */
  readonly sections: Readonly<Record<string, unknown>>;
  /** Core first, then as the config lists them. */
  readonly plugins: readonly PluginEntry[];
  /** Validated config of each plugin, by id. */
  readonly pluginConfigs: ReadonlyMap<string, unknown>;
  readonly graph: CapabilityGraph;
  readonly host: readonly CapabilityName[];
  /** Every value with its source, secrets masked. */
  readonly settings: readonly Setting[];
}

/** @throws ConfigInvalidError (CONFIG_INVALID) with all problems */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const subject = options.file ?? "config";
  const workingDirectory = resolve(options.directory ?? ".");
  const directory = options.file === undefined ? workingDirectory : dirname(resolve(workingDirectory, options.file));
  const problems: ProblemDraft[] = [];
  const document = await readDocument(options, workingDirectory);
  problems.push(...document.problems);
  if (document.root === undefined) await throwProblems(subject, problems);
  const root = asMap(document.root ?? emptyMap(DEFAULT_SOURCE), problems);

  const flags = flagOverrides(options.overrides ?? []);
  problems.push(...flags.problems);
  const given = [...environmentOverrides(options.environment ?? {}), ...flags.overrides];
  const loader = new PluginSet(options, directory);
  await loader.loadNamed(pluginsOf(root));
  const overrides = await loader.loadOverridden(given);

  const schema = loader.schema();
  const overlaid = applyOverrides(root, schema, overrides);
  const full = withPluginMaps(asMap(overlaid.root, []));
  problems.push(...loader.problems(full), ...overlaid.problems);
  const directoryFor = (source: ValueSource): string => (source.kind === "file" ? directory : workingDirectory);
  const validation = await validate(schema, full, { directoryFor });
  problems.push(...validation.problems);
  const plugins = loader.entries(full);
  const { graph, problems: graphProblems } = await graphOf(plugins, loader, options);
  problems.push(...graphProblems);
  await throwProblems(subject, problems.sort(byPlace));
  return loadedConfig(options, directory, validation.value as Record<string, unknown>, plugins, graph, validation.settings);
}

function loadedConfig(
  options: LoadConfigOptions,
  directory: string,
  values: Readonly<Record<string, unknown>>,
  plugins: readonly PluginEntry[],
  graph: CapabilityGraph,
  settings: readonly Setting[],
): LoadedConfig {
  const at = (path: ConfigPath): unknown => path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], values);
  return {
    file: options.file,
    directory,
    chain: values.chain as string,
    dataDir: values.dataDir as string,
    log: values.log as LogConfig,
    sections: Object.fromEntries(Object.keys(options.sections ?? {}).map((key) => [key, values[key]])),
    plugins,
    pluginConfigs: new Map(plugins.map(({ manifest, path }) => [manifest.id, at(path)])),
    graph,
    host: options.host,
    settings,
  };
}

async function readDocument(
  { file, document }: LoadConfigOptions,
  workingDirectory: string,
): Promise<{ readonly root?: SourcedValue; readonly problems: readonly ProblemDraft[] }> {
  assert(file === undefined || document === undefined, "a config is a file or a document, not both");
  if (file === undefined) return { root: sourced(document ?? {}, { kind: "document" }), problems: [] };
  const text = await readText(resolve(workingDirectory, file), file);
  return typeof text === "string" ? parseDocument(text, file) : { problems: [text.problem] };
}

function asMap(root: SourcedValue, problems: ProblemDraft[]): SourcedMap {
  if (root.kind === "map") return root;
  if (root.kind === "list" || root.value !== null) {
    problems.push({ code: "CONFIG_WRONG_TYPE", source: root.source, path: [], message: "the document is not a map of keys to values" });
  }
  return emptyMap(root.source);
}

function pluginsOf(root: SourcedMap): ReadonlyMap<string, SourcedValue> {
  const plugins = root.entries.get("plugins");
  return plugins?.kind === "map" ? plugins.entries : new Map();
}

/** A plugin without options is written as nothing: `storage-memory:`; so may any section be. */
function withPluginMaps(root: SourcedMap): SourcedMap {
  const filled = (node: SourcedValue): SourcedValue => (node.kind === "scalar" && node.value === null ? emptyMap(node.source) : node);
  const entries = new Map([...root.entries].map(([key, node]) => [key, filled(node)]));
  const plugins = entries.get("plugins");
  if (plugins?.kind === "map") {
    entries.set("plugins", { ...plugins, entries: new Map([...plugins.entries].map(([key, node]) => [key, filled(node)])) });
  }
  return { ...root, entries };
}

/** In the order of the file; then environment and flags. */
function byPlace(a: ProblemDraft, b: ProblemDraft): number {
  const rank = ({ source }: ProblemDraft): number =>
    source.kind === "file" ? source.line : source.kind === "environment" ? 1e9 : source.kind === "flag" ? 2e9 : 0;
  return rank(a) - rank(b);
}

async function graphOf(
  entries: readonly PluginEntry[],
  loader: PluginSet,
  options: LoadConfigOptions,
): Promise<{ readonly graph: CapabilityGraph; readonly problems: readonly ProblemDraft[] }> {
  const graphOptions = { entries, capabilities: options.capabilities ?? CAPABILITIES, host: options.host, complete: loader.complete };
  const first = buildGraph(graphOptions);
  const wanting = first.problems.some(({ code }) => code === "CAPABILITY_MISSING" || code === "CAPABILITY_UNKNOWN");
  return wanting ? buildGraph({ ...graphOptions, offers: await offersOf(options.builtIns) }) : first;
}

/** Which built-in plugins provide what: asked only when something is missing. */
async function offersOf(builtIns: PluginModules): Promise<ReadonlyMap<CapabilityName, readonly string[]>> {
  const offers = new Map<CapabilityName, string[]>();
  for (const id of Object.keys(builtIns)) {
    const manifest = await loadBuiltIn(id, builtIns);
    for (const capability of manifest?.provides ?? []) offers.set(capability, [...(offers.get(capability) ?? []), id]);
  }
  return offers;
}

/** The plugins that a config names, by key. */
class PluginSet {
  private readonly loadings = new Map<string, PluginLoading>();

  constructor(
    private readonly options: LoadConfigOptions,
    private readonly directory: string,
  ) {}

  async loadNamed(names: ReadonlyMap<string, unknown>): Promise<void> {
    await this.load([...names.keys()]);
  }

  /**
   * Loads the plugins that only environment or flags name, and gives back the overrides with the plugins' exact keys.
   * An override may call a plugin by its id even where the config names it by path or package.
   */
  async loadOverridden(overrides: readonly Override[]): Promise<readonly Override[]> {
    const exact = overrides.map((override) => this.withExactKey(override));
    await this.load(exact.flatMap(pluginNamesIn).filter((name) => !this.loadings.has(name)));
    return exact;
  }

  private withExactKey(override: Override): Override {
    const [section, name, ...rest] = override.segments;
    if (section === undefined || name === undefined || environmentWord(section) !== "PLUGINS") return override;
    const isVariable = override.source.kind === "environment";
    const equal = (candidate: string): boolean => (isVariable ? environmentWord(candidate) === environmentWord(name) : candidate === name);
    const key =
      [...this.loadings.keys()].find(equal) ??
      [...this.loadings].find(([, { manifest }]) => manifest !== undefined && equal(manifest.id))?.[0] ??
      Object.keys(this.options.builtIns).find(equal);
    return key === undefined ? override : { ...override, segments: ["plugins", key, ...rest] };
  }

  private async load(names: readonly string[]): Promise<void> {
    const { builtIns, scheduler, loadTimeoutMs = 10_000, portsVersion = PORTS_VERSION } = this.options;
    const unique = [...new Set(names)];
    const context = { builtIns, directory: this.directory, scheduler, loadTimeoutMs, portsVersion };
    const loaded = await Promise.all(unique.map((name) => loadPlugin(name, context)));
    for (const [index, loading] of loaded.entries()) this.loadings.set(unique[index] ?? "", loading);
  }

  get complete(): boolean {
    return [...this.loadings.values()].every(({ manifest }) => manifest !== undefined);
  }

  /** Of the whole config, given the plugins that were loaded. */
  schema(): TSchema {
    const { builtIns, sections = {}, coreManifests = [] } = this.options;
    const known = Object.keys(builtIns).map((id): [string, TSchema] => [id, {}]);
    const loaded = [...this.loadings].map(([key, { manifest }]): [string, TSchema] => [key, manifest?.config ?? {}]);
    return nodeConfigSchema({ sections, coreManifests, plugins: Object.fromEntries([...known, ...loaded]) });
  }

  problems(root: SourcedMap): readonly ProblemDraft[] {
    const problems: ProblemDraft[] = [];
    const keys = new Map<string, string>();
    for (const { manifest } of this.core()) keys.set(manifest.id, `core's own ${manifest.id}`);
    for (const [key, { manifest, faults }] of this.loadings) {
      const path = ["plugins", key];
      const source = nodeAt(root, path)?.source ?? DEFAULT_SOURCE;
      for (const fault of faults) problems.push({ ...fault, source, path });
      if (manifest === undefined) continue;
      const other = keys.get(manifest.id);
      if (other !== undefined) {
        const message = `its id ${manifest.id} is also that of ${other}; a node has each plugin once, remove one`;
        problems.push({ code: "PLUGIN_DUPLICATE", source, path, message });
      }
      keys.set(manifest.id, key);
    }
    return problems;
  }

  /** What the graph is made of; of two with the same id the first. */
  entries(root: SourcedMap): readonly PluginEntry[] {
    const seen = new Set<string>();
    const named = [...pluginsOf(root)].flatMap(([key, node]): PluginEntry[] => {
      const manifest = this.loadings.get(key)?.manifest;
      return manifest === undefined ? [] : [{ manifest, kind: "plugin", path: ["plugins", key], source: node.source }];
    });
    return [...this.core(), ...named].filter(({ manifest: { id } }) => !seen.has(id) && seen.add(id));
  }

  private core(): readonly PluginEntry[] {
    return (this.options.coreManifests ?? []).map((manifest) => ({ manifest, kind: "core", path: [manifest.id], source: DEFAULT_SOURCE }));
  }
}

/** Names of plugins that an override sets something of. */
function pluginNamesIn({ segments, text }: Override): readonly string[] {
  const [section, name] = segments;
  if (section !== "plugins") return [];
  if (name !== undefined) return [name];
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  } catch {
    // Not a map: the validation says so.
    return [];
  }
}
