/**
 * The capability graph: who provides what to whom, and in which order everything is constructed and started.
 *
 * The order is topological, depth first with core before plugins and these as the config lists them, so that one config
 * always gives one order.
 */
import type { Capability, CapabilityName, PluginManifest } from "../ports/plugin.js";
import { present } from "./assert.js";
import type { ProblemDraft } from "./problem.js";
import type { ConfigPath, ValueSource } from "./sourced-value.js";

/** A plugin of this node: loaded, its config valid, not yet constructed. */
export interface PluginEntry {
  readonly manifest: PluginManifest;
  /** `core`: a part of the house, configured by a section at top level. */
  readonly kind: "core" | "plugin";
  /** Where its config stands: `plugins.storage-level`. */
  readonly path: ConfigPath;
  /** Where the node config names it. */
  readonly source: ValueSource;
}

export interface CapabilityGraph {
  /** Dependencies first. */
  readonly order: readonly PluginEntry[];
  /** Ids of the plugins that provide each capability, in config order; `HOST` stands for the host. */
  readonly providers: ReadonlyMap<CapabilityName, readonly string[]>;
  readonly capabilities: ReadonlyMap<CapabilityName, Capability>;
}

/** Stands in `providers` for values that the host of the kernel gives. */
export const HOST = "host";

export interface GraphOptions {
  /** Core first, then in config order. */
  readonly entries: readonly PluginEntry[];
  readonly capabilities: readonly Capability[];
  /** Capabilities that the host gives. */
  readonly host: readonly CapabilityName[];
  /** False if some plugins could not be loaded: then nothing is reported as missing, since one of those may provide it. */
  readonly complete: boolean;
  /** Ids of built-in plugins that provide a capability, for the advice. */
  readonly offers?: ReadonlyMap<CapabilityName, readonly string[]>;
}

export function buildGraph(options: GraphOptions): {
  readonly graph: CapabilityGraph;
  readonly problems: readonly ProblemDraft[];
} {
  const { entries, host } = options;
  const problems: ProblemDraft[] = [];
  const capabilities = collectCapabilities(options, problems);
  const providers = new Map<CapabilityName, string[]>(host.map((name) => [name, [HOST]]));
  for (const entry of entries) {
    for (const name of entry.manifest.provides) {
      const existing = providers.get(name) ?? [];
      const capability = capabilities.get(name);
      if (capability === undefined) problems.push(unknownCapability(entry, name, "provides", capabilities));
      if (capability?.cardinality === "single" && existing.length > 0) problems.push(providedTwice(entry, name, existing, entries));
      providers.set(name, [...existing, entry.manifest.id]);
    }
  }
  for (const entry of entries) problems.push(...missingCapabilities(entry, providers, capabilities, options));
  const { order, cycle } = sortTopologically(entries, providers);
  if (cycle !== undefined) problems.push(cycle);
  return { graph: { order, providers, capabilities }, problems };
}

function collectCapabilities({ capabilities, entries }: GraphOptions, problems: ProblemDraft[]): Map<CapabilityName, Capability> {
  const known = new Map(capabilities.map((capability) => [capability.name, capability]));
  for (const entry of entries) {
    for (const declared of entry.manifest.declares ?? []) {
      const before = known.get(declared.name);
      if (before === undefined) known.set(declared.name, declared);
      else if (before.cardinality !== declared.cardinality) {
        const message = `declares ${declared.name} as ${declared.cardinality}, but it is already known as ${before.cardinality}; choose a name of your own`;
        problems.push(problemAt(entry, "CAPABILITY_UNKNOWN", message));
      }
    }
  }
  return known;
}

function problemAt(
  { source, path }: PluginEntry,
  code: ProblemDraft["code"],
  message: string,
  more: Partial<ProblemDraft> = {},
): ProblemDraft {
  return { code, source, path, message, ...more };
}

function unknownCapability(
  entry: PluginEntry,
  name: CapabilityName,
  verb: "provides" | "requires",
  known: ReadonlyMap<CapabilityName, Capability>,
): ProblemDraft {
  const message = `${verb} ${name}, a capability that nobody declares; correct the name, or add it to declares of the manifest`;
  return problemAt(entry, "CAPABILITY_UNKNOWN", message, { near: { given: name, among: [...known.keys()] } });
}

