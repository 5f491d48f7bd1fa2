/**
 * A node's data without the node: its storage, or its whole chain, opened under the data directory's lock by a tool. No network, no
 * mempool, no APIs, no blocks of its own, no keys.
 *
 * The same plugins with the same config open the same files, so whatever a tool does here, the node finds as if it had done it.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { BlockStore, type Chain } from "../chain/index.js";
import { StorageHasNoFilesError } from "../database/errors.js";
import { readDatabaseFormat } from "../database/format.js";
import { buildGraph } from "../kernel/graph.js";
import { Kernel, type LoadedConfig, loadConfig } from "../kernel/index.js";
import { createLogging, type LogDestination, type Logging } from "../kernel/logger.js";
import { createMetrics } from "../kernel/metrics.js";
import {
  CAPABILITIES,
  CHAIN_SPEC,
  type ChainSpec,
  CLOCK,
  type Clock,
  COMPUTE,
  type Compute,
  DATA_DIRECTORY,
  ENTROPY,
  type EngineJournal,
  type Logger,
  METRICS_SOURCE,
  type Metrics,
  type PluginManifest,
  SCHEDULER,
  type Scheduler,
  SIGNER,
  STORAGE,
  type Storage,
  type StorageFiles,
} from "../ports/index.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../runtime/index.js";
import { BUILTIN_PLUGINS } from "./builtins.js";
import { computePart } from "./core-parts.js";
import { HOST_CAPABILITIES, loadNodeConfig } from "./create-node.js";
import { type OpenDataDirectory, openDataDirectory, readDataDirectory } from "./data-directory.js";
import { DataDirectoryMissingError } from "./data-directory-errors.js";
import { NODE_IDENTITY } from "./identity.js";
import { UnlockedSigner } from "./keystore.js";
import { NODE_PART, type NodePart, nodePart } from "./node-part.js";
import type { NodePartConfig } from "./node-part-config.js";
import { VERSION } from "./version.js";

/** Recovery may execute many blocks again, and a migration write everything anew. */
const START_TIMEOUT_MS = 7 * 24 * 3_600_000;
const STOP_TIMEOUT_MS = 600_000;

/** Which node's data: by its config, or only by the directory (then nothing that needs chain spec or ledger is possible). */
export interface DataLocation {
  readonly file?: string;
  readonly overrides?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** In place of the config's, or alone. */
  readonly dataDir?: string;
  /** Where logs go. Default: standard error. */
  readonly logStream?: LogDestination;
}

/** What is known of a location before anything is opened. */
export interface DataSource {
  /** Absolute. */
  readonly path: string;
  readonly config: LoadedConfig;
  /** With a config only. */
  readonly spec: ChainSpec | undefined;
  readonly storage: PluginManifest;
  readonly logStream: LogDestination | undefined;
}

/** @throws CONFIG_INVALID, CHAIN_SPEC_*, DATA_DIRECTORY_MISSING */
export async function findData(location: DataLocation): Promise<DataSource> {
  const { file, dataDir, logStream } = location;
  const overrides = [...(location.overrides ?? [])];
  const loaded =
    file === undefined
      ? { config: await configOf(resolve(dataDir ?? "data")), spec: undefined }
      : await loadNodeConfig({ file, overrides, environment: location.environment ?? {} });
  const storage = loaded.config.plugins.find(({ manifest }) => manifest.provides.includes(STORAGE))?.manifest;
  if (storage === undefined) throw new DataDirectoryMissingError({ path: resolve(dataDir ?? "data") });
  return { path: resolve(dataDir ?? loaded.config.dataDir), ...loaded, storage, logStream };
}

/** A config for a directory alone: with the built-in storage whose folder is there. */
async function configOf(path: string): Promise<LoadedConfig> {
  for (const [id, load] of Object.entries(BUILTIN_PLUGINS)) {
    if (!id.startsWith("storage-")) continue;
    const folder = (await load()).default.storageFiles?.folder;
    if (folder === undefined || !existsSync(join(path, folder))) continue;
    return loadConfig({
      document: { chain: "none", dataDir: path, log: { level: "warn" }, plugins: { [id]: {} } },
      sections: {},
      coreManifests: [computePart],
      builtIns: BUILTIN_PLUGINS,
      host: HOST_CAPABILITIES,
      scheduler: new SystemScheduler(new SystemClock()),
    });
  }
  throw new DataDirectoryMissingError({ path });
}

/** @throws DATABASE_STORAGE_WITHOUT_FILES */
export function storageFilesOf({ storage }: DataSource): { readonly id: string; readonly files: StorageFiles } {
  if (storage.storageFiles === undefined) throw new StorageHasNoFilesError({ storage: storage.id });
  return { id: storage.id, files: storage.storageFiles };
}

/** The part of a config that some plugins need: they, and those that they require. */
function partOf(config: LoadedConfig, wanted: readonly string[]): LoadedConfig {
  const kept = new Set<string>();
  const keep = (id: string): void => {
    const entry = config.plugins.find(({ manifest }) => manifest.id === id);
    if (entry === undefined || kept.has(id)) return;
    kept.add(id);
    const { requires, optional = [] } = entry.manifest;
    // What the node can do without are its transports; what others can do without (modules of a ledger) belongs to them.
    for (const capability of id === nodePart.id ? requires : [...requires, ...optional])
      for (const provider of config.graph.providers.get(capability) ?? []) keep(provider);
  };
  for (const id of wanted) keep(id);
  const plugins = config.plugins.filter(({ manifest }) => kept.has(manifest.id));
  const { graph } = buildGraph({ entries: plugins, capabilities: CAPABILITIES, host: config.host, complete: true });
  return { ...config, plugins, graph, pluginConfigs: withoutStateSync(config.pluginConfigs) };
}

