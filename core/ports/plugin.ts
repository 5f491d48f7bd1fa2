/**
 * What a plugin is to the kernel: a manifest and a class.
 *
 * Life of a plugin: manifest read → config validated against its schema → (all problems of all plugins reported at
 * once, nothing constructed yet) → constructed, dependencies first → capabilities checked → `start()` in dependency
 * order → … → `stop()` in reverse order. Constructors take `(dependencies, options)` and have no side effects: these
 * begin in `start()`. `stop()` is called once for each plugin whose `start()` was called, also when that failed.
 */
import type { TObject } from "typebox";
import type { PluginCommand } from "./plugin-command.js";
import type { StorageFiles } from "./storage.js";

/** Name of a capability: `chainwright:storage`, or `<your-package>:<name>` for your own. */
export type CapabilityName = string;

/** How a capability may be provided, and what its implementation must look like. */
export interface Capability {
  readonly name: CapabilityName;
  /** `single`: exactly one provider in a node. `many`: contributions; the consumer gets an array in plugin order. */
  readonly cardinality: "single" | "many";
  /** Members that the provided value must have; checked right after construction. */
  readonly members: readonly string[];
}

export interface Plugin {
  /** Begins side effects. All capabilities that this plugin requires have started. */
  start?(): void | Promise<void>;
  /** Ends them. All that depend on this plugin have stopped. Must not lose what was acknowledged. */
  stop?(): void | Promise<void>;
  /**
   * The values for `manifest.provides`, by capability name, asked once after construction.
   * Without this method, the plugin itself is the value of everything that it provides.
   */
  capabilities?(): Readonly<Record<CapabilityName, unknown>>;
}

/**
 * A plugin class. Dependencies arrive by constructor injection: `@inject(TOKEN)` on each parameter (with `@injectable()`
 * on the class), or, without decorators, `static readonly inject = [TOKEN, …]` in the order of the parameters.
 */
// biome-ignore lint/suspicious/noExplicitAny: constructor parameters differ from plugin to plugin and are resolved by token
export type PluginClass = (new (...dependencies: any[]) => Plugin) & { readonly inject?: readonly string[] };

/** The default export of a plugin package or folder. */
export interface PluginManifest {
  /** Stable id, kebab-case, `<kind>-<name>`: the key in a node config, unless named by package or path. */
  readonly id: string;
  readonly version: string;
  /** Semver range that PORTS_VERSION must satisfy. */
  readonly ports: string;
  /** One line for `explain` and the docs. */
  readonly description: string;
  readonly provides: readonly CapabilityName[];
  readonly requires: readonly CapabilityName[];
  /** Injected as `undefined` (single) or an empty array (many) when nobody provides it. */
  readonly optional?: readonly CapabilityName[];
  /** Local options: the value under this plugin's key in the node config. Defaults are filled in. */
  readonly config: TObject;
  /** Parameters that all nodes of a chain share: this plugin's section in the chain spec. */
  readonly spec?: { readonly section: "consensus" | "ledger"; readonly schema: TObject };
  /** Of a storage that keeps files: how they are backed up while the node runs. */
  readonly storageFiles?: StorageFiles;
  /** Commands for the command line, of a built-in plugin. */
  readonly commands?: readonly PluginCommand[];
  /** Capabilities that this plugin declares itself, for others to consume. */
  readonly declares?: readonly Capability[];
  readonly plugin: PluginClass;
}

/** Tokens that every plugin may inject without declaring them: they are its own. */
export const PLUGIN_CONFIG = "chainwright:plugin-config";
export const PLUGIN_SPEC = "chainwright:plugin-spec";
export const PLUGIN_LOGGER = "chainwright:plugin-logger";
export const PLUGIN_METRICS = "chainwright:plugin-metrics";

/** Types a manifest, so that errors show where it is written. */
export function definePlugin<const M extends PluginManifest>(manifest: M): M {
  return manifest;
}
