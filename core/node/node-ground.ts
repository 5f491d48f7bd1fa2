/**
 * What a node stands on, as a whole: time, randomness, a place on disk, keys, logs and metrics. Usually those of the process,
 * which the composition root takes hold of itself; a simulation gives each of its nodes a ground of its own.
 */

import type { MetricsRegistry } from "../kernel/metrics.js";
import type { PluginModules } from "../kernel/plugin-loading.js";
import type { Clock, Entropy, Logger, PluginManifest, Scheduler, Signer } from "../ports/index.js";
import type { OpenDataDirectory } from "./data-directory.js";
import type { NodeIdentity } from "./identity.js";

/** What a config may name beyond the built-in plugins. */
export interface NodeModules {
  /** Plugins by id; they come before built-in ones. */
  readonly plugins?: PluginModules;
  /** Parts in place of those of core with the same id. */
  readonly parts?: readonly PluginManifest[];
  /** Capabilities that `NodeGround.capabilities` will have values of. */
  readonly host?: readonly string[];
}

export interface NodeLogging {
  loggerFor(component: string): Logger;
  flush(): void;
}

export interface NodeGround extends NodeLogging {
  readonly clock: Clock;
  /** Closed when the node has stopped. */
  readonly scheduler: Scheduler & { close(): number };
  readonly entropy: Entropy;
  readonly directory: OpenDataDirectory;
  readonly signer: Signer;
  readonly identity: NodeIdentity;
  readonly metrics: MetricsRegistry;
  /** Values of further capabilities, by name. */
  readonly capabilities: Readonly<Record<string, unknown>>;
}