/** There are no peers here to load a state from. A checkpoint holds all the same. */
function withoutStateSync(configs: LoadedConfig["pluginConfigs"]): LoadedConfig["pluginConfigs"] {
  const config = configs.get(nodePart.id) as NodePartConfig | undefined;
  if (config === undefined) return configs;
  return new Map([...configs, [nodePart.id, { ...config, sync: { ...config.sync, mode: "full" } }]]);
}

export interface OpenOptions {
  /** `storage`: only the database, for reading and mending records. `chain`: as a node comes up; migrates and recovers. */
  readonly parts: "storage" | "chain";
  /** Another directory than the source's: a copy of it. */
  readonly path?: string;
  /** Make the directory if it is not there. */
  readonly create?: boolean;
  /** With `parts: "chain"`: gives an empty storage its chain before the node looks for one. */
  readonly prepareChain?: NodePart["prepareChain"];
  /** What happens to a node that can't go on. */
  readonly onFatal?: (error: unknown) => void;
}

export interface OfflineNode {
  readonly directory: OpenDataDirectory;
  readonly storage: Storage;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The engine's. */
  readonly journal: EngineJournal;
  /** With `parts: "chain"` only. */
  readonly chain: Chain;
  close(): Promise<void>;
}

/** @throws DATA_DIRECTORY_*, STORAGE_*, CHAIN_*, STATE_*, DATA_FORMAT_* */
export async function openOffline(source: DataSource, options: OpenOptions): Promise<OfflineNode> {
  const clock = new SystemClock();
  const scheduler = new SystemScheduler(clock);
  const { spec } = source;
  const path = options.path ?? source.path;
  if (options.create !== true) await readDataDirectory(path);
  const directory = await openDataDirectory({ path, chain: spec, createdBy: `chainwright ${VERSION}`, clock, scheduler });
  let kernel: Kernel | undefined;
  try {
    const config = partOf(source.config, options.parts === "chain" ? [nodePart.id] : [source.storage.id, computePart.id]);
    kernel = await constructed(config, source, { directory, clock, scheduler });
    const part = kernel.has(NODE_PART) ? kernel.get<NodePart>(NODE_PART) : undefined;
    if (part !== undefined) {
      part.tool = { path };
      part.onFatal = (error) => options.onFatal?.(error);
      if (options.prepareChain !== undefined) part.prepareChain = options.prepareChain;
      part.raiseFormat = (format) => directory.raiseFormat(format);
    }
    await kernel.start();
    await readDatabaseFormat(kernel.get<Storage>(STORAGE), path);
    if (part !== undefined) await directory.bindGenesis(part.chain.genesis.id);
  } catch (error) {
    await kernel?.stop();
    await directory.close();
    throw causeOf(error);
  }
  return new OpenNode(kernel, directory, clock, scheduler, loggingOf(source, clock).loggerFor("tool"), createMetrics().metricsFor("tool"));
}

/** What kept a plugin from starting counts, not that it did not start. */
function causeOf(error: unknown): unknown {
  const isStartFailure = error instanceof Error && "code" in error && error.code === "PLUGIN_START_FAILED";
  return isStartFailure && error.cause !== undefined ? error.cause : error;
}

function loggingOf({ config, logStream }: DataSource, clock: Clock): Logging {
  return createLogging({ ...config.log, clock, ...(logStream === undefined ? {} : { destination: logStream }) });
}

function constructed(
  config: LoadedConfig,
  source: DataSource,
  host: { readonly directory: OpenDataDirectory; readonly clock: Clock; readonly scheduler: Scheduler },
): Promise<Kernel> {
  const { spec } = source;
  const metrics = createMetrics();
  const logging = loggingOf(source, host.clock);
  return Kernel.create({
    config,
    scheduler: host.scheduler,
    startTimeoutMs: START_TIMEOUT_MS,
    stopTimeoutMs: STOP_TIMEOUT_MS,
    hostValues: {
      [CHAIN_SPEC]: spec ?? { chainId: "", rulesAt: () => undefined },
      [DATA_DIRECTORY]: host.directory,
      [CLOCK]: host.clock,
      [SCHEDULER]: host.scheduler,
      [ENTROPY]: new SystemEntropy(),
      [METRICS_SOURCE]: metrics,
      [SIGNER]: new UnlockedSigner([]),
      [NODE_IDENTITY]: { nodeId: "", sign: () => new Uint8Array(64) },
    },
    loggerFor: (component) => logging.loggerFor(component),
    metricsFor: (component) => metrics.metricsFor(component),
    specParametersFor: (manifest) => (manifest.spec === undefined ? undefined : spec?.[manifest.spec.section].parameters),
  });
}

class OpenNode implements OfflineNode {
  constructor(
    private readonly kernel: Kernel,
    readonly directory: OpenDataDirectory,
    readonly clock: Clock,
    readonly scheduler: SystemScheduler,
    readonly logger: Logger,
    readonly metrics: Metrics,
  ) {}

  get storage(): Storage {
    return this.kernel.get<Storage>(STORAGE);
  }

  get journal(): EngineJournal {
    return new BlockStore(this.storage).journal;
  }

  get compute(): Compute {
    return this.kernel.get<Compute>(COMPUTE);
  }

  get chain(): Chain {
    return this.kernel.get<NodePart>(NODE_PART).chain;
  }

  async close(): Promise<void> {
    try {
      await this.kernel.stop();
    } finally {
      await this.directory.close();
      this.scheduler.close();
    }
  }
}