function providedTwice(
  entry: PluginEntry,
  name: CapabilityName,
  existing: readonly string[],
  entries: readonly PluginEntry[],
): ProblemDraft {
  const [first = HOST] = existing;
  const other = entries.find(({ manifest }) => manifest.id === first);
  const removable = entry.kind === "plugin" && other?.kind === "plugin";
  const advice = removable ? "remove one of them" : `remove ${entry.manifest.id}`;
  return problemAt(entry, "CAPABILITY_TWICE", `provides ${name}, and so does ${first}, but a node has only one; ${advice}`);
}

function missingCapabilities(
  entry: PluginEntry,
  providers: ReadonlyMap<CapabilityName, readonly string[]>,
  capabilities: ReadonlyMap<CapabilityName, Capability>,
  { complete, offers }: GraphOptions,
): readonly ProblemDraft[] {
  const { requires } = entry.manifest;
  return requires.flatMap((name) => {
    const capability = capabilities.get(name);
    // A list of contributions may be empty.
    if (providers.has(name) || capability?.cardinality === "many" || !complete) return [];
    const offered = offers?.get(name) ?? [];
    if (capability === undefined && offered.length === 0) return [unknownCapability(entry, name, "requires", capabilities)];
    const advice = offered.length === 0 ? "a plugin that provides it" : offered.join(" or ");
    return [
      problemAt(entry, "CAPABILITY_MISSING", `${entry.manifest.id} requires ${name}, which no plugin provides; add ${advice} to plugins`),
    ];
  });
}

interface Edge {
  readonly to: number;
  readonly capability: CapabilityName;
}

function dependenciesOf(entries: readonly PluginEntry[], providers: ReadonlyMap<CapabilityName, readonly string[]>): readonly Edge[][] {
  const indexes = new Map(entries.map(({ manifest }, index) => [manifest.id, index]));
  return entries.map(({ manifest }) =>
    [...manifest.requires, ...(manifest.optional ?? [])].flatMap((capability) =>
      (providers.get(capability) ?? []).flatMap((id) => {
        const to = indexes.get(id);
        return to === undefined ? [] : [{ to, capability }];
      }),
    ),
  );
}

/** Depth first in config order, which gives the least deviation from it; a way back to where we are is a cycle. */
function sortTopologically(
  entries: readonly PluginEntry[],
  providers: ReadonlyMap<CapabilityName, readonly string[]>,
): { readonly order: readonly PluginEntry[]; readonly cycle: ProblemDraft | undefined } {
  const edges = dependenciesOf(entries, providers);
  const order: PluginEntry[] = [];
  const done = new Set<number>();
  const way: { readonly index: number; readonly capability: CapabilityName }[] = [];
  let cycle: ProblemDraft | undefined;
  const visit = (index: number, capability: CapabilityName): void => {
    if (done.has(index)) return;
    const start = way.findIndex((step) => step.index === index);
    way.push({ index, capability });
    if (start >= 0) cycle ??= describeCycle(entries, way.slice(start));
    else {
      for (const edge of edges[index] ?? []) visit(edge.to, edge.capability);
      done.add(index);
      order.push(present(entries[index], "an entry for each index"));
    }
    way.pop();
  };
  for (const index of entries.keys()) visit(index, "");
  return { order, cycle };
}

function describeCycle(
  entries: readonly PluginEntry[],
  way: readonly { readonly index: number; readonly capability: string }[],
): ProblemDraft {
  const steps = way.map(({ index, capability }, i) => {
    const id = present(entries[index], "an entry for each index").manifest.id;
    return i === 0 ? id : ` needs ${capability} of ${id}`;
  });
  const entry = present(entries[present(way[0], "a cycle has a start").index], "an entry for each index");
  const message = `these plugins need each other, so none can start first: ${steps.join(", which")}; make one of these optional or split the plugin`;
  return problemAt(entry, "CAPABILITY_CYCLE", message);
}
