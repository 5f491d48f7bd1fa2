/**
 * Constructs all plugins in the graph's order, each in its own container, and collects what they provide.
 *
 * A plugin's values are checked against the capability's members at once: what a third party hands out is input.
 */
import {
  type Capability,
  type CapabilityName,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  PLUGIN_SPEC,
  type Plugin,
  type PluginManifest,
} from "../ports/plugin.js";
import type { Logger, Metrics } from "../ports/runtime.js";
import { present } from "./assert.js";
import type { LoadedConfig } from "./config.js";
import { constructIsolated } from "./di.js";
import { BadCapabilityError, ChainwrightError, messageOf, PluginConstructionError, UndeclaredCapabilityError } from "./errors.js";
import { HOST } from "./graph.js";
import type { LifecyclePart } from "./lifecycle.js";

export interface ConstructionHost {
  /** Values of the capabilities in `config.host`; for one of cardinality `many`, an array. */
  readonly hostValues: Readonly<Record<CapabilityName, unknown>>;
  readonly loggerFor: (component: string) => Logger;
  readonly metricsFor: (component: string) => Metrics;
  /** The plugin's section of the chain spec, validated by `manifest.spec.schema`; undefined for one without. */
  readonly specParametersFor: (manifest: PluginManifest) => unknown;
}

/** What plugins provide, by capability, then by provider's id. */
type Provided = ReadonlyMap<CapabilityName, ReadonlyMap<string, unknown>>;

export interface Construction {
  /** In the graph's order. */
  readonly parts: readonly LifecyclePart[];
  /** All values of a capability, in config order; the host's first. */
  valuesOf(capability: CapabilityName): readonly unknown[];
}

export function constructAll(config: LoadedConfig, host: ConstructionHost): Construction {
  const { graph } = config;
  const provided = new Map<CapabilityName, Map<string, unknown>>();
  for (const name of config.host) {
    const value = host.hostValues[name];
    const capability = graph.capabilities.get(name);
    const fault = capability === undefined ? undefined : hostFault(capability, value);
    if (fault !== undefined) throw new BadCapabilityError({ plugin: HOST, capability: name, reason: fault });
    provided.set(name, new Map([[HOST, value]]));
  }
  const valuesOf = (capability: CapabilityName): readonly unknown[] => valuesIn(provided, config, capability);
  const parts = graph.order.map(({ manifest }) => {
    const plugin = constructOne(manifest, config, host, valuesOf);
    for (const [name, value] of valuesFrom(plugin, manifest, config)) {
      const values = provided.get(name) ?? new Map<string, unknown>();
      provided.set(name, values.set(manifest.id, value));
    }
    return { id: manifest.id, plugin };
  });
  return { parts, valuesOf };
}

function valuesIn(provided: Provided, { graph }: LoadedConfig, capability: CapabilityName): readonly unknown[] {
  const values = provided.get(capability);
  const isMany = graph.capabilities.get(capability)?.cardinality === "many";
  return (graph.providers.get(capability) ?? []).flatMap((id) => {
    if (values?.has(id) !== true) return [];
    const value = values.get(id);
    return id === HOST && isMany && Array.isArray(value) ? value : [value];
  });
}

function constructOne(
  manifest: PluginManifest,
  config: LoadedConfig,
  host: ConstructionHost,
  valuesOf: (capability: CapabilityName) => readonly unknown[],
): Plugin {
  const available = new Map<string, unknown>([
    [PLUGIN_CONFIG, config.pluginConfigs.get(manifest.id)],
    [PLUGIN_SPEC, host.specParametersFor(manifest)],
    [PLUGIN_LOGGER, host.loggerFor(manifest.id)],
    [PLUGIN_METRICS, host.metricsFor(manifest.id)],
  ]);
  for (const name of [...manifest.requires, ...(manifest.optional ?? [])]) {
    const values = valuesOf(name);
    available.set(name, config.graph.capabilities.get(name)?.cardinality === "many" ? values : values[0]);
  }
  const refuse = (capability: string): Error => new UndeclaredCapabilityError({ plugin: manifest.id, capability });
  try {
    const plugin: unknown = constructIsolated(manifest.plugin, available, refuse);
    if (typeof plugin === "object" && plugin !== null) return plugin;
    throw new TypeError("its constructor did not make an object");
  } catch (error) {
    if (UndeclaredCapabilityError.matches(error)) throw error;
    throw new PluginConstructionError({ plugin: manifest.id, reason: messageOf(error) }, error);
  }
}

/** What `plugin` provides, checked. @throws BadCapabilityError */
function valuesFrom(plugin: Plugin, { id, provides }: PluginManifest, { graph }: LoadedConfig): readonly (readonly [string, unknown])[] {
  const wrong = (capability: string, reason: string, cause?: unknown): Error =>
    new BadCapabilityError({ plugin: id, capability, reason }, cause);
  let values: unknown;
  try {
    values = plugin.capabilities === undefined ? Object.fromEntries(provides.map((name) => [name, plugin])) : plugin.capabilities();
  } catch (error) {
    throw wrong(provides.join(", "), `capabilities() failed: ${messageOf(error)}`, error);
  }
  if (typeof values !== "object" || values === null) throw wrong(provides.join(", "), "capabilities() did not answer an object");
  const given = values as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(given).find((name) => !provides.includes(name));
  if (stranger !== undefined) throw wrong(stranger, "its manifest does not list it in provides");
  return provides.map((name) => {
    try {
      const value = Object.hasOwn(given, name) ? given[name] : undefined;
      const { members } = present(graph.capabilities.get(name), `${name} is declared`);
      const fault = memberFault(members, value);
      if (fault !== undefined) throw wrong(name, fault);
      return [name, value] as const;
    } catch (error) {
      // A getter of the value may throw anything.
      throw ChainwrightError.is(error) ? error : wrong(name, `its value cannot be read: ${messageOf(error)}`, error);
    }
  });
}

/** The host gives all its contributions to a capability of cardinality `many` as one array. */
function hostFault({ cardinality, members }: Capability, value: unknown): string | undefined {
  if (cardinality === "single") return memberFault(members, value);
  if (!Array.isArray(value)) return "it is not an array";
  return value.map((item: unknown) => memberFault(members, item)).find((fault) => fault !== undefined);
}

function memberFault(members: readonly string[], value: unknown): string | undefined {
  if (value === undefined) return "there is no value for it";
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return `${String(value)} is not an object`;
  if (typeof (value as { then?: unknown }).then === "function") return "it is a promise; capabilities() must answer at once";
  // Not read: a getter may well refuse to answer before the plugin has started.
  const missing = members.filter((member) => !(member in value));
  return missing.length === 0 ? undefined : `it lacks ${missing.join(", ")}`;
}
